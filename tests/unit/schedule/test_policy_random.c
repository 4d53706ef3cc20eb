/* Random policies and questions against a slow judge of its own: it looks at one instant at a time,
 * and walks minute by minute to the first one that every rule allows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schedule/policy.h"

#define MINUTE   60000LL
#define CONTACTS 24
#define ROUNDS   2000

struct world {
	uint32_t seed;
	struct policy p;
	struct policy_cap caps[6];
	struct policy_gap gaps[3];
	struct policy_cooloff cooloffs[2];
	int32_t holidays[12];
	struct civil_zone zone[3];
	int64_t change[3][2];
	int32_t offset[3][2];
	const struct civil_zone *others[2];
	struct policy_contact contacts[CONTACTS];
	struct policy_question q;
};

static int
roll(struct world *w, int sides)
{
	w->seed = w->seed * 1664525U + 1013904223U;
	return (int)((w->seed >> 8) % (uint32_t)sides);
}

/* ---- the slow judge ---- */

static bool
judge_zone(const struct world *w, const struct civil_zone *zone, int64_t t)
{
	const struct policy *p = &w->p;
	struct civil_time now = civil_local(zone, t);
	const struct policy_hours *h = &p->hours[w->q.channel][civil_weekday(now.day)];

	for (size_t i = 0; i < p->n_holidays; i++) {
		if (p->holidays[i] != now.day)
			continue;
		if (!p->holiday_hours[w->q.channel])
			return false;
		if (h->n > 0)
			h = &p->hours[w->q.channel][POLICY_HOLIDAY];
	}
	for (int i = 0; i < h->n; i++) {
		int32_t stop = h->window[h->n - 1].to - 900;
		if (now.second >= h->window[i].from && now.second < h->window[i].to &&
		    now.second < stop)
			return true;
	}
	return false;
}

/* Days are runs of instants that begin at the first midnight. */
static int32_t
judge_day(const struct world *w, int64_t t)
{
	int32_t day = civil_local(w->q.zone, t).day;

	while (t >= civil_instant(w->q.zone, day + 1, 0))
		day++;
	return day;
}

static bool
judge_scope(const struct world *w, int scope, const struct policy_contact *c)
{
	return scope == POLICY_PERSON || (scope == POLICY_NUMBER && c->number == w->q.number) ||
	       (scope == POLICY_DEBT && c->account == w->q.account);
}

static const struct policy_contact *
each(const struct world *w, size_t i)
{
	return i < w->q.n_contacts ? &w->q.contacts[i] : &w->q.supposed[i - w->q.n_contacts];
}

static bool
judge_counts(const struct world *w, int64_t t)
{
	const struct policy *p = &w->p;
	size_t n = w->q.n_contacts + w->q.n_supposed;
	int32_t day = judge_day(w, t);
	unsigned used[2] = {0, 0}, different;

	for (size_t k = 0; k < p->n_caps; k++) {
		int seen = 0;
		for (size_t i = 0; i < n; i++) {
			const struct policy_contact *c = each(w, i);
			int32_t on = judge_day(w, c->at);
			seen += (p->caps[k].channels >> c->channel & 1) &&
				(c->counts >> p->caps[k].what & 1) &&
				judge_scope(w, p->caps[k].scope, c) && on <= day &&
				on > day - p->caps[k].days;
		}
		if ((p->caps[k].channels >> w->q.channel & 1) && seen >= p->caps[k].n)
			return false;
	}
	for (size_t i = 0; i < n; i++) {
		const struct policy_contact *c = each(w, i);
		int32_t on = judge_day(w, c->at);
		for (size_t k = 0; k < p->n_gaps; k++) {
			const struct policy_gap *g = &p->gaps[k];
			if ((g->channels >> w->q.channel & 1) && (g->channels >> c->channel & 1) &&
			    (c->counts >> g->what & 1) && judge_scope(w, g->scope, c) &&
			    llabs(t - c->at) < g->ms)
				return false;
		}
		for (size_t k = 0; k < p->n_cooloffs; k++) {
			const struct policy_cooloff *o = &p->cooloffs[k];
			if ((o->channels >> w->q.channel & 1) && (c->counts >> POLICY_TALK & 1) &&
			    judge_scope(w, o->scope, c) && c->at <= t && day < on + o->days)
				return false;
		}
		if ((c->counts >> POLICY_CONTACT & 1) &&
		    on - civil_weekday(on) == day - civil_weekday(day))
			used[c->channel] = 1;
	}
	used[w->q.channel] = 1;
	different = used[0] + used[1];
	return p->channels_per_week == 0 || (int)different <= p->channels_per_week;
}

static bool
judge(const struct world *w, int64_t t)
{
	if (!judge_zone(w, w->q.zone, t))
		return false;
	for (size_t i = 0; i < w->q.n_zones; i++) {
		if (!judge_zone(w, w->q.zones[i], t))
			return false;
	}
	return w->q.hours_only || judge_counts(w, t);
}

