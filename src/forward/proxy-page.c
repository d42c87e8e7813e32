/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/log.h"
#include "core/errors.h"
#include "core/open-cause.h"
#include "forward/proxy-asking-private.h"

#include <string.h>

void
culvert_proxy_write_page (GByteArray *output,
                          const char *status,
                          const char *type,
                          const char *extra,
                          const char *body,
                          gboolean    has_body)
{
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 %s\r\nContent-Type: %s\r\n"
                                           "X-Content-Type-Options: nosniff\r\n"
                                           "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                                           "Cache-Control: no-store\r\n%sConnection: close\r\n\r\n",
                                           status, type, strlen (body), extra != NULL ? extra : "");

  g_byte_array_append (output, (const guint8 *)head, (guint)strlen (head));
  if (has_body)
    g_byte_array_append (output, (const guint8 *)body, (guint)strlen (body));
}

static const char *
get_status (const GError *error)
{
  const char *said = culvert_error_get_fact (error, CULVERT_FACT_SAID);

  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_PROHIBITED))
    return "403 Forbidden";
  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_TIMED_OUT) ||
      g_error_matches (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TARGET_TIMED_OUT))
    return "504 Gateway Timeout";
  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED) &&
      culvert_open_cause_find (said) == CULVERT_OPEN_CAUSE_TIME)
    return "504 Gateway Timeout";
  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED) ||
      g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_UNKNOWN) ||
      error->domain == CULVERT_FORWARD_ERROR)
    return "502 Bad Gateway";
  return "503 Service Unavailable";
}

void
culvert_proxy_write_http_failure (GByteArray            *output,
                                  const CulvertEndpoint *target,
                                  const GError          *error)
{
  g_autofree char *name = culvert_endpoint_to_string (target);
  g_autofree char *why = culvert_log_printable (error->message, -1);
  g_autofree char *body = g_strdup_printf (
    "Culvert, the proxy on the way, could not connect you to %s.\n%s\n", name, why);

  culvert_proxy_write_page (output, get_status (error), "text/plain; charset=utf-8", NULL, body,
                            TRUE);
}

/* May it stand in a script between quotes? */
static gboolean
is_plain (const char *host)
{
  for (const char *p = host; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (".-_:", *p) == NULL)
      return FALSE;
  return TRUE;
}

/* Where something listens is not always where one connects to. */
static CulvertEndpoint *
make_reachable (const CulvertEndpoint *here)
{
  static const char *const wide[] = { "", "*", "0.0.0.0", "::", NULL };
  const char              *host = culvert_endpoint_get_host (here);

  return culvert_endpoint_new_tcp (g_strv_contains (wide, host) ? "localhost" : host,
                                   culvert_endpoint_get_port (here));
}

/* What needs no server goes direct, and so do names without a dot: those are of this computer's own
 * network.  An IPv6 address has no dot, either. */
static const char script[] =
  "function FindProxyForURL (url, host) {\n"
  "  if (host == \"localhost\" || shExpMatch (host, \"*.localhost\") ||\n"
  "      shExpMatch (host, \"127.*\") || host == \"::1\" || host == \"[::1]\" ||\n"
  "      (isPlainHostName (host) && host.indexOf (\":\") < 0))\n"
  "    return \"DIRECT\";\n"
  "  return \"SOCKS5 %s; PROXY %s\";\n"
  "}\n";

char *
culvert_proxy_make_pac (const CulvertEndpoint *said, const CulvertEndpoint *here)
{
  g_autoptr (CulvertEndpoint) endpoint = NULL;
  g_autofree char            *text = NULL;

  if (said != NULL && is_plain (culvert_endpoint_get_host (said)))
    endpoint = culvert_endpoint_ref ((CulvertEndpoint *)said);
  else if (here != NULL && culvert_endpoint_get_kind (here) == CULVERT_ENDPOINT_TCP)
    endpoint = make_reachable (here);
  else
    return NULL;
  text = culvert_endpoint_to_string (endpoint);
  return g_strdup_printf (script, text, text);
}
