/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/far-test.h"

#include "base/source.h"
#include "core/errors.h"
#include "forward/early-stream.h"
#include "forward/far-test-plan.h"
#include "forward/forward-private.h"
#include "forward/target-dial.h"

#define TOKEN_LENGTH 32

/* More clients than this are not looked at, and the test among them is missed. */
#define MAX_SUSPECTS 64

struct _CulvertFarTest
{
  CulvertForward    *forward; /* borrowed */
  CulvertFarTestDone done;
  CulvertFarTestPass pass;
  guint              open_limit_ms;
  guint              back_limit_ms;
  CulvertFarTestPlan plan;

  /* Of the leg that is under way. */
  CulvertEndpoint *place;  /* where the server shall connect to */
  CulvertStream   *stream; /* nullable: the test's own */
  guint8           token[TOKEN_LENGTH];
  gsize            n_said;   /* of the token */
  GQueue           suspects; /* of Suspect, which embed their links */
  GSource         *limit;    /* nullable */

  CulvertTargetDial *dial; /* nullable */
};

/* A client that may be the test. */
typedef struct
{
  GList               link;
  CulvertFarTest     *test;
  CulvertEarlyStream *early;
  CulvertEndpoint    *originator; /* nullable */
} Suspect;

static void begin_leg (CulvertFarTest *self);

static CulvertEarlyStream *
suspect_free (Suspect *suspect)
{
  CulvertEarlyStream *early = suspect->early;

  g_queue_unlink (&suspect->test->suspects, &suspect->link);
  g_clear_pointer (&suspect->originator, culvert_endpoint_unref);
  g_free (suspect);
  return early;
}

static void
pass_on (Suspect *suspect)
{
  CulvertFarTest             *self = suspect->test;
  g_autoptr (CulvertEndpoint) originator = g_steal_pointer (&suspect->originator);

  self->pass (self->forward, culvert_early_stream_offer (suspect_free (suspect)), originator);
}

static void
pass_all (CulvertFarTest *self)
{
  while (self->suspects.head != NULL)
    pass_on (self->suspects.head->data);
}

static void
end_leg (CulvertFarTest *self)
{
  culvert_source_clear (&self->limit);
  if (self->stream != NULL)
    culvert_stream_close (g_steal_pointer (&self->stream));
  pass_all (self);
}

static void
dialled_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  CulvertFarTest *self = user_data;

  culvert_socket_close (&socket);
  g_clear_pointer (&self->dial, culvert_target_dial_free);
  if (error != NULL)
    culvert_far_test_plan_fail (&self->plan, error);
  begin_leg (self);
}

static void
dial_target (CulvertFarTest *self)
{
  const CulvertEndpoint *target =
    culvert_forward_spec_get_target (culvert_forward_get_spec (self->forward));

  self->dial = culvert_target_dial_new (culvert_forward_get_io (self->forward),
                                        G_OBJECT (self->forward), target, dialled_cb, self);
}

/* @error: (nullable): NULL when it came back */
static void
note_leg (CulvertFarTest *self, GError *error)
{
  g_autofree char   *place = culvert_endpoint_to_string (self->place);
  g_autoptr (GError) owned = error;
  gboolean           has_target;

  end_leg (self);
  culvert_error_set_fact (&owned, CULVERT_FACT_TARGET, place);
  culvert_far_test_plan_note (&self->plan, owned);
  has_target = culvert_forward_spec_get_target (culvert_forward_get_spec (self->forward)) != NULL;
  if (owned == NULL && has_target && !self->plan.has_tried_target)
    {
      self->plan.has_tried_target = TRUE;
      dial_target (self);
    }
  else
    {
      begin_leg (self);
    }
}

static void
fail_leg (CulvertFarTest *self, int code, const char *what)
{
  g_autofree char *place = culvert_endpoint_to_string (self->place);

  note_leg (self, g_error_new (CULVERT_FORWARD_ERROR, code, "testing by %s: %s", place, what));
}

static gboolean
limit_cb (gpointer user_data)
{
  CulvertFarTest *self = user_data;

  /* It has all that the test had to say, and does not come from our own port. */
  if (self->n_said == TOKEN_LENGTH)
    fail_leg (self, CULVERT_FORWARD_ERROR_TEST_OTHER, "what answers there is not this forward");
  else
    fail_leg (self, CULVERT_FORWARD_ERROR_TEST_TIMED_OUT, "no answer in time");
  return G_SOURCE_REMOVE;
}

static void
set_limit (CulvertFarTest *self, guint limit_ms)
{
  culvert_source_clear (&self->limit);
  self->limit = g_timeout_source_new (limit_ms);
  g_source_set_static_name (self->limit, "culvert far test");
  g_source_set_callback (self->limit, limit_cb, self, NULL);
  g_source_attach (self->limit, g_main_context_get_thread_default ());
}

/* What the test's own stream tells */

/* Until nothing more is taken: only then it is told when there is room again. */
static void
say_token (CulvertFarTest *self)
{
  gsize n_bytes;

  while (self->n_said < TOKEN_LENGTH)
    {
      n_bytes = MIN (culvert_stream_get_writable (self->stream), TOKEN_LENGTH - self->n_said);
      if (n_bytes == 0)
        break;
      culvert_stream_write (self->stream, self->token + self->n_said, n_bytes);
      self->n_said += n_bytes;
    }
}

static void
opened_cb (CulvertStream *stream, gpointer user_data)
{
  CulvertFarTest *self = user_data;

  set_limit (self, self->back_limit_ms);
  say_token (self);
}

