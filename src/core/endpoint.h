/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An endpoint: host and port, or the path of a Unix socket.  An immutable, counted value that any
 * thread may hold.
 *
 * Text form: `host:port`, `[v6]:port`, `/path`; a listening endpoint may lack the host. */

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_ENDPOINT_TCP,
  CULVERT_ENDPOINT_UNIX,
} CulvertEndpointKind;

typedef struct _CulvertEndpoint CulvertEndpoint;

#define CULVERT_TYPE_ENDPOINT (culvert_endpoint_get_type ())
GType culvert_endpoint_get_type (void);

#define CULVERT_HOST_MAX      255 /* bytes; RFC 1035 2.3.4 */
#define CULVERT_UNIX_PATH_MAX 103 /* bytes; the smallest sun_path there is, less its NUL */

/* @host: a name, an address without brackets, "localhost", "*", or "" for "not given"
 *
 * Where something listens, "" and "localhost" mean both loopback families, "*" all interfaces. */
CulvertEndpoint *culvert_endpoint_new_tcp (const char *host, guint16 port);
CulvertEndpoint *culvert_endpoint_new_unix (const char *path);
CulvertEndpoint *culvert_endpoint_ref (CulvertEndpoint *self);
void             culvert_endpoint_unref (CulvertEndpoint *self);
gboolean         culvert_endpoint_equal (const CulvertEndpoint *a, const CulvertEndpoint *b);

CulvertEndpointKind culvert_endpoint_get_kind (const CulvertEndpoint *self);
const char         *culvert_endpoint_get_host (const CulvertEndpoint *self); /* NULL for a path */
guint16             culvert_endpoint_get_port (const CulvertEndpoint *self); /* 0 for a path */
const char         *culvert_endpoint_get_path (const CulvertEndpoint *self); /* NULL for TCP */

/* (transfer full) (nullable): the path of a socket on this computer, "~/" replaced by the home
 * folder; NULL for TCP */
char *culvert_endpoint_dup_local_path (const CulvertEndpoint *self);

/**
 * culvert_endpoint_parse:
 * @text: what a person, a file or a command line said
 *
 * A port alone has the host "" and `:port` the host "*", as in ssh(1).  A path begins with `/` or
 * `~/`.
 *
 * Errors: `G_IO_ERROR_INVALID_ARGUMENT`, message says which part is wrong.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertEndpoint *culvert_endpoint_parse (const char *text, GError **error);

/* (transfer full): the text form; brackets around IPv6 addresses */
char *culvert_endpoint_to_string (const CulvertEndpoint *self);

/* (transfer full): where something listens, as a person and a program read it: "localhost" where no host
 * is given, and @port in the place of a port that is 0 */
char *culvert_endpoint_to_listen_string (const CulvertEndpoint *self, guint16 port);

/* Is @host a name or address that DNS or a connect could accept? Empty, too long, spaces, control
 * characters, a leading dash are not. Underscores and UTF-8 names are. */
gboolean culvert_host_is_valid (const char *host);

/* Does @host mean this computer alone (localhost, 127.0.0.0/8, ::1)?  So does "", since it
 * means localhost where something listens. */
gboolean culvert_host_is_loopback (const char *host);

/* Where something listens: does @host mean every address of the machine ("*", "0.0.0.0", "::")? */
gboolean culvert_host_is_any (const char *host);

/**
 * culvert_port_parse:
 * @text: decimal digits alone, 0 to 65535
 */
gboolean culvert_port_parse (const char *text, guint16 *port);

/* The same, or the name of a service the system knows ("ssh", "http"), as ssh(1) takes it. */
gboolean culvert_port_parse_service (const char *text, guint16 *port);

/* (transfer full): @path with a leading "~" or "~/" replaced by the home folder of the person */
char *culvert_path_expand (const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertEndpoint, culvert_endpoint_unref)

G_END_DECLS
