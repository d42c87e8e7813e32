/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A question to the person, on its way from a session to whoever can ask.
 *
 * Made by the engine in the session's thread, shown by a CulvertPrompter in the program's own
 * thread, answered once.  Every function may be called in any thread.  The asker either waits
 * (culvert_prompt_wait()) or is called back in its own context.  When the asker no longer needs an
 * answer, because the server closed or the person stopped the tunnel, the prompt is withdrawn and
 * whoever shows it takes it away. */

#include "base/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_PROMPT_PASSWORD,     /* one hidden field */
  CULVERT_PROMPT_PASSPHRASE,   /* one hidden field; key_file names the key */
  CULVERT_PROMPT_QUESTIONS,    /* RFC 4256: the server's own fields */
  CULVERT_PROMPT_NEW_PASSWORD, /* RFC 4252 8: the old one has expired */
  CULVERT_PROMPT_HOST_KEY,     /* unknown host key: a decision, no field */
} CulvertPromptKind;

typedef enum
{
  CULVERT_DECISION_NONE,   /* not answered */
  CULVERT_DECISION_REFUSE, /* or: closed the question */
  CULVERT_DECISION_ONCE,   /* this time only; for fields: do not remember */
  CULVERT_DECISION_SAVE,   /* trust and save; for fields: remember in the keyring */
} CulvertDecision;

/* Who wants to know. */
typedef enum
{
  CULVERT_ASKED_BY_SERVER, /* the tunnel's own */
  CULVERT_ASKED_BY_HOP,    /* a jump server on the way to it */
  CULVERT_ASKED_BY_PROXY,
} CulvertAskedBy;

typedef struct
{
  char    *text; /* the server's words made printable; "" for our own kinds */
  gboolean is_hidden;
} CulvertPromptField;

/* Why no certificate proves a server for which an authority is recorded. */
typedef enum
{
  CULVERT_HOST_CERTIFICATE_FINE,            /* or: no authority is recorded */
  CULVERT_HOST_CERTIFICATE_MISSING,         /* the server shows none */
  CULVERT_HOST_CERTIFICATE_NOT_CHECKED,     /* this build cannot check any */
  CULVERT_HOST_CERTIFICATE_OTHER_AUTHORITY, /* by another one than what is recorded */
  CULVERT_HOST_CERTIFICATE_BAD_ALGORITHM,   /* signed in a way that is not safe any more */
  CULVERT_HOST_CERTIFICATE_FOR_USERS,       /* not for hosts */
  CULVERT_HOST_CERTIFICATE_TOO_EARLY,       /* not valid yet */
  CULVERT_HOST_CERTIFICATE_TOO_LATE,        /* expired */
  CULVERT_HOST_CERTIFICATE_OTHER_HOSTS,     /* for other names, or it does not say for which */
  CULVERT_HOST_CERTIFICATE_CONDITIONS,      /* with conditions that are not known here */
} CulvertHostCertificate;
#define CULVERT_N_HOST_CERTIFICATES 10

/* What the server showed as its host key, and what is known about it. */
typedef struct
{
  char   *host; /* as the person wrote it */
  guint16 port;
  char   *type_name;   /* "ssh-ed25519" */
  char   *fingerprint; /* "SHA256:…" */
  char   *random_art;  /* several lines */
  char   *other_known; /* nullable: another type of key is known for this host: its fingerprint */
  CulvertHostCertificate certificate;
  GBytes                *blob; /* nullable: the key itself */
} CulvertHostKeyInfo;

#define CULVERT_TYPE_PROMPT (culvert_prompt_get_type ())
G_DECLARE_FINAL_TYPE (CulvertPrompt, culvert_prompt, CULVERT, PROMPT, GObject)

/* Everything that may be shown; fixed at construction.  All but @secret_purpose is made printable there
 * (base/log.h); the instruction and the questions may have several lines. */
typedef struct
{
  CulvertPromptKind kind;
  CulvertAskedBy    asked_by;
  const char       *user; /* nullable */
  const char       *host; /* the name of the server, jump server or proxy, as the person wrote it */
  guint16           port;
  const char       *key_file;    /* nullable */
  const char       *title;       /* nullable: the server's own, made printable */
  const char       *instruction; /* nullable: the server's own, made printable */
  const char *secret_purpose;    /* nullable: what the keyring calls the answer; NULL: not kept */
  guint       attempt;           /* 0 for the first time; more: the last answer was wrong */
  const CulvertPromptField *fields; /* copied */
  guint                     n_fields;
  const CulvertHostKeyInfo *host_key; /* nullable; copied */
} CulvertPromptFields;

CulvertPrompt             *culvert_prompt_new (const CulvertPromptFields *fields);
const CulvertPromptFields *culvert_prompt_get_fields (CulvertPrompt *self);

/* Which tunnel asks: set by the engine before the prompt is shown. */
void        culvert_prompt_set_tunnel (CulvertPrompt *self, const char *id, const char *title);
const char *culvert_prompt_get_tunnel_id (CulvertPrompt *self);
const char *culvert_prompt_get_tunnel_title (CulvertPrompt *self);

/* Why the secret store could not answer in the person's place, who is told so: set by the engine before the
 * prompt is shown; the first counts.  (nullable): it had no answer, or was not asked */
void          culvert_prompt_set_store_error (CulvertPrompt *self, const GError *error);
const GError *culvert_prompt_get_store_error (CulvertPrompt *self);

/**
 * culvert_prompt_answer:
 * @decision: REFUSE closes the question without an answer
 * @secrets: (array length=n_secrets) (nullable): one for each field; referenced
 *
 * The first answer counts; later ones and those to a withdrawn prompt are dropped.
 */
void culvert_prompt_answer (CulvertPrompt        *self,
                            CulvertDecision       decision,
                            CulvertSecret *const *secrets,
                            guint                 n_secrets);

/* Nobody needs the answer any more. */
void culvert_prompt_withdraw (CulvertPrompt *self);

/* Cancelled when the prompt was withdrawn: whoever shows it attaches a
 * g_cancellable_source_new() to its own context. */
GCancellable *culvert_prompt_get_withdrawn (CulvertPrompt *self);

CulvertDecision culvert_prompt_get_decision (CulvertPrompt *self);
/* (transfer none) (nullable): the answer to field @index */
CulvertSecret *culvert_prompt_get_secret (CulvertPrompt *self, guint index);

/**
 * culvert_prompt_set_answered_func:
 * @context: where to call
 * @func: called once, when answered or withdrawn
 *
 * At most one; also works when the answer is already there.
 */
typedef void (*CulvertPromptFunc) (CulvertPrompt *self, gpointer user_data);
void culvert_prompt_set_answered_func (CulvertPrompt    *self,
                                       GMainContext     *context,
                                       CulvertPromptFunc func,
                                       gpointer          user_data,
                                       GDestroyNotify    destroy);

/**
 * culvert_prompt_wait:
 * @slice_ms: how often to call @keep_waiting
 * @keep_waiting: returns FALSE to give up; the prompt is then withdrawn
 *
 * Blocks the calling thread until there is an answer.  Only for a session thread inside libssh2's
 * keyboard-interactive callback, which has no other way.
 */
CulvertDecision culvert_prompt_wait (CulvertPrompt *self,
                                     guint          slice_ms,
                                     gboolean (*keep_waiting) (gpointer user_data),
                                     gpointer user_data);

G_END_DECLS
