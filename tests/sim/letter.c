#include "letter.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

struct work {
	const struct options *o;
	const char *from;
	const char *to;
	uint8_t data_coding;
	const uint8_t *octets;
	size_t len;
	unsigned reference;
};

/* How many octets from `at` make the next part, splitting no escape and no surrogate pair. */
static size_t
part_len(const struct work *w, size_t at, size_t room)
{
	size_t left = w->len - at;
	if (left <= room)
		return left;
	if (w->data_coding == 8)
		return (w->octets[at + room - 2] & 0xfc) == 0xd8 ? room - 2 : room;
	return w->o->alphabet == TEXT_GSM && w->octets[at + room - 1] == 0x1b ? room - 1 : room;
}

/* Header and text as one short message; packed ones pad to the next septet (TS 23.040 9.2.3.24). */
static size_t
join(const struct work *w, const uint8_t *udh, size_t udh_len, size_t at, size_t n, uint8_t *to)
{
	memcpy(to, udh, udh_len);
	if (w->data_coding == 8 || !w->o->packed) {
		memcpy(to + udh_len, w->octets + at, n);
		return udh_len + n;
	}
	/* Zero septets stand where the header is, and give way to it once packed. */
	uint8_t septets[180] = {0}, packed[180];
	size_t before = (udh_len * 8 + 6) / 7;
	memcpy(septets + before, w->octets + at, n);
	size_t len = text_pack(septets, before + n, packed);
	memcpy(to + udh_len, packed + udh_len, len - udh_len);
	return len;
}

static struct letter
put_part(const struct work *w, size_t at, size_t n, unsigned part, unsigned total)
{
	struct buffer body = {0};
	uint8_t udh[7], text[260];
	size_t udh_len = 0;
	if (total > 1 && w->o->reply_long == LONG_UDH) {
		memcpy(udh, "\x05\x00\x03", 3);
		udh[3] = (uint8_t)w->reference;
		udh_len = 6;
	} else if (total > 1 && w->o->reply_long == LONG_UDH16) {
		memcpy(udh, "\x06\x08\x04", 3);
		udh[3] = (uint8_t)(w->reference >> 8);
		udh[4] = (uint8_t)w->reference;
		udh_len = 7;
	}
	if (udh_len) {
		udh[udh_len - 2] = (uint8_t)total;
		udh[udh_len - 1] = (uint8_t)part;
	}
	size_t len = join(w, udh, udh_len, at, n, text);
	pdu_put_deliver(&body, w->from, w->to, udh_len ? 0x40 : 0, w->data_coding, text, len);
	if (total > 1 && w->o->reply_long == LONG_SAR) {
		pdu_put_tlv16(&body, PDU_TLV_SAR_REFERENCE, w->reference & 0xffff);
		pdu_put_tlv8(&body, PDU_TLV_SAR_TOTAL, total);
		pdu_put_tlv8(&body, PDU_TLV_SAR_SEQUENCE, part);
	}
	return (struct letter){body.at, body.used};
}

static struct letter
put_payload(const struct work *w)
{
	struct buffer body = {0};
	pdu_put_deliver(&body, w->from, w->to, 0, w->data_coding, (const uint8_t *)"", 0);
	if (w->data_coding == 0 && w->o->packed) {
		uint8_t *packed = malloc(w->len);
		if (!packed)
			abort();
		pdu_put_tlv(&body, PDU_TLV_PAYLOAD, packed, text_pack(w->octets, w->len, packed));
		free(packed);
	} else {
		pdu_put_tlv(&body, PDU_TLV_PAYLOAD, w->octets, w->len);
	}
	return (struct letter){body.at, body.used};
}

/* Where each part begins; returns how many there are. */
static size_t
cut(const struct work *w, size_t room, size_t starts[LETTER_PARTS + 1])
{
	size_t n = 0, at = 0;
	while (at < w->len && n < LETTER_PARTS) {
		starts[n++] = at;
		at += part_len(w, at, room);
	}
	starts[n] = at;
	return n;
}

size_t
letter_compose(const struct options *o, const char *from, const char *to, const char *utf8,
	       struct letter letters[LETTER_PARTS])
{
	static unsigned reference;
	struct buffer octets = {0};
	struct work w = {.o = o, .from = from, .to = to, .reference = ++reference};
	if (!text_encode(&octets, (enum text_alphabet)o->alphabet, utf8)) {
		text_encode_ucs2(&octets, utf8);
		w.data_coding = 8;
	}
	buffer_reserve(&octets, 1);
	w.octets = octets.at;
	w.len = octets.used;
	size_t one = w.data_coding ? TEXT_UCS2_ONE * 2 : TEXT_GSM_ONE;
	size_t room = w.data_coding ? TEXT_UCS2_PART * 2 : TEXT_GSM_PART;
	size_t starts[LETTER_PARTS + 1], n = 1;
	if (w.len <= one) {
		letters[0] = put_part(&w, 0, w.len, 1, 1);
	} else if (o->reply_long == LONG_PAYLOAD) {
		letters[0] = put_payload(&w);
	} else {
		n = cut(&w, room - (o->reply_long == LONG_UDH16 ? 2 : 0), starts);
		for (size_t i = 0; i < n; i++)
			letters[i] = put_part(&w, starts[i], starts[i + 1] - starts[i],
					      (unsigned)i + 1, (unsigned)n);
	}
	buffer_fini(&octets);
	return n;
}
