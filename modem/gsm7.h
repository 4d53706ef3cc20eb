/* The GSM 7-bit alphabet: UTF-8 to septets and back, and septets to packed octets and back.
 *
 * 3GPP TS 23.038 6.2.1: a default alphabet of 127 characters, and an extension table behind ESC
 * (0x1B), whose characters take two septets. A national language may replace either one: a locking
 * shift table stands in for the default alphabet, a single shift table for the extension table
 * (annex A). Which tables a message uses is said in its user data header (3GPP
 * TS 23.040 9.2.3.24.15 and .16), so septets mean nothing without their struct gsm7_tables; all
 * zero is the plain alphabet.
 *
 * "Septets" here are unpacked: one an octet, top bit clear. That is what SMPP carries; modems pack
 * them (23.038 6.1.2.1), eight in seven octets, on a septet boundary behind the user data header.
 *
 * Ownership: the caller's storage throughout. Pure; any thread.
 */
#ifndef MODEM_GSM7_H
#define MODEM_GSM7_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GSM7_ESC 0x1B

/* National language identifiers, 23.038 6.2.1.2.4. */
enum gsm7_language {
	GSM7_DEFAULT = 0,
	GSM7_TURKISH = 1,
	GSM7_SPANISH = 2, /* has a single shift table only */
	GSM7_PORTUGUESE = 3,
	GSM7_BENGALI = 4,
	GSM7_GUJARATI = 5,
	GSM7_HINDI = 6,
	GSM7_KANNADA = 7,
	GSM7_MALAYALAM = 8,
	GSM7_ORIYA = 9,
	GSM7_PUNJABI = 10,
	GSM7_TAMIL = 11,
	GSM7_TELUGU = 12,
	GSM7_URDU = 13,
	GSM7_LANGUAGES, /* identifiers from here on are read as GSM7_DEFAULT, as 23.038 asks */
};

struct gsm7_tables {
	uint8_t locking; /* enum gsm7_language, in place of the default alphabet */
	uint8_t single;  /* enum gsm7_language, in place of the extension table */
};

/* False for the languages whose only table is a single shift table, and for GSM7_DEFAULT. */
bool gsm7_has_locking(enum gsm7_language language);

/* Septets a character takes: 1, 2 (behind ESC), or 0 when the tables do not have it. */
unsigned gsm7_cost(uint32_t character, struct gsm7_tables tables);

/* How many octets at the beginning of text are ASCII characters that take one septet each: nearly
 * all of nearly all texts, told in one quick pass. */
size_t gsm7_plain_run(const char *text, size_t len, struct gsm7_tables tables);

/* Writes text (len octets of UTF-8) as septets. Returns how many (0..cap), or
 *   -EILSEQ  text is not UTF-8 or has a NUL in it;
 *   -EDOM    one of its characters is not in the tables;
 *   -ENOBUFS it takes more than cap septets.
 * Nothing is ever replaced by something similar. */
ptrdiff_t gsm7_encode(const char *text, size_t len, struct gsm7_tables tables, uint8_t *out,
		      size_t cap);

/* Writes n septets as UTF-8 with a closing NUL. Returns the octets the whole text takes without the
 * NUL; that many or more than cap says it was cut, between characters. n * 3 + 1 octets always
 * suffice. As 23.038 6.2.1.1 asks: ESC before a place the extension table leaves free shows the
 * character of the main table; ESC ESC, an ESC at the end and free places of a main table show a
 * space. An octet over 0x7F is no septet and becomes U+FFFD. */
size_t gsm7_decode(const uint8_t *septets, size_t n, struct gsm7_tables tables, char *out,
		   size_t cap);

/* The same for the one character at septets, which is put at *character. Returns the septets it
 * took, 1 or 2; 0 when septets ends (n is 1) behind an ESC, the rest of which may be in the next
 * part. n is at least 1. */
size_t gsm7_next(const uint8_t *septets, size_t n, struct gsm7_tables tables, uint32_t *character);

/* Octets that n septets take when packed behind a user data header of udh_len octets (its length
 * octet counted; 0 = none), fill bits counted, the header not. */
size_t gsm7_packed_len(size_t n, size_t udh_len);

/* Packs n septets into out, gsm7_packed_len(n, udh_len) octets; fill and spare bits are 0. Returns
 * the octets. */
size_t gsm7_pack(const uint8_t *septets, size_t n, size_t udh_len, uint8_t *out);

/* Septets in len packed octets behind a header of udh_len octets, for links that do not say (SMPP).
 * When the last seven bits are 0 and could be spare, they are taken as spare rather than as an '@'.
 */
size_t gsm7_packed_septets(const uint8_t *octets, size_t len, size_t udh_len);

/* Unpacks up to n septets into out; fewer when octets end before. Returns how many. */
size_t gsm7_unpack(const uint8_t *octets, size_t len, size_t udh_len, uint8_t *out, size_t n);

#endif
