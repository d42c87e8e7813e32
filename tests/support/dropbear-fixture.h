/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A real Dropbear server for one test: own process, own keys, on a loopback port below the range of
 * client ports.  People sign in as whoever runs the test, by CULVERT_DROPBEAR_PASSWORD or by a key; the
 * account behind that is a stand-in (fake-account.c).  Ends when it is freed or the test dies. */

#include <glib.h>

G_BEGIN_DECLS

#define CULVERT_DROPBEAR_PASSWORD "correct horse battery"

typedef struct _CulvertDropbear CulvertDropbear;

CulvertDropbear *culvert_dropbear_new (void);
void             culvert_dropbear_free (CulvertDropbear *self);
guint16          culvert_dropbear_get_port (CulvertDropbear *self);

/* @public_key_file: a .pub file whose key may sign in from now on */
void culvert_dropbear_authorize (CulvertDropbear *self, const char *public_key_file);

/* For known_hosts, as culvert_sshd_write_known_hosts(); its one host key is ed25519. */
void culvert_dropbear_write_known_hosts (CulvertDropbear *self, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertDropbear, culvert_dropbear_free)

G_END_DECLS
