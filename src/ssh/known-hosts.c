/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/known-hosts-private.h"

#include "core/ssh-pattern.h"
#include "ssh/public-key.h"

#include <string.h>

#define HASH_MAGIC "|1|"
#define SHA1_SIZE  20

/* Of one pattern, as in OpenSSH; a longer one spoils its line. */
#define PATTERN_MAX 1023

struct _CulvertKnownHosts
{
  GPtrArray *entries; /* of CulvertKnownHostsEntry */
  guint      n_skipped;
};

static void
entry_free (gpointer data)
{
  CulvertKnownHostsEntry *entry = data;

  g_free (entry->file_name);
  g_free (entry->names);
  g_free (entry->type_name);
  g_bytes_unref (entry->public_blob);
  g_free (entry->text);
  g_free (entry);
}

CulvertKnownHosts *
culvert_known_hosts_new (void)
{
  CulvertKnownHosts *self = g_new0 (CulvertKnownHosts, 1);

  self->entries = g_ptr_array_new_with_free_func (entry_free);
  return self;
}

void
culvert_known_hosts_free (CulvertKnownHosts *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->entries);
  g_free (self);
}

char *
culvert_known_hosts_format_name (const char *host, guint16 port)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  if (port == 22)
    return g_steal_pointer (&lower);
  return g_strdup_printf ("[%s]:%u", lower, port);
}

const char *
culvert_known_hosts_next_line (const char *text, gsize n_bytes, gsize *start, gsize *length)
{
  const char *line;
  const char *end;

  if (*start >= n_bytes)
    return NULL;

  line = text + *start;
  end = memchr (line, '\n', n_bytes - *start);
  *length = end != NULL ? (gsize)(end - line) : n_bytes - *start;
  *start += *length + 1;
  return line;
}

/* Takes the next word off a line; its length is 0 at the end. */
static const char *
take_word (const char **next, gsize *n_left, gsize *n_word)
{
  const char *word;

  while (*n_left > 0 && (**next == ' ' || **next == '\t'))
    {
      *next += 1;
      *n_left -= 1;
    }
  word = *next;
  *n_word = 0;
  while (*n_left > 0 && **next != ' ' && **next != '\t')
    {
      *next += 1;
      *n_left -= 1;
      *n_word += 1;
    }
  return word;
}

static gboolean
word_is (const char *word, gsize n_word, const char *expected)
{
  return n_word == strlen (expected) && memcmp (word, expected, n_word) == 0;
}

CulvertKnownHostsLineKind
culvert_known_hosts_parse_line (const char *text, gsize n_bytes, CulvertKnownHostsLine *line)
{
  g_autofree char *type_name = NULL;
  const char      *base64;
  gsize            n_base64;

  if (n_bytes > 0 && text[n_bytes - 1] == '\r')
    n_bytes--;

  line->marker = CULVERT_KNOWN_HOSTS_PLAIN;
  line->names = take_word (&text, &n_bytes, &line->n_names);
  if (line->n_names == 0 || line->names[0] == '#')
    return CULVERT_KNOWN_HOSTS_LINE_BLANK;

  if (line->names[0] == '@')
    {
      if (word_is (line->names, line->n_names, "@revoked"))
        line->marker = CULVERT_KNOWN_HOSTS_MARKED_REVOKED;
      else if (word_is (line->names, line->n_names, "@cert-authority"))
        line->marker = CULVERT_KNOWN_HOSTS_MARKED_AUTHORITY;
      else
        return CULVERT_KNOWN_HOSTS_LINE_JUNK;
      line->names = take_word (&text, &n_bytes, &line->n_names);
    }

  line->type_name = take_word (&text, &n_bytes, &line->n_type_name);
  base64 = take_word (&text, &n_bytes, &n_base64);
  if (n_base64 == 0 || memchr (line->names, '\0', line->n_names) != NULL)
    return CULVERT_KNOWN_HOSTS_LINE_JUNK;

  type_name = g_strndup (line->type_name, line->n_type_name);
  line->public_blob = culvert_public_key_decode (type_name, base64, n_base64);
  return line->public_blob != NULL ? CULVERT_KNOWN_HOSTS_LINE_GOOD : CULVERT_KNOWN_HOSTS_LINE_JUNK;
}

