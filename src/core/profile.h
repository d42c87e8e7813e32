/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A tunnel as it is saved: how to reach and sign in to one server, and the forwards.
 *
 * A counted value.  Whoever holds the only reference may change it (culvert_profile_edit() gives
 * one); once shared with a store, a tunnel or another thread it is never changed again.  Holds no
 * secret, ever. */

#include "core/forward-spec.h"
#include "core/hop.h"
#include "core/network-rule.h"

G_BEGIN_DECLS

/* A way to sign in; RFC 4252 7, 8 and RFC 4256. */
typedef enum
{
  CULVERT_AUTH_AGENT, /* keys in an ssh-agent */
  CULVERT_AUTH_KEY,   /* key files */
  CULVERT_AUTH_PASSWORD,
  CULVERT_AUTH_INTERACTIVE, /* the server's own questions, codes included */
} CulvertAuthMethod;
#define CULVERT_N_AUTH_METHODS 4

#define CULVERT_TYPE_AUTH_METHOD (culvert_auth_method_get_type ())
GType       culvert_auth_method_get_type (void);
const char *culvert_auth_method_to_nick (CulvertAuthMethod method); /* "agent", "key", … */
gboolean    culvert_auth_method_from_nick (const char *nick, CulvertAuthMethod *method);

/* Which addresses of the server to try (ssh -4 and -6). */
typedef enum
{
  CULVERT_ADDRESS_FAMILY_ANY,
  CULVERT_ADDRESS_FAMILY_IPV4,
  CULVERT_ADDRESS_FAMILY_IPV6,
} CulvertAddressFamily;

#define CULVERT_TYPE_ADDRESS_FAMILY (culvert_address_family_get_type ())
GType       culvert_address_family_get_type (void);
const char *culvert_address_family_to_nick (CulvertAddressFamily family); /* "any", "ipv4", … */
gboolean    culvert_address_family_from_nick (const char *nick, CulvertAddressFamily *family);

/* What happens with the key of a server that is not known yet (ssh's StrictHostKeyChecking). A key that
 * has changed is refused in any case. */
typedef enum
{
  CULVERT_HOST_KEY_ASK,
  CULVERT_HOST_KEY_ACCEPT_NEW, /* it is recorded unseen */
  CULVERT_HOST_KEY_STRICT,     /* it is refused */
} CulvertHostKeyPolicy;
#define CULVERT_N_HOST_KEY_POLICIES 3

const char *
culvert_host_key_policy_to_nick (CulvertHostKeyPolicy policy); /* "ask", "accept-new", … */
gboolean culvert_host_key_policy_from_nick (const char *nick, CulvertHostKeyPolicy *policy);

#define CULVERT_PROFILE_ID_MAX 64 /* bytes */
#define CULVERT_USER_MAX       255
#define CULVERT_GROUP_MAX      255   /* bytes */
#define CULVERT_SECONDS_MAX    86400 /* the longest time-out and keepalive interval */

