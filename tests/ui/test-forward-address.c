/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-address.h"

static const struct
{
  CulvertForwardKind kind;
  const char        *argument;
  guint16            bound_port;
  const char        *address;
  const char        *pac;
} rows[] = {
  { CULVERT_FORWARD_LOCAL, "5433:db:5432", 0, "localhost:5433", NULL },
  { CULVERT_FORWARD_LOCAL, "127.0.0.5:5433:db:5432", 0, "127.0.0.5:5433", NULL },
  { CULVERT_FORWARD_LOCAL, "*:5433:db:5432", 0, "localhost:5433", NULL },
  { CULVERT_FORWARD_LOCAL, "0.0.0.0:5433:db:5432", 0, "localhost:5433", NULL },
  { CULVERT_FORWARD_LOCAL, "[::]:5433:db:5432", 0, "localhost:5433", NULL },
  { CULVERT_FORWARD_LOCAL, "[::1]:5433:db:5432", 0, "[::1]:5433", NULL },
  { CULVERT_FORWARD_LOCAL, "/run/user/1000/db:db:5432", 0, "/run/user/1000/db", NULL },
  { CULVERT_FORWARD_REMOTE, "8080:localhost:80", 0, "localhost:8080", NULL },
  { CULVERT_FORWARD_REMOTE, "*:8080:localhost:80", 0, "bastion:8080", NULL },
  { CULVERT_FORWARD_REMOTE, "192.0.2.7:8080:localhost:80", 0, "192.0.2.7:8080", NULL },
  { CULVERT_FORWARD_REMOTE, "0:localhost:80", 0, NULL, NULL },
  { CULVERT_FORWARD_REMOTE, "0:localhost:80", 41873, "localhost:41873", NULL },
  { CULVERT_FORWARD_DYNAMIC, "1080", 0, "socks5h://localhost:1080",
    "http://localhost:1080/proxy.pac" },
  { CULVERT_FORWARD_DYNAMIC, "*:1080", 0, "socks5h://localhost:1080",
    "http://localhost:1080/proxy.pac" },
  { CULVERT_FORWARD_DYNAMIC, "[::1]:1080", 0, "socks5h://[::1]:1080",
    "http://[::1]:1080/proxy.pac" },
  { CULVERT_FORWARD_DYNAMIC, "/run/user/1000/s", 0, "/run/user/1000/s", NULL },
  { CULVERT_FORWARD_REVERSE_DYNAMIC, "1080", 0, "socks5h://localhost:1080",
    "http://localhost:1080/proxy.pac" },
  { CULVERT_FORWARD_REVERSE_DYNAMIC, "*:0", 41873, "socks5h://bastion:41873",
    "http://bastion:41873/proxy.pac" },
  { CULVERT_FORWARD_REVERSE_DYNAMIC, "0", 0, NULL, NULL },
};

static void
test_address (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError)             error = NULL;
      g_autoptr (CulvertForwardSpec) spec = NULL;
      g_autoptr (CulvertEndpoint)    bound =
        rows[i].bound_port != 0 ? culvert_endpoint_new_tcp ("127.0.0.1", rows[i].bound_port) : NULL;
      g_autofree char *address = NULL;
      g_autofree char *pac = NULL;
      /* As ssh has it: a remote forward without a target is the other kind. */
      CulvertForwardKind option =
        rows[i].kind == CULVERT_FORWARD_REVERSE_DYNAMIC ? CULVERT_FORWARD_REMOTE : rows[i].kind;

      spec = culvert_forward_spec_parse (option, rows[i].argument, &error);
      g_assert_no_error (error);
      g_assert_cmpint (culvert_forward_spec_get_kind (spec), ==, rows[i].kind);
      address = culvert_forward_address (spec, bound, "bastion");
      pac = culvert_forward_address_of_pac (spec, bound, "bastion");
      g_assert_cmpstr (address, ==, rows[i].address);
      g_assert_cmpstr (pac, ==, rows[i].pac);
    }
}

static const struct
{
  CulvertForwardKind kind;
  const char        *argument;
  const char        *path;
  gboolean           is_https;
  const char        *page; /* NULL: none is offered */
} pages[] = {
  { CULVERT_FORWARD_LOCAL, "8080:wiki:80", "", FALSE, "http://localhost:8080/" },
  { CULVERT_FORWARD_LOCAL, "8080:wiki:80", "/a b?q=1#x", FALSE,
    "http://localhost:8080/a%20b?q=1#x" },
  { CULVERT_FORWARD_LOCAL, "*:8443:wiki:443", "/admin/", TRUE, "https://localhost:8443/admin/" },
  { CULVERT_FORWARD_LOCAL, "[::1]:8080:/run/web", "", FALSE, "http://[::1]:8080/" },
  /* No file leads a browser elsewhere. */
  { CULVERT_FORWARD_LOCAL, "8080:wiki:80", "@evil.example/", FALSE, "http://localhost:8080/" },
  { CULVERT_FORWARD_LOCAL, "8080:wiki:80", "https://evil.example/", FALSE,
    "http://localhost:8080/" },
  { CULVERT_FORWARD_LOCAL, "5433:db:5432", "", FALSE, NULL },
  { CULVERT_FORWARD_LOCAL, "5433:db:5432", "/", FALSE, "http://localhost:5433/" },
  { CULVERT_FORWARD_LOCAL, "ftp/2121:files:2100", "/", FALSE, NULL },
  { CULVERT_FORWARD_LOCAL, "/run/me/s:wiki:80", "/", FALSE, NULL },
  { CULVERT_FORWARD_REMOTE, "8080:wiki:80", "/", FALSE, NULL },
  { CULVERT_FORWARD_DYNAMIC, "1080", "/", FALSE, NULL },
};

static void
test_page (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autoptr (GError)             error = NULL;
      g_autoptr (CulvertForwardSpec) parsed =
        culvert_forward_spec_parse (pages[i].kind, pages[i].argument, &error);
      g_autoptr (CulvertForwardSpec) spec = NULL;
      CulvertForwardFields           fields;
      g_autofree char               *page = NULL;

      g_assert_no_error (error);
      fields = culvert_forward_spec_get_fields (parsed);
      fields.browser_path = pages[i].path;
      fields.is_https = pages[i].is_https;
      spec = culvert_forward_spec_new (&fields);
      page = culvert_forward_address_of_page (spec, NULL);
      g_assert_cmpstr (page, ==, pages[i].page);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/forward-address/address", test_address);
  g_test_add_func ("/ui/forward-address/page", test_page);
  return g_test_run ();
}
