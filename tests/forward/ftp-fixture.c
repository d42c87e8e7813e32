/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ftp-fixture.h"

#include "support/loopback.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GREETING "220 hello\r\n"

void
ftp_set_up (Ftp *self, gconstpointer data)
{
  fixture_set_up (&self->base, NULL);
  self->listener = culvert_loopback_listen (NULL, 0, 16, 0);
}

void
ftp_tear_down (Ftp *self, gconstpointer data)
{
  g_clear_pointer (&self->client, client_free);
  g_clear_pointer (&self->server, client_free);
  close (self->listener);
  fixture_tear_down (&self->base, NULL);
}

gboolean
ftp_is_local (gconstpointer data)
{
  return GPOINTER_TO_INT (data) == CULVERT_FORWARD_LOCAL;
}

void
ftp_make (Ftp *self, gconstpointer data, const char *host)
{
  g_autoptr (CulvertEndpoint) listen = culvert_endpoint_new_tcp ("127.0.0.1", 0);
  g_autoptr (CulvertEndpoint) target =
    culvert_endpoint_new_tcp (host, culvert_loopback_get_port (self->listener));
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (
    &(CulvertForwardFields){ .kind = (CulvertForwardKind)GPOINTER_TO_INT (data),
                             .listen = listen,
                             .target = target,
                             .is_enabled = TRUE,
                             .is_ftp = TRUE });

  fixture_make_spec (&self->base, spec);
}

void
ftp_start (Ftp *self)
{
  CulvertForward             *forward = self->base.forward;
  g_autoptr (CulvertEndpoint) bound = NULL;

  culvert_forward_set_transport (forward, culvert_fake_transport_get (self->base.transport));
  culvert_forward_start (forward);
  culvert_test_wait_until (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING,
                           DEADLINE_MS);
  bound = culvert_forward_dup_bound (forward);
  self->port = culvert_endpoint_get_port (bound);
}

Client *
client_wrap (int descriptor)
{
  Client *client = g_new0 (Client, 1);

  client->descriptor = descriptor;
  client->received = g_byte_array_new ();
  return client;
}

Client *
client_accept (int listener)
{
  int descriptor = -1;

  culvert_test_wait_until ((descriptor = culvert_loopback_accept (listener)) >= 0, DEADLINE_MS);
  return client_wrap (descriptor);
}

gboolean
client_has_said (Client *client, const char *text)
{
  client_read (client);
  g_byte_array_append (client->received, (const guint8 *)"", 1);
  g_byte_array_set_size (client->received, client->received->len - 1);
  return client->received->len >= strlen (text);
}

static void
expect_bytes (Client *client, const void *bytes, gsize n_bytes)
{
  culvert_test_wait_until (client_has_read (client, n_bytes), DEADLINE_MS);
  g_assert_cmpmem (client->received->data, client->received->len, bytes, n_bytes);
  g_byte_array_set_size (client->received, 0);
}

/* Just this, and nothing after it. */
void
client_expect (Client *client, const char *text)
{
  expect_bytes (client, text, strlen (text));
}

/* What has come when the last line has its end. */
char *
client_take_line (Client *client)
{
  char *line;

  culvert_test_wait_until (client_has_said (client, "\n") &&
                             client->received->data[client->received->len - 1] == '\n',
                           DEADLINE_MS);
  line = g_strndup ((const char *)client->received->data, client->received->len);
  g_byte_array_set_size (client->received, 0);
  return line;
}

void
ftp_connect (Ftp *self)
{
  self->client = client_new (NULL, self->port, 0);
  self->server = client_accept (self->listener);
  client_send_text (self->server, GREETING);
  client_expect (self->client, GREETING);
}

void
ftp_begin (Ftp *self, gconstpointer data)
{
  ftp_make (self, data, "127.0.0.1");
  ftp_start (self);
  ftp_connect (self);
}

void
client_say (Client *from, Client *to, const char *text)
{
  client_send_text (from, text);
  client_expect (to, text);
}

/* "227 … (h,h,h,h,p,p)" or "PORT h,h,h,h,p,p" */
guint16
ftp_read_numbers (const char *line, const char *before)
{
  g_autofree char *start = g_strconcat (before, "127,0,0,1,", NULL);
  guint            high, low;

  g_assert_true (g_str_has_prefix (line, start));
  g_assert_cmpint (sscanf (line + strlen (start), "%u,%u", &high, &low), ==, 2);
  return (guint16)(high * 256 + low);
}

char *
ftp_build_passive (guint16 port)
{
  return g_strdup_printf ("227 Entering Passive Mode (127,0,0,1,%u,%u).\r\n", port >> 8,
                          port & 255);
}

/* The client asks, the server says @reply: what the client gets. */
char *
ftp_ask_passive (Ftp *self, const char *command, const char *reply)
{
  client_say (self->client, self->server, command);
  client_send_text (self->server, reply);
  return client_take_line (self->client);
}

guint16
ftp_go_passive (Ftp *self, int data_listener)
{
  g_autofree char *reply = ftp_build_passive (culvert_loopback_get_port (data_listener));
  g_autofree char *got = ftp_ask_passive (self, "PASV\r\n", reply);
  guint16          port = ftp_read_numbers (got, "227 Entering Passive Mode (");

  g_assert_true (g_str_has_suffix (got, ").\r\n"));
  g_assert_cmpuint (port, !=, culvert_loopback_get_port (data_listener));
  return port;
}

KeptConnection *
ftp_get_connection (GPtrArray *list, guint index)
{
  g_assert_cmpuint (list->len, >, index);
  return g_ptr_array_index (list, index);
}

/* Both ways, and listed as what it is. */
void
ftp_assert_carries (Ftp *self, Client *here, Client *there)
{
  g_autoptr (GPtrArray) list = NULL;
  KeptConnection       *control, *data;

  client_say (here, there, "hello");
  client_say (there, here, "dear");
  list = kept_connections_list (self->base.forward);
  g_assert_cmpuint (list->len, ==, 2);
  control = ftp_get_connection (list, 0);
  data = ftp_get_connection (list, 1);
  g_assert_cmpuint (control->parent_id, ==, 0);
  g_assert_cmpuint (data->parent_id, ==, control->id);
  g_assert_cmpuint (data->id, !=, control->id);
  g_assert_cmpuint (data->n_received + data->n_sent, ==, 9);
  g_assert_cmpuint (control->n_received, >, 0);
  g_assert_cmpuint (control->n_sent, >, 0);
}

gboolean
ftp_is_refused (guint16 port)
{
  int descriptor = culvert_loopback_connect (NULL, port, 0);
  int error = descriptor < 0 ? errno : culvert_loopback_get_error (descriptor);

  if (descriptor >= 0)
    close (descriptor);
  return error == ECONNREFUSED;
}

void
ftp_send_active (Ftp *self, guint16 port)
{
  g_autofree char *command = g_strdup_printf ("PORT 127,0,0,1,%u,%u\r\n", port >> 8, port & 255);

  client_send_text (self->client, command);
}
