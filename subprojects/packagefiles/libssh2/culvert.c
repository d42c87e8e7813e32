/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Built into libssh2, against its internals; see culvert.h.  The only change to libssh2's own
 * sources that it needs is the packet hook (the patch of that name). */
#include "libssh2_priv.h"

#include "packet.h"
#include "transport.h"

#include "culvert.h"

/* After 1.11 upstream gave its internal functions another prefix. */
#ifdef CULVERT_SSH2_NEW_NAMES
#define error_set                     ssh2_err
#define kex_exchange                  ssh2_kex_exchange
#define list_first                    ssh2_list_first
#define list_next                     ssh2_list_next
#define list_remove                   ssh2_list_remove
#define read_u32                      ssh2_ntohu32
#define transport_read                ssh2_transport_read
#define transport_send                ssh2_transport_send
#define LIBSSH2_FREE                  SSH2_FREE
#define LIBSSH2_STATE_EXCHANGING_KEYS SSH2_STATE_EXCHANGING_KEYS
typedef struct packet Packet;
#else
#define error_set      _libssh2_error
#define kex_exchange   _libssh2_kex_exchange
#define list_first     _libssh2_list_first
#define list_next      _libssh2_list_next
#define list_remove    _libssh2_list_remove
#define read_u32       _libssh2_ntohu32
#define transport_read _libssh2_transport_read
#define transport_send _libssh2_transport_send
typedef LIBSSH2_PACKET Packet;
#endif

#define FIRST_CONNECTION_MESSAGE 80 /* RFC 4250 section 4.1.1 */

/* A list that does not fit ends with the last name that does. */
static void
note_refusal (LIBSSH2_SESSION *session, const unsigned char *bytes, size_t n_bytes)
{
  size_t n_list = n_bytes > 5 ? read_u32 (bytes + 1) : 0;

  if (n_bytes < 6 || n_list > n_bytes - 6)
    return;
  session->hook_partial = bytes[5 + n_list] != 0;
  if (n_list >= sizeof session->hook_methods)
    {
      n_list = sizeof session->hook_methods - 1;
      while (n_list > 0 && bytes[5 + n_list] != ',')
        n_list--;
    }
  memcpy (session->hook_methods, bytes + 5, n_list);
  session->hook_methods[n_list] = '\0';
}

static int
packet_hook (LIBSSH2_SESSION *session, const unsigned char *bytes, size_t n_bytes)
{
  if (bytes[0] == SSH_MSG_USERAUTH_FAILURE)
    note_refusal (session, bytes, n_bytes);
  return session->hook_keeps_connection && bytes[0] >= FIRST_CONNECTION_MESSAGE;
}

void
culvert_ssh2_attach (LIBSSH2_SESSION *session)
{
  session->packet_hook = packet_hook;
}

const char *
culvert_ssh2_get_refusal (LIBSSH2_SESSION *session, int *was_partial)
{
  *was_partial = session->hook_partial;
  return session->hook_methods[0] != '\0' ? session->hook_methods : NULL;
}

void
culvert_ssh2_take_connection (LIBSSH2_SESSION *session)
{
  session->packet_hook = packet_hook;
  session->hook_keeps_connection = 1;
}

static Packet *
find_packet (LIBSSH2_SESSION *session)
{
  Packet *packet = list_first (&session->packets);

  /* What belongs to a key exchange under way stays where that looks for it. */
  while (packet != NULL && packet->data[0] < FIRST_CONNECTION_MESSAGE)
    packet = list_next (&packet->node);
  return packet;
}

static void
hand_out (LIBSSH2_SESSION *session, culvert_ssh2_packet_func func, void *user_data)
{
  Packet *packet;

  while ((packet = find_packet (session)) != NULL)
    {
      list_remove (&packet->node);
      func (packet->data, packet->data_len, user_data);
      LIBSSH2_FREE (session, packet->data);
      LIBSSH2_FREE (session, packet);
    }
}

/* The functions below transport_read() set the session's error only sometimes. */
static int
note_error (LIBSSH2_SESSION *session, int rc, const char *what)
{
  if (rc < 0 && rc != LIBSSH2_ERROR_EAGAIN && session->err_code != rc)
    error_set (session, rc, what);
  return rc;
}

int
culvert_ssh2_receive (LIBSSH2_SESSION *session, culvert_ssh2_packet_func func, void *user_data)
{
  int rc = transport_read (session);

  hand_out (session, func, user_data);
  return note_error (session, rc < 0 ? rc : 0, "Unable to receive a packet");
}

int
culvert_ssh2_send (LIBSSH2_SESSION     *session,
                   const unsigned char *head,
                   size_t               n_head,
                   const unsigned char *body,
                   size_t               n_body)
{
  return note_error (session, transport_send (session, head, n_head, body, n_body),
                     "Unable to send a packet");
}

int
culvert_ssh2_rekey (LIBSSH2_SESSION *session)
{
  int rc;

  if (culvert_ssh2_is_rekeying (session))
    return 0;
  memset (&session->startup_key_state, 0, sizeof session->startup_key_state);
  rc = kex_exchange (session, 1, &session->startup_key_state);
  return note_error (session, rc == LIBSSH2_ERROR_EAGAIN ? 0 : rc, "Unable to exchange keys");
}

int
culvert_ssh2_is_rekeying (LIBSSH2_SESSION *session)
{
  return (session->state & LIBSSH2_STATE_EXCHANGING_KEYS) != 0;
}
