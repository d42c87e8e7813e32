/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Why a certificate does not prove a server, in the person's language.  Pure. */

#include "core/prompt.h"

G_BEGIN_DECLS

/* (transfer none): a sentence or two; @problem is not CULVERT_HOST_CERTIFICATE_FINE */
const char *culvert_words_for_host_certificate (CulvertHostCertificate problem);

G_END_DECLS
