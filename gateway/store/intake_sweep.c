/* What the file did not name: counted in every mode, closed in two of them. */
#include "intake_impl.h"
#include "store_ask.h"

#include "schedule/debt.h"

#include <stdlib.h>
#include <uv.h>

/* One account's amounts and payments as everyone sees them, and whether this import named each. */
struct sheet {
	int64_t account;
	struct debt_amount *amounts;
	bool *named; /* beside amounts: there is a version of this import */
	size_t n, cap;
	struct debt_payment *payments;
	size_t n_payments, cap_payments;
	bool any_named; /* some amount has a version of this import */
};

static int
room_for(void **items, size_t *cap, size_t n, size_t size)
{
	size_t want = *cap != 0 ? *cap * 2 : 16;
	void *grown;

	if (n < *cap)
		return 0;
	if ((grown = realloc(*items, want * size)) == NULL)
		return UV_ENOMEM;
	*items = grown;
	*cap = want;
	return 0;
}

static int
sheet_room(struct sheet *h)
{
	size_t cap = h->cap;
	int rc = room_for((void **)&h->named, &cap, h->n, sizeof *h->named);

	return rc != 0 ? rc : room_for((void **)&h->amounts, &h->cap, h->n, sizeof *h->amounts);
}

/* Adds a version of an amount; versions come by due day and then by age. */
static int
add_version(struct sheet *h, const struct store *s, const struct intake *in, sqlite3_stmt *st)
{
	int32_t due = sqlite3_column_int(st, 1);
	int64_t since = sqlite3_column_int64(st, 2);
	bool ended =
	    sqlite3_column_type(st, 3) != SQLITE_NULL && sqlite3_column_int64(st, 3) <= s->visible;
	int rc;

	if (since == in->id) {
		h->any_named = true;
		if (h->n > 0 && h->amounts[h->n - 1].due == due)
			h->named[h->n - 1] = true;
		return 0;
	}
	if (since > s->visible || ended)
		return 0;
	if ((rc = sheet_room(h)) != 0)
		return rc;
	h->amounts[h->n] = (struct debt_amount){.due = due,
						.billed = sqlite3_column_int64(st, 4),
						.given = sqlite3_column_int64(st, 5),
						.since = since};
	h->named[h->n++] = false;
	return 0;
}

static int
by_since(const void *a, const void *b)
{
	const struct debt_payment *x = a, *y = b;

	return (x->since > y->since) - (x->since < y->since);
}

/* Takes the account's payments off a walk that stands on or before them; *row as store_step. */
static int
take_payments(struct sheet *h, struct store *s, sqlite3_stmt *st, int *row)
{
	int rc;

	h->n_payments = 0;
	while (*row == 1 && sqlite3_column_int64(st, 0) <= h->account) {
		if (sqlite3_column_int64(st, 0) == h->account) {
			if ((rc = room_for((void **)&h->payments, &h->cap_payments, h->n_payments,
					   sizeof *h->payments)) != 0)
				return rc;
			h->payments[h->n_payments++] =
			    (struct debt_payment){.paid_on = sqlite3_column_int(st, 1),
						  .amount = sqlite3_column_int64(st, 2),
						  .since = sqlite3_column_int64(st, 3)};
		}
		*row = store_step(s, st);
	}
	if (h->n_payments > 1)
		qsort(h->payments, h->n_payments, sizeof *h->payments, by_since);
	return *row < 0 ? *row : 0;
}

/* Did the file name it and change nothing, or was a row of the account refused?  1, 0, negative. */
static int
seen(struct store *s, int64_t account, int32_t due, bool shield)
{
	return store_any(s, store_ask(s, STORE_INTAKE_SEEN_HAS, as_int(account),
				      shield ? as_text(INTAKE_SHIELD) : as_int(due)));
}

static int
seen_any(struct store *s, int64_t account)
{
	return store_any(s, store_ask(s, STORE_INTAKE_SEEN_ANY, as_int(account)));
}

