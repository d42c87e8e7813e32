/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-check.h"

#include "base/low-ports.h"
#include "core/port-choice.h"

#include <string.h>

#define PUBLIC_KEY_SUFFIX ".pub"

void
culvert_problem_free (CulvertProblem *self)
{
  g_free (self->forward_id);
  g_free (self->subject);
  g_free (self);
}

static gboolean
is_warning (CulvertProblemCode code)
{
  switch (code)
    {
    case CULVERT_PROBLEM_PORT_PRIVILEGED:
    case CULVERT_PROBLEM_EXPOSED:
    case CULVERT_PROBLEM_EXPOSED_THERE:
    case CULVERT_PROBLEM_NO_FORWARDS:
    case CULVERT_PROBLEM_NOT_ALLOWED:
      return TRUE;
    case CULVERT_PROBLEM_MISSING:
    case CULVERT_PROBLEM_INVALID_HOST:
    case CULVERT_PROBLEM_INVALID_PORT:
    case CULVERT_PROBLEM_INVALID_USER:
    case CULVERT_PROBLEM_INVALID_PATH:
    case CULVERT_PROBLEM_FILE_MISSING:
    case CULVERT_PROBLEM_IS_PUBLIC_KEY:
    case CULVERT_PROBLEM_PORT_ZERO:
    case CULVERT_PROBLEM_LISTEN_TWICE:
    case CULVERT_PROBLEM_REMOTE_UNIX_LISTEN:
    case CULVERT_PROBLEM_INVALID_HOP:
    case CULVERT_PROBLEM_TOO_MANY_HOPS:
    case CULVERT_PROBLEM_INVALID_PROXY:
    case CULVERT_PROBLEM_SECRET_IN_PROXY:
    case CULVERT_PROBLEM_TWO_PROXIES:
    case CULVERT_PROBLEM_INVALID_COMMAND:
    case CULVERT_PROBLEM_INVALID_NETWORK:
    case CULVERT_PROBLEM_INVALID_GROUP:
    default:
      return FALSE;
    }
}

static void
add (GPtrArray                *problems,
     CulvertField              field,
     CulvertProblemCode        code,
     const CulvertForwardSpec *spec,
     const char               *subject)
{
  CulvertProblem *problem = g_new0 (CulvertProblem, 1);

  problem->field = field;
  problem->code = code;
  problem->is_warning = is_warning (code);
  problem->forward_id = spec != NULL ? g_strdup (culvert_forward_spec_get_id (spec)) : NULL;
  problem->subject = g_strdup (subject);
  g_ptr_array_add (problems, problem);
}

static gboolean
has_control_characters (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return TRUE;
  return FALSE;
}

/* A path that means the same whatever the working folder is. */
static gboolean
is_fixed_path (const char *path)
{
  g_autofree char *expanded = culvert_path_expand (path);

  return g_path_is_absolute (expanded) && g_utf8_validate (path, -1, NULL);
}

static void
check_server (const CulvertProfile *self, GPtrArray *problems)
{
  if (self->host[0] == '\0')
    add (problems, CULVERT_FIELD_HOST, CULVERT_PROBLEM_MISSING, NULL, NULL);
  else if (!culvert_host_is_valid (self->host))
    add (problems, CULVERT_FIELD_HOST, CULVERT_PROBLEM_INVALID_HOST, NULL, self->host);
  if (self->port == 0)
    add (problems, CULVERT_FIELD_PORT, CULVERT_PROBLEM_INVALID_PORT, NULL, "0");
  if (strlen (self->user) > CULVERT_USER_MAX || has_control_characters (self->user) ||
      !g_utf8_validate (self->user, -1, NULL))
    add (problems, CULVERT_FIELD_USER, CULVERT_PROBLEM_INVALID_USER, NULL, self->user);
}

static void
check_hops (const CulvertProfile *self, GPtrArray *problems)
{
  for (guint i = 0; self->hops[i] != NULL; i++)
    {
      g_autoptr (CulvertHop) hop = culvert_hop_parse (self->hops[i], NULL);

      if (hop == NULL)
        add (problems, CULVERT_FIELD_HOPS, CULVERT_PROBLEM_INVALID_HOP, NULL, self->hops[i]);
      if (i == CULVERT_HOPS_MAX)
        {
          add (problems, CULVERT_FIELD_HOPS, CULVERT_PROBLEM_TOO_MANY_HOPS, NULL, self->hops[i]);
          return;
        }
    }
}

