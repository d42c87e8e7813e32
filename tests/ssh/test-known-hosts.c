/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "key-support.h"
#include "known-hosts-support.h"
#include "ssh/known-hosts.h"

#include <string.h>

/* T26: what is known of a host. */
typedef struct
{
  const char              *name;
  const char              *text;
  const char              *host;
  guint16                  port;
  KeyName                  key;
  CulvertKnownHostsVerdict verdict;
  guint                    line; /* of the line that decided; 0: none */
  /* Whether ssh-keygen -F has a line about the host; -1: it is not asked, as it knows less of ports. */
  int found_by_ssh_keygen;
} Row;

#define MATCH   CULVERT_KNOWN_HOSTS_MATCH
#define UNKNOWN CULVERT_KNOWN_HOSTS_UNKNOWN
#define CHANGED CULVERT_KNOWN_HOSTS_CHANGED
#define OTHER   CULVERT_KNOWN_HOSTS_OTHER_TYPE_KNOWN
#define REVOKED CULVERT_KNOWN_HOSTS_REVOKED

static const Row rows[] = {
  { "empty", "", "host", 22, KEY_A, UNKNOWN, 0, 0 },
  { "match", "host $A\n", "host", 22, KEY_A, MATCH, 1, 1 },
  { "comment-behind", "host $A root@host 2024\n", "host", 22, KEY_A, MATCH, 1, 1 },
  { "no-line-end", "host $A", "host", 22, KEY_A, MATCH, 1, 1 },
  { "crlf", "host $A\r\nother $B\r\n", "other", 22, KEY_B, MATCH, 2, 1 },
  { "crlf-without-comment", "host $A\r\n", "host", 22, KEY_B, CHANGED, 1, 1 },
  { "tabs", "\thost\t$A\n", "host", 22, KEY_A, MATCH, 1, 1 },
  { "changed", "host $A\n", "host", 22, KEY_B, CHANGED, 1, 1 },
  { "other-type", "host $E\n", "host", 22, KEY_A, OTHER, 1, 1 },
  { "changed-beats-other-type", "host $E\nhost $A\n", "host", 22, KEY_B, CHANGED, 2, 1 },
  { "two-keys-of-a-type", "host $A\nhost $B\n", "host", 22, KEY_B, MATCH, 2, 1 },
  { "two-types", "host $E\nhost $A\n", "host", 22, KEY_A, MATCH, 2, 1 },
  { "rsa", "host $R\n", "host", 22, KEY_R, MATCH, 1, 1 },
  { "other-host", "host $A\n", "hostess", 22, KEY_A, UNKNOWN, 0, 0 },
  { "prefix-is-not-enough", "hostess $A\n", "host", 22, KEY_A, UNKNOWN, 0, 0 },
  { "list", "a,host,b $A\n", "host", 22, KEY_A, MATCH, 1, 1 },
  { "upper-case-asked", "host $A\n", "HoSt", 22, KEY_A, MATCH, 1, 1 },
  { "upper-case-recorded", "HOST $A\n", "host", 22, KEY_A, MATCH, 1, 1 },
  { "short-name", "a $A\n", "a", 22, KEY_A, MATCH, 1, 1 },
  { "two-letter-name", "ab $A\n", "ab", 22, KEY_B, CHANGED, 1, 1 },
  { "ipv6", "2001:db8::1 $A\n", "2001:DB8::1", 22, KEY_A, MATCH, 1, 1 },

  { "comment-line", "# host $A\nhost $B\n", "host", 22, KEY_B, MATCH, 2, 1 },
  { "comment-indented", "  # host $A\n", "host", 22, KEY_A, UNKNOWN, 0, 0 },
  { "blank-lines", "\n \n\t\nhost $A\n", "host", 22, KEY_A, MATCH, 4, 1 },

  { "port", "[host]:2222 $A\n", "host", 2222, KEY_A, MATCH, 1, 1 },
  { "port-changed", "[host]:2222 $A\n", "host", 2222, KEY_B, CHANGED, 1, 1 },
  { "port-other", "[host]:2222 $A\n", "host", 2223, KEY_A, UNKNOWN, 0, 0 },
  { "port-against-22", "[host]:2222 $A\n", "host", 22, KEY_A, UNKNOWN, 0, 0 },
  { "port-ipv6", "[::1]:2222 $A\n", "::1", 2222, KEY_A, MATCH, 1, 1 },
  { "port-upper-case", "[HOST]:2222 $A\n", "Host", 2222, KEY_A, MATCH, 1, 1 },
  { "bare-same", "host $A\n", "host", 2222, KEY_A, MATCH, 1, -1 },
  { "bare-differs", "host $A\n", "host", 2222, KEY_B, UNKNOWN, 0, -1 },
  { "bare-other-type", "host $E\n", "host", 2222, KEY_A, UNKNOWN, 0, -1 },
  { "bare-differs-beside-port", "host $A\n[host]:2222 $B\n", "host", 2222, KEY_B, MATCH, 2, -1 },
  { "bare-same-beside-changed-port", "[host]:2222 $B\nhost $A\n", "host", 2222, KEY_A, MATCH, 2,
    -1 },
  { "bare-revoked", "@revoked host $A\n", "host", 2222, KEY_A, REVOKED, 1, -1 },

  { "star", "*.example.com $A\n", "db.example.com", 22, KEY_A, MATCH, 1, 1 },
  { "star-needs-the-dot", "*.example.com $A\n", "example.com", 22, KEY_A, UNKNOWN, 0, 0 },
  { "star-alone", "* $A\n", "anything", 22, KEY_B, CHANGED, 1, 1 },
  { "star-alone-port", "* $A\n", "anything", 2222, KEY_B, CHANGED, 1, 1 },
  { "star-in-the-middle", "a*c*e $A\n", "abcbcde", 22, KEY_A, MATCH, 1, 1 },
  { "star-back-tracking", "*ab $A\n", "aabab", 22, KEY_A, MATCH, 1, 1 },
  { "question", "h?st $A\n", "host", 22, KEY_A, MATCH, 1, 1 },
  { "question-needs-one", "host? $A\n", "host", 22, KEY_A, UNKNOWN, 0, 0 },
  { "pattern-case", "*.EXAMPLE.com $A\n", "a.example.COM", 22, KEY_A, MATCH, 1, 1 },
  { "negation", "*.example.com,!bad.example.com $A\n", "bad.example.com", 22, KEY_A, UNKNOWN, 0,
    0 },
  { "negation-first", "!bad.example.com,*.example.com $A\n", "bad.example.com", 22, KEY_A, UNKNOWN,
    0, 0 },
  { "negation-of-another", "!bad.example.com,*.example.com $A\n", "good.example.com", 22, KEY_A,
    MATCH, 1, 1 },
  { "negation-alone", "!bad $A\n", "good", 22, KEY_A, UNKNOWN, 0, 0 },

  { "revoked", "@revoked host $A\n", "host", 22, KEY_A, REVOKED, 1, 1 },
  { "revoked-beats-match", "host $A\n@revoked host $A\n", "host", 22, KEY_A, REVOKED, 2, 1 },
  { "revoked-everywhere", "host $A\n@revoked * $A\n", "host", 22, KEY_A, REVOKED, 2, 1 },
  { "revoked-other-key", "@revoked host $B\nhost $A\n", "host", 22, KEY_A, MATCH, 2, 1 },
  { "revoked-is-not-recorded", "@revoked host $B\n", "host", 22, KEY_A, UNKNOWN, 0, 1 },
  { "revoked-other-host", "@revoked other $A\nhost $A\n", "host", 22, KEY_A, MATCH, 2, 1 },

  { "authority-is-not-trusted", "@cert-authority host $A\n", "host", 22, KEY_A, UNKNOWN, 0, 1 },
  { "authority-is-not-changed", "@cert-authority * $A\nhost $B\n", "host", 22, KEY_B, MATCH, 2, 1 },

  { "unknown-marker", "@invented host $A\nhost $B\n", "host", 22, KEY_A, CHANGED, 2, 1 },
  { "marker-as-a-name", "@revoked $A\nhost $B\n", "host", 22, KEY_B, MATCH, 2, 1 },
  { "two-markers", "@revoked @revoked host $A\nhost $A\n", "host", 22, KEY_A, MATCH, 2, 1 },
  { "junk-line", "this is not a line of that kind\nhost $A\n", "host", 22, KEY_A, MATCH, 2, 1 },
  { "junk-key", "host ssh-ed25519 AAAAnonsense\nhost $A\n", "host", 22, KEY_A, MATCH, 2, 1 },
  { "junk-short", "host\nhost ssh-ed25519\nhost $A\n", "host", 22, KEY_A, MATCH, 3, 1 },
  { "junk-type", "host ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA\nhost $A\n", "host", 22, KEY_A, MATCH, 2,
    1 },
  { "junk-protocol-1", "host 1024 35 12345678901234567890\nhost $A\n", "host", 22, KEY_A, MATCH, 2,
    1 },
  { "junk-5-kb", "$5\nhost $A\n", "host", 22, KEY_A, MATCH, 2, 1 },
  { "junk-5-kb-key", "host ssh-rsa $5\nhost $A\n", "host", 22, KEY_A, MATCH, 2, 1 },
  { "good-5-kb", "host $A $5\n", "host", 22, KEY_A, MATCH, 1, 1 },
};

