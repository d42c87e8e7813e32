/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/import.h"
#include "core/profile-difference.h"
#include "core/profile-file.h"
#include "core/ssh-command.h"
#include "core/ssh-config-write.h"
#include "core/ssh-files.h"
#include "core/systemd-unit.h"
#include "support/culvert-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  CulvertTempDir  *folder;
  CulvertSshFiles *files;
  GPtrArray       *saved; /* of CulvertProfile */
  CulvertImport   *import;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = culvert_temp_dir_new ();
  fixture->files = culvert_ssh_files_new ();
  fixture->files->home = culvert_temp_dir_get_path (fixture->folder);
  fixture->saved = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_profile_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->import, culvert_import_unref);
  g_ptr_array_unref (fixture->saved);
  culvert_ssh_files_free (fixture->files);
  culvert_temp_dir_free (fixture->folder);
}

static void
read_path (Fixture *fixture, const char *path)
{
  const char *paths[] = { path, NULL };

  g_clear_pointer (&fixture->import, culvert_import_unref);
  fixture->import = culvert_import_read (paths, fixture->files, fixture->saved, NULL);
}

static void
read_text (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = culvert_temp_dir_write (fixture->folder, name, text);

  read_path (fixture, path);
}

static CulvertImportCandidate *
get (Fixture *fixture, guint index)
{
  g_assert_cmpuint (index, <, fixture->import->candidates->len);
  return g_ptr_array_index (fixture->import->candidates, index);
}

static CulvertImportCandidate *
get_only (Fixture *fixture)
{
  CulvertImportCandidate *candidate = get (fixture, 0);

  if (candidate->why != NULL)
    g_test_message ("%s:%u: %s", candidate->why->file, candidate->why->line,
                    candidate->why->reason);
  g_assert_cmpuint (fixture->import->candidates->len, ==, 1);
  return candidate;
}

static CulvertProfile *
parse (const char *name, const char *command)
{
  g_autoptr (GError) error = NULL;
  CulvertProfile    *profile = culvert_ssh_command_parse_line (command, &error);

  g_assert_no_error (error);
  culvert_profile_set_string (&profile->name, name);
  return profile;
}

/* (transfer none) */
static CulvertProfile *
save (Fixture *fixture, const char *name, const char *command)
{
  CulvertProfile *profile = parse (name, command);

  g_ptr_array_add (fixture->saved, profile);
  return profile;
}

static const char *const tunnels[] = {
  "ssh -p 2222 -L 5433:db:5432 alice@host",
  "ssh -4 -L '*:80:[::1]:8080' -L '[::1]:81:h:82' -L localhost:3:h:4 2001:db8::1",
  "ssh -R 0:localhost:3000 -R '*:8080:localhost:80' -R 1081 -D 1080 host",
  "ssh -N -L 2375:/var/run/docker.sock -L '/tmp/a b:/x y' host",
  "ssh -i '/keys/my key' -i '/a%%b' -o IdentitiesOnly=yes -L 1:h:1 host",
  "ssh -o CertificateFile=/x-cert.pub -o 'IdentityAgent=\"/run/my agent\"' -D 1 host",
  "ssh -J me@gate,inner:2222,[::1]:23 -L 1:h:1 host",
  "ssh -o HostKeyAlias=cluster -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/k -D 1 host",
  "ssh -o BatchMode=yes -o ConnectTimeout=7 -o ServerAliveInterval=0 -D 1 host",
  "ssh -o PreferredAuthentications=password,keyboard-interactive -D 1 host",
  "ssh -o IdentityAgent=none -o Ciphers=+aes128-cbc -l 'a b' -D 1 host",
  "ssh -o 'ProxyCommand=nc -x \"a b\" %h %p # x' -D 1 host",
};

