/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The page of a check, over sessions that tell what a script says.  With CULVERT_PICTURES_DIR set, leaves
 * pictures there. */

#include "core/errors.h"
#include "core/ssh-command.h"
#include "engine/check-thread.h"
#include "support/culvert-test.h"
#include "ui/application.h"
#include "ui/check-page.h"
#include "ui/check-row.h"
#include "ui/find-widget.h"
#include "ui/picture.h"
#include "ui/stage.h"
#include "ui/window.h"

#include <string.h>

#define PATIENCE_MS 10000

/* A session that tells @events, asks @prompt if there is one, and ends, with @code if that is not 0. */
typedef struct
{
  CulvertSessionMaker        base;
  const CulvertStageEvent   *events;
  guint                      n_events;
  const CulvertPromptFields *prompt; /* nullable */
  gboolean                   stays;
  int                        code;
} ScriptMaker;

typedef struct
{
  const ScriptMaker          *maker;
  const CulvertSessionEvents *events;
  gpointer                    user_data;
  CulvertPrompt              *prompt;
  gboolean                    has_ended;
} ScriptSession;

static void
end (ScriptSession *self, const GError *error)
{
  if (self->has_ended)
    return;
  self->has_ended = TRUE;
  if (self->prompt != NULL)
    culvert_prompt_withdraw (self->prompt);
  self->events->ended (NULL, error, self->user_data);
}

static gboolean
tell_cb (gpointer user_data)
{
  ScriptSession     *self = user_data;
  const ScriptMaker *maker = self->maker;
  gint64             now_us = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  /* As if the last had just happened: what comes after it is timed by the clock. */
  for (guint i = 0; i < maker->n_events; i++)
    {
      CulvertStageEvent event = maker->events[i];

      event.time_us += now_us - maker->events[maker->n_events - 1].time_us;
      self->events->stage (NULL, &event, self->user_data);
    }
  if (maker->prompt != NULL)
    {
      self->prompt = culvert_prompt_new (maker->prompt);
      self->events->prompt (NULL, self->prompt, self->user_data);
    }
  if (maker->stays)
    return G_SOURCE_REMOVE;
  if (maker->code != 0)
    error = g_error_new_literal (CULVERT_SSH_ERROR, maker->code,
                                 "app-gw did not accept ~/.ssh/id_ed25519: it allows: publickey");
  culvert_error_set_fact (&error, CULVERT_FACT_OFFERED, "publickey");
  end (self, error);
  return G_SOURCE_REMOVE;
}

static gboolean
stop_cb (gpointer user_data)
{
  end (user_data, NULL);
  return G_SOURCE_REMOVE;
}

static void
schedule (ScriptSession *self, GSourceFunc func)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static gpointer
script_make (const CulvertSessionMaker  *maker,
             CulvertProfile             *profile,
             CulvertIoSource            *io,
             CulvertLog                 *log,
             const CulvertSessionEvents *events,
             gpointer                    user_data)
{
  ScriptSession *self = g_new0 (ScriptSession, 1);

  self->maker = (const ScriptMaker *)maker;
  self->events = events;
  self->user_data = user_data;
  return self;
}

static void
script_start (gpointer session)
{
  schedule (session, tell_cb);
}

static void
script_stop (gpointer session)
{
  schedule (session, stop_cb);
}

static void
script_abort (gpointer session)
{
}

static void
script_drop (gpointer session, void (*gone) (gpointer user_data), gpointer user_data)
{
  ScriptSession *self = session;

  g_clear_object (&self->prompt);
  g_free (self);
  gone (user_data);
}

static const CulvertSessionMaker script = {
  .make = script_make,
  .start = script_start,
  .stop = script_stop,
  .abort = script_abort,
  .drop = script_drop,
};

typedef struct
{
  CulvertStage  *stage;
  CulvertTunnel *tunnel;
  ScriptMaker    maker;
  GtkWidget     *parent;
  GtkWidget     *page;
} Fixture;

#define AT(ms) ((gint64)1000000 + (ms)*1000)
#define EVENT(place_, kind_, state_, ms, ...)                                                      \
  {                                                                                                \
    .place = place_, .kind = CULVERT_STAGE_##kind_, .state = CULVERT_STAGE_##state_,               \
    .time_us = AT (ms), __VA_ARGS__                                                                \
  }

