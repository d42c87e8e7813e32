/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Every way in which a tunnel can fail, as error domains and codes.
 *
 * They stand in core because the words for them (words/) must not depend on the folders that raise
 * them.  A code exists when somebody does something different about it: the person, or the retry.
 * The message of a GError is one English line for the log that names its subject and keeps the
 * library's own text; the sentence on screen is made from the code (words/failure.h).
 *
 * What a sentence needs besides the code, such as the file to change, is never cut out of the
 * message: whoever raises the error attaches it as a fact. */

#include <gio/gio.h>

G_BEGIN_DECLS

#define CULVERT_SSH_ERROR (culvert_ssh_error_quark ())
GQuark culvert_ssh_error_quark (void);

typedef enum
{
  /* reaching the server */
  CULVERT_SSH_ERROR_NAME_UNKNOWN,       /* the name does not resolve */
  CULVERT_SSH_ERROR_NO_NAME_SERVICE,    /* nobody could be asked for the name */
  CULVERT_SSH_ERROR_NO_ADDRESS,         /* the name has none of the family that is asked for */
  CULVERT_SSH_ERROR_REFUSED,            /* nothing listens there */
  CULVERT_SSH_ERROR_UNREACHABLE,        /* no route leads there */
  CULVERT_SSH_ERROR_NO_NETWORK,         /* no route leads out of this computer; waits for one */
  CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, /* wanted on other networks alone; waits; FACT_NETWORK */
  CULVERT_SSH_ERROR_NETWORK_EXCLUDED,   /* not wanted on this network; waits; FACT_NETWORK */
  CULVERT_SSH_ERROR_TIMED_OUT,          /* no answer within the connect time-out */
  CULVERT_SSH_ERROR_SILENT,             /* connected, but it never said what it is */
  CULVERT_SSH_ERROR_TURNED_AWAY,        /* closed by the server before it said what it is */
  CULVERT_SSH_ERROR_NOT_SSH,            /* something else answers on that port */
  CULVERT_SSH_ERROR_HANDSHAKE,          /* key exchange failed */
  CULVERT_SSH_ERROR_HANDSHAKE_TIMED_OUT,
  CULVERT_SSH_ERROR_NO_COMMON_KEX, /* no algorithm in common: OFFERED, OURS, LEGACY */
  CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY,
  CULVERT_SSH_ERROR_NO_COMMON_CIPHER,
  CULVERT_SSH_ERROR_NO_COMMON_MAC,
  CULVERT_SSH_ERROR_NO_COMMON_COMPRESSION,
  /* proving the server */
  CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN,    /* nobody to ask */
  CULVERT_SSH_ERROR_HOST_KEY_UNANSWERED, /* not accepted while the server waited */
  CULVERT_SSH_ERROR_HOST_KEY_REFUSED,    /* the person said no */
  CULVERT_SSH_ERROR_HOST_KEY_CHANGED,
  CULVERT_SSH_ERROR_HOST_KEY_REVOKED,
  CULVERT_SSH_ERROR_HOST_KEY_STORE,       /* known_hosts cannot be read or written */
  CULVERT_SSH_ERROR_HOST_KEY_CERTIFICATE, /* the server's is damaged, or its signature is false */
  /* signing in */
  CULVERT_SSH_ERROR_AUTH_REFUSED,    /* every way that was allowed is used up */
  CULVERT_SSH_ERROR_AUTH_NO_METHOD,  /* the server allows no way that this tunnel has */
  CULVERT_SSH_ERROR_AUTH_CANCELLED,  /* the person closed the question */
  CULVERT_SSH_ERROR_AUTH_UNANSWERED, /* no answer while the server waited */
  CULVERT_SSH_ERROR_AUTH_TIMED_OUT,  /* the server does not say whether it lets us in */
  CULVERT_SSH_ERROR_AUTH_CLOSED,     /* the server closed without a word: as for locked accounts */
  CULVERT_SSH_ERROR_AUTH_TOO_MANY,   /* the server closed: too many tries */
  CULVERT_SSH_ERROR_AUTH_TOO_MANY_KEYS, /* more keys than may be tried; the first were all wrong */
  CULVERT_SSH_ERROR_AUTH_NO_PROMPTER,   /* a secret is needed and nobody can be asked */
  CULVERT_SSH_ERROR_PASSWORD_EXPIRED,
  CULVERT_SSH_ERROR_KEY_NOT_FOUND,
  CULVERT_SSH_ERROR_KEY_UNREADABLE,
  CULVERT_SSH_ERROR_KEY_PERMISSIONS, /* others may read it */
  CULVERT_SSH_ERROR_KEY_MALFORMED,
  CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
  CULVERT_SSH_ERROR_KEY_IS_PUBLIC,
  CULVERT_SSH_ERROR_KEY_PASSPHRASE_NEEDED,
  CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG,
  CULVERT_SSH_ERROR_KEY_NEEDS_NEWER,       /* a key that this libssh2 cannot use at this server */
  CULVERT_SSH_ERROR_CERTIFICATE_MALFORMED, /* damaged, or of a kind that is not used */
  CULVERT_SSH_ERROR_CERTIFICATE_NO_KEY, /* its private key is neither in a file nor in the agent */
  CULVERT_SSH_ERROR_CERTIFICATE_FOR_HOSTS,   /* one that proves a server */
  CULVERT_SSH_ERROR_CERTIFICATE_TOO_EARLY,   /* not valid yet; FACT_TIME */
  CULVERT_SSH_ERROR_CERTIFICATE_TOO_LATE,    /* expired; FACT_TIME */
  CULVERT_SSH_ERROR_CERTIFICATE_OTHER_USERS, /* FACT_NAMES: who it is for */
  CULVERT_SSH_ERROR_CERTIFICATE_REFUSED,     /* nothing is wrong with it that can be seen here */
  CULVERT_SSH_ERROR_CERTIFICATE_NEEDS_NEWER, /* this libssh2 cannot use it */
  CULVERT_SSH_ERROR_KEY_NEEDS_AGENT,         /* a FIDO key: only an agent can sign with it */
  CULVERT_SSH_ERROR_AGENT_UNREACHABLE,
  CULVERT_SSH_ERROR_AGENT_FAILED,
  CULVERT_SSH_ERROR_AGENT_TIMED_OUT,
  /* the session */
  CULVERT_SSH_ERROR_CLOSED,   /* the server said goodbye, or closed */
  CULVERT_SSH_ERROR_LOST,     /* reset, unacknowledged, gone silent */
  CULVERT_SSH_ERROR_PROTOCOL, /* what came is not allowed */
  /* one connection */
  CULVERT_SSH_ERROR_OPEN_PROHIBITED, /* RFC 4254 5.1 code 1 */
  CULVERT_SSH_ERROR_OPEN_FAILED,     /* code 2: the target did not answer */
  CULVERT_SSH_ERROR_OPEN_SHORTAGE,   /* code 4 */
  CULVERT_SSH_ERROR_OPEN_UNKNOWN,    /* code 3, or no reason to be had */
  CULVERT_SSH_ERROR_OPEN_TIMED_OUT,
  /* listening at the server */
  CULVERT_SSH_ERROR_LISTEN_PROHIBITED,    /* it says that no port may be forwarded */
  CULVERT_SSH_ERROR_LISTEN_NOT_PERMITTED, /* it says that this port may not be */
  CULVERT_SSH_ERROR_LISTEN_REFUSED,       /* it does not say why: the port is taken, most often */
  CULVERT_SSH_ERROR_LISTEN_HELD, /* refused after a drop; the lost connection still has the port */
  /* the way to the server; what fails on the way to a proxy has the codes above and FACT_PROXY */
  CULVERT_SSH_ERROR_PROXY_REFUSED,       /* the proxy does not pass this on; FACT_SAID: why */
  CULVERT_SSH_ERROR_PROXY_AUTH,          /* it wants another user or password */
  CULVERT_SSH_ERROR_PROXY_PROTOCOL,      /* what answers is no such proxy */
  CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED, /* nobody said that the proxy command may be run */
  CULVERT_SSH_ERROR_COMMAND_FAILED,      /* it did not lead to a server; FACT_SAID: its words */
  CULVERT_SSH_ERROR_NEXT_PROHIBITED,     /* FACT_HOP may not lead on to FACT_NEXT */
  CULVERT_SSH_ERROR_NEXT_UNREACHABLE,    /* FACT_HOP cannot reach FACT_NEXT */
} CulvertSshError;

