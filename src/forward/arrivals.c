/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/arrivals.h"

#include "forward/forward-private.h"
#include "forward/target-dial.h"

/* Each costs a descriptor and, with a name, a lookup. */
#define MAX_UNANSWERED 256

typedef struct
{
  GList              link;
  CulvertArrivals   *arrivals;
  CulvertStream     *stream;
  CulvertTargetDial *dial;
  char              *client;
} Arrival;

/* The stream is the caller's from now on. */
static CulvertStream *
arrival_free (Arrival *arrival)
{
  CulvertStream *stream = arrival->stream;

  g_queue_unlink (&arrival->arrivals->waiting, &arrival->link);
  culvert_target_dial_free (arrival->dial);
  g_free (arrival->client);
  g_free (arrival);
  return stream;
}

/* The session ended, or the client gave up. */
static void
gone_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  arrival_free (user_data);
}

static const CulvertStreamEvents stream_events = { .refused = gone_cb };

static void
fail (CulvertFarForward *far, Arrival *arrival, const GError *error)
{
  g_autofree char *client = g_strdup (arrival->client);

  culvert_stream_refuse (arrival_free (arrival), CULVERT_REFUSAL_CONNECT_FAILED);
  culvert_relay_group_count_unserved (culvert_far_forward_get_relays (far));
  culvert_far_forward_note_refused (far, client, culvert_far_forward_get_target_text (far), error);
}

static void
dialled_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  Arrival           *arrival = user_data;
  CulvertFarForward *far = arrival->arrivals->forward;
  CulvertArrivedFunc arrived = arrival->arrivals->arrived;
  g_autofree char   *client = NULL;

  if (error != NULL)
    {
      fail (far, arrival, error);
      return;
    }
  client = g_strdup (arrival->client);
  arrived (far, socket, arrival_free (arrival), client);
  culvert_far_forward_note_answered (far, client, culvert_far_forward_get_target_text (far));
}

void
culvert_arrivals_init (CulvertArrivals   *self,
                       CulvertFarForward *forward,
                       CulvertArrivedFunc arrived)
{
  *self = (CulvertArrivals){ .forward = forward, .arrived = arrived };
  g_queue_init (&self->waiting);
}

void
culvert_arrivals_clear (CulvertArrivals *self)
{
  while (self->waiting.head != NULL)
    culvert_stream_refuse (arrival_free (self->waiting.head->data), CULVERT_REFUSAL_PROHIBITED);
}

void
culvert_arrivals_add (CulvertArrivals       *self,
                      CulvertStream         *stream,
                      const CulvertEndpoint *originator)
{
  CulvertForward     *forward = CULVERT_FORWARD (self->forward);
  CulvertForwardSpec *spec = culvert_forward_get_spec (forward);
  Arrival            *arrival;

  if (self->waiting.length >= MAX_UNANSWERED)
    {
      culvert_stream_refuse (stream, CULVERT_REFUSAL_SHORTAGE);
      culvert_relay_group_count_unserved (culvert_far_forward_get_relays (self->forward));
      return;
    }
  arrival = g_new0 (Arrival, 1);
  arrival->link.data = arrival;
  arrival->arrivals = self;
  arrival->stream = stream;
  arrival->client = culvert_far_forward_name_client (originator);
  stream->events = &stream_events;
  stream->user_data = arrival;
  g_queue_push_tail_link (&self->waiting, &arrival->link);
  arrival->dial =
    culvert_target_dial_new (culvert_forward_get_io (forward), G_OBJECT (forward),
                             culvert_forward_spec_get_target (spec), dialled_cb, arrival);
}
