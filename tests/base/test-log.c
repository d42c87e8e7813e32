/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/log.h"

#include <string.h>

#define N_THREADS          8
#define N_LINES_PER_THREAD 2000

static const CulvertLogLine *
line_at (GPtrArray *lines, guint index)
{
  g_assert_cmpuint (index, <, lines->len);

  return g_ptr_array_index (lines, index);
}

static void
test_keeps_the_last_lines (void)
{
  g_autoptr (CulvertLog) log = culvert_log_new (3);
  g_autoptr (GPtrArray)  lines = NULL;
  gint64                 before_us = g_get_real_time ();

  for (guint i = 1; i <= 5; i++)
    culvert_log_write (log, i == 5 ? CULVERT_LOG_ERROR : CULVERT_LOG_INFO, "line %u", i);

  lines = culvert_log_get_lines (log, 0);
  g_assert_cmpuint (lines->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *expected = g_strdup_printf ("line %u", i + 3);

      g_assert_cmpstr (line_at (lines, i)->text, ==, expected);
      g_assert_cmpuint (line_at (lines, i)->serial, ==, i + 3);
      g_assert_cmpint (line_at (lines, i)->real_us, >=, before_us);
      g_assert_cmpint (line_at (lines, i)->real_us, <=, g_get_real_time ());
    }
  g_assert_cmpint (line_at (lines, 1)->level, ==, CULVERT_LOG_INFO);
  g_assert_cmpint (line_at (lines, 2)->level, ==, CULVERT_LOG_ERROR);
}

static void
test_gives_only_newer_lines (void)
{
  const struct
  {
    guint64 after;
    guint   n_lines;
  } cases[] = { { 0, 4 }, { 2, 4 }, { 3, 3 }, { 5, 1 }, { 6, 0 }, { G_MAXUINT64, 0 } };
  g_autoptr (CulvertLog) log = culvert_log_new (4);

  for (guint i = 1; i <= 6; i++)
    culvert_log_write (log, CULVERT_LOG_DEBUG, "line");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) lines = culvert_log_get_lines (log, cases[i].after);

      g_assert_cmpuint (lines->len, ==, cases[i].n_lines);
      if (lines->len > 0)
        g_assert_cmpuint (line_at (lines, 0)->serial, ==, 7 - cases[i].n_lines);
    }
}

static void
collect_cb (const CulvertLogLine *line, gpointer user_data)
{
  g_ptr_array_add (user_data,
                   g_strdup_printf ("%" G_GUINT64_FORMAT " %s", line->serial, line->text));
}

static void
test_calls_the_function (void)
{
  g_autoptr (CulvertLog) log = culvert_log_new (1);
  g_autoptr (GPtrArray)  seen = g_ptr_array_new_with_free_func (g_free);

  culvert_log_set_func (log, collect_cb, seen);
  culvert_log_write (log, CULVERT_LOG_INFO, "%s", "a\nb");
  culvert_log_write (log, CULVERT_LOG_INFO, "second");
  culvert_log_set_func (log, NULL, NULL);
  culvert_log_write (log, CULVERT_LOG_INFO, "third");

  g_assert_cmpuint (seen->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (seen, 0), ==, "1 a\\nb");
  g_assert_cmpstr (g_ptr_array_index (seen, 1), ==, "2 second");
}

static void
read_inside_cb (const CulvertLogLine *line, gpointer user_data)
{
  g_autoptr (GPtrArray) lines = culvert_log_get_lines (user_data, line->serial - 1);

  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_cmpstr (line_at (lines, 0)->text, ==, line->text);
  if (line->serial == 1)
    culvert_log_write (user_data, CULVERT_LOG_INFO, "written inside");
}

static void
test_function_may_use_the_log (void)
{
  g_autoptr (CulvertLog) log = culvert_log_new (10);
  g_autoptr (GPtrArray)  lines = NULL;

  culvert_log_set_func (log, read_inside_cb, log);
  culvert_log_write (log, CULVERT_LOG_INFO, "first");

  lines = culvert_log_get_lines (log, 0);
  g_assert_cmpuint (lines->len, ==, 2);
}

