/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-file.h"
#include "core/proxy-secret.h"
#include "core/putty.h"
#include "core/ssh-command.h"
#include "support/culvert-test.h"

#include <string.h>

#define SESSIONS "HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\Sessions\\"
#define HEADER_5 "Windows Registry Editor Version 5.00\r\n\r\n"

/* A file of ~/.putty/sessions, and the ssh command that opens the same tunnel. */
static const struct
{
  const char *text;
  const char *command;
} tunnels[] = {
  { "HostName=host\n", "ssh host" },
  { "HostName=host\nPortNumber=2222\nUserName=alice\nProtocol=ssh\n", "ssh -p 2222 alice@host" },
  { "HostName= bob@host \nUserName=alice\n", "ssh bob@host" },
  { "HostName=host:23\nPortNumber=22\n", "ssh host" },
  { "HostName=[2001:db8::1]\n", "ssh 2001:db8::1" },
  { "HostName=2001:db8::1\n", "ssh 2001:db8::1" },
  { "HostName=host\r\nPortNumber=23\r\n", "ssh -p 23 host" },
  { "\n# a comment\nHostName=host\n", "ssh host" },
  { "HostName=host\nAddressFamily=1\n", "ssh -4 host" },
  { "HostName=host\nAddressFamily=2\n", "ssh -6 host" },
  { "HostName=host\nLogHost=cluster:22\n", "ssh -o HostKeyAlias=cluster host" },
  { "HostName=host\nPingIntervalSecs=30\n", "ssh -o ServerAliveInterval=30 host" },
  { "HostName=host\nPingInterval=2\nPingIntervalSecs=5\n", "ssh -o ServerAliveInterval=125 host" },
  { "HostName=host\nPingIntervalSecs=0\n", "ssh host" },
  { "HostName=host\nTryAgent=0\n", "ssh -o IdentityAgent=none host" },
  { "HostName=host\nAuthKI=0\n", "ssh -o KbdInteractiveAuthentication=no host" },
  { "HostName=host\nCompression=1\nAgentFwd=1\nRemoteCommand=top\n", "ssh host" },
  { "HostName=host\nPortForwardings=\n", "ssh host" },
  { "HostName=host\nPortForwardings=L8080=web:80\n", "ssh -L 8080:web:80 host" },
  { "HostName=host\nPortForwardings=L8080=web:80,4L8081=web:81,6L8082=web:82\n",
    "ssh -L 8080:web:80 -L 127.0.0.1:8081:web:81 -L '[::1]:8082:web:82' host" },
  { "HostName=host\nPortForwardings=L10.0.0.1:80=[2001:db8::2]:81,L[::1]:82=h:83\n",
    "ssh -L '10.0.0.1:80:[2001:db8::2]:81' -L '[::1]:82:h:83' host" },
  { "HostName=host\nPortForwardings=D1080=,L1081=D,D[::1]:1082=\n",
    "ssh -D 1080 -D 1081 -D '[::1]:1082' host" },
  { "HostName=host\nPortForwardings=R9000=localhost:3000,Rhost:9001=h:1,\n",
    "ssh -R 9000:localhost:3000 -R host:9001:h:1 host" },
  { "HostName=host\nPortForwardings=R9000=l:1\nRemotePortAcceptAll=1\n",
    "ssh -R '*:9000:l:1' host" },
  { "HostName=host\nPortForwardings=L80=l:1,D81=,4L82=l:2\nLocalPortAcceptAll=1\n",
    "ssh -L '*:80:l:1' -D '*:81' -L 0.0.0.0:82:l:2 host" },
  { "HostName=host\nPortForwardings=L8\\080=w\\eb:http\n", "ssh -L 8080:web:80 host" },
  { "HostName=host\nProxyMethod=6\nProxyHost=gate\nProxyPort=2222\nProxyUsername=me\n",
    "ssh -J me@gate:2222 host" },
  { "HostName=host\nProxyMethod=5\nProxyHost=gw\nProxyTelnetCommand=nc -x %proxyhost %host %port\\n\n",
    "ssh -o 'ProxyCommand=nc -x gw %h %p' host" },
  { "HostName=host\nProxyMethod=5\nProxyTelnetCommand=a 100%% \\\\ %user\nProxyUsername=u\n",
    "ssh -o 'ProxyCommand=a 100%% \\ u' host" },
  { "HostName=host\nProxyMethod=0\nProxyHost=unused\nProxyTelnetCommand=connect %host\n",
    "ssh host" },
};

