/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/notice-limit.h"

#include "base/source.h"

#define PAUSE_MS 500

struct _CulvertNoticeLimit
{
  guint                  max_single;
  CulvertNoticeLimitFunc func;
  gpointer               user_data;
  GHashTable            *single;  /* a set */
  GHashTable            *counted; /* a set */
  guint                  n_told;
  GSource               *timer; /* nullable */
};

CulvertNoticeLimit *
culvert_notice_limit_new (guint max_single, CulvertNoticeLimitFunc func, gpointer user_data)
{
  CulvertNoticeLimit *self = g_new0 (CulvertNoticeLimit, 1);

  self->max_single = max_single;
  self->func = func;
  self->user_data = user_data;
  self->single = g_hash_table_new (NULL, NULL);
  self->counted = g_hash_table_new (NULL, NULL);
  return self;
}

static void
tell (CulvertNoticeLimit *self, guint n_more)
{
  if (self->n_told == n_more)
    return;
  self->n_told = n_more;
  self->func (n_more, self->user_data);
}

void
culvert_notice_limit_free (CulvertNoticeLimit *self)
{
  if (self == NULL)
    return;

  culvert_source_clear (&self->timer);
  tell (self, 0);
  g_hash_table_unref (self->single);
  g_hash_table_unref (self->counted);
  g_free (self);
}

static gboolean
timer_cb (gpointer user_data)
{
  CulvertNoticeLimit *self = user_data;

  culvert_source_clear (&self->timer);
  tell (self, g_hash_table_size (self->counted));
  return G_SOURCE_REMOVE;
}

static void
changed (CulvertNoticeLimit *self)
{
  if (self->timer != NULL)
    return;
  self->timer = g_timeout_source_new (PAUSE_MS);
  g_source_set_static_name (self->timer, "culvert notices");
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

gboolean
culvert_notice_limit_enter (CulvertNoticeLimit *self, gpointer subject)
{
  if (g_hash_table_contains (self->single, subject))
    return TRUE;
  if (g_hash_table_contains (self->counted, subject))
    return FALSE;
  if (g_hash_table_size (self->single) < self->max_single)
    {
      g_hash_table_add (self->single, subject);
      return TRUE;
    }
  g_hash_table_add (self->counted, subject);
  changed (self);
  return FALSE;
}

gboolean
culvert_notice_limit_leave (CulvertNoticeLimit *self, gpointer subject)
{
  g_hash_table_remove (self->single, subject);
  if (!g_hash_table_remove (self->counted, subject))
    return FALSE;
  changed (self);
  return TRUE;
}
