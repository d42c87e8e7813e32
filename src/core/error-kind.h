/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What an error of a tunnel is about, in one word: what scripts tell failures apart by, as exit statuses
 * and over D-Bus. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_ERROR_KIND_NONE, /* there is no error */
  CULVERT_ERROR_KIND_UNREACHABLE,
  CULVERT_ERROR_KIND_HOST_KEY, /* unknown, changed or refused */
  CULVERT_ERROR_KIND_SIGN_IN,
  CULVERT_ERROR_KIND_FORWARD, /* refused, or its port is taken */
  CULVERT_ERROR_KIND_COMMAND, /* one that nobody has allowed, or that cannot be run */
  CULVERT_ERROR_KIND_OTHER,
} CulvertErrorKind;

/* @error: (nullable) */
CulvertErrorKind culvert_error_get_kind (const GError *error);

/* "", "unreachable", "host-key", "sign-in", "forward", "command", "other" */
const char *culvert_error_kind_to_nick (CulvertErrorKind kind);
/* OTHER for a word that is none */
CulvertErrorKind culvert_error_kind_from_nick (const char *nick);

G_END_DECLS
