/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "core/legacy-algorithms.h"
#include "ssh/fingerprint.h"
#include "ssh/host-key.h"
#include "ssh/kexinit.h"
#include "ssh/session-private.h"

/* Key exchange, and then the proof that the server is the one it should be.  Nothing that is worth
 * stealing has been sent before sign_in() at the end of this file runs. */

/* A person may compare fingerprints for this long. */
#define HOST_KEY_TIMEOUT_S  600
#define PEER_CHECK_MS       500
#define GREETING_REST_BYTES 1024

/* More of the server's debug messages are not looked at. */
#define REMARKS_MAX 50

/* Equally strong, the fastest first.  A library that gives OpenSSL 16 bytes at a time makes AES-GCM
 * the slowest of all. */
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
#define CIPHERS                                                                                    \
  "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com",             \
    "aes128-ctr", "aes192-ctr", "aes256-ctr"
#else
#define CIPHERS                                                                                    \
  "aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com",    \
    "chacha20-poly1305@openssh.com"
#endif

/* What is offered, best first; what this libssh2 lacks is left out. */
static const char *const wanted[CULVERT_LIB_N_CATEGORIES][16] = {
  [CULVERT_LIB_KEX] = { "mlkem768x25519-sha256", "curve25519-sha256",
                        "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
                        "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512",
                        "diffie-hellman-group18-sha512", "diffie-hellman-group-exchange-sha256",
                        "diffie-hellman-group14-sha256", NULL },
  [CULVERT_LIB_HOST_KEY] = { "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                             "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256", NULL },
  [CULVERT_LIB_CIPHER] = { CIPHERS, NULL },
  [CULVERT_LIB_MAC] = { "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com",
                        "hmac-sha2-256", "hmac-sha2-512", NULL },
  [CULVERT_LIB_COMPRESSION] = { "none", NULL },
};

G_STATIC_ASSERT ((int)CULVERT_LIB_KEX == (int)CULVERT_ALGORITHM_KEX);
G_STATIC_ASSERT ((int)CULVERT_LIB_HOST_KEY == (int)CULVERT_ALGORITHM_HOST_KEY);
G_STATIC_ASSERT ((int)CULVERT_LIB_CIPHER == (int)CULVERT_ALGORITHM_CIPHER);
G_STATIC_ASSERT ((int)CULVERT_LIB_MAC == (int)CULVERT_ALGORITHM_MAC);

/* What the "legacy server" switch adds. */
static const char *const *
get_legacy (CulvertLibCategory category)
{
  static const char *const nothing[] = { NULL };

  return (int)category < CULVERT_N_ALGORITHM_KINDS
           ? culvert_legacy_algorithms ((CulvertAlgorithmKind)category)
           : nothing;
}

static ssize_t
send_cb (libssh2_socket_t socket, const void *buffer, size_t length, int flags, void **abstract)
{
  return culvert_gate_send (&((CulvertSession *)*abstract)->gate, buffer, length);
}

static ssize_t
receive_cb (libssh2_socket_t socket, void *buffer, size_t length, int flags, void **abstract)
{
  return culvert_gate_receive (&((CulvertSession *)*abstract)->gate, buffer, length);
}

static void
disconnect_cb (LIBSSH2_SESSION *ssh,
               int              reason,
               const char      *message,
               int              message_len,
               const char      *language,
               int              language_len,
               void           **abstract)
{
  CulvertSession *self = *abstract;

  if (self->disconnect_text == NULL && message != NULL && message_len > 0)
    self->disconnect_text = culvert_log_printable (message, message_len);
}

static void
debug_cb (LIBSSH2_SESSION *ssh,
          int              always_display,
          const char      *message,
          int              message_len,
          const char      *language,
          int              language_len,
          void           **abstract)
{
  CulvertSession  *self = *abstract;
  g_autofree char *text = NULL;

  if (message == NULL || message_len <= 0)
    return;
  text = culvert_log_printable (message, message_len);
  if (self->n_remarks++ < REMARKS_MAX)
    culvert_log_write (self->log, CULVERT_LOG_DEBUG, "the server remarks: %s", text);
  if (culvert_key_grant_parse (text, &self->grant))
    return;
  g_free (self->remark);
  self->remark = g_steal_pointer (&text);
}

static LIBSSH2_ALLOC_FUNC (alloc_cb)
{
  return culvert_session_memory_alloc (&((CulvertSession *)*abstract)->memory, count);
}

static LIBSSH2_REALLOC_FUNC (realloc_cb)
{
  return culvert_session_memory_realloc (&((CulvertSession *)*abstract)->memory, ptr, count);
}

static LIBSSH2_FREE_FUNC (free_cb)
{
  culvert_session_memory_free (&((CulvertSession *)*abstract)->memory, ptr);
}

/* The types of key known for this host come first, so that a known host is never taken for an
 * unknown one because the server has other keys, too. */
static GStrv
choose (CulvertSession *self, CulvertLibCategory category, const char *const *known)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           all = NULL;

  if (category == CULVERT_LIB_HOST_KEY)
    g_strv_builder_addv (builder, (const char **)known);
  for (const char *const *name = wanted[category]; *name != NULL; name++)
    if (category != CULVERT_LIB_HOST_KEY || !g_strv_contains (known, *name))
      g_strv_builder_add (builder, *name);
  if (self->profile->legacy_algorithms)
    for (const char *const *name = get_legacy (category); *name != NULL; name++)
      if (category != CULVERT_LIB_HOST_KEY || !g_strv_contains (known, *name))
        g_strv_builder_add (builder, *name);
  all = g_strv_builder_end (builder);
  return culvert_lib_filter_algorithms (self->ssh, category, (const char *const *)all);
}

