/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a form needs around it: a store in a folder that goes away, a manager, a window to stand
 * over.  For GTest programs with a display. */

#include "engine/tunnel-manager.h"
#include "support/culvert-test.h"
#include "ui/profile-editor.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct
{
  CulvertTempDir       *dir;
  CulvertProfileStore  *store;
  CulvertTunnelManager *manager;
  GtkWidget            *window; /* shown */
} FormStage;

void form_stage_set_up (FormStage *stage, gconstpointer data);
void form_stage_tear_down (FormStage *stage, gconstpointer data);

/* Called once by each program, in place of gtk_test_init(). */
void form_stage_init (int *argc, char ***argv);

/* The form of @profile, shown over the stage's window. */
CulvertProfileEditor *form_stage_edit (FormStage *stage, CulvertProfile *profile);

/* (transfer full): what an ssh command line says */
CulvertProfile *form_stage_parse (const char *command);

/* The first shown descendant of @root of the type @type whose title, label or tooltip is @name; NULL:
 * any.  Fails the test when there is none; find: returns NULL instead. */
gpointer form_stage_get (gpointer root, GType type, const char *name);
gpointer form_stage_find (gpointer root, GType type, const char *name);

/* The dialog over @window. (nullable) */
GtkWidget *form_stage_find_dialog (GtkWidget *window);

/* Types @text over what an entry holds, in one go, as pasting does. */
void form_stage_fill (gpointer root, const char *name, const char *text);

/* Is there a label that is shown and holds @part? */
gboolean form_stage_shows (gpointer root, const char *part);

/* Presses a button with that name. */
void form_stage_press (gpointer root, const char *name);

/* Lets what is due be done: layout, drawing. */
void form_stage_settle (gpointer widget);

G_END_DECLS
