/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/known-hosts-private.h"

#include "core/errors.h"
#include "ssh/public-key.h"

#include <string.h>

#include <openssl/rand.h>

/* Room for the longest DNS name or Unix path, brackets and a port. */
#define NAME_MAX_BYTES 512

gboolean
culvert_known_hosts_add_file (CulvertKnownHosts *self, const char *path, GError **error)
{
  g_autoptr (GBytes) content = culvert_known_hosts_read_file (path, error);
  gsize              n_bytes;
  const char        *text;

  if (content == NULL)
    return FALSE;

  text = g_bytes_get_data (content, &n_bytes);
  culvert_known_hosts_add_text (self, path, text, n_bytes);
  return TRUE;
}

static gboolean
has_hashed_names (GBytes *content)
{
  gsize       n_bytes;
  const char *text = g_bytes_get_data (content, &n_bytes);
  gsize       start = 0;
  gsize       length;
  const char *line;

  while ((line = culvert_known_hosts_next_line (text, n_bytes, &start, &length)) != NULL)
    if (length > 3 && memcmp (line, "|1|", 3) == 0)
      return TRUE;

  return FALSE;
}

/* A name that would read back as something else must not get into the file. */
static gboolean
is_recordable (const char *name)
{
  if (strlen (name) > NAME_MAX_BYTES || strchr ("|@#!", name[0]) != NULL)
    return FALSE;

  for (const char *c = name; *c != '\0'; c++)
    if ((guchar)*c <= ' ' || *c == 0x7f || strchr (",*?", *c) != NULL)
      return FALSE;

  return *name != '\0';
}

/* (transfer full) (nullable): a whole line, with its end. */
static char *
format_line (const char *path,
             const char *name,
             gboolean    hashed,
             GBytes     *public_blob,
             GError    **error)
{
  gsize            n_blob;
  const guint8    *blob = g_bytes_get_data (public_blob, &n_blob);
  g_autofree char *type_name = culvert_public_key_dup_type_name (public_blob);
  g_autofree char *base64 = NULL;
  g_autofree char *hash = NULL;
  guint8           salt[CULVERT_KNOWN_HOSTS_SALT_SIZE];

  if (type_name == NULL || !is_recordable (name) || !is_recordable (type_name))
    {
      g_autofree char *quoted = g_strescape (name, NULL);

      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE,
                   "%s: a key for “%s” cannot be recorded", path, quoted);
      culvert_error_set_fact (error, CULVERT_FACT_FILE, path);
      return NULL;
    }

  if (hashed && RAND_bytes (salt, sizeof salt) != 1)
    {
      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE,
                   "%s: no random numbers to hash a name with", path);
      culvert_error_set_fact (error, CULVERT_FACT_FILE, path);
      return NULL;
    }
  if (hashed)
    hash = culvert_known_hosts_hash_name (name, salt, sizeof salt);
  base64 = g_base64_encode (blob, n_blob);
  return g_strdup_printf ("%s %s %s\n", hashed ? hash : name, type_name, base64);
}

gboolean
culvert_known_hosts_append (const char *path,
                            const char *host,
                            guint16     port,
                            GBytes     *public_blob,
                            GError    **error)
{
  g_autofree char   *name = culvert_known_hosts_format_name (host, port);
  g_autoptr (GBytes) content = culvert_known_hosts_read_file (path, error);
  g_autofree char   *line = NULL;

  if (content == NULL)
    return FALSE;

  line = format_line (path, name, has_hashed_names (content), public_blob, error);
  return line != NULL && culvert_known_hosts_append_text (path, line, strlen (line), error);
}

typedef struct
{
  const char *path;
  char       *name;
  GBytes     *old_blob; /* NULL: any */
  GBytes     *new_blob; /* NULL: none */
  gboolean    has_run;  /* there was a file */
  guint       n_changed;
  GError     *error;
} Edit;

/* Appends to @list those of @names, comma separated, that are not @name; FALSE when that is all. */
static gboolean
remove_name (GString *list, const char *names, gsize n_names, const char *name)
{
  gboolean found = FALSE;
  gsize    start = 0;

  while (start < n_names)
    {
      const char *one = names + start;
      const char *comma = memchr (one, ',', n_names - start);
      gsize       length = comma != NULL ? (gsize)(comma - one) : n_names - start;

      start += length + 1;
      if (length == strlen (name) && g_ascii_strncasecmp (one, name, length) == 0)
        {
          found = TRUE;
          continue;
        }
      if (list->len > 0)
        g_string_append_c (list, ',');
      g_string_append_len (list, one, (gssize)length);
    }
  return found;
}

/* Whether anything in a list of names can match at all. */
static gboolean
has_positive (const char *names)
{
  g_auto (GStrv) each = g_strsplit (names, ",", -1);

  for (gsize i = 0; each[i] != NULL; i++)
    if (each[i][0] != '\0' && each[i][0] != '!')
      return TRUE;

  return FALSE;
}

