/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The desktop's Background portal, on a connection of its own to the bus in DBUS_SESSION_BUS_ADDRESS.  For GTest
 * programs. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint32  response;   /* 0: granted, 1: refused */
  gboolean may_run;    /* is told when it is granted */
  gboolean autostarts; /* likewise, what was asked for by default */
  gboolean is_mute;    /* never answers */

  guint    n_asked;
  gboolean asked_autostart; /* what was asked for last */
  char    *command;         /* likewise, by spaces; nullable */
} CulvertFakePortal;

/* Grants what it is asked for.  @has_interface: FALSE: there is a portal, but not this one */
CulvertFakePortal *culvert_fake_portal_new (gboolean has_interface);
void               culvert_fake_portal_free (CulvertFakePortal *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertFakePortal, culvert_fake_portal_free)

G_END_DECLS
