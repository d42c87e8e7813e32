/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-difference.h"
#include "core/profile-file.h"

#include <string.h>

/* A line of a tunnel's file, and the field that it changes. */
static const struct
{
  const char            *line;
  CulvertDifferenceField field;
} rows[] = {
  { "Name=Other", CULVERT_DIFFERENCE_NAME },
  { "Host=other", CULVERT_DIFFERENCE_HOST },
  { "Port=23", CULVERT_DIFFERENCE_PORT },
  { "User=bob", CULVERT_DIFFERENCE_USER },
  { "AddressFamily=ipv6", CULVERT_DIFFERENCE_ADDRESS_FAMILY },
  { "KnownHostsFiles=/k", CULVERT_DIFFERENCE_KNOWN_HOSTS },
  { "HostKeyAlias=cluster", CULVERT_DIFFERENCE_HOST_KEY_ALIAS },
  { "HostKeyPolicy=strict", CULVERT_DIFFERENCE_HOST_KEY_POLICY },
  { "Hops=gate", CULVERT_DIFFERENCE_HOPS },
  { "Proxy=system", CULVERT_DIFFERENCE_PROXY },
  { "ProxyCommand=nc x", CULVERT_DIFFERENCE_PROXY_COMMAND },
  { "ProxyCommandAllowed=true", CULVERT_DIFFERENCE_COMMAND_ALLOWED },
  { "Methods=key;agent", CULVERT_DIFFERENCE_METHODS },
  { "KeyFiles=/k", CULVERT_DIFFERENCE_KEY_FILES },
  { "CertificateFiles=/k", CULVERT_DIFFERENCE_CERTIFICATE_FILES },
  { "AgentSocket=/run/a", CULVERT_DIFFERENCE_AGENT_SOCKET },
  { "OnlyListedKeys=true", CULVERT_DIFFERENCE_ONLY_LISTED_KEYS },
  { "NeverAsk=true", CULVERT_DIFFERENCE_NEVER_ASK },
  { "ConnectTimeout=7", CULVERT_DIFFERENCE_CONNECT_TIMEOUT },
  { "KeepaliveInterval=7", CULVERT_DIFFERENCE_KEEPALIVE },
  { "LegacyAlgorithms=true", CULVERT_DIFFERENCE_LEGACY },
  { "Reconnect=false", CULVERT_DIFFERENCE_RECONNECT },
  { "QuickReplies=false", CULVERT_DIFFERENCE_QUICK_REPLIES },
  { "StartWithProgram=true", CULVERT_DIFFERENCE_START },
  { "OnDemand=true", CULVERT_DIFFERENCE_ON_DEMAND },
  { "IdleTimeout=7", CULVERT_DIFFERENCE_IDLE_TIMEOUT },
  { "NetworkRule=only", CULVERT_DIFFERENCE_NETWORK_RULE },
  { "Networks=Home", CULVERT_DIFFERENCE_NETWORKS },
  { "Notify=false", CULVERT_DIFFERENCE_NOTIFY },
  { "X-Future=1", CULVERT_DIFFERENCE_OTHER },
};
/* Every field but those of forwards has a row. */
G_STATIC_ASSERT (G_N_ELEMENTS (rows) == CULVERT_N_DIFFERENCE_FIELDS - 4);

static CulvertProfile *
parse (const char *id, const char *lines)
{
  g_autofree char   *text = g_strdup_printf ("[Tunnel]\nHost=host\n%s\n", lines);
  g_autoptr (GError) error = NULL;
  CulvertProfile    *profile = culvert_profile_parse_own (id, text, strlen (text), &error);

  g_assert_no_error (error);
  return profile;
}

static void
test_fields (void)
{
  g_autoptr (CulvertProfile) before = parse ("a", "");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CulvertProfile) after = parse ("another-id", rows[i].line);
      g_autoptr (GPtrArray)      differences = culvert_profile_differences (before, after);
      g_autoptr (GPtrArray)      none = culvert_profile_differences (after, after);

      g_test_message ("%s", rows[i].line);
      g_assert_cmpuint (differences->len, ==, 1);
      g_assert_cmpint (((CulvertDifference *)differences->pdata[0])->field, ==, rows[i].field);
      g_assert_cmpuint (none->len, ==, 0);
    }
}

#define FORWARD(id, listen)                                                                        \
  "[Forward " id "]\nKind=local\nListen=" listen "\nTarget=h:1\nEnabled=true\n"

static void
test_forwards (void)
{
  static const struct
  {
    const char *before;
    const char *after;
    const char *fields; /* a letter each: added, removed, changed, order */
  } forwards[] = {
    { "", "", "" },
    { "", FORWARD ("a", "1"), "a" },
    { FORWARD ("a", "1"), "", "r" },
    { FORWARD ("a", "1"), FORWARD ("a", "2"), "c" },
    { FORWARD ("a", "1"), FORWARD ("b", "1"), "ar" },
    { FORWARD ("a", "1") FORWARD ("b", "2"), FORWARD ("b", "2") FORWARD ("a", "1"), "o" },
    { FORWARD ("a", "1") FORWARD ("b", "2"), FORWARD ("c", "3") FORWARD ("b", "2"), "ar" },
    { FORWARD ("a", "1") FORWARD ("b", "2"),
      FORWARD ("a", "1") FORWARD ("c", "3") FORWARD ("b", "2"), "a" },
    { FORWARD ("a", "1"), FORWARD ("a", "1") "Https=true\n", "c" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (forwards); i++)
    {
      g_autoptr (CulvertProfile) before = parse ("a", forwards[i].before);
      g_autoptr (CulvertProfile) after = parse ("a", forwards[i].after);
      g_autoptr (GPtrArray)      differences = culvert_profile_differences (before, after);
      g_autoptr (GString)        fields = g_string_new (NULL);

      for (guint j = 0; j < differences->len; j++)
        {
          const CulvertDifference *difference = differences->pdata[j];

          g_assert_cmpint (difference->field, >=, CULVERT_DIFFERENCE_FORWARD_ADDED);
          g_assert_cmpint (difference->field, <=, CULVERT_DIFFERENCE_FORWARD_ORDER);
          g_string_append_c (fields, "arco"[difference->field - CULVERT_DIFFERENCE_FORWARD_ADDED]);
        }
      g_test_message ("%s to %s", forwards[i].before, forwards[i].after);
      g_assert_cmpstr (fields->str, ==, forwards[i].fields);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/profile-difference/fields", test_fields);
  g_test_add_func ("/core/profile-difference/forwards", test_forwards);
  return g_test_run ();
}
