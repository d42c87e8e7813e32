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

static void
mark_hidden (CulvertRelayGroup *controls, GPtrArray *list)
{
  guint i = 0;

  for (GList *l = controls->relays.head; l != NULL; l = l->next)
    {
      CulvertConnectionInfo *info = g_ptr_array_index (list, i++);

      info->is_hidden_ftp =
        culvert_ftp_control_is_hidden (culvert_ftp_control_from_relay (l->data));
    }
}

GPtrArray *
culvert_ftp_data_set_list (CulvertFtpDataSet *self, CulvertRelayGroup *controls, const char *target)
{
  GPtrArray *list = culvert_relay_group_list (controls, target);

  mark_hidden (controls, list);
  for (GList *l = self->all.head; l != NULL; l = l->next)
    {
      CulvertFtpData        *data = l->data;
      g_autoptr (GPtrArray)  own = culvert_relay_group_list (&data->relays, NULL);
      CulvertConnectionInfo *info;

      if (own->len == 0)
        continue;
      info = g_ptr_array_steal_index (own, 0);
      info->parent_id = data->parent_id;
      g_ptr_array_add (list, info);
    }
  return list;
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
