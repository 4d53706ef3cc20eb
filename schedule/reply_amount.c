/* Sums of money: numbers that nothing says are something else. */
#include "reply_sense.h"

#include <string.h>

#define NOT_A_SUM 7    /* digits without a separator: an account or a receipt */
#define WORDS_MIN 2000 /* hundredths: smaller number words are counts ("two days", "one more") */
#define BIG       1000000000000000LL

static bool
is_set(const struct reply_desk *d, int i, uint16_t set)
{
	for (int v = 0; v < d->n_views; v++)
		if (reply_view_has(&d->views[v], i, set, NULL) > 0)
			return true;
	return false;
}

/* Codes people write in any language. */
static bool
is_code(const struct reply_desk *d, int i)
{
	const char *text = d->t.t[i].text, *code = d->context->currency;

	return strlen(text) == 3 && code != NULL && (text[0] | 0x20) == (code[0] | 0x20) &&
	       (text[1] | 0x20) == (code[1] | 0x20) && (text[2] | 0x20) == (code[2] | 0x20);
}

static bool
is_money(const struct reply_desk *d, int i)
{
	if (i < 0 || i >= d->t.n)
		return false;
	return d->t.t[i].kind == REPLY_MONEY || is_code(d, i) || is_set(d, i, REPLY_SET_MONEY);
}

static int64_t
minor_units(int64_t hundredths, int digits)
{
	int64_t unit = 1;

	for (int i = 0; i < digits && i < 4; i++)
		unit *= 10;
	if (hundredths <= 0 || hundredths >= BIG || hundredths * unit % 100 != 0)
		return -1;
	return hundredths * unit / 100;
}

/* "ref 55120", "receipt no. 778": a number after these is none of money. */
static bool
is_reference(const struct reply_desk *d, int i)
{
	for (int back = 1; back <= 3 && i - back >= 0; back++) {
		if (back > 1 && d->t.t[i - back + 1].kind == REPLY_NUMBER)
			return false;
		if (is_set(d, i - back, REPLY_SET_REFERENCES))
			return true;
		if (d->t.t[i - back].brk != REPLY_JOINED)
			return false;
	}
	return false;
}

/* Is the figure at i part of something written together: abc25, 25abc, 0712345678? */
static bool
is_stuck(const struct reply_desk *d, int i, int n)
{
	const struct reply_token *t = d->t.t;
	size_t digits = strspn(t[i].text, "0123456789");

	if (i > 0 && t[i].glued && t[i - 1].kind == REPLY_WORD)
		return true;
	if (i + n < d->t.n && t[i + n].glued && t[i + n].kind == REPLY_WORD)
		return true;
	if (t[i].kind != REPLY_NUMBER || n > 1 || t[i].text[digits] != '\0')
		return false;
	return t[i].text[0] == '0' ||
	       (digits >= NOT_A_SUM && strcmp(t[i].text + digits - 3, "000") != 0);
}

/* The number at token i as the language that takes most of it reads it. */
static const struct reply_number *
number_at(const struct reply_desk *d, int i)
{
	const struct reply_number *best = NULL;

	for (int v = 0; v < d->n_views; v++) {
		const struct reply_number *n = &d->views[v].numbers[i];
		if (n->n > 0 && (best == NULL || n->n > best->n))
			best = n;
	}
	return best;
}

static bool
is_used(const struct reply_desk *d, int i, int n)
{
	for (int k = i; k < i + n; k++)
		if (d->t.t[k].used || d->t.t[k].kind == REPLY_CODE)
			return true;
	return false;
}

static int64_t
sum_at(const struct reply_desk *d, int i, const struct reply_number *n, bool *money)
{
	int64_t minor = minor_units(n->hundredths, d->context->digits);

	*money = is_money(d, i - 1) || is_money(d, i + n->n);
	if (is_used(d, i, n->n) || minor <= 0)
		return -1;
	if (!*money &&
	    ((n->words && n->hundredths < WORDS_MIN) || is_stuck(d, i, n->n) || is_reference(d, i)))
		return -1;
	if (d->context->balance >= 0 && minor / 3 > d->context->balance)
		return -1;
	return minor;
}

void
reply_sums(struct reply_desk *d)
{
	d->n_sums = 0;
	for (int i = 0; i < d->t.n && d->n_sums < REPLY_SUMS;) {
		const struct reply_number *n = number_at(d, i);
		bool money;
		int64_t minor;

		if (n == NULL) {
			i++;
			continue;
		}
		minor = sum_at(d, i, n, &money);
		if (minor > 0)
			d->sums[d->n_sums++] =
			    (struct reply_sum){i - (i > 0 && is_money(d, i - 1)),
					       i + n->n - 1 + is_money(d, i + n->n), minor, !money};
		i += n->n;
	}
}

int
reply_sum_at(const struct reply_desk *d, int i)
{
	for (int k = 0; k < d->n_sums; k++)
		if (d->sums[k].first == i)
			return d->sums[k].last - i + 1;
	return 0;
}