gboolean
culvert_known_hosts_match_pattern (const char *text, const char *pattern, gsize n_pattern)
{
  g_autofree char *folded = g_ascii_strdown (pattern, (gssize)n_pattern);

  return culvert_ssh_pattern_match (folded, text);
}

/* A negated pattern that matches settles it, wherever it stands. */
static gboolean
match_patterns (const char *patterns, gsize n_patterns, const char *name)
{
  gboolean found = FALSE;
  gsize    start = 0;

  while (start < n_patterns)
    {
      const char *pattern = patterns + start;
      const char *comma = memchr (pattern, ',', n_patterns - start);
      gsize       length = comma != NULL ? (gsize)(comma - pattern) : n_patterns - start;
      gboolean    is_negated = length > 0 && pattern[0] == '!';

      start += length + 1;
      if (is_negated)
        {
          pattern++;
          length--;
        }
      if (length > PATTERN_MAX)
        return FALSE;
      if (!culvert_known_hosts_match_pattern (name, pattern, length))
        continue;
      if (is_negated)
        return FALSE;
      found = TRUE;
    }
  return found;
}

char *
culvert_known_hosts_hash_name (const char *name, const guint8 *salt, gsize n_salt)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, salt, n_salt);
  guint8            digest[SHA1_SIZE];
  gsize             n_digest = sizeof digest;
  g_autofree char  *salt_text = g_base64_encode (salt, n_salt);
  g_autofree char  *digest_text = NULL;

  g_hmac_update (hmac, (const guchar *)name, -1);
  g_hmac_get_digest (hmac, digest, &n_digest);
  digest_text = g_base64_encode (digest, n_digest);
  return g_strconcat (HASH_MAGIC, salt_text, "|", digest_text, NULL);
}

static gboolean
match_hashed (const char *names, gsize n_names, const char *name)
{
  const char      *salt_text = names + strlen (HASH_MAGIC);
  guint8           salt[CULVERT_BASE64_DECODED_MAX (32)];
  gsize            n_salt;
  const char      *end;
  g_autofree char *expected = NULL;

  if (n_names < strlen (HASH_MAGIC) || memcmp (names, HASH_MAGIC, strlen (HASH_MAGIC)) != 0)
    return FALSE;

  end = memchr (salt_text, '|', n_names - strlen (HASH_MAGIC));
  if (end == NULL || end - salt_text > 32 ||
      !culvert_base64_decode (salt_text, (gsize)(end - salt_text), salt, &n_salt) ||
      n_salt != CULVERT_KNOWN_HOSTS_SALT_SIZE)
    return FALSE;

  expected = culvert_known_hosts_hash_name (name, salt, n_salt);
  return word_is (names, n_names, expected);
}

gboolean
culvert_known_hosts_match_names (const char *names, gsize n_names, const char *name)
{
  if (n_names > 0 && names[0] == '|')
    return match_hashed (names, n_names, name);
  return match_patterns (names, n_names, name);
}

gboolean
culvert_known_hosts_names_match (const char *names, const char *name)
{
  return culvert_known_hosts_match_names (names, strlen (names), name);
}

