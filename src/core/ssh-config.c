/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-config.h"

#include "core/ssh-command-private.h"
#include "core/ssh-config-keys.h"
#include "core/ssh-config-private.h"
#include "core/ssh-pattern.h"

#include <gio/gio.h>
#include <string.h>

#define DEPTH_MAX    16 /* of Include, as in ssh */
#define FILES_MAX    1000
#define BYTES_MAX    (8 * 1024 * 1024)
#define SETTINGS_MAX 10000
#define SHOWN_MAX    80 /* bytes of a line in a notice */

static void
setting_free (gpointer data)
{
  CulvertSshSetting *setting = data;

  g_strfreev (setting->values);
  g_free (setting->place);
  g_free (setting);
}

static void
alias_free (gpointer data)
{
  CulvertSshAlias *alias = data;

  g_free (alias->name);
  g_free (alias->place);
  g_free (alias);
}

CulvertSshNotice *
culvert_ssh_notice_new (const char *place, const char *what, const char *reason, gboolean is_minor)
{
  CulvertSshNotice *self = g_new0 (CulvertSshNotice, 1);

  self->place = g_strdup (place);
  self->what = g_strdup (what);
  if (strlen (what) > SHOWN_MAX)
    {
      const char *end = g_utf8_find_prev_char (what, what + SHOWN_MAX);

      g_free (self->what);
      self->what = g_strdup_printf ("%.*s…", (int)(end - what), what);
    }
  self->reason = g_strdup (reason);
  self->is_minor = is_minor;
  return self;
}

void
culvert_ssh_notice_free (CulvertSshNotice *self)
{
  g_free (self->place);
  g_free (self->what);
  g_free (self->reason);
  g_free (self);
}

void
culvert_ssh_config_free (CulvertSshConfig *self)
{
  g_ptr_array_unref (self->settings);
  g_ptr_array_unref (self->notices);
  g_free (self->host);
  g_free (self);
}

const CulvertSshSetting *
culvert_ssh_config_get (const CulvertSshConfig *self, const char *key)
{
  for (guint i = 0; i < self->settings->len; i++)
    {
      const CulvertSshSetting *setting = g_ptr_array_index (self->settings, i);

      if (strcmp (setting->key, key) == 0)
        return setting;
    }
  return NULL;
}

char *
culvert_ssh_scope_place (const CulvertSshScope *scope)
{
  return g_strdup_printf ("%s:%u", scope->shown, scope->line);
}

gboolean
culvert_ssh_scope_fail (const CulvertSshScope *scope, GError **error, const char *format, ...)
{
  g_autofree char *place = culvert_ssh_scope_place (scope);
  g_autofree char *reason = NULL;
  va_list          arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return culvert_ssh_refuse (error, place, "%s", reason);
}

void
culvert_ssh_resolver_add_notice (CulvertSshResolver    *self,
                                 const CulvertSshScope *scope,
                                 const char            *what,
                                 const char            *reason)
{
  g_autofree char *place = culvert_ssh_scope_place (scope);

  for (guint i = 0; i < self->config->notices->len; i++)
    {
      const CulvertSshNotice *other = g_ptr_array_index (self->config->notices, i);

      if (strcmp (other->place, place) == 0 && strcmp (other->what, what) == 0)
        return;
    }
  g_ptr_array_add (self->config->notices, culvert_ssh_notice_new (place, what, reason, FALSE));
}

const char *
culvert_ssh_resolver_get (CulvertSshResolver *self, const char *key)
{
  const CulvertSshQuery   *query = self->query;
  const CulvertSshSetting *setting;

  if (strcmp (key, "user") == 0 && query->user != NULL)
    return query->user;
  if (strcmp (key, "hostname") == 0 && query->host_name != NULL && !self->is_final)
    return query->host_name;
  if (strcmp (key, "tag") == 0 && query->tag != NULL)
    return query->tag;
  if (strcmp (key, "ignoreunknown") == 0 && query->ignore_unknown != NULL)
    return query->ignore_unknown;
  if (strcmp (key, "hostkeyalias") == 0 && query->key_alias != NULL)
    return query->key_alias;
  setting = culvert_ssh_config_get (self->config, key);
  return setting != NULL ? setting->values[0] : NULL;
}

