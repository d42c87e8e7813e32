/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/recipes.h"

#include "core/shell-words.h"

#include <string.h>

#define PROXY_PAC "/proxy.pac" /* served on the port of the proxy (PRODUCT 1.3) */

/* What is at the other end, as far as one can guess. */
typedef enum
{
  SERVICE_UNKNOWN,
  SERVICE_SSH,
  SERVICE_FTP,
  SERVICE_TELNET,
  SERVICE_SMTP,
  SERVICE_DNS,
  SERVICE_HTTP,
  SERVICE_HTTPS,
  SERVICE_TLS,
  SERVICE_LDAP,
  SERVICE_SMB,
  SERVICE_RSYNC,
  SERVICE_SQL_SERVER,
  SERVICE_ORACLE,
  SERVICE_MQTT,
  SERVICE_DOCKER,
  SERVICE_MYSQL,
  SERVICE_POSTGRES,
  SERVICE_RDP,
  SERVICE_VNC,
  SERVICE_REDIS,
  SERVICE_KUBERNETES,
  SERVICE_GIT,
  SERVICE_MONGODB,
  SERVICE_PROXY,
} Service;

/* By IANA's list of ports, and by what people use. */
static const struct
{
  guint16 first;
  guint16 last;
  Service service;
} ports[] = {
  { 22, 22, SERVICE_SSH },
  { 23, 23, SERVICE_TELNET },
  { 25, 25, SERVICE_SMTP },
  { 53, 53, SERVICE_DNS },
  { 80, 80, SERVICE_HTTP },
  { 389, 389, SERVICE_LDAP },
  { 443, 443, SERVICE_HTTPS },
  { 445, 445, SERVICE_SMB },
  { 465, 465, SERVICE_TLS },
  { 587, 587, SERVICE_SMTP },
  { 636, 636, SERVICE_TLS },
  { 873, 873, SERVICE_RSYNC },
  { 993, 993, SERVICE_TLS },
  { 995, 995, SERVICE_TLS },
  { 1433, 1433, SERVICE_SQL_SERVER },
  { 1521, 1521, SERVICE_ORACLE },
  { 1883, 1883, SERVICE_MQTT },
  { 2222, 2222, SERVICE_SSH },
  { 2375, 2375, SERVICE_DOCKER },
  { 3000, 3000, SERVICE_HTTP },
  { 3306, 3306, SERVICE_MYSQL },
  { 3389, 3389, SERVICE_RDP },
  { 5432, 5433, SERVICE_POSTGRES },
  { 5900, 5909, SERVICE_VNC },
  { 6379, 6379, SERVICE_REDIS },
  { 6443, 6443, SERVICE_KUBERNETES },
  { 8000, 8099, SERVICE_HTTP },
  { 8443, 8443, SERVICE_HTTPS },
  { 9200, 9200, SERVICE_HTTP },
  { 9418, 9418, SERVICE_GIT },
  { 9443, 9443, SERVICE_HTTPS },
  { 27017, 27017, SERVICE_MONGODB },
};

/* By a part of a socket's file name. */
static const struct
{
  const char *part;
  Service     service;
} sockets[] = {
  { "docker.sock", SERVICE_DOCKER }, { "podman.sock", SERVICE_DOCKER },
  { ".s.PGSQL.", SERVICE_POSTGRES }, { "mysql", SERVICE_MYSQL },
  { "mariadb", SERVICE_MYSQL },      { "redis", SERVICE_REDIS },
};

/* In a format: %h the host, %u the same in an address (brackets), %p the port, %t and %q the target's name in
 * an address and its port, %s the socket, %d its folder, %n the number at its end.  Words are quoted; a
 * tabulator is a space inside a word. */
typedef struct
{
  Service          service;
  CulvertRecipeUse use;
  const char      *format;
} Row;

