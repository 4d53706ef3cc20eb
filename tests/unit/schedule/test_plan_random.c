/* The plan under years of random life: persons, campaigns, payments, promises, opt-outs and a
 * daemon that is sometimes down.  What must never happen is checked by other means than the plan's
 * own. */
#include "plan_fixture.h"

#define WORLDS 750
#define DAYS   420
#define AHEAD  25 /* days a long walk is compared over */

static uint32_t
random_below(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)*seed * n) >> 32);
}

struct world {
	struct fixture f;
	struct campaign other; /* some of the steps are of another campaign, as in a merged track */
	int turn;              /* from this day on */
	uint32_t seed;
	int64_t zone_at[16];
	int32_t zone_offset[16];
	int32_t holidays[64];
	struct policy_gap gaps[2];           /* base's, and in some worlds one between two texts */
	int32_t first;                       /* day the story begins */
	int32_t opted_out[FIXTURE_ACCOUNTS]; /* from this day on */
	size_t sent, late, deferred;
};

#define ROLL(w, n) ((int)random_below(&(w)->seed, (uint32_t)(n)))

/* Clocks as in New York: forward on the second Sunday of March, back on the first of November. */
static void
new_york(struct world *w)
{
	int n = 0;

	for (int year = 2025; year <= 2028; year++) {
		int32_t march = civil_day(year, 3, 8), november = civil_day(year, 11, 1);
		march += 6 - civil_weekday(march);
		november += 6 - civil_weekday(november);
		w->zone_at[n] = march * 86400LL + 7 * 3600;
		w->zone_offset[n++] = -4 * 3600;
		w->zone_at[n] = november * 86400LL + 6 * 3600;
		w->zone_offset[n++] = -5 * 3600;
	}
	w->f.zone = (struct civil_zone){w->zone_at, w->zone_offset, (size_t)n, -5 * 3600};
}

static int
step_compare(const void *a, const void *b)
{
	const struct campaign_step *x = a, *y = b;

	return x->day != y->day ? x->day - y->day : x->channel - y->channel;
}

static void
random_conditions(struct world *w, struct campaign_step *s)
{
	if (ROLL(w, 8) == 0)
		s->when_replied = (uint8_t)ROLL(w, 3);
	if (ROLL(w, 8) == 0)
		s->when_promise = (uint8_t)ROLL(w, 6);
	if (ROLL(w, 10) == 0)
		s->when_delivered = (uint8_t)ROLL(w, 3);
	if (ROLL(w, 10) == 0)
		s->when_answered = (uint8_t)ROLL(w, 3);
	if (ROLL(w, 10) == 0)
		s->when_part_paid = (uint8_t)ROLL(w, 3);
	if (ROLL(w, 8) == 0) {
		s->when_reach = (uint8_t)ROLL(w, 3);
		s->unless_reach = ROLL(w, 2);
	}
	if (ROLL(w, 5) == 0) {
		s->silent = true;
		s->silent_day = (int16_t)(s->day - 1 - ROLL(w, 8));
		s->silent_channel = (uint8_t)(ROLL(w, 3) ? CAMPAIGN_SMS : CAMPAIGN_CALL);
	}
}

/* An open promise's own step, which is false on any other day. */
static void
random_reminder(struct world *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (w->f.steps[i].channel == CAMPAIGN_SMS && ROLL(w, 12) == 0) {
			w->f.steps[i].promised = true;
			w->f.steps[i].when_promise = CAMPAIGN_PROMISE_OPEN;
		}
}

/* Steps from day `turn` on are of the other campaign. */
static void
own_steps(struct world *w)
{
	for (size_t i = 0; i < w->f.campaign.n_steps; i++)
		w->f.steps[i].of = w->f.steps[i].day < w->turn ? &w->f.campaign : &w->other;
}

static void
random_campaign(struct world *w)
{
	struct fixture *f = &w->f;
	size_t n = 0, wanted = 2 + (size_t)ROLL(w, 10);

	while (n < wanted) {
		int kind = ROLL(w, 10);
		struct campaign_step s = {.day = (int16_t)(ROLL(w, 40) - 8),
					  .channel =
					      (uint8_t)(kind < 6   ? CAMPAIGN_SMS
							: kind < 8 ? CAMPAIGN_CALL
								   : CAMPAIGN_TASK + ROLL(w, 5))};
		size_t i = 0;
		random_conditions(w, &s);
		while (i < n && step_compare(&s, &f->steps[i]) != 0)
			i++;
		if (i == n)
			f->steps[n++] = s;
	}
	qsort(f->steps, n, sizeof f->steps[0], step_compare);
	random_reminder(w, n);
	f->campaign.n_steps = n;
	f->campaign.at = (5 + ROLL(w, 18)) * 3600 + ROLL(w, 60) * 60;
	f->campaign.late = ROLL(w, 6);
	w->other = f->campaign;
	w->other.at = (5 + ROLL(w, 18)) * 3600;
	w->other.late = ROLL(w, 6);
	w->other.best = ROLL(w, 2);
	w->turn = ROLL(w, 2) ? ROLL(w, 20) : INT16_MAX;
	own_steps(w);
}

