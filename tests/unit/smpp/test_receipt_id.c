/* The ways in which operators write one id twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "gateway/smpp/receipt_id.h"

static const struct pair {
	const char *submit, *receipt;
	enum receipt_id_rule rule;
} pairs[] = {
    {"12345", "12345", RECEIPT_ID_EXACT},
    {"ABCdef", "abcDEF", RECEIPT_ID_FOLDED},
    {"00012345", "12345", RECEIPT_ID_FOLDED},
    {"12345", "0012345", RECEIPT_ID_FOLDED},
    {"0x1F", "1f", RECEIPT_ID_FOLDED},
    {"6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6BA7B8109DAD11D180B400C04FD430C8", RECEIPT_ID_FOLDED},
    {"0000", "0", RECEIPT_ID_FOLDED},
    {"3ADE68B1", "987654321", RECEIPT_ID_HEX_TO_DECIMAL},
    {"3ade68b1", "0987654321", RECEIPT_ID_HEX_TO_DECIMAL},
    {"987654321", "3ADE68B1", RECEIPT_ID_DECIMAL_TO_HEX},
    {"0987654321", "00003ade68b1", RECEIPT_ID_DECIMAL_TO_HEX},
    {"10", "16", RECEIPT_ID_HEX_TO_DECIMAL},
    {"ffffffffffffffffffffffffffffffff", "340282366920938463463374607431768211455",
     RECEIPT_ID_NONE}, /* 39 decimal digits are beyond us */
    {"7fffffffffffffffffffffff", "39614081257132168796771975167", RECEIPT_ID_HEX_TO_DECIMAL},
    {"12345", "54321", RECEIPT_ID_NONE},
    {"abc", "", RECEIPT_ID_NONE},
    {"", "abc", RECEIPT_ID_NONE},
    {"zz", "35", RECEIPT_ID_NONE},
};

static void
pairs_are_explained(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		assert_int_equal(receipt_id_explain(pairs[i].submit, pairs[i].receipt),
				 pairs[i].rule);
}

/* What can be explained must also be found: by one of the forms against the id or its key. */
static void
explained_pairs_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct receipt_id_form forms[RECEIPT_ID_FORMS];
		int n = receipt_id_forms(NULL, pairs[i].receipt, forms);
		char key[SMPP_ID_SIZE];
		enum receipt_id_rule found = RECEIPT_ID_NONE;

		receipt_id_key(pairs[i].submit, key);
		for (int f = n - 1; f >= 0; f--)
			if (strcmp(forms[f].text, forms[f].by_key ? key : pairs[i].submit) == 0)
				found = forms[f].rule;
		assert_int_equal(found, pairs[i].rule);
	}
}

static void
exact_comes_first_until_the_evidence_is_clear(void **state)
{
	struct receipt_ids learned = {{0}};
	struct receipt_id_form forms[RECEIPT_ID_FORMS];

	(void)state;
	assert_int_equal(receipt_id_forms(&learned, "10", forms), 4);
	assert_int_equal(forms[0].rule, RECEIPT_ID_EXACT);
	for (int i = 0; i < 2; i++)
		receipt_id_learn(&learned, "100", "64");
	assert_int_equal(receipt_id_best(&learned), RECEIPT_ID_EXACT);
	assert_int_equal(receipt_id_learn(&learned, "200", "c8"), RECEIPT_ID_DECIMAL_TO_HEX);
	assert_int_equal(receipt_id_best(&learned), RECEIPT_ID_DECIMAL_TO_HEX);
	/* a receipt for "10" speaks of the message 16 now, not of the message 10 */
	receipt_id_forms(&learned, "10", forms);
	assert_int_equal(forms[0].rule, RECEIPT_ID_DECIMAL_TO_HEX);
	assert_string_equal(forms[0].text, "16");
	/* one exact pair (a small number) shakes three, but not thirty */
	receipt_id_learn(&learned, "7", "7");
	assert_int_equal(receipt_id_best(&learned), RECEIPT_ID_EXACT);
	for (int i = 0; i < 27; i++)
		receipt_id_learn(&learned, "100", "64");
	assert_int_equal(receipt_id_best(&learned), RECEIPT_ID_DECIMAL_TO_HEX);
}

static void
rules_have_names(void **state)
{
	(void)state;
	for (int rule = 0; rule < RECEIPT_ID_RULES; rule++)
		for (int other = 0; other < rule; other++)
			assert_string_not_equal(receipt_id_rule_name((enum receipt_id_rule)rule),
						receipt_id_rule_name((enum receipt_id_rule)other));
	assert_string_equal(receipt_id_rule_name(RECEIPT_ID_HEX_TO_DECIMAL), "hex-to-decimal");
	assert_string_equal(receipt_id_rule_name(RECEIPT_ID_RULES), "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pairs_are_explained),
	    cmocka_unit_test(explained_pairs_are_found),
	    cmocka_unit_test(exact_comes_first_until_the_evidence_is_clear),
	    cmocka_unit_test(rules_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
