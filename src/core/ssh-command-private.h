/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What reading an ssh command line shares between its files: ssh-command.c reads the words,
 * ssh-option.c the keys of -o, ssh-draft.c makes the profile of what they said. */

#include "core/legacy-algorithms.h"
#include "core/profile.h"
#include "core/ssh-config.h"

G_BEGIN_DECLS

/* What a key or a letter sets.  As in ssh the first to set one wins. */
typedef enum
{
  CULVERT_SSH_SETS_PORT = 1 << 0,
  CULVERT_SSH_SETS_USER = 1 << 1,
  CULVERT_SSH_SETS_HOST_NAME = 1 << 2,
  CULVERT_SSH_SETS_FAMILY = 1 << 3,
  CULVERT_SSH_SETS_TIMEOUT = 1 << 4,
  CULVERT_SSH_SETS_KEEPALIVE = 1 << 5,
  CULVERT_SSH_SETS_AGENT = 1 << 6,
  CULVERT_SSH_SETS_ONLY_LISTED = 1 << 7,
  CULVERT_SSH_SETS_PREFERRED = 1 << 8,
  CULVERT_SSH_SETS_PUBLIC_KEY = 1 << 9,
  CULVERT_SSH_SETS_PASSWORD = 1 << 10,
  CULVERT_SSH_SETS_INTERACTIVE = 1 << 11,
  CULVERT_SSH_SETS_BATCH = 1 << 12,
  CULVERT_SSH_SETS_GATEWAY = 1 << 13,
  CULVERT_SSH_SETS_KNOWN_HOSTS = 1 << 14,
  CULVERT_SSH_SETS_GLOBAL_KNOWN_HOSTS = 1 << 15,
  CULVERT_SSH_SETS_WAY = 1 << 16, /* ProxyJump or ProxyCommand, whichever comes first */
  CULVERT_SSH_SETS_HOST_KEY_ALIAS = 1 << 24,
  CULVERT_SSH_SETS_HOST_KEY_POLICY = 1 << 25,
} CulvertSshSets;

typedef struct
{
  CulvertProfile *profile;
  guint           is_set;    /* of CulvertSshSets */
  char           *alias;     /* the server as the command names it; NULL until it did */
  char           *host_name; /* HostName; nullable */
  GPtrArray      *key_files;
  GPtrArray      *certificate_files;
  GPtrArray      *known_hosts_files;
  GPtrArray      *global_known_hosts_files;
  GArray         *preferred;    /* of CulvertAuthMethod */
  gboolean        no_key_files; /* IdentityFile=none */
  gboolean        no_agent;
  gboolean        no_public_key;
  gboolean        no_password;
  gboolean        no_interactive;
  gboolean        is_gateway; /* -g, GatewayPorts */
  gboolean        clears_forwards;

  /* Files of ssh_config. */
  const CulvertSshFiles *files;          /* borrowed; NULL: none are read, tokens are refused */
  char                  *config_file;    /* -F; nullable */
  char                  *jump_hosts;     /* of -J or ProxyJump, as they are written; nullable */
  char                  *tag;            /* nullable */
  char                  *ignore_unknown; /* nullable */
  CulvertSshConfig      *config;         /* NULL until it is read */
  CulvertSshTokens tokens; /* what they replace, from then on; borrowed, but for the two below */
  char            *token_user;
  char            *token_port;
  GPtrArray       *notices; /* of CulvertSshNotice */
} CulvertSshDraft;

/* @files: (nullable): must outlive the draft */
CulvertSshDraft *culvert_ssh_draft_new (const CulvertSshFiles *files);
void             culvert_ssh_draft_free (CulvertSshDraft *self);

/* FALSE with CULVERT_PROFILE_ERROR_COMMAND: `WORD: what is wrong with it: what to do` */
gboolean culvert_ssh_refuse (GError **error, const char *word, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

/* Marks @what as set; FALSE when it was before. */
gboolean culvert_ssh_draft_set (CulvertSshDraft *self, CulvertSshSets what);

gboolean culvert_ssh_draft_set_port (CulvertSshDraft *self,
                                     const char      *word,
                                     const char      *port,
                                     GError         **error);
gboolean culvert_ssh_draft_set_user (CulvertSshDraft *self,
                                     const char      *word,
                                     const char      *user,
                                     GError         **error);

/* @list: as for ssh's Ciphers and the like.  Old algorithms turn on what allows them all; any other
 * choice is refused. */
gboolean culvert_ssh_draft_set_algorithms (CulvertSshDraft     *self,
                                           const char          *word,
                                           CulvertAlgorithmKind kind,
                                           const char          *list,
                                           GError             **error);
gboolean culvert_ssh_draft_add_key_file (CulvertSshDraft *self,
                                         const char      *word,
                                         const char      *path,
                                         GError         **error);
gboolean culvert_ssh_draft_add_certificate (CulvertSshDraft *self,
                                            const char      *word,
                                            const char      *path,
                                            GError         **error);
gboolean culvert_ssh_draft_add_forward (CulvertSshDraft   *self,
                                        const char        *word,
                                        CulvertForwardKind kind,
                                        const char        *argument,
                                        GError           **error);

/* @hops: of -J and ProxyJump: [user@]host[:port] by commas, or "none" */
gboolean culvert_ssh_draft_set_hops (CulvertSshDraft *self,
                                     const char      *word,
                                     const char      *hops,
                                     GError         **error);
/* @command: of ProxyCommand, with its tokens, or "none"; nothing allows it to be run */
gboolean culvert_ssh_draft_set_proxy_command (CulvertSshDraft *self,
                                              const char      *word,
                                              const char      *command,
                                              GError         **error);

/* The argument of -o: `Key=Value`, `Key Value`; a line of ssh_config(5). */
gboolean culvert_ssh_draft_apply_option (CulvertSshDraft *self, const char *option, GError **error);

/* A line of a file, behind everything that the command line says. */
gboolean culvert_ssh_draft_apply_setting (CulvertSshDraft         *self,
                                          const CulvertSshSetting *setting,
                                          GError                 **error);

/* Takes what the files say about the server, if there are files; once, behind the command line. */
gboolean culvert_ssh_draft_read_config (CulvertSshDraft *self, GError **error);

/* Replaces the jump hosts by what the files say of each, if there are files; behind the keys. */
gboolean culvert_ssh_draft_look_up_hops (CulvertSshDraft *self, GError **error);

/* (transfer full) (nullable): @path without tokens and variables; "~/" stays.  @word: for messages */
char *culvert_ssh_draft_expand (CulvertSshDraft *self,
                                const char      *word,
                                const char      *path,
                                GError         **error);

/* (transfer full) (nullable): @text without variables, its tokens left alone */
char *culvert_ssh_draft_expand_variables (CulvertSshDraft *self,
                                          const char      *word,
                                          const char      *text,
                                          GError         **error);

/* Brings the profile to what all the words together mean. */
gboolean culvert_ssh_draft_finish (CulvertSshDraft *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertSshDraft, culvert_ssh_draft_free)

G_END_DECLS
