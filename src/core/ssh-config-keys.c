/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-config-keys.h"

#include "core/endpoint.h"
#include "core/errors.h"
#include "core/forward-spec.h"

#include <gio/gio.h>
#include <string.h>

typedef enum
{
  VALUE_PAST,    /* read past, whatever it is */
  VALUE_ANY,     /* one or more, checked where they are used */
  VALUE_TEXT,    /* one */
  VALUE_CHOICE,  /* one of a few words */
  VALUE_NUMBER,  /* one */
  VALUE_PORT,    /* one */
  VALUE_TIME,    /* one; "none" too */
  VALUE_LIST,    /* one or more; "none" alone */
  VALUE_COMMAND, /* the rest of the line */
  VALUE_JUMP,    /* the same, but for a comment */
  VALUE_LOCAL,   /* where it listens, and a target */
  VALUE_REMOTE,  /* the same; the target may be missing */
  VALUE_DYNAMIC, /* where it listens */
  VALUE_NAMES,   /* of variables of the environment, without values */
  VALUE_PAIRS,   /* NAME=VALUE */
  VALUE_PERSIST, /* a switch, or a time */
  VALUE_AGENT,   /* one; a leading $ begins a variable's name */
  VALUE_LIMIT,   /* a number with K, M or G, or "default"; then a time */
  VALUE_MASK,    /* octal digits */
} ValueKind;

struct _CulvertSshKey
{
  const char *name;
  ValueKind   kind;
  const char *choices; /* of VALUE_CHOICE, by "|" */
  const char *today;   /* the name that is used today, when it is another */
  gboolean    adds_up;
};

#define SWITCH     VALUE_CHOICE, "yes|no|true|false"
#define SWITCH_ASK VALUE_CHOICE, "yes|no|true|false|ask"
#define LOG_LEVELS "quiet|fatal|error|info|verbose|debug|debug1|debug2|debug3"
#define FACILITIES                                                                                 \
  "daemon|user|auth|authpriv|local0|local1|local2|local3|local4|local5|local6|local7"

