/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/forward-spec.h"
#include "core/ssh-says.h"

#include <gio/gio.h>
#include <string.h>

#define L  CULVERT_FORWARD_LOCAL
#define R  CULVERT_FORWARD_REMOTE
#define D  CULVERT_FORWARD_DYNAMIC
#define RD CULVERT_FORWARD_REVERSE_DYNAMIC

/* How ssh itself reads the row. */
typedef enum
{
  SSH_SAME,  /* ssh -G says the same, or refuses as well */
  SSH_TAKES, /* ssh takes what we refuse */
  SSH_HAS_NO_SUCH,
} SshView;

typedef struct
{
  CulvertForwardKind option;
  const char        *text;
  const char        *listen; /* as ssh -G writes it, "*" for an empty address; NULL: refused */
  const char        *target; /* the same; of a proxy NULL */
  const char *written; /* by to_argument(); NULL: as @text; of a refusal: part of the message */
  SshView     ssh;
} Row;

static const Row rows[] = {
  /* local, TCP to TCP */
  { L, "8080:host:80", "8080", "[host]:80", NULL, SSH_SAME },
  { L, "localhost:8080:host:80", "[localhost]:8080", "[host]:80", NULL, SSH_SAME },
  { L, "127.0.0.1:8080:host:80", "[127.0.0.1]:8080", "[host]:80", NULL, SSH_SAME },
  { L, "127.0.0.2:8080:host:80", "[127.0.0.2]:8080", "[host]:80", NULL, SSH_SAME },
  { L, "0.0.0.0:8080:host:80", "[0.0.0.0]:8080", "[host]:80", NULL, SSH_SAME },
  { L, ":8080:host:80", "[*]:8080", "[host]:80", "*:8080:host:80", SSH_SAME },
  { L, "*:8080:host:80", "[*]:8080", "[host]:80", NULL, SSH_SAME },
  { L, "[*]:8080:host:80", "[*]:8080", "[host]:80", "*:8080:host:80", SSH_SAME },
  { L, "[::1]:8080:[::2]:80", "[::1]:8080", "[::2]:80", NULL, SSH_SAME },
  { L, "8080:[2001:db8::1]:80", "8080", "[2001:db8::1]:80", NULL, SSH_SAME },
  { L, "[::]:8080:host:80", "[::]:8080", "[host]:80", NULL, SSH_SAME },
  { L, "[localhost]:8080:[host]:80", "[localhost]:8080", "[host]:80", "localhost:8080:host:80",
    SSH_SAME },
  { L, "  8080:host:80", "8080", "[host]:80", "8080:host:80", SSH_SAME },
  { L, "08080:host:0080", "8080", "[host]:80", "8080:host:80", SSH_SAME },
  { L, "8080:host:80:", "8080", "[host]:80", "8080:host:80", SSH_SAME },
  { L, "http:host:https", "80", "[host]:443", "80:host:443", SSH_SAME },
  { L, "8080:10.1.2.3:65535", "8080", "[10.1.2.3]:65535", NULL, SSH_SAME },
  { L, "8080:my_db.example.com:5432", "8080", "[my_db.example.com]:5432", NULL, SSH_SAME },
  /* local, sockets */
  { L, "8080:/run/x.sock", "8080", "/run/x.sock", NULL, SSH_SAME },
  { L, "localhost:8080:/run/x.sock", "[localhost]:8080", "/run/x.sock", NULL, SSH_SAME },
  { L, "*:8080:/run/x.sock", "[*]:8080", "/run/x.sock", NULL, SSH_SAME },
  { L, "/tmp/a:host:80", "/tmp/a", "[host]:80", NULL, SSH_SAME },
  { L, "/tmp/a:[::1]:80", "/tmp/a", "[::1]:80", NULL, SSH_SAME },
  { L, "/tmp/a:/tmp/b", "/tmp/a", "/tmp/b", NULL, SSH_SAME },
  { L, "[/tmp/a:b]:/tmp/c", "/tmp/a:b", "/tmp/c", "/tmp/a\\:b:/tmp/c", SSH_SAME },
  { L, "/tmp/a\\:b:host:80", "/tmp/a:b", "[host]:80", NULL, SSH_SAME },
  { L, "/tmp/a\\\\b:host:80", "/tmp/a\\b", "[host]:80", NULL, SSH_SAME },
  { L, "~/a:host:80", "~/a", "[host]:80", NULL, SSH_SAME },
  { L, "/tmp/with space:host:80", "/tmp/with space", "[host]:80", NULL, SSH_SAME },
  /* remote */
  { R, "8080:host:80", "8080", "[host]:80", NULL, SSH_SAME },
  { R, "0:host:80", "0", "[host]:80", NULL, SSH_SAME },
  { R, "*:0:host:80", "[*]:0", "[host]:80", NULL, SSH_SAME },
  { R, ":8080:host:80", "[*]:8080", "[host]:80", "*:8080:host:80", SSH_SAME },
  { R, "localhost:8080:host:80", "[localhost]:8080", "[host]:80", NULL, SSH_SAME },
  { R, "8080:/run/x.sock", "8080", "/run/x.sock", NULL, SSH_SAME },
  { R, "/run/y.sock:host:80", "/run/y.sock", "[host]:80", NULL, SSH_SAME },
  { R, "/run/y.sock:/run/x.sock", "/run/y.sock", "/run/x.sock", NULL, SSH_SAME },
  /* proxies */
  { D, "1080", "1080", NULL, NULL, SSH_SAME },
  { D, ":1080", "[*]:1080", NULL, "*:1080", SSH_SAME },
  { D, "*:1080", "[*]:1080", NULL, NULL, SSH_SAME },
  { D, "localhost:1080", "[localhost]:1080", NULL, NULL, SSH_SAME },
  { D, "[::1]:1080", "[::1]:1080", NULL, NULL, SSH_SAME },
  { D, "/tmp/s", "/tmp/s", NULL, NULL, SSH_SAME },
  { D, "socks", "1080", NULL, "1080", SSH_SAME },
  { R, "8080", "8080", NULL, NULL, SSH_SAME },
  { R, "0", "0", NULL, NULL, SSH_SAME },
  { R, "*:8080", "[*]:8080", NULL, NULL, SSH_SAME },
  { R, "127.0.0.1:8080", "[127.0.0.1]:8080", NULL, NULL, SSH_SAME },
  { R, "/tmp/s", "/tmp/s", NULL, NULL, SSH_SAME },
  { RD, "8080", "8080", NULL, NULL, SSH_HAS_NO_SUCH },
  /* FTP */
  { L, "ftp/2121:host:21", "2121", "[host]:21", NULL, SSH_HAS_NO_SUCH },
  { L, "ftp/localhost:2121:host:21", "[localhost]:2121", "[host]:21", NULL, SSH_HAS_NO_SUCH },
  { R, "ftp/2121:host:21", "2121", "[host]:21", NULL, SSH_HAS_NO_SUCH },
  /* refused */
  { L, "", NULL, NULL, "nothing is given", SSH_SAME },
  { L, "   ", NULL, NULL, "nothing is given", SSH_SAME },
  { L, "8080", NULL, NULL, "target is missing", SSH_SAME },
  { L, "8080:80", NULL, NULL, "target is missing", SSH_SAME },
  { L, "8080:host", NULL, NULL, "target is missing", SSH_SAME },
  { L, "0:host:80", NULL, NULL, "listening port: 0", SSH_SAME },
  { L, "x:host:80", NULL, NULL, "listening port: \"x\"", SSH_SAME },
  { L, "-1:host:80", NULL, NULL, "listening port", SSH_SAME },
  { L, "65536:host:80", NULL, NULL, "listening port", SSH_SAME },
  { L, "8080:host:0", NULL, NULL, "target: \"0\"", SSH_SAME },
  { L, "8080:host:x", NULL, NULL, "target: \"x\"", SSH_SAME },
  { L, "8080:host:80:90:100", NULL, NULL, "too many parts", SSH_SAME },
  { L, "::1:8080:host:80", NULL, NULL, "too many parts", SSH_SAME },
  { L, "8080:::1:80", NULL, NULL, "too many parts", SSH_SAME },
  { L, "[::1:8080:host:80", NULL, NULL, "bracket", SSH_SAME },
  { L, "[::1]8080:host:80", NULL, NULL, "colon is missing", SSH_SAME },
  { L, "8080:host\\", NULL, NULL, "backslash", SSH_SAME },
  { L, "8080/host/80", NULL, NULL, "target is missing", SSH_SAME },
  { L, "/tmp/a", NULL, NULL, "target is missing", SSH_SAME },
  { L, "/tmp/a:host", NULL, NULL, "lacks its host or its port", SSH_SAME },
  { L, "/tmp/a:host:80:90", NULL, NULL, "too many parts", SSH_SAME },
  { D, "0", NULL, NULL, "listening port", SSH_SAME },
  { D, "1080:host:80", NULL, NULL, "no target", SSH_SAME },
  { D, "::1:1080", NULL, NULL, "no target", SSH_SAME },
  { D, "host", NULL, NULL, "listening port: \"host\"", SSH_SAME },
  { D, "ftp/1080", NULL, NULL, "needs a target", SSH_HAS_NO_SUCH },
  { R, "", NULL, NULL, "nothing is given", SSH_SAME },
  { R, "host", NULL, NULL, "listening port", SSH_SAME },
  { R, "ftp/8080", NULL, NULL, "needs a target", SSH_HAS_NO_SUCH },
  /* where a tunnel that is kept must be clearer than a command */
  { L, "8080::80", NULL, NULL, "host is missing", SSH_TAKES },
  { L, "8080:ho/st:80", NULL, NULL, "neither a name nor an address", SSH_TAKES },
  { L, "8080:-x:80", NULL, NULL, "neither a name nor an address", SSH_TAKES },
  { L, "a b:8080:host:80", NULL, NULL, "listening address", SSH_TAKES },
  { L, "./a:host:80", NULL, NULL, "does not start with a slash", SSH_TAKES },
  { L, "8080:run/x.sock", NULL, NULL, "does not start with a slash", SSH_TAKES },
};