char *
culvert_ssh_resolver_dup_host (CulvertSshResolver *self, GError **error)
{
  const char            *host_name = culvert_ssh_resolver_get (self, "hostname");
  const CulvertSshTokens tokens = { .host = self->query->alias };

  if (self->is_final)
    return g_strdup (self->host);
  if (host_name == NULL)
    return g_strdup (self->query->alias);
  return culvert_ssh_tokens_expand (host_name, &tokens, CULVERT_SSH_TOKENS_HOST_NAME, FALSE, error);
}

char *
culvert_ssh_resolver_expand (CulvertSshResolver *self, const char *text, GError **error)
{
  const char            *user = culvert_ssh_resolver_get (self, "user");
  const char            *port_text = culvert_ssh_resolver_get (self, "port");
  g_autofree char       *host = culvert_ssh_resolver_dup_host (self, error);
  g_autofree char       *port = NULL;
  const CulvertSshFiles *files = self->files;
  CulvertSshTokens       tokens;

  if (host == NULL)
    return NULL;
  port = self->query->port > 0 ? g_strdup_printf ("%u", self->query->port)
                               : g_strdup (port_text != NULL ? port_text : "22");
  tokens = (CulvertSshTokens){
    .alias = self->query->alias,
    .host = host,
    .port = port,
    .user = user != NULL ? user : files->local_user,
    .local_user = files->local_user,
    .local_uid = files->local_uid,
    .local_host = files->local_host,
    .home = files->home,
    .key_alias = culvert_ssh_resolver_get (self, "hostkeyalias"),
    .get_variable = files->get_variable,
    .data = files->data,
  };
  return culvert_ssh_tokens_expand (text, &tokens, CULVERT_SSH_TOKENS_ALL, TRUE, error);
}

static void
add_alias (CulvertSshResolver *self, const CulvertSshScope *scope, const char *name)
{
  CulvertSshAlias *alias;

  if (self->aliases == NULL || self->aliases->len == SETTINGS_MAX ||
      culvert_ssh_pattern_is_wild (name))
    return;
  for (guint i = 0; i < self->aliases->len; i++)
    if (strcmp (((CulvertSshAlias *)g_ptr_array_index (self->aliases, i))->name, name) == 0)
      return;
  alias = g_new0 (CulvertSshAlias, 1);
  alias->name = g_strdup (name);
  alias->place = culvert_ssh_scope_place (scope);
  g_ptr_array_add (self->aliases, alias);
}

static gboolean
read_host (CulvertSshResolver   *self,
           CulvertSshScope      *scope,
           const CulvertSshLine *line,
           GError              **error)
{
  gboolean is_match = FALSE;
  gboolean is_excluded = FALSE;

  for (guint i = 0; line->values[i] != NULL; i++)
    {
      const char *pattern = line->values[i];
      gboolean    is_negated = pattern[0] == '!';

      if (pattern[0] == '\0')
        return culvert_ssh_scope_fail (scope, error, "one of the names is empty: leave it out");
      add_alias (self, scope, pattern);
      if (!culvert_ssh_pattern_match (pattern + (is_negated ? 1 : 0), self->host))
        continue;
      is_excluded |= is_negated;
      is_match |= !is_negated;
    }
  scope->is_active = is_match && !is_excluded && !scope->is_dead;
  return TRUE;
}

static gboolean read_file (CulvertSshResolver    *self,
                           const CulvertSshScope *place,
                           CulvertSshScope       *file,
                           GError               **error);

/* (transfer full) (nullable): the whole path that @value stands for; NULL without an error when a
 * notice was left instead */
static char *
find_include (CulvertSshResolver    *self,
              const CulvertSshScope *scope,
              const char            *value,
              GError               **error)
{
  g_autoptr (GError) own = NULL;
  g_autofree char   *path = culvert_ssh_resolver_expand (self, value, &own);
  const char        *relative;

  if (path == NULL)
    {
      culvert_ssh_resolver_add_notice (self, scope, value, own->message);
      return NULL;
    }
  if (g_path_is_absolute (path))
    return g_steal_pointer (&path);
  if (path[0] != '~')
    return scope->is_user ? g_build_filename (self->files->home, ".ssh", path, NULL)
                          : g_build_filename (self->files->system_folder, path, NULL);
  if (!scope->is_user)
    {
      culvert_ssh_scope_fail (scope, error, "\"%s\" has no place in the system's file", path);
      return NULL;
    }
  relative = path + 1;
  if (*relative != '/' && *relative != '\0')
    {
      culvert_ssh_resolver_add_notice (self, scope, path,
                                       "other people's folders are not looked up: write the path");
      return NULL;
    }
  return g_build_filename (self->files->home, relative, NULL);
}

