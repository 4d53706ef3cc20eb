#include "text.h"

#include <string.h>

/* 3GPP TS 23.038 6.2.1; position 0x1b escapes to the table below. */
static const uint16_t gsm_basic[128] = {
    '@',   0xa3, '$',  0xa5,  0xe8, 0xe9,  0xf9,  0xec,  0xf2,  0xc7,  '\n',  0xd8,  0xf8,
    '\r',  0xc5, 0xe5, 0x394, '_',  0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398,
    0x39e, 0x1b, 0xc6, 0xe6,  0xdf, 0xc9,  ' ',   '!',   '"',   '#',   0xa4,  '%',   '&',
    '\'',  '(',  ')',  '*',   '+',  ',',   '-',   '.',   '/',   '0',   '1',   '2',   '3',
    '4',   '5',  '6',  '7',   '8',  '9',   ':',   ';',   '<',   '=',   '>',   '?',   0xa1,
    'A',   'B',  'C',  'D',   'E',  'F',   'G',   'H',   'I',   'J',   'K',   'L',   'M',
    'N',   'O',  'P',  'Q',   'R',  'S',   'T',   'U',   'V',   'W',   'X',   'Y',   'Z',
    0xc4,  0xd6, 0xd1, 0xdc,  0xa7, 0xbf,  'a',   'b',   'c',   'd',   'e',   'f',   'g',
    'h',   'i',  'j',  'k',   'l',  'm',   'n',   'o',   'p',   'q',   'r',   's',   't',
    'u',   'v',  'w',  'x',   'y',  'z',   0xe4,  0xf6,  0xf1,  0xfc,  0xe0,
};

static const struct {
	uint8_t code;
	uint16_t character;
} gsm_extended[] = {
    {0x0a, 0x0c}, {0x14, '^'}, {0x28, '{'}, {0x29, '}'}, {0x2f, '\\'},
    {0x3c, '['},  {0x3d, '~'}, {0x3e, ']'}, {0x40, '|'}, {0x65, 0x20ac},
};

enum { ESCAPE = 0x1b, NOT_A_CHARACTER = 0xfffd };

/* The user data header's concatenation element, if there is one. */
static bool
read_header(const uint8_t *text, size_t n, struct text_segment *s)
{
	size_t end = n ? (size_t)text[0] + 1 : 0;
	if (!n || end > n)
		return false;
	s->header = end;
	for (size_t i = 1; i + 2 <= end;) {
		uint8_t element = text[i], len = text[i + 1];
		const uint8_t *v = text + i + 2;
		if (i + 2 + len > end)
			return false;
		if (element == 0x00 && len == 3) {
			*s = (struct text_segment){v[0], v[1], v[2], end, "udh8"};
			return true;
		}
		if (element == 0x08 && len == 4) {
			unsigned ref = (unsigned)(v[0] << 8 | v[1]);
			*s = (struct text_segment){ref, v[2], v[3], end, "udh16"};
			return true;
		}
		i += 2u + len;
	}
	return false;
}

void
text_find_segment(const struct pdu_message *m, struct text_segment *s)
{
	*s = (struct text_segment){0, 1, 1, 0, m->payload ? "payload" : "single"};
	if ((m->esm_class & 0x40) && read_header(m->text, m->text_len, s))
		return;
	if (m->sar_reference >= 0 && m->sar_total > 0 && m->sar_sequence > 0) {
		s->reference = (unsigned)m->sar_reference;
		s->total = (unsigned)m->sar_total;
		s->n = (unsigned)m->sar_sequence;
		s->how = "sar";
	}
}

void
text_put_utf8(struct buffer *out, uint32_t c)
{
	if (c < 0x80) {
		buffer_put8(out, c);
	} else if (c < 0x800) {
		buffer_put8(out, 0xc0 | c >> 6);
		buffer_put8(out, 0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		buffer_put8(out, 0xe0 | c >> 12);
		buffer_put8(out, 0x80 | (c >> 6 & 0x3f));
		buffer_put8(out, 0x80 | (c & 0x3f));
	} else {
		buffer_put8(out, 0xf0 | c >> 18);
		buffer_put8(out, 0x80 | (c >> 12 & 0x3f));
		buffer_put8(out, 0x80 | (c >> 6 & 0x3f));
		buffer_put8(out, 0x80 | (c & 0x3f));
	}
}

static uint32_t
gsm_from_extension(uint8_t code)
{
	for (size_t i = 0; i < sizeof gsm_extended / sizeof gsm_extended[0]; i++)
		if (gsm_extended[i].code == code)
			return gsm_extended[i].character;
	return NOT_A_CHARACTER;
}

static void
decode_gsm(struct buffer *out, const uint8_t *septets, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (septets[i] > 127)
			text_put_utf8(out, NOT_A_CHARACTER);
		else if (septets[i] != ESCAPE)
			text_put_utf8(out, gsm_basic[septets[i]]);
		else if (i + 1 < n)
			text_put_utf8(out, gsm_from_extension(septets[++i]));
	}
}

