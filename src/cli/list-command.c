/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/arguments.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/json-line.h"
#include "cli/message.h"
#include "cli/profile-text.h"
#include "cli/running-text.h"
#include "cli/saved-tunnels.h"
#include "cli/ssh-words.h"
#include "core/profile-groups.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

#define INDENT "    "

/* (transfer full) (element-type CulvertProfile) */
static GPtrArray *
get_profiles (CulvertProfileStore *store)
{
  GPtrArray *profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_profile_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (CulvertProfileEntry) entry = g_list_model_get_item (G_LIST_MODEL (store), i);

      g_ptr_array_add (profiles, culvert_profile_ref (culvert_profile_entry_get_profile (entry)));
    }
  return profiles;
}

/* Below the line of their tunnel: what each forward does, as the window says it. */
static void
print_sentences (const CulvertProfile *profile)
{
  for (guint i = 0; i < profile->forwards->len; i++)
    {
      const CulvertForwardSpec *spec = g_ptr_array_index (profile->forwards, i);
      g_autofree char          *sentence = culvert_words_for_forward (spec, profile);
      g_autofree char          *shown = NULL;
      g_autofree char          *line = NULL;

      shown = culvert_forward_spec_is_enabled (spec)
                ? g_steal_pointer (&sentence)
                /* Translators: %s are sentences about what a forward does while it is on */
                : g_strdup_printf (_ ("Switched off: %s"), sentence);
      line = g_strconcat (INDENT, shown, NULL);
      culvert_message_print_line (line);
    }
}

/* Above the first tunnel of a group. */
static void
print_group (CulvertProfileStore *store, const char *group)
{
  g_autofree char *line =
    culvert_profile_store_is_exclusive (store, group)
      /* Translators: %s is the name of a group; the colon is followed by its tunnels */
      ? g_strdup_printf (_ ("%s (one at a time):"), group)
      /* Translators: %s is the name of a group; the colon is followed by its tunnels */
      : g_strdup_printf (_ ("%s:"), group);

  culvert_message_print_line (line);
}

/* (nullable): what the running Culvert, if there is one, makes of it just now */
static CulvertRunningTunnel *
find_running (CulvertRunning *running, const CulvertProfile *profile)
{
  return running != NULL ? culvert_running_find_id (running, profile->id) : NULL;
}

/* "-" for one that it does not know yet. (transfer none) */
static const char *
get_state_words (CulvertRunning *running, const CulvertProfile *profile)
{
  CulvertRunningTunnel *tunnel = find_running (running, profile);

  return tunnel != NULL ? culvert_running_text_state (tunnel) : "-";
}

/* @store: (nullable): knows the groups; @running: (nullable) */
static void
print_as_text (GPtrArray *profiles, CulvertProfileStore *store, CulvertRunning *running)
{
  const char *group = "";
  guint       width_of_state = 0;
  guint       width_of_id = 0;
  guint       width_of_title = 0;
  guint       width_of_server = 0;

  for (guint i = 0; i < profiles->len; i++)
    {
      const CulvertProfile *profile = g_ptr_array_index (profiles, i);
      g_autofree char      *title = culvert_profile_dup_title (profile);
      g_autofree char      *server = culvert_words_for_server (profile);

      width_of_id = MAX (width_of_id, culvert_columns_measure (profile->id));
      width_of_title = MAX (width_of_title, culvert_columns_measure (title));
      width_of_server = MAX (width_of_server, culvert_columns_measure (server));
      width_of_state =
        MAX (width_of_state, culvert_columns_measure (get_state_words (running, profile)));
    }
  for (guint i = 0; i < profiles->len; i++)
    {
      const CulvertProfile *profile = g_ptr_array_index (profiles, i);
      g_autofree char      *title = culvert_profile_dup_title (profile);
      g_autofree char      *server = culvert_words_for_server (profile);
      g_autofree char      *forwards = culvert_profile_text_forwards (profile);
      g_autoptr (GString)   line = g_string_new (NULL);

      if (store != NULL && !g_str_equal (profile->group, group))
        print_group (store, group = profile->group);
      culvert_columns_append (line, profile->id, width_of_id);
      culvert_columns_append (line, title, width_of_title);
      if (running != NULL)
        culvert_columns_append (line, get_state_words (running, profile), width_of_state);
      culvert_columns_append (line, server, width_of_server);
      g_string_append (line, forwards);
      culvert_message_print_line (line->str);
      print_sentences (profile);
    }
}

