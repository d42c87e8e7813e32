/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/test-words.h"

#include "core/errors.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

static char *
describe_success (CulvertTestState state, const CulvertForwardSpec *spec, const char *server)
{
  const CulvertEndpoint *end = culvert_forward_spec_get_target (spec);
  /* Translators: stands for a target that each client chooses itself */
  g_autofree char *target =
    end != NULL ? culvert_endpoint_to_string (end) : g_strdup (_ ("the proxy"));
  g_autofree char *place = culvert_failure_words_dup_place (culvert_forward_spec_get_listen (spec));

  switch (state)
    {
    case CULVERT_TEST_WORKS_INSIDE:
      /* Translators: 1 is the server's name, 2 host:port or a path, 3 host:port at the server */
      return g_strdup_printf (
        _ ("It works: a connection made on %1$s reached %2$s. Whether other computers can connect "
           "to %3$s can’t be told from there: a firewall or “GatewayPorts” in its sshd_config may "
           "be in the way."),
        server, target, place);
    case CULVERT_TEST_WORKS_OUTSIDE:
      /* Translators: 1 is the server's name, 2 host:port or a path, 3 host:port at the server */
      return g_strdup_printf (
        _ ("It works: a connection made on %1$s reached %2$s. %3$s is open to other computers, "
           "too, unless a firewall is in the way."),
        server, target, place);
    case CULVERT_TEST_WORKS_EXPOSED:
      return g_strdup_printf (
        /* Translators: 1 is the server's name, 2 host:port or a path */
        _ ("It works: a connection made on %1$s reached %2$s. But the port is open to other "
           "computers, too, which was not asked for: “GatewayPorts yes” in its sshd_config makes "
           "it so. Ask its administrator for “GatewayPorts clientspecified”."),
        server, target);
    case CULVERT_TEST_WORKS:
    case CULVERT_TEST_NONE:
    case CULVERT_TEST_RUNNING:
    case CULVERT_TEST_UNTOLD:
    case CULVERT_TEST_FAILED:
    default:
      /* Translators: 1 is the server's name, 2 host:port or a path */
      return g_strdup_printf (_ ("It works: a connection made on %1$s reached %2$s."), server,
                              target);
    }
}

/* Here it is no fault: what would have to be allowed for it is nothing that the forward needs. */
static char *
describe_untold (const char *place, const CulvertProfile *profile)
{
  /* Translators: 1 is the server's name, 2 host:port there */
  return g_strdup_printf (
    _ ("This can’t be tested: %1$s does not let you connect to %2$s, its own port, which says "
       "nothing about other clients. Try it with a program there, or ask its administrator for "
       "“AllowTcpForwarding yes” and, if PermitOpen is set, “PermitOpen %2$s” in sshd_config."),
    profile->host, place);
}

/* What the server says of a connection to its own port, as of any other target. */
static char *
describe_open (const GError *error, const char *place, const CulvertProfile *profile)
{
  g_autoptr (CulvertEndpoint)     target = culvert_endpoint_parse (place, NULL);
  g_autoptr (CulvertEndpoint)     listen = culvert_endpoint_new_tcp ("", 0);
  g_autoptr (CulvertForwardSpec)  spec = culvert_forward_spec_new (&(CulvertForwardFields){
     .kind = CULVERT_FORWARD_LOCAL, .listen = listen, .target = target, .is_enabled = TRUE });
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_forward (error, spec, profile);

  return culvert_failure_words_join (words);
}

static char *
describe_failure (const GError             *error,
                  const char               *place,
                  const CulvertForwardSpec *spec,
                  const CulvertProfile     *profile)
{
  g_autoptr (CulvertFailureWords) words = NULL;

  if (error->domain == CULVERT_SSH_ERROR)
    return describe_open (error, place, profile);
  words = culvert_failure_words_for_forward (error, spec, profile);
  return culvert_failure_words_join (words);
}

char *
culvert_words_for_test (CulvertTestState          state,
                        const GError             *error,
                        const CulvertForwardSpec *spec,
                        const CulvertProfile     *profile)
{
  const char *place = error != NULL ? culvert_error_get_fact (error, CULVERT_FACT_TARGET) : NULL;

  g_return_val_if_fail (spec != NULL && profile != NULL, NULL);

  if (place == NULL)
    place = "localhost:1";
  switch (state)
    {
    case CULVERT_TEST_RUNNING:
      return g_strdup (_ ("Testing…"));
    case CULVERT_TEST_WORKS:
    case CULVERT_TEST_WORKS_INSIDE:
    case CULVERT_TEST_WORKS_OUTSIDE:
    case CULVERT_TEST_WORKS_EXPOSED:
      return describe_success (state, spec, profile->host);
    case CULVERT_TEST_UNTOLD:
      return describe_untold (place, profile);
    case CULVERT_TEST_FAILED:
      return error != NULL ? describe_failure (error, place, spec, profile) : g_strdup ("");
    case CULVERT_TEST_NONE:
    default:
      return g_strdup ("");
    }
}
