/* Each kind of rule by itself, and which of several speaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schedule/policy.h"

static const struct civil_zone manila = {.first_offset = 8 * 3600};

/* A local time of September 2026; the 1st is a Tuesday. */
static int64_t
september(int day, int hour, int minute)
{
	return civil_instant(&manila, civil_day(2026, 9, day), hour * 3600 + minute * 60);
}

static struct policy_decision
ask(const struct policy *p, int64_t at, const struct policy_contact *contacts, size_t n)
{
	struct policy_question q = {.at = at,
				    .channel = CAMPAIGN_SMS,
				    .account = 1,
				    .number = 1,
				    .zone = &manila,
				    .contacts = contacts,
				    .n_contacts = n};

	return policy_decide(p, &q);
}

static int64_t
day_end(const struct policy *p, int64_t at)
{
	const struct policy_question q = {.at = at, .channel = CAMPAIGN_SMS, .zone = &manila};

	return policy_day_end(p, &q);
}

static void
the_base_hours(void **state)
{
	struct policy p;
	struct policy_decision d;

	(void)state;
	policy_base(&p);
	assert_int_equal(ask(&p, september(1, 8, 0), NULL, 0).answer, POLICY_ALLOW);
	assert_int_equal(ask(&p, september(1, 19, 44), NULL, 0).answer, POLICY_ALLOW);
	assert_int_equal(ask(&p, september(6, 12, 0), NULL, 0).answer, POLICY_ALLOW);
	d = ask(&p, september(1, 7, 59), NULL, 0);
	assert_int_equal(d.answer, POLICY_DEFER);
	assert_int_equal(d.reason, REASON_WINDOW);
	assert_string_equal(d.rule, "base.window");
	assert_int_equal(d.until, september(1, 8, 0));
	d = ask(&p, september(1, 19, 45), NULL, 0);
	assert_int_equal(d.until, september(2, 8, 0));
	assert_int_equal(day_end(&p, september(1, 12, 0)), september(1, 20, 0));
	assert_int_equal(day_end(&p, september(1, 21, 0)), september(1, 21, 0));
}

static void
two_windows_keep_the_margin_only_at_the_end(void **state)
{
	struct policy p;

	(void)state;
	policy_base(&p);
	for (int d = 0; d < 7; d++)
		p.hours[CAMPAIGN_SMS][d] =
		    (struct policy_hours){.window = {{9 * 3600, 12 * 3600}, {13 * 3600, 18 * 3600}},
					  .n = 2,
					  .rule = "own"};
	assert_int_equal(ask(&p, september(1, 11, 59), NULL, 0).answer, POLICY_ALLOW);
	assert_int_equal(ask(&p, september(1, 12, 0), NULL, 0).until, september(1, 13, 0));
	assert_int_equal(ask(&p, september(1, 17, 45), NULL, 0).until, september(2, 9, 0));
	/* a last window shorter than the margin holds nothing, nor does the tail of the one before
	 */
	for (int d = 0; d < 7; d++)
		p.hours[CAMPAIGN_SMS][d].window[1] =
		    (struct policy_window){12 * 3600 + 300, 12 * 3600 + 600};
	assert_int_equal(ask(&p, september(1, 11, 55), NULL, 0).until, september(2, 9, 0));
}

static void
holidays_close_unless_hours_are_given(void **state)
{
	const int32_t holidays[] = {civil_day(2026, 9, 2), civil_day(2026, 9, 3)};
	struct policy p;
	struct policy_decision d;

	(void)state;
	policy_base(&p);
	p.holidays = holidays;
	p.n_holidays = 2;
	d = ask(&p, september(2, 12, 0), NULL, 0);
	assert_int_equal(d.reason, REASON_HOLIDAY);
	assert_int_equal(d.until, september(4, 8, 0));
	assert_false(policy_working_day(&p, civil_day(2026, 9, 3)));
	/* Tuesday the 1st and two holidays: the next working days are Friday and Monday */
	assert_int_equal(policy_add_working_days(&p, civil_day(2026, 9, 1), 1),
			 civil_day(2026, 9, 4));
	assert_int_equal(policy_add_working_days(&p, civil_day(2026, 9, 1), 2),
			 civil_day(2026, 9, 7));
	assert_int_equal(policy_add_working_days(&p, civil_day(2026, 9, 2), 0),
			 civil_day(2026, 9, 2));
	p.holiday_hours[CAMPAIGN_SMS] = true;
	p.hours[CAMPAIGN_SMS][POLICY_HOLIDAY] =
	    (struct policy_hours){.window = {{10 * 3600, 11 * 3600}}, .n = 1, .rule = "hol"};
	assert_int_equal(ask(&p, september(2, 10, 30), NULL, 0).answer, POLICY_ALLOW);
}

