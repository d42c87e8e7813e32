/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* OpenSSH's certificates: a key, and what an authority says about it.
 *
 * Certificates come from servers, files and agents. Parsing one proves nothing; whoever trusts one asks
 * culvert_certificate_check(), which also verifies the authority's signature, and then whether that
 * authority is one to be trusted. All of it only computes and may be used in any thread.
 *
 * It accepts what OpenSSH accepts: names of options in any order, an empty name, any time span. DSA,
 * which OpenSSH has given up, is refused, and so are signatures by "ssh-rsa", which is SHA-1.
 *
 * Spec: OpenSSH PROTOCOL.certkeys. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* A larger one is refused. */
#define CULVERT_CERTIFICATE_MAX (256 * 1024)
/* More names are refused, as by OpenSSH. */
#define CULVERT_CERTIFICATE_PRINCIPALS_MAX 256

typedef enum
{
  CULVERT_CERTIFICATE_USER = 1,
  CULVERT_CERTIFICATE_HOST = 2,
} CulvertCertificateType;

/* Names and values are the authority's words, not checked to be UTF-8 nor to be printable. */
typedef struct
{
  char   *name;
  GBytes *value; /* as it stands there: for most options a string in a string, or nothing */
} CulvertCertificateOption;

typedef struct
{
  char                  *type_name;  /* "ssh-ed25519-cert-v01@openssh.com" */
  GBytes                *plain_blob; /* the key that is certified, as if it stood alone */
  guint64                serial;
  CulvertCertificateType type;
  char                  *key_id;
  GStrv                  principals;   /* the users, or hosts, it is for; empty: it does not say */
  guint64                valid_after;  /* seconds since 1970, the first that counts */
  guint64                valid_before; /* the first that does not count; G_MAXUINT64: never ends */
  GPtrArray             *critical_options; /* of CulvertCertificateOption */
  GPtrArray             *extensions;       /* of CulvertCertificateOption */
  GBytes                *authority_blob;   /* the public key of who signed */
  char                  *signature_algorithm;

  GBytes *signed_bytes; /* private */
  GBytes *signature;    /* private: the whole one */
} CulvertCertificate;

/**
 * culvert_certificate_parse:
 * @blob: from anywhere
 *
 * Errors: `CULVERT_SSH_ERROR_KEY_MALFORMED`, or `CULVERT_SSH_ERROR_KEY_UNSUPPORTED` for a type of
 * certificate, of certified key or of authority that is not used.
 *
 * Returns: (transfer full) (nullable): what it says
 */
CulvertCertificate *culvert_certificate_parse (GBytes *blob, GError **error);
void                culvert_certificate_free (CulvertCertificate *self);

/* Whether @type_name, of a key's blob or of an algorithm, is that of a certificate. */
gboolean culvert_certificate_is_type (const char *type_name);

/* Returns: (transfer none) (nullable): the critical option or extension of that name */
const CulvertCertificateOption *culvert_certificate_find_option (const GPtrArray *options,
                                                                 const char      *name);

/* The first of these that is true. */
typedef enum
{
  CULVERT_CERTIFICATE_VALID,
  CULVERT_CERTIFICATE_BAD_SIGNATURE,  /* not by that authority, or changed since */
  CULVERT_CERTIFICATE_WEAK_SIGNATURE, /* by an algorithm that is not used, such as SHA-1 */
  CULVERT_CERTIFICATE_WRONG_TYPE, /* a user's where a host's is wanted, or the other way round */
  CULVERT_CERTIFICATE_NOT_YET_VALID,
  CULVERT_CERTIFICATE_EXPIRED,
  CULVERT_CERTIFICATE_NO_PRINCIPALS,     /* a host's that is for any host: refused */
  CULVERT_CERTIFICATE_PRINCIPAL_MISSING, /* for other names */
  CULVERT_CERTIFICATE_UNKNOWN_OPTION,    /* a critical option that we do not know */
} CulvertCertificateState;

/**
 * culvert_certificate_check:
 * @wanted: who must be certified
 * @name: (nullable): the host's name without a port, or the user's on the server; NULL: not checked
 * @now: seconds since 1970
 *
 * Says whether the certificate holds for @name. As in OpenSSH 10.3, principals of a host may be patterns
 * with `*` and `?` and are compared with @name in lower case, those of a user are compared letter for
 * letter, and an empty name is nobody's. A user's certificate without principals is valid here: whether
 * it is enough is the server's affair.
 *
 * Known critical options are those that a server enforces on users (`force-command`,
 * `source-address`, `verify-required`); a host's certificate may have none.
 */
CulvertCertificateState culvert_certificate_check (const CulvertCertificate *self,
                                                   CulvertCertificateType    wanted,
                                                   const char               *name,
                                                   gint64                    now);

/**
 * culvert_certificate_verify:
 *
 * Checks the authority's signature alone; see [func@culvert_certificate_check].
 *
 * Returns: CULVERT_CERTIFICATE_VALID, BAD_SIGNATURE or WEAK_SIGNATURE
 */
CulvertCertificateState culvert_certificate_verify (const CulvertCertificate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertCertificate, culvert_certificate_free)

G_END_DECLS
