/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The server of sshd-fixture.h and a web server behind it, for tests that are not written in C
 * (server.py) and for the demonstration.
 *
 * Prints what a client has to know as NAME=VALUE lines, then an empty line.  Obeys the words below
 * on standard input and answers each with a line, "ok" unless said otherwise; ends at the end of
 * its input, or on SIGTERM and SIGINT.
 *
 *   stop, start, restart, freeze, thaw, kill-sessions, replace-host-keys
 *   count TEXT         answers how often TEXT is in the server's log
 *   web                answers connections, bytes received, bytes sent by the page's server */

#include "support/culvert-test.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"

#include <glib-unix.h>
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  CulvertSshd      *sshd;
  CulvertTarget    *web;
  CulvertTempDir   *dir;
  GDataInputStream *input;
  GMainLoop        *loop;
} Server;

typedef void (*Verb) (CulvertSshd *sshd);

static const struct
{
  const char *word;
  Verb        verb;
} verbs[] = {
  { "stop", culvert_sshd_stop },
  { "start", culvert_sshd_start },
  { "restart", culvert_sshd_restart },
  { "freeze", culvert_sshd_freeze },
  { "thaw", culvert_sshd_thaw },
  { "kill-sessions", culvert_sshd_kill_sessions },
  { "replace-host-keys", culvert_sshd_replace_host_keys },
};

static void G_GNUC_PRINTF (1, 2) say (const char *format, ...)
{
  va_list rest;

  va_start (rest, format);
  vprintf (format, rest);
  va_end (rest);
  putchar ('\n');
  fflush (stdout);
}

static void
obey (Server *self, const char *line)
{
  if (g_str_has_prefix (line, "count "))
    {
      say ("%u", culvert_sshd_count_in_log (self->sshd, line + strlen ("count ")));
      return;
    }
  if (g_str_equal (line, "web"))
    {
      say ("%u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
           culvert_target_get_n_connections (self->web), culvert_target_get_n_received (self->web),
           culvert_target_get_n_sent (self->web));
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (g_str_equal (line, verbs[i].word))
        {
          verbs[i].verb (self->sshd);
          say ("ok");
          return;
        }
    }
  say ("unknown: %s", line);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Server          *self = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (self->input, result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  obey (self, line);
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, read_cb, self);
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
print_facts (Server *self)
{
  g_autofree char *ed25519 = culvert_sshd_get_host_fingerprint (self->sshd, CULVERT_KEY_ED25519);
  g_autofree char *ecdsa = culvert_sshd_get_host_fingerprint (self->sshd, CULVERT_KEY_ECDSA);
  g_autofree char *known_hosts = culvert_temp_dir_build (self->dir, "known_hosts");

  culvert_sshd_write_known_hosts (self->sshd, known_hosts, 0);
  say ("port=%u", culvert_sshd_get_port (self->sshd));
  say ("web_port=%u", culvert_target_get_port (self->web));
  say ("user=%s", culvert_sshd_get_user_name (self->sshd));
  say ("password=%s", culvert_sshd_get_password (self->sshd));
  say ("key=%s", culvert_sshd_get_user_key (self->sshd, CULVERT_KEY_ED25519));
  say ("known_hosts=%s", known_hosts);
  say ("fingerprint=%s", ed25519);
  say ("fingerprint_ecdsa=%s", ecdsa);
  say ("%s", "");
}

/* "TEXT=ANSWER" each; a leading + lets the typing be seen. */
static CulvertSshdPrompt *
parse_prompts (char **texts)
{
  guint              n = g_strv_length (texts);
  CulvertSshdPrompt *prompts = g_new0 (CulvertSshdPrompt, n + 1);

  for (guint i = 0; i < n; i++)
    {
      char *equals = strrchr (texts[i], '=');

      if (equals == NULL)
        g_error ("--prompt wants TEXT=ANSWER");
      *equals = '\0';
      prompts[i].echo = texts[i][0] == '+';
      prompts[i].text = texts[i] + (prompts[i].echo ? 1 : 0);
      prompts[i].answer = equals + 1;
    }
  return prompts;
}

int
main (int argc, char *argv[])
{
  g_auto (GStrv)                config = NULL;
  g_auto (GStrv)                prompt_texts = NULL;
  g_autofree char              *password = NULL;
  g_autofree char              *title = NULL;
  g_autofree CulvertSshdPrompt *prompts = NULL;
  gboolean                      ignore_input = FALSE;
  CulvertSshdOptions            sshd_options = { 0 };
  const GOptionEntry            entries[] = {
               { "config", 0, 0, G_OPTION_ARG_STRING_ARRAY, &config, "A line of sshd_config", "LINE" },
               { "password", 0, 0, G_OPTION_ARG_STRING, &password, "The password", "TEXT" },
               { "prompt", 0, 0, G_OPTION_ARG_STRING_ARRAY, &prompt_texts, "A question", "TEXT=ANSWER" },
               { "title", 0, 0, G_OPTION_ARG_STRING, &title, "Title of the web page", "TEXT" },
               { "ignore-input", 0, 0, G_OPTION_ARG_NONE, &ignore_input, "Run until a signal", NULL },
               { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError)         error = NULL;
  g_autoptr (GInputStream)   standard_input = NULL;
  Server                     self = { 0 };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("serve-sshd: %s\n", error->message);
      return 2;
    }
  if (prompt_texts != NULL)
    prompts = parse_prompts (prompt_texts);

  sshd_options.config = (const char *const *)config;
  sshd_options.password = password;
  sshd_options.prompts = prompts;
  self.loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, quit_cb, self.loop);
  g_unix_signal_add (SIGINT, quit_cb, self.loop);
  self.dir = culvert_temp_dir_new ();
  self.sshd = culvert_sshd_new (&sshd_options);
  self.web = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_HTTP, .name = title, .seed = 1 });
  print_facts (&self);

  standard_input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  self.input = g_data_input_stream_new (standard_input);
  if (!ignore_input)
    g_data_input_stream_read_line_async (self.input, G_PRIORITY_DEFAULT, NULL, read_cb, &self);
  g_main_loop_run (self.loop);

  culvert_target_free (self.web);
  culvert_sshd_free (self.sshd);
  culvert_temp_dir_free (self.dir);
  g_object_unref (self.input);
  g_main_loop_unref (self.loop);
  return EXIT_SUCCESS;
}
