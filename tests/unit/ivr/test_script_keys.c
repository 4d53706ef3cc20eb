/* The engine in dialogues: keys early and late, silence, and slips. */
#include "script_caller.h"

/* ---- keys ---- */

static void
test_keys_ahead_are_kept_and_debt_is_still_said(void **state)
{
	struct call c = call();

	(void)state;
	answer(&c);
	press(&c, "1"); /* cuts the greeting short */
	assert_int_equal(c.now.act, SCRIPT_PLAY);
	assert_string_equal(c.now.prompts[0].step->name, "verify");
	press(&c, "1985");
	press(&c, "1"); /* while it is stored */
	store(&c, true);
	assert_string_equal(c.now.prompts[0].step->name, "debt");
	hear(&c);
	assert_string_equal(c.now.prompts[0].step->name, "when");
	assert_string_equal(c.said, "hello 1 verify ? ? ? ? =right_party (stored) debt 1 when");
	drop(&c);
}

static void
test_keys_ahead_never_confirm(void **state)
{
	struct call c = call();

	(void)state;
	verify(&c);
	press(&c, "1");
	press(&c, "22#1111");
	assert_int_equal(c.now.act, SCRIPT_PLAY);
	assert_int_equal(c.now.prompts[0].which, SCRIPT_CONFIRM);
	hear(&c);
	assert_int_equal(c.now.act, SCRIPT_LISTEN);
	assert_non_null(strstr(c.said, "when.confirm - - - -"));
	press(&c, "1");
	assert_int_equal(c.now.act, SCRIPT_KEEP);
	drop(&c);
}

/* Who presses the key of a language that cannot be said stays in theirs, and is not lost. */
static void
test_a_language_that_cannot_be_said_is_passed_over(void **state)
{
	struct call c = call();

	(void)state;
	c.facts.alone = true;
	answer(&c);
	hear(&c);
	press(&c, "2");
	assert_int_equal(c.now.act, SCRIPT_PLAY);
	assert_int_equal(c.now.language, c.run.facts.language);
	assert_int_equal(c.run.language, c.run.facts.language);
	drop(&c);
}

/* A word that is not ready must not let a day be confirmed that nobody heard. */
static void
test_what_cannot_be_read_back_is_not_confirmed(void **state)
{
	struct call c = call();

	(void)state;
	verify(&c);
	assert_int_equal(script_unsaid(&c.run, c.ms).act, SCRIPT_GO_ON);
	press(&c, "1");
	press(&c, "22#");
	assert_int_equal(c.now.prompts[0].which, SCRIPT_CONFIRM);
	c.now = script_unsaid(&c.run, c.ms);
	assert_int_equal(c.now.act, SCRIPT_PLAY);
	assert_string_equal(c.now.prompts[0].step->name, c.run.script->trouble.name);
	drop(&c);
}

/* Not even when all were typed before the question was asked; nor do they lead on from it. */
static void
test_keys_ahead_of_a_question_end_at_its_confirmation(void **state)
{
	struct call c = call();

	(void)state;
	answer(&c);
	press(&c, "11985");
	press(&c, "122#1"); /* while it is stored */
	store(&c, true);
	hear(&c);
	assert_int_equal(c.now.prompts[0].which, SCRIPT_CONFIRM);
	assert_non_null(strstr(c.said, "2 2 # - when.confirm"));
	assert_int_equal(c.run.n_ahead, 0);
	drop(&c);
}

/* A hash behind digits that are complete without it says nothing to the menu that follows, whether
 * it was typed ahead or while the right party is being stored. */
static void
test_a_hash_behind_complete_digits_is_passed_over(void **state)
{
	(void)state;
	for (int ahead = 0; ahead < 2; ahead++) {
		struct call c = call();

		answer(&c);
		if (ahead) {
			press(&c, "11985#");
		} else {
			hear_all(&c);
			press(&c, "1");
			hear_all(&c);
			press(&c, "1985");
			press(&c, "#");
		}
		store(&c, true);
		hear(&c);
		assert_int_equal(c.now.act, SCRIPT_PLAY);
		assert_string_equal(c.now.prompts[0].step->name, "choose");
		assert_null(strstr(c.said, "silence"));
		hear(&c);
		press(&c, "#"); /* this one answers the menu, with nothing */
		assert_non_null(strstr(c.said, "# (silence)"));
		drop(&c);
	}
}

