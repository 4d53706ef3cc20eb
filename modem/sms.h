/* A text and the segments it is sent in: which encoding, how many, and each one's octets.
 *
 * A text goes in the link's plain alphabet when that has every character of it, otherwise as UCS-2.
 * One that is too long for a single short message is cut into segments that share a reference, and
 * the handset joins them (3GPP TS 23.040 9.2.3.24.1). What one segment holds, in units of its
 * encoding:
 *
 *                     alone   joined   with one shift table     with two
 *     gsm7   septets    160      153      155 alone, 149 joined   152, 146
 *     latin1 octets     140      134
 *     ascii  octets     160      153      (the operator's centre makes septets of them)
 *     ucs2   16 bits     70       67
 *
 * `sar` links carry reference and number outside of the user data, and `payload` links the whole
 * text in one submit, but the operator's centre cuts the same way in the end: their segments are
 * counted like udh's. A text is never changed: what is split joins to what was given, octet for
 * octet.
 *
 * Ownership: the caller's storage throughout; nothing is allocated. Pure; any thread.
 * Errors: -EILSEQ for a text that is not UTF-8 or has a NUL in it, from every function that reads
 * one.
 */
#ifndef MODEM_SMS_H
#define MODEM_SMS_H

#include "gsm7.h"

#define SMS_MAX_PARTS 255
#define SMS_UDH_MAX   12 /* length octet, concatenation (5), locking shift (3), single shift (3) */

enum sms_encoding {
	SMS_GSM7,
	SMS_UCS2,
	SMS_LATIN1,
	SMS_ASCII,
};

/* How a text of several segments travels. */
enum sms_long {
	SMS_LONG_UDH,     /* each segment begins with a user data header, 8-bit reference */
	SMS_LONG_SAR,     /* the link says reference, total and number beside each segment
			     (SMPP 5.3.2.22..24) */
	SMS_LONG_PAYLOAD, /* the whole text in one submit (SMPP message_payload, 5.3.2.32) */
};

struct sms_options {
	enum sms_encoding plain; /* what the link takes without asking: not SMS_UCS2 */
	enum gsm7_language
	    shift; /* the template's `shift:`; used with SMS_GSM7, and only where it saves */
	enum sms_long long_form;
	unsigned max_parts; /* 1..SMS_MAX_PARTS; sms_split refuses a text of more segments */
};

struct sms_size {
	enum sms_encoding encoding;
	struct gsm7_tables
	    tables;        /* with SMS_GSM7; the fewest tables that give the fewest segments */
	unsigned units;    /* of the whole text, headers not counted */
	unsigned segments; /* at least 1, also for an empty text; may exceed SMS_MAX_PARTS */
	unsigned left;     /* units that still fit into the last segment */
};

/* One thing to submit: a header (often none) and user data. */
struct sms_part {
	uint16_t at;  /* where in sms_parts.octets its user data begins */
	uint16_t len; /* octets of user data: at most 160, except in SMS_LONG_PAYLOAD */
	uint8_t udh_len;
	uint8_t
	    udh[SMS_UDH_MAX]; /* with its length octet; to be sent before the user data, UDHI set */
};

/* About 44 KB: meant to be kept, one a thread, and not to be put on a stack or zeroed before each
 * use. */
struct sms_parts {
	enum sms_encoding encoding;
	struct gsm7_tables tables;
	unsigned count; /* entries in part[]; number n of the text is part[n - 1] */
	unsigned
	    segments; /* what is paid for and rated; differs from count in SMS_LONG_PAYLOAD only */
	uint8_t reference;
	struct sms_part part[SMS_MAX_PARTS];
	/* User data of all parts, one after the other: septets unpacked (gsm7_pack packs them),
	 * UCS-2 big endian. */
	uint8_t octets[SMS_MAX_PARTS * 153 + 7];
};

/* "gsm7" "ucs2" "latin1" "ascii". */
const char *sms_encoding_name(enum sms_encoding encoding);

/* Units one segment holds; udh_len is its header's octets, 0 for none. */
unsigned sms_capacity(enum sms_encoding encoding, unsigned udh_len);

/* Units a character takes in an encoding, 0 when that does not have it. */
unsigned sms_cost(uint32_t character, enum sms_encoding encoding, struct gsm7_tables tables);

/* Measures a text of len octets of UTF-8. max_parts is not looked at. Returns 0 or -EILSEQ. */
int sms_measure(const char *text, size_t len, const struct sms_options *options,
		struct sms_size *out);

/* Cuts a text into parts. No cut parts an escape from its character or the halves of a surrogate
 * pair; in UCS-2 nor, where it costs no further segment, an accent, vowel sign or emoji from what
 * it belongs to. The segments are always as many as sms_measure says. Returns 0, -EILSEQ, or
 * -EMSGSIZE when max_parts is too few; out is then undefined. reference is the same in all parts.
 */
int sms_split(const char *text, size_t len, const struct sms_options *options, uint8_t reference,
	      struct sms_parts *out);

#endif
