/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The data types of SSH packets, keys and agent messages (RFC 4251 section 5).
 *
 * The reader is a view on bytes that somebody else owns: nothing is copied, and what it hands out
 * lives as long as those bytes.  It never reads past the end.  A failure sticks: after the first one
 * every read fails and gives zeros, so that a caller may read a whole structure and ask once.  The
 * writer appends to a GByteArray; it is for public content only. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const guint8 *next;   /* the first byte not yet read */
  gsize         n_left; /* bytes from there to the end */
  gboolean      failed; /* something was missing or not allowed */
} CulvertWireReader;

void culvert_wire_reader_init (CulvertWireReader *self, const void *bytes, gsize n_bytes);
void culvert_wire_reader_init_from_bytes (CulvertWireReader *self, GBytes *bytes);

/* TRUE when nothing failed and nothing is left. */
gboolean culvert_wire_reader_is_done (const CulvertWireReader *self);

gboolean culvert_wire_read_byte (CulvertWireReader *self, guint8 *value);
gboolean culvert_wire_read_u32 (CulvertWireReader *self, guint32 *value);
gboolean culvert_wire_read_u64 (CulvertWireReader *self, guint64 *value);

/* @bytes: (out) (transfer none): the next @n_bytes as they are */
gboolean culvert_wire_read_raw (CulvertWireReader *self, gsize n_bytes, const guint8 **bytes);

/* A string: a length and that many bytes of any value. */
gboolean culvert_wire_read_string (CulvertWireReader *self, const guint8 **bytes, gsize *n_bytes);

/* A string whose content is read with @inner. */
gboolean culvert_wire_read_nested (CulvertWireReader *self, CulvertWireReader *inner);

/**
 * culvert_wire_read_bytes:
 *
 * Returns: (transfer full) (nullable): a copy of the next string; NULL when the read fails
 */
GBytes *culvert_wire_read_bytes (CulvertWireReader *self);

/**
 * culvert_wire_read_text:
 * @max_bytes: a longer string is a failure
 *
 * Returns: (transfer full) (nullable): a string without any NUL in it, not checked to be UTF-8; NULL
 *   when the read fails
 */
char *culvert_wire_read_text (CulvertWireReader *self, gsize max_bytes);

/* Reads a string and fails unless it is exactly @text. */
gboolean culvert_wire_read_expected (CulvertWireReader *self, const char *text);

/**
 * culvert_wire_read_mpint:
 * @bytes: (out) (transfer none): the number's bytes, most significant first, without leading zeros
 * @n_bytes: (out): how many; 0 for the number 0
 *
 * Negative numbers, needless leading zeros and more than 2 KiB are failures: no key has them.
 */
gboolean culvert_wire_read_mpint (CulvertWireReader *self, const guint8 **bytes, gsize *n_bytes);

/**
 * culvert_wire_read_name_list:
 *
 * Empty names, names over 64 bytes, bytes outside printable ASCII and more than 1024 names are
 * failures (RFC 4251 section 6 allows none of the first three).
 *
 * Returns: (transfer full) (nullable): the names, in order; NULL when the read fails
 */
GStrv culvert_wire_read_name_list (CulvertWireReader *self);

void culvert_wire_write_byte (GByteArray *array, guint8 value);
void culvert_wire_write_u32 (GByteArray *array, guint32 value);
void culvert_wire_write_string (GByteArray *array, const void *bytes, gsize n_bytes);
void culvert_wire_write_bytes (GByteArray *array, GBytes *bytes);
void culvert_wire_write_text (GByteArray *array, const char *text);
/* @bytes: a number that is not negative, most significant byte first; leading zeros do not matter */
void culvert_wire_write_mpint (GByteArray *array, const guint8 *bytes, gsize n_bytes);
void culvert_wire_write_name_list (GByteArray *array, const char *const *names);

G_END_DECLS
