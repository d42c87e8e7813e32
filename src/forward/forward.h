/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A running forward.  Each kind is a subclass.
 *
 * Lives in the link's thread, on its one source.  It belongs to the tunnel, not to the session:
 * when the session is lost, one that listens here keeps listening with no transport, and the clients
 * that come are held until there is a transport again (forward/hold.h); one that listens at the server
 * waits for the next session and asks again.  One bad client or target never concerns the others. */

#include "base/io-watch.h"
#include "base/log.h"
#include "core/forward-spec.h"
#include "core/transport.h"
#include "forward/connection.h"
#include "forward/counters.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_FORWARD_OFF,       /* not started, stopped, or switched off */
  CULVERT_FORWARD_LISTENING, /* clients may connect */
  CULVERT_FORWARD_FAILED,    /* see its error; until started again, or until its time to retry */
  /* the server is asked to listen, or there is no session to ask, or it is being found out who keeps it
   * from listening */
  CULVERT_FORWARD_STARTING,
} CulvertForwardState;

#define CULVERT_TYPE_FORWARD_STATE (culvert_forward_state_get_type ())
GType culvert_forward_state_get_type (void);

/* What is known of the target: the third light of a forward. */
typedef enum
{
  CULVERT_TARGET_UNKNOWN,  /* nobody has connected yet */
  CULVERT_TARGET_ANSWERED, /* the last open succeeded */
  CULVERT_TARGET_REFUSED,  /* the last open failed: see the error */
} CulvertTargetState;

#define CULVERT_TYPE_TARGET_STATE (culvert_target_state_get_type ())
GType culvert_target_state_get_type (void);

/* What a test of a forward that listens at the server has found out (forward/far-test.h). */
typedef enum
{
  CULVERT_TEST_NONE,          /* there was none since it listens */
  CULVERT_TEST_RUNNING,       /* it takes a minute at most */
  CULVERT_TEST_WORKS,         /* clients at the server reach the target, and others do not */
  CULVERT_TEST_WORKS_INSIDE,  /* clients at the server do; whether others do cannot be told */
  CULVERT_TEST_WORKS_OUTSIDE, /* all do, as was asked */
  CULVERT_TEST_WORKS_EXPOSED, /* all do, though the server was asked to listen for itself alone */
  CULVERT_TEST_UNTOLD,        /* the server does not connect to itself: see the error */
  CULVERT_TEST_FAILED,        /* see the error */
} CulvertTestState;

#define CULVERT_TYPE_TEST_STATE (culvert_test_state_get_type ())
GType culvert_test_state_get_type (void);

#define CULVERT_TYPE_FORWARD (culvert_forward_get_type ())
G_DECLARE_DERIVABLE_TYPE (CulvertForward, culvert_forward, CULVERT, FORWARD, GObject)

struct _CulvertForwardClass
{
  GObjectClass parent_class;

  /* What it is in after a start that succeeded: LISTENING or STARTING. */
  CulvertForwardState first_state;

  /* Starts listening.  Errors: CULVERT_FORWARD_ERROR, after which nothing is left to stop. */
  gboolean (*start) (CulvertForward *self, GError **error);
  /* The others are called between a start that succeeded and stop() alone. */
  void (*stop) (CulvertForward *self);
  void (*transport_changed) (CulvertForward *self);
  CulvertEndpoint *(*dup_bound) (CulvertForward *self);
  void (*visit_connections) (CulvertForward *self, CulvertConnectionFunc func, gpointer user_data);
  gboolean (*close_connection) (CulvertForward *self, guint64 id);
  /* (nullable): begins a test of one that is LISTENING with a transport and has none running. */
  void (*test) (CulvertForward *self, const char *server_address);
};

/* What the forward tells its owner; called in its thread, after the change.  Any of them may stop
 * the forward. */
