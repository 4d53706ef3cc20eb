/* test_locale.c - amounts, dates and counts in the languages borrowers are written to
 *
 * The table holds what ICU 72 (Debian 12) says; the properties hold for every version. */
#include "templates/locale.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SEP_15_2026 20711 /* a Tuesday */

static const struct {
	const char *language, *money, *negative, *normal, *brief, *count;
	bool gsm; /* written in Latin letters: all of it must fit the default alphabet */
} languages[] = {
    {"en", "PHP 1,250.00", "-PHP 1,234,567.89", "15 Sep 2026", "Tue 15 Sep", "1,234,567", true},
    {"en-PH", "PHP 1,250.00", "-PHP 1,234,567.89", "15 Sep 2026", "Tue 15 Sep", "1,234,567", true},
    {"en-US", "PHP 1,250.00", "-PHP 1,234,567.89", "Sep 15, 2026", "Tue Sep 15", "1,234,567", true},
    {"fil", "PHP 1,250.00", "-PHP 1,234,567.89", "Set 15, 2026", "Mar Set 15", "1,234,567", true},
    {"tl", "PHP 1,250.00", "-PHP 1,234,567.89", "Set 15, 2026", "Mar Set 15", "1,234,567", true},
    {"es", "1.250,00 PHP", "-1.234.567,89 PHP", "15 sept 2026", "mar 15 sept", "1.234.567", true},
    {"es-CO", "PHP 1.250,00", "-PHP 1.234.567,89", "15 de sept de 2026", "mar 15 de sept",
     "1.234.567", true},
    {"pt", "PHP 1.250,00", "-PHP 1.234.567,89", "15 de set. de 2026", "ter. 15 de set.",
     "1.234.567", true},
    {"pt-BR", "PHP 1.250,00", "-PHP 1.234.567,89", "15 de set. de 2026", "ter. 15 de set.",
     "1.234.567", true},
    {"pt-PT", "1 250,00 PHP", "-1 234 567,89 PHP", "15/09/2026", "terca 15/09", "1 234 567", true},
    {"fr", "1 250,00 PHP", "-1 234 567,89 PHP", "15 sept. 2026", "mar. 15 sept.", "1 234 567",
     true},
    {"id", "PHP 1.250,00", "-PHP 1.234.567,89", "15 Sep 2026", "Sel 15 Sep", "1.234.567", true},
    {"sw", "PHP 1,250.00", "-PHP 1,234,567.89", "15 Sep 2026", "Jumanne 15 Sep", "1,234,567", true},
    {"hi", "PHP 1,250.00", "-PHP 12,34,567.89", "15 सित॰ 2026", "मंगल 15 सित॰", "12,34,567", false},
    {"hi-Latn", "PHP 1,250.00", "-PHP 12,34,567.89", "15 Sep, 2026", "Mangal 15 Sep", "12,34,567",
     true},
    {"zh", "PHP 1,250.00", "-PHP 1,234,567.89", "2026年9月15日", "9月15日周二", "1,234,567", false},
    {"tr", "PHP 1.250,00", "-PHP 1.234.567,89", "15 Eyl 2026", "15 Eylül Sal", "1.234.567", true},
    {"ar", "1,250.00 PHP", "-1,234,567.89 PHP", "15 سبتمبر 2026", "الثلاثاء 15 سبتمبر", "1,234,567",
     false},
    {"ur", "PHP 1,250.00", "-PHP 1,234,567.89", "15 ستمبر، 2026", "منگل 15 ستمبر", "1,234,567",
     false},
    {"de-CH", "PHP 1'250.00", "PHP -1'234'567.89", "15. Sept. 2026", "Di. 15. Sept.", "1'234'567",
     true},
    {"vi", "1.250,00 PHP", "-1.234.567,89 PHP", "15 thg 9, 2026", "Th 3 15 thg 9", "1.234.567",
     true},
    {"pl", "1 250,00 PHP", "-1 234 567,89 PHP", "15 wrz 2026", "wt. 15 wrz", "1 234 567", true},
};

#define N_LANGUAGES (sizeof languages / sizeof *languages)

