/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-file.h"

#include "base/log.h"
#include "core/errors.h"
#include "core/key-file-extras.h"

#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define EXCERPT_BYTES   60
#define LOAD_FLAGS      (G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS)

/* The values of one group on their way into a profile. */
typedef struct
{
  GKeyFile   *key_file;
  const char *text; /* to find the line of a key in */
  gsize       n_bytes;
  const char *group;
} Reader;

static char *
excerpt (const char *text, gssize n_bytes)
{
  g_autofree char *printable = culvert_log_printable (text, n_bytes);

  if (strlen (printable) > EXCERPT_BYTES)
    {
      const char *end = g_utf8_find_prev_char (printable, printable + EXCERPT_BYTES);

      return g_strdup_printf ("%.*s…", (int)(end - printable), printable);
    }
  return g_steal_pointer (&printable);
}

static const char *
next_line (const char *line, const char *end)
{
  const char *newline = memchr (line, '\n', end - line);

  return newline != NULL ? newline + 1 : end;
}

static gboolean
line_is_header (const char *line, gsize n_bytes, const char *group)
{
  g_autofree char *text = g_strstrip (g_strndup (line, n_bytes));
  g_autofree char *header = g_strdup_printf ("[%s]", group);

  return strcmp (text, header) == 0;
}

static gboolean
line_is_key (const char *line, gsize n_bytes, const char *key)
{
  g_autofree char *text = g_strndup (line, n_bytes);
  char            *equals = strchr (text, '=');

  if (equals == NULL)
    return FALSE;
  *equals = '\0';
  return strcmp (g_strstrip (text), key) == 0;
}

/* Returns the number, from 1, of the line that gave @key its value; 0 when there is none. */
static guint
find_line (const Reader *reader, const char *key)
{
  const char *end = reader->text + reader->n_bytes;
  gboolean    is_inside = FALSE;
  guint       number = 1;
  guint       found = 0;

  for (const char *line = reader->text; line < end; number++)
    {
      const char *next = next_line (line, end);
      gsize       n_bytes = next - line;

      if (line_is_header (line, n_bytes, reader->group))
        is_inside = TRUE;
      else if (line[0] == '[')
        is_inside = FALSE;
      else if (is_inside && line_is_key (line, n_bytes, key))
        found = number;
      line = next;
    }
  return found;
}

static void
set_line (GError **error, guint line)
{
  g_autofree char *number = g_strdup_printf ("%u", line);

  culvert_error_set_fact (error, CULVERT_FACT_LINE, number);
}

static gboolean
invalid (const Reader *reader, const char *key, GError **error, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

/* Says that the value of @key cannot be: `line 7: [Tunnel] Port: …` */
static gboolean
invalid (const Reader *reader, const char *key, GError **error, const char *format, ...)
{
  g_autofree char *reason = NULL;
  guint            line = find_line (reader, key);
  va_list          arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (line > 0)
    {
      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID,
                   "line %u: [%s] %s: %s", line, reader->group, key, reason);
      set_line (error, line);
    }
  else
    g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID, "[%s] %s: %s",
                 reader->group, key, reason);
  return FALSE;
}

/* Leaves *value NULL when the key is not there. */
static gboolean
get_text (const Reader *reader, const char *key, char **value, GError **error)
{
  g_autoptr (GError) own = NULL;

  *value = NULL;
  if (!g_key_file_has_key (reader->key_file, reader->group, key, NULL))
    return TRUE;
  *value = g_key_file_get_string (reader->key_file, reader->group, key, &own);
  if (own == NULL)
    return TRUE;
  /* GLib may return a text and set an error. */
  g_clear_pointer (value, g_free);
  return invalid (reader, key, error, "an escape sequence is not valid");
}

static gboolean
read_string (const Reader *reader, const char *key, char **field, GError **error)
{
  g_autofree char *value = NULL;

  if (!get_text (reader, key, &value, error))
    return FALSE;
  if (value != NULL)
    culvert_profile_set_string (field, value);
  return TRUE;
}

