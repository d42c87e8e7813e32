/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/forward.h"

#include "core/errors.h"
#include "core/port-inquiry.h"
#include "forward/dynamic-forward.h"
#include "forward/forward-private.h"
#include "forward/ftp-local-forward.h"
#include "forward/ftp-remote-forward.h"
#include "forward/local-forward.h"
#include "forward/remote-forward.h"
#include "forward/reverse-dynamic-forward.h"

typedef struct
{
  CulvertForwardSpec  *spec;
  CulvertIoSource     *io; /* borrowed */
  CulvertCounters     *tunnel_counters;
  CulvertCounters     *counters;
  CulvertForwardEvents events;
  gpointer             user_data;

  CulvertTransport   *transport; /* borrowed */
  CulvertForwardState state;
  GError             *error; /* set exactly while FAILED */
  gint64              retry_at_us;
  gboolean            is_started; /* the class has something to stop */
  CulvertPortInquiry *inquiry;    /* nullable: who keeps it from listening? */
  CulvertTargetState  target_state;
  GError             *target_error; /* set exactly while REFUSED */
  CulvertTestState    test_state;
  GError             *test_error; /* set exactly while UNTOLD or FAILED */
} CulvertForwardPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CulvertForward, culvert_forward, G_TYPE_OBJECT)

static const gboolean edges[4][4] = {
  [CULVERT_FORWARD_OFF] = { [CULVERT_FORWARD_LISTENING] = TRUE,
                            [CULVERT_FORWARD_FAILED] = TRUE,
                            [CULVERT_FORWARD_STARTING] = TRUE },
  [CULVERT_FORWARD_LISTENING] = { [CULVERT_FORWARD_OFF] = TRUE, [CULVERT_FORWARD_STARTING] = TRUE },
  [CULVERT_FORWARD_FAILED] = { [CULVERT_FORWARD_OFF] = TRUE,
                               [CULVERT_FORWARD_LISTENING] = TRUE,
                               [CULVERT_FORWARD_FAILED] = TRUE,
                               [CULVERT_FORWARD_STARTING] = TRUE },
  [CULVERT_FORWARD_STARTING] = { [CULVERT_FORWARD_OFF] = TRUE,
                                 [CULVERT_FORWARD_LISTENING] = TRUE,
                                 [CULVERT_FORWARD_FAILED] = TRUE },
};

