/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/recipe-words.h"

#include <glib/gi18n.h>

static const char *const titles[] = {
  [CULVERT_RECIPE_SSH] = N_ ("A shell"),
  [CULVERT_RECIPE_SCP] = N_ ("Copying a file there"),
  [CULVERT_RECIPE_SFTP] = N_ ("Files, with SFTP"),
  [CULVERT_RECIPE_LFTP] = N_ ("Files, with FTP"),
  [CULVERT_RECIPE_CURL_FTP] = N_ ("A list of the files"),
  [CULVERT_RECIPE_TELNET] = N_ ("A terminal"),
  [CULVERT_RECIPE_SMTP] = N_ ("Sending a test mail"),
  [CULVERT_RECIPE_DNS] = N_ ("Looking a name up"),
  [CULVERT_RECIPE_CURL] = N_ ("A web page"),
  [CULVERT_RECIPE_CURL_BY_NAME] = N_ ("A web page, by its own name"),
  [CULVERT_RECIPE_TLS] = N_ ("The certificate, and a conversation over TLS"),
  [CULVERT_RECIPE_LDAP] = N_ ("Searching the directory"),
  [CULVERT_RECIPE_SMB] = N_ ("Shared folders"),
  [CULVERT_RECIPE_RSYNC] = N_ ("A list of the modules"),
  [CULVERT_RECIPE_SQL_SERVER] = N_ ("A session with SQL Server"),
  [CULVERT_RECIPE_ORACLE] = N_ ("A session with Oracle"),
  [CULVERT_RECIPE_MQTT] = N_ ("Messages of a topic"),
  [CULVERT_RECIPE_DOCKER] = N_ ("The containers"),
  [CULVERT_RECIPE_MYSQL] = N_ ("A session with MySQL or MariaDB"),
  [CULVERT_RECIPE_MYSQL_DUMP] = N_ ("A copy of a database"),
  [CULVERT_RECIPE_POSTGRES] = N_ ("A session with PostgreSQL"),
  [CULVERT_RECIPE_POSTGRES_DUMP] = N_ ("A copy of a database"),
  [CULVERT_RECIPE_POSTGRES_ADDRESS] = N_ ("The address, for other programs"),
  [CULVERT_RECIPE_RDP] = N_ ("The desktop"),
  [CULVERT_RECIPE_RDP_WINDOWS] = N_ ("The desktop, from Windows"),
  [CULVERT_RECIPE_VNC] = N_ ("The desktop"),
  [CULVERT_RECIPE_VNC_REMMINA] = N_ ("The desktop, with Remmina"),
  [CULVERT_RECIPE_REDIS] = N_ ("A session with Redis"),
  [CULVERT_RECIPE_KUBERNETES] = N_ ("A list of the pods"),
  [CULVERT_RECIPE_GIT] = N_ ("A copy of a repository"),
  [CULVERT_RECIPE_MONGODB] = N_ ("A session with MongoDB"),
  [CULVERT_RECIPE_PLAIN] = N_ ("A plain connection"),
  [CULVERT_RECIPE_PROXY_FIREFOX] =
    N_ ("Firefox: Settings, Network Settings, Automatic proxy configuration URL"),
  [CULVERT_RECIPE_PROXY_CHROMIUM] = N_ ("Chromium, with settings of its own"),
  [CULVERT_RECIPE_PROXY_CURL] = N_ ("A web page"),
  [CULVERT_RECIPE_PROXY_GIT] = N_ ("A copy of a repository"),
  [CULVERT_RECIPE_PROXY_SSH] = N_ ("A shell on another server"),
  [CULVERT_RECIPE_PROXY_ENVIRONMENT] = N_ ("Every program that a shell starts from now on"),
};

const char *
culvert_words_for_recipe (CulvertRecipeUse use)
{
  G_STATIC_ASSERT (G_N_ELEMENTS (titles) == CULVERT_N_RECIPE_USES);
  g_return_val_if_fail (use < G_N_ELEMENTS (titles), "");

  return _ (titles[use]);
}