/* (transfer full): as ssh -G would write it */
static char *
describe (const CulvertEndpoint *endpoint)
{
  if (endpoint == NULL)
    return NULL;
  if (culvert_endpoint_get_kind (endpoint) == CULVERT_ENDPOINT_UNIX)
    return g_strdup (culvert_endpoint_get_path (endpoint));
  if (culvert_endpoint_get_host (endpoint)[0] == '\0')
    return g_strdup_printf ("%u", culvert_endpoint_get_port (endpoint));
  return g_strdup_printf ("[%s]:%u", culvert_endpoint_get_host (endpoint),
                          culvert_endpoint_get_port (endpoint));
}

static void
test_parse (gconstpointer data)
{
  const Row                     *row = data;
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_parse (row->option, row->text, &error);
  g_autoptr (CulvertForwardSpec) again = NULL;
  g_autofree char               *listen = NULL;
  g_autofree char               *target = NULL;
  g_autofree char               *written = NULL;
  CulvertForwardKind             kind = row->option;

  if (row->listen == NULL)
    {
      g_assert_null (spec);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_test_message ("%s: %s", row->text, error->message);
      g_assert_nonnull (strstr (error->message, row->written));
      return;
    }
  g_assert_no_error (error);
  if (kind == R && row->target == NULL)
    kind = RD;
  listen = describe (culvert_forward_spec_get_listen (spec));
  target = describe (culvert_forward_spec_get_target (spec));
  g_assert_cmpint (culvert_forward_spec_get_kind (spec), ==, kind);
  g_assert_cmpstr (listen, ==, row->listen);
  g_assert_cmpstr (target, ==, row->target);
  g_assert_true (culvert_forward_spec_is_enabled (spec));
  g_assert_true (culvert_forward_spec_get_fields (spec).is_ftp ==
                 g_str_has_prefix (row->text, "ftp/"));

  written = culvert_forward_spec_to_argument (spec);
  g_assert_cmpstr (written, ==, row->written != NULL ? row->written : row->text);
  again = culvert_forward_spec_parse (row->option, written, &error);
  g_assert_no_error (error);
  g_assert_true (culvert_endpoint_equal (culvert_forward_spec_get_listen (again),
                                         culvert_forward_spec_get_listen (spec)));
  g_assert_true (culvert_endpoint_equal (culvert_forward_spec_get_target (again),
                                         culvert_forward_spec_get_target (spec)));
}

