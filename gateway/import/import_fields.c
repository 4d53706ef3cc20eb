/* Single fields of a row: dates, amounts, account ids; and the sentences for what Excel broke. */
#include "import_impl.h"

#include "gateway/base/money.h"
#include "schedule/civil.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define ACCOUNT_MAX 100 /* octets of an account_id */

/* "2.54E+11": what Excel shows of a long number, its last digits gone. */
static bool
is_exponent(const char *text)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0)
		return false;
	if (text[n] == '.' || text[n] == ',')
		n += 1 + strspn(text + n + 1, "0123456789");
	if ((text[n] != 'E' && text[n] != 'e') || (text[n + 1] != '+' && text[n + 1] != '-'))
		return false;
	n += 2;
	return isdigit((unsigned char)text[n]) && text[n + strspn(text + n, "0123456789")] == '\0';
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

bool
import_account(struct import *im, const char **out)
{
	const struct csv_field *f = &im->csv_row.fields[im->at[COLUMN_ACCOUNT]];

	if (f->len == 0)
		import_wrong(im, COLUMN_ACCOUNT, "account_id is empty");
	else if (f->len > ACCOUNT_MAX)
		import_wrong(im, COLUMN_ACCOUNT, "account_id is longer than %d bytes", ACCOUNT_MAX);
	else if (has_control(f->text))
		import_wrong(im, COLUMN_ACCOUNT, "account_id has a line break or tab in it");
	else if (is_exponent(f->text))
		import_wrong(im, COLUMN_ACCOUNT,
			     "Excel shortened this account_id and digits are lost: format the "
			     "column as Text in the original (or use Data > From Text/CSV), enter "
			     "it again and save");
	else
		*out = import_keep(im, f->text, f->len);
	return f->len > 0 && !im->bad;
}

/* ---- dates ---- */

static const char how_date[] = "in Excel, select the column, Format Cells > Custom > yyyy-mm-dd, "
			       "and save as CSV again";

static bool
all_digits(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static void
explain_date(struct import *im, enum import_column c, const char *text, size_t len)
{
	char cut[25];

	snprintf(cut, sizeof cut, "%s", text);
	if (has_control(cut))
		import_wrong(im, c, "a date is written as 2026-09-15");
	else if (len == 0)
		import_wrong(im, c, "the date is missing");
	else if (text[0] == '#')
		import_wrong(im, c,
			     "Excel saved #### because the column was too narrow: widen it; %s",
			     how_date);
	else if (all_digits(text) && len == 5)
		import_wrong(im, c, "`%s` is how Excel counts days: %s", cut, how_date);
	else if (len == 10 && text[4] == '-' && text[7] == '-')
		import_wrong(im, c, "there is no day `%s`", cut);
	else if (len > 10 && text[4] == '-' && text[7] == '-')
		import_wrong(im, c, "`%s` has more than a date in it: %s", cut, how_date);
	else
		import_wrong(im, c,
			     "`%s` can be read in more than one way; dates are written as "
			     "2026-09-15: %s",
			     cut, how_date);
}

bool
import_date(struct import *im, enum import_column c, int32_t *day)
{
	const struct csv_field *f = &im->csv_row.fields[im->at[c]];
	int year, month, mday;

	if (civil_parse_date(f->text, f->len, day) != 0) {
		explain_date(im, c, f->text, f->len);
		return false;
	}
	civil_date(*day, &year, &month, &mday);
	if (year < 1970 || year > 2100) {
		import_wrong(im, c, "the year %d cannot be right", year);
		return false;
	}
	return true;
}

/* ---- amounts ---- */

bool
import_money(struct import *im, enum import_column c, int digits, int64_t *minor)
{
	const struct csv_field *f = &im->csv_row.fields[im->at[c]];
	char why[MONEY_WHY];

	if (money_parse(f->text, f->len, digits, minor, why) == 0)
		return true;
	import_wrong(im, c, "%s", why);
	return false;
}

/* ---- what the store said ---- */

void
import_refusal(const struct intake_row *row, char *out, size_t size)
{
	switch (row->outcome) {
	case INTAKE_REPEATED:
		snprintf(out, size,
			 "an earlier row of this file has the same account_id and due_date: add "
			 "the two up or remove one");
		break;
	case INTAKE_CURRENCY_DIFFERS:
		snprintf(
		    out, size,
		    "this account is in %s: an account has one currency, give the other one an "
		    "account_id of its own",
		    row->detail);
		break;
	case INTAKE_NO_ACCOUNT:
		snprintf(out, size,
			 "no account has this account_id: import the list of accounts first, or "
			 "correct it");
		break;
	case INTAKE_DIGITS:
		snprintf(out, size, "the account is in %s, which has at most %d decimals",
			 row->detail, money_digits(row->detail));
		break;
	case INTAKE_ERASED:
		snprintf(out, size,
			 "this account's personal data were erased on request: take it out of the "
			 "list, or give a new debt an account_id of its own");
		break;
	case INTAKE_REFERENCE:
		snprintf(out, size,
			 "the account has another payment of this reference, of another day or "
			 "amount: give this one a reference of its own (a reversal too)");
		break;
	case INTAKE_TAKEN:
	case INTAKE_KNOWN: snprintf(out, size, "it was taken"); break;
	}
}
