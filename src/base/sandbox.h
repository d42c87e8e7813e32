/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A file that exists inside a Flatpak sandbox alone.  There processes outside are not to be seen, and the
 * program's own files cannot be changed. */
#define CULVERT_SANDBOX_MARK "/.flatpak-info"
