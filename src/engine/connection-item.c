/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/connection-item-private.h"

#include "base/log.h"

/* How much of the rate before is in the rate now, and below what there is none left. */
#define RATE_MEMORY 0.5
#define RATE_MIN    1.0

struct _CulvertConnectionItem
{
  GObject parent_instance;

  guint64                id;
  guint64                parent_id;
  CulvertConnectionItem *parent; /* nullable */
  char                  *forward_id;
  char                  *client;
  char                  *target;
  char                  *program; /* nullable */
  guint                  pid;
  CulvertConnectionState state;
  gboolean               is_here;
  gboolean               is_hidden_ftp;
  guint64                n_received;
  guint64                n_sent;
  CulvertRate            rate;
  gint64                 taken_us;
  gint64                 started_us;
  guint                  round;
};

G_DEFINE_FINAL_TYPE (CulvertConnectionItem, culvert_connection_item, G_TYPE_OBJECT)

enum
{
  CHANGED,
  NAMED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
culvert_connection_item_finalize (GObject *object)
{
  CulvertConnectionItem *self = CULVERT_CONNECTION_ITEM (object);

  g_clear_object (&self->parent);
  g_free (self->forward_id);
  g_free (self->client);
  g_free (self->target);
  g_free (self->program);

  G_OBJECT_CLASS (culvert_connection_item_parent_class)->finalize (object);
}

static void
culvert_connection_item_class_init (CulvertConnectionItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_connection_item_finalize;
  signals[CHANGED] = g_signal_new ("changed", CULVERT_TYPE_CONNECTION_ITEM, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NAMED] = g_signal_new ("named", CULVERT_TYPE_CONNECTION_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
culvert_connection_item_init (CulvertConnectionItem *self)
{
}

static void
take_figures (CulvertConnectionItem *self, const CulvertConnectionFigures *figures, gint64 taken_us)
{
  self->state = figures->state;
  self->is_hidden_ftp = figures->is_hidden_ftp;
  self->n_received = figures->n_received;
  self->n_sent = figures->n_sent;
  self->taken_us = taken_us;
}

CulvertConnectionItem *
culvert_connection_item_new (const CulvertConnectionFigures *figures,
                             const CulvertConnectionNews    *news,
                             gint64                          taken_us)
{
  CulvertConnectionItem *self = g_object_new (CULVERT_TYPE_CONNECTION_ITEM, NULL);

  self->id = figures->id;
  self->parent_id = news->parent_id;
  self->started_us = news->started_us;
  self->is_here = news->is_here;
  self->forward_id = g_strdup (news->forward_id);
  /* A server names clients, and a client its target. */
  self->client = culvert_log_printable (news->client, -1);
  self->target = culvert_log_printable (news->target, -1);
  take_figures (self, figures, taken_us);

  return self;
}

static double
smooth (double before, guint64 n_bytes, gint64 taken_us)
{
  double now = (double)n_bytes * G_USEC_PER_SEC / (double)taken_us;
  double rate = RATE_MEMORY * before + (1 - RATE_MEMORY) * now;

  return rate < RATE_MIN ? 0 : rate;
}

void
culvert_connection_item_take (CulvertConnectionItem          *self,
                              const CulvertConnectionFigures *figures,
                              gint64                          taken_us)
{
  gint64      since_us = MAX (taken_us - self->taken_us, 1);
  CulvertRate rate = {
    .received = smooth (self->rate.received, figures->n_received - self->n_received, since_us),
    .sent = smooth (self->rate.sent, figures->n_sent - self->n_sent, since_us),
  };
  gboolean is_same = figures->state == self->state &&
                     figures->is_hidden_ftp == self->is_hidden_ftp &&
                     figures->n_received == self->n_received && figures->n_sent == self->n_sent &&
                     rate.received == self->rate.received && rate.sent == self->rate.sent;

  self->rate = rate;
  take_figures (self, figures, taken_us);
  if (!is_same)
    g_signal_emit (self, signals[CHANGED], 0);
}

void
culvert_connection_item_set_program (CulvertConnectionItem *self, const CulvertPeerProgram *program)
{
  if (program->name == NULL)
    return;

  g_free (self->program);
  /* It calls itself what it likes. */
  self->program = culvert_log_printable (program->name, -1);
  self->pid = program->pid;
  g_signal_emit (self, signals[NAMED], 0);
}

void
culvert_connection_item_set_parent (CulvertConnectionItem *self, CulvertConnectionItem *parent)
{
  if (g_set_object (&self->parent, parent))
    g_signal_emit (self, signals[NAMED], 0);
}

guint64
culvert_connection_item_get_parent_id (CulvertConnectionItem *self)
{
  return self->parent_id;
}

guint
culvert_connection_item_get_round (CulvertConnectionItem *self)
{
  return self->round;
}

void
culvert_connection_item_set_round (CulvertConnectionItem *self, guint round)
{
  self->round = round;
}

guint64
culvert_connection_item_get_id (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), 0);

  return self->id;
}

const char *
culvert_connection_item_get_forward_id (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), NULL);

  return self->forward_id;
}

const char *
culvert_connection_item_get_client (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), NULL);

  return self->client;
}

const char *
culvert_connection_item_get_target (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), NULL);

  return self->target;
}

const char *
culvert_connection_item_get_program (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), NULL);

  return self->program;
}

guint
culvert_connection_item_get_pid (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), 0);

  return self->pid;
}

CulvertConnectionState
culvert_connection_item_get_state (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), CULVERT_CONNECTION_OPEN);

  return self->state;
}

guint64
culvert_connection_item_get_n_received (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), 0);

  return self->n_received;
}

guint64
culvert_connection_item_get_n_sent (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), 0);

  return self->n_sent;
}

gint64
culvert_connection_item_get_started_us (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), 0);

  return self->started_us;
}

CulvertConnectionItem *
culvert_connection_item_get_parent (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), NULL);

  return self->parent;
}

CulvertRate
culvert_connection_item_get_rate (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), ((CulvertRate){ 0 }));

  return self->rate;
}

gboolean
culvert_connection_item_is_here (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), FALSE);

  return self->is_here;
}

gboolean
culvert_connection_item_is_hidden_ftp (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), FALSE);

  return self->is_hidden_ftp;
}

gboolean
culvert_connection_item_is_child (CulvertConnectionItem *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTION_ITEM (self), FALSE);

  return self->parent_id != 0;
}
