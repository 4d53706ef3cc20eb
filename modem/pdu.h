/* pdu.h - short messages as a modem gives and takes them: SUBMIT, DELIVER, STATUS-REPORT (pure)
 *
 * 3GPP TS 23.040 9.2.2, with the service centre's address in front as AT+CMGS, +CMT, +CMGL and +CDS
 * have it (TS 27.005 3.1).  Hex digits in and out; upper case is written, either case read.
 *
 * Errors: 0 or -EINVAL, with `why` (a literal) where a decoder says so; whatever it is given, a
 * decoder ends and reads nothing outside.
 */
#ifndef MODEM_PDU_H
#define MODEM_PDU_H

#include "sms.h"

#define PDU_OCTETS 180 /* service centre 12, header, 140 octets of user data */
#define PDU_HEX    (2 * PDU_OCTETS + 1)
#define PDU_NUMBER 24

/* --- SUBMIT (9.2.2.2) ---- */

struct pdu_submit {
	const char *number;         /* E.164 with +, or a short code: digits, * and # */
	enum sms_encoding encoding; /* SMS_GSM7 or SMS_UCS2 */
	const uint8_t *udh;         /* with its length octet; NULL: none */
	size_t udh_len;
	const uint8_t *data; /* as in sms_parts: septets unpacked (GSM7), octets (UCS2) */
	size_t len;
	uint8_t reference;      /* TP-MR: most modems put their own */
	bool report;            /* TP-SRR */
	bool reject_duplicates; /* TP-RD */
	uint32_t validity_s;    /* TP-VP, relative (9.2.3.12.1), rounded down; 0: none */
};

struct pdu_hex {
	char text[PDU_HEX]; /* "00" (the SIM's own service centre) and the TPDU, in hex */
	unsigned octets;    /* of the TPDU, as AT+CMGS wants to know */
};

int pdu_submit(const struct pdu_submit *submit, struct pdu_hex *out);

/* --- what comes in ---- */

enum pdu_kind { PDU_DELIVER, PDU_REPORT };

struct pdu_time {
	int64_t unix_s; /* UTC; 0 where the stamp is nonsense */
	int offset_min; /* of the stamp */
};

struct pdu_incoming {
	enum pdu_kind kind;
	char centre[PDU_NUMBER]; /* service centre, "" when none */
	char number[PDU_NUMBER]; /* TP-OA or TP-RA: "+..." when international, letters as UTF-8 */
	bool alphanumeric;
	struct pdu_time stamp; /* TP-SCTS */
	/* DELIVER */
	uint8_t pid, dcs;
	enum sms_encoding encoding;
	bool flash, voicemail;     /* class 0; a message waiting indication */
	uint8_t udh[140], udh_len; /* with its length octet; 0: none */
	uint8_t data[160];         /* septets unpacked, or octets */
	uint8_t len;
	/* REPORT (9.2.2.3) */
	uint8_t reference;    /* TP-MR */
	uint8_t status;       /* TP-ST, 9.2.3.15 */
	struct pdu_time done; /* TP-DT */
};

/* Decodes hex of a DELIVER or STATUS-REPORT, service centre first; `len` from +CMT:/+CDS: (octets
 * of the TPDU, -1: unknown) tells whether the service centre is there at all, which some modems
 * leave out. */
int pdu_incoming(const char *hex, size_t n, int len, struct pdu_incoming *out, const char **why);

/* What TP-ST means: */
enum pdu_fate { PDU_DELIVERED, PDU_PENDING, PDU_FAILED, PDU_EXPIRED, PDU_UNKNOWN };
enum pdu_fate pdu_fate(uint8_t status);

#endif
