/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/secret.h"

#include "base/secret-pool.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define N_THREADS 8

/* Kept in disguise, so that looking for the secret in memory does not find this. */
#define DISGUISE 0x5a
static const guint8 disguised[] = {
  0x19, 0x2f, 0x36, 0x2c, 0x3f, 0x28, 0x2e, 0x77, 0x6a, 0x6b, 0x68, 0x69, 0x6e, 0x6f,
  0x6c, 0x6d, 0x62, 0x63, 0x77, 0x29, 0x3f, 0x39, 0x28, 0x3f, 0x2e, 0x77, 0x3b, 0x38,
};

static char *
dup_text (void)
{
  char *text = g_malloc (sizeof disguised + 1);

  for (guint i = 0; i < sizeof disguised; i++)
    text[i] = (char)(disguised[i] ^ DISGUISE);
  text[sizeof disguised] = '\0';

  return text;
}

/* The first bytes are left out: free() writes its own notes there, which would hide a leftover. */
#define N_NOTES  16
#define N_WANTED (sizeof disguised - N_NOTES)

/* What is looked at; left out itself. */
static guint8 window[64 * 1024];

static gboolean
is_at (const guint8 *bytes)
{
  for (gsize i = 0; i < N_WANTED; i++)
    {
      if ((bytes[i] ^ DISGUISE) != disguised[N_NOTES + i])
        return FALSE;
    }

  return TRUE;
}

static guint
count_in_range (int memory, guint64 first, guint64 end)
{
  guint n_found = 0;

  while (first + N_WANTED <= end)
    {
      gssize n_read = pread (memory, window, MIN (sizeof window, end - first), (off_t)first);

      if (n_read < (gssize)N_WANTED)
        break;
      for (gsize i = 0; i + N_WANTED <= (gsize)n_read; i++)
        {
          guint64 address = first + i;

          if ((address < (guintptr)window || address >= (guintptr)window + sizeof window) &&
              is_at (window + i))
            n_found++;
        }
      first += (guint64)n_read - N_WANTED + 1;
    }

  return n_found;
}

/* How often the secret stands in the memory that this process can write to. */
static guint
count_in_memory (void)
{
  const guint64    largest = 256 * 1024 * 1024; /* a sanitizer's shadow is not memory of ours */
  g_autofree char *text = NULL;
  g_auto (GStrv)   lines = NULL;
  guint            n_found = 0;
  int              memory = open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);

  g_assert_cmpint (memory, >=, 0);
  g_assert_true (g_file_get_contents ("/proc/self/maps", &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      char   *rest = NULL;
      guint64 first = g_ascii_strtoull (lines[i], &rest, 16);
      guint64 end = g_ascii_strtoull (rest + 1, &rest, 16);

      if (g_str_has_prefix (rest, " rw") && end - first <= largest)
        n_found += count_in_range (memory, first, end);
    }

  g_assert_cmpint (close (memory), ==, 0);

  return n_found;
}

static void
test_stands_in_one_place_and_then_in_none (void)
{
  CulvertSecret *neighbour = culvert_secret_new ("x", -1); /* keeps the pages mapped */
  CulvertSecret *secret;
  char          *text = dup_text ();

  g_assert_cmpuint (count_in_memory (), ==, 1);
  secret = culvert_secret_new_take (text);
  g_assert_cmpuint (count_in_memory (), ==, 1);
  culvert_secret_unref (secret);
  g_assert_cmpuint (count_in_memory (), ==, 0);

  culvert_secret_unref (neighbour);
}

static void
test_new_copies (void)
{
  char                      text[] = "swordfish";
  g_autoptr (CulvertSecret) secret = culvert_secret_new (text, -1);
  g_autoptr (CulvertSecret) part = culvert_secret_new (text, 5);

  culvert_secret_wipe (text, sizeof text);
  for (guint i = 0; i < sizeof text; i++)
    g_assert_cmpint (text[i], ==, 0);

  g_assert_cmpstr (culvert_secret_peek (secret), ==, "swordfish");
  g_assert_cmpuint (culvert_secret_get_length (secret), ==, 9);
  g_assert_cmpstr (culvert_secret_peek (part), ==, "sword");
  g_assert_cmpuint (culvert_secret_get_length (part), ==, 5);
}

