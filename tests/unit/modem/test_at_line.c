/* Lines out of octets, however they are cut; finals and fields out of lines. */
#include "modem/at_final.h"
#include "modem/at_line.h"
#include "modem/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Tokens as text: lines in brackets, prompts as `!`. */
static void
read_in_steps(const char *bytes, size_t len, size_t step, bool prompt, char *out, size_t cap)
{
	struct at_lines lines;

	at_lines_init(&lines);
	lines.expect_prompt = prompt;
	out[0] = '\0';
	for (size_t at = 0; at < len; at += step) {
		const char *p = bytes + at, *end = p + (len - at < step ? len - at : step);
		enum at_token token;

		while ((token = at_lines_next(&lines, &p, end)) != AT_TOKEN_NONE) {
			size_t n = strlen(out);

			snprintf(out + n, cap - n, token == AT_TOKEN_PROMPT ? "!" : "[%s]",
				 lines.line);
		}
		assert_ptr_equal(p, end);
	}
}

static void
assert_reads(const char *bytes, bool prompt, const char *tokens)
{
	for (size_t step = 1; step <= strlen(bytes) + 1; step++) {
		char out[4096];

		read_in_steps(bytes, strlen(bytes), step, prompt, out, sizeof out);
		assert_string_equal(out, tokens);
	}
}

static void
lines_cut_anywhere(void **state)
{
	(void)state;
	assert_reads("\r\nOK\r\n", false, "[OK]");
	assert_reads("\r\r\n+CSQ: 1,2\r\r\n\r\nOK\r", false, "[+CSQ: 1,2][OK]");
	assert_reads("AT\r\r\n  OK  \r\n", false, "[AT][OK]");
	assert_reads("\x01\xfe\x7fO\x80K\n", false, "[OK]");
	assert_reads("A\tB\r", false, "[A B]");
	assert_reads("\r\n \r\n\r\n", false, "");
	assert_reads("OK", false, "");
}

static void
prompts(void **state)
{
	(void)state;
	assert_reads("\r\n> ", true, "!");
	assert_reads("\r\n>", true, "!");
	assert_reads("\r\n^RSSI:3\r\n\r\n> ", true, "[^RSSI:3]!");
	assert_reads("\r\n> echo\r\n", true, "![echo]");
	assert_reads("\r\na > b\r\n", true, "[a > b]");
	assert_reads("\r\n> text\r\n", false, "[> text]");
}

static void
too_long_a_line_is_cut_once(void **state)
{
	char bytes[3 * AT_LINE + 8], out[4 * AT_LINE];

	(void)state;
	memset(bytes, 'x', sizeof bytes);
	memcpy(bytes + sizeof bytes - 6, "\r\nOK\r\n", 6);
	read_in_steps(bytes, sizeof bytes, 7, false, out, sizeof out);
	assert_int_equal(strlen(out), AT_LINE + 2 + 4);
	assert_string_equal(out + AT_LINE + 2, "[OK]");
}

static void
finals(void **state)
{
	struct at_answer a;

	(void)state;
	assert_true(at_final_parse("AT", "OK", &a) && a.final == AT_OK);
	assert_true(at_final_parse("AT", "ERROR", &a) && a.final == AT_ERROR && a.code == -1);
	assert_true(at_final_parse("AT", "+CMS ERROR: 38", &a) && a.cms && a.code == 38);
	assert_true(at_final_parse("AT", "+CME ERROR:10", &a) && !a.cms && a.code == 10);
	assert_true(at_final_parse("AT", "+CME ERROR: SIM busy", &a) && a.code == -1);
	assert_true(at_final_parse("AT", "+CMS ERROR: 99999999999999", &a) && a.code > 0);
	assert_true(at_final_parse("AT", "COMMAND NOT SUPPORT", &a) && a.final == AT_ERROR);
	assert_false(at_final_parse("AT", "OK?", &a));
	assert_false(at_final_parse("AT", "NO CARRIER", &a));
	assert_true(at_final_parse("ATD123;", "NO CARRIER", &a) && a.final == AT_CALL);
}

static void
fields(void **state)
{
	static const char cops[] = "+COPS: 0, 0,\"Smart, Inc\" ,7,";
	char text[32];
	int n = -5;

	(void)state;
	assert_true(fields_text(cops, 2, text, sizeof text));
	assert_string_equal(text, "Smart, Inc");
	assert_true(fields_number(cops, 3, &n) && n == 7);
	assert_true(fields_number(cops, 1, &n) && n == 0);
	assert_false(fields_number(cops, 2, &n));
	assert_false(fields_number(cops, 4, &n)); /* empty */
	assert_true(fields_text(cops, 4, text, sizeof text));
	assert_string_equal(text, "");
	assert_false(fields_text(cops, 5, text, sizeof text));
	assert_true(fields_number("+CMTI: \"SM\",-1", 1, &n) && n == -1);
	assert_false(fields_number("+X: 99999999999999999999", 0, &n));
	assert_false(fields_number("+X: -", 0, &n));
	assert_true(fields_text("+X: \"", 0, text, 1));
	assert_true(fields_text("7", 0, text, sizeof text));
	assert_string_equal(text, "7");
	assert_true(fields_digits("+CCID: \"8963021234567890123F\"", 18, true, text, sizeof text));
	assert_string_equal(text, "8963021234567890123F");
	assert_false(fields_digits("12345", 6, false, text, sizeof text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_cut_anywhere),
	    cmocka_unit_test(prompts),
	    cmocka_unit_test(too_long_a_line_is_cut_once),
	    cmocka_unit_test(finals),
	    cmocka_unit_test(fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
