/* Whole rows of accounts.csv and payments.csv. */
#include "import_impl.h"

#include "gateway/base/money.h"
#include "gateway/base/phone.h"

#include <stdio.h>
#include <string.h>

#define PHONES_MAX 8 /* numbers of one account */
#define ZONES      8 /* it may be in */

/* ---- phones ---- */

/* Is the number in a list split by ';'?  Numbers may be beginnings of others. */
static bool
has_phone(const char *list, const char *number)
{
	size_t len = strlen(number);

	for (const char *p = list; (p = strstr(p, number)) != NULL; p += len)
		if (p[len] == '\0' || p[len] == ';')
			return true;
	return false;
}

/* One number of a cell that may hold several; appends its E.164 to `out`. */
static bool
add_phone(struct import *im, const char *text, size_t len, char *out, size_t size)
{
	char one[96], e164[PHONE_E164], why[PHONE_WHY];
	size_t used = strlen(out);
	enum phone_result result;

	snprintf(one, sizeof one, "%.*s", (int)(len < sizeof one ? len : sizeof one - 1), text);
	if (one[strspn(one, " ")] == '\0')
		return true;
	result = phone_to_e164(one, im->config->lender.country, e164, why);
	if (result == PHONE_BAD) {
		import_wrong(im, COLUMN_PHONE, "%s", why);
		return false;
	}
	if (phone_lost_zero(one, im->config->lender.country)) {
		import_wrong(im, COLUMN_PHONE,
			     "the 0 before this number is lost: in Excel, format the column as "
			     "Text (or use Data > From Text/CSV), enter it again and save; or "
			     "write %s",
			     e164);
		return false;
	}
	if (result == PHONE_DOUBTFUL)
		import_doubt(im, COLUMN_PHONE, "%s", why);
	if (has_phone(out, e164))
		return true;
	snprintf(out + used, size - used, "%s%s", used > 0 ? ";" : "", e164);
	return true;
}

static const char *
read_phones(struct import *im)
{
	const struct csv_field *f = &im->csv_row.fields[im->at[COLUMN_PHONE]];
	char out[PHONES_MAX * PHONE_E164] = "";
	const char *p = f->text, *end = f->text + f->len;
	int n = 0;

	if (phone_is_e164(p))
		return import_keep(im, p, f->len);
	while (p < end) {
		size_t len = strcspn(p, ";");

		if (n++ == PHONES_MAX) {
			import_wrong(im, COLUMN_PHONE, "more than %d numbers", PHONES_MAX);
			return NULL;
		}
		if (!add_phone(im, p, len, out, sizeof out))
			return NULL;
		p += len + (p[len] == ';');
	}
	return import_keep(im, out, strlen(out));
}

/* ---- words that repeat from row to row ---- */

static bool
is_same(const char *text, const char *last)
{
	return last[0] != '\0' && strcmp(text, last) == 0;
}

static const char *
read_currency(struct import *im)
{
	const char *text = import_text(im, COLUMN_CURRENCY);
	const char *near;

	if (text == NULL || text[0] == '\0')
		text = im->config->lender.currency;
	if (is_same(text, im->currency))
		return im->currency;
	im->digits = money_digits(text);
	if (im->digits < 0) {
		im->currency[0] = '\0';
		near = complaint_nearest(text, money_codes());
		import_wrong(im, COLUMN_CURRENCY,
			     "no currency is called that; codes have three capitals, as %s",
			     near != NULL ? near : im->config->lender.currency);
		return NULL;
	}
	snprintf(im->currency, sizeof im->currency, "%s", text);
	return im->currency;
}

static bool
lender_has(const struct config *config, const char *language)
{
	char wide[LANGUAGE_TEXT];

	snprintf(wide, sizeof wide, "%s", language);
	do {
		for (size_t i = 0; i < config->lender.n_languages; i++)
			if (strcmp(config->lender.languages[i], wide) == 0)
				return true;
	} while (language_widen(wide) == 0);
	return false;
}

static const char *
read_language(struct import *im)
{
	const char *text = import_text(im, COLUMN_LANGUAGE);

	if (text == NULL || text[0] == '\0')
		return text;
	if (!is_same(text, im->language_text)) {
		im->language_text[0] = '\0';
		if (language_canonical(text, strlen(text), im->language) != 0) {
			import_wrong(im, COLUMN_LANGUAGE,
				     "not a language: write its short name, as `%s`",
				     im->config->lender.languages[0]);
			return NULL;
		}
		if (!lender_has(im->config, im->language))
			import_doubt(im, COLUMN_LANGUAGE,
				     "the lender does not write in `%s`: texts go out in `%s`",
				     im->language, im->config->lender.languages[0]);
		if (strlen(text) < sizeof im->language_text)
			memcpy(im->language_text, text, strlen(text) + 1);
	}
	return im->language;
}

/* One of the zones of a row; false when complained of. */
static bool
check_zone(struct import *im, const char *text, size_t len)
{
	const struct calendar_zone *zone;
	char name[64];
	const char *near;

	snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : 0), text);
	if (calendar_zone(im->calendar, name, &zone) == 0)
		return true;
	near = calendar_nearest(im->calendar, name);
	import_wrong(im, COLUMN_TIMEZONE, "no time zone is called that: write it as `%s`",
		     near != NULL ? near : im->config->lender.timezone);
	return false;
}

