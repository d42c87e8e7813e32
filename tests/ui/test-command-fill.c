/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/command-fill.h"
#include "ui/no-break.h"

#include <string.h>

static CulvertProfile *
new_draft (void)
{
  CulvertProfile *draft = culvert_profile_new ();

  culvert_profile_set_string (&draft->host, "before.example.com");
  culvert_profile_set_string (&draft->user, "bob");
  draft->port = 2022;
  return draft;
}

typedef struct
{
  const char *name;
  const char *text;
  const char *user; /* NULL: the text is no more than a name */
  const char *host;
  guint16     port;
  const char *words;
} PlaceCase;

static const PlaceCase places[] = {
  { "host", "bastion.example.com", NULL, NULL, 0, NULL },
  { "ipv6", "fe80::1", NULL, NULL, 0, NULL },
  { "nothing", "", NULL, NULL, 0, NULL },
  { "no-user", "@bastion", NULL, NULL, 0, NULL },
  { "no-host", "alice@", NULL, NULL, 0, NULL },
  { "port-half-typed", "bastion:", NULL, NULL, 0, NULL },
  { "port-zero", "bastion:0", NULL, NULL, 0, NULL },
  { "port-too-large", "bastion:70000", NULL, NULL, 0, NULL },
  { "spaces", "alice@two words", NULL, NULL, 0, NULL },
  { "ssh-alone", "ssh", NULL, NULL, 0, NULL },
  { "host-called-ssh", "ssh.example.com", NULL, NULL, 0, NULL },
  { "user", "alice@bastion", "alice", "bastion", 2022, "Filled in: user alice." },
  { "port", "bastion:22", "bob", "bastion", 22, "Filled in: port 22." },
  { "both", " alice@bastion:2222\n", "alice", "bastion", 2222,
    "Filled in: user alice, port 2222." },
  { "user-with-at", "alice@corp@bastion", "alice@corp", "bastion", 2022,
    "Filled in: user alice@corp." },
  { "ipv6-user", "alice@fe80::1", "alice", "fe80::1", 2022, "Filled in: user alice." },
  { "ipv6-port", "alice@[fe80::1]:2222", "alice", "fe80::1", 2222,
    "Filled in: user alice, port 2222." },
  { "address", "ssh://alice@bastion:2222", "alice", "bastion", 2222,
    "Filled in: alice@bastion:2222." },
  { "command", "ssh alice@bastion", "alice", "bastion", 22, "Filled in: alice@bastion." },
  { "jump-hosts", "ssh -J gate,me@door alice@bastion", "alice", "bastion", 22,
    "Filled in: alice@bastion, the jump hosts." },
  { "proxy-command", "ssh -o 'ProxyCommand=nc %h %p' bastion", "bob", "bastion", 22,
    "Filled in: bastion, the command on the way." },
  { "command-without-user", "$ ssh -p 2222 bastion", "bob", "bastion", 2222,
    "Filled in: bastion:2222." },
};

static void
test_place (gconstpointer data)
{
  const PlaceCase           *place = data;
  g_autoptr (CulvertProfile) draft = new_draft ();
  g_autoptr (CulvertProfile) before = culvert_profile_edit (draft);
  g_autofree char           *words = NULL;
  CulvertFillResult          result = culvert_fill_from_text (draft, place->text, &words);

  g_assert_cmpstr (words, ==, place->words);
  if (place->user == NULL)
    {
      g_assert_cmpint (result, ==, CULVERT_FILL_NOTHING);
      g_assert_true (culvert_profile_equal (draft, before));
      return;
    }
  g_assert_cmpint (result, ==, CULVERT_FILL_DONE);
  g_assert_cmpstr (draft->user, ==, place->user);
  g_assert_cmpstr (draft->host, ==, place->host);
  g_assert_cmpuint (draft->port, ==, place->port);
}

static void
test_whole_command (void)
{
  g_autoptr (CulvertProfile) draft = new_draft ();
  g_autofree char           *id = g_strdup (draft->id);
  g_autofree char           *words = NULL;
  const char                *command =
    "ssh -N -i ~/.ssh/one -i ~/.ssh/two -p 2222 -4 \\\n -L 5433:db:5432 -D 1080 "
    "-o ServerAliveInterval=30 -o ConnectTimeout=5 -o UserKnownHostsFile=~/hosts alice@bastion";

  culvert_profile_set_string (&draft->revision, "r");
  culvert_profile_set_string (&draft->name, "Mine");
  g_assert_cmpint (culvert_fill_from_text (draft, command, &words), ==, CULVERT_FILL_DONE);
  g_assert_cmpstr (words, ==,
                   "Filled in: alice@bastion:2222, the key files, 2 forwards, how often the "
                   "connection is checked, how long connecting may take, the kind of address, "
                   "where host keys are kept.");
  g_assert_cmpstr (draft->id, ==, id);
  g_assert_cmpstr (draft->revision, ==, "r");
  g_assert_cmpstr (draft->name, ==, "Mine");
  g_assert_cmpuint (g_strv_length (draft->key_files), ==, 2);
  g_assert_cmpstr (draft->key_files[1], ==, "~/.ssh/two");
  g_assert_cmpuint (draft->forwards->len, ==, 2);
  g_assert_cmpuint (draft->keepalive_interval_s, ==, 30);
  g_assert_cmpuint (draft->connect_timeout_s, ==, 5);
  g_assert_cmpint (draft->address_family, ==, CULVERT_ADDRESS_FAMILY_IPV4);
  g_assert_cmpstr (draft->known_hosts_files[0], ==, "~/hosts");
}

