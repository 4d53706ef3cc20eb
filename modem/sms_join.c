#include "sms_join.h"

#include "utf8.h"

#include <assert.h>
#include <string.h>

#define ELLIPSIS 0x2026u

/* Reads octets that may come in several pieces, of which one may end in the middle of a character.
 */
struct reader {
	struct utf8_sink sink;
	enum sms_encoding encoding;
	struct gsm7_tables tables;
	bool started;    /* something was read, so a byte order mark is one no more */
	bool little;     /* such a mark said little endian */
	uint8_t held[2]; /* SMS_GSM7: an ESC; SMS_UCS2: half a unit */
	uint8_t held_len;
	uint16_t high; /* SMS_UCS2: a high surrogate that waits for its low one, or 0 */
};

/* Windows-1252 at 0x80..0x9F; 0 where that has nothing. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static void
put(struct reader *reader, uint32_t c)
{
	if (c != 0)
		utf8_sink_put(&reader->sink, c);
}

static void
read_gsm7(struct reader *reader, const uint8_t *octets, size_t len)
{
	size_t at = 0;
	uint32_t c;

	if (reader->held_len > 0 && len > 0) {
		const uint8_t pair[2] = {GSM7_ESC, octets[0]};

		reader->held_len = 0;
		at = gsm7_next(pair, 2, reader->tables, &c) - 1;
		put(reader, c);
	}
	while (at < len) {
		size_t took = gsm7_next(octets + at, len - at, reader->tables, &c);

		if (took == 0) {
			reader->held_len = 1;
			return;
		}
		put(reader, c);
		at += took;
	}
}

static void
read_unit(struct reader *reader, unsigned first, unsigned second)
{
	uint32_t unit = reader->little ? second << 8 | first : first << 8 | second;
	bool mark = !reader->started && (unit == 0xFEFF || unit == 0xFFFE);

	reader->started = true;
	if (mark) {
		reader->little = unit == 0xFFFE;
		return;
	}
	if ((unit & 0xFC00) == 0xDC00 && reader->high) {
		unit = 0x10000 + ((reader->high & 0x3FFu) << 10) + (unit & 0x3FF);
		reader->high = 0;
		put(reader, unit);
		return;
	}
	if (reader->high)
		put(reader, UTF8_REPLACEMENT);
	reader->high = (unit & 0xFC00) == 0xD800 ? (uint16_t)unit : 0;
	if (!reader->high)
		put(reader, (unit & 0xFC00) == 0xDC00 ? UTF8_REPLACEMENT : unit);
}

static void
read_ucs2(struct reader *reader, const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		reader->held[reader->held_len++] = octets[i];
		if (reader->held_len == 2) {
			reader->held_len = 0;
			read_unit(reader, reader->held[0], reader->held[1]);
		}
	}
}

static void
read_single(struct reader *reader, const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint32_t c = octets[i];

		if (c >= 0x80 && reader->encoding == SMS_ASCII)
			c = UTF8_REPLACEMENT;
		else if (c >= 0x80 && c < 0xA0)
			c = windows_1252[c - 0x80] ? windows_1252[c - 0x80] : UTF8_REPLACEMENT;
		put(reader, c);
	}
}

static void
read_octets(struct reader *reader, const uint8_t *octets, size_t len)
{
	if (reader->encoding == SMS_GSM7)
		read_gsm7(reader, octets, len);
	else if (reader->encoding == SMS_UCS2)
		read_ucs2(reader, octets, len);
	else
		read_single(reader, octets, len);
}

/* Ends a run of one encoding: what still waited for its other half will not get it. */
static void
end_run(struct reader *reader)
{
	if (reader->encoding == SMS_GSM7 && reader->held_len > 0)
		put(reader, ' ');
	if (reader->high)
		put(reader, UTF8_REPLACEMENT);
	if (reader->encoding == SMS_UCS2 && reader->held_len > 0 && reader->held[0] != 0)
		put(reader, UTF8_REPLACEMENT);
	reader->started = reader->little = false;
	reader->held_len = 0;
	reader->high = 0;
}

size_t
sms_decode(const uint8_t *octets, size_t len, enum sms_encoding encoding, struct gsm7_tables tables,
	   char *out, size_t cap)
{
	struct reader reader = {
	    .sink = {.out = out, .cap = cap}, .encoding = encoding, .tables = tables};

	read_octets(&reader, octets, len);
	end_run(&reader);
	return utf8_sink_end(&reader.sink);
}

/* Puts each fragment at its number's place, the first of several. Returns how many places are
 * filled. */
static unsigned
order(const struct sms_fragment *fragments, size_t count, unsigned total,
      const struct sms_fragment *place[SMS_MAX_PARTS])
{
	unsigned filled = 0;

	assert(total >= 1 && total <= SMS_MAX_PARTS);
	memset(place, 0, total * sizeof *place);
	for (size_t i = 0; i < count; i++) {
		unsigned n = fragments[i].n;

		if (n < 1 || n > total || place[n - 1] != NULL)
			continue;
		place[n - 1] = &fragments[i];
		filled++;
	}
	return filled;
}

unsigned
sms_join_missing(const struct sms_fragment *fragments, size_t count, unsigned total)
{
	const struct sms_fragment *place[SMS_MAX_PARTS];

	return total - order(fragments, count, total, place);
}

static bool
continues(const struct reader *reader, const struct sms_fragment *next)
{
	return reader->encoding == next->encoding &&
	       reader->tables.locking == next->tables.locking &&
	       reader->tables.single == next->tables.single;
}

size_t
sms_join(const struct sms_fragment *fragments, size_t count, unsigned total, char *out, size_t cap)
{
	const struct sms_fragment *place[SMS_MAX_PARTS];
	struct reader reader = {.sink = {.out = out, .cap = cap}};

	order(fragments, count, total, place);
	for (unsigned i = 0; i < total; i++) {
		const struct sms_fragment *next = place[i];

		if (next == NULL) {
			if (i == 0 || place[i - 1] != NULL) {
				end_run(&reader);
				put(&reader, ELLIPSIS);
			}
			continue;
		}
		if (!continues(&reader, next))
			end_run(&reader);
		reader.encoding = next->encoding;
		reader.tables = next->tables;
		read_octets(&reader, next->octets, next->len);
	}
	end_run(&reader);
	return utf8_sink_end(&reader.sink);
}
