/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/prompt.h"

#include "support/culvert-test.h"

#define DEADLINE_MS 5000

static CulvertPrompt *
make (guint n_fields)
{
  const CulvertPromptField fields[] = { { (char *)"Password: ", TRUE },
                                        { (char *)"Code: ", FALSE },
                                        { NULL, TRUE } };

  return culvert_prompt_new (&(CulvertPromptFields){ .kind = CULVERT_PROMPT_QUESTIONS,
                                                     .user = "alice",
                                                     .host = "server",
                                                     .port = 22,
                                                     .secret_purpose = "password",
                                                     .attempt = 2,
                                                     .fields = fields,
                                                     .n_fields = n_fields });
}

static void
answer (CulvertPrompt *prompt, CulvertDecision decision, const char *first, const char *second)
{
  CulvertSecret *secrets[2] = { NULL, NULL };
  guint          n_secrets = 0;

  if (first != NULL)
    secrets[n_secrets++] = culvert_secret_new (first, -1);
  if (second != NULL)
    secrets[n_secrets++] = culvert_secret_new (second, -1);
  culvert_prompt_answer (prompt, decision, secrets, n_secrets);
  for (guint i = 0; i < n_secrets; i++)
    culvert_secret_unref (secrets[i]);
}

static const char *
secret (CulvertPrompt *prompt, guint index)
{
  CulvertSecret *found = culvert_prompt_get_secret (prompt, index);

  return found != NULL ? culvert_secret_peek (found) : NULL;
}

static void
test_fields_are_copied (void)
{
  char               host[] = "server";
  char               user[] = "alice";
  char               text[] = "Code: ";
  char               finger[] = "SHA256:x";
  CulvertPromptField field = { text, TRUE };
  CulvertHostKeyInfo key = {
    .host = host, .port = 2222, .type_name = (char *)"ssh-ed25519", .fingerprint = finger
  };
  CulvertPromptFields        given = { .kind = CULVERT_PROMPT_HOST_KEY,
                                       .host = host,
                                       .user = user,
                                       .port = 2222,
                                       .title = text,
                                       .instruction = text,
                                       .key_file = text,
                                       .secret_purpose = text,
                                       .attempt = 3,
                                       .fields = &field,
                                       .n_fields = 1,
                                       .host_key = &key };
  g_autoptr (CulvertPrompt)  prompt = culvert_prompt_new (&given);
  const CulvertPromptFields *fields = culvert_prompt_get_fields (prompt);

  host[0] = user[0] = text[0] = finger[0] = 'X';
  field.is_hidden = FALSE;
  g_assert_cmpint (fields->kind, ==, CULVERT_PROMPT_HOST_KEY);
  g_assert_cmpstr (fields->host, ==, "server");
  g_assert_cmpstr (fields->user, ==, "alice");
  g_assert_cmpuint (fields->port, ==, 2222);
  g_assert_cmpstr (fields->title, ==, "Code: ");
  g_assert_cmpstr (fields->instruction, ==, "Code: ");
  g_assert_cmpstr (fields->key_file, ==, "Code: ");
  g_assert_cmpstr (fields->secret_purpose, ==, "Code: ");
  g_assert_cmpuint (fields->attempt, ==, 3);
  g_assert_cmpuint (fields->n_fields, ==, 1);
  g_assert_cmpstr (fields->fields[0].text, ==, "Code: ");
  g_assert_true (fields->fields[0].is_hidden);
  g_assert_cmpstr (fields->host_key->host, ==, "server");
  g_assert_cmpuint (fields->host_key->port, ==, 2222);
  g_assert_cmpstr (fields->host_key->type_name, ==, "ssh-ed25519");
  g_assert_cmpstr (fields->host_key->fingerprint, ==, "SHA256:x");
  g_assert_null (fields->host_key->other_known);
}

static void
test_tunnel (void)
{
  g_autoptr (CulvertPrompt) prompt = make (1);
  const char               *id;

  g_assert_null (culvert_prompt_get_tunnel_id (prompt));
  g_assert_null (culvert_prompt_get_tunnel_title (prompt));
  culvert_prompt_set_tunnel (prompt, "a", "A");
  id = culvert_prompt_get_tunnel_id (prompt);
  /* Only the first counts: what was lent stays valid. */
  culvert_prompt_set_tunnel (prompt, "b", "B");
  g_assert_cmpstr (id, ==, "a");
  g_assert_cmpstr (culvert_prompt_get_tunnel_id (prompt), ==, "a");
  g_assert_cmpstr (culvert_prompt_get_tunnel_title (prompt), ==, "A");
}

