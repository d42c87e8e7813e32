/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/key-file-extras.h"

#include <string.h>

const char *const culvert_tunnel_keys[] = {
  "Version",
  "Name",
  "Group",
  "Host",
  "Port",
  "User",
  "AddressFamily",
  "Hops",
  "Proxy",
  "ProxyCommand",
  "ProxyCommandAllowed",
  "KnownHostsFiles",
  "HostKeyAlias",
  "HostKeyPolicy",
  "Methods",
  "KeyFiles",
  "CertificateFiles",
  "AgentSocket",
  "OnlyListedKeys",
  "NeverAsk",
  "ConnectTimeout",
  "KeepaliveInterval",
  "LegacyAlgorithms",
  "Reconnect",
  "OnDemand",
  "IdleTimeout",
  "QuickReplies",
  "StartWithProgram",
  "NetworkRule",
  "Networks",
  "Notify",
  NULL,
};

const char *const culvert_forward_keys[] = {
  "Name", "Kind", "Listen", "Target", "Enabled", "AnyUser", "Ftp", "Https", "BrowserPath", NULL,
};

typedef struct
{
  char    *group;   /* NULL for what stands above the first group */
  GString *comment; /* directly above the header */
  GString *text;    /* the header and what follows it */
} Block;

static Block *
block_new (const char *group, gsize n_bytes)
{
  Block *self = g_new0 (Block, 1);

  self->group = group != NULL ? g_strndup (group, n_bytes) : NULL;
  self->comment = g_string_new (NULL);
  self->text = g_string_new (NULL);
  return self;
}

static void
block_free (gpointer data)
{
  Block *self = data;

  g_free (self->group);
  g_string_free (self->comment, TRUE);
  g_string_free (self->text, TRUE);
  g_free (self);
}

static void
trim_blank_lines (GString *text)
{
  while (text->len >= 2 && g_str_has_suffix (text->str, "\n\n"))
    g_string_truncate (text, text->len - 1);
}

/* Moves the comment at the end of @from to @to.  g_key_file_to_data() puts an empty line between a
 * comment and the group under it, so that is looked over; the comment at the top of a file stands
 * for the file. */
static void
move_comment (Block *from, Block *to)
{
  gsize start;

  trim_blank_lines (from->text);
  if (from->group == NULL)
    return;
  start = from->text->len;
  while (start > 0)
    {
      const char *text = from->text->str;
      gsize       line = start - 1;

      while (line > 0 && text[line - 1] != '\n')
        line--;
      if (text[line] != '#')
        break;
      start = line;
    }
  g_string_append (to->comment, from->text->str + start);
  g_string_truncate (from->text, start);
  trim_blank_lines (from->text);
}

/* (transfer full) (nullable): the key of a `key=value` line */
static char *
key_of_line (const char *line)
{
  const char *equals = line[0] != '#' && line[0] != '[' ? strchr (line, '=') : NULL;

  return equals != NULL ? g_strndup (line, equals - line) : NULL;
}

/* Of a key that is given several times the last counts, but GKeyFile keeps the others and finds them
 * again once the last is removed. */
static void
drop_repeated_keys (GString *text)
{
  g_auto (GStrv)         lines = g_strsplit (text->str, "\n", -1);
  guint                  n_lines = g_strv_length (lines);
  g_autofree gboolean   *is_dropped = g_new0 (gboolean, n_lines);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = n_lines; i-- > 0;)
    {
      char *key = key_of_line (lines[i]);

      is_dropped[i] = key != NULL && !g_hash_table_add (seen, key);
    }
  g_string_truncate (text, 0);
  /* Behind the last line end there is one more piece, which is empty. */
  for (guint i = 0; i + 1 < n_lines; i++)
    if (!is_dropped[i])
      g_string_append_printf (text, "%s\n", lines[i]);
}

