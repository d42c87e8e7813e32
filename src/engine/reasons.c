/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/reasons.h"

#include "base/log.h"
#include "core/errors.h"

GError *
culvert_reason_of_refusal (const GError *error, const CulvertProfile *profile, gboolean has_asker)
{
  const char *hop;
  const char *asker;
  GError     *reason;

  g_return_val_if_fail (error != NULL, NULL);

  hop = culvert_error_get_fact (error, CULVERT_FACT_HOP);
  asker = hop != NULL ? hop : profile->host;
  if (has_asker && !profile->never_ask)
    return g_error_copy (error);

  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_CANCELLED))
    reason = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_NO_PROMPTER,
                          "signing in to %s needs an answer and there is nobody to ask", asker);
  else if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_REFUSED))
    reason = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN,
                          "the host key of %s is not known and there is nobody to ask", asker);
  else
    return g_error_copy (error);
  culvert_error_set_fact (&reason, CULVERT_FACT_HOP, hop);

  return reason;
}

gboolean
culvert_reason_may_be_network (const GError *error)
{
  g_return_val_if_fail (error != NULL, FALSE);

  return g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NAME_UNKNOWN) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NO_NAME_SERVICE) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_SILENT) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HANDSHAKE_TIMED_OUT) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_TIMED_OUT) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_UNREACHABLE) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_TIMED_OUT) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST);
}

GError *
culvert_reason_no_network (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NO_NETWORK,
                      "no way leads out of this computer: %s", error->message);
}

GError *
culvert_reason_of_rule (const CulvertProfile *profile, const CulvertNetworkNames *names)
{
  gboolean         is_known = culvert_network_names_are_known (names);
  const char      *name = culvert_network_names_get_first (names);
  g_autofree char *shown = NULL;
  GError          *error;

  g_return_val_if_fail (profile->network_rule != CULVERT_NETWORK_RULE_ANY, NULL);

  if (profile->network_rule == CULVERT_NETWORK_RULE_EXCEPT)
    name = culvert_network_names_find (names, (const char *const *)profile->networks);
  /* Whoever runs a network chooses its name. */
  shown = name != NULL ? culvert_log_printable (name, -1) : g_strdup ("");
  if (profile->network_rule == CULVERT_NETWORK_RULE_EXCEPT)
    error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NETWORK_EXCLUDED,
                         "it is not wanted on the network “%s”", shown);
  else if (name != NULL)
    error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED,
                         "it is not wanted on the network “%s”, which is not listed", shown);
  else
    error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED,
                         is_known ? "this computer is on none of its networks"
                                  : "nobody can tell whether this is one of its networks");
  if (is_known)
    culvert_error_set_fact (&error, CULVERT_FACT_NETWORK, shown);

  return error;
}

char *
culvert_reason_describe_span (gint64 span_us)
{
  gint64 span_s = span_us / G_USEC_PER_SEC;

  if (span_s < 10)
    return g_strdup_printf ("%.1f s", (double)span_us / G_USEC_PER_SEC);
  if (span_s < 120)
    return g_strdup_printf ("%" G_GINT64_FORMAT " s", span_s);
  if (span_s < 120 * 60)
    return g_strdup_printf ("%" G_GINT64_FORMAT " min", span_s / 60);

  return g_strdup_printf ("%" G_GINT64_FORMAT " h", span_s / 3600);
}