static const CulvertSshKey keys[] = {
  { "addkeystoagent", VALUE_ANY, NULL, NULL, FALSE },
  { "addressfamily", VALUE_CHOICE, "any|inet|inet6", NULL, FALSE },
  { "afstokenpassing", VALUE_PAST, NULL, NULL, FALSE },
  { "batchmode", SWITCH, NULL, FALSE },
  { "bindaddress", VALUE_TEXT, NULL, NULL, FALSE },
  { "bindinterface", VALUE_TEXT, NULL, NULL, FALSE },
  { "canonicaldomains", VALUE_LIST, NULL, NULL, FALSE },
  { "canonicalizefallbacklocal", SWITCH, NULL, FALSE },
  { "canonicalizehostname", VALUE_CHOICE, "yes|no|true|false|always", NULL, FALSE },
  { "canonicalizemaxdots", VALUE_NUMBER, NULL, NULL, FALSE },
  { "canonicalizepermittedcnames", VALUE_LIST, NULL, NULL, FALSE },
  { "casignaturealgorithms", VALUE_TEXT, NULL, NULL, FALSE },
  { "certificatefile", VALUE_TEXT, NULL, NULL, TRUE },
  { "challengeresponseauthentication", SWITCH, "kbdinteractiveauthentication", FALSE },
  { "channeltimeout", VALUE_LIST, NULL, NULL, FALSE },
  { "checkhostip", SWITCH, NULL, FALSE },
  { "cipher", VALUE_PAST, NULL, NULL, FALSE },
  { "ciphers", VALUE_TEXT, NULL, NULL, FALSE },
  { "clearallforwardings", SWITCH, NULL, FALSE },
  { "compression", VALUE_CHOICE, "yes|no", NULL, FALSE },
  { "compressionlevel", VALUE_PAST, NULL, NULL, FALSE },
  { "connectionattempts", VALUE_NUMBER, NULL, NULL, FALSE },
  { "connecttimeout", VALUE_TIME, NULL, NULL, FALSE },
  { "controlmaster", VALUE_CHOICE, "yes|no|true|false|auto|ask|autoask", NULL, FALSE },
  { "controlpath", VALUE_TEXT, NULL, NULL, FALSE },
  { "controlpersist", VALUE_PERSIST, NULL, NULL, FALSE },
  { "dsaauthentication", VALUE_CHOICE, "yes|no|true|false|unbound|host-bound",
    "pubkeyauthentication", FALSE },
  { "dynamicforward", VALUE_DYNAMIC, NULL, NULL, TRUE },
  { "enableescapecommandline", SWITCH, NULL, FALSE },
  { "enablesshkeysign", SWITCH, NULL, FALSE },
  { "escapechar", VALUE_TEXT, NULL, NULL, FALSE },
  { "exitonforwardfailure", SWITCH, NULL, FALSE },
  { "fallbacktorsh", VALUE_PAST, NULL, NULL, FALSE },
  { "fingerprinthash", VALUE_CHOICE, "md5|sha1|sha256|sha384|sha512", NULL, FALSE },
  { "forkafterauthentication", SWITCH, NULL, FALSE },
  { "forwardagent", VALUE_AGENT, NULL, NULL, FALSE },
  { "forwardx11", SWITCH, NULL, FALSE },
  { "forwardx11timeout", VALUE_TIME, NULL, NULL, FALSE },
  { "forwardx11trusted", SWITCH, NULL, FALSE },
  { "gatewayports", SWITCH, NULL, FALSE },
  { "globalknownhostsfile", VALUE_LIST, NULL, NULL, FALSE },
  { "globalknownhostsfile2", VALUE_PAST, NULL, NULL, FALSE },
  /* Those of GSSAPI are known to some builds of ssh alone. */
  { "gssapiauthentication", SWITCH, NULL, FALSE },
  { "gssapiclientidentity", VALUE_TEXT, NULL, NULL, FALSE },
  { "gssapidelegatecredentials", SWITCH, NULL, FALSE },
  { "gssapikexalgorithms", VALUE_TEXT, NULL, NULL, FALSE },
  { "gssapikeyexchange", SWITCH, NULL, FALSE },
  { "gssapirenewalforcesrekey", SWITCH, NULL, FALSE },
  { "gssapiserveridentity", VALUE_TEXT, NULL, NULL, FALSE },
  { "gssapitrustdns", SWITCH, NULL, FALSE },
  { "hashknownhosts", SWITCH, NULL, FALSE },
  { "hostbasedacceptedalgorithms", VALUE_TEXT, NULL, NULL, FALSE },
  { "hostbasedauthentication", SWITCH, NULL, FALSE },
  { "hostbasedkeytypes", VALUE_TEXT, NULL, "hostbasedacceptedalgorithms", FALSE },
  { "hostkeyalgorithms", VALUE_TEXT, NULL, NULL, FALSE },
  { "hostkeyalias", VALUE_TEXT, NULL, NULL, FALSE },
  { "hostname", VALUE_TEXT, NULL, NULL, FALSE },
  { "identitiesonly", SWITCH, NULL, FALSE },
  { "identityagent", VALUE_AGENT, NULL, NULL, FALSE },
  { "identityfile", VALUE_TEXT, NULL, NULL, TRUE },
  { "identityfile2", VALUE_TEXT, NULL, "identityfile", TRUE },
  { "ignoreunknown", VALUE_TEXT, NULL, NULL, FALSE },
  { "ipqos", VALUE_ANY, NULL, NULL, FALSE },
  { "kbdinteractiveauthentication", SWITCH, NULL, FALSE },
  { "kbdinteractivedevices", VALUE_TEXT, NULL, NULL, FALSE },
  { "keepalive", SWITCH, "tcpkeepalive", FALSE },
  { "kerberosauthentication", VALUE_PAST, NULL, NULL, FALSE },
  { "kerberostgtpassing", VALUE_PAST, NULL, NULL, FALSE },
  { "kexalgorithms", VALUE_TEXT, NULL, NULL, FALSE },
  { "knownhostscommand", VALUE_COMMAND, NULL, NULL, FALSE },
  { "localcommand", VALUE_COMMAND, NULL, NULL, FALSE },
  { "localforward", VALUE_LOCAL, NULL, NULL, TRUE },
  { "loglevel", VALUE_CHOICE, LOG_LEVELS, NULL, FALSE },
  { "logverbose", VALUE_LIST, NULL, NULL, FALSE },
  { "macs", VALUE_TEXT, NULL, NULL, FALSE },
  { "nohostauthenticationforlocalhost", SWITCH, NULL, FALSE },
  { "numberofpasswordprompts", VALUE_NUMBER, NULL, NULL, FALSE },
  { "obscurekeystroketiming", VALUE_TEXT, NULL, NULL, FALSE },
  { "passwordauthentication", SWITCH, NULL, FALSE },
  { "permitlocalcommand", SWITCH, NULL, FALSE },
  { "permitremoteopen", VALUE_ANY, NULL, NULL, FALSE },
  { "pkcs11provider", VALUE_TEXT, NULL, NULL, FALSE },
  { "port", VALUE_PORT, NULL, NULL, FALSE },
  { "preferredauthentications", VALUE_TEXT, NULL, NULL, FALSE },
  { "protocol", VALUE_PAST, NULL, NULL, FALSE },
  { "proxycommand", VALUE_COMMAND, NULL, NULL, FALSE },
  { "proxyjump", VALUE_JUMP, NULL, NULL, FALSE },
  { "proxyusefdpass", SWITCH, NULL, FALSE },
  { "pubkeyacceptedalgorithms", VALUE_TEXT, NULL, NULL, FALSE },
  { "pubkeyacceptedkeytypes", VALUE_TEXT, NULL, "pubkeyacceptedalgorithms", FALSE },
  { "pubkeyauthentication", VALUE_CHOICE, "yes|no|true|false|unbound|host-bound", NULL, FALSE },
  { "refuseconnection", VALUE_TEXT, NULL, NULL, FALSE },
  { "rekeylimit", VALUE_LIMIT, NULL, NULL, FALSE },
  { "remotecommand", VALUE_COMMAND, NULL, NULL, FALSE },
  { "remoteforward", VALUE_REMOTE, NULL, NULL, TRUE },
  { "requesttty", VALUE_CHOICE, "yes|no|true|false|force|auto", NULL, FALSE },
  { "requiredrsasize", VALUE_NUMBER, NULL, NULL, FALSE },
  { "revokedhostkeys", VALUE_LIST, NULL, NULL, FALSE },
  { "rhostsauthentication", VALUE_PAST, NULL, NULL, FALSE },
  { "rhostsrsaauthentication", VALUE_PAST, NULL, NULL, FALSE },
  { "rsaauthentication", VALUE_PAST, NULL, NULL, FALSE },
  { "securitykeyprovider", VALUE_TEXT, NULL, NULL, FALSE },
  { "sendenv", VALUE_NAMES, NULL, NULL, TRUE },
  { "serveralivecountmax", VALUE_NUMBER, NULL, NULL, FALSE },
  { "serveraliveinterval", VALUE_TIME, NULL, NULL, FALSE },
  { "sessiontype", VALUE_CHOICE, "none|subsystem|default", NULL, FALSE },
  { "setenv", VALUE_PAIRS, NULL, NULL, FALSE },
  { "skeyauthentication", SWITCH, "kbdinteractiveauthentication", FALSE },
  { "smartcarddevice", VALUE_TEXT, NULL, "pkcs11provider", FALSE },
  { "stdinnull", SWITCH, NULL, FALSE },
  { "streamlocalbindmask", VALUE_MASK, NULL, NULL, FALSE },
  { "streamlocalbindunlink", SWITCH, NULL, FALSE },
  { "stricthostkeychecking", VALUE_CHOICE, "yes|no|true|false|ask|off|accept-new", NULL, FALSE },
  { "syslogfacility", VALUE_CHOICE, FACILITIES, NULL, FALSE },
  { "tag", VALUE_TEXT, NULL, NULL, FALSE },
  { "tcpkeepalive", SWITCH, NULL, FALSE },
  { "tisauthentication", SWITCH, "kbdinteractiveauthentication", FALSE },
  { "tunnel", VALUE_CHOICE, "yes|no|true|false|ethernet|point-to-point", NULL, FALSE },
  { "tunneldevice", VALUE_TEXT, NULL, NULL, FALSE },
  { "updatehostkeys", SWITCH_ASK, NULL, FALSE },
  { "useprivilegedport", VALUE_PAST, NULL, NULL, FALSE },
  { "userknownhostsfile", VALUE_LIST, NULL, NULL, FALSE },
  { "userknownhostsfile2", VALUE_PAST, NULL, NULL, FALSE },
  { "user", VALUE_TEXT, NULL, NULL, FALSE },
  { "useroaming", VALUE_PAST, NULL, NULL, FALSE },
  { "usersh", VALUE_PAST, NULL, NULL, FALSE },
  { "verifyhostkeydns", SWITCH_ASK, NULL, FALSE },
  { "versionaddendum", VALUE_COMMAND, NULL, NULL, FALSE },
  { "visualhostkey", SWITCH, NULL, FALSE },
  { "warnweakcrypto", VALUE_CHOICE, "yes|no|true|false|no-pq-kex", NULL, FALSE },
  { "xauthlocation", VALUE_TEXT, NULL, NULL, FALSE },
};

