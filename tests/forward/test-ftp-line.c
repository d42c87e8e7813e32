/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-line.h"

#include <string.h>

/* Line by line: what it is taken for, and what is made of it. */

typedef struct
{
  const char    *line;
  CulvertFtpVerb verb;
  const char    *place; /* "host port"; NULL: none; "-": malformed */
} CommandRow;

#define OTHER CULVERT_FTP_OTHER

static const CommandRow commands[] = {
  { "PASV\r\n", CULVERT_FTP_PASV, NULL },
  { "pasv\n", CULVERT_FTP_PASV, NULL },
  { "PASV", CULVERT_FTP_PASV, NULL },
  { "  PASV  \r\n", CULVERT_FTP_PASV, NULL },
  { "P@SW\r\n", CULVERT_FTP_PASV, NULL },
  { "PASVX\r\n", OTHER, NULL },
  { "PAS\r\n", OTHER, NULL },
  { "EPSV\r\n", CULVERT_FTP_EPSV, NULL },
  { "EPSV 1\r\n", CULVERT_FTP_EPSV, NULL },
  { "epsv 2\r\n", CULVERT_FTP_EPSV, NULL },
  { "EPSV ALL\r\n", OTHER, NULL },
  { "Epsv all\r\n", OTHER, NULL },
  { "PORT 127,0,0,1,200,5\r\n", CULVERT_FTP_PORT, "127.0.0.1 51205" },
  { "port 10,1,60,99,6,12\n", CULVERT_FTP_PORT, "10.1.60.99 1548" },
  { "PORT 127,000,0,001,0,080\r\n", CULVERT_FTP_PORT, "127.0.0.1 80" },
  { "PORT 1, 2, 3, 4, 5, 6 \r\n", CULVERT_FTP_PORT, "1.2.3.4 1286" },
  { "PORT 255,255,255,255,255,255\r\n", CULVERT_FTP_PORT, "255.255.255.255 65535" },
  { "PORT 256,0,0,1,4,5\r\n", CULVERT_FTP_PORT, "-" },
  { "PORT 1,2,3,4,5,256\r\n", CULVERT_FTP_PORT, "-" },
  { "PORT 1,2,3,4,0,0\r\n", CULVERT_FTP_PORT, "-" },
  { "PORT 1,2,3,4,5\r\n", CULVERT_FTP_PORT, "-" },
  { "PORT 1,2,3,4,5,6,7\r\n", CULVERT_FTP_PORT, "-" },
  { "PORT 1,2,3,4,5,6 7\r\n", CULVERT_FTP_PORT, "-" },
  { "PORT 1,2,3,4,5,0006\r\n", CULVERT_FTP_PORT, "-" },
  { "PORT 1,2,3,4,5,-6\r\n", CULVERT_FTP_PORT, "-" },
  { "PORT\r\n", CULVERT_FTP_PORT, "-" },
  { "EPRT |1|132.235.1.2|6275|\r\n", CULVERT_FTP_EPRT, "132.235.1.2 6275" },
  { "EPRT |2|1080::8:800:200C:417A|5282|\r\n", CULVERT_FTP_EPRT, "1080::8:800:200c:417a 5282" },
  { "eprt !2!::1!65535!\r\n", CULVERT_FTP_EPRT, "::1 65535" },
  { "EPRT |1|::1|5282|\r\n", CULVERT_FTP_EPRT, "-" },
  { "EPRT |2|1.2.3.4|5282|\r\n", CULVERT_FTP_EPRT, "-" },
  { "EPRT |3|1.2.3.4|5282|\r\n", CULVERT_FTP_EPRT, "-" },
  { "EPRT |1|host|5282|\r\n", CULVERT_FTP_EPRT, "-" },
  { "EPRT |1|1.2.3.4|65536|\r\n", CULVERT_FTP_EPRT, "-" },
  { "EPRT |1|1.2.3.4|0|\r\n", CULVERT_FTP_EPRT, "-" },
  { "EPRT |1|1.2.3.4|80\r\n", CULVERT_FTP_EPRT, "-" },
  { "EPRT |1|1.2.3.4|80|x\r\n", CULVERT_FTP_EPRT, "-" },
  { "EPRT 111.2.3.41801\r\n", CULVERT_FTP_EPRT, "-" },
  { "EPRT\r\n", CULVERT_FTP_EPRT, "-" },
  { "LPSV\r\n", CULVERT_FTP_LPSV, NULL },
  { "LPRT 4,4,1,2,3,4,2,5,6\r\n", CULVERT_FTP_LPRT, NULL },
  { "AUTH TLS\r\n", CULVERT_FTP_AUTH_TLS, NULL },
  { "auth ssl\r\n", CULVERT_FTP_AUTH_TLS, NULL },
  { "AUTH TLS-C\r\n", CULVERT_FTP_AUTH_TLS, NULL },
  { "AUTH GSSAPI\r\n", CULVERT_FTP_AUTH, NULL },
  { "AUTH\r\n", CULVERT_FTP_AUTH, NULL },
  { "ABOR\r\n", CULVERT_FTP_ABOR, NULL },
  { "\377\364\377\362ABOR\r\n", CULVERT_FTP_ABOR, NULL },
  { "\377\364\377ABOR\r\n", CULVERT_FTP_ABOR, NULL },
  { "\377\373\001ABOR\r\n", CULVERT_FTP_ABOR, NULL },
  { "\377\373", OTHER, NULL },
  { "\377", OTHER, NULL },
  { "\r\n", OTHER, NULL },
  { "", OTHER, NULL },
  { "RETR PASV\r\n", OTHER, NULL },
};

