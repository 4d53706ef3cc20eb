/* Years of a lender's life against a judge of its own: lists, payments and reversals, replies in
 * many languages, what operators do, what people command, rules that change.
 *
 *     loop-years                              a few seeds, some months each, as ctest runs it
 *     YEARS=2 SEED=17 SEEDS=10 loop-years     ten lenders from seed 17 on, two years each
 *
 * The product runs as in the daemon (the planner itself, and the jobs it gives its writer), without
 * a network and on a clock that jumps from one thing to the next.  years_judge.h says after each
 * hand-over whether it was allowed, and every local evening whether each live step of each account
 * has its row, its task or its reason. */
#include "years_outside.h"
#include "years_people.h"

#include "gateway/store/list.h"

/* ---- texts leave ---- */

static int
campaign_index(const struct life *f, const char *name)
{
	for (int i = 0; i < f->l.book.n; i++)
		if (strcmp(f->l.book.campaign[i].name, name) == 0)
			return i;
	return -1;
}

/* Does the step ask for an open promise, by its campaign or as the reminder of its day? */
static bool
reminds(struct life *f, const struct j_text *x)
{
	int32_t today = today_of(f, x->account);
	const struct l_campaign *c;

	if (x->class != J_CAMPAIGN || x->campaign < 0)
		return false;
	for (int i = 0; i < f->j.n_promises; i++) {
		const struct j_promise *p = &f->j.promise[i];

		if (p->account == x->account && p->status == 0 && p->day == today &&
		    x->due + atoi(x->step) == today)
			return true;
	}
	c = &f->l.book.campaign[x->campaign];
	for (int i = 0; i < c->n_steps; i++)
		if (c->step[i].channel == J_SMS && c->step[i].day == atoi(x->step))
			return c->step[i].wants_promise;
	return false;
}

static bool
is_selected(const struct life *f, const struct l_campaign *c, int account, int bucket,
	    int64_t balance)
{
	const struct j_account *a = &f->j.account[account];

	return (c->products == 0 || c->products & 1U << a->product) &&
	       (c->segments == 0 || c->segments & 1U << a->segment) &&
	       (c->risks == 0 || c->risks & 1U << a->risk) &&
	       (c->buckets == 0 || c->buckets & 1U << bucket) && balance >= c->least;
}

static void
judge_campaign(struct life *f, const struct j_text *x, const char *name)
{
	struct j_debt d = j_owes(&f->j, x->account, today_of(f, x->account));
	const struct l_campaign *c;
	bool known = reminds(f, x);

	if (x->campaign < 0) {
		J_WRONG(&f->j, "message %" PRId64 " of %s, which is no campaign", x->message, name);
		return;
	}
	c = &f->l.book.campaign[x->campaign];
	for (int i = 0; i < c->n_steps; i++)
		known = known || (c->step[i].channel == J_SMS && c->step[i].day == atoi(x->step));
	if (!known)
		J_WRONG(&f->j, "message %" PRId64 ": %s has no step %s", x->message, name, x->step);
	if (!d.murky && !is_selected(f, c, x->account, bucket_of(atoi(x->step)), d.balance))
		J_WRONG(&f->j, "message %" PRId64 ": %s does not select %s", x->message, name,
			f->j.account[x->account].ref);
}

/* Loads the product's facts of an account's person: 0, or the error. */
static int
look_at(struct life *f, int account, size_t *index)
{
	int rc;

	if (f->looking == NULL)
		f->looking = facts_new(f->config);
	facts_use(f->looking, f->config);
	assert_int_equal(list_lock(f->eye), 0);
	rc = facts_load_account(f->looking, f->eye, f->j.account[account].id, f->now, index);
	list_unlock(f->eye);
	return rc;
}

static void
tell_imports(const struct life *f, int account)
{
	for (const struct j_import *im = f->j.import; im < f->j.import + f->j.n_imports; im++)
		for (int k = 0; k < im->n; k++)
			if (im->row[k].account == account)
				fprintf(stderr, "  import %" PRId64 "%s, %s: %s %" PRId64 "\n",
					im->id, im->undone ? " (undone)" : "",
					im->payments           ? "payments"
					: im->mode == J_UPDATE ? "accounts"
							       : "whole accounts",
					j_date(im->row[k].due),
					im->payments            ? im->row[k].amount
					: im->row[k].given >= 0 ? im->row[k].given
								: im->row[k].billed);
}

