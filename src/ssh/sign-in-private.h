/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Shared by sign-in.c (the order), sign-in-gather.c (which keys there are), sign-in-keys.c (offering
 * them and signing), sign-in-answers.c (passwords and questions) and sign-in-heard.c (what libssh2 does
 * not pass on). */

#include "ssh/agent.h"
#include "ssh/private-key.h"
#include "ssh/session-private.h"
#include "ssh/sign-in-heard.h"

G_BEGIN_DECLS

/* The server must answer each step within this time; people may take longer. */
#define CULVERT_SIGN_IN_STEP_TIMEOUT_S 90
/* Servers close after 6 failures (MaxAuthTries); one is kept back. */
#define CULVERT_SIGN_IN_MAX_FAILURES 5
/* While another way is left to try, keys may use up only so many. */
#define CULVERT_SIGN_IN_MAX_KEY_FAILURES 3
#define CULVERT_SIGN_IN_MAX_ANSWERS      3

typedef enum
{
  CULVERT_SIGN_IN_LISTING,  /* asking the server what it allows */
  CULVERT_SIGN_IN_CHOOSING, /* what to try next */
  CULVERT_SIGN_IN_WAITING,  /* for the agent, a key file or the person */
  CULVERT_SIGN_IN_KEY,      /* the server looks at a key */
  CULVERT_SIGN_IN_PASSWORD, /* the server looks at a password */
  CULVERT_SIGN_IN_QUESTIONS,
  CULVERT_SIGN_IN_DONE,
} CulvertSignInState;

/* A key that may be offered. */
typedef struct
{
  GBytes *blob; /* NULL for a file whose public half is not known yet */
  char   *type_name;
  char   *label;      /* for the log: the file, or the agent's comment */
  char   *path;       /* of the private key; NULL for an agent's key */
  GBytes *agent_blob; /* nullable: the key by which the agent knows what signs for a certificate */
  CulvertPrivateKey *key; /* once loaded */
} CulvertKeyOffer;

typedef enum
{
  CULVERT_SIGNATURE_NONE,
  CULVERT_SIGNATURE_ON_ITS_WAY,
  CULVERT_SIGNATURE_READY,
  CULVERT_SIGNATURE_FAILED,
} CulvertSignatureState;

struct _CulvertSignIn
{
  CulvertSession    *session; /* borrowed: it owns this */
  GCancellable      *cancellable;
  char              *user;
  CulvertSignInState state;
  GSource           *peer_check; /* while waiting: the server may lose patience */

  CulvertHeard heard; /* what libssh2 did not pass on */

  GStrv      allowed;        /* what the server allows now */
  guint      n_methods_used; /* position in the profile's order */
  gboolean   relist;         /* the last failure may have been a partial success */
  guint      n_failures;
  GPtrArray *certificates;        /* those in files; NULL until they are read */
  GError    *certificate_problem; /* what may be wrong with one that was not accepted */
  GError    *excuse;              /* why a way that was configured could not even be tried */
  GString   *tried;               /* for the final message */

  /* the way that is tried now, for whoever follows the stages */
  gboolean          step_is_open;
  CulvertAuthMethod step_method;
  char             *step_subject; /* nullable: the key */

  /* keys */
  CulvertAgent         *agent;
  GHashTable           *agent_blobs; /* of GBytes: what the agent has */
  GHashTable           *offered_blobs;
  guint                 n_set_aside; /* keys that were not offered, to keep tries for other ways */
  GQueue                offers;
  CulvertKeyOffer      *offer;
  GBytes               *offer_blob; /* as sent, perhaps renamed */
  guint                 n_key_failures;
  CulvertSignatureState signature_state;
  GBytes               *signature;
  GBytes               *to_sign;
  char                 *algorithm;
  guint                 n_passphrases;

  /* answers */
  CulvertPrompt *prompt;          /* the open or last question */
  guint          n_answers;       /* passwords that were wrong */
  CulvertSecret *password;        /* that the server looks at */
  guint          n_new_passwords; /* asked for in its place */
  char          *expired_words;   /* nullable: the server's, about it */
};

