/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A forward as it is saved: kind, where it listens, its target.  An immutable, counted value.
 *
 * The id is what tells forwards of a tunnel apart while they are edited and running: it survives a
 * change of every other field, so that editing one leaves the others alone (engine/reconcile.h). */

#include "core/endpoint.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_FORWARD_LOCAL,           /* listens here, target as seen from the server; RFC 4254 7.2 */
  CULVERT_FORWARD_REMOTE,          /* listens at the server, target as seen from here; 7.1 */
  CULVERT_FORWARD_DYNAMIC,         /* a SOCKS and HTTP proxy here */
  CULVERT_FORWARD_REVERSE_DYNAMIC, /* the same proxy, listening at the server */
} CulvertForwardKind;

#define CULVERT_TYPE_FORWARD_KIND (culvert_forward_kind_get_type ())
GType culvert_forward_kind_get_type (void);
const char *
culvert_forward_kind_to_nick (CulvertForwardKind kind); /* "local", "reverse-dynamic" … */
gboolean culvert_forward_kind_from_nick (const char *nick, CulvertForwardKind *kind);

typedef struct _CulvertForwardSpec CulvertForwardSpec;

#define CULVERT_TYPE_FORWARD_SPEC (culvert_forward_spec_get_type ())
GType culvert_forward_spec_get_type (void);

/* What a forward is made from; every pointer is borrowed and copied. */
typedef struct
{
  const char            *id;   /* NULL: a new one is made */
  const char            *name; /* NULL or "": none */
  CulvertForwardKind     kind;
  const CulvertEndpoint *listen; /* host "" means localhost; never NULL */
  const CulvertEndpoint *target; /* NULL for the dynamic kinds */
  gboolean               is_enabled;
  gboolean               any_user;     /* other users of this computer may connect (PRODUCT 1.10) */
  gboolean               is_ftp;       /* rewrite FTP's data addresses (PRODUCT 1.6) */
  gboolean               is_https;     /* a browser is told so; the forward itself does not mind */
  const char            *browser_path; /* what a browser is led to, "/…"; NULL or "": "/" */
} CulvertForwardFields;

#define CULVERT_BROWSER_PATH_MAX 2048 /* bytes */

/* A target of a dynamic kind, and is_ftp of one, are left out, and what is for a browser of all but local
 * ones.  Anything else is taken as it is: a
 * form holds drafts (core/profile-check.h says what is wrong with them). */
CulvertForwardSpec *culvert_forward_spec_new (const CulvertForwardFields *fields);
CulvertForwardSpec *culvert_forward_spec_ref (CulvertForwardSpec *self);
void                culvert_forward_spec_unref (CulvertForwardSpec *self);

/* Borrowed: valid while @self is. A copy with some fields changed is made by changing the result
 * and passing it to culvert_forward_spec_new(). */
CulvertForwardFields culvert_forward_spec_get_fields (const CulvertForwardSpec *self);

const char        *culvert_forward_spec_get_id (const CulvertForwardSpec *self);
const char        *culvert_forward_spec_get_name (const CulvertForwardSpec *self); /* "" if none */
CulvertForwardKind culvert_forward_spec_get_kind (const CulvertForwardSpec *self);
const CulvertEndpoint *culvert_forward_spec_get_listen (const CulvertForwardSpec *self);
const CulvertEndpoint *culvert_forward_spec_get_target (const CulvertForwardSpec *self);
gboolean               culvert_forward_spec_is_enabled (const CulvertForwardSpec *self);

/* Are its clients to be of this user (PRODUCT 1.10)?  Those of a listener beyond loopback, or at the
 * server, are not, whatever any_user says: there is no user to look up on another computer. */
gboolean culvert_forward_spec_is_for_my_user (const CulvertForwardSpec *self);
/* Can it be, without any_user? */
gboolean culvert_forward_listens_for_a_user (CulvertForwardKind     kind,
                                             const CulvertEndpoint *listen);

/* The same but for @is_enabled. (transfer full) */
CulvertForwardSpec *culvert_forward_spec_with_enabled (CulvertForwardSpec *self,
                                                       gboolean            is_enabled);

/* Same id and same value in every field? */
gboolean culvert_forward_spec_equal (const CulvertForwardSpec *a, const CulvertForwardSpec *b);

/* May @id tell forwards apart, and so name a group of a file? [A-Za-z0-9_-], 1 to 64 bytes */
gboolean culvert_forward_id_is_valid (const char *id);

/* Does it listen at the server? */
gboolean culvert_forward_kind_is_remote (CulvertForwardKind kind);

/* Is it a proxy, without a target of its own? */
gboolean culvert_forward_kind_is_proxy (CulvertForwardKind kind);

/**
 * culvert_forward_spec_parse:
 * @kind: which option it came from: -L, -R or -D (a remote one without target is reverse-dynamic)
 * @text: `[bind:]port:host:hostport`, `[bind:]port`, absolute socket paths in either place, brackets
 *   around IPv6 addresses, backslashes before a `:` that belongs to a path, names of services as
 *   ports, `ftp/` in front for an FTP-aware forward; as ssh(1) reads it
 *
 * Without a bind address the host to listen at is ""; an empty one and `*` are "*".  What listens
 * here beyond loopback is open to any user (PRODUCT 1.10).
 *
 * Errors: `G_IO_ERROR_INVALID_ARGUMENT`, message names the part.
 */
CulvertForwardSpec *
culvert_forward_spec_parse (CulvertForwardKind kind, const char *text, GError **error);

/* (transfer full): the argument of -L, -R or -D that parses to the same ends, kind and is_ftp */
char *culvert_forward_spec_to_argument (const CulvertForwardSpec *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertForwardSpec, culvert_forward_spec_unref)

G_END_DECLS
