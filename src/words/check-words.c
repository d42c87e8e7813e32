/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/check-words.h"

#include "base/log.h"
#include "core/errors.h"
#include "words/failure-private.h"
#include "words/quantity.h"
#include "words/sandbox-words.h"
#include "words/test-words.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

/* Titles */

static char *
name_place (const CulvertForwardSpec *spec)
{
  const CulvertEndpoint *listen = culvert_forward_spec_get_listen (spec);
  const char            *host = culvert_endpoint_get_host (listen);

  if (host == NULL || culvert_endpoint_get_port (listen) != 0)
    return culvert_failure_words_dup_place (listen);
  /* Translators: where a forward listens whose port the server picks; %s is an address */
  return g_strdup_printf (_ ("%s, any port"), host[0] != '\0' ? host : "localhost");
}

static char *
title_listen (const CulvertCheckStageFields *stage)
{
  g_autofree char *place = name_place (stage->forward);

  if (culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (stage->forward)))
    /* Translators: 1 is host:port at the server, 2 the server's name */
    return g_strdup_printf (_ ("Forward %1$s: %2$s listens"), place, stage->server);
  /* Translators: %s is host:port or a path on this computer */
  return g_strdup_printf (_ ("Forward %s: the address is free here"), place);
}

static char *
title_target (const CulvertCheckStageFields *stage)
{
  const CulvertEndpoint *end = culvert_forward_spec_get_target (stage->forward);
  g_autofree char       *place = name_place (stage->forward);
  g_autofree char       *target = end != NULL ? culvert_endpoint_to_string (end) : NULL;

  if (target == NULL)
    /* Translators: %s is host:port or a path */
    return g_strdup_printf (_ ("Forward %s: the target"), place);
  if (stage->kind == CULVERT_STAGE_PERMISSION)
    /* Translators: 1 is host:port or a path here, 2 the server's name, 3 host:port or a path there */
    return g_strdup_printf (_ ("Forward %1$s: %2$s lets it through to %3$s"), place, stage->server,
                            target);
  if (culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (stage->forward)))
    /* Translators: 1 is host:port at the server, 2 host:port or a path here */
    return g_strdup_printf (_ ("Forward %1$s: this computer reaches %2$s"), place, target);
  /* Translators: 1 is host:port or a path here, 2 the server's name, 3 host:port or a path there */
  return g_strdup_printf (_ ("Forward %1$s: %2$s reaches %3$s"), place, stage->server, target);
}

static char *
title_step (const CulvertCheckStageFields *stage)
{
  const char *method = culvert_words_for_method (stage->method);

  if (stage->subject == NULL)
    /* Translators: %s is a way to sign in, such as “Password” */
    return g_strdup_printf (_ ("Signing in: %s"), method);
  /* Translators: 1 is a way to sign in, such as “Key file”, 2 the key's file or name */
  return g_strdup_printf (_ ("Signing in: %1$s, %2$s"), method, stage->subject);
}

static char *
title_forward (const CulvertCheckStageFields *stage)
{
  g_autofree char *place = NULL;

  if (stage->kind == CULVERT_STAGE_LISTEN)
    return title_listen (stage);
  if (stage->kind != CULVERT_STAGE_SELF_TEST)
    return title_target (stage);
  place = name_place (stage->forward);
  /* Translators: 1 is host:port at the server, 2 the server's name */
  return g_strdup_printf (_ ("Forward %1$s: a connection from %2$s comes through"), place,
                          stage->server);
}

/* A proxy leads to the first of the servers. */
static char *
title_proxy (const CulvertCheckStageFields *stage, const CulvertProfile *profile)
{
  g_autoptr (CulvertHop) hop =
    profile->hops[0] != NULL ? culvert_hop_parse (profile->hops[0], NULL) : NULL;

  /* Translators: 1 is a proxy's host name, 2 the server's */
  return g_strdup_printf (_ ("The proxy %1$s leads on to %2$s"), stage->server,
                          hop != NULL ? hop->host : profile->host);
}

