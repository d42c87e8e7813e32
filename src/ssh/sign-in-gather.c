/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "ssh/certificate.h"
#include "ssh/key-file.h"
#include "ssh/public-key.h"
#include "ssh/sign-in-private.h"

/* Where keys come from, and in which order they are offered.
 *
 * Each wrong key costs one of the few tries that a server allows, so the likely ones come first: the
 * keys that the tunnel names (the agent's, which ask for no passphrase, then those in files), then the
 * rest of the agent's.  A certificate goes before its key. */

#define PUBLIC_SUFFIX ".pub"

void
culvert_key_offer_free (CulvertKeyOffer *self)
{
  g_clear_pointer (&self->blob, g_bytes_unref);
  g_clear_pointer (&self->agent_blob, g_bytes_unref);
  g_clear_pointer (&self->key, culvert_private_key_unref);
  g_free (self->type_name);
  g_free (self->label);
  g_free (self->path);
  g_free (self);
}

static CulvertKeyOffer *
offer_new_for_file (const char *path, const CulvertKeyFileInfo *info)
{
  CulvertKeyOffer *offer = g_new0 (CulvertKeyOffer, 1);

  offer->path = g_strdup (path);
  offer->label = culvert_log_printable (path, -1);
  offer->type_name = g_strdup (info->type_name);
  offer->blob = info->public_blob != NULL ? g_bytes_ref (info->public_blob) : NULL;
  return offer;
}

static void
add_file_offers (CulvertSignIn *self, const char *path, const CulvertKeyFileInfo *info)
{
  culvert_sign_in_add_certificates (self, &self->offers, info->public_blob, path);
  g_queue_push_tail (&self->offers, offer_new_for_file (path, info));
}

/* A file that says which of the agent's keys is meant has nothing to sign with. */
static gboolean
chooses_agent_key (CulvertSignIn *self, const char *path)
{
  g_autofree char               *public_path = g_strconcat (path, PUBLIC_SUFFIX, NULL);
  g_autoptr (CulvertKeyFileInfo) info = culvert_key_file_read_public (
    g_str_has_suffix (path, PUBLIC_SUFFIX) ? path : public_path, NULL);

  return info != NULL && g_hash_table_contains (self->agent_blobs, info->public_blob);
}

static void
add_file (CulvertSignIn *self, const char *path, gboolean is_named)
{
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertKeyFileInfo) info = culvert_key_file_peek (path, &error);

  if (info != NULL)
    add_file_offers (self, path, info);
  else if (is_named && chooses_agent_key (self, path))
    return;
  /* The usual files need not exist; those the person named must. */
  else if (is_named)
    culvert_sign_in_excuse (self, g_steal_pointer (&error));
  else if (!g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_NOT_FOUND))
    culvert_log_write (self->session->log, CULVERT_LOG_WARNING, "%s", error->message);
}

void
culvert_sign_in_gather_files (CulvertSignIn *self)
{
  static const char *const usual[] = { "~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa" };
  GStrv                    named = self->session->profile->key_files;

  culvert_sign_in_read_certificates (self);
  for (char **path = named; *path != NULL; path++)
    {
      g_autofree char *expanded = culvert_path_expand (*path);
      add_file (self, expanded, TRUE);
    }
  for (gsize i = 0; named[0] == NULL && i < G_N_ELEMENTS (usual); i++)
    {
      g_autofree char *expanded = culvert_path_expand (usual[i]);
      add_file (self, expanded, FALSE);
    }
  if (g_queue_is_empty (&self->offers) && named[0] == NULL)
    culvert_sign_in_skip_step (self, CULVERT_AUTH_KEY, CULVERT_NOTE_NO_KEYS, NULL);
}

/* (transfer full) (nullable): what is known about a named key, be the file its private half, its
 * public half, or a private half that is not there while the public one is */
static CulvertKeyFileInfo *
peek_named (const char *path)
{
  g_autofree char               *public_path = g_strconcat (path, PUBLIC_SUFFIX, NULL);
  g_autoptr (CulvertKeyFileInfo) info = culvert_key_file_peek (path, NULL);

  if (info != NULL && info->public_blob != NULL)
    return g_steal_pointer (&info);
  return culvert_key_file_read_public (g_str_has_suffix (path, PUBLIC_SUFFIX) ? path : public_path,
                                       NULL);
}

/* The public halves of the keys that the profile names. */
static GHashTable *
read_named_blobs (CulvertSignIn *self)
{
  CulvertProfile *profile = self->session->profile;
  GHashTable     *blobs =
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);

  for (char **path = profile->key_files; *path != NULL; path++)
    {
      g_autofree char               *expanded = culvert_path_expand (*path);
      g_autoptr (CulvertKeyFileInfo) info = peek_named (expanded);

      if (info != NULL)
        g_hash_table_add (blobs, culvert_public_key_dup_plain_blob (info->public_blob));
    }
  culvert_sign_in_add_certified_keys (self, blobs);
  return blobs;
}

