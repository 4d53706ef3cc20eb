/* The alphabet: every character there and back, the published packings, what a broken peer sends.
 */
#include "modem/gsm7.h"
#include "modem/gsm7_tables.h"
#include "modem/utf8.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct gsm7_tables plain;

static void
assert_decodes(const char *septets, size_t n, struct gsm7_tables tables, const char *text)
{
	char out[64];

	assert_int_equal(gsm7_decode((const uint8_t *)septets, n, tables, out, sizeof out),
			 strlen(text));
	assert_string_equal(out, text);
}

static void
assert_encodes(const char *text, struct gsm7_tables tables, const char *septets, size_t n)
{
	uint8_t out[64];

	assert_int_equal(gsm7_encode(text, strlen(text), tables, out, sizeof out), n);
	assert_memory_equal(out, septets, n);
}

/* The corners of the table in 23.038 6.2.1, and of the extension table. */
static void
default_alphabet(void **state)
{
	(void)state;
	assert_encodes("@£$¥èéùìòÇ\nØø\rÅå", plain, "\0\1\2\3\4\5\6\7\x8\x9\xA\xB\xC\xD\xE\xF", 16);
	assert_encodes("Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ", plain,
		       "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1C\x1D\x1E\x1F", 15);
	assert_encodes("¤¡ÄÖÑÜ§¿äöñüà", plain,
		       "\x24\x40\x5B\x5C\x5D\x5E\x5F\x60\x7B\x7C\x7D\x7E\x7F", 13);
	assert_encodes(
	    "\f^{}\\[~]|€", plain,
	    "\x1B\x0A\x1B\x14\x1B\x28\x1B\x29\x1B\x2F\x1B\x3C\x1B\x3D\x1B\x3E\x1B\x40\x1B\x65", 20);
}

/* Every place of every pair of tables: what it shows encodes to the same character again, and the
 * cost of a character is the length it encodes to. */
static void
every_character_returns(void **state)
{
	(void)state;
	for (uint8_t language = 0; language < GSM7_LANGUAGES; language++) {
		for (unsigned pair = 0; pair < 4; pair++) {
			struct gsm7_tables tables = {.locking = pair & 1 ? language : 0,
						     .single = pair & 2 ? language : 0};
			uint32_t last = language == 0 && pair == 0 ? 0x10FFFF : 0xFFFF;
			unsigned seen = 0;

			for (uint32_t c = 1; c <= last; c = c == 0xD7FF ? 0xE000 : c + 1) {
				char text[5], back[8];
				uint8_t septets[2];
				size_t len = utf8_put(c, text);
				ptrdiff_t n = gsm7_encode(text, len, tables, septets, 2);

				assert_int_equal(n < 0 ? 0 : n, gsm7_cost(c, tables));
				if (n < 0) {
					assert_int_equal(n, -EDOM);
					continue;
				}
				seen++;
				text[len] = '\0';
				gsm7_decode(septets, (size_t)n, tables, back, sizeof back);
				assert_string_equal(back, text);
			}
			if (pair == 0)
				assert_int_equal(seen, 127 + 10);
		}
	}
}

/* No table has a character twice, nor the one that marks free places as anything but free. */
static void
tables_are_sane(void **state)
{
	(void)state;
	for (int language = 0; language < GSM7_LANGUAGES; language++) {
		const uint16_t *table = gsm7_locking[language];

		assert_int_equal(table[GSM7_ESC], GSM7_FREE);
		assert_int_equal(gsm7_single[language][GSM7_ESC], GSM7_FREE);
		assert_int_equal(table['\n'], '\n');
		assert_int_equal(table['\r'], '\r');
		assert_int_equal(gsm7_single[language][0x0A], '\f');
		assert_int_equal(gsm7_single[language][0x65], 0x20AC);
		for (int i = 0; i < 128; i++) {
			assert_int_not_equal(table[i], 0);
			assert_int_not_equal(gsm7_single[language][i], 0);
			for (int k = 0; k < i; k++)
				assert_true(table[i] != table[k] || table[i] == GSM7_FREE);
		}
		if (!gsm7_has_locking((enum gsm7_language)language))
			assert_memory_equal(table, gsm7_locking[0], 128 * sizeof *table);
	}
}

