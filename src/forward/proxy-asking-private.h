/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the files of proxy-asking.h share. */

#include "forward/proxy-asking.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_PROXY_STEP_FIRST_BYTE,
  CULVERT_PROXY_STEP_SOCKS4,
  CULVERT_PROXY_STEP_SOCKS5_METHODS,
  CULVERT_PROXY_STEP_SOCKS5_PASSWORD,
  CULVERT_PROXY_STEP_SOCKS5_REQUEST,
  CULVERT_PROXY_STEP_HTTP,
  CULVERT_PROXY_STEP_OVER,
} CulvertProxyStep;

typedef enum
{
  CULVERT_PROXY_LANGUAGE_SOCKS4,
  CULVERT_PROXY_LANGUAGE_SOCKS5,
  CULVERT_PROXY_LANGUAGE_CONNECT,
  CULVERT_PROXY_LANGUAGE_PLAIN_HTTP,
} CulvertProxyLanguage;

struct _CulvertProxyAsking
{
  CulvertEndpoint        *here; /* nullable */
  CulvertProxyStep        step;
  CulvertProxyLanguage    language;
  CulvertProxyAskingState state;
  GByteArray             *input;     /* of this step and beyond */
  gsize                   n_scanned; /* so much of it has no end of a header */
  GByteArray             *output;
  CulvertEndpoint        *target; /* nullable */
  GBytes                 *early;  /* nullable */
  guint64                 n_more;
  char                   *reason; /* nullable */
};

/* The two ends of an asking; both return TRUE: the step is done, and was the last. */
gboolean culvert_proxy_asking_refuse (CulvertProxyAsking *self,
                                      const void         *answer,
                                      gsize               n_bytes,
                                      const char         *format,
                                      ...) G_GNUC_PRINTF (4, 5);
/* @n_used: so many bytes of the input were ours; the rest is early */
gboolean
culvert_proxy_asking_ask (CulvertProxyAsking *self, const char *host, guint16 port, gsize n_used);

/* Steps: FALSE while there is too little input.  Each uses up its part of the input. */
gboolean culvert_proxy_step_socks4 (CulvertProxyAsking *self);
gboolean culvert_proxy_step_socks5_methods (CulvertProxyAsking *self);
gboolean culvert_proxy_step_socks5_password (CulvertProxyAsking *self);
gboolean culvert_proxy_step_socks5_request (CulvertProxyAsking *self);
gboolean culvert_proxy_step_http (CulvertProxyAsking *self);

/* What SOCKS says about a connection; @error: (nullable): NULL for success. */
void culvert_proxy_write_socks4 (GByteArray *output, const GError *error);
void culvert_proxy_write_socks5 (GByteArray *output, const GError *error);

/* A page of ours with its header, in the place of an answer from the target.
 * @extra: (nullable): whole header lines; @has_body: FALSE for HEAD */
void culvert_proxy_write_page (GByteArray *output,
                               const char *status,
                               const char *type,
                               const char *extra,
                               const char *body,
                               gboolean    has_body);
void culvert_proxy_write_http_failure (GByteArray            *output,
                                       const CulvertEndpoint *target,
                                       const GError          *error);

/**
 * culvert_proxy_make_pac:
 * @said: (nullable): where the client says that it came; from anybody
 * @here: (nullable): what counts where @said is not fit to stand in a script
 *
 * Returns: (transfer full) (nullable): the script, or NULL when neither says where the proxy is
 */
char *culvert_proxy_make_pac (const CulvertEndpoint *said, const CulvertEndpoint *here);

G_END_DECLS
