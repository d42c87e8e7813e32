/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/fake-session.h"

#include "support/fake-transport.h"

#define MAX_TRIES 3

typedef struct
{
  FakeBehaviour   behaviour;
  CulvertSshError code;
} Plan;

typedef struct _FakeSession FakeSession;

struct _FakeMaker
{
  CulvertSessionMaker maker; /* first */

  GMutex       lock;
  GCond        thawed;
  gboolean     is_thawed;
  GArray      *plans; /* of Plan */
  guint        next_plan;
  FakeSession *latest; /* nullable */
  char        *last_host;
  guint        n_made;
  guint        n_alive;
  guint        n_stopped;
  guint        n_probed;
  guint        n_asked;
};

struct _FakeSession
{
  CulvertFakeTransport *transport;
  gint                  n_refs; /* atomic: answers on their way hold one */
  void (*gone) (gpointer user_data);
  gpointer                    gone_data;
  FakeMaker                  *maker;
  Plan                        plan;
  CulvertProfile             *profile;
  CulvertIoSource            *io;
  GMainContext               *context;
  const CulvertSessionEvents *events;
  gpointer                    user_data;
  CulvertSessionInfo          info;
  CulvertSessionState         state;
  CulvertPrompt              *prompt;
  guint                       n_tries;
  gint                        is_aborted; /* atomic */
  gint                        is_gone;    /* atomic: the server closed */
  GSource                    *step_source;
  GSource                    *end_source;
  GError                     *end_error;
};

/* Sources */

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
schedule (FakeSession *self, GSource **source, GSourceFunc func)
{
  if (*source != NULL)
    return;

  *source = g_idle_source_new ();
  g_source_set_priority (*source, G_PRIORITY_DEFAULT);
  g_source_set_callback (*source, func, self, NULL);
  g_source_attach (*source, self->context);
}

static gpointer
session_ref (FakeSession *self)
{
  g_atomic_int_inc (&self->n_refs);

  return self;
}

static void
session_unref (gpointer data)
{
  FakeSession *self = data;

  if (!g_atomic_int_dec_and_test (&self->n_refs))
    return;

  culvert_fake_transport_free (self->transport);
  g_clear_error (&self->end_error);
  g_free (self->info.server_version);
  g_free (self->info.algorithms);
  g_free (self->info.auth_method);
  g_free (self->info.banner);
  g_main_context_unref (self->context);
  culvert_profile_unref (self->profile);
  self->gone (self->gone_data);
  g_free (self);
}

/* A session's life */

static gboolean
end_cb (gpointer user_data)
{
  FakeSession *self = user_data;

  clear_source (&self->end_source);
  clear_source (&self->step_source);
  if (self->prompt != NULL)
    culvert_prompt_withdraw (self->prompt);
  g_clear_object (&self->prompt);
  self->state = CULVERT_SESSION_ENDED;
  culvert_fake_transport_end (self->transport, self->end_error);
  self->events->ended (NULL, self->end_error, self->user_data);

  return G_SOURCE_REMOVE;
}

/* (transfer full) @error: nullable */
static void
end (FakeSession *self, GError *error)
{
  if (self->state == CULVERT_SESSION_ENDED || self->end_source != NULL)
    {
      g_clear_error (&error);
      return;
    }

  self->end_error = error;
  schedule (self, &self->end_source, end_cb);
}

static GError *
make_error (CulvertSshError code)
{
  return g_error_new (CULVERT_SSH_ERROR, (int)code, "planned by a test: %d", (int)code);
}

static void
set_state (FakeSession *self, CulvertSessionState state)
{
  self->state = state;
  if (state == CULVERT_SESSION_UP)
    {
      self->info.algorithms = g_strdup ("none of them");
      self->info.auth_method = g_strdup ("asking nicely");
      self->info.banner = g_strdup ("Be kind.\nTo all.");
    }
  self->events->state_changed (NULL, state, self->user_data);
}

static void
come_up (FakeSession *self)
{
  if (self->state != CULVERT_SESSION_SIGNING_IN)
    set_state (self, CULVERT_SESSION_SIGNING_IN);
  set_state (self, CULVERT_SESSION_UP);
}

static void
put (FakeSession *self, CulvertPrompt *prompt)
{
  self->events->prompt (NULL, prompt, self->user_data);
  g_mutex_lock (&self->maker->lock);
  self->maker->n_asked++;
  g_mutex_unlock (&self->maker->lock);
}

static void ask_password (FakeSession *self);