static void
test_keeps_any_bytes (void)
{
  const char                bytes[] = { 'a', '\0', 'b', '\xff' };
  g_autoptr (CulvertSecret) secret = culvert_secret_new (bytes, sizeof bytes);
  g_autoptr (CulvertSecret) empty = culvert_secret_new ("", -1);
  g_autoptr (CulvertSecret) nothing = culvert_secret_new (NULL, 0);

  g_assert_cmpmem (culvert_secret_peek (secret), culvert_secret_get_length (secret), bytes, 4);
  g_assert_cmpint (culvert_secret_peek (secret)[4], ==, '\0');
  g_assert_cmpuint (culvert_secret_get_length (empty), ==, 0);
  g_assert_cmpstr (culvert_secret_peek (empty), ==, "");
  g_assert_cmpstr (culvert_secret_peek (nothing), ==, "");
  g_assert_true (culvert_secret_equal (empty, nothing));
}

static void
test_equal_compares_all_bytes (void)
{
  const struct
  {
    const char *a;
    const char *b;
    gboolean    is_equal;
  } cases[] = {
    { "secret", "secret", TRUE },
    { "secret", "secreT", FALSE },
    { "secret", "Secret", FALSE },
    { "secret", "secre", FALSE },
    { "secre", "secret", FALSE },
    { "", "s", FALSE },
    { "", "", TRUE },
  };
  g_autoptr (CulvertSecret) with_nul = culvert_secret_new ("a\0b", 3);
  g_autoptr (CulvertSecret) other_end = culvert_secret_new ("a\0c", 3);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CulvertSecret) a = culvert_secret_new (cases[i].a, -1);
      g_autoptr (CulvertSecret) b = culvert_secret_new (cases[i].b, -1);

      g_assert_cmpint (culvert_secret_equal (a, b), ==, cases[i].is_equal);
    }
  g_assert_false (culvert_secret_equal (with_nul, other_end));
}

static void
test_last_reference_frees (void)
{
  CulvertSecret *secret = culvert_secret_new ("held twice", -1);
  GValue         value = G_VALUE_INIT;

  g_assert_true (culvert_secret_ref (secret) == secret);
  culvert_secret_unref (secret);
  g_assert_cmpstr (culvert_secret_peek (secret), ==, "held twice");

  g_value_init (&value, CULVERT_TYPE_SECRET);
  g_value_take_boxed (&value, secret);
  g_assert_true (g_value_get_boxed (&value) == secret);
  g_assert_cmpuint (culvert_secret_pool_get_n_mapped (), >, 0);
  g_value_unset (&value);
  g_assert_cmpuint (culvert_secret_pool_get_n_mapped (), ==, 0);
}

static gpointer
use_thread (gpointer data)
{
  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (CulvertSecret) shared = culvert_secret_ref (data);
      g_autoptr (CulvertSecret) own = culvert_secret_new (culvert_secret_peek (shared), -1);

      g_assert_true (culvert_secret_equal (own, shared));
    }

  return NULL;
}

static void
test_serves_many_threads (void)
{
  CulvertSecret *secret = culvert_secret_new ("known to all", -1);
  GThread       *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("user", use_thread, secret);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);

  culvert_secret_unref (secret);
  g_assert_cmpuint (culvert_secret_pool_get_n_mapped (), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/secret/stands-in-one-place-and-then-in-none",
                   test_stands_in_one_place_and_then_in_none);
  g_test_add_func ("/secret/new-copies", test_new_copies);
  g_test_add_func ("/secret/keeps-any-bytes", test_keeps_any_bytes);
  g_test_add_func ("/secret/equal-compares-all-bytes", test_equal_compares_all_bytes);
  g_test_add_func ("/secret/last-reference-frees", test_last_reference_frees);
  g_test_add_func ("/secret/serves-many-threads", test_serves_many_threads);

  return g_test_run ();
}