static void
random_policy(struct world *w)
{
	struct policy *p = &w->f.policy;
	int32_t day = w->first;

	if (ROLL(w, 2)) {
		const struct policy_hours lunch = {
		    .window = {{9 * 3600, 12 * 3600}, {13 * 3600, 18 * 3600}},
		    .n = 2,
		    .rule = "lunch"};
		for (int d = 0; d < 5; d++)
			p->hours[CAMPAIGN_SMS][d] = lunch;
	}
	if (ROLL(w, 3) == 0)
		p->hours[CAMPAIGN_SMS][6].n = p->hours[CAMPAIGN_CALL][6].n = 0;
	if (ROLL(w, 4) == 0) {
		p->holiday_hours[CAMPAIGN_SMS] = p->holiday_hours[CAMPAIGN_CALL] = true;
		p->hours[CAMPAIGN_SMS][POLICY_HOLIDAY] = (struct policy_hours){
		    .window = {{10 * 3600, 11 * 3600}}, .n = 1, .rule = "hol"};
	}
	assert_int_equal(p->n_gaps, 1);
	w->gaps[0] = p->gaps[0];
	w->gaps[1] = (struct policy_gap){.channels = 1 << CAMPAIGN_SMS,
					 .what = POLICY_SENT,
					 .scope = POLICY_PERSON,
					 .ms = (20 + ROLL(w, 60)) * HOUR,
					 .rule = "gap"};
	p->gaps = w->gaps;
	p->n_gaps = ROLL(w, 3) == 0 ? 2 : 1;
	p->holidays = w->holidays;
	for (p->n_holidays = 0; p->n_holidays < 40; p->n_holidays++)
		w->holidays[p->n_holidays] = day += 1 + ROLL(w, 20);
}

static void
world_init(struct world *w, uint32_t seed)
{
	int n;

	w->seed = seed;
	fixture_init(&w->f, "");
	w->first = on("2026-01-01") + ROLL(w, 300);
	w->sent = w->late = w->deferred = 0;
	if (ROLL(w, 2))
		new_york(w);
	random_campaign(w);
	random_policy(w);
	n = 1 + ROLL(w, 3);
	for (int i = 0; i < n; i++) {
		struct plan_account *a = fixture_account(&w->f, NULL);
		int32_t due = w->first - 30 + ROLL(w, 60), gap = ROLL(w, 2) ? 14 : 30;
		a->number = 1 + (uint64_t)ROLL(w, 2);
		a->known_since = w->first;
		a->heard = INT64_MIN;
		a->best_hour = ROLL(w, 2) ? -1 : ROLL(w, 24) * 3600;
		a->n_amounts = 3 + (size_t)ROLL(w, FIXTURE_AMOUNTS - 3);
		for (size_t k = 0; k < a->n_amounts; k++, due += gap)
			w->f.amounts[i][k] = (struct debt_amount){
			    .due = due, .billed = 100, .given = -1, .left = 100};
		w->opted_out[i] = ROLL(w, 3) ? INT32_MAX : w->first + ROLL(w, DAYS);
	}
}

static size_t
oldest(const struct plan_account *a)
{
	size_t i = 0;

	while (i < a->n_amounts && a->amounts[i].left <= 0)
		i++;
	return i;
}

static bool
owes(const struct plan_account *a, int32_t day)
{
	return oldest(a) < a->n_amounts && a->amounts[oldest(a)].due <= day;
}

