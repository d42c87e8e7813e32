/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/drop-text.h"

#include "words/quantity.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

static GDateTime *
to_local (gint64 real_us)
{
  return g_date_time_new_from_unix_local (real_us / G_USEC_PER_SEC);
}

char *
culvert_drop_text_time (CulvertDrop *drop, gint64 now_us)
{
  g_autoptr (GDateTime) then = to_local (culvert_drop_get_lost_at_us (drop));
  g_autoptr (GDateTime) now = to_local (now_us);
  gboolean              is_today = g_date_time_get_year (then) == g_date_time_get_year (now) &&
                      g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (now);

  return g_date_time_format (then, is_today ? "%H:%M:%S" : "%x %H:%M:%S");
}

char *
culvert_drop_text_length (CulvertDrop *drop)
{
  g_autofree char *away = culvert_words_for_duration (culvert_drop_get_away_us (drop));
  CulvertDropEnd   end = culvert_drop_get_end (drop);

  /* Translators: %s is a time, as in "3 min" */
  return end == CULVERT_DROP_AWAY || end == CULVERT_DROP_GIVEN_UP
           ? g_strdup_printf (_ ("Away for %s so far"), away)
           /* Translators: %s is a time, as in "3 min" */
           : g_strdup_printf (_ ("Away for %s"), away);
}

char *
culvert_drop_text_cause (CulvertDrop *drop, const CulvertProfile *profile)
{
  return culvert_words_for_loss (culvert_drop_get_error (drop), profile);
}

char *
culvert_drop_text_end (CulvertDrop *drop)
{
  guint n_tries = culvert_drop_get_n_tries (drop);

  switch (culvert_drop_get_end (drop))
    {
    case CULVERT_DROP_GIVEN_UP:
      return g_strdup (_ ("It is not tried again by itself."));
    case CULVERT_DROP_CAME_BACK:
      if (n_tries <= 1)
        return g_strdup (_ ("It came back by itself, at the first try."));
      return g_strdup_printf (ngettext ("It came back by itself, after %u try.",
                                        "It came back by itself, after %u tries.", n_tries),
                              n_tries);
    case CULVERT_DROP_HELPED:
      return g_strdup (_ ("It came back with your help: it was started again, or its question was "
                          "answered."));
    case CULVERT_DROP_SWITCHED_OFF:
      return g_strdup (_ ("It was switched off before it came back."));
    case CULVERT_DROP_AT_REST:
      return g_strdup (_ ("Nobody needed it any more, so it rests until somebody does."));
    case CULVERT_DROP_AWAY:
    default:
      if (n_tries == 0)
        return g_strdup (_ ("It has not been tried again yet."));
      return g_strdup_printf (
        ngettext ("It has been tried again %u time.", "It has been tried again %u times.", n_tries),
        n_tries);
    }
}
