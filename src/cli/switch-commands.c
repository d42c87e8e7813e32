/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/source.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/running-text.h"
#include "cli/saved-tunnels.h"
#include "core/profile-groups.h"

#include <glib/gi18n.h>

/* start, stop and toggle: each tunnel is called and then waited for, all of them at once. */

/* A stop takes three seconds at most. */
#define STOP_LIMIT_S 5

typedef enum
{
  SWITCH_START,
  SWITCH_STOP,
  SWITCH_TOGGLE,
} Switch;

/* One tunnel that is waited for. */
typedef struct
{
  CulvertRunningTunnel *tunnel;
  gboolean              is_wanted;
  gint64                since_us; /* of the state before: what is as old is no answer */
  gboolean              said_question;
  gboolean              is_over;
} Target;

typedef struct
{
  CulvertRunning *running;
  GArray         *targets; /* of Target */
  GMainLoop      *loop;
  int             exit_status; /* of the first that failed */
} Switching;

static gboolean
is_all_over (Switching *self)
{
  for (guint i = 0; i < self->targets->len; i++)
    if (!g_array_index (self->targets, Target, i).is_over)
      return FALSE;
  return TRUE;
}

static void
end_target (Switching *self, Target *target, int exit_status)
{
  target->is_over = TRUE;
  if (self->exit_status == CULVERT_EXIT_DONE)
    self->exit_status = exit_status;
  if (is_all_over (self))
    g_main_loop_quit (self->loop);
}

/* "up: name: forward, forward": as `run` says it. */
static void
print_ready (const char *word, CulvertRunningTunnel *tunnel)
{
  g_autoptr (GVariantIter) forwards = culvert_running_tunnel_iterate_forwards (tunnel);
  g_autoptr (GString)      text = g_string_new (NULL);
  GVariant                *forward;
  guint                    n_shown = 0;

  g_string_append_printf (text, "%s: %s", word, culvert_running_tunnel_get_string (tunnel, "Name"));
  while (g_variant_iter_loop (forwards, "@a{sv}", &forward))
    {
      g_autofree char *shown = culvert_running_text_forward (forward);
      gboolean         is_enabled = FALSE;

      if (g_variant_lookup (forward, "enabled", "b", &is_enabled) && is_enabled)
        g_string_append_printf (text, "%s%s", n_shown++ == 0 ? ": " : ", ", shown);
    }
  culvert_message_print_line (text->str);
}

/* A forward that failed to listen, while the tunnel is up. Returns: whether there was one */
static gboolean
print_failed_forward (CulvertRunningTunnel *tunnel)
{
  g_autoptr (GVariantIter) forwards = culvert_running_tunnel_iterate_forwards (tunnel);
  g_autoptr (GVariant)     forward = NULL;

  while (g_variant_iter_loop (forwards, "@a{sv}", &forward))
    {
      const char *state = NULL;
      const char *reason = NULL;
      const char *advice = NULL;

      g_variant_lookup (forward, "state", "&s", &state);
      g_variant_lookup (forward, "reason", "&s", &reason);
      g_variant_lookup (forward, "advice", "&s", &advice);
      if (g_strcmp0 (state, "failed") != 0 || reason == NULL)
        continue;
      culvert_message_print (culvert_running_tunnel_get_string (tunnel, "Name"), reason, advice);
      return TRUE;
    }
  return FALSE;
}

static void
fail_target (Switching *self, Target *target)
{
  CulvertRunningTunnel *tunnel = target->tunnel;
  const char           *advice = culvert_running_tunnel_get_string (tunnel, "Advice");
  g_autofree char      *next_try = culvert_running_text_next_try (tunnel);
  CulvertErrorKind      kind =
    culvert_error_kind_from_nick (culvert_running_tunnel_get_string (tunnel, "ReasonKind"));

  culvert_message_print (culvert_running_tunnel_get_string (tunnel, "Name"),
                         culvert_running_tunnel_get_string (tunnel, "Reason"),
                         next_try != NULL    ? next_try
                         : advice[0] != '\0' ? advice
                                             : NULL);
  /* It did not get there, whether or not it says why. */
  end_target (self, target,
              kind != CULVERT_ERROR_KIND_NONE ? (int)culvert_exit_from_kind (kind, FALSE)
                                              : CULVERT_EXIT_TROUBLE);
}

