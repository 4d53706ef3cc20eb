#include "reply_part.h"

#include <stdlib.h>
#include <string.h>

#define CURRENCY                                                                                   \
	"dollars|dollar|bucks|buck|usd|ksh|kshs|kes|sh|shs|shilling|shillings|bob|naira|ngn|n|"    \
	"pounds|pound|quid|gbp|php|pesos|peso|p|rs|inr|rupees|rupee|euro|euros|eur|cfa|fcfa|xof|"  \
	"xaf|rand|zar|r|idr|rp|brl|mxn|cop|pen|cny|rmb|yuan|tzs|ugx|ghs|cedis|cedi"
#define UNITS                                                                                      \
	"am|pm|oclock|percent|%|day|days|week|weeks|wk|wks|hour|hours|hr|hrs|minutes|mins|min|"    \
	"month|months|year|years|times|time|instalments|installments|people|kids|children|loans|"  \
	"loan|st|nd|rd|th"
#define REFERENCE                                                                                  \
	"ref|reference|id|receipt|code|number|no|acc|account|txn|transaction|trx|conf|"            \
	"confirmation|ticket|case|at|in|folio|till|paybill|slip"
#define BIG 1000000000000000LL

/* Digits with separators: the last of . and , is the decimal point when one or two digits follow
 * it, and parts thousands when three do.  False when the token is no such number. */
static bool
split_number(const char *text, int64_t *whole, int *cents, bool *grouped, const char **tail)
{
	const char *p = text, *point = NULL;
	int after = 0;

	*whole = 0;
	*cents = 0;
	*grouped = false;
	for (; (*p >= '0' && *p <= '9') || *p == '.' || *p == ','; p++) {
		if (*p == '.' || *p == ',')
			point = p;
	}
	*tail = p;
	if (*p == '/' || *p == ':' || *p == '-')
		return false;
	after = point ? (int)(p - point) - 1 : 0;
	if (after > 3)
		return false;
	for (const char *q = text; q < p; q++) {
		if (*q == '.' || *q == ',') {
			*grouped = true;
			continue;
		}
		if (point && q > point && after < 3)
			*cents = *cents * 10 + (*q - '0');
		else if (*whole < BIG)
			*whole = *whole * 10 + (*q - '0');
	}
	if (after == 1)
		*cents *= 10;
	return true;
}

static int64_t
power(int digits)
{
	int64_t p = 1;

	for (; digits > 0 && p < 10000; digits--)
		p *= 10;
	return p;
}

/* Minor units of whole and hundredths times `times`; -1 when the currency has no such fraction. */
static int64_t
minor_units(int64_t whole, int cents, int64_t times, int digits)
{
	int64_t unit = power(digits), hundredths;

	if (whole >= BIG / 100000)
		return -1;
	hundredths = (whole * 100 + cents) * times;
	if (hundredths * unit % 100 != 0)
		return -1;
	return hundredths * unit / 100;
}

static bool
is_money(const struct reply_tokens *t, int i, const char *currency)
{
	char code[4] = "";

	if (i < 0 || i >= t->n)
		return false;
	if (t->t[i].kind == REPLY_MONEY)
		return true;
	for (int k = 0; k < 3 && currency[k]; k++)
		code[k] = (char)(currency[k] | 0x20);
	return reply_is(t, i, CURRENCY) || (code[0] && strcmp(t->t[i].text, code) == 0);
}

static size_t
digit_count(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text >= '0' && *text <= '9';
	return n;
}

/* More than six digits without a separator or a currency are an account or a receipt. */
static int64_t
from_digits(const struct reply_tokens *t, int i, const struct reply_context *c, bool money)
{
	const char *text = t->t[i].text, *tail;
	int64_t whole, times = 1;
	bool grouped;
	int cents;

	if (!split_number(text, &whole, &cents, &grouped, &tail))
		return -1;
	if (strcmp(tail, "k") == 0 || (*tail == '\0' && reply_is(t, i + 1, "k|thousand")))
		times = 1000;
	else if (*tail != '\0')
		return -1;
	if (!money && !grouped && digit_count(text) > 6)
		return -1;
	return minor_units(whole, cents, times, c->digits);
}

/* Small numbers in words are counts ("two days", "one more"), not money. */
static int64_t
from_words(const struct reply_tokens *t, int i, const struct reply_context *c, int *taken)
{
	int n = reply_count(t, i, taken);

	return n >= 20 ? minor_units(n, 0, 1, c->digits) : -1;
}

/* Is the number at token i something else than money? */
static bool
excluded(const struct reply_tokens *t, int i, int taken)
{
	return t->t[i].used || reply_is(t, i + taken, UNITS) || reply_is(t, i - 1, REFERENCE) ||
	       reply_phrase(t, i - 2, REFERENCE " is|:|.|no|number") > 0;
}

bool
reply_sum_word(const struct reply_tokens *t, int i)
{
	int taken;

	return t->t[i].kind == REPLY_NUMBER || t->t[i].kind == REPLY_MONEY ||
	       reply_is(t, i, CURRENCY "|k|half|all|full|everything|balance|rest") ||
	       reply_count(t, i, &taken) > 0;
}

int
reply_sums(const struct reply_tokens *t, const struct reply_context *context,
	   struct reply_sum out[REPLY_SUMS])
{
	int n = 0;

	for (int i = 0, taken; i < t->n && n < REPLY_SUMS; i += taken) {
		bool digits = t->t[i].kind == REPLY_NUMBER, money;
		int64_t minor;
		taken = 1;
		if (!digits && t->t[i].kind != REPLY_WORD)
			continue;
		if (!digits && reply_count(t, i, &taken) < 0) {
			taken = 1;
			continue;
		}
		money = is_money(t, i - 1, context->currency) ||
			is_money(t, i + taken, context->currency);
		minor =
		    digits ? from_digits(t, i, context, money) : from_words(t, i, context, &taken);
		if (minor <= 0 || (!money && excluded(t, i, taken)) || t->t[i].used)
			continue;
		if (context->balance >= 0 && minor / 3 > context->balance)
			continue;
		out[n++] = (struct reply_sum){.at = i, .minor = minor, .plain = !money};
	}
	return n;
}
