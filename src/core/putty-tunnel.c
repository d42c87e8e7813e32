/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/import-id.h"
#include "core/putty-private.h"

#include <string.h>

/* The tunnel that a session of PuTTY's makes. */

#define ID_PREFIX   "putty-"
#define PORT        22
#define SSH_1_ALONE "0" /* of SshProt */

/* As PuTTY trims what stands in its field: spaces, `user@`, brackets, a port that it does not use. */
gboolean
culvert_putty_read_server (const CulvertPuttySession *self,
                           char                     **user,
                           char                     **host,
                           guint16                   *port,
                           CulvertImportNote        **why)
{
  g_autofree char *text = g_strdup (culvert_putty_get (self, "hostname"));
  g_autofree char *name = g_strdup (culvert_putty_get (self, "username"));
  char            *server = g_strstrip (text);
  char            *at = strrchr (server, '@');
  const char      *colon;
  guint            number;

  if (at != NULL)
    {
      *at = '\0';
      g_free (name);
      name = g_strdup (server);
      server = at + 1;
    }
  colon = strchr (server, ':');
  if (server[0] == '[' && strchr (server, ']') != NULL)
    {
      server++;
      *strchr (server, ']') = '\0';
    }
  else if (colon != NULL && strchr (colon + 1, ':') == NULL)
    server[colon - server] = '\0';
  if (!culvert_putty_get_number (self, "portnumber", G_MAXUINT16, PORT, &number, why))
    return FALSE;
  if (*server == '\0')
    return culvert_putty_refuse (self, "hostname", CULVERT_IMPORT_NO_SERVER, self->name, NULL, why);
  if (!culvert_host_is_valid (server))
    return culvert_putty_refuse (self, "hostname", CULVERT_IMPORT_MALFORMED, self->name,
                                 "the server is neither a name nor an address", why);
  if (number == 0)
    return culvert_putty_refuse (self, "portnumber", CULVERT_IMPORT_MALFORMED, self->name,
                                 "the port is not a number from 1 to 65535", why);
  if (strlen (name) > CULVERT_USER_MAX)
    return culvert_putty_refuse (self, "username", CULVERT_IMPORT_MALFORMED, self->name,
                                 "the user is too long", why);
  for (const char *p = name; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return culvert_putty_refuse (self, "username", CULVERT_IMPORT_MALFORMED, self->name,
                                   "the user has a control character", why);
  *port = (guint16)number;
  *host = g_strdup (server);
  *user = g_steal_pointer (&name);
  return TRUE;
}

static void
note (const CulvertPuttySession *self,
      GPtrArray                 *notes,
      const char                *key,
      CulvertImportNoteCode      code,
      const char                *text)
{
  g_ptr_array_add (notes, culvert_import_note_new (code, self->file,
                                                   culvert_putty_get_line (self, key), text, NULL));
}

static void
leave_out (CulvertProfile *profile, CulvertAuthMethod method)
{
  for (guint i = 0; i < profile->methods->len; i++)
    if (g_array_index (profile->methods, CulvertAuthMethod, i) == method)
      g_array_remove_index (profile->methods, i--);
}

static void
read_sign_in (const CulvertPuttySession *self, CulvertProfile *profile, GPtrArray *notes)
{
  const char *key = culvert_putty_get (self, "publickeyfile");

  if (!culvert_putty_is_on (self, "tryagent", TRUE))
    leave_out (profile, CULVERT_AUTH_AGENT);
  if (!culvert_putty_is_on (self, "authki", TRUE))
    leave_out (profile, CULVERT_AUTH_INTERACTIVE);
  /* PuTTY takes keys in its own format alone, which we do not read. */
  if (*key != '\0')
    note (self, notes, "publickeyfile", CULVERT_IMPORT_KEY, key);
  if (*profile->user == '\0' && !culvert_putty_is_on (self, "usernamefromenvironment", FALSE))
    note (self, notes, "username", CULVERT_IMPORT_USER, NULL);
  if (culvert_putty_is_on (self, "agentfwd", FALSE))
    note (self, notes, "agentfwd", CULVERT_IMPORT_AGENT_FORWARDING, NULL);
}

/* The name under which PuTTY records the server's key, which may have a port behind it. */
static gboolean
read_key_alias (const CulvertPuttySession *self, CulvertProfile *profile, CulvertImportNote **why)
{
  g_autofree char *alias = g_strdup (culvert_putty_get (self, "loghost"));
  char            *colon = strchr (g_strstrip (alias), ':');

  if (colon != NULL && strchr (colon + 1, ':') == NULL)
    *colon = '\0';
  if (*alias != '\0' && !culvert_host_is_valid (alias))
    return culvert_putty_refuse (self, "loghost", CULVERT_IMPORT_MALFORMED, self->name,
                                 "the logical name of the server is not a name", why);
  culvert_profile_set_string (&profile->host_key_alias, alias);
  return TRUE;
}

static gboolean
read_numbers (const CulvertPuttySession *self, CulvertProfile *profile, CulvertImportNote **why)
{
  guint family, minutes, seconds;

  if (!culvert_putty_get_number (self, "addressfamily", CULVERT_ADDRESS_FAMILY_IPV6,
                                 CULVERT_ADDRESS_FAMILY_ANY, &family, why) ||
      !culvert_putty_get_number (self, "pinginterval", G_MAXINT16, 0, &minutes, why) ||
      !culvert_putty_get_number (self, "pingintervalsecs", G_MAXINT32, 0, &seconds, why))
    return FALSE;
  profile->address_family = (CulvertAddressFamily)family;
  seconds = MIN (seconds, CULVERT_SECONDS_MAX) + minutes * 60;
  /* None is PuTTY's usual, and not a wish. */
  if (seconds > 0)
    profile->keepalive_interval_s = MIN (seconds, CULVERT_SECONDS_MAX);
  return TRUE;
}

CulvertProfile *
culvert_putty_session_to_profile (const CulvertPuttySession *self,
                                  GPtrArray                 *sessions,
                                  GPtrArray                 *notes,
                                  CulvertImportNote        **why)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  const char                *protocol = culvert_putty_get (self, "protocol");
  g_autofree char           *id = culvert_import_id (ID_PREFIX, self->name);
  g_autofree char           *user = NULL;
  g_autofree char           *host = NULL;

  if (self->trouble != NULL)
    {
      *why = culvert_import_note_copy (self->trouble);
      return NULL;
    }
  if (*protocol != '\0' && strcmp (protocol, "ssh") != 0)
    {
      culvert_putty_refuse (self, "protocol", CULVERT_IMPORT_OTHER_PROTOCOL, protocol, NULL, why);
      return NULL;
    }
  if (strcmp (culvert_putty_get (self, "sshprot"), SSH_1_ALONE) == 0)
    {
      culvert_putty_refuse (self, "sshprot", CULVERT_IMPORT_OTHER_PROTOCOL, "SSH-1", NULL, why);
      return NULL;
    }
  if (!culvert_putty_read_server (self, &user, &host, &profile->port, why))
    return NULL;
  culvert_profile_set_string (&profile->user, user);
  culvert_profile_set_string (&profile->host, host);
  if (!read_numbers (self, profile, why) || !read_key_alias (self, profile, why) ||
      !culvert_putty_read_way (self, sessions, profile, notes, why))
    return NULL;
  culvert_profile_set_string (&profile->id, id);
  culvert_profile_set_string (&profile->name, self->name);
  read_sign_in (self, profile, notes);
  culvert_putty_read_forwards (self, profile, notes);
  profile->quick_replies = !culvert_putty_is_on (self, "sshnoshell", FALSE);
  if (*culvert_putty_get (self, "remotecommand") != '\0')
    note (self, notes, "remotecommand", CULVERT_IMPORT_REMOTE_COMMAND, NULL);
  if (culvert_putty_is_on (self, "compression", FALSE))
    note (self, notes, "compression", CULVERT_IMPORT_COMPRESSION, NULL);
  return g_steal_pointer (&profile);
}
