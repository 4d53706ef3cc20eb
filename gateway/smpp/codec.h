/* codec.h - SMPP 3.4 PDUs as values: what is read from a peer and what is written to it
 *
 * Pure: octets in, plain structs out, no I/O, no clock, no globals. Everything that comes from the
 * network is decoded here by our own bounded code and by nothing else: libsmpp34's unpacker logs
 * each field without a bound and a well-formed deliver_sm with 29 empty TLVs overruns it, and it
 * refuses PDUs that operators send every day (a submit_sm_resp with an error and a body, a
 * bind_resp of a header only, a deliver_sm with a validity period). libsmpp34 packs what we send
 * (pack.h).
 *
 *   Ownership   smpp_deliver and the string fields of what is decoded point into, or are copied
 *               from, the caller's PDU; pointers live as long as those octets.
 *   Leniency    C-octet strings longer than the standard allows are taken and cut to our field;
 *               absent trailing fields of a response are empty; unknown TLVs are skipped; a TLV
 *               that runs past the end of the PDU is dropped with what follows it.
 *   Errors      decoders answer 0, or the command_status (enum smpp_status) to send back.
 */
#ifndef DUNLIN_SMPP_CODEC_H
#define DUNLIN_SMPP_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SMPP_HEADER_SIZE 16u
#define SMPP_PDU_MAX     65536u /* longer than any PDU that a TLV's 16-bit length allows in use */
#define SMPP_ID_SIZE     129u   /* the standard's 65, doubled: some operators exceed it */
#define SMPP_ADDR_SIZE   65u    /* the standard's 21 (65 in data_sm) */

/* SMPP 3.4 5.1.2.1 command_id */
enum smpp_command {
	SMPP_BIND_RECEIVER = 0x01,
	SMPP_BIND_TRANSMITTER = 0x02,
	SMPP_QUERY_SM = 0x03,
	SMPP_SUBMIT_SM = 0x04,
	SMPP_DELIVER_SM = 0x05,
	SMPP_UNBIND = 0x06,
	SMPP_BIND_TRANSCEIVER = 0x09,
	SMPP_OUTBIND = 0x0b,
	SMPP_ENQUIRE_LINK = 0x15,
	SMPP_ALERT_NOTIFICATION = 0x102,
	SMPP_DATA_SM = 0x103
};
#define SMPP_RESP         0x80000000u /* set in the command_id of every response */
#define SMPP_GENERIC_NACK 0x80000000u

/* SMPP 3.4 5.3.2: the optional parameters that are read or written here */
enum smpp_tag {
	SMPP_TAG_ADDITIONAL_STATUS_INFO_TEXT = 0x001d,
	SMPP_TAG_RECEIPTED_MESSAGE_ID = 0x001e,
	SMPP_TAG_USER_MESSAGE_REFERENCE = 0x0204,
	SMPP_TAG_SAR_MSG_REF_NUM = 0x020c,
	SMPP_TAG_SAR_TOTAL_SEGMENTS = 0x020e,
	SMPP_TAG_SAR_SEGMENT_SEQNUM = 0x020f,
	SMPP_TAG_NETWORK_ERROR_CODE = 0x0423,
	SMPP_TAG_MESSAGE_PAYLOAD = 0x0424,
	SMPP_TAG_MESSAGE_STATE = 0x0427
};

/* SMPP 3.4 5.2.12 esm_class */
#define SMPP_ESM_TYPE_MASK    0x3cu
#define SMPP_ESM_RECEIPT      0x04u
#define SMPP_ESM_INTERMEDIATE 0x20u
#define SMPP_ESM_UDHI         0x40u

struct smpp_header {
	uint32_t length; /* of the whole PDU, header included */
	uint32_t command;
	uint32_t status;
	uint32_t sequence;
};

/* One part of a long text, from the UDH (3GPP TS 23.040 9.2.3.24.1, .8) or the sar TLVs. */
struct smpp_part {
	bool present; /* false: the text is whole; numbers that cannot be are taken as absent */
	bool wide;    /* the reference has 16 bits */
	uint16_t reference;
	uint8_t total; /* 2..255 */
	uint8_t n;     /* 1..total */
};

/* A deliver_sm or data_sm: a borrower's text, or a receipt (receipt.h tells which). */
struct smpp_deliver {
	bool data_sm;
	char service_type[SMPP_ADDR_SIZE];
	uint8_t source_ton, source_npi, dest_ton, dest_npi;
	char source[SMPP_ADDR_SIZE];
	char dest[SMPP_ADDR_SIZE];
	uint8_t esm_class;
	uint8_t protocol_id;
	uint8_t data_coding; /* dcs.h */
	const uint8_t *udh;  /* with its length octet; NULL when there is none */
	size_t udh_len;
	const uint8_t *octets; /* short_message or message_payload, after the UDH */
	size_t len;
	struct smpp_part part;
	bool has_message_state, has_network_error, has_user_message_reference;
	uint8_t message_state; /* SMPP 3.4 5.2.28 */
	uint8_t network_type;  /* SMPP 3.4 5.3.2.31: 1 ANSI-136, 2 IS-95, 3 GSM */
	uint16_t network_error;
	uint16_t user_message_reference;
	char receipted_id[SMPP_ID_SIZE]; /* "" when absent */
};

/* A submit_sm_resp, or any response that begins with a message id. */
struct smpp_submit_resp {
	char id[SMPP_ID_SIZE]; /* "" when the operator gave none */
	char info[128];        /* additional_status_info_text; "" when absent */
};

struct smpp_query_resp {
	char id[SMPP_ID_SIZE];
	char final_date[24]; /* SMPP 3.4 7.1.1, "" while not final */
	uint8_t message_state;
	uint8_t error_code;
};

/* A walk over optional parameters; total and bounded. */
struct smpp_tlvs {
	const uint8_t *at, *end;
	bool broken; /* the last TLV ran past the end */
};
struct smpp_tlv {
	uint16_t tag;
	uint16_t len;
	const uint8_t *value;
};

/* Reads the 16 octets of a header. The length is not judged. */
struct smpp_header smpp_header_read(const uint8_t octets[SMPP_HEADER_SIZE]);

/* Writes a PDU of a header alone (enquire_link, unbind, generic_nack, most responses). */
void smpp_header_write(uint8_t out[SMPP_HEADER_SIZE], const struct smpp_header *header);

/* Steps to the next TLV; false at the end or where the rest cannot be one (tlvs->broken). */
bool smpp_tlv_next(struct smpp_tlvs *tlvs, struct smpp_tlv *out);

/* Decodes the body of a deliver_sm (data_sm false) or data_sm. 0, or the status to answer with:
 * SMPP_RINVMSGLEN where short_message runs past the end, SMPP_RINVCMDLEN where a mandatory field
 * does, SMPP_RINVOPTPARSTREAM where the TLVs are broken and no text stands outside them. */
uint32_t smpp_deliver_read(const uint8_t *body, size_t len, bool data_sm, struct smpp_deliver *out);

/* Decode the bodies of responses; never fail: what is absent or cut is empty. */
void smpp_submit_resp_read(const uint8_t *body, size_t len, struct smpp_submit_resp *out);
/* ... and -EPROTO when a field of a query_sm_resp is missing. */
int smpp_query_resp_read(const uint8_t *body, size_t len, struct smpp_query_resp *out);

/* The part information of a UDH; absent when it holds none that can be. */
struct smpp_part smpp_part_of_udh(const uint8_t *udh, size_t udh_len);

#endif
