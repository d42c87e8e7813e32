/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/error-kind.h"

#include "core/errors.h"

static const struct
{
  GQuark (*domain) (void);
  int              code;
  CulvertErrorKind kind;
} rows[] = {
  { culvert_ssh_error_quark, CULVERT_SSH_ERROR_REFUSED, CULVERT_ERROR_KIND_UNREACHABLE },
  { culvert_ssh_error_quark, CULVERT_SSH_ERROR_LOST, CULVERT_ERROR_KIND_UNREACHABLE },
  { culvert_ssh_error_quark, CULVERT_SSH_ERROR_HOST_KEY_CHANGED, CULVERT_ERROR_KIND_HOST_KEY },
  { culvert_ssh_error_quark, CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN, CULVERT_ERROR_KIND_HOST_KEY },
  { culvert_ssh_error_quark, CULVERT_SSH_ERROR_AUTH_REFUSED, CULVERT_ERROR_KIND_SIGN_IN },
  { culvert_ssh_error_quark, CULVERT_SSH_ERROR_KEY_PERMISSIONS, CULVERT_ERROR_KIND_SIGN_IN },
  { culvert_ssh_error_quark, CULVERT_SSH_ERROR_LISTEN_REFUSED, CULVERT_ERROR_KIND_FORWARD },
  { culvert_ssh_error_quark, CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED, CULVERT_ERROR_KIND_COMMAND },
  { culvert_forward_error_quark, CULVERT_FORWARD_ERROR_PORT_IN_USE, CULVERT_ERROR_KIND_FORWARD },
  { culvert_profile_error_quark, CULVERT_PROFILE_ERROR_COMMAND, CULVERT_ERROR_KIND_COMMAND },
  { culvert_profile_error_quark, CULVERT_PROFILE_ERROR_UNREADABLE, CULVERT_ERROR_KIND_OTHER },
  { g_io_error_quark, G_IO_ERROR_FAILED, CULVERT_ERROR_KIND_OTHER },
};

static void
test_table (void)
{
  g_assert_cmpint (culvert_error_get_kind (NULL), ==, CULVERT_ERROR_KIND_NONE);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error =
        g_error_new_literal (rows[i].domain (), rows[i].code, "made for this test");

      g_assert_cmpint (culvert_error_get_kind (error), ==, rows[i].kind);
    }
}

/* Scripts rely on the words. */
static void
test_nicks (void)
{
  static const char *const nicks[] = { "",        "unreachable", "host-key", "sign-in",
                                       "forward", "command",     "other" };

  for (gsize i = 0; i < G_N_ELEMENTS (nicks); i++)
    {
      g_assert_cmpstr (culvert_error_kind_to_nick ((CulvertErrorKind)i), ==, nicks[i]);
      g_assert_cmpint (culvert_error_kind_from_nick (nicks[i]), ==, i);
    }
  g_assert_cmpint (culvert_error_kind_from_nick ("something newer"), ==, CULVERT_ERROR_KIND_OTHER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/error-kind/table", test_table);
  g_test_add_func ("/core/error-kind/nicks", test_nicks);
  return g_test_run ();
}
