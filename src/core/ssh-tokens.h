/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The tokens (`%h`, `%r`, …) and variables (`${NAME}`) of ssh_config(5).  Pure. */

#include <glib.h>

G_BEGIN_DECLS

/* What each token stands for.  Borrowed; NULL for what is not known. */
typedef struct
{
  const char *alias;      /* %n: the server as the command names it */
  const char *host;       /* %h: the server */
  const char *port;       /* %p */
  const char *user;       /* %r: the user there */
  const char *local_user; /* %u */
  const char *local_uid;  /* %i */
  const char *local_host; /* %l, and %L up to the first dot */
  const char *home;       /* %d */
  const char *jump_host;  /* %j: "" without one */
  const char *key_alias;  /* %k: the alias of the host key; NULL: the server as it is named */
  char *(*get_variable) (const char *name, gpointer data); /* (transfer full) (nullable) */
  gpointer data;
} CulvertSshTokens;

/* Which tokens a value may have. */
#define CULVERT_SSH_TOKENS_ALL       "CLdhijklnpru"
#define CULVERT_SSH_TOKENS_USER      "Ldhijklnpu"
#define CULVERT_SSH_TOKENS_HOST_NAME "h"
#define CULVERT_SSH_TOKENS_PROXY     "hnpr"

/**
 * culvert_ssh_tokens_expand:
 * @allowed: (nullable): one of the lists above; `%%` is allowed always; NULL: percent signs are left
 *   alone
 * @with_variables: whether `${NAME}` is replaced
 *
 * Errors: `CULVERT_PROFILE_ERROR_COMMAND`: the token or variable that cannot be replaced, without a
 * place in front.
 *
 * Returns: (transfer full) (nullable)
 */
char *culvert_ssh_tokens_expand (const char             *text,
                                 const CulvertSshTokens *tokens,
                                 const char             *allowed,
                                 gboolean                with_variables,
                                 GError                **error);

G_END_DECLS
