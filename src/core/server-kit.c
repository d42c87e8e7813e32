/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/server-kit.h"

#include "core/text-lines.h"

#include <string.h>

/* A target that there cannot be (RFC 2606 2): sshd(8) has no word for "none" in a key's options. */
#define NOWHERE     "none.invalid:1"
#define PLACEHOLDER "PUT-THE-PUBLIC-KEY-HERE"

/* What a tunnel asks of one server. */
typedef struct
{
  GPtrArray *opens;      /* of char *: "host:port", "[v6]:port", "host:*" */
  GPtrArray *listens;    /* of the same */
  GPtrArray *left_out;   /* of char *: ends that sshd has no way to write */
  gboolean   opens_any;  /* a proxy here leads wherever its clients want */
  gboolean   is_gateway; /* listens beyond loopback */
  gboolean   opens_sockets;
} Needs;

static void
needs_init (Needs *self)
{
  *self = (Needs){ .opens = g_ptr_array_new_with_free_func (g_free),
                   .listens = g_ptr_array_new_with_free_func (g_free),
                   .left_out = g_ptr_array_new_with_free_func (g_free) };
}

static void
needs_clear (Needs *self)
{
  g_ptr_array_unref (self->opens);
  g_ptr_array_unref (self->listens);
  g_ptr_array_unref (self->left_out);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Needs, needs_clear)

/* @port: 0 is any */
static void
add_place (GPtrArray *places, const char *host, guint port)
{
  gboolean         needs_brackets = strpbrk (host, ":/") != NULL;
  g_autofree char *port_text = port > 0 ? g_strdup_printf ("%u", port) : g_strdup ("*");
  g_autofree char *place = g_strdup_printf ("%s%s%s:%s", needs_brackets ? "[" : "", host,
                                            needs_brackets ? "]" : "", port_text);

  if (!g_ptr_array_find_with_equal_func (places, place, g_str_equal, NULL))
    g_ptr_array_add (places, g_steal_pointer (&place));
}

/* sshd compares a socket's path with what stands in the place of the host.  In brackets it takes slashes and
 * colons for a part of it. */
static gboolean
can_name_socket (const char *path)
{
  return strpbrk (path, "[]\" \t\\,#*?!") == NULL && path[0] == '/';
}

static void
leave_out (Needs *self, const CulvertEndpoint *end)
{
  g_ptr_array_add (self->left_out, culvert_endpoint_to_string (end));
}

/* Both families of loopback, any port: for data connections of FTP. */
static void
add_loopback (GPtrArray *places)
{
  add_place (places, "127.0.0.1", 0);
  add_place (places, "::1", 0);
}

static void
add_local (Needs *self, const CulvertForwardFields *fields)
{
  const CulvertEndpoint *target = fields->target;

  if (target == NULL)
    return;
  if (culvert_endpoint_get_kind (target) == CULVERT_ENDPOINT_UNIX)
    {
      self->opens_sockets = TRUE;
      if (can_name_socket (culvert_endpoint_get_path (target)))
        add_place (self->opens, culvert_endpoint_get_path (target), 0);
      else
        leave_out (self, target);
      return;
    }
  if (!culvert_host_is_valid (culvert_endpoint_get_host (target)))
    {
      leave_out (self, target);
      return;
    }
  add_place (self->opens, culvert_endpoint_get_host (target), culvert_endpoint_get_port (target));
  if (fields->is_ftp)
    {
      /* Passive data, and listeners for active data. */
      add_place (self->opens, culvert_endpoint_get_host (target), 0);
      add_loopback (self->listens);
    }
}

static void
add_remote (Needs *self, const CulvertForwardFields *fields)
{
  const char *host;

  if (culvert_endpoint_get_kind (fields->listen) == CULVERT_ENDPOINT_UNIX)
    {
      /* No forward of ours can. */
      leave_out (self, fields->listen);
      return;
    }
  host = culvert_endpoint_get_host (fields->listen);
  /* As it is asked for: "localhost" is another word for sshd than an address of it. */
  if (host[0] == '\0')
    host = "localhost";
  if (!culvert_host_is_any (host) && !culvert_host_is_valid (host))
    {
      leave_out (self, fields->listen);
      return;
    }
  if (!culvert_host_is_loopback (host))
    self->is_gateway = TRUE;
  if (culvert_host_is_any (host))
    host = "*";
  add_place (self->listens, host, culvert_endpoint_get_port (fields->listen));
  if (!fields->is_ftp)
    return;
  if (self->is_gateway)
    add_place (self->listens, host, 0);
  else
    add_loopback (self->listens);
}