static void
password_answered_cb (CulvertPrompt *prompt, gpointer user_data)
{
  FakeSession   *self = user_data;
  CulvertSecret *secret = culvert_prompt_get_secret (prompt, 0);

  if (self->prompt != prompt || self->end_source != NULL)
    return;
  if (culvert_prompt_get_decision (prompt) <= CULVERT_DECISION_REFUSE)
    {
      end (self, make_error (CULVERT_SSH_ERROR_AUTH_CANCELLED));
      return;
    }

  if (g_str_equal (culvert_secret_peek (secret), FAKE_PASSWORD))
    {
      self->events->prompt_result (NULL, prompt, TRUE, self->user_data);
      g_clear_object (&self->prompt);
      come_up (self);
      return;
    }

  self->events->prompt_result (NULL, prompt, FALSE, self->user_data);
  g_clear_object (&self->prompt);
  if (++self->n_tries < MAX_TRIES)
    ask_password (self);
  else
    end (self, make_error (CULVERT_SSH_ERROR_AUTH_REFUSED));
}

static void
ask_password (FakeSession *self)
{
  CulvertPromptField  field = { .text = (char *)"", .is_hidden = TRUE };
  CulvertPromptFields fields = {
    .kind = CULVERT_PROMPT_PASSWORD,
    .user = "alice",
    .host = self->profile->host,
    .port = self->profile->port,
    .secret_purpose = "password",
    .attempt = self->n_tries,
    .fields = &field,
    .n_fields = 1,
  };

  self->prompt = culvert_prompt_new (&fields);
  culvert_prompt_set_answered_func (self->prompt, self->context, password_answered_cb,
                                    session_ref (self), session_unref);
  put (self, self->prompt);
}

static gboolean
keep_waiting_cb (gpointer user_data)
{
  FakeSession *self = user_data;

  return !g_atomic_int_get (&self->is_aborted) && !g_atomic_int_get (&self->is_gone);
}

/* Blocks the thread.  Returns: whether @answer was given; FALSE when nothing was, with the end on
 * its way. */
static gboolean
put_question (FakeSession *self, const char *text, const char *purpose, const char *answer)
{
  CulvertPromptField        field = { .text = (char *)text, .is_hidden = TRUE };
  CulvertPromptFields       fields = { .kind = CULVERT_PROMPT_QUESTIONS,
                                       .user = "alice",
                                       .host = self->profile->host,
                                       .port = self->profile->port,
                                       .secret_purpose = purpose,
                                       .attempt = self->n_tries,
                                       .fields = &field,
                                       .n_fields = 1 };
  g_autoptr (CulvertPrompt) prompt = culvert_prompt_new (&fields);
  gboolean                  is_right;

  put (self, prompt);
  if (culvert_prompt_wait (prompt, 20, keep_waiting_cb, self) <= CULVERT_DECISION_REFUSE)
    {
      end (self, make_error (g_atomic_int_get (&self->is_gone) ? CULVERT_SSH_ERROR_CLOSED
                                                               : CULVERT_SSH_ERROR_AUTH_CANCELLED));
      return FALSE;
    }

  is_right = g_str_equal (culvert_secret_peek (culvert_prompt_get_secret (prompt, 0)), answer);
  /* As PAM has it: after a wrong password it asks for the code all the same. */
  self->events->prompt_result (NULL, prompt, is_right || purpose != NULL, self->user_data);

  return is_right;
}

static void
ask_questions (FakeSession *self)
{
  while (self->end_source == NULL)
    {
      gboolean has_password = put_question (self, "Password: ", "password", FAKE_PASSWORD);
      gboolean has_code =
        self->end_source == NULL && put_question (self, "Code: ", NULL, FAKE_CODE);

      if (has_password && has_code)
        {
          come_up (self);
          return;
        }
      if (++self->n_tries >= MAX_TRIES)
        end (self, make_error (CULVERT_SSH_ERROR_AUTH_REFUSED));
    }
}

static void
host_key_answered_cb (CulvertPrompt *prompt, gpointer user_data)
{
  FakeSession *self = user_data;

  if (self->prompt != prompt || self->end_source != NULL)
    return;
  if (culvert_prompt_get_decision (prompt) <= CULVERT_DECISION_REFUSE)
    {
      end (self, make_error (CULVERT_SSH_ERROR_HOST_KEY_REFUSED));
      return;
    }
  g_clear_object (&self->prompt);
  come_up (self);
}

static void
ask_host_key (FakeSession *self)
{
  g_autoptr (GBytes)  blob = g_bytes_new_static ("test", 4);
  CulvertHostKeyInfo  host_key = { .host = self->profile->host,
                                   .port = self->profile->port,
                                   .type_name = (char *)"ssh-ed25519",
                                   .fingerprint = (char *)"SHA256:test",
                                   .random_art = (char *)"",
                                   .blob = blob };
  CulvertPromptFields fields = { .kind = CULVERT_PROMPT_HOST_KEY,
                                 .host = self->profile->host,
                                 .port = self->profile->port,
                                 .host_key = &host_key };

  set_state (self, CULVERT_SESSION_HOST_KEY);
  self->prompt = culvert_prompt_new (&fields);
  culvert_prompt_set_answered_func (self->prompt, self->context, host_key_answered_cb,
                                    session_ref (self), session_unref);
  put (self, self->prompt);
}

