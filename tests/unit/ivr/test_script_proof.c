/* Each rule of the proof broken by itself: one complaint, at its place, and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ivr/script_proof.h"
#include "ivr/script_run.h"
#include "script_maker.h"

static struct script_fault faults[20];
static int n_faults;

static void
on_fault(void *ctx, const struct script_fault *fault)
{
	(void)ctx;
	if (n_faults < 20)
		faults[n_faults] = *fault;
	n_faults++;
}

static int64_t
two_seconds(void *ctx, const char *language, const struct script_text *text)
{
	(void)ctx;
	(void)text;
	return strcmp(language, "es") == 0 ? 2000 : 1000;
}

static bool
finds_loan(void *ctx, const char *language, const char *text, size_t len, size_t *at, size_t *word)
{
	const char *found = memmem(text, len, "loan", 4);

	(void)ctx;
	(void)language;
	if (found == NULL)
		return false;
	*at = (size_t)(found - text);
	*word = 4;
	return true;
}

static struct script_rules rules = {
    .complain = on_fault, .length = two_seconds, .names_debt = finds_loan};

static struct script_proof
prove(struct made *m)
{
	struct script_proof proof;
	bool proven;

	n_faults = 0;
	made_link(m);
	proven = script_prove(&m->script, &rules, &proof);
	assert_int_equal(proven, proof.errors == 0);
	assert_int_equal(proof.errors + proof.warnings, n_faults);
	return proof;
}

/* One complaint, which holds `words`, at the line; the script is dropped. */
static void
one_fault(struct made *m, bool warning, int line, const char *words)
{
	struct script_proof proof = prove(m);

	if (n_faults != 1)
		fail_msg("%d complaints: %s | %s", n_faults, n_faults > 0 ? faults[0].text : "",
			 n_faults > 1 ? faults[1].text : "");
	if (strstr(faults[0].text, words) == NULL)
		fail_msg("`%s` lacks `%s`", faults[0].text, words);
	assert_int_equal(faults[0].line, line);
	assert_int_equal(proof.errors, warning ? 0 : 1);
	if (!warning)
		assert_int_equal(proof.longest_ms, 0);
	free(m);
}

static void
test_the_reminder_is_proven(void **state)
{
	struct made *m = made_reminder();
	struct script_proof proof = prove(m);

	(void)state;
	assert_int_equal(n_faults, 0);
	assert_true(proof.longest_ms > proof.plain_ms);
	assert_true(script_knows(&m->script, script_find(&m->script, "debt")));
	assert_true(script_knows(&m->script, script_find(&m->script, "promised")));
	assert_false(script_knows(&m->script, script_find(&m->script, "verify")));
	assert_false(script_knows(&m->script, script_find(&m->script, "bye")));
	free(m);
}

static void
test_jumps_resolve(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	made_find(m, "hello")->next = made_to("whoo");
	prove(m);
	assert_string_equal(faults[0].text, "there is no step `whoo`");
	assert_string_equal(faults[0].unknown, "whoo");
	assert_int_equal(faults[0].col, 7);
	free(m);

	m = made_reminder(); /* said once, taken over by many */
	m->silent = made_to("nowhere");
	for (size_t i = 0; i < m->script.n; i++)
		m->steps[i].silent.name = NULL;
	one_fault(m, false, 900, "there is no step `nowhere`");

	m = made_reminder();
	made_find(m, "debt")->next.name = NULL;
	prove(m);
	assert_non_null(strstr(faults[0].text, "`debt` does not say where it goes: `next: STEP`"));
	assert_int_equal(faults[0].line, made_find(m, "debt")->line);
	free(m);

	m = made_reminder();
	m->script.stop.name = NULL;
	prove(m);
	assert_non_null(strstr(faults[0].text, "key 9"));
	free(m);
}