typedef struct
{
  /* private */
  gatomicrefcount ref_count;

  /* identity */
  char *id;    /* file name without its suffix; [a-z0-9-], at most 64 bytes; never NULL */
  char *name;  /* what the person calls it; never NULL, may be "" */
  char *group; /* the heading that it is listed under (PRODUCT 5.5); never NULL, "" is none */

  /* the server */
  char                *host; /* never NULL, may be "" in a draft */
  guint16              port; /* 22 by default */
  char                *user; /* never NULL; "" means the person's own login name */
  CulvertAddressFamily address_family;
  GStrv known_hosts_files; /* paths, "~/" allowed; empty: the usual ones; never NULL */
  char *host_key_alias; /* the name in these files and in certificates, of any port; never NULL, ""
                              means the server's own */
  CulvertHostKeyPolicy host_key_policy;

  /* the way there */
  GStrv hops;  /* jump servers, the nearest first, as culvert_hop_parse() reads them; never NULL */
  char *proxy; /* as culvert_proxy_parse() reads it; "" is none; never NULL */
  char *proxy_command;            /* ssh's ProxyCommand; "" is none; never NULL */
  gboolean proxy_command_allowed; /* the person has said so: see core/profile-file.h */

  /* signing in */
  GArray  *methods;   /* of CulvertAuthMethod, in the order to try, no repeats, never empty */
  GStrv    key_files; /* paths, "~/" allowed; empty: the usual ones in ~/.ssh; never NULL */
  GStrv    certificate_files; /* of user certificates beyond those beside the keys; never NULL */
  char    *agent_socket;      /* a path, "~/" allowed; "" means $SSH_AUTH_SOCK */
  gboolean only_listed_keys;  /* of the agent's keys offer just those named by key_files */
  gboolean never_ask;         /* ssh's BatchMode: what would need an answer from the person fails */

  /* behaviour */
  guint    connect_timeout_s;    /* 15 by default */
  guint    keepalive_interval_s; /* 15 by default; 0 sends none */
  gboolean legacy_algorithms;    /* PRODUCT 2.7 */
  gboolean reconnect;            /* TRUE by default */
  gboolean quick_replies; /* TRUE by default: may run "true" at the server (ssh/no-delay.h) */
  gboolean start_with_program;
  gboolean on_demand;              /* PRODUCT 3.5: dials for the first client */
  guint    idle_timeout_s;         /* 600 by default: on demand, how long without a client */
  CulvertNetworkRule network_rule; /* PRODUCT 3.7 */
  gboolean
    notify; /* TRUE by default: the desktop may say that it was lost, is back, needs the person */
  GStrv networks; /* the names of connections, or SSIDs, that the rule is about; never NULL */

  /* what it carries */
  GPtrArray *forwards; /* of CulvertForwardSpec; never NULL */

  /* The file as it was read, comments included: what this version does not know is written back
   * from it (core/profile-file.h).  Shared by copies, so never changed. */
  GKeyFile *unknown; /* nullable */

  /* Which content of the file it is, or was edited from: set by the store alone, kept by copies. */
  char *revision; /* nullable */
} CulvertProfile;

#define CULVERT_TYPE_PROFILE (culvert_profile_get_type ())
GType culvert_profile_get_type (void);

/* A new, empty draft with defaults and a fresh id. */
CulvertProfile *culvert_profile_new (void);
CulvertProfile *culvert_profile_ref (CulvertProfile *self);
void            culvert_profile_unref (CulvertProfile *self);

/* (transfer full): a copy that the caller alone holds and may change */
CulvertProfile *culvert_profile_edit (const CulvertProfile *self);

/* The same, under a fresh id and with fresh forward ids: a duplicate. */
CulvertProfile *culvert_profile_duplicate (const CulvertProfile *self);

/* May @id be a profile's id, and so part of a file name? [a-z0-9-], 1 to CULVERT_PROFILE_ID_MAX */
gboolean culvert_profile_id_is_valid (const char *id);

/* May @group be the name of a group: not empty, one printable line without spaces at its ends, at most
 * CULVERT_GROUP_MAX bytes? */
gboolean culvert_group_is_valid (const char *group);

gboolean culvert_profile_has_method (const CulvertProfile *self, CulvertAuthMethod method);

/* Frees the old string and keeps a copy of the new one: for the char * fields above. */
void culvert_profile_set_string (char **field, const char *value);
/* The same for the GStrv fields. */
void culvert_profile_set_strings (GStrv *field, const char *const *value);

/* Same id and same value in every field, unknown keys included; comments and the
 * revision do not count. */
gboolean culvert_profile_equal (const CulvertProfile *a, const CulvertProfile *b);

/* (nullable) (transfer none) */
CulvertForwardSpec *culvert_profile_find_forward (const CulvertProfile *self, const char *id);

/* Puts @spec in the place of the forward with its id, or at the end. */
void culvert_profile_put_forward (CulvertProfile *self, CulvertForwardSpec *spec);

/* Every user of this computer may connect to what listens here (PRODUCT 1.10). */
void culvert_profile_let_any_user (CulvertProfile *self);

/* Do both take the same way to the server: jump servers, proxy, command? */
gboolean culvert_profile_has_same_way (const CulvertProfile *a, const CulvertProfile *b);

/**
 * culvert_profile_for_hop:
 * @index: which of its hops, from 0
 *
 * Returns: (transfer full) (nullable): how to reach and sign in to that jump server, as a tunnel without
 *   forwards: in the same ways as to the server, by a proxy or command only where it is the first;
 *   NULL when the hop's text makes no sense
 */
CulvertProfile *culvert_profile_for_hop (const CulvertProfile *self, guint index);

/* (transfer full): the login name to use: @user, or the person's own */
char *culvert_profile_dup_user (const CulvertProfile *self);

/* (transfer full): its name; else server and first forward; else, or while that has gaps, the server
 * alone; "" for an empty draft */
char *culvert_profile_dup_title (const CulvertProfile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertProfile, culvert_profile_unref)

G_END_DECLS
