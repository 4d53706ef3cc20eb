#include "pdu.h"
#include "sms_join.h"
#include "sms_udh.h"

#include <errno.h>
#include <string.h>

enum { MTI_DELIVER = 0, MTI_SUBMIT = 1, MTI_STATUS = 2 };

#define TP_UDHI 0x40
#define MOST    256 /* octets read; anything longer is no PDU */

struct reader {
	const uint8_t *at, *end;
	bool failed; /* something was wanted behind the end */
};

static uint8_t
take(struct reader *r)
{
	if (r->at == r->end) {
		r->failed = true;
		return 0;
	}
	return *r->at++;
}

static const uint8_t *
take_n(struct reader *r, size_t n)
{
	const uint8_t *at = r->at;

	if ((size_t)(r->end - r->at) < n) {
		r->failed = true;
		return NULL;
	}
	r->at += n;
	return at;
}

/* ---- fields ---- */

/* Semi-octets, low one first, up to a filler: 9.1.2.3. */
static void
read_digits(const uint8_t *octets, size_t semi, bool international, char out[PDU_NUMBER])
{
	static const char digits[] = "0123456789*#abc";
	size_t n = 0;

	if (international && semi > 0)
		out[n++] = '+';
	for (size_t i = 0; i < semi && n + 1 < PDU_NUMBER; i++) {
		unsigned digit = i % 2 == 0 ? octets[i / 2] & 0x0Fu : octets[i / 2] >> 4u;

		if (digit == 0x0F)
			break;
		out[n++] = digits[digit];
	}
	out[n] = '\0';
}

/* TP-OA and TP-RA, 9.1.2.5: the length counts semi-octets; letters are septets. */
static void
read_address(struct reader *r, char out[PDU_NUMBER], bool *alphanumeric)
{
	static const struct gsm7_tables plain;
	size_t semi = take(r);
	unsigned type = take(r);
	const uint8_t *octets;
	uint8_t septets[16];
	size_t n;

	out[0] = '\0';
	if (semi > 22) /* 20 by the standard; some centres count one or two more */
		r->failed = true;
	octets = r->failed ? NULL : take_n(r, (semi + 1) / 2);
	if (octets == NULL)
		return;
	*alphanumeric = (type >> 4 & 7) == 5;
	if (!*alphanumeric) {
		read_digits(octets, semi, (type >> 4 & 7) == 1, out);
		return;
	}
	n = gsm7_unpack(octets, (semi + 1) / 2, 0, septets, semi * 4 / 7);
	gsm7_decode(septets, n, plain, out, PDU_NUMBER);
}

/* Here the length counts octets, the type's counted (TS 24.011 8.2.5.1). */
static void
read_centre(struct reader *r, char out[PDU_NUMBER])
{
	size_t len = take(r);
	const uint8_t *octets;

	out[0] = '\0';
	if (len > 12)
		r->failed = true;
	octets = r->failed ? NULL : take_n(r, len);
	if (octets != NULL && len > 1)
		read_digits(octets + 1, (len - 1) * 2, (octets[0] >> 4 & 7) == 1, out);
}

static int
two_digits(uint8_t octet)
{
	int low = octet & 0x0F, high = octet >> 4;

	return low > 9 || high > 9 ? -1 : low * 10 + high;
}

/* Days from 1970-01-01 to a date of the civil calendar. */
static int64_t
days_to(int year, int month, int day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int past = year - (month <= 2); /* leap days count from March on */

	return (int64_t)(year - 1970) * 365 + past / 4 - past / 100 + past / 400 - 477 +
	       before[month - 1] + day - 1;
}

/* 9.2.3.11: swapped digits; the zone in quarters of an hour, bit 3 its sign. */
static struct pdu_time
read_time(struct reader *r)
{
	static const int most[6] = {99, 12, 31, 23, 59, 59};
	const uint8_t *octets = take_n(r, 7);
	struct pdu_time time = {0, 0};
	int field[6], quarters;

	if (octets == NULL)
		return time;
	for (int i = 0; i < 6; i++) {
		field[i] = two_digits(octets[i]);
		if (field[i] < 0 || field[i] > most[i])
			return time;
	}
	quarters = two_digits(octets[6] & 0xF7);
	if (field[1] < 1 || field[2] < 1 || quarters < 0 || quarters > 56)
		return time;
	time.offset_min = octets[6] & 0x08 ? -15 * quarters : 15 * quarters;
	time.unix_s = days_to(field[0] + (field[0] < 90 ? 2000 : 1900), field[1], field[2]) * 86400;
	time.unix_s += field[3] * 3600 + field[4] * 60 + field[5] - time.offset_min * 60;
	return time;
}

/* ---- the data coding scheme, 23.038 4 ---- */

static void
read_alphabet(struct pdu_incoming *out, unsigned alphabet)
{
	out->encoding = alphabet == 2 ? SMS_UCS2 : alphabet == 1 ? SMS_LATIN1 : SMS_GSM7;
	out->binary = alphabet == 1;
}