#define WAY                                                                                        \
  EVENT (0, NAME, RUNNING, 0), EVENT (0, NAME, PASSED, 3), EVENT (0, CONNECT, RUNNING, 3),         \
    EVENT (0, CONNECT, PASSED, 24, .detail = (char *)"192.0.2.7"), EVENT (0, BANNER, RUNNING, 24), \
    EVENT (0, BANNER, PASSED, 52, .detail = (char *)"SSH-2.0-OpenSSH_9.6"),                        \
    EVENT (0, KEY_EXCHANGE, RUNNING, 52),                                                          \
    EVENT (0, KEY_EXCHANGE, PASSED, 97, .detail = (char *)"curve25519-sha256, aes128-gcm"),        \
    EVENT (0, HOST_KEY, RUNNING, 97)
#define PROVEN                                                                                     \
  WAY,                                                                                             \
    EVENT (0, HOST_KEY, PASSED, 98, .note = CULVERT_NOTE_KNOWN,                                    \
           .detail = (char *)"ssh-ed25519 SHA256:8G4dujCo/NTTHWA51nWVZCyWef723DGUhp19g9Rk4Ag"),    \
    EVENT (0, SIGN_IN, RUNNING, 98, .subject = (char *)"alice"),                                   \
    EVENT (0, SIGN_IN_STEP, RUNNING, 98, .method = CULVERT_AUTH_AGENT),                            \
    EVENT (0, SIGN_IN_STEP, SKIPPED, 98, .note = CULVERT_NOTE_NO_AGENT,                            \
           .method = CULVERT_AUTH_AGENT),                                                          \
    EVENT (0, SIGN_IN_STEP, RUNNING, 99, .method = CULVERT_AUTH_KEY,                               \
           .subject = (char *)"/home/alice/.ssh/id_ed25519")

static const CulvertStageEvent refused_events[] = {
  PROVEN,
  EVENT (0, SIGN_IN_STEP, SKIPPED, 140, .note = CULVERT_NOTE_REFUSED, .method = CULVERT_AUTH_KEY),
};

static const CulvertStageEvent asking_events[] = { WAY };

/* The ids of the forwards are put in when it is known. */
static CulvertStageEvent well_events[] = {
  PROVEN,
  EVENT (0, SIGN_IN_STEP, PASSED, 140, .method = CULVERT_AUTH_KEY),
  EVENT (0, SIGN_IN, PASSED, 140),
  EVENT (0, LISTEN, RUNNING, 141),
  EVENT (0, LISTEN, PASSED, 141),
  EVENT (0, PERMISSION, RUNNING, 141),
  EVENT (0, TARGET, RUNNING, 141),
  EVENT (0, PERMISSION, PASSED, 165),
  EVENT (0, TARGET, PASSED, 165),
};

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->stage = culvert_stage_new ();
  fixture->tunnel = culvert_stage_add (fixture->stage, "Production database",
                                       "ssh -L 5433:db.internal:5432 alice@app-gw");
  fixture->maker.base = script;
  fixture->parent = gtk_window_new ();
  gtk_window_present (GTK_WINDOW (fixture->parent));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->page != NULL)
    gtk_window_close (GTK_WINDOW (fixture->page));
  culvert_test_wait_until (fixture->page == NULL, PATIENCE_MS);
  culvert_test_wait_until (culvert_check_thread_count () == 0, PATIENCE_MS);
  gtk_window_destroy (GTK_WINDOW (fixture->parent));
  culvert_stage_free (fixture->stage);
}

static CulvertCheck *
get_check (Fixture *fixture)
{
  return culvert_check_page_get_check (CULVERT_CHECK_PAGE (fixture->page));
}

static void
open_page (Fixture *fixture, const CulvertStageEvent *events, guint n_events)
{
  fixture->maker.events = events;
  fixture->maker.n_events = n_events;
  fixture->page = culvert_check_page_new (
    GTK_WINDOW (fixture->parent), culvert_tunnel_get_profile (fixture->tunnel),
    culvert_stage_get_secrets (fixture->stage),
    G_LIST_MODEL (culvert_stage_get_manager (fixture->stage)));
  g_object_add_weak_pointer (G_OBJECT (fixture->page), (gpointer *)&fixture->page);
  gtk_window_present (GTK_WINDOW (fixture->page));
  culvert_test_wait_until (gtk_widget_get_mapped (fixture->page), PATIENCE_MS);
  culvert_check_set_session_maker (get_check (fixture), &fixture->maker.base);
  culvert_check_start (get_check (fixture));
}

