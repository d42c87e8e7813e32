/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Which host keys are known: OpenSSH's known_hosts, read and changed.
 *
 * A CulvertKnownHosts is what the files said when they were read: make a new one for each connect.
 * Names are compared in lower case; patterns (`*`, `?`, `!`), hashed names (`|1|`), `[host]:port`,
 * @revoked and @cert-authority are understood as sshd(8) describes them. A line that makes no sense
 * is skipped and counted; it costs no other line.
 *
 * Spec: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CulvertKnownHosts CulvertKnownHosts;

/* Longer lines are skipped. */
#define CULVERT_KNOWN_HOSTS_LINE_MAX (64 * 1024)
/* Larger files are refused. */
#define CULVERT_KNOWN_HOSTS_FILE_MAX (16 * 1024 * 1024)

typedef enum
{
  CULVERT_KNOWN_HOSTS_MATCH,
  CULVERT_KNOWN_HOSTS_UNKNOWN,          /* no line is about this host */
  CULVERT_KNOWN_HOSTS_CHANGED,          /* another key of the same type is recorded */
  CULVERT_KNOWN_HOSTS_OTHER_TYPE_KNOWN, /* only keys of other types are recorded */
  CULVERT_KNOWN_HOSTS_REVOKED,          /* this key is marked @revoked */
} CulvertKnownHostsVerdict;

typedef enum
{
  CULVERT_KNOWN_HOSTS_PLAIN,
  CULVERT_KNOWN_HOSTS_MARKED_REVOKED,
  CULVERT_KNOWN_HOSTS_MARKED_AUTHORITY,
} CulvertKnownHostsMarker;

/* One line that made sense. */
typedef struct
{
  char                   *file_name;
  guint                   line_number; /* from 1 */
  CulvertKnownHostsMarker marker;
  char                   *names; /* the first field: names and patterns, or one hashed name */
  char                   *type_name;
  GBytes                 *public_blob;
  char                   *text; /* the whole line, without its end */
} CulvertKnownHostsEntry;

typedef struct
{
  CulvertKnownHostsVerdict verdict;
  /* (nullable): the line that decided: the matching, the revoking, or the recorded one */
  const CulvertKnownHostsEntry *entry;
  /* (nullable): a @cert-authority line about this host; it says nothing about a plain key */
  const CulvertKnownHostsEntry *authority;
} CulvertKnownHostsResult;

CulvertKnownHosts *culvert_known_hosts_new (void);
void               culvert_known_hosts_free (CulvertKnownHosts *self);

/**
 * culvert_known_hosts_add_text:
 * @file_name: where @text comes from, for the entries
 * @text: the content, any bytes
 *
 * Adds the lines of one file. Earlier files win where two lines would explain the same verdict.
 */
void culvert_known_hosts_add_text (CulvertKnownHosts *self,
                                   const char        *file_name,
                                   const char        *text,
                                   gsize              n_bytes);

/**
 * culvert_known_hosts_add_file:
 *
 * A file that does not exist is an empty one.
 *
 * Errors: `CULVERT_SSH_ERROR_HOST_KEY_STORE` the file cannot be read, or is over 16 MiB.
 */
gboolean culvert_known_hosts_add_file (CulvertKnownHosts *self, const char *path, GError **error);

/* (element-type CulvertKnownHostsEntry): valid until @self changes */
const GPtrArray *culvert_known_hosts_get_entries (const CulvertKnownHosts *self);
/* How many lines were skipped because they make no sense. */
guint culvert_known_hosts_get_n_skipped (const CulvertKnownHosts *self);

/**
 * culvert_known_hosts_check:
 * @host: the name the person gave (not the address it resolved to)
 * @port: 22 is written without a port in the files
 * @public_blob: the key the server proved
 * @result: (out caller-allocates): entries in it are valid until @self changes
 *
 * Says what is known about @public_blob at @host.
 *
 * @revoked wins over everything. For a port other than 22, a line for the bare host counts only when it
 * has this very key (or revokes it), as in OpenSSH.
 */
CulvertKnownHostsVerdict culvert_known_hosts_check (const CulvertKnownHosts *self,
                                                    const char              *host,
                                                    guint16                  port,
                                                    GBytes                  *public_blob,
                                                    CulvertKnownHostsResult *result);

