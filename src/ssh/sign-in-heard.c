/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/log.h"
#include "ssh/sign-in-private.h"
#include "ssh/wire.h"

/* What the server said and libssh2 does not pass on.
 *
 * Its functions for signing in drop two things that we need: whether a refusal was in truth a partial
 * success, and which ways can go on (1.10 and 1.11 alike; our own libssh2 tells), and the server's
 * words about an expired password (every version).  They read the message, look at its first byte,
 * and give its memory back, and memory is ours: so each piece that comes back while the sign-in goes
 * on is looked at before it is wiped.  Asking the server again instead would cost a try each time.
 *
 * Nothing but such a message has its form: a byte of a certain value, then a length that fits, then
 * text of a certain kind. */

#define SSH_MSG_USERAUTH_FAILURE          51
#define SSH_MSG_USERAUTH_PASSWD_CHANGEREQ 60

#define METHODS_MAX 1024

/* RFC 4251 section 5: names of printable ASCII, commas between. */
static gboolean
is_name_list (const guint8 *bytes, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    if (!g_ascii_isgraph ((char)bytes[i]))
      return FALSE;
  return n_bytes <= METHODS_MAX;
}

static void
hear_refusal (CulvertSignIn *self, CulvertWireReader *reader)
{
  const guint8 *methods;
  gsize         n_methods;
  guint8        was_partial;

  if (!culvert_wire_read_string (reader, &methods, &n_methods) ||
      !culvert_wire_read_byte (reader, &was_partial) || !is_name_list (methods, n_methods))
    return;
  g_free (self->heard_methods);
  self->heard_methods = g_strndup ((const char *)methods, n_methods);
  self->heard_partial = was_partial != 0;
}

/* RFC 4252 section 8: string prompt, string language. */
static void
hear_change_request (CulvertSignIn *self, CulvertWireReader *reader)
{
  const guint8 *words;
  const guint8 *language;
  gsize         n_words;
  gsize         n_language;

  if (!culvert_wire_read_string (reader, &words, &n_words) ||
      !culvert_wire_read_string (reader, &language, &n_language))
    return;
  g_free (self->heard_words);
  self->heard_words = culvert_log_printable_lines ((const char *)words, (gssize)n_words);
}

static void
freed_cb (const guint8 *bytes, gsize n_bytes, gpointer user_data)
{
  CulvertSignIn    *self = user_data;
  CulvertWireReader reader;
  guint8            type;

  culvert_wire_reader_init (&reader, bytes, n_bytes);
  if (!culvert_wire_read_byte (&reader, &type))
    return;
  if (type == SSH_MSG_USERAUTH_FAILURE)
    hear_refusal (self, &reader);
  /* In another state the same number means something else. */
  else if (type == SSH_MSG_USERAUTH_PASSWD_CHANGEREQ && self->state == CULVERT_SIGN_IN_PASSWORD)
    hear_change_request (self, &reader);
}

void
culvert_sign_in_listen (CulvertSignIn *self)
{
  self->session->memory.freed = freed_cb;
  self->session->memory.freed_data = self;
}

void
culvert_sign_in_stop_listening (CulvertSignIn *self)
{
  self->session->memory.freed = NULL;
  g_clear_pointer (&self->heard_methods, g_free);
  g_clear_pointer (&self->heard_words, g_free);
}

const char *
culvert_sign_in_get_refusal (CulvertSignIn *self, gboolean *was_partial)
{
  const char *methods = culvert_lib_get_refusal (self->session->ssh, was_partial);

  if (methods != NULL)
    return methods;
  *was_partial = self->heard_partial;
  return self->heard_methods;
}