/* Septets of packed octets; after a header they begin at the next septet boundary. */
static void
decode_packed(struct buffer *out, const uint8_t *octets, size_t n, size_t header)
{
	uint8_t septets[300];
	size_t count = 0;
	size_t bit = (header * 8 + 6) / 7 * 7 - header * 8;
	for (; bit + 7 <= n * 8 && count < sizeof septets; bit += 7) {
		unsigned both = octets[bit / 8];
		if (bit / 8 + 1 < n)
			both |= (unsigned)octets[bit / 8 + 1] << 8;
		septets[count++] = both >> bit % 8 & 0x7f;
	}
	/* Seven spare bits at the end read as one `@` more: packing leaves them zero. */
	if (count && (count + (header * 8 + 6) / 7) % 8 == 0 && septets[count - 1] == 0)
		count--;
	decode_gsm(out, septets, count);
}

static void
decode_ucs2(struct buffer *out, const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2) {
		uint32_t c = (uint32_t)(octets[i] << 8 | octets[i + 1]);
		if (c >= 0xd800 && c < 0xdc00 && i + 3 < n && (octets[i + 2] & 0xfc) == 0xdc) {
			uint32_t low = (uint32_t)(octets[i + 2] << 8 | octets[i + 3]);
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		text_put_utf8(out, c >= 0xd800 && c < 0xe000 ? NOT_A_CHARACTER : c);
	}
}

static void
decode_octets(struct buffer *out, const uint8_t *octets, size_t n, bool latin1)
{
	for (size_t i = 0; i < n; i++)
		text_put_utf8(out, octets[i] < 0x80 || latin1 ? octets[i] : NOT_A_CHARACTER);
}

void
text_decode(struct buffer *out, enum text_alphabet alphabet, bool packed, uint8_t data_coding,
	    const uint8_t *octets, size_t n, size_t header)
{
	if (header > n)
		header = n;
	octets += header;
	n -= header;
	/* 5.2.19: 8 UCS-2, 3 Latin-1, 1 IA5, 2 and 4 octets; 0xf0 to 0xff carry message classes. */
	if (data_coding == 8 || (data_coding & 0xfc) == 0x18) {
		decode_ucs2(out, octets, n);
	} else if (data_coding == 3) {
		decode_octets(out, octets, n, true);
	} else if (data_coding == 1) {
		decode_octets(out, octets, n, false);
	} else if (data_coding == 2 || data_coding == 4) {
		for (size_t i = 0; i < n; i++)
			buffer_printf(out, "%02x", octets[i]);
	} else if (alphabet != TEXT_GSM) {
		decode_octets(out, octets, n, alphabet == TEXT_LATIN1);
	} else if (packed) {
		decode_packed(out, octets, n, header);
	} else {
		decode_gsm(out, octets, n);
	}
}

uint32_t
text_next(const char **s)
{
	const unsigned char *at = (const unsigned char *)*s;
	if (!*at)
		return 0;
	unsigned more = *at < 0x80 ? 0 : *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : 1;
	uint32_t c = more ? *at & (0x3fu >> more) : *at;
	*s += 1;
	if (more && *at < 0xc2)
		return NOT_A_CHARACTER;
	for (unsigned i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return NOT_A_CHARACTER;
		c = c << 6 | (at[i] & 0x3f);
		*s += 1;
	}
	return c;
}

/* The code of a character in the default alphabet, 0x1b00 added if it needs the escape; or -1. */
static int
gsm_code(uint32_t c)
{
	/* Letters and digits stand where ASCII has them: no need to search for most of a text. */
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= ' ' && c <= '?' && c != '$'))
		return (int)c;
	for (int i = 0; i < 128; i++)
		if (gsm_basic[i] == c && i != ESCAPE)
			return i;
	for (size_t i = 0; i < sizeof gsm_extended / sizeof gsm_extended[0]; i++)
		if (gsm_extended[i].character == c)
			return ESCAPE << 8 | gsm_extended[i].code;
	return -1;
}

bool
text_encode(struct buffer *out, enum text_alphabet alphabet, const char *utf8)
{
	size_t before = out->used;
	for (uint32_t c; (c = text_next(&utf8));) {
		int code = alphabet == TEXT_GSM                   ? gsm_code(c)
			   : c < 0x80                             ? (int)c
			   : alphabet == TEXT_LATIN1 && c < 0x100 ? (int)c
								  : -1;
		if (code < 0) {
			out->used = before;
			return false;
		}
		if (code > 0xff)
			buffer_put8(out, ESCAPE);
		buffer_put8(out, (uint32_t)code & 0xff);
	}
	return true;
}

void
text_encode_ucs2(struct buffer *out, const char *utf8)
{
	for (uint32_t c; (c = text_next(&utf8));) {
		if (c > 0xffff) {
			buffer_put16(out, 0xd800 + ((c - 0x10000) >> 10));
			buffer_put16(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
		} else {
			buffer_put16(out, c);
		}
	}
}

size_t
text_pack(const uint8_t *septets, size_t n, uint8_t *packed)
{
	size_t len = (n * 7 + 7) / 8;
	memset(packed, 0, len);
	for (size_t i = 0; i < n; i++) {
		size_t bit = i * 7;
		packed[bit / 8] = (uint8_t)(packed[bit / 8] | septets[i] << bit % 8);
		if (bit % 8 > 1)
			packed[bit / 8 + 1] = (uint8_t)(septets[i] >> (8 - bit % 8));
	}
	return len;
}