/* @text read where nothing is saved is @expected again, but for ids and the name. */
static void
check_round_trip (Fixture *fixture, const char *name, const char *text, CulvertProfile *expected)
{
  CulvertImportCandidate    *candidate;
  g_autoptr (CulvertProfile) copy = NULL;
  g_autoptr (GPtrArray)      differences = NULL;
  g_autofree char           *found_text = NULL;
  g_autofree char           *expected_text = NULL;

  g_test_message ("%s", text);
  read_text (fixture, name, text);
  candidate = get_only (fixture);
  g_assert_cmpint (candidate->state, ==, CULVERT_IMPORT_NEW);
  copy = culvert_profile_edit (candidate->profile);
  culvert_profile_set_string (&copy->id, expected->id);
  culvert_profile_set_string (&copy->name, expected->name);
  g_assert_cmpuint (copy->forwards->len, ==, expected->forwards->len);
  for (guint i = 0; i < copy->forwards->len; i++)
    {
      CulvertForwardFields fields = culvert_forward_spec_get_fields (copy->forwards->pdata[i]);
      CulvertForwardSpec  *spec;

      fields.id = culvert_forward_spec_get_id (expected->forwards->pdata[i]);
      spec = culvert_forward_spec_new (&fields);
      culvert_forward_spec_unref (copy->forwards->pdata[i]);
      copy->forwards->pdata[i] = spec;
    }
  differences = culvert_profile_differences (expected, copy);
  found_text = culvert_profile_to_text (copy);
  expected_text = culvert_profile_to_text (expected);
  if (differences->len > 0)
    g_assert_cmpstr (found_text, ==, expected_text);
  g_assert_cmpuint (differences->len, ==, 0);
}

/* And where it is saved it is found again, whatever else the saved one has that this text cannot say. */
static void
check_found_again (Fixture *fixture, const char *name, const char *text, CulvertProfile *expected)
{
  g_autoptr (CulvertProfile) rich = culvert_profile_edit (expected);

  culvert_profile_set_string (&rich->id, "its-own-id");
  rich->notify = FALSE;
  rich->start_with_program = TRUE;
  g_ptr_array_add (fixture->saved, culvert_profile_ref (rich));
  read_text (fixture, name, text);
  g_assert_cmpint (get_only (fixture)->state, ==, CULVERT_IMPORT_SAME);
  g_assert_true (get_only (fixture)->existing == rich);
  g_ptr_array_set_size (fixture->saved, 0);
}

static void
test_exports (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = parse ("", data);
  g_autofree char           *own = NULL;
  g_autofree char           *block = NULL;
  g_autofree char           *command = NULL;
  g_autofree char           *line = NULL;

  profile->proxy_command_allowed = TRUE;
  culvert_profile_set_string (&profile->name, "Its Name");
  own = culvert_profile_to_shared_text (profile);
  block = culvert_ssh_config_from_profile (profile, NULL);
  command = culvert_ssh_command_from_profile (profile);
  line = g_strconcat ("#!/bin/sh\n\nexec ", command, "\n", NULL);
  profile->proxy_command_allowed = FALSE;
  check_round_trip (fixture, "a.culvert", own, profile);
  check_round_trip (fixture, "config", block, profile);
  check_found_again (fixture, "config", block, profile);
  check_found_again (fixture, "a.sh", line, profile);
  /* It always has -N, which says so. */
  profile->quick_replies = FALSE;
  check_round_trip (fixture, "a.sh", line, profile);
}

/* The unit names a saved tunnel, and is that one. */
static void
test_unit (Fixture *fixture, gconstpointer data)
{
  static const char *const   programs[][8] = { { "/usr/bin/culvertctl", NULL },
                                               { "/opt/a b$c/culvertctl", NULL },
                                               { "/usr/bin/flatpak", "run", "--command=culvertctl",
                                                 "io.github.culvert_app.Culvert", NULL } };
  g_autoptr (CulvertProfile) profile = parse ("Its Name", "ssh -D 1 host");

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *unit = culvert_systemd_unit_from_profile (profile, programs[i], "/a%b");

      g_ptr_array_set_size (fixture->saved, 0);
      read_text (fixture, "a.service", unit);
      g_assert_cmpint (get_only (fixture)->state, ==, CULVERT_IMPORT_IMPOSSIBLE);
      g_assert_cmpint (get_only (fixture)->why->code, ==, CULVERT_IMPORT_REFERENCE);
      g_assert_cmpstr (get_only (fixture)->why->text, ==, profile->id);
      g_ptr_array_add (fixture->saved, culvert_profile_ref (profile));
      read_text (fixture, "a.service", unit);
      g_assert_cmpint (get_only (fixture)->state, ==, CULVERT_IMPORT_SAME);
      g_assert_true (culvert_profile_equal (get_only (fixture)->profile, profile));
    }
}