/* A law that bans Sundays bans the holiday that falls on one, whatever hours holidays have. */
static void
holiday_hours_open_no_closed_weekday(void **state)
{
	const int32_t holidays[] = {civil_day(2026, 9, 6), civil_day(2026, 9, 7)};
	struct policy_decision d;
	struct policy p;

	(void)state;
	policy_base(&p);
	p.holidays = holidays;
	p.n_holidays = 2;
	p.holiday_hours[CAMPAIGN_SMS] = true;
	p.hours[CAMPAIGN_SMS][POLICY_HOLIDAY] =
	    (struct policy_hours){.window = {{10 * 3600, 11 * 3600}}, .n = 1, .rule = "hol"};
	p.hours[CAMPAIGN_SMS][6] = (struct policy_hours){.rule = "sunday"};
	d = ask(&p, september(6, 10, 30), NULL, 0);
	assert_int_equal(d.answer, POLICY_DEFER);
	assert_string_equal(d.rule, "sunday");
	assert_int_equal(d.until, september(7, 10, 0));
}

static void
caps_count_local_days(void **state)
{
	const struct policy_contact c[] = {
	    {.at = september(1, 19, 0),
	     .account = 2,
	     .number = 9,
	     .channel = CAMPAIGN_SMS,
	     .counts = POLICY_TEXT},
	    {.at = september(3, 9, 0),
	     .account = 2,
	     .number = 9,
	     .channel = CAMPAIGN_SMS,
	     .counts = POLICY_TEXT},
	    {.at = september(5, 9, 0),
	     .account = 1,
	     .number = 1,
	     .channel = CAMPAIGN_SMS,
	     .counts = POLICY_TEXT},
	    {.at = september(6, 9, 0),
	     .account = 1,
	     .number = 1,
	     .channel = CAMPAIGN_SMS,
	     .counts = POLICY_FAILED},
	    {.at = september(6, 9, 0),
	     .account = 1,
	     .number = 1,
	     .channel = CAMPAIGN_CALL,
	     .counts = POLICY_CALL_DIALLED},
	};
	struct policy p;
	struct policy_decision d;

	(void)state;
	policy_base(&p);
	d = ask(&p, september(6, 12, 0), c, 5);
	assert_int_equal(d.reason, REASON_CAP);
	assert_string_equal(d.rule, "base.sms.3/7d");
	/* the 1st leaves the seven days on the 8th */
	assert_int_equal(d.until, september(8, 8, 0));
	d = ask(&p, september(3, 8, 0), c + 1, 1);
	assert_string_equal(d.rule, "base.sms.1/1d");
	assert_int_equal(d.until, september(4, 8, 0));
	/* no time left that day: the hours speak, the caps of the next days still count */
	d = ask(&p, september(6, 21, 0), c, 5);
	assert_int_equal(d.reason, REASON_WINDOW);
	assert_int_equal(d.until, september(8, 8, 0));
}

static void
scopes_and_failures(void **state)
{
	const struct policy_cap caps[] = {
	    {1U << CAMPAIGN_SMS, POLICY_SENT, POLICY_NUMBER, 1, 1, "number"},
	    {1U << CAMPAIGN_SMS, POLICY_ATTEMPT, POLICY_DEBT, 1, 1, "debt"},
	};
	struct policy_contact c = {.at = september(1, 9, 0),
				   .account = 1,
				   .number = 2,
				   .channel = CAMPAIGN_SMS,
				   .counts = POLICY_TEXT};
	struct policy p;

	(void)state;
	policy_base(&p);
	p.caps = caps;
	p.n_caps = 2;
	c.counts = POLICY_FAILED;
	assert_string_equal(ask(&p, september(1, 10, 0), &c, 1).rule, "debt");
	c.account = 2;
	assert_int_equal(ask(&p, september(1, 10, 0), &c, 1).answer, POLICY_ALLOW);
	c.number = 1;
	assert_int_equal(ask(&p, september(1, 10, 0), &c, 1).answer, POLICY_ALLOW);
	c.counts = POLICY_TEXT;
	assert_string_equal(ask(&p, september(1, 10, 0), &c, 1).rule, "number");
}