static void
test_first_and_further_keys_have_their_own_time(void **state)
{
	struct call c = call();

	(void)state;
	verify(&c);
	press(&c, "1");
	hear(&c);
	assert_int_equal(c.now.until, c.ms + 6000);
	press(&c, "2");
	assert_int_equal(c.now.until, c.ms + 3000);
	press(&c, "0");
	wait_out(&c); /* short input waits no longer: the twentieth */
	assert_int_equal(c.now.prompts[0].which, SCRIPT_CONFIRM);
	assert_int_equal(c.run.day, TODAY + 5);
	drop(&c);
}

static void
test_hash_alone_is_no_input(void **state)
{
	struct call c = call();

	(void)state;
	answer(&c);
	hear_all(&c);
	press(&c, "#");
	assert_int_equal(c.now.n, 2);
	assert_string_equal(c.said, "hello who # (silence) who.help1 who");
	drop(&c);
}

static void
test_nine_stops_at_menus_alone(void **state)
{
	struct call c = call();

	(void)state;
	verify(&c);
	press(&c, "2"); /* an amount */
	hear(&c);
	press(&c, "99*99#");
	hear(&c);
	press(&c, "9"); /* read back: a slip, no stop */
	assert_null(strstr(c.said, "=stop"));
	hear(&c);
	press(&c, "1");
	hear(&c);
	press(&c, "9#");
	assert_null(strstr(c.said, "=stop"));
	drop(&c);

	c = call();
	answer(&c);
	press(&c, "9"); /* typed ahead of the menu, it was meant for it */
	assert_int_equal(c.now.act, SCRIPT_KEEP);
	assert_int_equal(c.now.outcome.kind, SCRIPT_STOP);
	store(&c, true);
	assert_string_equal(c.now.prompts[0].step->name, "stopped");
	end(&c);
	drop(&c);
}

static void
test_check_digits_are_written_nowhere(void **state)
{
	struct call c = call();

	(void)state;
	answer(&c);
	hear_all(&c);
	press(&c, "1");
	hear(&c);
	press(&c, "1984");
	press(&c, "1985");
	assert_null(strstr(c.said, "8"));
	assert_int_equal(c.run.keys, 9);
	drop(&c);
}

static void
test_letters_of_the_fourth_column_are_nothing(void **state)
{
	struct call c = call();

	(void)state;
	answer(&c);
	press(&c, "ABCDx");
	assert_int_equal(script_key(&c.run, '\0', c.ms).act, SCRIPT_GO_ON);
	assert_string_equal(c.said, "hello");
	assert_int_equal(c.run.keys, 0);
	drop(&c);
}

/* ---- silence and slips ---- */

static void
test_silence_is_asked_again_with_more_help_then_ends(void **state)
{
	struct call c = call();

	(void)state;
	answer(&c);
	for (int i = 0; i < 3; i++) {
		hear_all(&c);
		wait_out(&c);
	}
	end(&c);
	assert_string_equal(c.said, "hello who (silence) who.help1 who (silence) who.help2 who "
				    "(silence) bye (end)");
	drop(&c);
}

static void
test_silence_and_wrong_keys_are_counted_apart(void **state)
{
	struct call c = call();

	(void)state;
	answer(&c);
	for (int i = 0; i < 2; i++) {
		hear_all(&c);
		wait_out(&c);
		hear_all(&c);
		press(&c, "7");
	}
	hear_all(&c);
	assert_int_equal(c.now.act, SCRIPT_LISTEN);
	press(&c, "1");
	assert_string_equal(c.now.prompts[0].step->name, "verify");
	drop(&c);
}

