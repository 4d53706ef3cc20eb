#include "codec.h"

#include <errno.h>
#include <string.h>

#include "status.h"

/* A cursor over one body; once a read fails every later one does too. */
struct cursor {
	const uint8_t *at, *end;
	bool failed;
};

static uint16_t
be16(const uint8_t *p)
{
	return (uint16_t)((p[0] << 8) | p[1]);
}

static uint32_t
be32(const uint8_t *p)
{
	return ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3];
}

static void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

struct smpp_header
smpp_header_read(const uint8_t octets[SMPP_HEADER_SIZE])
{
	return (struct smpp_header){be32(octets), be32(octets + 4), be32(octets + 8),
				    be32(octets + 12)};
}

void
smpp_header_write(uint8_t out[SMPP_HEADER_SIZE], const struct smpp_header *header)
{
	put32(out, header->length);
	put32(out + 4, header->command);
	put32(out + 8, header->status);
	put32(out + 12, header->sequence);
}

static uint8_t
read_u8(struct cursor *c)
{
	if (c->at == c->end) {
		c->failed = true;
		return 0;
	}
	return *c->at++;
}

/* Copies what fits of octets that should be printable ASCII. Ids and addresses end up in lists,
 * logs and SQL keys: a control character or half a UTF-8 sequence there helps nobody. */
static void
copy_printable(char *out, size_t size, const uint8_t *from, size_t len)
{
	size_t n = len < size - 1 ? len : size - 1;

	for (size_t i = 0; i < n; i++)
		out[i] = from[i] >= 0x20 && from[i] < 0x7f ? (char)from[i] : '?';
	out[n] = '\0';
}

/* A C-octet string: up to its NUL. Without one before the end the cursor fails. */
static void
read_cstr(struct cursor *c, char *out, size_t size)
{
	size_t left = (size_t)(c->end - c->at);
	const uint8_t *nul = left > 0 ? memchr(c->at, 0, left) : NULL;

	out[0] = '\0';
	if (nul == NULL) {
		c->failed = true;
		c->at = c->end;
		return;
	}
	copy_printable(out, size, c->at, (size_t)(nul - c->at));
	c->at = nul + 1;
}

bool
smpp_tlv_next(struct smpp_tlvs *tlvs, struct smpp_tlv *out)
{
	size_t left = (size_t)(tlvs->end - tlvs->at);

	if (left == 0)
		return false;
	if (left < 4 || left - 4 < be16(tlvs->at + 2)) {
		tlvs->broken = true;
		tlvs->at = tlvs->end;
		return false;
	}
	out->tag = be16(tlvs->at);
	out->len = be16(tlvs->at + 2);
	out->value = tlvs->at + 4;
	tlvs->at = out->value + out->len;
	return true;
}

/* A TLV's text, which some operators end with a NUL and some do not. */
static void
tlv_text(const struct smpp_tlv *tlv, char *out, size_t size)
{
	const uint8_t *nul = tlv->len > 0 ? memchr(tlv->value, 0, tlv->len) : NULL;

	copy_printable(out, size, tlv->value,
		       nul != NULL ? (size_t)(nul - tlv->value) : (size_t)tlv->len);
}

/* A number of one or two octets, for fields that some peers write wider than the standard. */
static uint16_t
tlv_number(const struct smpp_tlv *tlv)
{
	return tlv->len == 1 ? tlv->value[0] : tlv->len >= 2 ? be16(tlv->value) : 0;
}

static struct smpp_part
part_of(bool wide, unsigned reference, unsigned total, unsigned n)
{
	if (total < 2 || total > 255 || n < 1 || n > total)
		return (struct smpp_part){0};
	return (struct smpp_part){true, wide, (uint16_t)reference, (uint8_t)total, (uint8_t)n};
}

struct smpp_part
smpp_part_of_udh(const uint8_t *udh, size_t udh_len)
{
	const uint8_t *p = udh + 1, *end = udh + udh_len;

	if (udh_len == 0)
		return (struct smpp_part){0};
	while (end - p >= 2) {
		uint8_t id = p[0], len = p[1];

		p += 2;
		if (end - p < len)
			break;
		if (id == 0x00 && len == 3)
			return part_of(false, p[0], p[1], p[2]);
		if (id == 0x08 && len == 4)
			return part_of(true, be16(p), p[2], p[3]);
		p += len;
	}
	return (struct smpp_part){0};
}

/* What the TLVs of one deliver_sm add up to. */
struct extras {
	struct smpp_tlv payload;
	bool has_payload, has_reference;
	unsigned sar_reference, sar_total, sar_n;
};

static void
take_tlv(const struct smpp_tlv *tlv, struct smpp_deliver *out, struct extras *extras)
{
	switch (tlv->tag) {
	case SMPP_TAG_MESSAGE_PAYLOAD:
		extras->payload = *tlv;
		extras->has_payload = true;
		break;
	case SMPP_TAG_SAR_MSG_REF_NUM:
		extras->sar_reference = tlv_number(tlv);
		extras->has_reference = tlv->len > 0;
		break;
	case SMPP_TAG_SAR_TOTAL_SEGMENTS: extras->sar_total = tlv_number(tlv); break;
	case SMPP_TAG_SAR_SEGMENT_SEQNUM: extras->sar_n = tlv_number(tlv); break;
	case SMPP_TAG_RECEIPTED_MESSAGE_ID:
		tlv_text(tlv, out->receipted_id, sizeof out->receipted_id);
		break;
	case SMPP_TAG_MESSAGE_STATE:
		out->has_message_state = tlv->len > 0;
		out->message_state = tlv->len > 0 ? tlv->value[tlv->len - 1] : 0;
		break;
	case SMPP_TAG_NETWORK_ERROR_CODE:
		if (tlv->len != 3)
			break;
		out->has_network_error = true;
		out->network_type = tlv->value[0];
		out->network_error = be16(tlv->value + 1);
		break;
	case SMPP_TAG_USER_MESSAGE_REFERENCE:
		out->has_user_message_reference = tlv->len > 0;
		out->user_message_reference = tlv_number(tlv);
		break;
	default: break;
	}
}