static void
read_scheme(struct pdu_incoming *out)
{
	unsigned dcs = out->dcs;
	unsigned group = dcs >> 4;

	out->encoding = SMS_GSM7; /* reserved groups, too, as the clause asks */
	if (group < 8) {          /* general, or marked for deletion */
		read_alphabet(out, dcs >> 2 & 3);
		out->flash = (dcs & 0x13) == 0x10;
		if (dcs & 0x20) { /* compressed by 23.042: what nobody ever did */
			out->binary = true;
			out->encoding = SMS_LATIN1;
		}
	} else if (group == 0xF) {
		read_alphabet(out, dcs >> 2 & 1);
		out->flash = (dcs & 3) == 0;
	} else if (group >= 0xC) {
		out->waiting = true;
		out->encoding = group == 0xE ? SMS_UCS2 : SMS_GSM7;
	}
}

/* ---- user data ---- */

/* The header's octets, when there is one that fits. */
static size_t
read_header(struct pdu_incoming *out, const uint8_t *octets, size_t len)
{
	struct sms_udh udh;
	int n = sms_udh_parse(octets, len, &udh);

	if (n < 0 || (size_t)n > sizeof out->udh)
		return 0;
	memcpy(out->udh, octets, (size_t)n);
	out->udh_len = (uint8_t)n;
	return (size_t)n;
}

static void
read_user_data(struct reader *r, struct pdu_incoming *out, bool header)
{
	size_t units = take(r);
	size_t have = (size_t)(r->end - r->at);
	bool gsm7 = out->encoding == SMS_GSM7;
	size_t octets = gsm7 ? (units * 7 + 7) / 8 : units;
	size_t skip;

	if (octets > have)
		octets = have;
	if (octets > 140)
		octets = 140;
	skip = header ? read_header(out, r->at, octets) : 0;
	if (gsm7) {
		size_t skipped = (skip * 8 + 6) / 7;

		units = units > skipped ? units - skipped : 0;
		if (units > sizeof out->data)
			units = sizeof out->data;
		out->len =
		    (uint8_t)gsm7_unpack(r->at + skip, octets - skip, skip, out->data, units);
		return;
	}
	out->len = (uint8_t)(octets - skip);
	memcpy(out->data, r->at + skip, out->len);
}

/* ---- whole ---- */

static void
read_deliver(struct reader *r, unsigned first, struct pdu_incoming *out)
{
	out->kind = PDU_DELIVER;
	read_address(r, out->number, &out->alphanumeric);
	out->pid = take(r);
	out->dcs = take(r);
	out->stamp = read_time(r);
	read_scheme(out);
	if (!r->failed)
		read_user_data(r, out, (first & TP_UDHI) != 0);
}

static void
read_report(struct reader *r, struct pdu_incoming *out)
{
	out->kind = PDU_REPORT;
	out->reference = take(r);
	read_address(r, out->number, &out->alphanumeric);
	out->stamp = read_time(r);
	out->done = read_time(r);
	out->status = take(r);
}

static int
read_whole(struct reader r, bool centre, struct pdu_incoming *out, const char **why)
{
	unsigned first;

	memset(out, 0, sizeof *out);
	*why = "it ends too early";
	if (centre)
		read_centre(&r, out->centre);
	first = take(&r);
	if (r.failed)
		return -EINVAL;
	if ((first & 3) == MTI_SUBMIT) {
		*why = "it is a text on its way out";
		return -EINVAL;
	}
	if ((first & 3) == MTI_STATUS)
		read_report(&r, out);
	else /* the reserved type, too: 9.2.3.1 */
		read_deliver(&r, first, out);
	return r.failed ? -EINVAL : 0;
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Octets of hex digits, or -1. */
static int
read_hex(const char *hex, size_t n, uint8_t out[MOST])
{
	if (n % 2 != 0 || n / 2 > MOST)
		return -1;
	for (size_t i = 0; i < n / 2; i++) {
		int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return -1;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return (int)(n / 2);
}

int
pdu_incoming(const char *hex, size_t n, int tpdu_len, struct pdu_incoming *out, const char **why)
{
	uint8_t octets[MOST];
	int len = read_hex(hex, n, octets);
	struct reader whole = {octets, octets + (len > 0 ? len : 0), false};
	bool bare = tpdu_len > 0 && len == tpdu_len;
	int result;

	if (len <= 0) {
		memset(out, 0, sizeof *out);
		*why = "it is not made of hex digits";
		return -EINVAL;
	}
	result = read_whole(whole, !bare, out, why);
	/* A stick that leaves the service centre out may count it all the same. */
	if (result < 0 && !bare && tpdu_len > 0 && len != tpdu_len + 1 + octets[0]) {
		const char *first = *why;

		result = read_whole(whole, false, out, why);
		if (result < 0)
			*why = first;
	}
	return result;
}
