/* UTF-8, one character at a time: the common ground of gsm7 and sms.
 *
 * Strict as RFC 3629 section 3 asks: no overlong forms, no surrogates, nothing above U+10FFFF. Two
 * small functions in a header, because the split of a text calls them for every character it looks
 * at.
 *
 * Pure; any thread.
 */
#ifndef MODEM_UTF8_H
#define MODEM_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xFFFDu /* shown where something could not be read */

/* Reads the character at *at and moves *at behind it. Returns it, or -1 (with *at unmoved) for
 * octets that are not UTF-8. *at must be before end. */
static inline int32_t
utf8_next(const uint8_t **at, const uint8_t *end)
{
	const uint8_t *p = *at;
	uint32_t c = p[0];
	uint32_t least;
	ptrdiff_t more;

	if (c < 0x80) {
		*at = p + 1;
		return (int32_t)c;
	}
	if (c < 0xE0) {
		least = 0x80, more = 1, c &= 0x1F;
	} else if (c < 0xF0) {
		least = 0x800, more = 2, c &= 0x0F;
	} else {
		least = 0x10000, more = 3, c &= 0x07;
	}
	/* 0x80..0xBF cannot lead and 0xF8..0xFF cannot occur; both are caught here, before the
	 * tail. */
	if (p[0] < 0xC2 || p[0] > 0xF4 || end - p <= more)
		return -1;
	for (ptrdiff_t i = 1; i <= more; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return -1;
		c = c << 6 | (p[i] & 0x3Fu);
	}
	if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return -1;
	*at = p + 1 + more;
	return (int32_t)c;
}

/* Writes one character (not a surrogate, at most U+10FFFF) to out, 1 to 4 octets. Returns how many.
 */
static inline size_t
utf8_put(uint32_t c, char out[4])
{
	uint8_t *p = (uint8_t *)out;

	if (c < 0x80) {
		p[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (uint8_t)(0xC0 | c >> 6);
		p[1] = (uint8_t)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (uint8_t)(0xE0 | c >> 12);
		p[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
		p[2] = (uint8_t)(0x80 | (c & 0x3F));
		return 3;
	}
	p[0] = (uint8_t)(0xF0 | c >> 18);
	p[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
	p[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
	p[3] = (uint8_t)(0x80 | (c & 0x3F));
	return 4;
}

/* Where decoders write their text: the caller's octets, always closed by a NUL, cut between
 * characters when too small; len goes on counting what it would have taken, as snprintf does. */
struct utf8_sink {
	char *out;
	size_t cap;  /* octets at out, with the NUL's */
	size_t len;  /* octets wanted so far, without the NUL */
	size_t kept; /* octets written */
};

static inline void
utf8_sink_put(struct utf8_sink *sink, uint32_t c)
{
	char octets[4];
	size_t n = utf8_put(c, octets);

	if (sink->kept == sink->len && sink->len + n < sink->cap) {
		for (size_t i = 0; i < n; i++)
			sink->out[sink->kept + i] = octets[i];
		sink->kept += n;
	}
	sink->len += n;
}

/* Closes the text. Returns len: a result of cap or more says that the text was cut. */
static inline size_t
utf8_sink_end(struct utf8_sink *sink)
{
	if (sink->cap > 0)
		sink->out[sink->kept] = '\0';
	return sink->len;
}

#endif
