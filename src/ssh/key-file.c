/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/key-file.h"

#include "core/errors.h"
#include "ssh/key-format.h"
#include "ssh/public-key.h"

#include <string.h>

typedef struct
{
  char          *path;
  CulvertSecret *passphrase;
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_free (load->path);
  g_clear_pointer (&load->passphrase, culvert_secret_unref);
  g_free (load);
}

static CulvertPrivateKey *
parse (const CulvertScratch *file,
       CulvertSecret        *passphrase,
       GCancellable         *cancellable,
       GError              **error)
{
  const char *text = (const char *)file->bytes;
  const char *begin;
  gsize       n_bytes;

  CulvertKeyFormat format = culvert_key_sniff (text, file->n_bytes, &begin, error);

  if (format == CULVERT_KEY_FORMAT_NONE)
    return NULL;

  n_bytes = file->n_bytes - (gsize)(begin - text);
  if (format == CULVERT_KEY_FORMAT_OPENSSH)
    return culvert_key_openssh_parse (begin, n_bytes, passphrase, cancellable, error);
  return culvert_key_pem_parse (begin, n_bytes, passphrase, error);
}

/* An error of the parsers knows only the content. */
static void
name_file (GError **error, const char *path)
{
  if (error == NULL || *error == NULL)
    return;
  culvert_error_set_fact (error, CULVERT_FACT_FILE, path);
  culvert_error_set_fact (error, CULVERT_FACT_REASON, (*error)->message);
  g_prefix_error (error, "%s: ", path);
}

static void
load_thread_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Load                      *load = data;
  GError                    *error = NULL;
  g_autoptr (CulvertScratch) file = NULL;
  CulvertPrivateKey         *key = NULL;

  culvert_crypto_protect_keys ();
  file = culvert_key_file_read (load->path, TRUE, &error);
  if (file != NULL)
    {
      key = parse (file, load->passphrase, cancellable, &error);
      if (key == NULL)
        name_file (&error, load->path);
    }
  /* Before anybody hears of the result, and may end the program. */
  culvert_crypto_leave_thread ();

  if (key != NULL)
    g_task_return_pointer (task, key, (GDestroyNotify)culvert_private_key_unref);
  else
    g_task_return_error (task, error);
}

void
culvert_key_file_load_async (const char         *path,
                             CulvertSecret      *passphrase,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Load             *load = g_new0 (Load, 1);

  load->path = g_strdup (path);
  load->passphrase = passphrase != NULL ? culvert_secret_ref (passphrase) : NULL;
  g_task_set_source_tag (task, culvert_key_file_load_async);
  g_task_set_task_data (task, load, load_free);
  /* The worker may still be deriving a key for a moment after the caller has lost interest. */
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, load_thread_cb);
}

CulvertPrivateKey *
culvert_key_file_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

CulvertKeyFileInfo *
culvert_key_file_info_new_from_key (CulvertPrivateKey *key)
{
  CulvertKeyFileInfo *info = g_new0 (CulvertKeyFileInfo, 1);

  info->type_name = g_strdup (culvert_private_key_get_type_name (key));
  info->public_blob = g_bytes_ref (culvert_private_key_get_public_blob (key));
  info->comment = g_strdup (culvert_private_key_get_comment (key));
  return info;
}

void
culvert_key_file_info_free (CulvertKeyFileInfo *self)
{
  if (self == NULL)
    return;

  g_free (self->type_name);
  g_clear_pointer (&self->public_blob, g_bytes_unref);
  g_free (self->comment);
  g_free (self);
}

CulvertKeyFileInfo *
culvert_key_file_read_public (const char *path, GError **error)
{
  g_autoptr (CulvertScratch) file = culvert_key_file_read (path, FALSE, error);
  g_autoptr (GBytes)         blob = NULL;
  g_auto (GStrv)             words = NULL;
  CulvertKeyFileInfo        *info;

  if (file == NULL)
    return NULL;

  file->bytes[strcspn ((const char *)file->bytes, "\r\n")] = '\0';
  words = g_strsplit ((const char *)file->bytes, " ", 3);
  if (g_strv_length (words) >= 2)
    blob = culvert_public_key_decode (words[0], words[1], strlen (words[1]));
  if (blob == NULL)
    {
      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_MALFORMED,
                   "%s: its first line is no public key", path);
      culvert_error_set_fact (error, CULVERT_FACT_FILE, path);
      culvert_error_set_fact (error, CULVERT_FACT_REASON, "its first line is no public key");
      return NULL;
    }
  info = g_new0 (CulvertKeyFileInfo, 1);
  info->type_name = g_strdup (words[0]);
  info->public_blob = g_steal_pointer (&blob);
  info->comment = g_strdup (words[2]);
  return info;
}

/* Adds what the .pub file says.  It helps, nothing depends on it: a missing, odd or foreign one is passed
 * over in silence. */
static void
complete_from_public_file (CulvertKeyFileInfo *info, const char *path)
{
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autoptr (CulvertKeyFileInfo) public = culvert_key_file_read_public (public_path, NULL);

  if (public == NULL ||
      (info->public_blob != NULL && !g_bytes_equal (public->public_blob, info->public_blob)))
    return;

  if (info->public_blob == NULL)
    {
      info->type_name = g_steal_pointer (&public->type_name);
      info->public_blob = g_steal_pointer (&public->public_blob);
    }
  if (info->comment == NULL || *info->comment == '\0')
    {
      g_free (info->comment);
      info->comment = g_steal_pointer (&public->comment);
    }
}

CulvertKeyFileInfo *
culvert_key_file_peek (const char *path, GError **error)
{
  g_autoptr (CulvertKeyFileInfo) info = NULL;
  g_autoptr (CulvertScratch)     file = culvert_key_file_read (path, TRUE, error);
  CulvertKeyFormat               format;
  const char                    *text;
  const char                    *begin;
  gsize                          n_bytes;

  if (file == NULL)
    return NULL;

  culvert_crypto_protect_keys ();
  text = (const char *)file->bytes;
  format = culvert_key_sniff (text, file->n_bytes, &begin, error);
  n_bytes = begin != NULL ? file->n_bytes - (gsize)(begin - text) : 0;
  if (format == CULVERT_KEY_FORMAT_OPENSSH)
    info = culvert_key_openssh_peek (begin, n_bytes, error);
  else if (format == CULVERT_KEY_FORMAT_PEM)
    info = culvert_key_pem_peek (begin, n_bytes, error);

  if (info == NULL)
    {
      name_file (error, path);
      return NULL;
    }
  complete_from_public_file (info, path);
  return g_steal_pointer (&info);
}
