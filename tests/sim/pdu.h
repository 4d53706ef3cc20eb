/*
 * SMPP 3.4 PDUs, the operator's side: reading what a client sends, writing what an operator does.
 * Section numbers are those of the SMPP 3.4 specification, issue 1.2.
 *
 * Written apart from the gateway's codec on purpose: a mistake made in both would hide itself.
 *
 * Ownership: a parsed PDU points into the octets it was parsed from.
 * Errors: parsers return an SMPP command_status (5.1.3), 0 for ESME_ROK.
 */
#ifndef SIM_PDU_H
#define SIM_PDU_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PDU_HEADER = 16, PDU_LIMIT = 70000, PDU_RESPONSE = (int)0x80000000u };

enum pdu_command {
	PDU_GENERIC_NACK = 0,
	PDU_BIND_RECEIVER = 1,
	PDU_BIND_TRANSMITTER = 2,
	PDU_QUERY_SM = 3,
	PDU_SUBMIT_SM = 4,
	PDU_DELIVER_SM = 5,
	PDU_UNBIND = 6,
	PDU_REPLACE_SM = 7,
	PDU_CANCEL_SM = 8,
	PDU_BIND_TRANSCEIVER = 9,
	PDU_OUTBIND = 0xb,
	PDU_ENQUIRE_LINK = 0x15,
	PDU_SUBMIT_MULTI = 0x21,
	PDU_DATA_SM = 0x103,
};

enum pdu_status {
	PDU_OK = 0,
	PDU_INVALID_LENGTH = 0x01, /* ESME_RINVMSGLEN */
	PDU_INVALID_COMMAND_LENGTH = 0x02,
	PDU_INVALID_COMMAND = 0x03,
	PDU_INVALID_BIND_STATUS = 0x04,
	PDU_ALREADY_BOUND = 0x05,
	PDU_SYSTEM_ERROR = 0x08,
	PDU_INVALID_SOURCE = 0x0a,
	PDU_INVALID_DEST = 0x0b,
	PDU_INVALID_ID = 0x0c,
	PDU_BIND_FAILED = 0x0d,
	PDU_INVALID_PASSWORD = 0x0e,
	PDU_INVALID_SYSTEM_ID = 0x0f,
	PDU_CANCEL_FAILED = 0x11,
	PDU_REPLACE_FAILED = 0x13,
	PDU_QUEUE_FULL = 0x14,
	PDU_SUBMIT_FAILED = 0x45,
	PDU_THROTTLED = 0x58,
	PDU_TEMPORARY = 0x64, /* ESME_RX_T_APPN, a receiver's "not now" */
	PDU_QUERY_FAILED = 0x67,
	PDU_INVALID_TLVS = 0xc0,
};

/* Optional parameters, 5.3.2. */
enum pdu_tlv {
	PDU_TLV_USER_REFERENCE = 0x0204,
	PDU_TLV_SAR_REFERENCE = 0x020c,
	PDU_TLV_SAR_TOTAL = 0x020e,
	PDU_TLV_SAR_SEQUENCE = 0x020f,
	PDU_TLV_INTERFACE_VERSION = 0x0210,
	PDU_TLV_NETWORK_ERROR = 0x0423,
	PDU_TLV_PAYLOAD = 0x0424,
	PDU_TLV_STATE = 0x0427,
	PDU_TLV_RECEIPTED_ID = 0x001e,
};

/* message_state, 5.2.28. */
enum pdu_state {
	PDU_ENROUTE = 1,
	PDU_DELIVERED = 2,
	PDU_EXPIRED = 3,
	PDU_DELETED = 4,
	PDU_UNDELIVERABLE = 5,
	PDU_ACCEPTED = 6,
	PDU_UNKNOWN = 7,
	PDU_REJECTED = 8,
};

struct pdu_header {
	uint32_t length;
	uint32_t command;
	uint32_t status;
	uint32_t sequence;
};

struct pdu_address {
	uint8_t ton;
	uint8_t npi;
	const char *digits;
};

struct pdu_bind {
	const char *system_id;
	const char *password;
	const char *system_type;
};

/* submit_sm (4.4.1), and data_sm (4.7.1), which lacks the times and the short message. */
struct pdu_message {
	const char *service_type;
	struct pdu_address from;
	struct pdu_address to;
	uint8_t esm_class;
	uint8_t registered;
	uint8_t data_coding;
	const char *validity;
	const uint8_t *text; /* short_message or message_payload, user data header included */
	size_t text_len;
	bool payload;   /* it came in message_payload */
	long reference; /* user_message_reference, -1 if absent */
	long sar_reference;
	long sar_total;
	long sar_sequence;
};

/* query_sm (4.8.1) and cancel_sm (4.9.1) as far as an operator looks at them. */
struct pdu_about {
	const char *id;
	const char *from;
};

/* `octets` holds at least PDU_HEADER of them. */
void pdu_read_header(const uint8_t *octets, struct pdu_header *header);

uint32_t pdu_read_bind(const uint8_t *body, size_t n, struct pdu_bind *bind);
uint32_t pdu_read_message(const uint8_t *body, size_t n, bool data_sm, struct pdu_message *message);
uint32_t pdu_read_about(const uint8_t *body, size_t n, bool cancel, struct pdu_about *about);

/* Begins a PDU at the end of `out` and returns the token pdu_end() wants, which sets its length. */
size_t pdu_begin(struct buffer *out, uint32_t command, uint32_t status, uint32_t sequence);
void pdu_end(struct buffer *out, size_t token);

/* A PDU without a body. */
void pdu_put_bare(struct buffer *out, uint32_t command, uint32_t status, uint32_t sequence);

void pdu_put_tlv(struct buffer *out, uint32_t tag, const void *octets, size_t n);
void pdu_put_tlv8(struct buffer *out, uint32_t tag, uint32_t value);
void pdu_put_tlv16(struct buffer *out, uint32_t tag, uint32_t value);

/* An address in type, plan, digits; the type follows its shape: +digits, short code, letters. */
void pdu_put_address(struct buffer *out, const char *address);

/* The mandatory part of a deliver_sm (4.6.1) up to and with the short message. */
void pdu_put_deliver(struct buffer *out, const char *from, const char *to, uint8_t esm_class,
		     uint8_t data_coding, const uint8_t *text, size_t n);

#endif
