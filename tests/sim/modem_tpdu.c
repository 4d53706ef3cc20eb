#include "modem_tpdu.h"

#include "text.h"

#include <ctype.h>
#include <string.h>

/* ---- septets ---- */

/* The text of a packed user data begins at the first septet boundary behind its header. */
static size_t
first_bit(size_t udh_len)
{
	return (udh_len * 8 + 6) / 7 * 7 - udh_len * 8;
}

size_t
tpdu_pack(const uint8_t *septets, size_t n, size_t udh_len, uint8_t out[TPDU_DATA])
{
	size_t bit = first_bit(udh_len), len = (bit + n * 7 + 7) / 8;
	memset(out, 0, len);
	for (size_t i = 0; i < n; i++, bit += 7) {
		unsigned both = (unsigned)(septets[i] & 0x7f) << bit % 8;
		out[bit / 8] = (uint8_t)(out[bit / 8] | both);
		if (both > 0xff)
			out[bit / 8 + 1] = (uint8_t)(both >> 8);
	}
	return len;
}

size_t
tpdu_unpack(const uint8_t *octets, size_t len, size_t udh_len, uint8_t *out, size_t n)
{
	size_t count = 0;
	for (size_t bit = first_bit(udh_len); count < n && bit + 7 <= len * 8; bit += 7) {
		unsigned both = octets[bit / 8];
		if (bit / 8 + 1 < len)
			both |= (unsigned)octets[bit / 8 + 1] << 8;
		out[count++] = both >> bit % 8 & 0x7f;
	}
	return count;
}

/* ---- SUBMIT ---- */

struct cursor {
	const uint8_t *at;
	size_t left;
};