GType
culvert_forward_state_get_type (void)
{
  static gsize            type = 0;
  static const GEnumValue values[] = {
    { CULVERT_FORWARD_OFF, "CULVERT_FORWARD_OFF", "off" },
    { CULVERT_FORWARD_LISTENING, "CULVERT_FORWARD_LISTENING", "listening" },
    { CULVERT_FORWARD_FAILED, "CULVERT_FORWARD_FAILED", "failed" },
    { CULVERT_FORWARD_STARTING, "CULVERT_FORWARD_STARTING", "starting" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("CulvertForwardState", values));

  return type;
}

GType
culvert_target_state_get_type (void)
{
  static gsize            type = 0;
  static const GEnumValue values[] = {
    { CULVERT_TARGET_UNKNOWN, "CULVERT_TARGET_UNKNOWN", "unknown" },
    { CULVERT_TARGET_ANSWERED, "CULVERT_TARGET_ANSWERED", "answered" },
    { CULVERT_TARGET_REFUSED, "CULVERT_TARGET_REFUSED", "refused" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("CulvertTargetState", values));

  return type;
}

GType
culvert_test_state_get_type (void)
{
  static gsize            type = 0;
  static const GEnumValue values[] = {
    { CULVERT_TEST_NONE, "CULVERT_TEST_NONE", "none" },
    { CULVERT_TEST_RUNNING, "CULVERT_TEST_RUNNING", "running" },
    { CULVERT_TEST_WORKS, "CULVERT_TEST_WORKS", "works" },
    { CULVERT_TEST_WORKS_INSIDE, "CULVERT_TEST_WORKS_INSIDE", "works-inside" },
    { CULVERT_TEST_WORKS_OUTSIDE, "CULVERT_TEST_WORKS_OUTSIDE", "works-outside" },
    { CULVERT_TEST_WORKS_EXPOSED, "CULVERT_TEST_WORKS_EXPOSED", "works-exposed" },
    { CULVERT_TEST_UNTOLD, "CULVERT_TEST_UNTOLD", "untold" },
    { CULVERT_TEST_FAILED, "CULVERT_TEST_FAILED", "failed" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("CulvertTestState", values));

  return type;
}

static CulvertForwardPrivate *
get_private (CulvertForward *self)
{
  return culvert_forward_get_instance_private (self);
}

static void
log_state (CulvertForward *self)
{
  CulvertForwardPrivate *private = get_private (self);
  g_autofree char *name = culvert_forward_spec_to_argument (private->spec);

  if (private->state == CULVERT_FORWARD_LISTENING)
    {
      g_autoptr (CulvertEndpoint) bound = culvert_forward_dup_bound (self);
      g_autofree char            *text = culvert_endpoint_to_string (bound);

      culvert_forward_log (
        self, CULVERT_LOG_INFO, "forward %s: listening on %s%s", name, text,
        culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (private->spec))
          ? " at the server"
          : "");
    }
  else if (private->state == CULVERT_FORWARD_STARTING)
    {
      const char *what = "waits for a session";

      if (private->inquiry != NULL)
        what = "cannot listen; who has the place?";
      else if (private->transport != NULL)
        what = "the server is asked to listen";
      culvert_forward_log (self, CULVERT_LOG_DEBUG, "forward %s: %s", name, what);
    }
  else if (private->state == CULVERT_FORWARD_FAILED)
    {
      culvert_forward_log (self, CULVERT_LOG_ERROR, "forward %s: failed: %s", name,
                           private->error->message);
    }
  else
    {
      culvert_forward_log (self, CULVERT_LOG_INFO, "forward %s: off", name);
    }
}

static void
set_state (CulvertForward *self, CulvertForwardState state, const GError *error, gint64 retry_at_us)
{
  CulvertForwardPrivate *private = get_private (self);

  g_return_if_fail (edges[private->state][state]);

  private->state = state;
  private->retry_at_us = retry_at_us;
  g_clear_error (&private->error);
  if (error != NULL)
  private->error = g_error_copy (error);
  if (state != CULVERT_FORWARD_LISTENING)
    {
      private->test_state = CULVERT_TEST_NONE;
      g_clear_error (&private->test_error);
    }

  g_object_ref (self);
  log_state (self);
  /* Whoever got the line may have changed the state again. */
  if (private->state == state && private->events.state_changed != NULL)
  private->events.state_changed (self, private->user_data);
  g_object_unref (self);
}

static void
culvert_forward_dispose (GObject *object)
{
  CulvertForward *self = CULVERT_FORWARD (object);

  /* Its sockets may not outlive it; that it is stopped here and not by its owner is our mistake. */
  g_warn_if_fail (!get_private (self)->is_started);

  G_OBJECT_CLASS (culvert_forward_parent_class)->dispose (object);
}

static void
culvert_forward_finalize (GObject *object)
{
  CulvertForwardPrivate *private = get_private (CULVERT_FORWARD (object));

  g_clear_pointer (&private->inquiry, culvert_port_inquiry_free);
  g_clear_pointer (&private->spec, culvert_forward_spec_unref);
  g_clear_pointer (&private->tunnel_counters, culvert_counters_unref);
  g_clear_pointer (&private->counters, culvert_counters_unref);
  g_clear_error (&private->error);
  g_clear_error (&private->target_error);
  g_clear_error (&private->test_error);

  G_OBJECT_CLASS (culvert_forward_parent_class)->finalize (object);
}

static void
culvert_forward_class_init (CulvertForwardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_forward_dispose;
  object_class->finalize = culvert_forward_finalize;

  klass->first_state = CULVERT_FORWARD_LISTENING;
}

static void
culvert_forward_init (CulvertForward *self)
{
  get_private (self)->counters = culvert_counters_new ();
}

static GType
get_type_for (CulvertForwardSpec *spec)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);

  switch (fields.kind)
    {
    case CULVERT_FORWARD_LOCAL:
      return fields.is_ftp ? CULVERT_TYPE_FTP_LOCAL_FORWARD : CULVERT_TYPE_LOCAL_FORWARD;
    case CULVERT_FORWARD_REMOTE:
      return fields.is_ftp ? CULVERT_TYPE_FTP_REMOTE_FORWARD : CULVERT_TYPE_REMOTE_FORWARD;
    case CULVERT_FORWARD_DYNAMIC:
      return CULVERT_TYPE_DYNAMIC_FORWARD;
    case CULVERT_FORWARD_REVERSE_DYNAMIC:
      return CULVERT_TYPE_REVERSE_DYNAMIC_FORWARD;
    default:
      g_assert_not_reached ();
    }
}

