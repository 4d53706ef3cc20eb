/* What the store says of one account, row by row. */
#include "facts_part.h"

#include "gateway/config/config_script.h"
#include "gateway/store/calls.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* ---- pools ---- */

void *
facts_add(struct pool *p, size_t size, size_t n)
{
	if (p->n + n > p->cap) {
		size_t cap = p->cap < 8 ? 8 : p->cap;
		void *grown;

		while (cap < p->n + n)
			cap *= 2;
		if ((grown = realloc(p->at, cap * size)) == NULL)
			return NULL;
		p->at = grown;
		p->cap = cap;
	}
	p->n += n;
	return (char *)p->at + (p->n - n) * size;
}

size_t
facts_keep(struct facts *f, sqlite3_stmt *st, int column)
{
	const char *text = store_text(st, column);
	size_t len = strlen(text) + 1, at = f->text.n;
	char *p;

	if (len == 1)
		return 0;
	if ((p = facts_add(&f->text, 1, len)) == NULL)
		return 0;
	memcpy(p, text, len);
	return at;
}

void *
facts_at(const struct pool *p, size_t size, size_t i)
{
	return p->at != NULL ? (char *)p->at + i * size : NULL;
}

/* ---- rows ---- */

int
facts_read_row(struct facts *f, struct store *s, struct facts_account *a, struct spans *sp)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_ROW);
	int rc;

	store_bind_int(st, 1, a->id);
	store_bind_int(st, 2, s->visible);
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_ENOENT;
	for (int i = COL_NAME; i <= COL_EXTRA; i++)
		sp->text[i] = facts_keep(f, st, i);
	a->has_check = sqlite3_column_int(st, COL_EXTRA + 1) != 0;
	sqlite3_reset(st);
	return 0;
}

static int
load_amounts(struct facts *f, struct store *s, int64_t account, struct spans *sp, size_t *n)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_AMOUNTS);
	struct debt_amount *amount;
	struct debt_payment *payment;
	int rc;

	sp->amounts = f->amounts.n;
	store_bind_int(st, 1, account);
	store_bind_int(st, 2, s->visible);
	while ((rc = store_step(s, st)) == 1) {
		if ((amount = facts_add(&f->amounts, sizeof *amount, 1)) == NULL)
			return UV_ENOMEM;
		*amount = (struct debt_amount){.due = sqlite3_column_int(st, 0),
					       .billed = sqlite3_column_int64(st, 1),
					       .given = sqlite3_column_int64(st, 2),
					       .since = sqlite3_column_int64(st, 3)};
	}
	*n = f->amounts.n - sp->amounts;
	if (rc < 0)
		return rc;
	f->payments.n = 0;
	st = store_get(s, STORE_ACCOUNT_PAYMENTS);
	store_bind_int(st, 1, account);
	store_bind_int(st, 2, s->visible);
	while ((rc = store_step(s, st)) == 1) {
		if ((payment = facts_add(&f->payments, sizeof *payment, 1)) == NULL)
			return UV_ENOMEM;
		*payment = (struct debt_payment){.amount = sqlite3_column_int64(st, 0),
						 .since = sqlite3_column_int64(st, 1),
						 .paid_on = sqlite3_column_int(st, 2)};
	}
	if (*n > 0)
		debt_settle(facts_at(&f->amounts, sizeof(struct debt_amount), sp->amounts), *n,
			    f->payments.at, f->payments.n);
	return rc;
}

/* Is a step spent by what became of its row? */
static bool
is_spent(int status, enum reason reason)
{
	if (status == STATUS_PLANNED)
		return false;
	if (status == STATUS_SKIPPED)
		return reason == REASON_SUPERSEDED;
	if (status == STATUS_CANCELLED)
		return reason == REASON_CANCELLED;
	return true;
}

bool
facts_stuck(enum reason reason)
{
	return reason == REASON_TEMPLATE_ERROR || reason == REASON_NO_LANGUAGE ||
	       reason == REASON_NO_ROUTE || reason == REASON_WORDING ||
	       reason == REASON_UNAPPROVED || reason == REASON_NO_CHECK ||
	       reason == REASON_NO_SCRIPT;
}

