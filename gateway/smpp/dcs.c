#include "dcs.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* 3GPP TS 23.038 4, bits 3 and 2 of the general groups. */
static enum smpp_alphabet
general_group(uint8_t data_coding)
{
	static const enum smpp_alphabet by_bits[4] = {SMPP_ALPHABET_DEFAULT, SMPP_ALPHABET_BINARY,
						      SMPP_ALPHABET_UCS2, SMPP_ALPHABET_DEFAULT};

	return by_bits[(data_coding >> 2) & 3];
}

enum smpp_alphabet
smpp_dcs_alphabet(uint8_t data_coding)
{
	if (data_coding >= 0xf0)
		return data_coding & 0x04 ? SMPP_ALPHABET_BINARY : SMPP_ALPHABET_DEFAULT;
	if (data_coding >= 0xe0)
		return SMPP_ALPHABET_UCS2;
	if (data_coding >= 0x80)
		return SMPP_ALPHABET_DEFAULT;
	if (data_coding >= 0x10)
		return general_group(data_coding);
	switch (data_coding) {
	case 0: return SMPP_ALPHABET_DEFAULT;
	case 1: return SMPP_ALPHABET_ASCII;
	case 3: return SMPP_ALPHABET_LATIN1;
	case 8: return SMPP_ALPHABET_UCS2;
	case 2:
	case 4: return SMPP_ALPHABET_BINARY;
	default: return SMPP_ALPHABET_OTHER;
	}
}

int
smpp_address_of(const char *text, struct smpp_address *out)
{
	bool plus = text[0] == '+';
	const char *rest = text + plus;
	size_t len = strlen(rest);
	bool digits = strspn(rest, "0123456789") == len;

	memset(out, 0, sizeof *out);
	if (len == 0 || (plus && !digits) || len > (digits ? 20u : 11u))
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)rest[i] < 0x20 || (unsigned char)rest[i] > 0x7e)
			return -EINVAL;
	memcpy(out->digits, rest, len + 1);
	if (!digits)
		out->ton = 5;
	else if (plus || len > 8)
		out->ton = out->npi = 1;
	else
		out->ton = 3;
	return 0;
}