static void
assert_verdict (const CulvertKnownHosts *hosts, const Row *row)
{
  CulvertKnownHostsResult result;

  g_assert_cmpint (culvert_known_hosts_check (hosts, row->host, row->port,
                                              known_hosts_get_blob (row->key), &result),
                   ==, row->verdict);
  g_assert_cmpint (result.verdict, ==, row->verdict);
  g_assert_cmpuint (result.entry != NULL ? result.entry->line_number : 0, ==, row->line);
  if (result.entry != NULL)
    {
      g_assert_cmpstr (result.entry->file_name, ==, "/the/file");
      g_assert_true (g_bytes_equal (result.entry->public_blob, known_hosts_get_blob (row->key)) ==
                     (row->verdict == MATCH || row->verdict == REVOKED));
    }
}

static void
test_row (gconstpointer data)
{
  const Row                    *row = data;
  g_autoptr (CulvertTempDir)    dir = culvert_temp_dir_new ();
  g_autofree char              *text = known_hosts_expand (row->text);
  g_autofree char              *path = culvert_temp_dir_write (dir, "known_hosts", text);
  g_autoptr (CulvertKnownHosts) hosts = culvert_known_hosts_new ();

  culvert_known_hosts_add_text (hosts, "/the/file", text, strlen (text));
  assert_verdict (hosts, row);
  if (row->found_by_ssh_keygen >= 0)
    g_assert_cmpint (known_hosts_ssh_keygen_finds (path, row->host, row->port), ==,
                     row->found_by_ssh_keygen);
}