static const Row for_ports[] = {
  { SERVICE_SSH, CULVERT_RECIPE_SSH, "ssh -p %p -o HostKeyAlias=%t %h" },
  { SERVICE_SSH, CULVERT_RECIPE_SCP, "scp -P %p -o HostKeyAlias=%t FILE %u:" },
  { SERVICE_SSH, CULVERT_RECIPE_SFTP, "sftp -P %p -o HostKeyAlias=%t %h" },
  { SERVICE_FTP, CULVERT_RECIPE_LFTP, "lftp -p %p %h" },
  { SERVICE_FTP, CULVERT_RECIPE_CURL_FTP, "curl ftp://%u:%p/" },
  { SERVICE_TELNET, CULVERT_RECIPE_TELNET, "telnet %h %p" },
  { SERVICE_SMTP, CULVERT_RECIPE_SMTP, "swaks --server %h --port %p --to ADDRESS" },
  { SERVICE_DNS, CULVERT_RECIPE_DNS, "dig +tcp @%h -p %p NAME" },
  { SERVICE_HTTP, CULVERT_RECIPE_CURL, "curl http://%u:%p/" },
  { SERVICE_HTTP, CULVERT_RECIPE_CURL_BY_NAME, "curl --connect-to %t:%q:%u:%p http://%t:%q/" },
  { SERVICE_HTTPS, CULVERT_RECIPE_CURL_BY_NAME, "curl --connect-to %t:%q:%u:%p https://%t:%q/" },
  { SERVICE_HTTPS, CULVERT_RECIPE_TLS, "openssl s_client -connect %u:%p -servername %t" },
  { SERVICE_TLS, CULVERT_RECIPE_TLS, "openssl s_client -connect %u:%p -servername %t" },
  { SERVICE_LDAP, CULVERT_RECIPE_LDAP, "ldapsearch -x -H ldap://%u:%p/ -b BASE" },
  { SERVICE_SMB, CULVERT_RECIPE_SMB, "smbclient -p %p //%h/SHARE" },
  { SERVICE_RSYNC, CULVERT_RECIPE_RSYNC, "rsync rsync://%u:%p/" },
  { SERVICE_SQL_SERVER, CULVERT_RECIPE_SQL_SERVER, "sqlcmd -S tcp:%h,%p" },
  { SERVICE_ORACLE, CULVERT_RECIPE_ORACLE, "sqlplus USER@//%u:%p/SERVICE" },
  { SERVICE_MQTT, CULVERT_RECIPE_MQTT, "mosquitto_sub -h %h -p %p -t TOPIC" },
  { SERVICE_DOCKER, CULVERT_RECIPE_DOCKER, "docker -H tcp://%u:%p ps" },
  { SERVICE_MYSQL, CULVERT_RECIPE_MYSQL, "mysql --protocol=TCP -h %h -P %p" },
  { SERVICE_MYSQL, CULVERT_RECIPE_MYSQL_DUMP, "mysqldump --protocol=TCP -h %h -P %p DATABASE" },
  { SERVICE_POSTGRES, CULVERT_RECIPE_POSTGRES, "psql -h %h -p %p" },
  { SERVICE_POSTGRES, CULVERT_RECIPE_POSTGRES_DUMP, "pg_dump -h %h -p %p DATABASE" },
  { SERVICE_POSTGRES, CULVERT_RECIPE_POSTGRES_ADDRESS, "postgresql://%u:%p/DATABASE" },
  { SERVICE_RDP, CULVERT_RECIPE_RDP, "xfreerdp /v:%u:%p" },
  { SERVICE_RDP, CULVERT_RECIPE_RDP_WINDOWS, "mstsc /v:%u:%p" },
  { SERVICE_VNC, CULVERT_RECIPE_VNC, "vncviewer %u::%p" },
  { SERVICE_VNC, CULVERT_RECIPE_VNC_REMMINA, "remmina -c vnc://%u:%p" },
  { SERVICE_REDIS, CULVERT_RECIPE_REDIS, "redis-cli -h %h -p %p" },
  { SERVICE_KUBERNETES, CULVERT_RECIPE_KUBERNETES,
    "kubectl --server https://%u:%p --tls-server-name %t get pods" },
  { SERVICE_GIT, CULVERT_RECIPE_GIT, "git clone git://%u:%p/PATH" },
  { SERVICE_MONGODB, CULVERT_RECIPE_MONGODB, "mongosh --host %h --port %p" },
  { SERVICE_PROXY, CULVERT_RECIPE_PROXY_FIREFOX, "http://%u:%p" PROXY_PAC },
  { SERVICE_PROXY, CULVERT_RECIPE_PROXY_CHROMIUM,
    "chromium --proxy-server=socks5://%u:%p --user-data-dir=FOLDER" },
  { SERVICE_PROXY, CULVERT_RECIPE_PROXY_CURL, "curl --proxy socks5h://%u:%p ADDRESS" },
  { SERVICE_PROXY, CULVERT_RECIPE_PROXY_GIT, "git -c http.proxy=socks5h://%u:%p clone ADDRESS" },
  { SERVICE_PROXY, CULVERT_RECIPE_PROXY_SSH,
    "ssh -o ProxyCommand=nc\t-X\t5\t-x\t%u:%p\t%%h\t%%p SERVER" },
  { SERVICE_PROXY, CULVERT_RECIPE_PROXY_ENVIRONMENT, "export ALL_PROXY=socks5h://%u:%p" },
  { SERVICE_UNKNOWN, CULVERT_RECIPE_CURL, "curl http://%u:%p/" },
  { SERVICE_UNKNOWN, CULVERT_RECIPE_PLAIN, "nc %h %p" },
};

