/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What stands between this computer and the server, as people write it: jump servers and proxies.
 * Pure. */

#include <gio/gio.h>

G_BEGIN_DECLS

#define CULVERT_HOPS_MAX 32 /* in one tunnel */

/* A jump server: `[user@]host[:port]`, an IPv6 address in brackets. */
typedef struct
{
  char   *user; /* "" means the person's own login name; never NULL */
  char   *host;
  guint16 port; /* 22 by default */
} CulvertHop;

/**
 * culvert_hop_parse:
 * @text: `[user@]host[:port]` or `ssh://[user@]host[:port]`
 *
 * Errors: `G_IO_ERROR_INVALID_ARGUMENT`, message says which part is wrong.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertHop *culvert_hop_parse (const char *text, GError **error);
void        culvert_hop_free (CulvertHop *self);

/* (transfer full): parses back to the same */
char *culvert_hop_to_string (const CulvertHop *self);

typedef enum
{
  CULVERT_PROXY_NONE,
  CULVERT_PROXY_SYSTEM, /* what the desktop is set to */
  CULVERT_PROXY_HTTP,
  CULVERT_PROXY_SOCKS4,  /* the name is resolved here, to IPv4 */
  CULVERT_PROXY_SOCKS4A, /* names are resolved by the proxy from here on */
  CULVERT_PROXY_SOCKS5,
} CulvertProxyKind;

typedef struct
{
  CulvertProxyKind kind;
  char            *user; /* "" when it wants none; never NULL */
  char            *host; /* "" for NONE and SYSTEM */
  guint16          port; /* by default 8080 for HTTP and 1080 for SOCKS */
} CulvertProxy;

/**
 * culvert_proxy_parse:
 * @text: "", "system", or `http://`, `socks4://`, `socks4a://`, `socks5://` with `[user@]host[:port]`
 *
 * Errors: `G_IO_ERROR_INVALID_ARGUMENT`, message says what is wrong; `G_IO_ERROR_PERMISSION_DENIED`
 * for a password in it, which belongs into the keyring and no file.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertProxy *culvert_proxy_parse (const char *text, GError **error);
CulvertProxy *culvert_proxy_copy (const CulvertProxy *self);
void          culvert_proxy_free (CulvertProxy *self);

/**
 * culvert_proxy_parse_system:
 * @uri: as GProxyResolver gives it: may have another scheme for the same, and a password
 * @password: (out) (transfer full) (nullable): what stood in it, as it was written
 *
 * Returns: (transfer full) (nullable): NULL for what is not supported; kind NONE for "direct://"
 */
CulvertProxy *culvert_proxy_parse_system (const char *uri, char **password);

/* Does @command have tokens that ssh_config(5) has for ProxyCommand, and are they among %h, %p, %r, %n
 * and %%?  Returns: (transfer full) (nullable): the first that is not, "%k" */
char *culvert_proxy_command_find_bad_token (const char *command);

/**
 * culvert_proxy_command_expand:
 *
 * Puts @host for %h and %n, @port for %p, @user for %r, a percent sign for %%.
 *
 * Returns: (transfer full) (nullable): NULL with @error, G_IO_ERROR_INVALID_ARGUMENT, for other tokens and for a user or
 *   host in which a shell would see more than a name
 */
char *culvert_proxy_command_expand (const char *command,
                                    const char *host,
                                    guint16     port,
                                    const char *user,
                                    GError    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertHop, culvert_hop_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertProxy, culvert_proxy_free)

G_END_DECLS