static void
never_open_is_blocked_and_answers_skip_caps(void **state)
{
	struct policy p;
	struct policy_contact c = {
	    .at = september(1, 9, 0), .channel = CAMPAIGN_SMS, .counts = POLICY_TEXT};
	struct policy_question q = {.at = september(1, 10, 0),
				    .channel = CAMPAIGN_SMS,
				    .zone = &manila,
				    .contacts = &c,
				    .n_contacts = 1,
				    .hours_only = true};

	(void)state;
	policy_base(&p);
	assert_int_equal(policy_decide(&p, &q).answer, POLICY_ALLOW);
	for (int d = 0; d < 7; d++)
		p.hours[CAMPAIGN_SMS][d].n = 0;
	assert_int_equal(policy_decide(&p, &q).answer, POLICY_BLOCK);
	assert_int_equal(policy_decide(&p, &q).reason, REASON_WINDOW);
}

/* Clocks go back at 02:00 to 01:00: a window from 01:30 is open, shut, and open again. */
static void
a_window_opens_again_in_a_doubled_hour(void **state)
{
	const int64_t back = civil_day(2026, 11, 1) * 86400LL + 6 * 3600;
	const int32_t offset = -5 * 3600;
	const struct civil_zone zone = {&back, &offset, 1, -4 * 3600};
	struct policy p;
	struct policy_question q = {.channel = CAMPAIGN_SMS, .zone = &zone};

	(void)state;
	policy_base(&p);
	for (int d = 0; d < 7; d++)
		p.hours[CAMPAIGN_SMS][d] =
		    (struct policy_hours){.window = {{5400, 5 * 3600}}, .n = 1, .rule = "night"};
	q.at = (back - 600) * 1000;
	assert_int_equal(policy_decide(&p, &q).answer, POLICY_ALLOW);
	q.at = (back + 600) * 1000;
	assert_int_equal(policy_decide(&p, &q).answer, POLICY_DEFER);
	assert_int_equal(policy_decide(&p, &q).until, (back + 1800) * 1000);
}

static struct policy_contact
made(int64_t at, int channel, uint8_t counts)
{
	return (struct policy_contact){
	    .at = at, .account = 1, .number = 1, .channel = (uint8_t)channel, .counts = counts};
}

/* A call about account 1, with a text long ago. */
static struct policy_decision
ask_call(const struct policy *p, int64_t at, const struct policy_contact *contacts, size_t n)
{
	struct policy_question q = {.at = at,
				    .channel = CAMPAIGN_CALL,
				    .account = 1,
				    .number = 1,
				    .zone = &manila,
				    .texted = true,
				    .contacts = contacts,
				    .n_contacts = n};

	return policy_decide(p, &q);
}

static void
gaps_keep_contacts_apart(void **state)
{
	const struct policy_contact at_ten =
	    made(september(1, 10, 0), CAMPAIGN_CALL, POLICY_CALL_DIALLED);
	struct policy_contact texted = made(september(1, 10, 0), CAMPAIGN_SMS, POLICY_TEXT);
	struct policy p;
	struct policy_decision d;

	(void)state;
	policy_base(&p);
	d = ask_call(&p, september(1, 11, 0), &at_ten, 1);
	assert_int_equal(d.reason, REASON_GAP);
	assert_string_equal(d.rule, "base.gap.call.4h");
	assert_int_equal(d.until, september(1, 14, 0));
	assert_int_equal(ask_call(&p, september(1, 14, 0), &at_ten, 1).answer, POLICY_ALLOW);
	/* another channel's contact is not counted */
	assert_int_equal(ask_call(&p, september(1, 11, 0), &texted, 1).answer, POLICY_ALLOW);
	/* one to come keeps its distance too: nine is too near to ten */
	d = ask_call(&p, september(1, 9, 0), &at_ten, 1);
	assert_int_equal(d.until, september(1, 14, 0));
	/* where the gap ends after hours, the hours of the next day */
	texted.at = september(1, 18, 0);
	p.gaps = &(const struct policy_gap){1U << CAMPAIGN_SMS, POLICY_SENT, POLICY_PERSON,
					    48 * 3600 * 1000LL, "two days"};
	d = ask(&p, september(2, 9, 0), &texted, 1);
	assert_string_equal(d.rule, "two days");
	assert_int_equal(d.until, september(3, 18, 0));
	texted.at = september(1, 19, 50);
	assert_int_equal(ask(&p, september(2, 9, 0), &texted, 1).until, september(4, 8, 0));
}

