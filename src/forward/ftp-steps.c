/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/forward-private.h"
#include "base/source.h"
#include "forward/ftp-steps.h"

#include <string.h>

/* A reply of ours may not overtake those of the server; one that never comes is not waited for. */
#define PATIENCE_MS 3000

#define NO_LISTENER_HERE  "425 Culvert cannot listen for the data connection."
#define NO_LISTENER_THERE "425 The SSH server does not listen for the data connection."
#define TOO_MANY          "425 Too many data connections of this control connection are open."

void
culvert_ftp_control_drop_data (CulvertFtpControl *self)
{
  if (self->data != NULL)
    culvert_ftp_data_abandon (g_steal_pointer (&self->data));
}

void
culvert_ftp_control_clear_patience (CulvertFtpControl *self)
{
  culvert_source_clear (&self->patience_timer);
}

void
culvert_ftp_control_reset_steps (CulvertFtpControl *self)
{
  culvert_ftp_control_drop_data (self);
  culvert_ftp_control_clear_patience (self);
  self->is_on_trial = FALSE;
  self->family = CULVERT_FTP_FAMILY_UNKNOWN;
  self->untried = CULVERT_FTP_FAMILY_UNKNOWN;
  g_clear_pointer (&self->held_reply, g_byte_array_unref);
  g_clear_pointer (&self->refusal, g_free);
  g_clear_pointer (&self->line, g_byte_array_unref);
}

static void
put (CulvertFtpLane *lane, const void *bytes, gsize n_bytes)
{
  culvert_byte_queue_append (&lane->out, bytes, n_bytes);
}

static void
put_text (CulvertFtpLane *lane, const char *text)
{
  put (lane, text, strlen (text));
  put (lane, "\r\n", 2);
}

static gboolean
patience_cb (gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  culvert_ftp_control_clear_patience (self);
  if (self->held_reply != NULL)
    {
      culvert_ftp_control_release_reply (self);
      culvert_ftp_control_run (self);
      return G_SOURCE_REMOVE;
    }
  self->talk.n_unanswered = 0;
  if (self->is_on_trial)
    culvert_ftp_control_get_commands (self)->is_held = FALSE;
  self->is_on_trial = FALSE;
  culvert_ftp_control_run (self);
  return G_SOURCE_REMOVE;
}

static void
set_patience (CulvertFtpControl *self)
{
  culvert_ftp_control_clear_patience (self);
  self->patience_timer = g_timeout_source_new (PATIENCE_MS);
  g_source_set_static_name (self->patience_timer, "culvert ftp patience");
  g_source_set_callback (self->patience_timer, patience_cb, self, NULL);
  g_source_attach (self->patience_timer, g_main_context_get_thread_default ());
}

void
culvert_ftp_control_wait_for_replies (CulvertFtpControl *self)
{
  culvert_ftp_control_get_commands (self)->is_held = TRUE;
  set_patience (self);
}

static void
keep_reply (CulvertFtpControl *self, GByteArray *line)
{
  self->held_reply = g_byte_array_ref (line);
  culvert_ftp_control_get_replies (self)->is_held = TRUE;
  set_patience (self);
}

void
culvert_ftp_control_release_reply (CulvertFtpControl *self)
{
  CulvertFtpLane        *replies = culvert_ftp_control_get_replies (self);
  g_autoptr (GByteArray) line = g_steal_pointer (&self->held_reply);

  if (line == NULL)
    return;
  put (replies, line->data, line->len);
  replies->is_held = FALSE;
  if (self->refusal != NULL)
    set_patience (self);
  else
    culvert_ftp_control_clear_patience (self);
}

void
culvert_ftp_control_refuse (CulvertFtpControl *self, const char *text)
{
  self->refusal = g_strdup (text);
  culvert_ftp_control_wait_for_replies (self);
}

gboolean
culvert_ftp_control_give_refusal (CulvertFtpControl *self)
{
  CulvertFtpLane  *replies = culvert_ftp_control_get_replies (self);
  g_autofree char *text = NULL;

  if (self->refusal == NULL || replies->is_held ||
      (self->talk.n_unanswered > 0 && !self->talk.is_hidden))
    return FALSE;
  culvert_ftp_control_clear_patience (self);
  text = g_steal_pointer (&self->refusal);
  if (!self->talk.is_hidden)
    put_text (replies, text);
  culvert_ftp_control_get_commands (self)->is_held = FALSE;
  return TRUE;
}

CulvertEndpoint *
culvert_ftp_build_target (const char *host, guint16 port)
{
  return culvert_endpoint_new_tcp (host != NULL && *host != '\0' ? host : "localhost", port);
}

/* The other end's data connection, told in the words of the command or reply that asked. */

void
culvert_ftp_control_put_command (CulvertFtpControl *self, const char *host, guint16 port)
{
  CulvertFtpLane  *commands = culvert_ftp_control_get_commands (self);
  CulvertFtpPlace  place = { .port = port };
  g_autofree char *text = NULL;

  g_strlcpy (place.host, host, sizeof place.host);
  text = culvert_ftp_write_command (self->command.verb, &place);
  put (commands, text, strlen (text));
  commands->is_held = FALSE;
  self->talk.n_unanswered++;
}

