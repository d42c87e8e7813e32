/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* From the fields of a private key as OpenSSH writes them to a key that OpenSSL can use. */

#include "ssh/wire.h"

G_BEGIN_DECLS

struct evp_pkey_st;

/* Whether [func@culvert_key_build_read] can read keys of this type. */
gboolean culvert_key_build_knows (const char *type_name);

/**
 * culvert_key_build_read:
 * @reader: stands behind the type's name, and afterwards behind the key's last field
 *
 * Spec: OpenSSH PROTOCOL.key and PROTOCOL.agent (draft-ietf-sshm-ssh-agent section 3.2).
 *
 * Returns: (transfer full) (nullable): the key, not yet checked for sense; NULL when the fields are
 *   malformed or OpenSSL refuses them
 */
struct evp_pkey_st *culvert_key_build_read (const char *type_name, CulvertWireReader *reader);

void culvert_key_build_free (struct evp_pkey_st *pkey);

G_END_DECLS