static void
check_proxy (const CulvertProfile *self, GPtrArray *problems)
{
  g_autoptr (GError)       error = NULL;
  g_autoptr (CulvertProxy) proxy = culvert_proxy_parse (self->proxy, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    add (problems, CULVERT_FIELD_PROXY, CULVERT_PROBLEM_SECRET_IN_PROXY, NULL, NULL);
  else if (proxy == NULL)
    add (problems, CULVERT_FIELD_PROXY, CULVERT_PROBLEM_INVALID_PROXY, NULL, self->proxy);
}

static void
check_proxy_command (const CulvertProfile *self, GPtrArray *problems)
{
  const CulvertField field = CULVERT_FIELD_PROXY_COMMAND;
  g_autofree char   *bad = NULL;

  if (self->proxy_command[0] == '\0')
    return;
  bad = culvert_proxy_command_find_bad_token (self->proxy_command);
  if (bad != NULL || has_control_characters (self->proxy_command) ||
      !g_utf8_validate (self->proxy_command, -1, NULL))
    add (problems, field, CULVERT_PROBLEM_INVALID_COMMAND, NULL, bad);
  if (self->proxy[0] != '\0')
    add (problems, field, CULVERT_PROBLEM_TWO_PROXIES, NULL, NULL);
  if (!self->proxy_command_allowed)
    add (problems, field, CULVERT_PROBLEM_NOT_ALLOWED, NULL, self->proxy_command);
}

static void
check_key_file (const CulvertProfile *self, const char *path, GPtrArray *problems)
{
  g_autofree char *expanded = culvert_path_expand (path);
  /* To choose among the agent's keys the public half is enough, as for ssh. */
  gboolean chooses_agent_keys =
    self->only_listed_keys && culvert_profile_has_method (self, CULVERT_AUTH_AGENT);

  if (!is_fixed_path (path))
    add (problems, CULVERT_FIELD_KEY_FILES, CULVERT_PROBLEM_INVALID_PATH, NULL, path);
  else if (!g_file_test (expanded, G_FILE_TEST_EXISTS))
    add (problems, CULVERT_FIELD_KEY_FILES, CULVERT_PROBLEM_FILE_MISSING, NULL, path);
  else if (g_file_test (expanded, G_FILE_TEST_IS_DIR))
    add (problems, CULVERT_FIELD_KEY_FILES, CULVERT_PROBLEM_INVALID_PATH, NULL, path);
  else if (g_str_has_suffix (path, PUBLIC_KEY_SUFFIX) && !chooses_agent_keys)
    add (problems, CULVERT_FIELD_KEY_FILES, CULVERT_PROBLEM_IS_PUBLIC_KEY, NULL, path);
}

static void
check_certificate_file (const char *path, GPtrArray *problems)
{
  g_autofree char *expanded = culvert_path_expand (path);

  if (!is_fixed_path (path) || g_file_test (expanded, G_FILE_TEST_IS_DIR))
    add (problems, CULVERT_FIELD_CERTIFICATE_FILES, CULVERT_PROBLEM_INVALID_PATH, NULL, path);
  else if (!g_file_test (expanded, G_FILE_TEST_EXISTS))
    add (problems, CULVERT_FIELD_CERTIFICATE_FILES, CULVERT_PROBLEM_FILE_MISSING, NULL, path);
}

static void
check_sign_in (const CulvertProfile *self, GPtrArray *problems)
{
  if (self->methods->len == 0)
    add (problems, CULVERT_FIELD_METHODS, CULVERT_PROBLEM_MISSING, NULL, NULL);
  if (culvert_profile_has_method (self, CULVERT_AUTH_KEY) || self->only_listed_keys)
    for (guint i = 0; self->key_files[i] != NULL; i++)
      check_key_file (self, self->key_files[i], problems);
  if (culvert_profile_has_method (self, CULVERT_AUTH_KEY) ||
      culvert_profile_has_method (self, CULVERT_AUTH_AGENT))
    for (guint i = 0; self->certificate_files[i] != NULL; i++)
      check_certificate_file (self->certificate_files[i], problems);
  if (self->host_key_alias[0] != '\0' && !culvert_host_is_valid (self->host_key_alias))
    add (problems, CULVERT_FIELD_HOST_KEY_ALIAS, CULVERT_PROBLEM_INVALID_HOST, NULL,
         self->host_key_alias);
  if (self->agent_socket[0] != '\0' && !is_fixed_path (self->agent_socket))
    add (problems, CULVERT_FIELD_AGENT_SOCKET, CULVERT_PROBLEM_INVALID_PATH, NULL,
         self->agent_socket);
}

/* Without a rule the list says nothing, but it may stay for another time. */
static void
check_networks (const CulvertProfile *self, GPtrArray *problems)
{
  if (self->network_rule == CULVERT_NETWORK_RULE_ANY)
    return;
  if (self->networks[0] == NULL)
    add (problems, CULVERT_FIELD_NETWORKS, CULVERT_PROBLEM_MISSING, NULL, NULL);
  for (guint i = 0; self->networks[i] != NULL; i++)
    if (strlen (self->networks[i]) > CULVERT_NETWORK_NAME_MAX ||
        has_control_characters (self->networks[i]) ||
        !g_utf8_validate (self->networks[i], -1, NULL))
      add (problems, CULVERT_FIELD_NETWORKS, CULVERT_PROBLEM_INVALID_NETWORK, NULL,
           self->networks[i]);
}

static gboolean
socket_path_is_valid (const char *path, gboolean is_here)
{
  g_autofree char *expanded = is_here ? culvert_path_expand (path) : g_strdup (path);

  /* At the server a path starts with a slash, whatever system this computer has. */
  return (is_here ? g_path_is_absolute (expanded) : path[0] == '/') &&
         strlen (expanded) <= CULVERT_UNIX_PATH_MAX && g_utf8_validate (path, -1, NULL) &&
         !g_str_has_suffix (path, "/") && !has_control_characters (path);
}

static void
check_listen (const CulvertForwardSpec *spec, GPtrArray *problems)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);
  gboolean             is_remote = culvert_forward_kind_is_remote (fields.kind);
  const char          *host = culvert_endpoint_get_host (fields.listen);
  guint16              port = culvert_endpoint_get_port (fields.listen);
  g_autofree char     *text = culvert_endpoint_to_string (fields.listen);
  const CulvertField   field = CULVERT_FIELD_FORWARD_LISTEN;

  if (culvert_endpoint_get_kind (fields.listen) == CULVERT_ENDPOINT_UNIX)
    {
      if (is_remote)
        add (problems, field, CULVERT_PROBLEM_REMOTE_UNIX_LISTEN, spec, text);
      else if (text[0] == '\0')
        add (problems, field, CULVERT_PROBLEM_MISSING, spec, NULL);
      else if (!socket_path_is_valid (text, TRUE))
        add (problems, field, CULVERT_PROBLEM_INVALID_PATH, spec, text);
      return;
    }
  if (host[0] != '\0' && strcmp (host, "*") != 0 && !culvert_host_is_valid (host))
    add (problems, field, CULVERT_PROBLEM_INVALID_HOST, spec, host);
  else if (!culvert_host_is_loopback (host))
    add (problems, field, is_remote ? CULVERT_PROBLEM_EXPOSED_THERE : CULVERT_PROBLEM_EXPOSED, spec,
         text);
  if (is_remote)
    return;
  if (port == 0)
    add (problems, field, CULVERT_PROBLEM_PORT_ZERO, spec, "0");
  else if (port < culvert_low_ports_get_first ())
    {
      g_autofree char *number = g_strdup_printf ("%u", port);

      add (problems, field, CULVERT_PROBLEM_PORT_PRIVILEGED, spec, number);
    }
}

