/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/proxy-talk.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

/* The first byte chooses the proxy and whether the password is known; the rest is what it says, in
 * pieces of different size. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  static const CulvertProxyKind kinds[] = { CULVERT_PROXY_HTTP, CULVERT_PROXY_SOCKS4,
                                            CULVERT_PROXY_SOCKS4A, CULVERT_PROXY_SOCKS5 };
  CulvertProxy              proxy = { .user = (char *)"", .host = (char *)"proxy", .port = 1080 };
  g_autoptr (CulvertSecret) password = culvert_secret_new ("secret", -1);
  g_autoptr (CulvertProxyTalk) talk = NULL;
  CulvertProxyTalkState        state = CULVERT_PROXY_TALK_MORE;
  gsize                        used = 1;

  if (n_bytes == 0)
    return 0;
  proxy.kind = kinds[data[0] & 3];
  if (data[0] & 4)
    proxy.user = (char *)"me";
  talk = culvert_proxy_talk_new (&proxy, data[0] & 8 ? "2001:db8::1" : "server.example.com", 22,
                                 data[0] & 16 ? password : NULL);
  while (state == CULVERT_PROXY_TALK_MORE && used < n_bytes)
    {
      gsize                     wants = culvert_proxy_talk_wants (talk);
      gsize                     piece = MIN (MIN (wants, n_bytes - used), 1 + used % 3);
      g_autoptr (GError)        error = NULL;
      g_autoptr (CulvertSecret) output = culvert_proxy_talk_take_output (talk);

      g_assert_cmpuint (wants, >, 0);
      state = culvert_proxy_talk_received (talk, data + used, piece, &error);
      g_assert_true ((state == CULVERT_PROXY_TALK_FAILED) == (error != NULL));
      used += piece;
    }
  if (state != CULVERT_PROXY_TALK_MORE)
    g_assert_cmpuint (culvert_proxy_talk_wants (talk), ==, 0);
  return 0;
}
