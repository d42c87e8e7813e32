/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"

typedef struct
{
  char *facts[CULVERT_N_FACTS];
} Facts;

static void
facts_copy (const Facts *from, Facts *to)
{
  for (int i = 0; i < CULVERT_N_FACTS; i++)
    to->facts[i] = g_strdup (from->facts[i]);
}

static void
facts_clear (Facts *facts)
{
  for (int i = 0; i < CULVERT_N_FACTS; i++)
    g_clear_pointer (&facts->facts[i], g_free);
}

/* The names are those that G_DEFINE_EXTENDED_ERROR() expects. */
#define DEFINE_DOMAIN(ErrorType, error_type)                                                       \
  typedef Facts ErrorType##Private;                                                                \
  static void   error_type##_private_init (ErrorType##Private *priv)                               \
  {                                                                                                \
  }                                                                                                \
  static void error_type##_private_copy (const ErrorType##Private *from, ErrorType##Private *to)   \
  {                                                                                                \
    facts_copy (from, to);                                                                         \
  }                                                                                                \
  static void error_type##_private_clear (ErrorType##Private *priv)                                \
  {                                                                                                \
    facts_clear (priv);                                                                            \
  }                                                                                                \
  G_DEFINE_EXTENDED_ERROR (ErrorType, error_type)

/* GLib aligns what it puts behind a GError for any type, which clang cannot see. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-align"
DEFINE_DOMAIN (CulvertSshError, culvert_ssh_error)
DEFINE_DOMAIN (CulvertForwardError, culvert_forward_error)
DEFINE_DOMAIN (CulvertProfileError, culvert_profile_error)
#pragma GCC diagnostic pop

static Facts *
get_facts (const GError *error)
{
  if (error->domain == CULVERT_SSH_ERROR)
    return culvert_ssh_error_get_private (error);
  if (error->domain == CULVERT_FORWARD_ERROR)
    return culvert_forward_error_get_private (error);
  if (error->domain == CULVERT_PROFILE_ERROR)
    return culvert_profile_error_get_private (error);
  return NULL;
}

void
culvert_error_set_fact (GError **error, CulvertFact fact, const char *text)
{
  Facts *facts;

  g_return_if_fail ((guint)fact < CULVERT_N_FACTS);

  if (error == NULL || *error == NULL || text == NULL)
    return;
  facts = get_facts (*error);
  if (facts == NULL || facts->facts[fact] == text)
    return;
  g_free (facts->facts[fact]);
  facts->facts[fact] = g_strdup (text);
}

const char *
culvert_error_get_fact (const GError *error, CulvertFact fact)
{
  const Facts *facts;

  g_return_val_if_fail (error != NULL, NULL);
  g_return_val_if_fail ((guint)fact < CULVERT_N_FACTS, NULL);

  facts = get_facts (error);
  return facts != NULL ? facts->facts[fact] : NULL;
}
