/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/wire.h"

#include <string.h>

#define INIT(reader, literal) culvert_wire_reader_init (reader, literal, sizeof literal - 1)

static void
test_integers (void)
{
  CulvertWireReader reader;
  guint8            byte;
  guint32           number;

  INIT (&reader, "\x07\x01\x02\x03\xff\xff");
  g_assert_true (culvert_wire_read_byte (&reader, &byte));
  g_assert_cmpuint (byte, ==, 7);
  g_assert_true (culvert_wire_read_u32 (&reader, &number));
  g_assert_cmphex (number, ==, 0x010203ff);
  g_assert_false (culvert_wire_reader_is_done (&reader));
  g_assert_false (culvert_wire_read_u32 (&reader, &number));
  g_assert_cmpuint (number, ==, 0);
}

static void
test_failure_sticks (void)
{
  CulvertWireReader reader;
  guint8            byte;
  guint32           number;
  const guint8     *bytes = (const guint8 *)"";
  gsize             n_bytes = 9;

  INIT (&reader, "\0\0\1");
  g_assert_false (culvert_wire_read_u32 (&reader, &number));
  /* There are three bytes left, but after a failure none of them is given out. */
  g_assert_false (culvert_wire_read_byte (&reader, &byte));
  g_assert_false (culvert_wire_read_raw (&reader, 0, &bytes));
  g_assert_false (culvert_wire_read_string (&reader, &bytes, &n_bytes));
  g_assert_null (bytes);
  g_assert_cmpuint (n_bytes, ==, 0);
  g_assert_null (culvert_wire_read_bytes (&reader));
  g_assert_null (culvert_wire_read_text (&reader, 10));
  g_assert_null (culvert_wire_read_name_list (&reader));
  g_assert_false (culvert_wire_reader_is_done (&reader));
}

static void
test_strings (void)
{
  CulvertWireReader reader;
  CulvertWireReader inner;
  guint8            byte;

  INIT (&reader, "\0\0\0\3abc"
                 "\0\0\0\0"
                 "\0\0\0\2xy"
                 "\0\0\0\3a\0b");
  g_autofree char *text = culvert_wire_read_text (&reader, 3);
  g_assert_cmpstr (text, ==, "abc");
  g_autofree char *empty = culvert_wire_read_text (&reader, 3);
  g_assert_cmpstr (empty, ==, "");
  g_assert_true (culvert_wire_read_nested (&reader, &inner));
  g_assert_true (culvert_wire_read_byte (&inner, &byte));
  g_assert_cmpuint (byte, ==, 'x');
  g_assert_cmpuint (inner.n_left, ==, 1);
  g_assert_null (culvert_wire_read_text (&reader, 3));
  g_assert_true (reader.failed);

  INIT (&reader, "\0\0\0\3abc");
  g_assert_null (culvert_wire_read_text (&reader, 2));
  INIT (&reader, "\0\0\0\4abc");
  g_assert_false (culvert_wire_read_nested (&reader, &inner));
  g_assert_true (inner.failed);
  INIT (&reader, "\xff\xff\xff\xff"
                 "abc");
  g_assert_null (culvert_wire_read_bytes (&reader));

  INIT (&reader, "\0\0\0\3abc");
  g_assert_true (culvert_wire_read_expected (&reader, "abc"));
  g_assert_true (culvert_wire_reader_is_done (&reader));
  INIT (&reader, "\0\0\0\3abc");
  g_assert_false (culvert_wire_read_expected (&reader, "abcd"));

  culvert_wire_reader_init (&reader, NULL, 0);
  g_assert_true (culvert_wire_reader_is_done (&reader));
  g_assert_null (culvert_wire_read_bytes (&reader));
}

typedef struct
{
  const char *name;
  const char *wire;
  gsize       n_wire;
  const char *value; /* NULL: refused */
  gsize       n_value;
} MpintRow;

#define ROW(name, wire, value)                                                                     \
  {                                                                                                \
    name, wire, sizeof wire - 1, value, sizeof value - 1                                           \
  }
#define REFUSED(name, wire)                                                                        \
  {                                                                                                \
    name, wire, sizeof wire - 1, NULL, 0                                                           \
  }

/* The first three are the examples of RFC 4251 section 5. */
static const MpintRow mpint_rows[] = {
  ROW ("zero", "\0\0\0\0", ""),
  ROW ("rfc", "\0\0\0\x08\x09\xa3\x78\xf9\xb2\xe3\x32\xa7", "\x09\xa3\x78\xf9\xb2\xe3\x32\xa7"),
  ROW ("high-bit", "\0\0\0\x02\0\x80", "\x80"),
  REFUSED ("negative", "\0\0\0\2\xed\xcc"),
  REFUSED ("needless-zero", "\0\0\0\2\0\x7f"),
  REFUSED ("zero-as-a-byte", "\0\0\0\1\0"),
  REFUSED ("two-zeros", "\0\0\0\3\0\0\x80"),
  REFUSED ("cut-short", "\0\0\0\3\1\2"),
};

static void
test_mpint (gconstpointer data)
{
  const MpintRow   *row = data;
  CulvertWireReader reader;
  const guint8     *bytes;
  gsize             n_bytes;
  gboolean          ok;

  culvert_wire_reader_init (&reader, row->wire, row->n_wire);
  ok = culvert_wire_read_mpint (&reader, &bytes, &n_bytes);
  g_assert_true (ok == (row->value != NULL));
  g_assert_true (ok == culvert_wire_reader_is_done (&reader));
  g_assert_cmpmem (bytes, n_bytes, row->value, row->n_value);

  if (ok)
    {
      g_autoptr (GByteArray) written = g_byte_array_new ();

      culvert_wire_write_mpint (written, bytes, n_bytes);
      g_assert_cmpmem (written->data, written->len, row->wire, row->n_wire);
    }
}

