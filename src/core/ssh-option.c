/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-command-private.h"
#include "core/ssh-config-lexer.h"

#include <string.h>

/* One key of -o and its values on their way into a draft. */
typedef struct
{
  const char *word;  /* "-o Key=Value", or "FILE:LINE: Key Value", for messages */
  const char *shown; /* of a file: the line without its place; NULL on the command line */
  const char *place; /* of a file: "FILE:LINE"; NULL on the command line */
  GStrv       values;
} Option;

/* What a file says is for ssh, which can do more.  So what a command line is refused for is left out,
 * with a notice, unless the tunnel would lead elsewhere, or trust more, without it. */
typedef enum
{
  IN_FILE_SAID,    /* a notice */
  IN_FILE_MINOR,   /* a notice for who asks for all of them: makes no difference to a tunnel */
  IN_FILE_REFUSED, /* as on the command line */
} InFile;

typedef struct Key Key;
typedef gboolean (*ApplyFunc) (CulvertSshDraft *draft,
                               const Key       *key,
                               const Option    *option,
                               GError         **error);

struct Key
{
  const char *name; /* in lower case, as ssh compares it */
  ApplyFunc   apply;
  guint       sets;   /* of CulvertSshSets; 0 for what adds up */
  const char *reason; /* for refuse() and accept_off(): why and what to do */
  InFile      in_file;
};

static gboolean
accept (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return TRUE;
}

static gboolean
refuse_for (CulvertSshDraft *draft,
            const Key       *key,
            const Option    *option,
            const char      *reason,
            GError         **error)
{
  if (option->place == NULL || key->in_file == IN_FILE_REFUSED)
    return culvert_ssh_refuse (error, option->word, "%s", reason);
  g_ptr_array_add (draft->notices, culvert_ssh_notice_new (option->place, option->shown, reason,
                                                           key->in_file == IN_FILE_MINOR));
  return TRUE;
}

static gboolean
refuse (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return refuse_for (draft, key, option, key->reason, error);
}

/* Takes the value that switches the thing off, refuses every other. */
static gboolean
accept_off (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  static const char *const off[] = { "no", "false", "none", "never", NULL };

  return g_strv_contains (off, option->values[0]) || refuse (draft, key, option, error);
}

static gboolean
read_switch (const Option *option, gboolean *value, GError **error)
{
  static const char *const on[] = { "yes", "true", NULL };
  static const char *const off[] = { "no", "false", NULL };

  *value = g_strv_contains (on, option->values[0]);
  return *value || g_strv_contains (off, option->values[0]) ||
         culvert_ssh_refuse (error, option->word, "the value is neither yes nor no");
}

/* Seconds, or numbers with units, as sshd_config(5) TIME FORMATS: "90", "1m30s". */
static gboolean
read_seconds (const Option *option, guint *seconds, GError **error)
{
  guint64 total = 0;

  for (const char *p = option->values[0]; *p != '\0';)
    {
      char   *end;
      guint64 number = g_ascii_isdigit (*p) ? g_ascii_strtoull (p, &end, 10) : G_MAXUINT64;
      guint   unit = 1;

      if (number > CULVERT_SECONDS_MAX)
        return culvert_ssh_refuse (error, option->word, "not a time that can be kept");
      switch (g_ascii_tolower (*end))
        {
        case '\0':
          end--;
          break;
        case 's':
          break;
        case 'm':
          unit = 60;
          break;
        case 'h':
          unit = 60 * 60;
          break;
        case 'd':
          unit = 24 * 60 * 60;
          break;
        default:
          return culvert_ssh_refuse (error, option->word, "not a time");
        }
      total += number * unit;
      p = end + 1;
    }
  if (total > CULVERT_SECONDS_MAX)
    return culvert_ssh_refuse (error, option->word, "longer than %d seconds", CULVERT_SECONDS_MAX);
  *seconds = (guint)total;
  return TRUE;
}

static gboolean
apply_port (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return culvert_ssh_draft_set_port (draft, option->word, option->values[0], error);
}

static gboolean
apply_user (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return culvert_ssh_draft_set_user (draft, option->word, option->values[0], error);
}

static gboolean
apply_host_name (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  draft->host_name = g_strdup (option->values[0]);
  return TRUE;
}

static gboolean
apply_identity_file (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  if (strcmp (option->values[0], "none") != 0)
    return culvert_ssh_draft_add_key_file (draft, option->word, option->values[0], error);
  draft->no_key_files = TRUE;
  return TRUE;
}

