#include "money.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * ISO 4217 list one as of 2025, without metals, test codes and the SDR, which nobody lends in. BGN
 * is kept through the euro's introduction in 2026: debts in it are still being collected.
 */
static const char *const codes[] = {
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN",
    "BHD", "BIF", "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
    "CDF", "CHE", "CHF", "CHW", "CLF", "CLP", "CNY", "COP", "COU", "CRC", "CUP", "CVE", "CZK",
    "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS",
    "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD",
    "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD",
    "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT",
    "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK",
    "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD",
    "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP",
    "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS",
    "UAH", "UGX", "USD", "USN", "UYI", "UYU", "UYW", "UZS", "VED", "VES", "VND", "VUV", "WST",
    "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG", NULL};

enum { CURRENCY_COUNT = sizeof codes / sizeof codes[0] - 1 };

/* Minor units are hundredths, but for these. */
static const struct {
	char code[4];
	int digits;
} unusual[] = {
    {"BHD", 3}, {"BIF", 0}, {"CLF", 4}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"IQD", 3},
    {"ISK", 0}, {"JOD", 3}, {"JPY", 0}, {"KMF", 0}, {"KRW", 0}, {"KWD", 3}, {"LYD", 3},
    {"OMR", 3}, {"PYG", 0}, {"RWF", 0}, {"TND", 3}, {"UGX", 0}, {"UYI", 0}, {"UYW", 4},
    {"VND", 0}, {"VUV", 0}, {"XAF", 0}, {"XOF", 0}, {"XPF", 0},
};

static int
by_code(const void *key, const void *entry)
{
	return strcmp(key, *(const char *const *)entry);
}

int
money_digits(const char *code)
{
	const char *const *found = bsearch(code, codes, CURRENCY_COUNT, sizeof codes[0], by_code);

	if (found == NULL)
		return -ENOENT;
	for (size_t i = 0; i < sizeof unusual / sizeof unusual[0]; i++)
		if (strcmp(unusual[i].code, code) == 0)
			return unusual[i].digits;
	return 2;
}

const char *const *
money_codes(void)
{
	return codes;
}

