/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile.h"

#include "base/log.h"
#include "core/key-file-extras.h"
#include "core/short-id.h"

#include <string.h>

#define DEFAULT_PORT                 22
#define DEFAULT_CONNECT_TIMEOUT_S    15
#define DEFAULT_KEEPALIVE_INTERVAL_S 15
#define DEFAULT_IDLE_TIMEOUT_S       600

G_DEFINE_ENUM_TYPE (CulvertAuthMethod,
                    culvert_auth_method,
                    G_DEFINE_ENUM_VALUE (CULVERT_AUTH_AGENT, "agent"),
                    G_DEFINE_ENUM_VALUE (CULVERT_AUTH_KEY, "key"),
                    G_DEFINE_ENUM_VALUE (CULVERT_AUTH_PASSWORD, "password"),
                    G_DEFINE_ENUM_VALUE (CULVERT_AUTH_INTERACTIVE, "interactive"))

G_DEFINE_ENUM_TYPE (CulvertAddressFamily,
                    culvert_address_family,
                    G_DEFINE_ENUM_VALUE (CULVERT_ADDRESS_FAMILY_ANY, "any"),
                    G_DEFINE_ENUM_VALUE (CULVERT_ADDRESS_FAMILY_IPV4, "ipv4"),
                    G_DEFINE_ENUM_VALUE (CULVERT_ADDRESS_FAMILY_IPV6, "ipv6"))

G_DEFINE_BOXED_TYPE (CulvertProfile, culvert_profile, culvert_profile_ref, culvert_profile_unref)

static const char *const method_nicks[] = {
  [CULVERT_AUTH_AGENT] = "agent",
  [CULVERT_AUTH_KEY] = "key",
  [CULVERT_AUTH_PASSWORD] = "password",
  [CULVERT_AUTH_INTERACTIVE] = "interactive",
};
G_STATIC_ASSERT (G_N_ELEMENTS (method_nicks) == CULVERT_N_AUTH_METHODS);

static const char *const family_nicks[] = {
  [CULVERT_ADDRESS_FAMILY_ANY] = "any",
  [CULVERT_ADDRESS_FAMILY_IPV4] = "ipv4",
  [CULVERT_ADDRESS_FAMILY_IPV6] = "ipv6",
};

static const char *const policy_nicks[CULVERT_N_HOST_KEY_POLICIES] = {
  [CULVERT_HOST_KEY_ASK] = "ask",
  [CULVERT_HOST_KEY_ACCEPT_NEW] = "accept-new",
  [CULVERT_HOST_KEY_STRICT] = "strict",
};

/* Returns the index of @nick, or -1. */
static int
find_nick (const char *const *nicks, guint n_nicks, const char *nick)
{
  for (guint i = 0; i < n_nicks; i++)
    if (strcmp (nicks[i], nick) == 0)
      return (int)i;
  return -1;
}

const char *
culvert_auth_method_to_nick (CulvertAuthMethod method)
{
  g_return_val_if_fail ((guint)method < G_N_ELEMENTS (method_nicks), NULL);

  return method_nicks[method];
}

gboolean
culvert_auth_method_from_nick (const char *nick, CulvertAuthMethod *method)
{
  int found;

  g_return_val_if_fail (nick != NULL && method != NULL, FALSE);

  found = find_nick (method_nicks, G_N_ELEMENTS (method_nicks), nick);
  if (found >= 0)
    *method = (CulvertAuthMethod)found;
  return found >= 0;
}

const char *
culvert_address_family_to_nick (CulvertAddressFamily family)
{
  g_return_val_if_fail ((guint)family < G_N_ELEMENTS (family_nicks), NULL);

  return family_nicks[family];
}

gboolean
culvert_address_family_from_nick (const char *nick, CulvertAddressFamily *family)
{
  int found;

  g_return_val_if_fail (nick != NULL && family != NULL, FALSE);

  found = find_nick (family_nicks, G_N_ELEMENTS (family_nicks), nick);
  if (found >= 0)
    *family = (CulvertAddressFamily)found;
  return found >= 0;
}

