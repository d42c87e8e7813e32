/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/recipes.h"
#include "support/culvert-test.h"

#include <string.h>

typedef struct
{
  CulvertForwardKind kind;
  const char        *argument; /* of -L, -R, -D */
  const char        *place;
  const char        *lines[7];
} Row;

static const Row rows[] = {
  { CULVERT_FORWARD_LOCAL,
    "5433:db:5432",
    "localhost:5433",
    { "psql -h localhost -p 5433", "pg_dump -h localhost -p 5433 DATABASE",
      "postgresql://localhost:5433/DATABASE" } },
  { CULVERT_FORWARD_LOCAL,
    "3307:db:3306",
    "localhost:3307",
    { "mysql --protocol=TCP -h localhost -P 3307",
      "mysqldump --protocol=TCP -h localhost -P 3307 DATABASE" } },
  { CULVERT_FORWARD_LOCAL, "1:cache:6379", "localhost:1", { "redis-cli -h localhost -p 1" } },
  { CULVERT_FORWARD_LOCAL, "1:m:27017", "localhost:1", { "mongosh --host localhost --port 1" } },
  { CULVERT_FORWARD_LOCAL,
    "8080:intranet:80",
    "localhost:8080",
    { "curl http://localhost:8080/",
      "curl --connect-to intranet:80:localhost:8080 http://intranet:80/" } },
  { CULVERT_FORWARD_LOCAL,
    "8443:intranet:443",
    "[::1]:8443",
    { "curl --connect-to 'intranet:443:[::1]:8443' https://intranet:443/",
      "openssl s_client -connect '[::1]:8443' -servername intranet" } },
  { CULVERT_FORWARD_LOCAL,
    "3390:pc:3389",
    "localhost:3390",
    { "xfreerdp /v:localhost:3390", "mstsc /v:localhost:3390" } },
  { CULVERT_FORWARD_LOCAL,
    "5901:pc:5900",
    "localhost:5901",
    { "vncviewer localhost::5901", "remmina -c vnc://localhost:5901" } },
  { CULVERT_FORWARD_LOCAL,
    "2222:pc:22",
    "localhost:2222",
    { "ssh -p 2222 -o HostKeyAlias=pc localhost", "scp -P 2222 -o HostKeyAlias=pc FILE localhost:",
      "sftp -P 2222 -o HostKeyAlias=pc localhost" } },
  { CULVERT_FORWARD_LOCAL,
    "ftp/2121:ftp:21",
    "localhost:2121",
    { "lftp -p 2121 localhost", "curl ftp://localhost:2121/" } },
  { CULVERT_FORWARD_LOCAL,
    "9418:git:9418",
    "localhost:9418",
    { "git clone git://localhost:9418/PATH" } },
  { CULVERT_FORWARD_LOCAL,
    "2375:/var/run/docker.sock",
    "localhost:2375",
    { "docker -H tcp://localhost:2375 ps" } },
  { CULVERT_FORWARD_LOCAL,
    "/tmp/d.sock:/var/run/docker.sock",
    "/tmp/d.sock",
    { "docker -H unix:///tmp/d.sock ps" } },
  { CULVERT_FORWARD_LOCAL,
    "/tmp/.s.PGSQL.5433:db:5432",
    "/tmp/.s.PGSQL.5433",
    { "psql -h /tmp -p 5433", "pg_dump -h /tmp -p 5433 DATABASE" } },
  /* psql could not find it by this name. */
  { CULVERT_FORWARD_LOCAL,
    "/tmp/db:db:5432",
    "/tmp/db",
    { "curl --unix-socket /tmp/db http://db/", "nc -U /tmp/db" } },
  { CULVERT_FORWARD_LOCAL,
    "/tmp/a b:intranet:80",
    "/tmp/a b",
    { "curl --unix-socket '/tmp/a b' http://intranet/", "nc -U '/tmp/a b'" } },
  { CULVERT_FORWARD_LOCAL,
    "/tmp/my:/run/mysqld/mysqld.sock",
    "/tmp/my",
    { "mysql --socket=/tmp/my", "mysqldump --socket=/tmp/my DATABASE" } },
  { CULVERT_FORWARD_LOCAL,
    "7777:odd:7777",
    "localhost:7777",
    { "curl http://localhost:7777/", "nc localhost 7777" } },
  { CULVERT_FORWARD_REMOTE,
    "5433:db:5432",
    "localhost:5433",
    { "psql -h localhost -p 5433", "pg_dump -h localhost -p 5433 DATABASE",
      "postgresql://localhost:5433/DATABASE" } },
  { CULVERT_FORWARD_DYNAMIC,
    "1080",
    "localhost:1080",
    { "http://localhost:1080/proxy.pac",
      "chromium --proxy-server=socks5://localhost:1080 --user-data-dir=FOLDER",
      "curl --proxy socks5h://localhost:1080 ADDRESS",
      "git -c http.proxy=socks5h://localhost:1080 clone ADDRESS",
      "ssh -o 'ProxyCommand=nc -X 5 -x localhost:1080 %h %p' SERVER",
      "export ALL_PROXY=socks5h://localhost:1080" } },
  { CULVERT_FORWARD_DYNAMIC,
    "/tmp/proxy",
    "/tmp/proxy",
    { "curl --proxy socks5h://localhost/tmp/proxy ADDRESS" } },
};

static void
test_row (gconstpointer data)
{
  const Row                     *row = data;
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertForwardSpec) spec =
    culvert_forward_spec_parse (row->kind, row->argument, &error);
  g_autoptr (CulvertEndpoint) place = culvert_endpoint_parse (row->place, &error);
  g_autoptr (GPtrArray)       recipes = NULL;
  guint                       i;

  g_assert_no_error (error);
  recipes = culvert_recipes_new (spec, place);
  for (i = 0; row->lines[i] != NULL; i++)
    {
      g_assert_cmpuint (i, <, recipes->len);
      g_assert_cmpstr (((CulvertRecipe *)g_ptr_array_index (recipes, i))->text, ==, row->lines[i]);
    }
  g_assert_cmpuint (recipes->len, ==, i);
}

/* A profile that nobody has checked makes no command for a shell. */
static void
test_no_place (void)
{
  static const char *const       hosts[] = { "", "a b", "x;reboot", "$(x)", "-x", "a\nb" };
  g_autoptr (CulvertForwardSpec) spec =
    culvert_forward_spec_parse (CULVERT_FORWARD_LOCAL, "1:h:80", NULL);
  g_autoptr (CulvertEndpoint) listen = culvert_endpoint_new_tcp ("localhost", 1);
  g_autoptr (CulvertEndpoint) no_port = culvert_endpoint_new_tcp ("localhost", 0);
  g_autoptr (GPtrArray)       without_port = culvert_recipes_new (spec, no_port);

  g_assert_cmpuint (without_port->len, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (CulvertEndpoint)    odd = culvert_endpoint_new_tcp (hosts[i], 1);
      CulvertForwardFields           fields = { .kind = CULVERT_FORWARD_LOCAL,
                                                .listen = listen,
                                                .target = odd };
      g_autoptr (CulvertForwardSpec) to_odd = culvert_forward_spec_new (&fields);
      g_autoptr (GPtrArray)          here = culvert_recipes_new (spec, odd);
      g_autoptr (GPtrArray)          there = culvert_recipes_new (to_odd, listen);

      g_assert_cmpuint (here->len, ==, 0);
      g_assert_cmpuint (there->len, ==, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/core/recipes/rows/%02u", i);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/core/recipes/no-place", test_no_place);
  return g_test_run ();
}
