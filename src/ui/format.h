/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the window says about a tunnel now: shapes, the sentence under its name, the headline of its
 * page.  Pure: time is an argument, and nothing here is a widget. */

#include "core/prompt.h"
#include "engine/forward-item.h"
#include "engine/tunnel.h"

G_BEGIN_DECLS

/* The shape of a state, as an icon name and as a style class. (transfer none) */
const char *culvert_format_state_icon (CulvertTunnelState state);
const char *culvert_format_state_class (CulvertTunnelState state);

/* The arrow of a kind. (transfer none) */
const char *culvert_format_kind_icon (CulvertForwardKind kind);

/* Two or three words for why: "no route", "sign-in refused"; "error" for what is not known.
 * (transfer none) */
const char *culvert_format_reason (const GError *error);

/* What an open question wants: "password", "check the host key". (transfer none) */
const char *culvert_format_prompt (CulvertPrompt *prompt);

/* Everything that the sentences below may speak of. */
typedef struct
{
  CulvertTunnelState    state;
  const CulvertProfile *profile;
  const GError         *error;       /* nullable */
  CulvertPrompt        *prompt;      /* nullable */
  gint64                retry_at_us; /* monotonic; 0: no try is planned */
  gint64                now_us;      /* monotonic */
  double                received_rate;
  double                sent_rate;
  guint                 n_failed; /* forwards that do not listen though they should */
} CulvertNow;

/* The second line of a tunnel in the list. (transfer full) */
char *culvert_format_now (const CulvertNow *now);

/* "Connected to bastion.example.com as alice" (transfer full) */
char *culvert_format_headline (const CulvertNow *now);

/* "↓ 1.2 MB/s  ↑ 40 kB/s" (transfer full) */
char *culvert_format_rates (double received_rate, double sent_rate);

/* "3 connections" (transfer full) */
char *culvert_format_connections (guint n_open);

/* "3 clients wait for the connection" (transfer full) */
char *culvert_format_held (guint n_held);

/* (transfer full): "3 connections of other users of this computer were refused.": a line for each kind of
 * client that was sent away; "" when there is none */
char *culvert_format_sent_away (guint64 n_foreign, guint64 n_unseen);

/* (transfer full): "8 s": whole seconds, rounded up, so that the last one shown is 1; both monotonic */
char *culvert_format_countdown (gint64 retry_at_us, gint64 now_us);

/* The words of the three lights of a forward. (transfer none) */
const char *culvert_format_session_light (CulvertTunnelState state);
const char *culvert_format_listener_light (CulvertForwardState state, gboolean is_enabled);
const char *culvert_format_target_light (CulvertTargetState state);

/* @text if it has at most @max_chars characters, else its beginning and end with "…" between.
 * (transfer full) */
char *culvert_format_ellipsized (const char *text, guint max_chars);

/* "localhost:5433 → db.internal:5432": long names lose their middle, numbers nothing.
 * (transfer full) */
char *culvert_format_forward (const CulvertForwardSpec *spec);

/* Would the form help against @error?  Then its box offers to open it. */
gboolean culvert_format_error_is_editable (const GError *error);

G_END_DECLS