/* Empty elements are left out. */
static gboolean
get_list (const Reader *reader, const char *key, GStrv *value, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           list = NULL;
  g_autoptr (GError)       own = NULL;

  *value = NULL;
  if (!g_key_file_has_key (reader->key_file, reader->group, key, NULL))
    return TRUE;
  list = g_key_file_get_string_list (reader->key_file, reader->group, key, NULL, &own);
  if (list == NULL || own != NULL)
    return invalid (reader, key, error, "an escape sequence is not valid");
  for (guint i = 0; list[i] != NULL; i++)
    if (list[i][0] != '\0')
      g_strv_builder_add (builder, list[i]);
  *value = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
read_list (const Reader *reader, const char *key, GStrv *field, GError **error)
{
  g_auto (GStrv) value = NULL;

  if (!get_list (reader, key, &value, error))
    return FALSE;
  if (value != NULL)
    {
      g_strfreev (*field);
      *field = g_steal_pointer (&value);
    }
  return TRUE;
}

static gboolean
read_boolean (const Reader *reader, const char *key, gboolean *field, GError **error)
{
  g_autofree char *value = NULL;

  if (!get_text (reader, key, &value, error))
    return FALSE;
  if (value == NULL)
    return TRUE;
  g_strstrip (value);
  if (strcmp (value, "true") == 0)
    *field = TRUE;
  else if (strcmp (value, "false") == 0)
    *field = FALSE;
  else
    {
      g_autofree char *shown = excerpt (value, -1);

      return invalid (reader, key, error, "\"%s\" is neither true nor false", shown);
    }
  return TRUE;
}

static gboolean
read_number (const Reader *reader,
             const char   *key,
             guint         min,
             guint         max,
             guint        *field,
             GError      **error)
{
  g_autofree char *value = NULL;
  guint64          number;

  if (!get_text (reader, key, &value, error))
    return FALSE;
  if (value == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (g_strstrip (value), 10, min, max, &number, NULL))
    {
      g_autofree char *shown = excerpt (value, -1);

      return invalid (reader, key, error, "\"%s\" is not a number from %u to %u", shown, min, max);
    }
  *field = (guint)number;
  return TRUE;
}

static gboolean
read_methods (const Reader *reader, CulvertProfile *profile, GError **error)
{
  g_auto (GStrv) nicks = NULL;

  if (!get_list (reader, "Methods", &nicks, error))
    return FALSE;
  if (nicks == NULL)
    return TRUE;
  g_array_set_size (profile->methods, 0);
  for (guint i = 0; nicks[i] != NULL; i++)
    {
      CulvertAuthMethod method;

      if (!culvert_auth_method_from_nick (g_strstrip (nicks[i]), &method))
        {
          g_autofree char *shown = excerpt (nicks[i], -1);

          return invalid (reader, "Methods", error, "\"%s\" is no way to sign in", shown);
        }
      if (!culvert_profile_has_method (profile, method))
        g_array_append_val (profile->methods, method);
    }
  if (profile->methods->len == 0)
    return invalid (reader, "Methods", error, "no way to sign in is left");
  return TRUE;
}

static gboolean
read_address_family (const Reader *reader, CulvertAddressFamily *field, GError **error)
{
  g_autofree char *nick = NULL;

  if (!get_text (reader, "AddressFamily", &nick, error))
    return FALSE;
  if (nick != NULL && !culvert_address_family_from_nick (g_strstrip (nick), field))
    {
      g_autofree char *shown = excerpt (nick, -1);

      return invalid (reader, "AddressFamily", error, "\"%s\" is none of any, ipv4 and ipv6",
                      shown);
    }
  return TRUE;
}

/* A file may lack sense in other ways and still be shown; a secret in it must not be kept. */
static gboolean
read_proxy (const Reader *reader, char **field, GError **error)
{
  g_autoptr (GError)       own = NULL;
  g_autoptr (CulvertProxy) proxy = NULL;

  if (!read_string (reader, "Proxy", field, error))
    return FALSE;
  proxy = culvert_proxy_parse (*field, &own);
  return !g_error_matches (own, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ||
         invalid (reader, "Proxy", error, "%s", own->message);
}

static gboolean
read_host_key_policy (const Reader *reader, CulvertHostKeyPolicy *field, GError **error)
{
  g_autofree char *nick = NULL;

  if (!get_text (reader, "HostKeyPolicy", &nick, error))
    return FALSE;
  if (nick != NULL && !culvert_host_key_policy_from_nick (g_strstrip (nick), field))
    {
      g_autofree char *shown = excerpt (nick, -1);

      return invalid (reader, "HostKeyPolicy", error,
                      "\"%s\" is none of ask, accept-new and strict", shown);
    }
  return TRUE;
}

static gboolean
read_network_rule (const Reader *reader, CulvertNetworkRule *field, GError **error)
{
  g_autofree char *nick = NULL;

  if (!get_text (reader, "NetworkRule", &nick, error))
    return FALSE;
  if (nick != NULL && !culvert_network_rule_from_nick (g_strstrip (nick), field))
    {
      g_autofree char *shown = excerpt (nick, -1);

      return invalid (reader, "NetworkRule", error, "\"%s\" is none of any, only and except",
                      shown);
    }
  return TRUE;
}

static gboolean
check_version (const Reader *reader, GError **error)
{
  guint version = CULVERT_PROFILE_VERSION;

  if (!read_number (reader, "Version", 1, G_MAXINT, &version, error))
    return FALSE;
  if (version > CULVERT_PROFILE_VERSION)
    {
      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_VERSION,
                   "made by a newer version: the format is %u, this version reads up to %d",
                   version, CULVERT_PROFILE_VERSION);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_group (const Reader *reader, char **field, GError **error)
{
  g_autofree char *value = NULL;

  if (!get_text (reader, "Group", &value, error))
    return FALSE;
  if (value == NULL)
    return TRUE;
  g_strstrip (value);
  if (*value != '\0' && !culvert_group_is_valid (value))
    {
      g_autofree char *shown = excerpt (value, -1);

      return invalid (reader, "Group", error, "\"%s\" cannot be the name of a group", shown);
    }
  culvert_profile_set_string (field, value);
  return TRUE;
}

static gboolean
read_tunnel (const Reader *reader, CulvertProfile *profile, GError **error)
{
  guint port = profile->port;

  if (!check_version (reader, error) || !read_string (reader, "Name", &profile->name, error) ||
      !read_group (reader, &profile->group, error) ||
      !read_string (reader, "Host", &profile->host, error) ||
      !read_number (reader, "Port", 1, G_MAXUINT16, &port, error) ||
      !read_string (reader, "User", &profile->user, error) ||
      !read_address_family (reader, &profile->address_family, error) ||
      !read_list (reader, "KnownHostsFiles", &profile->known_hosts_files, error) ||
      !read_list (reader, "Hops", &profile->hops, error) ||
      !read_proxy (reader, &profile->proxy, error) ||
      !read_string (reader, "ProxyCommand", &profile->proxy_command, error) ||
      !read_boolean (reader, "ProxyCommandAllowed", &profile->proxy_command_allowed, error) ||
      !read_string (reader, "HostKeyAlias", &profile->host_key_alias, error) ||
      !read_host_key_policy (reader, &profile->host_key_policy, error) ||
      !read_methods (reader, profile, error) ||
      !read_list (reader, "KeyFiles", &profile->key_files, error) ||
      !read_list (reader, "CertificateFiles", &profile->certificate_files, error) ||
      !read_string (reader, "AgentSocket", &profile->agent_socket, error) ||
      !read_boolean (reader, "OnlyListedKeys", &profile->only_listed_keys, error) ||
      !read_boolean (reader, "NeverAsk", &profile->never_ask, error) ||
      !read_number (reader, "ConnectTimeout", 1, CULVERT_SECONDS_MAX, &profile->connect_timeout_s,
                    error) ||
      !read_number (reader, "KeepaliveInterval", 0, CULVERT_SECONDS_MAX,
                    &profile->keepalive_interval_s, error) ||
      !read_boolean (reader, "LegacyAlgorithms", &profile->legacy_algorithms, error) ||
      !read_boolean (reader, "Reconnect", &profile->reconnect, error) ||
      !read_boolean (reader, "QuickReplies", &profile->quick_replies, error) ||
      !read_boolean (reader, "StartWithProgram", &profile->start_with_program, error) ||
      !read_boolean (reader, "OnDemand", &profile->on_demand, error) ||
      !read_number (reader, "IdleTimeout", 1, CULVERT_SECONDS_MAX, &profile->idle_timeout_s,
                    error) ||
      !read_network_rule (reader, &profile->network_rule, error) ||
      !read_list (reader, "Networks", &profile->networks, error) ||
      !read_boolean (reader, "Notify", &profile->notify, error))
    return FALSE;
  profile->port = (guint16)port;
  return TRUE;
}

static gboolean
read_endpoint (const Reader *reader, const char *key, CulvertEndpoint **endpoint, GError **error)
{
  g_autofree char   *text = NULL;
  g_autoptr (GError) own = NULL;

  if (!get_text (reader, key, &text, error))
    return FALSE;
  if (text == NULL)
    return invalid (reader, key, error, "missing");
  /* Spaces at the end may belong to a path. */
  if (text[0] != '/' && text[0] != '~')
    g_strchomp (text);
  *endpoint = culvert_endpoint_parse (text, &own);
  return *endpoint != NULL || invalid (reader, key, error, "%s", own->message);
}

static gboolean
read_kind (const Reader *reader, CulvertForwardKind *kind, GError **error)
{
  g_autofree char *nick = NULL;

  if (!get_text (reader, "Kind", &nick, error))
    return FALSE;
  if (nick == NULL)
    return invalid (reader, "Kind", error, "missing");
  if (!culvert_forward_kind_from_nick (g_strstrip (nick), kind))
    {
      g_autofree char *shown = excerpt (nick, -1);

      return invalid (reader, "Kind", error, "\"%s\" is no kind of forward", shown);
    }
  return TRUE;
}

static gboolean
read_forward (const Reader *reader, CulvertProfile *profile, GError **error)
{
  g_autoptr (CulvertEndpoint) listen = NULL;
  g_autoptr (CulvertEndpoint) target = NULL;
  g_autofree char            *name = g_strdup ("");
  g_autofree char            *browser_path = g_strdup ("");
  CulvertForwardFields        fields = { .is_enabled = TRUE };

  fields.id = culvert_forward_group_get_id (reader->group);
  if (!culvert_forward_id_is_valid (fields.id))
    {
      g_autofree char *shown = excerpt (reader->group, -1);

      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID,
                   "[%s]: the forward's id may have letters, digits, - and _ alone", shown);
      return FALSE;
    }
  if (!read_kind (reader, &fields.kind, error) || !read_string (reader, "Name", &name, error) ||
      !read_endpoint (reader, "Listen", &listen, error) ||
      !read_boolean (reader, "Enabled", &fields.is_enabled, error) ||
      !read_boolean (reader, "AnyUser", &fields.any_user, error) ||
      !read_boolean (reader, "Ftp", &fields.is_ftp, error) ||
      !read_boolean (reader, "Https", &fields.is_https, error) ||
      !read_string (reader, "BrowserPath", &browser_path, error))
    return FALSE;
  /* A draft may lack its target; the form asks for it (core/profile-check.h). */
  if (g_key_file_has_key (reader->key_file, reader->group, "Target", NULL) &&
      !read_endpoint (reader, "Target", &target, error))
    return FALSE;
  fields.name = name;
  fields.browser_path = browser_path;
  fields.listen = listen;
  fields.target = target;
  g_ptr_array_add (profile->forwards, culvert_forward_spec_new (&fields));
  return TRUE;
}

static gboolean
loads (const char *text, gsize n_bytes, GError **error)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();

  return g_key_file_load_from_data (key_file, text, n_bytes, LOAD_FLAGS, error);
}

/* GKeyFile does not say which line it stumbled over: the first one up to which the text does not
 * load. */
static void
set_syntax_error (const char *text, gsize n_bytes, GError **error)
{
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autofree char   *shown = NULL;
  guint              good = 0;
  guint              bad;
  gsize              start, end;

  for (const char *line = text; line < text + n_bytes; line = next_line (line, text + n_bytes))
    {
      gsize offset = line - text;

      g_array_append_val (starts, offset);
    }
  g_array_append_val (starts, n_bytes);
  bad = starts->len - 1;
  while (bad - good > 1)
    {
      guint middle = good + (bad - good) / 2;

      if (loads (text, g_array_index (starts, gsize, middle), NULL))
        good = middle;
      else
        bad = middle;
    }
  start = g_array_index (starts, gsize, good);
  end = g_array_index (starts, gsize, good + 1);
  while (end > start && g_ascii_isspace (text[end - 1]))
    end--;
  shown = excerpt (text + start, end - start);
  g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_SYNTAX,
               "line %u: \"%s\" is neither a group, a key with a value nor a comment", good + 1,
               shown);
  set_line (error, good + 1);
}