enum reason
facts_call_bar(const struct config *config, const struct facts_account *a, const char *name,
	       const char **rule)
{
	const struct config_script *script = config_script(config, name);

	*rule = NULL;
	if (a->voice < 0)
		return REASON_NO_ROUTE;
	if (script == NULL)
		return REASON_NO_SCRIPT;
	if (!script->asks_check || a->has_check)
		return REASON_NONE;
	*rule = FACTS_RULE_CHECK;
	return REASON_NO_CHECK;
}

/* How the row of a step marks it; false: not at all. */
static bool
mark_of(int status, enum reason reason, enum plan_mark *mark)
{
	*mark = status == STATUS_PLANNED   ? PLAN_MARK_STUCK
		: status == STATUS_SKIPPED ? PLAN_MARK_PASSED
					   : PLAN_MARK_SPENT;
	return status == STATUS_PLANNED ? facts_stuck(reason) : is_spent(status, reason);
}

static int
add_served(struct facts *f, int32_t due, const char *step, enum plan_mark mark, int64_t at)
{
	struct plan_served *served;
	enum campaign_channel channel;
	int day;

	if (campaign_step_parse(step, strlen(step), &day, &channel) != 0)
		return 0;
	if ((served = facts_add(&f->served, sizeof *served, 1)) == NULL)
		return UV_ENOMEM;
	*served = (struct plan_served){.due = due,
				       .day = (int16_t)day,
				       .channel = (uint8_t)channel,
				       .mark = (uint8_t)mark,
				       .at = at};
	return 0;
}

/* When a text of a step went, where that was asked; 0: it did not. */
static int64_t
went_at(sqlite3_stmt *st, bool asked)
{
	int status = sqlite3_column_int(st, 2);

	if (!asked || status == STATUS_PLANNED || status == STATUS_FAILED ||
	    status == STATUS_CANCELLED || status == STATUS_SKIPPED)
		return 0;
	return sqlite3_column_int64(st, 4);
}

/* How the last try of a call marks its step. */
static bool
mark_of_call(int status, enum reason reason, enum plan_mark *mark)
{
	switch (status) {
	case CALLS_PLANNED: *mark = PLAN_MARK_STUCK; return facts_stuck(reason);
	case CALLS_SKIPPED: *mark = PLAN_MARK_PASSED; return reason == REASON_SUPERSEDED;
	case CALLS_CANCELLED: *mark = PLAN_MARK_SPENT; return reason == REASON_CANCELLED;
	default: *mark = PLAN_MARK_SPENT; return true;
	}
}

static int
load_calls(struct facts *f, struct store *s, int64_t account, int32_t from_due)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_CALLS);
	int rc = 0, row = 0;

	store_bind_int(st, 1, account);
	store_bind_int(st, 2, from_due);
	while (rc == 0 && (row = store_step(s, st)) == 1) {
		enum plan_mark mark;

		if (mark_of_call(sqlite3_column_int(st, 2), (enum reason)sqlite3_column_int(st, 3),
				 &mark))
			rc = add_served(f, sqlite3_column_int(st, 0), store_text(st, 1), mark,
					sqlite3_column_int64(st, 4));
	}
	sqlite3_reset(st);
	return row < 0 ? row : rc;
}

static int
load_served(struct facts *f, struct store *s, int64_t account, int32_t from_due, bool special,
	    struct spans *sp, unsigned *rows)
{
	bool asked = f->asks & ASK_SERVED;
	const enum store_statement sources[] = {asked ? STORE_ACCOUNT_STEPS_AT
						      : STORE_ACCOUNT_STEPS,
						STORE_ACCOUNT_TASKS, STORE_ACCOUNT_SKIPS};
	int rc = 0, row = 0;