#define CULVERT_FORWARD_ERROR (culvert_forward_error_quark ())
GQuark culvert_forward_error_quark (void);

typedef enum
{
  CULVERT_FORWARD_ERROR_PORT_IN_USE,     /* HOLDER … FREE_ADDRESS (core/port-inquiry.h) */
  CULVERT_FORWARD_ERROR_PORT_PRIVILEGED, /* below what the system allows; FREE_PORT … ALLOW_OWN */
  CULVERT_FORWARD_ERROR_ADDRESS_UNKNOWN, /* this computer has no such address */
  CULVERT_FORWARD_ERROR_SOCKET_PATH,     /* the Unix path cannot be used; HOLDER … USER */
  CULVERT_FORWARD_ERROR_FAR_SOCKET,      /* libssh2 cannot listen on a socket at the server */
  CULVERT_FORWARD_ERROR_LISTEN,          /* any other failure to listen */
  /* the target of a connection that came through the server; REASON */
  CULVERT_FORWARD_ERROR_TARGET_REFUSED,     /* nothing listens there */
  CULVERT_FORWARD_ERROR_TARGET_NAME,        /* the name does not resolve */
  CULVERT_FORWARD_ERROR_TARGET_UNREACHABLE, /* any other failure to connect */
  CULVERT_FORWARD_ERROR_TARGET_TIMED_OUT,
  /* the test of a forward through the server (forward/far-test.h); TARGET */
  CULVERT_FORWARD_ERROR_TEST_OTHER,         /* something else answers on that port */
  CULVERT_FORWARD_ERROR_TEST_TIMED_OUT,     /* nothing came back */
  CULVERT_FORWARD_ERROR_TEST_LOOPBACK_ONLY, /* the server listens for itself alone; TARGET refuses */
} CulvertForwardError;

