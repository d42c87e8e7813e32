/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-command-private.h"

#include "base/log.h"
#include "core/errors.h"

#include <string.h>

#define WORD_SHOWN_MAX 120 /* bytes of a word in a message */

CulvertSshDraft *
culvert_ssh_draft_new (const CulvertSshFiles *files)
{
  CulvertSshDraft *self = g_new0 (CulvertSshDraft, 1);

  self->profile = culvert_profile_new ();
  self->key_files = g_ptr_array_new_with_free_func (g_free);
  self->certificate_files = g_ptr_array_new_with_free_func (g_free);
  self->known_hosts_files = g_ptr_array_new_with_free_func (g_free);
  self->global_known_hosts_files = g_ptr_array_new_with_free_func (g_free);
  self->files = files;
  self->notices = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
  return self;
}

void
culvert_ssh_draft_free (CulvertSshDraft *self)
{
  culvert_profile_unref (self->profile);
  g_free (self->alias);
  g_free (self->host_name);
  g_ptr_array_unref (self->key_files);
  g_ptr_array_unref (self->certificate_files);
  g_ptr_array_unref (self->known_hosts_files);
  g_ptr_array_unref (self->global_known_hosts_files);
  g_clear_pointer (&self->preferred, g_array_unref);
  g_free (self->jump_hosts);
  g_free (self->config_file);
  g_free (self->tag);
  g_free (self->ignore_unknown);
  g_clear_pointer (&self->config, culvert_ssh_config_free);
  g_free (self->token_user);
  g_free (self->token_port);
  g_clear_pointer (&self->notices, g_ptr_array_unref);
  g_free (self);
}

static char *
shown (const char *word)
{
  g_autofree char *printable = culvert_log_printable (word, -1);

  if (strlen (printable) > WORD_SHOWN_MAX)
    {
      const char *end = g_utf8_find_prev_char (printable, printable + WORD_SHOWN_MAX);

      return g_strdup_printf ("%.*s…", (int)(end - printable), printable);
    }
  return g_steal_pointer (&printable);
}

gboolean
culvert_ssh_refuse (GError **error, const char *word, const char *format, ...)
{
  g_autofree char *word_shown = shown (word);
  g_autofree char *reason = NULL;
  g_autofree char *reason_shown = NULL;
  va_list          arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  reason_shown = culvert_log_printable (reason, -1);
  g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND, "%s: %s", word_shown,
               reason_shown);
  return FALSE;
}

gboolean
culvert_ssh_draft_set (CulvertSshDraft *self, CulvertSshSets what)
{
  gboolean is_first = (self->is_set & what) == 0;

  self->is_set |= what;
  return is_first;
}

gboolean
culvert_ssh_draft_set_port (CulvertSshDraft *self,
                            const char      *word,
                            const char      *port,
                            GError         **error)
{
  guint16 number;

  if (!culvert_port_parse_service (port, &number) || number == 0)
    return culvert_ssh_refuse (error, word, "the port is not a number from 1 to 65535");
  if (culvert_ssh_draft_set (self, CULVERT_SSH_SETS_PORT))
    self->profile->port = number;
  return TRUE;
}