static void
national_languages(void **state)
{
	const struct gsm7_tables tr = {GSM7_TURKISH, GSM7_TURKISH};
	const struct gsm7_tables es = {0, GSM7_SPANISH};
	const struct gsm7_tables pt = {GSM7_PORTUGUESE, GSM7_PORTUGUESE};

	(void)state;
	assert_encodes("ığİŞşç€", tr, "\x07\x0C\x40\x1C\x1D\x60\x04", 7);
	assert_encodes("áÁñ", es, "\x1B\x61\x1B\x41\x7D", 5);
	assert_encodes("ãç`~ê", pt, "\x7B\x09\x7D\x60\x04", 5);
	assert_encodes("[Σ]", pt, "\x1B\x3C\x1B\x18\x1B\x3E", 6);
	assert_encodes("आज A५ \xE0\xA5\x9B", (struct gsm7_tables){GSM7_HINDI, GSM7_HINDI},
		       "\x04\x1D \x1B"
		       "A\x1B\x21 \x1B\x30",
		       10);
	assert_encodes("*¡", (struct gsm7_tables){GSM7_TAMIL, GSM7_TAMIL}, "\x1B\x18\x1B\x15", 4);
	assert_decodes("\x1B\x0B\x1B\x13", 4, (struct gsm7_tables){GSM7_TAMIL, GSM7_TAMIL}, "*¡");
	/* A language we do not know is read with the default tables. */
	assert_decodes("\x1B\x65\x05", 3, (struct gsm7_tables){200, 200}, "€é");
}

/* 23.038 6.2.1.1: the fallbacks of an escape. */
static void
escapes(void **state)
{
	(void)state;
	assert_decodes("a\x1B\x41"
		       "b",
		       4, plain, "aAb");
	assert_decodes("a\x1B\x1B"
		       "b",
		       4, plain, "a b");
	assert_decodes("a\x1B", 2, plain, "a ");
	assert_decodes("\x1B\x85"
		       "a",
		       3, plain,
		       " \xEF\xBF\xBD"
		       "a");
	assert_decodes("\xFF", 1, plain, "\xEF\xBF\xBD");
}

static void
refuses(void **state)
{
	uint8_t out[4];

	(void)state;
	assert_int_equal(gsm7_encode("á", 2, plain, out, 4), -EDOM);
	assert_int_equal(gsm7_encode("·", 2, plain, out, 4), -EDOM);
	assert_int_equal(gsm7_encode("\x1B", 1, plain, out, 4), -EDOM);
	assert_int_equal(gsm7_encode("😀", 4, plain, out, 4), -EDOM);
	assert_int_equal(gsm7_encode("a\0b", 3, plain, out, 4), -EILSEQ);
	assert_int_equal(gsm7_encode("\xC3", 1, plain, out, 4), -EILSEQ);
	assert_int_equal(gsm7_encode("\xC0\x80", 2, plain, out, 4), -EILSEQ);
	assert_int_equal(gsm7_encode("\xED\xA0\x80", 3, plain, out, 4), -EILSEQ);
	assert_int_equal(gsm7_encode("\xF4\x90\x80\x80", 4, plain, out, 4), -EILSEQ);
	assert_int_equal(gsm7_encode("abcde", 5, plain, out, 4), -ENOBUFS);
	assert_int_equal(gsm7_encode("abc€", 6, plain, out, 4), -ENOBUFS);
	assert_int_equal(gsm7_encode("ab€", 5, plain, out, 4), 4);
	assert_int_equal(gsm7_encode("", 0, plain, out, 0), 0);
}

