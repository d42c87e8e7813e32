/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/proxy-asking-private.h"

#include <string.h>

#define HTTP_PORT 80

#define PAC_PATH "/proxy.pac"
#define PAC_TYPE "application/x-ns-proxy-autoconfig"

/* A request's header, cut in place. */
typedef struct
{
  char      *method;
  char      *subject; /* the request target, in one of its four forms */
  char       minor;   /* '0' or '1' */
  GPtrArray *names;   /* of char *, borrowed, and … */
  GPtrArray *values;  /* … as many of these */
} Request;

static void
request_clear (Request *request)
{
  g_clear_pointer (&request->names, g_ptr_array_unref);
  g_clear_pointer (&request->values, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

static gboolean
refuse_with (CulvertProxyAsking *self, const char *status, const char *extra, const char *why)
{
  g_autofree char *body = g_strdup_printf ("Culvert, the proxy on the way: %s.\n", why);

  culvert_proxy_write_page (self->output, status, "text/plain; charset=utf-8", extra, body, TRUE);
  return culvert_proxy_asking_refuse (self, NULL, 0, "HTTP: %s", why);
}

static gboolean
refuse_bad (CulvertProxyAsking *self, const char *why)
{
  return refuse_with (self, "400 Bad Request", NULL, why);
}

static gboolean
is_token (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("!#$%&'*+-.^_`|~", *p) == NULL)
      return FALSE;
  return text[0] != '\0';
}

/* No line may have what somebody else would take for the end of one. */
static gboolean
is_clean (const char *line)
{
  for (const char *p = line; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) && *p != '\t')
      return FALSE;
  return TRUE;
}

/* Cuts the line that begins at *@rest off it. */
static char *
take_line (char **rest)
{
  char *line = *rest;
  char *end = strchr (line, '\n');

  *rest = end + 1;
  *end = '\0';
  if (end > line && end[-1] == '\r')
    end[-1] = '\0';
  return line;
}

static gboolean
parse_request_line (Request *request, char *line)
{
  char *subject = strchr (line, ' ');
  char *version = subject != NULL ? strchr (subject + 1, ' ') : NULL;

  if (version == NULL)
    return FALSE;
  *subject++ = '\0';
  *version++ = '\0';
  request->method = line;
  request->subject = subject;
  if (!is_token (line) || subject[0] == '\0' || strlen (version) != strlen ("HTTP/1.1") ||
      !g_str_has_prefix (version, "HTTP/") || version[6] != '.')
    return FALSE;
  /* An unknown one is told apart later. */
  request->minor = version[5] == '1' ? version[7] : '\0';
  return TRUE;
}

/* @head: changed; ends with an empty line.  Returns: FALSE when it is none. */
static gboolean
parse_request (Request *request, char *head)
{
  char *line = take_line (&head);

  request->names = g_ptr_array_new ();
  request->values = g_ptr_array_new ();
  if (!is_clean (line) || !parse_request_line (request, line))
    return FALSE;
  for (line = take_line (&head); *line != '\0'; line = take_line (&head))
    {
      char *colon = strchr (line, ':');

      if (colon == NULL || !is_clean (line))
        return FALSE;
      *colon = '\0';
      /* A name with a space before or behind it is a trick, or a line that is folded. */
      if (!is_token (line))
        return FALSE;
      g_ptr_array_add (request->names, line);
      g_ptr_array_add (request->values, g_strstrip (colon + 1));
    }
  return TRUE;
}

/* (nullable): the value of the first field of that name */
static const char *
find_value (const Request *request, const char *name)
{
  for (guint i = 0; i < request->names->len; i++)
    if (g_ascii_strcasecmp (request->names->pdata[i], name) == 0)
      return request->values->pdata[i];
  return NULL;
}

/* "host", "host:port", "[v6]", "[v6]:port".  @port: 0 when there must be one. */
static CulvertEndpoint *
parse_authority (const char *text, guint16 port)
{
  const char                 *bracket = strrchr (text, ']');
  gboolean                    has_port = strchr (bracket != NULL ? bracket : text, ':') != NULL;
  g_autofree char            *whole = NULL;
  g_autoptr (CulvertEndpoint) endpoint = NULL;

  if (!has_port && port == 0)
    return NULL;
  whole = has_port ? g_strdup (text) : g_strdup_printf ("%s:%u", text, port);
  endpoint = culvert_endpoint_parse (whole, NULL);
  if (endpoint == NULL || culvert_endpoint_get_kind (endpoint) != CULVERT_ENDPOINT_TCP ||
      culvert_endpoint_get_port (endpoint) == 0 ||
      !culvert_host_is_valid (culvert_endpoint_get_host (endpoint)))
    return NULL;
  return g_steal_pointer (&endpoint);
}

