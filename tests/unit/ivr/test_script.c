/* The engine in dialogues: promises, messages and people, hang-ups, stores that fail, time. What
 * keys and silence do is test_script_keys.c. */
#include "script_caller.h"

/* ---- the way it should go ---- */

static void
test_promise_of_a_part(void **state)
{
	struct call c = call();

	(void)state;
	verify(&c);
	assert_true(c.run.known);
	press(&c, "2");
	hear_all(&c);
	press(&c, "700*5#");
	hear(&c);
	press(&c, "1");
	hear_all(&c);
	press(&c, "22#");
	hear(&c);
	press(&c, "1");
	assert_int_equal(c.now.act, SCRIPT_KEEP);
	assert_int_equal(c.now.outcome.kind, SCRIPT_PROMISE);
	assert_int_equal(c.now.outcome.day, TODAY + 7);
	assert_int_equal(c.now.outcome.amount, 70050);
	assert_int_equal(c.now.outcome.ms, c.ms);
	store(&c, true);
	end(&c);
	assert_string_equal(c.said,
			    "hello who 1 verify ? ? ? ? =right_party (stored) debt choose 2 part 7 "
			    "0 0 * 5 # part.confirm 1 when 2 2 # when.confirm 1 =promise (stored) "
			    "promised bye (end)");
	drop(&c);
}

static void
test_nothing_is_thanked_before_it_is_stored(void **state)
{
	struct call c = call();

	(void)state;
	verify(&c);
	press(&c, "3");
	assert_int_equal(c.now.act, SCRIPT_KEEP);
	store(&c, false);
	assert_null(strstr(c.said, "paid"
				   " bye"));
	assert_string_equal(c.now.prompts[0].step->name, "sorry");
	end(&c);
	drop(&c);

	c = call();
	verify(&c);
	press(&c, "3");
	wait_out(&c); /* the store says nothing */
	assert_string_equal(c.now.prompts[0].step->name, "sorry");
	drop(&c);
}

/* Who could not be noted as the right party is not taken for it, nor told as it. */
static void
test_nobody_is_known_whom_the_store_does_not_know(void **state)
{
	struct call c = call();

	(void)state;
	answer(&c);
	hear_all(&c);
	press(&c, "11985");
	assert_int_equal(c.now.outcome.kind, SCRIPT_RIGHT_PARTY);
	assert_false(c.run.known);
	store(&c, false);
	assert_false(c.run.known);
	end(&c);
	assert_null(strstr(c.said, "debt"));
	drop(&c);
}

static void
test_a_late_answer_of_the_store_is_not_taken_for_another(void **state)
{
	struct call c = call();
	uint32_t old;

	(void)state;
	answer(&c);
	hear_all(&c);
	press(&c, "2"); /* Spanish: stored once the person is known */
	hear_all(&c);
	press(&c, "11985");
	old = c.now.outcome.token;
	assert_int_equal(c.now.outcome.kind, SCRIPT_RIGHT_PARTY);
	store(&c, true);
	assert_int_equal(c.now.outcome.kind, SCRIPT_SPOKEN_LANGUAGE);
	assert_int_equal(c.now.outcome.language, 1);
	assert_int_equal(script_stored(&c.run, old, false, c.ms).act, SCRIPT_GO_ON);
	store(&c, false); /* a language that cannot be kept ends no call */
	assert_string_equal(c.now.prompts[0].step->name, "debt");
	assert_string_equal(c.now.prompts[0].text->source, "es {{amount}} was due");
	drop(&c);
}

static void
test_language_of_a_stranger_is_not_kept(void **state)
{
	struct call c = call();

	(void)state;
	answer(&c);
	hear_all(&c);
	press(&c, "2");
	assert_int_equal(c.now.language, 1);
	assert_string_equal(c.said, "hello who 2 es:who");
	take(&c, script_hung_up(&c.run, c.ms));
	assert_int_equal(c.now.act, SCRIPT_OVER);
	assert_null(strstr(c.said, "="));
	drop(&c);
}

/* ---- messages and people ---- */