	sp->served = f->served.n;
	for (size_t i = 0; i < (special ? 3 : 1) && rc == 0; i++) {
		sqlite3_stmt *st = store_get(s, sources[i]);

		store_bind_int(st, 1, account);
		store_bind_int(st, 2, from_due);
		while (rc == 0 && (row = store_step(s, st)) == 1) {
			enum plan_mark mark = i == 2 ? PLAN_MARK_SKIPPED : PLAN_MARK_SPENT;
			int64_t at = i == 0   ? went_at(st, asked)
				     : i == 1 ? sqlite3_column_int64(st, 2)
					      : 0;

			*rows += i == 0;
			if (i == 0 && !mark_of(sqlite3_column_int(st, 2),
					       (enum reason)sqlite3_column_int(st, 3), &mark))
				continue;
			if (asked && i == 0 && sqlite3_column_int(st, 2) == STATUS_DELIVERED)
				sp->delivered = sqlite3_column_int(st, 0) > sp->delivered
						    ? sqlite3_column_int(st, 0)
						    : sp->delivered;
			rc = add_served(f, sqlite3_column_int(st, 0), store_text(st, 1), mark, at);
		}
		sqlite3_reset(st);
		if (row < 0)
			rc = row;
	}
	return rc == 0 && special ? load_calls(f, s, account, from_due) : rc;
}

static int
add_hold(struct facts *f, enum reason reason, int64_t from, int32_t until, const char *word)
{
	struct plan_hold *hold = facts_add(&f->holds, sizeof *hold, 1);

	if (hold == NULL)
		return UV_ENOMEM;
	*hold = (struct plan_hold){.reason = reason, .from = from, .until = until, .word = word};
	return 0;
}

/* The word of a hold is one of a few; those a person made up are shown as the reason alone. */
static const char *
hold_word(const char *word)
{
	static const char *const known[] = {"dispute",     "hardship",        "bereavement",
					    "complaint",   "placed",          "breathing_space",
					    "claims_paid", "awaiting_person", "wrong_number"};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i], word) == 0)
			return known[i];
	return NULL;
}

static int
load_holds(struct facts *f, struct store *s, int64_t account)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_HOLDS);
	int rc;

	store_bind_int(st, 1, account);
	while ((rc = store_step(s, st)) == 1) {
		int32_t until = sqlite3_column_type(st, 2) == SQLITE_NULL
				    ? INT32_MAX
				    : sqlite3_column_int(st, 2);

		rc = add_hold(f, (enum reason)sqlite3_column_int(st, 0),
			      sqlite3_column_int64(st, 1), until, hold_word(store_text(st, 3)));
		if (rc != 0)
			break;
	}
	sqlite3_reset(st);
	return rc;
}

static int
load_promise(struct store *s, struct facts_account *a, struct plan_account *p, struct spans *sp)
{
	static const uint8_t state[] = {CAMPAIGN_PROMISE_OPEN, CAMPAIGN_PROMISE_KEPT,
					CAMPAIGN_PROMISE_PARTIAL, CAMPAIGN_PROMISE_BROKEN,
					CAMPAIGN_PROMISE_NONE};
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_PROMISE);
	int rc, status;

	store_bind_int(st, 1, a->id);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	status = sqlite3_column_int(st, 1);
	p->promise = state[status];
	if (status == PROMISE_OPEN) {
		a->promise_id = sqlite3_column_int64(st, 0);
		p->promised_on = sqlite3_column_int(st, 4);
		sp->promise_due = sqlite3_column_int(st, 5);
		sp->promise_at = sqlite3_column_int64(st, 6);
		if (sqlite3_column_int(st, 3) != 0)
			p->promise_until = sqlite3_column_int(st, 2);
	}
	sqlite3_reset(st);
	return 0;
}

/* Where the list names no cause, the one the borrower stated last. */
static int
load_cause(struct facts *f, struct store *s, int64_t account, struct spans *sp)
{
	sqlite3_stmt *st;
	int rc;

	if (sp->text[COL_CAUSE] != 0)
		return 0;
	st = store_get(s, STORE_ACCOUNT_CAUSE);
	store_bind_int(st, 1, account);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	sp->text[COL_CAUSE] = facts_keep(f, st, 0);
	sqlite3_reset(st);
	return 0;
}

