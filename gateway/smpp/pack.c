#include "pack.h"

#include <libsmpp34/smpp34.h>
#include <libsmpp34/smpp34_structs.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <uv.h>

/* A cursor that writes; once something does not fit nothing more is written. */
struct pen {
	uint8_t *at, *end;
	bool full;
};

static void
put(struct pen *pen, const void *octets, size_t len)
{
	if (pen->full || len > (size_t)(pen->end - pen->at)) {
		pen->full = true;
		return;
	}
	if (len > 0)
		memcpy(pen->at, octets, len);
	pen->at += len;
}

static void
put8(struct pen *pen, unsigned v)
{
	uint8_t octet = (uint8_t)v;

	put(pen, &octet, 1);
}

static void
put16(struct pen *pen, unsigned v)
{
	put8(pen, v >> 8);
	put8(pen, v);
}

static void
put_tlv8(struct pen *pen, enum smpp_tag tag, unsigned v)
{
	put16(pen, tag);
	put16(pen, 1);
	put8(pen, v);
}

static void
put_tlv16(struct pen *pen, enum smpp_tag tag, unsigned v)
{
	put16(pen, tag);
	put16(pen, 2);
	put16(pen, v);
}

/* Sets command_length, now that it is known. */
static int
finish(uint8_t *out, struct pen *pen)
{
	uint32_t len = (uint32_t)(pen->at - out);

	if (pen->full)
		return UV_ENOBUFS;
	out[0] = (uint8_t)(len >> 24);
	out[1] = (uint8_t)(len >> 16);
	out[2] = (uint8_t)(len >> 8);
	out[3] = (uint8_t)len;
	return (int)len;
}

/* Copies a C-octet string into a zeroed field of libsmpp34's structs; false when it is too long. */
static bool
fill(uint8_t *field, size_t size, const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;

	if (len >= size)
		return false;
	if (len > 0)
		memcpy(field, text, len);
	return true;
}

void
smpp_time_relative(uint32_t seconds, char out[17])
{
	uint32_t most = 30u * 86400u;
	uint32_t s = seconds < most ? seconds : most;

	snprintf(out, 17, "0000%02u%02u%02u%02u000R", (s / 86400) % 100, s / 3600 % 24, s / 60 % 60,
		 s % 60);
}

void
smpp_time_absolute(int64_t unix_seconds, char out[17])
{
	time_t t = (time_t)unix_seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || strftime(out, 17, "%y%m%d%H%M%S000+", &tm) != 16)
		out[0] = '\0';
}

static bool
mandatory_part(submit_sm_t *sm, uint32_t sequence, const struct smpp_submit *submit)
{
	memset(sm, 0, sizeof *sm);
	sm->command_id = SUBMIT_SM;
	sm->sequence_number = sequence;
	sm->source_addr_ton = submit->source_ton;
	sm->source_addr_npi = submit->source_npi;
	sm->dest_addr_ton = submit->dest_ton;
	sm->dest_addr_npi = submit->dest_npi;
	sm->esm_class = submit->esm_class;
	sm->registered_delivery = submit->registered_delivery;
	sm->data_coding = submit->data_coding;
	if (submit->validity_until != 0)
		smpp_time_absolute(submit->validity_until, (char *)sm->validity_period);
	else if (submit->validity_s != 0)
		smpp_time_relative(submit->validity_s, (char *)sm->validity_period);
	return fill(sm->source_addr, sizeof sm->source_addr, submit->source) &&
	       fill(sm->destination_addr, sizeof sm->destination_addr, submit->dest);
}

/* The mandatory part ends with sm_length, packed as 0: the text and its length are written over it.
 */
static void
put_text(struct pen *pen, const struct smpp_submit *submit)
{
	if (submit->payload || submit->len > 254) {
		put16(pen, SMPP_TAG_MESSAGE_PAYLOAD);
		put16(pen, (unsigned)submit->len);
	} else {
		pen->at[-1] = (uint8_t)submit->len;
	}
	put(pen, submit->octets, submit->len);
}

int
smpp_pack_submit(uint8_t *out, size_t size, uint32_t sequence, const struct smpp_submit *submit)
{
	submit_sm_t sm;
	struct pen pen = {out, out + size, false};
	int len = 0;

	if (submit->len > SMPP_SUBMIT_MAX || !mandatory_part(&sm, sequence, submit))
		return UV_EINVAL;
	if (smpp34_pack2(out, (int)size, &len, &sm) != 0)
		return UV_ENOBUFS;
	pen.at += len;
	put_text(&pen, submit);
	if (submit->sar && submit->part.present) {
		put_tlv16(&pen, SMPP_TAG_SAR_MSG_REF_NUM, submit->part.reference);
		put_tlv8(&pen, SMPP_TAG_SAR_TOTAL_SEGMENTS, submit->part.total);
		put_tlv8(&pen, SMPP_TAG_SAR_SEGMENT_SEQNUM, submit->part.n);
	}
	if (submit->user_message_reference != 0)
		put_tlv16(&pen, SMPP_TAG_USER_MESSAGE_REFERENCE, submit->user_message_reference);
	return finish(out, &pen);
}

int
smpp_pack_query(uint8_t *out, size_t size, uint32_t sequence, const char *id, uint8_t source_ton,
		uint8_t source_npi, const char *source)
{
	query_sm_t query;
	int len = 0;

	memset(&query, 0, sizeof query);
	query.command_id = QUERY_SM;
	query.sequence_number = sequence;
	query.source_addr_ton = source_ton;
	query.source_addr_npi = source_npi;
	if (!fill(query.message_id, sizeof query.message_id, id) ||
	    !fill(query.source_addr, sizeof query.source_addr, source))
		return UV_EINVAL;
	if (smpp34_pack2(out, (int)size, &len, &query) != 0)
		return UV_ENOBUFS;
	return len;
}

static void
put_header(struct pen *pen, uint32_t command, uint32_t status, uint32_t sequence)
{
	uint8_t octets[SMPP_HEADER_SIZE];

	smpp_header_write(octets, &(struct smpp_header){0, command, status, sequence});
	put(pen, octets, sizeof octets);
}

int
smpp_pack_bind(uint8_t *out, size_t size, uint32_t sequence, uint32_t command,
	       const char *system_id, const char *password, const char *system_type)
{
	struct pen pen = {out, out + size, false};

	put_header(&pen, command, 0, sequence);
	put(&pen, system_id, strlen(system_id) + 1);
	put(&pen, password, strlen(password) + 1);
	put(&pen, system_type, strlen(system_type) + 1);
	put8(&pen, SMPP_VERSION);
	put8(&pen, 0); /* addr_ton, addr_npi, address_range: whatever the operator has for us */
	put8(&pen, 0);
	put8(&pen, 0);
	return finish(out, &pen);
}

int
smpp_pack_deliver_resp(uint8_t out[SMPP_HEADER_SIZE + 1], uint32_t command, uint32_t sequence,
		       uint32_t status)
{
	struct pen pen = {out, out + SMPP_HEADER_SIZE + 1, false};

	put_header(&pen, command | SMPP_RESP, status, sequence);
	put8(&pen, 0);
	return finish(out, &pen);
}