/* One zone, or several split by `;` where the person may be in any of them. */
static const char *
read_zone(struct import *im)
{
	const char *text = import_text(im, COLUMN_TIMEZONE), *p = text;
	size_t n = 0;

	if (text == NULL || text[0] == '\0' || is_same(text, im->zone))
		return text;
	for (;; p++) {
		size_t len = strcspn(p, ";"), blank = strspn(p, " ");
		size_t end = len;

		while (end > blank && p[end - 1] == ' ')
			end--;
		if (blank > end || !check_zone(im, p + blank, end - blank))
			return NULL;
		n++;
		p += len;
		if (*p == '\0')
			break;
	}
	if (n > ZONES || strlen(text) >= sizeof im->zone) {
		import_wrong(im, COLUMN_TIMEZONE, "at most %d time zones, split by `;`", ZONES);
		return NULL;
	}
	snprintf(im->zone, sizeof im->zone, "%s", text);
	return text;
}

/* Digits the person knows.  What they are is never repeated, not even in a complaint. */
static const char *
read_check(struct import *im)
{
	const char *text = import_text(im, COLUMN_CHECK);

	if (text != NULL && text[strspn(text, "0123456789")] != '\0') {
		import_doubt(im, COLUMN_CHECK,
			     "check holds something else than digits: calls cannot ask for it, so "
			     "it is left empty");
		return "";
	}
	return text;
}

/* ---- other columns ---- */

static char *
put_json(char *p, const char *text)
{
	static const char hex[] = "0123456789abcdef";

	*p++ = '"';
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20) {
			memcpy(p, "\\u00", 4);
			p[4] = hex[c >> 4];
			p[5] = hex[c & 15];
			p += 6;
			continue;
		}
		if (c == '"' || c == '\\')
			*p++ = '\\';
		*p++ = (char)c;
	}
	*p++ = '"';
	return p;
}

const char *
import_extra(struct import *im)
{
	char *start = im->room + im->used, *p = start;

	if (im->n_extra == 0)
		return NULL;
	*p++ = '{';
	for (size_t i = 0; i < im->n_extra; i++) {
		if (i > 0)
			*p++ = ',';
		p = put_json(p, csv_header(im->csv)->fields[im->extra[i]].text);
		*p++ = ':';
		p = put_json(p, im->csv_row.fields[im->extra[i]].text);
	}
	*p++ = '}';
	*p++ = '\0';
	im->used += (size_t)(p - start);
	return start;
}

/* ---- rows ---- */

static const char *
keep_or_null(struct import *im, const char *text)
{
	return text != NULL ? import_keep(im, text, strlen(text)) : NULL;
}

static void
read_amounts(struct import *im, struct intake_row *out)
{
	const char *left = import_text(im, COLUMN_AMOUNT_LEFT);

	out->given = -1;
	if (import_money(im, COLUMN_AMOUNT_DUE, im->digits, &out->billed) && out->billed < 0)
		import_wrong(im, COLUMN_AMOUNT_DUE,
			     "an amount due is not negative: what was paid back goes into "
			     "payments.csv");
	if (left == NULL || left[0] == '\0' ||
	    !import_money(im, COLUMN_AMOUNT_LEFT, im->digits, &out->given))
		return;
	if (out->given < 0)
		import_wrong(im, COLUMN_AMOUNT_LEFT,
			     "what is left is not negative: write 0 when it is paid");
	else if (!im->bad && out->given > out->billed)
		import_doubt(im, COLUMN_AMOUNT_LEFT, "more is left than was due: is it right?");
}

void
import_account_row(struct import *im, struct intake_row *out)
{
	static const enum import_column plain[] = {COLUMN_NAME, COLUMN_PRODUCT, COLUMN_SEGMENT,
						   COLUMN_RISK, COLUMN_CAUSE,   COLUMN_PERSON_ID};
	static const enum intake_text text[] = {INTAKE_NAME, INTAKE_PRODUCT, INTAKE_SEGMENT,
						INTAKE_RISK, INTAKE_CAUSE,   INTAKE_PERSON_ID};

	import_account(im, &out->account);
	import_date(im, COLUMN_DUE_DATE, &out->due);
	out->text[INTAKE_CURRENCY] = keep_or_null(im, read_currency(im));
	if (out->text[INTAKE_CURRENCY] != NULL)
		read_amounts(im, out);
	out->text[INTAKE_PHONES] = read_phones(im);
	out->text[INTAKE_LANGUAGE] = keep_or_null(im, read_language(im));
	out->text[INTAKE_TIMEZONE] = keep_or_null(im, read_zone(im));
	out->text[INTAKE_SECRET] = keep_or_null(im, read_check(im));
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		out->text[text[i]] = keep_or_null(im, import_text(im, plain[i]));
	out->text[INTAKE_EXTRA] = import_extra(im);
	if (!im->bad && out->text[INTAKE_NAME][0] == '\0')
		import_doubt(im, COLUMN_NAME, "name is empty: texts that use it will show nothing");
}

void
import_payment_row(struct import *im, struct intake_row *out)
{
	const char *reference = import_text(im, COLUMN_REFERENCE);

	import_account(im, &out->account);
	import_date(im, COLUMN_PAID_ON, &out->paid_on);
	/* The store knows the account's currency; until then all decimals any currency has. */
	if (import_money(im, COLUMN_AMOUNT, MONEY_DIGITS, &out->amount) && out->amount == 0)
		import_wrong(im, COLUMN_AMOUNT, "a payment of 0 changes nothing");
	if (reference != NULL && reference[0] != '\0')
		out->reference = import_keep(im, reference, strlen(reference));
}
