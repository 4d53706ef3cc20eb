#include "pdu.h"

#include <string.h>

struct cursor {
	const uint8_t *at;
	const uint8_t *end;
	bool bad;
};

static uint32_t
get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint8_t
take8(struct cursor *c)
{
	if (c->at == c->end) {
		c->bad = true;
		return 0;
	}
	return *c->at++;
}

/* A C-Octet String of at most `room` octets with its NUL (3.1). */
static const char *
takez(struct cursor *c, size_t room)
{
	size_t left = (size_t)(c->end - c->at);
	const uint8_t *nul = left ? memchr(c->at, 0, left) : NULL;
	if (!nul || (size_t)(nul - c->at) >= room) {
		c->bad = true;
		return "";
	}
	const char *s = (const char *)c->at;
	c->at = nul + 1;
	return s;
}

static struct pdu_address
take_address(struct cursor *c, size_t room)
{
	struct pdu_address a;
	a.ton = take8(c);
	a.npi = take8(c);
	a.digits = takez(c, room);
	return a;
}

void
pdu_read_header(const uint8_t *octets, struct pdu_header *header)
{
	header->length = get32(octets);
	header->command = get32(octets + 4);
	header->status = get32(octets + 8);
	header->sequence = get32(octets + 12);
}

uint32_t
pdu_read_bind(const uint8_t *body, size_t n, struct pdu_bind *bind)
{
	struct cursor c = {body, body + n, false};
	bind->system_id = takez(&c, 16);
	bind->password = takez(&c, 9);
	bind->system_type = takez(&c, 13);
	take8(&c); /* interface_version */
	take8(&c); /* addr_ton, addr_npi, address_range: one ESME is served as any other */
	take8(&c);
	takez(&c, 41);
	return c.bad ? PDU_INVALID_COMMAND_LENGTH : PDU_OK;
}

/* One optional parameter into the message; unknown ones pass (3.3). */
static void
keep_tlv(struct pdu_message *m, uint32_t tag, const uint8_t *value, size_t n)
{
	if (tag == PDU_TLV_PAYLOAD) {
		m->text = value;
		m->text_len = n;
		m->payload = true;
	} else if (tag == PDU_TLV_USER_REFERENCE && n == 2) {
		m->reference = value[0] << 8 | value[1];
	} else if (tag == PDU_TLV_SAR_REFERENCE && n == 2) {
		m->sar_reference = value[0] << 8 | value[1];
	} else if (tag == PDU_TLV_SAR_TOTAL && n == 1) {
		m->sar_total = value[0];
	} else if (tag == PDU_TLV_SAR_SEQUENCE && n == 1) {
		m->sar_sequence = value[0];
	}
}

static uint32_t
take_tlvs(struct cursor *c, struct pdu_message *m)
{
	while (c->at < c->end) {
		if (c->end - c->at < 4)
			return PDU_INVALID_TLVS;
		uint32_t tag = (uint32_t)(c->at[0] << 8 | c->at[1]);
		size_t n = (size_t)(c->at[2] << 8 | c->at[3]);
		c->at += 4;
		if ((size_t)(c->end - c->at) < n)
			return PDU_INVALID_TLVS;
		/* Two carriers of one text contradict each other (4.4.1, sm_length). */
		if (tag == PDU_TLV_PAYLOAD && m->text_len)
			return PDU_INVALID_LENGTH;
		keep_tlv(m, tag, c->at, n);
		c->at += n;
	}
	return PDU_OK;
}

static uint32_t
take_short_message(struct cursor *c, struct pdu_message *m)
{
	size_t n = take8(c);
	if (c->bad || n > 254 || (size_t)(c->end - c->at) < n)
		return PDU_INVALID_LENGTH;
	m->text = c->at;
	m->text_len = n;
	c->at += n;
	return PDU_OK;
}