static bool
take(struct cursor *c, size_t n, const uint8_t **octets)
{
	if (c->left < n)
		return false;
	*octets = c->at;
	c->at += n;
	c->left -= n;
	return true;
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 9.1.2.5: length in digits, kind of number, digits in swapped halves. */
static const char *
take_address(struct cursor *c, struct tpdu_submit *out)
{
	static const char digits[] = "0123456789*#abc";
	const uint8_t *head, *octets;
	if (!take(c, 2, &head) || !take(c, (head[0] + 1u) / 2, &octets))
		return "the address is cut short";
	if (head[0] == 0 || head[0] > 20)
		return "the address has no digits, or too many";
	if (!(head[1] & 0x80))
		return "the address's type has no first bit";
	for (unsigned i = 0; i < head[0]; i++) {
		unsigned half = i % 2 ? octets[i / 2] >> 4 : octets[i / 2] & 15;
		if (half == 15)
			return "the address is shorter than it says";
		out->to[i] = digits[half];
	}
	if (head[0] % 2 && octets[head[0] / 2] >> 4 != 15)
		return "the address's last half is not filled";
	out->to[head[0]] = 0;
	out->ton = head[1] >> 4 & 7;
	return NULL;
}

/* 9.2.3.12: none, relative, enhanced or absolute. */
static const char *
take_validity(struct cursor *c, unsigned form, struct tpdu_submit *out)
{
	const uint8_t *vp;
	if (form == 0)
		return NULL;
	if (!take(c, form == 2 ? 1 : 7, &vp))
		return "the validity is cut short";
	if (form != 2)
		return NULL;
	uint32_t v = vp[0];
	out->validity_s = v < 144   ? (v + 1) * 300
			  : v < 168 ? 43200 + (v - 143) * 1800
			  : v < 197 ? (v - 166) * 86400
				    : (v - 192) * 604800;
	return NULL;
}

static const char *
find_alphabet(struct tpdu_submit *out)
{
	uint8_t dcs = out->dcs;
	if (dcs & 0x20 && !(dcs & 0xc0))
		return "compressed text";
	if ((dcs & 0xc0) == 0)
		out->alphabet = (dcs & 0x0c) == 0x08   ? TPDU_UCS2
				: (dcs & 0x0c) == 0x04 ? TPDU_OCTETS
						       : TPDU_GSM;
	else if ((dcs & 0xf0) == 0xf0)
		out->alphabet = dcs & 4 ? TPDU_OCTETS : TPDU_GSM;
	else
		return "a coding scheme of no meaning in a SUBMIT";
	return NULL;
}

static const char *
read_header(struct tpdu_submit *out)
{
	if (out->len == 0 || out->data[0] + 1u > out->len)
		return "the user data header is longer than the user data";
	out->header = out->data[0] + 1u;
	for (size_t i = 1; i < out->header;) {
		if (i + 2 > out->header || i + 2 + out->data[i + 1] > out->header)
			return "the user data header's elements do not fill it";
		const uint8_t *v = out->data + i + 2;
		bool wide = out->data[i] == 8 && out->data[i + 1] == 4;
		if (wide || (out->data[i] == 0 && out->data[i + 1] == 3)) {
			out->ref = wide ? (unsigned)(v[0] << 8 | v[1]) : v[0];
			out->total = v[wide ? 2 : 1];
			out->n = v[wide ? 3 : 2];
			out->how = wide ? "udh16" : "udh8";
			if (out->n == 0 || out->n > out->total)
				return "a part's number is beyond their total";
		}
		i += 2u + out->data[i + 1];
	}
	return NULL;
}

static const char *
take_data(struct cursor *c, bool header, struct tpdu_submit *out)
{
	const uint8_t *octets;
	if (!take(c, 1, &octets))
		return "there is no user data length";
	out->units = octets[0];
	size_t want = out->alphabet == TPDU_GSM ? (out->units * 7u + 7) / 8 : out->units;
	if (want > TPDU_DATA || (out->alphabet == TPDU_GSM && out->units > 160))
		return "the user data is too long";
	if (c->left != want)
		return "the user data is not as long as it says";
	if (out->alphabet == TPDU_UCS2 && !header && want % 2)
		return "half a character of UCS-2";
	memcpy(out->data, c->at, want);
	out->len = want;
	return header ? read_header(out) : NULL;
}

static const char *
read_tpdu(struct cursor *c, struct tpdu_submit *out)
{
	const uint8_t *first, *codes;
	const char *why;
	if (!take(c, 2, &first))
		return "nothing follows the service centre";
	if ((first[0] & 3) != 1)
		return "it is no SUBMIT";
	out->reject_duplicates = first[0] & 4;
	out->report = first[0] & 0x20;
	out->reference = first[1];
	if ((why = take_address(c, out)))
		return why;
	if (!take(c, 2, &codes))
		return "it ends behind the address";
	out->pid = codes[0];
	out->dcs = codes[1];
	if ((why = find_alphabet(out)) || (why = take_validity(c, first[0] >> 3 & 3, out)))
		return why;
	return take_data(c, first[0] & 0x40, out);
}

const char *
tpdu_submit_read(const char *hex, size_t n, unsigned said, struct tpdu_submit *out)
{
	uint8_t octets[200];
	const uint8_t *centre;
	*out = (struct tpdu_submit){.total = 1, .n = 1, .how = "single"};
	if (n % 2 || n / 2 > sizeof octets)
		return "an odd number of digits, or too many";
	for (size_t i = 0; i < n; i += 2) {
		int high = digit(hex[i]), low = digit(hex[i + 1]);
		if (high < 0 || low < 0)
			return "something else than hex digits";
		octets[i / 2] = (uint8_t)(high << 4 | low);
	}
	struct cursor c = {octets, n / 2};
	if (!take(&c, 1, &centre) || !take(&c, centre[0], &centre))
		return "the service centre is cut short";
	if (c.left != said)
		return "it is not as long as AT+CMGS said";
	return read_tpdu(&c, out);
}

void
tpdu_submit_text(const struct tpdu_submit *s, struct buffer *out)
{
	uint8_t septets[160];
	if (s->alphabet != TPDU_GSM) {
		text_decode(out, TEXT_GSM, false, s->alphabet == TPDU_UCS2 ? 8 : 4, s->data, s->len,
			    s->header);
		return;
	}
	size_t before = (s->header * 8 + 6) / 7;
	size_t n = tpdu_unpack(s->data + s->header, s->len - s->header, s->header, septets,
			       s->units > before ? s->units - before : 0);
	text_decode(out, TEXT_GSM, false, 0, septets, n, 0);
}

/* ---- what a network hands over ---- */

static void
put_hex(struct buffer *hex, const uint8_t *octets, size_t n)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < n; i++) {
		buffer_put8(hex, (uint8_t)digits[octets[i] >> 4]);
		buffer_put8(hex, (uint8_t)digits[octets[i] & 15]);
	}
}

