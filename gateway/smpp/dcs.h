/* dcs.h - data_coding to alphabet, and the shape of an address (SMPP 3.4 5.2.19, 5.2.5; 3GPP
 * TS 23.038)
 *
 * Pure. What "default" means is the link's own setting (`alphabet`, `packing` of its route).
 */
#ifndef DUNLIN_SMPP_DCS_H
#define DUNLIN_SMPP_DCS_H

#include <stdint.h>

enum smpp_alphabet {
	SMPP_ALPHABET_DEFAULT, /* the operator's own: usually GSM, one septet an octet */
	SMPP_ALPHABET_ASCII,
	SMPP_ALPHABET_LATIN1,
	SMPP_ALPHABET_UCS2, /* big endian */
	SMPP_ALPHABET_BINARY,
	SMPP_ALPHABET_OTHER /* Cyrillic, Hebrew, JIS, ...: kept as octets */
};

/* Total: every value has an alphabet. 0x00-0x0f are SMPP's own, 0x10 and up 3GPP TS 23.038's. */
enum smpp_alphabet smpp_dcs_alphabet(uint8_t data_coding);

/* An address with its type of number and numbering plan (SMPP 3.4 5.2.5, 5.2.6). */
struct smpp_address {
	uint8_t ton, npi;
	char digits[21]; /* without the plus sign; or up to 11 letters */
};

/* By shape: "+639171234567" or 9 to 20 digits 1/1, up to 8 digits (a short code) 3/0, anything with
 * a letter 5/0 of at most 11 characters of ASCII. 0 or -EINVAL. */
int smpp_address_of(const char *text, struct smpp_address *out);

#endif
