/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An offered stream (core/transport.h) that is accepted before it is known what becomes of it: what
 * comes early is looked at, and answered where need be; then it is offered anew to whoever shall
 * have it, as if it had just come.  That one gets what came and was not taken.
 *
 * Lives in the stream's thread. */

#include "core/transport.h"

G_BEGIN_DECLS

typedef struct _CulvertEarlyStream CulvertEarlyStream;

/* What happens before it is offered anew; never called from inside a call on it. */
typedef struct
{
  /* More has come, or the far end will send no more. */
  void (*changed) (CulvertEarlyStream *self, gpointer user_data);
  /* Closed by the far end, or the session ended.  It is freed when this returns. */
  void (*gone) (CulvertEarlyStream *self, gpointer user_data);
} CulvertEarlyEvents;

/* @stream: (transfer full): offered; is accepted here.  Somebody else may own the memory that @events
 * and @user_data point to until it is offered anew, closed or gone. */
CulvertEarlyStream *culvert_early_stream_new (CulvertStream            *stream,
                                              const CulvertEarlyEvents *events,
                                              gpointer                  user_data);

/* (transfer none): what came and was not taken; as long as nobody takes it the far end may send only
 * so much more: CULVERT_EARLY_MAX. */
const guint8 *culvert_early_stream_get_held (CulvertEarlyStream *self, gsize *n_bytes);
/* The first @n_bytes of that are dealt with. */
void culvert_early_stream_take (CulvertEarlyStream *self, gsize n_bytes);
/* Has the far end said that it will send no more? */
gboolean culvert_early_stream_is_finished (CulvertEarlyStream *self);

/* Sends @bytes, at once or as soon as the stream takes them: before anything that the next receiver
 * sends. @bytes: nullable */
void culvert_early_stream_say (CulvertEarlyStream *self, GBytes *bytes);
/* The far end reads EOF after what was said. */
void culvert_early_stream_finish (CulvertEarlyStream *self);

/**
 * culvert_early_stream_put:
 * @bytes: (nullable): what the next receiver gets before anything else, in the place of what was taken
 * @n_more: how many bytes may follow it, G_MAXUINT64 for no limit; what comes beyond is thrown away
 */
void culvert_early_stream_put (CulvertEarlyStream *self, GBytes *bytes, guint64 n_more);

/* (transfer full): the same stream as one that is offered.  No event follows; @self is dead. */
CulvertStream *culvert_early_stream_offer (CulvertEarlyStream *self);
/* Closes it.  No event follows; @self is dead. */
void culvert_early_stream_close (CulvertEarlyStream *self);

/* Whoever sends more than this before it is known what becomes of it is closed, which is gone(). */
#define CULVERT_EARLY_MAX (64 * 1024)

G_END_DECLS