static size_t
put_halves(const char *number, size_t n, uint8_t *to)
{
	for (size_t i = 0; i < n; i += 2) {
		unsigned low = (unsigned)(number[i] - '0');
		unsigned high = i + 1 < n ? (unsigned)(number[i + 1] - '0') : 15u;
		*to++ = (uint8_t)(high << 4 | low);
	}
	return (n + 1) / 2;
}

static size_t
put_letters(const char *name, uint8_t *to)
{
	struct buffer septets = {0};
	uint8_t packed[TPDU_DATA];
	text_encode(&septets, TEXT_GSM, name);
	size_t n = septets.used > 11 ? 11 : septets.used;
	size_t len = tpdu_pack(septets.at, n, 0, packed);
	buffer_fini(&septets);
	to[0] = (uint8_t)((n * 7 + 3) / 4); /* in half octets that hold something */
	to[1] = 0xd0;
	memcpy(to + 2, packed, len);
	return 2 + len;
}

/* 9.1.2.5: at most 12 octets. */
static size_t
put_address(const char *number, uint8_t *to)
{
	bool plus = *number == '+';
	number += plus;
	size_t n = strlen(number);
	if (n == 0 || strspn(number, "0123456789") != n)
		return put_letters(number, to);
	if (n > 20)
		n = 20;
	to[0] = (uint8_t)n;
	to[1] = plus ? 0x91 : 0x81;
	return 2 + put_halves(number, n, to + 2);
}

static void
put_centre(const char *number, struct buffer *hex)
{
	uint8_t octets[16];
	size_t n;
	bool plus = *number == '+';
	number += plus;
	n = strspn(number, "0123456789");
	n = n > 20 ? 20 : n;
	octets[0] = 0;
	if (n) {
		octets[0] = (uint8_t)(1 + (n + 1) / 2);
		octets[1] = plus ? 0x91 : 0x81;
		put_halves(number, n, octets + 2);
	}
	put_hex(hex, octets, octets[0] + 1u);
}

/* 9.2.3.11: seven swapped pairs of digits of local time, the last one the zone with its sign. */
static size_t
put_stamp(time_t when, int zone, uint8_t *to)
{
	struct tm tm;
	when += zone * 900;
	gmtime_r(&when, &tm);
	int values[7] = {
	    tm.tm_year % 100, tm.tm_mon + 1,          tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec,        zone < 0 ? -zone : zone};
	for (size_t i = 0; i < 7; i++)
		to[i] = (uint8_t)(values[i] % 10 << 4 | values[i] / 10);
	if (zone < 0)
		to[6] |= 0x08;
	return 7;
}

unsigned
tpdu_deliver_write(const struct tpdu_deliver *d, struct buffer *hex)
{
	uint8_t out[200];
	size_t n = 0;
	out[n++] = (uint8_t)((d->more ? 0 : 4) | (d->udh_len ? 0x40 : 0));
	n += put_address(d->from, out + n);
	out[n++] = 0;
	out[n++] = d->ucs2 ? 8 : 0;
	n += put_stamp(d->stamp, d->zone, out + n);
	uint8_t *units = &out[n++];
	if (d->udh_len)
		memcpy(out + n, d->udh, d->udh_len);
	n += d->udh_len;
	if (d->ucs2) {
		memcpy(out + n, d->octets, d->len);
		n += d->len;
		*units = (uint8_t)(d->udh_len + d->len);
	} else {
		n += tpdu_pack(d->octets, d->len, d->udh_len, out + n);
		*units = (uint8_t)((d->udh_len * 8 + 6) / 7 + d->len);
	}
	put_centre(d->centre, hex);
	put_hex(hex, out, n);
	return (unsigned)n;
}

unsigned
tpdu_report_write(const struct tpdu_report *r, struct buffer *hex)
{
	uint8_t out[64];
	size_t n = 0;
	out[n++] = 0x06; /* STATUS-REPORT, and no more wait */
	out[n++] = r->reference;
	n += put_address(r->to, out + n);
	n += put_stamp(r->stamp, r->zone, out + n);
	n += put_stamp(r->done, r->zone, out + n);
	out[n++] = r->status;
	put_centre(r->centre, hex);
	put_hex(hex, out, n);
	return (unsigned)n;
}
