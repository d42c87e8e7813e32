/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/curve.h"

#include <string.h>

static const CulvertCurve curves[] = {
  { "ecdsa-sha2-nistp256", "nistp256", "prime256v1", 32 },
  { "ecdsa-sha2-nistp384", "nistp384", "secp384r1", 48 },
  { "ecdsa-sha2-nistp521", "nistp521", "secp521r1", 66 },
};

const CulvertCurve *
culvert_curve_find_by_type (const char *type_name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    if (strcmp (type_name, curves[i].type_name) == 0)
      return &curves[i];

  return NULL;
}

const CulvertCurve *
culvert_curve_find_by_group (const char *group)
{
  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    if (strcmp (group, curves[i].group) == 0)
      return &curves[i];

  return NULL;
}