/* Units that somebody wrote for ssh itself. */
static void
test_foreign_units (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *start;
    const char *command; /* nullable: what it is */
  } rows[] = {
    { "/usr/bin/ssh -NT -L 1:h:1 me@host", "ssh -N -L 1:h:1 me@host" },
    { "-/usr/bin/ssh -N \\\n  -L 1:h:1 host", "ssh -N -L 1:h:1 host" },
    { "/usr/bin/autossh -M 0 -N -D 1 host", "ssh -N -D 1 host" },
    { "/usr/bin/autossh -M0 -N -D 1 host", "ssh -N -D 1 host" },
    { "ssh -N -i \"/a b\\x20c\" -L '1:h:1' host", "ssh -N -i '/a b c' -L 1:h:1 host" },
    { "/usr/bin/culvertctl run -- ssh -D 1 host", "ssh -D 1 host" },
    { "/usr/bin/ssh -N -L 1:h:1 %i", NULL },
    { "/usr/bin/ssh -N -L 1:h:1 $HOST", NULL },
    { "/usr/bin/ssh -N \"host", NULL },
    { "/bin/sleep 1", NULL },
    { "/usr/bin/ssh -w 0:0 host", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup_printf (
        "# it\n[Unit]\nDescription=x\n[Service]\nType=simple\nExecStart = %s\n", rows[i].start);
      CulvertImportCandidate *candidate;

      g_test_message ("%s", rows[i].start);
      if (rows[i].command != NULL)
        {
          g_autoptr (CulvertProfile) expected = parse ("", rows[i].command);

          check_round_trip (fixture, "a.service", text, expected);
          continue;
        }
      read_text (fixture, "a.service", text);
      candidate = get_only (fixture);
      g_assert_cmpint (candidate->state, ==, CULVERT_IMPORT_IMPOSSIBLE);
      g_assert_cmpint (candidate->why->code, ==, CULVERT_IMPORT_NOT_USABLE);
      g_assert_cmpuint (candidate->why->line, ==, 6);
    }
}

/* The content says what a file is, whatever it is called. */
static void
test_kinds (void)
{
  static const struct
  {
    const char       *path;
    const char       *text;
    CulvertImportKind kind;
  } rows[] = {
    { "x", "[Tunnel]\nHost=a\n", CULVERT_IMPORT_KIND_CULVERT },
    { "x.reg", "# x\n\n[Tunnel]\n", CULVERT_IMPORT_KIND_CULVERT },
    { "x.culvert", "Kind=local\n", CULVERT_IMPORT_KIND_CULVERT },
    { "x.culvert", "Present=1\nHostName=a\n", CULVERT_IMPORT_KIND_PUTTY },
    { "x.txt", "REGEDIT4\n", CULVERT_IMPORT_KIND_PUTTY },
    { "x.culvert", "Host a\n", CULVERT_IMPORT_KIND_CULVERT },
    { "config", "Host a\n", CULVERT_IMPORT_KIND_SSH_CONFIG },
    { "config", "Port=22\nProtocol=2\n", CULVERT_IMPORT_KIND_SSH_CONFIG },
    { "x", "#!/bin/sh\nssh -D 1 h\n", CULVERT_IMPORT_KIND_COMMANDS },
    { "x", "$ ssh -D 1 h\n", CULVERT_IMPORT_KIND_COMMANDS },
    { "x", "; a\n[Unit]\n", CULVERT_IMPORT_KIND_UNIT },
    { "x", "[Service]\nExecStart=ssh h\n", CULVERT_IMPORT_KIND_UNIT },
    { "x.png", "\x89PNG\r\n", CULVERT_IMPORT_KIND_SSH_CONFIG },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s: %s", rows[i].path, rows[i].text);
      g_assert_cmpint (culvert_import_kind_of (rows[i].path, rows[i].text, strlen (rows[i].text)),
                       ==, rows[i].kind);
    }
  g_assert_cmpint (culvert_import_kind_of ("x", "Host\0a", 6), ==, CULVERT_IMPORT_KIND_UNKNOWN);
}

