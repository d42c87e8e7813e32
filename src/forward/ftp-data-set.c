/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-control.h"
#include "forward/ftp-data-private.h"
#include "forward/relay.h"

void
culvert_ftp_data_set_init (CulvertFtpDataSet *self, CulvertForward *forward)
{
  self->forward = forward;
  g_queue_init (&self->all);
  if (self->idle_ms == 0)
    self->idle_ms = CULVERT_FTP_DATA_IDLE_MS;
}

void
culvert_ftp_data_set_clear (CulvertFtpDataSet *self)
{
  while (self->all.head != NULL)
    culvert_ftp_data_free (self->all.head->data);
}

typedef struct
{
  guint64               parent_id;
  CulvertConnectionFunc func;
  gpointer              user_data;
} Visit;

static void
visit_child_cb (const CulvertConnection *connection, gpointer user_data)
{
  Visit            *visit = user_data;
  CulvertConnection child = *connection;

  child.parent_id = visit->parent_id;
  visit->func (&child, visit->user_data);
}

void
culvert_ftp_data_set_visit (CulvertFtpDataSet    *self,
                            CulvertRelayGroup    *controls,
                            const char           *target,
                            CulvertConnectionFunc func,
                            gpointer              user_data)
{
  Visit visit = { .func = func, .user_data = user_data };

  for (GList *l = controls->relays.head; l != NULL; l = l->next)
    {
      CulvertConnection control;

      if (!culvert_relay_show (l->data, target, &control))
        continue;
      control.is_hidden_ftp =
        culvert_ftp_control_is_hidden (culvert_ftp_control_from_relay (l->data));
      func (&control, user_data);
    }
  for (GList *l = self->all.head; l != NULL; l = l->next)
    {
      CulvertFtpData *data = l->data;

      visit.parent_id = data->parent_id;
      culvert_relay_group_visit (&data->relays, NULL, visit_child_cb, &visit);
    }
}

gboolean
culvert_ftp_data_set_drop (CulvertFtpDataSet *self, guint64 id)
{
  for (GList *l = self->all.head; l != NULL; l = l->next)
    {
      CulvertFtpData *data = l->data;

      if (culvert_relay_group_drop (&data->relays, id))
        {
          culvert_ftp_data_free (data);
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
culvert_ftp_data_set_has_room (CulvertFtpDataSet *self, guint64 parent_id)
{
  guint n = 0;

  for (GList *l = self->all.head; l != NULL; l = l->next)
    n += ((CulvertFtpData *)l->data)->parent_id == parent_id;
  return n < CULVERT_FTP_DATA_MAX;
}
