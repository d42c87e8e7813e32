/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/secret.h"
#include "core/errors.h"
#include "core/open-cause.h"
#include "forward/proxy-asking-private.h"

#include <string.h>

#define SOCKS4_HEAD     8   /* version, command, port, address */
#define SOCKS4_TEXT_MAX 255 /* of the user and of the name, less the NUL; nothing says how long */

#define SOCKS_CONNECT 1
#define SOCKS_BIND    2

#define SOCKS4_GRANTED 90
#define SOCKS4_REFUSED 91

#define SOCKS5_METHOD_NONE     0
#define SOCKS5_METHOD_PASSWORD 2
#define SOCKS5_NO_METHOD       0xff

#define SOCKS5_IPV4 1
#define SOCKS5_NAME 3
#define SOCKS5_IPV6 4

/* RFC 1928 section 6 */
typedef enum
{
  REPLY_SUCCEEDED = 0,
  REPLY_GENERAL_FAILURE = 1,
  REPLY_NOT_ALLOWED = 2,
  REPLY_NETWORK_UNREACHABLE = 3,
  REPLY_HOST_UNREACHABLE = 4,
  REPLY_CONNECTION_REFUSED = 5,
  REPLY_TTL_EXPIRED = 6, /* for any that ran out of time: there is no code of its own */
  REPLY_COMMAND_NOT_SUPPORTED = 7,
  REPLY_ADDRESS_TYPE_NOT_SUPPORTED = 8,
} Reply;

/* Where the server connects from nobody here knows. */
static void
write_reply5 (GByteArray *output, Reply reply)
{
  const guint8 bytes[] = { 5, (guint8)reply, 0, SOCKS5_IPV4, 0, 0, 0, 0, 0, 0 };

  g_byte_array_append (output, bytes, sizeof bytes);
}

static Reply
get_reply_for_cause (const GError *error)
{
  const char *said = culvert_error_get_fact (error, CULVERT_FACT_SAID);

  if (said == NULL)
    said = culvert_error_get_fact (error, CULVERT_FACT_REASON);
  switch (culvert_open_cause_find (said))
    {
    case CULVERT_OPEN_CAUSE_REFUSED:
      return REPLY_CONNECTION_REFUSED;
    case CULVERT_OPEN_CAUSE_NO_NETWORK:
      return REPLY_NETWORK_UNREACHABLE;
    case CULVERT_OPEN_CAUSE_TIME:
      return REPLY_TTL_EXPIRED;
    case CULVERT_OPEN_CAUSE_FORBIDDEN:
      return REPLY_NOT_ALLOWED;
    case CULVERT_OPEN_CAUSE_NAME:
    case CULVERT_OPEN_CAUSE_NO_HOST:
    case CULVERT_OPEN_CAUSE_NO_FILE:
    case CULVERT_OPEN_CAUSE_NOT_SAID:
    case CULVERT_OPEN_CAUSE_OTHER:
    default:
      return REPLY_HOST_UNREACHABLE;
    }
}

static Reply
get_reply (const GError *error)
{
  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_PROHIBITED))
    return REPLY_NOT_ALLOWED;
  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_TIMED_OUT) ||
      g_error_matches (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TARGET_TIMED_OUT))
    return REPLY_TTL_EXPIRED;
  if (g_error_matches (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TARGET_REFUSED))
    return REPLY_CONNECTION_REFUSED;
  if (g_error_matches (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TARGET_NAME))
    return REPLY_HOST_UNREACHABLE;
  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED) ||
      g_error_matches (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TARGET_UNREACHABLE))
    return get_reply_for_cause (error);
  return REPLY_GENERAL_FAILURE;
}

void
culvert_proxy_write_socks4 (GByteArray *output, const GError *error)
{
  const guint8 bytes[] = { 0, error == NULL ? SOCKS4_GRANTED : SOCKS4_REFUSED, 0, 0, 0, 0, 0, 0 };

  g_byte_array_append (output, bytes, sizeof bytes);
}