/* Each names the file, the line as far as there is one, and why. */
static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *large = NULL;
  static const struct
  {
    const char           *name;
    const char           *text;
    CulvertImportNoteCode code;
    guint                 line;
    const char           *reason;
  } rows[] = {
    { "a.culvert", "[Tunnel]\nHost=a\nwhat\n", CULVERT_IMPORT_MALFORMED, 3, "what" },
    { "a.culvert", "[Tunnel]\nHost=a\nPort=many\n", CULVERT_IMPORT_MALFORMED, 3, "Port" },
    { "a.culvert", "[Tunnel]\nHost=\xff\n", CULVERT_IMPORT_MALFORMED, 2, "UTF-8" },
    { "a.culvert", "[Tunnel]\nVersion=99\n", CULVERT_IMPORT_NEWER, 0, "" },
    { "config", "\nHost a\n Frob 1\n", CULVERT_IMPORT_NOT_USABLE, 0, "config:3: \"frob\"" },
    { "config", "Host a\n LocalForward 1\n", CULVERT_IMPORT_NOT_USABLE, 0, "config:2: " },
    { "config", "Host *\n Port 1\n", CULVERT_IMPORT_NOTHING, 0, "" },
    { "empty", "", CULVERT_IMPORT_NOTHING, 0, "" },
    { "a.sh", "# x\nssh -L nonsense host\n", CULVERT_IMPORT_NOT_USABLE, 2, "nonsense" },
    { "a.sh", "ssh host | cat\n", CULVERT_IMPORT_NOT_USABLE, 1, "" },
    { "putty", "Present=1\nHostName=h\nPortNumber=x\n", CULVERT_IMPORT_MALFORMED, 3, "portnumber" },
    { "a.reg", "REGEDIT4\n[X\\PuTTY\\Sessions\\a]\n\"HostName\"=h\n", CULVERT_IMPORT_MALFORMED, 3,
      "neither a text nor a number" },
    { "a.reg", "REGEDIT4\n", CULVERT_IMPORT_NOTHING, 0, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CulvertImportCandidate *candidate;
      g_autofree char        *base = NULL;

      g_test_message ("%s: %s", rows[i].name, rows[i].text);
      read_text (fixture, rows[i].name, rows[i].text);
      candidate = get_only (fixture);
      base = g_path_get_basename (candidate->why->file);
      g_assert_cmpint (candidate->state, ==, CULVERT_IMPORT_IMPOSSIBLE);
      g_assert_false (culvert_import_candidate_is_usable (candidate));
      g_assert_cmpint (candidate->why->code, ==, rows[i].code);
      g_assert_cmpuint (candidate->why->line, ==, rows[i].line);
      g_assert_cmpstr (base, ==, rows[i].name);
      g_assert_nonnull (strstr (candidate->why->reason, rows[i].reason));
    }
  read_path (fixture, "/nowhere/at/all");
  g_assert_cmpint (get_only (fixture)->why->code, ==, CULVERT_IMPORT_UNREADABLE);
  large = g_strnfill (CULVERT_PROFILE_MAX_BYTES + 1, '#');
  read_text (fixture, "large", large);
  g_assert_cmpint (get_only (fixture)->why->code, ==, CULVERT_IMPORT_TOO_LARGE);
}

/* What is no file is not waited for. */
static void
test_no_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pipe = culvert_temp_dir_build (fixture->folder, "pipe");

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  read_path (fixture, pipe);
  g_assert_cmpint (get_only (fixture)->why->code, ==, CULVERT_IMPORT_UNREADABLE);
  read_path (fixture, "/dev/zero");
  g_assert_cmpint (get_only (fixture)->why->code, ==, CULVERT_IMPORT_UNREADABLE);
}

