/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/local-forward.h"

struct _CulvertLocalForward
{
  CulvertListeningForward parent_instance;
};

G_DEFINE_FINAL_TYPE (CulvertLocalForward, culvert_local_forward, CULVERT_TYPE_LISTENING_FORWARD)

static void
culvert_local_forward_accepted (CulvertListeningForward *listening, CulvertSocket client)
{
  CulvertForwardSpec *spec = culvert_forward_get_spec (CULVERT_FORWARD (listening));
  CulvertRelay       *relay =
    culvert_relay_new (culvert_listening_forward_get_relays (listening), client);

  culvert_relay_set_target (relay, culvert_forward_spec_get_target (spec));
  culvert_listening_forward_serve (listening, relay);
}

static void
culvert_local_forward_class_init (CulvertLocalForwardClass *klass)
{
  CULVERT_LISTENING_FORWARD_CLASS (klass)->accepted = culvert_local_forward_accepted;
}

static void
culvert_local_forward_init (CulvertLocalForward *self)
{
}