static void
test_forwards_are_added (void)
{
  g_autoptr (CulvertProfile) draft = new_draft ();
  g_autofree char           *first = NULL;
  g_autofree char           *second = NULL;
  g_autofree char           *third = NULL;

  culvert_fill_from_text (draft, "ssh -L 5433:db:5432 bastion", &first);
  g_assert_cmpuint (draft->forwards->len, ==, 1);
  culvert_fill_from_text (draft, "ssh -L 5433:db:5432 -L 80:web:80 bastion", &second);
  g_assert_cmpuint (draft->forwards->len, ==, 2);
  g_assert_cmpstr (second, ==, "Filled in: bastion, 1 forward.");
  /* The same words at the other end are another forward. */
  culvert_fill_from_text (draft, "ssh -R 5433:db:5432 bastion", &third);
  g_assert_cmpuint (draft->forwards->len, ==, 3);
}

/* A key file is no use to a tunnel that signs in by password alone. */
static void
test_key_file_is_used (void)
{
  g_autoptr (CulvertProfile) draft = new_draft ();
  g_autofree char           *words = NULL;
  CulvertAuthMethod          method = CULVERT_AUTH_PASSWORD;

  g_array_set_size (draft->methods, 0);
  g_array_append_val (draft->methods, method);
  culvert_fill_from_text (draft, "ssh -i ~/.ssh/id bastion", &words);
  g_assert_true (culvert_profile_has_method (draft, CULVERT_AUTH_KEY));
  g_assert_nonnull (strstr (words, "how to sign in"));
}

static void
test_batch_mode (void)
{
  g_autoptr (CulvertProfile) draft = new_draft ();
  g_autofree char           *words = NULL;

  culvert_fill_from_text (draft, "ssh -o BatchMode=yes bastion", &words);
  g_assert_true (draft->never_ask);
  g_assert_false (culvert_profile_has_method (draft, CULVERT_AUTH_PASSWORD));
}

static void
test_refused (void)
{
  static const char *const commands[] = {
    "ssh -w 0:0 bastion",
    "ssh -L 5433:db bastion",
    "ssh bastion; rm x",
    "ssh -L 'a bastion",
  };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autoptr (CulvertProfile) draft = new_draft ();
      g_autoptr (CulvertProfile) before = culvert_profile_edit (draft);
      g_autofree char           *words = NULL;

      g_assert_cmpint (culvert_fill_from_text (draft, commands[i], &words), ==,
                       CULVERT_FILL_REFUSED);
      g_assert_nonnull (words);
      g_assert_true (g_str_has_suffix (words, "."));
      g_assert_true (culvert_profile_equal (draft, before));
    }
}

static void
test_no_break (void)
{
  static const struct
  {
    const char *text;
    const char *joined;
  } cases[] = {
    { "", "" },
    { "db:5432", "db:\u2060"
                 "5432" },
    { "a: b", "a: b" },
    { "/run/x", "/\u2060run/\u2060x" },
    { "ends with :", "ends with :" },
    { "localhost:… reach", "localhost:… reach" },
    { "ü:ö", "ü:\u2060ö" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *joined = culvert_no_break (cases[i].text);

      g_assert_cmpstr (joined, ==, cases[i].joined);
    }
}

/* A port stays with the end of its host's name; what is no port may be parted. */
static void
test_no_break_attributes (void)
{
  g_autoptr (PangoAttrList) list = culvert_no_break_attributes ("here:80 → a:b::1:22");
  GSList                   *attributes = pango_attr_list_get_attributes (list);
  static const guint        ranges[][2] = { { 4, 7 }, { 16, 18 }, { 18, 21 } };
  guint                     n = 0;

  for (GSList *l = attributes; l != NULL; l = l->next)
    {
      PangoAttribute *attribute = l->data;

      g_assert_cmpuint (n, <, G_N_ELEMENTS (ranges));
      g_assert_cmpint (attribute->klass->type, ==, PANGO_ATTR_ALLOW_BREAKS);
      g_assert_cmpuint (attribute->start_index, ==, ranges[n][0]);
      g_assert_cmpuint (attribute->end_index, ==, ranges[n][1]);
      n++;
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (ranges));
  g_slist_free_full (attributes, (GDestroyNotify)pango_attribute_destroy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_strconcat ("/ui/command-fill/place/", places[i].name, NULL);

      g_test_add_data_func (path, &places[i], test_place);
    }
  g_test_add_func ("/ui/command-fill/whole-command", test_whole_command);
  g_test_add_func ("/ui/command-fill/forwards-are-added", test_forwards_are_added);
  g_test_add_func ("/ui/command-fill/key-file-is-used", test_key_file_is_used);
  g_test_add_func ("/ui/command-fill/batch-mode", test_batch_mode);
  g_test_add_func ("/ui/command-fill/refused", test_refused);
  g_test_add_func ("/ui/no-break", test_no_break);
  g_test_add_func ("/ui/no-break-attributes", test_no_break_attributes);
  return g_test_run ();
}