void
culvert_known_hosts_add_text (CulvertKnownHosts *self,
                              const char        *file_name,
                              const char        *text,
                              gsize              n_bytes)
{
  gsize       start = 0;
  gsize       length;
  guint       line_number = 0;
  const char *found;

  while ((found = culvert_known_hosts_next_line (text, n_bytes, &start, &length)) != NULL)
    {
      CulvertKnownHostsLineKind kind = CULVERT_KNOWN_HOSTS_LINE_JUNK;
      CulvertKnownHostsLine     line;
      CulvertKnownHostsEntry   *entry;

      line_number++;
      if (length <= CULVERT_KNOWN_HOSTS_LINE_MAX)
        kind = culvert_known_hosts_parse_line (found, length, &line);
      if (kind == CULVERT_KNOWN_HOSTS_LINE_JUNK)
        self->n_skipped++;
      if (kind != CULVERT_KNOWN_HOSTS_LINE_GOOD)
        continue;

      entry = g_new0 (CulvertKnownHostsEntry, 1);
      entry->file_name = g_strdup (file_name);
      entry->line_number = line_number;
      entry->marker = line.marker;
      entry->names = g_strndup (line.names, line.n_names);
      entry->type_name = g_strndup (line.type_name, line.n_type_name);
      entry->public_blob = line.public_blob;
      entry->text = g_strndup (found, length);
      g_ptr_array_add (self->entries, entry);
    }
}

const GPtrArray *
culvert_known_hosts_get_entries (const CulvertKnownHosts *self)
{
  return self->entries;
}

guint
culvert_known_hosts_get_n_skipped (const CulvertKnownHosts *self)
{
  return self->n_skipped;
}

/* How a host is looked for. */
typedef struct
{
  char *name; /* as the files write host and port together */
  char *bare; /* the host alone; NULL when that is the same */
} Wanted;

static void
wanted_init (Wanted *wanted, const char *host, guint16 port)
{
  wanted->name = culvert_known_hosts_format_name (host, port);
  wanted->bare = port != 22 ? g_ascii_strdown (host, -1) : NULL;
}

static void
wanted_clear (Wanted *wanted)
{
  g_free (wanted->name);
  g_free (wanted->bare);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wanted, wanted_clear)

typedef enum
{
  ABOUT_OTHERS,
  ABOUT_BARE_HOST, /* the host, but not this port in particular */
  ABOUT_HOST,
} About;

static About
classify (const CulvertKnownHostsEntry *entry, const Wanted *wanted)
{
  gsize n_names = strlen (entry->names);

  if (culvert_known_hosts_match_names (entry->names, n_names, wanted->name))
    return ABOUT_HOST;
  if (wanted->bare != NULL && culvert_known_hosts_match_names (entry->names, n_names, wanted->bare))
    return ABOUT_BARE_HOST;
  return ABOUT_OTHERS;
}

/* The first line found for each verdict. */
typedef struct
{
  const CulvertKnownHostsEntry *revoked;
  const CulvertKnownHostsEntry *same;
  const CulvertKnownHostsEntry *changed;
  const CulvertKnownHostsEntry *other;
  const CulvertKnownHostsEntry *authority;
} Findings;

static void
keep_first (const CulvertKnownHostsEntry **place, const CulvertKnownHostsEntry *entry)
{
  if (*place == NULL)
    *place = entry;
}

static void
weigh (Findings                     *findings,
       const CulvertKnownHostsEntry *entry,
       About                         about,
       GBytes                       *public_blob,
       const char                   *type_name)
{
  gboolean is_same = g_bytes_equal (entry->public_blob, public_blob);

  if (entry->marker == CULVERT_KNOWN_HOSTS_MARKED_AUTHORITY)
    keep_first (&findings->authority, entry);
  else if (entry->marker == CULVERT_KNOWN_HOSTS_MARKED_REVOKED && is_same)
    keep_first (&findings->revoked, entry);
  else if (entry->marker == CULVERT_KNOWN_HOSTS_MARKED_REVOKED)
    return;
  else if (is_same)
    keep_first (&findings->same, entry);
  else if (about == ABOUT_HOST && g_strcmp0 (entry->type_name, type_name) == 0)
    keep_first (&findings->changed, entry);
  else if (about == ABOUT_HOST)
    keep_first (&findings->other, entry);
}

