/* Measuring and splitting: the limits to the unit, the tables' choice, and what holds for any text.
 */
#include "split_property.h"

#include "modem/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A text of n times the same character. */
static const char *
repeat(const char *character, size_t n)
{
	static char text[100000];
	size_t width = strlen(character);

	for (size_t i = 0; i < n; i++)
		memcpy(text + i * width, character, width);
	text[n * width] = '\0';
	return text;
}

static void
assert_size(const char *text, struct sms_options options, enum sms_encoding encoding,
	    unsigned units, unsigned segments, unsigned left)
{
	struct sms_size size;

	options.max_parts = SMS_MAX_PARTS;
	assert_int_equal(sms_measure(text, strlen(text), &options, &size), 0);
	assert_int_equal(size.encoding, encoding);
	assert_int_equal(size.units, units);
	assert_int_equal(size.segments, segments);
	assert_int_equal(size.left, left);
	assert_int_equal(sms_split(text, strlen(text), &options, 7, &split_parts), 0);
	assert_int_equal(split_parts.segments, segments);
	holds_for_text(text, strlen(text), &options, 7);
}

static void
limits(void **state)
{
	const struct sms_options gsm = {.plain = SMS_GSM7};
	const struct sms_options latin1 = {.plain = SMS_LATIN1};
	const struct sms_options ascii = {.plain = SMS_ASCII};

	(void)state;
	assert_size("", gsm, SMS_GSM7, 0, 1, 160);
	assert_size(repeat("a", 160), gsm, SMS_GSM7, 160, 1, 0);
	assert_size(repeat("a", 161), gsm, SMS_GSM7, 161, 2, 145);
	assert_size(repeat("a", 306), gsm, SMS_GSM7, 306, 2, 0);
	assert_size(repeat("a", 307), gsm, SMS_GSM7, 307, 3, 152);
	assert_size(repeat("a", 153 * 255), gsm, SMS_GSM7, 153 * 255, 255, 0);
	assert_size(repeat("ñ", 160), gsm, SMS_GSM7, 160, 1, 0);
	/* An escape that will not fit whole goes to the next segment: 76 euros a segment, one
	 * septet lost. */
	assert_size(repeat("€", 80), gsm, SMS_GSM7, 160, 1, 0);
	assert_size(repeat("€", 81), gsm, SMS_GSM7, 162, 2, 143);
	assert_size(repeat("€", 153), gsm, SMS_GSM7, 306, 3, 151);
	assert_size(repeat("ж", 70), gsm, SMS_UCS2, 70, 1, 0);
	assert_size(repeat("ж", 71), gsm, SMS_UCS2, 71, 2, 63);
	assert_size(repeat("ж", 135), gsm, SMS_UCS2, 135, 3, 66);
	assert_size(repeat("😀", 35), gsm, SMS_UCS2, 70, 1, 0);
	assert_size(repeat("😀", 67), gsm, SMS_UCS2, 134, 3, 65);
	assert_size(repeat("é", 140), latin1, SMS_LATIN1, 140, 1, 0);
	assert_size(repeat("é", 141), latin1, SMS_LATIN1, 141, 2, 127);
	assert_size("€", latin1, SMS_UCS2, 1, 1, 69);
	assert_size(repeat("a", 160), ascii, SMS_ASCII, 160, 1, 0);
	assert_size(repeat("a", 161), ascii, SMS_ASCII, 161, 2, 145);
	assert_size("é", ascii, SMS_UCS2, 1, 1, 69);
}

/* One odd character is enough, wherever it stands, also far behind where a plain text would be too
 * long. */
static void
one_character_decides(void **state)
{
	const struct sms_options gsm = {.plain = SMS_GSM7};
	char text[1004];

	(void)state;
	memset(text, 'a', 1000);
	memcpy(text + 1000, "\xE2\x82\xB1", 4); /* the peso sign */
	assert_size(text, gsm, SMS_UCS2, 1001, 15, 4);
	assert_size("Hello", gsm, SMS_GSM7, 5, 1, 155);
	assert_size("Hello\t", gsm, SMS_UCS2, 6, 1, 64);
}

