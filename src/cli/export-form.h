/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The forms in which a tunnel is exported. */

#include "core/profile.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_EXPORT_CULVERT, /* the tunnel's file */
  CULVERT_EXPORT_SSH,     /* a command line */
  CULVERT_EXPORT_SSH_CONFIG,
  CULVERT_EXPORT_SYSTEMD,
  CULVERT_EXPORT_SERVER_KIT,
} CulvertExportForm;

/* One export, of one or several tunnels. */
typedef struct
{
  CulvertExportForm form;
  GHashTable       *aliases; /* nullable: of ssh_config, taken by a tunnel before */
} CulvertExport;

void culvert_export_clear (CulvertExport *self);

/* "culvert", "ssh", "ssh-config", "systemd", "server-kit" */
gboolean culvert_export_form_from_nick (const char *nick, CulvertExportForm *form);

/* Do several tunnels make one text? */
gboolean culvert_export_can_join (const CulvertExport *self);

/* (transfer full): lines, without secrets */
char *culvert_export_write (CulvertExport *self, const CulvertProfile *profile);

/* (transfer full): for a file of its own */
char *culvert_export_file_name (const CulvertExport *self, const CulvertProfile *profile);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CulvertExport, culvert_export_clear)

G_END_DECLS