char *
culvert_words_for_stage_title (const CulvertCheckStageFields *stage, const CulvertProfile *profile)
{
  if (stage->forward != NULL)
    return title_forward (stage);
  switch (stage->kind)
    {
    case CULVERT_STAGE_PROXY_NAME:
      /* Translators: %s is a host name */
      return g_strdup_printf (_ ("The name of the proxy %s"), stage->server);
    case CULVERT_STAGE_PROXY_CONNECT:
      /* Translators: %s is a host name */
      return g_strdup_printf (_ ("The proxy %s can be reached"), stage->server);
    case CULVERT_STAGE_PROXY:
      return title_proxy (stage, profile);
    case CULVERT_STAGE_COMMAND:
      return g_strdup (_ ("The proxy command runs"));
    case CULVERT_STAGE_NAME:
      /* Translators: %s is a host name */
      return g_strdup_printf (_ ("The name %s"), stage->server);
    case CULVERT_STAGE_CONNECT:
      /* Translators: %s is a server's name */
      return g_strdup_printf (_ ("%s can be reached"), stage->server);
    case CULVERT_STAGE_BANNER:
      /* Translators: %s is a server's name */
      return g_strdup_printf (_ ("%s answers as an SSH server"), stage->server);
    case CULVERT_STAGE_KEY_EXCHANGE:
      /* Translators: %s is a server's name */
      return g_strdup_printf (_ ("Keys are exchanged with %s"), stage->server);
    case CULVERT_STAGE_HOST_KEY:
      /* Translators: %s is a server's name */
      return g_strdup_printf (_ ("%s is the server you know"), stage->server);
    case CULVERT_STAGE_SIGN_IN:
      /* Translators: 1 is a login name, 2 a server's name */
      return g_strdup_printf (_ ("Signing in as %1$s at %2$s"),
                              stage->subject != NULL ? stage->subject : "?", stage->server);
    case CULVERT_STAGE_SIGN_IN_STEP:
      return title_step (stage);
    case CULVERT_STAGE_NEXT:
      /* Translators: 1 is a jump host's name, 2 host:port of the next */
      return g_strdup_printf (_ ("The jump host %1$s leads on to %2$s"), stage->server,
                              stage->subject != NULL ? stage->subject : "?");
    case CULVERT_STAGE_LISTEN:
    case CULVERT_STAGE_PERMISSION:
    case CULVERT_STAGE_TARGET:
    case CULVERT_STAGE_SELF_TEST:
    default:
      return g_strdup ("");
    }
}

/* States */

const char *
culvert_words_for_stage_state (const CulvertCheckStageFields *stage)
{
  switch (stage->state)
    {
    case CULVERT_STAGE_RUNNING:
      return C_ ("check stage", "Running");
    case CULVERT_STAGE_PASSED:
      return C_ ("check stage", "Passed");
    case CULVERT_STAGE_FAILED:
      return C_ ("check stage", "Failed");
    case CULVERT_STAGE_SKIPPED:
      return stage->note == CULVERT_NOTE_REFUSED ? C_ ("check stage", "Not accepted")
                                                 : C_ ("check stage", "Skipped");
    case CULVERT_STAGE_PENDING:
    default:
      return C_ ("check stage", "To come");
    }
}

/* Sentences */

static char *
describe_no_agent (void)
{
  CulvertSandboxLack lacks = culvert_sandbox_get_lacks () & CULVERT_SANDBOX_AGENT;
  g_autofree char   *what = culvert_words_for_sandbox (lacks);
  g_autofree char   *next = culvert_words_for_sandbox_override (lacks);

  if (what != NULL)
    return g_strdup_printf ("%s %s", what, next);
  return g_strdup (_ ("No agent is running."));
}

static char *
describe_skipped (const CulvertCheckStageFields *stage, const CulvertProfile *profile)
{
  switch (stage->note)
    {
    case CULVERT_NOTE_EARLIER:
      return g_strdup (_ ("Not tried, because of what failed before it."));
    case CULVERT_NOTE_CANCELLED:
      return g_strdup (_ ("The check was stopped before it was done."));
    case CULVERT_NOTE_ADDRESS:
      return g_strdup (_ ("It is an address: there is no name to look up."));
    case CULVERT_NOTE_SHARED:
      return g_strdup (
        _ ("Not tried anew: another tunnel is connected to this jump host, and shares it."));
    case CULVERT_NOTE_NOT_OFFERED:
      return g_strdup (_ ("The server does not allow this way."));
    case CULVERT_NOTE_NEVER_ASK:
      return g_strdup (_ ("It needs an answer from you, and this tunnel never asks."));
    case CULVERT_NOTE_NO_AGENT:
      return describe_no_agent ();
    case CULVERT_NOTE_NO_KEYS:
      return g_strdup (_ ("It has no key that could be offered."));
    case CULVERT_NOTE_REFUSED:
      return g_strdup (_ ("The server does not accept it."));
    case CULVERT_NOTE_NO_TARGET:
      return g_strdup (
        _ ("Nothing to try: programs that use this proxy choose their targets themselves."));
    case CULVERT_NOTE_UNTOLD:
      if (stage->error != NULL && stage->kind == CULVERT_STAGE_SELF_TEST)
        return culvert_words_for_test (CULVERT_TEST_UNTOLD, stage->error, stage->forward, profile);
      return g_strdup (_ ("This can’t be told from here."));
    case CULVERT_NOTE_TROUBLE:
    case CULVERT_NOTE_NOT_NEEDED:
    case CULVERT_NOTE_NONE:
    case CULVERT_NOTE_KNOWN:
    case CULVERT_NOTE_CERTIFIED:
    case CULVERT_NOTE_SAVED:
    case CULVERT_NOTE_ONCE:
    case CULVERT_NOTE_MORE_NEEDED:
    case CULVERT_NOTE_OWN:
    case CULVERT_NOTE_ENDED_HERE:
    default:
      return g_strdup (_ ("It was not needed."));
    }
}

