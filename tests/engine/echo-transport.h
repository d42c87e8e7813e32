/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A transport that sends back what its streams get, on the context of its thread. */

#include "core/transport.h"

G_BEGIN_DECLS

typedef struct _EchoTransport EchoTransport;

/* Belongs to the thread-default context. */
EchoTransport    *echo_transport_new (void);
void              echo_transport_free (EchoTransport *self);
CulvertTransport *echo_transport_get (EchoTransport *self);

/* As when a session ends: every stream is closed. @error: nullable */
void echo_transport_close (EchoTransport *self, const GError *error);

G_END_DECLS
