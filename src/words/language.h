/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lets the program speak the person's language.  First thing in main(), before any other thread.
 *
 * The environment variable CULVERT_LOCALE_DIR says where else than where they are installed the languages lie: for
 * a translation that is being written, or a program that is not installed (po/ of a build folder). */
void culvert_language_init (void);

G_END_DECLS