static CulvertKnownHosts *
read_known_hosts (CulvertSession *self)
{
  g_autoptr (GError) error = NULL;
  CulvertKnownHosts *known = culvert_host_key_read_files (self->profile, &error);

  if (error != NULL)
    culvert_log_write (self->log, CULVERT_LOG_WARNING, "known hosts: %s", error->message);
  return known;
}

static guint
get_limit_s (CulvertSession *self)
{
  return self->profile->connect_timeout_s * CULVERT_HANDSHAKE_TIMEOUT_FACTOR;
}

void
culvert_session_begin_handshake (CulvertSession *self)
{
  g_autoptr (CulvertKnownHosts) known = read_known_hosts (self);
  g_auto (GStrv)                order = culvert_host_key_order (known, self->profile);

  culvert_session_memory_init (&self->memory);
  self->ssh = libssh2_session_init_ex (alloc_cb, free_cb, realloc_cb, self);
  if (self->ssh == NULL)
    {
      culvert_session_fail (self,
                            g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HANDSHAKE,
                                                 "no memory for a session"));
      return;
    }
  libssh2_session_set_blocking (self->ssh, 0);
  culvert_lib_set_callbacks (self->ssh, send_cb, receive_cb, disconnect_cb, debug_cb);
  libssh2_session_banner_set (self->ssh, "SSH-2.0-Culvert_" CULVERT_VERSION);
  for (int i = 0; i < CULVERT_LIB_N_CATEGORIES; i++)
    {
      self->offered[i] = choose (self, i, (const char *const *)order);
      self->legacy[i] = culvert_lib_filter_algorithms (self->ssh, i, get_legacy (i));
      culvert_lib_set_algorithms (self->ssh, i, (const char *const *)self->offered[i]);
    }
  culvert_session_set_deadline (self, get_limit_s (self));
  culvert_session_set_state (self, CULVERT_SESSION_HANDSHAKE);
  culvert_session_tell (self, CULVERT_STAGE_BANNER, CULVERT_STAGE_RUNNING, CULVERT_NOTE_NONE, NULL);
  culvert_io_source_wake (self->io);
}

/* libssh2 takes the first line byte by byte, and no more of it than it likes. */
static void
take_rest_of_greeting (CulvertSession *self)
{
  guint8 bytes[GREETING_REST_BYTES];

  while (culvert_gate_receive (&self->gate, bytes, sizeof bytes) > 0)
    ;
}