static CulvertKeyOffer *
offer_new_for_agent (const CulvertAgentKey *key)
{
  CulvertKeyOffer *offer = g_new0 (CulvertKeyOffer, 1);

  offer->blob = g_bytes_ref (key->public_blob);
  offer->type_name = g_strdup (key->type_name);
  offer->label = culvert_log_printable (key->comment, -1);
  return offer;
}

/* The named files whose public half is known, unless key files are not to be used at all. */
static void
add_named_files (CulvertSignIn *self)
{
  CulvertProfile *profile = self->session->profile;

  if (!culvert_profile_has_method (profile, CULVERT_AUTH_KEY))
    return;
  for (char **path = profile->key_files; *path != NULL; path++)
    {
      g_autofree char               *expanded = culvert_path_expand (*path);
      g_autoptr (CulvertKeyFileInfo) info = culvert_key_file_peek (expanded, NULL);

      if (info != NULL && info->public_blob != NULL)
        add_file_offers (self, expanded, info);
    }
}

static int
compare_offers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gboolean a_is_plain = !culvert_certificate_is_type (((const CulvertKeyOffer *)a)->type_name);
  gboolean b_is_plain = !culvert_certificate_is_type (((const CulvertKeyOffer *)b)->type_name);

  return (int)a_is_plain - (int)b_is_plain;
}

static void
add_agent_keys (CulvertSignIn *self, GPtrArray *keys)
{
  CulvertProfile        *profile = self->session->profile;
  g_autoptr (GHashTable) named = read_named_blobs (self);
  g_autoptr (GQueue)     others = g_queue_new ();

  for (guint i = 0; i < keys->len; i++)
    {
      CulvertAgentKey   *key = g_ptr_array_index (keys, i);
      g_autoptr (GBytes) plain = culvert_public_key_dup_plain_blob (key->public_blob);
      gboolean           is_named = g_hash_table_contains (named, plain);

      g_hash_table_add (self->agent_blobs, g_bytes_ref (key->public_blob));
      if (profile->only_listed_keys && !is_named)
        continue;
      g_queue_push_tail (is_named ? &self->offers : others, offer_new_for_agent (key));
      if (g_bytes_equal (plain, key->public_blob))
        culvert_sign_in_add_certificates (self, is_named ? &self->offers : others, plain, NULL);
    }
  /* Stable, so the agent's order stays among certificates and among keys. */
  g_queue_sort (&self->offers, compare_offers, NULL);
  g_queue_sort (others, compare_offers, NULL);
  add_named_files (self);
  while (!g_queue_is_empty (others))
    g_queue_push_tail (&self->offers, g_queue_pop_head (others));
}

static void
agent_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertSession) session = CULVERT_SESSION (user_data);
  g_autoptr (GError)         error = NULL;
  g_autoptr (GPtrArray) keys = culvert_agent_list_finish (CULVERT_AGENT (source), result, &error);
  CulvertSignIn        *self = culvert_sign_in_still_here (session);

  if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (keys != NULL)
    {
      culvert_log_write (session->log, CULVERT_LOG_INFO, "the agent has %u keys", keys->len);
      culvert_sign_in_read_certificates (self);
      add_agent_keys (self, keys);
      if (g_queue_is_empty (&self->offers))
        culvert_sign_in_skip_step (self, CULVERT_AUTH_AGENT, CULVERT_NOTE_NO_KEYS, NULL);
    }
  else if (*session->profile->agent_socket != '\0')
    culvert_sign_in_excuse (self, g_steal_pointer (&error));
  else
    {
      culvert_log_write (session->log, CULVERT_LOG_INFO, "%s", error->message);
      culvert_sign_in_skip_step (self, CULVERT_AUTH_AGENT, CULVERT_NOTE_TROUBLE, error);
    }
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_CHOOSING);
}

void
culvert_sign_in_gather_agent (CulvertSignIn *self)
{
  CulvertSession  *session = self->session;
  g_autofree char *path = culvert_path_expand (session->profile->agent_socket);

  if (*path == '\0')
    {
      const char *usual = g_getenv ("SSH_AUTH_SOCK");

      if (usual == NULL || *usual == '\0')
        {
          culvert_log_write (session->log, CULVERT_LOG_INFO, "no agent is running");
          culvert_sign_in_skip_step (self, CULVERT_AUTH_AGENT, CULVERT_NOTE_NO_AGENT, NULL);
          return;
        }
      g_free (path);
      path = g_strdup (usual);
    }
  if (self->agent == NULL)
    self->agent = culvert_agent_new_for_path (path);
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_WAITING);
  culvert_agent_list_async (self->agent, CULVERT_AGENT_LIST_TIMEOUT_MS, self->cancellable,
                            agent_listed_cb, g_object_ref (session));
}
