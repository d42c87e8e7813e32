/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The check of a tunnel (engine/check.h): its stages, filling in live; the first that fails is opened with
 * what to do.  Questions of the check are asked over this page.  Closing it cancels the check.
 *
 * Actions: "check.again", "check.cancel", "check.copy-report". */

#include "core/secret-store.h"
#include "engine/check.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_CHECK_PAGE (culvert_check_page_get_type ())
G_DECLARE_FINAL_TYPE (CulvertCheckPage, culvert_check_page, CULVERT, CHECK_PAGE, AdwWindow)

/**
 * culvert_check_page_new:
 * @tunnels: (nullable): as for culvert_check_new()
 *
 * Made, but neither shown nor started.
 */
GtkWidget *culvert_check_page_new (GtkWindow          *parent,
                                   CulvertProfile     *profile,
                                   CulvertSecretStore *secrets,
                                   GListModel         *tunnels);

CulvertCheck *culvert_check_page_get_check (CulvertCheckPage *self);

G_END_DECLS
