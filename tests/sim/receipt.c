#include "receipt.h"

#include "dice.h"
#include "ids.h"
#include "text.h"

#include <string.h>
#include <strings.h>

static const char *const words[] = {"",        "ENROUTE", "DELIVRD", "EXPIRED", "DELETED",
				    "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD"};

const char *
receipt_word(enum pdu_state state)
{
	return words[state];
}

enum pdu_state
receipt_state(const char *word)
{
	for (unsigned i = 1; i < sizeof words / sizeof words[0]; i++)
		if (strcasecmp(word, words[i]) == 0)
			return (enum pdu_state)i;
	return strcasecmp(word, "FAILED") == 0 ? PDU_UNDELIVERABLE : 0;
}

static bool
is_bad(enum pdu_state state)
{
	return state == PDU_EXPIRED || state == PDU_UNDELIVERABLE || state == PDU_REJECTED ||
	       state == PDU_DELETED;
}

/* Appendix B writes YYMMDDhhmm; others add the seconds, the century, or write zeros. */
static void
put_date(struct buffer *text, enum option_dialect dialect, time_t when)
{
	/* Most receipts of a busy second bear one date: the last one made is kept. */
	static time_t kept_when = -1;
	static enum option_dialect kept_dialect;
	static char kept[16];
	if (dialect == DIALECT_ZERO_DATE) {
		buffer_puts(text, "0000000000");
		return;
	}
	if (kept_when != when || kept_dialect != dialect) {
		struct tm tm;
		localtime_r(&when, &tm);
		strftime(kept, sizeof kept,
			 dialect == DIALECT_LONG_DATE      ? "%Y%m%d%H%M%S"
			 : dialect == DIALECT_SECONDS_DATE ? "%y%m%d%H%M%S"
							   : "%y%m%d%H%M",
			 &tm);
		kept_when = when;
		kept_dialect = dialect;
	}
	buffer_puts(text, kept);
}

static void
put_start(struct buffer *text, const struct options *o, const struct message *m)
{
	if (o->packed || (m->data_coding && m->data_coding != 1 && m->data_coding != 3))
		return;
	text_decode(text, (enum text_alphabet)o->alphabet, false, m->data_coding, m->start,
		    m->start_len, 0);
}

static void
put_text(struct buffer *text, const struct options *o, enum option_dialect dialect,
	 const struct message *m, enum pdu_state state, const char *id)
{
	bool caps = dialect == DIALECT_CAPS, parts = dialect != DIALECT_MISSING_PARTS;
	const char *word = words[state];
	if (dialect == DIALECT_FAILED_WORD && state == PDU_UNDELIVERABLE)
		word = "FAILED";
	buffer_printf(text, caps ? "ID:%s " : "id:%s ", id);
	if (parts)
		buffer_printf(text, caps ? "SUB:001 DLVRD:%03d " : "sub:001 dlvrd:%03d ",
			      state == PDU_DELIVERED);
	buffer_puts(text, caps ? "SUBMIT DATE:" : "submit date:");
	put_date(text, dialect, m->accepted);
	buffer_puts(text, caps ? " DONE DATE:" : " done date:");
	put_date(text, dialect, m->done);
	buffer_printf(text, caps ? " STAT:%s" : " stat:%s", word);
	if (dialect == DIALECT_ERR_0000)
		buffer_puts(text, " err:0000");
	else
		buffer_printf(text, caps ? " ERR:%03d" : " err:%03d", is_bad(state) ? 69 : 0);
	if (parts) {
		buffer_puts(text, caps ? " Text:" : " text:");
		put_start(text, o, m);
	}
}