static void
test_a_message_is_kept_by_a_key_by_time_and_by_hanging_up(void **state)
{
	(void)state;
	for (int how = 0; how < 4; how++) {
		struct call c = call();

		verify(&c);
		press(&c, "5");
		hear(&c);
		assert_int_equal(c.now.act, SCRIPT_TAPE);
		c.ms += 5000;
		if (how == 0)
			press(&c, "1");
		else if (how == 1)
			wait_out(&c);
		else if (how == 2)
			take(&c, script_taped(&c.run, c.ms));
		else
			take(&c, script_hung_up(&c.run, c.ms));
		assert_int_equal(c.now.act, SCRIPT_KEEP);
		assert_int_equal(c.now.outcome.kind, SCRIPT_MESSAGE);
		assert_int_equal(c.now.outcome.message_ms, how == 0   ? 5300
							   : how == 1 ? 20000
								      : 5000);
		store(&c, true);
		if (how == 3)
			assert_int_equal(c.now.act, SCRIPT_OVER);
		else
			end(&c);
		drop(&c);
	}
}

/* Nobody spoke: what was recorded until that was noticed is no message. */
static void
test_silence_is_no_message(void **state)
{
	struct call c = call();

	(void)state;
	verify(&c);
	press(&c, "5");
	hear(&c);
	assert_int_equal(script_time(&c.run, c.ms + 6000).act, SCRIPT_GO_ON);
	take(&c, script_taped(&c.run, c.ms + 500));
	assert_int_equal(c.now.act, SCRIPT_PLAY);
	assert_null(strstr(c.said, "=message"));
	end(&c);
	drop(&c);
}

static void
test_no_message_is_nothing(void **state)
{
	struct call c = call();

	(void)state;
	verify(&c);
	press(&c, "5");
	hear(&c);
	c.ms += 1000;
	take(&c, script_hung_up(&c.run, c.ms));
	assert_int_equal(c.now.act, SCRIPT_OVER);
	assert_null(strstr(c.said, "=message"));
	drop(&c);
}

static void
test_a_person_comes_or_does_not(void **state)
{
	static const char *const endings[] = {"human.wait (end)", "human.wait human bye (end)",
					      "human.wait human bye (end)", "human bye (end)"};

	(void)state;
	for (int how = 0; how < 4; how++) {
		struct call c = call();

		c.facts.person = how < 3;
		verify(&c);
		press(&c, "0");
		assert_int_equal(c.now.outcome.kind, SCRIPT_HUMAN);
		store(&c, true);
		if (how < 3) {
			hear(&c);
			assert_int_equal(c.now.act, SCRIPT_CONNECT);
		}
		if (how == 0) {
			take(&c, script_person(&c.run, true, c.ms + 5000));
			assert_int_equal(c.now.act, SCRIPT_OVER);
		} else if (how == 1) {
			take(&c, script_person(&c.run, false, c.ms + 5000));
		} else if (how == 2) {
			wait_out(&c);
		}
		if (how > 0)
			end(&c);
		assert_string_equal(strstr(c.said, "(stored) human") + 9, endings[how]);
		drop(&c);
	}
}

/* ---- hanging up, time, loops ---- */

/* A dialogue with everything, cut off after each event in turn. */
static void
test_hanging_up_anywhere_keeps_what_was_confirmed(void **state)
{
	static const char script[] = ".."
				     "1"
				     "."
				     "1985"
				     "s"
				     ".."
				     "2"
				     "."
				     "5#"
				     "."
				     "1"
				     "."
				     "22#"
				     "."
				     "1"
				     "s"
				     "..";

	(void)state;
	for (size_t cut = 0; cut <= sizeof script - 1; cut++) {
		struct call c = call();
		size_t promise = 0;

		answer(&c);
		for (size_t i = 0; i < cut; i++) {
			if (script[i] == '.')
				hear(&c);
			else if (script[i] == 's')
				store(&c, true);
			else
				press(&c, (char[]){script[i], '\0'});
		}
		promise = strstr(c.said, "=promise") != NULL;
		take(&c, script_hung_up(&c.run, c.ms));
		if (c.now.act == SCRIPT_KEEP) /* it was on its way: it is waited for */
			store(&c, true);
		assert_int_equal(c.now.act, SCRIPT_OVER);
		assert_int_equal(promise, strstr(c.said, "=promise") != NULL);
		assert_int_equal(c.run.known, strstr(c.said, "=right_party") != NULL);
		assert_int_equal(promise, cut >= sizeof script - 1 - 3);
		drop(&c);
	}
}

