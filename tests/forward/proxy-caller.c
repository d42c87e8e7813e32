/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "proxy-caller.h"

#include <string.h>
#include <sys/socket.h>

void
proxy_say (Client *client, const void *bytes, gsize n_bytes)
{
  g_assert_cmpint (send (client->descriptor, bytes, n_bytes, MSG_NOSIGNAL), ==, (gssize)n_bytes);
}

Client *
proxy_ask (guint16 proxy, guint16 port, const char *more)
{
  const guint8 request[] = { 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, (guint8)(port >> 8), (guint8)port };
  Client      *client = client_new (NULL, proxy, 0);
  g_autoptr (GByteArray) all = g_byte_array_new ();

  g_byte_array_append (all, request, sizeof request);
  g_byte_array_append (all, (const guint8 *)more, (guint)strlen (more));
  proxy_say (client, all->data, all->len);
  return client;
}

void
proxy_assert_answer (Client *client, guint8 reply, const char *more)
{
  const guint8 answer[PROXY_N_ANSWER] = { 5, 0, 5, reply, 0, 1 };
  gsize        n_more = strlen (more);

  culvert_test_wait_until (client_has_read (client, PROXY_N_ANSWER + n_more), DEADLINE_MS);
  g_assert_cmpmem (client->received->data, PROXY_N_ANSWER, answer, PROXY_N_ANSWER);
  g_assert_cmpmem (client->received->data + PROXY_N_ANSWER, client->received->len - PROXY_N_ANSWER,
                   more, n_more);
}

void
proxy_assert_end (Client *client, ClientEnd end)
{
  culvert_test_wait_until (client_read (client) != CLIENT_READS, DEADLINE_MS);
  g_assert_cmpint (client->end, ==, end);
}