/* The same command twice is one tunnel. */
static void
test_repeated_commands (Fixture *fixture, gconstpointer data)
{
  read_text (fixture, "commands", "ssh -L 1:h:80 web\nssh -L 2:h:80 web\n  ssh  -L 1:h:80 web\n");
  g_assert_cmpuint (fixture->import->candidates->len, ==, 2);
  g_assert_cmpstr (get (fixture, 0)->profile->id, !=, get (fixture, 1)->profile->id);
}

static gboolean
differs_in (const CulvertImportCandidate *candidate, CulvertDifferenceField field)
{
  for (guint i = 0; i < candidate->differences->len; i++)
    if (((CulvertDifference *)candidate->differences->pdata[i])->field == field)
      return TRUE;
  return FALSE;
}

#define CONFIG                                                                                     \
  "Host web\n HostName h\n User bob\n LocalForward 8080 localhost:80\n LocalForward 8081 x:81\n"

/* By its id it is found, and just what ssh_config can say is compared and replaced. */
static void
test_differs (Fixture *fixture, gconstpointer data)
{
  CulvertImportCandidate        *candidate;
  g_autoptr (CulvertProfile)     first = NULL;
  g_autoptr (CulvertProfile)     result = NULL;
  g_autoptr (CulvertProfile)     both = NULL;
  g_autoptr (CulvertForwardSpec) printer = NULL;
  CulvertProfile                *saved;
  CulvertForwardFields           fields;

  read_text (fixture, "config", CONFIG);
  candidate = get_only (fixture);
  g_assert_cmpstr (candidate->profile->id, ==, "ssh-web");
  first = culvert_import_candidate_build (candidate, CULVERT_IMPORT_ADD, fixture->saved);
  saved = culvert_profile_edit (first);
  culvert_profile_set_string (&saved->name, "My Web");
  saved->notify = FALSE;
  saved->start_with_program = TRUE;
  fields = culvert_forward_spec_get_fields (saved->forwards->pdata[1]);
  fields.name = "Printer";
  fields.is_enabled = FALSE;
  printer = culvert_forward_spec_new (&fields);
  culvert_profile_put_forward (saved, printer);
  g_ptr_array_add (fixture->saved, saved);

  read_text (fixture, "config", CONFIG);
  g_assert_cmpint (get_only (fixture)->state, ==, CULVERT_IMPORT_SAME);
  g_assert_null (
    culvert_import_candidate_build (get_only (fixture), CULVERT_IMPORT_REPLACE, fixture->saved));

  read_text (fixture, "config", CONFIG " Port 23\n LocalForward 1 first:1\n");
  candidate = get_only (fixture);
  g_assert_cmpint (candidate->state, ==, CULVERT_IMPORT_DIFFERENT);
  g_assert_cmpuint (candidate->differences->len, ==, 2);
  g_assert_true (differs_in (candidate, CULVERT_DIFFERENCE_PORT));
  g_assert_true (differs_in (candidate, CULVERT_DIFFERENCE_FORWARD_ADDED));
  result = culvert_import_candidate_build (candidate, CULVERT_IMPORT_REPLACE, fixture->saved);
  g_assert_cmpstr (result->id, ==, "ssh-web");
  g_assert_cmpstr (result->name, ==, "My Web");
  g_assert_cmpuint (result->port, ==, 23);
  g_assert_false (result->notify);
  g_assert_true (result->start_with_program);
  g_assert_true (
    culvert_forward_spec_equal (result->forwards->pdata[1], saved->forwards->pdata[1]));
  both = culvert_import_candidate_build (candidate, CULVERT_IMPORT_KEEP_BOTH, fixture->saved);
  g_assert_cmpstr (both->id, !=, "ssh-web");
  g_assert_cmpstr (both->name, ==, "web 2");
  g_assert_false (both->start_with_program);
  g_assert_null (culvert_import_candidate_build (candidate, CULVERT_IMPORT_SKIP, fixture->saved));
}

