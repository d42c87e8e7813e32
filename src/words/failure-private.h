/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The parts of the dictionary in failure.h: one function for each family of errors. */

#include "words/failure.h"

G_BEGIN_DECLS

/* What the sentences about one error are made from; all borrowed. */
typedef struct
{
  const GError         *error;
  const CulvertProfile *profile; /* nullable */
  const char           *server;  /* its name, with the port unless it is 22, or "the jump host NAME"
                                    where it happened to one; never NULL */
  const char           *file;    /* nullable: CULVERT_FACT_FILE */
  const char           *reason;  /* CULVERT_FACT_REASON, or else the message; never NULL */
} CulvertFailure;

/* (transfer full): two sentences; both strings are taken, @next may be NULL */
CulvertFailureWords *culvert_failure_words_take (char *what, char *next);

/* The same with a cause; all three are taken, @why and @next may be NULL. */
CulvertFailureWords *culvert_failure_words_take_all (char *what, char *why, char *next);

/* Adds what the sandbox may have to do with it, and how to open it. */
void culvert_failure_words_add_sandbox (CulvertFailureWords *words, const CulvertFailure *failure);

/* A test through the server (core/errors.h). (transfer full) (nullable) */
CulvertFailureWords *culvert_failure_words_for_self_test (const CulvertFailure *failure);

/* (transfer full): where a forward listens, in words' form: "localhost:80" */
char *culvert_failure_words_dup_place (const CulvertEndpoint *end);

/* (transfer full) (nullable): NULL when the code belongs to another family */
CulvertFailureWords *culvert_failure_words_for_way (const CulvertFailure *failure);
CulvertFailureWords *culvert_failure_words_for_reaching (const CulvertFailure *failure);
CulvertFailureWords *culvert_failure_words_for_algorithms (const CulvertFailure *failure);
CulvertFailureWords *culvert_failure_words_for_host_key (const CulvertFailure *failure);
CulvertFailureWords *culvert_failure_words_for_sign_in (const CulvertFailure *failure);
CulvertFailureWords *culvert_failure_words_for_key (const CulvertFailure *failure);
CulvertFailureWords *culvert_failure_words_for_certificate (const CulvertFailure *failure);

/* @spec: (nullable): the forward whose connection it was */
CulvertFailureWords *culvert_failure_words_for_open (const CulvertFailure     *failure,
                                                     const CulvertForwardSpec *spec);
CulvertFailureWords *culvert_failure_words_for_server_port (const CulvertFailure     *failure,
                                                            const CulvertForwardSpec *spec);
CulvertFailureWords *culvert_failure_words_for_target (const CulvertFailure     *failure,
                                                       const CulvertForwardSpec *spec);
CulvertFailureWords *culvert_failure_words_for_listen (const CulvertFailure     *failure,
                                                       const CulvertForwardSpec *spec);

/* PORT_IN_USE and PORT_PRIVILEGED. (transfer full) */
CulvertFailureWords *culvert_failure_words_for_port (const CulvertFailure     *failure,
                                                     const CulvertForwardSpec *spec);

/* @place: its path (transfer full) */
CulvertFailureWords *culvert_failure_words_for_socket_in_use (const CulvertFailure *failure,
                                                              const char           *place);

CulvertFailureWords *culvert_failure_words_for_profile (const CulvertFailure *failure);
CulvertFailureWords *culvert_failure_words_for_secret_store (const CulvertFailure *failure);

G_END_DECLS