static void
check_target (const CulvertForwardSpec *spec, GPtrArray *problems)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);
  const CulvertField   field = CULVERT_FIELD_FORWARD_TARGET;
  const char          *host;

  if (culvert_forward_kind_is_proxy (fields.kind))
    return;
  if (fields.target == NULL)
    {
      add (problems, field, CULVERT_PROBLEM_MISSING, spec, NULL);
      return;
    }
  if (culvert_endpoint_get_kind (fields.target) == CULVERT_ENDPOINT_UNIX)
    {
      const char *path = culvert_endpoint_get_path (fields.target);

      if (path[0] == '\0')
        add (problems, field, CULVERT_PROBLEM_MISSING, spec, NULL);
      else if (!socket_path_is_valid (path, fields.kind == CULVERT_FORWARD_REMOTE))
        add (problems, field, CULVERT_PROBLEM_INVALID_PATH, spec, path);
      return;
    }
  host = culvert_endpoint_get_host (fields.target);
  if (host[0] == '\0')
    add (problems, field, CULVERT_PROBLEM_MISSING, spec, NULL);
  else if (!culvert_host_is_valid (host))
    add (problems, field, CULVERT_PROBLEM_INVALID_HOST, spec, host);
  if (culvert_endpoint_get_port (fields.target) == 0)
    add (problems, field, CULVERT_PROBLEM_INVALID_PORT, spec, "0");
}