/* Both books of an account's debts, for whoever looks into a violation. */
static void
tell_debts(struct life *f, int account)
{
	const struct plan_person *p;
	struct j_account a = f->j.account[account];
	size_t index;

	look_at(f, account, &index);
	p = facts_person(f->looking);
	j_book(&a);
	tell_imports(f, account);
	for (int i = 0; i < a.n_dues; i++)
		fprintf(stderr, "  judge: %s %" PRId64 " of %" PRId64 "%s\n", j_date(a.due[i].due),
			a.due[i].left, a.due[i].billed, a.due[i].closed ? ", closed" : "");
	for (size_t i = 0; i < p->n_accounts; i++)
		for (size_t k = 0;
		     (int64_t)p->accounts[i].id == a.id && k < p->accounts[i].n_amounts; k++)
			fprintf(stderr, "  product: %s %" PRId64 " of %" PRId64 ", %zu steps\n",
				j_date(p->accounts[i].amounts[k].due),
				p->accounts[i].amounts[k].left, p->accounts[i].amounts[k].billed,
				p->accounts[i].n_steps);
	for (size_t i = 0; i < p->n_accounts; i++)
		for (size_t k = 0; (int64_t)p->accounts[i].id == a.id && k < p->accounts[i].n_steps;
		     k++)
			fprintf(stderr, "  product: %+d/%s of %s\n", p->accounts[i].steps[k].day,
				channel_words[p->accounts[i].steps[k].channel],
				p->accounts[i].steps[k].of->name);
}

/* What both know of an account, for whoever looks into a violation. */
static void
tell_account(struct life *f, int account)
{
	const struct j_account *a = &f->j.account[account];

	for (int z = 0; z < a->n_zones; z++) {
		struct j_time t = j_local(a->zone[z], f->now);

		fprintf(stderr, "  %s: %s %02d:%02d in %s%s\n", a->ref, j_date(t.day),
			t.second / 3600, t.second / 60 % 60, j_zone_names[a->zone[z]],
			j_is_holiday(&f->j.policy, t.day) ? ", holiday" : "");
	}
	for (int i = 0; i < f->j.n_accounts; i++)
		if (j_same_person(&f->j, i, account))
			fprintf(stderr,
				"  account %d: person_id %d, phone %s, the product's person %d\n",
				i, f->j.account[i].person_id, f->j.account[i].phone[0],
				(int)ask_store(f, "SELECT person FROM account WHERE id = %" PRId64,
					       f->j.account[i].id));
	tell_debts(f, account);
}

static void
judge_ready(struct life *f, int64_t id)
{
	static const char sql[] =
	    "SELECT m.account, m.due, m.step, m.class, m.number, m.body, m.campaign, m.answers, "
	    "(SELECT at FROM message i WHERE i.id = m.answers) FROM message m WHERE m.id = ?";
	struct j_text x = {.message = id, .campaign = -1};
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(f->eye->db, sql, -1, &st, NULL), SQLITE_OK);
	sqlite3_bind_int64(st, 1, id);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	x.account = account_of(f, sqlite3_column_int64(st, 0));
	x.due = sqlite3_column_int(st, 1);
	x.step = store_text(st, 2);
	x.class = sqlite3_column_int(st, 3) == CLASS_CAMPAIGN ? J_CAMPAIGN
		  : sqlite3_column_int(st, 3) == CLASS_ANSWER ? J_ANSWER
							      : J_MANUAL;
	x.number = store_text(st, 4);
	x.body = store_text(st, 5);
	x.answers_reply = x.class == J_MANUAL && sqlite3_column_int64(st, 7) != 0;
	x.replied = sqlite3_column_int64(st, 7);
	x.received = sqlite3_column_int64(st, 8);
	if (x.class == J_CAMPAIGN && x.account >= 0) {
		x.campaign = campaign_index(f, store_text(st, 6));
		x.reminds = reminds(f, &x);
		judge_campaign(f, &x, store_text(st, 6));
	}
	j_judge_text(&f->j, &x);
	if (f->j.violations > 0 && x.account >= 0)
		tell_account(f, x.account);
	sqlite3_finalize(st);
}

static int
carrier(const struct life *f, int queue)
{
	if (queue == 2)
		return 2;
	if (f->link[queue].up)
		return queue;
	return f->n_links == 2 && f->link[!queue].up && f->now - f->link[queue].since > J_MINUTE
		   ? !queue
		   : -1;
}