CulvertForward *
culvert_forward_new (CulvertForwardSpec         *spec,
                     CulvertIoSource            *io,
                     CulvertCounters            *tunnel_counters,
                     const CulvertForwardEvents *events,
                     gpointer                    user_data)
{
  CulvertForward *self;
  CulvertForwardPrivate *private;

  g_return_val_if_fail (spec != NULL, NULL);
  g_return_val_if_fail (io != NULL, NULL);
  g_return_val_if_fail (tunnel_counters != NULL, NULL);
  g_return_val_if_fail (events != NULL, NULL);

  self = g_object_new (get_type_for (spec), NULL);
  private = get_private (self);
  private->spec = culvert_forward_spec_ref (spec);
  private->io = io;
  private->tunnel_counters = culvert_counters_ref (tunnel_counters);
  culvert_counters_set_whole (private->counters, tunnel_counters);
  private->events = *events;
  private->user_data = user_data;

  return self;
}

static void
stop_class (CulvertForward *self)
{
  CulvertForwardPrivate *private = get_private (self);

  g_clear_pointer (&private->inquiry, culvert_port_inquiry_free);
  if (!private->is_started)
    return;

  private->is_started = FALSE;
  CULVERT_FORWARD_GET_CLASS (self)->stop (self);
}

static void
inquiry_answered_cb (GError *error, gpointer user_data)
{
  CulvertForward *self = user_data;
  CulvertForwardPrivate *private = get_private (self);
  g_autoptr (GError) failure = error;

  g_clear_pointer (&private->inquiry, culvert_port_inquiry_free);
  set_state (self, CULVERT_FORWARD_FAILED, failure, 0);
}

/* @error: (transfer full) */
static void
fail_to_start (CulvertForward *self, GError *error)
{
  CulvertForwardPrivate *private = get_private (self);
  g_autoptr (GError) failure = error;

  if (!culvert_port_inquiry_helps (failure))
    {
      set_state (self, CULVERT_FORWARD_FAILED, failure, 0);
      return;
    }
  private->inquiry =
    culvert_port_inquiry_new (culvert_forward_spec_get_listen (private->spec),
                              g_steal_pointer (&failure), inquiry_answered_cb, self);
  set_state (self, CULVERT_FORWARD_STARTING, NULL, 0);
}

void
culvert_forward_start (CulvertForward *self)
{
  CulvertForwardPrivate *private;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (CULVERT_IS_FORWARD (self));

  private = get_private (self);
  if (private->state == CULVERT_FORWARD_LISTENING || private->state == CULVERT_FORWARD_STARTING)
    return;

  stop_class (self);
  private->is_started = CULVERT_FORWARD_GET_CLASS (self)->start (self, &error);
  if (private->is_started)
    set_state (self, CULVERT_FORWARD_GET_CLASS (self)->first_state, NULL, 0);
  else
    fail_to_start (self, g_steal_pointer (&error));
}

void
culvert_forward_change_state (CulvertForward     *self,
                              CulvertForwardState state,
                              const GError       *error,
                              gint64              retry_at_us)
{
  g_return_if_fail (CULVERT_IS_FORWARD (self));
  g_return_if_fail ((state == CULVERT_FORWARD_FAILED) == (error != NULL));

  if (get_private (self)->state != state || error != NULL)
    set_state (self, state, error, retry_at_us);
}

void
culvert_forward_stop (CulvertForward *self)
{
  CulvertForwardPrivate *private;

  g_return_if_fail (CULVERT_IS_FORWARD (self));

  private = get_private (self);
  if (private->state == CULVERT_FORWARD_OFF)
    return;

  stop_class (self);

  g_object_ref (self);
  set_state (self, CULVERT_FORWARD_OFF, NULL, 0);
  culvert_forward_set_target (self, CULVERT_TARGET_UNKNOWN, NULL);
  g_object_unref (self);
}

void
culvert_forward_set_transport (CulvertForward *self, CulvertTransport *transport)
{
  CulvertForwardPrivate *private;

  g_return_if_fail (CULVERT_IS_FORWARD (self));

  private = get_private (self);
  if (private->transport == transport)
    return;

  private->transport = transport;
  if (private->is_started)
    CULVERT_FORWARD_GET_CLASS (self)->transport_changed (self);
}

CulvertTransport *
culvert_forward_get_transport (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), NULL);

  return get_private (self)->transport;
}

CulvertForwardSpec *
culvert_forward_get_spec (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), NULL);

  return get_private (self)->spec;
}

CulvertForwardState
culvert_forward_get_state (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), CULVERT_FORWARD_OFF);

  return get_private (self)->state;
}

const GError *
culvert_forward_get_error (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), NULL);

  return get_private (self)->error;
}

gint64
culvert_forward_get_retry_at_us (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), 0);

  return get_private (self)->retry_at_us;
}

CulvertTargetState
culvert_forward_get_target_state (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), CULVERT_TARGET_UNKNOWN);

  return get_private (self)->target_state;
}

const GError *
culvert_forward_get_target_error (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), NULL);

  return get_private (self)->target_error;
}