static char *
describe_host_key (const CulvertCheckStageFields *stage)
{
  const char *key = stage->detail != NULL ? stage->detail : "";

  if (stage->note == CULVERT_NOTE_CERTIFIED)
    /* Translators: %s is a kind of key and its fingerprint */
    return g_strdup_printf (_ ("An authority that you trust vouches for its key: %s."), key);
  if (stage->note == CULVERT_NOTE_SAVED)
    /* Translators: %s is a kind of key and its fingerprint */
    return g_strdup_printf (_ ("Its key was not known, and is trusted and saved now: %s."), key);
  if (stage->note == CULVERT_NOTE_ONCE)
    /* Translators: %s is a kind of key and its fingerprint */
    return g_strdup_printf (_ ("Its key is not known, and was trusted for this time: %s."), key);
  /* Translators: %s is a kind of key and its fingerprint */
  return g_strdup_printf (_ ("Its key is the one that is recorded: %s."), key);
}

static char *
describe_far_listening (const CulvertCheckStageFields *stage)
{
  g_autoptr (CulvertEndpoint) bound =
    stage->detail != NULL ? culvert_endpoint_parse (stage->detail, NULL) : NULL;
  g_autofree char *place = culvert_failure_words_dup_place (
    bound != NULL ? bound : culvert_forward_spec_get_listen (stage->forward));

  /* Translators: 1 is the server's name, 2 host:port there */
  return g_strdup_printf (_ ("%1$s listened on %2$s for the check."), stage->server, place);
}

static char *
describe_listening (const CulvertCheckStageFields *stage)
{
  gboolean is_remote =
    culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (stage->forward));

  if (stage->note == CULVERT_NOTE_OWN)
    return g_strdup (_ ("This tunnel is running, and listens there already."));
  if (is_remote)
    return describe_far_listening (stage);
  return g_strdup (_ ("Nothing is in the way: the tunnel can listen there."));
}

/* (transfer full): with the port that the server picked, where it picked one */
static CulvertForwardSpec *
complete_spec (const CulvertCheckStageFields *stage)
{
  CulvertForwardFields        fields = culvert_forward_spec_get_fields (stage->forward);
  g_autoptr (CulvertEndpoint) bound =
    stage->detail != NULL ? culvert_endpoint_parse (stage->detail, NULL) : NULL;
  g_autoptr (CulvertEndpoint) listen = NULL;

  if (bound == NULL || culvert_endpoint_get_host (fields.listen) == NULL ||
      culvert_endpoint_get_port (fields.listen) != 0)
    return culvert_forward_spec_ref (stage->forward);
  listen = culvert_endpoint_new_tcp (culvert_endpoint_get_host (fields.listen),
                                     culvert_endpoint_get_port (bound));
  fields.listen = listen;
  return culvert_forward_spec_new (&fields);
}

static char *
describe_passed_forward (const CulvertCheckStageFields *stage, const CulvertProfile *profile)
{
  g_autoptr (CulvertForwardSpec) spec = NULL;

  if (stage->kind == CULVERT_STAGE_LISTEN)
    return describe_listening (stage);
  if (stage->kind == CULVERT_STAGE_PERMISSION)
    return g_strdup (_ ("The server lets you connect there."));
  if (stage->kind != CULVERT_STAGE_SELF_TEST)
    return g_strdup (_ ("It accepts connections."));
  spec = complete_spec (stage);
  return culvert_words_for_test ((CulvertTestState)stage->test, NULL, spec, profile);
}

