/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-talk.h"

#include <string.h>

/* Conversations, and what becomes of each line: nothing unless it says otherwise in front of it. */

typedef struct
{
  const char *name;
  const char *talk
    [24]; /* "step>command", "step<reply"; the step is empty, or active, passive, refuse, hide */
  guint n_unanswered;
} Row;

static const Row rows[] = {
  { "passive",
    { "<220 hi", ">USER a", "<331 pass", ">PASV", "passive<227 (1,2,3,4,5,6)", ">RETR a",
      "<150 here it comes", "<226 done", ">EPSV", "passive<229 (|||77|)" },
    0 },
  { "nobody-asked", { "<220 hi", "<227 (1,2,3,4,5,6)", "<229 (|||77|)" }, 0 },
  { "asked-once", { "<220 hi", ">PASV", "passive<227 (1,2,3,4,5,6)", "<227 (1,2,3,4,5,6)" }, 0 },
  { "malformed-passes",
    { "<220 hi", ">PASV", "<227 (1,2,3,4,5)", ">PASV", "passive<227 (1,2,3,4,5,6)" },
    0 },
  { "refused-by-server",
    { "<220 hi", ">EPSV", "<500 what?", ">PASV", "passive<227 (1,2,3,4,5,6)" },
    0 },
  { "several-lines",
    { "<220-hi", "<227 (1,2,3,4,5,6)", "<220 ", ">PASV", "passive<227-see 1,2,3,4,5,6", "<text",
      "< 227 text", "passive<227 see 1,2,3,4,5,6" },
    0 },
  { "all", { "<220 hi", ">EPSV ALL", "<200 fine", "<229 (|||77|)" }, 0 },
  { "active", { "<220 hi", "active>PORT 1,2,3,4,5,6", "active>EPRT |2|::1|2000|" }, 0 },
  { "low-ports",
    { "<220 hi", "refuse>PORT 1,2,3,4,3,255", "refuse>EPRT |1|1.2.3.4|22|",
      "active>PORT 1,2,3,4,4,0" },
    0 },
  { "malformed-is-refused", { "<220 hi", "refuse>PORT 1,2,3", "refuse>EPRT |3|x|9|" }, 0 },
  { "long-addresses", { "<220 hi", "refuse>LPRT 4,4,1,2,3,4,2,5,6", "refuse>LPSV" }, 0 },
  { "tls", { "<220 hi", ">AUTH TLS", "hide<234 go on" }, 0 },
  { "ssl", { "<220 hi", ">AUTH SSL", "hide<334 go on" }, 0 },
  { "tls-refused", { "<220 hi", ">AUTH TLS", "<502 no", ">NOOP", "<200 fine" }, 0 },
  { "kerberos", { "<220 hi", ">AUTH GSSAPI", "<334 who?", ">ADAT x", "hide<235 you" }, 0 },
  { "nobody-wants-tls", { "<220 hi", "<234 go on" }, 0 },
  { "unanswered", { ">USER a", ">PASS b", "<220 hi", "<331 pass" }, 1 },
  { "several-lines-count-once",
    { "<220-hi", "<220-hi", "<220 hi", ">NOOP", "<200-a", "<200 b" },
    0 },
  { "marks-do-not-count", { "<220 hi", ">RETR a", "<150 here it comes" }, 1 },
  { "aborted", { "<220 hi", ">RETR a", "<150 here", ">ABOR", "<426 broken", "<226 aborted" }, 0 },
};

static const char *const steps[] = {
  [CULVERT_FTP_PASS] = "",           [CULVERT_FTP_ACTIVE] = "active",
  [CULVERT_FTP_PASSIVE] = "passive", [CULVERT_FTP_REFUSE] = "refuse",
  [CULVERT_FTP_HIDE] = "hide",
};

static void
test_row (gconstpointer data)
{
  const Row     *row = data;
  CulvertFtpTalk talk;

  culvert_ftp_talk_init (&talk);
  for (guint i = 0; row->talk[i] != NULL; i++)
    {
      gsize             n_step = strcspn (row->talk[i], "<>");
      g_autofree char  *want = g_strndup (row->talk[i], n_step);
      g_autofree char  *line = g_strconcat (row->talk[i] + n_step + 1, "\r\n", NULL);
      g_autofree char  *shown = g_strescape (line, NULL);
      gboolean          is_command = row->talk[i][n_step] == '>';
      const char       *note;
      CulvertFtpCommand command;
      CulvertFtpReply   reply;
      CulvertFtpStep    step =
        is_command
             ? culvert_ftp_talk_command (&talk, (guint8 *)line, strlen (line), &command, &note)
             : culvert_ftp_talk_reply (&talk, (guint8 *)line, strlen (line), &reply, &note);

      g_test_message ("%s", shown);
      g_assert_cmpstr (steps[step], ==, want);
      /* A refusal is a reply itself. */
      if (step == CULVERT_FTP_REFUSE)
        g_assert_true (g_str_has_prefix (note, "50"));
      g_assert_cmpint (talk.is_hidden, ==, g_str_equal (want, "hide"));
    }
  g_assert_cmpuint (talk.n_unanswered, ==, row->n_unanswered);
}

static void
test_notes (void)
{
  static const char *const odd[] = { "227 (1,2,3,4,5)\r\n", "229 (|||99999|)\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      CulvertFtpTalk    talk;
      CulvertFtpCommand command;
      CulvertFtpReply   reply;
      const char       *note;

      culvert_ftp_talk_init (&talk);
      culvert_ftp_talk_command (&talk, (const guint8 *)"PASV\r\n", 6, &command, &note);
      g_assert_null (note);
      g_assert_cmpint (
        culvert_ftp_talk_reply (&talk, (const guint8 *)odd[i], strlen (odd[i]), &reply, &note), ==,
        CULVERT_FTP_PASS);
      g_assert_nonnull (strstr (note, "not understood"));
      culvert_ftp_talk_reply (&talk, (const guint8 *)odd[i], strlen (odd[i]), &reply, &note);
      g_assert_nonnull (strstr (note, "nobody asked"));
    }
}

static void
test_first_bytes_of_tls (void)
{
  g_assert_true (culvert_ftp_is_tls ((const guint8 *)"\x16\x03\x01", 3));
  g_assert_false (culvert_ftp_is_tls ((const guint8 *)"USER", 4));
  g_assert_false (culvert_ftp_is_tls (NULL, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/forward/ftp-talk/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/forward/ftp-talk/notes", test_notes);
  g_test_add_func ("/forward/ftp-talk/first-bytes-of-tls", test_first_bytes_of_tls);

  return g_test_run ();
}
