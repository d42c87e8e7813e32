/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/connection-text.h"

#include "ui/format.h"
#include "words/quantity.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

static char *
dup_address (CulvertConnectionItem *item)
{
  const char *client = culvert_connection_item_get_client (item);

  if (client[0] != '\0')
    return g_strdup (client);

  return g_strdup (culvert_connection_item_is_here (item) ? _ ("A local program")
                                                          : _ ("A client at the server"));
}

char *
culvert_connection_text_client (CulvertConnectionItem *item)
{
  const char *program = culvert_connection_item_get_program (item);

  if (program == NULL)
    return dup_address (item);

  /* Translators: a program and the number of its process, "firefox (4711)" */
  return g_strdup_printf (_ ("%s (%u)"), program, culvert_connection_item_get_pid (item));
}

char *
culvert_connection_text_client_more (CulvertConnectionItem *item)
{
  if (culvert_connection_item_is_child (item))
    return g_strdup (_ ("FTP data"));
  if (culvert_connection_item_get_program (item) != NULL)
    return g_strdup (culvert_connection_item_get_client (item));

  return g_strdup ("");
}

char *
culvert_connection_text_target (CulvertConnectionItem *item)
{
  return g_strdup (culvert_connection_item_get_target (item));
}

char *
culvert_connection_text_forward (CulvertConnectionItem *item, CulvertTunnel *tunnel)
{
  CulvertForwardItem *forward =
    culvert_tunnel_find_forward (tunnel, culvert_connection_item_get_forward_id (item));
  CulvertForwardSpec *spec;

  if (forward == NULL)
    return g_strdup ("");

  spec = culvert_forward_item_get_spec (forward);
  if (culvert_forward_spec_get_name (spec)[0] != '\0')
    return g_strdup (culvert_forward_spec_get_name (spec));

  return culvert_format_forward (spec);
}

char *
culvert_connection_text_state (CulvertConnectionItem *item)
{
  switch (culvert_connection_item_get_state (item))
    {
    case CULVERT_CONNECTION_OPENING:
      return g_strdup (C_ ("connection", "Opening"));
    case CULVERT_CONNECTION_OPEN:
      return g_strdup (culvert_connection_item_is_hidden_ftp (item) ? C_ ("connection", "Encrypted")
                                                                    : C_ ("connection", "Open"));
    case CULVERT_CONNECTION_HELD:
      return g_strdup (C_ ("connection", "Waiting"));
    default:
      g_assert_not_reached ();
    }
}

char *
culvert_connection_text_state_more (CulvertConnectionItem *item)
{
  switch (culvert_connection_item_get_state (item))
    {
    case CULVERT_CONNECTION_OPENING:
      return g_strdup (_ ("The target has not answered yet."));
    case CULVERT_CONNECTION_OPEN:
      return g_strdup (
        culvert_connection_item_is_hidden_ftp (item)
          ? _ ("The FTP client encrypts what it says, so its data connections cannot "
               "be forwarded. It has to do without TLS.")
          : "");
    case CULVERT_CONNECTION_HELD:
      return g_strdup (_ ("It is served as soon as the tunnel is connected again."));
    default:
      g_assert_not_reached ();
    }
}

char *
culvert_connection_text_rate (CulvertConnectionItem *item)
{
  CulvertRate rate = culvert_connection_item_get_rate (item);

  return rate.received + rate.sent > 0 ? culvert_words_for_rate (rate.received + rate.sent)
                                       : g_strdup ("–");
}

char *
culvert_connection_text_rates (CulvertConnectionItem *item)
{
  CulvertRate rate = culvert_connection_item_get_rate (item);

  return culvert_format_rates (rate.received, rate.sent);
}

char *
culvert_connection_text_age (CulvertConnectionItem *item, gint64 now_us)
{
  return culvert_words_for_duration (
    MAX (now_us - culvert_connection_item_get_started_us (item), 0));
}

char *
culvert_connection_text_began (CulvertConnectionItem *item, gint64 now_us, gint64 real_us)
{
  gint64 began_us = real_us - (now_us - culvert_connection_item_get_started_us (item));
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (began_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);

  return g_date_time_format (local, "%x %X");
}

char *
culvert_connection_text_close (CulvertConnectionItem *item)
{
  g_autofree char *client = culvert_connection_text_client (item);

  /* Translators: who is connected, then where to */
  return g_strdup_printf (_ ("Close the connection from %s to %s"), client,
                          culvert_connection_item_get_target (item));
}

gboolean
culvert_connection_text_matches (CulvertConnectionItem *item,
                                 CulvertTunnel         *tunnel,
                                 const char *const     *search)
{
  g_autofree char *client = culvert_connection_text_client (item);
  g_autofree char *forward = culvert_connection_text_forward (item, tunnel);
  g_autofree char *all = g_strjoin ("\n", client, culvert_connection_item_get_client (item),
                                    culvert_connection_item_get_target (item), forward, NULL);
  g_autofree char *folded = g_utf8_casefold (all, -1);

  for (guint i = 0; search[i] != NULL; i++)
    {
      if (strstr (folded, search[i]) == NULL)
        return FALSE;
    }

  return TRUE;
}
