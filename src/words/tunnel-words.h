/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Sentences about tunnels and forwards in the person's language.  Pure; all results are (transfer
 * full) unless they are constant. */

#include "core/profile-check.h"
#include "engine/tunnel-state.h"

G_BEGIN_DECLS

/* "Connected", "Waiting" … one word or two. (transfer none) */
const char *culvert_words_for_state (CulvertTunnelState state);

/* "Local", "Remote" … and what it means: "Reach something behind the server". (transfer none) */
const char *culvert_words_for_kind (CulvertForwardKind kind);
const char *culvert_words_for_kind_purpose (CulvertForwardKind kind);

/* "Programs on this computer that connect to localhost:5433 reach db.internal:5432, as seen from
 * bastion."  Works for a draft with gaps: a missing part becomes "…". */
char *culvert_words_for_forward (const CulvertForwardSpec *spec, const CulvertProfile *profile);

/* Who else may connect to a forward that listens beyond loopback. (nullable): NULL for the others */
char *culvert_words_for_exposure (const CulvertForwardSpec *spec, const CulvertProfile *profile);

/* "localhost:5433 → db.internal:5432" */
char *culvert_words_for_forward_short (const CulvertForwardSpec *spec);

/* "alice@bastion.example.com", with the port unless it is 22 */
char *culvert_words_for_server (const CulvertProfile *profile);

/* For a notification: that its connection is lost, and why (@error: nullable); that it is back after
 * @away_us. */
char *culvert_words_for_loss (const GError *error, const CulvertProfile *profile);
char *culvert_words_for_return (const CulvertProfile *profile, gint64 away_us);

/* The problem and its fix in one sentence. */
char *culvert_words_for_problem (const CulvertProblem *problem);

/* "SSH agent", "Key file" … what a way to sign in is called. (transfer none) */
const char *culvert_words_for_method (CulvertAuthMethod method);

G_END_DECLS
