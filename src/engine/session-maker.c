/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/session-maker.h"

static gpointer
make_ssh (const CulvertSessionMaker  *self,
          CulvertProfile             *profile,
          CulvertIoSource            *io,
          CulvertLog                 *log,
          const CulvertSessionEvents *events,
          gpointer                    user_data)
{
  return culvert_session_new (profile, io, log, events, user_data);
}

static void
start_ssh (gpointer session)
{
  culvert_session_start (session);
}

static void
stop_ssh (gpointer session)
{
  culvert_session_stop (session);
}

static void
abort_ssh (gpointer session)
{
  culvert_session_abort (session);
}

static void
probe_ssh (gpointer session)
{
  culvert_session_probe (session);
}

static const CulvertSessionInfo *
get_info_ssh (gpointer session)
{
  return culvert_session_get_info (session);
}

static CulvertTransport *
get_transport_ssh (gpointer session)
{
  return culvert_session_get_transport (session);
}

typedef struct
{
  void (*gone) (gpointer user_data);
  gpointer user_data;
} Gone;

static void
gone_cb (gpointer data, GObject *session)
{
  g_autofree Gone *gone = data;

  gone->gone (gone->user_data);
}

static void
drop_ssh (gpointer session, void (*gone) (gpointer user_data), gpointer user_data)
{
  Gone *data = g_new (Gone, 1);

  data->gone = gone;
  data->user_data = user_data;
  g_object_weak_ref (session, gone_cb, data);
  g_object_unref (session);
}

const CulvertSessionMaker culvert_session_maker_ssh = {
  .make = make_ssh,
  .start = start_ssh,
  .stop = stop_ssh,
  .abort = abort_ssh,
  .probe = probe_ssh,
  .get_info = get_info_ssh,
  .get_transport = get_transport_ssh,
  .drop = drop_ssh,
};
