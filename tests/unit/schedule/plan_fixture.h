/* plan_fixture.h - a person with accounts and a campaign, in few words, for the plan's tests */
#ifndef TESTS_PLAN_FIXTURE_H
#define TESTS_PLAN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schedule/plan.h"

#define HOUR 3600000LL
#define DAY  86400000LL

#define FIXTURE_ACCOUNTS 8
#define FIXTURE_AMOUNTS  32
#define FIXTURE_SERVED   1024
#define FIXTURE_ROWS     512

struct fixture {
	struct policy policy;
	struct plan_rules rules;
	struct civil_zone zone;
	struct campaign campaign;
	struct campaign_step steps[24];
	bool paused;
	struct debt_amount amounts[FIXTURE_ACCOUNTS][FIXTURE_AMOUNTS];
	struct plan_served served[FIXTURE_ACCOUNTS][FIXTURE_SERVED];
	struct plan_hold holds[FIXTURE_ACCOUNTS][4];
	struct plan_account accounts[FIXTURE_ACCOUNTS];
	struct policy_contact contacts[1024];
	struct plan_person person;
	struct plan_row rows[FIXTURE_ROWS];
	size_t n_rows;
};

/* "2026-09-15" */
static inline int32_t
on(const char *date)
{
	int32_t day;

	assert_int_equal(civil_parse_date(date, strlen(date), &day), 0);
	return day;
}

/* A local time of the fixture's zone: at(f, "2026-09-15", "10:00") */
static inline int64_t
at(const struct fixture *f, const char *date, const char *clock)
{
	int h = atoi(clock), m = atoi(clock + 3);

	return civil_instant(&f->zone, on(date), h * 3600 + m * 60);
}

/* Steps as "-3/sms +1/sms +24/task". */
static inline void
fixture_steps(struct fixture *f, const char *text)
{
	f->campaign.n_steps = 0;
	while (*text) {
		size_t n = strcspn(text, " ");
		enum campaign_channel channel;
		int day;
		assert_int_equal(campaign_step_parse(text, n, &day, &channel), 0);
		f->steps[f->campaign.n_steps++] =
		    (struct campaign_step){.day = (int16_t)day,
					   .channel = (uint8_t)channel,
					   .name = "reminder",
					   .of = &f->campaign};
		text += n + (text[n] == ' ');
	}
	for (size_t i = 0; i < f->person.n_accounts; i++)
		f->accounts[i].n_steps = f->campaign.n_steps;
}

/* One account more, which owes 100.00 since `due` (NULL: nothing). */
static inline struct plan_account *
fixture_account(struct fixture *f, const char *due)
{
	size_t i = f->person.n_accounts++;
	struct plan_account *a = &f->accounts[i];

	*a = (struct plan_account){.id = i + 1,
				   .number = 7,
				   .zone = &f->zone,
				   .steps = f->steps,
				   .n_steps = f->campaign.n_steps,
				   .amounts = f->amounts[i],
				   .served = f->served[i],
				   .holds = f->holds[i],
				   .promise_until = INT32_MIN,
				   .promise = CAMPAIGN_PROMISE_NONE,
				   .known_since = INT32_MIN};
	if (due)
		f->amounts[i][a->n_amounts++] = (struct debt_amount){
		    .due = on(due), .billed = 10000, .given = -1, .left = 10000};
	return a;
}

/* Base policy, Manila, `at` 10:00, late 3, no account yet. */
static inline void
fixture_init(struct fixture *f, const char *steps)
{
	memset(f, 0, sizeof *f);
	policy_base(&f->policy);
	f->rules = (struct plan_rules){.policy = &f->policy, .stale_from = INT64_MAX};
	f->zone.first_offset = 8 * 3600;
	f->campaign = (struct campaign){.name = "c", .steps = f->steps, .at = 10 * 3600, .late = 3};
	f->person.accounts = f->accounts;
	f->person.contacts = f->contacts;
	fixture_steps(f, steps);
}

static inline void
fixture_contact(struct fixture *f, size_t account, enum campaign_channel channel, int64_t when)
{
	f->contacts[f->person.n_contacts++] = (struct policy_contact){
	    .at = when,
	    .account = f->accounts[account].id,
	    .number = f->accounts[account].number,
	    .channel = (uint8_t)channel,
	    .counts = channel == CAMPAIGN_SMS ? POLICY_TEXT : POLICY_CALL_DIALLED};
}

static inline void
fixture_mark(struct fixture *f, size_t account, int32_t due, int day, enum campaign_channel channel,
	     enum plan_mark mark)
{
	struct plan_account *a = &f->accounts[account];

	assert_true(a->n_served < FIXTURE_SERVED);
	f->served[account][a->n_served++] = (struct plan_served){
	    .due = due, .day = (int16_t)day, .channel = (uint8_t)channel, .mark = (uint8_t)mark};
}

static void
fixture_emit(void *ctx, const struct plan_row *row)
{
	struct fixture *f = ctx;

	assert_true(f->n_rows < FIXTURE_ROWS);
	f->rows[f->n_rows++] = *row;
}

static inline void
fixture_walk(struct fixture *f, int64_t now, int32_t from, int32_t to)
{
	f->n_rows = 0;
	plan_walk(&f->person, &f->rules, now, from, to, fixture_emit, f);
}

/* The rows as text, one a line: "2026-09-16 1 +1/sms send  2026-09-16T10:00", with the reason after
 * the decision and the rule after the time. */
static inline const char *
fixture_text(const struct fixture *f)
{
	static char text[65536];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < f->n_rows; i++) {
		const struct plan_row *r = &f->rows[i];
		struct civil_time t = civil_local(f->accounts[r->account].zone, r->at);
		char day[11], own[11], step[CAMPAIGN_STEP_TEXT];
		civil_format_date(r->on, day);
		civil_format_date(t.day, own);
		campaign_step_format(r->step->day, r->step->channel, step);
		n += (size_t)snprintf(text + n, sizeof text - n, "%s %zu %s %s%s%s", day,
				      r->account, step, plan_decision_word(r->decision),
				      r->reason ? " " : "", reason_word(r->reason));
		if (r->decision != PLAN_SKIP)
			n += (size_t)snprintf(text + n, sizeof text - n, " %s %02d:%02d",
					      r->on == t.day ? "at" : own, t.second / 3600,
					      t.second / 60 % 60);
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s\n", r->rule ? " " : "",
				      r->rule ? r->rule : "");
	}
	return text;
}

#define expect_plan(f, text) assert_string_equal(fixture_text(f), text)

#endif