static struct locale *
opened(const char *language)
{
	struct locale *l = NULL;
	int err = locale_open(&l, language);
	if (err != 0)
		fail_msg("%s: %d", language, err);
	return l;
}

static void
test_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_LANGUAGES; i++) {
		struct locale *l = opened(languages[i].language);
		char text[LOCALE_TEXT];
		assert_int_equal(locale_money(l, 125000, 2, "PHP", text, sizeof text), 0);
		assert_string_equal(text, languages[i].money);
		assert_int_equal(locale_money(l, -123456789, 2, "PHP", text, sizeof text), 0);
		assert_string_equal(text, languages[i].negative);
		assert_int_equal(locale_date(l, SEP_15_2026, LOCALE_DATE_NORMAL, text, sizeof text),
				 0);
		assert_string_equal(text, languages[i].normal);
		assert_int_equal(locale_date(l, SEP_15_2026, LOCALE_DATE_SHORT, text, sizeof text),
				 0);
		assert_string_equal(text, languages[i].brief);
		assert_int_equal(locale_count(l, 1234567, text, sizeof text), 0);
		assert_string_equal(text, languages[i].count);
		locale_close(l);
	}
}

/* 3GPP TS 23.038 6.2.1: what a text in a Latin script may consist of without turning to UCS-2,
 * and without the escape that makes a character count twice. */
static bool
is_gsm(const char *text)
{
	static const char *const others[] = {"ä", "Ä", "à", "å", "Å", "æ", "Æ", "Ç",
					     "é", "É", "è", "ì", "ñ", "Ñ", "ö", "Ö",
					     "ò", "ø", "Ø", "ß", "ü", "Ü", "ù"};
	while (*text != '\0') {
		size_t n = strlen("ä"), i = 0;
		if ((unsigned char)*text < 0x80) {
			if (*text < ' ' || strchr("`[\\]^{|}~", *text) != NULL)
				return false;
			text++;
			continue;
		}
		while (i < sizeof others / sizeof *others && strncmp(text, others[i], n) != 0)
			i++;
		if (i == sizeof others / sizeof *others)
			return false;
		text += n;
	}
	return true;
}

static bool
has_invisible(const char *text)
{
	static const char *const signs[] = {"\u00a0", "\u202f", "\u200e", "\u200f",
					    "\u061c", "\u2019", "\u2212", "\u2009"};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (strstr(text, signs[i]) != NULL)
			return true;
	return false;
}

/* Every day of a year in both forms: no letter or space slips through in any month or weekday. */
static void
test_plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_LANGUAGES; i++) {
		struct locale *l = opened(languages[i].language);
		for (int32_t day = SEP_15_2026; day < SEP_15_2026 + 366; day++) {
			for (int style = 0; style < 2; style++) {
				char text[LOCALE_TEXT];
				assert_int_equal(locale_date(l, day, (enum locale_date_style)style,
							     text, sizeof text),
						 0);
				if (languages[i].gsm && !is_gsm(text))
					fail_msg("%s: %s", languages[i].language, text);
				assert_false(has_invisible(text));
			}
		}
		locale_close(l);
	}
}

