#include "sms.h"

#include "sms_cut.h"
#include "utf8.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define UDH_CONCAT_LEN 5 /* identifier, length, reference, total, number */
#define UDH_SHIFT_LEN  3 /* identifier, length, language */

_Static_assert(1 + UDH_CONCAT_LEN + 2 * UDH_SHIFT_LEN == SMS_UDH_MAX, "longest header we make");

static const char *const encoding_names[] = {
    [SMS_GSM7] = "gsm7",
    [SMS_UCS2] = "ucs2",
    [SMS_LATIN1] = "latin1",
    [SMS_ASCII] = "ascii",
};

const char *
sms_encoding_name(enum sms_encoding encoding)
{
	assert(encoding <= SMS_ASCII);
	return encoding_names[encoding];
}

/* 23.040 9.2.3.16: 140 octets of user data, header included; septets begin at the next septet
 * boundary. */
unsigned
sms_capacity(enum sms_encoding encoding, unsigned udh_len)
{
	assert(udh_len <= SMS_UDH_MAX);
	if (encoding == SMS_UCS2)
		return (140 - udh_len) / 2;
	if (encoding == SMS_LATIN1)
		return 140 - udh_len;
	return 160 - (udh_len * 8 + 6) / 7;
}

/* The part of a header that says which tables the septets are of; 0 where there is none. */
static unsigned
shift_len(struct gsm7_tables tables)
{
	return (tables.locking ? UDH_SHIFT_LEN : 0u) + (tables.single ? UDH_SHIFT_LEN : 0u);
}

static unsigned
capacity_alone(enum sms_encoding encoding, struct gsm7_tables tables)
{
	unsigned shift = shift_len(tables);

	return sms_capacity(encoding, shift ? 1 + shift : 0);
}

static unsigned
capacity_joined(enum sms_encoding encoding, struct gsm7_tables tables)
{
	return sms_capacity(encoding, 1 + UDH_CONCAT_LEN + shift_len(tables));
}

unsigned
sms_cost(uint32_t c, enum sms_encoding encoding, struct gsm7_tables tables)
{
	switch (encoding) {
	case SMS_GSM7: return gsm7_cost(c, tables);
	case SMS_UCS2: return c > 0xFFFF ? 2 : 1;
	case SMS_LATIN1: return c < 0x80 || (c >= 0xA0 && c <= 0xFF);
	case SMS_ASCII: return c < 0x80;
	}
	return 0;
}

/* Octets at the beginning of text that are characters of one unit each. */
static size_t
single_run(const char *text, size_t len, const struct sms_size *size)
{
	size_t i = 0;

	if (size->encoding == SMS_GSM7)
		return gsm7_plain_run(text, len, size->tables);
	while (i < len && (uint8_t)text[i] - 1u < 0x7F)
		i++;
	return i;
}

/* Walks a text as one encoding. Returns 1 and fills units, segments and left; 0 when a character is
 * not in the encoding; -EILSEQ. Segments are filled as far as they go, which no other way of
 * cutting beats. */
static int
walk(const char *text, size_t len, struct sms_size *size)
{
	const uint8_t *at = (const uint8_t *)text;
	const uint8_t *end = at + len;
	size_t alone = capacity_alone(size->encoding, size->tables);
	size_t joined = capacity_joined(size->encoding, size->tables);
	size_t units = 0, fill = 0, full = 0;

	while (at < end) {
		size_t run = single_run((const char *)at, (size_t)(end - at), size);
		unsigned cost;
		int32_t c;

		units += run;
		fill += run;
		at += run;
		for (; fill > joined; full++)
			fill -= joined;
		if (at == end)
			break;
		c = utf8_next(&at, end);
		if (c <= 0)
			return -EILSEQ;
		cost = sms_cost((uint32_t)c, size->encoding, size->tables);
		if (cost == 0)
			return 0;
		units += cost;
		fill += cost;
		if (fill > joined) {
			full++;
			fill = cost;
		}
	}
	size->units = (unsigned)units;
	size->segments = (unsigned)(units <= alone ? 1 : full + 1);
	size->left = (unsigned)(units <= alone ? alone - units : joined - fill);
	return 1;
}