/* (transfer full): what ssh -G says about the option; NULL when ssh refuses it */
static char *
ask_ssh (const Row *row)
{
  static const char *const letters[] = { "-L", "-R", "-D", "-R" };
  static const char *const names[] = { "localforward", "remoteforward", "dynamicforward" };
  g_autofree char         *text = g_shell_quote (row->text);
  g_autofree char *words = g_strdup_printf ("-F none %s %s server", letters[row->option], text);
  g_autofree char *messages = NULL;
  g_autofree char *output = ssh_says (words, &messages);
  g_autoptr (GPtrArray) values = NULL;

  if (output == NULL)
    return NULL;
  values = ssh_says_values (output, names[row->option]);
  g_assert_cmpuint (values->len, >, 0);
  return g_strdup (g_ptr_array_index (values, 0));
}

static void
test_as_ssh (gconstpointer data)
{
  const Row       *row = data;
  g_autofree char *said = ask_ssh (row);
  g_autofree char *expected = NULL;

  if (row->ssh == SSH_TAKES)
    {
      g_assert_nonnull (said);
      return;
    }
  if (row->listen == NULL)
    {
      g_assert_null (said);
      return;
    }
  g_assert_nonnull (said);
  if (g_str_has_prefix (said, "[]:"))
    {
      char *star = g_strconcat ("[*]:", said + strlen ("[]:"), NULL);

      g_free (said);
      said = star;
    }
  if (row->option == R && row->target == NULL)
    expected = g_strconcat (row->listen, " [socks]:0", NULL);
  else if (row->target == NULL)
    expected = g_strdup (row->listen);
  else
    expected = g_strconcat (row->listen, " ", row->target, NULL);
  g_assert_cmpstr (said, ==, expected);
}