/* Forwards change places, and none gets the id of another. */
static void
test_forward_ids (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) result = NULL;
  g_autoptr (GHashTable)     ids = g_hash_table_new (g_str_hash, g_str_equal);
  CulvertProfile            *saved;

  read_text (fixture, "config", CONFIG);
  saved = culvert_profile_ref (get_only (fixture)->profile);
  g_ptr_array_add (fixture->saved, saved);
  read_text (fixture, "config",
             "Host web\n HostName h\n User bob\n LocalForward 8081 x:81\n LocalForward 7 y:7\n");
  g_assert_true (differs_in (get_only (fixture), CULVERT_DIFFERENCE_FORWARD_ADDED));
  g_assert_true (differs_in (get_only (fixture), CULVERT_DIFFERENCE_FORWARD_REMOVED));
  result =
    culvert_import_candidate_build (get_only (fixture), CULVERT_IMPORT_REPLACE, fixture->saved);
  g_assert_cmpstr (culvert_forward_spec_get_id (result->forwards->pdata[0]), ==, "f2");
  for (guint i = 0; i < result->forwards->len; i++)
    g_assert_true (
      g_hash_table_add (ids, (gpointer)culvert_forward_spec_get_id (result->forwards->pdata[i])));
}

static void
test_by_name (Fixture *fixture, gconstpointer data)
{
  CulvertProfile *saved = save (fixture, "WEB", "ssh -D 1080 other");

  read_text (fixture, "config", CONFIG);
  g_assert_cmpint (get_only (fixture)->state, ==, CULVERT_IMPORT_DIFFERENT);
  g_assert_true (get_only (fixture)->by_name);
  g_assert_true (get_only (fixture)->existing == saved);
  /* Two of that name: neither is meant. */
  save (fixture, "web", "ssh -D 1081 other");
  read_text (fixture, "config", CONFIG);
  g_assert_cmpint (get_only (fixture)->state, ==, CULVERT_IMPORT_NEW);
}

/* Nothing is started by a file, no command is allowed by it, and no password comes along. */
static void
test_tame (Fixture *fixture, gconstpointer data)
{
  static const char text[] = "[Tunnel]\nHost=h\nStartWithProgram=true\nProxyCommand=nc x\n"
                             "ProxyCommandAllowed=true\n";
  CulvertProfile   *saved;

  read_text (fixture, "a.culvert", text);
  g_assert_false (get_only (fixture)->profile->start_with_program);
  g_assert_false (get_only (fixture)->profile->proxy_command_allowed);
  saved = culvert_profile_edit (get_only (fixture)->profile);
  saved->proxy_command_allowed = TRUE;
  g_ptr_array_add (fixture->saved, saved);
  read_text (fixture, "a.culvert", text);
  g_assert_cmpint (get_only (fixture)->state, ==, CULVERT_IMPORT_SAME);
  g_assert_true (get_only (fixture)->profile->proxy_command_allowed);
  read_text (fixture, "a.culvert", "[Tunnel]\nHost=h\nProxyCommand=evil\n");
  g_assert_true (differs_in (get_only (fixture), CULVERT_DIFFERENCE_PROXY_COMMAND));
  g_assert_false (get_only (fixture)->profile->proxy_command_allowed);

  read_text (fixture, "b.culvert", "[Tunnel]\nHost=h\nProxy=http://me:hunter2@p:80\n");
  g_assert_cmpint (get_only (fixture)->why->code, ==, CULVERT_IMPORT_MALFORMED);
  g_assert_null (strstr (get_only (fixture)->why->reason, "hunter2"));
  read_text (fixture, "config", "Host a\n ProxyCommand sshpass -p hunter2 ssh -W %h:%p g\n");
  g_assert_cmpint (get_only (fixture)->why->code, ==, CULVERT_IMPORT_COMMAND_SECRET);
  g_assert_cmpuint (get_only (fixture)->notes->len, ==, 0);
}