static gboolean
apply_certificate_file (CulvertSshDraft *draft,
                        const Key       *key,
                        const Option    *option,
                        GError         **error)
{
  return culvert_ssh_draft_add_certificate (draft, option->word, option->values[0], error);
}

static gboolean
apply_identity_agent (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  const char *value = option->values[0];

  if (strcmp (value, "none") == 0)
    draft->no_agent = TRUE;
  else if (value[0] == '$' && value[1] != '{' && draft->files != NULL)
    {
      g_autofree char *socket = draft->files->get_variable (value + 1, draft->files->data);

      draft->no_agent = socket == NULL;
      culvert_profile_set_string (&draft->profile->agent_socket, socket != NULL ? socket : "");
    }
  else if ((value[0] == '$' || strchr (value, '%') != NULL) && draft->files == NULL)
    return culvert_ssh_refuse (error, option->word,
                               "variables are not replaced here: write the path of the socket");
  else if (strcmp (value, "SSH_AUTH_SOCK") != 0)
    culvert_profile_set_string (&draft->profile->agent_socket, value);
  return TRUE;
}

static gboolean
apply_only_listed (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return read_switch (option, &draft->profile->only_listed_keys, error);
}

static gboolean
apply_timeout (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  guint seconds = 0;

  if (strcmp (option->values[0], "none") != 0 && !read_seconds (option, &seconds, error))
    return FALSE;
  /* ssh then waits as long as the system does; a tunnel never waits without a limit. */
  if (seconds > 0)
    draft->profile->connect_timeout_s = seconds;
  return TRUE;
}

static gboolean
apply_keepalive (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  if (strcmp (option->values[0], "none") != 0)
    return read_seconds (option, &draft->profile->keepalive_interval_s, error);
  draft->profile->keepalive_interval_s = 0;
  return TRUE;
}

static gboolean
apply_family (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  static const char *const names[] = {
    [CULVERT_ADDRESS_FAMILY_ANY] = "any",
    [CULVERT_ADDRESS_FAMILY_IPV4] = "inet",
    [CULVERT_ADDRESS_FAMILY_IPV6] = "inet6",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (option->values[0], names[i]) == 0)
      {
        draft->profile->address_family = (CulvertAddressFamily)i;
        return TRUE;
      }
  return culvert_ssh_refuse (error, option->word, "the value is none of any, inet and inet6");
}

static gboolean
apply_forward (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  g_autofree char   *argument = NULL;
  CulvertForwardKind kind = CULVERT_FORWARD_DYNAMIC;

  if (strcmp (key->name, "localforward") == 0)
    kind = CULVERT_FORWARD_LOCAL;
  else if (strcmp (key->name, "remoteforward") == 0)
    kind = CULVERT_FORWARD_REMOTE;
  if (option->values[1] != NULL && option->values[2] != NULL)
    return culvert_ssh_refuse (error, option->word, "more than two values");
  if (option->values[1] != NULL && kind == CULVERT_FORWARD_DYNAMIC)
    return culvert_ssh_refuse (error, option->word, "a proxy has no target: leave it out");
  argument = option->values[1] != NULL
               ? g_strconcat (option->values[0], ":", option->values[1], NULL)
               : g_strdup (option->values[0]);
  return culvert_ssh_draft_add_forward (draft, option->word, kind, argument, error);
}

static gboolean
apply_preferred (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  g_auto (GStrv) names = g_strsplit (option->values[0], ",", -1);

  draft->preferred = g_array_new (FALSE, FALSE, sizeof (CulvertAuthMethod));
  for (guint i = 0; names[i] != NULL; i++)
    {
      CulvertAuthMethod methods[2];
      guint             n_methods = 0;

      if (strcmp (names[i], "publickey") == 0)
        {
          methods[n_methods++] = CULVERT_AUTH_AGENT;
          methods[n_methods++] = CULVERT_AUTH_KEY;
        }
      else if (strcmp (names[i], "password") == 0)
        methods[n_methods++] = CULVERT_AUTH_PASSWORD;
      else if (strcmp (names[i], "keyboard-interactive") == 0)
        methods[n_methods++] = CULVERT_AUTH_INTERACTIVE;
      else if (strcmp (names[i], "gssapi-with-mic") != 0 && strcmp (names[i], "hostbased") != 0)
        return culvert_ssh_refuse (error, option->word,
                                   "\"%s\" is no way to sign in: publickey, password and "
                                   "keyboard-interactive are",
                                   names[i]);
      g_array_append_vals (draft->preferred, methods, n_methods);
    }
  return TRUE;
}

