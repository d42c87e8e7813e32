/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/io-watch.h"

#include "base/io-watch-private.h"

typedef struct
{
  CulvertIoWatch    *watch; /* NULL once it is gone */
  CulvertIoCondition ready;
} Ready;

typedef struct
{
  guint           id;
  CulvertTurnFunc func; /* NULL once it is removed */
  gpointer        user_data;
} Turn;

typedef enum
{
  PHASE_IDLE,      /* the context polls, or serves other sources */
  PHASE_READINESS, /* the functions of ready watches run */
  PHASE_TURNS,     /* the turn functions run */
} Phase;

struct _CulvertIoSource
{
  GSource parent;

  const CulvertIoBackend *backend;
  gpointer                backend_data;
  Phase                   phase;
  gboolean                is_woken; /* a turn is due without anything being ready */
  guint64                 n_turns;
  gsize                   n_watches;
  GPtrArray *unpollable; /* of CulvertIoWatch: refused by the system, reported as HUP */
  GPtrArray *stale;      /* of CulvertIoWatch: wants something else since this turn began */
  GArray    *ready;      /* of Ready: this turn's */
  GArray    *turns;      /* of Turn */
  guint      last_turn_id;
  guint8    *scratch; /* NULL until somebody asks */
};

static gboolean
source_prepare (GSource *source, int *timeout_ms)
{
  CulvertIoSource *self = (CulvertIoSource *)source;

  *timeout_ms = self->is_woken ? 0 : -1;

  return self->is_woken;
}

static gboolean
source_check (GSource *source)
{
  CulvertIoSource *self = (CulvertIoSource *)source;

  return self->is_woken || self->backend->check (self->backend_data);
}

static void
serve_ready (CulvertIoSource *self)
{
  for (guint i = 0; i < self->unpollable->len; i++)
    culvert_io_source_add_ready (self, g_ptr_array_index (self->unpollable, i), CULVERT_IO_HUP);
  self->backend->collect (self->backend_data, self);

  /* The functions may remove watches, which empties their place here, and change what they want. */
  for (guint i = 0; i < self->ready->len; i++)
    {
      Ready              entry = g_array_index (self->ready, Ready, i);
      CulvertIoCondition ready;

      if (entry.watch == NULL)
        continue;

      entry.watch->ready_position = 0;
      if (entry.watch->want == 0)
        continue;

      ready = entry.ready & (entry.watch->want | CULVERT_IO_HUP);
      if (ready != 0)
        entry.watch->func (ready, entry.watch->user_data);
    }

  g_array_set_size (self->ready, 0);
}

static void
serve_turns (CulvertIoSource *self)
{
  guint n_turns = self->turns->len;

  for (guint i = 0; i < n_turns; i++)
    {
      Turn turn = g_array_index (self->turns, Turn, i);

      if (turn.func != NULL && turn.func (turn.user_data))
        self->is_woken = TRUE;
    }

  for (guint i = self->turns->len; i > 0; i--)
    {
      if (g_array_index (self->turns, Turn, i - 1).func == NULL)
        g_array_remove_index (self->turns, i - 1);
    }
}

static void
tell_backend (CulvertIoWatch *watch)
{
  CulvertIoSource *self = watch->source;

  if (watch->waited_for == watch->want)
    return;

  if (watch->is_unpollable)
    {
      g_ptr_array_remove_fast (self->unpollable, watch);
      watch->is_unpollable = FALSE;
    }

  /* A watch that silently never fires would hang whoever waits for it. */
  if (!self->backend->set_want (self->backend_data, watch, watch->want))
    {
      g_ptr_array_add (self->unpollable, watch);
      watch->is_unpollable = TRUE;
      self->is_woken = TRUE;
    }
  watch->waited_for = watch->want;
}

/* What was wanted and given up again within one turn costs no system call. */
static void
tell_backend_all (CulvertIoSource *self)
{
  for (guint i = 0; i < self->stale->len; i++)
    {
      CulvertIoWatch *watch = g_ptr_array_index (self->stale, i);

      watch->is_stale = FALSE;
      tell_backend (watch);
    }

  g_ptr_array_set_size (self->stale, 0);
}

static gboolean
source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  CulvertIoSource *self = (CulvertIoSource *)source;

  /* A callback that iterates its own context would come back here. */
  g_return_val_if_fail (self->phase == PHASE_IDLE, G_SOURCE_CONTINUE);

  self->n_turns++;
  self->phase = PHASE_READINESS;
  serve_ready (self);

  /* Whoever asked for a turn until now gets it from this one. */
  self->is_woken = FALSE;
  self->phase = PHASE_TURNS;
  serve_turns (self);
  self->phase = PHASE_IDLE;
  tell_backend_all (self);

  /* Unpollable watches are ready for ever, as sockets with an error are. */
  if (self->unpollable->len > 0)
    self->is_woken = TRUE;

  return G_SOURCE_CONTINUE;
}