/* No account's text before the call. */
static bool
judge_untouched(const struct world *w)
{
	size_t n = w->q.n_contacts + w->q.n_supposed;

	if (w->q.hours_only || w->p.first_touch == NULL || w->q.channel != CAMPAIGN_CALL ||
	    w->q.texted)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct policy_contact *c = each(w, i);
		if (c->channel == CAMPAIGN_SMS && c->account == w->q.account && c->at < w->q.at &&
		    (c->counts >> POLICY_SENT & 1))
			return false;
	}
	return true;
}

/* ---- random worlds ---- */

static struct policy_hours
random_hours(struct world *w)
{
	static const struct policy_hours kinds[] = {
	    {.window = {{8 * 3600, 20 * 3600}}, .n = 1, .rule = "day"},
	    {.window = {{9 * 3600, 12 * 3600}, {13 * 3600, 18 * 3600}}, .n = 2, .rule = "lunch"},
	    {.window = {{0, 86400}}, .n = 1, .rule = "always"},
	    {.window = {{600, 7200}, {20 * 3600, 86400}}, .n = 2, .rule = "night"},
	    {.window = {{10 * 3600, 10 * 3600 + 600}}, .n = 1, .rule = "within the margin"},
	    {.n = 0, .rule = "closed"},
	};
	int kind = roll(w, 14);

	return kinds[kind < 6 ? kind : kind < 11 ? 0 : 1];
}

static void
random_rules(struct world *w)
{
	struct policy *p = &w->p;

	p->n_caps = (size_t)roll(w, 5);
	for (size_t i = 0; i < p->n_caps; i++)
		w->caps[i] = (struct policy_cap){
		    (uint8_t)(1 + roll(w, 3)), (uint8_t)roll(w, 4),        (uint8_t)roll(w, 3),
		    (int16_t)(1 + roll(w, 4)), (int16_t)(1 + roll(w, 10)), "cap"};
	p->n_gaps = (size_t)roll(w, 3);
	for (size_t i = 0; i < p->n_gaps; i++)
		w->gaps[i] = (struct policy_gap){(uint8_t)(1 + roll(w, 3)), (uint8_t)roll(w, 4),
						 (uint8_t)roll(w, 3),
						 (1 + roll(w, 60)) * 60 * MINUTE, "gap"};
	p->n_cooloffs = (size_t)roll(w, 2);
	for (size_t i = 0; i < p->n_cooloffs; i++)
		w->cooloffs[i] =
		    (struct policy_cooloff){(uint8_t)(1 + roll(w, 3)), (uint8_t)roll(w, 3),
					    (int16_t)(1 + roll(w, 9)), "cooloff"};
	p->caps = w->caps;
	p->gaps = w->gaps;
	p->cooloffs = w->cooloffs;
	p->channels_per_week = (int16_t)(roll(w, 4) == 0);
	p->channels_rule = "channels";
	p->first_touch = roll(w, 3) == 0 ? "first" : NULL;
}

static void
random_policy(struct world *w, int32_t first)
{
	struct policy *p = &w->p;
	int32_t day = first;

	memset(p, 0, sizeof *p);
	for (int c = 0; c < CAMPAIGN_VOICES; c++) {
		for (int row = 0; row <= POLICY_HOLIDAY; row++)
			p->hours[c][row] = random_hours(w);
		p->holiday_hours[c] = roll(w, 2);
	}
	for (p->n_holidays = 0; p->n_holidays < 12; p->n_holidays++)
		w->holidays[p->n_holidays] = day += 1 + roll(w, 6);
	p->holidays = w->holidays;
	random_rules(w);
}

/* Zones of whole quarter hours, whose clocks change once or twice in the days looked at; some over
 * midnight. */
static void
random_zone(struct world *w, int i, int64_t around)
{
	int32_t base = (roll(w, 96) - 44) * 900;

	w->change[i][0] = around / 1000 + roll(w, 400) * 900;
	w->change[i][1] = w->change[i][0] + 86400 + roll(w, 400) * 900;
	w->offset[i][0] = base + (roll(w, 3) - 1) * 3600;
	w->offset[i][1] = base;
	w->zone[i] = (struct civil_zone){w->change[i], w->offset[i], (size_t)roll(w, 3), base};
}

