/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer none): the libraries that carry the sessions, with the versions that run: one line */
const char *culvert_describe_libraries (void);

G_END_DECLS
