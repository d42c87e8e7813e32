/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/guard.h"

#include "base/peer-user.h"
#include "forward/address.h"

#define MINUTE_US (60 * G_USEC_PER_SEC)

struct _CulvertGuard
{
  CulvertCounters    *counters;
  CulvertGuardLogFunc log;
  gpointer            user_data;
  CulvertPeerLookup  *lookup;

  gboolean has_told;   /* that this system does not tell */
  gint64   minute_us;  /* monotonic: when the minute began whose lines are counted; 0: never */
  guint    n_lines;    /* in that minute */
  guint    n_unlogged; /* sent away without a line since the last one */
};

CulvertGuard *
culvert_guard_new (CulvertCounters *counters, CulvertGuardLogFunc log, gpointer user_data)
{
  CulvertGuard *self = g_new0 (CulvertGuard, 1);

  self->counters = culvert_counters_ref (counters);
  self->log = log;
  self->user_data = user_data;
  self->lookup = culvert_peer_lookup_new ();

  return self;
}

void
culvert_guard_free (CulvertGuard *self)
{
  g_return_if_fail (self != NULL);

  culvert_peer_lookup_free (self->lookup);
  culvert_counters_unref (self->counters);
  g_free (self);
}

/* (transfer full) */
static char *
name_client (CulvertSocket client)
{
  g_autoptr (GSocketAddress) address = culvert_socket_get_remote_address (client);
  g_autofree char *text = address != NULL ? culvert_address_to_string (address) : g_strdup ("");

  return *text != '\0' ? g_steal_pointer (&text) : g_strdup ("a local program");
}

/* (transfer full) */
static char *
name_user (const CulvertPeer *peer)
{
  g_autofree char *name = culvert_peer_dup_user_name (peer);

  if (name != NULL)
    return g_strdup_printf ("user %s (%" G_GINT64_FORMAT ")", name, peer->user);
  if (peer->user >= 0)
    return g_strdup_printf ("user %" G_GINT64_FORMAT, peer->user);

  return g_strdup ("another user");
}

/* May there be one more line about somebody who was sent away? */
static gboolean
take_line (CulvertGuard *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->minute_us == 0 || now_us - self->minute_us >= MINUTE_US)
    {
      self->minute_us = now_us;
      self->n_lines = 0;
    }
  if (self->n_lines >= CULVERT_GUARD_LOG_MAX)
    {
      self->n_unlogged++;
      return FALSE;
    }
  self->n_lines++;

  return TRUE;
}

/* The last thing that is done with a guard in a call. */
static void
log_refusal (CulvertGuard *self, const char *client, const char *why)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "connection from %s refused: %s", client, why);
  if (self->n_unlogged > 0)
    g_string_append_printf (text, "; %u others were refused since the last line about it",
                            self->n_unlogged);
  if (self->n_lines == CULVERT_GUARD_LOG_MAX)
    g_string_append (text, "; more of them within this minute are only counted");
  self->n_unlogged = 0;
  self->log (CULVERT_LOG_WARNING, text->str, self->user_data);
}

static void
refuse_other (CulvertGuard *self, CulvertSocket *client, const CulvertPeer *peer)
{
  g_autofree char *name = NULL;
  g_autofree char *user = NULL;
  g_autofree char *why = NULL;

  self->counters->n_foreign++;
  culvert_counters_ring (self->counters);
  if (!take_line (self))
    {
      culvert_socket_reset (client);
      return;
    }

  name = name_client (*client);
  culvert_socket_reset (client);
  user = name_user (peer);
  why = g_strdup_printf ("it is of %s, and only your user may connect", user);
  log_refusal (self, name, why);
}

static void
refuse_unseen (CulvertGuard *self, CulvertSocket *client)
{
  CulvertIoStatus  status = culvert_socket_peek (*client, NULL);
  g_autofree char *name = NULL;

  if (status == CULVERT_IO_EOF || status == CULVERT_IO_FAILED)
    {
      culvert_socket_reset (client);
      return;
    }

  self->counters->n_unseen++;
  culvert_counters_ring (self->counters);
  if (!take_line (self))
    {
      culvert_socket_reset (client);
      return;
    }

  name = name_client (*client);
  culvert_socket_reset (client);
  log_refusal (self, name,
               status == CULVERT_IO_OK
                 ? "it had closed before its user could be seen, and only your user may connect"
                 : "no program here has its other end, and only your user may connect");
}

/* The last thing that is done with a guard in a call. */
static void
tell_unchecked (CulvertGuard *self)
{
  if (self->has_told)
    return;

  self->has_told = TRUE;
  self->log (CULVERT_LOG_WARNING,
             "this system does not tell whose a connection is, so other users of this computer can "
             "connect, too",
             self->user_data);
}

gboolean
culvert_guard_admits (CulvertGuard *self, CulvertSocket *client)
{
  CulvertPeer peer;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (client != NULL, FALSE);

  peer = culvert_peer_lookup_ask (self->lookup, *client);
  switch (peer.verdict)
    {
    case CULVERT_PEER_MINE:
      return TRUE;
    case CULVERT_PEER_UNCHECKED:
      tell_unchecked (self);
      return TRUE;
    case CULVERT_PEER_OTHER:
      refuse_other (self, client, &peer);
      return FALSE;
    case CULVERT_PEER_UNSEEN:
    default:
      refuse_unseen (self, client);
      return FALSE;
    }
}