static char *
describe_passed (const CulvertCheckStageFields *stage, const CulvertProfile *profile)
{
  const char *detail = stage->detail != NULL ? stage->detail : "";

  if (stage->forward != NULL)
    return describe_passed_forward (stage, profile);
  switch (stage->kind)
    {
    case CULVERT_STAGE_PROXY_NAME:
    case CULVERT_STAGE_NAME:
      return g_strdup (_ ("The name is known."));
    case CULVERT_STAGE_CONNECT:
      if (stage->detail != NULL)
        /* Translators: %s is an IP address */
        return g_strdup_printf (_ ("Connected to the address %s."), detail);
      return g_strdup (_ ("It is connected."));
    case CULVERT_STAGE_BANNER:
      /* Translators: %s is what the server calls its software */
      return g_strdup_printf (_ ("It says that it is %s."), detail);
    case CULVERT_STAGE_KEY_EXCHANGE:
      /* Translators: %s is a list of algorithms */
      return g_strdup_printf (_ ("The connection is encrypted: %s."), detail);
    case CULVERT_STAGE_HOST_KEY:
      return describe_host_key (stage);
    case CULVERT_STAGE_SIGN_IN:
      return g_strdup (_ ("The server lets you in."));
    case CULVERT_STAGE_SIGN_IN_STEP:
      return stage->note == CULVERT_NOTE_MORE_NEEDED
               ? g_strdup (_ ("The server accepts it, and wants more."))
               : g_strdup (_ ("The server accepts it."));
    case CULVERT_STAGE_COMMAND:
      return g_strdup (_ ("It was started."));
    case CULVERT_STAGE_PROXY_CONNECT:
    case CULVERT_STAGE_PROXY:
    case CULVERT_STAGE_NEXT:
    case CULVERT_STAGE_LISTEN:
    case CULVERT_STAGE_PERMISSION:
    case CULVERT_STAGE_TARGET:
    case CULVERT_STAGE_SELF_TEST:
    default:
      return g_strdup (_ ("It is connected."));
    }
}

CulvertFailureWords *
culvert_failure_words_for_stage (const CulvertCheckStageFields *stage,
                                 const CulvertProfile          *profile)
{
  if (stage->error == NULL)
    return NULL;
  return stage->forward != NULL
           ? culvert_failure_words_for_forward (stage->error, stage->forward, profile)
           : culvert_failure_words_for_tunnel (stage->error, profile);
}

char *
culvert_words_for_stage (const CulvertCheckStageFields *stage, const CulvertProfile *profile)
{
  g_autoptr (CulvertFailureWords) words = NULL;

  if (stage->state == CULVERT_STAGE_PASSED)
    return describe_passed (stage, profile);
  if (stage->state == CULVERT_STAGE_PENDING || stage->state == CULVERT_STAGE_RUNNING)
    return g_strdup ("");
  if (stage->state == CULVERT_STAGE_SKIPPED && stage->note != CULVERT_NOTE_TROUBLE)
    return describe_skipped (stage, profile);
  words = culvert_failure_words_for_stage (stage, profile);
  return words != NULL ? g_strdup (words->what) : g_strdup (_ ("The check ended here."));
}

/* The report */

static void
add_stage (GString *report, const CulvertCheckStageFields *stage, const CulvertProfile *profile)
{
  g_autofree char                *title = culvert_words_for_stage_title (stage, profile);
  g_autofree char                *sentence = culvert_words_for_stage (stage, profile);
  g_autofree char                *time = culvert_words_for_latency (stage->duration_us);
  g_autoptr (CulvertFailureWords) words = NULL;

  g_string_append_printf (report, "[%s] %s", culvert_words_for_stage_state (stage), title);
  if (stage->duration_us >= 0)
    g_string_append_printf (report, " (%s)", time);
  g_string_append_c (report, '\n');
  if (sentence[0] != '\0')
    g_string_append_printf (report, "    %s\n", sentence);
  if (stage->state != CULVERT_STAGE_FAILED)
    return;
  words = culvert_failure_words_for_stage (stage, profile);
  if (words != NULL && words->why != NULL)
    g_string_append_printf (report, "    %s\n", words->why);
  if (words != NULL && words->next != NULL)
    g_string_append_printf (report, "    %s\n", words->next);
  if (stage->error != NULL)
    {
      g_autofree char *detail = culvert_log_printable (stage->error->message, -1);

      g_string_append_printf (report, "    (%s)\n", detail);
    }
}

char *
culvert_words_for_check_report (GListModel *stages, const CulvertProfile *profile)
{
  GString         *report = g_string_new (NULL);
  g_autofree char *title = culvert_profile_dup_title (profile);
  g_autofree char *printable = culvert_log_printable (title, -1);

  /* Translators: 1 is a tunnel's name, 2 a version number */
  g_string_append_printf (report, _ ("Check of the tunnel “%1$s”, by Culvert %2$s"), printable,
                          CULVERT_VERSION);
  g_string_append (report, "\n\n");
  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (CulvertCheckStage) stage = g_list_model_get_item (stages, i);

      add_stage (report, culvert_check_stage_get_fields (stage), profile);
    }
  return g_string_free (report, FALSE);
}
