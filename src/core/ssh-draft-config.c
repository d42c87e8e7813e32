/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-command-private.h"

#include <string.h>

/* What files of ssh_config add to a command line. */

/* (transfer full) (nullable) */
static char *
expand (CulvertSshDraft *self,
        const char      *word,
        const char      *text,
        const char      *allowed,
        GError         **error)
{
  CulvertSshTokens   tokens = self->tokens;
  g_autoptr (GError) own = NULL;
  char              *expanded;

  if (self->files == NULL)
    return g_strdup (text);
  tokens.get_variable = self->files->get_variable;
  tokens.data = self->files->data;
  /* "~/" stays readable in a saved tunnel, and is right for who opens it. */
  if (g_str_has_prefix (text, "%d"))
    tokens.home = "~";
  expanded = culvert_ssh_tokens_expand (text, &tokens, allowed, TRUE, &own);
  if (expanded == NULL)
    culvert_ssh_refuse (error, word, "%s", own->message);
  return expanded;
}

char *
culvert_ssh_draft_expand (CulvertSshDraft *self, const char *word, const char *path, GError **error)
{
  return expand (self, word, path, CULVERT_SSH_TOKENS_ALL, error);
}

char *
culvert_ssh_draft_expand_variables (CulvertSshDraft *self,
                                    const char      *word,
                                    const char      *text,
                                    GError         **error)
{
  return expand (self, word, text, NULL, error);
}

static void
prepare_tokens (CulvertSshDraft *self)
{
  const CulvertSshSetting *alias = culvert_ssh_config_get (self->config, "hostkeyalias");
  const CulvertSshFiles   *files = self->files;
  const char              *own_alias = self->profile->host_key_alias;

  self->tokens = (CulvertSshTokens){
    .alias = self->alias,
    .host = self->config->host,
    .local_user = files->local_user,
    .local_uid = files->local_uid,
    .local_host = files->local_host,
    .home = files->home,
    .key_alias = own_alias[0] != '\0' ? own_alias
                 : alias != NULL      ? alias->values[0]
                                      : NULL,
  };
}

/* User may have tokens itself, so it comes before all that may have %r. */
static gboolean
take_user (CulvertSshDraft *self, GError **error)
{
  const CulvertSshSetting *setting = culvert_ssh_config_get (self->config, "user");
  g_autofree char         *user = NULL;

  if (setting == NULL || (self->is_set & CULVERT_SSH_SETS_USER) != 0)
    return TRUE;
  user = expand (self, setting->place, setting->values[0], CULVERT_SSH_TOKENS_USER, error);
  return user != NULL && culvert_ssh_draft_set_user (self, setting->place, user, error);
}

static gboolean
take_port (CulvertSshDraft *self, GError **error)
{
  const CulvertSshSetting *setting = culvert_ssh_config_get (self->config, "port");

  return setting == NULL ||
         culvert_ssh_draft_set_port (self, setting->place, setting->values[0], error);
}

static gboolean
take_settings (CulvertSshDraft *self, GError **error)
{
  const CulvertProfile *profile = self->profile;

  prepare_tokens (self);
  if (!take_port (self, error))
    return FALSE;
  self->token_port = g_strdup_printf ("%u", profile->port);
  self->tokens.port = self->token_port;
  if (!take_user (self, error))
    return FALSE;
  self->token_user = g_strdup (profile->user[0] != '\0' ? profile->user : self->files->local_user);
  self->tokens.user = self->token_user;
  for (guint i = 0; i < self->config->settings->len; i++)
    {
      const CulvertSshSetting *setting = g_ptr_array_index (self->config->settings, i);

      /* Taken already, with their tokens. */
      if (strcmp (setting->key, "user") != 0 && strcmp (setting->key, "port") != 0 &&
          strcmp (setting->key, "hostname") != 0 &&
          !culvert_ssh_draft_apply_setting (self, setting, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
culvert_ssh_draft_read_config (CulvertSshDraft *self, GError **error)
{
  const CulvertProfile *profile = self->profile;
  const CulvertSshQuery query = {
    .alias = self->alias,
    .file = self->config_file,
    .user = (self->is_set & CULVERT_SSH_SETS_USER) != 0 ? profile->user : NULL,
    .port = (self->is_set & CULVERT_SSH_SETS_PORT) != 0 ? profile->port : 0,
    .host_name = self->host_name,
    .tag = self->tag,
    .ignore_unknown = self->ignore_unknown,
    .key_alias = profile->host_key_alias[0] != '\0' ? profile->host_key_alias : NULL,
    .has_way = (self->is_set & CULVERT_SSH_SETS_WAY) != 0,
    .no_session = !profile->quick_replies,
  };

  if (self->files == NULL)
    return TRUE;
  self->config = culvert_ssh_config_resolve (self->files, &query, error);
  if (self->config == NULL)
    return FALSE;
  g_ptr_array_extend_and_steal (self->notices, g_steal_pointer (&self->config->notices));
  self->config->notices = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
  return take_settings (self, error);
}
