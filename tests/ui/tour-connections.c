/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tour-connections.h"

void
tour_set_connections (CulvertTunnel *tunnel)
{
  static const CulvertStageConnection connections[] = {
    { .id = 1,
      .forward = 0,
      .client = "127.0.0.1:50112",
      .target = "db.internal:5432",
      .program = "psql",
      .pid = 41207,
      .state = CULVERT_CONNECTION_OPEN,
      .n_received = 48213113,
      .n_sent = 913022,
      .received_rate = 1.31e6,
      .sent_rate = 20e3,
      .age_s = 3 * 3600 + 240 },
    { .id = 2,
      .forward = 0,
      .client = "127.0.0.1:50118",
      .target = "db.internal:5432",
      .program = "java",
      .pid = 3122,
      .state = CULVERT_CONNECTION_OPEN,
      .n_received = 702213113,
      .n_sent = 31913022,
      .received_rate = 310e3,
      .sent_rate = 42e3,
      .age_s = 7300 },
    { .id = 3,
      .forward = 3,
      .client = "127.0.0.1:51001",
      .target = "static.example.org:443",
      .program = "firefox",
      .pid = 4711,
      .state = CULVERT_CONNECTION_OPEN,
      .n_received = 213113,
      .n_sent = 13022,
      .age_s = 61 },
    { .id = 4,
      .forward = 3,
      .client = "127.0.0.1:51002",
      .target = "a-very-long-name-of-a-machine.internal.department.example.org:8443",
      .program = "firefox",
      .pid = 4711,
      .state = CULVERT_CONNECTION_OPENING,
      .age_s = 2 },
    { .id = 5,
      .forward = 2,
      .client = "198.51.100.24:33990",
      .target = "localhost:3000",
      .state = CULVERT_CONNECTION_OPEN,
      .n_received = 1113,
      .n_sent = 29022,
      .sent_rate = 800,
      .age_s = 9 },
    { .id = 6,
      .forward = 1,
      .client = "127.0.0.1:51777",
      .target = "wiki.internal:80",
      .state = CULVERT_CONNECTION_HELD,
      .age_s = 4 },
    { .id = 7,
      .forward = 1,
      .client = "",
      .target = "wiki.internal:80",
      .program = "curl",
      .pid = 81123,
      .state = CULVERT_CONNECTION_OPEN,
      .n_received = 999,
      .n_sent = 120,
      .age_s = 1 },
  };

  culvert_stage_set_connections (tunnel, connections, G_N_ELEMENTS (connections));
}

void
tour_set_ftp_connections (CulvertTunnel *tunnel)
{
  static const CulvertStageConnection connections[] = {
    { .id = 1,
      .client = "127.0.0.1:40110",
      .target = "ftp.internal:21",
      .program = "lftp",
      .pid = 5120,
      .state = CULVERT_CONNECTION_OPEN,
      .n_received = 5113,
      .n_sent = 1922,
      .age_s = 300 },
    { .id = 2,
      .client = "127.0.0.1:40111",
      .target = "ftp.internal:21",
      .program = "filezilla",
      .pid = 5200,
      .state = CULVERT_CONNECTION_OPEN,
      .is_hidden_ftp = TRUE,
      .n_received = 813,
      .n_sent = 222,
      .age_s = 190 },
    { .id = 3,
      .parent_id = 1,
      .client = "127.0.0.1:40201",
      .target = "ftp.internal:30011",
      .program = "lftp",
      .pid = 5120,
      .state = CULVERT_CONNECTION_OPEN,
      .n_received = 91230912,
      .received_rate = 6.1e6,
      .age_s = 14 },
    { .id = 4,
      .parent_id = 1,
      .client = "127.0.0.1:40202",
      .target = "ftp.internal:30012",
      .program = "lftp",
      .pid = 5120,
      .state = CULVERT_CONNECTION_OPEN,
      .n_received = 2230912,
      .received_rate = 2.4e6,
      .age_s = 1 },
  };

  culvert_stage_set_connections (tunnel, connections, G_N_ELEMENTS (connections));
}

void
tour_set_many_connections (CulvertTunnel *tunnel)
{
  static const char *const programs[] = { "firefox", "curl", NULL, "python3.11" };
  CulvertStageConnection  *many = g_new0 (CulvertStageConnection, 5000);
  g_autoptr (GPtrArray)    texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < 5000; i++)
    {
      g_ptr_array_add (texts, g_strdup_printf ("127.0.0.1:%u", 30000 + i));
      g_ptr_array_add (texts, g_strdup_printf ("host-%u.internal:443", i * 7 % 5000));
      many[i] = (CulvertStageConnection){
        .id = i + 1,
        .forward = 3,
        .client = texts->pdata[2 * i],
        .target = texts->pdata[2 * i + 1],
        .program = programs[i % 4],
        .pid = 4000 + i % 4,
        .state = CULVERT_CONNECTION_OPEN,
        .n_received = 1000000 + i * 7919,
        .n_sent = 100000 + i * 104,
        .received_rate = i % 3 == 0 ? i * 11 : 0,
        .age_s = i,
      };
    }
  culvert_stage_set_connections (tunnel, many, 5000);
  g_free (many);
}