static void
test_any_user (void)
{
  static const struct
  {
    CulvertForwardKind kind;
    const char        *text;
    gboolean           any_user;
  } cases[] = {
    { L, "8080:h:80", FALSE },
    { L, "localhost:8080:h:80", FALSE },
    { L, "127.3.4.5:8080:h:80", FALSE },
    { L, "[::1]:8080:h:80", FALSE },
    { L, "/tmp/s:h:80", FALSE },
    { L, "*:8080:h:80", TRUE },
    { L, "0.0.0.0:8080:h:80", TRUE },
    { D, "1080", FALSE },
    { D, "*:1080", TRUE },
    { R, "*:8080:h:80", FALSE },
    { R, "8080", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CulvertForwardSpec) spec =
        culvert_forward_spec_parse (cases[i].kind, cases[i].text, NULL);

      g_assert_true (culvert_forward_spec_get_fields (spec).any_user == cases[i].any_user);
    }
}

static void
test_too_long (void)
{
  g_autofree char               *text = g_strnfill (5000, '1');
  g_autofree char               *path = g_strdup_printf ("8080:/%0200d", 1);
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_parse (L, text, &error);

  g_assert_null (spec);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  spec = culvert_forward_spec_parse (L, path, &error);
  g_assert_null (spec);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/core/forward-argument/parse/%02u", i);
      g_autofree char *ssh_path = g_strdup_printf ("/core/forward-argument/as-ssh/%02u", i);

      g_test_add_data_func (path, &rows[i], test_parse);
      if (rows[i].ssh != SSH_HAS_NO_SUCH)
        g_test_add_data_func (ssh_path, &rows[i], test_as_ssh);
    }
  g_test_add_func ("/core/forward-argument/any-user", test_any_user);
  g_test_add_func ("/core/forward-argument/too-long", test_too_long);

  return g_test_run ();
}
