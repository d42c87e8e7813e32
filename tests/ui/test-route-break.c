/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/route-break.h"

#include "core/errors.h"
#include "core/ssh-command.h"

typedef struct
{
  const char *command;
  int         code;
  CulvertFact fact;
  const char *text; /* nullable: of the fact */
  const char *next; /* nullable: CULVERT_FACT_NEXT */
  int         leg;
  const char *words; /* nullable */
} Case;

#define DIRECT  "ssh -L 5433:db:5432 bastion"
#define THROUGH "ssh -L 5433:db:5432 -J gate,me@app-gw:2200,door bastion"
#define BACK    "ssh -R 8080:localhost:3000 -J gate bastion"

static const Case cases[] = {
  { DIRECT, CULVERT_SSH_ERROR_REFUSED, 0, NULL, NULL, 0, NULL },
  { DIRECT, CULVERT_SSH_ERROR_LOST, 0, NULL, NULL, 0, NULL },
  { DIRECT, CULVERT_SSH_ERROR_AUTH_REFUSED, 0, NULL, NULL, -1, NULL },
  { DIRECT, CULVERT_SSH_ERROR_KEY_NOT_FOUND, 0, NULL, NULL, -1, NULL },
  { DIRECT, CULVERT_SSH_ERROR_OPEN_FAILED, 0, NULL, NULL, 1,
    "The way breaks between bastion and db:5432." },
  { DIRECT, CULVERT_SSH_ERROR_TIMED_OUT, CULVERT_FACT_PROXY, "proxy:8080", NULL, 0,
    "The way breaks at the proxy proxy:8080." },
  { DIRECT, CULVERT_SSH_ERROR_COMMAND_FAILED, 0, NULL, NULL, 0, NULL },
  /* Not tried here. */
  { DIRECT, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, 0, NULL, NULL, -1, NULL },
  { DIRECT, CULVERT_SSH_ERROR_NETWORK_EXCLUDED, 0, NULL, NULL, -1, NULL },
  { THROUGH, CULVERT_SSH_ERROR_NO_NETWORK, 0, NULL, NULL, 0,
    "The way breaks between this computer and gate." },
  { THROUGH, CULVERT_SSH_ERROR_REFUSED, CULVERT_FACT_HOP, "gate", NULL, 0,
    "The way breaks between this computer and gate." },
  { THROUGH, CULVERT_SSH_ERROR_LOST, CULVERT_FACT_HOP, "door", NULL, 2,
    "The way breaks between app-gw and door." },
  /* Named as in the profile, or without the user. */
  { THROUGH, CULVERT_SSH_ERROR_NEXT_UNREACHABLE, CULVERT_FACT_HOP, "app-gw:2200", "door", 2,
    "The way breaks between app-gw and door." },
  { THROUGH, CULVERT_SSH_ERROR_NEXT_PROHIBITED, CULVERT_FACT_HOP, "me@app-gw:2200", "door", 2,
    "The way breaks between app-gw and door." },
  { THROUGH, CULVERT_SSH_ERROR_NEXT_UNREACHABLE, CULVERT_FACT_HOP, "door", "bastion", 3,
    "The way breaks between door and bastion." },
  { THROUGH, CULVERT_SSH_ERROR_AUTH_REFUSED, CULVERT_FACT_HOP, "gate", NULL, 1,
    "The way ends at gate." },
  { THROUGH, CULVERT_SSH_ERROR_HOST_KEY_CHANGED, CULVERT_FACT_HOP, "app-gw:2200", NULL, 2,
    "The way ends at app-gw." },
  { THROUGH, CULVERT_SSH_ERROR_OPEN_PROHIBITED, 0, NULL, NULL, 4,
    "The way breaks between bastion and db:5432." },
  /* Of a profile that was edited since, or nonsense. */
  { THROUGH, CULVERT_SSH_ERROR_LOST, CULVERT_FACT_HOP, "app-gw", NULL, -1, NULL },
  { THROUGH, CULVERT_SSH_ERROR_LOST, CULVERT_FACT_HOP, "", NULL, -1, NULL },
  { BACK, CULVERT_SSH_ERROR_OPEN_FAILED, 0, NULL, NULL, 2,
    "The way breaks between this computer and localhost:3000." },
};

static void
test_legs (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case                *c = &cases[i];
      g_autoptr (GError)         parse_error = NULL;
      g_autoptr (CulvertProfile) profile =
        culvert_ssh_command_parse_line (c->command, &parse_error);
      g_autoptr (GError) error = g_error_new (CULVERT_SSH_ERROR, c->code, "case %zu", i);
      g_autofree char   *words = NULL;

      g_assert_no_error (parse_error);
      culvert_error_set_fact (&error, c->fact, c->text);
      culvert_error_set_fact (&error, CULVERT_FACT_NEXT, c->next);
      g_test_message ("case %zu", i);
      g_assert_cmpint (culvert_route_break_find (error, profile), ==, c->leg);
      words = culvert_route_break_describe (error, profile->forwards->pdata[0], profile);
      g_assert_cmpstr (words, ==, c->words);
    }
}

static void
test_nothing_of_the_way (void)
{
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line (DIRECT, NULL);
  g_autoptr (GError)         taken =
    g_error_new (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE, "taken");

  g_assert_cmpint (culvert_route_break_find (NULL, profile), <, 0);
  g_assert_null (culvert_route_break_describe (NULL, profile->forwards->pdata[0], profile));
  g_assert_cmpint (culvert_route_break_find (taken, profile), <, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/route-break/legs", test_legs);
  g_test_add_func ("/ui/route-break/nothing-of-the-way", test_nothing_of_the_way);
  return g_test_run ();
}