static void
check_browser (const CulvertForwardSpec *spec, GPtrArray *problems)
{
  const char *path = culvert_forward_spec_get_fields (spec).browser_path;

  if (path[0] != '\0' && (path[0] != '/' || strlen (path) > CULVERT_BROWSER_PATH_MAX ||
                          has_control_characters (path) || !g_utf8_validate (path, -1, NULL)))
    add (problems, CULVERT_FIELD_FORWARD_BROWSER, CULVERT_PROBLEM_INVALID_PATH, spec, path);
}

static void
check_listen_twice (const CulvertProfile *self, guint index, GPtrArray *problems)
{
  const CulvertForwardSpec *spec = g_ptr_array_index (self->forwards, index);
  CulvertForwardFields      fields = culvert_forward_spec_get_fields (spec);

  for (guint i = 0; i < index && fields.is_enabled; i++)
    {
      CulvertForwardFields other =
        culvert_forward_spec_get_fields (g_ptr_array_index (self->forwards, i));
      g_autofree char *text = NULL;

      if (!other.is_enabled || culvert_forward_kind_is_remote (fields.kind) !=
                                 culvert_forward_kind_is_remote (other.kind))
        continue;
      if (!culvert_listen_overlap (fields.listen, other.listen))
        continue;
      text = culvert_endpoint_to_string (fields.listen);
      add (problems, CULVERT_FIELD_FORWARD_LISTEN, CULVERT_PROBLEM_LISTEN_TWICE, spec, text);
      return;
    }
}

GPtrArray *
culvert_profile_check (const CulvertProfile *self)
{
  GPtrArray *problems = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_problem_free);

  g_return_val_if_fail (self != NULL, problems);

  if (self->group[0] != '\0' && !culvert_group_is_valid (self->group))
    add (problems, CULVERT_FIELD_GROUP, CULVERT_PROBLEM_INVALID_GROUP, NULL, self->group);
  check_server (self, problems);
  check_hops (self, problems);
  check_proxy (self, problems);
  check_proxy_command (self, problems);
  check_sign_in (self, problems);
  check_networks (self, problems);
  if (self->forwards->len == 0)
    add (problems, CULVERT_FIELD_FORWARDS, CULVERT_PROBLEM_NO_FORWARDS, NULL, NULL);
  for (guint i = 0; i < self->forwards->len; i++)
    {
      const CulvertForwardSpec *spec = g_ptr_array_index (self->forwards, i);

      check_listen (spec, problems);
      check_listen_twice (self, i, problems);
      check_target (spec, problems);
      check_browser (spec, problems);
    }
  return problems;
}

gboolean
culvert_problems_allow_start (GPtrArray *problems)
{
  g_return_val_if_fail (problems != NULL, FALSE);

  for (guint i = 0; i < problems->len; i++)
    {
      const CulvertProblem *problem = g_ptr_array_index (problems, i);

      if (!problem->is_warning)
        return FALSE;
    }
  return TRUE;
}
