/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The text of a saved tunnel: a key file, the same on disk and for export.  Pure.
 *
 * [Tunnel] Version=1 Name= Host= Port= User= Methods=agent;key;… KeyFiles= …, then one group
 * [Forward ID] per forward with Kind= Listen= Target= Enabled= …; forwards are in the order of
 * their groups.  Keys and groups that this version does not know are kept and written back.
 *
 * On the way to the server: Hops=user@host:port;…, Proxy= (system, http://…, socks5://…),
 * ProxyCommand=, and ProxyCommandAllowed=true where the person said that it may be run.  That
 * permission counts in the person's own folder alone; no other file brings it along. */

#include "core/profile.h"

G_BEGIN_DECLS

#define CULVERT_PROFILE_VERSION   1
#define CULVERT_PROFILE_MAX_BYTES (1024 * 1024)
#define CULVERT_PROFILE_SUFFIX    ".culvert"

/**
 * culvert_profile_parse:
 * @id: the id to give it; never taken from the text
 * @text: the file's content
 *
 * Errors: `CULVERT_PROFILE_ERROR_SYNTAX` with the line; `…_VERSION`; `…_INVALID` with group and
 * key; `…_TOO_LARGE`.
 *
 * Returns: (transfer full) (nullable): the tunnel; it may still have problems (profile-check.h)
 */
CulvertProfile *
culvert_profile_parse (const char *id, const char *text, gsize n_bytes, GError **error);

/* The same for a file of the person's own store: ProxyCommandAllowed= counts. */
CulvertProfile *
culvert_profile_parse_own (const char *id, const char *text, gsize n_bytes, GError **error);

/* (transfer full): culvert_profile_parse_own() makes an equal profile of it */
char *culvert_profile_to_text (const CulvertProfile *self);

/* (transfer full): the same for a file that leaves this computer: what the person has allowed here is not in it */
char *culvert_profile_to_shared_text (const CulvertProfile *self);

G_END_DECLS