bool
facts_has_key(struct facts *f, struct store *s, enum store_statement which, const char *prefix,
	      const char *key, int *reason)
{
	char text[80];
	sqlite3_stmt *st = store_get(s, which);
	size_t head = strlen(prefix), len = strlen(key);
	int rc;

	if (head + len >= sizeof text)
		return false;
	memcpy(text, prefix, head);
	memcpy(text + head, key, len);
	sqlite3_bind_text(st, 1, text, (int)(head + len), SQLITE_STATIC);
	if ((rc = store_step(s, st)) == 1 && reason != NULL)
		*reason = sqlite3_column_int(st, 0);
	else if (rc < 0)
		f->broken = rc;
	sqlite3_reset(st);
	return rc == 1;
}

/* The first number that is not somebody else's or refused; sets why none is left. */
static int
choose_number(struct facts *f, struct store *s, size_t phones, size_t *chosen, enum reason *barred)
{
	char number[24];
	size_t at = phones;
	int reason = REASON_NO_PHONE;

	*chosen = 0;
	while (phones != 0) {
		const char *text = (const char *)f->text.at + at;
		size_t len = strcspn(text, ";");

		if (len > 0 && len < sizeof number) {
			memcpy(number, text, len);
			number[len] = '\0';
			if (!facts_has_key(f, s, STORE_DEAD_NUMBER, "", number, &reason)) {
				char *copy = facts_add(&f->text, 1, len + 1);

				if (copy == NULL)
					return UV_ENOMEM;
				memcpy(copy, number, len + 1);
				*chosen = f->text.n - len - 1;
				return 0;
			}
		}
		if (((const char *)f->text.at)[at + len] == '\0')
			break;
		at += len + 1;
	}
	*barred = (enum reason)reason;
	return 0;
}

/* Reads one account; pointers into the pools are set by settle_pointers once nothing grows. */
int
facts_read_account(struct facts *f, struct store *s, const struct member *m)
{
	bool special = m->special;
	int64_t id = m->id;
	struct facts_account *a = facts_add(&f->accounts, sizeof *a, 1);
	struct plan_account *p = facts_add(&f->plans, sizeof *p, 1);
	struct spans *sp = facts_add(&f->spans, sizeof *sp, 1);
	size_t n = 0;
	int32_t from_due = INT32_MAX;
	int rc;

	if (a == NULL || p == NULL || sp == NULL)
		return UV_ENOMEM;
	memset(a, 0, sizeof *a);
	memset(p, 0, sizeof *p);
	a->id = id;
	a->special = special;
	p->promise = CAMPAIGN_PROMISE_NONE;
	p->promise_until = p->promised_on = INT32_MIN;
	p->heard = INT64_MIN;
	p->best_hour = -1;
	*sp = (struct spans){.delivered = INT32_MIN};
	p->id = (uint64_t)id;
	p->barred = REASON_NONE;
	/* A schedule's clock may start before the true time that imports carry. */
	sp->known = m->born < f->started ? m->born : f->started;
	if ((rc = facts_read_row(f, s, a, sp)) != 0)
		return rc;
	if (m->speaks != 0)
		sp->text[COL_LANGUAGE] = m->speaks;
	if ((rc = load_amounts(f, s, id, sp, &n)) != 0)
		return rc;
	p->n_amounts = n;
	if ((f->asks & ASK_KEPT) && (rc = facts_kept(f, s, f->accounts.n - 1)) != 0)
		return rc;
	/* Amounts long settled need no history; the newest settled one answers "paid". */
	for (size_t i = 0; i < n; i++) {
		const struct debt_amount *d = (struct debt_amount *)f->amounts.at + sp->amounts + i;

		if (i == 0 || d->left <= 0)
			from_due = d->due;
		if (d->left > 0)
			break;
	}
	sp->holds = f->holds.n;
	if ((rc = load_served(f, s, id, from_due, special, sp, &a->n_rows)) != 0)
		return rc;
	if (special && ((rc = load_holds(f, s, id)) != 0 || (rc = load_promise(s, a, p, sp)) != 0 ||
			(rc = load_cause(f, s, id, sp)) != 0))
		return rc;
	p->n_served = f->served.n - sp->served;
	p->n_holds = f->holds.n - sp->holds;
	return choose_number(f, s, sp->text[COL_PHONES], &sp->text[COL_NUMBER], &p->barred);
}