static void
a_conversation_is_followed_by_rest(void **state)
{
	struct policy_contact c = made(september(1, 15, 0), CAMPAIGN_CALL, POLICY_CONVERSATION);
	struct policy p;
	struct policy_decision d;

	(void)state;
	policy_base(&p);
	/* its own day is the first of seven */
	d = ask_call(&p, september(2, 9, 0), &c, 1);
	assert_int_equal(d.reason, REASON_COOLOFF);
	assert_string_equal(d.rule, "base.cooloff.call.7d");
	assert_int_equal(d.until, september(8, 8, 0));
	/* texts go on; a call that was answered and no conversation starts nothing */
	assert_int_equal(ask(&p, september(2, 9, 0), &c, 1).answer, POLICY_ALLOW);
	c.counts = POLICY_CALL_ANSWERED;
	assert_int_equal(ask_call(&p, september(2, 9, 0), &c, 1).answer, POLICY_ALLOW);
	/* another debt's conversation is not this one's */
	c.counts = POLICY_CONVERSATION;
	c.account = 2;
	assert_int_equal(ask_call(&p, september(2, 9, 0), &c, 1).answer, POLICY_ALLOW);
	/* who talks by text rests too */
	c = made(september(1, 15, 0), CAMPAIGN_SMS, POLICY_TEXT | POLICY_BIT(POLICY_TALK));
	assert_int_equal(ask_call(&p, september(2, 9, 0), &c, 1).reason, REASON_COOLOFF);
}

static void
one_channel_a_week(void **state)
{
	struct policy_contact c = made(september(1, 10, 0), CAMPAIGN_SMS, POLICY_TEXT);
	struct policy p;
	struct policy_decision d;

	(void)state;
	policy_base(&p);
	p.channels_per_week = 1;
	p.channels_rule = "one";
	assert_int_equal(ask(&p, september(2, 9, 0), &c, 1).answer, POLICY_ALLOW);
	d = ask_call(&p, september(2, 9, 0), &c, 1);
	assert_int_equal(d.reason, REASON_CAP);
	assert_string_equal(d.rule, "one");
	assert_int_equal(d.until, september(7, 8, 0)); /* Monday */
	p.channels_per_week = 2;
	assert_int_equal(ask_call(&p, september(2, 9, 0), &c, 1).answer, POLICY_ALLOW);
	/* what reached nobody used no channel */
	p.channels_per_week = 1;
	c = made(september(1, 10, 0), CAMPAIGN_CALL, POLICY_CALL_DIALLED);
	assert_int_equal(ask(&p, september(2, 9, 0), &c, 1).answer, POLICY_ALLOW);
}

static void
the_first_touch_is_a_text(void **state)
{
	struct policy_contact c = made(september(1, 10, 0), CAMPAIGN_SMS, POLICY_TEXT);
	struct policy_question q = {.at = september(1, 12, 0),
				    .channel = CAMPAIGN_CALL,
				    .account = 1,
				    .zone = &manila,
				    .supposed = &c,
				    .n_supposed = 1};
	struct policy p;
	struct policy_decision d;

	(void)state;
	policy_base(&p);
	assert_int_equal(policy_decide(&p, &q).answer, POLICY_ALLOW);
	c.at = q.at; /* not before it */
	d = policy_decide(&p, &q);
	assert_int_equal(d.answer, POLICY_BLOCK);
	assert_int_equal(d.reason, REASON_FIRST_TOUCH);
	assert_string_equal(d.rule, "base.first_touch");
	c.at = september(1, 10, 0);
	c.counts = POLICY_FAILED;
	assert_int_equal(policy_decide(&p, &q).answer, POLICY_BLOCK);
	c.counts = POLICY_TEXT;
	c.account = 2;
	assert_int_equal(policy_decide(&p, &q).answer, POLICY_BLOCK);
	q.texted = true;
	assert_int_equal(policy_decide(&p, &q).answer, POLICY_ALLOW);
}

