/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward-fixture.h"

#include "support/loopback.h"
#include "support/stream-pattern.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void
note_event (Fixture *self)
{
  void (*func) (CulvertForward * forward) = self->on_event;

  self->on_event = NULL;
  if (func != NULL)
    func (self->forward);
}

static void
state_changed_cb (CulvertForward *forward, gpointer user_data)
{
  Fixture *self = user_data;

  self->n_state_changes++;
  note_event (self);
}

static void
target_changed_cb (CulvertForward *forward, gpointer user_data)
{
  Fixture *self = user_data;

  self->n_target_changes++;
  note_event (self);
}

static void
counts_changed_cb (CulvertForward *forward, gpointer user_data)
{
  Fixture *self = user_data;

  self->n_counts_changes++;
  note_event (self);
}

static void
log_cb (CulvertForward *forward, CulvertLogLevel level, const char *text, gpointer user_data)
{
  Fixture *self = user_data;

  g_ptr_array_add (self->log, g_strdup_printf ("%u %s", level, text));
  note_event (self);
}

static const CulvertForwardEvents forward_events = {
  .state_changed = state_changed_cb,
  .target_changed = target_changed_cb,
  .counts_changed = counts_changed_cb,
  .log = log_cb,
};

void
fixture_set_up (Fixture *self, gconstpointer unused)
{
  /* The context has one of its own from its first use to the end of the program. */
  (void)g_main_context_default ();
  /* And so has what runs tasks. */
  g_type_class_unref (g_type_class_ref (G_TYPE_TASK));
  self->n_descriptors = culvert_test_get_n_descriptors ();
  self->io = culvert_io_source_new ();
  self->transport = culvert_fake_transport_new (self->io, NULL);
  self->tunnel_counters = culvert_counters_new ();
  self->log = g_ptr_array_new_with_free_func (g_free);
}

void
fixture_tear_down (Fixture *self, gconstpointer unused)
{
  if (self->forward != NULL)
    {
      culvert_forward_stop (self->forward);
      g_assert_cmpuint (culvert_forward_get_counters (self->forward)->n_open, ==, 0);
      g_assert_finalize_object (self->forward);
    }
  g_assert_cmpuint (self->tunnel_counters->n_open, ==, 0);

  culvert_fake_transport_free (self->transport);
  culvert_io_source_free (self->io);
  culvert_counters_unref (self->tunnel_counters);
  g_ptr_array_unref (self->log);

  /* A worker that nobody waits for any more closes what it has. */
  for (gint64 end_us = culvert_test_deadline_us (1000);
       culvert_test_get_n_descriptors () != self->n_descriptors &&
       g_get_monotonic_time () < end_us;)
    culvert_test_spend (5);
  if (culvert_test_get_n_descriptors () != self->n_descriptors)
    {
      g_autofree char *lines = culvert_test_describe_descriptors ();

      g_test_message ("%s", lines);
    }
  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, self->n_descriptors);
}

void
fixture_use_transport (Fixture *self, const CulvertFakeTransportConfig *config)
{
  culvert_fake_transport_free (self->transport);
  self->transport = culvert_fake_transport_new (self->io, config);
}

void
fixture_make (Fixture *self, CulvertForwardKind kind, const char *listen, const char *target)
{
  g_autoptr (CulvertEndpoint)    from = culvert_endpoint_parse (listen, NULL);
  g_autoptr (CulvertEndpoint)    to = target != NULL ? culvert_endpoint_parse (target, NULL) : NULL;
  g_autoptr (CulvertForwardSpec) spec = NULL;
  CulvertForwardFields           fields = {
              .kind = kind,
              .listen = from,
              .target = to,
              .is_enabled = TRUE,
  };

  g_assert_nonnull (from);
  spec = culvert_forward_spec_new (&fields);
  fixture_make_spec (self, spec);
}

void
fixture_make_spec (Fixture *self, CulvertForwardSpec *spec)
{
  self->forward =
    culvert_forward_new (spec, self->io, self->tunnel_counters, &forward_events, self);
}

guint16
fixture_start (Fixture *self, guint16 target_port)
{
  g_autofree char            *target = g_strdup_printf ("127.0.0.1:%u", target_port);
  g_autoptr (CulvertEndpoint) bound = NULL;

  fixture_make (self, CULVERT_FORWARD_LOCAL, "127.0.0.1:0", target);
  culvert_forward_start (self->forward);
  g_assert_no_error (culvert_forward_get_error (self->forward));
  g_assert_cmpint (culvert_forward_get_state (self->forward), ==, CULVERT_FORWARD_LISTENING);
  culvert_forward_set_transport (self->forward, culvert_fake_transport_get (self->transport));
  bound = culvert_forward_dup_bound (self->forward);

  return culvert_endpoint_get_port (bound);
}

