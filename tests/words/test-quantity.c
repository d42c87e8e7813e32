/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/quantity.h"

#include <locale.h>
#include <math.h>

static void
test_size (void)
{
  static const struct
  {
    guint64     n_bytes;
    const char *words;
  } rows[] = {
    { 0, "0 B" },
    { 1, "1 B" },
    { 999, "999 B" },
    { 1000, "1.0 kB" },
    { 1049, "1.0 kB" },
    { 1234, "1.2 kB" },
    { 9949, "9.9 kB" },
    { 9960, "10 kB" },
    { 40 * 1000, "40 kB" },
    { 999 * 1000, "999 kB" },
    { 999499, "999 kB" },
    { 999500, "1.0 MB" },
    { 1200 * 1000, "1.2 MB" },
    { 999999999, "1.0 GB" },
    { G_GUINT64_CONSTANT (5000000000), "5.0 GB" },
    { G_GUINT64_CONSTANT (7300000000000), "7.3 TB" },
    { G_GUINT64_CONSTANT (7300000000000000), "7.3 PB" },
    { G_MAXUINT64, "18 EB" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = culvert_words_for_size (rows[i].n_bytes);

      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

/* At most three digits and seven characters, whatever the number. */
static void
test_size_width (void)
{
  for (guint64 n = 1; n < G_MAXUINT64 / 3; n = n + n / 7 + 1)
    {
      g_autofree char *words = culvert_words_for_size (n);
      guint            n_digits = 0;

      for (const char *p = words; *p != '\0'; p++)
        n_digits += g_ascii_isdigit (*p) ? 1 : 0;
      g_assert_cmpuint (n_digits, <=, 3);
      g_assert_cmpint (g_utf8_strlen (words, -1), <=, 6);
    }
}

static void
test_rate (void)
{
  static const struct
  {
    double      bytes_per_s;
    const char *words;
  } rows[] = {
    { 0.0, "0 B/s" },      { 0.4, "0 B/s" },         { 0.6, "1 B/s" },     { -5.0, "0 B/s" },
    { 999.4, "999 B/s" },  { 999.6, "1.0 kB/s" },    { 40e3, "40 kB/s" },  { 1.2e6, "1.2 MB/s" },
    { 118e6, "118 MB/s" }, { 2e9, "2.0 GB/s" },      { 3e12, "3.0 TB/s" }, { 4e15, "4.0 PB/s" },
    { 5e18, "5.0 EB/s" },  { INFINITY, "999 EB/s" }, { NAN, "0 B/s" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = culvert_words_for_rate (rows[i].bytes_per_s);

      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

static void
test_duration (void)
{
  static const struct
  {
    gint64      duration_s;
    const char *words;
  } rows[] = {
    { -3, "0 s" },
    { 0, "0 s" },
    { 8, "8 s" },
    { 59, "59 s" },
    { 60, "1 min" },
    { 312, "5 min 12 s" },
    { 3600, "1 h" },
    { 3600 + 59, "1 h" },
    { 3 * 3600 + 12 * 60 + 30, "3 h 12 min" },
    { 86400, "1 d" },
    { 86400 + 1800, "1 d" },
    { 2 * 86400 + 5 * 3600 + 60, "2 d 5 h" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = culvert_words_for_duration (rows[i].duration_s * G_USEC_PER_SEC);

      g_assert_cmpstr (words, ==, rows[i].words);
    }

  {
    g_autofree char *longest = culvert_words_for_duration (G_MAXINT64);

    g_assert_cmpstr (longest, ==, "106751991 d 4 h");
  }
}

static void
test_latency (void)
{
  static const struct
  {
    gint64      latency_us;
    const char *words;
  } rows[] = {
    { -1, "–" },          { 0, "0.0 ms" },      { 300, "0.3 ms" },    { 9900, "9.9 ms" },
    { 9960, "10 ms" },    { 24300, "24 ms" },   { 999000, "999 ms" }, { 999600, "1.0 s" },
    { 1234000, "1.2 s" }, { 25000000, "25 s" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = culvert_words_for_latency (rows[i].latency_us);

      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/words/quantity/size", test_size);
  g_test_add_func ("/words/quantity/size-width", test_size_width);
  g_test_add_func ("/words/quantity/rate", test_rate);
  g_test_add_func ("/words/quantity/duration", test_duration);
  g_test_add_func ("/words/quantity/latency", test_latency);

  return g_test_run ();
}