/* Twelve hours apart, as Manila and New York in summer, there is no hour good for both. */
static void
several_zones_must_all_be_open(void **state)
{
	const struct civil_zone berlin = {.first_offset = 2 * 3600};
	const struct civil_zone new_york = {.first_offset = -4 * 3600};
	const struct civil_zone *others[] = {&berlin};
	struct policy_question q = {.at = september(1, 9, 0),
				    .channel = CAMPAIGN_SMS,
				    .zone = &manila,
				    .zones = others,
				    .n_zones = 1};
	struct policy p;
	struct policy_decision d;

	(void)state;
	policy_base(&p);
	d = policy_decide(&p, &q);
	assert_int_equal(d.reason, REASON_WINDOW);
	assert_int_equal(d.until, september(1, 14, 0)); /* eight o'clock in Berlin */
	q.at = september(1, 19, 44);
	assert_int_equal(policy_decide(&p, &q).answer, POLICY_ALLOW);
	assert_int_equal(policy_day_end(&p, &q), september(1, 20, 0));
	q.at = september(1, 19, 45);
	assert_int_equal(policy_decide(&p, &q).until, september(2, 14, 0));
	others[0] = &new_york;
	assert_int_equal(policy_decide(&p, &q).answer, POLICY_BLOCK);
}

static void
hours_name_who_closes_them(void **state)
{
	struct policy p;

	(void)state;
	policy_base(&p);
	for (int d = 0; d < 7; d++)
		p.hours[CAMPAIGN_SMS][d] =
		    (struct policy_hours){.window = {{9 * 3600, 12 * 3600}, {13 * 3600, 18 * 3600}},
					  .n = 2,
					  .rule = "evening",
					  .before = {"morning", "lunch"}};
	assert_string_equal(ask(&p, september(1, 8, 0), NULL, 0).rule, "morning");
	assert_string_equal(ask(&p, september(1, 12, 30), NULL, 0).rule, "lunch");
	assert_string_equal(ask(&p, september(1, 17, 50), NULL, 0).rule, "evening");
}

static void
memory_spans_every_rule(void **state)
{
	const struct policy_cooloff rest = {3, POLICY_DEBT, 30, "rest"};
	const struct policy_gap gap = {3, POLICY_SENT, POLICY_DEBT, 40 * 86400000LL, "gap"};
	struct policy p;

	(void)state;
	policy_base(&p);
	assert_int_equal(policy_memory(&p), 7);
	p.n_caps = 0;
	p.n_cooloffs = 0;
	p.n_gaps = 0;
	assert_int_equal(policy_memory(&p), 1);
	p.channels_per_week = 1;
	assert_int_equal(policy_memory(&p), 7);
	p.cooloffs = &rest;
	p.n_cooloffs = 1;
	assert_int_equal(policy_memory(&p), 30);
	p.gaps = &gap;
	p.n_gaps = 1;
	assert_true(policy_memory(&p) >= 40);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_base_hours),
	    cmocka_unit_test(two_windows_keep_the_margin_only_at_the_end),
	    cmocka_unit_test(holidays_close_unless_hours_are_given),
	    cmocka_unit_test(holiday_hours_open_no_closed_weekday),
	    cmocka_unit_test(caps_count_local_days),
	    cmocka_unit_test(scopes_and_failures),
	    cmocka_unit_test(never_open_is_blocked_and_answers_skip_caps),
	    cmocka_unit_test(a_window_opens_again_in_a_doubled_hour),
	    cmocka_unit_test(gaps_keep_contacts_apart),
	    cmocka_unit_test(a_conversation_is_followed_by_rest),
	    cmocka_unit_test(one_channel_a_week),
	    cmocka_unit_test(the_first_touch_is_a_text),
	    cmocka_unit_test(several_zones_must_all_be_open),
	    cmocka_unit_test(hours_name_who_closes_them),
	    cmocka_unit_test(memory_spans_every_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