CulvertKnownHostsVerdict
culvert_known_hosts_check (const CulvertKnownHosts *self,
                           const char              *host,
                           guint16                  port,
                           GBytes                  *public_blob,
                           CulvertKnownHostsResult *result)
{
  g_auto (Wanted)  wanted;
  g_autofree char *type_name = culvert_public_key_dup_type_name (public_blob);
  Findings         findings = { NULL };

  wanted_init (&wanted, host, port);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const CulvertKnownHostsEntry *entry = g_ptr_array_index (self->entries, i);
      About                         about = classify (entry, &wanted);

      if (about != ABOUT_OTHERS)
        weigh (&findings, entry, about, public_blob, type_name);
    }

  const struct
  {
    const CulvertKnownHostsEntry *entry;
    CulvertKnownHostsVerdict      verdict;
  } ranking[] = {
    { findings.revoked, CULVERT_KNOWN_HOSTS_REVOKED },
    { findings.same, CULVERT_KNOWN_HOSTS_MATCH },
    { findings.changed, CULVERT_KNOWN_HOSTS_CHANGED },
    { findings.other, CULVERT_KNOWN_HOSTS_OTHER_TYPE_KNOWN },
  };

  result->verdict = CULVERT_KNOWN_HOSTS_UNKNOWN;
  result->entry = NULL;
  result->authority = findings.authority;
  for (gsize i = 0; i < G_N_ELEMENTS (ranking) && result->entry == NULL; i++)
    if (ranking[i].entry != NULL)
      {
        result->verdict = ranking[i].verdict;
        result->entry = ranking[i].entry;
      }
  return result->verdict;
}

const CulvertKnownHostsEntry *
culvert_known_hosts_find (const CulvertKnownHosts *self,
                          const char              *host,
                          guint16                  port,
                          CulvertKnownHostsMarker  marker,
                          GBytes                  *public_blob)
{
  g_auto (Wanted) wanted;

  wanted_init (&wanted, host, port);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const CulvertKnownHostsEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->marker == marker &&
          (public_blob == NULL || g_bytes_equal (entry->public_blob, public_blob)) &&
          classify (entry, &wanted) != ABOUT_OTHERS)
        return entry;
    }
  return NULL;
}

static void
add_once (GPtrArray *algorithms, const char *algorithm)
{
  if (!g_ptr_array_find_with_equal_func (algorithms, algorithm, g_str_equal, NULL))
    g_ptr_array_add (algorithms, g_strdup (algorithm));
}

static void
add_algorithms (GPtrArray *algorithms, const char *type_name, gboolean with_sha1)
{
  if (strcmp (type_name, "ssh-rsa") == 0)
    {
      add_once (algorithms, "rsa-sha2-512");
      add_once (algorithms, "rsa-sha2-256");
      if (with_sha1)
        add_once (algorithms, "ssh-rsa");
    }
  else if (strcmp (type_name, "ssh-dss") != 0)
    add_once (algorithms, type_name);
}

static void
add_known (const CulvertKnownHosts *self,
           GPtrArray               *algorithms,
           const Wanted            *wanted,
           About                    about,
           gboolean                 with_sha1)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      const CulvertKnownHostsEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->marker == CULVERT_KNOWN_HOSTS_PLAIN && classify (entry, wanted) == about)
        add_algorithms (algorithms, entry->type_name, with_sha1);
    }
}

GStrv
culvert_known_hosts_order (const CulvertKnownHosts *self,
                           const char              *host,
                           guint16                  port,
                           gboolean                 with_sha1)
{
  GPtrArray      *algorithms = g_ptr_array_new ();
  g_auto (Wanted) wanted;

  wanted_init (&wanted, host, port);
  add_known (self, algorithms, &wanted, ABOUT_HOST, with_sha1);
  if (algorithms->len == 0)
    add_known (self, algorithms, &wanted, ABOUT_BARE_HOST, with_sha1);

  g_ptr_array_add (algorithms, NULL);
  return (GStrv)g_ptr_array_free (algorithms, FALSE);
}
