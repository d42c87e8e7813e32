/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/connections-private.h"

#include "engine/connection-item-private.h"
#include "engine/program-search.h"

#define TICKS_PER_LIST (CULVERT_RATE_SAMPLES_PER_S / 2)

/* More gaps than that are told of as one change: each costs those who sort a look at everything. */
#define GAPS_MAX 32

struct _CulvertConnections
{
  GObject parent_instance;

  GPtrArray            *items; /* of CulvertConnectionItem */
  GHashTable           *by_id; /* id → item, borrowed */
  CulvertProgramSearch *search;
  guint                 round; /* lists taken so far */

  CulvertConnectionsAskFunc ask;
  gpointer                  user_data;
  gboolean                  is_running;
  guint                     n_holders;
  guint                     last_serial;
  guint                     serial;   /* 0: nobody looks */
  gboolean                  is_asked; /* a list for this serial is under way */
  guint                     n_ticks;  /* since it was asked for */
};

enum
{
  SAMPLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* A pointer holds as many ids as can be open at once. */
#define KEY(id) GSIZE_TO_POINTER ((gsize)(id))

static GType
get_item_type (GListModel *model)
{
  return CULVERT_TYPE_CONNECTION_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return CULVERT_CONNECTIONS (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  CulvertConnections *self = CULVERT_CONNECTIONS (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertConnections,
                               culvert_connections,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
culvert_connections_finalize (GObject *object)
{
  CulvertConnections *self = CULVERT_CONNECTIONS (object);

  culvert_program_search_leave (self->search);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->items);

  G_OBJECT_CLASS (culvert_connections_parent_class)->finalize (object);
}

static void
culvert_connections_class_init (CulvertConnectionsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_connections_finalize;
  signals[SAMPLED] = g_signal_new ("sampled", CULVERT_TYPE_CONNECTIONS, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
program_found_cb (guint64 id, const CulvertPeerProgram *program, gpointer user_data)
{
  CulvertConnectionItem *item = culvert_connections_find (user_data, id);

  if (item != NULL)
    culvert_connection_item_set_program (item, program);
}

static void
culvert_connections_init (CulvertConnections *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (NULL, NULL);
  self->search = culvert_program_search_new (program_found_cb, self);
}

CulvertConnections *
culvert_connections_new (CulvertConnectionsAskFunc ask, gpointer user_data)
{
  CulvertConnections *self = g_object_new (CULVERT_TYPE_CONNECTIONS, NULL);

  self->ask = ask;
  self->user_data = user_data;

  return self;
}

CulvertConnectionItem *
culvert_connections_find (CulvertConnections *self, guint64 id)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTIONS (self), NULL);

  return g_hash_table_lookup (self->by_id, KEY (id));
}

/* Taking a list in */

/* Returns: (transfer full): those that were not there before */
static GPtrArray *
update_items (CulvertConnections *self, const CulvertConnectionList *list)
{
  GPtrArray *added = g_ptr_array_new ();

  for (guint i = 0; i < list->figures->len; i++)
    {
      const CulvertConnectionFigures *figures =
        &g_array_index (list->figures, CulvertConnectionFigures, i);
      CulvertConnectionItem *item = culvert_connections_find (self, figures->id);

      if (item != NULL)
        {
          culvert_connection_item_take (item, figures, list->taken_us);
        }
      else if (figures->news >= 0)
        {
          item = culvert_connection_item_new (
            figures, &g_array_index (list->news, CulvertConnectionNews, (guint)figures->news),
            list->taken_us);
          g_hash_table_insert (self->by_id, KEY (figures->id), item);
          g_ptr_array_add (added, item);
        }
      else
        {
          continue;
        }
      culvert_connection_item_set_round (item, self->round);
    }

  return added;
}

static gboolean
is_over (CulvertConnections *self, guint position)
{
  return culvert_connection_item_get_round (self->items->pdata[position]) != self->round;
}

/* How many in a row, from @position on, are over, or are not. */
static guint
count_run (CulvertConnections *self, guint position, gboolean over)
{
  guint n = 0;

  while (position + n < self->items->len && is_over (self, position + n) == over)
    n++;

  return n;
}

static void
forget_ids (CulvertConnections *self, guint position, guint n)
{
  for (guint i = position; i < position + n; i++)
    g_hash_table_remove (self->by_id, KEY (culvert_connection_item_get_id (self->items->pdata[i])));
}

static void
remove_run (CulvertConnections *self, guint position, guint n)
{
  forget_ids (self, position, n);
  g_ptr_array_remove_range (self->items, position, n);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n, 0);
}

static guint
count_gaps (CulvertConnections *self)
{
  guint n_gaps = 0;

  for (guint i = 0; i < self->items->len; i++)
    n_gaps += is_over (self, i) && (i == 0 || !is_over (self, i - 1));

  return n_gaps;
}

/* All between the first and the last that is over is told of as new, though it is not. */
static void
remove_scattered (CulvertConnections *self)
{
  guint first = count_run (self, 0, FALSE);
  guint end = self->items->len;
  guint n_before, n_kept = 0;

  while (!is_over (self, end - 1))
    end--;
  n_before = end - first;
  for (guint i = first; i < end; i++)
    {
      gpointer *items = self->items->pdata;
      gpointer  item = items[i];

      if (is_over (self, i))
        {
          forget_ids (self, i, 1);
          continue;
        }
      items[i] = items[first + n_kept];
      items[first + n_kept++] = item;
    }
  g_ptr_array_remove_range (self->items, first + n_kept, n_before - n_kept);
  g_list_model_items_changed (G_LIST_MODEL (self), first, n_before, n_kept);
}

static void
remove_over (CulvertConnections *self)
{
  guint position = 0;

  if (count_gaps (self) > GAPS_MAX)
    {
      remove_scattered (self);
      return;
    }
  while (position < self->items->len)
    {
      guint n = count_run (self, position, TRUE);

      if (n > 0)
        remove_run (self, position, n);
      position += count_run (self, position, FALSE);
    }
}

/* A parent may be over, and is never there again then. */
static void
set_parents (CulvertConnections *self, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      CulvertConnectionItem *item = items->pdata[i];
      guint64                parent_id = culvert_connection_item_get_parent_id (item);

      if (parent_id != 0)
        culvert_connection_item_set_parent (item, culvert_connections_find (self, parent_id));
    }
}

static void
add_items (CulvertConnections *self, GPtrArray *added)
{
  guint n_before = self->items->len;

  if (added->len == 0)
    return;

  g_ptr_array_extend (self->items, added, NULL, NULL);
  g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, added->len);
}

