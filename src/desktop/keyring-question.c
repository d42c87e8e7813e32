/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/keyring-private.h"

#include <libsecret/secret.h>

/* libsecret waits for a keyring's question without an end, and complains, when the keyring goes while the
 * question is open or answers it in an unexpected way: it takes "no result" for an error that is set. */

static guint n_lost;

static void
prompted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError           *error = NULL;
  GVariant         *value = secret_prompt_perform_finish (SECRET_PROMPT (source), result, &error);
  g_autofree char  *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (source));

  if (value != NULL)
    {
      g_task_return_pointer (task, value, (GDestroyNotify)g_variant_unref);
      return;
    }
  if (error == NULL && owner == NULL)
    {
      n_lost++;
      error = g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER,
                                   "it went while its question was open");
    }
  else if (error == NULL)
    error = g_error_new_literal (SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "dismissed");
  g_task_return_error (task, error);
}

static void
prompt_async (SecretService      *service,
              SecretPrompt       *prompt,
              const GVariantType *return_type,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  GTask *task = g_task_new (service, cancellable, callback, user_data);

  g_task_set_source_tag (task, prompt_async);
  secret_prompt_perform (prompt, NULL, return_type, cancellable, prompted_cb, task);
}

static GVariant *
prompt_finish (SecretService *service, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
culvert_keyring_mend_questions (void)
{
  SecretServiceClass *klass;

  /* The calls that keyring-libsecret.c makes choose the type of their service by themselves, so it cannot be
   * one of ours. */
  klass = g_type_class_ref (SECRET_TYPE_SERVICE);
  klass->prompt_async = prompt_async;
  klass->prompt_finish = prompt_finish;
  g_type_class_unref (klass);
}

guint
culvert_keyring_count_lost_questions (void)
{
  return n_lost;
}