static gboolean
check_bytes (const char *text, gsize n_bytes, GError **error)
{
  const char *invalid_at;
  guint       line = 1;

  if (n_bytes > CULVERT_PROFILE_MAX_BYTES)
    {
      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_TOO_LARGE,
                   "larger than %d bytes", CULVERT_PROFILE_MAX_BYTES);
      return FALSE;
    }
  if (g_utf8_validate_len (text, n_bytes, &invalid_at))
    return TRUE;
  for (const char *p = text; p < invalid_at; p++)
    line += *p == '\n';
  g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_SYNTAX,
               "line %u: not UTF-8 text", line);
  set_line (error, line);
  return FALSE;
}

/* (transfer full): @text with line ends as we write them.  GKeyFile takes one \r in front of each \n,
 * so that more of them would become fewer with each save. */
static char *
normalise_line_ends (const char *text, gsize n_bytes, gsize *n_normal)
{
  GString *normal = g_string_sized_new (n_bytes);

  for (const char *line = text; line < text + n_bytes;)
    {
      const char *next = next_line (line, text + n_bytes);
      const char *end = next[-1] == '\n' ? next - 1 : next;

      while (end > line && end[-1] == '\r')
        end--;
      g_string_append_len (normal, line, end - line);
      g_string_append_c (normal, '\n');
      line = next;
    }
  *n_normal = normal->len;
  return g_string_free (normal, FALSE);
}