/* What several aliases have in common is said once; a command of Match is not run. */
static void
test_notes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *mark = culvert_temp_dir_build (fixture->folder, "was-run");
  g_autofree char *text =
    g_strdup_printf ("Match exec \"touch %s\"\n Port 1\nHost a b\n LocalForward 1 h:1\n"
                     "Host b\n MACs hmac-sha2-256\nHost *\n Ciphers aes128-ctr\n",
                     mark);

  read_text (fixture, "config", text);
  g_assert_cmpuint (fixture->import->candidates->len, ==, 2);
  g_assert_cmpuint (get (fixture, 0)->notes->len, ==, 0);
  g_assert_cmpuint (get (fixture, 1)->notes->len, ==, 1);
  g_assert_cmpuint (fixture->import->notes->len, ==, 2);
  g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS));
}

/* A folder of PuTTY's; other files in it are passed over. */
static void
test_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char        *sessions = culvert_temp_dir_build (fixture->folder, "sessions");
  CulvertImportCandidate *candidate;

  g_assert_cmpint (g_mkdir (sessions, 0700), ==, 0);
  g_free (culvert_temp_dir_write (fixture->folder, "sessions/gate",
                                  "Present=1\nHostName=g\nUserName=me\nPortNumber=23\n"));
  g_free (culvert_temp_dir_write (fixture->folder, "sessions/a%2Fb",
                                  "Present=1\nHostName=h\nProxyMethod=6\nProxyHost=gate\n"
                                  "PortForwardings=L1=x:1,\nUserNameFromEnvironment=1\n"));
  g_free (culvert_temp_dir_write (fixture->folder, "sessions/Default%20Settings", "Present=1\n"));
  g_free (culvert_temp_dir_write (fixture->folder, "sshhostkeys", "rsa2@22:h 0x23\n"));
  g_free (culvert_temp_dir_write (fixture->folder, "one.culvert", "[Tunnel]\nHost=c\n"));
  read_path (fixture, culvert_temp_dir_get_path (fixture->folder));
  g_assert_cmpuint (fixture->import->candidates->len, ==, 3);
  g_assert_cmpint (get (fixture, 0)->kind, ==, CULVERT_IMPORT_KIND_CULVERT);
  candidate = get (fixture, 1);
  g_assert_cmpstr (candidate->name, ==, "a/b");
  g_assert_cmpstr (candidate->profile->hops[0], ==, "me@g:23");
  g_assert_cmpuint (candidate->notes->len, ==, 0);
  g_assert_false (culvert_import_candidate_carries (get (fixture, 2)));
}

/* The same tunnel in two files is one; two of one name from two files are two. */
static void
test_repeated (Fixture *fixture, gconstpointer data)
{
  g_autofree char *one =
    culvert_temp_dir_write (fixture->folder, "one", "Host a\n LocalForward 1 h:1\n");
  g_autofree char *two =
    culvert_temp_dir_write (fixture->folder, "two", "Host a\n LocalForward 2 h:2\n");
  const char *paths[] = { one, one, two, NULL };

  fixture->import = culvert_import_read (paths, fixture->files, fixture->saved, NULL);
  g_assert_cmpuint (fixture->import->candidates->len, ==, 2);
  g_assert_cmpstr (get (fixture, 0)->profile->id, !=, get (fixture, 1)->profile->id);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const char              *paths[] = { "/nowhere", NULL };

  g_cancellable_cancel (cancellable);
  fixture->import = culvert_import_read (paths, fixture->files, fixture->saved, cancellable);
  g_assert_cmpuint (fixture->import->candidates->len, ==, 0);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/core/import/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tunnels); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/import/exports/%02u", i);

      g_test_add (name, Fixture, tunnels[i], set_up, test_exports, tear_down);
    }
  g_test_add_func ("/core/import/kinds", test_kinds);
  ADD ("unit", test_unit);
  ADD ("foreign-units", test_foreign_units);
  ADD ("malformed", test_malformed);
  ADD ("no-file", test_no_file);
  ADD ("repeated-commands", test_repeated_commands);
  ADD ("differs", test_differs);
  ADD ("forward-ids", test_forward_ids);
  ADD ("by-name", test_by_name);
  ADD ("tame", test_tame);
  ADD ("notes", test_notes);
  ADD ("folder", test_folder);
  ADD ("repeated", test_repeated);
  ADD ("cancelled", test_cancelled);
  return g_test_run ();
}
