/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* No algorithm in common: which kind, what either side offers, and the line of sshd_config, or the
 * switch of the tunnel, that changes it. */

/* A line with more names than these is not written out. */
#define LINE_MAX_NAMES 4
/* Of more names than these the rest is left out. */
#define SHOWN_NAMES 3

typedef struct
{
  const char *offered; /* CULVERT_FACT_OFFERED; never NULL */
  const char *ours;    /* CULVERT_FACT_OURS; never NULL */
  const char *legacy;  /* nullable: what the switch "Legacy server" would have in common */
} Lists;

/* (transfer full): sshd_config's keyword with what the server offers now and @added */
static char *
build_line (const char *keyword, const Lists *lists, const char *added)
{
  g_auto (GStrv)   names = g_strsplit (lists->offered, ", ", -1);
  guint            n_names = g_strv_length (names);
  g_autofree char *list = NULL;

  if (n_names == 0 || n_names > LINE_MAX_NAMES)
    return g_strdup_printf ("%s +%s", keyword, added);
  list = g_strjoinv (",", names);
  return g_strdup_printf ("%s %s,%s", keyword, list, added);
}

static gboolean
has_name (const char *list, const char *name)
{
  g_auto (GStrv) names = g_strsplit (list, ", ", -1);

  return g_strv_contains ((const char *const *)names, name);
}

/* (transfer full): the one that is offered first here; for an old server, which would not know the word,
 * rather @old_one */
static char *
dup_best (const Lists *lists, const char *old_one)
{
  if (lists->legacy != NULL && has_name (lists->ours, old_one))
    return g_strdup (old_one);
  return g_strndup (lists->ours, strcspn (lists->ours, ","));
}

/* (transfer full): what either side offers; of ours, which may be many, the first, as the log has all */
static char *
describe_lists (const Lists *lists)
{
  g_auto (GStrv)   ours = g_strsplit (lists->ours, ", ", SHOWN_NAMES + 1);
  g_autofree char *first = NULL;

  if (g_strv_length (ours) <= SHOWN_NAMES)
    /* Translators: both are lists of technical names */
    return g_strdup_printf (_ ("The server offers only %1$s. Culvert offers %2$s."), lists->offered,
                            lists->ours);
  g_clear_pointer (&ours[SHOWN_NAMES], g_free);
  first = g_strjoinv (", ", ours);
  return g_strdup_printf (
    /* Translators: both are lists of technical names */
    _ ("The server offers only %1$s. Culvert offers %2$s and others."), lists->offered, first);
}

/* (transfer full) (nullable): an algorithm of ours for a host key that the server has already */
static char *
find_for_its_host_keys (const Lists *lists)
{
  static const char *const kinds[] = { "ed25519", "nistp256", "nistp384", "nistp521", "rsa" };
  g_auto (GStrv)           ours = g_strsplit (lists->ours, ", ", -1);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint j = 0; strstr (lists->offered, kinds[i]) != NULL && ours[j] != NULL; j++)
      if (strstr (ours[j], kinds[i]) != NULL)
        return g_strdup (ours[j]);
  return NULL;
}

/* (transfer full) */
static char *
advise_line (const char *line, const Lists *lists)
{
  if (lists->legacy == NULL)
    return g_strdup_printf (
      /* Translators: %s is a line of a file */
      _ ("Ask the server’s administrator for this line in sshd_config: “%s”."), line);
  return g_strdup_printf (
    /* Translators: 1 is a list of technical names, 2 a line of a file */
    _ ("If the server is too old for better, turn on “Legacy server” in the tunnel’s settings: it "
       "allows %1$s, which is weak. If not, ask its administrator for this line in sshd_config: "
       "“%2$s”."),
    lists->legacy, line);
}

static char *
advise_host_key (const Lists *lists)
{
  g_autofree char *added = find_for_its_host_keys (lists);
  g_autofree char *line = NULL;

  if (added == NULL && lists->legacy != NULL)
    return g_strdup_printf (
      /* Translators: %s is a list of technical names */
      _ (
        "If the server is too old for better, turn on “Legacy server” in the tunnel’s settings: it "
        "allows %s, which is weak. If not, ask its administrator for another host key: “ssh-keygen "
        "-A” makes one."),
      lists->legacy);
  if (added == NULL)
    return g_strdup (
      _ ("Ask the server’s administrator for another host key: “ssh-keygen -A” makes "
         "one, and “HostKey /etc/ssh/ssh_host_ed25519_key” in sshd_config uses it."));
  line = build_line ("HostKeyAlgorithms", lists, added);
  return advise_line (line, lists);
}

static char *
advise (int code, const Lists *lists)
{
  g_autofree char *best = NULL;
  g_autofree char *line = NULL;

  switch (code)
    {
    case CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY:
      return advise_host_key (lists);
    case CULVERT_SSH_ERROR_NO_COMMON_COMPRESSION:
      return g_strdup (
        _ ("Ask the server’s administrator to allow connections without compression."));
    case CULVERT_SSH_ERROR_NO_COMMON_CIPHER:
      best = dup_best (lists, "aes128-ctr");
      line = build_line ("Ciphers", lists, best);
      break;
    case CULVERT_SSH_ERROR_NO_COMMON_MAC:
      best = dup_best (lists, "hmac-sha2-256");
      line = build_line ("MACs", lists, best);
      break;
    case CULVERT_SSH_ERROR_NO_COMMON_KEX:
    default:
      best = dup_best (lists, "ecdh-sha2-nistp256");
      line = build_line ("KexAlgorithms", lists, best);
      break;
    }
  return advise_line (line, lists);
}

/* (transfer full) (nullable) */
static char *
describe (const CulvertFailure *failure)
{
  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_NO_COMMON_KEX:
      /* Translators: %s is the server's name */
      return g_strdup_printf (_ ("%s and Culvert have no method of key exchange in common."),
                              failure->server);
    case CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY:
      /* Translators: %s is the server's name */
      return g_strdup_printf (_ ("%s and Culvert have no kind of host key in common."),
                              failure->server);
    case CULVERT_SSH_ERROR_NO_COMMON_CIPHER:
      /* Translators: %s is the server's name */
      return g_strdup_printf (_ ("%s and Culvert have no cipher in common."), failure->server);
    case CULVERT_SSH_ERROR_NO_COMMON_MAC:
      /* Translators: %s is the server's name */
      return g_strdup_printf (_ ("%s and Culvert have no integrity check (MAC) in common."),
                              failure->server);
    case CULVERT_SSH_ERROR_NO_COMMON_COMPRESSION:
      /* Translators: %s is the server's name */
      return g_strdup_printf (
        _ ("%s insists on compressing the connection, which Culvert does not do."),
        failure->server);
    default:
      return NULL;
    }
}

CulvertFailureWords *
culvert_failure_words_for_algorithms (const CulvertFailure *failure)
{
  char *what = describe (failure);
  Lists lists = {
    .offered = culvert_error_get_fact (failure->error, CULVERT_FACT_OFFERED),
    .ours = culvert_error_get_fact (failure->error, CULVERT_FACT_OURS),
    .legacy = culvert_error_get_fact (failure->error, CULVERT_FACT_LEGACY),
  };

  if (what == NULL)
    return NULL;
  if (lists.offered == NULL || lists.ours == NULL)
    return culvert_failure_words_take (
      what, g_strdup (_ ("Ask the server’s administrator to update its SSH program.")));
  return culvert_failure_words_take_all (what, describe_lists (&lists),
                                         advise (failure->error->code, &lists));
}