static CulvertProfile *
make (const char *text, GPtrArray *notes, CulvertImportNote **why)
{
  g_autoptr (GPtrArray) sessions =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_putty_session_free);

  g_ptr_array_add (sessions, culvert_putty_read_session ("/sessions/it", "it", text));
  return culvert_putty_session_to_profile (g_ptr_array_index (sessions, 0), sessions, notes, why);
}

static void
test_tunnel (gconstpointer data)
{
  guint                         index = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray)         notes = culvert_import_notes_new ();
  g_autoptr (CulvertImportNote) why = NULL;
  g_autoptr (GError)            error = NULL;
  g_autoptr (CulvertProfile)    expected =
    culvert_ssh_command_parse_line (tunnels[index].command, &error);
  g_autoptr (CulvertProfile) profile = NULL;
  g_autofree char           *found_text = NULL;
  g_autofree char           *expected_text = NULL;

  g_test_message ("%s", tunnels[index].text);
  g_assert_no_error (error);
  profile = make (tunnels[index].text, notes, &why);
  g_assert_null (why);
  g_assert_cmpstr (profile->id, ==, "putty-it");
  g_assert_cmpstr (profile->name, ==, "it");
  g_assert_false (profile->proxy_command_allowed);
  g_assert_false (profile->start_with_program);
  culvert_profile_set_string (&profile->id, expected->id);
  culvert_profile_set_string (&profile->name, expected->name);
  g_assert_cmpuint (profile->forwards->len, ==, expected->forwards->len);
  for (guint i = 0; i < profile->forwards->len; i++)
    {
      CulvertForwardFields fields = culvert_forward_spec_get_fields (profile->forwards->pdata[i]);
      CulvertForwardSpec  *spec;
      g_autofree char     *id = g_strdup_printf ("f%u", i + 1);

      g_assert_cmpstr (fields.id, ==, id);
      fields.id = culvert_forward_spec_get_id (expected->forwards->pdata[i]);
      spec = culvert_forward_spec_new (&fields);
      culvert_forward_spec_unref (profile->forwards->pdata[i]);
      profile->forwards->pdata[i] = spec;
    }
  found_text = culvert_profile_to_text (profile);
  expected_text = culvert_profile_to_text (expected);
  g_assert_cmpstr (found_text, ==, expected_text);
}

