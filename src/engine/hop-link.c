/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/hop-link.h"

#include "core/errors.h"
#include "engine/linger.h"
#include "engine/post.h"
#include "forward/relay.h"
#include "ssh/session.h"

#define SSH_PORT  22
#define LOG_LINES 1 /* its lines are kept by the tunnel's log */

typedef struct
{
  char       *key;
  char       *name; /* for people: the host, with the port unless it is 22 */
  CulvertLog *tunnel_log;
  CulvertLog *log; /* writes into it, with the name in front */

  /* The registry's lock is held to touch these */
  GPtrArray      *users; /* of CulvertHopUser, borrowed: they leave before they go */
  CulvertHopUser *asked; /* nullable: who is asked its questions */
  gboolean        is_up;
  GError         *failure; /* once it has ended */
  CulvertSession *session; /* nullable; changed by the thread alone */

  GMainContext *context; /* the thread's */
  GThread      *thread;

  /* The thread's */
  CulvertIoSource  *io;
  gboolean          is_unused; /* the last user has left */
  gboolean          has_ended;
  gboolean          is_gone;  /* nothing holds the session any more */
  CulvertCounters  *counters; /* that nobody reads */
  CulvertRelayGroup relays;
  GHashTable       *openings; /* CulvertRelay → Opening, until answered */
  CulvertHopUser   *last;     /* who waits for the thread to be over */
} HopLink;

struct _CulvertHopUser
{
  gatomicrefcount         ref_count;
  HopLink                *link;
  GMainContext           *context;
  const CulvertHopEvents *events; /* the user's thread; NULL once it left */
  gpointer                user_data;
  void (*gone) (gpointer user_data);
  gpointer gone_data;
};

typedef struct
{
  CulvertHopUser *user;
  char           *next; /* for people */
} Opening;

/* The links that may be joined, by key; and what the comment above says. */
static GMutex      registry_lock;
static GHashTable *registry;
static guint       n_links;

typedef enum
{
  MESSAGE_UP,
  MESSAGE_ENDED,
  MESSAGE_PROMPT,
  MESSAGE_PROMPT_RESULT,
  MESSAGE_OPENED,
  MESSAGE_REFUSED,
  MESSAGE_SYNCED,
  MESSAGE_STAGE,
  MESSAGE_GONE,
  MESSAGE_LAST, /* the thread is over */

  COMMAND_OPEN,
  COMMAND_SYNC,
  COMMAND_PROBE,
  COMMAND_GIVE_UP, /* who was asked has left */
  COMMAND_END,     /* the last user has left */
} MessageKind;

/* Owns all it points to; what its kind has no use for is NULL. */
typedef struct
{
  MessageKind     kind;
  CulvertHopUser *user;
  HopLink *link; /* not counted: the user keeps it, and COMMAND_GIVE_UP comes before its end */
  GError  *error;
  CulvertPrompt     *prompt;
  gboolean           accepted;
  CulvertStageEvent *stage;
  char              *host;
  guint16            port;
  CulvertSocket      socket;
} Message;

