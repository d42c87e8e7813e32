/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A stand-in for PAM, loaded before libpam into a test's sshd (LD_PRELOAD): sshd asks it who may
 * sign in, and it answers from the file named by CULVERT_FAKE_PAM.  So passwords and prompts are
 * tested with a real sshd, as any user, without an account of the machine being made or changed.
 *
 * The file has one item a line, parts separated by a tab:
 *   password TEXT            what the method `password` accepts
 *   prompt {on|off} TEXT ANSWER
 *                            one question of keyboard-interactive; on: typing is shown
 *   delay MILLISECONDS       before a verdict
 *   expired                  the account
 *
 * Uses nothing but the C library: it lives inside sshd, also in its confined part. */

#include <security/pam_appl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

struct pam_handle
{
  struct pam_conv conversation;
  char           *user;
};

static const char *answers_path;

/* At load, since sshd empties the environment of the process that asks the prompts. */
__attribute__ ((constructor)) static void
remember_path (void)
{
  const char *path = getenv ("CULVERT_FAKE_PAM");

  answers_path = path != NULL ? strdup (path) : NULL;
}

int
pam_start (const char            *service_name,
           const char            *user,
           const struct pam_conv *pam_conversation,
           pam_handle_t         **pamh)
{
  struct pam_handle *self = calloc (1, sizeof *self);

  (void)service_name;
  if (self == NULL)
    return PAM_BUF_ERR;
  self->conversation = *pam_conversation;
  self->user = user != NULL ? strdup (user) : NULL;
  *pamh = self;
  return PAM_SUCCESS;
}

int
pam_end (pam_handle_t *pamh, int pam_status)
{
  (void)pam_status;
  free (pamh->user);
  free (pamh);
  return PAM_SUCCESS;
}

/* 1 when the person answers @text with @answer. */
static int
ask (pam_handle_t *self, int style, const char *text, const char *answer)
{
  struct pam_message        message = { .msg_style = style, .msg = text };
  const struct pam_message *messages = &message;
  struct pam_response      *response = NULL;
  int                       right = 0;

  if (self->conversation.conv (1, &messages, &response, self->conversation.appdata_ptr) !=
        PAM_SUCCESS ||
      response == NULL)
    return 0;
  right = response->resp != NULL && strcmp (response->resp, answer) == 0;
  free (response->resp);
  free (response);
  return right;
}

/* sshd answers for the method `password` itself, with a conversation that has no data of its own;
 * the one for keyboard-interactive, which asks the client, has. */
static int
is_password_method (const pam_handle_t *self)
{
  return self->conversation.appdata_ptr == NULL;
}

static const char *
next_part (char **rest)
{
  const char *part = strsep (rest, "\t");

  return part != NULL ? part : "";
}

int
pam_authenticate (pam_handle_t *pamh, int flags)
{
  FILE *file = answers_path != NULL ? fopen (answers_path, "re") : NULL;
  char  line[LINE_MAX_BYTES];
  int   n_asked = 0;
  int   n_right = 0;
  long  delay_ms = 0;

  (void)flags;
  if (file == NULL)
    return PAM_AUTHINFO_UNAVAIL;
  while (fgets (line, sizeof line, file) != NULL)
    {
      char       *rest = line;
      const char *word;

      line[strcspn (line, "\n")] = '\0';
      word = next_part (&rest);
      if (strcmp (word, "delay") == 0)
        {
          delay_ms = strtol (next_part (&rest), NULL, 10);
        }
      else if (strcmp (word, "password") == 0 && is_password_method (pamh))
        {
          n_asked++;
          n_right += ask (pamh, PAM_PROMPT_ECHO_OFF, "Password: ", next_part (&rest));
        }
      else if (strcmp (word, "prompt") == 0 && !is_password_method (pamh))
        {
          int         echo = strcmp (next_part (&rest), "on") == 0;
          const char *text = next_part (&rest);

          n_asked++;
          n_right +=
            ask (pamh, echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF, text, next_part (&rest));
        }
    }
  fclose (file);
  usleep ((useconds_t)delay_ms * 1000);
  return n_asked > 0 && n_right == n_asked ? PAM_SUCCESS : PAM_AUTH_ERR;
}

int
pam_set_item (pam_handle_t *pamh, int item_type, const void *item)
{
  if (item_type == PAM_CONV)
    pamh->conversation = *(const struct pam_conv *)item;
  return PAM_SUCCESS;
}

int
pam_get_item (const pam_handle_t *pamh, int item_type, const void **item)
{
  *item = item_type == PAM_USER ? pamh->user : NULL;
  return PAM_SUCCESS;
}

char **
pam_getenvlist (pam_handle_t *pamh)
{
  (void)pamh;
  return calloc (1, sizeof (char *));
}

const char *
pam_strerror (pam_handle_t *pamh, int errnum)
{
  (void)pamh;
  return errnum == PAM_SUCCESS ? "Success" : "Authentication failure";
}

int
pam_acct_mgmt (pam_handle_t *pamh, int flags)
{
  FILE *file = answers_path != NULL ? fopen (answers_path, "re") : NULL;
  char  line[LINE_MAX_BYTES];
  int   result = PAM_SUCCESS;

  (void)pamh;
  (void)flags;
  if (file == NULL)
    return PAM_AUTHINFO_UNAVAIL;
  while (fgets (line, sizeof line, file) != NULL)
    if (strcmp (line, "expired\n") == 0)
      result = PAM_ACCT_EXPIRED;
  fclose (file);
  return result;
}

/* Nothing else is asked of anybody: sessions cost nothing. */

int
pam_setcred (pam_handle_t *pamh, int flags)
{
  (void)pamh;
  (void)flags;
  return PAM_SUCCESS;
}

int
pam_open_session (pam_handle_t *pamh, int flags)
{
  (void)pamh;
  (void)flags;
  return PAM_SUCCESS;
}

int
pam_close_session (pam_handle_t *pamh, int flags)
{
  (void)pamh;
  (void)flags;
  return PAM_SUCCESS;
}

int
pam_chauthtok (pam_handle_t *pamh, int flags)
{
  (void)pamh;
  (void)flags;
  return PAM_SUCCESS;
}

int
pam_putenv (pam_handle_t *pamh, const char *name_value)
{
  (void)pamh;
  (void)name_value;
  return PAM_SUCCESS;
}

const char *
pam_getenv (pam_handle_t *pamh, const char *name)
{
  (void)pamh;
  (void)name;
  return NULL;
}
