#include "gsm7.h"

#include "gsm7_tables.h"
#include "utf8.h"

#include <assert.h>
#include <errno.h>

#define NONE   0xFFFFu /* from locate(): in neither table */
#define ESCAPE 0x1B00u /* from locate(): or'ed to a septet that needs an ESC before it */

/* Where ASCII stands in the default alphabet: its septet, X | septet in the extension table, or X
 * alone for what is not there. The other tables keep most of it in the same place, so this is tried
 * first for them all. */
#define X 0x80
static const uint8_t ascii[128] = {
    X,    X,   X,    X,        X,        X,        X,        X,    /* 00 */
    X,    X,   0x0A, X,        X | 0x0A, 0x0D,     X,        X,    /* 08 */
    X,    X,   X,    X,        X,        X,        X,        X,    /* 10 */
    X,    X,   X,    X,        X,        X,        X,        X,    /* 18 */
    ' ',  '!', '"',  '#',      0x02,     '%',      '&',      '\'', /* 20 */
    '(',  ')', '*',  '+',      ',',      '-',      '.',      '/',  /* 28 */
    '0',  '1', '2',  '3',      '4',      '5',      '6',      '7',  /* 30 */
    '8',  '9', ':',  ';',      '<',      '=',      '>',      '?',  /* 38 */
    0x00, 'A', 'B',  'C',      'D',      'E',      'F',      'G',  /* 40 */
    'H',  'I', 'J',  'K',      'L',      'M',      'N',      'O',  /* 48 */
    'P',  'Q', 'R',  'S',      'T',      'U',      'V',      'W',  /* 50 */
    'X',  'Y', 'Z',  X | 0x3C, X | 0x2F, X | 0x3E, X | 0x14, 0x11, /* 58 */
    X,    'a', 'b',  'c',      'd',      'e',      'f',      'g',  /* 60 */
    'h',  'i', 'j',  'k',      'l',      'm',      'n',      'o',  /* 68 */
    'p',  'q', 'r',  's',      't',      'u',      'v',      'w',  /* 70 */
    'x',  'y', 'z',  X | 0x28, X | 0x40, X | 0x29, X | 0x3D, X,    /* 78 */
};

bool
gsm7_has_locking(enum gsm7_language language)
{
	assert(language < GSM7_LANGUAGES);
	return language != GSM7_DEFAULT && language != GSM7_SPANISH;
}

static const uint16_t *
main_table(struct gsm7_tables tables)
{
	return gsm7_locking[tables.locking < GSM7_LANGUAGES ? tables.locking : GSM7_DEFAULT];
}

static const uint16_t *
extension_table(struct gsm7_tables tables)
{
	return gsm7_single[tables.single < GSM7_LANGUAGES ? tables.single : GSM7_DEFAULT];
}

/* The septet of a character in one table, or NONE. Looking at all 128 without stopping is what
 * compilers turn into a few vector compares: faster than a search, and no second table to keep
 * right. Of the two places that the tables of India give to '*' and to U+00A1 the later one is
 * taken. */
static unsigned
find(const uint16_t *table, uint16_t character)
{
	int16_t hit = 0;

	for (int16_t i = 0; i < 128; i++) {
		int16_t here = (int16_t)(table[i] == character ? i + 1 : 0);

		hit = here > hit ? here : hit;
	}
	return hit > 0 ? (unsigned)hit - 1 : NONE;
}

/* The septet of a character, or'ed with ESCAPE where it stands in the extension table; or NONE. */
static unsigned
locate(uint32_t character, struct gsm7_tables tables)
{
	const uint16_t *table = main_table(tables);
	unsigned septet;

	if (character > 0xFFFF || character == GSM7_FREE || character == 0)
		return NONE;
	if (character < 0x80) {
		septet = ascii[character] & 0x7F;
		if (table[septet] == character)
			return septet;
	}
	septet = find(table, (uint16_t)character);
	if (septet != NONE)
		return septet;
	septet = find(extension_table(tables), (uint16_t)character);
	return septet == NONE ? NONE : ESCAPE | septet;
}

unsigned
gsm7_cost(uint32_t character, struct gsm7_tables tables)
{
	unsigned septet = locate(character, tables);

	return septet == NONE ? 0 : septet < 0x80 ? 1 : 2;
}

size_t
gsm7_plain_run(const char *text, size_t len, struct gsm7_tables tables)
{
	const uint16_t *table = main_table(tables);
	const uint8_t *at = (const uint8_t *)text;
	size_t i;

	for (i = 0; i < len && at[i] < 0x80; i++) {
		uint8_t septet = ascii[at[i]];

		if (septet >= 0x80 || table[septet] != at[i])
			break;
	}
	return i;
}

