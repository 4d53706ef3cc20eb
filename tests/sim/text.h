/*
 * Texts between UTF-8 and the octets on the link: the GSM 7-bit default alphabet and its
 * extension table (3GPP TS 23.038 6.2.1), unpacked or packed; Latin-1; ASCII; UCS-2; and the
 * concatenation headers of long texts (3GPP TS 23.040 9.2.3.24.1 and .8).
 */
#ifndef SIM_TEXT_H
#define SIM_TEXT_H

#include "pdu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What data_coding 0 means on a link. */
enum text_alphabet { TEXT_GSM, TEXT_LATIN1, TEXT_ASCII };

/* Where in a long text a segment belongs; total 1 for a text in one piece. */
struct text_segment {
	unsigned reference;
	unsigned total;
	unsigned n;      /* from 1 */
	size_t header;   /* octets of user data header before the text */
	const char *how; /* "single", "udh8", "udh16", "sar" or "payload" */
};

enum { TEXT_GSM_ONE = 160, TEXT_GSM_PART = 153, TEXT_UCS2_ONE = 70, TEXT_UCS2_PART = 67 };

void text_find_segment(const struct pdu_message *message, struct text_segment *segment);

/*
 * Decodes the octets after the user data header into UTF-8 at the end of `out`. data_coding 4 and
 * 2 (8-bit) are written as hexadecimal. What has no character becomes U+FFFD.
 */
void text_decode(struct buffer *out, enum text_alphabet alphabet, bool packed, uint8_t data_coding,
		 const uint8_t *octets, size_t n, size_t header);

/*
 * Encodes UTF-8 for data_coding 0 under the given alphabet, one unit an octet (never packed), at
 * the end of `out`. Returns false, leaving `out` as it was, if a character has no place there.
 */
bool text_encode(struct buffer *out, enum text_alphabet alphabet, const char *utf8);

/* Encodes UTF-8 as UTF-16BE, surrogate pairs for what lies beyond UCS-2. */
void text_encode_ucs2(struct buffer *out, const char *utf8);

/* Packs septets, one an octet, as 3GPP TS 23.038 6.1.2.1 does; returns the packed length. */
size_t text_pack(const uint8_t *septets, size_t n, uint8_t *packed);

/* The next character of UTF-8, moving `*s` on; U+FFFD for what is not UTF-8. 0 at the end. */
uint32_t text_next(const char **s);

void text_put_utf8(struct buffer *out, uint32_t character);

#endif