/* Takes @fallback. */
static void
fail_explained (CulvertSession *self, GError *fallback)
{
  CulvertGreeting greeting = { .ours = self->offered, .legacy = self->legacy };

  take_rest_of_greeting (self);
  greeting.bytes = self->gate.greeting->data;
  greeting.n_bytes = self->gate.greeting->len;
  greeting.has_ended = self->gate.saw_end;

  culvert_session_fail (self, culvert_greeting_explain (&greeting, fallback));
}

void
culvert_session_fail_slow_handshake (CulvertSession *self)
{
  gboolean is_silent = self->gate.greeting->len == 0;

  fail_explained (
    self, g_error_new (CULVERT_SSH_ERROR,
                       is_silent ? CULVERT_SSH_ERROR_SILENT : CULVERT_SSH_ERROR_HANDSHAKE_TIMED_OUT,
                       is_silent ? "%s:%u: connected, but nothing came in %u s"
                                 : "%s:%u: the key exchange took more than %u s",
                       self->profile->host, self->profile->port, get_limit_s (self)));
}

static void
fail_handshake (CulvertSession *self, int rc)
{
  int     code = CULVERT_SSH_ERROR_HANDSHAKE;
  GError *error;

  if (self->gate.error != NULL)
    code = CULVERT_SSH_ERROR_LOST;
  else if (self->gate.saw_end)
    code = CULVERT_SSH_ERROR_CLOSED;
  error = g_error_new (
    CULVERT_SSH_ERROR, code, "%s:%u: %s (%d)", self->profile->host, self->profile->port,
    self->disconnect_text != NULL ? self->disconnect_text
    : self->gate.error != NULL    ? self->gate.error->message
    : self->gate.saw_end          ? "the server closed the connection during the key exchange"
                                  : culvert_lib_get_error_text (self->ssh),
    rc);
  fail_explained (self, error);
}

/* @note: why the host key is trusted */
static void
sign_in (CulvertSession *self, CulvertStageNote note)
{
  g_autofree char *key =
    g_strdup_printf ("%s %s", self->info.host_key_type, self->info.host_key_fingerprint);

  culvert_session_tell (self, CULVERT_STAGE_HOST_KEY, CULVERT_STAGE_PASSED, note, key);
  culvert_gate_rearm (&self->gate, TRUE);
  self->sign_in = culvert_sign_in_new (self);
  culvert_session_set_state (self, CULVERT_SESSION_SIGNING_IN);
  culvert_io_source_wake (self->io);
}

static void
save_and_sign_in (CulvertSession *self, const char *reason)
{
  GError *error = NULL;

  if (!culvert_host_key_save (self->profile, self->host_key, &error))
    {
      culvert_session_fail (self, error);
      return;
    }
  culvert_log_write (self->log, CULVERT_LOG_INFO, "%s", reason);
  sign_in (self, CULVERT_NOTE_SAVED);
}

static void
host_key_answered_cb (CulvertPrompt *prompt, gpointer user_data)
{
  CulvertSession *self = CULVERT_SESSION (user_data);
  CulvertDecision decision = culvert_prompt_get_decision (prompt);

  if (self->prompt != prompt || self->is_stopping || self->failure != NULL)
    return;
  culvert_session_stop_peer_check (self);
  g_clear_object (&self->prompt);
  switch (decision)
    {
    case CULVERT_DECISION_SAVE:
      save_and_sign_in (self, "host key trusted and saved");
      break;
    case CULVERT_DECISION_ONCE:
      culvert_log_write (self->log, CULVERT_LOG_INFO, "host key trusted for this time");
      sign_in (self, CULVERT_NOTE_ONCE);
      break;
    case CULVERT_DECISION_NONE:
    case CULVERT_DECISION_REFUSE:
    default:
      culvert_session_fail (self,
                            g_error_new (CULVERT_SSH_ERROR,
                                         culvert_prompt_get_fields (prompt)->host_key != NULL &&
                                             decision == CULVERT_DECISION_REFUSE
                                           ? CULVERT_SSH_ERROR_HOST_KEY_REFUSED
                                           : CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN,
                                         "the host key %s of %s:%u was not accepted",
                                         self->info.host_key_fingerprint, self->profile->host,
                                         self->profile->port));
      break;
    }
}

