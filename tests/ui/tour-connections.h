/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/stage.h"

/* Connections for a staged tunnel, for pictures of their table. */

/* Of every sort; @tunnel has four forwards. */
void tour_set_connections (CulvertTunnel *tunnel);
/* FTP's, with data connections below their control connection. */
void tour_set_ftp_connections (CulvertTunnel *tunnel);
/* Five thousand; @tunnel has four forwards. */
void tour_set_many_connections (CulvertTunnel *tunnel);