static gpointer
write_thread (gpointer data)
{
  for (guint i = 0; i < N_LINES_PER_THREAD; i++)
    culvert_log_write (data, CULVERT_LOG_INFO, "line %u", i);

  return NULL;
}

static void
count_cb (const CulvertLogLine *line, gpointer user_data)
{
  g_assert_true (g_str_has_prefix (line->text, "line "));
  g_atomic_int_inc ((int *)user_data);
}

static void
test_serves_many_threads (void)
{
  g_autoptr (CulvertLog) log = culvert_log_new (100);
  GThread               *threads[N_THREADS];
  int                    n_calls = 0;
  guint64                last_serial = 0;
  const guint64          end = (guint64)N_THREADS * N_LINES_PER_THREAD;

  culvert_log_set_func (log, count_cb, &n_calls);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("writer", write_thread, log);

  /* Reads while they write: serials rise by one, whatever was pushed out meanwhile. */
  while (last_serial < end)
    {
      g_autoptr (GPtrArray) lines = culvert_log_get_lines (log, last_serial);

      g_assert_cmpuint (lines->len, <=, 100);
      for (guint i = 0; i < lines->len; i++)
        {
          if (i > 0)
            g_assert_cmpuint (line_at (lines, i)->serial, ==, last_serial + 1);
          else
            g_assert_cmpuint (line_at (lines, i)->serial, >, last_serial);
          last_serial = line_at (lines, i)->serial;
        }
    }

  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (last_serial, ==, end);
  g_assert_cmpint (n_calls, ==, (int)end);
}

static const struct
{
  const char *text;
  gssize      n_bytes;
  const char *shown;
} printable_cases[] = {
  { "", -1, "" },
  { "plain text, 100 %", -1, "plain text, 100 %" },
  { "größer 日本語 🙂 العربية", -1, "größer 日本語 🙂 العربية" },
  { "cut here", 3, "cut" },
  { "a\nb\rc\td", -1, "a\\nb\\rc\\td" },
  { "a\0b", 3, "a\\x00b" },
  { "\x1b[31mred\x07\x7f", -1, "\\x1b[31mred\\x07\\x7f" },
  { "\xc2\x85next\xc2\x9b", -1, "\\u0085next\\u009b" }, /* C1 */
  { "a\xe2\x80\xa8"
    "b\xe2\x80\xa9",
    -1, "a\\u2028b\\u2029" }, /* separators */
  { "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae", -1,
    "\\u202a\\u202b\\u202c\\u202d\\u202e" },
  { "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", -1, "\\u2066\\u2067\\u2068\\u2069" },
  { "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c\xef\xbb\xbf", -1, "\\u200e\\u200f\\u061c\\ufeff" },
  { "a\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xe2\x81\xa0\xc2\xad", -1,
    "a\\u200b\\u200c\\u200d\\u2060\\u00ad" }, /* no width */
  { "\xe3\x85\xa4\xef\xbe\xa0\xcd\x8f\xe1\xa0\x8e", -1,
    "\\u3164\\uffa0\\u034f\\u180e" },        /* nobody sees them */
  { "\xf3\xa0\x81\x81", -1, "\\U000e0041" }, /* a tag */
  { "\xe2\x9a\xa0\xef\xb8\x8f e\xcc\x81", -1,
    "\xe2\x9a\xa0\xef\xb8\x8f e\xcc\x81" },           /* what writing needs */
  { "\xff\xfe ok", -1, "\\xff\\xfe ok" },             /* never UTF-8 */
  { "\xc3(", -1, "\\xc3(" },                          /* a continuation is missing */
  { "abc\xe2\x82", -1, "abc\\xe2\\x82" },             /* ends in the middle */
  { "\xe2\x82\xac", 2, "\\xe2\\x82" },                /* is cut in the middle */
  { "\xc0\x8a", -1, "\\xc0\\x8a" },                   /* overlong line end */
  { "\xed\xa0\x80", -1, "\\xed\\xa0\\x80" },          /* surrogate */
  { "\xf4\x90\x80\x80", -1, "\\xf4\\x90\\x80\\x80" }, /* past U+10FFFF */
};

