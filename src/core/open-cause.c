/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/open-cause.h"

#include <string.h>

CulvertOpenCause
culvert_open_cause_find (const char *said)
{
  static const struct
  {
    const char      *text;
    CulvertOpenCause cause;
  } texts[] = {
    { "refused", CULVERT_OPEN_CAUSE_REFUSED },
    { "Name or service not known", CULVERT_OPEN_CAUSE_NAME },
    { "name resolution", CULVERT_OPEN_CAUSE_NAME },
    { "No address associated", CULVERT_OPEN_CAUSE_NAME },
    { "nodename nor servname", CULVERT_OPEN_CAUSE_NAME },
    { "No route to host", CULVERT_OPEN_CAUSE_NO_HOST },
    { "Host is down", CULVERT_OPEN_CAUSE_NO_HOST },
    { "etwork is unreachable", CULVERT_OPEN_CAUSE_NO_NETWORK },
    { "unreachable", CULVERT_OPEN_CAUSE_NO_HOST },
    { "timed out", CULVERT_OPEN_CAUSE_TIME },
    { "ermission denied", CULVERT_OPEN_CAUSE_FORBIDDEN },
    { "No such file", CULVERT_OPEN_CAUSE_NO_FILE },
  };

  /* "open failed" is what OpenSSH says when it does not say why. */
  if (said == NULL || said[0] == '\0' || strcmp (said, "open failed") == 0)
    return CULVERT_OPEN_CAUSE_NOT_SAID;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strstr (said, texts[i].text) != NULL)
      return texts[i].cause;
  return CULVERT_OPEN_CAUSE_OTHER;
}