static void
test_after_the_longest_time_nothing_new_begins(void **state)
{
	struct call c = call();

	(void)state;
	c.m->script.longest_ms = 30000;
	verify(&c);
	c.ms = 40000;
	press(&c, "1");
	assert_string_equal(c.now.prompts[0].step->name, "sorry");
	end(&c);
	assert_non_null(strstr(c.said, "(trouble)"));
	drop(&c);
}

static void
test_round_and_round_comes_to_an_end(void **state)
{
	struct call c = call();
	int rounds = 0;

	(void)state;
	verify(&c);
	while (c.now.act == SCRIPT_LISTEN && rounds++ < 100) {
		press(&c, "*");
		hear_all(&c);
	}
	assert_int_equal(rounds, SCRIPT_VISITS);
	assert_non_null(strstr(c.said, "(trouble) sorry (end)"));
	drop(&c);
}

static void
test_whole_prompts_are_said_whole(void **state)
{
	struct call c = call();

	(void)state;
	made_find(c.m, "hello")->whole = true;
	answer(&c);
	assert_true(c.now.whole);
	press(&c, "1");
	assert_string_equal(c.said, "hello");
	hear(&c);
	assert_string_equal(c.said, "hello 1 verify"); /* the key was kept */
	drop(&c);
}

/* What is not proven must not run away: nothing true is stored, and it ends. */
static void
test_an_unproven_promise_is_not_stored(void **state)
{
	struct made *m = made_new();
	struct call c = call_of(m);
	struct script_step *s;

	(void)state;
	m->script.start = made_to("promised");
	s = made_next(m, "promised", SCRIPT_OUTCOME, "noted", "promised");
	s->outcome = SCRIPT_PROMISE;
	made_link(m);
	answer(&c);
	assert_int_equal(c.now.act, SCRIPT_HANG_UP);
	drop(&c);
}

static void
test_names(void **state)
{
	struct made *m = made_reminder();
	char name[SCRIPT_NAME];
	const struct script_text *text = script_text(made_find(m, "hello"), SCRIPT_MAIN, 0);

	(void)state;
	assert_int_equal(script_language(&m->script, "es-CO"), 1);
	assert_int_equal(script_language(&m->script, "fil"), 0);
	assert_int_equal(script_language(&m->script, NULL), 0);
	assert_true(script_asks_check(&m->script));
	script_piece_name(&m->script, made_find(m, "hello"), SCRIPT_MAIN, text, &text->pieces[0],
			  name);
	assert_string_equal(name, "test.hello.1");
	text = script_text(made_find(m, "who"), SCRIPT_MAIN, 0);
	script_piece_name(&m->script, made_find(m, "who"), SCRIPT_MAIN, text, &text->pieces[0],
			  name);
	assert_string_equal(name, "test.who");
	text = script_text(made_find(m, "who"), SCRIPT_HELP + 1, 0);
	script_piece_name(&m->script, made_find(m, "who"), SCRIPT_HELP + 1, text, &text->pieces[0],
			  name);
	assert_string_equal(name, "test.who.help2");
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_promise_of_a_part),
	    cmocka_unit_test(test_nothing_is_thanked_before_it_is_stored),
	    cmocka_unit_test(test_nobody_is_known_whom_the_store_does_not_know),
	    cmocka_unit_test(test_a_late_answer_of_the_store_is_not_taken_for_another),
	    cmocka_unit_test(test_language_of_a_stranger_is_not_kept),
	    cmocka_unit_test(test_a_message_is_kept_by_a_key_by_time_and_by_hanging_up),
	    cmocka_unit_test(test_silence_is_no_message),
	    cmocka_unit_test(test_no_message_is_nothing),
	    cmocka_unit_test(test_a_person_comes_or_does_not),
	    cmocka_unit_test(test_hanging_up_anywhere_keeps_what_was_confirmed),
	    cmocka_unit_test(test_after_the_longest_time_nothing_new_begins),
	    cmocka_unit_test(test_round_and_round_comes_to_an_end),
	    cmocka_unit_test(test_whole_prompts_are_said_whole),
	    cmocka_unit_test(test_an_unproven_promise_is_not_stored),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
