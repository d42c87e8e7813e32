/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "forward/proxy-asking.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

typedef struct
{
  CulvertProxyAskingState state;
  GByteArray             *output;
  char                   *target; /* nullable */
  GByteArray             *early;  /* and what follows it */
} Outcome;

static void
add (GByteArray *all, GBytes *bytes)
{
  if (bytes != NULL)
    g_byte_array_append (all, g_bytes_get_data (bytes, NULL), (guint)g_bytes_get_size (bytes));
}

/* Whatever is asked for can be said to a server, and written to a log. */
static void
check_target (CulvertProxyAsking *asking, Outcome *outcome, const guint8 *rest, gsize n_rest)
{
  const CulvertEndpoint *target = culvert_proxy_asking_get_target (asking);
  guint64                n_more;
  g_autoptr (GBytes)     early = culvert_proxy_asking_take_early (asking, &n_more);

  g_assert_true (culvert_host_is_valid (culvert_endpoint_get_host (target)));
  g_assert_cmpuint (culvert_endpoint_get_port (target), >, 0);
  outcome->target = culvert_endpoint_to_string (target);
  add (outcome->early, early);
  if (n_rest > 0)
    g_byte_array_append (outcome->early, rest, (guint)MIN (n_rest, n_more));
}

static void
answer (CulvertProxyAsking *asking, Outcome *outcome, gboolean is_open)
{
  g_autoptr (GError) error =
    g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED, "no way");
  g_autoptr (GBytes) bytes =
    is_open ? culvert_proxy_asking_opened (asking) : culvert_proxy_asking_failed (asking, error);

  g_assert_true (is_open || bytes != NULL);
  add (outcome->output, bytes);
}

static Outcome
run (const guint8 *data, gsize n_bytes, gsize n_piece, gboolean is_open)
{
  g_autoptr (CulvertEndpoint)    here = culvert_endpoint_new_tcp ("127.0.0.1", 1080);
  g_autoptr (CulvertProxyAsking) asking = culvert_proxy_asking_new (here);
  Outcome outcome = { .output = g_byte_array_new (), .early = g_byte_array_new () };
  gsize   used = 0;

  while (outcome.state == CULVERT_PROXY_ASKING_MORE && used < n_bytes)
    {
      gsize              n = MIN (n_piece, n_bytes - used);
      g_autoptr (GBytes) output = NULL;

      outcome.state = culvert_proxy_asking_received (asking, data + used, n);
      output = culvert_proxy_asking_take_output (asking);
      add (outcome.output, output);
      used += n;
    }
  g_assert_true ((culvert_proxy_asking_get_reason (asking) != NULL) ==
                 (outcome.state == CULVERT_PROXY_ASKING_REFUSED));
  if (outcome.state == CULVERT_PROXY_ASKING_TARGET)
    {
      check_target (asking, &outcome, data + used, n_bytes - used);
      answer (asking, &outcome, is_open);
    }
  return outcome;
}

static void
clear (Outcome *outcome)
{
  g_byte_array_unref (outcome->output);
  g_byte_array_unref (outcome->early);
  g_free (outcome->target);
}

/* The first byte says how the target answers and how long the pieces are: what comes out may not depend
 * on them.  The rest is what a client says. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  Outcome whole, pieces;

  if (n_bytes == 0 || n_bytes > CULVERT_PROXY_ASKING_MAX)
    return 0;
  whole = run (data + 1, n_bytes - 1, n_bytes, data[0] & 1);
  pieces = run (data + 1, n_bytes - 1, 1 + data[0] / 2 % 7, data[0] & 1);
  g_assert_cmpint (whole.state, ==, pieces.state);
  g_assert_cmpstr (whole.target, ==, pieces.target);
  g_assert_cmpmem (whole.output->data, whole.output->len, pieces.output->data, pieces.output->len);
  g_assert_cmpmem (whole.early->data, whole.early->len, pieces.early->data, pieces.early->len);
  clear (&whole);
  clear (&pieces);
  return 0;
}
