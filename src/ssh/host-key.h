/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Is this the server that it was, or one that an authority vouches for?  Joins the key that the server
 * proved with what known_hosts files say. */

#include "core/profile.h"
#include "core/prompt.h"
#include "ssh/known-hosts.h"

G_BEGIN_DECLS

/* (transfer full): the files to read, the person's first; keys are saved in the first */
GStrv culvert_host_key_files (const CulvertProfile *profile);

/* Reads them all; a file that cannot be read is logged by the caller and left out.
 * @error: (out): the last such failure; the result is complete but for that */
CulvertKnownHosts *culvert_host_key_read_files (const CulvertProfile *profile, GError **error);

/* (transfer full): the host key algorithms for the front of the list that is offered: those of
 * certificates where an authority is recorded for this server and libssh2 can, then those of known keys */
GStrv culvert_host_key_order (const CulvertKnownHosts *known, const CulvertProfile *profile);

typedef struct
{
  CulvertKnownHostsVerdict verdict;
  GBytes                  *plain_blob; /* the key itself: what is shown and saved */
  char *other_known;                   /* nullable: the fingerprint of a key of another type that is
                                           known for this host */
  char *authority; /* nullable: what proved it: "certificate “…” by SHA256:…" */
  CulvertHostCertificate certificate; /* why no certificate proves it, though one could */
} CulvertHostKeyJudgement;

/**
 * culvert_host_key_judge:
 * @blob: what the server proved: a key or a certificate
 * @now: seconds since 1970
 * @judgement: (out caller-allocates): for culvert_host_key_judgement_clear()
 *
 * The verdict is MATCH, UNKNOWN or OTHER_TYPE_KNOWN without @error; CHANGED or REVOKED with @error set
 * to CULVERT_SSH_ERROR_HOST_KEY_…, its message naming both fingerprints, file and line. As with OpenSSH,
 * a certificate that does not hold leaves the plain key in it to be judged. One that is damaged, or
 * that its authority has not signed, sets CULVERT_SSH_ERROR_HOST_KEY_CERTIFICATE.
 *
 * @revoked counts for the key and for the authority.
 */
void culvert_host_key_judge (const CulvertKnownHosts *known,
                             const CulvertProfile    *profile,
                             GBytes                  *blob,
                             gint64                   now,
                             CulvertHostKeyJudgement *judgement,
                             GError                 **error);
void culvert_host_key_judgement_clear (CulvertHostKeyJudgement *judgement);

/* Remembers the key in the first file. */
gboolean culvert_host_key_save (const CulvertProfile *profile, GBytes *plain_blob, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CulvertHostKeyJudgement, culvert_host_key_judgement_clear)

G_END_DECLS
