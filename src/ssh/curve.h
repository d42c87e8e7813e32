/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The elliptic curves of ECDSA keys in SSH (RFC 5656 section 10.1). */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *type_name;  /* of keys and signatures */
  const char *identifier; /* inside a key */
  const char *group;      /* in OpenSSL's words */
  gsize       n_bytes;    /* of one coordinate */
} CulvertCurve;

#define CULVERT_CURVE_BYTES_MAX 66

/* Returns: (transfer none) (nullable) */
const CulvertCurve *culvert_curve_find_by_type (const char *type_name);
const CulvertCurve *culvert_curve_find_by_group (const char *group);

G_END_DECLS