/* The same once more after ssh-keygen has hashed the names, which it does to all but patterns and
 * marked lines; the order of lines changes with lists only. */
static void
test_row_hashed (gconstpointer data)
{
  const Row                    *row = data;
  g_autoptr (CulvertTempDir)    dir = culvert_temp_dir_new ();
  g_autofree char              *text = known_hosts_expand (row->text);
  g_autofree char              *path = culvert_temp_dir_write (dir, "known_hosts", text);
  g_autofree char              *hashed = NULL;
  gsize                         n_hashed;
  g_autoptr (CulvertKnownHosts) hosts = culvert_known_hosts_new ();
  CulvertKnownHostsResult       result;

  g_assert_true (
    key_support_run ((const char *const[]){ "ssh-keygen", "-q", "-H", "-f", path, NULL }, NULL));
  g_file_get_contents (path, &hashed, &n_hashed, NULL);
  g_assert_nonnull (strstr (hashed, "|1|"));
  culvert_known_hosts_add_text (hosts, "/the/file", hashed, n_hashed);
  g_assert_cmpint (culvert_known_hosts_check (hosts, row->host, row->port,
                                              known_hosts_get_blob (row->key), &result),
                   ==, row->verdict);
}

static gboolean
can_be_hashed (const Row *row)
{
  /* ssh-keygen gives up at lines that make no sense, and leaves patterns and markers alone. */
  return row->text[0] != '\0' && strpbrk (row->text, "*?!@5\r#") == NULL &&
         !g_str_has_prefix (row->name, "junk") && !g_str_has_prefix (row->name, "blank");
}

