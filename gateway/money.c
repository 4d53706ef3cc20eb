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
#define CURRENCIES(X)                                                                                                              \
	X(AED, 2)                                                                                                                  \
	X(AFN, 2)                                                                                                                  \
	X(ALL, 2) X(AMD, 2) X(AOA, 2) X(ARS, 2) X(AUD, 2) X(AWG, 2) X(AZN, 2) X(BAM, 2) X(BBD, 2)                                  \
	    X(BDT, 2) X(BGN, 2) X(BHD, 3) X(BIF, 0) X(BMD, 2) X(BND, 2) X(BOB, 2) X(BOV, 2)                                        \
		X(BRL, 2) X(BSD, 2) X(BTN, 2) X(BWP, 2) X(BYN, 2) X(BZD, 2) X(CAD, 2) X(CDF, 2) X(                                 \
		    CHE, 2) X(CHF, 2) X(CHW, 2) X(CLF, 4) X(CLP, 0) X(CNY, 2) X(COP, 2) X(COU, 2)                                  \
		    X(CRC, 2) X(CUP, 2) X(CVE, 2) X(CZK, 2) X(DJF, 0) X(DKK, 2) X(DOP, 2)                                          \
			X(DZD, 2) X(EGP, 2) X(ERN, 2) X(ETB, 2) X(EUR, 2) X(FJD, 2) X(FKP, 2)                                      \
			    X(GBP, 2) X(GEL, 2) X(GHS, 2) X(GIP, 2) X(GMD, 2) X(GNF, 0) X(GTQ, 2)                                  \
				X(GYD, 2) X(HKD, 2) X(HNL, 2) X(HTG, 2) X(HUF, 2) X(IDR, 2)                                        \
				    X(ILS, 2) X(INR, 2) X(IQD, 3) X(IRR, 2) X(ISK, 0) X(JMD, 2)                                    \
					X(JOD, 3) X(JPY, 0) X(KES, 2) X(KGS, 2) X(KHR, 2)                                          \
					    X(KMF, 0) X(KPW, 2) X(KRW, 0) X(KWD, 3) X(KYD, 2)                                      \
						X(KZT, 2) X(LAK, 2) X(LBP, 2) X(LKR, 2) X(LRD, 2)                                  \
						    X(LSL, 2) X(LYD, 3) X(MAD, 2) X(MDL, 2)                                        \
							X(MGA, 2) X(MKD, 2) X(MMK, 2) X(MNT, 2) X(                                 \
							    MOP, 2) X(MRU, 2) X(MUR, 2) X(MVR, 2)                                  \
							    X(MWK, 2) X(MXN, 2) X(MXV, 2) X(                                       \
								MYR, 2) X(MZN, 2) X(NAD, 2) X(NGN, 2)                              \
								X(NIO, 2) X(                                                       \
								    NOK,                                                           \
								    2) X(NPR,                                                      \
									 2) X(NZD, 2)                                              \
								    X(OMR, 3) X(                                                   \
									PAB,                                                       \
									2) X(PEN,                                                  \
									     2) X(PGK, 2)                                          \
									X(PHP, 2) X(                                               \
									    PKR,                                                   \
									    2) X(PLN,                                              \
										 2) X(PYG, 0)                                      \
									    X(QAR, 2) X(                                           \
										RON,                                               \
										2) X(RSD,                                          \
										     2) X(RUB, 2)                                  \
										X(RWF, 0) X(SAR, 2) X(                             \
										    SBD,                                           \
										    2) X(SCR,                                      \
											 2) X(SDG, 2)                              \
										    X(SEK, 2) X(SGD, 2) X(                         \
											SHP,                                       \
											2) X(SLE,                                  \
											     2) X(SOS, 2)                          \
											X(SRD, 2) X(SSP, 2) X(                     \
											    STN,                                   \
											    2) X(SVC,                              \
												 2) X(SYP, 2)                      \
											    X(SZL, 2) X(THB, 2) X(                 \
												TJS,                               \
												2) X(TMT,                          \
												     2) X(TND, 3)                  \
												X(TOP, 2) X(TRY, 2) X(             \
												    TTD,                           \
												    2) X(TWD,                      \
													 2) X(TZS, 2)              \
												    X(UAH, 2) X(UGX, 0) X(         \
													USD,                       \
													2) X(USN,                  \
													     2) X(UYI, 0)          \
													X(UYU, 2) X(UYW, 4) X(     \
													    UZS,                   \
													    2) X(VED,              \
														 2) X(VES, 2)      \
													    X(VND, 0) X(VUV, 0) X( \
														WST,               \
														2) X(XAF,          \
														     0) X(XCD, 2)  \
														X(XCG, 2) X(       \
														    XOF,           \
														    0) X(XPF,      \
															 0)        \
														    X(YER,         \
														      2) X(ZAR,    \
															   2)      \
															X(ZMW,     \
															  2)       \
															    X(ZWG, \
															      2)

#define CODE(code, digits) #code,
#define SIZE(code, digits) digits,
static const char *const codes[] = {CURRENCIES(CODE) NULL};
static const unsigned char exponents[] = {CURRENCIES(SIZE)};

enum { CURRENCY_COUNT = sizeof exponents };

static int
by_code(const void *key, const void *entry)
{
	return strcmp(key, *(const char *const *)entry);
}

int
money_digits(const char *code)
{
	const char *const *found = bsearch(code, codes, CURRENCY_COUNT, sizeof codes[0], by_code);

	return found == NULL ? -ENOENT : exponents[found - codes];
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
