/* Steps' names, the choice of a campaign, and the stable words of reasons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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
	assert_ptr_equal(campaign_pick(list, 3, &none, field, match).of, &narrow);
	assert_ptr_equal(campaign_pick(list, 3, &none, field, half).of, &same);
	assert_null(campaign_pick(list, 1, &none, field, half).of);
}

/* ---- buckets and tracks ---- */

#define N_BOUNDS 4
static const int16_t bounds[N_BOUNDS] = {0, 30, 60, 90};

static void
buckets_have_their_last_days(void **state)
{
	(void)state;
	assert_int_equal(campaign_bucket(bounds, N_BOUNDS, -5), 0);
	assert_int_equal(campaign_bucket(bounds, N_BOUNDS, 0), 0);
	assert_int_equal(campaign_bucket(bounds, N_BOUNDS, 1), 1);
	assert_int_equal(campaign_bucket(bounds, N_BOUNDS, 30), 1);
	assert_int_equal(campaign_bucket(bounds, N_BOUNDS, 31), 2);
	assert_int_equal(campaign_bucket(bounds, N_BOUNDS, 90), 3);
	assert_int_equal(campaign_bucket(bounds, N_BOUNDS, 91), 4);
}

/* "-3/sms +1/sms": the steps of a track as text. */
static const char *
text_of(const struct campaign_step *steps, size_t n)
{
	static char text[512];
	char one[CAMPAIGN_STEP_TEXT];

	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		campaign_step_format(steps[i].day, (enum campaign_channel)steps[i].channel, one);
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s/%s",
			 i > 0 ? " " : "", one, steps[i].of->name);
	}
	return text;
}

static void
each_bucket_gives_the_steps_of_its_days(void **state)
{
	struct campaign soft = {.name = "soft"}, hard = {.name = "hard"};
	const struct campaign_step gentle[] = {{.day = -3, .of = &soft},
					       {.day = 1, .of = &soft},
					       {.day = 30, .of = &soft},
					       {.day = 31, .of = &soft}};
	const struct campaign_step firm[] = {{.day = 1, .of = &hard},
					     {.day = 31, .of = &hard},
					     {.day = 60, .channel = CAMPAIGN_LETTER, .of = &hard},
					     {.day = 91, .of = &hard}};
	struct campaign_pick pick[N_BOUNDS + 1] = {{&soft, NULL}, {&soft, NULL}, {&hard, NULL}};
	struct campaign_step out[16];
	size_t n;

	(void)state;
	soft.steps = gentle;
	soft.n_steps = 4;
	hard.steps = firm;
	hard.n_steps = 4;
	n = campaign_track(pick, bounds, N_BOUNDS, out);
	assert_int_equal(n, campaign_track(pick, bounds, N_BOUNDS, NULL));
	assert_string_equal(text_of(out, n),
			    "-3/sms/soft +1/sms/soft +30/sms/soft +31/sms/hard +60/letter/hard");
	pick[4].of = &hard;
	n = campaign_track(pick, bounds, N_BOUNDS, out);
	assert_string_equal(text_of(out, n), "-3/sms/soft +1/sms/soft +30/sms/soft +31/sms/hard "
					     "+60/letter/hard +91/sms/hard");
}

static void
a_lighter_track_keeps_what_is_mandatory(void **state)
{
	const struct campaign_select two = {.kind = CAMPAIGN_SELECT_KEPT, .min = 2, .max = 99};
	const struct campaign_select one = {.kind = CAMPAIGN_SELECT_KEPT, .min = 1, .max = 99};
	struct campaign light = {.name = "light", .priority = 1, .select = &two, .n_select = 1};
	struct campaign some = {.name = "some", .priority = 2, .select = &one, .n_select = 1};
	struct campaign full = {.name = "full", .priority = 3};
	const struct campaign_step few[] = {{.day = -3, .of = &light}};
	const struct campaign_step all[] = {{.day = -5, .mandatory = true, .of = &full},
					    {.day = -3, .mandatory = true, .of = &full},
					    {.day = 1, .of = &full},
					    {.day = 7, .mandatory = true, .of = &full}};
	const struct campaign *list[] = {&light, &some, &full};
	struct campaign_figures figures = {.kept = 2};
	struct campaign_pick pick;
	struct campaign_step out[16];

	(void)state;
	light.steps = some.steps = few;
	light.n_steps = some.n_steps = 1;
	full.steps = all;
	full.n_steps = 4;
	pick = campaign_pick(list, 3, &figures, field, NULL);
	assert_ptr_equal(pick.of, &light);
	assert_ptr_equal(pick.duty, &full); /* not `some`, which is a lighter one itself */
	assert_string_equal(text_of(out, campaign_track(&pick, bounds, 0, out)),
			    "-5/sms/full -3/sms/light +7/sms/full");
	figures.kept = 0;
	pick = campaign_pick(list, 3, &figures, field, NULL);
	assert_ptr_equal(pick.of, &full);
	assert_null(pick.duty);
}

static void
figures_are_within_their_range(void **state)
{
	const struct campaign_select select[] = {
	    {.kind = CAMPAIGN_SELECT_AMOUNT, .min = 10000, .max = 500000},
	    {.kind = CAMPAIGN_SELECT_BUCKET, .min = 1 << 1 | 1 << 2}};
	const struct campaign c = {.name = "c", .select = select, .n_select = 2};
	struct campaign_figures f = {.bucket = 1, .balance = 10000};

	(void)state;
	assert_true(campaign_selects(&c, &f, field, NULL));
	f.balance = 9999;
	assert_false(campaign_selects(&c, &f, field, NULL));
	f.balance = 500000;
	f.bucket = 2;
	assert_true(campaign_selects(&c, &f, field, NULL));
	f.bucket = 3;
	assert_false(campaign_selects(&c, &f, field, NULL));
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
	    cmocka_unit_test(buckets_have_their_last_days),
	    cmocka_unit_test(each_bucket_gives_the_steps_of_its_days),
	    cmocka_unit_test(a_lighter_track_keeps_what_is_mandatory),
	    cmocka_unit_test(figures_are_within_their_range),
	    cmocka_unit_test(reasons_are_words_that_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
