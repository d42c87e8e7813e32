/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/connection-order.h"

#include <string.h>

#define COMPARE(a, b) ((a) < (b) ? -1 : (a) > (b) ? 1 : 0)

/* Host by host, then by the number of the port. */
static int
compare_addresses (const char *a, const char *b)
{
  const char *a_port = strrchr (a, ':');
  const char *b_port = strrchr (b, ':');
  gsize       n_a, n_b;
  int         order;

  if (a_port == NULL || b_port == NULL)
    return strcmp (a, b);

  n_a = (gsize)(a_port - a);
  n_b = (gsize)(b_port - b);
  order = strncmp (a, b, MIN (n_a, n_b));
  if (order != 0 || n_a != n_b)
    return order != 0 ? order : COMPARE (n_a, n_b);

  return COMPARE (g_ascii_strtoull (a_port + 1, NULL, 10), g_ascii_strtoull (b_port + 1, NULL, 10));
}

int
culvert_connection_compare_client (CulvertConnectionItem *a, CulvertConnectionItem *b)
{
  const char *a_program = culvert_connection_item_get_program (a);
  const char *b_program = culvert_connection_item_get_program (b);
  int         order = 0;

  if (a_program == NULL || b_program == NULL)
    order = COMPARE (a_program == NULL, b_program == NULL);
  else if (strcmp (a_program, b_program) != 0)
    order = g_utf8_collate (a_program, b_program);
  else
    order = COMPARE (culvert_connection_item_get_pid (a), culvert_connection_item_get_pid (b));
  if (order != 0)
    return order;

  return compare_addresses (culvert_connection_item_get_client (a),
                            culvert_connection_item_get_client (b));
}

int
culvert_connection_compare_target (CulvertConnectionItem *a, CulvertConnectionItem *b)
{
  return compare_addresses (culvert_connection_item_get_target (a),
                            culvert_connection_item_get_target (b));
}

int
culvert_connection_compare_state (CulvertConnectionItem *a, CulvertConnectionItem *b)
{
  return COMPARE (culvert_connection_item_get_state (a), culvert_connection_item_get_state (b));
}

int
culvert_connection_compare_received (CulvertConnectionItem *a, CulvertConnectionItem *b)
{
  return COMPARE (culvert_connection_item_get_n_received (a),
                  culvert_connection_item_get_n_received (b));
}

int
culvert_connection_compare_sent (CulvertConnectionItem *a, CulvertConnectionItem *b)
{
  return COMPARE (culvert_connection_item_get_n_sent (a), culvert_connection_item_get_n_sent (b));
}

int
culvert_connection_compare_rate (CulvertConnectionItem *a, CulvertConnectionItem *b)
{
  CulvertRate a_rate = culvert_connection_item_get_rate (a);
  CulvertRate b_rate = culvert_connection_item_get_rate (b);

  return COMPARE (a_rate.received + a_rate.sent, b_rate.received + b_rate.sent);
}

int
culvert_connection_compare_age (CulvertConnectionItem *a, CulvertConnectionItem *b)
{
  return COMPARE (culvert_connection_item_get_started_us (b),
                  culvert_connection_item_get_started_us (a));
}

static CulvertConnectionItem *
get_root (CulvertConnectionItem *item)
{
  CulvertConnectionItem *parent = culvert_connection_item_get_parent (item);

  return parent != NULL ? parent : item;
}

static int
compare_by (GtkSorter *columns, CulvertConnectionItem *a, CulvertConnectionItem *b)
{
  int order = (int)gtk_sorter_compare (columns, a, b);

  return order != 0
           ? order
           : COMPARE (culvert_connection_item_get_id (a), culvert_connection_item_get_id (b));
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  GtkSorter             *columns = user_data;
  CulvertConnectionItem *a_item = (gpointer)a;
  CulvertConnectionItem *b_item = (gpointer)b;
  CulvertConnectionItem *a_root = get_root (a_item);
  CulvertConnectionItem *b_root = get_root (b_item);

  if (a_root != b_root)
    return compare_by (columns, a_root, b_root);
  if (a_root == a_item || b_root == b_item)
    return COMPARE (a_root != a_item, b_root != b_item);

  return compare_by (columns, a_item, b_item);
}

static void
columns_changed_cb (GtkSorter *order, GtkSorterChange change)
{
  gtk_sorter_changed (order, change);
}

GtkSorter *
culvert_connection_order_new (GtkSorter *columns)
{
  GtkSorter *order;

  g_return_val_if_fail (GTK_IS_SORTER (columns), NULL);

  order = GTK_SORTER (gtk_custom_sorter_new (compare_cb, g_object_ref (columns), g_object_unref));
  g_signal_connect_object (columns, "changed", G_CALLBACK (columns_changed_cb), order,
                           G_CONNECT_SWAPPED);

  return order;
}
