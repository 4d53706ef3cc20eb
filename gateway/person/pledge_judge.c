/* How a promise ended, and how it ends after all once a payment was reversed. */
#include "pledge_part.h"

#include "gateway/store/borrower.h"
#include "gateway/store/ledger.h"

#include <string.h>
#include <uv.h>

#define SOME         200              /* rows read at once */
#define LOOK_AHEAD   2                /* days whose promises are asked when they are to be judged */
#define ZONE_AHEAD   (14 * 3600000LL) /* no clock is further ahead of UTC */
#define MS_PER_DAY   86400000LL
#define REVIEWED_MAX 50 /* judged promises of one account; PROMISE_JUDGED_OF */

struct judged {
	int64_t id, expected, import, plan, upto, counted, paid;
	int32_t due;
	int part;
	enum promise_status status;
};

static enum promise_status
verdict(const struct config *config, int64_t counted, int64_t expected)
{
	int64_t least;

	/* Percent first, by parts, so that no amount overflows. */
	least = expected / 100 * (100 - config->promises.tolerance) +
		expected % 100 * (100 - config->promises.tolerance) / 100 +
		(expected % 100 * (100 - config->promises.tolerance) % 100 != 0);
	if (counted >= least && counted > 0)
		return PROMISE_KEPT;
	return counted > 0 ? PROMISE_PARTIAL : PROMISE_BROKEN;
}

/* ---- when its time has come ---- */

static int
read_open(struct store *s, int64_t account, struct judged *j)
{
	sqlite3_stmt *st = store_get(s, STORE_PROMISE_JUDGE);
	int rc;

	store_bind_int(st, 1, account);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	*j = (struct judged){.id = sqlite3_column_int64(st, 0),
			     .expected = sqlite3_column_int64(st, 1),
			     .import = sqlite3_column_int64(st, 2),
			     .due = sqlite3_column_int(st, 3),
			     .plan = sqlite3_column_int64(st, 4),
			     .part = sqlite3_column_int(st, 5),
			     .upto = s->visible};
	sqlite3_reset(st);
	return 1;
}

/* How the account stands. */
struct standing {
	bool known; /* it is in a list */
	int32_t today;
	int64_t owes;
	bool cleared; /* nothing that was due by the day of the promise's amount, or is now, is left
		       */
};

static int
stand(struct store *s, struct facts *facts, int64_t account, int32_t due, int64_t now,
      struct standing *at)
{
	const struct plan_account *a;
	size_t index;
	int rc = facts_load_account(facts, s, account, now, &index);

	*at = (struct standing){.today = civil_local(facts_lender_zone(facts), now).day};
	if (rc != 0)
		return rc == UV_ENOENT ? 0 : rc;
	a = &facts_person(facts)->accounts[index];
	*at = (struct standing){
	    .known = true, .today = civil_local(a->zone, now).day, .cleared = true};
	for (size_t i = 0; i < a->n_amounts; i++) {
		const struct debt_amount *d = &a->amounts[i];

		if (d->left <= 0 || d->left < facts_config(facts)->ignore_below)
			continue;
		at->owes += d->left;
		if (d->due <= due || d->due <= at->today)
			at->cleared = false;
	}
	return 0;
}

/* What came in for it: lists that say what is left count like payments.  Of a plan's amounts those
 * that are in no list any more do not: a new schedule has them elsewhere. */
static int
count(struct store *s, int64_t account, struct judged *j)
{
	struct ledger_sums sums;
	int64_t taken = 0, less;
	int rc = ledger_sum(s, account, j->import, j->upto, &sums);

	if (rc == 0 && j->plan != 0)
		rc = instalment_taken(s, account, j->plan, j->part, &taken);
	if (rc != 0)
		return rc;
	less = j->plan != 0 ? sums.less_old : sums.less;
	j->paid = sums.paid;
	j->counted = (sums.paid > less ? sums.paid : less) - taken;
	if (j->counted < 0)
		j->counted = 0;
	return 0;
}

static int
judge(struct store *s, struct facts *facts, int64_t account, int64_t now)
{
	const struct config *config = facts_config(facts);
	struct borrower_verdict v = {.account = account, .actor = PLEDGE_ACTOR};
	struct standing at;
	struct judged j = {0};
	int rc = read_open(s, account, &j);

	if (rc <= 0 || (rc = stand(s, facts, account, j.due, now, &at)) != 0 ||
	    (rc = count(s, account, &j)) != 0)
		return rc;
	v.promise = j.id;
	v.import = j.upto;
	v.counted = j.counted;
	v.paid = j.paid;
	v.status = verdict(config, j.counted, j.expected);
	if (v.status != PROMISE_KEPT && at.known && (j.plan != 0 ? at.owes == 0 : at.cleared)) {
		v.status = PROMISE_KEPT;
		v.why = "nothing is due any more";
	}
	if ((rc = borrower_promise_judged(s, &v, now)) != 0 || j.plan == 0)
		return rc;
	return pledge_plan_goes_on(s, config, j.plan, j.part, v.status, at.owes, at.today, now);
}

