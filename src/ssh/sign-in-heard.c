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
hear_refusal (CulvertHeard *self, CulvertWireReader *reader)
{
  const guint8 *methods;
  gsize         n_methods;
  guint8        was_partial;

  if (!culvert_wire_read_string (reader, &methods, &n_methods) ||
      !culvert_wire_read_byte (reader, &was_partial) || !is_name_list (methods, n_methods))
    return;
  g_free (self->methods);
  self->methods = g_strndup ((const char *)methods, n_methods);
  self->was_partial = was_partial != 0;
}

/* RFC 4252 section 8: string prompt, string language. */
static void
hear_change_request (CulvertHeard *self, CulvertWireReader *reader)
{
  const guint8 *words;
  const guint8 *language;
  gsize         n_words;
  gsize         n_language;

  if (!culvert_wire_read_string (reader, &words, &n_words) ||
      !culvert_wire_read_string (reader, &language, &n_language))
    return;
  g_free (self->words);
  self->words = culvert_log_printable_lines ((const char *)words, (gssize)n_words);
}

void
culvert_heard_take (CulvertHeard *self, const guint8 *bytes, gsize n_bytes, gboolean expects_change)
{
  CulvertWireReader reader;
  guint8            type;

  culvert_wire_reader_init (&reader, bytes, n_bytes);
  if (!culvert_wire_read_byte (&reader, &type))
    return;
  if (type == SSH_MSG_USERAUTH_FAILURE)
    hear_refusal (self, &reader);
  else if (type == SSH_MSG_USERAUTH_PASSWD_CHANGEREQ && expects_change)
    hear_change_request (self, &reader);
}

void
culvert_heard_clear (CulvertHeard *self)
{
  g_free (self->methods);
  g_free (self->words);
  *self = (CulvertHeard){ 0 };
}

static void
freed_cb (const guint8 *bytes, gsize n_bytes, gpointer user_data)
{
  CulvertSignIn *self = user_data;

  culvert_heard_take (&self->heard, bytes, n_bytes, self->state == CULVERT_SIGN_IN_PASSWORD);
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
  culvert_heard_clear (&self->heard);
}

const char *
culvert_sign_in_get_refusal (CulvertSignIn *self, gboolean *was_partial)
{
  const char *methods = culvert_lib_get_refusal (self->session->ssh, was_partial);

  if (methods != NULL)
    return methods;
  *was_partial = self->heard.was_partial;
  return self->heard.methods;
}