/* Cuts the UDH off the octets. One that claims more than there is leaves the text as it stands:
 * a person can still read it. */
static void
take_udh(struct smpp_deliver *out)
{
	size_t size;

	if (!(out->esm_class & SMPP_ESM_UDHI) || out->len == 0)
		return;
	size = (size_t)out->octets[0] + 1;
	if (size > out->len)
		return;
	out->udh = out->octets;
	out->udh_len = size;
	out->octets += size;
	out->len -= size;
	out->part = smpp_part_of_udh(out->udh, out->udh_len);
}

static uint32_t
take_tlvs(struct cursor *c, struct smpp_deliver *out)
{
	struct smpp_tlvs tlvs = {c->at, c->end, false};
	struct extras extras = {0};
	struct smpp_tlv tlv;

	while (smpp_tlv_next(&tlvs, &tlv))
		take_tlv(&tlv, out, &extras);
	if (extras.has_payload && out->len == 0) {
		out->octets = extras.payload.value;
		out->len = extras.payload.len;
	}
	/* A text outside the broken TLVs is whole; without one the payload may be what broke. */
	if (tlvs.broken && out->len == 0 && out->receipted_id[0] == '\0')
		return SMPP_RINVOPTPARSTREAM;
	take_udh(out);
	if (!out->part.present && extras.has_reference)
		out->part = part_of(true, extras.sar_reference, extras.sar_total, extras.sar_n);
	return 0;
}

/* SMPP 3.4 4.6.1; priority, schedule, validity, registered and replace are of no use to a receiver.
 */
static uint32_t
take_deliver_sm(struct cursor *c, struct smpp_deliver *out)
{
	char ignored[SMPP_ADDR_SIZE];
	size_t len;

	out->esm_class = read_u8(c);
	out->protocol_id = read_u8(c);
	(void)read_u8(c);
	read_cstr(c, ignored, sizeof ignored);
	read_cstr(c, ignored, sizeof ignored);
	(void)read_u8(c);
	(void)read_u8(c);
	out->data_coding = read_u8(c);
	(void)read_u8(c);
	len = read_u8(c);
	if (c->failed)
		return SMPP_RINVCMDLEN;
	if (len > (size_t)(c->end - c->at))
		return SMPP_RINVMSGLEN;
	out->octets = c->at;
	out->len = len;
	c->at += len;
	return 0;
}

/* SMPP 3.4 4.7.1: no text of its own, everything is in TLVs. */
static uint32_t
take_data_sm(struct cursor *c, struct smpp_deliver *out)
{
	out->esm_class = read_u8(c);
	(void)read_u8(c);
	out->data_coding = read_u8(c);
	out->octets = c->at;
	return c->failed ? SMPP_RINVCMDLEN : 0;
}

uint32_t
smpp_deliver_read(const uint8_t *body, size_t len, bool data_sm, struct smpp_deliver *out)
{
	struct cursor c = {body, body + len, false};
	uint32_t status;

	memset(out, 0, sizeof *out);
	out->data_sm = data_sm;
	read_cstr(&c, out->service_type, sizeof out->service_type);
	out->source_ton = read_u8(&c);
	out->source_npi = read_u8(&c);
	read_cstr(&c, out->source, sizeof out->source);
	out->dest_ton = read_u8(&c);
	out->dest_npi = read_u8(&c);
	read_cstr(&c, out->dest, sizeof out->dest);
	status = data_sm ? take_data_sm(&c, out) : take_deliver_sm(&c, out);
	return status != 0 ? status : take_tlvs(&c, out);
}

void
smpp_submit_resp_read(const uint8_t *body, size_t len, struct smpp_submit_resp *out)
{
	const uint8_t *nul = len > 0 ? memchr(body, 0, len) : NULL;
	struct smpp_tlvs tlvs;
	struct smpp_tlv tlv;

	out->id[0] = out->info[0] = '\0';
	/* No NUL: the id is all there is. */
	copy_printable(out->id, sizeof out->id, body, nul != NULL ? (size_t)(nul - body) : len);
	if (nul == NULL)
		return;
	tlvs = (struct smpp_tlvs){nul + 1, body + len, false};
	while (smpp_tlv_next(&tlvs, &tlv))
		if (tlv.tag == SMPP_TAG_ADDITIONAL_STATUS_INFO_TEXT)
			tlv_text(&tlv, out->info, sizeof out->info);
}

int
smpp_query_resp_read(const uint8_t *body, size_t len, struct smpp_query_resp *out)
{
	struct cursor c = {body, body + len, false};

	read_cstr(&c, out->id, sizeof out->id);
	read_cstr(&c, out->final_date, sizeof out->final_date);
	out->message_state = read_u8(&c);
	out->error_code = read_u8(&c);
	return c.failed ? -EPROTO : 0;
}