static CulvertHopUser *
user_ref (CulvertHopUser *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
user_unref (CulvertHopUser *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_main_context_unref (self->context);
  g_free (self);
}

static Message *
message_new (MessageKind kind, HopLink *link, CulvertHopUser *user)
{
  Message *self = g_new0 (Message, 1);

  self->kind = kind;
  self->link = link;
  self->user = user != NULL ? user_ref (user) : NULL;
  self->socket = CULVERT_SOCKET_NONE;
  return self;
}

static void
message_free (gpointer data)
{
  Message *self = data;

  g_clear_pointer (&self->user, user_unref);
  g_clear_error (&self->error);
  g_clear_object (&self->prompt);
  g_clear_pointer (&self->stage, culvert_stage_event_free);
  g_free (self->host);
  culvert_socket_close (&self->socket);
  g_free (self);
}

static void
post (GMainContext *context, GSourceFunc func, Message *message)
{
  culvert_post (context, func, message, message_free);
}

/* From the thread to a user */

static void
link_free (HopLink *self)
{
  g_main_context_push_thread_default (self->context);
  /* What outlasted the limit may still point to these. */
  if (self->is_gone)
    {
      g_hash_table_unref (self->openings);
      culvert_relay_group_clear (&self->relays);
      culvert_io_source_free (self->io);
    }
  g_main_context_pop_thread_default (self->context);
  culvert_counters_unref (self->counters);
  g_ptr_array_unref (self->users);
  g_clear_error (&self->failure);
  culvert_log_set_func (self->log, NULL, NULL);
  g_object_unref (self->log);
  g_object_unref (self->tunnel_log);
  g_main_context_unref (self->context);
  g_free (self->key);
  g_free (self->name);
  g_free (self);
}

static void
tell_gone (CulvertHopUser *user)
{
  user->gone (user->gone_data);
  user_unref (user);
}

static gboolean
event_cb (gpointer data)
{
  Message                *message = data;
  CulvertHopUser         *user = message->user;
  const CulvertHopEvents *events = user->events;

  if (message->kind == MESSAGE_LAST)
    {
      g_thread_join (g_steal_pointer (&message->link->thread));
      link_free (message->link);
      g_mutex_lock (&registry_lock);
      n_links--;
      g_mutex_unlock (&registry_lock);
      tell_gone (user);
      return G_SOURCE_REMOVE;
    }
  if (message->kind == MESSAGE_GONE)
    {
      tell_gone (user);
      return G_SOURCE_REMOVE;
    }
  if (events == NULL)
    {
      /* Nobody is there to answer: it must not wait for ever. */
      if (message->kind == MESSAGE_PROMPT)
        culvert_prompt_withdraw (message->prompt);
      return G_SOURCE_REMOVE;
    }
  switch (message->kind)
    {
    case MESSAGE_UP:
      events->up (user->user_data);
      break;
    case MESSAGE_ENDED:
      events->ended (message->error, user->user_data);
      break;
    case MESSAGE_PROMPT:
      events->prompt (message->prompt, user->user_data);
      break;
    case MESSAGE_PROMPT_RESULT:
      events->prompt_result (message->prompt, message->accepted, user->user_data);
      break;
    case MESSAGE_OPENED:
      events->opened (user->user_data);
      break;
    case MESSAGE_REFUSED:
      events->refused (message->error, user->user_data);
      break;
    case MESSAGE_SYNCED:
      events->synced (user->user_data);
      break;
    case MESSAGE_STAGE:
      if (events->stage != NULL)
        events->stage (message->stage, user->user_data);
      break;
    case MESSAGE_GONE:
    case MESSAGE_LAST:
    case COMMAND_OPEN:
    case COMMAND_SYNC:
    case COMMAND_PROBE:
    case COMMAND_GIVE_UP:
    case COMMAND_END:
    default:
      g_assert_not_reached ();
    }
  return G_SOURCE_REMOVE;
}

static void
tell (CulvertHopUser *user, Message *message)
{
  post (user->context, event_cb, message);
}

/* Was it what one person said, or nobody did?  Another tunnel's person may say otherwise. */
static gboolean
is_personal (const GError *error)
{
  return g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_CANCELLED) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_REFUSED) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN);
}

/* With the lock held.  Who was not asked tries again, and is asked then. */
static void
tell_end (HopLink *self, CulvertHopUser *user)
{
  Message *message = message_new (MESSAGE_ENDED, self, user);

  if (user == self->asked || !is_personal (self->failure))
    {
      message->error = g_error_copy (self->failure);
    }
  else
    {
      message->error =
        g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED,
                     "jump host %s: given up by the tunnel that was asked", self->name);
      culvert_error_set_fact (&message->error, CULVERT_FACT_HOP, self->name);
    }
  tell (user, message);
}

/* The thread: its session */

static void
leave_registry (HopLink *self)
{
  if (g_hash_table_lookup (registry, self->key) == self)
    g_hash_table_remove (registry, self->key);
}

static void
session_gone_cb (gpointer data, GObject *session)
{
  HopLink *self = data;

  self->is_gone = TRUE;
}