void
culvert_connections_set_list (CulvertConnections *self, const CulvertConnectionList *list)
{
  g_autoptr (GPtrArray) added = NULL;

  self->round++;
  added = update_items (self, list);
  remove_over (self);
  set_parents (self, self->items);
  set_parents (self, added);
  add_items (self, added);
  for (guint i = 0; i < list->peers->len; i++)
    {
      const CulvertConnectionPeer *peer = &g_array_index (list->peers, CulvertConnectionPeer, i);

      culvert_program_search_add (self->search, peer);
    }
  culvert_program_search_run (self->search);
  g_signal_emit (self, signals[SAMPLED], 0);
}

void
culvert_connections_take (CulvertConnections *self, guint serial, const CulvertConnectionList *list)
{
  if (serial != self->serial)
    return;

  self->is_asked = FALSE;
  culvert_connections_set_list (self, list);
}

/* Who looks */

static void
ask (CulvertConnections *self)
{
  self->is_asked = TRUE;
  self->n_ticks = 0;
  self->ask (self->serial, self->user_data);
}

static void
update_watch (CulvertConnections *self)
{
  gboolean is_watched = self->is_running && self->n_holders > 0;

  if (is_watched == (self->serial != 0))
    return;

  self->is_asked = FALSE;
  if (is_watched)
    {
      self->last_serial = MAX (self->last_serial + 1, 1);
      self->serial = self->last_serial;
      ask (self);
    }
  else
    {
      self->serial = 0;
      if (self->is_running)
        self->ask (0, self->user_data);
    }
}

void
culvert_connections_set_watched (CulvertConnections *self, gboolean *is_held, gboolean hold)
{
  g_return_if_fail (CULVERT_IS_CONNECTIONS (self));
  g_return_if_fail (is_held != NULL);

  if (*is_held == hold)
    return;

  *is_held = hold;
  self->n_holders += hold ? 1 : -1u;
  update_watch (self);
}

void
culvert_connections_set_running (CulvertConnections *self, gboolean is_running)
{
  self->is_running = is_running;
  update_watch (self);
  if (!is_running && self->items->len > 0)
    remove_run (self, 0, self->items->len);
}

gboolean
culvert_connections_is_watched (CulvertConnections *self)
{
  return self->serial != 0;
}

void
culvert_connections_tick (CulvertConnections *self)
{
  if (self->serial == 0)
    return;

  self->n_ticks++;
  if (self->n_ticks >= TICKS_PER_LIST && !self->is_asked)
    ask (self);
}
