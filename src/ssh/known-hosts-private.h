/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the three files of known hosts share: lines and names (known-hosts.c, pure), and the file
 * itself, which is the system's affair (known-hosts-unix.c). */

#include "ssh/known-hosts.h"

G_BEGIN_DECLS

/* One line taken apart; views on the line, which has no line end. */
typedef struct
{
  CulvertKnownHostsMarker marker;
  const char             *names;
  gsize                   n_names;
  const char             *type_name;
  gsize                   n_type_name;
  GBytes                 *public_blob; /* owned: g_bytes_unref() */
} CulvertKnownHostsLine;

typedef enum
{
  CULVERT_KNOWN_HOSTS_LINE_BLANK, /* nothing, or a comment */
  CULVERT_KNOWN_HOSTS_LINE_JUNK,
  CULVERT_KNOWN_HOSTS_LINE_GOOD, /* and only then is the line filled in */
} CulvertKnownHostsLineKind;

CulvertKnownHostsLineKind
culvert_known_hosts_parse_line (const char *text, gsize n_bytes, CulvertKnownHostsLine *line);

/* Whether a first field is about @name, which is in lower case. */
gboolean culvert_known_hosts_match_names (const char *names, gsize n_names, const char *name);

/* Whether @text, which is in lower case, matches one pattern as in core/ssh-pattern.h, in any case. */
gboolean culvert_known_hosts_match_pattern (const char *text, const char *pattern, gsize n_pattern);

/* (transfer full): "|1|salt|hash" for @name, with @n_salt (20) bytes of salt. */
char *culvert_known_hosts_hash_name (const char *name, const guint8 *salt, gsize n_salt);
#define CULVERT_KNOWN_HOSTS_SALT_SIZE 20

/* The next line of a text.  @start moves behind its end; the length is without it.  NULL at the end. */
const char *
culvert_known_hosts_next_line (const char *text, gsize n_bytes, gsize *start, gsize *length);

/* Reads a whole file, following links.  (transfer full): its bytes; empty when there is no file; NULL
 * with `HOST_KEY_STORE` when it cannot be read or is too large. */
GBytes *culvert_known_hosts_read_file (const char *path, GError **error);

/* Appends to a locked file in one write, after a line end if the file lacks one; flushes it. */
gboolean
culvert_known_hosts_append_text (const char *path, const char *text, gsize n_bytes, GError **error);

/* Returns: (transfer full) (nullable): the new content, or NULL to leave the file alone. */
typedef GBytes *(*CulvertKnownHostsEditFunc) (GBytes *content, gpointer user_data);

/* Replaces a locked file by an edited copy of itself.  A missing file is left alone. */
gboolean culvert_known_hosts_edit_file (const char               *path,
                                        CulvertKnownHostsEditFunc edit,
                                        gpointer                  user_data,
                                        GError                  **error);

G_END_DECLS