static gboolean
ask (CulvertProxyAsking *self, const CulvertEndpoint *target, gsize n_used)
{
  return culvert_proxy_asking_ask (self, culvert_endpoint_get_host (target),
                                   culvert_endpoint_get_port (target), n_used);
}

static gboolean
take_connect (CulvertProxyAsking *self, const Request *request, gsize n_used)
{
  g_autoptr (CulvertEndpoint) target = parse_authority (request->subject, 0);

  self->language = CULVERT_PROXY_LANGUAGE_CONNECT;
  if (target == NULL)
    return refuse_bad (self, "CONNECT wants a name or address and a port, as in example.org:443");
  return ask (self, target, n_used);
}

/* Does the list that the Connection fields make name it? */
static gboolean
is_named_in_connection (const Request *request, const char *name)
{
  for (guint i = 0; i < request->names->len; i++)
    {
      g_auto (GStrv) options = NULL;

      if (g_ascii_strcasecmp (request->names->pdata[i], "Connection") != 0)
        continue;
      options = g_strsplit (request->values->pdata[i], ",", -1);
      for (guint k = 0; options[k] != NULL; k++)
        if (g_ascii_strcasecmp (g_strstrip (options[k]), name) == 0)
          return TRUE;
    }
  return FALSE;
}

/* RFC 9110 7.6.1: what is between the client and us.  The length of the body is not, whatever it says. */
static gboolean
is_for_us (const Request *request, const char *name)
{
  static const char *const ours[] = { "Host", "Connection", "Keep-Alive", "TE", "Upgrade" };

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    if (g_ascii_strcasecmp (name, ours[i]) == 0)
      return TRUE;
  if (g_ascii_strncasecmp (name, "Proxy-", strlen ("Proxy-")) == 0)
    return TRUE;
  return g_ascii_strcasecmp (name, "Content-Length") != 0 && is_named_in_connection (request, name);
}

/* @authority: as the client wrote it */
static GString *
write_request (const Request *request, const char *authority, const char *path)
{
  GString *head = g_string_new (NULL);

  g_string_append_printf (head, "%s %s HTTP/1.%c\r\nHost: %s\r\n", request->method, path,
                          request->minor, authority);
  for (guint i = 0; i < request->names->len; i++)
    if (!is_for_us (request, request->names->pdata[i]))
      g_string_append_printf (head, "%s: %s\r\n", (char *)request->names->pdata[i],
                              (char *)request->values->pdata[i]);
  g_string_append_printf (head, "Via: 1.%c culvert\r\nConnection: close\r\n\r\n", request->minor);
  return head;
}

/* How long is the body?  All that say so must agree: RFC 9112 6.3. */
static gboolean
find_length (const Request *request, guint64 *length)
{
  gboolean has_length = FALSE;

  *length = 0;
  for (guint i = 0; i < request->names->len; i++)
    {
      guint64 value;

      if (g_ascii_strcasecmp (request->names->pdata[i], "Content-Length") != 0)
        continue;
      if (!g_ascii_isdigit (((char *)request->values->pdata[i])[0]) ||
          !g_ascii_string_to_unsigned (request->values->pdata[i], 10, 0, G_MAXINT64, &value,
                                       NULL) ||
          (has_length && value != *length))
        return FALSE;
      *length = value;
      has_length = TRUE;
    }
  return TRUE;
}

/* @rest: what follows "http://" */
static gboolean
take_plain (CulvertProxyAsking *self, const Request *request, const char *rest, gsize n_used)
{
  gsize                       n_authority = strcspn (rest, "/?#");
  g_autofree char            *authority = g_strndup (rest, n_authority);
  g_autofree char            *path = NULL;
  g_autoptr (CulvertEndpoint) target = parse_authority (authority, HTTP_PORT);
  g_autoptr (GString)         head = NULL;
  guint64                     length;
  gsize                       n_body;

  if (target == NULL || strchr (rest, '#') != NULL)
    return refuse_bad (self, "the address does not name a host as in http://example.org/");
  if (find_value (request, "Transfer-Encoding") != NULL)
    return refuse_with (self, "411 Length Required", NULL,
                        "a request whose body comes in chunks is not carried; use CONNECT");
  if (!find_length (request, &length))
    return refuse_bad (self, "the request does not say clearly how long its body is");

  if (rest[n_authority] == '/')
    path = g_strdup (rest + n_authority);
  else if (rest[n_authority] == '\0' && strcmp (request->method, "OPTIONS") == 0)
    path = g_strdup ("*");
  else
    path = g_strconcat ("/", rest + n_authority, NULL);

  head = write_request (request, authority, path);
  n_body = (gsize)MIN (self->input->len - n_used, length);
  g_string_append_len (head, (const char *)self->input->data + n_used, (gssize)n_body);
  ask (self, target, self->input->len);
  self->early = g_string_free_to_bytes (g_steal_pointer (&head));
  self->n_more = length - n_body;
  return TRUE;
}

