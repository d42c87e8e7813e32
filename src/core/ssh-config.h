/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What ssh_config(5) files say about one server, found as ssh(1) finds it: the first value wins, Host
 * and Match blocks, Include, IgnoreUnknown.  A wrong line is an error wherever it stands, as for ssh.
 * Nothing is ever run: `Match exec` never matches, and a notice says so.
 *
 * Files are read through CulvertSshFiles alone, so a call may take as long as they take: never in the
 * thread of a window. */

#include "core/ssh-tokens.h"

G_BEGIN_DECLS

/* Where files come from, and who asks.  Everything is borrowed and may be used by one call at a
 * time. */
typedef struct
{
  const char *home;          /* "~" */
  const char *system_folder; /* the folder of ssh_config and of what it includes */
  const char *local_user;    /* the login name */
  const char *local_uid;     /* as text */
  const char *local_host;    /* the name of this computer */

  /* (transfer full) (nullable): the text of a file; @must_be_safe: refuse one that others could have
   * written.  Errors: `G_FILE_ERROR`; NOENT and ISDIR mean that there is nothing to read. */
  char *(*read) (const char *path, gboolean must_be_safe, gpointer data, GError **error);
  /* (transfer full): the names in a folder in any order; empty when it cannot be read */
  GStrv (*list) (const char *folder, gpointer data);
  /* (transfer full) (nullable): of the environment */
  char *(*get_variable) (const char *name, gpointer data);
  gpointer data;
} CulvertSshFiles;

/* What is asked for; what the command line has set already is NULL, 0 or FALSE when it has not. */
typedef struct
{
  const char *alias; /* the server as the command names it */
  const char *file;  /* -F: a path, or "none"; NULL: the usual files */
  const char *user;
  guint16     port;
  const char *host_name;
  const char *tag;
  const char *key_alias;
  const char *ignore_unknown;
  gboolean    has_way;    /* ProxyJump or ProxyCommand, "none" too */
  gboolean    no_session; /* -N */
} CulvertSshQuery;

/* A line that applies. */
typedef struct
{
  const char *key;    /* in lower case, the name that is used today */
  GStrv       values; /* checked; tokens and variables are still in them */
  char       *place;  /* "FILE:LINE" */
} CulvertSshSetting;

/* Something that is not as the files say. */
typedef struct
{
  char    *place;    /* "FILE:LINE" */
  char    *what;     /* the line, shortened: "Ciphers aes128-ctr" */
  char    *reason;   /* why, and what to do; English, one line, printable */
  gboolean is_minor; /* makes no difference to what a tunnel reaches, or whom it trusts */
} CulvertSshNotice;

CulvertSshNotice *
culvert_ssh_notice_new (const char *place, const char *what, const char *reason, gboolean is_minor);
void culvert_ssh_notice_free (CulvertSshNotice *self);

typedef struct
{
  GPtrArray
    *settings; /* of CulvertSshSetting: once for each key, or each line of one that adds up */
  GPtrArray *notices; /* of CulvertSshNotice */
  char      *host;    /* what HostName, or else the alias, comes to; in lower case */
} CulvertSshConfig;

/**
 * culvert_ssh_config_resolve:
 *
 * Errors: `CULVERT_PROFILE_ERROR_COMMAND`, `FILE:LINE: what is wrong`.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertSshConfig *culvert_ssh_config_resolve (const CulvertSshFiles *files,
                                              const CulvertSshQuery *query,
                                              GError               **error);
void              culvert_ssh_config_free (CulvertSshConfig *self);

/* (nullable): of those that do not add up */
const CulvertSshSetting *culvert_ssh_config_get (const CulvertSshConfig *self, const char *key);

/* A name behind Host that is no pattern. */
typedef struct
{
  char *name;
  char *place; /* "FILE:LINE" */
} CulvertSshAlias;

/**
 * culvert_ssh_config_list_aliases:
 * @file: as in CulvertSshQuery
 *
 * Errors: as culvert_ssh_config_resolve().
 *
 * Returns: (transfer full) (nullable) (element-type CulvertSshAlias): each once, in their order
 */
GPtrArray *
culvert_ssh_config_list_aliases (const CulvertSshFiles *files, const char *file, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertSshConfig, culvert_ssh_config_free)

G_END_DECLS