const CulvertSshKey *
culvert_ssh_key_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (keys[i].name, name) == 0)
      return &keys[i];
  return NULL;
}

const char *
culvert_ssh_key_get_name (const CulvertSshKey *key)
{
  return key->today != NULL ? key->today : key->name;
}

gboolean
culvert_ssh_key_adds_up (const CulvertSshKey *key)
{
  return key->adds_up;
}

gboolean
culvert_ssh_key_is_past (const CulvertSshKey *key)
{
  return key->kind == VALUE_PAST;
}

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  va_list          arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND, text);
  return FALSE;
}

static gboolean
is_choice (const char *choices, const char *value)
{
  g_auto (GStrv)   words = g_strsplit (choices, "|", -1);
  g_autofree char *lower = g_ascii_strdown (value, -1);

  return g_strv_contains ((const char *const *)words, lower);
}

static gboolean
is_number (const char *value)
{
  gint64 number;

  return g_ascii_string_to_signed (value, 10, 0, G_MAXINT, &number, NULL);
}

/* sshd_config(5) TIME FORMATS */
static gboolean
is_time (const char *value)
{
  if (value[0] == '\0')
    return FALSE;
  while (*value != '\0')
    {
      gsize n_digits = strspn (value, "0123456789");

      if (n_digits == 0 || n_digits > 9)
        return FALSE;
      value += n_digits;
      if (*value != '\0' && strchr ("sSmMhHdDwW", *value++) == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_limit (const char *value)
{
  gsize n_digits = strspn (value, "0123456789");

  return strcmp (value, "default") == 0 ||
         (n_digits > 0 && n_digits < 19 &&
          (value[n_digits] == '\0' ||
           (strchr ("kKmMgG", value[n_digits]) != NULL && value[n_digits + 1] == '\0')));
}

/* $NAME stands for an agent's socket only when NAME can be one; the braces of ${NAME} close. */
static gboolean
is_agent (const char *value)
{
  const char *brace = strstr (value, "${");

  if (brace != NULL)
    return strchr (brace, '}') != NULL;
  if (value[0] != '$')
    return value[0] != '\0';
  for (const char *p = value + 1; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '_')
      return FALSE;
  return !g_ascii_isdigit (value[1]);
}

static gboolean
check_forward (const CulvertSshKey *key, GStrv values, GError **error)
{
  guint                          n_values = g_strv_length (values);
  CulvertForwardKind             kind = key->kind == VALUE_LOCAL    ? CULVERT_FORWARD_LOCAL
                                        : key->kind == VALUE_REMOTE ? CULVERT_FORWARD_REMOTE
                                                                    : CULVERT_FORWARD_DYNAMIC;
  g_autofree char               *argument = NULL;
  g_autoptr (GError)             own = NULL;
  g_autoptr (CulvertForwardSpec) spec = NULL;

  if (n_values > (kind == CULVERT_FORWARD_DYNAMIC ? 1 : 2))
    return fail (error, "something stands behind the values: leave it out");
  if (n_values == 1 && kind == CULVERT_FORWARD_LOCAL)
    return fail (error, "the target is missing: add host:port");
  /* What becomes of tokens and variables is seen when they are replaced. */
  argument = g_strjoinv (":", values);
  if (strpbrk (argument, "%$") != NULL)
    return TRUE;
  spec = culvert_forward_spec_parse (kind, argument, &own);
  return spec != NULL || fail (error, "%s", own->message);
}

static gboolean
check_list (GStrv values, GError **error)
{
  for (guint i = 0; values[i] != NULL; i++)
    {
      if (values[i][0] == '\0')
        return fail (error, "one of the values is empty: leave it out");
      if (g_ascii_strcasecmp (values[i], "none") == 0 && (i > 0 || values[i + 1] != NULL))
        return fail (error, "\"none\" must stand alone");
    }
  return TRUE;
}

static gboolean
check_variables (ValueKind kind, GStrv values, GError **error)
{
  for (guint i = 0; values[i] != NULL; i++)
    {
      gboolean has_equals = strchr (values[i], '=') != NULL;

      if (values[i][0] == '\0' || has_equals != (kind == VALUE_PAIRS))
        return fail (error, "\"%s\" is not the %s of a variable", values[i],
                     kind == VALUE_PAIRS ? "NAME=VALUE" : "name");
    }
  return TRUE;
}

/* Of those that have one value. */
static gboolean
check_value (const CulvertSshKey *key, const char *value, GError **error)
{
  guint16 port;

  switch (key->kind)
    {
    case VALUE_CHOICE:
      return is_choice (key->choices, value) ||
             fail (error, "\"%s\" is none of %s", value, key->choices);
    case VALUE_NUMBER:
      return is_number (value) || fail (error, "\"%s\" is not a number", value);
    case VALUE_PORT:
      return (culvert_port_parse_service (value, &port) && port > 0) ||
             fail (error, "\"%s\" is not a port from 1 to 65535", value);
    case VALUE_TIME:
      return strcmp (value, "none") == 0 || is_time (value) ||
             fail (error, "\"%s\" is not a time: write 90 or 1m30s", value);
    case VALUE_PERSIST:
      return is_choice ("yes|no|true|false", value) || is_time (value) ||
             fail (error, "\"%s\" is neither yes, no nor a time", value);
    case VALUE_AGENT:
      return is_agent (value) || fail (error, "\"%s\" is not the name of a variable", value);
    case VALUE_MASK:
      return (value[0] != '\0' && strspn (value, "01234567") == strlen (value) &&
              strlen (value) <= 4) ||
             fail (error, "\"%s\" is no mask of octal digits", value);
    case VALUE_TEXT:
    case VALUE_PAST:
    case VALUE_ANY:
    case VALUE_LIST:
    case VALUE_COMMAND:
    case VALUE_JUMP:
    case VALUE_LOCAL:
    case VALUE_REMOTE:
    case VALUE_DYNAMIC:
    case VALUE_NAMES:
    case VALUE_PAIRS:
    case VALUE_LIMIT:
    default:
      return TRUE;
    }
}

static gboolean
check_limit (GStrv values, GError **error)
{
  if (!is_limit (values[0]))
    return fail (error, "\"%s\" is not a number of bytes: write 1G or default", values[0]);
  if (values[1] != NULL && strcmp (values[1], "none") != 0 && !is_time (values[1]))
    return fail (error, "\"%s\" is not a time: write 90 or 1m30s", values[1]);
  return values[1] == NULL || values[2] == NULL ||
         fail (error, "something stands behind the values: leave it out");
}

static gboolean
check_values (const CulvertSshKey *key, GStrv values, GError **error)
{
  if (values[0] == NULL || values[0][0] == '\0')
    return fail (error, "the value is missing");
  switch (key->kind)
    {
    case VALUE_LOCAL:
    case VALUE_REMOTE:
    case VALUE_DYNAMIC:
      return check_forward (key, values, error);
    case VALUE_LIST:
      return check_list (values, error);
    case VALUE_NAMES:
    case VALUE_PAIRS:
      return check_variables (key->kind, values, error);
    case VALUE_LIMIT:
      return check_limit (values, error);
    case VALUE_PAST:
    case VALUE_ANY:
    case VALUE_COMMAND:
    case VALUE_JUMP:
      return TRUE;
    case VALUE_TEXT:
    case VALUE_CHOICE:
    case VALUE_NUMBER:
    case VALUE_PORT:
    case VALUE_TIME:
    case VALUE_PERSIST:
    case VALUE_AGENT:
    case VALUE_MASK:
    default:
      if (values[1] != NULL)
        return fail (error, "something stands behind the value: leave it out, or put the value "
                            "into quotation marks");
      return check_value (key, values[0], error);
    }
}

/* (transfer full) (nullable): the hops without a comment behind them */
static GStrv
read_jump (const char *rest, GError **error)
{
  g_autofree char      *text = g_strndup (rest, strcspn (rest, "#"));
  g_autoptr (GPtrArray) jumps = culvert_ssh_jumps_parse (g_strchomp (text));

  if (jumps == NULL)
    {
      fail (error, "\"%s\" is no jump host: write user@host:port, several by commas", text);
      return NULL;
    }
  return g_strdupv ((char *[]){ text, NULL });
}

GStrv
culvert_ssh_key_read (const CulvertSshKey *key, const CulvertSshLine *line, GError **error)
{
  g_auto (GStrv) values = NULL;

  if (key->kind == VALUE_COMMAND)
    return g_strdupv ((char *[]){ line->rest, NULL });
  if (key->kind == VALUE_JUMP)
    return read_jump (line->rest, error);
  values = g_strdupv (line->values);
  if (key->kind != VALUE_PAST && !check_values (key, values, error))
    return NULL;
  if (key->kind == VALUE_CHOICE)
    {
      char *lower = g_ascii_strdown (values[0], -1);

      g_free (values[0]);
      values[0] = lower;
    }
  return g_steal_pointer (&values);
}
