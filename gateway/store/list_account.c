/* The part of list.h that is about accounts, and the figures of `status`. */
#include "instalment.h"
#include "list_part.h"
#include "schedule/reason.h"
#include "store_ask.h"

#include <uv.h>

#define STRETCH 20000 /* accounts whose amounts are read in one statement */

/* ---- accounts ---- */

static int
read_account(struct list_walk *w, sqlite3_stmt *st)
{
	struct list_account *a;

	if (sqlite3_column_int64(st, 2) < w->filter.since)
		return 0;
	if ((a = list_add(w, sizeof *a)) == NULL)
		return UV_ENOMEM;
	*a = (struct list_account){.id = sqlite3_column_int64(st, 0),
				   .person = sqlite3_column_int64(st, 1),
				   .born = sqlite3_column_int64(st, 2),
				   .ref = list_keep(w, st, 3)};
	return 0;
}

int
list_accounts(struct list_walk *w, const struct list_account **rows)
{
	int n = list_page(w, STORE_LIST_ACCOUNTS, STORE_LIST_ACCOUNTS_OF, read_account);

	*rows = w->rows;
	return n;
}

int
list_find(struct store *s, const char *ref, int64_t *account)
{
	int rc = store_refresh(s);

	if (rc != 0)
		return rc;
	return store_one(s, store_ask(s, STORE_LIST_ACCOUNT, as_text(ref), as_int(s->visible)),
			 account);
}

int
list_lock(struct store *s)
{
	int rc = store_do(s, store_get(s, STORE_LIST_LOCK));

	return rc != 0 ? rc : store_refresh(s);
}

void
list_unlock(struct store *s)
{
	store_do(s, store_get(s, STORE_COMMIT));
}

int
list_person(struct store *s, int64_t account, int64_t *person)
{
	return store_figure(s, store_ask(s, STORE_ACCOUNT_PERSON, as_int(account)), person);
}

int
list_last_account(struct store *s, int64_t *id)
{
	return store_figure(s, store_get(s, STORE_LIST_LAST_ACCOUNT), id);
}

int
list_amounts(struct store *s, int64_t *after, list_amount_cb *each, void *ctx)
{
	sqlite3_stmt *st;
	int64_t last;
	int rc = store_refresh(s);

	if (rc != 0 || (rc = list_last_account(s, &last)) != 0)
		return rc;
	st = store_ask(s, STORE_LIST_AMOUNTS, as_int(*after), as_int(*after + STRETCH),
		       as_int(s->visible));
	while ((rc = store_step(s, st)) == 1)
		each(ctx, sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1));
	if (rc < 0)
		return rc;
	*after += STRETCH;
	return *after < last;
}

/* ---- one account ---- */

int
list_payments(struct store *s, int64_t account, list_payment_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_LIST_PAYMENTS, as_int(account), as_int(s->visible));
	int rc;

	while ((rc = store_step(s, st)) == 1) {
		struct list_payment p = {.paid_on = sqlite3_column_int(st, 0),
					 .amount = sqlite3_column_int64(st, 1),
					 .reference = (const char *)sqlite3_column_text(st, 2)};

		each(ctx, &p);
	}
	return rc;
}

int
list_holds(struct store *s, int64_t account, bool all, list_hold_cb *each, void *ctx)
{
	sqlite3_stmt *st =
	    store_ask(s, all ? STORE_LIST_HOLDS_ALL : STORE_LIST_HOLDS, as_int(account));
	int rc;

	while ((rc = store_step(s, st)) == 1) {
		bool open = sqlite3_column_type(st, 3) == SQLITE_NULL;
		struct list_hold h = {.reason = sqlite3_column_int(st, 0),
				      .word = store_text(st, 1),
				      .from = sqlite3_column_int64(st, 2),
				      .until = open ? INT32_MAX : sqlite3_column_int(st, 3),
				      .actor = store_text(st, 4),
				      .released_at = sqlite3_column_int64(st, 5),
				      .released_by = (const char *)sqlite3_column_text(st, 6)};

		each(ctx, &h);
	}
	return rc;
}

static int
read_parts(struct store *s, int64_t plan, struct list_plan_part *parts, int cap)
{
	sqlite3_stmt *st = store_ask(s, STORE_LIST_PLAN_PARTS, as_int(plan));
	int n = 0, rc;

	while ((rc = store_step(s, st)) == 1)
		if (n < cap)
			parts[n++] = (struct list_plan_part){
			    .n = sqlite3_column_int(st, 0),
			    .day = sqlite3_column_int(st, 1),
			    .amount = sqlite3_column_int64(st, 2),
			    .status = sqlite3_column_type(st, 3) != SQLITE_NULL
					  ? sqlite3_column_int(st, 3)
					  : -1};
	return rc < 0 ? rc : n;
}

