/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Feeds a fuzz target with every file of a corpus, and with what becomes of each when it is cut short
 * or changed a little: the same changes on every run.  A crash, a sanitizer's complaint or a critical
 * message ends the program.
 *
 *   fuzz-NAME FOLDER        a test for each file of the corpus
 *   fuzz-NAME FILE...       each file as it is, to look at a finding again
 */

#include <glib.h>

#include <string.h>

#define N_CUTS    64
#define N_CHANGES 192

/* The target: takes any bytes and returns 0. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

/* A copy of exactly the right size, so that a sanitizer sees a read past its end. */
static void
feed (const guint8 *data, gsize n_bytes)
{
  guint8 *copy = g_memdup2 (data, n_bytes);

  LLVMFuzzerTestOneInput (copy, n_bytes);
  g_free (copy);
}

static void
feed_cuts (const guint8 *data, gsize n_bytes)
{
  gsize step = n_bytes / N_CUTS + 1;

  for (gsize length = 0; length < n_bytes; length += step)
    feed (data, length);
}

static void
change (GRand *random, guint8 *data, gsize n_bytes)
{
  static const guint8 telling[] = { 0x00, 0x01, 0x7f, 0x80, 0xff, '\n', ',', ' ', '*', '|', '=' };
  guint               n_places = (guint)g_rand_int_range (random, 1, 5);

  for (guint i = 0; i < n_places; i++)
    {
      gsize place = g_rand_int (random) % n_bytes;

      if (g_rand_boolean (random))
        data[place] ^= (guint8)(1 << g_rand_int_range (random, 0, 8));
      else
        data[place] = telling[g_rand_int_range (random, 0, G_N_ELEMENTS (telling))];
    }
}

static void
feed_changes (const guint8 *data, gsize n_bytes)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32)n_bytes);

  for (guint i = 0; i < N_CHANGES && n_bytes > 0; i++)
    {
      g_autofree guint8 *changed = g_memdup2 (data, n_bytes);

      change (random, changed, n_bytes);
      feed (changed, n_bytes);
    }
}

static void
read_file (const char *path, char **data, gsize *n_bytes)
{
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, data, n_bytes, &error);
  g_assert_no_error (error);
}

static void
test_file (gconstpointer user_data)
{
  const char      *path = user_data;
  g_autofree char *data = NULL;
  gsize            n_bytes;

  read_file (path, &data, &n_bytes);
  feed ((const guint8 *)data, n_bytes);
  feed_cuts ((const guint8 *)data, n_bytes);
  feed_changes ((const guint8 *)data, n_bytes);
}

static int
run_corpus (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir)   listing = g_dir_open (folder, 0, &error);
  const char        *name;
  guint              n_files = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (listing)) != NULL)
    {
      g_autofree char *test = g_strconcat ("/fuzz/", name, NULL);

      g_test_add_data_func_full (test, g_build_filename (folder, name, NULL), test_file, g_free);
      n_files++;
    }
  g_assert_cmpuint (n_files, >, 0);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  if (argc == 2 && g_file_test (argv[1], G_FILE_TEST_IS_DIR))
    return run_corpus (argv[1]);

  for (int i = 1; i < argc; i++)
    {
      g_autofree char *data = NULL;
      gsize            n_bytes;

      read_file (argv[i], &data, &n_bytes);
      feed ((const guint8 *)data, n_bytes);
    }
  return argc > 1 ? 0 : 2;
}