static void
test_steps_are_reached_and_end(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	made_step(m, "lonely", SCRIPT_END, "nobody hears this");
	one_fault(m, true, (int)m->script.n * 10, "no way leads to step `lonely`");

	m = made_reminder(); /* a round without a way out */
	made_find(m, "paid")->next = made_to("round");
	made_next(m, "round", SCRIPT_SAY, "and on", "round");
	prove(m);
	assert_int_equal(n_faults, 2); /* from `paid` a failure leads out */
	assert_non_null(strstr(faults[0].text, "from step `round` no way leads to an end"));
	assert_non_null(strstr(faults[1].text, "comes from step `round` back to it"));
	free(m);
}

static void
test_silence_never_goes_round(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	made_find(m, "choose")->silent = made_to("debt");
	one_fault(m, false, made_find(m, "debt")->line, "presses nothing");
	m = made_reminder();
	made_find(m, "who")->wrong = made_to("who");
	one_fault(m, false, made_find(m, "who")->line, "presses nothing");
}

static void
test_every_language_has_every_text(void **state)
{
	struct made *m = made_reminder();
	struct script_text *texts =
	    m->texts + (made_find(m, "who")->prompts[SCRIPT_HELP].texts - m->texts);

	(void)state;
	texts[1].source = NULL;
	one_fault(m, false, made_find(m, "who")->line, "`help` has no text in `es`");

	m = made_reminder();
	made_find(m, "choose")->prompts[SCRIPT_MAIN].texts = NULL;
	one_fault(m, false, made_find(m, "choose")->line, "says nothing");
}

/* What is wrong behind a start that nobody finds is told at once, too. */
static void
test_an_unknown_start_hides_nothing(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	m->script.start = made_to("helo");
	made_say(m, made_find(m, "who"), SCRIPT_MAIN, "{{amount}}?");
	prove(m);
	assert_int_equal(n_faults, 3); /* and one in each language */
	assert_string_equal(faults[0].unknown, "helo");
	assert_true(faults[1].sure);
	assert_non_null(strstr(faults[1].text, "{{amount}} is said before a `check`"));
	free(m);
}

static void
test_what_is_gathered_is_read_back(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	made_find(m, "when")->prompts[SCRIPT_CONFIRM].texts = NULL;
	one_fault(m, false, made_find(m, "when")->line, "not read back");

	m = made_reminder();
	made_say(m, made_find(m, "part"), SCRIPT_CONFIRM, "right?");
	prove(m);
	assert_int_equal(n_faults, 2); /* in each language */
	assert_non_null(strstr(faults[0].text, "{{promise_amount}} does not stand here"));
	free(m);
}

/* ---- no debt before the right party ---- */

static void
one_leak(struct made *m, const char *words)
{
	prove(m);
	assert_int_equal(n_faults, 2); /* English and Spanish */
	if (strstr(faults[0].text, words) == NULL)
		fail_msg("`%s` lacks `%s`", faults[0].text, words);
	free(m);
}

static void
test_no_debt_for_strangers(void **state)
{
	static const char *const fields[] = {"amount",     "amount_oldest", "balance",
					     "due_date",   "days_overdue",  "product",
					     "account_id", "segment",       "plate_number"};

	(void)state;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		struct made *m = made_reminder();
		char text[64], words[128];

		snprintf(text, sizeof text, "about {{%s}}", fields[i]);
		snprintf(words, sizeof words, "{{%s}} is said before a `check`", fields[i]);
		made_say(m, made_find(m, "who"), SCRIPT_HELP + 1, text);
		one_leak(m, words);
	}
}

