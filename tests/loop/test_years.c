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
#include "years_explain.h"
#include "years_people.h"

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