uint32_t
pdu_read_message(const uint8_t *body, size_t n, bool data_sm, struct pdu_message *m)
{
	struct cursor c = {body, body + n, false};
	size_t address_room = data_sm ? 65 : 21;
	*m = (struct pdu_message){.reference = -1,
				  .sar_reference = -1,
				  .sar_total = -1,
				  .sar_sequence = -1,
				  .validity = ""};
	m->service_type = takez(&c, 6);
	m->from = take_address(&c, address_room);
	if (c.bad)
		return PDU_INVALID_SOURCE;
	m->to = take_address(&c, address_room);
	if (c.bad || !*m->to.digits)
		return PDU_INVALID_DEST;
	m->esm_class = take8(&c);
	if (!data_sm) {
		take8(&c); /* protocol_id */
		take8(&c); /* priority_flag */
		takez(&c, 17);
		m->validity = takez(&c, 17);
	}
	m->registered = take8(&c);
	if (!data_sm)
		take8(&c); /* replace_if_present_flag */
	m->data_coding = take8(&c);
	if (!data_sm)
		take8(&c); /* sm_default_msg_id */
	if (c.bad)
		return PDU_INVALID_COMMAND_LENGTH;
	uint32_t status = data_sm ? PDU_OK : take_short_message(&c, m);
	return status ? status : take_tlvs(&c, m);
}

uint32_t
pdu_read_about(const uint8_t *body, size_t n, bool cancel, struct pdu_about *about)
{
	struct cursor c = {body, body + n, false};
	if (cancel)
		takez(&c, 6); /* service_type */
	about->id = takez(&c, 65);
	about->from = take_address(&c, 21).digits;
	return c.bad ? PDU_INVALID_ID : PDU_OK;
}

size_t
pdu_begin(struct buffer *out, uint32_t command, uint32_t status, uint32_t sequence)
{
	size_t token = out->used;
	buffer_put32(out, 0);
	buffer_put32(out, command);
	buffer_put32(out, status);
	buffer_put32(out, sequence);
	return token;
}

void
pdu_end(struct buffer *out, size_t token)
{
	size_t n = out->used - token;
	out->at[token] = (uint8_t)(n >> 24);
	out->at[token + 1] = (uint8_t)(n >> 16);
	out->at[token + 2] = (uint8_t)(n >> 8);
	out->at[token + 3] = (uint8_t)n;
}

void
pdu_put_bare(struct buffer *out, uint32_t command, uint32_t status, uint32_t sequence)
{
	pdu_end(out, pdu_begin(out, command, status, sequence));
}

void
pdu_put_tlv(struct buffer *out, uint32_t tag, const void *octets, size_t n)
{
	buffer_put16(out, tag);
	buffer_put16(out, (uint32_t)n);
	buffer_put(out, octets, n);
}

void
pdu_put_tlv8(struct buffer *out, uint32_t tag, uint32_t value)
{
	uint8_t octet = (uint8_t)value;
	pdu_put_tlv(out, tag, &octet, 1);
}

void
pdu_put_tlv16(struct buffer *out, uint32_t tag, uint32_t value)
{
	uint8_t octets[2] = {(uint8_t)(value >> 8), (uint8_t)value};
	pdu_put_tlv(out, tag, octets, 2);
}

void
pdu_put_address(struct buffer *out, const char *address)
{
	const char *digits = address[0] == '+' ? address + 1 : address;
	size_t n = strlen(digits);
	if (strspn(digits, "0123456789") != n) {
		buffer_put8(out, 5); /* alphanumeric */
		buffer_put8(out, 0);
	} else if (n < 7) {
		buffer_put8(out, 3); /* network specific: a short code */
		buffer_put8(out, 0);
	} else {
		buffer_put8(out, 1); /* international, E.164 */
		buffer_put8(out, 1);
	}
	buffer_putz(out, digits);
}

void
pdu_put_deliver(struct buffer *out, const char *from, const char *to, uint8_t esm_class,
		uint8_t data_coding, const uint8_t *text, size_t n)
{
	buffer_put8(out, 0); /* service_type "" */
	pdu_put_address(out, from);
	pdu_put_address(out, to);
	buffer_put8(out, esm_class);
	buffer_put(out, "\0\0\0\0\0\0", 6); /* protocol, priority, two times, registered, replace */
	buffer_put8(out, data_coding);
	buffer_put8(out, 0);
	buffer_put8(out, (uint32_t)n);
	buffer_put(out, text, n);
}