/* Whether @line loses the name, and what other names it keeps. */
static gboolean
loses_name (const Edit *edit, const CulvertKnownHostsLine *line, GString *others)
{
  if (line->marker != CULVERT_KNOWN_HOSTS_PLAIN ||
      (edit->old_blob != NULL && !g_bytes_equal (edit->old_blob, line->public_blob)))
    return FALSE;

  if (line->names[0] == '|')
    return culvert_known_hosts_match_names (line->names, line->n_names, edit->name);
  return remove_name (others, line->names, line->n_names, edit->name);
}

/* Appends to @output what is to stay of a line of @n_text bytes, @n_whole with its end. */
static void
edit_line (Edit *edit, GString *output, const char *text, gsize n_text, gsize n_whole)
{
  CulvertKnownHostsLine line;
  g_autoptr (GString)   others = g_string_new (NULL);
  gboolean              changes;

  if (n_text > CULVERT_KNOWN_HOSTS_LINE_MAX ||
      culvert_known_hosts_parse_line (text, n_text, &line) != CULVERT_KNOWN_HOSTS_LINE_GOOD)
    {
      g_string_append_len (output, text, (gssize)n_whole);
      return;
    }

  changes = loses_name (edit, &line, others);
  g_bytes_unref (line.public_blob);
  if (!changes)
    g_string_append_len (output, text, (gssize)n_whole);
  else if (has_positive (others->str))
    {
      gsize n_before = (gsize)(line.names - text);
      gsize n_through = n_before + line.n_names;

      g_string_append_len (output, text, (gssize)n_before);
      g_string_append (output, others->str);
      g_string_append_len (output, text + n_through, (gssize)(n_whole - n_through));
    }
  edit->n_changed += changes ? 1 : 0;
}

static gboolean
has_key (const char *text, gsize n_bytes, const char *name, GBytes *blob)
{
  g_autoptr (CulvertKnownHosts) hosts = culvert_known_hosts_new ();

  culvert_known_hosts_add_text (hosts, "", text, n_bytes);
  for (guint i = 0; i < culvert_known_hosts_get_entries (hosts)->len; i++)
    {
      const CulvertKnownHostsEntry *entry =
        g_ptr_array_index (culvert_known_hosts_get_entries (hosts), i);

      if (entry->marker == CULVERT_KNOWN_HOSTS_PLAIN && g_bytes_equal (entry->public_blob, blob) &&
          culvert_known_hosts_match_names (entry->names, strlen (entry->names), name))
        return TRUE;
    }
  return FALSE;
}

static GBytes *
edit_cb (GBytes *content, gpointer user_data)
{
  Edit               *edit = user_data;
  gsize               n_bytes;
  const char         *text = g_bytes_get_data (content, &n_bytes);
  g_autoptr (GString) output = g_string_sized_new (n_bytes + 1);
  gsize               start = 0;
  gsize               length;
  const char         *line;

  edit->has_run = TRUE;
  while ((line = culvert_known_hosts_next_line (text, n_bytes, &start, &length)) != NULL)
    edit_line (edit, output, line, length, MIN (length + 1, n_bytes - (gsize)(line - text)));

  if (edit->new_blob != NULL && !has_key (output->str, output->len, edit->name, edit->new_blob))
    {
      g_autofree char *added = format_line (edit->path, edit->name, has_hashed_names (content),
                                            edit->new_blob, &edit->error);

      if (added == NULL)
        return NULL;
      if (output->len > 0 && output->str[output->len - 1] != '\n')
        g_string_append_c (output, '\n');
      g_string_append (output, added);
    }
  else if (edit->n_changed == 0)
    return NULL;

  return g_string_free_to_bytes (g_steal_pointer (&output));
}

static gboolean
run_edit (Edit *edit, const char *host, guint16 port, guint *n_changed, GError **error)
{
  gboolean ok;

  edit->name = culvert_known_hosts_format_name (host, port);
  ok = culvert_known_hosts_edit_file (edit->path, edit_cb, edit, error);
  g_free (edit->name);

  if (edit->error != NULL)
    {
      g_propagate_error (error, edit->error);
      return FALSE;
    }
  if (n_changed != NULL)
    *n_changed = ok ? edit->n_changed : 0;
  return ok;
}

gboolean
culvert_known_hosts_forget (const char *path,
                            const char *host,
                            guint16     port,
                            GBytes     *public_blob,
                            guint      *n_changed,
                            GError    **error)
{
  Edit edit = { .path = path, .old_blob = public_blob };

  return run_edit (&edit, host, port, n_changed, error);
}

gboolean
culvert_known_hosts_replace (const char *path,
                             const char *host,
                             guint16     port,
                             GBytes     *old_blob,
                             GBytes     *new_blob,
                             GError    **error)
{
  Edit edit = { .path = path, .old_blob = old_blob, .new_blob = new_blob };

  if (!run_edit (&edit, host, port, NULL, error))
    return FALSE;
  return edit.has_run || culvert_known_hosts_append (path, host, port, new_blob, error);
}
