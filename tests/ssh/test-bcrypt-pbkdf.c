/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/bcrypt-pbkdf.h"
#include "ssh/blowfish.h"
#include "support/culvert-test.h"

#include <string.h>

static char *
to_hex (const guint8 *bytes, gsize n_bytes)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n_bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

typedef struct
{
  guint8  key[8];
  guint32 plain[2];
  guint32 cipher[2];
} BlowfishRow;

/* From the test vectors published with the cipher (Eric Young's set). */
static const BlowfishRow blowfish_rows[] = {
  { { 0 }, { 0, 0 }, { 0x4ef99745, 0x6198dd78 } },
  { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
    { 0xffffffff, 0xffffffff },
    { 0x51866fd5, 0xb85ecb8a } },
  { { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef },
    { 0x11111111, 0x11111111 },
    { 0x61f9c380, 0x2281b096 } },
  { { 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10 },
    { 0x01234567, 0x89abcdef },
    { 0x0aceab0f, 0xc6a0a28d } },
};

static void
test_blowfish (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (blowfish_rows); i++)
    {
      const BlowfishRow *row = &blowfish_rows[i];
      CulvertBlowfish    cipher = culvert_blowfish_start;
      guint32            words[4] = { row->plain[0], row->plain[1], row->plain[0], row->plain[1] };

      culvert_blowfish_expand (&cipher, row->key, sizeof row->key);
      culvert_blowfish_encrypt (&cipher, words, 2);
      for (gsize j = 0; j < 4; j++)
        g_assert_cmphex (words[j], ==, row->cipher[j % 2]);
    }
}

typedef struct
{
  guint       n_rounds;
  const char *passphrase;
  gsize       n_passphrase;
  const char *salt;
  gsize       n_salt;
  gsize       n_key;
  const char *hex;
} PbkdfRow;

#define TEXT(text) text, sizeof text - 1

/* From OpenBSD's regress/lib/libutil/bcrypt_pbkdf. */
static const PbkdfRow pbkdf_rows[] = {
  { 4, TEXT ("password"), TEXT ("salt"), 32,
    "5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9" },
  { 4, TEXT ("password"), TEXT ("\0"), 16, "c12b566235eee04c212598970a579a67" },
  { 4, TEXT ("\0"), TEXT ("salt"), 16, "6051be18c2f4f82cbf0efee5471b4bb9" },
  { 4, TEXT ("password\0"), TEXT ("salt\0"), 32,
    "7410e44cf4fa07bfaac8a928b1727fac001375e7bf7384370f48efd121743050" },
  { 4, TEXT ("pass\0wor"), TEXT ("sa\0l"), 16, "c2bffd9db38f6569efef4372f4de83c0" },
  { 8, TEXT ("password"), TEXT ("salt"), 64,
    "e1367ec5151a33faac4cc1c144cd23fa15d5548493ecc99b9b5d9c0d3b27bec7"
    "6227ea66088b849b20ab7aa478010246e74bba51723fefa9f9474d6508845e8d" },
};

static void
test_vectors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pbkdf_rows); i++)
    {
      const PbkdfRow    *row = &pbkdf_rows[i];
      guint8             key[64];
      g_autofree char   *hex = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (culvert_bcrypt_pbkdf (row->passphrase, row->n_passphrase,
                                           (const guint8 *)row->salt, row->n_salt, row->n_rounds,
                                           key, row->n_key, NULL, &error));
      g_assert_no_error (error);
      hex = to_hex (key, row->n_key);
      g_assert_cmpstr (hex, ==, row->hex);
    }
}

static gpointer
cancel_soon (gpointer data)
{
  g_usleep (50 * 1000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  guint8                   key[48];
  GThread                 *thread = g_thread_new ("cancel", cancel_soon, cancellable);
  gint64                   start_us = g_get_monotonic_time ();

  /* Half an hour of work, were it done. */
  g_assert_false (culvert_bcrypt_pbkdf ("x", 1, (const guint8 *)"y", 1, 300000, key, sizeof key,
                                        cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 5 * G_TIME_SPAN_SECOND);
  g_thread_join (thread);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ssh/bcrypt-pbkdf/blowfish", test_blowfish);
  g_test_add_func ("/ssh/bcrypt-pbkdf/vectors", test_vectors);
  g_test_add_func ("/ssh/bcrypt-pbkdf/cancel", test_cancel);

  return g_test_run ();
}
