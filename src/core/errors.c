/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"

G_DEFINE_QUARK (culvert_ssh_error, culvert_ssh_error)
G_DEFINE_QUARK (culvert_forward_error, culvert_forward_error)
G_DEFINE_QUARK (culvert_profile_error, culvert_profile_error)
