/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Host keys that are trusted for a while, in memory alone: the very key, at that host and port. */

#include "core/prompt.h"

G_BEGIN_DECLS

typedef struct _CulvertTrustedKeys CulvertTrustedKeys;

CulvertTrustedKeys *culvert_trusted_keys_new (void);
void                culvert_trusted_keys_free (CulvertTrustedKeys *self);

/* @key: (nullable): NULL, or without a blob: nothing is added */
void culvert_trusted_keys_add (CulvertTrustedKeys *self, const CulvertHostKeyInfo *key);

/* @key: (nullable) */
gboolean culvert_trusted_keys_has (CulvertTrustedKeys *self, const CulvertHostKeyInfo *key);

void culvert_trusted_keys_clear (CulvertTrustedKeys *self);

G_END_DECLS