/* Tries the tables a language offers, fewest and best supported first; a later one must save a
 * segment. */
static int
walk_shifted(const char *text, size_t len, enum gsm7_language shift, struct sms_size *best)
{
	const uint8_t language = (uint8_t)shift;
	const struct gsm7_tables choices[] = {
	    {.single = language},
	    {.locking = language},
	    {.locking = language, .single = language},
	};
	struct sms_size tried = {.encoding = SMS_GSM7};
	int found = walk(text, len, &tried);

	if (found < 0)
		return found;
	if (found > 0)
		*best = tried;
	for (size_t i = 0; i < (gsm7_has_locking(shift) ? 3 : 1); i++) {
		tried.tables = choices[i];
		if (walk(text, len, &tried) <= 0)
			continue;
		if (found == 0 || tried.segments < best->segments)
			*best = tried;
		found = 1;
	}
	return found;
}

int
sms_measure(const char *text, size_t len, const struct sms_options *options, struct sms_size *out)
{
	static const struct gsm7_tables plain;
	int found;

	assert(options->plain != SMS_UCS2);
	out->encoding = options->plain;
	out->tables = plain;
	if (options->plain == SMS_GSM7 && options->shift != GSM7_DEFAULT)
		found = walk_shifted(text, len, options->shift, out);
	else
		found = walk(text, len, out);
	if (found == 0) {
		out->encoding = SMS_UCS2;
		out->tables = plain;
		found = walk(text, len, out);
	}
	return found < 0 ? found : 0;
}

/* Writes a text as UCS-2, Latin-1 or ASCII octets. Returns how many, or as gsm7_encode. */
static ptrdiff_t
encode_octets(const char *text, size_t len, enum sms_encoding encoding, uint8_t *out, size_t cap)
{
	static const struct gsm7_tables plain;
	const uint8_t *at = (const uint8_t *)text;
	const uint8_t *end = at + len;
	size_t n = 0;

	while (at < end) {
		int32_t c = utf8_next(&at, end);
		unsigned cost;

		if (c <= 0)
			return -EILSEQ;
		cost = sms_cost((uint32_t)c, encoding, plain);
		if (cost == 0)
			return -EDOM;
		if (n + (encoding == SMS_UCS2 ? cost * 2 : cost) > cap)
			return -ENOBUFS;
		if (encoding != SMS_UCS2) {
			out[n++] = (uint8_t)c;
			continue;
		}
		if (cost == 2) {
			uint32_t high = 0xD800u + (((uint32_t)c - 0x10000) >> 10);

			out[n++] = (uint8_t)(high >> 8);
			out[n++] = (uint8_t)high;
			c = 0xDC00 | (c & 0x3FF);
		}
		out[n++] = (uint8_t)(c >> 8);
		out[n++] = (uint8_t)c;
	}
	return (ptrdiff_t)n;
}

/* Writes the whole text into out->octets, without cuts, and sets encoding and tables. The usual
 * text is in the plain alphabet, so that is tried at once instead of measuring first. */
static ptrdiff_t
encode(const char *text, size_t len, const struct sms_options *options, struct sms_parts *out)
{
	static const struct gsm7_tables plain;
	ptrdiff_t n = -EDOM;

	out->tables = plain;
	out->encoding = options->plain;
	if (options->plain == SMS_GSM7 && options->shift != GSM7_DEFAULT) {
		struct sms_size size;
		int r = sms_measure(text, len, options, &size);

		if (r < 0)
			return r;
		out->tables = size.tables;
	}
	if (options->plain == SMS_GSM7)
		n = gsm7_encode(text, len, out->tables, out->octets, sizeof out->octets);
	else
		n = encode_octets(text, len, out->encoding, out->octets, sizeof out->octets);
	if (n == -EDOM) {
		out->encoding = SMS_UCS2;
		n = encode_octets(text, len, SMS_UCS2, out->octets, sizeof out->octets);
	}
	return n == -ENOBUFS ? -EMSGSIZE : n;
}