static void
test_hashed_junk (void)
{
  static const char *const names[] = {
    "|",
    "|1",
    "|1|",
    "|1||",
    "|1|AAAA|AAAA",
    "|1|QtDmm1kb7LRyqcyGGEJzmmAbDCY=",
    "|1|QtDmm1kb7LRyqcyGGEJzmmAbDCY=|",
    "|1|QtDmm1kb7LRyqcyGGEJzmmAbDCYQtDmm1kb7LRyqcyGGEJzmmAbDCYQtDmm1kb7LRyqcyGGEJzmmAbDCY=|x",
    "|2|QtDmm1kb7LRyqcyGGEJzmmAbDCY=|QtDmm1kb7LRyqcyGGEJzmmAbDCY=",
  };
  g_autoptr (CulvertKnownHosts) hosts = culvert_known_hosts_new ();
  CulvertKnownHostsResult       result;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *line = g_strdup_printf ("%s %s\n", names[i], known_hosts_get_text (KEY_A));

      culvert_known_hosts_add_text (hosts, "/the/file", line, strlen (line));
    }
  g_assert_cmpint (
    culvert_known_hosts_check (hosts, "host", 22, known_hosts_get_blob (KEY_A), &result), ==,
    UNKNOWN);
  g_assert_cmpint (culvert_known_hosts_check (hosts, "", 22, known_hosts_get_blob (KEY_A), &result),
                   ==, UNKNOWN);
}

static void
test_counts (void)
{
  g_autofree char *text =
    known_hosts_expand ("# comment\n\nhost $A\njunk\n@cert-authority *.x $B\n@revoked * $E\n");
  g_autofree char *long_line = g_strnfill (CULVERT_KNOWN_HOSTS_LINE_MAX, 'x');
  g_autofree char *longer =
    g_strdup_printf ("host %s %s\n", known_hosts_get_text (KEY_A), long_line);
  g_autoptr (CulvertKnownHosts) hosts = culvert_known_hosts_new ();
  const CulvertKnownHostsEntry *entry;

  culvert_known_hosts_add_text (hosts, "one", text, strlen (text));
  culvert_known_hosts_add_text (hosts, "two", longer, strlen (longer));
  culvert_known_hosts_add_text (hosts, "two", text, strlen (text));
  g_assert_cmpuint (culvert_known_hosts_get_n_skipped (hosts), ==, 3);
  g_assert_cmpuint (culvert_known_hosts_get_entries (hosts)->len, ==, 6);

  entry = g_ptr_array_index (culvert_known_hosts_get_entries (hosts), 1);
  g_assert_cmpstr (entry->file_name, ==, "one");
  g_assert_cmpuint (entry->line_number, ==, 5);
  g_assert_cmpint (entry->marker, ==, CULVERT_KNOWN_HOSTS_MARKED_AUTHORITY);
  g_assert_cmpstr (entry->names, ==, "*.x");
  g_assert_cmpstr (entry->type_name, ==, "ssh-ed25519");
  g_assert_true (g_bytes_equal (entry->public_blob, known_hosts_get_blob (KEY_B)));
  entry = g_ptr_array_index (culvert_known_hosts_get_entries (hosts), 5);
  g_assert_cmpstr (entry->file_name, ==, "two");
  g_assert_cmpint (entry->marker, ==, CULVERT_KNOWN_HOSTS_MARKED_REVOKED);
}

static void
test_authority_reported (void)
{
  g_autofree char              *text = known_hosts_expand ("host $A\n@cert-authority host $B\n");
  g_autoptr (CulvertKnownHosts) hosts = culvert_known_hosts_new ();
  CulvertKnownHostsResult       result;

  culvert_known_hosts_add_text (hosts, "f", text, strlen (text));
  culvert_known_hosts_check (hosts, "host", 22, known_hosts_get_blob (KEY_A), &result);
  g_assert_cmpint (result.verdict, ==, MATCH);
  g_assert_cmpuint (result.authority->line_number, ==, 2);
  culvert_known_hosts_check (hosts, "other", 22, known_hosts_get_blob (KEY_A), &result);
  g_assert_null (result.authority);
}