gboolean
culvert_ssh_draft_set_user (CulvertSshDraft *self,
                            const char      *word,
                            const char      *user,
                            GError         **error)
{
  if (user[0] == '\0')
    return culvert_ssh_refuse (error, word, "the user is missing");
  if (strlen (user) > CULVERT_USER_MAX)
    return culvert_ssh_refuse (error, word, "the user is longer than %d bytes", CULVERT_USER_MAX);
  for (const char *p = user; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return culvert_ssh_refuse (error, word, "the user has a control character");
  if (culvert_ssh_draft_set (self, CULVERT_SSH_SETS_USER))
    culvert_profile_set_string (&self->profile->user, user);
  return TRUE;
}

gboolean
culvert_ssh_draft_set_algorithms (CulvertSshDraft     *self,
                                  const char          *word,
                                  CulvertAlgorithmKind kind,
                                  const char          *list,
                                  GError             **error)
{
  const char *const *legacy = culvert_legacy_algorithms (kind);
  g_auto (GStrv)     names = g_strsplit (list + (*list == '+' || *list == '^'), ",", -1);
  const char        *other = NULL;
  guint              n_legacy = 0;

  for (guint i = 0; names[i] != NULL; i++)
    if (g_strv_contains (legacy, names[i]))
      n_legacy++;
    else
      other = names[i];
  if (n_legacy == 0)
    return culvert_ssh_refuse (error, word, "the algorithms are chosen by Culvert: leave it out");
  if (other != NULL)
    return culvert_ssh_refuse (error, word, "\"%s\" cannot be allowed: leave it out", other);
  self->profile->legacy_algorithms = TRUE;
  return TRUE;
}

/* (transfer full) (nullable): @path where no file is read, so that all its tokens are not known: %d is
 * the home folder, %% a percent sign */
static char *
read_plain_path (const char *word, const char *path, GError **error)
{
  g_autoptr (GString) plain = g_string_new (NULL);

  if (strstr (path, "${") != NULL)
    {
      culvert_ssh_refuse (error, word, "variables are not replaced here: write the path");
      return NULL;
    }
  for (const char *p = path; *p != '\0'; p++)
    {
      if (p[0] != '%')
        g_string_append_c (plain, *p);
      else if (p[1] == '%')
        g_string_append_c (plain, *++p);
      else if (p[1] == 'd' && p == path)
        {
          g_string_append_c (plain, '~');
          p++;
        }
      else
        {
          culvert_ssh_refuse (error, word, "tokens are not replaced here: write the path");
          return NULL;
        }
    }
  return g_string_free (g_steal_pointer (&plain), FALSE);
}

static gboolean
add_path (CulvertSshDraft *self,
          GPtrArray       *files,
          const char      *word,
          const char      *path,
          GError         **error)
{
  /* Tokens are replaced at the end, when all of them are known. */
  char *plain = self->files != NULL ? g_strdup (path) : read_plain_path (word, path, error);

  if (plain == NULL)
    return FALSE;
  if (g_ptr_array_find_with_equal_func (files, plain, g_str_equal, NULL))
    g_free (plain);
  else
    g_ptr_array_add (files, plain);
  return TRUE;
}

gboolean
culvert_ssh_draft_add_key_file (CulvertSshDraft *self,
                                const char      *word,
                                const char      *path,
                                GError         **error)
{
  if (path[0] == '\0')
    return culvert_ssh_refuse (error, word, "the path of the key is missing");
  return add_path (self, self->key_files, word, path, error);
}

gboolean
culvert_ssh_draft_add_certificate (CulvertSshDraft *self,
                                   const char      *word,
                                   const char      *path,
                                   GError         **error)
{
  return add_path (self, self->certificate_files, word, path, error);
}

gboolean
culvert_ssh_draft_add_forward (CulvertSshDraft   *self,
                               const char        *word,
                               CulvertForwardKind kind,
                               const char        *argument,
                               GError           **error)
{
  g_autoptr (GError)  own = NULL;
  g_autofree char    *expanded = culvert_ssh_draft_expand_variables (self, word, argument, error);
  CulvertForwardSpec *spec;

  if (expanded == NULL)
    return FALSE;
  spec = culvert_forward_spec_parse (kind, expanded, &own);
  if (spec == NULL)
    return culvert_ssh_refuse (error, word, "%s", own->message);
  g_ptr_array_add (self->profile->forwards, spec);
  return TRUE;
}

gboolean
culvert_ssh_draft_set_hops (CulvertSshDraft *self,
                            const char      *word,
                            const char      *hops,
                            GError         **error)
{
  g_auto (GStrv)           texts = g_strsplit (hops, ",", CULVERT_HOPS_MAX + 1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (g_strv_length (texts) > CULVERT_HOPS_MAX)
    return culvert_ssh_refuse (error, word, "more than %d jump hosts", CULVERT_HOPS_MAX);
  for (guint i = 0; texts[i] != NULL && strcmp (hops, "none") != 0; i++)
    {
      g_autoptr (GError)     own = NULL;
      g_autoptr (CulvertHop) hop = culvert_hop_parse (texts[i], &own);
      g_autofree char       *plain = NULL;

      if (hop == NULL)
        return culvert_ssh_refuse (error, word, "no jump host: %s", own->message);
      plain = culvert_hop_to_string (hop);
      g_strv_builder_add (builder, plain);
    }
  if (!culvert_ssh_draft_set (self, CULVERT_SSH_SETS_WAY))
    return TRUE;
  g_strfreev (self->profile->hops);
  self->profile->hops = g_strv_builder_end (builder);
  self->jump_hosts = g_strdup (hops);
  return TRUE;
}

gboolean
culvert_ssh_draft_set_proxy_command (CulvertSshDraft *self,
                                     const char      *word,
                                     const char      *command,
                                     GError         **error)
{
  gboolean         is_none = strcmp (command, "none") == 0;
  g_autofree char *bad = is_none ? NULL : culvert_proxy_command_find_bad_token (command);

  if (bad != NULL)
    return culvert_ssh_refuse (error, word, "%s is not replaced here: write what it stands for",
                               bad);
  if (culvert_ssh_draft_set (self, CULVERT_SSH_SETS_WAY))
    culvert_profile_set_string (&self->profile->proxy_command, is_none ? "" : command);
  return TRUE;
}

/* %n is the server as the command names it, which a profile does not keep. */
static gboolean
finish_proxy_command (CulvertSshDraft *draft, GError **error)
{
  g_autoptr (GString) command = g_string_new (NULL);

  if (strcmp (draft->alias, draft->profile->host) == 0)
    return TRUE;
  for (const char *p = draft->profile->proxy_command; *p != '\0'; p++)
    {
      if (p[0] == '%' && p[1] == 'n' && !culvert_host_is_valid (draft->alias))
        return culvert_ssh_refuse (error, draft->alias, "a command cannot be given this name");
      if (p[0] == '%' && p[1] == 'n')
        g_string_append (command, draft->alias);
      else if (p[0] == '%')
        g_string_append_len (command, p, 2);
      else
        g_string_append_c (command, *p);
      if (p[0] == '%')
        p++;
    }
  culvert_profile_set_string (&draft->profile->proxy_command, command->str);
  return TRUE;
}

static gboolean
finish_host (CulvertSshDraft *draft, GError **error)
{
  g_autoptr (GString) host = g_string_new (draft->alias);
  g_autofree char    *word = NULL;

  if (draft->config != NULL)
    g_string_assign (host, draft->config->host);
  else if (draft->host_name != NULL)
    {
      g_string_assign (host, draft->host_name);
      g_string_replace (host, "%h", draft->alias, 1);
    }
  word = g_strdup (host->str);
  if (host->len > 2 && host->str[0] == '[' && host->str[host->len - 1] == ']')
    {
      g_string_truncate (host, host->len - 1);
      g_string_erase (host, 0, 1);
    }
  if (host->len == 0)
    return culvert_ssh_refuse (error, "ssh", "no server is named: add user@host");
  if (!culvert_host_is_valid (host->str))
    {
      const char *colon = strchr (host->str, ':');
      guint16     port;

      if (colon != NULL && culvert_port_parse (colon + 1, &port))
        return culvert_ssh_refuse (error, word, "the port does not belong there: write -p %u",
                                   port);
      return culvert_ssh_refuse (error, word, "neither a name nor an address of a server");
    }
  culvert_profile_set_string (&draft->profile->host, host->str);
  if ((draft->host_name != NULL || draft->config != NULL) &&
      g_ascii_strcasecmp (draft->alias, word) != 0)
    culvert_profile_set_string (&draft->profile->name, draft->alias);
  return TRUE;
}

static gboolean
is_left_out (const CulvertSshDraft *draft, CulvertAuthMethod method)
{
  switch (method)
    {
    case CULVERT_AUTH_AGENT:
      return draft->no_agent || draft->no_public_key;
    case CULVERT_AUTH_KEY:
      return draft->no_key_files || draft->no_public_key;
    case CULVERT_AUTH_PASSWORD:
      return draft->no_password || draft->profile->never_ask;
    case CULVERT_AUTH_INTERACTIVE:
      return draft->no_interactive || draft->profile->never_ask;
    default:
      return TRUE;
    }
}

static gboolean
finish_methods (CulvertSshDraft *draft, GError **error)
{
  GArray            *methods = draft->profile->methods;
  g_autoptr (GArray) wanted = g_array_copy (draft->preferred != NULL ? draft->preferred : methods);

  g_array_set_size (methods, 0);
  for (guint i = 0; i < wanted->len; i++)
    {
      CulvertAuthMethod method = g_array_index (wanted, CulvertAuthMethod, i);

      if (!is_left_out (draft, method) && !culvert_profile_has_method (draft->profile, method))
        g_array_append_val (methods, method);
    }
  return methods->len > 0 ||
         culvert_ssh_refuse (error, "ssh",
                             "the options leave no way to sign in: allow a key, a password or "
                             "keyboard-interactive");
}

/* -g: local listeners without an address listen everywhere, and anybody may connect. */
static void
finish_gateway (CulvertSshDraft *draft)
{
  GPtrArray *forwards = draft->profile->forwards;

  for (guint i = 0; i < forwards->len && draft->is_gateway; i++)
    {
      CulvertForwardSpec         *spec = g_ptr_array_index (forwards, i);
      CulvertForwardFields        fields = culvert_forward_spec_get_fields (spec);
      g_autoptr (CulvertEndpoint) everywhere = NULL;

      if (culvert_forward_kind_is_remote (fields.kind))
        continue;
      fields.any_user = TRUE;
      if (g_strcmp0 (culvert_endpoint_get_host (fields.listen), "") == 0)
        {
          everywhere = culvert_endpoint_new_tcp ("*", culvert_endpoint_get_port (fields.listen));
          fields.listen = everywhere;
        }
      g_ptr_array_index (forwards, i) = culvert_forward_spec_new (&fields);
      culvert_forward_spec_unref (spec);
    }
}

/* (transfer full) (nullable): a socket of a forward, its tokens replaced */
static CulvertEndpoint *
expand_socket (CulvertSshDraft *draft, const CulvertEndpoint *endpoint, GError **error)
{
  const char      *path = culvert_endpoint_get_path (endpoint);
  g_autofree char *expanded = culvert_ssh_draft_expand (draft, path, path, error);

  if (expanded == NULL)
    return NULL;
  if (strlen (expanded) > CULVERT_UNIX_PATH_MAX)
    {
      culvert_ssh_refuse (error, path, "the path becomes longer than %d bytes",
                          CULVERT_UNIX_PATH_MAX);
      return NULL;
    }
  return culvert_endpoint_new_unix (expanded);
}

static gboolean
is_socket (const CulvertEndpoint *endpoint)
{
  return endpoint != NULL && culvert_endpoint_get_kind (endpoint) == CULVERT_ENDPOINT_UNIX;
}

static gboolean
finish_sockets (CulvertSshDraft *draft, GError **error)
{
  GPtrArray *forwards = draft->profile->forwards;

  for (guint i = 0; i < forwards->len; i++)
    {
      CulvertForwardSpec         *spec = g_ptr_array_index (forwards, i);
      CulvertForwardFields        fields = culvert_forward_spec_get_fields (spec);
      g_autoptr (CulvertEndpoint) listen = NULL;
      g_autoptr (CulvertEndpoint) target = NULL;

      if (is_socket (fields.listen))
        {
          listen = expand_socket (draft, fields.listen, error);
          if (listen == NULL)
            return FALSE;
          fields.listen = listen;
        }
      if (is_socket (fields.target))
        {
          target = expand_socket (draft, fields.target, error);
          if (target == NULL)
            return FALSE;
          fields.target = target;
        }
      if (listen == NULL && target == NULL)
        continue;
      g_ptr_array_index (forwards, i) = culvert_forward_spec_new (&fields);
      culvert_forward_spec_unref (spec);
    }
  return TRUE;
}

/* Moves what @files holds to the end of @list. */
static void
take_paths (GStrv *list, GPtrArray *files)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_addv (builder, (const char **)*list);
  for (guint i = 0; i < files->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (files, i));
  g_strfreev (*list);
  *list = g_strv_builder_end (builder);
}

static gboolean
expand_paths (CulvertSshDraft *draft, GPtrArray *files, GError **error)
{
  for (guint i = 0; i < files->len; i++)
    {
      char *path = g_ptr_array_index (files, i);
      char *expanded = culvert_ssh_draft_expand (draft, path, path, error);

      if (expanded == NULL)
        return FALSE;
      g_ptr_array_index (files, i) = expanded;
      g_free (path);
    }
  return TRUE;
}

static gboolean
expand_all (CulvertSshDraft *draft, GError **error)
{
  const char      *agent = draft->profile->agent_socket;
  g_autofree char *socket = culvert_ssh_draft_expand (draft, agent, agent, error);

  if (socket == NULL || !expand_paths (draft, draft->key_files, error) ||
      !expand_paths (draft, draft->certificate_files, error) ||
      !expand_paths (draft, draft->known_hosts_files, error))
    return FALSE;
  culvert_profile_set_string (&draft->profile->agent_socket, socket);
  return finish_sockets (draft, error);
}

static gboolean
finish_files (CulvertSshDraft *draft, GError **error)
{
  if (draft->config != NULL &&
      (!expand_all (draft, error) || !culvert_ssh_draft_look_up_hops (draft, error)))
    return FALSE;
  take_paths (&draft->profile->key_files, draft->key_files);
  take_paths (&draft->profile->certificate_files, draft->certificate_files);
  /* A list takes the place of all the usual files, so the ones of the person are named with it. */
  if (draft->global_known_hosts_files->len > 0 && draft->known_hosts_files->len == 0)
    {
      g_ptr_array_add (draft->known_hosts_files, g_strdup ("~/.ssh/known_hosts"));
      g_ptr_array_add (draft->known_hosts_files, g_strdup ("~/.ssh/known_hosts2"));
    }
  take_paths (&draft->profile->known_hosts_files, draft->known_hosts_files);
  take_paths (&draft->profile->known_hosts_files, draft->global_known_hosts_files);
  return TRUE;
}

gboolean
culvert_ssh_draft_finish (CulvertSshDraft *self, GError **error)
{
  if (!finish_host (self, error) || !finish_proxy_command (self, error) ||
      !finish_methods (self, error))
    return FALSE;
  if (self->clears_forwards)
    g_ptr_array_set_size (self->profile->forwards, 0);
  finish_gateway (self);
  return finish_files (self, error);
}