static void
test_mpint_limit (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  guint8                 number[2049] = { 0x80 };
  CulvertWireReader      reader;
  const guint8          *bytes;
  gsize                  n_bytes;

  culvert_wire_write_mpint (array, number, 2048);
  culvert_wire_reader_init (&reader, array->data, array->len);
  g_assert_true (culvert_wire_read_mpint (&reader, &bytes, &n_bytes));
  g_assert_cmpuint (n_bytes, ==, 2048);

  g_byte_array_set_size (array, 0);
  culvert_wire_write_mpint (array, number, 2049);
  culvert_wire_reader_init (&reader, array->data, array->len);
  g_assert_false (culvert_wire_read_mpint (&reader, &bytes, &n_bytes));
}

typedef struct
{
  const char *name;
  const char *list;   /* the string's content */
  const char *joined; /* NULL: refused */
} ListRow;

static const ListRow list_rows[] = {
  { "empty", "", "" },
  { "one", "zlib", "zlib" },
  { "two", "zlib,none", "zlib|none" },
  { "domain", "a@openssh.com,b", "a@openssh.com|b" },
  { "empty-name", "a,,b", NULL },
  { "comma-first", ",a", NULL },
  { "comma-last", "a,", NULL },
  { "space", "a b", NULL },
  { "control", "a\nb", NULL },
  { "not-ascii", "\xc3\xa4", NULL },
  { "longest", "0123456789012345678901234567890123456789012345678901234567890123",
    "0123456789012345678901234567890123456789012345678901234567890123" },
  { "too-long", "01234567890123456789012345678901234567890123456789012345678901234", NULL },
};

static void
test_name_list (gconstpointer data)
{
  const ListRow         *row = data;
  g_autoptr (GByteArray) array = g_byte_array_new ();
  CulvertWireReader      reader;
  g_auto (GStrv)         names = NULL;
  g_autofree char       *joined = NULL;

  culvert_wire_write_text (array, row->list);
  culvert_wire_reader_init (&reader, array->data, array->len);
  names = culvert_wire_read_name_list (&reader);
  joined = names != NULL ? g_strjoinv ("|", names) : NULL;
  g_assert_cmpstr (joined, ==, row->joined);
  g_assert_true (reader.failed == (names == NULL));

  if (names != NULL)
    {
      g_autoptr (GByteArray) written = g_byte_array_new ();

      culvert_wire_write_name_list (written, (const char *const *)names);
      g_assert_cmpmem (written->data, written->len, array->data, array->len);
    }
}

static void
test_too_many_names (void)
{
  g_autoptr (GString)    list = g_string_new ("n");
  g_autoptr (GByteArray) array = g_byte_array_new ();
  CulvertWireReader      reader;

  for (guint i = 1; i < 1024; i++)
    g_string_append (list, ",n");
  culvert_wire_write_text (array, list->str);
  culvert_wire_reader_init (&reader, array->data, array->len);
  g_auto (GStrv) names = culvert_wire_read_name_list (&reader);
  g_assert_cmpuint (g_strv_length (names), ==, 1024);

  g_string_append (list, ",n");
  g_byte_array_set_size (array, 0);
  culvert_wire_write_text (array, list->str);
  culvert_wire_reader_init (&reader, array->data, array->len);
  g_assert_null (culvert_wire_read_name_list (&reader));
}

static void
test_writer (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (GBytes)     bytes = g_bytes_new_static ("ab", 2);
  static const guint8    number[] = { 0, 0, 0x80, 1 };
  static const char      expected[] = "\x05"
                                      "\x01\x02\x03\x04"
                                      "\0\0\0\2ab"
                                      "\0\0\0\1c"
                                      "\0\0\0\0"
                                      "\0\0\0\3\0\x80\1";

  culvert_wire_write_byte (array, 5);
  culvert_wire_write_u32 (array, 0x01020304);
  culvert_wire_write_bytes (array, bytes);
  culvert_wire_write_text (array, "c");
  culvert_wire_write_string (array, NULL, 0);
  culvert_wire_write_mpint (array, number, sizeof number);
  g_assert_cmpmem (array->data, array->len, expected, sizeof expected - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ssh/wire/integers", test_integers);
  g_test_add_func ("/ssh/wire/failure-sticks", test_failure_sticks);
  g_test_add_func ("/ssh/wire/strings", test_strings);
  for (gsize i = 0; i < G_N_ELEMENTS (mpint_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/wire/mpint/", mpint_rows[i].name, NULL);

      g_test_add_data_func (path, &mpint_rows[i], test_mpint);
    }
  g_test_add_func ("/ssh/wire/mpint/limit", test_mpint_limit);
  for (gsize i = 0; i < G_N_ELEMENTS (list_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/wire/name-list/", list_rows[i].name, NULL);

      g_test_add_data_func (path, &list_rows[i], test_name_list);
    }
  g_test_add_func ("/ssh/wire/name-list/too-many", test_too_many_names);
  g_test_add_func ("/ssh/wire/writer", test_writer);

  return g_test_run ();
}
