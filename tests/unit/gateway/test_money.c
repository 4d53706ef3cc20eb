/* Amounts: what is taken, what is refused and with which advice, and that integers come back as
 * written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/base/money.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static void
check_amount(const char *text, int digits, int64_t want)
{
	int64_t minor = -1;
	char why[MONEY_WHY] = "";

	assert_int_equal(money_parse(text, strlen(text), digits, &minor, why), 0);
	assert_int_equal(minor, want);
	assert_string_equal(why, "");
}

static void
check_refused(const char *text, int digits, int error, const char *advice)
{
	int64_t minor = 77;
	char why[MONEY_WHY] = "";

	assert_int_equal(money_parse(text, strlen(text), digits, &minor, why), error);
	assert_int_equal(minor, 77);
	if (strstr(why, advice) == NULL)
		fail_msg("%s: \"%s\" does not say \"%s\"", text, why, advice);
	assert_int_equal(money_parse(text, strlen(text), digits, &minor, NULL), error);
}

static void
test_knows_the_digits_of_currencies(void **state)
{
	static const struct {
		const char *code;
		int digits;
	} cases[] = {{"PHP", 2}, {"JPY", 0}, {"VND", 0}, {"UGX", 0}, {"XAF", 0}, {"XOF", 0},
		     {"XPF", 0}, {"KWD", 3}, {"BHD", 3}, {"TND", 3}, {"IQD", 3}, {"CLF", 4},
		     {"UYW", 4}, {"UYI", 0}, {"CLP", 0}, {"ISK", 0}, {"KRW", 0}, {"IDR", 2},
		     {"MGA", 2}, {"XCG", 2}, {"ZWG", 2}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(money_digits(cases[i].code), cases[i].digits);
	static const char *const unknown[] = {"",    "php", "PH",  "PHPP", "XXX",
					      "XAU", "HRK", "AAA", "ZZZ"};
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		assert_int_equal(money_digits(unknown[i]), -ENOENT);
}

static void
test_every_code_is_found(void **state)
{
	const char *const *codes = money_codes();
	size_t n = 0;

	(void)state;
	for (; codes[n] != NULL; n++) {
		assert_int_equal(strlen(codes[n]), 3);
		assert_in_range(money_digits(codes[n]), 0, MONEY_DIGITS);
		/* The search needs them sorted. */
		if (n > 0)
			assert_true(strcmp(codes[n - 1], codes[n]) < 0);
	}
	assert_in_range(n, 150, 180);
}

static void
test_reads_decimals(void **state)
{
	(void)state;
	check_amount("1250.5", 2, 125050);
	check_amount("1250", 2, 125000);
	check_amount("0", 2, 0);
	check_amount("0.01", 2, 1);
	check_amount("-0.01", 2, -1);
	check_amount("-0", 2, 0);
	check_amount("007", 2, 700);
	check_amount(" 12.34\t", 2, 1234);
	check_amount("1.234", 3, 1234);
	check_amount("1.0001", 4, 10001);
	check_amount("700", 0, 700);
	check_amount("92233720368547758.07", 2, INT64_MAX);
	check_amount("-92233720368547758.08", 2, INT64_MIN);
	check_amount("-9223372036854775808", 0, INT64_MIN);
}