/* Things that happen overnight. */
static void
live_on(struct world *w, int32_t day)
{
	for (size_t i = 0; i < w->f.person.n_accounts; i++) {
		struct plan_account *a = &w->f.accounts[i];
		if (ROLL(w, 18) == 0 && owes(a, day)) {
			int64_t money = ROLL(w, 3) ? 100 : 20 + ROLL(w, 200);
			for (size_t k = 0; k < a->n_amounts && money > 0; k++) {
				int64_t part = w->f.amounts[i][k].left < money
						   ? w->f.amounts[i][k].left
						   : money;
				w->f.amounts[i][k].left -= part;
				money -= part;
			}
		}
		if (ROLL(w, 25) == 0) {
			a->promise_until = day + 1 + ROLL(w, 6);
			a->promise = CAMPAIGN_PROMISE_OPEN;
			a->replied = true;
		} else if (a->promise == CAMPAIGN_PROMISE_OPEN && day >= a->promise_until) {
			a->promise = (uint8_t)(CAMPAIGN_PROMISE_KEPT + ROLL(w, 3));
		}
		if (ROLL(w, 30) == 0) {
			a->delivered = ROLL(w, 2);
			a->answered = ROLL(w, 2);
			a->part_paid = ROLL(w, 2);
			a->reach = (uint8_t)ROLL(w, 3);
		}
		if (ROLL(w, 20) == 0)
			a->heard = civil_instant(a->zone, day, 0) - ROLL(w, 86400) * 1000LL;
		if (ROLL(w, 40) == 0) {
			w->f.holds[i][0] = (struct plan_hold){
			    REASON_HOLD, civil_instant(a->zone, day, 0), day + 1 + ROLL(w, 5), "w"};
			a->n_holds = 1;
		}
		if (day >= w->opted_out[i])
			a->barred = REASON_OPTED_OUT;
	}
}

static bool
marked(const struct plan_account *a, int32_t due, const struct campaign_step *s)
{
	for (size_t i = 0; i < a->n_served; i++) {
		if (a->served[i].due == due && a->served[i].day == s->day &&
		    a->served[i].channel == s->channel)
			return true;
	}
	return false;
}

/* Live, by the words of plan.h. */
static bool
is_live(const struct plan_account *a, const struct campaign_step *s, int32_t day)
{
	size_t i = oldest(a);
	int32_t own, due;

	if (i == a->n_amounts)
		return false;
	due = a->amounts[i].due;
	own = due + s->day;
	if (marked(a, due, s) || day < own || (s->promised && day > own))
		return false;
	if (day > own + s->of->late) {
		/* only work may, for sixty days, and only when it was missed here */
		int32_t end = own + s->of->late;
		if (s->day < 0 && end > due)
			end = due;
		if (s->channel < CAMPAIGN_VOICES || day > own + 60 || end < a->known_since)
			return false;
	}
	return s->day >= 0 || day <= due;
}

static bool
in_hours(const struct world *w, int channel, struct civil_time t)
{
	const struct policy *p = &w->f.policy;
	const struct policy_hours *h = &p->hours[channel][civil_weekday(t.day)];

	for (size_t i = 0; i < p->n_holidays; i++) {
		if (p->holidays[i] == t.day) {
			if (!p->holiday_hours[channel])
				return false;
			h = &p->hours[channel][POLICY_HOLIDAY];
		}
	}
	for (int i = 0; i < h->n; i++) {
		int32_t end = h->window[i].to - (i == h->n - 1 ? 900 : 0);
		if (t.second >= h->window[i].from && t.second < end)
			return true;
	}
	return false;
}

static bool
asks(int asked, bool is)
{
	return asked == CAMPAIGN_ANY || (asked == CAMPAIGN_YES) == is;
}

/* Its own conditions, as they stand at an instant. */
static bool
conditions_met(const struct plan_account *a, const struct plan_row *row, int64_t when)
{
	const struct campaign_step *s = row->step;
	bool silent = !s->silent;

	for (size_t i = 0; i < a->n_served && !silent; i++)
		silent =
		    a->served[i].due == row->due && a->served[i].day == s->silent_day &&
		    a->served[i].channel == s->silent_channel && a->served[i].at != 0 &&
		    civil_local(a->zone, a->served[i].at).day < civil_local(a->zone, when).day &&
		    a->heard <= a->served[i].at;
	return silent && asks(s->when_replied, a->replied) &&
	       asks(s->when_delivered, a->delivered) && asks(s->when_answered, a->answered) &&
	       asks(s->when_part_paid, a->part_paid) &&
	       (s->when_promise == CAMPAIGN_PROMISE_ANY || s->when_promise == a->promise) &&
	       (s->when_reach == CAMPAIGN_REACH_ANY ||
		(s->when_reach == a->reach) != s->unless_reach);
}

