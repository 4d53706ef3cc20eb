/* Telephone numbers: what is read, what is only doubted, what Excel did to it, and what logs show.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/base/phone.h"

#include <string.h>

static void
check_number(const char *text, const char *region, const char *want)
{
	char out[PHONE_E164];
	char why[PHONE_WHY];

	enum phone_result r = phone_to_e164(text, region, out, why);
	if (r != PHONE_OK)
		fail_msg("%s: %d %s", text, (int)r, why);
	assert_string_equal(out, want);
	assert_string_equal(why, "");
}

static void
check_bad(const char *text, const char *advice)
{
	char out[PHONE_E164];
	char why[PHONE_WHY];

	enum phone_result r = phone_to_e164(text, "PH", out, why);
	if (r != PHONE_BAD || out[0] != '\0')
		fail_msg("%s was read as %s", text, out);
	if (strstr(why, advice) == NULL)
		fail_msg("%s: \"%s\" does not say \"%s\"", text, why, advice);
	assert_int_equal(phone_to_e164(text, "PH", out, NULL), PHONE_BAD);
}

static void
test_e164_is_taken_as_it_is(void **state)
{
	(void)state;
	check_number("+639171234567", NULL, "+639171234567");
	check_number(" +639171234567\n", "PH", "+639171234567");
	/* no country has this code: the library is not asked */
	check_number("+999123456789", "PH", "+999123456789");
	assert_true(phone_is_e164("+12345678"));
	assert_true(phone_is_e164("+123456789012345"));
	static const char *const others[] = {"",
					     "+",
					     "+1234567",
					     "+1234567890123456",
					     "+0123456789",
					     "639171234567",
					     "+63917 1234",
					     "+63917123456a"};
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_false(phone_is_e164(others[i]));
}

static void
test_national_forms(void **state)
{
	static const char *const forms[] = {"09171234567",
					    "0917 123 4567",
					    "0917-123-4567",
					    "(0917) 123.4567",
					    "9171234567",
					    "639171234567",
					    "+63 917 123 4567",
					    "+63 (0)9171234567",
					    "00639171234567",
					    ("\xc2\xa0"
					     "09171234567\xc2\xa0")};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		check_number(forms[i], "PH", "+639171234567");
	check_number("07911 123456", "GB", "+447911123456");
	check_number("98765 43210", "IN", "+919876543210");
	check_number("81234567", "SG", "+6581234567");
	check_number("0712 345678", "KE", "+254712345678");
	check_number("+254 712 345678", NULL, "+254712345678");
}

/* Where people write no 0 before a mobile number, none is missing. */
static void
test_lost_zeros(void **state)
{
	(void)state;
	assert_true(phone_lost_zero("9171234567", "PH"));
	assert_true(phone_lost_zero("712345678", "KE"));
	assert_true(phone_lost_zero("7911123456", "GB"));
	assert_false(phone_lost_zero("09171234567", "PH"));
	assert_false(phone_lost_zero("639171234567", "PH"));
	assert_false(phone_lost_zero("+639171234567", "PH"));
	assert_false(phone_lost_zero("917 123 4567", "PH")); /* no spreadsheet's number */
	assert_false(phone_lost_zero("9876543210", "IN"));
	assert_false(phone_lost_zero("81234567", "SG"));
	assert_false(phone_lost_zero("2025550123", "US"));
	assert_false(phone_lost_zero("13123456789", "CN"));
	assert_false(phone_lost_zero("11912345678", "BR"));
	assert_false(phone_lost_zero("5512345678", "MX"));
	assert_false(phone_lost_zero("9171234567", NULL));
}

static void
test_what_excel_breaks(void **state)
{
	(void)state;
	check_bad("6.39171E+11", "as Text");
	check_bad("2.54E+11", "From Text/CSV");
	check_bad("6,39171E+11", "as Text");
	check_bad("6.39171e11", "as Text");
	check_bad("+6.39E+11", "as Text");
	check_bad("639171234567.0", "decimals");
	check_bad("9171234567,00", "decimals");
	check_bad("'09171234567", "apostrophe");
	check_bad("########", "####");
	check_bad("=A2", "formula");
}

static void
test_what_is_no_number(void **state)
{
	(void)state;
	check_bad("", "empty");
	check_bad("   ", "empty");
	check_bad("n/a", "letters");
	check_bad("0917 CALL ME", "letters");
	check_bad("09171234567 ext 2", "letters");
	check_bad("-", "not a telephone number");
	check_bad("12", "too short");
	check_bad("0917", "too short");
	check_bad("09171234567 09181234567", "too long");
	check_bad("09171234567/09181234567", "several");
	check_bad("09171234567;09181234567", "several");
	check_bad("+999 12 34 56 78", "country");
	check_bad(
	    "00000000000000000000000000000000000000000000000000000000000000000000000000000000000",
	    "too long");
}

static void
test_without_a_region(void **state)
{
	char out[PHONE_E164];
	char why[PHONE_WHY];

	(void)state;
	assert_int_equal(phone_to_e164("09171234567", NULL, out, why), PHONE_BAD);
	assert_non_null(strstr(why, "country code"));
	assert_int_equal(phone_to_e164("09171234567", "XX", out, why), PHONE_BAD);
}

static void
test_doubts_leave_the_number(void **state)
{
	char out[PHONE_E164];
	char why[PHONE_WHY];

	(void)state;
	/* ten digits like any mobile number, and in no range of 2022 */
	assert_int_equal(phone_to_e164("09001234567", "PH", out, why), PHONE_DOUBTFUL);
	assert_string_equal(out, "+639001234567");
	assert_non_null(strstr(why, "+639001234567"));
}

static void
test_masks(void **state)
{
	static const struct {
		const char *number, *want;
	} cases[] = {
	    {"+639171234567", "+63917***4567"},
	    {"639171234567", "63917***4567"},
	    {"+12345678", "+1***5678"},
	    {"12345678", "1***5678"},
	    {"1234567", "***4567"},
	    {"12345", "***45"},
	    {"123", "***"},
	    {"", "***"},
	    {"+", "+***"},
	    {"+123456789012345", "+12345***2345"},
	};
	char out[PHONE_MASKED];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(phone_mask(cases[i].number, out), cases[i].want);
	char longest[300];
	memset(longest, '7', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	assert_string_equal(phone_mask(longest, out), "77777***7777");
}

static void
test_senders_that_are_not_answered(void **state)
{
	(void)state;
	static const char *const words[] = {"GLOBE", "BDO-Alert", "3mobile", "+63GLOBE"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		assert_false(phone_is_answerable(words[i]));
	static const char *const codes[] = {"8888", "28550", "1", "12345678"};
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		assert_false(phone_is_answerable(codes[i]));
	static const char *const numbers[] = {"+639171234567", "639171234567", "09171234567"};
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		assert_true(phone_is_answerable(numbers[i]));
	static const char *const neither[] = {"", "+", "*123#", "+1", "1234567890123456"};
	for (size_t i = 0; i < sizeof neither / sizeof neither[0]; i++)
		assert_false(phone_is_answerable(neither[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_e164_is_taken_as_it_is),
	    cmocka_unit_test(test_national_forms),
	    cmocka_unit_test(test_lost_zeros),
	    cmocka_unit_test(test_what_excel_breaks),
	    cmocka_unit_test(test_what_is_no_number),
	    cmocka_unit_test(test_without_a_region),
	    cmocka_unit_test(test_doubts_leave_the_number),
	    cmocka_unit_test(test_masks),
	    cmocka_unit_test(test_senders_that_are_not_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