static void
add_forwards (Needs *self, const CulvertProfile *profile)
{
  for (guint i = 0; i < profile->forwards->len; i++)
    {
      CulvertForwardFields fields =
        culvert_forward_spec_get_fields (g_ptr_array_index (profile->forwards, i));

      if (!fields.is_enabled)
        continue;
      if (culvert_forward_kind_is_remote (fields.kind))
        add_remote (self, &fields);
      else if (fields.kind == CULVERT_FORWARD_DYNAMIC)
        self->opens_any = TRUE;
      else
        add_local (self, &fields);
    }
}

static gboolean
has_any_port (GPtrArray *places)
{
  for (guint i = 0; i < places->len; i++)
    if (g_str_has_suffix (g_ptr_array_index (places, i), ":*"))
      return TRUE;
  return FALSE;
}

static gboolean
opens (const Needs *self)
{
  return self->opens_any || self->opens->len > 0;
}

/* authorized_keys */

static void
append_places (GString *options, const char *name, GPtrArray *places)
{
  for (guint i = 0; i < places->len; i++)
    g_string_append_printf (options, ",%s=\"%s\"", name, (char *)g_ptr_array_index (places, i));
  if (places->len == 0)
    g_string_append_printf (options, ",%s=\"%s\"", name, NOWHERE);
}

/* (transfer full) */
static char *
format_options (const Needs *self)
{
  GString *options = g_string_new ("restrict,command=\"true\"");

  if (!opens (self) && self->listens->len == 0)
    return g_string_free (options, FALSE);
  g_string_append (options, ",port-forwarding");
  if (!self->opens_any)
    append_places (options, "permitopen", self->opens);
  append_places (options, "permitlisten", self->listens);
  return g_string_free (options, FALSE);
}

static void
add_left_out (GString *text, const Needs *self, const char *margin)
{
  for (guint i = 0; i < self->left_out->len; i++)
    culvert_text_lines_add (text, "%s# Left out: %s, which cannot be named here.", margin,
                            (char *)g_ptr_array_index (self->left_out, i));
}

static void
add_key_notes (GString *text, const Needs *self, const char *options)
{
  add_left_out (text, self, "");
  if (self->opens_any)
    culvert_text_lines_add (
      text, "# The proxy leads wherever its programs want: no permitopen limits the "
            "targets, nor the sockets.");
  if (strstr (options, NOWHERE) != NULL)
    culvert_text_lines_add (text, "# %s does not exist: it stands for “nothing”.", NOWHERE);
  if (has_any_port (self->listens))
    culvert_text_lines_add (
      text, "# A port that is chosen only when it is needed can be named by “*” alone.");
  if (self->is_gateway)
    culvert_text_lines_add (
      text, "# Other computers can connect only if sshd_config says GatewayPorts clientspecified.");
}

static char *
format_authorized_keys (const Needs *self, const char *const *public_keys)
{
  g_autofree char *options = format_options (self);
  GString         *text = g_string_new (NULL);

  add_key_notes (text, self, options);
  if (public_keys == NULL || public_keys[0] == NULL)
    culvert_text_lines_add (text, "%s %s", options, PLACEHOLDER);
  else
    for (guint i = 0; public_keys[i] != NULL; i++)
      culvert_text_lines_add (text, "%s %s", options, public_keys[i]);
  return g_string_free (text, FALSE);
}

/* sshd_config */

/* (transfer full): @user as a pattern that matches it, whatever it is made of */
static char *
format_pattern (const char *user)
{
  char *pattern = g_strdup (user);

  for (char *p = pattern; *p != '\0'; p++)
    if (strchr (" \t\"'#*!,\\=", *p) != NULL)
      *p = '?';
  return pattern;
}

static const char *
format_directions (gboolean is_local, gboolean is_remote)
{
  if (is_local && is_remote)
    return "yes";
  if (is_local)
    return "local";
  return is_remote ? "remote" : "no";
}

static void
add_places (GString *text, const char *key, GPtrArray *places)
{
  g_autoptr (GString) values = g_string_new (NULL);

  for (guint i = 0; i < places->len; i++)
    g_string_append_printf (values, " %s", (char *)g_ptr_array_index (places, i));
  culvert_text_lines_add (text, "    %s%s", key, places->len > 0 ? values->str : " none");
}