static bool
hand_over(struct life *f, int queue)
{
	int by = carrier(f, queue);
	struct handover h = {.config = f->config,
			     .tools = &f->tools,
			     .queue = f->link[queue].name,
			     .now = f->now,
			     .room = 1 + roll(&f->dice, 40),
			     .texts = 1 + roll(&f->dice, 40)};
	bool more;

	if (by < 0)
		return false;
	h.route = by == 2 ? NULL : &f->config->routes[by];
	assert_int_equal(run_job(f, handover_work, &h), 0);
	f->link[queue].next_at = h.held == REASON_NONE ? h.next_at : INT64_MAX;
	for (size_t i = 0; i < h.n_ready; i++) {
		judge_ready(f, h.ready[i].id);
		operator_takes(f, &h.ready[i], by);
	}
	more = f->link[queue].next_at <= f->now;
	if (h.rerouted)
		wake(f);
	handover_clear(&h);
	return more;
}

static void
pump(struct life *f)
{
	for (int round = 0; round < 500; round++) {
		bool more = false;

		for (int q = 0; q < 3; q++)
			if ((q == 2 || q < f->n_links) && f->link[q].next_at <= f->now)
				more = hand_over(f, q) || more;
		if (!more)
			return;
	}
	J_WRONG(&f->j, "the queue does not come to rest");
}

/* ---- every account-day is explained ---- */

struct explaining {
	struct life *f;
	int account;
	int32_t due;
	char step[24];
	bool found, aloud;
};

static void
on_plan_row(void *ctx, const struct plan_row *row)
{
	struct explaining *e = ctx;
	char step[CAMPAIGN_STEP_TEXT];

	if ((int64_t)facts_person(e->f->looking)->accounts[row->account].id !=
	    e->f->j.account[e->account].id)
		return;
	campaign_step_format(row->step->day, (enum campaign_channel)row->step->channel, step);
	if (e->aloud)
		fprintf(stderr, "  planned: %s of %s: %s %s %s\n", step, j_date(row->due),
			plan_decision_word(row->decision), reason_word(row->reason),
			row->rule != NULL ? row->rule : "");
	if (row->due != e->due)
		return;
	if (strcmp(step, e->step) == 0 &&
	    (row->reason != REASON_NONE || row->decision == PLAN_TASK))
		e->found = true;
}

static bool
plan_explains(struct life *f, struct explaining *e)
{
	int32_t today = today_of(f, e->account);
	struct plan_rules rules;
	size_t index;

	if (f->looking == NULL)
		f->looking = facts_new(f->config);
	facts_use(f->looking, f->config);
	assert_int_equal(list_lock(f->eye), 0);
	assert_int_equal(facts_rules(f->looking, f->eye, f->now, REASON_NONE, &rules), 0);
	if (facts_load_account(f->looking, f->eye, f->j.account[e->account].id, f->now, &index) ==
	    0)
		plan_walk(facts_person(f->looking), &rules, f->now, today, today, on_plan_row, e);
	list_unlock(f->eye);
	return e->found;
}

static void
explain_step(struct life *f, int account, int32_t due, const struct l_step *s, const char *campaign)
{
	struct explaining e = {.f = f, .account = account, .due = due};
	int64_t id = f->j.account[account].id;

	snprintf(e.step, sizeof e.step, "%s%d/%s", s->day >= 0 ? "+" : "", s->day,
		 channel_words[s->channel]);
	if (s->channel == J_SMS &&
	    ask_store(f,
		      "SELECT handed_at IS NOT NULL OR reason <> 0 FROM message WHERE account = "
		      "%" PRId64 " AND due = %d AND step = '%s'",
		      id, due, e.step) == 1)
		return;
	if (s->channel > J_CALL && ask_store(f,
					     "SELECT count(*) FROM task WHERE account = %" PRId64
					     " AND due = %d AND step = '%s'",
					     id, due, e.step) > 0)
		return;
	/* left out by a person */
	if (ask_store(f,
		      "SELECT count(*) FROM skip WHERE account = %" PRId64
		      " AND due = %d AND step = '%s'",
		      id, due, e.step) > 0 ||
	    plan_explains(f, &e))
		return;
	J_WRONG(&f->j, "%s: nothing says why %s of %s (%s) did not go on %s (row %d)",
		f->j.account[account].ref, e.step, j_date(due), campaign,
		j_date(today_of(f, account)),
		(int)ask_store(f,
			       "SELECT status FROM message WHERE account = %" PRId64
			       " AND due = %d AND step = '%s'",
			       id, due, e.step));
	e.aloud = true;
	plan_explains(f, &e);
	tell_debts(f, account);
}

