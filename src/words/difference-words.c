/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/import-words.h"
#include "words/quantity.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

typedef char *(*DescribeFunc) (const CulvertProfile *profile);

/* What a field is called, and what its value is in words. */
typedef struct
{
  const char  *label;
  DescribeFunc describe;
} Field;

/* (transfer full) */
static char *
or_nothing (const char *text)
{
  return *text != '\0' ? g_strdup (text) : g_strdup (_ ("nothing"));
}

static char *
join (GStrv list)
{
  /* Translators: between the parts of a list: "gate, inner" */
  g_autofree char *text = g_strjoinv (_ (", "), list);

  return or_nothing (text);
}

static char *
on_or_off (gboolean is_on)
{
  return g_strdup (is_on ? _ ("on") : _ ("off"));
}

static char *
seconds (guint n_seconds)
{
  return n_seconds > 0 ? culvert_words_for_duration ((gint64)n_seconds * G_USEC_PER_SEC)
                       : g_strdup (_ ("never"));
}

#define TEXT(field)                                                                                \
  static char *describe_##field (const CulvertProfile *profile)                                    \
  {                                                                                                \
    return or_nothing (profile->field);                                                            \
  }
#define LIST(field)                                                                                \
  static char *describe_##field (const CulvertProfile *profile)                                    \
  {                                                                                                \
    return join (profile->field);                                                                  \
  }
#define SWITCH(field)                                                                              \
  static char *describe_##field (const CulvertProfile *profile)                                    \
  {                                                                                                \
    return on_or_off (profile->field);                                                             \
  }
#define SECONDS(field)                                                                             \
  static char *describe_##field (const CulvertProfile *profile)                                    \
  {                                                                                                \
    return seconds (profile->field);                                                               \
  }

TEXT (name)
TEXT (group)
TEXT (host)
TEXT (host_key_alias)
TEXT (proxy)
TEXT (proxy_command)
TEXT (agent_socket)
LIST (known_hosts_files)
LIST (hops)
LIST (key_files)
LIST (certificate_files)
LIST (networks)
SWITCH (proxy_command_allowed)
SWITCH (only_listed_keys)
SWITCH (never_ask)
SWITCH (legacy_algorithms)
SWITCH (reconnect)
SWITCH (quick_replies)
SWITCH (start_with_program)
SWITCH (on_demand)
SWITCH (notify)
SECONDS (connect_timeout_s)
SECONDS (keepalive_interval_s)
SECONDS (idle_timeout_s)

static char *
describe_port (const CulvertProfile *profile)
{
  return g_strdup_printf ("%u", profile->port);
}

static char *
describe_user (const CulvertProfile *profile)
{
  return *profile->user != '\0' ? g_strdup (profile->user) : g_strdup (_ ("your login name"));
}

static char *
describe_family (const CulvertProfile *profile)
{
  switch (profile->address_family)
    {
    case CULVERT_ADDRESS_FAMILY_IPV4:
      return g_strdup (_ ("IPv4 only"));
    case CULVERT_ADDRESS_FAMILY_IPV6:
      return g_strdup (_ ("IPv6 only"));
    case CULVERT_ADDRESS_FAMILY_ANY:
    default:
      return g_strdup (_ ("IPv4 and IPv6"));
    }
}

static char *
describe_policy (const CulvertProfile *profile)
{
  switch (profile->host_key_policy)
    {
    case CULVERT_HOST_KEY_ACCEPT_NEW:
      return g_strdup (_ ("Trust the first key"));
    case CULVERT_HOST_KEY_STRICT:
      return g_strdup (_ ("Refuse"));
    case CULVERT_HOST_KEY_ASK:
    default:
      return g_strdup (_ ("Ask me"));
    }
}

static char *
describe_rule (const CulvertProfile *profile)
{
  switch (profile->network_rule)
    {
    case CULVERT_NETWORK_RULE_ONLY:
      return g_strdup (_ ("Only these"));
    case CULVERT_NETWORK_RULE_EXCEPT:
      return g_strdup (_ ("All but these"));
    case CULVERT_NETWORK_RULE_ANY:
    default:
      return g_strdup (_ ("Any network"));
    }
}

static char *
describe_methods (const CulvertProfile *profile)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           names = NULL;

  for (guint i = 0; i < profile->methods->len; i++)
    g_strv_builder_add (
      builder, culvert_words_for_method (g_array_index (profile->methods, CulvertAuthMethod, i)));
  names = g_strv_builder_end (builder);
  return join (names);
}