static void
look_at_started (Switching *self, Target *target)
{
  CulvertRunningTunnel *tunnel = target->tunnel;
  const char           *name = culvert_running_tunnel_get_string (tunnel, "Name");
  const char           *state = culvert_running_tunnel_get_string (tunnel, "State");
  gboolean is_new = culvert_running_tunnel_get_int (tunnel, "Since") != target->since_us;

  if (g_str_equal (state, "up") && culvert_running_tunnel_get_boolean (tunnel, "Ready"))
    {
      print_ready ("up", tunnel);
      end_target (self, target, CULVERT_EXIT_DONE);
    }
  else if (g_str_equal (state, "idle") && culvert_running_tunnel_get_boolean (tunnel, "Ready"))
    {
      print_ready ("idle", tunnel);
      end_target (self, target, CULVERT_EXIT_DONE);
    }
  else if (g_str_equal (state, "up") || g_str_equal (state, "idle"))
    {
      if (print_failed_forward (tunnel))
        end_target (self, target, CULVERT_EXIT_FORWARD);
    }
  else if (g_str_equal (state, "needs-you") && !target->said_question)
    {
      target->said_question = TRUE;
      culvert_message_print (name, _ ("a question is open"), _ ("answer it in Culvert’s window"));
    }
  else if (is_new && (g_str_equal (state, "waiting") || g_str_equal (state, "failed")))
    {
      fail_target (self, target);
    }
  else if (is_new && g_str_equal (state, "stopped"))
    {
      culvert_message_print (name, _ ("somebody has switched it off meanwhile"), NULL);
      end_target (self, target, CULVERT_EXIT_TROUBLE);
    }
}

static void
look_at (Switching *self, Target *target)
{
  if (target->is_over)
    return;
  if (target->is_wanted)
    look_at_started (self, target);
  else if (g_str_equal (culvert_running_tunnel_get_string (target->tunnel, "State"), "stopped"))
    end_target (self, target, CULVERT_EXIT_DONE);
}

static void
end_removed (Switching *self, Target *target)
{
  if (target->is_wanted)
    culvert_message_print (culvert_running_tunnel_get_string (target->tunnel, "Name"),
                           _ ("it was removed meanwhile"), NULL);
  end_target (self, target, target->is_wanted ? CULVERT_EXIT_TROUBLE : CULVERT_EXIT_DONE);
}

static void
event_cb (CulvertRunningEvent event, CulvertRunningTunnel *tunnel, gpointer user_data)
{
  Switching *self = user_data;

  if (event == CULVERT_RUNNING_ENDED)
    {
      culvert_message_print ("Culvert", _ ("it has ended"), NULL);
      self->exit_status = CULVERT_EXIT_TROUBLE;
      g_main_loop_quit (self->loop);
      return;
    }
  for (guint i = 0; i < self->targets->len; i++)
    {
      Target *target = &g_array_index (self->targets, Target, i);

      if (target->tunnel != tunnel || target->is_over)
        continue;
      if (event == CULVERT_RUNNING_REMOVED)
        end_removed (self, target);
      else
        look_at (self, target);
    }
}

static gboolean
stop_limit_cb (gpointer user_data)
{
  Switching *self = user_data;

  for (guint i = 0; i < self->targets->len; i++)
    {
      Target *target = &g_array_index (self->targets, Target, i);

      if (target->is_over || target->is_wanted)
        continue;
      culvert_message_print (culvert_running_tunnel_get_string (target->tunnel, "Name"),
                             _ ("it does not stop"), _ ("end Culvert"));
      end_target (self, target, CULVERT_EXIT_TROUBLE);
    }
  return G_SOURCE_REMOVE;
}

/* A tunnel that waits for its next try is to try now. Returns: whether it is to be waited for */
static gboolean
call (Switching *self, Switch what, Target *target)
{
  static const char *const methods[][2] = {
    [SWITCH_START] = { "Start", "()" },
    [SWITCH_STOP] = { "Stop", "()" },
    [SWITCH_TOGGLE] = { "Toggle", "(b)" },
  };
  gboolean was_waiting =
    g_str_equal (culvert_running_tunnel_get_string (target->tunnel, "State"), "waiting");
  int                  exit_status = CULVERT_EXIT_TROUBLE;
  g_autoptr (GVariant) answer = culvert_running_call (
    self->running, target->tunnel, methods[what][0], NULL, methods[what][1], &exit_status);
  g_autoptr (GVariant) retried = NULL;

  if (answer == NULL)
    {
      if (self->exit_status == CULVERT_EXIT_DONE)
        self->exit_status = exit_status;
      return FALSE;
    }
  target->is_wanted = what == SWITCH_START;
  if (what == SWITCH_TOGGLE)
    g_variant_get (answer, "(b)", &target->is_wanted);
  if (was_waiting && what == SWITCH_START)
    retried = culvert_running_call (self->running, target->tunnel, "Retry", NULL, "()", NULL);
  return TRUE;
}

/* @tunnels: (element-type CulvertRunningTunnel) */
static void
call_each (Switching *self, GPtrArray *tunnels, Switch what)
{
  for (guint i = 0; i < tunnels->len; i++)
    {
      Target target = { .tunnel = g_ptr_array_index (tunnels, i) };

      target.since_us = culvert_running_tunnel_get_int (target.tunnel, "Since");
      if (call (self, what, &target))
        g_array_append_val (self->targets, target);
    }
}

