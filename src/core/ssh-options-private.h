/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What of a profile both a command line of ssh (by -o) and a file of ssh_config(5) say in the same words. */

#include "core/profile.h"

G_BEGIN_DECLS

typedef struct
{
  const char *key;
  char       *value; /* as it stands behind the key, quoted */
} CulvertSshOption;

/* (transfer full) (element-type CulvertSshOption): all but the server, its port, the user, the key files, the
 * address family and the forwards; ConnectTimeout and ServerAliveInterval in any case */
GPtrArray *culvert_ssh_options_new (const CulvertProfile *profile);

gboolean culvert_ssh_options_contain (GPtrArray *options, const CulvertSshOption *option);

/* (transfer full): @text as one value, as ssh's argv_split() reads it */
char *culvert_ssh_value_quote (const char *text);

G_END_DECLS
