/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What to type so that a program uses a forward (PRODUCT 5.6), guessed from its target's port.  Pure. */

#include "core/forward-spec.h"

G_BEGIN_DECLS

/* What a recipe is for; words/recipe-words.h has its title. */
typedef enum
{
  CULVERT_RECIPE_SSH,
  CULVERT_RECIPE_SCP,
  CULVERT_RECIPE_SFTP,
  CULVERT_RECIPE_LFTP,
  CULVERT_RECIPE_CURL_FTP,
  CULVERT_RECIPE_TELNET,
  CULVERT_RECIPE_SMTP,
  CULVERT_RECIPE_DNS,
  CULVERT_RECIPE_CURL,
  CULVERT_RECIPE_CURL_BY_NAME,
  CULVERT_RECIPE_TLS,
  CULVERT_RECIPE_LDAP,
  CULVERT_RECIPE_SMB,
  CULVERT_RECIPE_RSYNC,
  CULVERT_RECIPE_SQL_SERVER,
  CULVERT_RECIPE_ORACLE,
  CULVERT_RECIPE_MQTT,
  CULVERT_RECIPE_DOCKER,
  CULVERT_RECIPE_MYSQL,
  CULVERT_RECIPE_MYSQL_DUMP,
  CULVERT_RECIPE_POSTGRES,
  CULVERT_RECIPE_POSTGRES_DUMP,
  CULVERT_RECIPE_POSTGRES_ADDRESS,
  CULVERT_RECIPE_RDP,
  CULVERT_RECIPE_RDP_WINDOWS,
  CULVERT_RECIPE_VNC,
  CULVERT_RECIPE_VNC_REMMINA,
  CULVERT_RECIPE_REDIS,
  CULVERT_RECIPE_KUBERNETES,
  CULVERT_RECIPE_GIT,
  CULVERT_RECIPE_MONGODB,
  CULVERT_RECIPE_PLAIN,
  CULVERT_RECIPE_PROXY_FIREFOX,
  CULVERT_RECIPE_PROXY_CHROMIUM,
  CULVERT_RECIPE_PROXY_CURL,
  CULVERT_RECIPE_PROXY_GIT,
  CULVERT_RECIPE_PROXY_SSH,
  CULVERT_RECIPE_PROXY_ENVIRONMENT,
} CulvertRecipeUse;
#define CULVERT_N_RECIPE_USES (CULVERT_RECIPE_PROXY_ENVIRONMENT + 1)

typedef struct
{
  CulvertRecipeUse use;
  char *text; /* a line for a POSIX shell, or an address; words in capitals are to be replaced */
} CulvertRecipe;

void culvert_recipe_free (CulvertRecipe *self);

/**
 * culvert_recipes_new:
 * @place: where programs connect to: a host and a port other than 0, or a path
 *
 * Returns: (transfer full) (element-type CulvertRecipe): the likeliest first; empty when @place is no place that
 *   a program could connect to
 */
GPtrArray *culvert_recipes_new (const CulvertForwardSpec *spec, const CulvertEndpoint *place);

G_END_DECLS
