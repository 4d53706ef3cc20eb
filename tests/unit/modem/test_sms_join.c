/* What comes in: headers that lie, encodings, and parts cut where nobody should cut. */
#include "modem/sms_join.h"
#include "modem/sms_udh.h"
#include "modem/utf8.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct gsm7_tables plain;

static struct sms_udh
parsed(const char *octets, size_t len, int want)
{
	struct sms_udh udh;

	assert_int_equal(sms_udh_parse((const uint8_t *)octets, len, &udh), want);
	return udh;
}

static void
assert_no_concat(struct sms_udh udh)
{
	assert_false(udh.concat);
	assert_int_equal(udh.reference, 0);
	assert_int_equal(udh.total, 1);
	assert_int_equal(udh.n, 1);
}

static void
udh_elements(void **state)
{
	struct sms_udh udh = parsed("\x05\x00\x03\xAB\x03\x02text", 10, 6);

	(void)state;
	assert_true(udh.concat && !udh.wide && !udh.ports);
	assert_int_equal(udh.reference, 0xAB);
	assert_int_equal(udh.total, 3);
	assert_int_equal(udh.n, 2);
	udh = parsed("\x06\x08\x04\x12\x34\xFF\xFF", 7, 7);
	assert_true(udh.concat && udh.wide);
	assert_int_equal(udh.reference, 0x1234);
	assert_int_equal(udh.n, 255);
	udh = parsed("\x06\x24\x01\x01\x25\x01\x03", 7, 7);
	assert_int_equal(udh.tables.single, GSM7_TURKISH);
	assert_int_equal(udh.tables.locking, GSM7_PORTUGUESE);
	udh = parsed("\x03\x24\x01\xC8", 4, 4);
	assert_int_equal(udh.tables.single, GSM7_DEFAULT);
	udh = parsed("\x0B\x05\x04\x0B\x84\x23\xF0\x00\x03\x01\x02\x01", 12, 12);
	assert_true(udh.ports && udh.concat);
	/* Something unknown in between is stepped over. */
	udh = parsed("\x0A\x70\x03xyz\x00\x03\x01\x02\x01", 11, 11);
	assert_true(udh.concat);
	assert_no_concat(parsed("\x00text", 5, 1));
}

static void
udh_lies(void **state)
{
	struct sms_udh udh;

	(void)state;
	assert_no_concat(parsed("", 0, -EBADMSG));
	assert_no_concat(parsed("\x05\x00\x03\xAB\x03", 5, -EBADMSG));
	assert_no_concat(parsed("\xFF", 1, -EBADMSG));
	/* An element that runs past the header, or half of one: nothing in that header counts. */
	assert_no_concat(parsed("\x07\x00\x03\xAB\x02\x01\x24\x09\x01\x01", 10, 8));
	assert_no_concat(parsed("\x06\x00\x03\xAB\x02\x01\x24", 7, 7));
	/* Numbers that cannot be. */
	assert_no_concat(parsed("\x05\x00\x03\xAB\x00\x00", 6, 6));
	assert_no_concat(parsed("\x05\x00\x03\xAB\x02\x00", 6, 6));
	assert_no_concat(parsed("\x05\x00\x03\xAB\x02\x03", 6, 6));
	assert_no_concat(parsed("\x04\x00\x02\xAB\x02", 5, 5));
	/* Of two the last counts, also of different kinds; unless the last is nonsense. */
	udh = parsed("\x0A\x00\x03\x01\x02\x01\x00\x03\x09\x03\x03", 11, 11);
	assert_int_equal(udh.reference, 9);
	assert_int_equal(udh.n, 3);
	udh = parsed("\x0B\x08\x04\x01\x00\x02\x01\x00\x03\x09\x03\x03", 12, 12);
	assert_int_equal(udh.reference, 9);
	assert_false(udh.wide);
	udh = parsed("\x0A\x00\x03\x01\x02\x01\x00\x03\x09\x00\x03", 11, 11);
	assert_int_equal(udh.reference, 1);
}

static void
assert_reads(const char *octets, size_t len, enum sms_encoding encoding, const char *text)
{
	char out[100];

	assert_int_equal(sms_decode((const uint8_t *)octets, len, encoding, plain, out, sizeof out),
			 strlen(text));
	assert_string_equal(out, text);
}

#define BAD "\xEF\xBF\xBD"

static void
encodings(void **state)
{
	(void)state;
	assert_reads("", 0, SMS_UCS2, "");
	assert_reads("\x00S\x00T\x00O\x00P", 8, SMS_UCS2, "STOP");
	assert_reads("\x20\xAC\x04\x36\xD8\x3D\xDE\x00", 8, SMS_UCS2, "€ж😀");
	assert_reads("\xD8\x3D\x00\x61\xDE\x00\xD8\x3D\xD8\x3D\xDE\x00\xD8\x00", 14, SMS_UCS2,
		     BAD "a" BAD BAD "😀" BAD);
	assert_reads("\xFE\xFF\x00O\x00k", 6, SMS_UCS2, "Ok");
	assert_reads("\xFF\xFEO\x00k\x00", 6, SMS_UCS2, "Ok");
	assert_reads("\x00O\xFE\xFF", 4, SMS_UCS2, "O\xEF\xBB\xBF");
	/* The NUL that ends a C string, whole or half, is no part of a text; half a character is.
	 */
	assert_reads("\x00O\x00\x00", 4, SMS_UCS2, "O");
	assert_reads("\x00O\x00", 3, SMS_UCS2, "O");
	assert_reads("\x00O\x04", 3, SMS_UCS2, "O" BAD);
	assert_reads("S\xED \x80\x93\x81", 6, SMS_LATIN1, "Sí €“" BAD);
	assert_reads("a\0b\xE9\n", 5, SMS_ASCII, "ab" BAD "\n");
	assert_reads("\0\x1B\x65", 3, SMS_GSM7, "@€");
}

