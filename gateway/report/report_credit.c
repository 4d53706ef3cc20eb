#include "report_credit.h"

#define MS_PER_DAY INT64_C(86400000)

static bool
takes_credit(const struct report_text *t)
{
	return t->earns && (t->fate == REPORT_SENT || t->fate == REPORT_DELIVERED ||
			    t->fate == REPORT_UNKNOWN || t->fate == REPORT_TALKED);
}

/* The first text after an instant. */
static size_t
first_after(const struct report_text *texts, size_t n, int64_t at)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (texts[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
report_credit(struct report_text *texts, size_t n, int64_t at, enum report_echo what)
{
	struct report_text *t = NULL;

	for (size_t i = first_after(texts, n, at); i-- > 0 && t == NULL;) {
		if (texts[i].at < at - REPORT_CREDIT_DAYS * MS_PER_DAY)
			return;
		if (texts[i].over != 0 ? what != REPORT_REPLY && at <= texts[i].over
				       : takes_credit(&texts[i]))
			t = &texts[i];
	}
	if (t == NULL)
		return;
	switch (what) {
	case REPORT_REPLY: t->replied = true; break;
	case REPORT_PROMISE: t->promised++; break;
	case REPORT_KEPT: t->kept++; break;
	case REPORT_STOP: t->opted_out++; break;
	case REPORT_WRONG: t->wrong_numbers++; break;
	}
}

/* `cleared`: the day all was paid that was in arrears when `t` went. */
static void
cure(struct report_text *t, const struct report_text *next, int32_t cleared)
{
	if (cleared == REPORT_OPEN || cleared - t->local.day > REPORT_CURED)
		return;
	if (next != NULL && next->local.day <= cleared)
		return; /* the payment came after that one */
	t->cured_7 = true;
	t->cured_3 = cleared - t->local.day <= REPORT_CURED_SOON;
}

/* Backwards, so that the next text about the account is at hand. */
void
report_credit_cures(struct report_text *texts, size_t n, int64_t account,
		    const struct report_ledger *ledger)
{
	const struct report_text *next = NULL;

	for (size_t i = n; i-- > 0;) {
		struct report_text *t = &texts[i];
		struct report_arrears arrears;

		if (t->account != account)
			continue;
		arrears = report_ledger_arrears(ledger, t->local.day);
		if (!t->has_dpd) {
			t->dpd = arrears.dpd;
			t->has_dpd = true;
		}
		if (!takes_credit(t))
			continue;
		if (arrears.any)
			cure(t, next, arrears.cleared);
		next = t;
	}
}