static void
random_question(struct world *w, int64_t around)
{
	static const uint8_t counts[2][4] = {
	    {POLICY_FAILED, POLICY_TEXT, POLICY_TEXT, POLICY_TEXT},
	    {POLICY_FAILED, POLICY_CALL_DIALLED, POLICY_CALL_ANSWERED, POLICY_CONVERSATION}};
	size_t n = (size_t)roll(w, CONTACTS);

	for (size_t i = 0; i < n; i++) {
		struct policy_contact *c = &w->contacts[i];
		c->channel = (uint8_t)roll(w, 2);
		c->counts = counts[c->channel][roll(w, 4)];
		c->account = (uint64_t)roll(w, 2);
		c->number = (uint64_t)roll(w, 2);
		c->at = around + (roll(w, 16 * 1440) - 12 * 1440) * MINUTE;
	}
	w->q = (struct policy_question){.at = around + roll(w, 1440) * MINUTE,
					.channel = (enum campaign_channel)roll(w, 2),
					.account = 1,
					.number = 1,
					.zone = &w->zone[0],
					.zones = w->others,
					.n_zones = roll(w, 3) == 0 ? (size_t)(1 + roll(w, 2)) : 0,
					.texted = roll(w, 3) == 0,
					.contacts = w->contacts,
					.n_contacts = n / 2,
					.supposed = w->contacts + n / 2,
					.n_supposed = n - n / 2,
					.hours_only = roll(w, 12) == 0};
}

static void
world_init(struct world *w, uint32_t seed)
{
	int64_t around;

	memset(w, 0, sizeof *w);
	w->seed = seed * 7919;
	around = (int64_t)(civil_day(2026, 1, 1) + roll(w, 600)) * 86400000LL;
	for (int i = 0; i < 3; i++)
		random_zone(w, i, around);
	w->others[0] = &w->zone[1];
	w->others[1] = &w->zone[2];
	random_policy(w, (int32_t)(around / 86400000LL) - 3);
	random_question(w, around);
}

/* ---- what holds ---- */

static void
check_reason(const struct world *w, const struct policy_decision *d)
{
	static const char *const named[REASON_COUNT] = {[REASON_CAP] = "cap",
							[REASON_GAP] = "gap",
							[REASON_COOLOFF] = "cooloff",
							[REASON_FIRST_TOUCH] = "first"};

	assert_non_null(d->rule);
	if (d->reason == REASON_CAP && strcmp(d->rule, "channels") == 0)
		assert_true(w->p.channels_per_week > 0);
	else if (named[d->reason] != NULL)
		assert_string_equal(d->rule, named[d->reason]);
	else
		assert_true(d->reason == REASON_WINDOW || d->reason == REASON_HOLIDAY);
	assert_true(!w->q.hours_only || d->reason == REASON_WINDOW || d->reason == REASON_HOLIDAY);
}

/* The first minute allowed, or INT64_MAX when there is none within the days looked at. */
static int64_t
first_minute(const struct world *w)
{
	int32_t today = civil_local(w->q.zone, w->q.at).day;
	int64_t end = civil_instant(w->q.zone, today + 61, 0);

	for (int64_t t = w->q.at; t < end; t += MINUTE) {
		if (judge(w, t))
			return t;
	}
	return INT64_MAX;
}

static void
until_is_the_first_minute_that_all_rules_allow(void **state)
{
	static struct world w;
	int answers[3] = {0};

	(void)state;
	for (uint32_t seed = 1; seed <= ROUNDS; seed++) {
		struct policy_decision d;
		int64_t first;

		world_init(&w, seed);
		d = policy_decide(&w.p, &w.q);
		answers[d.answer]++;
		if (d.answer != POLICY_ALLOW)
			check_reason(&w, &d);
		if (judge_untouched(&w)) {
			assert_int_equal(d.answer, POLICY_BLOCK);
			assert_int_equal(d.reason, REASON_FIRST_TOUCH);
			continue;
		}
		first = first_minute(&w);
		if (first == INT64_MAX)
			assert_int_equal(d.answer, POLICY_BLOCK);
		else if (first == w.q.at)
			assert_int_equal(d.answer, POLICY_ALLOW);
		else if (d.answer != POLICY_DEFER || d.until != first)
			fail_msg("seed %u: answer %d until %lld, first %lld", seed, d.answer,
				 (long long)d.until, (long long)first);
	}
	printf("%d allowed, %d deferred, %d blocked\n", answers[0], answers[1], answers[2]);
	assert_true(answers[0] > 100 && answers[1] > 500 && answers[2] > 30);
}

/* What one instant answers holds for what lies between minutes too. */
static void
single_instants_agree(void **state)
{
	static struct world w;

	(void)state;
	for (uint32_t seed = 1; seed <= ROUNDS; seed++) {
		world_init(&w, seed);
		for (int i = 0; i < 200; i++) {
			bool good;
			w.q.at += 1 + roll(&w, 3600000);
			good = !judge_untouched(&w) && judge(&w, w.q.at);
			assert_int_equal(policy_decide(&w.p, &w.q).answer == POLICY_ALLOW, good);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(until_is_the_first_minute_that_all_rules_allow),
	    cmocka_unit_test(single_instants_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
