/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An ssh-agent that misbehaves in one chosen way.  Runs in threads of its own. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  FAKE_AGENT_HONEST, /* no keys; a signature of "signature" by the algorithm "ssh-ed25519" */
  FAKE_AGENT_CLOSES_AT_ONCE, /* without reading */
  FAKE_AGENT_CLOSES_AFTER_REQUEST,
  FAKE_AGENT_CLOSES_IN_ANSWER, /* after half of it */
  FAKE_AGENT_SILENT,           /* reads, never answers */
  FAKE_AGENT_NEVER_READS,
  FAKE_AGENT_SLOW,       /* honest, after delay_ms */
  FAKE_AGENT_DRIBBLE,    /* honest, one byte at a time */
  FAKE_AGENT_ONE_ANSWER, /* honest, but closes behind each answer */
  FAKE_AGENT_ANSWERS,    /* with a body of the test's choice */
  FAKE_AGENT_COMPUTES,   /* what a function of the test's says: see fake_agent_new_computing() */
  FAKE_AGENT_RAW,        /* with bytes of the test's choice, length and all */
} FakeAgentKind;

typedef struct _FakeAgent FakeAgent;

/* @answer: for ANSWERS and RAW; not copied. */
FakeAgent *fake_agent_new (const char   *path,
                           FakeAgentKind kind,
                           guint         delay_ms,
                           gconstpointer answer,
                           gsize         n_answer);

/* Called in the agent's threads, one at a time. @answer: empty; its body goes there */
typedef void (*FakeAgentFunc) (GBytes *request, GByteArray *answer, gpointer user_data);
FakeAgent *fake_agent_new_computing (const char *path, FakeAgentFunc func, gpointer user_data);

/* Closes every connection and the socket, and removes the path. */
void fake_agent_free (FakeAgent *self);

guint fake_agent_get_n_connections (FakeAgent *self); /* ever accepted */
guint fake_agent_get_n_requests (FakeAgent *self);    /* read in full */
guint fake_agent_get_n_open (FakeAgent *self);

/* (transfer full): the body of the last request. */
GBytes *fake_agent_dup_request (FakeAgent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeAgent, fake_agent_free)

G_END_DECLS