static void
test_answer (void)
{
  g_autoptr (CulvertPrompt) prompt = make (2);

  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_NONE);
  g_assert_null (secret (prompt, 0));
  answer (prompt, CULVERT_DECISION_SAVE, "one", "two");
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_SAVE);
  g_assert_cmpstr (secret (prompt, 0), ==, "one");
  g_assert_cmpstr (secret (prompt, 1), ==, "two");
  g_assert_null (secret (prompt, 2));
  g_assert_false (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (prompt)));
}

static void
test_first_answer_counts (void)
{
  g_autoptr (CulvertPrompt) prompt = make (1);

  answer (prompt, CULVERT_DECISION_ONCE, "first", NULL);
  answer (prompt, CULVERT_DECISION_SAVE, "second", NULL);
  answer (prompt, CULVERT_DECISION_REFUSE, NULL, NULL);
  culvert_prompt_withdraw (prompt);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_ONCE);
  g_assert_cmpstr (secret (prompt, 0), ==, "first");
  g_assert_false (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (prompt)));
}

static void
test_answer_of_other_size (void)
{
  g_autoptr (CulvertPrompt) fewer = make (2);
  g_autoptr (CulvertPrompt) more = make (1);
  g_autoptr (CulvertPrompt) refused = make (1);

  answer (fewer, CULVERT_DECISION_ONCE, "one", NULL);
  g_assert_cmpstr (secret (fewer, 0), ==, "one");
  g_assert_null (secret (fewer, 1));
  answer (more, CULVERT_DECISION_ONCE, "one", "two");
  g_assert_null (secret (more, 1));
  answer (refused, CULVERT_DECISION_REFUSE, "one", NULL);
  g_assert_cmpint (culvert_prompt_get_decision (refused), ==, CULVERT_DECISION_REFUSE);
  g_assert_null (secret (refused, 0));
}

static void
test_withdraw (void)
{
  g_autoptr (CulvertPrompt) prompt = make (1);

  culvert_prompt_withdraw (prompt);
  culvert_prompt_withdraw (prompt);
  g_assert_true (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (prompt)));
  answer (prompt, CULVERT_DECISION_SAVE, "late", NULL);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_NONE);
  g_assert_null (secret (prompt, 0));
}

/* Calls back ------------------------------------------------------------------------------------ */

typedef struct
{
  GThread *thread; /* in which it was called */
  guint    n_calls;
  guint    n_destroyed;
} Called;

static void
called_cb (CulvertPrompt *prompt, gpointer user_data)
{
  Called *called = user_data;

  called->thread = g_thread_self ();
  g_assert_cmpuint (called->n_destroyed, ==, 0);
  g_atomic_int_inc (&called->n_calls);
}

static void
destroyed_cb (gpointer user_data)
{
  Called *called = user_data;

  g_atomic_int_inc (&called->n_destroyed);
}

static gpointer
answer_thread (gpointer data)
{
  answer (data, CULVERT_DECISION_ONCE, "from a thread", NULL);
  return NULL;
}

static void
test_called_back (void)
{
  g_autoptr (CulvertPrompt) prompt = make (1);
  Called                    called = { 0 };
  GThread                  *thread;

  culvert_prompt_set_answered_func (prompt, NULL, called_cb, &called, destroyed_cb);
  culvert_test_spend (20);
  g_assert_cmpuint (called.n_calls, ==, 0);

  thread = g_thread_new ("answer", answer_thread, prompt);
  g_thread_join (thread);
  /* Not in the thread that answered, and not before the context turns. */
  g_assert_cmpuint (called.n_calls, ==, 0);
  culvert_test_wait_until (called.n_destroyed == 1, DEADLINE_MS);
  g_assert_cmpuint (called.n_calls, ==, 1);
  g_assert_true (called.thread == g_thread_self ());

  answer (prompt, CULVERT_DECISION_ONCE, "again", NULL);
  culvert_test_spend (20);
  g_assert_cmpuint (called.n_calls, ==, 1);
  g_assert_cmpuint (called.n_destroyed, ==, 1);
}

