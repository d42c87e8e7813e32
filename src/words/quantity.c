/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/quantity.h"

#include <glib/gi18n.h>

#define UNIT_STEP 1000.0

/* From here on the one decimal would be rounded to a second digit before it. */
#define FIRST_WITHOUT_DECIMAL 9.95

typedef enum
{
  SCALE_NONE,
  SCALE_KILO,
  SCALE_MEGA,
  SCALE_GIGA,
  SCALE_TERA,
  SCALE_PETA,
  SCALE_EXA,
} Scale;

static char *
format_number (double number)
{
  return g_strdup_printf (number < FIRST_WITHOUT_DECIMAL ? "%.1f" : "%.0f", number);
}

/* (transfer full): the number to show, and in which unit. */
static char *
scale_number (double number, Scale *scale)
{
  int step = SCALE_NONE;

  if (!(number >= 0.5))
    number = 0.0;
  while (step < SCALE_EXA && number >= UNIT_STEP - 0.5)
    {
      number /= UNIT_STEP;
      step++;
    }
  *scale = (Scale)step;
  /* There is no part of a byte; and nothing moves faster than what fits in three digits. */
  if (step == SCALE_NONE)
    return g_strdup_printf ("%.0f", number);
  return format_number (MIN (number, UNIT_STEP - 1.0));
}

char *
culvert_words_for_size (guint64 n_bytes)
{
  Scale            scale;
  g_autofree char *number = scale_number ((double)n_bytes, &scale);

  switch (scale)
    {
    case SCALE_KILO:
      /* Translators: an amount of data, in thousands of bytes */
      return g_strdup_printf (_ ("%s kB"), number);
    case SCALE_MEGA:
      return g_strdup_printf (_ ("%s MB"), number);
    case SCALE_GIGA:
      return g_strdup_printf (_ ("%s GB"), number);
    case SCALE_TERA:
      return g_strdup_printf (_ ("%s TB"), number);
    case SCALE_PETA:
      return g_strdup_printf (_ ("%s PB"), number);
    case SCALE_EXA:
      return g_strdup_printf (_ ("%s EB"), number);
    case SCALE_NONE:
    default:
      /* Translators: an amount of data, in bytes */
      return g_strdup_printf (_ ("%s B"), number);
    }
}

char *
culvert_words_for_rate (double bytes_per_s)
{
  Scale            scale;
  g_autofree char *number = scale_number (bytes_per_s, &scale);

  switch (scale)
    {
    case SCALE_KILO:
      /* Translators: a speed, in thousands of bytes a second */
      return g_strdup_printf (_ ("%s kB/s"), number);
    case SCALE_MEGA:
      return g_strdup_printf (_ ("%s MB/s"), number);
    case SCALE_GIGA:
      return g_strdup_printf (_ ("%s GB/s"), number);
    case SCALE_TERA:
      return g_strdup_printf (_ ("%s TB/s"), number);
    case SCALE_PETA:
      return g_strdup_printf (_ ("%s PB/s"), number);
    case SCALE_EXA:
      return g_strdup_printf (_ ("%s EB/s"), number);
    case SCALE_NONE:
    default:
      /* Translators: a speed, in bytes a second */
      return g_strdup_printf (_ ("%s B/s"), number);
    }
}

char *
culvert_words_for_duration (gint64 duration_us)
{
  guint64 seconds = (guint64)MAX (duration_us, 0) / G_USEC_PER_SEC;
  guint   days = (guint)(seconds / 86400);
  guint   hours = (guint)(seconds / 3600 % 24);
  guint   minutes = (guint)(seconds / 60 % 60);
  guint   rest = (guint)(seconds % 60);

  if (days > 0 && hours > 0)
    /* Translators: days and hours, abbreviated */
    return g_strdup_printf (_ ("%u d %u h"), days, hours);
  if (days > 0)
    /* Translators: days, abbreviated */
    return g_strdup_printf (_ ("%u d"), days);
  if (hours > 0 && minutes > 0)
    /* Translators: hours and minutes, abbreviated */
    return g_strdup_printf (_ ("%u h %u min"), hours, minutes);
  if (hours > 0)
    /* Translators: hours, abbreviated */
    return g_strdup_printf (_ ("%u h"), hours);
  if (minutes > 0 && rest > 0)
    /* Translators: minutes and seconds, abbreviated */
    return g_strdup_printf (_ ("%u min %u s"), minutes, rest);
  if (minutes > 0)
    /* Translators: minutes, abbreviated */
    return g_strdup_printf (_ ("%u min"), minutes);
  /* Translators: seconds, abbreviated */
  return g_strdup_printf (_ ("%u s"), rest);
}

char *
culvert_words_for_latency (gint64 latency_us)
{
  g_autofree char *number = NULL;
  double           latency_ms = (double)latency_us / 1000.0;

  if (latency_us < 0)
    /* Translators: stands for a time that is not known */
    return g_strdup (_ ("–"));
  if (latency_ms >= UNIT_STEP - 0.5)
    {
      number = format_number (latency_ms / UNIT_STEP);
      /* Translators: seconds with a decimal, abbreviated */
      return g_strdup_printf (_ ("%s s"), number);
    }
  number = format_number (latency_ms);
  /* Translators: milliseconds, abbreviated */
  return g_strdup_printf (_ ("%s ms"), number);
}