static void
explain_account(struct life *f, int account)
{
	int32_t today = today_of(f, account);
	struct j_debt d = j_owes(&f->j, account, today);
	const struct j_account *a = &f->j.account[account];

	if (!a->listed || a->id == 0 || d.murky || d.oldest < 0)
		return;
	for (int c = 0; c < f->l.book.n; c++)
		for (int i = 0; i < f->l.book.campaign[c].n_steps; i++) {
			const struct l_step *s = &f->l.book.campaign[c].step[i];
			int32_t own = d.due + s->day;
			int first = 0;

			if (today < own || today > own + f->l.book.campaign[c].late ||
			    (s->day < 0 && today > d.due))
				continue;
			while (first < f->l.book.n &&
			       !is_selected(f, &f->l.book.campaign[first], account,
					    bucket_of(s->day), d.balance))
				first++;
			if (first == c && f->l.book.campaign[c].kept == 0)
				explain_step(f, account, d.due, s, f->l.book.campaign[c].name);
		}
}

static void
evening(struct life *f)
{
	for (int i = 0; i < f->j.n_accounts; i++) {
		const struct j_account *a = &f->j.account[i];

		if (a->listed && j_local(a->zone[0], f->now).second / 3600 == 23)
			explain_account(f, i);
	}
}

/* ---- the days go by ---- */

static int
purge_work(struct store *s, void *ctx)
{
	struct life *f = ctx;
	struct purge_rule rule = keeper_rule(f->config, f->now);
	struct purge_walk walk = {0};
	struct purge_counts counts = {0};
	int rc = 0;

	while (rc == 0 && !walk.done)
		rc = purge_step(s, &rule, &walk, 1000, &counts);
	return rc;
}

static void
hour(struct life *f)
{
	struct civil_time local = civil_local(&f->config->lender.zone, f->now);
	int second = local.second / 3600;
	bool office = second >= 7 && second < 20;

	for (int i = 0; i < f->j.n_accounts; i++)
		if (one_in(&f->dice, second > 6 ? 500 : 4000))
			borrower_writes(f);
	if (office && one_in(&f->dice, 12))
		import_payments(f);
	if (office && one_in(&f->dice, 12 * 6))
		import_accounts(f);
	if (office && one_in(&f->dice, 8))
		command(f);
	if (f->j.paused && one_in(&f->dice, 20))
		command_pauses(f);
	if (office && one_in(&f->dice, 12 * 30))
		reload(f);
	if (one_in(&f->dice, 24 * 10)) {
		struct link *l = &f->link[roll(&f->dice, (uint32_t)f->n_links)];

		l->up = !l->up;
		l->since = f->now;
		wake(f);
	} else if (one_in(&f->dice, 12)) {
		for (int i = 0; i < f->n_links; i++)
			f->link[i].up = true;
		wake(f);
	}
	if (one_in(&f->dice, 24 * 30))
		f->down_until = f->now + J_HOUR * (1 + (int64_t)roll(&f->dice, 80));
	if (second == 3) {
		assert_int_equal(run_job(f, sweep_work, f), 0);
		assert_int_equal(run_job(f, purge_work, f), 0);
		learn_failures(f);
	}
	if (ask_store(f, "SELECT count(*) FROM promise WHERE status = 0 AND until <= %d",
		      local.day + 1) > 0) {
		pass(f); /* as the planner's timer would have it */
	}
	evening(f);
}

static void
restart(struct life *f)
{
	f->down_until = 0;
	assert_int_equal(run_job(f, started_work, f), 0);
	pass(f);
	wake(f);
}

static void
happen(struct life *f, struct todo t)
{
	if (t.kind == TODO_ANSWER)
		answer_comes(f, &t);
	else
		receipt_comes(f, &t);
}

/* The next thing after now. */
static int64_t
next_instant(const struct life *f)
{
	int64_t next = f->hour_at < f->pass_at ? f->hour_at : f->pass_at;

	for (int i = 0; i < f->n_todo; i++)
		next = f->todo[i].at < next ? f->todo[i].at : next;
	for (int q = 0; q < 3; q++)
		if ((q == 2 || q < f->n_links) && f->link[q].next_at > f->now &&
		    f->link[q].next_at < next)
			next = f->link[q].next_at;
	return next > f->now ? next : f->now + 1;
}

