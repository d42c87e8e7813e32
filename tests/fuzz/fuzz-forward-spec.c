/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The argument of -L, -R or -D; the first byte says which.  What is taken is written and read back
 * with the same ends. */

#include "core/forward-spec.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertForwardSpec) spec = NULL;
  g_autoptr (CulvertForwardSpec) again = NULL;
  g_autoptr (CulvertEndpoint)    endpoint = NULL;
  g_autofree char               *text = NULL;
  g_autofree char               *written = NULL;
  CulvertForwardKind             kind;

  if (n_bytes == 0)
    return 0;
  switch (data[0])
    {
    case 'R':
      kind = CULVERT_FORWARD_REMOTE;
      break;
    case 'D':
      kind = CULVERT_FORWARD_DYNAMIC;
      break;
    case 'P':
      kind = CULVERT_FORWARD_REVERSE_DYNAMIC;
      break;
    default:
      kind = CULVERT_FORWARD_LOCAL;
      break;
    }
  text = g_strndup ((const char *)data + 1, n_bytes - 1);

  endpoint = culvert_endpoint_parse (text, &error);
  g_assert_true ((endpoint == NULL) == (error != NULL));
  g_clear_error (&error);
  if (endpoint != NULL)
    {
      g_autofree char            *endpoint_text = culvert_endpoint_to_string (endpoint);
      g_autoptr (CulvertEndpoint) same = culvert_endpoint_parse (endpoint_text, &error);

      g_assert_no_error (error);
      g_assert_true (culvert_endpoint_equal (endpoint, same));
    }

  spec = culvert_forward_spec_parse (kind, text, &error);
  g_assert_true ((spec == NULL) == (error != NULL));
  if (spec == NULL)
    return 0;
  written = culvert_forward_spec_to_argument (spec);
  again = culvert_forward_spec_parse (kind, written, &error);
  g_assert_no_error (error);
  g_assert_cmpint (culvert_forward_spec_get_kind (spec), ==, culvert_forward_spec_get_kind (again));
  g_assert_true (culvert_endpoint_equal (culvert_forward_spec_get_listen (spec),
                                         culvert_forward_spec_get_listen (again)));
  g_assert_true (culvert_endpoint_equal (culvert_forward_spec_get_target (spec),
                                         culvert_forward_spec_get_target (again)));
  return 0;
}