static uint8_t
put_udh(const struct sms_parts *parts, bool concat, unsigned total, unsigned n,
	uint8_t udh[SMS_UDH_MAX])
{
	uint8_t len = 1;

	if (concat) {
		udh[len++] = 0x00; /* 9.2.3.24.1 */
		udh[len++] = 3;
		udh[len++] = parts->reference;
		udh[len++] = (uint8_t)total;
		udh[len++] = (uint8_t)n;
	}
	if (parts->tables.single) {
		udh[len++] = 0x24; /* 9.2.3.24.15 */
		udh[len++] = 1;
		udh[len++] = parts->tables.single;
	}
	if (parts->tables.locking) {
		udh[len++] = 0x25; /* 9.2.3.24.16 */
		udh[len++] = 1;
		udh[len++] = parts->tables.locking;
	}
	udh[0] = (uint8_t)(len - 1);
	return len > 1 ? len : 0;
}

/* Segments of encoded octets when cut as late as possible, which no other way of cutting beats. */
static unsigned
count_segments(enum sms_encoding encoding, const uint8_t *octets, size_t len, size_t limit)
{
	unsigned n = 1;

	for (size_t at = 0; len - at > limit; n++)
		at = sms_cut_hard(encoding, octets, at + limit);
	return n;
}

/* Cuts len octets into out->segments parts of at most limit octets. */
static void
cut(struct sms_parts *out, size_t len, size_t limit, bool concat)
{
	size_t at = 0;

	for (unsigned i = 0; i < out->segments; i++) {
		struct sms_part *part = &out->part[i];
		unsigned later = out->segments - i - 1;
		size_t end = len;

		if (later > 0) {
			end = sms_cut_hard(out->encoding, out->octets, at + limit);
			/* Each later cut may lose a unit to a surrogate pair: room counts on it. */
			if (out->encoding == SMS_UCS2)
				end = sms_cut_soft(out->octets, at, end, len,
						   later * limit - (later - 1) * 2);
		}
		part->at = (uint16_t)at;
		part->len = (uint16_t)(end - at);
		part->udh_len = put_udh(out, concat, out->segments, i + 1, part->udh);
		at = end;
	}
	out->count = out->segments;
}

int
sms_split(const char *text, size_t len, const struct sms_options *options, uint8_t reference,
	  struct sms_parts *out)
{
	unsigned width;
	size_t alone, joined;
	ptrdiff_t n;

	assert(options->plain != SMS_UCS2);
	assert(options->max_parts >= 1 && options->max_parts <= SMS_MAX_PARTS);
	n = encode(text, len, options, out);
	if (n < 0)
		return (int)n;
	width = out->encoding == SMS_UCS2 ? 2 : 1;
	alone = width * capacity_alone(out->encoding, out->tables);
	joined = width * capacity_joined(out->encoding, out->tables);
	out->reference = reference;
	out->segments = 1;
	if ((size_t)n > alone)
		out->segments = count_segments(out->encoding, out->octets, (size_t)n, joined);
	if (out->segments > options->max_parts)
		return -EMSGSIZE;
	if (out->segments == 1 || options->long_form == SMS_LONG_PAYLOAD) {
		out->count = 1;
		out->part[0].at = 0;
		out->part[0].len = (uint16_t)n;
		out->part[0].udh_len = put_udh(out, false, 1, 1, out->part[0].udh);
		return 0;
	}
	cut(out, (size_t)n, joined, options->long_form == SMS_LONG_UDH);
	return 0;
}
