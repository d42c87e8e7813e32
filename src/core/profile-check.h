/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is wrong with a profile, field by field.  The form shows each problem at its field; the
 * command line prints them.  A warning does not keep a tunnel from being saved or started.  Looks at
 * key files, at the ports that this process may listen on, and at nothing else outside the profile. */

#include "core/profile.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_FIELD_NAME,
  CULVERT_FIELD_GROUP,
  CULVERT_FIELD_HOST,
  CULVERT_FIELD_PORT,
  CULVERT_FIELD_USER,
  CULVERT_FIELD_HOPS,
  CULVERT_FIELD_PROXY,
  CULVERT_FIELD_PROXY_COMMAND,
  CULVERT_FIELD_METHODS,
  CULVERT_FIELD_KEY_FILES,
  CULVERT_FIELD_CERTIFICATE_FILES,
  CULVERT_FIELD_AGENT_SOCKET,
  CULVERT_FIELD_HOST_KEY_ALIAS,
  CULVERT_FIELD_NETWORKS,
  CULVERT_FIELD_FORWARDS,       /* the list itself */
  CULVERT_FIELD_FORWARD_LISTEN, /* forward_id says which */
  CULVERT_FIELD_FORWARD_TARGET,
  CULVERT_FIELD_FORWARD_BROWSER,
} CulvertField;

typedef enum
{
  CULVERT_PROBLEM_MISSING,
  CULVERT_PROBLEM_INVALID_HOST,
  CULVERT_PROBLEM_INVALID_PORT,
  CULVERT_PROBLEM_INVALID_USER, /* control characters, 256 bytes or more */
  CULVERT_PROBLEM_INVALID_PATH,
  CULVERT_PROBLEM_FILE_MISSING,       /* a key file that is not there */
  CULVERT_PROBLEM_IS_PUBLIC_KEY,      /* "….pub" was chosen */
  CULVERT_PROBLEM_PORT_PRIVILEGED,    /* warning: this process may not listen on so low a port */
  CULVERT_PROBLEM_PORT_ZERO,          /* 0 makes sense for remote forwards alone */
  CULVERT_PROBLEM_LISTEN_TWICE,       /* two enabled forwards listen at one place */
  CULVERT_PROBLEM_EXPOSED,            /* warning: other computers can connect */
  CULVERT_PROBLEM_EXPOSED_THERE,      /* warning: the same, at the server, where it lets them */
  CULVERT_PROBLEM_NO_FORWARDS,        /* warning: carries nothing yet */
  CULVERT_PROBLEM_REMOTE_UNIX_LISTEN, /* libssh2 cannot listen on a socket at the server */
  CULVERT_PROBLEM_INVALID_HOP,        /* not [user@]host[:port]; the subject is its text */
  CULVERT_PROBLEM_TOO_MANY_HOPS,
  CULVERT_PROBLEM_INVALID_PROXY,
  CULVERT_PROBLEM_SECRET_IN_PROXY, /* a password, which files do not hold */
  CULVERT_PROBLEM_TWO_PROXIES,     /* a proxy and a command: which one? */
  CULVERT_PROBLEM_INVALID_COMMAND, /* control characters, or a token that is not replaced: the subject */
  CULVERT_PROBLEM_NOT_ALLOWED,     /* warning: the command is not run until the person allows it */
  CULVERT_PROBLEM_INVALID_NETWORK, /* control characters, 256 bytes or more */
  CULVERT_PROBLEM_INVALID_GROUP,   /* see culvert_group_is_valid() */
} CulvertProblemCode;

typedef struct
{
  CulvertField       field;
  CulvertProblemCode code;
  gboolean           is_warning;
  char              *forward_id; /* nullable */
  char              *subject;    /* the offending text; nullable */
} CulvertProblem;

void culvert_problem_free (CulvertProblem *self);

/* (transfer full) (element-type CulvertProblem): in the order of the form; empty when all is well */
GPtrArray *culvert_profile_check (const CulvertProfile *self);

/* TRUE when nothing worse than warnings is in @problems */
gboolean culvert_problems_allow_start (GPtrArray *problems);

G_END_DECLS