static int
refuse(char *why, int error, const char *text)
{
	if (why != NULL)
		snprintf(why, MONEY_WHY, "%s", text);
	return error;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* An amount taken apart; nothing is converted yet. */
struct parts {
	bool negative;
	const char *whole, *fraction; /* digits */
	size_t whole_len, fraction_len;
};

/* 2.54E+11: digits, an E, an optional sign, digits. What Excel shows for long numbers, with digits
 * lost. */
static bool
is_exponent(const char *p, const char *end)
{
	while (p < end && (is_digit(*p) || *p == '.' || *p == ',' || *p == '-'))
		p++;
	if (p == end || (*p != 'e' && *p != 'E'))
		return false;
	p++;
	if (p < end && (*p == '+' || *p == '-'))
		p++;
	return p < end && is_digit(*p);
}

/* Says which of the usual other ways of writing amounts this is. */
static int
explain(const char *p, const char *end, char *why)
{
	size_t commas = 0, after_comma = 0, points = 0;
	bool grouped = false, letters = false;

	if (is_exponent(p, end))
		return refuse(
		    why, -EINVAL,
		    "Excel shortened this number and digits are lost: format the column as Number "
		    "and save the file again from the original");
	for (const char *q = p; q < end; q++) {
		if (*q == ',') {
			commas++;
			after_comma = 0;
		} else if (is_digit(*q)) {
			after_comma++;
		} else if (*q == '.') {
			points++;
		} else if (*q == ' ' || *q == '\'' || *q == '_' || *q == '\xc2' || *q == '\xa0') {
			grouped = true;
		} else if (*q != '-') {
			letters = true;
		}
	}
	if (letters)
		return refuse(
		    why, -EINVAL,
		    "not an amount: write digits and a decimal point alone, without currency or "
		    "brackets, as 1250.50");
	if (commas == 1 && points == 0 && !grouped && after_comma != 3)
		return refuse(why, -EINVAL,
			      "the decimal comma is not taken: write a point, as 1250.50");
	if (commas > 0 || grouped || points > 1)
		return refuse(
		    why, -EINVAL,
		    "separators between thousands are not taken: write 1250.50, not 1,250.50 or "
		    "1.250,50");
	return refuse(why, -EINVAL, "not an amount: write it as 1250 or 1250.50");
}

static int
take_apart(const char *text, size_t len, struct parts *out, char *why)
{
	const char *p = text;
	const char *end = text + len;

	*out = (struct parts){0};
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (p < end && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (p == end)
		return refuse(why, -EINVAL, "the amount is empty");
	const char *start = p;
	if (*p == '-') {
		out->negative = true;
		p++;
	}
	out->whole = p;
	while (p < end && is_digit(*p))
		p++;
	out->whole_len = (size_t)(p - out->whole);
	if (p < end && *p == '.') {
		out->fraction = ++p;
		while (p < end && is_digit(*p))
			p++;
		out->fraction_len = (size_t)(p - out->fraction);
		if (out->fraction_len == 0)
			return explain(start, end, why);
	}
	if (p != end || out->whole_len == 0)
		return explain(start, end, why);
	return 0;
}

/* Appends digits to a value kept negative, whose range is one wider. False when it does not fit. */
static bool
append_digits(int64_t *value, const char *digits, size_t n, size_t pad)
{
	for (size_t i = 0; i < n + pad; i++) {
		int d = i < n ? digits[i] - '0' : 0;
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_sub_overflow(*value, d, value))
			return false;
	}
	return true;
}

static int
combine(const struct parts *parts, size_t digits, int64_t *out, char *why)
{
	int64_t value = 0;

	if (!append_digits(&value, parts->whole, parts->whole_len, 0) ||
	    !append_digits(&value, parts->fraction, parts->fraction_len,
			   digits - parts->fraction_len) ||
	    (!parts->negative && value == INT64_MIN))
		return refuse(why, -ERANGE, "the amount is too large");
	*out = parts->negative ? value : -value;
	return 0;
}

int
money_parse(const char *text, size_t len, int digits, int64_t *minor, char why[MONEY_WHY])
{
	struct parts parts;

	assert(digits >= 0 && digits <= MONEY_DIGITS);
	int r = take_apart(text, len, &parts, why);
	if (r != 0)
		return r;
	if (parts.fraction_len > (size_t)digits) {
		if (why != NULL && digits == 0)
			snprintf(why, MONEY_WHY,
				 "this currency has no decimals: write a whole number");
		else if (why != NULL)
			snprintf(why, MONEY_WHY,
				 "more than %d digits after the point (a point between thousands "
				 "is not taken either)",
				 digits);
		return -EINVAL;
	}
	return combine(&parts, (size_t)digits, minor, why);
}

int
money_price_parse(const char *text, size_t len, int64_t *micro, char why[MONEY_WHY])
{
	struct parts parts;

	int r = take_apart(text, len, &parts, why);
	if (r != 0)
		return r;
	if (parts.negative)
		return refuse(why, -EINVAL, "a price cannot be negative");
	if (parts.fraction_len > 6)
		return refuse(why, -EINVAL, "a price has at most 6 digits after the point");
	return combine(&parts, 6, micro, why);
}

static uint64_t
magnitude(int64_t value)
{
	return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static uint64_t
power_of_ten(int n)
{
	uint64_t p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

size_t
money_format(int64_t minor, int digits, char out[MONEY_TEXT])
{
	assert(digits >= 0 && digits <= 6);
	uint64_t unit = power_of_ten(digits);
	uint64_t value = magnitude(minor);
	int n = snprintf(out, MONEY_TEXT, "%s%llu", minor < 0 ? "-" : "",
			 (unsigned long long)(value / unit));

	if (digits > 0)
		n += snprintf(out + n, MONEY_TEXT - (size_t)n, ".%0*llu", digits,
			      (unsigned long long)(value % unit));
	return (size_t)n;
}

const char *
money_said(int64_t minor, const char *currency, char out[MONEY_SAID])
{
	int digits = currency != NULL ? money_digits(currency) : 2;
	char plain[MONEY_TEXT];
	size_t len = money_format(minor, digits >= 0 ? digits : 2, plain), n;
	size_t whole = strcspn(plain, ".");

	n = (size_t)snprintf(out, MONEY_SAID, "%.8s%s", currency != NULL ? currency : "",
			     currency != NULL ? " " : "");
	for (size_t i = 0; i < len && n + 2 < MONEY_SAID; i++) {
		if (i > 0 && i < whole && (whole - i) % 3 == 0 && plain[i - 1] != '-')
			out[n++] = ',';
		out[n++] = plain[i];
	}
	out[n] = '\0';
	return out;
}

size_t
money_price_format(int64_t micro, char out[MONEY_TEXT])
{
	size_t n = money_format(micro, 6, out);

	while (out[n - 1] == '0')
		n--;
	if (out[n - 1] == '.')
		n--;
	out[n] = '\0';
	return n;
}

int64_t
money_price_round(int64_t micro, int digits)
{
	assert(digits >= 0 && digits <= MONEY_DIGITS);
	uint64_t step = MONEY_MICRO / power_of_ten(digits);
	int64_t rounded = (int64_t)((magnitude(micro) + step / 2) / step);

	return micro < 0 ? -rounded : rounded;
}