static void
put_tlvs(struct buffer *out, const struct options *o, const struct message *m, enum pdu_state state,
	 const char *id)
{
	pdu_put_tlv(out, PDU_TLV_RECEIPTED_ID, id, strlen(id) + 1);
	pdu_put_tlv8(out, PDU_TLV_STATE, state);
	/* 5.3.2.31: the network's type (3, GSM) and its error. */
	const uint8_t error[3] = {3, 0, is_bad(state) ? 69 : 0};
	pdu_put_tlv(out, PDU_TLV_NETWORK_ERROR, error, sizeof error);
	if (o->echo_reference && m->reference >= 0)
		pdu_put_tlv16(out, PDU_TLV_USER_REFERENCE, (uint32_t)m->reference);
}

static void
put_data_sm(struct buffer *out, const struct options *o, const struct message *m,
	    enum pdu_state state, uint32_t sequence, const char *id)
{
	size_t token = pdu_begin(out, PDU_DATA_SM, 0, sequence);
	buffer_put8(out, 0);
	pdu_put_address(out, m->to);
	pdu_put_address(out, m->from);
	buffer_put(out, "\x04\0\0", 3); /* esm_class, registered_delivery, data_coding */
	put_tlvs(out, o, m, state, id);
	pdu_end(out, token);
}

/* The short message's octets in the dialect's coding, from its UTF-8. */
static void
encode(struct buffer *octets, const struct options *o, enum option_dialect dialect,
       const char *utf8)
{
	if (dialect == DIALECT_UCS2)
		text_encode_ucs2(octets, utf8);
	else if (!text_encode(octets, (enum text_alphabet)o->alphabet, utf8))
		buffer_puts(octets, utf8);
	if (dialect == DIALECT_NUL) {
		/* as seen: NULs between two parts and at the end */
		char *gap = memmem(octets->at, octets->used, " stat:", 6);
		if (gap)
			*gap = 0;
		buffer_put(octets, "\0\0", 2);
	}
	if (dialect != DIALECT_UCS2 && o->packed) {
		uint8_t packed[254];
		size_t n = octets->used < 280 ? octets->used : 280;
		n = text_pack(octets->at, n, packed);
		memcpy(octets->at, packed, n);
		octets->used = n;
	}
	/* sm_length goes no further (5.2.21). In UCS-2 that cuts the text's start off. */
	if (octets->used > 254)
		octets->used = 254;
}

static bool
has_tlvs(enum option_dialect dialect)
{
	return dialect == DIALECT_STD || dialect == DIALECT_TLV_ONLY ||
	       dialect == DIALECT_ZERO_DATE;
}

void
receipt_put(struct buffer *out, const struct options *o, const struct message *m,
	    enum pdu_state state, uint32_t sequence)
{
	char id[IDS_ROOM];
	enum option_dialect dialect = (enum option_dialect)o->dialect;
	if (dialect == DIALECT_MIX)
		dialect =
		    (enum option_dialect)(dice_mix(o->seed, DICE_DIALECT, m->number) % DIALECT_MIX);
	ids_format((enum option_ids)o->receipt_id_form, m->number, id);
	if (dialect == DIALECT_DATA_SM) {
		put_data_sm(out, o, m, state, sequence, id);
		return;
	}
	static struct buffer text,
	    octets; /* kept between calls: nothing is allocated per receipt */
	text.used = octets.used = 0;
	if (dialect != DIALECT_TLV_ONLY) {
		put_text(&text, o, dialect, m, state, id);
		buffer_put8(&text, 0);
		encode(&octets, o, dialect, (const char *)text.at);
	}
	bool on_the_way = state == PDU_ENROUTE || state == PDU_ACCEPTED;
	uint8_t esm_class = dialect == DIALECT_NO_ESM ? 0 : on_the_way ? 0x20 : 0x04;
	size_t token = pdu_begin(out, PDU_DELIVER_SM, 0, sequence);
	pdu_put_deliver(out, m->to, m->from, esm_class, dialect == DIALECT_UCS2 ? 8 : 0, octets.at,
			octets.used);
	if (has_tlvs(dialect))
		put_tlvs(out, o, m, state, id);
	pdu_end(out, token);
}