/* The session sleeps while a person thinks; only this notices that the server lost patience. */
static gboolean
peer_check_cb (gpointer user_data)
{
  CulvertSession *self = CULVERT_SESSION (user_data);

  if (!culvert_socket_peer_is_gone (self->gate.socket))
    return G_SOURCE_CONTINUE;
  culvert_session_fail (
    self, g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_UNANSWERED,
                               "the server closed the connection while the host key "
                               "was waiting to be accepted"));
  return G_SOURCE_CONTINUE;
}

static void
ask_about_host_key (CulvertSession *self, const CulvertHostKeyJudgement *judgement)
{
  g_autofree char   *random_art = culvert_fingerprint_random_art (self->host_key);
  CulvertHostKeyInfo info = {
    .host = self->profile->host,
    .port = self->profile->port,
    .type_name = self->info.host_key_type,
    .fingerprint = self->info.host_key_fingerprint,
    .random_art = random_art,
    .other_known = judgement->other_known,
    .certificate = judgement->certificate,
    .blob = self->host_key,
  };
  CulvertPromptFields fields = {
    .kind = CULVERT_PROMPT_HOST_KEY,
    .asked_by = self->asked_by,
    .host = self->profile->host,
    .port = self->profile->port,
    .host_key = &info,
  };

  culvert_gate_rearm (&self->gate, FALSE);
  culvert_session_set_deadline (self, HOST_KEY_TIMEOUT_S);
  self->prompt = culvert_prompt_new (&fields);
  culvert_prompt_set_answered_func (self->prompt, self->context, host_key_answered_cb,
                                    g_object_ref (self), g_object_unref);
  self->peer_check = g_timeout_source_new (PEER_CHECK_MS);
  g_source_set_callback (self->peer_check, peer_check_cb, self, NULL);
  g_source_attach (self->peer_check, self->context);
  self->events->prompt (self, self->prompt, self->user_data);
}

static GBytes *
dup_host_key (CulvertSession *self)
{
  size_t      length = 0;
  int         type;
  const char *blob = libssh2_session_hostkey (self->ssh, &length, &type);

  return blob != NULL && length > 0 ? g_bytes_new (blob, length) : NULL;
}

gboolean
culvert_session_has_same_host_key (CulvertSession *self)
{
  g_autoptr (GBytes) now = dup_host_key (self);
  g_autoptr (GBytes) plain = now != NULL ? culvert_public_key_dup_plain_blob (now) : NULL;

  return plain != NULL && g_bytes_equal (plain, self->host_key);
}

static void
note_judgement (CulvertSession *self, const CulvertHostKeyJudgement *judgement)
{
  static const char *const reasons[CULVERT_N_HOST_CERTIFICATES] = {
    [CULVERT_HOST_CERTIFICATE_MISSING] = "the server shows none",
    [CULVERT_HOST_CERTIFICATE_NOT_CHECKED] =
      "this build, with the system's libssh2, cannot check certificates of servers",
    [CULVERT_HOST_CERTIFICATE_OTHER_AUTHORITY] = "it is by another authority",
    [CULVERT_HOST_CERTIFICATE_BAD_ALGORITHM] = "it is signed with an algorithm that is not used",
    [CULVERT_HOST_CERTIFICATE_FOR_USERS] = "it is not for hosts",
    [CULVERT_HOST_CERTIFICATE_TOO_EARLY] = "it is not valid yet",
    [CULVERT_HOST_CERTIFICATE_TOO_LATE] = "it has expired",
    [CULVERT_HOST_CERTIFICATE_OTHER_HOSTS] = "it is not for this name",
    [CULVERT_HOST_CERTIFICATE_CONDITIONS] = "it has critical options",
  };

  culvert_log_write (self->log, CULVERT_LOG_INFO, "host key %s %s%s%s", self->info.host_key_type,
                     self->info.host_key_fingerprint, judgement->authority != NULL ? ", " : "",
                     judgement->authority != NULL ? judgement->authority : "");
  if (judgement->certificate != CULVERT_HOST_CERTIFICATE_FINE)
    culvert_log_write (self->log, CULVERT_LOG_WARNING,
                       "no certificate proves the server, so its plain key must be known: %s",
                       reasons[judgement->certificate]);
}

