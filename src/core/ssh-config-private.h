/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What reading ssh_config files shares between its files: ssh-config.c reads files and lines,
 * ssh-config-match.c decides about Match, ssh-config-include.c finds the files of Include. */

#include "core/ssh-config-lexer.h"
#include "core/ssh-config.h"

G_BEGIN_DECLS

typedef struct
{
  const CulvertSshFiles *files;
  const CulvertSshQuery *query;
  CulvertSshConfig      *config;
  GHashTable            *is_set;      /* names of keys; a set */
  char                  *host;        /* what Host compares */
  gboolean               is_final;    /* the second reading, with the server's real name */
  gboolean               wants_final; /* something asked for it */
  GPtrArray             *aliases;     /* of CulvertSshAlias; NULL when nobody wants them */
  guint                  n_files;
  gsize                  n_bytes;
} CulvertSshResolver;

/* Where in the files. */
typedef struct
{
  const char *path;  /* as it is opened */
  const char *shown; /* as it is said */
  guint       line;
  guint       depth;
  gboolean    is_user;   /* one of the person's files, not of the system's */
  gboolean    is_active; /* the block applies */
  gboolean    is_dead;   /* included where nothing applies */
} CulvertSshScope;

/* FALSE with `FILE:LINE: …` */
gboolean
culvert_ssh_scope_fail (const CulvertSshScope *scope, GError **error, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

/* (transfer full): "FILE:LINE" */
char *culvert_ssh_scope_place (const CulvertSshScope *scope);

void culvert_ssh_resolver_add_notice (CulvertSshResolver    *self,
                                      const CulvertSshScope *scope,
                                      const char            *what,
                                      const char            *reason);

/* (nullable) (transfer none): the first value, of the command line or the files, so far */
const char *culvert_ssh_resolver_get (CulvertSshResolver *self, const char *key);

/* (transfer full) (nullable): the server as it is known so far */
char *culvert_ssh_resolver_dup_host (CulvertSshResolver *self, GError **error);

/* (transfer full) (nullable): tokens of an Include path, or of a Match */
char *culvert_ssh_resolver_expand (CulvertSshResolver *self, const char *text, GError **error);

/* Does the Match line apply?  FALSE when it makes no sense. */
gboolean culvert_ssh_resolver_match (CulvertSshResolver    *self,
                                     const CulvertSshScope *scope,
                                     const CulvertSshLine  *line,
                                     gboolean              *is_match,
                                     GError               **error);

/* (transfer full) (element-type utf8): the paths that a whole path with patterns stands for, in the
 * order in which they are read; a path without patterns is itself, whether it exists or not */
GPtrArray *culvert_ssh_files_find (const CulvertSshFiles *files, const char *pattern);

G_END_DECLS