static char *
format_sshd_config (const Needs *self, const char *user)
{
  g_autofree char *pattern = format_pattern (user);
  GString         *text = g_string_new (NULL);

  culvert_text_lines_add (
    text,
    "# At the end of the file. It holds for every key of this user, who gets no shell any more.");
  culvert_text_lines_add (text, "# “sshd -t” checks it; then reload the service.");
  culvert_text_lines_add (text, "Match User %s", pattern);
  add_left_out (text, self, "    ");
  culvert_text_lines_add (text, "    AllowTcpForwarding %s",
                          format_directions (opens (self), self->listens->len > 0));
  if (self->opens_any)
    culvert_text_lines_add (text, "    # The proxy leads wherever its programs want.");
  if (self->opens_any)
    culvert_text_lines_add (text, "    PermitOpen any");
  else
    add_places (text, "PermitOpen", self->opens);
  add_places (text, "PermitListen", self->listens);
  culvert_text_lines_add (text, "    GatewayPorts %s", self->is_gateway ? "clientspecified" : "no");
  culvert_text_lines_add (text, "    AllowStreamLocalForwarding %s",
                          self->opens_sockets ? "local" : "no");
  culvert_text_lines_add (text, "    AllowAgentForwarding no");
  culvert_text_lines_add (text, "    X11Forwarding no");
  culvert_text_lines_add (text, "    PermitTunnel no");
  culvert_text_lines_add (text, "    PermitTTY no");
  culvert_text_lines_add (text, "    PermitUserRC no");
  culvert_text_lines_add (text, "    ForceCommand true");
  culvert_text_lines_add (text, "Match all");
  return g_string_free (text, FALSE);
}

/* All of it */

void
culvert_server_kit_free (CulvertServerKit *self)
{
  g_free (self->server);
  g_free (self->user);
  g_free (self->authorized_keys);
  g_free (self->sshd_config);
  g_free (self);
}

static void
add_kit (GPtrArray            *kits,
         const CulvertProfile *server,
         gboolean              is_jump,
         const Needs          *needs,
         const char *const    *public_keys)
{
  CulvertServerKit *kit = g_new0 (CulvertServerKit, 1);

  kit->server = g_strdup (server->host);
  kit->user = culvert_profile_dup_user (server);
  kit->is_jump = is_jump;
  kit->authorized_keys = format_authorized_keys (needs, public_keys);
  kit->sshd_config = format_sshd_config (needs, kit->user);
  g_ptr_array_add (kits, kit);
}

/* A jump server opens one connection, to the next server. */
static void
add_jump (GPtrArray            *kits,
          const CulvertProfile *profile,
          guint                 index,
          const char *const    *public_keys)
{
  g_autoptr (CulvertProfile) hop = culvert_profile_for_hop (profile, index);
  g_autoptr (CulvertProfile) next = profile->hops[index + 1] != NULL
                                      ? culvert_profile_for_hop (profile, index + 1)
                                      : culvert_profile_edit (profile);
  g_auto (Needs)             needs;

  needs_init (&needs);
  if (hop == NULL || next == NULL)
    return;
  if (culvert_host_is_valid (next->host))
    add_place (needs.opens, next->host, next->port);
  add_kit (kits, hop, TRUE, &needs, public_keys);
}

GPtrArray *
culvert_server_kits_new (const CulvertProfile *profile, const char *const *public_keys)
{
  GPtrArray     *kits;
  g_auto (Needs) needs;

  needs_init (&needs);
  g_return_val_if_fail (profile != NULL, NULL);

  kits = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_server_kit_free);
  for (guint i = 0; profile->hops[i] != NULL; i++)
    add_jump (kits, profile, i, public_keys);
  add_forwards (&needs, profile);
  add_kit (kits, profile, FALSE, &needs, public_keys);
  return kits;
}

static void
append_part (GString *text, const char *file, const CulvertServerKit *kit, const char *lines)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  culvert_text_lines_add (text, "# %s at %s:", file, kit->server);
  g_string_append (text, lines);
}

char *
culvert_server_kits_to_text (GPtrArray *kits)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (kits != NULL, NULL);

  for (guint i = 0; i < kits->len; i++)
    {
      const CulvertServerKit *kit = g_ptr_array_index (kits, i);
      g_autofree char        *keys = g_strdup_printf ("~%s/.ssh/authorized_keys", kit->user);

      append_part (text, keys, kit, kit->authorized_keys);
      append_part (text, "/etc/ssh/sshd_config", kit, kit->sshd_config);
    }
  return g_string_free (text, FALSE);
}