static gboolean
shows (Fixture *fixture, const char *text)
{
  return find_widget (fixture->page, GTK_TYPE_LABEL, text) != NULL;
}

static CulvertCheckRow *
find_row (Fixture *fixture, CulvertStageKind kind)
{
  GtkWidget *list = find_widget (fixture->page, GTK_TYPE_LIST_BOX, NULL);

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (culvert_check_stage_get_fields (culvert_check_row_get_stage (CULVERT_CHECK_ROW (row)))
          ->kind == kind)
      return CULVERT_CHECK_ROW (row);
  return NULL;
}

static gboolean
is_open (CulvertCheckRow *row)
{
  GtkExpander *expander = find_widget (row, GTK_TYPE_EXPANDER, NULL);

  return gtk_widget_get_visible (GTK_WIDGET (expander)) && gtk_expander_get_expanded (expander);
}

static void
take_pictures (Fixture *fixture, const char *name)
{
  static const struct
  {
    const char *suffix;
    int         width;
    gboolean    is_dark;
  } shots[] = { { "", 640, FALSE }, { "-dark", 640, TRUE }, { "-narrow", 360, FALSE } };
  const char *dir = g_getenv ("CULVERT_PICTURES_DIR");
  int         minimum;

  gtk_widget_measure (fixture->page, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  for (guint i = 0; dir != NULL && i < G_N_ELEMENTS (shots); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/check-%s%s.png", dir, name, shots[i].suffix);

      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          shots[i].is_dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
      gtk_window_set_default_size (GTK_WINDOW (fixture->page), shots[i].width, 900);
      culvert_test_spend (400);
      culvert_picture_take (fixture->page, path);
    }
}

static void
read_text_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(char **)user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

/* (transfer full) */
static char *
read_clipboard (Fixture *fixture)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (fixture->page), NULL, read_text_cb,
                                 &text);
  culvert_test_wait_until (text != NULL, PATIENCE_MS);
  return text;
}

/* The first that failed is open with what to do, and the report says the same. */
static void
test_failed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *report = NULL;

  fixture->maker.code = CULVERT_SSH_ERROR_AUTH_REFUSED;
  open_page (fixture, refused_events, G_N_ELEMENTS (refused_events));
  culvert_test_wait_until (culvert_check_get_state (get_check (fixture)) == CULVERT_CHECK_FAILED,
                           PATIENCE_MS);
  culvert_test_wait_until (shows (fixture, "1 thing does not work."), PATIENCE_MS);
  g_assert_true (is_open (find_row (fixture, CULVERT_STAGE_SIGN_IN)));
  g_assert_false (is_open (find_row (fixture, CULVERT_STAGE_HOST_KEY)));
  g_assert_true (shows (fixture, "Passed · 45 ms"));
  g_assert_true (shows (fixture, "The server does not accept it."));
  g_assert_true (shows (fixture, "Not tried, because of what failed before it."));
  take_pictures (fixture, "failed");

  gtk_widget_activate_action (fixture->page, "check.copy-report", NULL);
  report = read_clipboard (fixture);
  g_assert_true (g_str_has_prefix (report, "Check of the tunnel “Production database”"));
  g_assert_nonnull (strstr (report, "[Failed] Signing in as alice at app-gw ("));

  /* Once more, and then it works. */
  fixture->maker.code = 0;
  gtk_widget_activate_action (fixture->page, "check.again", NULL);
  culvert_test_wait_until (culvert_check_get_state (get_check (fixture)) == CULVERT_CHECK_PASSED,
                           PATIENCE_MS);
  culvert_test_wait_until (shows (fixture, "Everything works."), PATIENCE_MS);
}

