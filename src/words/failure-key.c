/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

/* The files of private keys. */

/* (transfer full): a command that can be pasted into a terminal, whatever is in the path */
static char *
build_command (const char *program, const char *file)
{
  g_autofree char *quoted = g_shell_quote (file);

  return g_strdup_printf ("%s %s", program, quoted);
}

static CulvertFailureWords *
describe_permissions (const char *file)
{
  g_autofree char *command = NULL;

  if (file == NULL)
    return culvert_failure_words_take (
      g_strdup (_ ("Other users of this computer may read the key file of this tunnel, so it was "
                   "not used.")),
      g_strdup (_ ("Keep the file to yourself (mode 600), then connect again.")));
  command = build_command ("chmod 600", file);
  return culvert_failure_words_take (
    /* Translators: %s is a path */
    g_strdup_printf (_ ("Other users of this computer may read the key file %s, so it was not "
                        "used."),
                     file),
    /* Translators: %s is a command */
    g_strdup_printf (_ ("Keep it to yourself with “%s”, then connect again."), command));
}

static CulvertFailureWords *
describe_passphrase_needed (const char *file)
{
  g_autofree char *command = NULL;

  if (file == NULL)
    return culvert_failure_words_take (
      g_strdup (_ ("The key of this tunnel needs its passphrase, and there is no way to ask you "
                   "here.")),
      g_strdup (_ ("Give the key to the SSH agent with “ssh-add”, or connect in a terminal or the "
                   "window.")));
  command = build_command ("ssh-add", file);
  return culvert_failure_words_take (
    /* Translators: %s is a path */
    g_strdup_printf (_ ("The key %s needs its passphrase, and there is no way to ask you here."),
                     file),
    /* Translators: %s is a command */
    g_strdup_printf (_ ("Give the key to the SSH agent with “%s”, or connect in a terminal or the "
                        "window."),
                     command));
}

static CulvertFailureWords *
describe_needs_agent (const char *file)
{
  g_autofree char *command = NULL;

  if (file == NULL)
    return culvert_failure_words_take (
      g_strdup (
        _ ("The key of this tunnel is in a security key (FIDO), which the SSH agent alone can "
           "ask to sign.")),
      g_strdup (
        _ ("Give it to the agent with “ssh-add”, and let this tunnel use keys of the agent.")));
  command = build_command ("ssh-add", file);
  return culvert_failure_words_take (
    /* Translators: %s is a path */
    g_strdup_printf (
      _ ("The key %s is in a security key (FIDO), which the SSH agent alone can ask to "
         "sign."),
      file),
    /* Translators: %s is a command */
    g_strdup_printf (
      _ ("Give it to the agent with “%s”, and let this tunnel use keys of the agent."), command));
}

CulvertFailureWords *
culvert_failure_words_for_key (const CulvertFailure *failure)
{
  /* Translators: stands for the path of a key file where none is known */
  const char *file = failure->file != NULL ? failure->file : _ ("of this tunnel");
  const char *reason = failure->reason;
  char       *what;
  const char *next;

  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_KEY_PERMISSIONS:
      return describe_permissions (failure->file);
    case CULVERT_SSH_ERROR_KEY_PASSPHRASE_NEEDED:
      return describe_passphrase_needed (failure->file);
    case CULVERT_SSH_ERROR_KEY_NEEDS_AGENT:
      return describe_needs_agent (failure->file);
    case CULVERT_SSH_ERROR_KEY_NOT_FOUND:
      /* Translators: %s is a path */
      what = g_strdup_printf (_ ("The key file %s does not exist."), file);
      next = _ ("Choose another key file, or put the key back in its place.");
      break;
    case CULVERT_SSH_ERROR_KEY_UNREADABLE:
      /* Translators: 1 is a path, 2 are the system's own words */
      what = g_strdup_printf (_ ("The key file %1$s can’t be read: %2$s."), file, reason);
      next = _ ("Check whether it is a file, and yours.");
      break;
    case CULVERT_SSH_ERROR_KEY_MALFORMED:
      /* Translators: 1 is a path, 2 a technical reason in English */
      what = g_strdup_printf (_ ("The key file %1$s is damaged, or not a private key: %2$s."), file,
                              reason);
      next = _ ("Choose another file, or get the key anew from where it was made.");
      break;
    case CULVERT_SSH_ERROR_KEY_UNSUPPORTED:
      /* Translators: 1 is a path, 2 a technical reason in English */
      what = g_strdup_printf (_ ("The key %1$s can’t be used here: %2$s."), file, reason);
      next = _ ("Make a new key with “ssh-keygen -t ed25519”, or convert this one to OpenSSH’s "
                "format.");
      break;
    case CULVERT_SSH_ERROR_KEY_IS_PUBLIC:
      /* Translators: %s is a path */
      what = g_strdup_printf (_ ("The key file %s is only the public half of a key."), file);
      next = _ ("Choose the private half: most often the same name without “.pub”.");
      break;
    case CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG:
      /* Translators: %s is a path */
      what = g_strdup_printf (_ ("The passphrase does not open the key %s."), file);
      next = _ ("Connect again and type it once more.");
      break;
    case CULVERT_SSH_ERROR_KEY_NEEDS_NEWER:
      /* Translators: %s is a path or a key's name */
      what = g_strdup_printf (_ ("The SSH library of this computer is too old to use the key %s at "
                                 "this server."),
                              file);
      next = _ ("Use an Ed25519 key: “ssh-keygen -t ed25519” makes one.");
      break;
    default:
      return NULL;
    }
  return culvert_failure_words_take (what, g_strdup (next));
}