void
culvert_ftp_control_put_reply (CulvertFtpControl *self, const char *host, guint16 port)
{
  CulvertFtpLane        *replies = culvert_ftp_control_get_replies (self);
  g_autoptr (GByteArray) line = g_steal_pointer (&self->line);
  g_autoptr (GByteArray) changed = NULL;
  CulvertFtpPlace        place = { .port = port };

  g_strlcpy (place.host, host, sizeof place.host);
  changed = culvert_ftp_write_reply (line->data, line->len, &self->reply, &place);
  put (replies, changed->data, changed->len);
  replies->is_held = FALSE;
  self->given = place;
}

void
culvert_ftp_control_put_no_place (CulvertFtpControl *self, const char *text)
{
  CulvertFtpLane *replies = culvert_ftp_control_get_replies (self);

  g_clear_pointer (&self->line, g_byte_array_unref);
  put_text (replies, text);
  replies->is_held = FALSE;
}

static void
ready_cb (guint16 port, gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  if (self->line != NULL)
    culvert_ftp_passive_listening (self, port);
  else
    culvert_ftp_active_listening (self, port);
  culvert_ftp_control_run (self);
}

static void
failed_cb (const GError *error, gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  self->data = NULL;
  if (self->line == NULL && culvert_ftp_active_failed (self))
    return;
  culvert_ftp_control_note (self, "no data connection: %s",
                            error != NULL ? error->message : "the session is over");
  if (self->line != NULL)
    culvert_ftp_control_put_no_place (self, NO_LISTENER_THERE);
  else
    culvert_ftp_control_refuse (self, NO_LISTENER_THERE);
  culvert_ftp_control_run (self);
}

static void
settled_cb (gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  self->data = NULL;
  if (self->held_reply == NULL)
    return;
  culvert_ftp_control_release_reply (self);
  culvert_ftp_control_run_later (self);
}

static const CulvertFtpDataEvents data_events = {
  .ready = ready_cb,
  .failed = failed_cb,
  .settled = settled_cb,
};

const char *
culvert_ftp_control_listen_there (CulvertFtpControl     *self,
                                  const char            *host,
                                  const char            *client,
                                  const CulvertEndpoint *target)
{
  CulvertTransport *transport = culvert_forward_get_transport (self->forward);

  if (transport == NULL || self->inner == NULL)
    return NO_LISTENER_THERE;
  if (!culvert_ftp_data_set_has_room (self->set, self->id))
    return TOO_MANY;
  self->data = culvert_ftp_data_listen_there (self->set, self->id, transport, host, client, target,
                                              &data_events, self);
  return NULL;
}

const char *
culvert_ftp_control_listen_here (CulvertFtpControl     *self,
                                 const char            *host,
                                 const char            *client,
                                 const CulvertEndpoint *target,
                                 guint16               *port)
{
  g_autoptr (GError) error = NULL;

  if (!culvert_ftp_data_set_has_room (self->set, self->id))
    return TOO_MANY;
  self->data = culvert_ftp_data_listen_here (self->set, self->id, host, client, target,
                                             &data_events, self, port, &error);
  if (self->data != NULL)
    return NULL;
  culvert_ftp_control_note (self, "no data connection: %s", error->message);
  return NO_LISTENER_HERE;
}

static void
take_command (CulvertFtpControl *self, GByteArray *line)
{
  const char *note;

  switch (culvert_ftp_talk_command (&self->talk, line->data, line->len, &self->command, &note))
    {
    case CULVERT_FTP_ACTIVE:
      culvert_ftp_control_drop_data (self);
      culvert_ftp_active_begin (self);
      return;
    case CULVERT_FTP_REFUSE:
      culvert_ftp_control_note (self, "a command was refused: %s", note);
      culvert_ftp_control_refuse (self, note);
      return;
    case CULVERT_FTP_PASS:
    case CULVERT_FTP_PASSIVE:
    case CULVERT_FTP_HIDE:
    default:
      /* sshd drops what was marked as urgent, and leaves the rest of the mark. */
      if (self->is_remote && self->command.verb == CULVERT_FTP_ABOR)
        put_text (culvert_ftp_control_get_commands (self), "ABOR");
      else
        put (culvert_ftp_control_get_commands (self), line->data, line->len);
      return;
    }
}

static void
take_reply (CulvertFtpControl *self, GByteArray *line)
{
  const char    *note;
  CulvertFtpStep step =
    culvert_ftp_talk_reply (&self->talk, line->data, line->len, &self->reply, &note);

  if (note != NULL)
    culvert_ftp_control_note (self, "%s", note);
  if (step == CULVERT_FTP_PASSIVE)
    culvert_ftp_passive_begin (self, line);
  else if (culvert_ftp_active_take_reply (self))
    return;
  else if (culvert_ftp_active_is_early (self))
    keep_reply (self, line);
  else
    put (culvert_ftp_control_get_replies (self), line->data, line->len);
}

void
culvert_ftp_control_take_line (CulvertFtpControl *self, gboolean is_command, GByteArray *line)
{
  if (is_command)
    take_command (self, line);
  else
    take_reply (self, line);
}