static void
writable_cb (CulvertStream *stream, gpointer user_data)
{
  say_token (user_data);
}

static void
give_up (CulvertFarTest *self)
{
  end_leg (self);
  self->done (self->forward, CULVERT_TEST_NONE, NULL);
}

static void
refused_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  CulvertFarTest *self = user_data;

  self->stream = NULL;
  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED))
    give_up (self);
  else
    note_leg (self, g_error_copy (error));
}

static void
received_cb (CulvertStream *stream, const guint8 *bytes, gsize n_bytes, gpointer user_data)
{
  fail_leg (user_data, CULVERT_FORWARD_ERROR_TEST_OTHER, "something else speaks there");
}

static void
finished_cb (CulvertStream *stream, gpointer user_data)
{
  fail_leg (user_data, CULVERT_FORWARD_ERROR_TEST_OTHER, "what answers there hangs up at once");
}

static void
closed_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  CulvertFarTest *self = user_data;

  self->stream = NULL;
  if (error != NULL)
    give_up (self);
  else
    fail_leg (self, CULVERT_FORWARD_ERROR_TEST_OTHER, "what answers there hangs up at once");
}

static const CulvertStreamEvents own_events = {
  .opened = opened_cb,
  .refused = refused_cb,
  .received = received_cb,
  .finished = finished_cb,
  .writable = writable_cb,
  .closed = closed_cb,
};

/* What those tell that came to the port */

static void
suspect_changed_cb (CulvertEarlyStream *early, gpointer user_data)
{
  Suspect        *suspect = user_data;
  CulvertFarTest *self = suspect->test;
  gsize           n_held;
  const guint8   *held = culvert_early_stream_get_held (early, &n_held);

  if (n_held > TOKEN_LENGTH || (n_held > 0 && memcmp (held, self->token, n_held) != 0))
    {
      pass_on (suspect);
    }
  else if (n_held == TOKEN_LENGTH)
    {
      culvert_early_stream_close (suspect_free (suspect));
      note_leg (self, NULL);
    }
  else if (culvert_early_stream_is_finished (early))
    {
      pass_on (suspect);
    }
}

static void
suspect_gone_cb (CulvertEarlyStream *early, gpointer user_data)
{
  suspect_free (user_data);
}

static const CulvertEarlyEvents suspect_events = {
  .changed = suspect_changed_cb,
  .gone = suspect_gone_cb,
};

void
culvert_far_test_offered (CulvertFarTest        *self,
                          CulvertStream         *stream,
                          const CulvertEndpoint *originator)
{
  Suspect *suspect;

  if (self->stream == NULL || self->suspects.length >= MAX_SUSPECTS)
    {
      self->pass (self->forward, stream, originator);
      return;
    }
  suspect = g_new0 (Suspect, 1);
  suspect->link.data = suspect;
  suspect->test = self;
  suspect->originator =
    originator != NULL ? culvert_endpoint_ref ((CulvertEndpoint *)originator) : NULL;
  g_queue_push_tail_link (&self->suspects, &suspect->link);
  suspect->early = culvert_early_stream_new (stream, &suspect_events, suspect);
}

static void
tell (CulvertFarTest *self)
{
  g_autoptr (GError) error = NULL;
  CulvertTestState   state = culvert_far_test_plan_conclude (&self->plan, &error);

  self->done (self->forward, state, error);
}

static void
begin_leg (CulvertFarTest *self)
{
  CulvertTransport           *transport = culvert_forward_get_transport (self->forward);
  g_autoptr (CulvertEndpoint) bound = NULL;
  const char                 *host = culvert_far_test_plan_next (&self->plan);

  if (host == NULL)
    {
      tell (self);
      return;
    }
  bound = culvert_forward_dup_bound (self->forward);
  if (transport == NULL || bound == NULL)
    {
      give_up (self);
      return;
    }
  g_clear_pointer (&self->place, culvert_endpoint_unref);
  self->place = culvert_endpoint_new_tcp (host, culvert_endpoint_get_port (bound));
  for (gsize i = 0; i < TOKEN_LENGTH; i++)
    self->token[i] = (guint8)g_random_int_range (0, 256);
  self->n_said = 0;
  self->stream = culvert_transport_open (transport, self->place, NULL, &own_events, self);
  set_limit (self, self->open_limit_ms);
}

CulvertFarTest *
culvert_far_test_new (CulvertForward    *forward,
                      const char        *server_address,
                      guint              open_limit_ms,
                      guint              back_limit_ms,
                      CulvertFarTestDone done,
                      CulvertFarTestPass pass)
{
  CulvertFarTest *self = g_new0 (CulvertFarTest, 1);

  self->forward = forward;
  self->open_limit_ms = open_limit_ms;
  self->back_limit_ms = back_limit_ms;
  self->done = done;
  self->pass = pass;
  g_queue_init (&self->suspects);
  culvert_far_test_plan_init (&self->plan,
                              culvert_forward_spec_get_listen (culvert_forward_get_spec (forward)),
                              server_address);
  begin_leg (self);
  return self;
}

void
culvert_far_test_free (CulvertFarTest *self)
{
  if (self == NULL)
    return;
  end_leg (self);
  g_clear_pointer (&self->dial, culvert_target_dial_free);
  g_clear_pointer (&self->place, culvert_endpoint_unref);
  culvert_far_test_plan_clear (&self->plan);
  g_free (self);
}
