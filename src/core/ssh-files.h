/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The ssh_config files of this computer and this person: what CulvertSshFiles usually is. */

#include "core/ssh-config.h"

G_BEGIN_DECLS

/* (transfer full): for one thread at a time */
CulvertSshFiles *culvert_ssh_files_new (void);
void             culvert_ssh_files_free (CulvertSshFiles *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertSshFiles, culvert_ssh_files_free)

G_END_DECLS