static gboolean
apply_public_key (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  gboolean is_on;

  /* With or without the agent's destination constraints: both mean on. */
  if (strcmp (option->values[0], "unbound") == 0 || strcmp (option->values[0], "host-bound") == 0)
    return TRUE;
  if (!read_switch (option, &is_on, error))
    return FALSE;
  draft->no_public_key = !is_on;
  return TRUE;
}

static gboolean
apply_password (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  gboolean is_on;

  if (!read_switch (option, &is_on, error))
    return FALSE;
  draft->no_password = !is_on;
  return TRUE;
}

static gboolean
apply_interactive (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  gboolean is_on;

  if (!read_switch (option, &is_on, error))
    return FALSE;
  draft->no_interactive = !is_on;
  return TRUE;
}

/* The switch for old servers is the only choice there is.  A file's wish for others is told. */
static gboolean
apply_algorithms (CulvertSshDraft     *draft,
                  const Key           *key,
                  const Option        *option,
                  CulvertAlgorithmKind kind,
                  GError             **error)
{
  if (option->place == NULL)
    return culvert_ssh_draft_set_algorithms (draft, option->word, kind, option->values[0], error);
  return culvert_ssh_draft_set_algorithms (draft, option->word, kind, option->values[0], NULL) ||
         refuse (draft, key, option, error);
}

static gboolean
apply_kex (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return apply_algorithms (draft, key, option, CULVERT_ALGORITHM_KEX, error);
}

static gboolean
apply_host_key (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return apply_algorithms (draft, key, option, CULVERT_ALGORITHM_HOST_KEY, error);
}

static gboolean
apply_ciphers (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return apply_algorithms (draft, key, option, CULVERT_ALGORITHM_CIPHER, error);
}

static gboolean
apply_macs (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return apply_algorithms (draft, key, option, CULVERT_ALGORITHM_MAC, error);
}

static gboolean
apply_batch (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return read_switch (option, &draft->profile->never_ask, error);
}

static gboolean
apply_gateway (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return read_switch (option, &draft->is_gateway, error);
}

static gboolean
apply_host_key_alias (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  if (strcmp (option->values[0], "none") == 0)
    return TRUE;
  if (!culvert_host_is_valid (option->values[0]))
    return culvert_ssh_refuse (error, option->word, "this can be no name of a server");
  culvert_profile_set_string (&draft->profile->host_key_alias, option->values[0]);
  return TRUE;
}