static void
add_members (Switching *self, const char *group, gboolean is_wanted)
{
  GPtrArray *tunnels = culvert_running_get_tunnels (self->running);

  for (guint i = 0; i < tunnels->len; i++)
    {
      Target target = { .tunnel = g_ptr_array_index (tunnels, i), .is_wanted = is_wanted };

      target.since_us = culvert_running_tunnel_get_int (target.tunnel, "Since");
      if (g_str_equal (culvert_running_tunnel_get_string (target.tunnel, "Group"), group))
        g_array_append_val (self->targets, target);
    }
}

static gboolean
is_switched_on (const Target *target)
{
  return culvert_running_tunnel_get_boolean (target->tunnel, "Wanted");
}

/* Of a group of which one is on at a time the others are off on purpose. */
static gboolean
has_its_turn (Switching *self, const char *group)
{
  g_autoptr (CulvertProfileStore) store = culvert_saved_tunnels_open ();

  if (!culvert_profile_store_is_exclusive (store, group))
    return FALSE;
  for (guint i = 0; i < self->targets->len; i++)
    if (is_switched_on (&g_array_index (self->targets, Target, i)))
      return TRUE;
  return FALSE;
}

/* Those that were left out: asked for by name, each says why. */
static void
start_rest (Switching *self, const char *group)
{
  gboolean has_turn = has_its_turn (self, group);

  for (guint i = self->targets->len; i > 0; i--)
    {
      Target *target = &g_array_index (self->targets, Target, i - 1);

      if (!is_switched_on (target) && (has_turn || !call (self, SWITCH_START, target)))
        g_array_remove_index (self->targets, i - 1);
    }
}

static void
call_group (Switching *self, const char *group, Switch what)
{
  add_members (self, group, what == SWITCH_START);
  self->exit_status = culvert_running_switch_group (
    self->running, what == SWITCH_START ? "StartGroup" : "StopGroup", group);
  if (self->exit_status != CULVERT_EXIT_DONE)
    g_array_set_size (self->targets, 0);
  else if (what == SWITCH_START)
    start_rest (self, group);
}

static void
wait_for_targets (Switching *self)
{
  GSource *limit = g_timeout_source_new_seconds (STOP_LIMIT_S);

  g_source_set_callback (limit, stop_limit_cb, self, NULL);
  g_source_attach (limit, NULL);
  culvert_running_set_func (self->running, event_cb, self);
  for (guint i = 0; i < self->targets->len; i++)
    look_at (self, &g_array_index (self->targets, Target, i));
  if (!is_all_over (self))
    g_main_loop_run (self->loop);
  culvert_running_set_func (self->running, NULL, NULL);
  culvert_source_clear (&limit);
}

typedef struct
{
  gboolean no_wait;
  char    *group; /* nullable */
} Options;

static int
switch_all (const Options *options, char **names, Switch what)
{
  g_autoptr (CulvertRunning) running = culvert_running_open (CULVERT_RUNNING_START);
  g_autoptr (GPtrArray)      tunnels = NULL;
  Switching                  self = { .running = running };

  if (running == NULL)
    return CULVERT_EXIT_TROUBLE;
  if (options->group == NULL)
    tunnels = culvert_running_find_all (running, names, &self.exit_status);
  if (options->group == NULL && tunnels == NULL)
    return self.exit_status;
  self.targets = g_array_new (FALSE, TRUE, sizeof (Target));
  self.loop = g_main_loop_new (NULL, FALSE);
  if (options->group != NULL)
    call_group (&self, options->group, what);
  else
    call_each (&self, tunnels, what);
  if (!options->no_wait)
    wait_for_targets (&self);
  g_main_loop_unref (self.loop);
  g_array_unref (self.targets);
  return self.exit_status;
}

static int
run (const char *name, Switch what, char **argv)
{
  Options            options = { FALSE };
  const GOptionEntry entries[] = {
    { "no-wait", 0, 0, G_OPTION_ARG_NONE, &options.no_wait, NULL, NULL },
    /* Last: a toggle has none. */
    { what != SWITCH_TOGGLE ? "group" : NULL, 0, 0, G_OPTION_ARG_STRING, &options.group, NULL,
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError)           error = NULL;
  g_autoptr (CulvertArguments) arguments = culvert_arguments_parse (argv, entries, &error);
  g_autofree char             *group = options.group;

  if (arguments == NULL)
    return culvert_message_print_usage (name, error->message);
  if (arguments->with_help)
    return culvert_help_print (name) ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  if ((arguments->words[0] == NULL) == (group == NULL) || arguments->after != NULL)
    return culvert_message_print_usage (name, _ ("takes the names of tunnels"));
  return switch_all (&options, arguments->words, what);
}

int
culvert_command_start (char **argv)
{
  return run ("start", SWITCH_START, argv);
}

int
culvert_command_stop (char **argv)
{
  return run ("stop", SWITCH_STOP, argv);
}

int
culvert_command_toggle (char **argv)
{
  return run ("toggle", SWITCH_TOGGLE, argv);
}