const char *
culvert_host_key_policy_to_nick (CulvertHostKeyPolicy policy)
{
  g_return_val_if_fail ((guint)policy < G_N_ELEMENTS (policy_nicks), NULL);

  return policy_nicks[policy];
}

gboolean
culvert_host_key_policy_from_nick (const char *nick, CulvertHostKeyPolicy *policy)
{
  int found;

  g_return_val_if_fail (nick != NULL && policy != NULL, FALSE);

  found = find_nick (policy_nicks, G_N_ELEMENTS (policy_nicks), nick);
  if (found >= 0)
    *policy = (CulvertHostKeyPolicy)found;
  return found >= 0;
}

static CulvertProfile *
profile_alloc (void)
{
  CulvertProfile *self = g_new0 (CulvertProfile, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->methods = g_array_new (FALSE, FALSE, sizeof (CulvertAuthMethod));
  self->forwards = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_forward_spec_unref);
  return self;
}

CulvertProfile *
culvert_profile_new (void)
{
  CulvertProfile *self = profile_alloc ();

  self->id = culvert_short_id_new (CULVERT_PROFILE_ID_LENGTH);
  self->name = g_strdup ("");
  self->group = g_strdup ("");
  self->host = g_strdup ("");
  self->port = DEFAULT_PORT;
  self->user = g_strdup ("");
  self->known_hosts_files = g_new0 (char *, 1);
  self->host_key_alias = g_strdup ("");
  for (CulvertAuthMethod method = 0; method < CULVERT_N_AUTH_METHODS; method++)
    g_array_append_val (self->methods, method);
  self->hops = g_new0 (char *, 1);
  self->proxy = g_strdup ("");
  self->proxy_command = g_strdup ("");
  self->key_files = g_new0 (char *, 1);
  self->certificate_files = g_new0 (char *, 1);
  self->agent_socket = g_strdup ("");
  self->connect_timeout_s = DEFAULT_CONNECT_TIMEOUT_S;
  self->keepalive_interval_s = DEFAULT_KEEPALIVE_INTERVAL_S;
  self->reconnect = TRUE;
  self->idle_timeout_s = DEFAULT_IDLE_TIMEOUT_S;
  self->networks = g_new0 (char *, 1);
  self->notify = TRUE;
  self->quick_replies = TRUE;
  return self;
}

CulvertProfile *
culvert_profile_ref (CulvertProfile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
culvert_profile_unref (CulvertProfile *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->id);
  g_free (self->name);
  g_free (self->group);
  g_free (self->host);
  g_free (self->user);
  g_strfreev (self->known_hosts_files);
  g_strfreev (self->hops);
  g_free (self->proxy);
  g_free (self->proxy_command);
  g_free (self->host_key_alias);
  g_array_unref (self->methods);
  g_strfreev (self->key_files);
  g_strfreev (self->certificate_files);
  g_free (self->agent_socket);
  g_strfreev (self->networks);
  g_ptr_array_unref (self->forwards);
  g_clear_pointer (&self->unknown, g_key_file_unref);
  g_free (self->revision);
  g_free (self);
}