int
list_plans(struct store *s, int64_t account, list_plan_cb *each, void *ctx)
{
	struct list_plan_part parts[INSTALMENT_PARTS];
	sqlite3_stmt *st = store_ask(s, STORE_LIST_PLANS, as_int(account));
	int n = 0, rc;

	while ((rc = store_step(s, st)) == 1) {
		struct list_plan p = {.id = sqlite3_column_int64(st, 0),
				      .status = sqlite3_column_int(st, 1),
				      .at = sqlite3_column_int64(st, 2),
				      .actor = store_text(st, 3),
				      .currency = store_text(st, 4),
				      .ended_at = sqlite3_column_int64(st, 5),
				      .part = parts};

		if ((n = read_parts(s, p.id, parts, INSTALMENT_PARTS)) < 0) {
			sqlite3_reset(st);
			return n;
		}
		p.n_parts = n;
		each(ctx, &p);
	}
	return rc;
}

/* ---- figures ---- */

static int
number_since(struct store *s, enum store_statement which, int64_t since, int64_t *out)
{
	return store_figure(s, store_ask(s, which, as_int(since)), out);
}

static int
judged(struct store *s, int64_t since, enum promise_status status, int64_t *out)
{
	return store_figure(s, store_ask(s, STORE_LIST_JUDGED, as_int(since), as_int(status)), out);
}

/* Incoming texts come in the order of their ids, so the count stops at the first older one. */
static int
replied(struct store *s, int64_t since, int64_t *out)
{
	sqlite3_stmt *st = store_get(s, STORE_LIST_REPLIED);
	int rc;

	while ((rc = store_step(s, st)) == 1 && sqlite3_column_int64(st, 0) >= since)
		++*out;
	sqlite3_reset(st);
	return rc < 0 ? rc : 0;
}

static int
states(struct store *s, int64_t now, struct list_figures *out)
{
	sqlite3_stmt *st = store_ask(s, STORE_LIST_STATES, as_int(now));
	int rc;

	if ((rc = store_step(s, st)) != 1)
		return rc;
	out->queued = sqlite3_column_int64(st, 1);
	out->planned = sqlite3_column_int64(st, 0) - out->queued;
	sqlite3_reset(st);
	return 0;
}

static int
two(struct store *s, enum store_statement which, int64_t bound, int64_t *first, int64_t *second)
{
	sqlite3_stmt *st = store_ask(s, which, as_int(bound));
	int rc;

	if ((rc = store_step(s, st)) != 1)
		return rc;
	*first = sqlite3_column_int64(st, 0);
	*second = sqlite3_column_int64(st, 1);
	sqlite3_reset(st);
	return 0;
}

int
list_figures(struct store *s, int64_t now, int64_t day_start, struct list_figures *out)
{
	const struct {
		enum store_statement which;
		int64_t *to;
	} plain[] = {{STORE_LIST_SENDING, &out->sending},
		     {STORE_LIST_UNKNOWN, &out->unknown},
		     {STORE_LIST_WAITING, &out->inbox_waiting},
		     {STORE_LIST_OPEN_TASKS, &out->tasks_open},
		     {STORE_LIST_OPEN_PROMISES, &out->promises_open}};
	int rc;

	*out = (struct list_figures){0};
	if ((rc = states(s, now, out)) != 0)
		return rc;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if ((rc = store_figure(s, store_get(s, plain[i].which), plain[i].to)) != 0)
			return rc;
	if ((rc = replied(s, day_start, &out->replied)) != 0 ||
	    (rc = number_since(s, STORE_LIST_PROMISED, day_start, &out->promised)) != 0 ||
	    (rc = number_since(s, STORE_LIST_OPTED_OUT, day_start, &out->opted_out)) != 0 ||
	    (rc = judged(s, day_start, PROMISE_KEPT, &out->kept)) != 0 ||
	    (rc = two(s, STORE_LIST_CALLED, day_start, &out->called, &out->reached)) != 0 ||
	    (rc = two(s, STORE_LIST_CALLING, now, &out->calling, &out->calls_due)) != 0)
		return rc;
	return judged(s, day_start, PROMISE_BROKEN, &out->broken);
}

int
list_held(struct store *s, int64_t *count, size_t n)
{
	sqlite3_stmt *st = store_get(s, STORE_LIST_HELD);
	int rc;

	for (size_t i = 0; i < n; i++)
		count[i] = 0;
	while ((rc = store_step(s, st)) == 1) {
		int reason = sqlite3_column_int(st, 0);

		if (reason >= 0 && (size_t)reason < n)
			count[reason] = sqlite3_column_int64(st, 1);
	}
	return rc;
}

int
list_route(struct store *s, const char *route, int64_t now, int32_t day, struct list_route *out)
{
	sqlite3_stmt *st = store_ask(s, STORE_LIST_ROUTE_QUEUE, as_text(route), as_int(now));
	int rc;

	*out = (struct list_route){0};
	if ((rc = store_figure(s, st, &out->queued)) != 0)
		return rc;
	st = store_ask(s, STORE_LIST_ROUTE_SENDING, as_text(route));
	if ((rc = store_figure(s, st, &out->in_flight)) != 0)
		return rc;
	st = store_ask(s, STORE_ROUTE_DAY_GET, as_text(route), as_int(day));
	if ((rc = store_step(s, st)) != 1)
		return rc;
	out->sent = sqlite3_column_int(st, 0);
	out->failed = sqlite3_column_int(st, 1);
	sqlite3_reset(st);
	return 0;
}
