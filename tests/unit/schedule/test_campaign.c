/* Steps' names, the choice of a campaign, and the stable words of reasons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schedule/campaign.h"
#include "schedule/reason.h"

static void
a_step_has_one_name(void **state)
{
	static const char *const good[] = {"+0/sms",   "+7/sms",   "-3/sms",    "+24/task",
					   "+10/call", "-365/sms", "+3650/task"};
	static const char *const bad[] = {
	    "",        "+",     "+7",        "7/sms",    "+07/sms",    "-0/sms",  "+7/",   "+7/fax",
	    "+7/smss", "+7/sm", "+3651/sms", "-366/sms", "+99999/sms", "+1 /sms", "+1/SMS"};
	enum campaign_channel channel;
	int day;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		char out[CAMPAIGN_STEP_TEXT];
		assert_int_equal(campaign_step_parse(good[i], strlen(good[i]), &day, &channel), 0);
		campaign_step_format(day, channel, out);
		assert_string_equal(out, good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_true(campaign_step_parse(bad[i], strlen(bad[i]), &day, &channel) < 0);
	/* the length rules, not a NUL */
	assert_int_equal(campaign_step_parse("+7/smsX", 6, &day, &channel), 0);
}

static const char *
field(void *ctx, const char *name)
{
	const char *const *pairs = ctx;

	for (; *pairs; pairs += 2) {
		if (strcmp(pairs[0], name) == 0)
			return pairs[1];
	}
	return NULL;
}

static void
the_first_campaign_that_selects_it(void **state)
{
	const char *const values[] = {"payday", "salary"}, *const early[] = {"early"};
	const struct campaign_select select[] = {
	    {.field = "product", .values = values, .n_values = 2},
	    {.field = "segment", .values = early, .n_values = 1}};
	const struct campaign_figures none = {0};
	const struct campaign all = {.name = "b", .priority = 100};
	const struct campaign same = {.name = "a", .priority = 100};
	const struct campaign narrow = {
	    .name = "z", .priority = 10, .select = select, .n_select = 2};
	const struct campaign *list[] = {&all, &same, &narrow};
	const char *match[] = {"product", "salary", "segment", "early", NULL};
	const char *half[] = {"product", "salary", NULL};

	(void)state;
	qsort(list, 3, sizeof list[0], campaign_order);
	assert_ptr_equal(list[0], &narrow);
	assert_ptr_equal(list[1], &same);
	assert_ptr_equal(campaign_of(list, 3, &none, field, match), &narrow);
	assert_ptr_equal(campaign_of(list, 3, &none, field, half), &same);
	assert_null(campaign_of(list, 1, &none, field, half));
}

static void
reasons_are_words_that_come_back(void **state)
{
	(void)state;
	for (int i = 0; i < REASON_COUNT; i++) {
		assert_int_equal(reason_parse(reason_word((enum reason)i)), i);
		assert_true(strlen(reason_what((enum reason)i)) > 5);
	}
	assert_int_equal(reason_parse("nonsense"), REASON_COUNT);
	assert_string_equal(reason_word(REASON_PROMISE_OPEN), "promise_open");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_step_has_one_name),
	    cmocka_unit_test(the_first_campaign_that_selects_it),
	    cmocka_unit_test(reasons_are_words_that_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