CulvertProfile *
culvert_profile_edit (const CulvertProfile *self)
{
  CulvertProfile *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = profile_alloc ();
  copy->id = g_strdup (self->id);
  copy->name = g_strdup (self->name);
  copy->group = g_strdup (self->group);
  copy->host = g_strdup (self->host);
  copy->port = self->port;
  copy->user = g_strdup (self->user);
  copy->address_family = self->address_family;
  copy->known_hosts_files = g_strdupv (self->known_hosts_files);
  copy->hops = g_strdupv (self->hops);
  copy->proxy = g_strdup (self->proxy);
  copy->proxy_command = g_strdup (self->proxy_command);
  copy->proxy_command_allowed = self->proxy_command_allowed;
  copy->host_key_alias = g_strdup (self->host_key_alias);
  copy->host_key_policy = self->host_key_policy;
  g_array_append_vals (copy->methods, self->methods->data, self->methods->len);
  copy->key_files = g_strdupv (self->key_files);
  copy->certificate_files = g_strdupv (self->certificate_files);
  copy->agent_socket = g_strdup (self->agent_socket);
  copy->only_listed_keys = self->only_listed_keys;
  copy->never_ask = self->never_ask;
  copy->connect_timeout_s = self->connect_timeout_s;
  copy->keepalive_interval_s = self->keepalive_interval_s;
  copy->legacy_algorithms = self->legacy_algorithms;
  copy->quick_replies = self->quick_replies;
  copy->reconnect = self->reconnect;
  copy->start_with_program = self->start_with_program;
  copy->on_demand = self->on_demand;
  copy->idle_timeout_s = self->idle_timeout_s;
  copy->network_rule = self->network_rule;
  copy->networks = g_strdupv (self->networks);
  copy->notify = self->notify;
  for (guint i = 0; i < self->forwards->len; i++)
    g_ptr_array_add (copy->forwards,
                     culvert_forward_spec_ref (g_ptr_array_index (self->forwards, i)));
  copy->unknown = self->unknown != NULL ? g_key_file_ref (self->unknown) : NULL;
  copy->revision = g_strdup (self->revision);
  return copy;
}

CulvertProfile *
culvert_profile_duplicate (const CulvertProfile *self)
{
  CulvertProfile        *copy;
  g_autoptr (GHashTable) new_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  g_return_val_if_fail (self != NULL, NULL);

  copy = culvert_profile_edit (self);
  g_free (copy->id);
  copy->id = culvert_short_id_new (CULVERT_PROFILE_ID_LENGTH);
  g_clear_pointer (&copy->revision, g_free);
  g_ptr_array_set_size (copy->forwards, 0);
  for (guint i = 0; i < self->forwards->len; i++)
    {
      CulvertForwardFields fields =
        culvert_forward_spec_get_fields (g_ptr_array_index (self->forwards, i));
      CulvertForwardSpec *spec;
      g_autofree char    *old_id = g_strdup (fields.id);

      fields.id = NULL;
      spec = culvert_forward_spec_new (&fields);
      g_hash_table_insert (new_ids, g_steal_pointer (&old_id),
                           g_strdup (culvert_forward_spec_get_id (spec)));
      g_ptr_array_add (copy->forwards, spec);
    }
  if (self->unknown != NULL)
    {
      g_key_file_unref (copy->unknown);
      copy->unknown = culvert_key_file_rename_forwards (self->unknown, new_ids);
    }
  return copy;
}

gboolean
culvert_profile_id_is_valid (const char *id)
{
  g_return_val_if_fail (id != NULL, FALSE);

  if (id[0] == '\0' || strlen (id) > CULVERT_PROFILE_ID_MAX)
    return FALSE;
  for (const char *p = id; *p != '\0'; p++)
    if (!g_ascii_islower (*p) && !g_ascii_isdigit (*p) && *p != '-')
      return FALSE;
  return TRUE;
}

gboolean
culvert_group_is_valid (const char *group)
{
  g_autofree char *printable = NULL;
  g_autofree char *stripped = NULL;

  g_return_val_if_fail (group != NULL, FALSE);

  if (group[0] == '\0' || strlen (group) > CULVERT_GROUP_MAX)
    return FALSE;
  printable = culvert_log_printable (group, -1);
  stripped = g_strstrip (g_strdup (group));
  return strcmp (group, printable) == 0 && strcmp (group, stripped) == 0;
}

gboolean
culvert_profile_has_method (const CulvertProfile *self, CulvertAuthMethod method)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->methods->len; i++)
    if (g_array_index (self->methods, CulvertAuthMethod, i) == method)
      return TRUE;
  return FALSE;
}

void
culvert_profile_set_string (char **field, const char *value)
{
  char *copy;

  g_return_if_fail (field != NULL && value != NULL);

  /* @value may be a part of what *field holds. */
  copy = g_strdup (value);
  g_free (*field);
  *field = copy;
}