static void
drop_session (HopLink *self)
{
  CulvertSession *session;

  g_mutex_lock (&registry_lock);
  session = g_steal_pointer (&self->session);
  g_mutex_unlock (&registry_lock);
  if (session == NULL)
    return;
  g_object_weak_ref (G_OBJECT (session), session_gone_cb, self);
  g_object_unref (session);
}

static void
state_changed_cb (CulvertSession *session, CulvertSessionState state, gpointer user_data)
{
  HopLink *self = user_data;

  if (state != CULVERT_SESSION_UP)
    return;
  g_mutex_lock (&registry_lock);
  self->is_up = TRUE;
  for (guint i = 0; i < self->users->len; i++)
    tell (self->users->pdata[i], message_new (MESSAGE_UP, self, self->users->pdata[i]));
  g_mutex_unlock (&registry_lock);
}

static void
prompt_cb (CulvertSession *session, CulvertPrompt *prompt, gpointer user_data)
{
  HopLink *self = user_data;
  Message *message = NULL;

  g_mutex_lock (&registry_lock);
  if (self->asked != NULL)
    {
      message = message_new (MESSAGE_PROMPT, self, self->asked);
      message->prompt = g_object_ref (prompt);
      tell (self->asked, message);
    }
  g_mutex_unlock (&registry_lock);
  if (message == NULL)
    culvert_prompt_withdraw (prompt);
}

static void
prompt_result_cb (CulvertSession *session,
                  CulvertPrompt  *prompt,
                  gboolean        accepted,
                  gpointer        user_data)
{
  HopLink *self = user_data;

  g_mutex_lock (&registry_lock);
  if (self->asked != NULL)
    {
      Message *message = message_new (MESSAGE_PROMPT_RESULT, self, self->asked);

      message->prompt = g_object_ref (prompt);
      message->accepted = accepted;
      tell (self->asked, message);
    }
  g_mutex_unlock (&registry_lock);
}

static void
stage_cb (CulvertSession *session, const CulvertStageEvent *event, gpointer user_data)
{
  HopLink *self = user_data;

  g_mutex_lock (&registry_lock);
  if (self->asked != NULL)
    {
      Message *message = message_new (MESSAGE_STAGE, self, self->asked);

      message->stage = culvert_stage_event_copy (event);
      culvert_error_set_fact (&message->stage->error, CULVERT_FACT_HOP, self->name);
      tell (self->asked, message);
    }
  g_mutex_unlock (&registry_lock);
}

static GError *
explain_end (HopLink *self, const GError *error)
{
  GError *failure = error != NULL ? g_error_copy (error)
                                  : g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED,
                                                 "given up by the tunnel that was asked");

  g_prefix_error (&failure, "jump host %s: ", self->name);
  culvert_error_set_fact (&failure, CULVERT_FACT_HOP, self->name);
  return failure;
}

static void
ended_cb (CulvertSession *session, const GError *error, gpointer user_data)
{
  HopLink *self = user_data;

  self->has_ended = TRUE;
  g_mutex_lock (&registry_lock);
  leave_registry (self);
  self->failure = explain_end (self, error);
  for (guint i = 0; i < self->users->len; i++)
    tell_end (self, self->users->pdata[i]);
  g_mutex_unlock (&registry_lock);
}

static const CulvertSessionEvents session_events = {
  .state_changed = state_changed_cb,
  .prompt = prompt_cb,
  .prompt_result = prompt_result_cb,
  .ended = ended_cb,
  .stage = stage_cb,
};

/* The thread: where it leads to */

static void
opening_free (gpointer data)
{
  Opening *self = data;

  user_unref (self->user);
  g_free (self->next);
  g_free (self);
}

static void
answered_cb (CulvertRelay *relay, gpointer user_data)
{
  HopLink *self = user_data;
  Opening *opening = g_hash_table_lookup (self->openings, relay);

  if (opening != NULL)
    tell (opening->user, message_new (MESSAGE_OPENED, self, opening->user));
  g_hash_table_remove (self->openings, relay);
}