/**
 * culvert_known_hosts_find:
 * @marker: what the line must say about the key
 * @public_blob: (nullable): NULL for any key
 *
 * The first line about @host, with this port or none, that has that marker and that key: an authority of
 * its certificates, or a key or authority that is revoked.
 *
 * Returns: (transfer none) (nullable): valid until @self changes
 */
const CulvertKnownHostsEntry *culvert_known_hosts_find (const CulvertKnownHosts *self,
                                                        const char              *host,
                                                        guint16                  port,
                                                        CulvertKnownHostsMarker  marker,
                                                        GBytes                  *public_blob);

/**
 * culvert_known_hosts_order:
 * @with_sha1: whether "ssh-rsa" may follow the two SHA-2 algorithms of a known RSA key
 *
 * Returns: (transfer full): host key algorithms for which a key of @host is recorded, in the order of
 *   the lines, for the front of the list offered to the server; may be empty
 */
GStrv culvert_known_hosts_order (const CulvertKnownHosts *self,
                                 const char              *host,
                                 guint16                  port,
                                 gboolean                 with_sha1);

/* Returns: (transfer full): how the files write it: lower case, "[host]:port" unless @port is 22 */
char *culvert_known_hosts_format_name (const char *host, guint16 port);

/* Whether the first field of a line is about @name, in lower case and as
 * [func@culvert_known_hosts_format_name] writes it: by that name, a pattern or a hash. */
gboolean culvert_known_hosts_names_match (const char *names, const char *name);

/**
 * culvert_known_hosts_append:
 * @path: an absolute path; made with mode 0600 when missing, and its folder with 0700
 *
 * Records a key for @host. The name is hashed if the file has hashed names already. The line goes
 * out in one write, with the file locked, so that others who append keep their lines; it is on disk
 * when this returns.
 *
 * Errors: `CULVERT_SSH_ERROR_HOST_KEY_STORE`.
 */
gboolean culvert_known_hosts_append (const char *path,
                                     const char *host,
                                     guint16     port,
                                     GBytes     *public_blob,
                                     GError    **error);

/**
 * culvert_known_hosts_forget:
 * @public_blob: (nullable): only lines with this key; NULL for every key of @host
 * @n_changed: (out) (optional): how many lines were removed or lost this name
 *
 * Removes @host from @path: lines that name it, plainly or hashed, but neither patterns nor marked
 * lines. A line that names others too loses this name alone. Everything else stays byte for byte; the
 * file is replaced in one step, keeps its mode, and stays where a symbolic link points.
 *
 * Errors: `CULVERT_SSH_ERROR_HOST_KEY_STORE`; the file is then as before.
 */
gboolean culvert_known_hosts_forget (const char *path,
                                     const char *host,
                                     guint16     port,
                                     GBytes     *public_blob,
                                     guint      *n_changed,
                                     GError    **error);

/**
 * culvert_known_hosts_replace:
 * @old_blob: the recorded key that is no longer trusted
 * @new_blob: takes its place
 *
 * [func@culvert_known_hosts_forget] and [func@culvert_known_hosts_append] in one step.
 */
gboolean culvert_known_hosts_replace (const char *path,
                                      const char *host,
                                      guint16     port,
                                      GBytes     *old_blob,
                                      GBytes     *new_blob,
                                      GError    **error);

/**
 * culvert_known_hosts_remove_line:
 * @line_number: where it was, from 1
 * @text: what it says, without its end
 * @n_removed: (out): 0 when there is no such line any more
 *
 * Removes one line, whatever it is about: the one at @line_number if it still says @text, otherwise the
 * first that does. Everything else stays byte for byte; the file is replaced in one step, keeps its
 * mode, and stays where a symbolic link points.
 *
 * Errors: `CULVERT_SSH_ERROR_HOST_KEY_STORE`; the file is then as before.
 */
gboolean culvert_known_hosts_remove_line (const char *path,
                                          guint       line_number,
                                          const char *text,
                                          guint      *n_removed,
                                          GError    **error);

/* Puts a line back where it was, or at the end of a file that is shorter by now. Errors: as above */
gboolean culvert_known_hosts_insert_line (const char *path,
                                          guint       line_number,
                                          const char *text,
                                          GError    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertKnownHosts, culvert_known_hosts_free)

G_END_DECLS