/* While the daemon is down nothing happens; what the operator has waits. */
static void
sleep_until(struct life *f, int64_t until)
{
	int n = 0;

	f->now = f->j.now = until;
	for (int i = 0; i < f->n_todo; i++) {
		struct todo t = f->todo[i];

		if (t.at < until && t.kind == TODO_ANSWER)
			continue; /* lost with the link */
		if (t.at < until)
			t.at = until + 1000 + (int64_t)roll(&f->dice, 60000);
		f->todo[n++] = t;
	}
	f->n_todo = n;
	f->hour_at = until - until % J_HOUR + J_HOUR;
}

static void
tick(struct life *f)
{
	f->now = f->j.now = next_instant(f);
	clock_stand(&f->clock, f->now);
	for (int i = 0; i < f->n_todo; i++)
		if (f->todo[i].at <= f->now) {
			struct todo t = f->todo[i];

			f->todo[i--] = f->todo[--f->n_todo];
			happen(f, t);
		}
	if (f->now >= f->pass_at)
		pass(f);
	if (f->now >= f->hour_at) {
		f->hour_at += J_HOUR;
		hour(f);
	}
	pump(f);
	if (f->down_until > f->now) {
		sleep_until(f, f->down_until);
		clock_stand(&f->clock, f->now);
		restart(f);
	}
}

static void
begin(struct life *f, uint64_t seed)
{
	f->dice.state = seed * UINT64_C(0x2545f4914f6cdd1d);
	f->j.seed = seed;
	f->home = home_make();
	f->l.place = places[roll(&f->dice, PLACES)];
	f->l.digits =
	    strcmp(f->l.place.currency, "KRW") == 0 || strcmp(f->l.place.currency, "CLP") == 0 ? 0
											       : 2;
	f->j.digits = f->l.digits;
	f->l.states_left = one_in(&f->dice, 2);
	f->l.two_routes = one_in(&f->dice, 2);
	f->n_links = 1 + f->l.two_routes;
	f->now = f->j.now = (J_FROM + 370 * 86400) * 1000 + (int64_t)roll(&f->dice, 365) * J_DAY;
	random_policy(&f->dice, &f->l, &f->j.policy);
	write_holidays(&f->home, &f->dice, &f->j.policy, (int32_t)(f->now / J_DAY) - 20);
	random_book(&f->dice, &f->l.book);
	write_templates(&f->home);
	load_rules(f);
	read_replies(f);
	for (int i = 0; i < f->n_links; i++) {
		snprintf(f->link[i].name, sizeof f->link[i].name, "link%d", i);
		f->link[i].up = true;
	}
	life_open(f);
	f->hour_at = f->now - f->now % J_HOUR + J_HOUR;
	planner_use(f->planner, f->config);
	pass(f);
	import_accounts(f);
}

static void
live(uint64_t seed, int days)
{
	struct life *f = calloc(1, sizeof *f);
	struct event_verdict v;
	int64_t until, events;
	int violations;

	begin(f, seed);
	until = f->now + days * J_DAY;
	while (f->now < until && f->j.violations == 0)
		tick(f);
	assert_int_equal(event_verify(f->eye, &v), 0);
	if (v.bad_seq != 0)
		J_WRONG(&f->j, "the chain breaks at %" PRId64 ": %s", v.bad_seq, v.what);
	events = v.total;
	printf("seed %" PRIu64 ": %d days, %s %s, %d accounts, %" PRId64
	       " texts, %d replies (%d read "
	       "otherwise), %d imports, %" PRId64 " events, %d violations\n",
	       seed, days, f->l.place.country, f->l.presets, f->j.n_accounts, f->j.texts,
	       f->replies_read, f->misread, f->j.n_imports, events, f->j.violations);
	fflush(stdout);
	violations = f->j.violations;
	life_close(f);
	free(f);
	assert_int_equal(violations, 0);
}

static double
number_of(const char *name, double otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? atof(text) : otherwise;
}

static void
nothing_goes_that_may_not_and_every_day_is_explained(void **state)
{
	int days = (int)(number_of("YEARS", 0.08) * 365), seeds = (int)number_of("SEEDS", 3);

	(void)state;
	assert_in_range(days, 1, 9 * 365); /* as far as the judge's clocks go */
	for (int i = 0; i < seeds; i++)
		live((uint64_t)number_of("SEED", 1) + (uint64_t)i, days);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_goes_that_may_not_and_every_day_is_explained),
	};

	return cmocka_run_group_tests_name("years", tests, NULL, NULL);
}