static void
test_wrong_digits_never_reach_the_debt(void **state)
{
	static const char *const checks[] = {"1985", "", NULL, "123456789012345"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct call c = call();

		c.facts.check = checks[i];
		answer(&c);
		hear_all(&c);
		press(&c, "1");
		for (int k = 0; k < 3; k++) {
			hear_all(&c);
			press(&c, k == 0 ? "0000#" : k == 1 ? "*" : "198#");
		}
		end(&c);
		assert_false(c.run.known);
		assert_null(strstr(c.said, "debt"));
		assert_null(strstr(c.said, "="));
		drop(&c);
	}
}

static void
test_two_begins_the_answer_again(void **state)
{
	struct call c = call();
	struct script_value v;

	(void)state;
	verify(&c);
	press(&c, "1");
	hear(&c);
	press(&c, "22#");
	assert_true(script_run_value(&c.run, "promise_date", 12, &v));
	assert_int_equal(v.day, TODAY + 7);
	hear(&c);
	press(&c, "2");
	assert_false(script_run_value(&c.run, "promise_date", 12, &v));
	hear(&c);
	press(&c, "23#");
	hear(&c);
	press(&c, "1");
	assert_int_equal(c.now.outcome.day, TODAY + 8);
	drop(&c);
}

static void
test_an_unconfirmed_day_is_forgotten(void **state)
{
	struct call c = call();

	(void)state;
	verify(&c);
	press(&c, "1");
	hear(&c);
	press(&c, "22#");
	for (int i = 0; i < 3; i++) {
		hear_all(&c);
		wait_out(&c);
	}
	end(&c);
	assert_int_equal(c.run.day, SCRIPT_NO_DAY);
	assert_null(strstr(c.said, "=promise"));
	drop(&c);
}

/* An amount that was confirmed, then asked for again and not answered, is not promised. */
static void
test_an_amount_asked_for_again_is_forgotten(void **state)
{
	struct call c = call();

	(void)state;
	made_find(c.m, "part")->silent = made_to("when");
	made_find(c.m, "when")->wrong = made_to("part");
	made_link(c.m);
	verify(&c);
	press(&c, "2");
	press(&c, "700#");
	hear(&c);
	press(&c, "1");
	assert_int_equal(c.run.amount, 70000);
	for (int i = 0; i < 3; i++) {
		hear_all(&c);
		press(&c, "*");
	}
	for (int i = 0; i < 3; i++) {
		hear_all(&c);
		wait_out(&c);
	}
	hear_all(&c);
	press(&c, "22#");
	hear(&c);
	press(&c, "1");
	assert_int_equal(c.now.outcome.kind, SCRIPT_PROMISE);
	assert_int_equal(c.now.outcome.amount, -1);
	drop(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys_ahead_are_kept_and_debt_is_still_said),
	    cmocka_unit_test(test_keys_ahead_never_confirm),
	    cmocka_unit_test(test_what_cannot_be_read_back_is_not_confirmed),
	    cmocka_unit_test(test_a_language_that_cannot_be_said_is_passed_over),
	    cmocka_unit_test(test_keys_ahead_of_a_question_end_at_its_confirmation),
	    cmocka_unit_test(test_a_hash_behind_complete_digits_is_passed_over),
	    cmocka_unit_test(test_first_and_further_keys_have_their_own_time),
	    cmocka_unit_test(test_hash_alone_is_no_input),
	    cmocka_unit_test(test_nine_stops_at_menus_alone),
	    cmocka_unit_test(test_check_digits_are_written_nowhere),
	    cmocka_unit_test(test_letters_of_the_fourth_column_are_nothing),
	    cmocka_unit_test(test_silence_is_asked_again_with_more_help_then_ends),
	    cmocka_unit_test(test_silence_and_wrong_keys_are_counted_apart),
	    cmocka_unit_test(test_wrong_digits_never_reach_the_debt),
	    cmocka_unit_test(test_two_begins_the_answer_again),
	    cmocka_unit_test(test_an_unconfirmed_day_is_forgotten),
	    cmocka_unit_test(test_an_amount_asked_for_again_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
