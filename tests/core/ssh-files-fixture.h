/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Files of ssh_config that exist in memory alone, with a made-up person who reads them. */

#include "core/ssh-config.h"

G_BEGIN_DECLS

/* "/home/me" is the home, "me" the login name, 1000 its number, "desk.example.org" this computer, /sys
 * the system's folder; the variable COLOUR is "blue". */
CulvertSshFiles *ssh_files_fixture_new (void);
void             ssh_files_fixture_free (CulvertSshFiles *self);

/* Puts a file there, or NULL for one that cannot be read. */
void ssh_files_fixture_add (CulvertSshFiles *self, const char *path, const char *text);

/* How many files were read so far. */
guint ssh_files_fixture_count_reads (CulvertSshFiles *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertSshFiles, ssh_files_fixture_free)

G_END_DECLS