CulvertProfile *
culvert_profile_parse (const char *id, const char *text, gsize n_bytes, GError **error)
{
  CulvertProfile *profile = culvert_profile_parse_own (id, text, n_bytes, error);

  if (profile != NULL)
    profile->proxy_command_allowed = FALSE;
  return profile;
}

CulvertProfile *
culvert_profile_parse_own (const char *id, const char *text, gsize n_bytes, GError **error)
{
  g_autoptr (CulvertProfile) profile = NULL;
  g_autoptr (GKeyFile)       key_file = g_key_file_new ();
  g_auto (GStrv)             groups = NULL;
  g_autofree char           *normal = NULL;
  Reader                     reader = { .key_file = key_file };

  g_return_val_if_fail (id != NULL && culvert_profile_id_is_valid (id), NULL);
  g_return_val_if_fail (text != NULL || n_bytes == 0, NULL);

  if (n_bytes >= 3 && memcmp (text, BYTE_ORDER_MARK, 3) == 0)
    {
      text += 3;
      n_bytes -= 3;
    }
  if (!check_bytes (text, n_bytes, error))
    return NULL;
  normal = normalise_line_ends (text, n_bytes, &n_bytes);
  text = normal;
  if (n_bytes > 0 && !g_key_file_load_from_data (key_file, text, n_bytes, LOAD_FLAGS, NULL))
    {
      set_syntax_error (text, n_bytes, error);
      return NULL;
    }
  if (!g_key_file_has_group (key_file, CULVERT_TUNNEL_GROUP))
    {
      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_SYNTAX,
                   "not a tunnel: the group [%s] is missing", CULVERT_TUNNEL_GROUP);
      return NULL;
    }

  profile = culvert_profile_new ();
  culvert_profile_set_string (&profile->id, id);
  reader.text = text;
  reader.n_bytes = n_bytes;
  reader.group = CULVERT_TUNNEL_GROUP;
  if (!read_tunnel (&reader, profile, error))
    return NULL;

  groups = g_key_file_get_groups (key_file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    if (culvert_forward_group_get_id (groups[i]) != NULL)
      {
        reader.group = groups[i];
        if (!read_forward (&reader, profile, error))
          return NULL;
      }
  profile->unknown = g_steal_pointer (&key_file);
  return g_steal_pointer (&profile);
}