/* Every character of Unicode by way of UCS-2. */
static void
all_of_unicode(void **state)
{
	const struct sms_options options = {.plain = SMS_ASCII, .max_parts = 1};
	static struct sms_parts parts;

	(void)state;
	for (uint32_t c = 0x80; c <= 0x10FFFF; c = c == 0xD7FF ? 0xE000 : c + 1) {
		char text[6] = "a", out[16];
		size_t len = 1 + utf8_put(c, text + 1);

		text[len] = '\0';
		assert_int_equal(sms_split(text, len, &options, 0, &parts), 0);
		sms_decode(parts.octets, parts.part[0].len, parts.encoding, plain, out, sizeof out);
		assert_string_equal(out, text);
	}
}

static void
cut_output_stays_whole(void **state)
{
	char out[6];

	(void)state;
	assert_int_equal(
	    sms_decode((const uint8_t *)"\x00O\x04\x36\x04\x36", 6, SMS_UCS2, plain, out, 5), 5);
	assert_string_equal(out, "Oж");
	assert_int_equal(
	    sms_decode((const uint8_t *)"\x00O\x04\x36\x04\x36", 6, SMS_UCS2, plain, out, 6), 5);
	assert_string_equal(out, "Oжж");
}

static struct sms_fragment
fragment(unsigned n, enum sms_encoding encoding, const char *octets, size_t len)
{
	return (struct sms_fragment){(const uint8_t *)octets, len, n, encoding, plain};
}

static void
assert_joins(const struct sms_fragment *fragments, size_t count, unsigned total, unsigned missing,
	     const char *text)
{
	char out[100];

	assert_int_equal(sms_join_missing(fragments, count, total), missing);
	assert_int_equal(sms_join(fragments, count, total, out, sizeof out), strlen(text));
	assert_string_equal(out, text);
}

static void
joins(void **state)
{
	const struct sms_fragment mixed[] = {
	    fragment(3, SMS_GSM7, "three", 5),    fragment(1, SMS_GSM7, "one ", 4),
	    fragment(2, SMS_UCS2, "\x04\x36", 2), fragment(1, SMS_GSM7, "copy", 4),
	    fragment(0, SMS_GSM7, "zero", 4),     fragment(9, SMS_GSM7, "nine", 4),
	};

	(void)state;
	assert_joins(mixed, 6, 3, 0, "one жthree");
	assert_joins(mixed, 2, 3, 1, "one …three");
	assert_joins(mixed, 1, 3, 2, "…three");
	assert_joins(mixed, 0, 3, 3, "…");
	assert_joins(mixed + 1, 1, 1, 0, "one ");
	assert_joins(mixed + 1, 1, 255, 254, "one …");
	assert_joins(mixed, 6, 2, 0, "one ж");
}

/* Seams of others: an escape from its character, a surrogate pair, one UCS-2 unit. */
static void
joins_torn_characters(void **state)
{
	const struct sms_fragment escape[] = {fragment(1, SMS_GSM7, "a\x1B", 2),
					      fragment(2, SMS_GSM7, "", 0),
					      fragment(3, SMS_GSM7,
						       "\x65"
						       "b",
						       2)};
	const struct sms_fragment pair[] = {fragment(1, SMS_UCS2, "\x00O\xD8\x3D", 4),
					    fragment(2, SMS_UCS2, "\xDE\x00\x00k", 4)};
	const struct sms_fragment unit[] = {fragment(1, SMS_UCS2, "\x00O\x04", 3),
					    fragment(2, SMS_UCS2, "\x36\x00k", 3)};
	const struct sms_fragment differ[] = {fragment(1, SMS_GSM7, "a\x1B", 2),
					      fragment(2, SMS_UCS2, "\x00O\xD8\x3D", 4),
					      fragment(3, SMS_GSM7, "\x65", 1)};
	const struct sms_fragment gap[] = {fragment(1, SMS_UCS2, "\x00O\xD8\x3D", 4),
					   fragment(3, SMS_UCS2, "\xDE\x00\x00k", 4)};

	(void)state;
	assert_joins(escape, 3, 3, 0, "a€b");
	assert_joins(pair, 2, 2, 0, "O😀k");
	assert_joins(unit, 2, 2, 0, "Oжk");
	assert_joins(differ, 3, 3, 0, "a O" BAD "e");
	assert_joins(gap, 2, 3, 1, "O" BAD "…" BAD "k");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(udh_elements),
	    cmocka_unit_test(udh_lies),
	    cmocka_unit_test(encodings),
	    cmocka_unit_test(all_of_unicode),
	    cmocka_unit_test(cut_output_stays_whole),
	    cmocka_unit_test(joins),
	    cmocka_unit_test(joins_torn_characters),
	};

	return cmocka_run_group_tests_name("sms_join", tests, NULL, NULL);
}
