/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/lib.h"

#include <string.h>
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
#include <culvert.h>
#endif

static const struct
{
  int method;
  int other_direction; /* -1 when there is one direction only */
} methods[CULVERT_LIB_N_CATEGORIES] = {
  [CULVERT_LIB_KEX] = { LIBSSH2_METHOD_KEX, -1 },
  [CULVERT_LIB_HOST_KEY] = { LIBSSH2_METHOD_HOSTKEY, -1 },
  [CULVERT_LIB_CIPHER] = { LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC },
  [CULVERT_LIB_MAC] = { LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC },
  [CULVERT_LIB_COMPRESSION] = { LIBSSH2_METHOD_COMP_CS, LIBSSH2_METHOD_COMP_SC },
};

gboolean
culvert_lib_init (void)
{
  static gsize once = 0;

  /* 1: it worked; 2: it did not, and will not later. */
  if (g_once_init_enter (&once))
    g_once_init_leave (&once, libssh2_init (0) == 0 ? 1 : 2);
  return once == 1;
}

const char *
culvert_lib_describe (void)
{
  static char *text = NULL;

  if (g_once_init_enter (&text))
    g_once_init_leave (
      &text, g_strdup_printf ("libssh2 %s (%s)", libssh2_version (0), CULVERT_LIBSSH2_ORIGIN));
  return text;
}

void
culvert_lib_set_callbacks (LIBSSH2_SESSION     *session,
                           CulvertLibSend       send,
                           CulvertLibReceive    receive,
                           CulvertLibDisconnect disconnect,
                           CulvertLibDebug      debug)
{
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
  culvert_ssh2_attach (session);
#endif
#if LIBSSH2_VERSION_NUM >= 0x010b01
  libssh2_session_callback_set2 (session, LIBSSH2_CALLBACK_SEND, (libssh2_cb_generic *)send);
  libssh2_session_callback_set2 (session, LIBSSH2_CALLBACK_RECV, (libssh2_cb_generic *)receive);
  libssh2_session_callback_set2 (session, LIBSSH2_CALLBACK_DISCONNECT,
                                 (libssh2_cb_generic *)disconnect);
  libssh2_session_callback_set2 (session, LIBSSH2_CALLBACK_DEBUG, (libssh2_cb_generic *)debug);
#else
  /* A function goes through void * here because that is the only type the old call takes. */
  union
  {
    CulvertLibSend       send;
    CulvertLibReceive    receive;
    CulvertLibDisconnect disconnect;
    CulvertLibDebug      debug;
    void                *pointer;
  } callback;

  callback.send = send;
  libssh2_session_callback_set (session, LIBSSH2_CALLBACK_SEND, callback.pointer);
  callback.receive = receive;
  libssh2_session_callback_set (session, LIBSSH2_CALLBACK_RECV, callback.pointer);
  callback.disconnect = disconnect;
  libssh2_session_callback_set (session, LIBSSH2_CALLBACK_DISCONNECT, callback.pointer);
  callback.debug = debug;
  libssh2_session_callback_set (session, LIBSSH2_CALLBACK_DEBUG, callback.pointer);
#endif
}

GStrv
culvert_lib_filter_algorithms (LIBSSH2_SESSION   *session,
                               CulvertLibCategory category,
                               const char *const *wanted)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char             **offered = NULL;
  int n = libssh2_session_supported_algs (session, methods[category].method, &offered);

  for (; *wanted != NULL; wanted++)
    for (int i = 0; i < n; i++)
      if (g_str_equal (offered[i], *wanted))
        {
          g_strv_builder_add (builder, *wanted);
          break;
        }
  if (n > 0)
    libssh2_free (session, offered);
  return g_strv_builder_end (builder);
}

gboolean
culvert_lib_set_algorithms (LIBSSH2_SESSION   *session,
                            CulvertLibCategory category,
                            const char *const *names)
{
  g_autofree char *list = g_strjoinv (",", (char **)names);

  if (libssh2_session_method_pref (session, methods[category].method, list) != 0)
    return FALSE;
  return methods[category].other_direction < 0 ||
         libssh2_session_method_pref (session, methods[category].other_direction, list) == 0;
}

char *
culvert_lib_describe_agreed (LIBSSH2_SESSION *session)
{
  const char *kex = libssh2_session_methods (session, LIBSSH2_METHOD_KEX);
  const char *cipher = libssh2_session_methods (session, LIBSSH2_METHOD_CRYPT_SC);
  const char *mac = libssh2_session_methods (session, LIBSSH2_METHOD_MAC_SC);

  return g_strdup_printf ("%s, %s, %s", kex != NULL ? kex : "?", cipher != NULL ? cipher : "?",
                          mac != NULL ? mac : "?");
}

gboolean
culvert_lib_has_rsa_sha2 (void)
{
  return libssh2_version (0x010b00) != NULL;
}

gboolean
culvert_lib_has_host_certificates (void)
{
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
  return TRUE;
#else
  return FALSE;
#endif
}

gboolean
culvert_lib_can_use_key_type (const char *type_name)
{
  static const char *const plain[] = { "ssh-ed25519",         "ssh-rsa",
                                       "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                       "ecdsa-sha2-nistp521", NULL };

  if (g_strv_contains (plain, type_name))
    return TRUE;
  /* 1.10 knows the length of the signature name of ECDSA certificates alone. */
  if (g_str_has_prefix (type_name, "ecdsa-sha2-") &&
      g_str_has_suffix (type_name, "-cert-v01@openssh.com"))
    return TRUE;
  return culvert_lib_has_rsa_sha2 () && (g_str_has_suffix (type_name, "-cert-v01@openssh.com") ||
                                         g_str_has_prefix (type_name, "sk-"));
}

const char *
culvert_lib_get_refusal (LIBSSH2_SESSION *session, gboolean *was_partial)
{
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
  return culvert_ssh2_get_refusal (session, was_partial);
#else
  return NULL;
#endif
}

const char *
culvert_lib_get_banner (LIBSSH2_SESSION *session)
{
#if LIBSSH2_VERSION_NUM >= 0x010b00
  char *banner = NULL;

  return libssh2_userauth_banner (session, &banner) == 0 ? banner : NULL;
#else
  return NULL;
#endif
}

const char *
culvert_lib_get_error_text (LIBSSH2_SESSION *session)
{
  char *text = NULL;

  libssh2_session_last_error (session, &text, NULL, 0);
  return text != NULL ? text : "";
}