static void
prove_server (CulvertSession *self)
{
  g_autoptr (CulvertKnownHosts)    known = read_known_hosts (self);
  g_autoptr (GBytes)               shown = dup_host_key (self);
  g_auto (CulvertHostKeyJudgement) judgement = { 0 };
  GError                          *error = NULL;

  if (shown == NULL)
    {
      culvert_session_fail (self,
                            g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_PROTOCOL,
                                                 "the server showed no host key"));
      return;
    }
  culvert_session_set_state (self, CULVERT_SESSION_HOST_KEY);
  culvert_session_tell (self, CULVERT_STAGE_HOST_KEY, CULVERT_STAGE_RUNNING, CULVERT_NOTE_NONE,
                        NULL);
  culvert_host_key_judge (known, self->profile, shown, g_get_real_time () / G_USEC_PER_SEC,
                          &judgement, &error);
  self->host_key = g_bytes_ref (judgement.plain_blob);
  self->info.host_key_type = culvert_public_key_dup_type_name (self->host_key);
  self->info.host_key_fingerprint = culvert_fingerprint_sha256 (self->host_key);
  note_judgement (self, &judgement);
  if (error != NULL)
    culvert_session_fail (self, error);
  else if (judgement.verdict == CULVERT_KNOWN_HOSTS_MATCH)
    sign_in (self, judgement.authority != NULL ? CULVERT_NOTE_CERTIFIED : CULVERT_NOTE_KNOWN);
  else if (self->profile->host_key_policy == CULVERT_HOST_KEY_ACCEPT_NEW)
    save_and_sign_in (self, "host key trusted unseen, as this tunnel may, and saved");
  else if (self->profile->never_ask || self->profile->host_key_policy == CULVERT_HOST_KEY_STRICT)
    culvert_session_fail (self, g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN,
                                             "the host key %s of %s:%u is not known",
                                             self->info.host_key_fingerprint, self->profile->host,
                                             self->profile->port));
  else
    ask_about_host_key (self, &judgement);
}

static void
note_banner (CulvertSession *self)
{
  g_autofree char *version = NULL;

  if (self->stage != CULVERT_STAGE_BANNER)
    return;
  version = culvert_greeting_find_version (self->gate.greeting->data, self->gate.greeting->len);
  if (version == NULL)
    return;
  culvert_session_tell (self, CULVERT_STAGE_BANNER, CULVERT_STAGE_PASSED, CULVERT_NOTE_NONE,
                        version);
  culvert_session_tell (self, CULVERT_STAGE_KEY_EXCHANGE, CULVERT_STAGE_RUNNING, CULVERT_NOTE_NONE,
                        NULL);
}

void
culvert_session_step_handshake (CulvertSession *self)
{
  int rc = libssh2_session_handshake (self->ssh, (libssh2_socket_t)self->socket);

  culvert_gate_flush (&self->gate);
  note_banner (self);
  /* Such a server waits for us to go on, and would do so until the time is up. */
  if (rc == LIBSSH2_ERROR_EAGAIN &&
      culvert_greeting_find_protocol (self->gate.greeting->data, self->gate.greeting->len) != NULL)
    {
      fail_handshake (self, rc);
      return;
    }
  if (rc == LIBSSH2_ERROR_EAGAIN && !self->gate.saw_end)
    {
      gboolean has_more = culvert_gate_has_more (&self->gate);

      culvert_gate_rearm (&self->gate, TRUE);
      if (has_more)
        culvert_io_source_wake (self->io);
      return;
    }
  if (rc != 0)
    {
      fail_handshake (self, rc);
      return;
    }
  self->info.server_version =
    culvert_greeting_find_version (self->gate.greeting->data, self->gate.greeting->len);
  culvert_gate_end_greeting (&self->gate);
  self->info.algorithms = culvert_lib_describe_agreed (self->ssh);
  culvert_session_tell (self, CULVERT_STAGE_KEY_EXCHANGE, CULVERT_STAGE_PASSED, CULVERT_NOTE_NONE,
                        self->info.algorithms);
  culvert_log_write (self->log, CULVERT_LOG_INFO, "server is %s; %s",
                     self->info.server_version != NULL ? self->info.server_version : "?",
                     self->info.algorithms);
  prove_server (self);
}