static gboolean
apply_strict (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  static const struct
  {
    const char          *value;
    CulvertHostKeyPolicy policy;
  } table[] = {
    { "ask", CULVERT_HOST_KEY_ASK },
    { "accept-new", CULVERT_HOST_KEY_ACCEPT_NEW },
    { "yes", CULVERT_HOST_KEY_STRICT },
    { "true", CULVERT_HOST_KEY_STRICT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (option->values[0], table[i].value) == 0)
      {
        draft->profile->host_key_policy = table[i].policy;
        return TRUE;
      }
  return refuse_for (draft, key, option,
                     "the check of the host key cannot be switched off: leave the option "
                     "out, or use ask",
                     error);
}

static gboolean
add_known_hosts (CulvertSshDraft *draft, GPtrArray *files, const Option *option, GError **error)
{
  for (guint i = 0; option->values[i] != NULL; i++)
    {
      const char *path = option->values[i];

      if (path[0] == '\0')
        return culvert_ssh_refuse (error, option->word, "one of the paths is empty");
      if (draft->files == NULL && (strchr (path, '%') != NULL || strstr (path, "${") != NULL))
        return culvert_ssh_refuse (error, option->word,
                                   "tokens and variables are not replaced here: write the path");
      g_ptr_array_add (files, g_strdup (strcmp (path, "none") == 0 ? "/dev/null" : path));
    }
  return TRUE;
}

static gboolean
apply_known_hosts (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return add_known_hosts (draft, draft->known_hosts_files, option, error);
}

static gboolean
apply_global_known_hosts (CulvertSshDraft *draft,
                          const Key       *key,
                          const Option    *option,
                          GError         **error)
{
  return add_known_hosts (draft, draft->global_known_hosts_files, option, error);
}

static gboolean
apply_hops (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  g_autofree char *hops = NULL;

  if (option->place == NULL)
    return culvert_ssh_draft_set_hops (draft, option->word, option->values[0], error);
  hops = culvert_ssh_draft_expand (draft, option->word, option->values[0], error);
  return hops != NULL && culvert_ssh_draft_set_hops (draft, option->word, hops, error);
}

static gboolean
apply_proxy_command (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return culvert_ssh_draft_set_proxy_command (draft, option->word, option->values[0], error);
}

static gboolean
apply_session_type (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  /* As -N: no command at the server. */
  if (strcmp (option->values[0], "none") == 0)
    draft->profile->quick_replies = FALSE;
  return strcmp (option->values[0], "subsystem") != 0 || refuse (draft, key, option, error);
}

static gboolean
apply_tag (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  if (draft->tag == NULL)
    draft->tag = g_strdup (option->values[0]);
  return TRUE;
}

static gboolean
apply_ignore_unknown (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  if (draft->ignore_unknown == NULL)
    draft->ignore_unknown = g_strdup (option->values[0]);
  return TRUE;
}

/* In a file it clears what the command line asks for, too. */
static gboolean
apply_clear (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  if (option->place == NULL)
    return accept_off (draft, key, option, error);
  return read_switch (option, &draft->clears_forwards, error);
}

static gboolean
apply_open_limit (CulvertSshDraft *draft, const Key *key, const Option *option, GError **error)
{
  return strcmp (option->values[0], "any") == 0 || refuse (draft, key, option, error);
}

#define NO_PASSING     "a command passes no descriptors on here: leave it out"
#define NO_SHARING     "connections are not shared with ssh: leave it out"
#define NO_COMMANDS    "no command is run: leave it out"
#define OWN_ALGORITHMS "the algorithms are chosen by Culvert: leave it out"
#define NO_BINDING     "the own address cannot be chosen yet by this version: leave it out"
#define NO_KERBEROS    "this way to sign in is not supported: leave it out"
#define NO_TUN         "network interfaces are not forwarded: use -L, -R or -D"

static const Key keys[] = {
  /* what a profile keeps */
  { "port", apply_port, 0, NULL },
  { "user", apply_user, 0, NULL },
  { "hostname", apply_host_name, CULVERT_SSH_SETS_HOST_NAME, NULL },
  { "identityfile", apply_identity_file, 0, NULL },
  { "certificatefile", apply_certificate_file, 0, NULL },
  { "identityagent", apply_identity_agent, CULVERT_SSH_SETS_AGENT, NULL },
  { "identitiesonly", apply_only_listed, CULVERT_SSH_SETS_ONLY_LISTED, NULL },
  { "connecttimeout", apply_timeout, CULVERT_SSH_SETS_TIMEOUT, NULL },
  { "serveraliveinterval", apply_keepalive, CULVERT_SSH_SETS_KEEPALIVE, NULL },
  { "addressfamily", apply_family, CULVERT_SSH_SETS_FAMILY, NULL },
  { "localforward", apply_forward, 0, NULL },
  { "remoteforward", apply_forward, 0, NULL },
  { "dynamicforward", apply_forward, 0, NULL },
  { "preferredauthentications", apply_preferred, CULVERT_SSH_SETS_PREFERRED, NULL },
  { "pubkeyauthentication", apply_public_key, CULVERT_SSH_SETS_PUBLIC_KEY, NULL },
  { "passwordauthentication", apply_password, CULVERT_SSH_SETS_PASSWORD, NULL },
  { "kbdinteractiveauthentication", apply_interactive, CULVERT_SSH_SETS_INTERACTIVE, NULL },
  { "challengeresponseauthentication", apply_interactive, CULVERT_SSH_SETS_INTERACTIVE, NULL },
  { "batchmode", apply_batch, CULVERT_SSH_SETS_BATCH, NULL },
  { "gatewayports", apply_gateway, CULVERT_SSH_SETS_GATEWAY, NULL },
  { "stricthostkeychecking", apply_strict, CULVERT_SSH_SETS_HOST_KEY_POLICY, NULL },
  { "hostkeyalias", apply_host_key_alias, CULVERT_SSH_SETS_HOST_KEY_ALIAS, NULL },
  { "userknownhostsfile", apply_known_hosts, CULVERT_SSH_SETS_KNOWN_HOSTS, NULL },
  { "globalknownhostsfile", apply_global_known_hosts, CULVERT_SSH_SETS_GLOBAL_KNOWN_HOSTS, NULL },
  { "proxyjump", apply_hops, 0, NULL },
  { "proxycommand", apply_proxy_command, 0, NULL },
  { "ciphers", apply_ciphers, 0, OWN_ALGORITHMS },
  { "hostkeyalgorithms", apply_host_key, 0, OWN_ALGORITHMS },
  { "kexalgorithms", apply_kex, 0, OWN_ALGORITHMS },
  { "macs", apply_macs, 0, OWN_ALGORITHMS },
  { "pubkeyacceptedalgorithms", apply_host_key, 0, OWN_ALGORITHMS },
  { "pubkeyacceptedkeytypes", apply_host_key, 0, OWN_ALGORITHMS },
  /* what has its place in Culvert's own behaviour, or means nothing without a terminal */
  { "checkhostip", accept, 0, NULL },
  { "compression", accept, 0, NULL },
  { "connectionattempts", accept, 0, NULL },
  { "enableescapecommandline", accept, 0, NULL },
  { "escapechar", accept, 0, NULL },
  { "exitonforwardfailure", accept, 0, NULL },
  { "forkafterauthentication", accept, 0, NULL },
  { "forwardagent", accept, 0, NULL },
  { "forwardx11", accept, 0, NULL },
  { "forwardx11timeout", accept, 0, NULL },
  { "forwardx11trusted", accept, 0, NULL },
  { "ipqos", accept, 0, NULL },
  { "loglevel", accept, 0, NULL },
  { "numberofpasswordprompts", accept, 0, NULL },
  { "requesttty", accept, 0, NULL },
  { "sendenv", accept, 0, NULL },
  { "serveralivecountmax", accept, 0, NULL },
  { "setenv", accept, 0, NULL },
  { "stdinnull", accept, 0, NULL },
  { "streamlocalbindunlink", accept, 0, NULL },
  { "tcpkeepalive", accept, 0, NULL },
  { "updatehostkeys", accept, 0, NULL },
  { "visualhostkey", accept, 0, NULL },
  { "canonicaldomains", accept, 0, NULL },
  { "canonicalizefallbacklocal", accept, 0, NULL },
  { "canonicalizemaxdots", accept, 0, NULL },
  { "canonicalizepermittedcnames", accept, 0, NULL },
  { "enablesshkeysign", accept, 0, NULL },
  { "fingerprinthash", accept, 0, NULL },
  { "gssapiclientidentity", accept, 0, NULL },
  { "gssapikexalgorithms", accept, 0, NULL },
  { "gssapikeyexchange", accept, 0, NULL },
  { "gssapirenewalforcesrekey", accept, 0, NULL },
  { "gssapiserveridentity", accept, 0, NULL },
  { "gssapitrustdns", accept, 0, NULL },
  { "hostbasedacceptedalgorithms", accept, 0, NULL },
  { "ignoreunknown", apply_ignore_unknown, 0, NULL },
  { "kbdinteractivedevices", accept, 0, NULL },
  { "logverbose", accept, 0, NULL },
  { "obscurekeystroketiming", accept, 0, NULL },
  { "securitykeyprovider", accept, 0, NULL },
  { "streamlocalbindmask", accept, 0, NULL },
  { "syslogfacility", accept, 0, NULL },
  { "tag", apply_tag, 0, NULL },
  { "versionaddendum", accept, 0, NULL },
  { "warnweakcrypto", accept, 0, NULL },
  { "xauthlocation", accept, 0, NULL },
  { "sessiontype", apply_session_type, 0, "a tunnel starts no subsystem: leave it out" },
  /* what would do something that Culvert does not: taken when it is off */
  { "addkeystoagent", accept_off, 0, "keys are not added to the agent: leave it out",
    IN_FILE_MINOR },
  { "canonicalizehostname", accept_off, 0, "names are taken as they are: write the full name" },
  { "clearallforwardings", apply_clear, 0, "a tunnel is there for its forwards: leave it out" },
  { "controlmaster", accept_off, 0, NO_SHARING, IN_FILE_MINOR },
  { "controlpath", accept_off, 0, NO_SHARING, IN_FILE_MINOR },
  { "controlpersist", accept_off, 0, NO_SHARING, IN_FILE_MINOR },
  { "gssapiauthentication", accept_off, 0, NO_KERBEROS, IN_FILE_MINOR },
  { "gssapidelegatecredentials", accept_off, 0, NO_KERBEROS, IN_FILE_MINOR },
  { "hashknownhosts", accept_off, 0, "names in known_hosts are not hashed: leave it out",
    IN_FILE_MINOR },
  { "hostbasedauthentication", accept_off, 0, NO_KERBEROS, IN_FILE_MINOR },
  { "nohostauthenticationforlocalhost", accept_off, 0,
    "the check of the host key cannot be switched off: leave it out" },
  { "permitlocalcommand", accept_off, 0, NO_COMMANDS },
  { "pkcs11provider", accept_off, 0, "tokens are reached through the agent: add it there" },
  { "proxyusefdpass", accept_off, 0, NO_PASSING, IN_FILE_REFUSED },
  { "remotecommand", accept_off, 0, NO_COMMANDS },
  { "tunnel", accept_off, 0, NO_TUN },
  { "verifyhostkeydns", accept_off, 0, "host keys are not looked up in DNS: leave it out",
    IN_FILE_MINOR },
  /* what cannot be honoured */
  { "bindaddress", refuse, 0, NO_BINDING },
  { "bindinterface", refuse, 0, NO_BINDING },
  { "casignaturealgorithms", refuse, 0, OWN_ALGORITHMS },
  { "localcommand", refuse, 0, NO_COMMANDS },
  { "permitremoteopen", apply_open_limit, 0,
    "a remote proxy is not limited yet by this version: leave it out", IN_FILE_REFUSED },
  { "channeltimeout", accept_off, 0, "connections have no time limit: leave it out" },
  { "knownhostscommand", accept_off, 0, NO_COMMANDS },
  { "refuseconnection", refuse, 0, "the file refuses connections to this server", IN_FILE_REFUSED },
  { "requiredrsasize", refuse, 0, "the size of keys is not limited: leave it out" },
  { "revokedhostkeys", accept_off, 0,
    "lists of revoked keys are not read: put @revoked lines into known_hosts", IN_FILE_REFUSED },
  { "rekeylimit", refuse, 0, "when to change keys is left to the server: leave it out",
    IN_FILE_MINOR },
  { "tunneldevice", refuse, 0, NO_TUN },
};

static const Key *
find_key (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (keys[i].name, lower) == 0)
      return &keys[i];
  return NULL;
}