CulvertCounters *
culvert_forward_get_counters (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), NULL);

  return get_private (self)->counters;
}

CulvertEndpoint *
culvert_forward_dup_bound (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), NULL);

  if (get_private (self)->state != CULVERT_FORWARD_LISTENING)
    return NULL;

  return CULVERT_FORWARD_GET_CLASS (self)->dup_bound (self);
}

void
culvert_forward_visit_connections (CulvertForward       *self,
                                   CulvertConnectionFunc func,
                                   gpointer              user_data)
{
  g_return_if_fail (CULVERT_IS_FORWARD (self));
  g_return_if_fail (func != NULL);

  if (get_private (self)->is_started)
    CULVERT_FORWARD_GET_CLASS (self)->visit_connections (self, func, user_data);
}

gboolean
culvert_forward_close_connection (CulvertForward *self, guint64 id)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), FALSE);

  if (!get_private (self)->is_started)
    return FALSE;

  return CULVERT_FORWARD_GET_CLASS (self)->close_connection (self, id);
}

CulvertIoSource *
culvert_forward_get_io (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), NULL);

  return get_private (self)->io;
}

CulvertCounters *
culvert_forward_get_tunnel_counters (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), NULL);

  return get_private (self)->tunnel_counters;
}

static gboolean
is_same_error (const GError *a, const GError *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return g_error_matches (a, b->domain, b->code) && g_str_equal (a->message, b->message);
}

void
culvert_forward_set_target (CulvertForward    *self,
                            CulvertTargetState target_state,
                            const GError      *error)
{
  CulvertForwardPrivate *private;

  g_return_if_fail (CULVERT_IS_FORWARD (self));
  g_return_if_fail ((target_state == CULVERT_TARGET_REFUSED) == (error != NULL));

  private = get_private (self);
  if (private->target_state == target_state && is_same_error (private->target_error, error))
    return;

  private->target_state = target_state;
  g_clear_error (&private->target_error);
  if (error != NULL)
  private->target_error = g_error_copy (error);

  if (private->events.target_changed != NULL)
  private->events.target_changed (self, private->user_data);
}

void
culvert_forward_test (CulvertForward *self, const char *server_address)
{
  CulvertForwardPrivate *private;

  g_return_if_fail (CULVERT_IS_FORWARD (self));

  private = get_private (self);
  if (CULVERT_FORWARD_GET_CLASS (self)->test == NULL ||
      private->state != CULVERT_FORWARD_LISTENING || private->transport == NULL ||
      private->test_state == CULVERT_TEST_RUNNING)
    return;

  g_object_ref (self);
  culvert_forward_note_test (self, CULVERT_TEST_RUNNING, NULL);
  if (private->test_state == CULVERT_TEST_RUNNING)
    CULVERT_FORWARD_GET_CLASS (self)->test (self, server_address);
  g_object_unref (self);
}

CulvertTestState
culvert_forward_get_test_state (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), CULVERT_TEST_NONE);

  return get_private (self)->test_state;
}

const GError *
culvert_forward_get_test_error (CulvertForward *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD (self), NULL);

  return get_private (self)->test_error;
}

void
culvert_forward_note_test (CulvertForward *self, CulvertTestState test_state, const GError *error)
{
  CulvertForwardPrivate *private;

  g_return_if_fail (CULVERT_IS_FORWARD (self));

  private = get_private (self);
  if (private->test_state == test_state && error == NULL)
    return;

  private->test_state = test_state;
  g_clear_error (&private->test_error);
  if (error != NULL)
  private->test_error = g_error_copy (error);

  if (private->events.test_changed != NULL)
  private->events.test_changed (self, private->user_data);
}

void
culvert_forward_note_waiting (CulvertForward *self)
{
  CulvertForwardPrivate *private;

  g_return_if_fail (CULVERT_IS_FORWARD (self));

  private = get_private (self);
  if (private->events.client_waits != NULL)
  private->events.client_waits (self, private->user_data);
}

void
culvert_forward_note_counts (CulvertForward *self)
{
  CulvertForwardPrivate *private;

  g_return_if_fail (CULVERT_IS_FORWARD (self));

  private = get_private (self);
  if (private->events.counts_changed != NULL)
  private->events.counts_changed (self, private->user_data);
}

void
culvert_forward_log (CulvertForward *self, CulvertLogLevel level, const char *format, ...)
{
  CulvertForwardPrivate *private;
  g_autofree char *text = NULL;
  va_list          arguments;

  g_return_if_fail (CULVERT_IS_FORWARD (self));

  private = get_private (self);
  if (private->events.log == NULL)
    return;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  private->events.log (self, level, text, private->user_data);
}