static const Row for_sockets[] = {
  { SERVICE_DOCKER, CULVERT_RECIPE_DOCKER, "docker -H unix://%s ps" },
  { SERVICE_MYSQL, CULVERT_RECIPE_MYSQL, "mysql --socket=%s" },
  { SERVICE_MYSQL, CULVERT_RECIPE_MYSQL_DUMP, "mysqldump --socket=%s DATABASE" },
  { SERVICE_REDIS, CULVERT_RECIPE_REDIS, "redis-cli -s %s" },
  { SERVICE_POSTGRES, CULVERT_RECIPE_POSTGRES, "psql -h %d -p %n" },
  { SERVICE_POSTGRES, CULVERT_RECIPE_POSTGRES_DUMP, "pg_dump -h %d -p %n DATABASE" },
  { SERVICE_PROXY, CULVERT_RECIPE_PROXY_CURL, "curl --proxy socks5h://localhost%s ADDRESS" },
  { SERVICE_UNKNOWN, CULVERT_RECIPE_CURL, "curl --unix-socket %s http://%t/" },
  { SERVICE_UNKNOWN, CULVERT_RECIPE_PLAIN, "nc -U %s" },
};

void
culvert_recipe_free (CulvertRecipe *self)
{
  g_free (self->text);
  g_free (self);
}

static Service
find_by_end (const CulvertEndpoint *end)
{
  const char *path = culvert_endpoint_get_path (end);

  if (path == NULL)
    {
      guint16 port = culvert_endpoint_get_port (end);

      for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
        if (port >= ports[i].first && port <= ports[i].last)
          return ports[i].service;
      return SERVICE_UNKNOWN;
    }
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    if (strstr (path, sockets[i].part) != NULL)
      return sockets[i].service;
  return SERVICE_UNKNOWN;
}

/* The number at the end of a socket of PostgreSQL; NULL for others. */
static const char *
find_number (const char *path)
{
  const char *number = strstr (path, ".s.PGSQL.");

  return number != NULL ? number + strlen (".s.PGSQL.") : NULL;
}

static Service
find_service (const CulvertForwardFields *fields, const CulvertEndpoint *place)
{
  const char *path = culvert_endpoint_get_path (place);
  Service     service;

  if (fields->target == NULL)
    return SERVICE_PROXY;
  if (fields->is_ftp)
    return SERVICE_FTP;
  if (fields->is_https)
    return SERVICE_HTTPS;
  service = find_by_end (fields->target);
  /* psql finds a socket by its name alone. */
  if (path != NULL && service == SERVICE_POSTGRES && find_number (path) == NULL)
    return SERVICE_UNKNOWN;
  if (path != NULL && service == SERVICE_UNKNOWN)
    return find_by_end (place);
  return service;
}

/* (transfer full): in an address */
static char *
bracket (const char *host)
{
  return strchr (host, ':') != NULL ? g_strdup_printf ("[%s]", host) : g_strdup (host);
}