static void
test_well (Fixture *fixture, gconstpointer data)
{
  CulvertForwardSpec *spec = culvert_tunnel_get_profile (fixture->tunnel)->forwards->pdata[0];

  for (guint i = 0; i < G_N_ELEMENTS (well_events); i++)
    if (well_events[i].kind >= CULVERT_STAGE_LISTEN)
      well_events[i].forward = (char *)culvert_forward_spec_get_id (spec);
  open_page (fixture, well_events, G_N_ELEMENTS (well_events));
  culvert_test_wait_until (shows (fixture, "Everything works."), PATIENCE_MS);
  g_assert_true (shows (fixture, "Forward localhost:5433: app-gw reaches db.internal:5432"));
  take_pictures (fixture, "well");
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  fixture->maker.stays = TRUE;
  open_page (fixture, asking_events, G_N_ELEMENTS (asking_events));
  culvert_test_wait_until (shows (fixture, "Running"), PATIENCE_MS);
  g_assert_true (shows (fixture, "Checking…"));
  g_assert_nonnull (find_widget (fixture->page, GTK_TYPE_BUTTON, "_Cancel"));
  take_pictures (fixture, "running");
  gtk_widget_activate_action (fixture->page, "check.cancel", NULL);
  culvert_test_wait_until (shows (fixture, "The check was cancelled."), PATIENCE_MS);
  g_assert_true (shows (fixture, "The check was stopped before it was done."));
}

static GtkWindow *
find_toplevel (GtkWidget *over)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();

  for (GList *l = toplevels; l != NULL; l = l->next)
    if (gtk_window_get_transient_for (l->data) == GTK_WINDOW (over))
      return l->data;
  return NULL;
}

/* Questions are asked over the page, and go with it. */
static void
test_asking (Fixture *fixture, gconstpointer data)
{
  CulvertPromptField        field = { .text = (char *)"", .is_hidden = TRUE };
  const CulvertPromptFields fields = {
    .kind = CULVERT_PROMPT_PASSWORD,
    .user = "alice",
    .host = "app-gw",
    .port = 22,
    .fields = &field,
    .n_fields = 1,
  };

  fixture->maker.prompt = &fields;
  fixture->maker.stays = TRUE;
  open_page (fixture, asking_events, G_N_ELEMENTS (asking_events));
  culvert_test_wait_until (find_toplevel (fixture->page) != NULL, PATIENCE_MS);
  culvert_test_wait_until (shows (fixture, "Waiting for your answer…"), PATIENCE_MS);
  gtk_window_close (GTK_WINDOW (fixture->page));
  culvert_test_wait_until (fixture->page == NULL, PATIENCE_MS);
}

/* From the main window, for real. */
static void
test_from_window (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = culvert_window_new (NULL, culvert_stage_get_manager (fixture->stage),
                                          culvert_stage_get_secrets (fixture->stage), NULL);

  culvert_stage_add (fixture->stage, "Nobody there", "ssh -p 1 127.0.0.1");
  gtk_window_present (GTK_WINDOW (window));
  culvert_window_show_tunnel (
    CULVERT_WINDOW (window),
    culvert_tunnel_get_id (culvert_stage_add (fixture->stage, "Nobody", "ssh -p 1 127.0.0.1")));
  gtk_widget_activate_action (window, "win.check", NULL);
  fixture->page = GTK_WIDGET (find_toplevel (window));
  g_assert_true (CULVERT_IS_CHECK_PAGE (fixture->page));
  g_object_add_weak_pointer (G_OBJECT (fixture->page), (gpointer *)&fixture->page);
  culvert_test_wait_until (culvert_check_get_state (get_check (fixture)) == CULVERT_CHECK_FAILED,
                           PATIENCE_MS);
  culvert_test_wait_until (is_open (find_row (fixture, CULVERT_STAGE_CONNECT)), PATIENCE_MS);
  gtk_window_close (GTK_WINDOW (fixture->page));
  culvert_test_wait_until (fixture->page == NULL, PATIENCE_MS);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  g_autoptr (CulvertApplication) application = NULL;

  gtk_test_init (&argc, &argv, NULL);
  application = culvert_application_new ();
  /* Registered, it brings its looks and icons. */
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/check-page/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("failed", test_failed);
  ADD ("well", test_well);
  ADD ("cancelled", test_cancelled);
  ADD ("asking", test_asking);
  ADD ("from-window", test_from_window);
#undef ADD
  return g_test_run ();
}