static void
shift_tables(void **state)
{
	const struct sms_options tr = {.plain = SMS_GSM7, .shift = GSM7_TURKISH};
	const struct sms_options es = {.plain = SMS_GSM7, .shift = GSM7_SPANISH};
	const struct sms_options none = {.plain = SMS_GSM7};
	struct sms_size size;

	(void)state;
	/* Not asked for, not used; asked for and not needed, not used either. */
	assert_size("ş", none, SMS_UCS2, 1, 1, 69);
	assert_size("abc", tr, SMS_GSM7, 3, 1, 157);
	assert_size("abş", tr, SMS_GSM7, 4, 1, 151);
	/* 155 and 149 with one table. */
	assert_size(repeat("ş", 77), tr, SMS_GSM7, 154, 1, 1);
	assert_size(repeat("ş", 155), tr, SMS_GSM7, 155, 1, 0);
	assert_size(repeat("ş", 298), tr, SMS_GSM7, 298, 2, 0);
	assert_size(repeat("á", 78), es, SMS_GSM7, 156, 2, 141);
	/* A main and an extension table together: 152 alone, 146 joined. */
	assert_int_equal(sms_capacity(SMS_GSM7, 7), 152);
	assert_int_equal(sms_capacity(SMS_GSM7, 12), 146);
	assert_int_equal(sms_measure("ş", 2, &tr, &size), 0);
	assert_int_equal(size.tables.single, GSM7_TURKISH);
	assert_int_equal(size.tables.locking, 0);
	/* What no pair of its tables has is UCS-2 after all. */
	assert_size("şж", tr, SMS_UCS2, 2, 1, 68);
}

static void
headers(void **state)
{
	struct sms_options options = {.plain = SMS_GSM7, .max_parts = 3};
	const char *text = repeat("a", 200);
	const struct sms_part *part = split_parts.part;

	(void)state;
	assert_int_equal(sms_split(text, 200, &options, 0xAB, &split_parts), 0);
	assert_int_equal(split_parts.count, 2);
	assert_int_equal(part[0].len, 153);
	assert_int_equal(part[1].len, 47);
	assert_int_equal(part[1].udh_len, 6);
	assert_memory_equal(part[0].udh, "\x05\x00\x03\xAB\x02\x01", 6);
	assert_memory_equal(part[1].udh, "\x05\x00\x03\xAB\x02\x02", 6);

	options.long_form = SMS_LONG_SAR;
	assert_int_equal(sms_split(text, 200, &options, 0xAB, &split_parts), 0);
	assert_int_equal(split_parts.count, 2);
	assert_int_equal(part[0].len, 153);
	assert_int_equal(part[0].udh_len, 0);

	options.long_form = SMS_LONG_PAYLOAD;
	assert_int_equal(sms_split(text, 200, &options, 0xAB, &split_parts), 0);
	assert_int_equal(split_parts.count, 1);
	assert_int_equal(split_parts.segments, 2);
	assert_int_equal(part[0].len, 200);
	assert_int_equal(part[0].udh_len, 0);

	options.long_form = SMS_LONG_UDH;
	options.shift = GSM7_TURKISH;
	assert_int_equal(sms_split("\xC5\x9F", 2, &options, 0xAB, &split_parts), 0);
	assert_int_equal(part[0].udh_len, 4);
	assert_memory_equal(part[0].udh, "\x03\x24\x01\x01", 4);
	text = repeat("ş", 200);
	assert_int_equal(sms_split(text, 400, &options, 1, &split_parts), 0);
	assert_memory_equal(part[1].udh, "\x08\x00\x03\x01\x02\x02\x25\x01\x01", 9);
}

static void
too_many_parts(void **state)
{
	struct sms_options options = {.plain = SMS_GSM7, .max_parts = 2};

	(void)state;
	assert_int_equal(sms_split(repeat("a", 307), 307, &options, 0, &split_parts), -EMSGSIZE);
	assert_int_equal(sms_split(repeat("a", 306), 306, &options, 0, &split_parts), 0);
	options.max_parts = SMS_MAX_PARTS;
	assert_int_equal(
	    sms_split(repeat("a", 153 * 255 + 1), 153 * 255 + 1, &options, 0, &split_parts),
	    -EMSGSIZE);
	assert_int_equal(sms_split(repeat("a", 90000), 90000, &options, 0, &split_parts),
			 -EMSGSIZE);
	assert_int_equal(sms_split(repeat("ж", 20000), 40000, &options, 0, &split_parts),
			 -EMSGSIZE);
	assert_int_equal(sms_split("a\xFF", 2, &options, 0, &split_parts), -EILSEQ);
	assert_int_equal(sms_split("a\0b", 3, &options, 0, &split_parts), -EILSEQ);
}

