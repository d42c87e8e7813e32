/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/port-choice.h"

#include "base/free-port.h"
#include "base/low-ports.h"

#include <gio/gio.h>
#include <string.h>

#define N_PORTS_TRIED     200
#define N_ADDRESSES_TRIED 16 /* 127.0.0.2 and so on */
#define LOW_PORT_SHIFT    10000

static gboolean
is_localhost (const char *host)
{
  return *host == '\0' || g_ascii_strcasecmp (host, "localhost") == 0;
}

void
culvert_listen_get_addresses (const CulvertEndpoint *listen,
                              const char            *addresses[CULVERT_LISTEN_ADDRESSES_MAX + 1])
{
  const char *host = culvert_endpoint_get_host (listen);
  guint       n = 0;

  if (host != NULL && is_localhost (host))
    {
      addresses[n++] = "127.0.0.1";
      addresses[n++] = "::1";
    }
  else if (host != NULL && g_str_equal (host, "*"))
    {
      addresses[n++] = "0.0.0.0";
      addresses[n++] = "::";
    }
  else if (host != NULL)
    {
      /* With the scope of an IPv6 address, too. */
      g_autoptr (GSocketAddress) literal = g_inet_socket_address_new_from_string (host, 0);

      if (literal != NULL)
        addresses[n++] = host;
    }
  addresses[n] = NULL;
}

static gboolean
is_everywhere (const char *address, GSocketFamily family)
{
  return g_str_equal (address, family == G_SOCKET_FAMILY_IPV6 ? "::" : "0.0.0.0");
}

static gboolean
addresses_overlap (const char *a, const char *b)
{
  g_autoptr (GInetAddress) address_a = g_inet_address_new_from_string (a);
  g_autoptr (GInetAddress) address_b = g_inet_address_new_from_string (b);
  GSocketFamily            family;

  if (address_a == NULL || address_b == NULL)
    return g_str_equal (a, b);
  family = g_inet_address_get_family (address_a);
  return family == g_inet_address_get_family (address_b) &&
         (g_inet_address_equal (address_a, address_b) || is_everywhere (a, family) ||
          is_everywhere (b, family));
}

gboolean
culvert_listen_overlap (const CulvertEndpoint *a, const CulvertEndpoint *b)
{
  const char *of_a[CULVERT_LISTEN_ADDRESSES_MAX + 1];
  const char *of_b[CULVERT_LISTEN_ADDRESSES_MAX + 1];
  const char *host_a = culvert_endpoint_get_host (a);
  const char *host_b = culvert_endpoint_get_host (b);

  if (host_a == NULL || host_b == NULL)
    return culvert_endpoint_equal (a, b);
  if (culvert_endpoint_get_port (a) != culvert_endpoint_get_port (b) ||
      culvert_endpoint_get_port (a) == 0)
    return FALSE;
  /* A name that nobody looks up here is at least the same as itself. */
  if (g_ascii_strcasecmp (host_a, host_b) == 0 || g_str_equal (host_a, "*") ||
      g_str_equal (host_b, "*"))
    return TRUE;
  culvert_listen_get_addresses (a, of_a);
  culvert_listen_get_addresses (b, of_b);
  for (guint i = 0; of_a[i] != NULL; i++)
    for (guint j = 0; of_b[j] != NULL; j++)
      if (addresses_overlap (of_a[i], of_b[j]))
        return TRUE;
  return FALSE;
}

guint16
culvert_port_choice_for_low (guint16 port)
{
  if (port == 80)
    return 8080;
  if (port == 443)
    return 8443;
  return (guint16)MIN ((guint)port + LOW_PORT_SHIFT, G_MAXUINT16);
}

static gboolean
is_free (const CulvertEndpoint *where, CulvertPortTakenFunc is_taken, gpointer user_data)
{
  const char *addresses[CULVERT_LISTEN_ADDRESSES_MAX + 1];

  if (is_taken != NULL && is_taken (where, user_data))
    return FALSE;
  culvert_listen_get_addresses (where, addresses);
  return culvert_port_is_free (addresses, culvert_endpoint_get_port (where));
}

static CulvertEndpoint *
search (const CulvertEndpoint *listen,
        guint                  first,
        CulvertPortTakenFunc   is_taken,
        gpointer               user_data)
{
  const char *host = culvert_endpoint_get_host (listen);
  guint       lowest = culvert_low_ports_get_first ();

  if (host == NULL)
    return NULL;
  if (first < lowest)
    first = MAX (culvert_port_choice_for_low ((guint16)first), lowest);
  for (guint port = first; port <= G_MAXUINT16 && port < first + N_PORTS_TRIED; port++)
    {
      g_autoptr (CulvertEndpoint) where = culvert_endpoint_new_tcp (host, (guint16)port);

      if (is_free (where, is_taken, user_data))
        return g_steal_pointer (&where);
    }
  return NULL;
}

CulvertEndpoint *
culvert_port_choice_next (const CulvertEndpoint *listen,
                          CulvertPortTakenFunc   is_taken,
                          gpointer               user_data)
{
  guint port = culvert_endpoint_get_port (listen);

  /* The next of a low one is far away already. */
  return search (listen, port < culvert_low_ports_get_first () ? port : port + 1, is_taken,
                 user_data);
}

CulvertEndpoint *
culvert_port_choice_from (const CulvertEndpoint *listen,
                          CulvertPortTakenFunc   is_taken,
                          gpointer               user_data)
{
  return search (listen, culvert_endpoint_get_port (listen), is_taken, user_data);
}

CulvertEndpoint *
culvert_port_choice_other_address (const CulvertEndpoint *listen,
                                   CulvertPortTakenFunc   is_taken,
                                   gpointer               user_data)
{
  const char *host = culvert_endpoint_get_host (listen);
  guint16     port = culvert_endpoint_get_port (listen);

  if (host == NULL || port < culvert_low_ports_get_first () ||
      (!is_localhost (host) && !g_str_has_prefix (host, "127.")))
    return NULL;
  for (guint i = 2; i < 2 + N_ADDRESSES_TRIED; i++)
    {
      g_autofree char            *address = g_strdup_printf ("127.0.0.%u", i);
      g_autoptr (CulvertEndpoint) where = culvert_endpoint_new_tcp (address, port);

      if (!g_str_equal (address, host) && is_free (where, is_taken, user_data))
        return g_steal_pointer (&where);
    }
  return NULL;
}