/* (transfer full) (nullable): where the client says that it came */
static CulvertEndpoint *
read_host_field (CulvertProxyAsking *self, const Request *request)
{
  const char *value = find_value (request, "Host");
  guint16     port = self->here != NULL ? culvert_endpoint_get_port (self->here) : 0;

  return value != NULL ? parse_authority (value, port != 0 ? port : HTTP_PORT) : NULL;
}

static gboolean
take_page (CulvertProxyAsking *self, const Request *request)
{
  gsize                       n_path = strcspn (request->subject, "?");
  gboolean                    is_head = strcmp (request->method, "HEAD") == 0;
  g_autoptr (CulvertEndpoint) said = read_host_field (self, request);
  g_autofree char            *pac = NULL;

  if (n_path != strlen (PAC_PATH) || strncmp (request->subject, PAC_PATH, n_path) != 0)
    return refuse_with (self, "404 Not Found", NULL,
                        "this is a proxy for SOCKS 4, 4a, 5 and HTTP, and has no pages but "
                        "/proxy.pac, which tells a browser how to use it");
  if (!is_head && strcmp (request->method, "GET") != 0)
    return refuse_with (self, "405 Method Not Allowed", "Allow: GET, HEAD\r\n",
                        "/proxy.pac can only be fetched");
  pac = culvert_proxy_make_pac (said, self->here);
  if (pac == NULL)
    return refuse_bad (self, "the request does not say under which host and port it came here");
  culvert_proxy_write_page (self->output, "200 OK", PAC_TYPE, NULL, pac, !is_head);
  self->state = CULVERT_PROXY_ASKING_PAGE;
  self->step = CULVERT_PROXY_STEP_OVER;
  return TRUE;
}

static gboolean
take_request (CulvertProxyAsking *self, const Request *request, gsize n_used)
{
  static const char scheme[] = "http://";

  if (request->minor != '0' && request->minor != '1')
    return refuse_with (self, "505 HTTP Version Not Supported", NULL,
                        "only versions 1.0 and 1.1 of HTTP are spoken here");
  if (strcmp (request->method, "CONNECT") == 0)
    return take_connect (self, request, n_used);
  if (g_ascii_strncasecmp (request->subject, scheme, strlen (scheme)) == 0)
    return take_plain (self, request, request->subject + strlen (scheme), n_used);
  if (request->subject[0] == '/')
    return take_page (self, request);
  return refuse_with (self, "501 Not Implemented", NULL,
                      "only http:// addresses and CONNECT are carried");
}

/* How long is the header, the empty line at its end included?  0: it has no end yet. */
static gsize
find_header_end (CulvertProxyAsking *self)
{
  const guint8 *bytes = self->input->data;
  const guint8 *end = bytes + self->input->len;
  const guint8 *p = bytes + self->n_scanned;

  while ((p = memchr (p, '\n', (gsize)(end - p))) != NULL)
    {
      p++;
      if (p < end && *p == '\n')
        return (gsize)(p - bytes) + 1;
      if (p + 1 < end && p[0] == '\r' && p[1] == '\n')
        return (gsize)(p - bytes) + 2;
    }
  /* An end that has begun is looked at again. */
  self->n_scanned = self->input->len > 3 ? self->input->len - 3 : 0;
  return 0;
}

gboolean
culvert_proxy_step_http (CulvertProxyAsking *self)
{
  gsize            n_used = find_header_end (self);
  g_autofree char *head = NULL;
  g_auto (Request) request = { 0 };

  if (n_used > CULVERT_PROXY_ASKING_MAX ||
      (n_used == 0 && self->input->len > CULVERT_PROXY_ASKING_MAX))
    return refuse_with (self, "431 Request Header Fields Too Large", NULL,
                        "the header of the request is too long");
  if (n_used == 0)
    return FALSE;
  head = g_strndup ((const char *)self->input->data, n_used);
  if (strlen (head) != n_used || !parse_request (&request, head))
    return refuse_bad (self, "what came is not an HTTP request");
  return take_request (self, &request, n_used);
}