static void
cut_output_stays_whole(void **state)
{
	char out[5];

	(void)state;
	assert_int_equal(gsm7_decode((const uint8_t *)"a\x05\x05\x05", 4, plain, out, sizeof out),
			 7);
	assert_string_equal(out, "aé");
	assert_int_equal(gsm7_decode((const uint8_t *)"a", 1, plain, NULL, 0), 1);
}

static void
assert_packs(const char *text, size_t udh_len, const char *octets, size_t len)
{
	uint8_t septets[200], packed[200], back[200];
	size_t n = (size_t)gsm7_encode(text, strlen(text), plain, septets, sizeof septets);

	assert_int_equal(gsm7_packed_len(n, udh_len), len);
	assert_int_equal(gsm7_pack(septets, n, udh_len, packed), len);
	assert_memory_equal(packed, octets, len);
	assert_int_equal(gsm7_unpack(packed, len, udh_len, back, n), n);
	assert_memory_equal(back, septets, n);
	assert_int_equal(gsm7_packed_septets(packed, len, udh_len), n);
}

/* Vectors seen in the standard and in every PDU tutorial since. */
static void
packing(void **state)
{
	(void)state;
	assert_packs("", 0, "", 0);
	assert_packs("hellohello", 0, "\xE8\x32\x9B\xFD\x46\x97\xD9\xEC\x37", 9);
	assert_packs("How are you?", 0, "\xC8\xF7\x1D\x14\x96\x97\x41\xF9\x77\xFD\x07", 11);
	assert_packs("test", 0, "\xF4\xF2\x9C\x0E", 4);
	/* Seven septets leave seven spare bits, which must not read as an '@'. */
	assert_packs("abcdefg", 0, "\x61\xF1\x98\x5C\x36\x9F\x01", 7);
	assert_packs("abcdefgh", 0, "\x61\xF1\x98\x5C\x36\x9F\xD1", 7);
	/* Behind the six octets of a concatenation header there is one fill bit. */
	assert_packs("A", 6, "\x82", 1);
	assert_packs("test", 6, "\xE8\xE5\x39\x1D", 4);
	/* 7 octets of header end on a septet boundary. */
	assert_packs("test", 7, "\xF4\xF2\x9C\x0E", 4);
}

/* A 160 septet text takes 140 octets, and 153 the 134 behind a header; bits out of any place
 * return. */
static void
packing_lengths(void **state)
{
	uint8_t septets[160], packed[141], back[160];

	(void)state;
	srand(1);
	assert_int_equal(gsm7_packed_len(160, 0), 140);
	assert_int_equal(gsm7_packed_len(153, 6), 134);
	assert_int_equal(gsm7_packed_len(149, 9), 131);
	for (size_t udh_len = 0; udh_len < 20; udh_len++) {
		for (size_t n = 0; n <= 130; n++) {
			size_t len;

			for (size_t i = 0; i < n; i++)
				septets[i] = (uint8_t)(rand() & 0x7F);
			packed[gsm7_packed_len(n, udh_len)] = 0xA5;
			len = gsm7_pack(septets, n, udh_len, packed);
			assert_int_equal(len, gsm7_packed_len(n, udh_len));
			assert_int_equal(packed[len], 0xA5);
			assert_int_equal(gsm7_unpack(packed, len, udh_len, back, 160) - n <= 1, 1);
			assert_memory_equal(back, septets, n);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(default_alphabet),
	    cmocka_unit_test(every_character_returns),
	    cmocka_unit_test(tables_are_sane),
	    cmocka_unit_test(national_languages),
	    cmocka_unit_test(escapes),
	    cmocka_unit_test(refuses),
	    cmocka_unit_test(cut_output_stays_whole),
	    cmocka_unit_test(packing),
	    cmocka_unit_test(packing_lengths),
	};

	return cmocka_run_group_tests_name("gsm7", tests, NULL, NULL);
}
