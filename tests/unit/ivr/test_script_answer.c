/* What typed keys mean: days, amounts, digits, and what is refused. */
#include "script_caller.h"

struct typed {
	int gather; /* enum script_gather */
	const char *keys;
	int64_t value; /* day after today, minor units; -1: refused */
};

static const struct typed typed[] = {
    {SCRIPT_DATE, "15", 0}, /* today */
    {SCRIPT_DATE, "16", 1},
    {SCRIPT_DATE, "5", 20},
    {SCRIPT_DATE, "14", 29},
    {SCRIPT_DATE, "31", -1}, /* September has none, and October's is too far */
    {SCRIPT_DATE, "0", -1},
    {SCRIPT_DATE, "32", -1},
    {SCRIPT_DATE, "1610", 31},
    {SCRIPT_DATE, "1710", -1}, /* beyond 31 days */
    {SCRIPT_DATE, "1016", 31}, /* month first, where only that can be meant */
    {SCRIPT_DATE, "0910", 24},
    {SCRIPT_DATE, "1009", 24}, /* the tenth of September is past */
    {SCRIPT_DATE, "3009", 15},
    {SCRIPT_DATE, "150", -1},
    {SCRIPT_DATE, "1409", -1}, /* yesterday */
    {SCRIPT_DAYS, "0", 0},
    {SCRIPT_DAYS, "1", 1},
    {SCRIPT_DAYS, "31", 31},
    {SCRIPT_DAYS, "32", -1},
    {SCRIPT_AMOUNT, "0", -1},
    {SCRIPT_AMOUNT, "1", 100},
    {SCRIPT_AMOUNT, "0*01", 1},
    {SCRIPT_AMOUNT, "3000", 300000},
    {SCRIPT_AMOUNT, "3000*1", -1},
    {SCRIPT_AMOUNT, "10*555", -1},
    {SCRIPT_AMOUNT, "*50", 50},
    {SCRIPT_AMOUNT, "12*", 1200},
    {SCRIPT_AMOUNT, "9999999999", -1},
    {SCRIPT_AMOUNT, "1**", -1},
};

static void
test_what_keys_mean(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
		struct call c = call();
		struct script_step *s =
		    made_find(c.m, typed[i].gather == SCRIPT_AMOUNT ? "part" : "when");
		int64_t got = -1;

		s->gather = (uint8_t)typed[i].gather;
		s->max_keys = typed[i].gather == SCRIPT_DAYS ? 2 : 6;
		verify(&c);
		press(&c, typed[i].gather == SCRIPT_AMOUNT ? "2" : "1");
		press(&c, typed[i].keys);
		if (c.now.act == SCRIPT_LISTEN)
			press(&c, "#");
		if (c.now.act == SCRIPT_PLAY && c.now.prompts[0].which == SCRIPT_CONFIRM)
			got = typed[i].gather == SCRIPT_AMOUNT ? c.run.amount : c.run.day - TODAY;
		if (got != typed[i].value)
			fail_msg("%s: %d, not %d", typed[i].keys, (int)got, (int)typed[i].value);
		drop(&c);
	}
}

static void
test_days_at_the_end_of_months_and_years(void **state)
{
	static const struct {
		int32_t today;
		const char *keys;
		int ahead;
	} cases[] = {
	    {20512, "29#", -1}, /* 2026-02-28: none before 29 March, 29 days ahead */
	    {20512, "1#", 1},   {20512, "2#", 2},  {20453, "1#", 1}, /* 2025-12-31 */
	    {20453, "0101", 1}, {20453, "31#", 0}, /* 2026-01-31 is 31 days ahead, today nearer */
	    {19781, "29#", 1},                     /* 2024-02-28: a leap year */
	    {19781, "2902", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct call c = call();

		c.facts.today = cases[i].today;
		c.facts.ahead = i == 0 ? 28 : 31;
		verify(&c);
		press(&c, "1");
		press(&c, cases[i].keys);
		if (cases[i].ahead < 0)
			assert_int_equal(c.run.day, SCRIPT_NO_DAY);
		else
			assert_int_equal(c.run.day, cases[i].today + cases[i].ahead);
		drop(&c);
	}
}

static void
test_digits_have_length_and_range(void **state)
{
	struct call c = call();
	struct script_step *s = made_find(c.m, "part");
	struct script_value v;

	(void)state;
	s->gather = SCRIPT_DIGITS;
	s->min_keys = 3;
	s->max_keys = 4;
	s->min = 200;
	s->max = 5000;
	s->prompts[SCRIPT_CONFIRM].texts = NULL;
	verify(&c);
	press(&c, "2");
	press(&c, "12#"); /* short */
	hear_all(&c);
	press(&c, "199#"); /* small */
	assert_false(script_run_value(&c.run, "digits", 6, &v));
	hear_all(&c);
	press(&c, "0042"); /* the third slip */
	assert_string_equal(c.now.prompts[0].step->name, "bye");
	drop(&c);

	c = call();
	s = made_find(c.m, "part");
	s->gather = SCRIPT_DIGITS;
	s->max_keys = 4;
	s->prompts[SCRIPT_CONFIRM].texts = NULL;
	verify(&c);
	press(&c, "2");
	press(&c, "0420");
	assert_true(script_run_value(&c.run, "digits", 6, &v));
	assert_string_equal(v.digits, "0420");
	assert_string_equal(c.now.prompts[0].step->name, "when");
	drop(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_keys_mean),
	    cmocka_unit_test(test_days_at_the_end_of_months_and_years),
	    cmocka_unit_test(test_digits_have_length_and_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
