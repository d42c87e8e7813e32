/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tunnel-search.h"

#include "core/ssh-command.h"

typedef struct
{
  const char *query;
  gboolean    is_found;
} Row;

static const Row rows[] = {
  { "", TRUE },           { "  ", TRUE },        { "prod", TRUE },      { "DATABASE", TRUE },
  { "bastion", TRUE },    { "alice", TRUE },     { "5433", TRUE },      { "db.internal", TRUE },
  { "prod 5433", TRUE },  { "5433 prod", TRUE }, { "ÜBERSICHT", TRUE }, { "übersicht", TRUE },
  { "prod 5434", FALSE }, { "staging", FALSE },  { "-L", FALSE },
};

static void
test_row (gconstpointer data)
{
  const Row                 *row = data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line (
    "ssh -L 5433:db.internal:5432 alice@bastion.example.com", &error);

  g_assert_no_error (error);
  culvert_profile_set_string (&profile->name, "Production database (Übersicht)");
  g_assert_cmpint (culvert_tunnel_search_matches (profile, row->query), ==, row->is_found);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ui/tunnel-search/%u-%s", i, rows[i].query);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  return g_test_run ();
}
