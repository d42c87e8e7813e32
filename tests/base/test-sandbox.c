/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sandbox-private.h"

#define BEGIN "[Application]\nname=" CULVERT_APP_ID "\n[Context]\nshared=network;ipc;\n"

static const struct
{
  const char        *info;
  const char        *agent; /* SSH_AUTH_SOCK */
  gboolean           is_around;
  CulvertSandboxLack lacks;
} cases[] = {
  { NULL, NULL, FALSE, CULVERT_SANDBOX_NOTHING },
  { BEGIN "sockets=wayland;fallback-x11;\n", NULL, TRUE,
    CULVERT_SANDBOX_AGENT | CULVERT_SANDBOX_SSH_FOLDER },
  { BEGIN, "", TRUE, CULVERT_SANDBOX_AGENT | CULVERT_SANDBOX_SSH_FOLDER },
  { BEGIN "sockets=wayland;ssh-auth;\n", "/run/flatpak/ssh-auth", TRUE,
    CULVERT_SANDBOX_SSH_FOLDER },
  { BEGIN "sockets=ssh-auth;\nfilesystems=~/.ssh:ro;\n", NULL, TRUE, CULVERT_SANDBOX_NOTHING },
  { BEGIN "filesystems=xdg-download;~/.ssh;\n", NULL, TRUE, CULVERT_SANDBOX_AGENT },
  { BEGIN "filesystems=~/.ssh-backup:ro;~/.sshrc;\n", "/", TRUE, CULVERT_SANDBOX_SSH_FOLDER },
  { BEGIN "filesystems=home:ro;\n", "/", TRUE, CULVERT_SANDBOX_NOTHING },
  { BEGIN "filesystems=host;\n", "/", TRUE, CULVERT_SANDBOX_NOTHING },
  /* a socket that the sandbox does not show */
  { BEGIN "filesystems=host;\n", "/nowhere/agent", TRUE, CULVERT_SANDBOX_AGENT },
  /* nothing is said about what cannot be read */
  { "no key file", NULL, TRUE, CULVERT_SANDBOX_NOTHING },
};

static void
test_lacks (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      if (cases[i].agent != NULL)
        g_setenv ("SSH_AUTH_SOCK", cases[i].agent, TRUE);
      else
        g_unsetenv ("SSH_AUTH_SOCK");
      culvert_sandbox_pretend (cases[i].info);
      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (culvert_sandbox_is_around (), ==, cases[i].is_around);
      g_assert_cmpint (culvert_sandbox_get_lacks (), ==, cases[i].lacks);
    }
}

static void
test_override (void)
{
  g_autofree char *nothing = culvert_sandbox_dup_override (CULVERT_SANDBOX_NOTHING);
  g_autofree char *agent = culvert_sandbox_dup_override (CULVERT_SANDBOX_AGENT);
  g_autofree char *folder = culvert_sandbox_dup_override (CULVERT_SANDBOX_SSH_FOLDER);
  g_autofree char *both =
    culvert_sandbox_dup_override (CULVERT_SANDBOX_AGENT | CULVERT_SANDBOX_SSH_FOLDER);

  g_assert_null (nothing);
  g_assert_cmpstr (agent, ==, "flatpak override --user --socket=ssh-auth " CULVERT_APP_ID);
  g_assert_cmpstr (folder, ==, "flatpak override --user --filesystem=~/.ssh:ro " CULVERT_APP_ID);
  g_assert_cmpstr (
    both, ==, "flatpak override --user --socket=ssh-auth --filesystem=~/.ssh:ro " CULVERT_APP_ID);
}

static void
test_ssh_folder (void)
{
  g_autofree char *inside = g_build_filename (g_get_home_dir (), ".ssh", "id_rsa", NULL);
  g_autofree char *beside = g_build_filename (g_get_home_dir (), ".ssh-old", "id_rsa", NULL);

  g_assert_true (culvert_sandbox_is_in_ssh_folder (inside));
  g_assert_true (culvert_sandbox_is_in_ssh_folder ("~/.ssh/id_rsa"));
  g_assert_false (culvert_sandbox_is_in_ssh_folder (beside));
  g_assert_false (culvert_sandbox_is_in_ssh_folder ("/run/user/1000/doc/1/id_rsa"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox/lacks", test_lacks);
  g_test_add_func ("/sandbox/override", test_override);
  g_test_add_func ("/sandbox/ssh-folder", test_ssh_folder);
  return g_test_run ();
}