static void
test_called_back_when_already_answered (void)
{
  g_autoptr (CulvertPrompt) prompt = make (1);
  Called                    called = { 0 };

  answer (prompt, CULVERT_DECISION_ONCE, "x", NULL);
  culvert_prompt_set_answered_func (prompt, NULL, called_cb, &called, destroyed_cb);
  g_assert_cmpuint (called.n_calls, ==, 0);
  culvert_test_wait_until (called.n_destroyed == 1, DEADLINE_MS);
  g_assert_cmpuint (called.n_calls, ==, 1);
}

static void
test_called_back_when_withdrawn (void)
{
  g_autoptr (CulvertPrompt) prompt = make (1);
  Called                    called = { 0 };

  culvert_prompt_set_answered_func (prompt, NULL, called_cb, &called, destroyed_cb);
  culvert_prompt_withdraw (prompt);
  g_assert_cmpuint (called.n_calls, ==, 0);
  culvert_test_wait_until (called.n_destroyed == 1, DEADLINE_MS);
  g_assert_cmpuint (called.n_calls, ==, 1);
}

/* In the context that was given, which another thread turns. */
typedef struct
{
  GMainContext *context;
  GMainLoop    *loop;
} Worker;

static gpointer
worker_thread (gpointer data)
{
  Worker *worker = data;

  g_main_context_push_thread_default (worker->context);
  g_main_loop_run (worker->loop);
  g_main_context_pop_thread_default (worker->context);
  return NULL;
}

static void
test_called_back_in_its_context (void)
{
  g_autoptr (CulvertPrompt) early = make (1);
  g_autoptr (CulvertPrompt) late = make (1);
  Called                    early_called = { 0 };
  Called                    late_called = { 0 };
  Worker                    worker;
  GThread                  *thread;

  worker.context = g_main_context_new ();
  worker.loop = g_main_loop_new (worker.context, FALSE);
  thread = g_thread_new ("worker", worker_thread, &worker);

  culvert_prompt_set_answered_func (early, worker.context, called_cb, &early_called, destroyed_cb);
  answer (early, CULVERT_DECISION_ONCE, "x", NULL);
  answer (late, CULVERT_DECISION_ONCE, "x", NULL);
  culvert_prompt_set_answered_func (late, worker.context, called_cb, &late_called, destroyed_cb);
  culvert_test_wait_until (g_atomic_int_get (&early_called.n_destroyed) == 1 &&
                             g_atomic_int_get (&late_called.n_destroyed) == 1,
                           DEADLINE_MS);
  g_assert_true (early_called.thread == thread);
  g_assert_true (late_called.thread == thread);

  g_main_loop_quit (worker.loop);
  g_thread_join (thread);
  g_main_loop_unref (worker.loop);
  g_main_context_unref (worker.context);
}

static void
test_never_answered (void)
{
  CulvertPrompt *prompt = make (1);
  Called         called = { 0 };

  culvert_prompt_set_answered_func (prompt, NULL, called_cb, &called, destroyed_cb);
  g_assert_finalize_object (prompt);
  g_assert_cmpuint (called.n_calls, ==, 0);
  g_assert_cmpuint (called.n_destroyed, ==, 1);
}

/* Waits ----------------------------------------------------------------------------------------- */

typedef struct
{
  CulvertPrompt  *prompt;
  guint           slice_ms;
  int             n_asked;   /* atomic */
  int             n_allowed; /* how often it goes on waiting */
  CulvertDecision decision;
  int             is_over; /* atomic */
} Wait;

static gboolean
keep_waiting_cb (gpointer user_data)
{
  Wait *wait = user_data;

  return g_atomic_int_add (&wait->n_asked, 1) < wait->n_allowed;
}

static gpointer
wait_thread (gpointer data)
{
  Wait *wait = data;

  wait->decision = culvert_prompt_wait (wait->prompt, wait->slice_ms, keep_waiting_cb, wait);
  g_atomic_int_set (&wait->is_over, TRUE);
  return NULL;
}

