/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The program while its window is closed: where it can still be reached, whether it may run then, and whether
 * it starts with the session.  Has the icon in the tray.
 *
 * Properties, notified: "has-tray" (somebody shows the icon), "may-run" (without a window; FALSE only in a
 * sandbox whose desktop has not granted it yet), "starts-at-log-in". */

#include "engine/tunnel-manager.h"

G_BEGIN_DECLS

/* What closing the window does. */
typedef enum
{
  CULVERT_CLOSING_HIDES,   /* the tunnels go on, and the program can be reached */
  CULVERT_CLOSING_ASKS,    /* the desktop is asked first: culvert_background_ask_async() */
  CULVERT_CLOSING_WAITS,   /* likewise, and it has been: nothing until it answers */
  CULVERT_CLOSING_QUITS,   /* as the person wants */
  CULVERT_CLOSING_NO_TRAY, /* it quits, because nobody would see it any more */
  CULVERT_CLOSING_DENIED,  /* it quits, because the desktop does not let it run without a window */
} CulvertClosing;

typedef struct
{
  /* @tunnel_id: (nullable): whose open question is meant; @token: (nullable): lets the window come to the
   * front */
  void (*open) (const char *tunnel_id, const char *token, gpointer user_data);
  void (*quit) (gpointer user_data);
} CulvertBackgroundFuncs;

#define CULVERT_TYPE_BACKGROUND (culvert_background_get_type ())
G_DECLARE_FINAL_TYPE (CulvertBackground, culvert_background, CULVERT, BACKGROUND, GObject)

/**
 * culvert_background_new:
 * @application: says what has to be said by notification, whose action is "app.open"; there is no icon
 *   unless it is registered by now
 * @funcs: has to outlive it
 */
CulvertBackground *culvert_background_new (GApplication                 *application,
                                           CulvertTunnelManager         *manager,
                                           const CulvertBackgroundFuncs *funcs,
                                           gpointer                      user_data);

CulvertClosing culvert_background_get_closing (CulvertBackground *self);

/* Asks the desktop, once; culvert_background_get_closing() has the answer when @callback is called. */
void culvert_background_ask_async (CulvertBackground  *self,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);

/* There is no window now, and the program goes on; or there is one again.  Who closed the window is told so the
 * first time, and whenever nobody shows the icon for some seconds. */
void
culvert_background_set_hidden (CulvertBackground *self, gboolean is_hidden, gboolean by_person);

gboolean culvert_background_has_tray (CulvertBackground *self);
gboolean culvert_background_is_sandboxed (CulvertBackground *self);

/* The person's wish, as the settings have it; TRUE where there are none. */
gboolean culvert_background_is_wanted (CulvertBackground *self);
/* (transfer none) (nullable) */
GSettings *culvert_background_get_settings (CulvertBackground *self);

/* Starting with the session; see desktop/autostart.h. */
gboolean culvert_background_starts_at_log_in (CulvertBackground *self);
void     culvert_background_probe_async (CulvertBackground  *self,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
gboolean
culvert_background_probe_finish (CulvertBackground *self, GAsyncResult *result, GError **error);
void     culvert_background_set_starts_async (CulvertBackground  *self,
                                              gboolean            starts,
                                              GAsyncReadyCallback callback,
                                              gpointer            user_data);
gboolean culvert_background_set_starts_finish (CulvertBackground *self,
                                               GAsyncResult      *result,
                                               GError           **error);

/* For tests: as if the program ran in a sandbox, or not; before it is asked anything. */
void culvert_background_set_sandboxed (CulvertBackground *self, gboolean is_sandboxed);

G_END_DECLS