/* Nothing is left of it, and what was paid on it stays on it. */
static int
close_amount(struct store *s, const struct intake *in, int64_t account, const struct debt_amount *a)
{
	int rc = store_set(s, STORE_INTAKE_AMOUNT_END, as_int(in->id), as_int(account),
			   as_int(a->due), as_int(a->since));

	if (rc != 0)
		return rc;
	return store_set(s, STORE_INTAKE_AMOUNT_ADD, as_int(account), as_int(a->due),
			 as_int(in->id), as_int(a->billed), as_int(0));
}

/* Judges the open amounts of one account. */
static int
judge(struct sheet *h, struct store *s, const struct intake *in, struct intake_counts *c)
{
	bool closing = in->mode == INTAKE_COMPLETE;
	int rc, known = seen_any(s, h->account);
	int shielded = known == 1 ? seen(s, h->account, 0, true) : known;

	if (known < 0 || shielded < 0)
		return known < 0 ? known : shielded;
	if (in->mode == INTAKE_REPLACE)
		closing = known == 1 || h->any_named;
	debt_settle(h->amounts, h->n, h->payments, h->n_payments);
	for (size_t i = 0; i < h->n; i++) {
		if (h->amounts[i].left <= 0)
			continue;
		c->open++;
		if (h->named[i] || shielded == 1)
			continue;
		rc = known == 1 ? seen(s, h->account, h->amounts[i].due, false) : 0;
		if (rc < 0)
			return rc;
		if (rc == 1)
			continue;
		c->missing++;
		if (!closing)
			continue;
		c->closed++;
		if ((rc = close_amount(s, in, h->account, &h->amounts[i])) != 0)
			return rc;
	}
	return 0;
}

static int
next_account(struct sheet *h, struct store *s, const struct intake *in, sqlite3_stmt *st, int *row)
{
	int rc;

	h->account = sqlite3_column_int64(st, 0);
	h->n = 0;
	h->any_named = false;
	while (*row == 1 && sqlite3_column_int64(st, 0) == h->account) {
		if ((rc = add_version(h, s, in, st)) != 0)
			return rc;
		*row = store_step(s, st);
	}
	return *row < 0 ? *row : 0;
}

static int
sweep_stretch(struct sheet *h, struct store *s, const struct intake *in, int64_t after,
	      int64_t upto, struct intake_counts *c)
{
	sqlite3_stmt *amounts = store_ask(s, STORE_INTAKE_AMOUNT_WALK, as_int(after), as_int(upto));
	sqlite3_stmt *payments =
	    store_ask(s, STORE_INTAKE_PAYMENT_WALK, as_int(after), as_int(upto));
	int rc = 0, amount = store_step(s, amounts), payment = store_step(s, payments);

	while (rc == 0 && amount == 1) {
		rc = next_account(h, s, in, amounts, &amount);
		if (rc == 0)
			rc = take_payments(h, s, payments, &payment);
		/* Closing writes behind the walk: what it adds has this import's id and an account
		 * the walk has left. */
		if (rc == 0 && h->n > 0)
			rc = judge(h, s, in, c);
	}
	sqlite3_reset(amounts);
	sqlite3_reset(payments);
	return rc != 0 ? rc : amount < 0 ? amount : payment < 0 ? payment : 0;
}

int
intake_sweep(struct store *s, const struct intake *in, struct intake_walk *walk, int64_t last,
	     int budget, struct intake_counts *counts)
{
	struct intake_counts c = {0};
	struct sheet h = {0};
	int64_t upto;
	int rc;

	walk->done = in->kind != INTAKE_ACCOUNTS || walk->after >= last;
	if (walk->done)
		return 0;
	if ((rc = intake_stretch(s, walk->after, budget, &upto)) != 0)
		return rc;
	if (upto > last)
		upto = last;
	rc = sweep_stretch(&h, s, in, walk->after, upto, &c);
	free(h.amounts);
	free(h.named);
	free(h.payments);
	if (rc == 0)
		rc = intake_count(s, in->id, &c, counts);
	walk->after = upto;
	walk->done = upto >= last;
	return rc;
}
