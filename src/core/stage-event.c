/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/stage-event.h"

CulvertStageEvent *
culvert_stage_event_copy (const CulvertStageEvent *self)
{
  CulvertStageEvent *copy = g_new (CulvertStageEvent, 1);

  *copy = *self;
  copy->host = g_strdup (self->host);
  copy->subject = g_strdup (self->subject);
  copy->detail = g_strdup (self->detail);
  copy->forward = g_strdup (self->forward);
  copy->error = self->error != NULL ? g_error_copy (self->error) : NULL;
  return copy;
}

void
culvert_stage_event_free (CulvertStageEvent *self)
{
  g_free (self->host);
  g_free (self->subject);
  g_free (self->detail);
  g_free (self->forward);
  g_clear_error (&self->error);
  g_free (self);
}

const char *
culvert_stage_kind_to_nick (CulvertStageKind kind)
{
  static const char *const nicks[CULVERT_N_STAGE_KINDS] = {
    [CULVERT_STAGE_PROXY_NAME] = "proxy-name",
    [CULVERT_STAGE_PROXY_CONNECT] = "proxy-connect",
    [CULVERT_STAGE_PROXY] = "proxy",
    [CULVERT_STAGE_COMMAND] = "command",
    [CULVERT_STAGE_NAME] = "name",
    [CULVERT_STAGE_CONNECT] = "connect",
    [CULVERT_STAGE_BANNER] = "banner",
    [CULVERT_STAGE_KEY_EXCHANGE] = "key-exchange",
    [CULVERT_STAGE_HOST_KEY] = "host-key",
    [CULVERT_STAGE_SIGN_IN] = "sign-in",
    [CULVERT_STAGE_SIGN_IN_STEP] = "sign-in-step",
    [CULVERT_STAGE_NEXT] = "next",
    [CULVERT_STAGE_LISTEN] = "listen",
    [CULVERT_STAGE_PERMISSION] = "permission",
    [CULVERT_STAGE_TARGET] = "target",
    [CULVERT_STAGE_SELF_TEST] = "self-test",
  };

  g_return_val_if_fail ((int)kind < CULVERT_N_STAGE_KINDS, NULL);
  return nicks[kind];
}

const char *
culvert_stage_state_to_nick (CulvertStageState state)
{
  static const char *const nicks[] = { "pending", "running", "passed", "failed", "skipped" };

  g_return_val_if_fail ((gsize)state < G_N_ELEMENTS (nicks), NULL);
  return nicks[state];
}

const char *
culvert_stage_note_to_nick (CulvertStageNote note)
{
  static const char *const nicks[CULVERT_N_STAGE_NOTES] = {
    [CULVERT_NOTE_EARLIER] = "earlier",
    [CULVERT_NOTE_CANCELLED] = "cancelled",
    [CULVERT_NOTE_NOT_NEEDED] = "not-needed",
    [CULVERT_NOTE_ADDRESS] = "address",
    [CULVERT_NOTE_SHARED] = "shared",
    [CULVERT_NOTE_NOT_OFFERED] = "not-offered",
    [CULVERT_NOTE_NEVER_ASK] = "never-ask",
    [CULVERT_NOTE_NO_AGENT] = "no-agent",
    [CULVERT_NOTE_NO_KEYS] = "no-keys",
    [CULVERT_NOTE_REFUSED] = "refused",
    [CULVERT_NOTE_TROUBLE] = "trouble",
    [CULVERT_NOTE_NO_TARGET] = "no-target",
    [CULVERT_NOTE_UNTOLD] = "untold",
    [CULVERT_NOTE_KNOWN] = "known",
    [CULVERT_NOTE_CERTIFIED] = "certified",
    [CULVERT_NOTE_SAVED] = "saved",
    [CULVERT_NOTE_ONCE] = "once",
    [CULVERT_NOTE_MORE_NEEDED] = "more-needed",
    [CULVERT_NOTE_OWN] = "own",
    [CULVERT_NOTE_ENDED_HERE] = "ended-here",
  };

  g_return_val_if_fail ((int)note < CULVERT_N_STAGE_NOTES, NULL);
  return nicks[note];
}