static const Field fields[] = {
  [CULVERT_DIFFERENCE_NAME] = { N_ ("Name"), describe_name },
  [CULVERT_DIFFERENCE_GROUP] = { N_ ("Group"), describe_group },
  [CULVERT_DIFFERENCE_HOST] = { N_ ("Server"), describe_host },
  [CULVERT_DIFFERENCE_PORT] = { N_ ("Port"), describe_port },
  [CULVERT_DIFFERENCE_USER] = { N_ ("User name"), describe_user },
  [CULVERT_DIFFERENCE_ADDRESS_FAMILY] = { N_ ("Addresses of the server"), describe_family },
  [CULVERT_DIFFERENCE_KNOWN_HOSTS] = { N_ ("Known-hosts files"), describe_known_hosts_files },
  [CULVERT_DIFFERENCE_HOST_KEY_ALIAS] = { N_ ("Name in the known hosts"), describe_host_key_alias },
  [CULVERT_DIFFERENCE_HOST_KEY_POLICY] = { N_ ("Servers that are not known yet"), describe_policy },
  [CULVERT_DIFFERENCE_HOPS] = { N_ ("Jump hosts"), describe_hops },
  [CULVERT_DIFFERENCE_PROXY] = { N_ ("Proxy"), describe_proxy },
  [CULVERT_DIFFERENCE_PROXY_COMMAND] = { N_ ("Command that leads to the server"),
                                         describe_proxy_command },
  [CULVERT_DIFFERENCE_COMMAND_ALLOWED] = { N_ ("Allow this command"),
                                           describe_proxy_command_allowed },
  [CULVERT_DIFFERENCE_METHODS] = { N_ ("Sign in with"), describe_methods },
  [CULVERT_DIFFERENCE_KEY_FILES] = { N_ ("Key files"), describe_key_files },
  [CULVERT_DIFFERENCE_CERTIFICATE_FILES] = { N_ ("Certificates"), describe_certificate_files },
  [CULVERT_DIFFERENCE_AGENT_SOCKET] = { N_ ("SSH agent’s socket"), describe_agent_socket },
  [CULVERT_DIFFERENCE_ONLY_LISTED_KEYS] = { N_ ("Offer only the listed keys"),
                                            describe_only_listed_keys },
  [CULVERT_DIFFERENCE_NEVER_ASK] = { N_ ("Never ask me"), describe_never_ask },
  [CULVERT_DIFFERENCE_CONNECT_TIMEOUT] = { N_ ("Give up connecting"), describe_connect_timeout_s },
  [CULVERT_DIFFERENCE_KEEPALIVE] = { N_ ("Check the connection"), describe_keepalive_interval_s },
  [CULVERT_DIFFERENCE_LEGACY] = { N_ ("Legacy server"), describe_legacy_algorithms },
  [CULVERT_DIFFERENCE_RECONNECT] = { N_ ("Come back by itself"), describe_reconnect },
  [CULVERT_DIFFERENCE_QUICK_REPLIES] = { N_ ("Ask for quick replies"), describe_quick_replies },
  [CULVERT_DIFFERENCE_START] = { N_ ("Start with Culvert"), describe_start_with_program },
  [CULVERT_DIFFERENCE_ON_DEMAND] = { N_ ("Connect on demand"), describe_on_demand },
  [CULVERT_DIFFERENCE_IDLE_TIMEOUT] = { N_ ("Disconnect when unused"), describe_idle_timeout_s },
  [CULVERT_DIFFERENCE_NETWORK_RULE] = { N_ ("Connect on"), describe_rule },
  [CULVERT_DIFFERENCE_NETWORKS] = { N_ ("Networks"), describe_networks },
  [CULVERT_DIFFERENCE_NOTIFY] = { N_ ("Notify me"), describe_notify },
};
G_STATIC_ASSERT (G_N_ELEMENTS (fields) == CULVERT_DIFFERENCE_FORWARD_ADDED);

/* Where a forward leads to may be the same, and something else of it be changed. */
static char *
describe_change (CulvertForwardSpec *before, CulvertForwardSpec *after)
{
  g_autofree char *old = culvert_words_for_forward_short (before);
  g_autofree char *new = culvert_words_for_forward_short (after);

  if (!g_str_equal (old, new))
    /* Translators: 1 and 2 are forwards: "localhost:1 → db:2" */
    return g_strdup_printf (_ ("Forward: %1$s instead of %2$s"), new, old);
  if (culvert_forward_spec_is_enabled (before) != culvert_forward_spec_is_enabled (after))
    return culvert_forward_spec_is_enabled (after)
             /* Translators: %s is a forward: "localhost:1 → db:2" */
             ? g_strdup_printf (_ ("Forward switched on: %s"), new)
             /* Translators: %s is a forward: "localhost:1 → db:2" */
             : g_strdup_printf (_ ("Forward switched off: %s"), new);
  /* Translators: %s is a forward: "localhost:1 → db:2" */
  return g_strdup_printf (_ ("Forward with other settings: %s"), new);
}

char *
culvert_words_for_difference (const CulvertDifference *difference,
                              const CulvertProfile    *before,
                              const CulvertProfile    *after)
{
  g_autofree char *old = NULL;
  g_autofree char *new = NULL;

  g_return_val_if_fail (difference != NULL && before != NULL && after != NULL, NULL);

  if (difference->field < G_N_ELEMENTS (fields))
    {
      old = fields[difference->field].describe (before);
      new = fields[difference->field].describe (after);
      /* Translators: 1 is the name of a setting, 2 its new value, 3 its old one: "Port: 2222 instead of 22" */
      return g_strdup_printf (_ ("%1$s: %2$s instead of %3$s"), _ (fields[difference->field].label),
                              new, old);
    }
  if (difference->field == CULVERT_DIFFERENCE_FORWARD_ADDED)
    {
      new = culvert_words_for_forward_short (difference->forward_after);
      /* Translators: %s is a forward: "localhost:1 → db:2" */
      return g_strdup_printf (_ ("New forward: %s"), new);
    }
  if (difference->field == CULVERT_DIFFERENCE_FORWARD_REMOVED)
    {
      old = culvert_words_for_forward_short (difference->forward_before);
      /* Translators: %s is a forward: "localhost:1 → db:2" */
      return g_strdup_printf (_ ("Without the forward: %s"), old);
    }
  if (difference->field == CULVERT_DIFFERENCE_FORWARD_CHANGED)
    return describe_change (difference->forward_before, difference->forward_after);
  if (difference->field == CULVERT_DIFFERENCE_FORWARD_ORDER)
    return g_strdup (_ ("The forwards are in another order"));
  return g_strdup (_ ("Other settings"));
}