static void
assert_place (const char *want, gboolean is_malformed, const CulvertFtpPlace *place)
{
  g_autofree char *text = g_strdup_printf ("%s %u", place->host, place->port);

  g_assert_cmpint (is_malformed, ==, g_strcmp0 (want, "-") == 0);
  if (!is_malformed && want != NULL)
    g_assert_cmpstr (text, ==, want);
}

static void
test_commands (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      const CommandRow *row = &commands[i];
      g_autofree char  *shown = g_strescape (row->line, NULL);
      CulvertFtpCommand command;

      g_test_message ("%s", shown);
      culvert_ftp_parse_command ((const guint8 *)row->line, strlen (row->line), &command);
      g_assert_cmpint (command.verb, ==, row->verb);
      assert_place (row->place, command.is_malformed, &command.place);
    }
}

typedef struct
{
  const char *line;
  guint       code;
  const char *place;   /* as above, the host left out for 229 */
  const char *changed; /* to 127.0.0.1 and port 54321; NULL: it cannot be */
} ReplyRow;

static const ReplyRow replies[] = {
  { "220 ready\r\n", 220, NULL, NULL },
  { "220\r\n", 220, NULL, NULL },
  { "227 Entering Passive Mode (10,1,60,99,6,12)\r\n", 227, "10.1.60.99 1548",
    "227 Entering Passive Mode (127,0,0,1,212,49)\r\n" },
  { "227 Entering Passive Mode (10,1,60,99,6,12).\n", 227, "10.1.60.99 1548",
    "227 Entering Passive Mode (127,0,0,1,212,49).\n" },
  { "227 Entering Passive Mode 10,1,60,99,6,12\r\n", 227, "10.1.60.99 1548",
    "227 Entering Passive Mode 127,0,0,1,212,49\r\n" },
  { "227 =10,1,60,99,6,12\r\n", 227, "10.1.60.99 1548", "227 =127,0,0,1,212,49\r\n" },
  { "227 Mode 1 (10, 1, 60, 99, 6, 12) 7,8\r\n", 227, "10.1.60.99 1548",
    "227 Mode 1 (127,0,0,1,212,49) 7,8\r\n" },
  { "227-10,1,60,99,6,12\r\n", 227, "10.1.60.99 1548", "227-127,0,0,1,212,49\r\n" },
  { "227 (10,1,60,99,6,12", 227, "10.1.60.99 1548", "227 (127,0,0,1,212,49" },
  { "227 (0,0,0,0,6,12)\r\n", 227, "0.0.0.0 1548", "227 (127,0,0,1,212,49)\r\n" },
  { "227 Entering Passive Mode\r\n", 227, "-", NULL },
  { "227 (10,1,60,99,6)\r\n", 227, "-", NULL },
  { "227 (10,1,60,99,6,256)\r\n", 227, "-", NULL },
  { "227 (10,1,60,999,6,12)\r\n", 227, "-", NULL },
  { "227 (10,1,60,99,0,0)\r\n", 227, "-", NULL },
  { "227 (10,1,60,99,6,12,13)\r\n", 227, "-", NULL },
  { "227 (1000,1,60,99,6,12)\r\n", 227, "-", NULL },
  { "227\r\n", 227, "-", NULL },
  { "229 Entering Extended Passive Mode (|||6446|)\r\n", 229, " 6446",
    "229 Entering Extended Passive Mode (|||54321|)\r\n" },
  { "229 ok (!!!65535!) bye\r\n", 229, " 65535", "229 ok (!!!54321!) bye\r\n" },
  { "229 |||6446|\n", 229, " 6446", "229 |||54321|\n" },
  { "229 (|1|10.0.0.1|2024|)\r\n", 229, " 2024", "229 (|||54321|)\r\n" },
  { "229 (|||0|)\r\n", 229, "-", NULL },
  { "229 (|||65536|)\r\n", 229, "-", NULL },
  { "229 (|||6446)\r\n", 229, "-", NULL },
  { "229 (||6446|)\r\n", 229, "-", NULL },
  { "229 (|||x|)\r\n", 229, "-", NULL },
  { "229 aaa6446a\r\n", 229, "-", NULL },
  { "229\r\n", 229, "-", NULL },
  { " 227 (1,2,3,4,5,6)\r\n", 0, NULL, NULL },
  { "2277 (1,2,3,4,5,6)\r\n", 0, NULL, NULL },
  { "927 (1,2,3,4,5,6)\r\n", 0, NULL, NULL },
  { "22\r\n", 0, NULL, NULL },
  { "\r\n", 0, NULL, NULL },
  { "", 0, NULL, NULL },
};