CulvertTarget *
fixture_start_target (CulvertTargetKind kind, guint64 n_bytes)
{
  return culvert_target_new (
    &(CulvertTargetConfig){ .kind = kind, .seed = 7, .n_bytes = n_bytes, .name = "right" });
}

guint
fixture_count_open (Fixture *self)
{
  return culvert_forward_get_counters (self->forward)->n_open;
}

void
fixture_wait_for_asked (Fixture *self, guint n)
{
  culvert_test_wait_until (culvert_fake_transport_get_n_asked (self->transport) == n, DEADLINE_MS);
}

void
fixture_assert_dropped (Fixture *self, guint within_ms)
{
  culvert_test_wait_until (fixture_count_open (self) == 0, within_ms);
  g_assert_cmpuint (culvert_fake_transport_get_n_streams (self->transport), ==, 0);
}

guint
fixture_count_logged (Fixture *self, const char *pattern)
{
  guint n = 0;

  for (guint i = 0; i < self->log->len; i++)
    {
      if (g_pattern_match_simple (pattern, g_ptr_array_index (self->log, i)))
        n++;
    }

  return n;
}

gboolean
fixture_has_logged (Fixture *self, const char *pattern)
{
  return fixture_count_logged (self, pattern) > 0;
}

void
fixture_assert_rests (Fixture *self)
{
  guint64 n_turns = culvert_io_source_get_n_turns (self->io);

  culvert_test_spend (QUIET_MS);
  g_assert_cmpuint (culvert_io_source_get_n_turns (self->io) - n_turns, <, QUIET_TURNS);
}

static void
assert_counters (CulvertCounters *counters,
                 guint64          n_accepted,
                 guint64          n_refused,
                 guint64          n_received,
                 guint64          n_sent)
{
  g_assert_cmpuint (counters->n_accepted, ==, n_accepted);
  g_assert_cmpuint (counters->n_refused, ==, n_refused);
  g_assert_cmpuint (counters->n_received, ==, n_received);
  g_assert_cmpuint (counters->n_sent, ==, n_sent);
}

void
fixture_assert_counts (Fixture *self,
                       guint64  n_accepted,
                       guint64  n_refused,
                       guint64  n_received,
                       guint64  n_sent)
{
  assert_counters (culvert_forward_get_counters (self->forward), n_accepted, n_refused, n_received,
                   n_sent);
  assert_counters (self->tunnel_counters, n_accepted, n_refused, n_received, n_sent);
}

Client *
client_new (const char *address, guint16 port, guint receive_buffer)
{
  Client *self = g_new0 (Client, 1);

  self->descriptor = culvert_loopback_connect (address, port, receive_buffer);
  g_assert_cmpint (self->descriptor, >=, 0);
  self->received = g_byte_array_new ();

  return self;
}

void
client_free (Client *self)
{
  if (self->descriptor >= 0)
    close (self->descriptor);
  g_byte_array_unref (self->received);
  g_free (self);
}

void
client_reset (Client *self)
{
  culvert_loopback_reset (self->descriptor);
  self->descriptor = -1;
}

void
client_finish (Client *self)
{
  g_assert_cmpint (shutdown (self->descriptor, SHUT_WR), ==, 0);
}

gsize
client_send_stream (Client *self, guint64 seed, guint64 offset, gsize n_bytes)
{
  guint8 bytes[16384];
  gsize  n_sent = 0;

  while (n_sent < n_bytes)
    {
      gsize  n_piece = MIN (n_bytes - n_sent, sizeof bytes);
      gssize n;

      culvert_stream_fill (seed, offset + n_sent, bytes, n_piece);
      n = send (self->descriptor, bytes, n_piece, MSG_NOSIGNAL);
      if (n < 0)
        {
          g_assert_cmpint (errno, ==, EAGAIN);
          break;
        }
      n_sent += (gsize)n;
    }

  return n_sent;
}

void
client_send_text (Client *self, const char *text)
{
  g_assert_cmpint (send (self->descriptor, text, strlen (text), MSG_NOSIGNAL), ==,
                   (gssize)strlen (text));
}

ClientEnd
client_read (Client *self)
{
  guint8 bytes[65536];

  while (self->end == CLIENT_READS)
    {
      gssize n = recv (self->descriptor, bytes, sizeof bytes, 0);

      if (n > 0)
        g_byte_array_append (self->received, bytes, (guint)n);
      else if (n == 0)
        self->end = CLIENT_GOT_END;
      else if (errno == ECONNRESET)
        self->end = CLIENT_GOT_RESET;
      else
        break;
    }

  return self->end;
}

gboolean
client_has_read (Client *self, gsize n_bytes)
{
  client_read (self);

  return self->received->len >= n_bytes;
}

void
client_assert_stream (Client *self, guint64 seed, gsize n_bytes)
{
  g_assert_cmpuint (self->received->len, ==, n_bytes);
  g_assert_cmpuint (culvert_stream_match (seed, 0, self->received->data, n_bytes), ==, n_bytes);
}

void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}