/* What makes no tunnel, with the line. */
static const struct
{
  const char           *text;
  CulvertImportNoteCode code;
  guint                 line;
  const char           *says; /* in text or reason */
} refusals[] = {
  { "", CULVERT_IMPORT_NO_SERVER, 1, "" },
  { "HostName=\n", CULVERT_IMPORT_NO_SERVER, 1, "" },
  { "Present=1\nHostName=a b\n", CULVERT_IMPORT_MALFORMED, 2, "neither a name nor an address" },
  { "HostName=h\nPortNumber=70000\n", CULVERT_IMPORT_MALFORMED, 2, "portnumber is not a number" },
  { "HostName=h\n\nPortNumber=0\n", CULVERT_IMPORT_MALFORMED, 3, "from 1 to 65535" },
  { "HostName=h\nPortNumber=many\n", CULVERT_IMPORT_MALFORMED, 2, "portnumber" },
  { "HostName=h\nwhat is this\nPortNumber=22\n", CULVERT_IMPORT_MALFORMED, 2, "not a key" },
  { "HostName=h\nAddressFamily=3\n", CULVERT_IMPORT_MALFORMED, 2, "addressfamily" },
  { "HostName=h\nLogHost=a b\n", CULVERT_IMPORT_MALFORMED, 2, "logical name" },
  { "HostName=h\nProtocol=telnet\n", CULVERT_IMPORT_OTHER_PROTOCOL, 2, "telnet" },
  { "HostName=h\nProtocol=serial\n", CULVERT_IMPORT_OTHER_PROTOCOL, 2, "serial" },
  { "HostName=h\nSshProt=0\n", CULVERT_IMPORT_OTHER_PROTOCOL, 2, "SSH-1" },
  { "HostName=h\nProxyMethod=4\n", CULVERT_IMPORT_OTHER_PROXY, 2, "Telnet" },
  { "HostName=h\nProxyMethod=7\n", CULVERT_IMPORT_OTHER_PROXY, 2, "execute a command" },
  { "HostName=h\nProxyMethod=99\n", CULVERT_IMPORT_OTHER_PROXY, 2, "?" },
  { "HostName=h\nProxyMethod=2\nProxyHost=\n", CULVERT_IMPORT_MALFORMED, 3, "missing" },
  { "HostName=h\nProxyMethod=6\nProxyHost=a b\n", CULVERT_IMPORT_MALFORMED, 3, "the proxy is not" },
  { "HostName=h\nProxyMethod=5\n", CULVERT_IMPORT_MALFORMED, 1, "the command is missing" },
  { "HostName=h\nProxyMethod=5\nProxyTelnetCommand=nc %what\n", CULVERT_IMPORT_MALFORMED, 3,
    "a token" },
  { "HostName=h\nProxyMethod=5\nProxyTelnetCommand=a\\x0ab\n", CULVERT_IMPORT_MALFORMED, 3,
    "a character" },
  { "HostName=h\nProxyMethod=5\nProxyHost=$(evil)\nProxyTelnetCommand=nc %proxyhost\n",
    CULVERT_IMPORT_MALFORMED, 4, "a token" },
  { "HostName=h\nProxyMethod=5\nProxyTelnetCommand=nc %pass\n", CULVERT_IMPORT_COMMAND_SECRET, 3,
    "" },
  { "HostName=h\nProxyMethod=5\nProxyTelnetCommand=plink -pw hunter2 -nc %host:%port gw\n",
    CULVERT_IMPORT_COMMAND_SECRET, 3, "" },
};

static void
test_refusal (gconstpointer data)
{
  guint                         index = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray)         notes = culvert_import_notes_new ();
  g_autoptr (CulvertImportNote) why = NULL;
  g_autoptr (CulvertProfile)    profile = make (refusals[index].text, notes, &why);

  g_test_message ("%s", refusals[index].text);
  g_assert_null (profile);
  g_assert_nonnull (why);
  g_test_message ("%s:%u: %s: %s", why->file, why->line, why->text, why->reason);
  g_assert_cmpint (why->code, ==, refusals[index].code);
  g_assert_cmpstr (why->file, ==, "/sessions/it");
  g_assert_cmpuint (why->line, ==, refusals[index].line);
  g_assert_true (strstr (why->text, refusals[index].says) != NULL ||
                 strstr (why->reason, refusals[index].says) != NULL);
  g_assert_null (strstr (why->text, "hunter2"));
}