/* By whatever way a stranger comes there. */
static void
test_every_way_past_the_check_is_seen(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	made_find(m, "verify")->silent = made_to("debt");
	prove(m);
	assert_non_null(strstr(faults[0].text, "{{amount}}"));
	assert_non_null(strstr(faults[0].text, "on the way hello > who > verify > debt"));
	free(m);

	m = made_reminder();
	made_find(m, "verify")->wrong = made_to("debt");
	assert_true(prove(m).errors > 0);
	free(m);

	m = made_reminder();
	made_find(m, "who")->key[7] = made_to("choose");
	assert_true(prove(m).errors > 0);
	assert_non_null(strstr(faults[0].text, "hello > who > choose"));
	free(m);

	m = made_reminder(); /* the farewell is said to anybody */
	made_say(m, made_find(m, "sorry"), SCRIPT_MAIN, "{{balance}}");
	one_leak(m, "on the way sorry");

	m = made_reminder();
	made_say(m, made_find(m, "stopped"), SCRIPT_MAIN, "{{balance}}");
	one_leak(m, "on the way hello > who > stopped");
}

static void
test_words_of_debt_are_debt(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	made_say(m, made_find(m, "hello"), SCRIPT_MAIN, "About your loan");
	prove(m);
	assert_int_equal(n_faults, 2);
	assert_non_null(strstr(faults[0].text, "`loan` speaks of a debt"));
	assert_int_equal(faults[0].col, 12);
	free(m);

	m = made_reminder(); /* known people may hear it */
	made_say(m, made_find(m, "paid"), SCRIPT_MAIN, "your loan");
	prove(m);
	assert_int_equal(n_faults, 0);
	free(m);
}

static void
test_the_lender_is_hidden_where_the_rules_ask(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	made_say(m, made_find(m, "hello"), SCRIPT_MAIN, "This is {{lender}}");
	assert_int_equal(prove(m).errors, 0);
	rules.hide_lender = true;
	assert_int_equal(prove(m).errors, 2);
	rules.hide_lender = false;
	free(m);
}

static void
test_check_digits_are_never_said(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	made_say(m, made_find(m, "promised"), SCRIPT_MAIN, "noted {{check}}");
	one_leak(m, "check digits are never said");
}

static void
test_outcomes_of_the_right_party(void **state)
{
	static const uint8_t kinds[] = {SCRIPT_PAID, SCRIPT_DISPUTE, SCRIPT_CANNOT_PAY,
					SCRIPT_DETAILS};

	(void)state;
	for (size_t i = 0; i < sizeof kinds; i++) {
		struct made *m = made_reminder();

		made_find(m, "not_me")->outcome = kinds[i];
		one_fault(m, false, made_find(m, "not_me")->line,
			  "noted before a `check` has shown who it is");
	}
	for (int kind = 0; kind < SCRIPT_OUTCOMES; kind++)
		if (!script_outcome_is_step((enum script_outcome_kind)kind)) {
			struct made *m = made_reminder();

			made_find(m, "paid")->outcome = (uint8_t)kind;
			one_fault(m, false, made_find(m, "paid")->line, "noted by itself");
		}
}

/* ---- what was gathered ---- */

static void
test_a_promise_has_a_day_on_every_way(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	made_find(m, "choose")->key[8] = made_to("promised");
	one_fault(m, false, made_find(m, "promised")->line, "a promise needs a day");

	m = made_reminder(); /* nor one that was asked for and not confirmed */
	made_find(m, "when")->silent = made_to("promised");
	one_fault(m, false, made_find(m, "promised")->line, "a promise needs a day");

	m = made_reminder(); /* not even when another was confirmed before */
	made_find(m, "when")->next = made_to("again");
	made_next(m, "again", SCRIPT_GATHER, "once more", "promised")->silent = made_to("promised");
	made_say(m, made_find(m, "again"), SCRIPT_CONFIRM, "{{promise_date}}?");
	one_fault(m, false, made_find(m, "promised")->line, "a promise needs a day");
}

static void
test_values_are_said_once_known(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	made_say(m, made_find(m, "promised"), SCRIPT_MAIN, "{{promise_amount}}");
	prove(m);
	assert_int_equal(n_faults, 2); /* by key 1 no amount was asked for */
	assert_non_null(strstr(faults[0].text, "choose > when > promised"));
	free(m);

	m = made_reminder(); /* asking again, it is known no more */
	made_say(m, made_find(m, "when"), SCRIPT_HELP, "not {{promise_date}}");
	prove(m);
	assert_int_equal(n_faults, 2);
	free(m);
}