#define CULVERT_PROFILE_ERROR (culvert_profile_error_quark ())
GQuark culvert_profile_error_quark (void);

typedef enum
{
  CULVERT_PROFILE_ERROR_SYNTAX,  /* not a key file; the message has the line */
  CULVERT_PROFILE_ERROR_VERSION, /* made by a newer Culvert */
  CULVERT_PROFILE_ERROR_INVALID, /* a key has a value that makes no sense; names group and key */
  CULVERT_PROFILE_ERROR_TOO_LARGE,
  CULVERT_PROFILE_ERROR_UNREADABLE,
  CULVERT_PROFILE_ERROR_UNWRITABLE, /* disk full, read-only, denied */
  CULVERT_PROFILE_ERROR_CONFLICT,   /* another program changed the tunnel meanwhile */
  CULVERT_PROFILE_ERROR_NOT_FOUND,
  CULVERT_PROFILE_ERROR_COMMAND, /* an ssh command line that cannot be honoured; names the word */
} CulvertProfileError;

/* Something an error of the three domains above knows about its cause; on one line, printable. */
typedef enum
{
  CULVERT_FACT_FILE, /* a path: of the key, the known-hosts file, the agent's socket, the tunnel */
  CULVERT_FACT_LINE, /* a number in that file */
  CULVERT_FACT_OFFERED,  /* what the server allows: algorithms or ways to sign in, by ", " */
  CULVERT_FACT_SAID,     /* the server's own words, made printable */
  CULVERT_FACT_SHOWN,    /* the fingerprint that the server showed */
  CULVERT_FACT_RECORDED, /* the fingerprint that is recorded */
  CULVERT_FACT_REASON,   /* the system's or a library's words for the cause */
  CULVERT_FACT_OURS,     /* what was offered to the server, by ", " */
  CULVERT_FACT_LEGACY,   /* what the "legacy server" switch has in common with it, by ", " */
  CULVERT_FACT_SPEAKS,   /* the protocol in the place of SSH: "http", "smtp", … (ssh/kexinit.h) */
  CULVERT_FACT_KEY_OPTIONS, /* what the key that signed in may do there, by " "; FILE, LINE: its entry */
  CULVERT_FACT_SOFTWARE, /* the server's version line: "SSH-2.0-OpenSSH_9.2p1" */
  CULVERT_FACT_TRIED,    /* a number: how many keys were offered */
  CULVERT_FACT_LEFT,     /* a number: how many keys were not */
  /* seconds since 1970, a number: of a certificate; or RECORDED was recorded then, or before */
  CULVERT_FACT_TIME,
  CULVERT_FACT_NAMES, /* whom a certificate is for, by ", "; the server as known_hosts writes it */
  CULVERT_FACT_HOP,   /* the jump server that it happened to, "host" or "host:port" */
  CULVERT_FACT_NEXT,  /* where that jump server should have led to */
  CULVERT_FACT_PROXY, /* the proxy that it happened to, "host:port" */
  CULVERT_FACT_NETWORK, /* the one that this computer is on; "" is none; without it nobody can tell */
  /* who has the port: "self", "process", "user" or "outside" a sandbox; not there: nobody can tell */
  CULVERT_FACT_HOLDER,
  CULVERT_FACT_PROGRAM,      /* its name: of a process */
  CULVERT_FACT_PID,          /* a number: of a process */
  CULVERT_FACT_USER,         /* whose process it is, unless it is the person's own */
  CULVERT_FACT_TUNNEL,       /* of "self": the title of the tunnel that listens there */
  CULVERT_FACT_FREE_PORT,    /* a number: a port that was free in the place of this one */
  CULVERT_FACT_FREE_ADDRESS, /* another loopback address where this port was free */
  CULVERT_FACT_FIRST_PORT,   /* a number: the lowest port that needs no privilege here */
  CULVERT_FACT_ALLOW,        /* a command that gives the privilege to every program */
  CULVERT_FACT_ALLOW_OWN,    /* a command that gives the privilege to this program alone */
  CULVERT_FACT_TARGET,       /* what a connection was to reach, "host:port" or a path */
} CulvertFact;
#define CULVERT_N_FACTS (CULVERT_FACT_TARGET + 1)

/**
 * culvert_error_set_fact:
 * @error: (nullable): where an error may have been put, as for g_prefix_error()
 * @text: (nullable): copied; NULL leaves the error as it is
 *
 * Attaches @text in the place of an earlier one.  Does nothing when there is no error, or one of
 * another domain.  Facts survive g_error_copy() and prefixing.
 */
void culvert_error_set_fact (GError **error, CulvertFact fact, const char *text);

/* (nullable): NULL when the error has no such fact, or is of another domain */
const char *culvert_error_get_fact (const GError *error, CulvertFact fact);

G_END_DECLS
