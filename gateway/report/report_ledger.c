#include "report_ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void
report_ledger_begin(struct report_ledger *l)
{
	l->n_versions = l->n_payments = l->n_due = 0;
}

void
report_ledger_clear(struct report_ledger *l)
{
	free(l->version);
	free(l->payment);
	free(l->due);
	free(l->step);
	free(l->amount);
	*l = (struct report_ledger){0};
}

/* Room for n items of an array that keeps its memory; NULL without. */
static void *
room(void *array, size_t *cap, size_t n, size_t size)
{
	size_t wider = *cap < 8 ? 8 : *cap;
	void *grown;

	if (n <= *cap)
		return array;
	while (wider < n)
		wider *= 2;
	if ((grown = realloc(array, wider * size)) != NULL)
		*cap = wider;
	return grown;
}

int
report_ledger_amount(struct report_ledger *l, const struct report_version *v)
{
	void *p = room(l->version, &l->cap_versions, l->n_versions + 1, sizeof *l->version);

	if (p == NULL)
		return -ENOMEM;
	l->version = p;
	l->version[l->n_versions++] = *v;
	return 0;
}

int
report_ledger_payment(struct report_ledger *l, const struct debt_payment *payment)
{
	void *p = room(l->payment, &l->cap_payments, l->n_payments + 1, sizeof *l->payment);

	if (p == NULL)
		return -ENOMEM;
	l->payment = p;
	l->payment[l->n_payments++] = *payment;
	return 0;
}

/* ---- preparing ---- */

static int
by_import_then_day(const void *a, const void *b)
{
	const struct debt_payment *p = a, *q = b;

	if (p->since != q->since)
		return p->since < q->since ? -1 : 1;
	return p->paid_on < q->paid_on ? -1 : p->paid_on > q->paid_on;
}

static int
by_number(const void *a, const void *b)
{
	int64_t p = *(const int64_t *)a, q = *(const int64_t *)b;

	return p < q ? -1 : p > q;
}

/* The imports that touched the account, each once, in their order; how many, or -ENOMEM. */
static int
list_steps(struct report_ledger *l, size_t *n)
{
	size_t count = 0, kept = 0;
	void *p = room(l->step, &l->cap_steps, 2 * l->n_versions + l->n_payments, sizeof *l->step);

	*n = 0;
	if (p == NULL)
		return l->n_versions + l->n_payments > 0 ? -ENOMEM : 0;
	l->step = p;
	for (size_t i = 0; i < l->n_versions; i++) {
		l->step[count++] = l->version[i].since;
		if (l->version[i].until != INT64_MAX)
			l->step[count++] = l->version[i].until;
	}
	for (size_t i = 0; i < l->n_payments; i++)
		l->step[count++] = l->payment[i].since;
	qsort(l->step, count, sizeof *l->step, by_number);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || l->step[kept - 1] != l->step[i])
			l->step[kept++] = l->step[i];
	*n = kept;
	return 0;
}

static int
list_due(struct report_ledger *l)
{
	void *p = room(l->due, &l->cap_due, l->n_versions, sizeof *l->due);
	void *q = room(l->amount, &l->cap_amounts, l->n_versions, sizeof *l->amount);

	if (p != NULL)
		l->due = p;
	if (q != NULL)
		l->amount = q;
	if (l->n_versions > 0 && (p == NULL || q == NULL))
		return -ENOMEM;
	for (size_t i = 0; i < l->n_versions; i++)
		if (l->n_due == 0 || l->due[l->n_due - 1].due != l->version[i].due)
			l->due[l->n_due++] =
			    (struct report_due){.due = l->version[i].due, .cleared = REPORT_NEVER};
	return 0;
}

/* ---- the replay ---- */

/* The amounts as the lists up to an import had them; how many. */
static size_t
visible(struct report_ledger *l, int64_t import)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_versions; i++) {
		const struct report_version *v = &l->version[i];

		if (v->since <= import && v->until > import)
			l->amount[n++] = (struct debt_amount){.due = v->due,
							      .billed = v->billed,
							      .given = v->given,
							      .since = v->since};
	}
	return n;
}

/* Listed as owed, and paid at once by what the borrower had paid too much before. */
static bool
by_credit(const struct debt_amount *a)
{
	return a->given < 0 && a->billed > 0;
}

/* Books the first payments and notes what opened or closed, closed on `day`. */
static void
note(struct report_ledger *l, int64_t import, size_t n_payments, int32_t day, int64_t ignore_below)
{
	size_t n = visible(l, import), at = 0;

	if (n > 0)
		debt_settle(l->amount, n, l->payment, n_payments);
	for (size_t i = 0; i < l->n_due; i++) {
		struct report_due *d = &l->due[i];
		const struct debt_amount *a = NULL;

		while (at < n && l->amount[at].due < d->due)
			at++;
		if (at < n && l->amount[at].due == d->due)
			a = &l->amount[at];
		if (a != NULL && a->left > 0 && a->left >= ignore_below)
			d->cleared = REPORT_OPEN;
		else if (d->cleared == REPORT_OPEN ||
			 (d->cleared == REPORT_NEVER && a != NULL && by_credit(a)))
			d->cleared = day;
	}
}

int
report_ledger_replay(struct report_ledger *l, int64_t ignore_below, report_import_day *day,
		     void *ctx)
{
	int32_t latest = INT32_MIN;
	size_t n_steps, paid = 0;
	int rc;

	if ((rc = list_due(l)) != 0 || (rc = list_steps(l, &n_steps)) != 0)
		return rc;
	if (l->n_payments > 1)
		qsort(l->payment, l->n_payments, sizeof *l->payment, by_import_then_day);
	for (size_t k = 0; k < n_steps; k++) {
		int64_t import = l->step[k];
		bool lists = paid == l->n_payments || l->payment[paid].since != import;

		if (lists)
			note(l, import, paid, day(ctx, import), ignore_below);
		while (paid < l->n_payments && l->payment[paid].since == import) {
			if (l->payment[paid].paid_on > latest)
				latest = l->payment[paid].paid_on;
			note(l, import, ++paid, latest, ignore_below);
		}
	}
	return 0;
}

struct report_arrears
report_ledger_arrears(const struct report_ledger *l, int32_t day)
{
	struct report_arrears a = {.cleared = INT32_MIN};

	for (size_t i = 0; i < l->n_due && l->due[i].due < day; i++) {
		if (l->due[i].cleared < day) /* NEVER too */
			continue;
		if (!a.any)
			a.dpd = day - l->due[i].due;
		a.any = true;
		if (l->due[i].cleared > a.cleared)
			a.cleared = l->due[i].cleared;
	}
	return a;
}