static void
test_refuses_with_advice(void **state)
{
	(void)state;
	check_refused("", 2, -EINVAL, "empty");
	check_refused("  ", 2, -EINVAL, "empty");
	check_refused("1250.505", 2, -EINVAL, "more than 2 digits");
	check_refused("1250.000", 2, -EINVAL, "between thousands");
	check_refused("1250.0", 0, -EINVAL, "no decimals");
	check_refused("1250,50", 2, -EINVAL, "decimal comma");
	check_refused("1250,5", 2, -EINVAL, "decimal comma");
	check_refused("1,250.50", 2, -EINVAL, "between thousands");
	check_refused("1.250,50", 2, -EINVAL, "between thousands");
	check_refused("1,250", 2, -EINVAL, "between thousands");
	check_refused("1,250,000", 2, -EINVAL, "between thousands");
	check_refused("1 250", 2, -EINVAL, "between thousands");
	check_refused("1\xc2\xa0"
		      "250",
		      2, -EINVAL, "between thousands");
	check_refused("1'250", 2, -EINVAL, "between thousands");
	check_refused("1.250.000", 2, -EINVAL, "between thousands");
	check_refused("2.54E+11", 2, -EINVAL, "Excel");
	check_refused("2,54E+11", 2, -EINVAL, "Excel");
	check_refused("1e3", 2, -EINVAL, "Excel");
	check_refused("PHP 1250", 2, -EINVAL, "without currency");
	check_refused("\xe2\x82\xb1"
		      "1250",
		      2, -EINVAL, "without currency");
	check_refused("(1250.00)", 2, -EINVAL, "brackets");
	check_refused("+5", 2, -EINVAL, "without currency");
	check_refused("-", 2, -EINVAL, "not an amount");
	check_refused(".", 2, -EINVAL, "not an amount");
	check_refused(".5", 2, -EINVAL, "not an amount");
	check_refused("5.", 2, -EINVAL, "not an amount");
	check_refused("--5", 2, -EINVAL, "not an amount");
	check_refused("5-", 2, -EINVAL, "not an amount");
	check_refused("92233720368547758.08", 2, -ERANGE, "too large");
	check_refused("-92233720368547758.09", 2, -ERANGE, "too large");
	check_refused("99999999999999999999999999", 2, -ERANGE, "too large");
}

static void
test_stops_at_the_length_given(void **state)
{
	int64_t minor;

	(void)state;
	assert_int_equal(money_parse("12.50,next", 5, 2, &minor, NULL), 0);
	assert_int_equal(minor, 1250);
	/* A zero byte inside is no end. */
	assert_int_equal(money_parse("12\0.50", 6, 2, &minor, NULL), -EINVAL);
}

static void
check_written(int64_t minor, int digits, const char *want)
{
	char text[MONEY_TEXT];
	int64_t back;

	assert_int_equal(money_format(minor, digits, text), strlen(want));
	assert_string_equal(text, want);
	assert_int_equal(money_parse(text, strlen(text), digits, &back, NULL), 0);
	assert_int_equal(back, minor);
}

static void
test_writes_all_digits(void **state)
{
	(void)state;
	check_written(125050, 2, "1250.50");
	check_written(5, 2, "0.05");
	check_written(-5, 2, "-0.05");
	check_written(0, 0, "0");
	check_written(-700, 0, "-700");
	check_written(1, 4, "0.0001");
	check_written(INT64_MAX, 2, "92233720368547758.07");
	check_written(INT64_MIN, 3, "-9223372036854775.808");
}

static void
test_prices(void **state)
{
	int64_t micro;
	char text[MONEY_TEXT];

	(void)state;
	assert_int_equal(money_price_parse("0.35", 4, &micro, NULL), 0);
	assert_int_equal(micro, 350000);
	assert_int_equal(money_price_format(micro, text), 4);
	assert_string_equal(text, "0.35");
	assert_int_equal(money_price_parse("0.000001", 8, &micro, NULL), 0);
	assert_int_equal(micro, 1);
	money_price_format(12000000, text);
	assert_string_equal(text, "12");
	money_price_format(0, text);
	assert_string_equal(text, "0");
	assert_int_equal(money_price_parse("0.0000001", 9, &micro, NULL), -EINVAL);
	assert_int_equal(money_price_parse("-1", 2, &micro, NULL), -EINVAL);
}

static void
test_rounds_prices_half_up(void **state)
{
	(void)state;
	assert_int_equal(money_price_round(355000, 2), 36);
	assert_int_equal(money_price_round(354999, 2), 35);
	assert_int_equal(money_price_round(-355000, 2), -36);
	assert_int_equal(money_price_round(499999, 0), 0);
	assert_int_equal(money_price_round(500000, 0), 1);
	assert_int_equal(money_price_round(1, 4), 0);
	assert_int_equal(money_price_round(50, 4), 1);
	assert_int_equal(money_price_round(INT64_MAX, 2), 922337203685478);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_knows_the_digits_of_currencies),
	    cmocka_unit_test(test_every_code_is_found),
	    cmocka_unit_test(test_reads_decimals),
	    cmocka_unit_test(test_refuses_with_advice),
	    cmocka_unit_test(test_stops_at_the_length_given),
	    cmocka_unit_test(test_writes_all_digits),
	    cmocka_unit_test(test_prices),
	    cmocka_unit_test(test_rounds_prices_half_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