static void
test_farewells_ask_nothing(void **state)
{
	struct made *m = made_reminder();

	(void)state;
	m->script.trouble = made_to("who");
	for (size_t i = 0; i < m->script.n; i++)
		m->steps[i].failed.name = NULL;
	assert_true(prove(m).errors > 0);
	assert_non_null(strstr(faults[1].text, "only something is said"));
	free(m);
}

/* ---- time ---- */

/* hello 2 s, a menu, bye 2 s: figures that can be added up by hand. */
static struct made *
made_short(void)
{
	struct made *m = made_new();
	struct script_step *s;

	m->script.start = made_to("hello");
	m->script.stop = made_to("bye");
	m->script.trouble = made_to("bye");
	m->silent = m->wrong = made_to("bye");
	made_next(m, "hello", SCRIPT_SAY, "hello", "who");
	s = made_step(m, "who", SCRIPT_MENU, "who");
	s->key[1] = made_to("bye");
	made_step(m, "bye", SCRIPT_END, "bye");
	made_link(m);
	return m;
}

static void
test_times_add_up(void **state)
{
	struct made *m = made_short();
	struct script_proof proof = prove(m);

	(void)state;
	assert_int_equal(n_faults, 0);
	/* hello, the menu once (2 + 6 s), bye */
	assert_int_equal(proof.plain_ms, 2000 + 8000 + 2000);
	/* the menu five times, one store of a stop; bye, and bye again for trouble */
	assert_int_equal(proof.longest_ms, 2000 + 5 * 8000 + SCRIPT_STORE_MS + 2000 + 2000);

	/* a way back: hello and the menu may each be gone to again and again */
	made_find(m, "who")->key[2] = made_to("hello");
	proof = prove(m);
	assert_int_equal(proof.plain_ms, 12000);
	assert_int_equal(proof.longest_ms,
			 SCRIPT_VISITS * (2000 + 5 * 8000 + SCRIPT_STORE_MS) + 2000 + 2000);

	/* the clock ends it before: the longest stretch is one round of the menu */
	m->script.longest_ms = 30000;
	proof = prove(m);
	assert_int_equal(proof.longest_ms, 30000 + 8000 + 2 * SCRIPT_STORE_MS + 2000);

	/* time for a caller without mistakes there must be */
	m->script.longest_ms = 11000;
	assert_int_equal(prove(m).errors, 1);
	assert_non_null(strstr(faults[0].text, "may need 12 s"));
	free(m);
}

static void
test_a_script_without_steps(void **state)
{
	struct made *m = made_new();

	(void)state;
	assert_int_equal(prove(m).errors, 1);
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_reminder_is_proven),
	    cmocka_unit_test(test_jumps_resolve),
	    cmocka_unit_test(test_steps_are_reached_and_end),
	    cmocka_unit_test(test_silence_never_goes_round),
	    cmocka_unit_test(test_every_language_has_every_text),
	    cmocka_unit_test(test_an_unknown_start_hides_nothing),
	    cmocka_unit_test(test_what_is_gathered_is_read_back),
	    cmocka_unit_test(test_no_debt_for_strangers),
	    cmocka_unit_test(test_every_way_past_the_check_is_seen),
	    cmocka_unit_test(test_words_of_debt_are_debt),
	    cmocka_unit_test(test_the_lender_is_hidden_where_the_rules_ask),
	    cmocka_unit_test(test_check_digits_are_never_said),
	    cmocka_unit_test(test_outcomes_of_the_right_party),
	    cmocka_unit_test(test_a_promise_has_a_day_on_every_way),
	    cmocka_unit_test(test_values_are_said_once_known),
	    cmocka_unit_test(test_farewells_ask_nothing),
	    cmocka_unit_test(test_times_add_up),
	    cmocka_unit_test(test_a_script_without_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