static void
test_replies (void)
{
  const CulvertFtpPlace place = { .host = "127.0.0.1", .port = 54321 };

  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      const ReplyRow        *row = &replies[i];
      const guint8          *line = (const guint8 *)row->line;
      g_autoptr (GByteArray) changed = NULL;
      g_autofree char       *shown = g_strescape (row->line, NULL);
      CulvertFtpReply        reply;

      g_test_message ("%s", shown);
      culvert_ftp_parse_reply (line, strlen (row->line), &reply);
      g_assert_cmpuint (reply.code, ==, row->code);
      assert_place (row->place, reply.is_malformed, &reply.place);
      g_assert_cmpint (reply.length > 0, ==, row->changed != NULL);
      if (row->changed == NULL)
        continue;
      changed = culvert_ftp_write_reply (line, strlen (row->line), &reply, &place);
      g_assert_cmpmem (changed->data, changed->len, row->changed, strlen (row->changed));
    }
}

static void
test_written_commands (void)
{
  static const struct
  {
    CulvertFtpVerb  verb;
    CulvertFtpPlace place;
    const char     *line;
  } rows[] = {
    { CULVERT_FTP_PORT, { "127.0.0.1", 1548 }, "PORT 127,0,0,1,6,12\r\n" },
    { CULVERT_FTP_PORT, { "::1", 1548 }, "EPRT |2|::1|1548|\r\n" },
    { CULVERT_FTP_EPRT, { "127.0.0.1", 65535 }, "EPRT |1|127.0.0.1|65535|\r\n" },
    { CULVERT_FTP_EPRT, { "::1", 1 }, "EPRT |2|::1|1|\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *line = culvert_ftp_write_command (rows[i].verb, &rows[i].place);

      g_assert_cmpstr (line, ==, rows[i].line);
    }
}

/* However long a line is, and whatever is in it, it is looked at within bounds. */
static void
test_limits (void)
{
  g_autofree char  *line = g_strnfill (CULVERT_FTP_LINE_MAX + 1, ' ');
  CulvertFtpCommand command;
  CulvertFtpReply   reply;

  memcpy (line, "PASV", 4);
  culvert_ftp_parse_command ((guint8 *)line, CULVERT_FTP_LINE_MAX, &command);
  g_assert_cmpint (command.verb, ==, CULVERT_FTP_PASV);
  culvert_ftp_parse_command ((guint8 *)line, CULVERT_FTP_LINE_MAX + 1, &command);
  g_assert_cmpint (command.verb, ==, CULVERT_FTP_OTHER);

  memcpy (line, "227 1,2,3,4,5,6", 15);
  culvert_ftp_parse_reply ((guint8 *)line, CULVERT_FTP_LINE_MAX, &reply);
  g_assert_cmpuint (reply.code, ==, 227);
  culvert_ftp_parse_reply ((guint8 *)line, CULVERT_FTP_LINE_MAX + 1, &reply);
  g_assert_cmpuint (reply.code, ==, 0);
}

static void
test_lines (void)
{
  const guint8 bytes[] = "one\r\ntwo";

  g_assert_cmpuint (culvert_ftp_find_line (bytes, 8), ==, 5);
  g_assert_cmpuint (culvert_ftp_find_line (bytes, 4), ==, 0);
  g_assert_cmpuint (culvert_ftp_find_line (bytes + 5, 3), ==, 0);
  g_assert_cmpuint (culvert_ftp_find_line (bytes + 4, 4), ==, 1);
  g_assert_cmpuint (culvert_ftp_find_line (NULL, 0), ==, 0);
}

static void
test_hosts (void)
{
  g_assert_true (culvert_ftp_is_same_host ("127.0.0.1", "127.0.0.1"));
  g_assert_true (culvert_ftp_is_same_host ("::1", "0:0:0:0:0:0:0:1"));
  g_assert_true (culvert_ftp_is_same_host ("::ffff:10.0.0.1", "10.0.0.1"));
  g_assert_false (culvert_ftp_is_same_host ("127.0.0.1", "127.0.0.2"));
  g_assert_false (culvert_ftp_is_same_host ("127.0.0.1", "::1"));
  g_assert_false (culvert_ftp_is_same_host ("localhost", "localhost"));
  g_assert_false (culvert_ftp_is_same_host ("", ""));
  g_assert_true (culvert_ftp_is_ipv6 ("::1"));
  g_assert_false (culvert_ftp_is_ipv6 ("::ffff:10.0.0.1"));
  g_assert_false (culvert_ftp_is_ipv6 ("10.0.0.1"));
  g_assert_false (culvert_ftp_is_ipv6 ("host"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/forward/ftp-line/commands", test_commands);
  g_test_add_func ("/forward/ftp-line/replies", test_replies);
  g_test_add_func ("/forward/ftp-line/written-commands", test_written_commands);
  g_test_add_func ("/forward/ftp-line/limits", test_limits);
  g_test_add_func ("/forward/ftp-line/lines", test_lines);
  g_test_add_func ("/forward/ftp-line/hosts", test_hosts);

  return g_test_run ();
}