/* @text comes from g_key_file_to_data(): every line ends, headers stand alone in theirs. */
static GPtrArray *
split_blocks (const char *text)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func (block_free);
  Block     *block = block_new (NULL, 0);

  g_ptr_array_add (blocks, block);
  while (*text != '\0')
    {
      const char *end = strchr (text, '\n');
      gsize       n_bytes = end != NULL ? (gsize)(end - text) : strlen (text);
      const char *bracket = text[0] == '[' ? memchr (text, ']', n_bytes) : NULL;

      if (bracket != NULL)
        {
          Block *next = block_new (text + 1, bracket - text - 1);

          move_comment (block, next);
          g_ptr_array_add (blocks, next);
          block = next;
        }
      g_string_append_len (block->text, text, n_bytes);
      g_string_append_c (block->text, '\n');
      text += end != NULL ? n_bytes + 1 : n_bytes;
    }
  trim_blank_lines (block->text);
  for (guint i = 0; i < blocks->len; i++)
    drop_repeated_keys (((Block *)g_ptr_array_index (blocks, i))->text);
  return blocks;
}

static GPtrArray *
key_file_to_blocks (GKeyFile *key_file)
{
  g_autofree char *text =
    key_file != NULL ? g_key_file_to_data (key_file, NULL, NULL) : g_strdup ("");

  return split_blocks (text);
}

static GKeyFile *
key_file_from_text (const GString *text)
{
  GKeyFile          *key_file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  /* A copy of what was read before, so it loads; were it not to, an empty file is what remains. */
  if (!g_key_file_load_from_data (key_file, text->str, text->len,
                                  G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, &error))
    g_debug ("copying a key file: %s", error->message);
  return key_file;
}

const char *
culvert_forward_group_get_id (const char *group)
{
  g_return_val_if_fail (group != NULL, NULL);

  return g_str_has_prefix (group, CULVERT_FORWARD_GROUP_PREFIX)
           ? group + strlen (CULVERT_FORWARD_GROUP_PREFIX)
           : NULL;
}

static const char *const *
known_keys (const char *group)
{
  static const char *const none[] = { NULL };

  if (strcmp (group, CULVERT_TUNNEL_GROUP) == 0)
    return culvert_tunnel_keys;
  return culvert_forward_group_get_id (group) != NULL ? culvert_forward_keys : none;
}

/* (element-type utf8 utf8): "group\nkey" to raw value */
static GHashTable *
collect_unknown (GKeyFile *key_file, GHashTable *forward_ids)
{
  GHashTable    *found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) groups = key_file != NULL ? g_key_file_get_groups (key_file, NULL) : NULL;

  for (guint i = 0; groups != NULL && groups[i] != NULL; i++)
    {
      const char    *id = culvert_forward_group_get_id (groups[i]);
      g_auto (GStrv) keys = NULL;

      if (id != NULL && !g_hash_table_contains (forward_ids, id))
        continue;
      keys = g_key_file_get_keys (key_file, groups[i], NULL, NULL);
      for (guint j = 0; keys != NULL && keys[j] != NULL; j++)
        if (!g_strv_contains (known_keys (groups[i]), keys[j]))
          g_hash_table_insert (found, g_strconcat (groups[i], "\n", keys[j], NULL),
                               g_key_file_get_value (key_file, groups[i], keys[j], NULL));
    }
  return found;
}

gboolean
culvert_key_file_unknown_equal (GKeyFile *a, GKeyFile *b, GHashTable *forward_ids)
{
  g_autoptr (GHashTable) in_a = NULL;
  g_autoptr (GHashTable) in_b = NULL;
  GHashTableIter         iter;
  gpointer               name, value;

  if (a == b)
    return TRUE;
  in_a = collect_unknown (a, forward_ids);
  in_b = collect_unknown (b, forward_ids);
  if (g_hash_table_size (in_a) != g_hash_table_size (in_b))
    return FALSE;
  g_hash_table_iter_init (&iter, in_a);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (g_strcmp0 (g_hash_table_lookup (in_b, name), value) != 0)
      return FALSE;
  return TRUE;
}