static void
append_token (GString                    *word,
              char                        token,
              const CulvertForwardFields *fields,
              const CulvertEndpoint      *place)
{
  const char      *path = culvert_endpoint_get_path (place);
  const char      *host = culvert_endpoint_get_host (place);
  const char      *target = "localhost";
  guint            target_port = 80;
  g_autofree char *text = NULL;

  if (fields->target != NULL && culvert_endpoint_get_kind (fields->target) == CULVERT_ENDPOINT_TCP)
    {
      target = culvert_endpoint_get_host (fields->target);
      target_port = culvert_endpoint_get_port (fields->target);
    }
  switch (token)
    {
    case 'h':
      g_string_append (word, host);
      break;
    case 'u':
      text = bracket (host);
      g_string_append (word, text);
      break;
    case 'p':
      g_string_append_printf (word, "%u", culvert_endpoint_get_port (place));
      break;
    case 't':
      text = bracket (target);
      g_string_append (word, text);
      break;
    case 'q':
      g_string_append_printf (word, "%u", target_port);
      break;
    case 's':
      g_string_append (word, path);
      break;
    case 'd':
      text = g_path_get_dirname (path);
      g_string_append (word, text);
      break;
    case 'n':
      g_string_append (word, find_number (path));
      break;
    default:
      g_string_append_c (word, token);
    }
}

/* (transfer full) */
static char *
format_word (const char *format, const CulvertForwardFields *fields, const CulvertEndpoint *place)
{
  g_autoptr (GString) word = g_string_new (NULL);

  for (const char *p = format; *p != '\0'; p++)
    {
      if (*p == '%')
        append_token (word, *++p, fields, place);
      else
        g_string_append_c (word, *p == '\t' ? ' ' : *p);
    }
  return culvert_shell_words_quote (word->str);
}

static void
add_recipe (GPtrArray                  *recipes,
            const Row                  *row,
            const CulvertForwardFields *fields,
            const CulvertEndpoint      *place)
{
  g_auto (GStrv) words = g_strsplit (row->format, " ", -1);
  CulvertRecipe *recipe = g_new0 (CulvertRecipe, 1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *word = format_word (words[i], fields, place);

      g_free (words[i]);
      words[i] = word;
    }
  recipe->use = row->use;
  recipe->text = g_strjoinv (" ", words);
  g_ptr_array_add (recipes, recipe);
}

static void
add_rows (GPtrArray                  *recipes,
          const Row                  *rows,
          gsize                       n_rows,
          Service                     service,
          const CulvertForwardFields *fields,
          const CulvertEndpoint      *place)
{
  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].service == service)
      add_recipe (recipes, &rows[i], fields, place);
}

static gboolean
is_place (const CulvertEndpoint *place)
{
  if (culvert_endpoint_get_kind (place) == CULVERT_ENDPOINT_UNIX)
    return g_utf8_validate (culvert_endpoint_get_path (place), -1, NULL);
  return culvert_endpoint_get_port (place) != 0 &&
         culvert_host_is_valid (culvert_endpoint_get_host (place));
}

static gboolean
is_target (const CulvertEndpoint *target)
{
  return target == NULL || culvert_endpoint_get_kind (target) == CULVERT_ENDPOINT_UNIX ||
         culvert_host_is_valid (culvert_endpoint_get_host (target));
}

GPtrArray *
culvert_recipes_new (const CulvertForwardSpec *spec, const CulvertEndpoint *place)
{
  GPtrArray *recipes = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_recipe_free);
  CulvertForwardFields fields;
  gboolean             is_socket;
  const Row           *rows;
  gsize                n_rows;
  Service              service;

  g_return_val_if_fail (spec != NULL && place != NULL, recipes);

  fields = culvert_forward_spec_get_fields (spec);
  if (!is_place (place) || !is_target (fields.target))
    return recipes;
  is_socket = culvert_endpoint_get_kind (place) == CULVERT_ENDPOINT_UNIX;
  rows = is_socket ? for_sockets : for_ports;
  n_rows = is_socket ? G_N_ELEMENTS (for_sockets) : G_N_ELEMENTS (for_ports);
  service = find_service (&fields, place);
  add_rows (recipes, rows, n_rows, service, &fields, place);
  /* Nothing that is made for sockets. */
  if (recipes->len == 0)
    add_rows (recipes, rows, n_rows, SERVICE_UNKNOWN, &fields, place);
  return recipes;
}
