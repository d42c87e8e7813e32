/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/no-delay.h"

#include "ssh/channel.h"
#include "ssh/session-private.h"

static void
opened_cb (CulvertStream *stream, gpointer user_data)
{
  CulvertSession *session = CULVERT_SESSION (user_data);

  culvert_line_run (session, &((CulvertChannel *)stream)->line, "true");
}

static void
refused_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  CULVERT_SESSION (user_data)->no_delay = NULL;
}

/* What it says is dropped without making room for more, so that another command that runs in its place
 * cannot talk for ever. */
static void
received_cb (CulvertStream *stream, const guint8 *bytes, gsize n_bytes, gpointer user_data)
{
}

static void
ignore_cb (CulvertStream *stream, gpointer user_data)
{
}

static void
closed_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  CULVERT_SESSION (user_data)->no_delay = NULL;
}

static const CulvertStreamEvents events = {
  .opened = opened_cb,
  .refused = refused_cb,
  .received = received_cb,
  .finished = ignore_cb,
  .writable = ignore_cb,
  .closed = closed_cb,
};

void
culvert_no_delay_ask (CulvertSession *session)
{
  if (session->profile->quick_replies)
    session->no_delay = culvert_open_queue_add (session, NULL, NULL, &events, session);
}

void
culvert_no_delay_answered (CulvertSession *session, gboolean was_run)
{
  const char *version = session->info.server_version;

  session->gate.sends_at_once = was_run && version != NULL && strstr (version, "OpenSSH") != NULL;
  if (session->no_delay == NULL)
    return;
  /* The server closes it when the command has ended.  Closed by us sooner, it makes OpenSSH's server
   * look for that end after every packet, which takes it a quarter more processor time while the
   * account's shell starts up. */
  if (was_run)
    culvert_stream_finish (session->no_delay);
  else
    culvert_stream_close (g_steal_pointer (&session->no_delay));
}