static GError *
explain_refusal (HopLink *self, const Opening *opening, const GError *error)
{
  gboolean is_prohibited =
    g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_PROHIBITED);
  GError *refusal = g_error_new (
    CULVERT_SSH_ERROR,
    is_prohibited ? CULVERT_SSH_ERROR_NEXT_PROHIBITED : CULVERT_SSH_ERROR_NEXT_UNREACHABLE,
    "jump host %s does not lead to %s: %s", self->name, opening->next, error->message);

  culvert_error_set_fact (&refusal, CULVERT_FACT_HOP, self->name);
  culvert_error_set_fact (&refusal, CULVERT_FACT_NEXT, opening->next);
  culvert_error_set_fact (&refusal, CULVERT_FACT_SAID,
                          culvert_error_get_fact (error, CULVERT_FACT_SAID));
  return refusal;
}

static void
refused_cb (CulvertRelay *relay, const GError *error, gpointer user_data)
{
  HopLink *self = user_data;
  Opening *opening = g_hash_table_lookup (self->openings, relay);

  if (opening != NULL)
    {
      Message *message = message_new (MESSAGE_REFUSED, self, opening->user);

      message->error = explain_refusal (self, opening, error);
      tell (opening->user, message);
    }
  g_hash_table_remove (self->openings, relay);
  culvert_relay_drop (relay);
}

static void
relay_ended_cb (CulvertRelay *relay, gpointer user_data)
{
  HopLink *self = user_data;

  g_hash_table_remove (self->openings, relay);
}

static const CulvertRelayEvents relay_events = {
  .answered = answered_cb,
  .refused = refused_cb,
  .ended = relay_ended_cb,
};

static void
open_next (HopLink *self, Message *message)
{
  g_autoptr (CulvertEndpoint) target = culvert_endpoint_new_tcp (message->host, message->port);
  Opening                    *opening;
  CulvertRelay               *relay;

  /* Its end was told, or will be. */
  if (self->has_ended || self->session == NULL)
    return;
  opening = g_new0 (Opening, 1);
  opening->user = user_ref (message->user);
  opening->next = culvert_endpoint_to_string (target);
  culvert_log_write (self->log, CULVERT_LOG_INFO, "leads on to %s", opening->next);
  relay = culvert_relay_new (&self->relays, message->socket);
  message->socket = CULVERT_SOCKET_NONE;
  g_hash_table_insert (self->openings, relay, opening);
  culvert_relay_set_target (relay, target);
  culvert_relay_open (relay, culvert_session_get_transport (self->session));
}

/* The thread: its life */

static void
end_session (HopLink *self)
{
  if (self->session != NULL && !self->has_ended)
    culvert_session_stop (self->session);
}

static gboolean
command_cb (gpointer data)
{
  Message *message = data;
  HopLink *self = message->link;

  switch (message->kind)
    {
    case COMMAND_OPEN:
      open_next (self, message);
      break;
    case COMMAND_SYNC:
      tell (message->user, message_new (MESSAGE_SYNCED, self, message->user));
      break;
    case COMMAND_PROBE:
      if (self->session != NULL && !self->has_ended)
        culvert_session_probe (self->session);
      break;
    case COMMAND_GIVE_UP:
      end_session (self);
      break;
    case COMMAND_END:
      self->is_unused = TRUE;
      self->last = user_ref (message->user);
      end_session (self);
      break;
    case MESSAGE_UP:
    case MESSAGE_ENDED:
    case MESSAGE_PROMPT:
    case MESSAGE_PROMPT_RESULT:
    case MESSAGE_OPENED:
    case MESSAGE_REFUSED:
    case MESSAGE_SYNCED:
    case MESSAGE_STAGE:
    case MESSAGE_GONE:
    case MESSAGE_LAST:
    default:
      g_assert_not_reached ();
    }
  return G_SOURCE_REMOVE;
}

static gboolean
is_gone (gpointer data)
{
  return ((HopLink *)data)->is_gone;
}

static gpointer
run (gpointer data)
{
  HopLink                 *self = data;
  g_autoptr (GMainContext) context = g_main_context_ref (self->context);
  CulvertHopUser          *last;

  g_main_context_push_thread_default (context);
  culvert_session_start (self->session);
  while (!self->is_unused || !self->has_ended)
    g_main_context_iteration (context, TRUE);
  drop_session (self);
  culvert_linger (self->context, is_gone, self);
  g_main_context_pop_thread_default (context);
  last = g_steal_pointer (&self->last);
  tell (last, message_new (MESSAGE_LAST, self, last));
  user_unref (last);
  return NULL;
}