static void
source_finalize (GSource *source)
{
  CulvertIoSource *self = (CulvertIoSource *)source;

  self->backend->close (self->backend_data);
  g_ptr_array_unref (self->unpollable);
  g_ptr_array_unref (self->stale);
  g_array_unref (self->ready);
  g_array_unref (self->turns);
  g_free (self->scratch);
}

static GSourceFuncs source_funcs = {
  .prepare = source_prepare,
  .check = source_check,
  .dispatch = source_dispatch,
  .finalize = source_finalize,
};

static void
open_backend (CulvertIoSource *self)
{
#ifdef CULVERT_HAVE_EPOLL
  if (g_getenv ("CULVERT_IO_SOURCE_POLL") == NULL)
    {
      self->backend = &culvert_io_backend_epoll;
      self->backend_data = self->backend->open (self);
      if (self->backend_data != NULL)
        return;
    }
#endif

  self->backend = &culvert_io_backend_poll;
  self->backend_data = self->backend->open (self);
}

CulvertIoSource *
culvert_io_source_new (void)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  CulvertIoSource         *self;

  self = (CulvertIoSource *)g_source_new (&source_funcs, sizeof (CulvertIoSource));
  g_source_set_static_name (&self->parent, "culvert-io");
  self->unpollable = g_ptr_array_new ();
  self->stale = g_ptr_array_new ();
  self->ready = g_array_new (FALSE, FALSE, sizeof (Ready));
  self->turns = g_array_new (FALSE, FALSE, sizeof (Turn));

  /* Not because it may: a source that may not recurse has its descriptors taken out of the context
     and put back around every dispatch, and each of both wakes the context up once more. */
  g_source_set_can_recurse (&self->parent, TRUE);

  open_backend (self);
  g_source_attach (&self->parent, context);

  return self;
}

void
culvert_io_source_free (CulvertIoSource *self)
{
  if (self == NULL)
    return;

  g_warn_if_fail (self->n_watches == 0);

  g_source_destroy (&self->parent);
  g_source_unref (&self->parent);
}

void
culvert_io_source_add_ready (CulvertIoSource *self, CulvertIoWatch *watch, CulvertIoCondition ready)
{
  Ready entry = { watch, ready };

  g_array_append_val (self->ready, entry);
  watch->ready_position = self->ready->len;
}

CulvertIoWatch *
culvert_io_source_add (CulvertIoSource   *self,
                       CulvertSocket      socket,
                       CulvertIoCondition want,
                       CulvertIoFunc      func,
                       gpointer           user_data)
{
  CulvertIoWatch *watch;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (socket != CULVERT_SOCKET_NONE, NULL);
  g_return_val_if_fail (func != NULL, NULL);

  watch = g_new0 (CulvertIoWatch, 1);
  watch->source = self;
  watch->socket = socket;
  watch->func = func;
  watch->user_data = user_data;
  self->n_watches++;
  culvert_io_watch_want (watch, want);

  return watch;
}

void
culvert_io_watch_want (CulvertIoWatch *watch, CulvertIoCondition want)
{
  g_return_if_fail (watch != NULL);

  watch->want = want;
  if (watch->is_stale || watch->waited_for == want)
    return;

  if (watch->source->phase == PHASE_IDLE)
    {
      tell_backend (watch);
      return;
    }

  watch->is_stale = TRUE;
  g_ptr_array_add (watch->source->stale, watch);
}

void
culvert_io_watch_clear (CulvertIoWatch **watch)
{
  CulvertIoWatch *old;

  g_return_if_fail (watch != NULL);

  old = g_steal_pointer (watch);
  if (old == NULL)
    return;

  if (old->is_stale)
    g_ptr_array_remove_fast (old->source->stale, old);
  old->want = 0;
  tell_backend (old);
  if (old->ready_position > 0)
    g_array_index (old->source->ready, Ready, old->ready_position - 1).watch = NULL;
  old->source->n_watches--;
  g_free (old);
}

guint
culvert_io_source_add_turn (CulvertIoSource *self, CulvertTurnFunc func, gpointer user_data)
{
  Turn turn = { 0, func, user_data };

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (func != NULL, 0);

  turn.id = ++self->last_turn_id;
  g_array_append_val (self->turns, turn);

  return turn.id;
}

void
culvert_io_source_remove_turn (CulvertIoSource *self, guint id)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->turns->len; i++)
    {
      if (g_array_index (self->turns, Turn, i).id != id)
        continue;

      /* While they run their places stay, so that none is left out or called twice. */
      if (self->phase == PHASE_TURNS)
        g_array_index (self->turns, Turn, i).func = NULL;
      else
        g_array_remove_index (self->turns, i);
      return;
    }
}

void
culvert_io_source_wake (CulvertIoSource *self)
{
  g_return_if_fail (self != NULL);

  self->is_woken = TRUE;
}

guint64
culvert_io_source_get_n_turns (CulvertIoSource *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_turns;
}

guint8 *
culvert_io_source_get_scratch (CulvertIoSource *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->scratch == NULL)
    self->scratch = g_malloc (CULVERT_IO_SCRATCH_SIZE);

  return self->scratch;
}