static void
freeze (FakeSession *self)
{
  g_mutex_lock (&self->maker->lock);
  while (!self->maker->is_thawed)
    g_cond_wait (&self->maker->thawed, &self->maker->lock);
  g_mutex_unlock (&self->maker->lock);
}

static gboolean
step_cb (gpointer user_data)
{
  FakeSession *self = user_data;

  clear_source (&self->step_source);
  if (self->state == CULVERT_SESSION_NEW)
    {
      set_state (self, CULVERT_SESSION_CONNECTING);
      schedule (self, &self->step_source, step_cb);
      return G_SOURCE_REMOVE;
    }

  switch (self->plan.behaviour)
    {
    case FAKE_COMES_UP:
    case FAKE_NEVER_ENDS:
    case FAKE_ASKS_LATE:
      come_up (self);
      break;
    case FAKE_FAILS:
      end (self, make_error (self->plan.code));
      break;
    case FAKE_FAILS_SIGNING_IN:
      set_state (self, CULVERT_SESSION_SIGNING_IN);
      end (self, make_error (self->plan.code));
      break;
    case FAKE_STAYS_CONNECTING:
      break;
    case FAKE_STAYS_SIGNING_IN:
      set_state (self, CULVERT_SESSION_SIGNING_IN);
      break;
    case FAKE_ASKS_PASSWORD:
      set_state (self, CULVERT_SESSION_SIGNING_IN);
      ask_password (self);
      break;
    case FAKE_ASKS_QUESTIONS:
      set_state (self, CULVERT_SESSION_SIGNING_IN);
      ask_questions (self);
      break;
    case FAKE_ASKS_HOST_KEY:
      ask_host_key (self);
      break;
    case FAKE_FREEZES:
      freeze (self);
      break;
    default:
      g_assert_not_reached ();
    }

  return G_SOURCE_REMOVE;
}

/* The maker's functions */

static gpointer
make_fake (const CulvertSessionMaker  *base,
           CulvertProfile             *profile,
           CulvertIoSource            *io,
           CulvertLog                 *log,
           const CulvertSessionEvents *events,
           gpointer                    user_data)
{
  FakeMaker   *maker = (FakeMaker *)base;
  FakeSession *self = g_new0 (FakeSession, 1);

  self->transport = culvert_fake_transport_new (io, NULL);
  self->n_refs = 1;
  self->maker = maker;
  self->profile = culvert_profile_ref (profile);
  self->io = io;
  self->context = g_main_context_ref_thread_default ();
  self->events = events;
  self->user_data = user_data;
  self->info.round_trip_us = -1;
  self->info.server_version = g_strdup ("SSH-2.0-Fake");

  g_mutex_lock (&maker->lock);
  self->plan = g_array_index (maker->plans, Plan, maker->next_plan);
  if (maker->next_plan + 1 < maker->plans->len)
    maker->next_plan++;
  maker->latest = self;
  maker->n_made++;
  maker->n_alive++;
  g_free (maker->last_host);
  maker->last_host = g_strdup (profile->host);
  g_mutex_unlock (&maker->lock);

  return self;
}

static void
start_fake (gpointer session)
{
  FakeSession *self = session;

  schedule (self, &self->step_source, step_cb);
}

static void
stop_fake (gpointer session)
{
  FakeSession *self = session;

  g_mutex_lock (&self->maker->lock);
  self->maker->n_stopped++;
  g_mutex_unlock (&self->maker->lock);

  if (self->plan.behaviour == FAKE_NEVER_ENDS)
    freeze (self);
  if (self->plan.behaviour == FAKE_ASKS_LATE)
    ask_password (self);
  if (self->end_source != NULL)
    g_clear_error (&self->end_error);
  else
    end (self, NULL);
}

static void
abort_fake (gpointer session)
{
  FakeSession *self = session;

  g_atomic_int_set (&self->is_aborted, TRUE);
}

static void
probe_fake (gpointer session)
{
  FakeSession *self = session;

  g_mutex_lock (&self->maker->lock);
  self->maker->n_probed++;
  g_mutex_unlock (&self->maker->lock);
}

static const CulvertSessionInfo *
get_info_fake (gpointer session)
{
  FakeSession *self = session;

  return &self->info;
}

static CulvertTransport *
get_transport_fake (gpointer session)
{
  FakeSession *self = session;

  return culvert_fake_transport_get (self->transport);
}

static void
drop_fake (gpointer session, void (*gone) (gpointer user_data), gpointer user_data)
{
  FakeSession *self = session;
  FakeMaker   *maker = self->maker;

  g_assert_cmpint (self->state, ==, CULVERT_SESSION_ENDED);

  g_mutex_lock (&maker->lock);
  maker->n_alive--;
  if (maker->latest == self)
    maker->latest = NULL;
  g_mutex_unlock (&maker->lock);

  self->gone = gone;
  self->gone_data = user_data;
  session_unref (self);
}