/* Where part 1 of a text ends, as the first unit of part 2. */
static unsigned
second_begins_with(const char *text)
{
	struct sms_options options = {.plain = SMS_GSM7, .max_parts = SMS_MAX_PARTS};
	const uint8_t *octets = split_parts.octets;

	holds_for_text(text, strlen(text), &options, 0);
	assert_true(split_parts.count >= 2);
	octets += split_parts.part[1].at;
	return (unsigned)octets[0] << 8 | octets[1];
}

/* A text of three pieces. */
static const char *
assemble(const char *first, const char *second, const char *third)
{
	static char text[1000];
	const char *pieces[] = {first, second, third};
	size_t len = 0;

	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(pieces[i]);

		assert_true(len + n < sizeof text);
		memcpy(text + len, pieces[i], n + 1);
		len += n;
	}
	return text;
}

/* What a person sees as one sign stays together, but never for a segment more. */
static void
kind_cuts(void **state)
{
	const char *text;

	(void)state;
	/* Unit 67 would be the accent: its letter goes along. */
	text = assemble("ж", repeat("a", 65), "e\xCC\x81zzzzzzzz");
	assert_int_equal(second_begins_with(text), 'e');
	/* Man, joiner, woman: the family stays together; so does a hand with its skin. */
	text = assemble(repeat("a", 64), "👨\xE2\x80\x8D👩", "zzzzzzzz");
	assert_int_equal(second_begins_with(text), 0xD83D);
	assert_int_equal(split_parts.part[1].at, 64 * 2);
	text = assemble(repeat("a", 65), "👍🏽", "zzzzzzzz");
	assert_int_equal(second_begins_with(text), 0xD83D);
	/* A Hindi consonant goes with its vowel sign. */
	text = assemble(repeat("a", 66), "\xE0\xA4\x95\xE0\xA4\xBF", "zzzzzzzz");
	assert_int_equal(second_begins_with(text), 0x0915);
	/* Where both segments are full there is no room for kindness. */
	text = assemble("ж", repeat("a", 65), "e\xCC\x81");
	text = assemble(strdupa(text), repeat("b", 66), "");
	assert_int_equal(second_begins_with(text), 0x0301);
}

static uint32_t
pick(uint32_t n)
{
	return (uint32_t)rand() % n;
}

/* One character of a kind that matters here. */
static uint32_t
some_character(unsigned kind)
{
	static const uint16_t escaped[] = {'\f', '^', '{', '}', '\\', '[', '~', ']', '|', 0x20AC};
	static const uint16_t national[] = {0x15F, 0x130, 0xE7, 0xE3, 0xC1, 0xF3, 0x221E, '`'};

	switch (kind) {
	case 0: return ' ' + pick(0x5F);
	case 1: return escaped[pick(10)];
	case 2: return national[pick(8)];
	case 3: return 0x900 + pick(0x80);
	case 4: return 0x1F300 + pick(0x200);
	case 5: return pick(2) ? 0x0301 : 0x200D;
	case 6: return 0xA0 + pick(0x60);
	default: return 1 + pick(0xD7FE);
	}
}

static void
any_text_returns(void **state)
{
	static char text[60000];

	(void)state;
	srand(2);
	for (int round = 0; round < 20000; round++) {
		struct sms_options options = {
		    .plain = (enum sms_encoding[]){SMS_GSM7, SMS_LATIN1, SMS_ASCII}[pick(3)],
		    .shift = (enum gsm7_language)pick(GSM7_LANGUAGES),
		    .long_form = (enum sms_long)pick(3),
		    .max_parts = pick(3) ? SMS_MAX_PARTS : 1 + pick(SMS_MAX_PARTS)};
		unsigned kinds = 1 + pick(255);
		size_t want = pick(50) ? pick(700) : pick(40000);
		size_t len = 0;

		for (size_t i = 0; i < want && len + 4 < sizeof text; i++) {
			unsigned kind = pick(8);

			len += utf8_put(some_character(kinds & 1u << kind ? kind : 0), text + len);
		}
		holds_for_text(text, len, &options, (uint8_t)round);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(limits),           cmocka_unit_test(one_character_decides),
	    cmocka_unit_test(shift_tables),     cmocka_unit_test(headers),
	    cmocka_unit_test(too_many_parts),   cmocka_unit_test(kind_cuts),
	    cmocka_unit_test(any_text_returns),
	};

	return cmocka_run_group_tests_name("sms", tests, NULL, NULL);
}