/* From a user to the thread */

static void
log_cb (const CulvertLogLine *line, gpointer user_data)
{
  HopLink *self = user_data;

  culvert_log_write (self->tunnel_log, line->level, "jump host %s: %s", self->name, line->text);
}

static void
command (CulvertHopUser *user, MessageKind kind)
{
  post (user->link->context, command_cb, message_new (kind, user->link, user));
}

static CulvertHopUser *
user_new (HopLink *link, const CulvertHopEvents *events, gpointer user_data)
{
  CulvertHopUser *self = g_new0 (CulvertHopUser, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->link = link;
  self->context = g_main_context_ref_thread_default ();
  self->events = events;
  self->user_data = user_data;
  g_ptr_array_add (link->users, self);
  return self;
}

/* With the lock held.  (nullable) */
static CulvertHopUser *
join (const char *key, const CulvertHopEvents *events, gpointer user_data)
{
  HopLink        *link = registry != NULL ? g_hash_table_lookup (registry, key) : NULL;
  CulvertHopUser *user;

  if (link == NULL)
    return NULL;
  user = user_new (link, events, user_data);
  if (link->is_up)
    tell (user, message_new (MESSAGE_UP, link, user));
  return user;
}

CulvertHopUser *
culvert_hop_user_find (const char *key, const CulvertHopEvents *events, gpointer user_data)
{
  CulvertHopUser *user;

  g_mutex_lock (&registry_lock);
  user = join (key, events, user_data);
  g_mutex_unlock (&registry_lock);
  return user;
}

static char *
describe (const CulvertProfile *profile)
{
  if (profile->port == SSH_PORT)
    return g_strdup (profile->host);
  return g_strdup_printf (strchr (profile->host, ':') != NULL ? "[%s]:%u" : "%s:%u", profile->host,
                          profile->port);
}

static HopLink *
link_new (const char *key, CulvertProfile *profile, CulvertLog *log, CulvertSocket socket)
{
  HopLink *self = g_new0 (HopLink, 1);

  self->key = g_strdup (key);
  self->name = describe (profile);
  self->tunnel_log = g_object_ref (log);
  self->log = culvert_log_new (LOG_LINES);
  culvert_log_set_func (self->log, log_cb, self);
  self->users = g_ptr_array_new ();
  self->context = g_main_context_new ();
  self->counters = culvert_counters_new ();
  self->openings = g_hash_table_new_full (NULL, NULL, NULL, opening_free);
  /* The thread's context stands for the thread until there is one. */
  g_main_context_push_thread_default (self->context);
  self->io = culvert_io_source_new ();
  culvert_relay_group_init (&self->relays, self->io, self->counters, self->counters, &relay_events,
                            self);
  self->session = culvert_session_new (profile, self->io, self->log, &session_events, self);
  culvert_session_set_asked_by (self->session, CULVERT_ASKED_BY_HOP);
  if (socket != CULVERT_SOCKET_NONE)
    culvert_session_set_socket (self->session, socket);
  g_main_context_pop_thread_default (self->context);
  return self;
}

/* One whose thread never ran. */
static void
link_discard (HopLink *self)
{
  g_clear_object (&self->session);
  self->is_gone = TRUE;
  link_free (self);
}

CulvertHopUser *
culvert_hop_user_new (const char             *key,
                      CulvertProfile         *profile,
                      CulvertLog             *log,
                      CulvertSocket           socket,
                      const CulvertHopEvents *events,
                      gpointer                user_data,
                      GError                **error)
{
  HopLink        *link = link_new (key, profile, log, socket);
  CulvertHopUser *user;

  g_mutex_lock (&registry_lock);
  /* Another tunnel may have looked for it at the same moment, and made it first. */
  user = join (key, events, user_data);
  if (user != NULL)
    {
      g_mutex_unlock (&registry_lock);
      link_discard (link);
      return user;
    }
  user = user_new (link, events, user_data);
  link->asked = user;
  link->thread = g_thread_try_new ("culvert-hop", run, link, error);
  if (link->thread == NULL)
    {
      g_mutex_unlock (&registry_lock);
      link_discard (link);
      user_unref (user);
      return NULL;
    }
  n_links++;
  if (registry == NULL)
    registry = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (registry, link->key, link);
  g_mutex_unlock (&registry_lock);
  return user;
}

void
culvert_hop_user_open (CulvertHopUser *self, const char *host, guint16 port, CulvertSocket socket)
{
  Message *message = message_new (COMMAND_OPEN, self->link, self);

  message->host = g_strdup (host);
  message->port = port;
  message->socket = socket;
  post (self->link->context, command_cb, message);
}

void
culvert_hop_user_sync (CulvertHopUser *self)
{
  command (self, COMMAND_SYNC);
}

void
culvert_hop_user_probe (CulvertHopUser *self)
{
  command (self, COMMAND_PROBE);
}

void
culvert_hop_user_abort (CulvertHopUser *self)
{
  g_mutex_lock (&registry_lock);
  if (self->link->asked == self && !self->link->is_up && self->link->session != NULL)
    culvert_session_abort (self->link->session);
  g_mutex_unlock (&registry_lock);
}

void
culvert_hop_user_leave (CulvertHopUser *self, void (*gone) (gpointer user_data), gpointer user_data)
{
  HopLink *link = self->link;
  gboolean is_last;

  self->events = NULL;
  self->gone = gone;
  self->gone_data = user_data;
  culvert_hop_user_abort (self);

  g_mutex_lock (&registry_lock);
  g_ptr_array_remove (link->users, self);
  is_last = link->users->len == 0;
  if (is_last)
    {
      leave_registry (link);
      command (self, COMMAND_END);
    }
  else
    {
      if (link->asked == self && !link->is_up)
        {
          leave_registry (link);
          command (self, COMMAND_GIVE_UP);
        }
      tell (self, message_new (MESSAGE_GONE, link, self));
    }
  if (link->asked == self)
    link->asked = NULL;
  g_mutex_unlock (&registry_lock);
}

/* Keys */

static void
add_list (GString *key, const char *const *list)
{
  for (; *list != NULL; list++)
    g_string_append_printf (key, "%s\n", *list);
  g_string_append_c (key, '\n');
}

char *
culvert_hop_key (const CulvertProfile *profile, guint index)
{
  g_autoptr (GString) key = g_string_new (NULL);

  for (guint i = 0; i <= index; i++)
    {
      g_autoptr (CulvertProfile) hop = culvert_profile_for_hop (profile, i);
      g_autofree char           *user = hop != NULL ? culvert_profile_dup_user (hop) : NULL;

      if (hop == NULL)
        return NULL;
      g_string_append_printf (key, "%s\n%s\n%u\n", user, hop->host, hop->port);
    }
  g_string_append_printf (key, "%s\n%s\n%d\n%d\n%d\n%d\n%d\n%d\n%u\n", profile->proxy,
                          profile->proxy_command, profile->proxy_command_allowed,
                          (int)profile->address_family, profile->only_listed_keys,
                          profile->never_ask, (int)profile->host_key_policy,
                          profile->legacy_algorithms, profile->keepalive_interval_s);
  add_list (key, (const char *const *)profile->known_hosts_files);
  add_list (key, (const char *const *)profile->key_files);
  add_list (key, (const char *const *)profile->certificate_files);
  g_string_append_printf (key, "%s\n%d\n", profile->agent_socket, profile->quick_replies);
  for (guint i = 0; i < profile->methods->len; i++)
    g_string_append_printf (key, "%d\n",
                            (int)g_array_index (profile->methods, CulvertAuthMethod, i));
  return g_string_free (g_steal_pointer (&key), FALSE);
}

guint
culvert_hop_link_count (void)
{
  guint n;

  g_mutex_lock (&registry_lock);
  n = n_links;
  g_mutex_unlock (&registry_lock);
  return n;
}