void
culvert_proxy_write_socks5 (GByteArray *output, const GError *error)
{
  write_reply5 (output, error == NULL ? REPLY_SUCCEEDED : get_reply (error));
}

static guint16
read_port (const guint8 *bytes)
{
  return (guint16)(bytes[0] << 8 | bytes[1]);
}

/* (transfer full) */
static char *
read_address (const guint8 *bytes, GSocketFamily family)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_bytes (bytes, family);

  return g_inet_address_to_string (address);
}

/* (transfer full) (nullable): a name as a client may send it, brackets around an address included */
static char *
read_name (const guint8 *bytes, gsize n_bytes)
{
  g_autofree char *name = NULL;

  if (n_bytes > 2 && bytes[0] == '[' && bytes[n_bytes - 1] == ']')
    name = g_strndup ((const char *)bytes + 1, n_bytes - 2);
  else
    name = g_strndup ((const char *)bytes, n_bytes);
  if (memchr (bytes, '\0', n_bytes) != NULL || !culvert_host_is_valid (name))
    return NULL;
  return g_steal_pointer (&name);
}

static gboolean
refuse4 (CulvertProxyAsking *self, const char *why)
{
  static const guint8 refused[] = { 0, SOCKS4_REFUSED, 0, 0, 0, 0, 0, 0 };

  return culvert_proxy_asking_refuse (self, refused, sizeof refused, "SOCKS 4: %s", why);
}

/* Returns: (nullable): where the text that begins at @offset has its NUL; *is_too_long when there is
 * none where there must be one */
static const guint8 *
find_end (CulvertProxyAsking *self, gsize offset, gboolean *is_too_long)
{
  gsize         n_bytes = MIN (self->input->len - offset, SOCKS4_TEXT_MAX + 1);
  const guint8 *end = memchr (self->input->data + offset, '\0', n_bytes);

  *is_too_long = end == NULL && n_bytes > SOCKS4_TEXT_MAX;
  return end;
}

gboolean
culvert_proxy_step_socks4 (CulvertProxyAsking *self)
{
  const guint8    *bytes = self->input->data;
  const guint8    *end;
  gboolean         is_too_long, has_name;
  gsize            n_used;
  g_autofree char *host = NULL;

  if (self->input->len <= SOCKS4_HEAD)
    return FALSE;
  end = find_end (self, SOCKS4_HEAD, &is_too_long);
  if (end == NULL)
    return is_too_long && refuse4 (self, "the user has too long a name");
  n_used = (gsize)(end - bytes) + 1;

  /* 4a: an address that cannot be one says that a name follows. */
  has_name = bytes[4] == 0 && bytes[5] == 0 && bytes[6] == 0 && bytes[7] != 0;
  if (has_name)
    {
      if (self->input->len == n_used)
        return FALSE;
      end = find_end (self, n_used, &is_too_long);
      if (end == NULL)
        return is_too_long && refuse4 (self, "the target has too long a name");
      host = read_name (bytes + n_used, (gsize)(end - bytes) - n_used);
      n_used = (gsize)(end - bytes) + 1;
    }
  else
    {
      host = read_address (bytes + 4, G_SOCKET_FAMILY_IPV4);
    }

  if (bytes[1] != SOCKS_CONNECT)
    return refuse4 (self, bytes[1] == SOCKS_BIND ? "BIND is not carried: only CONNECT is"
                                                 : "an unknown command");
  if (host == NULL || read_port (bytes + 2) == 0)
    return refuse4 (self, "the target is not a name or address with a port");
  return culvert_proxy_asking_ask (self, host, read_port (bytes + 2), n_used);
}