/* What was handed over must have been allowed, by a count of its own. */
static void
check_contact(const struct world *w, const struct plan_row *row, int64_t when)
{
	const struct plan_account *a = &w->f.accounts[row->account];
	struct civil_time t = civil_local(a->zone, when);
	int today = 0, week = 0;

	assert_true(in_hours(w, row->step->channel, t));
	assert_true(is_live(a, row->step, t.day));
	assert_true(conditions_met(a, row, when));
	assert_int_equal(a->barred, REASON_NONE);
	assert_true(t.day >= a->promise_until || row->step->when_promise == CAMPAIGN_PROMISE_OPEN);
	assert_true(a->n_holds == 0 || t.day >= a->holds[0].until);
	for (size_t i = 0; i < w->f.person.n_contacts; i++) {
		const struct policy_contact *c = &w->f.contacts[i];
		int32_t day = civil_local(a->zone, c->at).day;
		if (c->channel == row->step->channel &&
		    (c->channel == CAMPAIGN_CALL || w->f.policy.n_gaps == 2))
			assert_true(when - c->at >= w->gaps[c->channel == CAMPAIGN_SMS].ms);
		if (c->channel == row->step->channel) {
			today += day == t.day;
			week += day > t.day - 7;
		}
	}
	assert_true(today < (row->step->channel == CAMPAIGN_SMS ? 1 : 2));
	assert_true(row->step->channel != CAMPAIGN_SMS || week < 3);
}

/* A task is made the first time it is asked about, unless its condition says otherwise. */
static void
check_task(const struct plan_account *a, const struct plan_row *r)
{
	if (!r->step->silent && !conditions_met(a, r, r->at)) {
		assert_int_equal(r->reason, REASON_CONDITION);
		assert_non_null(r->rule);
		return;
	}
	if (r->step->silent && r->reason == REASON_CONDITION)
		return; /* what is supposed to go that day decides it: hand_over asks */
	assert_int_equal(r->decision, PLAN_TASK);
	assert_int_equal(r->reason, r->on > r->own_day ? REASON_LATE : REASON_NONE);
}

/* Every live step has its row, and rows are not said twice. */
static void
check_explained(const struct world *w, int32_t day)
{
	for (size_t i = 0; i < w->f.person.n_accounts; i++) {
		const struct plan_account *a = &w->f.accounts[i];
		for (size_t k = 0; k < a->n_steps; k++) {
			size_t rows = 0;
			const struct campaign_step *s = &a->steps[k];
			for (size_t r = 0; r < w->f.n_rows; r++) {
				const struct plan_row *row = &w->f.rows[r];
				if (row->account != i || row->step != s ||
				    oldest(a) == a->n_amounts ||
				    row->due != a->amounts[oldest(a)].due)
					continue;
				rows++;
				if (s->channel >= CAMPAIGN_VOICES && is_live(a, s, day))
					check_task(a, row);
				assert_true(row->decision != PLAN_TASK || is_live(a, s, day));
			}
			assert_true(rows <= 1);
			assert_true(rows == 1 || !is_live(a, s, day));
		}
	}
}

static bool
goes(const struct world *w, const struct plan_row *r)
{
	return r->decision == PLAN_SEND ||
	       (r->decision == PLAN_DEFER &&
		civil_local(w->f.accounts[r->account].zone, r->at).day == r->on);
}

static void
decide(const struct world *w, const struct plan_row *r, int64_t when, struct plan_row *out)
{
	plan_decide(&w->f.person, &w->f.rules, when, r->account, r->due, r->step->day,
		    r->step->channel, out);
}