/* (transfer full): with its state, which is null where no Culvert runs */
static JsonNode *
build_json (const CulvertProfile *profile, CulvertRunning *running)
{
  CulvertRunningTunnel *tunnel = find_running (running, profile);
  JsonNode             *node = culvert_profile_text_json (profile);

  if (tunnel != NULL)
    json_object_set_string_member (json_node_get_object (node), "state",
                                   culvert_running_tunnel_get_string (tunnel, "State"));
  else
    json_object_set_null_member (json_node_get_object (node), "state");
  return node;
}

static void
add_groups (JsonBuilder *builder, CulvertProfileStore *store)
{
  g_auto (GStrv) groups = culvert_profile_store_list_groups (store);

  json_builder_set_member_name (builder, "groups");
  json_builder_begin_array (builder);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      json_builder_begin_object (builder);
      culvert_json_line_add_string (builder, "name", groups[i]);
      culvert_json_line_add_boolean (builder, "one_at_a_time",
                                     culvert_profile_store_is_exclusive (store, groups[i]));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/* @store: (nullable): where they are from; @running: (nullable) */
static void
print_as_json (GPtrArray *profiles, CulvertProfileStore *store, CulvertRunning *running)
{
  GPtrArray   *bad_files = store != NULL ? culvert_profile_store_get_bad_files (store) : NULL;
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "tunnels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < profiles->len; i++)
    json_builder_add_value (builder, build_json (g_ptr_array_index (profiles, i), running));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "bad_files");
  json_builder_begin_array (builder);
  for (guint i = 0; bad_files != NULL && i < bad_files->len; i++)
    {
      CulvertBadFile  *file = g_ptr_array_index (bad_files, i);
      g_autofree char *path = g_utf8_make_valid (file->path, -1);

      json_builder_begin_object (builder);
      culvert_json_line_add_string (builder, "path", path);
      culvert_json_line_add_string (builder, "error", file->error->message);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  if (store != NULL)
    add_groups (builder, store);
  culvert_json_line_end_pretty (builder);
}

/* For completion: by what each is found, its name where no other has that, too. */
static void
print_names (CulvertProfileStore *store, GPtrArray *profiles)
{
  for (guint i = 0; i < profiles->len; i++)
    {
      const CulvertProfile *profile = g_ptr_array_index (profiles, i);
      g_autofree char      *title = culvert_profile_dup_title (profile);
      CulvertProfileEntry  *entry = culvert_profile_store_find_by_name (store, title);
      gboolean              is_found =
        entry != NULL && g_str_equal (culvert_profile_entry_get_id (entry), profile->id);

      culvert_message_print_line (is_found ? title : profile->id);
    }
}

/* What may be named behind `ssh`: servers of ssh_config. */
static int
list_aliases (gboolean as_json)
{
  g_autoptr (GPtrArray) notices =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
  gboolean              all_good;
  g_autoptr (GPtrArray) profiles = culvert_ssh_words_read_aliases (NULL, notices, &all_good);

  if (profiles == NULL)
    return CULVERT_EXIT_TROUBLE;
  if (as_json)
    print_as_json (profiles, NULL, NULL);
  else
    print_as_text (profiles, NULL, NULL);
  return all_good ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
}

int
culvert_command_list (char **argv)
{
  gboolean           as_json = FALSE;
  gboolean           of_ssh = FALSE;
  gboolean           names_only = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, NULL, NULL },
    { "aliases", 0, 0, G_OPTION_ARG_NONE, &of_ssh, NULL, NULL },
    { "names", 0, 0, G_OPTION_ARG_NONE, &names_only, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError)              error = NULL;
  g_autoptr (CulvertArguments)    arguments = culvert_arguments_parse (argv, entries, &error);
  g_autoptr (CulvertProfileStore) store = NULL;
  g_autoptr (GPtrArray)           profiles = NULL;
  g_autoptr (CulvertRunning)      running = NULL;

  if (arguments == NULL)
    return culvert_message_print_usage ("list", error->message);
  if (arguments->with_help)
    return culvert_help_print ("list") ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  if (arguments->words[0] != NULL || arguments->after != NULL)
    return culvert_message_print_usage ("list", _ ("takes no names"));

  if (of_ssh)
    return list_aliases (as_json);
  store = culvert_saved_tunnels_open ();
  profiles = get_profiles (store);
  if (names_only)
    {
      print_names (store, profiles);
      return CULVERT_EXIT_DONE;
    }
  running = culvert_running_open (CULVERT_RUNNING_IF_ANY);
  if (as_json)
    print_as_json (profiles, store, running);
  else
    print_as_text (profiles, store, running);
  return culvert_saved_tunnels_report_bad (store) ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
}
