/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/runner-private.h"

#include "base/source.h"
#include "core/errors.h"
#include "engine/reasons.h"

gboolean
culvert_runner_is_allowed (CulvertRunner *self)
{
  if (self->profile->network_rule == CULVERT_NETWORK_RULE_ANY || self->is_overruled)
    return TRUE;

  return self->network_names != NULL &&
         culvert_network_rule_allows (self->profile->network_rule,
                                      (const char *const *)self->profile->networks,
                                      self->network_names);
}

/* Does it wait for nothing but another network? */
static gboolean
is_held_back (CulvertRunner *self)
{
  if (self->session_life != SESSION_NONE)
    return FALSE;
  /* Before anybody has said what the network is, it has nothing to tell. */
  if (self->state == CULVERT_TUNNEL_CONNECTING)
    return TRUE;

  return self->state == CULVERT_TUNNEL_WAITING &&
         culvert_error_is_of_network_rule (self->wait_error);
}

static void
wait_for_other_network (CulvertRunner *self, const GError *error)
{
  if (is_held_back (self) && self->state == CULVERT_TUNNEL_WAITING &&
      g_str_equal (self->wait_error->message, error->message))
    return;

  g_clear_error (&self->wait_error);
  self->wait_error = g_error_copy (error);
  culvert_runner_wait_for (self, "another network", error);
}

void
culvert_runner_hold_back (CulvertRunner *self)
{
  g_autoptr (GError) error = NULL;

  culvert_source_clear (&self->wait_source);
  if (self->network_names == NULL)
    {
      culvert_runner_set_state (self, CULVERT_TUNNEL_CONNECTING, NULL, 0, self->log,
                                "finding out which network this is");
      return;
    }

  error = culvert_reason_of_rule (self->profile, self->network_names);
  if (self->single_try)
    {
      g_clear_error (&self->failure);
      self->failure = g_steal_pointer (&error);
      culvert_runner_finish (self);
      return;
    }
  culvert_retry_reset (&self->retry);
  wait_for_other_network (self, error);
}

void
culvert_runner_go_on (CulvertRunner *self)
{
  if (culvert_runner_is_on_demand (self) && !culvert_runner_has_clients (self))
    culvert_runner_go_idle (self, "it may connect on this network");
  else
    culvert_runner_try_now (self, "it may connect on this network");
}

void
culvert_runner_follow_rule (CulvertRunner *self)
{
  if (self->state == CULVERT_TUNNEL_STOPPED || self->state == CULVERT_TUNNEL_FAILED ||
      self->after == AFTER_FINISH)
    return;

  if (culvert_runner_is_allowed (self))
    {
      if (is_held_back (self))
        culvert_runner_go_on (self);
    }
  else if (self->session_life == SESSION_NONE)
    {
      culvert_runner_hold_back (self);
    }
  else if (self->session_life == SESSION_LIVE && self->network_names != NULL &&
           culvert_network_names_get_first (self->network_names) != NULL)
    {
      culvert_log_write (self->log, CULVERT_LOG_INFO, "the networks rule ends the session");
      culvert_runner_end_session (self, AFTER_HOLD_BACK);
    }
}

void
culvert_runner_set_network_names (CulvertRunner *self, CulvertNetworkNames *names)
{
  CulvertNetworkNames *before = self->network_names;

  g_return_if_fail (names != NULL);

  if (culvert_network_names_equal (before, names))
    return;

  self->network_names = culvert_network_names_ref (names);
  g_clear_pointer (&before, culvert_network_names_unref);
  self->is_overruled = FALSE;
  culvert_runner_follow_rule (self);
}