void
culvert_profile_set_strings (GStrv *field, const char *const *value)
{
  GStrv copy;

  g_return_if_fail (field != NULL && value != NULL);

  copy = g_strdupv ((GStrv)value);
  g_strfreev (*field);
  *field = copy;
}

static gboolean
methods_equal (const GArray *a, const GArray *b)
{
  return a->len == b->len &&
         (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (CulvertAuthMethod)) == 0);
}

static gboolean
forwards_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!culvert_forward_spec_equal (g_ptr_array_index (a, i), g_ptr_array_index (b, i)))
      return FALSE;
  return TRUE;
}

static gboolean
unknown_equal (const CulvertProfile *a, const CulvertProfile *b)
{
  g_autoptr (GHashTable) ids = NULL;

  if (a->unknown == b->unknown)
    return TRUE;
  ids = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < a->forwards->len; i++)
    g_hash_table_add (ids,
                      (gpointer)culvert_forward_spec_get_id (g_ptr_array_index (a->forwards, i)));
  return culvert_key_file_unknown_equal (a->unknown, b->unknown, ids);
}

gboolean
culvert_profile_has_same_way (const CulvertProfile *a, const CulvertProfile *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return g_strv_equal ((const char *const *)a->hops, (const char *const *)b->hops) &&
         strcmp (a->proxy, b->proxy) == 0 && strcmp (a->proxy_command, b->proxy_command) == 0 &&
         !a->proxy_command_allowed == !b->proxy_command_allowed;
}

/* What is meant for the server must not notice first that a hop went silent: it would be blamed. */
static guint
hop_keepalive (const CulvertProfile *self, guint index)
{
  guint n_hops = g_strv_length (self->hops);

  if (self->keepalive_interval_s == 0)
    return 0;
  return MAX (1, self->keepalive_interval_s * (index + 2) / (n_hops + 2));
}

CulvertProfile *
culvert_profile_for_hop (const CulvertProfile *self, guint index)
{
  g_autoptr (CulvertHop) hop = NULL;
  CulvertProfile        *profile;

  g_return_val_if_fail (self != NULL && index < g_strv_length (self->hops), NULL);

  hop = culvert_hop_parse (self->hops[index], NULL);
  if (hop == NULL)
    return NULL;
  profile = culvert_profile_edit (self);
  culvert_profile_set_string (&profile->name, "");
  culvert_profile_set_string (&profile->host, hop->host);
  /* That is the server's name, which a jump server must not be taken for. */
  culvert_profile_set_string (&profile->host_key_alias, "");
  culvert_profile_set_string (&profile->user, hop->user);
  profile->port = hop->port;
  profile->keepalive_interval_s = hop_keepalive (self, index);
  g_strfreev (profile->hops);
  profile->hops = g_new0 (char *, 1);
  if (index > 0)
    {
      culvert_profile_set_string (&profile->proxy, "");
      culvert_profile_set_string (&profile->proxy_command, "");
    }
  g_ptr_array_set_size (profile->forwards, 0);
  g_clear_pointer (&profile->unknown, g_key_file_unref);
  return profile;
}

gboolean
culvert_profile_equal (const CulvertProfile *a, const CulvertProfile *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return strcmp (a->id, b->id) == 0 && strcmp (a->name, b->name) == 0 &&
         strcmp (a->group, b->group) == 0 && strcmp (a->host, b->host) == 0 && a->port == b->port &&
         strcmp (a->user, b->user) == 0 && a->address_family == b->address_family &&
         g_strv_equal ((const char *const *)a->known_hosts_files,
                       (const char *const *)b->known_hosts_files) &&
         strcmp (a->host_key_alias, b->host_key_alias) == 0 &&
         a->host_key_policy == b->host_key_policy && culvert_profile_has_same_way (a, b) &&
         methods_equal (a->methods, b->methods) &&
         g_strv_equal ((const char *const *)a->key_files, (const char *const *)b->key_files) &&
         g_strv_equal ((const char *const *)a->certificate_files,
                       (const char *const *)b->certificate_files) &&
         strcmp (a->agent_socket, b->agent_socket) == 0 &&
         !a->only_listed_keys == !b->only_listed_keys && !a->never_ask == !b->never_ask &&
         a->connect_timeout_s == b->connect_timeout_s &&
         a->keepalive_interval_s == b->keepalive_interval_s &&
         !a->legacy_algorithms == !b->legacy_algorithms && !a->reconnect == !b->reconnect &&
         !a->quick_replies == !b->quick_replies &&
         !a->start_with_program == !b->start_with_program && !a->on_demand == !b->on_demand &&
         a->idle_timeout_s == b->idle_timeout_s && a->network_rule == b->network_rule &&
         !a->notify == !b->notify &&
         g_strv_equal ((const char *const *)a->networks, (const char *const *)b->networks) &&
         forwards_equal (a->forwards, b->forwards) && unknown_equal (a, b);
}