static gboolean
has_note (GPtrArray *notes, CulvertImportNoteCode code, guint line, const char *text)
{
  for (guint i = 0; i < notes->len; i++)
    {
      const CulvertImportNote *note = notes->pdata[i];

      if (note->code == code && note->line == line && strcmp (note->text, text) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
test_notes (void)
{
  g_autoptr (GPtrArray)         notes = culvert_import_notes_new ();
  g_autoptr (CulvertImportNote) why = NULL;
  g_autoptr (CulvertProfile)    profile =
    make ("HostName=h\nPublicKeyFile=C:\\keys\\my key.ppk\nCompression=1\nAgentFwd=1\n"
          "RemoteCommand=top\nProxyMethod=2\nProxyHost=p\nProxyPort=1080\nProxyUsername=me\n"
          "ProxyPassword=correct horse\nPortForwardings=L1=h:1,X2=h:2,L70000=h:1,L3=h,R4=,D5=\n",
          notes, &why);
  g_autofree char *text = NULL;

  g_assert_null (why);
  g_assert_cmpstr (profile->proxy, ==, "socks5://me@p:1080");
  g_assert_cmpuint (profile->forwards->len, ==, 2);
  g_assert_cmpuint (g_strv_length (profile->key_files), ==, 0);
  g_assert_true (has_note (notes, CULVERT_IMPORT_KEY, 2, "C:\\keys\\my key.ppk"));
  g_assert_true (has_note (notes, CULVERT_IMPORT_COMPRESSION, 3, ""));
  g_assert_true (has_note (notes, CULVERT_IMPORT_AGENT_FORWARDING, 4, ""));
  g_assert_true (has_note (notes, CULVERT_IMPORT_REMOTE_COMMAND, 5, ""));
  g_assert_true (has_note (notes, CULVERT_IMPORT_PROXY_PASSWORD, 10, ""));
  g_assert_true (has_note (notes, CULVERT_IMPORT_USER, 1, ""));
  g_assert_true (has_note (notes, CULVERT_IMPORT_FORWARD, 11, "X2=h:2"));
  g_assert_true (has_note (notes, CULVERT_IMPORT_FORWARD, 11, "L70000=h:1"));
  g_assert_true (has_note (notes, CULVERT_IMPORT_FORWARD, 11, "L3=h"));
  g_assert_true (has_note (notes, CULVERT_IMPORT_FORWARD, 11, "R4="));
  g_assert_cmpuint (notes->len, ==, 10);
  text = culvert_profile_to_text (profile);
  g_assert_null (strstr (text, "horse"));
}

static const char registry[] =
  HEADER_5 "; a comment\r\n"
           "[HKEY_CURRENT_USER\\Software\\Other\\Sessions\\none]\r\n"
           "\"HostName\"=nonsense that concerns nobody\r\n"
           "\r\n"
           "[" SESSIONS "Default%20Settings]\r\n"
           "\"HostName\"=\"\"\r\n"
           "[" SESSIONS "B%C3%BCro%2F1]\r\n"
           "@=\"own\"\r\n"
           "\"HostName\"=\"alice@\\\"db\\\\x\"\r\n"
           "\"Wordness0\"=hex:00,01,\\\r\n"
           "  02,03\r\n"
           "\"hostname\"=\"db\" ; the last one counts\r\n"
           "\"PortNumber\"=dword:000008ae\r\n"
           "\"Font\"=hex(2):00\r\n"
           "[-" SESSIONS "gone]\r\n"
           "\"HostName\"=\"gone\"\r\n"
           "[HKEY_CURRENT_USER\\Software\\9bis.com\\KiTTY\\Sessions\\kitty]\r\n"
           "\"HostName\"=\"k\"\r\n"
           "\"ProxyMethod\"=dword:6\r\n"
           "\"ProxyHost\"=\"B\xc3\xbcro/1\"\r\n"
           "[" SESSIONS "bad]\r\n"
           "\"HostName\"=\"h\"\r\n"
           "\"PortNumber\"=dword:xyz\r\n"
           "[" SESSIONS "open]\r\n"
           "\"HostName\"=\"h\r\n"
           "[" SESSIONS "junk]\r\n"
           "junk\r\n"
           "[" SESSIONS "bytes]\r\n"
           "\"HostName\"=hex(1):00\r\n";

static void
check_registry (const char *data, gsize n_bytes)
{
  static const struct
  {
    const char *name;
    guint       line; /* of what is wrong with it; 0: nothing */
  } rows[] = { { "Default Settings", 0 },
               { "B\xc3\xbcro/1", 0 },
               { "kitty", 0 },
               { "bad", 25 },
               { "open", 27 },
               { "junk", 29 },
               { "bytes", 31 } };
  g_autoptr (GPtrArray)         sessions = culvert_putty_read_registry ("x.reg", data, n_bytes);
  g_autoptr (GPtrArray)         notes = culvert_import_notes_new ();
  g_autoptr (CulvertImportNote) why = NULL;
  g_autoptr (CulvertProfile)    office = NULL;
  g_autoptr (CulvertProfile)    kitty = NULL;

  g_assert_true (culvert_putty_is_registry (data, n_bytes));
  g_assert_cmpuint (sessions->len, ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < sessions->len; i++)
    {
      const CulvertPuttySession *session = sessions->pdata[i];

      g_assert_cmpstr (session->name, ==, rows[i].name);
      g_assert_true ((session->trouble != NULL) == (rows[i].line > 0));
      if (rows[i].line > 0)
        g_assert_cmpuint (session->trouble->line, ==, rows[i].line);
    }
  office = culvert_putty_session_to_profile (sessions->pdata[1], sessions, notes, &why);
  g_assert_null (why);
  g_assert_cmpstr (office->host, ==, "db");
  g_assert_cmpuint (office->port, ==, 2222);
  g_assert_true (g_str_has_prefix (office->id, "putty-b--ro-1-"));
  kitty = culvert_putty_session_to_profile (sessions->pdata[2], sessions, notes, &why);
  g_assert_null (why);
  g_assert_cmpstr (kitty->hops[0], ==, "db:2222");
  g_assert_null (kitty->hops[1]);
}

static void
test_registry (void)
{
  g_autoptr (GString)    text = g_string_new (registry);
  g_autofree gunichar2  *units = NULL;
  g_autoptr (GByteArray) little = g_byte_array_new ();
  g_autoptr (GByteArray) big = g_byte_array_new ();
  glong                  n_units;

  check_registry (registry, strlen (registry));
  units = g_utf8_to_utf16 (registry, -1, NULL, &n_units, NULL);
  g_byte_array_append (little, (const guint8 *)"\xff\xfe", 2);
  g_byte_array_append (big, (const guint8 *)"\xfe\xff", 2);
  for (glong i = 0; i < n_units; i++)
    {
      guint8 bytes[] = { units[i] & 0xff, units[i] >> 8, units[i] & 0xff };

      g_byte_array_append (little, bytes, 2);
      g_byte_array_append (big, bytes + 1, 2);
    }
  check_registry ((const char *)little->data, little->len);
  check_registry ((const char *)big->data, big->len);

  /* As Windows 98 wrote it, in its code page. */
  g_string_replace (text, "Windows Registry Editor Version 5.00", "REGEDIT4", 1);
  g_string_replace (text, "B%C3%BCro", "B%FCro", 1);
  g_string_replace (text, "B\xc3\xbcro", "B\xfcro", 1);
  check_registry (text->str, text->len);
}

/* Sessions that lead to each other in a circle, and one that has another in front of it. */
static void
test_hops (void)
{
  static const char             text[] = "REGEDIT4\n"
                                         "[" SESSIONS "a]\n\"HostName\"=\"a\"\n\"ProxyMethod\"=dword:6\n"
                                         "\"ProxyHost\"=\"b\"\n"
                                         "[" SESSIONS "b]\n\"HostName\"=\"bob@b2\"\n\"ProxyMethod\"=dword:6\n"
                                         "\"ProxyHost\"=\"c\"\n\"ProxyUsername\"=\"carl\"\n"
                                         "[" SESSIONS "c]\n\"HostName\"=\"c2\"\n\"ProxyMethod\"=dword:3\n"
                                         "\"ProxyHost\"=\"web\"\n\"ProxyPort\"=dword:1f90\n"
                                         "[" SESSIONS "d]\n\"HostName\"=\"d\"\n\"ProxyMethod\"=dword:6\n"
                                         "\"ProxyHost\"=\"d\"\n";
  g_autoptr (GPtrArray)         sessions = culvert_putty_read_registry ("x", text, strlen (text));
  g_autoptr (GPtrArray)         notes = culvert_import_notes_new ();
  g_autoptr (CulvertImportNote) why = NULL;
  g_autoptr (CulvertProfile)    profile =
    culvert_putty_session_to_profile (sessions->pdata[0], sessions, notes, &why);
  g_autofree char *hops = NULL;

  g_assert_null (why);
  hops = g_strjoinv (" ", profile->hops);
  g_assert_cmpstr (hops, ==, "carl@c2 bob@b2");
  g_assert_cmpstr (profile->proxy, ==, "http://web:8080");
  g_assert_null (culvert_putty_session_to_profile (sessions->pdata[3], sessions, notes, &why));
  g_assert_cmpint (why->code, ==, CULVERT_IMPORT_MALFORMED);
  g_assert_nonnull (strstr (why->reason, "circle"));
}

static void
test_kind (void)
{
  g_assert_false (culvert_putty_is_registry ("", 0));
  g_assert_false (culvert_putty_is_registry ("Host a\n", 7));
  g_assert_true (culvert_putty_is_registry ("\xef\xbb\xbf\r\nREGEDIT4\r\n", 15));
  g_assert_true (culvert_putty_is_session ("Present=1\nHostName=a\n"));
  g_assert_true (culvert_putty_is_session ("HostName=a\nProtocol=ssh\nPortForwardings=\n"));
  g_assert_false (culvert_putty_is_session ("HostName=a\nPort=22\nProtocol=2\n"));
  g_assert_false (culvert_putty_is_session ("[Tunnel]\nHost=a\n"));
}

static void
test_secrets (void)
{
  g_assert_true (culvert_command_has_secret ("plink.exe -pw x -nc %h:%p gw"));
  g_assert_true (culvert_command_has_secret ("sshpass -p x ssh -W %h:%p gw"));
  g_assert_true (culvert_command_has_secret ("/usr/bin/sshpass -px ssh gw"));
  g_assert_true (culvert_command_has_secret ("ncat --proxy-auth me:x --proxy p %h %p"));
  g_assert_true (culvert_command_has_secret ("connect http://me:x@proxy %h %p"));
  g_assert_false (culvert_command_has_secret ("ssh -p 22 -W %h:%p gw"));
  g_assert_false (culvert_command_has_secret ("sshpass -e ssh -p 22 gw"));
  g_assert_false (culvert_command_has_secret ("connect http://me@proxy:80 %h %p"));
  g_assert_false (culvert_command_has_secret (""));
}

/* More than there can be are not read. */
static void
test_bounds (void)
{
  g_autoptr (GString)           text = g_string_new ("REGEDIT4\n");
  g_autoptr (GString)           forwards = g_string_new ("HostName=h\nPortForwardings=");
  g_autoptr (GPtrArray)         sessions = NULL;
  g_autoptr (GPtrArray)         notes = culvert_import_notes_new ();
  g_autoptr (CulvertImportNote) why = NULL;
  g_autoptr (CulvertProfile)    profile = NULL;

  for (guint i = 0; i < CULVERT_PUTTY_MAX_SESSIONS + 10; i++)
    g_string_append_printf (text, "[" SESSIONS "s%u]\n\"HostName\"=\"h\"\n", i);
  sessions = culvert_putty_read_registry ("x", text->str, text->len);
  g_assert_cmpuint (sessions->len, ==, CULVERT_PUTTY_MAX_SESSIONS);
  for (guint i = 0; i < 4000; i++)
    g_string_append (forwards, "L1=h:1,");
  profile = make (forwards->str, notes, &why);
  g_assert_null (profile);
  g_assert_cmpuint (why->line, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tunnels); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/putty/tunnel/%02u", i);

      g_test_add_data_func (name, GUINT_TO_POINTER (i), test_tunnel);
    }
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/putty/refusal/%02u", i);

      g_test_add_data_func (name, GUINT_TO_POINTER (i), test_refusal);
    }
  g_test_add_func ("/core/putty/notes", test_notes);
  g_test_add_func ("/core/putty/registry", test_registry);
  g_test_add_func ("/core/putty/hops", test_hops);
  g_test_add_func ("/core/putty/kind", test_kind);
  g_test_add_func ("/core/putty/secrets", test_secrets);
  g_test_add_func ("/core/putty/bounds", test_bounds);
  return g_test_run ();
}