static void
test_printable_shows_what_is_dangerous (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (printable_cases); i++)
    {
      g_autofree char *shown = NULL;
      g_autofree char *again = NULL;

      shown = culvert_log_printable (printable_cases[i].text, printable_cases[i].n_bytes);
      g_assert_cmpstr (shown, ==, printable_cases[i].shown);
      g_assert_true (g_utf8_validate (shown, -1, NULL));

      /* A line is made printable as a whole, parts of it were before. */
      again = culvert_log_printable (shown, -1);
      g_assert_cmpstr (again, ==, shown);
    }
}

/* What a server says on several lines stays on several lines, and on no more than a screen has. */
static void
test_printable_lines (void)
{
  g_autofree char *shown = culvert_log_printable_lines ("one\r\ntwo\n\tthree\r\x1b[2J\n\n", -1);
  g_autofree char *ends = g_strnfill (1000, '\n');
  g_autofree char *text = g_strconcat (ends, "last", NULL);
  g_autofree char *many = culvert_log_printable_lines (text, -1);
  guint            n_ends = 0;

  g_assert_cmpstr (shown, ==, "one\ntwo\n\\tthree\\r\\x1b[2J\n\n");
  for (const char *p = many; *p != '\0'; p++)
    n_ends += *p == '\n';
  g_assert_cmpuint (n_ends, <=, 32);
  g_assert_true (g_str_has_suffix (many, "\\nlast"));
}

static void
test_printable_is_bounded (void)
{
  const char *units[] = { "x", "€", "\n", "\xff", "\xe2\x80\xae", "🙂" };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char    *fitting = NULL;

      for (guint n = 1; n < 6000; n++)
        {
          g_autofree char *shown = NULL;
          g_autofree char *again = NULL;

          g_string_append (text, units[i]);
          if (n % 97 != 0 && (n < 500 || n > 1500) && (n < 4000 || n > 4200))
            continue;

          shown = culvert_log_printable (text->str, (gssize)text->len);
          g_assert_cmpuint (strlen (shown), <=, 4096);
          g_assert_true (g_utf8_validate (shown, -1, NULL));
          again = culvert_log_printable (shown, -1);
          g_assert_cmpstr (again, ==, shown);
        }

      fitting = culvert_log_printable (text->str, (gssize)text->len);
      g_assert_true (g_str_has_suffix (fitting, "…"));
      g_assert_cmpuint (strlen (fitting), >=, 4096 - 10);
    }
}

static void
test_exactly_the_limit_fits (void)
{
  g_autofree char *text = g_strnfill (4096, 'x');
  g_autofree char *shown = culvert_log_printable (text, -1);

  g_assert_cmpstr (shown, ==, text);
}

static void
test_random_bytes_become_one_line (void)
{
  GRand *random = g_rand_new_with_seed (99);

  for (guint i = 0; i < 20000; i++)
    {
      char             bytes[64];
      g_autofree char *shown = NULL;

      for (guint n = 0; n < sizeof bytes; n++)
        bytes[n] = (char)g_rand_int (random);
      shown = culvert_log_printable (bytes, g_rand_int_range (random, 0, sizeof bytes));

      g_assert_true (g_utf8_validate (shown, -1, NULL));
      for (const char *p = shown; *p != '\0'; p = g_utf8_next_char (p))
        g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
    }

  g_rand_free (random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/log/keeps-the-last-lines", test_keeps_the_last_lines);
  g_test_add_func ("/log/gives-only-newer-lines", test_gives_only_newer_lines);
  g_test_add_func ("/log/calls-the-function", test_calls_the_function);
  g_test_add_func ("/log/function-may-use-the-log", test_function_may_use_the_log);
  g_test_add_func ("/log/serves-many-threads", test_serves_many_threads);
  g_test_add_func ("/log/printable/shows-what-is-dangerous",
                   test_printable_shows_what_is_dangerous);
  g_test_add_func ("/log/printable/lines", test_printable_lines);
  g_test_add_func ("/log/printable/is-bounded", test_printable_is_bounded);
  g_test_add_func ("/log/printable/exactly-the-limit-fits", test_exactly_the_limit_fits);
  g_test_add_func ("/log/printable/random-bytes-become-one-line",
                   test_random_bytes_become_one_line);

  return g_test_run ();
}
