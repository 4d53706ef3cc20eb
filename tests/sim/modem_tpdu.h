/*
 * Short messages as they pass between a phone network and a modem (3GPP TS 23.040 9.2.2), with the
 * service centre's address in front (TS 27.005 3.1), in hex: SUBMIT is read, DELIVER and
 * STATUS-REPORT are written. The reader is a judge: what does not fit exactly is refused.
 *
 * Ownership: the caller's storage; `buffer`s grow. Pure; any thread.
 */
#ifndef SIM_MODEM_TPDU_H
#define SIM_MODEM_TPDU_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum { TPDU_NUMBER = 24, TPDU_DATA = 140 };

enum tpdu_alphabet { TPDU_GSM, TPDU_OCTETS, TPDU_UCS2 };

struct tpdu_submit {
	char to[TPDU_NUMBER]; /* digits, no + */
	uint8_t ton;          /* 1: international */
	uint8_t reference;    /* TP-MR as the client gave it */
	uint8_t pid;
	uint8_t dcs;
	bool report;            /* TP-SRR */
	bool reject_duplicates; /* TP-RD */
	uint32_t validity_s;    /* of a relative TP-VP; 0: none, or an absolute one */
	enum tpdu_alphabet alphabet;
	uint8_t data[TPDU_DATA]; /* TP-UD: header and text */
	size_t len;
	uint8_t units; /* TP-UDL: septets or octets */
	size_t header; /* octets of user data header in data, its length octet counted */
	unsigned ref;  /* of a long text; 0 and 1 of 1 for others */
	unsigned total;
	unsigned n;
	const char *how; /* "single" "udh8" "udh16" */
};

/* Reads n hex digits of which AT+CMGS said that `said` octets follow the service centre. NULL, or
 * what is wrong with it. */
const char *tpdu_submit_read(const char *hex, size_t n, unsigned said, struct tpdu_submit *out);

/* The text as UTF-8 at the end of `out`; 8-bit data as hex. National tables are not known here. */
void tpdu_submit_text(const struct tpdu_submit *submit, struct buffer *out);

struct tpdu_deliver {
	const char *centre; /* digits with or without +; "": none is written */
	const char *from;   /* +digits, digits, or letters */
	time_t stamp;
	int zone; /* of the stamp, in quarters of an hour east */
	bool more;
	bool ucs2;
	const uint8_t *udh; /* with its length octet, or none */
	size_t udh_len;
	const uint8_t *octets; /* septets, one an octet, or UCS-2 */
	size_t len;
};

/* Appends hex digits; returns the octets of the TPDU, as +CMT: says them. */
unsigned tpdu_deliver_write(const struct tpdu_deliver *deliver, struct buffer *hex);

struct tpdu_report {
	const char *centre;
	const char *to;
	uint8_t reference;
	uint8_t status; /* TP-ST, 9.2.3.15 */
	time_t stamp;
	time_t done;
	int zone;
};
unsigned tpdu_report_write(const struct tpdu_report *report, struct buffer *hex);

/* Septets, one an octet, packed behind a header of udh_len octets (9.2.3.24): the octets. */
size_t tpdu_pack(const uint8_t *septets, size_t n, size_t udh_len, uint8_t out[TPDU_DATA]);
/* The reverse; returns the septets, at most n. */
size_t tpdu_unpack(const uint8_t *octets, size_t len, size_t udh_len, uint8_t *out, size_t n);

#endif
