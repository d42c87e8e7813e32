/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/remote-forward.h"

#include "forward/arrivals.h"
#include "forward/relay.h"

struct _CulvertRemoteForward
{
  CulvertFarForward parent_instance;

  CulvertArrivals arrivals;
};

G_DEFINE_FINAL_TYPE (CulvertRemoteForward, culvert_remote_forward, CULVERT_TYPE_FAR_FORWARD)

static void
arrived_cb (CulvertFarForward *far, CulvertSocket socket, CulvertStream *stream, const char *client)
{
  CulvertForwardSpec *spec = culvert_forward_get_spec (CULVERT_FORWARD (far));
  CulvertRelay       *relay = culvert_relay_new (culvert_far_forward_get_relays (far), socket);

  culvert_relay_set_target (relay, culvert_forward_spec_get_target (spec));
  culvert_relay_join (relay, stream, client);
}

static void
culvert_remote_forward_prepare (CulvertFarForward *far)
{
  culvert_arrivals_init (&CULVERT_REMOTE_FORWARD (far)->arrivals, far, arrived_cb);
}

static void
culvert_remote_forward_clear (CulvertFarForward *far)
{
  culvert_arrivals_clear (&CULVERT_REMOTE_FORWARD (far)->arrivals);
}

static void
culvert_remote_forward_offered (CulvertFarForward     *far,
                                CulvertStream         *stream,
                                const CulvertEndpoint *originator)
{
  culvert_arrivals_add (&CULVERT_REMOTE_FORWARD (far)->arrivals, stream, originator);
}

static void
culvert_remote_forward_class_init (CulvertRemoteForwardClass *klass)
{
  CulvertFarForwardClass *far_class = CULVERT_FAR_FORWARD_CLASS (klass);

  far_class->prepare = culvert_remote_forward_prepare;
  far_class->clear = culvert_remote_forward_clear;
  far_class->offered = culvert_remote_forward_offered;
}

static void
culvert_remote_forward_init (CulvertRemoteForward *self)
{
}