static void
test_folding(void **state)
{
	(void)state;
	static const struct {
		const char *language;
		int32_t day;
		enum locale_date_style style;
		const char *text;
	} cases[] = {
	    {"fr", 20485, LOCALE_DATE_NORMAL, "1 févr. 2026"}, /* e acute is in the alphabet */
	    {"fr", 20666, LOCALE_DATE_NORMAL, "1 aout 2026"},  /* u circumflex is not */
	    {"tr", 20485, LOCALE_DATE_NORMAL, "1 Sub 2026"},
	    {"tr", 20666, LOCALE_DATE_SHORT, "1 Agustos Cmt"},
	    {"pl", 20727, LOCALE_DATE_NORMAL, "1 paz 2026"},
	    {"es", 20708, LOCALE_DATE_SHORT, "sab 12 sept"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct locale *l = opened(cases[i].language);
		char text[LOCALE_TEXT];
		assert_int_equal(locale_date(l, cases[i].day, cases[i].style, text, sizeof text),
				 0);
		assert_string_equal(text, cases[i].text);
		locale_close(l);
	}
}

static void
expect_money(const struct locale *l, int64_t minor, int digits, const char *text)
{
	char got[LOCALE_TEXT];
	assert_int_equal(locale_money(l, minor, digits, "XTS", got, sizeof got), 0);
	assert_string_equal(got, text);
}

static void
test_money(void **state)
{
	(void)state;
	struct locale *l = opened("en"), *hi = opened("hi");
	expect_money(l, 0, 2, "XTS 0.00");
	expect_money(l, 0, 0, "XTS 0");
	expect_money(l, 5, 2, "XTS 0.05");
	expect_money(l, -5, 2, "-XTS 0.05");
	expect_money(l, 99, 2, "XTS 0.99");
	expect_money(l, 100000, 2, "XTS 1,000.00");
	expect_money(l, 99999, 2, "XTS 999.99");
	expect_money(l, 1000, 0, "XTS 1,000");
	expect_money(l, 1000, 3, "XTS 1.000");
	expect_money(l, 1, 4, "XTS 0.0001");
	expect_money(l, INT64_MAX, 2, "XTS 92,233,720,368,547,758.07");
	expect_money(l, INT64_MIN, 2, "-XTS 92,233,720,368,547,758.08");
	expect_money(l, INT64_MIN, 0, "-XTS 9,223,372,036,854,775,808");
	expect_money(hi, INT64_MAX, 0, "XTS 92,23,37,20,36,85,47,75,807");
	expect_money(hi, 99999, 0, "XTS 99,999");
	expect_money(hi, 100000, 0, "XTS 1,00,000");
	char text[LOCALE_TEXT];
	static const char *const bad[] = {"", "PH", "PHPP", "php", "P1P", "\xe2\x82\xb1"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(locale_money(l, 1, 2, bad[i], text, sizeof text), -EINVAL);
		assert_string_equal(text, "");
	}
	assert_int_equal(locale_count(l, INT64_MIN, text, sizeof text), 0);
	assert_string_equal(text, "-9,223,372,036,854,775,808");
	assert_int_equal(locale_count(l, 0, text, sizeof text), 0);
	assert_string_equal(text, "0");
	locale_close(l);
	locale_close(hi);
}

/* Whatever a language puts around them, the digits of an amount are its own: nothing is rounded,
 * lost or added. */
static void
test_money_is_exact(void **state)
{
	(void)state;
	uint64_t seed = 1;
	for (size_t i = 0; i < N_LANGUAGES; i++) {
		struct locale *l = opened(languages[i].language);
		for (int k = 0; k < 2000; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			/* All magnitudes alike: a random number of bits is kept. */
			int64_t minor = (int64_t)seed >> (seed >> 33) % 63;
			int digits = (int)(seed >> 40) % 5;
			char text[LOCALE_TEXT], kept[32] = "", expected[32];
			size_t n = 0;
			assert_int_equal(locale_money(l, minor, digits, "PHP", text, sizeof text),
					 0);
			for (const char *c = text; *c != '\0'; c++)
				if (*c >= '0' && *c <= '9')
					kept[n++] = *c;
			snprintf(expected, sizeof expected, "%0*lld", digits + 1, (long long)minor);
			const char *magnitude = expected + (minor < 0);
			if (minor < 0)
				snprintf(expected + 1, sizeof expected - 1, "%0*llu", digits + 1,
					 0 - (unsigned long long)minor);
			assert_string_equal(kept, magnitude);
			assert_int_equal(strchr(text, '-') != NULL, minor < 0);
		}
		locale_close(l);
	}
}

static void
expect_day(const struct locale *l, int32_t day, int year, int month, int of_month)
{
	static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	char text[LOCALE_TEXT], expected[64];
	snprintf(expected, sizeof expected, "%s %d, %d", names[month], of_month, year);
	assert_int_equal(locale_date(l, day, LOCALE_DATE_NORMAL, text, sizeof text), 0);
	assert_string_equal(text, expected);
	/* 0001-01-01, the first day allowed, was a Monday. */
	snprintf(expected, sizeof expected, "%s %s %d", weekdays[(day + 719162) % 7], names[month],
		 of_month);
	assert_int_equal(locale_date(l, day, LOCALE_DATE_SHORT, text, sizeof text), 0);
	assert_string_equal(text, expected);
}

/* The first and last day of every month that is allowed, against a calendar that only counts. */
static void
test_calendar(void **state)
{
	(void)state;
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	struct locale *l = opened("en-US");
	int32_t day = -719162;
	for (int year = 1; year <= 9999; year++) {
		bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		for (int month = 0; month < 12; month++) {
			int n = lengths[month] + (month == 1 && leap);
			expect_day(l, day, year, month, 1);
			expect_day(l, day + n - 1, year, month, n);
			day += n;
		}
	}
	char text[LOCALE_TEXT];
	assert_int_equal(locale_date(l, day, LOCALE_DATE_NORMAL, text, sizeof text), -ERANGE);
	assert_string_equal(text, "");
	assert_int_equal(locale_date(l, -719163, LOCALE_DATE_SHORT, text, sizeof text), -ERANGE);
	assert_int_equal(locale_date(l, INT32_MIN, LOCALE_DATE_SHORT, text, sizeof text), -ERANGE);
	assert_int_equal(locale_date(l, INT32_MAX, LOCALE_DATE_SHORT, text, sizeof text), -ERANGE);
	locale_close(l);
}

static void
test_buffer(void **state)
{
	(void)state;
	struct locale *l = opened("hi");
	for (size_t cap = 1; cap <= 48; cap++) {
		char *exact = malloc(cap), whole[LOCALE_TEXT];
		assert_non_null(exact);
		assert_int_equal(locale_money(l, 125000, 2, "INR", whole, sizeof whole), 0);
		assert_int_equal(locale_money(l, 125000, 2, "INR", exact, cap),
				 cap > strlen(whole) ? 0 : -ENOBUFS);
		assert_string_equal(exact, cap > strlen(whole) ? whole : "");
		locale_date(l, SEP_15_2026, LOCALE_DATE_SHORT, whole, sizeof whole);
		assert_int_equal(locale_date(l, SEP_15_2026, LOCALE_DATE_SHORT, exact, cap),
				 cap > strlen(whole) ? 0 : -ENOBUFS);
		assert_string_equal(exact, cap > strlen(whole) ? whole : "");
		free(exact);
	}
	locale_close(l);
}

static void
test_unknown(void **state)
{
	(void)state;
	static const struct {
		const char *language;
		int err;
	} cases[] = {
	    {"xx", -ENOENT},      {"tlh", -ENOENT},
	    {"mul", -ENOENT},     {"und", -ENOENT},
	    {"xx-PH", -ENOENT},   {"x-private", -ENOENT},
	    {"", -EINVAL},        {"e", -EINVAL},
	    {"english", -ENOENT}, {"en_US", -EINVAL},
	    {"en-", -EINVAL},     {"en us", -EINVAL},
	    {"../en", -EINVAL},   {"en@numbers=arab", -EINVAL},
	    {"-", -EINVAL},
	};
	struct locale *l;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int err = locale_open(&l, cases[i].language);
		if (err != cases[i].err)
			fail_msg("%s: %d", cases[i].language, err);
		assert_null(l);
	}
	/* A region ICU does not know falls back to its language, which is the right answer; and
	 * an extension cannot bring other digits in. */
	l = opened("sw-PH");
	locale_close(l);
	l = opened("ar-u-nu-arab-ca-islamic");
	char text[LOCALE_TEXT];
	assert_int_equal(locale_date(l, SEP_15_2026, LOCALE_DATE_NORMAL, text, sizeof text), 0);
	assert_non_null(strstr(text, "2026"));
	locale_close(l);
	locale_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_languages),      cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_folding),        cmocka_unit_test(test_money),
	    cmocka_unit_test(test_money_is_exact), cmocka_unit_test(test_calendar),
	    cmocka_unit_test(test_buffer),         cmocka_unit_test(test_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