static void
test_wait_for_answer (void)
{
  g_autoptr (CulvertPrompt) prompt = make (1);
  Wait                      wait = { .prompt = prompt, .slice_ms = 5, .n_allowed = G_MAXINT };
  GThread                  *thread = g_thread_new ("wait", wait_thread, &wait);

  culvert_test_wait_until (g_atomic_int_get (&wait.n_asked) >= 3, DEADLINE_MS);
  g_assert_false (g_atomic_int_get (&wait.is_over));
  answer (prompt, CULVERT_DECISION_SAVE, "here", NULL);
  g_thread_join (thread);
  g_assert_cmpint (wait.decision, ==, CULVERT_DECISION_SAVE);
  g_assert_cmpstr (secret (prompt, 0), ==, "here");
}

/* An answer wakes the thread, however long its slices are. */
static void
test_wait_is_woken (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (CulvertPrompt) prompt = make (1);
      Wait                      wait = { .prompt = prompt, .slice_ms = 60 * 60 * 1000 };
      GThread                  *thread = g_thread_new ("wait", wait_thread, &wait);

      culvert_test_spend (20);
      if (i == 0)
        answer (prompt, CULVERT_DECISION_ONCE, "x", NULL);
      else
        culvert_prompt_withdraw (prompt);
      culvert_test_wait_until (g_atomic_int_get (&wait.is_over), DEADLINE_MS);
      g_thread_join (thread);
      g_assert_cmpint (wait.n_asked, ==, 0);
    }
}

static void
test_wait_until_withdrawn (void)
{
  g_autoptr (CulvertPrompt) prompt = make (1);
  Wait                      wait = { .prompt = prompt, .slice_ms = 5, .n_allowed = G_MAXINT };
  GThread                  *thread = g_thread_new ("wait", wait_thread, &wait);

  culvert_test_wait_until (g_atomic_int_get (&wait.n_asked) >= 1, DEADLINE_MS);
  culvert_prompt_withdraw (prompt);
  g_thread_join (thread);
  g_assert_cmpint (wait.decision, ==, CULVERT_DECISION_NONE);
}

static void
test_wait_gives_up (void)
{
  g_autoptr (CulvertPrompt) prompt = make (1);
  Wait                      wait = { .prompt = prompt, .slice_ms = 5, .n_allowed = 2 };

  wait_thread (&wait);
  g_assert_cmpint (wait.decision, ==, CULVERT_DECISION_NONE);
  g_assert_cmpint (wait.n_asked, ==, 3);
  /* Whoever shows it is told. */
  g_assert_true (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (prompt)));
  answer (prompt, CULVERT_DECISION_ONCE, "late", NULL);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_NONE);
}

static void
test_wait_when_already_answered (void)
{
  g_autoptr (CulvertPrompt) prompt = make (1);
  Wait                      wait = { .prompt = prompt, .slice_ms = 5 };

  answer (prompt, CULVERT_DECISION_ONCE, "x", NULL);
  wait_thread (&wait);
  g_assert_cmpint (wait.decision, ==, CULVERT_DECISION_ONCE);
  g_assert_cmpint (wait.n_asked, ==, 0);
}

/* Whoever is asked whether to go on may itself answer. */
static gboolean
answer_while_asked_cb (gpointer user_data)
{
  answer (user_data, CULVERT_DECISION_ONCE, "x", NULL);
  return FALSE;
}

static void
test_answered_while_asked (void)
{
  g_autoptr (CulvertPrompt) prompt = make (1);

  g_assert_cmpint (culvert_prompt_wait (prompt, 1, answer_while_asked_cb, prompt), ==,
                   CULVERT_DECISION_ONCE);
  g_assert_false (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (prompt)));
}

/* Many threads answer and withdraw at once: one of them counts, and all agree on which. */
#define N_RACERS 8
#define N_RACES  200

typedef struct
{
  CulvertPrompt *prompt;
  guint          number;
} Racer;

static gpointer
racer_thread (gpointer data)
{
  Racer           *racer = data;
  g_autofree char *text = g_strdup_printf ("%u", racer->number);

  if (racer->number == 0)
    culvert_prompt_withdraw (racer->prompt);
  else
    answer (racer->prompt, CULVERT_DECISION_ONCE, text, NULL);
  return NULL;
}