/* ---- when a payment was reversed ---- */

static int
read_judged(struct store *s, int64_t account, struct judged list[REVIEWED_MAX], int *n)
{
	sqlite3_stmt *st = store_get(s, STORE_PROMISE_JUDGED_OF);
	int rc;

	store_bind_int(st, 1, account);
	for (*n = 0; (rc = store_step(s, st)) == 1; ++*n)
		list[*n] =
		    (struct judged){.id = sqlite3_column_int64(st, 0),
				    .expected = sqlite3_column_int64(st, 1),
				    .import = sqlite3_column_int64(st, 2),
				    .due = sqlite3_column_int(st, 3),
				    .plan = sqlite3_column_int64(st, 4),
				    .part = sqlite3_column_int(st, 5),
				    .upto = sqlite3_column_int64(st, 6),
				    .counted = sqlite3_column_int64(st, 7),
				    .paid = sqlite3_column_int64(st, 8),
				    .status = (enum promise_status)sqlite3_column_int(st, 9)};
	return rc;
}

/* Judges one anew: 1 it is another now, 0, negative.  *gone: of what earlier parts of its plan
 * counted, no longer there; it grows by what this one counted in vain. */
static int
judge_again(struct store *s, struct facts *facts, int64_t account, const struct judged *j,
	    int64_t *gone, int64_t now)
{
	struct borrower_verdict v = {.promise = j->id,
				     .account = account,
				     .import = j->upto,
				     .counted = j->counted,
				     .why = "a payment was reversed",
				     .actor = PLEDGE_ACTOR};
	int64_t lost;
	int rc = ledger_paid(s, account, j->import, j->upto, &v.paid);

	if (rc != 0)
		return rc;
	lost = j->paid - v.paid - *gone;
	if (lost <= 0)
		return 0;
	v.counted = lost < j->counted ? j->counted - lost : 0;
	v.status = verdict(facts_config(facts), v.counted, j->expected);
	if (v.status == j->status || v.status == PROMISE_KEPT)
		return 0;
	*gone += j->counted - v.counted;
	rc = borrower_promise_judged(s, &v, now);
	return rc != 0 ? rc : 1;
}

/* 1: some promise of the account ended otherwise. */
static int
review(struct store *s, struct facts *facts, int64_t account, int64_t now)
{
	struct judged list[REVIEWED_MAX];
	int64_t plan = 0, gone = 0;
	struct standing at;
	int n, rc = read_judged(s, account, list, &n);
	bool changed = false;

	for (int i = n - 1; rc == 0 && i >= 0; i--) { /* the oldest first */
		if (list[i].plan == 0 || list[i].plan != plan)
			gone = 0;
		plan = list[i].plan;
		if ((rc = judge_again(s, facts, account, &list[i], &gone, now)) != 1)
			continue;
		changed = true;
		rc = plan == 0 ? 0 : stand(s, facts, account, list[i].due, now, &at);
		if (rc == 0 && plan != 0 && list[i].status == PROMISE_KEPT)
			rc = pledge_plan_undone(s, plan, at.today, now);
	}
	return rc != 0 ? rc : changed;
}

/* ---- rounds ---- */

struct round {
	struct store *s;
	struct facts *facts;
	struct pledge_rounds *r;
	int64_t now;
	uint64_t until;
	pledge_changed *changed;
	void *ctx;
};

static bool
in_time(const struct round *g)
{
	return uv_hrtime() < g->until;
}

/* One account each, from statements that give a key of two numbers and the account where `which`
 * says; goes on behind the key of the last.  1 there is more, 0, negative. */
static int
review_some(struct round *g, sqlite3_stmt *st, int column, int64_t key[2])
{
	int64_t list[SOME][3];
	int n = 0, rc;

	while ((rc = store_step(g->s, st)) == 1) {
		list[n][0] = sqlite3_column_int64(st, 0);
		list[n][1] = sqlite3_column_int64(st, 1);
		list[n++][2] = sqlite3_column_int64(st, column);
	}
	for (int i = 0; i < n && rc == 0; i++) {
		if (i > 0 && !in_time(g))
			return 1;
		rc = review(g->s, g->facts, list[i][2], g->now);
		if (rc == 1)
			rc = g->changed(g->ctx, list[i][2]);
		memcpy(key, list[i], 2 * sizeof *key);
	}
	return rc != 0 ? rc : n == SOME;
}

