#include "garbage.h"

#include "dice.h"

#include <string.h>

static const char *const names[] = {
    "error-body",      "header-only",      "response-tlvs",    "id-too-long",  "id-no-nul",
    "unknown-command", "unknown-response", "enquire-trailing", "nack-zero",    "stray-response",
    "tlv-overrun",     "many-tlvs",        "validity",         "long-service", "long-address",
    "long-payload",    "length-255",       "cut-short",        "bad-length",   "huge-length",
};

/* From a number no borrower has, so that what is well-formed is known for what it is. */
static const char sender[] = "+639990000001";

static int
find_name(const char *word, size_t n)
{
	for (int i = 0; i < GARBAGE_NONE; i++)
		if (strlen(names[i]) == n && strncmp(names[i], word, n) == 0)
			return i;
	return -1;
}

const char *
garbage_check(const char *list)
{
	while (*list) {
		size_t n = strcspn(list, ",");
		if (find_name(list, n) < 0)
			return list;
		list += n + (list[n] == ',');
	}
	return NULL;
}

enum garbage_kind
garbage_pick(const struct options *o, uint64_t nth)
{
	if (!dice_hits(o->seed, DICE_GARBAGE, nth, o->garbage))
		return GARBAGE_NONE;
	uint64_t mix = dice_mix(o->seed, DICE_GARBAGE_KIND, nth);
	if (!o->garbage_kinds)
		return (enum garbage_kind)(mix % GARBAGE_BAD_LENGTH);
	int kinds[32];
	unsigned count = 0;
	for (const char *at = o->garbage_kinds; *at && count < 32;) {
		size_t n = strcspn(at, ",");
		int kind = find_name(at, n);
		if (kind >= 0)
			kinds[count++] = kind;
		at += n + (at[n] == ',');
	}
	return count ? (enum garbage_kind)kinds[mix % count] : GARBAGE_NONE;
}

bool
garbage_is_answer(enum garbage_kind kind)
{
	return kind <= GARBAGE_ID_NO_NUL;
}

bool
garbage_is_deliver(enum garbage_kind kind)
{
	return kind >= GARBAGE_TLV_OVERRUN && kind <= GARBAGE_CUT_SHORT;
}

void
garbage_put_answer(struct buffer *out, enum garbage_kind kind, const struct pdu_header *request,
		   const char *id)
{
	uint32_t status = kind == GARBAGE_ERROR_BODY ? PDU_SUBMIT_FAILED : PDU_OK;
	size_t token = pdu_begin(out, request->command | 0x80000000u, status, request->sequence);
	if (kind == GARBAGE_ERROR_BODY)
		buffer_putz(out, "");
	else if (kind != GARBAGE_HEADER_ONLY)
		buffer_puts(out, id);
	if (kind == GARBAGE_ID_TOO_LONG)
		for (size_t n = strlen(id); n < 90; n++)
			buffer_put8(out, 'x');
	if (kind == GARBAGE_ID_TOO_LONG || kind == GARBAGE_RESPONSE_TLVS)
		buffer_put8(out, 0);
	if (kind == GARBAGE_RESPONSE_TLVS) {
		pdu_put_tlv8(out, 0x0420, 0);            /* dpf_result */
		pdu_put_tlv(out, 0x1403, "\0vendor", 7); /* a vendor's own */
	}
	pdu_end(out, token);
}

static void
put_text(struct buffer *out, const char *to, const char *text)
{
	pdu_put_deliver(out, sender, to, 0, 0, (const uint8_t *)text, strlen(text));
}

/* A deliver_sm with one mandatory field as the standard forbids it. */
static void
put_odd_fields(struct buffer *out, enum garbage_kind kind, const char *to)
{
	buffer_putz(out, kind == GARBAGE_LONG_SERVICE ? "TELEPHONY" : "");
	pdu_put_address(out, kind == GARBAGE_LONG_ADDRESS ? "639990000001639990000001639" : sender);
	pdu_put_address(out, to);
	buffer_put(out, "\0\0\0", 3);
	bool times = kind == GARBAGE_VALIDITY;
	buffer_putz(out, times ? "260915103000000+" : "");
	buffer_putz(out, times ? "000001000000000R" : "");
	buffer_put(out, "\0\0\0\0", 4);
	if (kind == GARBAGE_LENGTH_255) {
		buffer_put8(out, 255);
		for (int i = 0; i < 255; i++)
			buffer_put8(out, 'z');
		return;
	}
	buffer_put8(out, 4);
	buffer_puts(out, "odd ");
}

static void
put_deliver_body(struct buffer *out, enum garbage_kind kind, const char *to)
{
	if (kind == GARBAGE_TLV_OVERRUN) {
		put_text(out, to, "overrun");
		buffer_put16(out, PDU_TLV_PAYLOAD);
		buffer_put16(out, 0x7fff);
		buffer_puts(out, "short");
	} else if (kind == GARBAGE_MANY_TLVS) {
		put_text(out, to, "many parameters");
		for (uint32_t i = 0; i < 70; i++)
			pdu_put_tlv(out, 0x1400 + i, "", 0);
	} else if (kind == GARBAGE_LONG_PAYLOAD) {
		static const char line[] = "I have a long story to tell about this payment. ";
		struct buffer story = {0};
		put_text(out, to, "");
		while (story.used < 3000)
			buffer_puts(&story, line);
		pdu_put_tlv(out, PDU_TLV_PAYLOAD, story.at, story.used);
		buffer_fini(&story);
	} else if (kind == GARBAGE_CUT_SHORT) {
		buffer_put8(out, 0);
		pdu_put_address(out, sender);
		buffer_put(out,
			   "\x01\x01"
			   "6399",
			   6);
	} else {
		put_odd_fields(out, kind, to);
	}
}

void
garbage_put(struct buffer *out, enum garbage_kind kind, uint32_t sequence, const char *to)
{
	if (kind == GARBAGE_BAD_LENGTH || kind == GARBAGE_HUGE_LENGTH) {
		buffer_put32(out, kind == GARBAGE_BAD_LENGTH ? 7 : 0x7fffffff);
		buffer_put32(out, PDU_DELIVER_SM);
		buffer_put32(out, 0);
		buffer_put32(out, sequence);
		return;
	}
	uint32_t command = kind == GARBAGE_UNKNOWN_COMMAND    ? 0x00000111u
			   : kind == GARBAGE_UNKNOWN_RESPONSE ? 0x80000999u
			   : kind == GARBAGE_ENQUIRE_TRAILING ? PDU_ENQUIRE_LINK
			   : kind == GARBAGE_NACK_ZERO        ? PDU_GENERIC_NACK | 0x80000000u
			   : kind == GARBAGE_STRAY_RESPONSE   ? PDU_SUBMIT_SM | 0x80000000u
							      : PDU_DELIVER_SM;
	if (kind == GARBAGE_NACK_ZERO)
		sequence = 0;
	else if (kind == GARBAGE_STRAY_RESPONSE)
		sequence = 0x7ffffffe;
	size_t token = pdu_begin(out, command, kind == GARBAGE_NACK_ZERO, sequence);
	if (kind == GARBAGE_ENQUIRE_TRAILING)
		buffer_put8(out, 0);
	else if (kind == GARBAGE_STRAY_RESPONSE)
		buffer_putz(out, "stray");
	else if (garbage_is_deliver(kind))
		put_deliver_body(out, kind, to);
	pdu_end(out, token);
}
