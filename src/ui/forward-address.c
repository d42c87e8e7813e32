/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-address.h"

#define PAC_PATH "/proxy.pac" /* served on the port of the proxy (PRODUCT 1.3) */

/* Where the target has something else than pages, by IANA's list of ports. */
static const guint16 no_pages[] = {
  21,   /* FTP */
  22,   /* SSH */
  23,   /* telnet */
  25,   /* SMTP */
  53,   /* DNS */
  110,  /* POP3 */
  143,  /* IMAP */
  389,  /* LDAP */
  445,  /* SMB */
  465,  /* SMTP */
  587,  /* SMTP */
  636,  /* LDAP */
  993,  /* IMAP */
  995,  /* POP3 */
  1433, /* SQL Server */
  1521, /* Oracle */
  3306, /* MySQL */
  3389, /* RDP */
  5432, /* PostgreSQL */
  5900, /* VNC */
  6379, /* Redis */
  27017 /* MongoDB */
};

/* (transfer full) (nullable): host:port; NULL without a port */
static CulvertEndpoint *
find_place (const CulvertForwardFields *fields, const CulvertEndpoint *bound, const char *server)
{
  const char *host = culvert_endpoint_get_host (fields->listen);
  guint16     port = culvert_endpoint_get_port (fields->listen);

  if (port == 0 && bound != NULL)
    port = culvert_endpoint_get_port (bound);
  if (port == 0)
    return NULL;
  if (*host == '\0')
    host = "localhost";
  else if (culvert_host_is_any (host))
    /* A listener on every address is reached by this computer as localhost. */
    host = culvert_forward_kind_is_remote (fields->kind) ? server : "localhost";
  return culvert_endpoint_new_tcp (host, port);
}

/* (transfer full) (nullable): the same as text */
static char *
dup_place (const CulvertForwardFields *fields, const CulvertEndpoint *bound, const char *server)
{
  g_autoptr (CulvertEndpoint) place = find_place (fields, bound, server);

  return place != NULL ? culvert_endpoint_to_string (place) : NULL;
}

CulvertEndpoint *
culvert_forward_place (const CulvertForwardSpec *spec,
                       const CulvertEndpoint    *bound,
                       const char               *server)
{
  CulvertForwardFields fields;
  g_autofree char     *path = NULL;

  g_return_val_if_fail (spec != NULL && server != NULL, NULL);

  fields = culvert_forward_spec_get_fields (spec);
  if (culvert_endpoint_get_kind (fields.listen) == CULVERT_ENDPOINT_TCP)
    return find_place (&fields, bound, server);
  path = culvert_forward_kind_is_remote (fields.kind)
           ? culvert_endpoint_to_string (fields.listen)
           : culvert_endpoint_dup_local_path (fields.listen);
  return culvert_endpoint_new_unix (path);
}

char *
culvert_forward_address (const CulvertForwardSpec *spec,
                         const CulvertEndpoint    *bound,
                         const char               *server)
{
  g_autoptr (CulvertEndpoint) place = culvert_forward_place (spec, bound, server);
  g_autofree char            *text = place != NULL ? culvert_endpoint_to_string (place) : NULL;

  if (place == NULL || culvert_endpoint_get_kind (place) == CULVERT_ENDPOINT_UNIX ||
      !culvert_forward_kind_is_proxy (culvert_forward_spec_get_kind (spec)))
    return g_steal_pointer (&text);
  return g_strconcat ("socks5h://", text, NULL);
}

char *
culvert_forward_address_of_pac (const CulvertForwardSpec *spec,
                                const CulvertEndpoint    *bound,
                                const char               *server)
{
  CulvertForwardFields fields;
  g_autofree char     *place = NULL;

  g_return_val_if_fail (spec != NULL && server != NULL, NULL);

  fields = culvert_forward_spec_get_fields (spec);
  if (!culvert_forward_kind_is_proxy (fields.kind) ||
      culvert_endpoint_get_kind (fields.listen) == CULVERT_ENDPOINT_UNIX)
    return NULL;
  place = dup_place (&fields, bound, server);
  return place != NULL ? g_strconcat ("http://", place, PAC_PATH, NULL) : NULL;
}

static gboolean
may_have_pages (const CulvertForwardFields *fields)
{
  if (fields->kind != CULVERT_FORWARD_LOCAL || fields->is_ftp ||
      culvert_endpoint_get_kind (fields->listen) == CULVERT_ENDPOINT_UNIX)
    return FALSE;
  /* The person says so. */
  if (fields->is_https || *fields->browser_path != '\0')
    return TRUE;
  for (guint i = 0; fields->target != NULL && i < G_N_ELEMENTS (no_pages); i++)
    if (culvert_endpoint_get_port (fields->target) == no_pages[i])
      return FALSE;
  return TRUE;
}

char *
culvert_forward_address_of_page (const CulvertForwardSpec *spec, const CulvertEndpoint *bound)
{
  CulvertForwardFields fields;
  g_autofree char     *place = NULL;
  g_autofree char     *path = NULL;

  g_return_val_if_fail (spec != NULL, NULL);

  fields = culvert_forward_spec_get_fields (spec);
  if (!may_have_pages (&fields))
    return NULL;
  place = dup_place (&fields, bound, "");
  if (place == NULL)
    return NULL;
  /* What a file from a stranger names stays on this forward: a path begins with a slash. */
  path = *fields.browser_path == '/'
           ? g_uri_escape_string (fields.browser_path, "!$%&'()*+,/:;=?@[]#", TRUE)
           : g_strdup ("/");
  return g_strconcat (fields.is_https ? "https://" : "http://", place, path, NULL);
}
