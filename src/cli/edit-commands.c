/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/profile-text.h"
#include "cli/saved-tunnels.h"
#include "cli/ssh-words.h"
#include "desktop/keyring.h"

#include <glib/gi18n.h>

/* How long to wait for a keyring that does not answer. */
#define FORGET_LIMIT_S 10

static int
save_new (CulvertProfile *profile)
{
  g_autoptr (CulvertProfileStore) store = culvert_saved_tunnels_open ();
  g_autoptr (GError)              error = NULL;
  g_autofree char                *title = culvert_profile_dup_title (profile);
  g_autofree char                *forwards = culvert_profile_text_forwards (profile);
  g_autofree char                *line = NULL;

  if (culvert_profile_store_count_name (store, profile->name) > 0)
    {
      culvert_message_print (profile->name, _ ("a saved tunnel has this name already"),
                             _ ("choose another with --name"));
      return CULVERT_EXIT_USAGE;
    }
  if (!culvert_profile_store_save (store, profile, &error))
    {
      culvert_message_print_error (title, error);
      return CULVERT_EXIT_TROUBLE;
    }
  /* Not translated: programs read this. */
  line = g_strdup_printf ("added: %s: %s: %s", profile->id, title, forwards);
  culvert_message_print_line (line);
  return CULVERT_EXIT_DONE;
}

int
culvert_command_add (char **argv)
{
  g_autofree char   *name = NULL;
  gboolean           any_user = FALSE;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "any-user", 0, 0, G_OPTION_ARG_NONE, &any_user, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError)           error = NULL;
  g_autoptr (CulvertArguments) arguments = culvert_arguments_parse (argv, entries, &error);
  g_autoptr (CulvertProfile)   profile = NULL;

  if (arguments == NULL)
    return culvert_message_print_usage ("add", error->message);
  if (arguments->with_help)
    return culvert_help_print ("add") ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  if (arguments->words[0] != NULL || arguments->after == NULL || arguments->after[0] == NULL)
    return culvert_message_print_usage ("add", _ ("needs “--” and an ssh command line behind it"));

  profile = culvert_ssh_words_read ("add", arguments->after, FALSE);
  if (profile == NULL)
    return CULVERT_EXIT_USAGE;
  if (name != NULL)
    culvert_profile_set_string (&profile->name, name);
  if (any_user)
    culvert_profile_let_any_user (profile);
  if (!culvert_saved_tunnels_report_problems (profile, TRUE))
    return CULVERT_EXIT_USAGE;
  return save_new (profile);
}

typedef struct
{
  const char *title;
  int         status;
  gboolean    is_done;
} Forgetting;

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Forgetting        *forgetting = user_data;
  g_autoptr (GError) error = NULL;

  if (!culvert_secret_store_forget_finish (CULVERT_SECRET_STORE (source), result, &error))
    {
      culvert_message_print_error (forgetting->title, error);
      forgetting->status = CULVERT_EXIT_TROUBLE;
    }
  forgetting->is_done = TRUE;
}

static gboolean
limit_cb (gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
  return G_SOURCE_REMOVE;
}

static int
forget_secrets (CulvertSecretStore *secrets, const char *id, const char *title)
{
  Forgetting               forgetting = { .title = title };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSource)      limit = g_timeout_source_new_seconds (FORGET_LIMIT_S);

  g_source_set_callback (limit, limit_cb, cancellable, NULL);
  g_source_attach (limit, NULL);
  culvert_secret_store_forget_async (secrets, id, NULL, cancellable, forgotten_cb, &forgetting);
  while (!forgetting.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (limit);
  return forgetting.status;
}

static int
remove_one (CulvertProfileStore *store, CulvertSecretStore *secrets, CulvertProfile *profile)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *title = culvert_profile_dup_title (profile);
  g_autofree char   *line = NULL;
  int                status;

  if (!culvert_profile_store_remove (store, profile->id, &error))
    {
      culvert_message_print_error (title, error);
      return CULVERT_EXIT_TROUBLE;
    }
  status = forget_secrets (secrets, profile->id, title);
  /* Not translated: programs read this. */
  line = g_strdup_printf ("removed: %s: %s", profile->id, title);
  culvert_message_print_line (line);
  return status;
}

int
culvert_command_remove (char **argv)
{
  g_autoptr (GError)              error = NULL;
  g_autoptr (CulvertArguments)    arguments = culvert_arguments_parse (argv, NULL, &error);
  g_autoptr (CulvertProfileStore) store = NULL;
  g_autoptr (CulvertSecretStore)  secrets = NULL;
  g_autoptr (GPtrArray)           profiles = NULL;
  int                             status = CULVERT_EXIT_DONE;

  if (arguments == NULL)
    return culvert_message_print_usage ("remove", error->message);
  if (arguments->with_help)
    return culvert_help_print ("remove") ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  if (arguments->words[0] == NULL || arguments->after != NULL)
    return culvert_message_print_usage ("remove", _ ("needs the name or id of a saved tunnel"));

  store = culvert_saved_tunnels_open ();
  profiles = culvert_saved_tunnels_find_all (store, arguments->words);
  if (profiles == NULL)
    return CULVERT_EXIT_USAGE;
  secrets = culvert_keyring_new ();
  for (guint i = 0; i < profiles->len; i++)
    {
      int one = remove_one (store, secrets, g_ptr_array_index (profiles, i));

      status = MAX (status, one);
    }
  return status;
}
