/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Why a target was not reached, by what servers and systems say of it: their words, in English. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_OPEN_CAUSE_NOT_SAID,
  CULVERT_OPEN_CAUSE_OTHER, /* worth quoting */
  CULVERT_OPEN_CAUSE_REFUSED,
  CULVERT_OPEN_CAUSE_NAME,
  CULVERT_OPEN_CAUSE_NO_NETWORK, /* no way leads to its network */
  CULVERT_OPEN_CAUSE_NO_HOST,    /* no way leads to it */
  CULVERT_OPEN_CAUSE_TIME,
  CULVERT_OPEN_CAUSE_FORBIDDEN,
  CULVERT_OPEN_CAUSE_NO_FILE,
} CulvertOpenCause;

/* @said: (nullable): CULVERT_FACT_SAID or CULVERT_FACT_REASON of the error */
CulvertOpenCause culvert_open_cause_find (const char *said);

G_END_DECLS
