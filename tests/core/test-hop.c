/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/hop.h"

#include <string.h>

#include "core/profile.h"

typedef struct
{
  const char *text;
  const char *read; /* as it is written again; NULL: refused */
} Row;

static const Row hops[] = {
  { "gate", "gate" },
  { "me@gate", "me@gate" },
  { "me@gate:22", "me@gate" },
  { "me@corp@gate:2222", "me@corp@gate:2222" },
  { "[::1]:2222", "[::1]:2222" },
  { "me@[::1]", "me@[::1]" },
  { "::1", "[::1]" },
  { "ssh://me@gate:2222/", "me@gate:2222" },
  { "", NULL },
  { "@gate", NULL },
  { "gate:", NULL },
  { "gate:0", NULL },
  { "gate:65536", NULL },
  { "gate:22:22", NULL },
  { "[::1", NULL },
  { "[::1]2222", NULL },
  { "-oProxyCommand=x", NULL },
  { "a b", NULL },
  { "me\n@gate", NULL },
  { "gate;id", NULL },
  { "ssh://", NULL },
  { "\xff", NULL },
};

static void
test_hops (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hops); i++)
    {
      g_autoptr (GError)     error = NULL;
      g_autoptr (CulvertHop) hop = culvert_hop_parse (hops[i].text, &error);
      g_autofree char       *text = hop != NULL ? culvert_hop_to_string (hop) : NULL;

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (text, ==, hops[i].read);
      if (hop == NULL)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_proxies (void)
{
  static const struct
  {
    const char *text;
    int         kind; /* or -1, or -2 for a secret */
    const char *user, *host;
    guint16     port;
  } rows[] = {
    { "", CULVERT_PROXY_NONE, "", "", 0 },
    { "system", CULVERT_PROXY_SYSTEM, "", "", 0 },
    { "http://proxy", CULVERT_PROXY_HTTP, "", "proxy", 8080 },
    { "http://me@proxy:3128/", CULVERT_PROXY_HTTP, "me", "proxy", 3128 },
    { "socks4://10.0.0.1", CULVERT_PROXY_SOCKS4, "", "10.0.0.1", 1080 },
    { "socks4a://me@[::1]:9", CULVERT_PROXY_SOCKS4A, "me", "::1", 9 },
    { "socks5://proxy:1", CULVERT_PROXY_SOCKS5, "", "proxy", 1 },
    { "socks5://me:secret@proxy", -2, NULL, NULL, 0 },
    { "http://me:@proxy", -2, NULL, NULL, 0 },
    { "https://proxy", -1, NULL, NULL, 0 },
    { "socks://proxy", -1, NULL, NULL, 0 },
    { "proxy:3128", -1, NULL, NULL, 0 },
    { "http://", -1, NULL, NULL, 0 },
    { "http://a b", -1, NULL, NULL, 0 },
    { "http://proxy/path", -1, NULL, NULL, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError)       error = NULL;
      g_autoptr (CulvertProxy) proxy = culvert_proxy_parse (rows[i].text, &error);

      int code = rows[i].kind == -2 ? G_IO_ERROR_PERMISSION_DENIED : G_IO_ERROR_INVALID_ARGUMENT;

      g_test_message ("%s", rows[i].text);
      if (rows[i].kind < 0)
        {
          g_assert_null (proxy);
          g_assert_error (error, G_IO_ERROR, code);
          g_assert_null (strstr (error->message, "secret"));
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpint ((int)proxy->kind, ==, rows[i].kind);
      g_assert_cmpstr (proxy->user, ==, rows[i].user);
      g_assert_cmpstr (proxy->host, ==, rows[i].host);
      g_assert_cmpuint (proxy->port, ==, rows[i].port);
    }
}

static void
test_system_proxies (void)
{
  g_autofree char         *password = NULL;
  g_autofree char         *none = NULL;
  g_autoptr (CulvertProxy) proxy =
    culvert_proxy_parse_system ("socks://me:a:b@proxy:1080", &password);
  g_autoptr (CulvertProxy) direct = culvert_proxy_parse_system ("direct://", &none);

  g_assert_cmpint ((int)proxy->kind, ==, CULVERT_PROXY_SOCKS5);
  g_assert_cmpstr (proxy->user, ==, "me");
  g_assert_cmpstr (proxy->host, ==, "proxy");
  g_assert_cmpstr (password, ==, "a:b");
  g_assert_cmpint ((int)direct->kind, ==, CULVERT_PROXY_NONE);
  g_assert_null (none);
  g_assert_null (culvert_proxy_parse_system ("quic://proxy", &none));
  g_assert_null (culvert_proxy_parse_system ("http://me:secret@", &none));
  g_assert_null (none);
}

/* What a shell gets is what was written, and names that are names. */
static void
test_expand (void)
{
  static const struct
  {
    const char *command, *host, *user, *line; /* NULL: refused */
  } rows[] = {
    { "nc %h %p", "gate", "me", "nc gate 2222" },
    { "x %r@%n %% %%h", "fe80::1%eth0", "me", "x me@fe80::1%eth0 % %h" },
    { "nc %h", "a;id", "me", NULL },
    { "nc %h", "-x", "me", NULL },
    { "nc %h", "a b", "me", NULL },
    { "ssh %r", "gate", "$(id)", NULL },
    { "ssh %r", "gate", "`id`", NULL },
    { "ssh %r", "gate", "-oX", NULL },
    { "ssh %r", "gate", "me -oX", NULL },
    { "ssh %r", "gate", "me\\", NULL },
    { "nc %h", "gate", "$(id)", "nc gate" },
    { "nc %k", "gate", "me", NULL },
    { "nc %", "gate", "me", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char   *line =
        culvert_proxy_command_expand (rows[i].command, rows[i].host, 2222, rows[i].user, &error);

      g_test_message ("%s", rows[i].command);
      g_assert_cmpstr (line, ==, rows[i].line);
      if (line == NULL)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

/* The first hop is reached as the tunnel says; each is missed sooner than what lies behind it. */
static void
test_for_hop (void)
{
  static const char *const   way[] = { "me@a:2222", "b", "-", NULL };
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autoptr (CulvertProfile) first = NULL;
  g_autoptr (CulvertProfile) second = NULL;

  culvert_profile_set_string (&profile->host, "server");
  culvert_profile_set_string (&profile->user, "root");
  culvert_profile_set_string (&profile->proxy, "http://proxy");
  g_strfreev (profile->hops);
  profile->hops = g_strdupv ((GStrv)way);
  culvert_profile_set_string (&profile->host_key_alias, "the-server");
  profile->host_key_policy = CULVERT_HOST_KEY_STRICT;
  first = culvert_profile_for_hop (profile, 0);
  second = culvert_profile_for_hop (profile, 1);
  g_assert_cmpstr (first->host_key_alias, ==, "");
  g_assert_cmpint (first->host_key_policy, ==, CULVERT_HOST_KEY_STRICT);
  g_assert_null (culvert_profile_for_hop (profile, 2));
  g_assert_cmpstr (first->host, ==, "a");
  g_assert_cmpstr (first->user, ==, "me");
  g_assert_cmpuint (first->port, ==, 2222);
  g_assert_cmpstr (first->proxy, ==, "http://proxy");
  g_assert_cmpuint (g_strv_length (first->hops), ==, 0);
  g_assert_cmpstr (second->user, ==, "");
  g_assert_cmpuint (second->port, ==, 22);
  g_assert_cmpstr (second->proxy, ==, "");
  g_assert_cmpuint (first->keepalive_interval_s, <, second->keepalive_interval_s);
  g_assert_cmpuint (second->keepalive_interval_s, <, profile->keepalive_interval_s);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/hop/hops", test_hops);
  g_test_add_func ("/core/hop/proxies", test_proxies);
  g_test_add_func ("/core/hop/system-proxies", test_system_proxies);
  g_test_add_func ("/core/hop/expand", test_expand);
  g_test_add_func ("/core/hop/for-hop", test_for_hop);
  return g_test_run ();
}
