/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/far-test-plan.h"

#include "core/errors.h"

#include <string.h>

#define N_LEGS 2

/* Nothing but these two are bound for `localhost`. */
static gboolean
is_localhost (const char *address)
{
  return g_str_equal (address, "127.0.0.1") || g_str_equal (address, "::1");
}

/* Does it listen on an address that is neither loopback nor all of them? */
static gboolean
is_one_address (const CulvertFarTestPlan *self)
{
  return !culvert_host_is_any (self->asked) && !culvert_host_is_loopback (self->asked);
}

static const char *
get_inside (const CulvertFarTestPlan *self)
{
  if (g_str_equal (self->asked, "0.0.0.0"))
    return "127.0.0.1";
  if (g_str_equal (self->asked, "::"))
    return "::1";
  if (*self->asked == '\0' || g_str_equal (self->asked, "*") || is_one_address (self))
    return "localhost";
  return self->asked;
}

void
culvert_far_test_plan_init (CulvertFarTestPlan    *self,
                            const CulvertEndpoint *listen,
                            const char            *server_address)
{
  *self = (CulvertFarTestPlan){ .asked = culvert_endpoint_get_host (listen) };
  if (server_address != NULL && !is_localhost (server_address) &&
      !g_str_equal (server_address, self->asked))
    self->address = g_strdup (server_address);
}

void
culvert_far_test_plan_clear (CulvertFarTestPlan *self)
{
  for (guint i = 0; i < N_LEGS; i++)
    g_clear_error (&self->errors[i]);
  g_clear_error (&self->error);
  g_clear_pointer (&self->address, g_free);
}

/* @error: nullable */
static gboolean
is_refused (const GError *error)
{
  const char *said = error != NULL ? culvert_error_get_fact (error, CULVERT_FACT_SAID) : NULL;

  /* A server that does not say why it cannot connect has been refused, most often. */
  return g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED) &&
         (said == NULL || *said == '\0' || strstr (said, "efused") != NULL);
}

const char *
culvert_far_test_plan_next (CulvertFarTestPlan *self)
{
  if (self->has_failed || self->n_tried == N_LEGS)
    return NULL;
  if (self->n_tried++ == 0)
    return is_one_address (self) ? self->asked : get_inside (self);
  if (is_one_address (self))
    return is_refused (self->errors[0]) ? get_inside (self) : NULL;
  return self->is_back[0] ? self->address : NULL;
}

void
culvert_far_test_plan_note (CulvertFarTestPlan *self, const GError *error)
{
  guint leg = self->n_tried - 1;

  self->is_back[leg] = error == NULL;
  if (error != NULL)
    self->errors[leg] = g_error_copy (error);
}

void
culvert_far_test_plan_fail (CulvertFarTestPlan *self, const GError *error)
{
  self->has_failed = TRUE;
  self->error = g_error_copy (error);
}

/* @leg: that was refused */
static CulvertTestState
conclude_loopback_only (CulvertFarTestPlan *self, guint leg, GError **error)
{
  const GError *refused = self->errors[leg];

  g_set_error (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TEST_LOOPBACK_ONLY,
               "the server listens for itself alone: %s", refused->message);
  culvert_error_set_fact (error, CULVERT_FACT_TARGET,
                          culvert_error_get_fact (refused, CULVERT_FACT_TARGET));
  return CULVERT_TEST_FAILED;
}

static CulvertTestState
conclude_first (CulvertFarTestPlan *self, GError **error)
{
  const GError *first = self->errors[0];

  g_propagate_error (error, g_error_copy (first));
  return g_error_matches (first, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_PROHIBITED)
           ? CULVERT_TEST_UNTOLD
           : CULVERT_TEST_FAILED;
}

CulvertTestState
culvert_far_test_plan_conclude (CulvertFarTestPlan *self, GError **error)
{
  if (self->has_failed)
    {
      g_propagate_error (error, g_error_copy (self->error));
      return CULVERT_TEST_FAILED;
    }
  if (is_one_address (self))
    {
      if (self->is_back[0])
        return CULVERT_TEST_WORKS_OUTSIDE;
      return self->is_back[1] ? conclude_loopback_only (self, 0, error)
                              : conclude_first (self, error);
    }
  if (!self->is_back[0])
    return conclude_first (self, error);
  if (!culvert_host_is_any (self->asked))
    return self->is_back[1] ? CULVERT_TEST_WORKS_EXPOSED : CULVERT_TEST_WORKS;
  if (self->is_back[1])
    return CULVERT_TEST_WORKS_OUTSIDE;
  return is_refused (self->errors[1]) ? conclude_loopback_only (self, 1, error)
                                      : CULVERT_TEST_WORKS_INSIDE;
}
