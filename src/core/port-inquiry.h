/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Finds out who keeps a forward from listening, and where it could listen instead.  The system is asked
 * in a worker thread, since that may take a while; the answer comes to the thread-default context of
 * whoever asked, within 2.5 s whatever the system does. */

#include "core/endpoint.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CulvertPortInquiry CulvertPortInquiry;

/**
 * CulvertPortInquiryFunc:
 * @error: (transfer full) (nullable): the error that the inquiry began with, with the facts HOLDER, PROGRAM,
 *   PID, USER, FREE_PORT and FREE_ADDRESS as far as they were found, and a message that names the holder
 *
 * Called once, after which the inquiry is over and still to be freed.
 */
typedef void (*CulvertPortInquiryFunc) (GError *error, gpointer user_data);

/* Is there more to learn about @error, of one that cannot listen? */
gboolean culvert_port_inquiry_helps (const GError *error);

/**
 * culvert_port_inquiry_new:
 * @listen: where it cannot listen
 * @error: (transfer full) (nullable): why; NULL asks whether it could at all, and the answer is NULL when
 *   nothing is in the way
 */
CulvertPortInquiry *culvert_port_inquiry_new (const CulvertEndpoint *listen,
                                              GError                *error,
                                              CulvertPortInquiryFunc func,
                                              gpointer               user_data);

/* Before the answer: there will be none. */
void culvert_port_inquiry_free (CulvertPortInquiry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertPortInquiry, culvert_port_inquiry_free)

G_END_DECLS
