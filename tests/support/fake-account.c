/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A stand-in for the account of whoever runs a test, loaded (LD_PRELOAD) into a server that knows no
 * PAM, such as Dropbear: the home is CULVERT_FAKE_HOME, so that its authorized_keys counts, and the
 * password's hash is CULVERT_FAKE_HASH (crypt(3)).  So no account of the machine is read or changed. */

#include <dlfcn.h>
#include <pwd.h>
#include <shadow.h>
#include <stddef.h>
#include <stdlib.h>

struct passwd *
getpwnam (const char *name)
{
  static char shell[] = "/bin/sh";
  struct passwd *(*real) (const char *) =
    (struct passwd * (*)(const char *)) dlsym (RTLD_NEXT, "getpwnam");
  struct passwd *found = real != NULL ? real (name) : NULL;
  char          *home = getenv ("CULVERT_FAKE_HOME");

  if (found != NULL && home != NULL)
    {
      found->pw_dir = home;
      found->pw_shell = shell;
    }
  return found;
}

struct spwd *
getspnam (const char *name)
{
  static struct spwd entry;

  entry.sp_namp = (char *)name;
  entry.sp_pwdp = getenv ("CULVERT_FAKE_HASH");
  return entry.sp_pwdp != NULL ? &entry : NULL;
}
