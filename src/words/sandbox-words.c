/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/sandbox-words.h"

#include "core/errors.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

char *
culvert_words_for_sandbox (CulvertSandboxLack lacks)
{
  if ((lacks & CULVERT_SANDBOX_AGENT) != 0 && (lacks & CULVERT_SANDBOX_SSH_FOLDER) != 0)
    return g_strdup (
      _ ("Culvert runs in a sandbox, which keeps your SSH agent and the folder ~/.ssh from it."));
  if ((lacks & CULVERT_SANDBOX_AGENT) != 0)
    return g_strdup (_ ("Culvert runs in a sandbox, which keeps your SSH agent from it."));
  if ((lacks & CULVERT_SANDBOX_SSH_FOLDER) != 0)
    return g_strdup (_ ("Culvert runs in a sandbox, which keeps the folder ~/.ssh from it."));
  return NULL;
}

char *
culvert_words_for_sandbox_override (CulvertSandboxLack lacks)
{
  g_autofree char *command = culvert_sandbox_dup_override (lacks);

  if (command == NULL)
    return NULL;
  if ((lacks & CULVERT_SANDBOX_AGENT) != 0 && (lacks & CULVERT_SANDBOX_SSH_FOLDER) != 0)
    /* Translators: it gets the SSH agent and a folder; %s is a command */
    return g_strdup_printf (
      _ ("To give it both, run “%s” in a terminal, then start Culvert again."), command);
  if ((lacks & CULVERT_SANDBOX_AGENT) != 0)
    return g_strdup_printf (
      /* Translators: %s is a command */
      _ ("To give it the agent, run “%s” in a terminal, then start Culvert again."), command);
  return g_strdup_printf (
    /* Translators: %s is a command */
    _ ("To let it read that folder, run “%s” in a terminal, then start Culvert again."), command);
}

/* What of it the tunnel would have used to sign in. */
static CulvertSandboxLack
find_sign_in_lacks (const CulvertProfile *profile)
{
  CulvertSandboxLack wanted = CULVERT_SANDBOX_NOTHING;

  if (profile == NULL || culvert_profile_has_method (profile, CULVERT_AUTH_AGENT))
    wanted |= CULVERT_SANDBOX_AGENT;
  if (profile == NULL ||
      (culvert_profile_has_method (profile, CULVERT_AUTH_KEY) && profile->key_files[0] == NULL))
    wanted |= CULVERT_SANDBOX_SSH_FOLDER;
  return culvert_sandbox_get_lacks () & wanted;
}

static CulvertSandboxLack
find_lacks (const CulvertFailure *failure)
{
  if (failure->error->domain != CULVERT_SSH_ERROR)
    return CULVERT_SANDBOX_NOTHING;
  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_AUTH_REFUSED:
    case CULVERT_SSH_ERROR_AUTH_NO_METHOD:
    case CULVERT_SSH_ERROR_AUTH_NO_PROMPTER:
      return find_sign_in_lacks (failure->profile);
    case CULVERT_SSH_ERROR_CERTIFICATE_NO_KEY:
      return culvert_sandbox_get_lacks ();
    case CULVERT_SSH_ERROR_AGENT_UNREACHABLE:
      return culvert_sandbox_get_lacks () & CULVERT_SANDBOX_AGENT;
    case CULVERT_SSH_ERROR_KEY_NOT_FOUND:
      return failure->file != NULL && culvert_sandbox_is_in_ssh_folder (failure->file)
               ? culvert_sandbox_get_lacks () & CULVERT_SANDBOX_SSH_FOLDER
               : CULVERT_SANDBOX_NOTHING;
    default:
      return CULVERT_SANDBOX_NOTHING;
    }
}

static void
add_sentence (char **text, char *sentence)
{
  char *joined = *text != NULL ? g_strconcat (*text, " ", sentence, NULL) : g_strdup (sentence);

  g_free (*text);
  g_free (sentence);
  *text = joined;
}

void
culvert_failure_words_add_sandbox (CulvertFailureWords *words, const CulvertFailure *failure)
{
  CulvertSandboxLack lacks = find_lacks (failure);

  if (lacks != CULVERT_SANDBOX_NOTHING)
    {
      words->command = culvert_sandbox_dup_override (lacks);
      add_sentence (&words->why, culvert_words_for_sandbox (lacks));
      add_sentence (&words->next, culvert_words_for_sandbox_override (lacks));
    }
  else if (culvert_sandbox_is_around () &&
           g_error_matches (failure->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_NOT_FOUND))
    add_sentence (&words->why,
                  g_strdup (_ ("Culvert runs in a sandbox, and sees only the files that you choose "
                               "with the button beside their path.")));
}