static int
earlier(const void *a, const void *b)
{
	const struct plan_row *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* Hands over what the walk of one day says goes; the transaction must agree each time. */
static size_t
hand_over(struct world *w, struct plan_row *done)
{
	struct plan_row rows[FIXTURE_ROWS];
	size_t n = w->f.n_rows, sent = 0;

	memcpy(rows, w->f.rows, n * sizeof rows[0]);
	qsort(rows, n, sizeof rows[0], earlier);
	for (size_t i = 0; i < n; i++) {
		struct plan_row out, *r = &rows[i];
		bool over = r->decision == PLAN_TASK || r->reason == REASON_SUPERSEDED;
		if (goes(w, r)) {
			decide(w, r, r->at, &out);
			assert_int_equal(out.decision, PLAN_SEND);
			check_contact(w, r, r->at);
			fixture_contact(&w->f, r->account, r->step->channel, r->at);
			done[sent++] = *r;
			w->late += out.reason == REASON_LATE;
			over = true;
		}
		w->deferred += r->decision == PLAN_DEFER;
		if (r->decision == PLAN_TASK)
			assert_true(conditions_met(&w->f.accounts[r->account], r, r->at));
		if (over)
			fixture_mark(&w->f, r->account, r->due, r->step->day, r->step->channel,
				     r->reason == REASON_SUPERSEDED ? PLAN_MARK_PASSED
								    : PLAN_MARK_SPENT);
		if (over && r->reason != REASON_SUPERSEDED)
			w->f.served[r->account][w->f.accounts[r->account].n_served - 1].at = r->at;
	}
	w->sent += sent;
	return sent;
}

/* Whatever the transaction lets go at a moment, a plan made then lists too. */
static void
check_converse(struct world *w, int32_t day)
{
	int64_t when = civil_instant(&w->f.zone, day, 0) + ROLL(w, 86400) * 1000LL;

	if (civil_local(&w->f.zone, when).day != day)
		return;
	fixture_walk(&w->f, when, day, day);
	for (size_t i = 0; i < w->f.person.n_accounts; i++) {
		const struct plan_account *a = &w->f.accounts[i];
		for (size_t k = 0; oldest(a) < a->n_amounts && k < a->n_steps; k++) {
			struct plan_row ask = {.account = i, .step = &a->steps[k]}, out;
			bool listed = false;
			ask.due = a->amounts[oldest(a)].due;
			decide(w, &ask, when, &out);
			for (size_t r = 0; r < w->f.n_rows; r++)
				listed |= w->f.rows[r].account == i &&
					  w->f.rows[r].step == ask.step &&
					  w->f.rows[r].decision <= PLAN_DEFER;
			assert_true(out.decision != PLAN_SEND || listed);
		}
	}
}

/* A long walk is what a perfect daemon does day by day while nothing comes in. */
static void
check_long_walk(const struct world *original, int32_t day)
{
	static struct world w;
	static struct plan_row ahead[FIXTURE_ROWS], done[FIXTURE_ROWS];
	size_t n = 0, k = 0;
	int64_t now = civil_instant(&original->f.zone, day, 0);

	w = *original;
	w.f.zone = original->f.zone;
	for (size_t i = 0; i < w.f.person.n_accounts; i++) {
		w.f.accounts[i].zone = &w.f.zone;
		w.f.accounts[i].steps = w.f.steps;
		w.f.accounts[i].amounts = w.f.amounts[i];
		w.f.accounts[i].served = w.f.served[i];
		w.f.accounts[i].holds = w.f.holds[i];
	}
	w.f.campaign.steps = w.f.steps;
	own_steps(&w);
	w.f.person.accounts = w.f.accounts;
	w.f.person.contacts = w.f.contacts;
	w.f.rules.policy = &w.f.policy;
	fixture_walk(&w.f, now, day, day + AHEAD - 1);
	for (size_t i = 0; i < w.f.n_rows; i++) {
		if (goes(&w, &w.f.rows[i]))
			ahead[n++] = w.f.rows[i];
	}
	for (int32_t d = day; d < day + AHEAD; d++) {
		fixture_walk(&w.f, civil_instant(&w.f.zone, d, 0), d, d);
		k += hand_over(&w, done + k);
	}
	assert_int_equal(n, k);
	qsort(ahead, n, sizeof ahead[0], earlier);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(ahead[i].at, done[i].at);
		assert_int_equal(ahead[i].due + ahead[i].step->day,
				 done[i].due + done[i].step->day);
	}
}

static void
years_of_life_break_no_rule(void **state)
{
	static struct world w;
	static struct plan_row done[FIXTURE_ROWS];
	size_t sent = 0, late = 0, deferred = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= WORLDS; seed++) {
		world_init(&w, seed);
		for (int32_t day = w.first; day < w.first + DAYS; day++) {
			live_on(&w, day);
			if (ROLL(&w, 12) == 0)
				check_converse(&w, day);
			if (ROLL(&w, 40) == 0)
				check_long_walk(&w, day);
			fixture_walk(&w.f, civil_instant(&w.f.zone, day, 0), day, day);
			check_explained(&w, day);
			if (ROLL(&w, 10) != 0)
				hand_over(&w, done);
		}
		sent += w.sent;
		late += w.late;
		deferred += w.deferred;
	}
	print_message("%zu contacts, %zu of them late, %zu deferrals\n", sent, late, deferred);
	assert_true(sent > 10000 && late > 3000 && deferred > 3000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(years_of_life_break_no_rule)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
