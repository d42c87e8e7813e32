/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/public-key.h"
#include "ssh/wire.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

/* The first bytes choose what is read, the rest is read. */
static void
read_one (CulvertWireReader *reader, guint8 choice)
{
  CulvertWireReader inner;
  const guint8     *bytes;
  gsize             n_read;
  guint8            byte;
  guint32           number;

  switch (choice % 8)
    {
    case 0:
      culvert_wire_read_byte (reader, &byte);
      break;
    case 1:
      culvert_wire_read_u32 (reader, &number);
      break;
    case 2:
      culvert_wire_read_raw (reader, choice, &bytes);
      break;
    case 3:
      if (culvert_wire_read_nested (reader, &inner))
        read_one (&inner, choice / 8);
      break;
    case 4:
      if (culvert_wire_read_mpint (reader, &bytes, &n_read))
        {
          g_autoptr (GByteArray) written = g_byte_array_new ();

          culvert_wire_write_mpint (written, bytes, n_read);
          g_assert_cmpuint (written->len, >=, n_read + 4);
        }
      break;
    case 5:
      g_strfreev (culvert_wire_read_name_list (reader));
      break;
    case 6:
      g_free (culvert_wire_read_text (reader, choice));
      break;
    default:
      culvert_wire_read_expected (reader, "ssh-rsa");
      break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  gsize             n_choices = n_bytes > 0 ? MIN (data[0] % 16, n_bytes - 1) : 0;
  CulvertWireReader reader;

  culvert_wire_reader_init (&reader, data + n_choices, n_bytes - n_choices);
  for (gsize i = 0; i < n_choices; i++)
    read_one (&reader, data[1 + i]);
  culvert_wire_reader_is_done (&reader);

  g_autoptr (GBytes) blob = g_bytes_new (data, n_bytes);
  g_autoptr (GBytes) plain = culvert_public_key_dup_plain_blob (blob);

  g_free (culvert_public_key_dup_kind (blob));
  culvert_public_key_get_n_bits (plain);
  return 0;
}