static void
begin(struct round *g)
{
	struct pledge_rounds *r = g->r;

	if (r->begun)
		return;
	r->begun = true;
	r->reversed[0] = store_meta_int(g->s, META_REVERSED, 0);
	r->reversed[1] = INT64_MAX;
	r->undone = store_meta_int(g->s, META_UNDONE, 0);
}

/* Reversals of imports that came since. */
static int
round_reversed(struct round *g)
{
	struct pledge_rounds *r = g->r;
	int rc = 0;

	if (r->reversed[0] >= g->s->visible)
		return 0;
	do {
		sqlite3_stmt *st = store_get(g->s, STORE_PAYMENT_REVERSALS);

		store_bind_int(st, 1, g->s->visible);
		store_bind_int(st, 2, r->reversed[0]);
		store_bind_int(st, 3, r->reversed[1]);
		rc = review_some(g, st, 1, r->reversed);
	} while (rc == 1 && in_time(g));
	if (rc != 0)
		return rc;
	r->reversed[0] = g->s->visible;
	r->reversed[1] = INT64_MAX;
	return store_meta_set_int(g->s, META_REVERSED, g->s->visible);
}

/* Payments that were taken back with their import leave no trace of whose they were: every promise
 * judged since the first of those imports is looked at. */
static int
round_undone(struct round *g)
{
	struct pledge_rounds *r = g->r;
	sqlite3_stmt *st = store_get(g->s, STORE_IMPORT_UNDONE);
	int64_t n = 0, first = 0;
	int rc;

	if ((rc = store_step(g->s, st)) == 1) {
		n = sqlite3_column_int64(st, 0);
		first = sqlite3_column_int64(st, 1);
		sqlite3_reset(st);
	}
	if (rc < 0 || n == r->undone)
		return rc < 0 ? rc : 0;
	if (r->judged[0] == 0)
		r->judged[0] = first - 1;
	do {
		st = store_get(g->s, STORE_PROMISE_JUDGED_SINCE);
		store_bind_int(st, 1, r->judged[0]);
		store_bind_int(st, 2, r->judged[1]);
		rc = review_some(g, st, 2, r->judged);
	} while (rc == 1 && in_time(g));
	if (rc != 0)
		return rc;
	r->judged[0] = r->judged[1] = 0;
	r->undone = n;
	return store_meta_set_int(g->s, META_UNDONE, n);
}

/* Open promises in the order of the days on which they are judged: which day it is somewhere is
 * that account's to say. */
static int
round_due(struct round *g)
{
	int64_t key[2] = {INT32_MIN, 0}, list[SOME][2], at[SOME];
	int64_t next = g->now + LOOK_AHEAD * MS_PER_DAY;
	bool judged = false;
	int n, rc;

	do {
		sqlite3_stmt *st = store_get(g->s, STORE_PROMISE_DUE);

		store_bind_int(st, 1, g->s->visible);
		store_bind_int(st, 2, key[0]);
		store_bind_int(st, 3, key[1]);
		store_bind_int(st, 4, (next + ZONE_AHEAD) / MS_PER_DAY);
		for (n = 0; (rc = store_step(g->s, st)) == 1; n++) {
			key[0] = sqlite3_column_int(st, 2);
			key[1] = sqlite3_column_int64(st, 0);
			list[n][0] = sqlite3_column_int64(st, 1);
			at[n] = civil_instant(facts_zone(g->facts, store_text(st, 3)),
					      (int32_t)key[0], 0);
		}
		for (int i = 0; i < n && rc == 0; i++) {
			if (at[i] > g->now) {
				next = at[i] < next ? at[i] : next;
				continue;
			}
			judged = true;
			if ((rc = judge(g->s, g->facts, list[i][0], g->now)) == 0)
				rc = g->changed(g->ctx, list[i][0]);
		}
	} while (rc == 0 && n > 0 && in_time(g));
	if (rc != 0 || n > 0 || judged) /* a plan's next part may be behind */
		return rc != 0 ? rc : 1;
	g->r->at = next;
	return 0;
}

int
pledge_round(struct store *s, struct facts *facts, struct pledge_rounds *r, int64_t now,
	     uint64_t until, pledge_changed *changed, void *ctx)
{
	struct round g = {s, facts, r, now, until, changed, ctx};
	int rc;

	begin(&g);
	if ((rc = round_reversed(&g)) == 0 && (rc = round_undone(&g)) == 0 && now >= r->at)
		rc = round_due(&g);
	return rc;
}