GKeyFile *
culvert_key_file_rename_forwards (GKeyFile *self, GHashTable *new_ids)
{
  g_autoptr (GPtrArray) blocks = key_file_to_blocks (self);
  g_autoptr (GString)   text = g_string_new (NULL);

  for (guint i = 0; i < blocks->len; i++)
    {
      const Block *block = g_ptr_array_index (blocks, i);
      const char  *id = block->group != NULL ? culvert_forward_group_get_id (block->group) : NULL;
      const char  *new_id = id != NULL ? g_hash_table_lookup (new_ids, id) : NULL;

      g_string_append (text, block->comment->str);
      if (new_id != NULL)
        {
          g_autofree char *header =
            g_strdup_printf ("[" CULVERT_FORWARD_GROUP_PREFIX "%s]", new_id);

          g_string_append (text, header);
          g_string_append (text, strchr (block->text->str, '\n'));
        }
      else
        g_string_append (text, block->text->str);
    }
  return key_file_from_text (text);
}

/* Appends the block of @group, or an empty one, and keeps its comment in @comments. */
static void
take_group (GString *text, const char *group, GHashTable *blocks, GHashTable *comments)
{
  const Block     *block = g_hash_table_lookup (blocks, group);
  g_autofree char *header = g_strdup_printf ("[%s]\n", group);

  g_string_append (text, block != NULL ? block->text->str : header);
  if (block != NULL)
    g_hash_table_insert (comments, g_strdup (group), g_strdup (block->comment->str));
}

static void
take_forward (GString *text, const char *id, GHashTable *blocks, GHashTable *comments)
{
  g_autofree char *group = g_strconcat (CULVERT_FORWARD_GROUP_PREFIX, id, NULL);

  take_group (text, group, blocks, comments);
}

GKeyFile *
culvert_key_file_arrange (GKeyFile          *self,
                          const char *const *forward_ids,
                          guint              n_ids,
                          GHashTable       **comments)
{
  g_autoptr (GPtrArray)  blocks = key_file_to_blocks (self);
  g_autoptr (GHashTable) by_group = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString)    text = g_string_new (NULL);
  guint                  next = 0;

  *comments = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < n_ids; i++)
    g_hash_table_add (wanted, (gpointer)forward_ids[i]);
  for (guint i = 0; i < blocks->len; i++)
    {
      Block *block = g_ptr_array_index (blocks, i);

      if (block->group != NULL)
        g_hash_table_insert (by_group, block->group, block);
    }
  if (!g_hash_table_contains (by_group, CULVERT_TUNNEL_GROUP))
    take_group (text, CULVERT_TUNNEL_GROUP, by_group, *comments);

  /* Each place of a forward that stays is filled with the next one in the wanted order. */
  for (guint i = 0; i < blocks->len; i++)
    {
      const Block *block = g_ptr_array_index (blocks, i);
      const char  *id = block->group != NULL ? culvert_forward_group_get_id (block->group) : NULL;

      if (block->group == NULL)
        g_string_append (text, block->text->str);
      else if (id == NULL)
        take_group (text, block->group, by_group, *comments);
      else if (g_hash_table_contains (wanted, id) && next < n_ids)
        take_forward (text, forward_ids[next++], by_group, *comments);
    }
  while (next < n_ids)
    take_forward (text, forward_ids[next++], by_group, *comments);
  return key_file_from_text (text);
}

char *
culvert_key_file_to_text (GKeyFile *self, GHashTable *comments)
{
  g_autoptr (GPtrArray) blocks = NULL;
  GString              *text = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  blocks = key_file_to_blocks (self);
  for (guint i = 0; i < blocks->len; i++)
    {
      const Block *block = g_ptr_array_index (blocks, i);
      const char  *comment =
        block->group != NULL ? g_hash_table_lookup (comments, block->group) : NULL;

      /* What looks like this group's comment ended the file before its groups were arranged. */
      g_string_append (text, block->comment->str);
      if (text->len > 0)
        g_string_append_c (text, '\n');
      if (comment != NULL)
        g_string_append (text, comment);
      g_string_append (text, block->text->str);
    }
  return g_string_free (text, FALSE);
}