CulvertForwardSpec *
culvert_profile_find_forward (const CulvertProfile *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  for (guint i = 0; i < self->forwards->len; i++)
    {
      CulvertForwardSpec *spec = g_ptr_array_index (self->forwards, i);

      if (strcmp (culvert_forward_spec_get_id (spec), id) == 0)
        return spec;
    }
  return NULL;
}

void
culvert_profile_put_forward (CulvertProfile *self, CulvertForwardSpec *spec)
{
  guint index;

  g_return_if_fail (self != NULL && spec != NULL);

  culvert_forward_spec_ref (spec);
  for (index = 0; index < self->forwards->len; index++)
    {
      CulvertForwardSpec *old = g_ptr_array_index (self->forwards, index);

      if (strcmp (culvert_forward_spec_get_id (old), culvert_forward_spec_get_id (spec)) == 0)
        {
          g_ptr_array_index (self->forwards, index) = spec;
          culvert_forward_spec_unref (old);
          return;
        }
    }
  g_ptr_array_add (self->forwards, spec);
}

void
culvert_profile_let_any_user (CulvertProfile *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->forwards->len; i++)
    {
      CulvertForwardSpec  *spec = g_ptr_array_index (self->forwards, i);
      CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);

      if (culvert_forward_kind_is_remote (fields.kind))
        continue;
      fields.any_user = TRUE;
      g_ptr_array_index (self->forwards, i) = culvert_forward_spec_new (&fields);
      culvert_forward_spec_unref (spec);
    }
}

char *
culvert_profile_dup_user (const CulvertProfile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup (self->user[0] != '\0' ? self->user : g_get_user_name ());
}

/* Does a draft still lack what a title would tell of @end? */
static gboolean
has_gap (const CulvertEndpoint *end, gboolean needs_host)
{
  const char *host = culvert_endpoint_get_host (end);

  if (host == NULL)
    return *culvert_endpoint_get_path (end) == '\0';
  return culvert_endpoint_get_port (end) == 0 || (needs_host && *host == '\0');
}

char *
culvert_profile_dup_title (const CulvertProfile *self)
{
  CulvertForwardFields   first;
  const CulvertEndpoint *told;
  g_autofree char       *end = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->name[0] != '\0')
    return g_strdup (self->name);
  if (self->host[0] == '\0' || self->forwards->len == 0)
    return g_strdup (self->host);

  first = culvert_forward_spec_get_fields (g_ptr_array_index (self->forwards, 0));
  told = first.target != NULL ? first.target : first.listen;
  if (has_gap (told, first.target != NULL))
    return g_strdup (self->host);
  end = culvert_endpoint_to_string (told);
  switch (first.kind)
    {
    case CULVERT_FORWARD_LOCAL:
      return g_strdup_printf ("%s → %s", self->host, end);
    case CULVERT_FORWARD_REMOTE:
      return g_strdup_printf ("%s ← %s", self->host, end);
    case CULVERT_FORWARD_DYNAMIC:
    case CULVERT_FORWARD_REVERSE_DYNAMIC:
    default:
      return g_strdup_printf ("%s · %s", self->host, end);
    }
}