/* Of several files the first one explains, and a revocation in any of them counts. */
static void
test_several_files (void)
{
  g_autofree char              *user = known_hosts_expand ("host $A\n");
  g_autofree char              *global = known_hosts_expand ("host $B\n@revoked * $E\n");
  g_autoptr (CulvertKnownHosts) hosts = culvert_known_hosts_new ();
  CulvertKnownHostsResult       result;

  culvert_known_hosts_add_text (hosts, "user", user, strlen (user));
  culvert_known_hosts_add_text (hosts, "global", global, strlen (global));
  culvert_known_hosts_check (hosts, "host", 22, known_hosts_get_blob (KEY_B), &result);
  g_assert_cmpint (result.verdict, ==, MATCH);
  g_assert_cmpstr (result.entry->file_name, ==, "global");
  culvert_known_hosts_check (hosts, "host", 22, known_hosts_get_blob (KEY_E), &result);
  g_assert_cmpint (result.verdict, ==, REVOKED);
  culvert_known_hosts_check (hosts, "host", 22, known_hosts_get_blob (KEY_R), &result);
  g_assert_cmpint (result.verdict, ==, OTHER);
  g_assert_cmpstr (result.entry->file_name, ==, "user");
}

typedef struct
{
  const char *name;
  const char *text;
  guint16     port;
  gboolean    with_sha1;
  const char *order;
} OrderRow;

/* T25: what is known comes first, so that a known host never looks unknown. */
static const OrderRow order_rows[] = {
  { "nothing", "other $A\n", 22, FALSE, "" },
  { "ed25519", "host $A\n", 22, FALSE, "ssh-ed25519" },
  { "ecdsa", "host $E\n", 22, FALSE, "ecdsa-sha2-nistp256" },
  { "rsa", "host $R\n", 22, FALSE, "rsa-sha2-512 rsa-sha2-256" },
  { "rsa-sha1", "host $R\n", 22, TRUE, "rsa-sha2-512 rsa-sha2-256 ssh-rsa" },
  { "in-order", "host $E\nhost $A\n", 22, FALSE, "ecdsa-sha2-nistp256 ssh-ed25519" },
  { "once", "host $A\nhost $B\nh* $A\n", 22, FALSE, "ssh-ed25519" },
  { "marked-lines-do-not-count", "@revoked host $A\n@cert-authority host $E\n", 22, FALSE, "" },
  { "port", "[host]:2222 $E\nhost $A\n", 2222, FALSE, "ecdsa-sha2-nistp256" },
  { "bare-host", "host $A\n", 2222, FALSE, "ssh-ed25519" },
};

static void
test_order (gconstpointer data)
{
  const OrderRow               *row = data;
  g_autofree char              *text = known_hosts_expand (row->text);
  g_autoptr (CulvertKnownHosts) hosts = culvert_known_hosts_new ();
  g_auto (GStrv)                order = NULL;
  g_autofree char              *joined = NULL;

  culvert_known_hosts_add_text (hosts, "f", text, strlen (text));
  order = culvert_known_hosts_order (hosts, "HOST", row->port, row->with_sha1);
  joined = g_strjoinv (" ", order);
  g_assert_cmpstr (joined, ==, row->order);
}

static void
add_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/known-hosts/check/", rows[i].name, NULL);
      g_autofree char *hashed = g_strconcat ("/ssh/known-hosts/check-hashed/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
      if (can_be_hashed (&rows[i]))
        g_test_add_data_func (hashed, &rows[i], test_row_hashed);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (order_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/known-hosts/order/", order_rows[i].name, NULL);

      g_test_add_data_func (path, &order_rows[i], test_order);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  known_hosts_make_keys ();

  add_rows ();
  g_test_add_func ("/ssh/known-hosts/hashed-junk", test_hashed_junk);
  g_test_add_func ("/ssh/known-hosts/counts", test_counts);
  g_test_add_func ("/ssh/known-hosts/authority-reported", test_authority_reported);
  g_test_add_func ("/ssh/known-hosts/several-files", test_several_files);

  return g_test_run ();
}