typedef struct
{
  void (*state_changed) (CulvertForward *self, gpointer user_data);
  void (*target_changed) (CulvertForward *self, gpointer user_data);
  void (*test_changed) (CulvertForward *self, gpointer user_data);
  /* A client has come, and there is no transport to serve it. */
  void (*client_waits) (CulvertForward *self, gpointer user_data);
  /* Something was counted that a person should hear of, whoever looks at counters. */
  void (*counts_changed) (CulvertForward *self, gpointer user_data);
  /* One line for the tunnel's log. */
  void (*log) (CulvertForward *self, CulvertLogLevel level, const char *text, gpointer user_data);
} CulvertForwardEvents;

/**
 * culvert_forward_new:
 * @io: the link's source; outlives the forward
 * @tunnel_counters: counts in addition to the forward's own
 *
 * Returns: (transfer full): a forward of the kind that @spec says
 */
CulvertForward *culvert_forward_new (CulvertForwardSpec         *spec,
                                     CulvertIoSource            *io,
                                     CulvertCounters            *tunnel_counters,
                                     const CulvertForwardEvents *events,
                                     gpointer                    user_data);

/* Starts listening, anew if it FAILED; the state then says how it went: LISTENING, FAILED, or STARTING
 * while the server has not answered, and while who has the port is looked for (core/port-inquiry.h). */
void culvert_forward_start (CulvertForward *self);

/* Stops listening and drops every connection. Also needed before the last unref. */
void culvert_forward_stop (CulvertForward *self);

/**
 * culvert_forward_set_transport:
 * @transport: (nullable): what carries new connections; NULL while there is no session
 *
 * Connections of the former transport were closed by it already.
 */
void              culvert_forward_set_transport (CulvertForward *self, CulvertTransport *transport);
CulvertTransport *culvert_forward_get_transport (CulvertForward *self);

/**
 * culvert_forward_test:
 * @server_address: (nullable): the IP address at which the server was reached
 *
 * Finds out whether the forward works, by a client of our own at the server; the test's state says how
 * that goes.  Does nothing unless it listens there, or while a test is running.
 */
void culvert_forward_test (CulvertForward *self, const char *server_address);
/* NONE again when it does not listen any more. */
CulvertTestState culvert_forward_get_test_state (CulvertForward *self);
/* (nullable): CULVERT_FORWARD_ERROR_TEST_… or …_TARGET_…, or CULVERT_SSH_ERROR_OPEN_… about the
 * server's connecting to CULVERT_FACT_TARGET */
const GError *culvert_forward_get_test_error (CulvertForward *self);

CulvertForwardSpec *culvert_forward_get_spec (CulvertForward *self);
CulvertForwardState culvert_forward_get_state (CulvertForward *self);
/* (nullable): why it failed: CULVERT_FORWARD_ERROR, or CULVERT_SSH_ERROR_LISTEN_… */
const GError *culvert_forward_get_error (CulvertForward *self);
/* monotonic: when one that FAILED tries again by itself; 0: it does not */
gint64             culvert_forward_get_retry_at_us (CulvertForward *self);
CulvertTargetState culvert_forward_get_target_state (CulvertForward *self);
const GError      *culvert_forward_get_target_error (CulvertForward *self);
CulvertCounters   *culvert_forward_get_counters (CulvertForward *self);

/* (transfer full) (nullable): where it really listens, the port filled in when the system chose it;
 * NULL unless LISTENING.  Of two sockets for `localhost` the IPv4 one. */
CulvertEndpoint *culvert_forward_dup_bound (CulvertForward *self);

/* Shows @func every connection, as it is now: each FTP data connection after its control connection.
 * @func must change nothing. */
void culvert_forward_visit_connections (CulvertForward       *self,
                                        CulvertConnectionFunc func,
                                        gpointer              user_data);
/* Drops one connection. Returns FALSE when there is none with that id. */
gboolean culvert_forward_close_connection (CulvertForward *self, guint64 id);

G_END_DECLS