/* Copies ASCII that the main table holds, up to the first that needs a closer look. Returns how
 * many; this loop does nearly all of the work for nearly all texts. */
static size_t
copy_plain(const uint8_t *text, size_t len, const uint16_t *table, uint8_t *out)
{
	size_t i;

	for (i = 0; i < len && text[i] < 0x80; i++) {
		uint8_t septet = ascii[text[i]];

		if (septet >= 0x80 || table[septet] != text[i])
			break;
		out[i] = septet;
	}
	return i;
}

ptrdiff_t
gsm7_encode(const char *text, size_t len, struct gsm7_tables tables, uint8_t *out, size_t cap)
{
	const uint8_t *at = (const uint8_t *)text;
	const uint8_t *end = at + len;
	const uint16_t *table = main_table(tables);
	size_t n = 0;

	while (at < end) {
		size_t left = (size_t)(end - at);
		size_t run = copy_plain(at, left < cap - n ? left : cap - n, table, out + n);
		int32_t character;
		unsigned septet;

		at += run;
		n += run;
		if (at == end)
			break;
		character = utf8_next(&at, end);
		if (character <= 0)
			return -EILSEQ;
		septet = locate((uint32_t)character, tables);
		if (septet == NONE)
			return -EDOM;
		if (n + (septet < 0x80 ? 1 : 2) > cap)
			return -ENOBUFS;
		if (septet >= 0x80)
			out[n++] = GSM7_ESC;
		out[n++] = (uint8_t)(septet & 0x7F);
	}
	return (ptrdiff_t)n;
}

size_t
gsm7_next(const uint8_t *septets, size_t n, struct gsm7_tables tables, uint32_t *character)
{
	uint16_t c;

	assert(n > 0);
	*character = UTF8_REPLACEMENT;
	if (septets[0] > 0x7F)
		return 1;
	c = main_table(tables)[septets[0]];
	*character = c == GSM7_FREE ? ' ' : c;
	if (septets[0] != GSM7_ESC)
		return 1;
	if (n < 2)
		return 0;
	if (septets[1] > 0x7F)
		return 1;
	c = extension_table(tables)[septets[1]];
	if (c == GSM7_FREE)
		c = main_table(tables)[septets[1]];
	*character = c == GSM7_FREE ? ' ' : c;
	return 2;
}

size_t
gsm7_decode(const uint8_t *septets, size_t n, struct gsm7_tables tables, char *out, size_t cap)
{
	struct utf8_sink sink = {.out = out, .cap = cap};

	for (size_t i = 0; i < n;) {
		uint32_t character;
		size_t took = gsm7_next(septets + i, n - i, tables, &character);

		utf8_sink_put(&sink, character);
		i += took ? took : 1;
	}
	return utf8_sink_end(&sink);
}

/* Bits between the end of a header and the next septet boundary, counted from the header's
 * beginning. */
static size_t
fill_bits(size_t udh_len)
{
	return (7 - udh_len * 8 % 7) % 7;
}

size_t
gsm7_packed_len(size_t n, size_t udh_len)
{
	return (fill_bits(udh_len) + n * 7 + 7) / 8;
}

size_t
gsm7_pack(const uint8_t *septets, size_t n, size_t udh_len, uint8_t *out)
{
	uint32_t bits = 0;
	unsigned held = (unsigned)fill_bits(udh_len);
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		assert(septets[i] < 0x80);
		bits |= (uint32_t)septets[i] << held;
		held += 7;
		if (held >= 8) {
			out[len++] = (uint8_t)bits;
			bits >>= 8;
			held -= 8;
		}
	}
	if (len < gsm7_packed_len(n, udh_len))
		out[len++] = (uint8_t)bits;
	return len;
}

size_t
gsm7_packed_septets(const uint8_t *octets, size_t len, size_t udh_len)
{
	size_t fill = fill_bits(udh_len);
	size_t n = len * 8 < fill ? 0 : (len * 8 - fill) / 7;

	if (n > 0 && (fill + n * 7) % 8 == 0 && octets[len - 1] >> 1 == 0)
		n--;
	return n;
}

size_t
gsm7_unpack(const uint8_t *octets, size_t len, size_t udh_len, uint8_t *out, size_t n)
{
	size_t bit = fill_bits(udh_len);
	size_t i;

	for (i = 0; i < n && bit + 7 <= len * 8; i++, bit += 7) {
		unsigned pair = octets[bit / 8];

		if (bit % 8 > 1)
			pair |= (unsigned)octets[bit / 8 + 1] << 8;
		out[i] = pair >> bit % 8 & 0x7F;
	}
	return i;
}