/* sign-in.c */
/* A way to sign in is tried: one stage.  @subject: (nullable): which key */
void
culvert_sign_in_begin_step (CulvertSignIn *self, CulvertAuthMethod method, const char *subject);
/* What became of it, if one is tried. @error: (nullable) */
void culvert_sign_in_end_step (CulvertSignIn    *self,
                               CulvertStageState state,
                               CulvertStageNote  note,
                               const GError     *error);
/* A way that is not even tried. */
void culvert_sign_in_skip_step (CulvertSignIn    *self,
                                CulvertAuthMethod method,
                                CulvertStageNote  note,
                                const GError     *error);
void culvert_sign_in_set_state (CulvertSignIn *self, CulvertSignInState state);
void culvert_sign_in_succeed (CulvertSignIn *self, char *how);
/* The server refused. @may_be_partial: its list may have changed */
void culvert_sign_in_refused (CulvertSignIn *self, const char *what, gboolean may_be_partial);
/* A way that cannot be tried; remembered for the final message. (transfer full) @error */
void culvert_sign_in_excuse (CulvertSignIn *self, GError *error);
/* @rc is of a userauth call. Returns TRUE when it only means "refused". */
gboolean culvert_sign_in_check (CulvertSignIn *self, int rc, const char *what);
/* Asks the person; @func runs in the session's thread unless the sign-in is over by then. */
void culvert_sign_in_ask (CulvertSignIn             *self,
                          const CulvertPromptFields *fields,
                          CulvertPromptFunc          func);
/* Tells the engine how the last answer fared. */
void culvert_sign_in_report (CulvertSignIn *self, gboolean accepted);

/* Callbacks hold the session; the sign-in may be gone, or another one, by the time they run.
 * (nullable) */
CulvertSignIn *culvert_sign_in_still_here (CulvertSession *session);

/* sign-in-heard.c: hears all that libssh2 gives back until it is told to stop */
void culvert_sign_in_listen (CulvertSignIn *self);
void culvert_sign_in_stop_listening (CulvertSignIn *self);
/* (transfer none) (nullable): the ways that can continue after the last refusal; NULL when not known */
const char *culvert_sign_in_get_refusal (CulvertSignIn *self, gboolean *was_partial);

/* sign-in-gather.c */
void culvert_sign_in_gather_agent (CulvertSignIn *self);
void culvert_sign_in_gather_files (CulvertSignIn *self);
void culvert_key_offer_free (CulvertKeyOffer *self);

/* sign-in-certificates.c: those in files, beside their keys or named by the tunnel */
void culvert_sign_in_read_certificates (CulvertSignIn *self);
/* @plain_blob: (nullable): the key that they certify; NULL: what is beside @path
 * @path: (nullable): the file that signs; NULL: the agent does
 * Adds what there is to @offers. */
void culvert_sign_in_add_certificates (CulvertSignIn *self,
                                       GQueue        *offers,
                                       GBytes        *plain_blob,
                                       const char    *path);
/* Adds the keys of those that the tunnel names. @blobs: of GBytes */
void culvert_sign_in_add_certified_keys (CulvertSignIn *self, GHashTable *blobs);
/* The server did not accept it: is it plain why? */
void culvert_sign_in_judge_certificate (CulvertSignIn *self, const CulvertKeyOffer *offer);
void
culvert_sign_in_note_certificate (CulvertSignIn *self, CulvertSshError code, const char *label);
/* Those that are named and have no key. */
void culvert_sign_in_note_unused_certificates (CulvertSignIn *self);

/* sign-in-keys.c */
gboolean culvert_sign_in_begin_offer (CulvertSignIn *self);
void     culvert_sign_in_step_key (CulvertSignIn *self);
void     culvert_sign_in_clear_offer (CulvertSignIn *self);

/* sign-in-answers.c */
void culvert_sign_in_ask_password (CulvertSignIn *self);
void culvert_sign_in_step_password (CulvertSignIn *self);
void culvert_sign_in_step_questions (CulvertSignIn *self);

G_END_DECLS
