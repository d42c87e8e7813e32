/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-command-private.h"
#include "core/ssh-config-keys.h"

#include <string.h>

/* Jump hosts are aliases themselves: ssh runs another ssh for each, with the same files. */

/* One of them, looked up. */
typedef struct
{
  const CulvertSshJump *jump;
  CulvertSshConfig     *config;
  CulvertSshTokens      tokens;
  char                 *user; /* "" for the person's own login name */
  guint16               port;
  char                 *port_text;
} Hop;

static void
hop_clear (Hop *hop)
{
  g_clear_pointer (&hop->config, culvert_ssh_config_free);
  g_clear_pointer (&hop->user, g_free);
  g_clear_pointer (&hop->port_text, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Hop, hop_clear)

static char *
expand (const Hop *hop, const CulvertSshSetting *setting, const char *allowed, GError **error)
{
  g_autoptr (GError) own = NULL;
  char *text = culvert_ssh_tokens_expand (setting->values[0], &hop->tokens, allowed, TRUE, &own);

  if (text == NULL)
    culvert_ssh_refuse (error, setting->place, "%s", own->message);
  return text;
}

/* What the command or file says of it comes before what its own block says. */
static gboolean
find_user_and_port (Hop *hop, GError **error)
{
  const CulvertSshSetting *user = culvert_ssh_config_get (hop->config, "user");
  const CulvertSshSetting *port = culvert_ssh_config_get (hop->config, "port");

  hop->port = hop->jump->port;
  if (hop->port == 0 && (port == NULL || !culvert_port_parse_service (port->values[0], &hop->port)))
    hop->port = 22;
  hop->port_text = g_strdup_printf ("%u", hop->port);
  hop->tokens.port = hop->port_text;
  if (hop->jump->user != NULL)
    hop->user = g_strdup (hop->jump->user);
  else if (user != NULL)
    hop->user = expand (hop, user, CULVERT_SSH_TOKENS_USER, error);
  else
    hop->user = g_strdup ("");
  if (hop->user != NULL && hop->user[0] != '\0')
    hop->tokens.user = hop->user;
  return hop->user != NULL;
}

static gboolean
look_up (CulvertSshDraft      *draft,
         const CulvertSshJump *jump,
         gboolean              has_way,
         Hop                  *hop,
         GError              **error)
{
  const CulvertSshFiles *files = draft->files;
  const CulvertSshQuery  query = {
     .alias = jump->host,
     .file = draft->config_file,
     .user = jump->user,
     .port = jump->port,
     .has_way = has_way,
  };

  hop->jump = jump;
  hop->config = culvert_ssh_config_resolve (files, &query, error);
  if (hop->config == NULL)
    return FALSE;
  hop->tokens = (CulvertSshTokens){
    .alias = jump->host,
    .host = hop->config->host,
    .user = files->local_user,
    .local_user = files->local_user,
    .local_uid = files->local_uid,
    .local_host = files->local_host,
    .home = files->home,
    .get_variable = files->get_variable,
    .data = files->data,
  };
  return find_user_and_port (hop, error);
}

/* All of them sign in with the keys of the tunnel. */
static gboolean
take_keys (CulvertSshDraft *draft, const Hop *hop, GError **error)
{
  for (guint i = 0; i < hop->config->settings->len; i++)
    {
      const CulvertSshSetting *setting = g_ptr_array_index (hop->config->settings, i);
      g_autofree char         *path = NULL;
      g_autofree char         *what = NULL;

      if (strcmp (setting->key, "identityfile") != 0 || strcmp (setting->values[0], "none") == 0)
        continue;
      path = expand (hop, setting, CULVERT_SSH_TOKENS_ALL, error);
      if (path == NULL)
        return FALSE;
      if (draft->key_files->len > 0)
        {
          if (!g_ptr_array_find_with_equal_func (draft->key_files, path, g_str_equal, NULL))
            g_ptr_array_add (draft->key_files, g_steal_pointer (&path));
          continue;
        }
      what = g_strconcat (setting->key, " ", setting->values[0], NULL);
      g_ptr_array_add (draft->notices,
                       culvert_ssh_notice_new (setting->place, what,
                                               "jump hosts are signed in to with the keys of the "
                                               "tunnel: add the key there, or to the agent",
                                               FALSE));
    }
  return TRUE;
}

static gboolean
add_hop (CulvertSshDraft *draft, const Hop *hop, GPtrArray *texts, GError **error)
{
  const CulvertHop written = { .user = hop->user, .host = hop->config->host, .port = hop->port };

  if (texts->len == CULVERT_HOPS_MAX)
    return culvert_ssh_refuse (error, hop->jump->host, "more than %d jump hosts", CULVERT_HOPS_MAX);
  if (!culvert_host_is_valid (written.host))
    return culvert_ssh_refuse (error, written.host, "neither a name nor an address of a jump host");
  g_ptr_array_add (texts, culvert_hop_to_string (&written));
  return take_keys (draft, hop, error);
}

/* A command that leads to the first hop; %n is that. */
static gboolean
take_command (CulvertSshDraft         *draft,
              const Hop               *hop,
              const CulvertSshSetting *setting,
              GError                 **error)
{
  g_autoptr (GString) command = g_string_new (NULL);
  const char         *bad = NULL;
  g_autofree char    *token = culvert_proxy_command_find_bad_token (setting->values[0]);

  if (token != NULL)
    return culvert_ssh_refuse (error, setting->place,
                               "%s is not replaced here: write what it stands for", token);
  for (const char *p = setting->values[0]; *p != '\0'; p++)
    {
      if (p[0] == '%' && p[1] == 'n')
        {
          bad = culvert_host_is_valid (hop->jump->host) ? bad : hop->jump->host;
          g_string_append (command, hop->jump->host);
          p++;
        }
      else if (p[0] == '%')
        g_string_append_len (command, p++, 2);
      else
        g_string_append_c (command, *p);
    }
  if (bad != NULL)
    return culvert_ssh_refuse (error, bad, "a command cannot be given this name");
  culvert_profile_set_string (&draft->profile->proxy_command, command->str);
  return TRUE;
}

static gboolean
add_hops (CulvertSshDraft *draft, const char *list, guint depth, GPtrArray *texts, GError **error);

/* The first one may have hops, or a command, of its own; the others are reached by those before. */
static gboolean
add_way_to (CulvertSshDraft *draft, const Hop *hop, guint depth, GPtrArray *texts, GError **error)
{
  const CulvertSshSetting *jump = culvert_ssh_config_get (hop->config, "proxyjump");
  const CulvertSshSetting *command = culvert_ssh_config_get (hop->config, "proxycommand");
  g_autofree char         *list = NULL;

  if (command != NULL && g_ascii_strcasecmp (command->values[0], "none") != 0)
    return take_command (draft, hop, command, error);
  if (jump == NULL || g_ascii_strcasecmp (jump->values[0], "none") == 0)
    return TRUE;
  if (depth == CULVERT_HOPS_MAX)
    return culvert_ssh_refuse (error, jump->place,
                               "jump hosts lead back to themselves, or are more than %d",
                               CULVERT_HOPS_MAX);
  list = expand (hop, jump, CULVERT_SSH_TOKENS_PROXY, error);
  return list != NULL && add_hops (draft, list, depth + 1, texts, error);
}

static gboolean
add_hops (CulvertSshDraft *draft, const char *list, guint depth, GPtrArray *texts, GError **error)
{
  g_autoptr (GPtrArray) jumps = culvert_ssh_jumps_parse (list);

  if (jumps == NULL)
    return culvert_ssh_refuse (error, list, "no jump host: write user@host:port");
  for (guint i = 0; i < jumps->len; i++)
    {
      g_auto (Hop) hop = { 0 };

      if (!look_up (draft, g_ptr_array_index (jumps, i), i > 0, &hop, error) ||
          (i == 0 && !add_way_to (draft, &hop, depth, texts, error)) ||
          !add_hop (draft, &hop, texts, error))
        return FALSE;
      g_ptr_array_extend_and_steal (draft->notices, g_steal_pointer (&hop.config->notices));
      hop.config->notices =
        g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
    }
  return TRUE;
}

gboolean
culvert_ssh_draft_look_up_hops (CulvertSshDraft *self, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  if (self->files == NULL || self->jump_hosts == NULL)
    return TRUE;
  if (!add_hops (self, self->jump_hosts, 0, texts, error))
    return FALSE;
  g_ptr_array_add (texts, NULL);
  g_strfreev (self->profile->hops);
  self->profile->hops = (GStrv)g_ptr_array_free (g_steal_pointer (&texts), FALSE);
  return TRUE;
}