static void
test_race (void)
{
  for (guint race = 0; race < N_RACES; race++)
    {
      g_autoptr (CulvertPrompt) prompt = make (1);
      Called                    called = { 0 };
      Racer                     racers[N_RACERS];
      GThread                  *threads[N_RACERS];
      gboolean                  is_withdrawn;

      culvert_prompt_set_answered_func (prompt, NULL, called_cb, &called, destroyed_cb);
      for (guint i = 0; i < N_RACERS; i++)
        {
          racers[i] = (Racer){ prompt, (i + race) % N_RACERS };
          threads[i] = g_thread_new ("racer", racer_thread, &racers[i]);
        }
      for (guint i = 0; i < N_RACERS; i++)
        g_thread_join (threads[i]);
      culvert_test_wait_until (called.n_destroyed == 1, DEADLINE_MS);
      g_assert_cmpuint (called.n_calls, ==, 1);
      is_withdrawn = g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (prompt));
      g_assert_true (is_withdrawn ==
                     (culvert_prompt_get_decision (prompt) == CULVERT_DECISION_NONE));
      g_assert_true (is_withdrawn == (secret (prompt, 0) == NULL));
    }
}

/* Nothing in a question can move a cursor, turn a line round or hide in it, whoever wrote it. */
static void
test_is_printable (void)
{
  CulvertPromptField         field = { (char *)"line\n\x1b[2JCode\xe2\x80\x8b: ", FALSE };
  CulvertPromptFields        given = { .kind = CULVERT_PROMPT_QUESTIONS,
                                       .user = "al\xe2\x80\xaeice",
                                       .host = "ser\xe2\x80\x8bver",
                                       .title = "two\nlines",
                                       .instruction = "first\r\nsecond\x07",
                                       .key_file = "/k\n",
                                       .fields = &field,
                                       .n_fields = 1 };
  g_autoptr (CulvertPrompt)  prompt = culvert_prompt_new (&given);
  const CulvertPromptFields *fields = culvert_prompt_get_fields (prompt);

  g_assert_cmpstr (fields->user, ==, "al\\u202eice");
  g_assert_cmpstr (fields->host, ==, "ser\\u200bver");
  g_assert_cmpstr (fields->title, ==, "two\\nlines");
  g_assert_cmpstr (fields->instruction, ==, "first\nsecond\\x07");
  g_assert_cmpstr (fields->key_file, ==, "/k\\n");
  g_assert_cmpstr (fields->fields[0].text, ==, "line\n\\x1b[2JCode\\u200b: ");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/prompt/fields-are-copied", test_fields_are_copied);
  g_test_add_func ("/core/prompt/is-printable", test_is_printable);
  g_test_add_func ("/core/prompt/tunnel", test_tunnel);
  g_test_add_func ("/core/prompt/answer", test_answer);
  g_test_add_func ("/core/prompt/first-answer-counts", test_first_answer_counts);
  g_test_add_func ("/core/prompt/answer-of-other-size", test_answer_of_other_size);
  g_test_add_func ("/core/prompt/withdraw", test_withdraw);
  g_test_add_func ("/core/prompt/called-back", test_called_back);
  g_test_add_func ("/core/prompt/called-back-when-already-answered",
                   test_called_back_when_already_answered);
  g_test_add_func ("/core/prompt/called-back-when-withdrawn", test_called_back_when_withdrawn);
  g_test_add_func ("/core/prompt/called-back-in-its-context", test_called_back_in_its_context);
  g_test_add_func ("/core/prompt/never-answered", test_never_answered);
  g_test_add_func ("/core/prompt/wait-for-answer", test_wait_for_answer);
  g_test_add_func ("/core/prompt/wait-is-woken", test_wait_is_woken);
  g_test_add_func ("/core/prompt/wait-until-withdrawn", test_wait_until_withdrawn);
  g_test_add_func ("/core/prompt/wait-gives-up", test_wait_gives_up);
  g_test_add_func ("/core/prompt/wait-when-already-answered", test_wait_when_already_answered);
  g_test_add_func ("/core/prompt/answered-while-asked", test_answered_while_asked);
  g_test_add_func ("/core/prompt/race", test_race);

  return g_test_run ();
}