/* (transfer full): a path as people write it */
static char *
shorten (const CulvertSshFiles *files, const char *path)
{
  gsize length = strlen (files->home);

  if (length > 1 && strncmp (path, files->home, length) == 0 && path[length] == G_DIR_SEPARATOR)
    return g_strconcat ("~", path + length, NULL);
  return g_strdup (path);
}

static gboolean
read_include (CulvertSshResolver   *self,
              CulvertSshScope      *scope,
              const CulvertSshLine *line,
              GError              **error)
{
  for (guint i = 0; line->values[i] != NULL; i++)
    {
      g_autoptr (GError)    own = NULL;
      g_autofree char      *pattern = NULL;
      g_autoptr (GPtrArray) paths = NULL;

      if (line->values[i][0] == '\0')
        return culvert_ssh_scope_fail (scope, error, "one of the paths is empty: leave it out");
      pattern = find_include (self, scope, line->values[i], &own);
      if (own != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&own));
          return FALSE;
        }
      if (pattern == NULL)
        continue;
      paths = culvert_ssh_files_find (self->files, pattern);
      for (guint j = 0; j < paths->len; j++)
        {
          g_autofree char *shown = shorten (self->files, g_ptr_array_index (paths, j));
          CulvertSshScope  file = {
             .path = g_ptr_array_index (paths, j),
             .shown = shown,
             .depth = scope->depth + 1,
             .is_user = scope->is_user,
             .is_active = scope->is_active,
             .is_dead = !scope->is_active,
          };

          if (!read_file (self, scope, &file, error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
is_there_already (CulvertSshResolver *self, const char *key, GStrv values)
{
  for (guint i = 0; i < self->config->settings->len; i++)
    {
      const CulvertSshSetting *other = g_ptr_array_index (self->config->settings, i);

      if (strcmp (other->key, key) == 0 &&
          g_strv_equal ((const char *const *)other->values, (const char *const *)values))
        return TRUE;
    }
  return FALSE;
}

/* As in ssh, of jump hosts and a command the first wins, "none" too. */
static gboolean
is_ruled_out (CulvertSshResolver *self, const char *key)
{
  if (strcmp (key, "proxyjump") == 0 || strcmp (key, "proxycommand") == 0)
    return self->query->has_way || g_hash_table_contains (self->is_set, "proxyjump") ||
           g_hash_table_contains (self->is_set, "proxycommand");
  return g_hash_table_contains (self->is_set, key);
}

static gboolean
add_setting (CulvertSshResolver    *self,
             const CulvertSshScope *scope,
             const CulvertSshKey   *key,
             GStrv                  values,
             GError               **error)
{
  const char        *name = culvert_ssh_key_get_name (key);
  CulvertSshSetting *setting;

  if (culvert_ssh_key_adds_up (key) ? is_there_already (self, name, values)
                                    : is_ruled_out (self, name))
    return TRUE;
  if (self->config->settings->len == SETTINGS_MAX)
    return culvert_ssh_scope_fail (scope, error, "more than %d settings for one server",
                                   SETTINGS_MAX);
  g_hash_table_add (self->is_set, (gpointer)name);
  setting = g_new0 (CulvertSshSetting, 1);
  setting->key = name;
  setting->values = g_strdupv (values);
  setting->place = culvert_ssh_scope_place (scope);
  g_ptr_array_add (self->config->settings, setting);
  return TRUE;
}

static gboolean
is_ignored (CulvertSshResolver *self, const char *keyword)
{
  const char *list = culvert_ssh_resolver_get (self, "ignoreunknown");

  return list != NULL &&
         culvert_ssh_pattern_list_match (list, keyword, TRUE) == CULVERT_SSH_MATCH_YES;
}

static gboolean
read_setting (CulvertSshResolver   *self,
              CulvertSshScope      *scope,
              const CulvertSshLine *line,
              GError              **error)
{
  const CulvertSshKey *key = culvert_ssh_key_find (line->keyword);
  g_autoptr (GError)   own = NULL;
  g_auto (GStrv)       values = NULL;

  if (key == NULL)
    return is_ignored (self, line->keyword) ||
           culvert_ssh_scope_fail (scope, error,
                                   "\"%s\" is not an option that is understood here: leave it out, "
                                   "or name it with IgnoreUnknown",
                                   line->keyword);
  values = culvert_ssh_key_read (key, line, &own);
  if (values == NULL)
    return culvert_ssh_scope_fail (scope, error, "%s: %s", line->keyword, own->message);
  return !scope->is_active || culvert_ssh_key_is_past (key) ||
         add_setting (self, scope, key, values, error);
}

/* But for the end of the line. */
static gboolean
is_printable (const char *text)
{
  gsize length = strlen (text);

  while (length > 0 && strchr (" \t\r\n\f", text[length - 1]) != NULL)
    length--;
  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl (text[i]) && text[i] != '\t')
      return FALSE;
  return g_utf8_validate (text, -1, NULL);
}

static gboolean
read_line (CulvertSshResolver *self, CulvertSshScope *scope, const char *text, GError **error)
{
  g_auto (CulvertSshLine) line = { 0 };
  CulvertSshLineResult    result = culvert_ssh_line_parse (text, &line);

  if (line.keyword == NULL)
    return TRUE;
  if (!is_printable (text))
    return culvert_ssh_scope_fail (scope, error, "has a control character, or is not UTF-8 text");
  if (result == CULVERT_SSH_LINE_NO_VALUE)
    return culvert_ssh_scope_fail (scope, error, "\"%s\" needs a value", line.keyword);
  if (result == CULVERT_SSH_LINE_OPEN_QUOTE)
    return culvert_ssh_scope_fail (scope, error, "the quotation is not closed");
  if (strcmp (line.keyword, "host") == 0)
    return read_host (self, scope, &line, error);
  if (strcmp (line.keyword, "match") == 0)
    {
      gboolean is_match;

      if (!culvert_ssh_resolver_match (self, scope, &line, &is_match, error))
        return FALSE;
      scope->is_active = is_match && !scope->is_dead;
      return TRUE;
    }
  if (strcmp (line.keyword, "include") == 0)
    return read_include (self, scope, &line, error);
  return read_setting (self, scope, &line, error);
}

static gboolean
read_lines (CulvertSshResolver *self, CulvertSshScope *scope, const char *text, GError **error)
{
  while (*text != '\0')
    {
      gsize            length = strcspn (text, "\n");
      g_autofree char *line = g_strndup (text, length);

      scope->line++;
      if (!read_line (self, scope, line, error))
        return FALSE;
      text += length + (text[length] == '\n' ? 1 : 0);
    }
  return TRUE;
}

/* @place: (nullable): the Include; NULL for one of the usual files, or the file of -F */
static gboolean
read_file (CulvertSshResolver    *self,
           const CulvertSshScope *place,
           CulvertSshScope       *file,
           GError               **error)
{
  g_autoptr (GError) own = NULL;
  gboolean           is_named = place == NULL && self->query->file != NULL;
  g_autofree char   *text = NULL;

  if (file->depth > DEPTH_MAX)
    return culvert_ssh_scope_fail (
      place, error, "files include each other more than %d deep: remove one Include", DEPTH_MAX);
  if (++self->n_files > FILES_MAX)
    return culvert_ssh_scope_fail (place != NULL ? place : file, error,
                                   "more than %d files are included", FILES_MAX);
  /* As in ssh, the file of -F and the system's own may belong to anybody. */
  text = self->files->read (file->path, place != NULL || (file->is_user && !is_named),
                            self->files->data, &own);
  if (text == NULL && (g_error_matches (own, G_FILE_ERROR, G_FILE_ERROR_ISDIR) ||
                       (g_error_matches (own, G_FILE_ERROR, G_FILE_ERROR_NOENT) && !is_named)))
    return TRUE;
  if (text == NULL && place != NULL)
    return culvert_ssh_scope_fail (place, error, "%s", own->message);
  if (text == NULL)
    return culvert_ssh_refuse (error, file->shown, "%s", own->message);
  self->n_bytes += strlen (text);
  if (self->n_bytes > BYTES_MAX)
    return culvert_ssh_scope_fail (file, error, "all the files together are too long");
  return read_lines (self, file, text, error);
}

static gboolean
read_files (CulvertSshResolver *self, GError **error)
{
  const CulvertSshFiles *files = self->files;
  const char            *named = self->query->file;
  g_autofree char       *of_user = g_build_filename (files->home, ".ssh", "config", NULL);
  g_autofree char       *of_system = g_build_filename (files->system_folder, "ssh_config", NULL);
  CulvertSshScope        user = { of_user, "~/.ssh/config", 0, 0, TRUE, TRUE, FALSE };
  CulvertSshScope        system = { of_system, of_system, 0, 0, FALSE, TRUE, FALSE };

  if (named != NULL && g_ascii_strcasecmp (named, "none") == 0)
    return TRUE;
  if (named != NULL)
    {
      CulvertSshScope scope = { named, named, 0, 0, TRUE, TRUE, FALSE };

      return read_file (self, NULL, &scope, error);
    }
  return read_file (self, NULL, &user, error) && read_file (self, NULL, &system, error);
}

/* What the server is called from now on; a second reading compares it with Host. */
static gboolean
take_host (CulvertSshResolver *self, GError **error)
{
  g_autoptr (GError) own = NULL;
  char              *host = culvert_ssh_resolver_dup_host (self, &own);
  char              *lower;

  if (host == NULL)
    {
      const CulvertSshSetting *setting = culvert_ssh_config_get (self->config, "hostname");

      return culvert_ssh_refuse (error, setting != NULL ? setting->place : "HostName", "%s",
                                 own->message);
    }
  lower = g_hostname_is_ip_address (host) ? g_strdup (host) : g_ascii_strdown (host, -1);
  g_free (host);
  g_free (self->host);
  self->host = lower;
  return TRUE;
}

static gboolean
wants_final (CulvertSshResolver *self)
{
  const char *canonicalize = culvert_ssh_resolver_get (self, "canonicalizehostname");

  return self->wants_final || (canonicalize != NULL && strcmp (canonicalize, "no") != 0 &&
                               strcmp (canonicalize, "false") != 0);
}

static gboolean
resolve (CulvertSshResolver *self, GError **error)
{
  if (!read_files (self, error) || !take_host (self, error))
    return FALSE;
  if (wants_final (self))
    {
      self->is_final = TRUE;
      g_hash_table_add (self->is_set, (gpointer) "hostname");
      if (!read_files (self, error))
        return FALSE;
    }
  self->config->host = g_strdup (self->host);
  return TRUE;
}

static CulvertSshConfig *
run (const CulvertSshFiles *files, const CulvertSshQuery *query, GPtrArray *aliases, GError **error)
{
  CulvertSshConfig  *config = g_new0 (CulvertSshConfig, 1);
  CulvertSshResolver self = {
    .files = files,
    .query = query,
    .config = config,
    .is_set = g_hash_table_new (g_str_hash, g_str_equal),
    .host = g_strdup (query->alias),
    .aliases = aliases,
  };
  gboolean is_good;

  config->settings = g_ptr_array_new_with_free_func (setting_free);
  config->notices = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
  is_good = resolve (&self, error);
  g_hash_table_unref (self.is_set);
  g_free (self.host);
  if (!is_good)
    g_clear_pointer (&config, culvert_ssh_config_free);
  return config;
}

CulvertSshConfig *
culvert_ssh_config_resolve (const CulvertSshFiles *files,
                            const CulvertSshQuery *query,
                            GError               **error)
{
  g_return_val_if_fail (files != NULL && query != NULL && query->alias != NULL, NULL);

  return run (files, query, NULL, error);
}

GPtrArray *
culvert_ssh_config_list_aliases (const CulvertSshFiles *files, const char *file, GError **error)
{
  const CulvertSshQuery        query = { .alias = "", .file = file };
  g_autoptr (GPtrArray)        aliases = g_ptr_array_new_with_free_func (alias_free);
  g_autoptr (CulvertSshConfig) config = NULL;

  g_return_val_if_fail (files != NULL, NULL);

  config = run (files, &query, aliases, error);
  return config != NULL ? g_steal_pointer (&aliases) : NULL;
}
