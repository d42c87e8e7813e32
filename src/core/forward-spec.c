/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/forward-spec.h"

#include "core/short-id.h"

#include <string.h>

#define ID_MAX 64

struct _CulvertForwardSpec
{
  gatomicrefcount    ref_count;
  char              *id;
  char              *name;
  CulvertForwardKind kind;
  CulvertEndpoint   *listen;
  CulvertEndpoint   *target; /* nullable */
  gboolean           is_enabled;
  gboolean           any_user;
  gboolean           is_ftp;
  gboolean           is_https;
  char              *browser_path;
};

G_DEFINE_ENUM_TYPE (CulvertForwardKind,
                    culvert_forward_kind,
                    G_DEFINE_ENUM_VALUE (CULVERT_FORWARD_LOCAL, "local"),
                    G_DEFINE_ENUM_VALUE (CULVERT_FORWARD_REMOTE, "remote"),
                    G_DEFINE_ENUM_VALUE (CULVERT_FORWARD_DYNAMIC, "dynamic"),
                    G_DEFINE_ENUM_VALUE (CULVERT_FORWARD_REVERSE_DYNAMIC, "reverse-dynamic"))

G_DEFINE_BOXED_TYPE (CulvertForwardSpec,
                     culvert_forward_spec,
                     culvert_forward_spec_ref,
                     culvert_forward_spec_unref)

static const char *const kind_nicks[] = {
  [CULVERT_FORWARD_LOCAL] = "local",
  [CULVERT_FORWARD_REMOTE] = "remote",
  [CULVERT_FORWARD_DYNAMIC] = "dynamic",
  [CULVERT_FORWARD_REVERSE_DYNAMIC] = "reverse-dynamic",
};

const char *
culvert_forward_kind_to_nick (CulvertForwardKind kind)
{
  g_return_val_if_fail ((guint)kind < G_N_ELEMENTS (kind_nicks), NULL);

  return kind_nicks[kind];
}

gboolean
culvert_forward_kind_from_nick (const char *nick, CulvertForwardKind *kind)
{
  g_return_val_if_fail (nick != NULL && kind != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (kind_nicks); i++)
    if (strcmp (nick, kind_nicks[i]) == 0)
      {
        *kind = (CulvertForwardKind)i;
        return TRUE;
      }
  return FALSE;
}

gboolean
culvert_forward_kind_is_remote (CulvertForwardKind kind)
{
  return kind == CULVERT_FORWARD_REMOTE || kind == CULVERT_FORWARD_REVERSE_DYNAMIC;
}

gboolean
culvert_forward_kind_is_proxy (CulvertForwardKind kind)
{
  return kind == CULVERT_FORWARD_DYNAMIC || kind == CULVERT_FORWARD_REVERSE_DYNAMIC;
}

gboolean
culvert_forward_id_is_valid (const char *id)
{
  g_return_val_if_fail (id != NULL, FALSE);

  if (id[0] == '\0' || strlen (id) > ID_MAX)
    return FALSE;
  for (const char *p = id; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '_')
      return FALSE;
  return TRUE;
}

CulvertForwardSpec *
culvert_forward_spec_new (const CulvertForwardFields *fields)
{
  CulvertForwardSpec *self;

  g_return_val_if_fail (fields != NULL && fields->listen != NULL, NULL);

  self = g_new0 (CulvertForwardSpec, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->id =
    fields->id != NULL ? g_strdup (fields->id) : culvert_short_id_new (CULVERT_FORWARD_ID_LENGTH);
  self->name = g_strdup (fields->name != NULL ? fields->name : "");
  self->kind = fields->kind;
  self->listen = culvert_endpoint_ref ((CulvertEndpoint *)fields->listen);
  if (fields->target != NULL && !culvert_forward_kind_is_proxy (fields->kind))
    self->target = culvert_endpoint_ref ((CulvertEndpoint *)fields->target);
  self->is_enabled = fields->is_enabled != FALSE;
  self->any_user = fields->any_user != FALSE;
  self->is_ftp = fields->is_ftp && !culvert_forward_kind_is_proxy (fields->kind);
  self->is_https = fields->is_https && fields->kind == CULVERT_FORWARD_LOCAL;
  self->browser_path = g_strdup (
    fields->browser_path != NULL && fields->kind == CULVERT_FORWARD_LOCAL ? fields->browser_path
                                                                          : "");
  return self;
}

CulvertForwardSpec *
culvert_forward_spec_ref (CulvertForwardSpec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
culvert_forward_spec_unref (CulvertForwardSpec *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->id);
  g_free (self->name);
  culvert_endpoint_unref (self->listen);
  g_clear_pointer (&self->target, culvert_endpoint_unref);
  g_free (self->browser_path);
  g_free (self);
}

CulvertForwardFields
culvert_forward_spec_get_fields (const CulvertForwardSpec *self)
{
  g_return_val_if_fail (self != NULL, (CulvertForwardFields){ 0 });

  return (CulvertForwardFields){
    .id = self->id,
    .name = self->name,
    .kind = self->kind,
    .listen = self->listen,
    .target = self->target,
    .is_enabled = self->is_enabled,
    .any_user = self->any_user,
    .is_ftp = self->is_ftp,
    .is_https = self->is_https,
    .browser_path = self->browser_path,
  };
}

const char *
culvert_forward_spec_get_id (const CulvertForwardSpec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

const char *
culvert_forward_spec_get_name (const CulvertForwardSpec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

CulvertForwardKind
culvert_forward_spec_get_kind (const CulvertForwardSpec *self)
{
  g_return_val_if_fail (self != NULL, CULVERT_FORWARD_LOCAL);

  return self->kind;
}

const CulvertEndpoint *
culvert_forward_spec_get_listen (const CulvertForwardSpec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->listen;
}

const CulvertEndpoint *
culvert_forward_spec_get_target (const CulvertForwardSpec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->target;
}

gboolean
culvert_forward_spec_is_enabled (const CulvertForwardSpec *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_enabled;
}

gboolean
culvert_forward_listens_for_a_user (CulvertForwardKind kind, const CulvertEndpoint *listen)
{
  g_return_val_if_fail (listen != NULL, FALSE);

  return !culvert_forward_kind_is_remote (kind) &&
         (culvert_endpoint_get_kind (listen) == CULVERT_ENDPOINT_UNIX ||
          culvert_host_is_loopback (culvert_endpoint_get_host (listen)));
}

gboolean
culvert_forward_spec_is_for_my_user (const CulvertForwardSpec *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return !self->any_user && culvert_forward_listens_for_a_user (self->kind, self->listen);
}

CulvertForwardSpec *
culvert_forward_spec_with_enabled (CulvertForwardSpec *self, gboolean is_enabled)
{
  CulvertForwardFields fields;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->is_enabled == (is_enabled != FALSE))
    return culvert_forward_spec_ref (self);
  fields = culvert_forward_spec_get_fields (self);
  fields.is_enabled = is_enabled;
  return culvert_forward_spec_new (&fields);
}

gboolean
culvert_forward_spec_equal (const CulvertForwardSpec *a, const CulvertForwardSpec *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL)
    return FALSE;
  return strcmp (a->id, b->id) == 0 && strcmp (a->name, b->name) == 0 && a->kind == b->kind &&
         culvert_endpoint_equal (a->listen, b->listen) &&
         culvert_endpoint_equal (a->target, b->target) && a->is_enabled == b->is_enabled &&
         a->any_user == b->any_user && a->is_ftp == b->is_ftp && a->is_https == b->is_https &&
         strcmp (a->browser_path, b->browser_path) == 0;
}