static const CulvertSessionMaker fake_maker = {
  .make = make_fake,
  .start = start_fake,
  .stop = stop_fake,
  .abort = abort_fake,
  .probe = probe_fake,
  .get_info = get_info_fake,
  .get_transport = get_transport_fake,
  .drop = drop_fake,
};

/* What tests say */

FakeMaker *
fake_maker_new (void)
{
  FakeMaker *self = g_new0 (FakeMaker, 1);

  self->maker = fake_maker;
  self->plans = g_array_new (FALSE, FALSE, sizeof (Plan));
  g_mutex_init (&self->lock);
  g_cond_init (&self->thawed);

  return self;
}

void
fake_maker_free (FakeMaker *self)
{
  g_assert_cmpuint (self->n_alive, ==, 0);

  g_array_unref (self->plans);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->thawed);
  g_free (self->last_host);
  g_free (self);
}

const CulvertSessionMaker *
fake_maker_get (FakeMaker *self)
{
  return &self->maker;
}

void
fake_maker_plan (FakeMaker *self, FakeBehaviour behaviour, CulvertSshError code)
{
  Plan plan = { behaviour, code };

  g_mutex_lock (&self->lock);
  g_array_append_val (self->plans, plan);
  g_mutex_unlock (&self->lock);
}

void
fake_maker_replan (FakeMaker *self, FakeBehaviour behaviour, CulvertSshError code)
{
  g_mutex_lock (&self->lock);
  g_array_set_size (self->plans, 0);
  self->next_plan = 0;
  g_mutex_unlock (&self->lock);
  fake_maker_plan (self, behaviour, code);
}

/* Something that the latest session shall do in its own thread. */
typedef struct
{
  FakeMaker      *maker;
  FakeSession    *session; /* compared, not touched, until it is known to be alive */
  CulvertSshError code;
  gint64          round_trip_us;
} Order;

static gboolean
order_cb (gpointer user_data)
{
  Order   *order = user_data;
  gboolean is_alive;

  g_mutex_lock (&order->maker->lock);
  is_alive = order->maker->latest == order->session;
  g_mutex_unlock (&order->maker->lock);
  if (!is_alive)
    return G_SOURCE_REMOVE;

  if (order->round_trip_us != 0)
    {
      order->session->info.round_trip_us = order->round_trip_us;
      culvert_io_source_wake (order->session->io);
    }
  else
    {
      end (order->session, make_error (order->code));
    }

  return G_SOURCE_REMOVE;
}

static void
give_order (FakeMaker *self, CulvertSshError code, gint64 round_trip_us)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Order              *order = g_new (Order, 1);

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, order_cb, order, g_free);
  g_mutex_lock (&self->lock);
  g_assert_nonnull (self->latest);
  *order = (Order){ self, self->latest, code, round_trip_us };
  if (round_trip_us == 0)
    g_atomic_int_set (&self->latest->is_gone, TRUE);
  g_source_attach (source, self->latest->context);
  g_mutex_unlock (&self->lock);
}

void
fake_maker_end_session (FakeMaker *self, CulvertSshError code)
{
  give_order (self, code, 0);
}

void
fake_maker_set_round_trip (FakeMaker *self, gint64 round_trip_us)
{
  give_order (self, CULVERT_SSH_ERROR_CLOSED, round_trip_us);
}

void
fake_maker_thaw (FakeMaker *self)
{
  g_mutex_lock (&self->lock);
  self->is_thawed = TRUE;
  g_cond_broadcast (&self->thawed);
  g_mutex_unlock (&self->lock);
}

static guint
read_number (FakeMaker *self, const guint *number)
{
  guint value;

  g_mutex_lock (&self->lock);
  value = *number;
  g_mutex_unlock (&self->lock);

  return value;
}

guint
fake_maker_get_n_made (FakeMaker *self)
{
  return read_number (self, &self->n_made);
}

guint
fake_maker_get_n_alive (FakeMaker *self)
{
  return read_number (self, &self->n_alive);
}

guint
fake_maker_get_n_stopped (FakeMaker *self)
{
  return read_number (self, &self->n_stopped);
}

guint
fake_maker_get_n_asked (FakeMaker *self)
{
  return read_number (self, &self->n_asked);
}

guint
fake_maker_get_n_probed (FakeMaker *self)
{
  return read_number (self, &self->n_probed);
}

char *
fake_maker_dup_last_host (FakeMaker *self)
{
  char *host;

  g_mutex_lock (&self->lock);
  host = g_strdup (self->last_host);
  g_mutex_unlock (&self->lock);

  return host;
}