gboolean
culvert_proxy_step_socks5_methods (CulvertProxyAsking *self)
{
  const guint8 *bytes = self->input->data;
  guint8        choice[] = { 5, SOCKS5_NO_METHOD };
  gsize         n_used;

  if (self->input->len < 2 || self->input->len < 2u + bytes[1])
    return FALSE;
  n_used = 2u + bytes[1];
  if (memchr (bytes + 2, SOCKS5_METHOD_NONE, bytes[1]) != NULL)
    choice[1] = SOCKS5_METHOD_NONE;
  else if (memchr (bytes + 2, SOCKS5_METHOD_PASSWORD, bytes[1]) != NULL)
    choice[1] = SOCKS5_METHOD_PASSWORD;

  if (choice[1] == SOCKS5_NO_METHOD)
    return culvert_proxy_asking_refuse (
      self, choice, sizeof choice,
      "SOCKS 5: the client insists on a way to sign in that there is not");
  g_byte_array_append (self->output, choice, sizeof choice);
  g_byte_array_remove_range (self->input, 0, (guint)n_used);
  self->step = choice[1] == SOCKS5_METHOD_PASSWORD ? CULVERT_PROXY_STEP_SOCKS5_PASSWORD
                                                   : CULVERT_PROXY_STEP_SOCKS5_REQUEST;
  return TRUE;
}

/* RFC 1929; see proxy-asking.h. */
gboolean
culvert_proxy_step_socks5_password (CulvertProxyAsking *self)
{
  static const guint8 refused[] = { 1, 1 };
  static const guint8 success[] = { 1, 0 };
  guint8             *bytes = self->input->data;
  gsize               n_used = 2;

  if (bytes[0] != 1)
    return culvert_proxy_asking_refuse (self, refused, sizeof refused,
                                        "SOCKS 5: the client signs in in an unknown way");
  if (self->input->len < n_used)
    return FALSE;
  n_used += bytes[1] + 1u;
  if (self->input->len < n_used)
    return FALSE;
  n_used += bytes[n_used - 1];
  if (self->input->len < n_used)
    return FALSE;

  culvert_secret_wipe (bytes, n_used);
  g_byte_array_append (self->output, success, sizeof success);
  g_byte_array_remove_range (self->input, 0, (guint)n_used);
  self->step = CULVERT_PROXY_STEP_SOCKS5_REQUEST;
  return TRUE;
}

static gboolean
refuse5 (CulvertProxyAsking *self, Reply reply, const char *why)
{
  write_reply5 (self->output, reply);
  return culvert_proxy_asking_refuse (self, NULL, 0, "SOCKS 5: %s", why);
}

gboolean
culvert_proxy_step_socks5_request (CulvertProxyAsking *self)
{
  const guint8    *bytes = self->input->data;
  gsize            n_address, n_head = 4, n_used;
  g_autofree char *host = NULL;

  if (bytes[0] != 5)
    return refuse5 (self, REPLY_GENERAL_FAILURE, "the request is of another version");
  /* The fifth byte is the length of a name; no address is shorter. */
  if (self->input->len < 5)
    return FALSE;
  switch (bytes[3])
    {
    case SOCKS5_IPV4:
      n_address = 4;
      break;
    case SOCKS5_IPV6:
      n_address = 16;
      break;
    case SOCKS5_NAME:
      n_head = 5;
      n_address = bytes[4];
      break;
    default:
      return refuse5 (self, REPLY_ADDRESS_TYPE_NOT_SUPPORTED,
                      "the target has an unknown type of address");
    }
  n_used = n_head + n_address + 2;
  if (self->input->len < n_used)
    return FALSE;

  if (bytes[1] != SOCKS_CONNECT)
    return refuse5 (self, REPLY_COMMAND_NOT_SUPPORTED,
                    "BIND and UDP ASSOCIATE are not carried: only CONNECT is");
  if (bytes[3] == SOCKS5_NAME)
    host = read_name (bytes + n_head, n_address);
  else
    host = read_address (bytes + n_head,
                         bytes[3] == SOCKS5_IPV4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
  if (host == NULL || read_port (bytes + n_used - 2) == 0)
    return refuse5 (self, REPLY_HOST_UNREACHABLE,
                    "the target is not a name or address with a port");
  return culvert_proxy_asking_ask (self, host, read_port (bytes + n_used - 2), n_used);
}