/* (transfer full): a command's line is for a shell to take apart, quotes and all */
static GStrv
take_line (const char *text)
{
  GStrv values = g_new0 (char *, 2);

  values[0] = g_strstrip (g_strdup (text));
  return values;
}

gboolean
culvert_ssh_draft_apply_option (CulvertSshDraft *self, const char *option, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *word = g_strconcat ("-o ", option, NULL);
  g_auto (GStrv)   values = NULL;
  Option           parsed = { .word = word };
  const Key       *key;

  while (g_ascii_isspace (*option))
    option++;
  name = g_strndup (option, strcspn (option, "= \t"));
  option += strlen (name);
  key = find_key (name);
  if (key == NULL)
    return culvert_ssh_refuse (
      error, word, "\"%s\" is not an option that is understood here: leave it out", name);
  option += strspn (option, " \t");
  if (*option == '=')
    option++;
  values =
    key->apply == apply_proxy_command ? take_line (option) : culvert_ssh_values_split (option);
  if (values == NULL)
    return culvert_ssh_refuse (error, word, "the quotation is not closed");
  if (values[0] == NULL || values[0][0] == '\0')
    return culvert_ssh_refuse (error, word, "\"%s\" needs a value", name);
  if (key->sets != 0 && !culvert_ssh_draft_set (self, key->sets))
    return TRUE;
  parsed.values = values;
  return key->apply (self, key, &parsed, error);
}

/* (transfer full): "key value value" */
static char *
show_setting (const CulvertSshSetting *setting)
{
  g_autofree char *values = g_strjoinv (" ", setting->values);

  return g_strconcat (setting->key, " ", values, NULL);
}

gboolean
culvert_ssh_draft_apply_setting (CulvertSshDraft         *self,
                                 const CulvertSshSetting *setting,
                                 GError                 **error)
{
  g_autofree char *shown = show_setting (setting);
  g_autofree char *word = g_strconcat (setting->place, ": ", shown, NULL);
  const Option     option = {
        .word = word, .shown = shown, .place = setting->place, .values = setting->values
  };
  const Key *key = find_key (setting->key);

  if (key == NULL)
    {
      g_ptr_array_add (self->notices,
                       culvert_ssh_notice_new (setting->place, shown,
                                               "nothing is known of it here: leave it out", FALSE));
      return TRUE;
    }
  if (key->sets != 0 && !culvert_ssh_draft_set (self, key->sets))
    return TRUE;
  return key->apply (self, key, &option, error);
}
