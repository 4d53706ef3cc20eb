/* pdu.h - short messages as a modem gives and takes them: SUBMIT, DELIVER, STATUS-REPORT (pure)
 *
 * 3GPP TS 23.040 9.2.2, with the service centre's address in front as AT+CMGS, +CMT, +CMGL and +CDS
 * have it (TS 27.005 3.1). Hex digits in and out; upper case is written, either case read.
 *
 * Decoders are given what strangers made: whatever it is, they end, read nothing outside, and take
 * what can be read. A text that is shorter than its length says is given as far as it goes.
 *
 * Ownership: the caller's storage throughout. Pure; any thread.
 * Errors: 0 or -EINVAL, with `why` (a literal).
 */
#ifndef MODEM_PDU_H
#define MODEM_PDU_H

#include "sms.h"

#define PDU_OCTETS 180 /* service centre 12, header, 140 octets of user data */
#define PDU_HEX    (2 * PDU_OCTETS + 1)
#define PDU_NUMBER 40 /* 20 digits and +, or 11 characters of UTF-8 */
#define PDU_UDH    140

/* ---- out: SUBMIT (9.2.2.2) ---- */

struct pdu_submit {
	const char *number;         /* E.164 with +, or a short code: at most 20 of 0-9 * # */
	enum sms_encoding encoding; /* SMS_GSM7 or SMS_UCS2 */
	const uint8_t *udh;         /* with its length octet; NULL: none */
	size_t udh_len;
	const uint8_t *data; /* as in sms_parts: septets unpacked (GSM7), octets (UCS2) */
	size_t len;
	uint8_t reference;      /* TP-MR: most modems put their own */
	bool report;            /* TP-SRR: a status report is wanted */
	bool reject_duplicates; /* TP-RD */
	uint32_t validity_s;    /* TP-VP, relative, rounded down; 0: the network's own */
};

struct pdu_hex {
	char text[PDU_HEX]; /* "00" (the SIM's own service centre) and the TPDU */
	unsigned octets;    /* of the TPDU, as AT+CMGS wants to know */
};

/* -EINVAL: a number that is none, another encoding, or more than fits into 140 octets. */
int pdu_submit(const struct pdu_submit *submit, struct pdu_hex *out);

/* TP-VP of so many seconds, 9.2.3.12.1: 5 minutes at least, 63 weeks at most. */
uint8_t pdu_validity(uint32_t seconds);

/* ---- in: DELIVER (9.2.2.1) and STATUS-REPORT (9.2.2.3) ---- */

enum pdu_kind { PDU_DELIVER, PDU_REPORT };

struct pdu_time {
	int64_t unix_s; /* UTC; 0 where the stamp is nonsense */
	int offset_min; /* of the zone it was written in */
};

struct pdu_incoming {
	enum pdu_kind kind;
	char centre[PDU_NUMBER]; /* service centre, "" when none */
	char number[PDU_NUMBER]; /* TP-OA or TP-RA: "+..." when international; letters as UTF-8 */
	bool alphanumeric;
	struct pdu_time stamp; /* TP-SCTS */
	/* of a DELIVER */
	uint8_t pid, dcs;
	enum sms_encoding encoding; /* by 23.038 4; SMS_LATIN1 for 8-bit data, which has none */
	bool binary;                /* 8-bit or compressed: hardly a text */
	bool flash;                 /* class 0: shown at once, not stored */
	bool waiting;               /* a message waiting indication: voice mail */
	uint8_t udh[PDU_UDH];       /* with its length octet, for sms_udh_parse() */
	uint8_t udh_len;            /* 0: none */
	uint8_t data[160];          /* septets unpacked, or octets, behind the header */
	uint8_t len;
	/* of a REPORT */
	uint8_t reference;    /* TP-MR */
	uint8_t status;       /* TP-ST */
	struct pdu_time done; /* TP-DT */
};

/* Decodes hex digits, service centre first. tpdu_len is what +CMT:, +CDS: or +CMGR: said (octets of
 * the TPDU; -1: not known) and tells a missing service centre, which some sticks leave out. */
int pdu_incoming(const char *hex, size_t n, int tpdu_len, struct pdu_incoming *out,
		 const char **why);

/* What TP-ST means (9.2.3.15). Reserved values are PDU_UNKNOWN: nothing is done because of them. */
enum pdu_fate {
	PDU_DELIVERED,
	PDU_FORWARDED, /* handed on, and the centre cannot know more */
	PDU_PENDING,   /* the centre still tries: another report follows */
	PDU_FAILED,
	PDU_EXPIRED,
	PDU_UNKNOWN
};
enum pdu_fate pdu_fate(uint8_t status);
const char *pdu_status_text(uint8_t status); /* for people, never NULL */

#endif
