/* Texts that came in: octets to UTF-8, and the parts of a long one to a whole.
 *
 * Others' software cuts where it likes, also between an escape and its character or in the middle
 * of a UCS-2 character. So neighbouring parts of one encoding are read as one run of octets. What
 * cannot be read is shown as U+FFFD: halves of surrogate pairs, octets over 0x7F in SMS_ASCII. A
 * NUL is left out (many clients send the one that ends their string). SMS_LATIN1 octets 0x80..0x9F
 * are read as Windows-1252, which is what senders of them mean. UCS-2 is big endian, unless a byte
 * order mark says otherwise; the mark is left out.
 *
 * Ownership: the caller's storage throughout. Pure; any thread.
 */
#ifndef MODEM_SMS_JOIN_H
#define MODEM_SMS_JOIN_H

#include "sms.h"

/* Room that always suffices for the text of this many octets, NUL counted. A missing part adds 3.
 */
#define SMS_TEXT_MAX(octets) ((octets)*3 + 1)

/* One part as it came, header taken off and septets unpacked. */
struct sms_fragment {
	const uint8_t *octets;
	size_t len;
	unsigned n; /* its number, from 1 */
	enum sms_encoding encoding;
	struct gsm7_tables tables; /* with SMS_GSM7 */
};

/* Writes octets as UTF-8 with a closing NUL. Returns the octets the whole text takes without the
 * NUL; cap or more says that it was cut, between characters. */
size_t sms_decode(const uint8_t *octets, size_t len, enum sms_encoding encoding,
		  struct gsm7_tables tables, char *out, size_t cap);

/* How many of the parts 1..total are not among count fragments. Numbers outside that range are not
 * counted. */
unsigned sms_join_missing(const struct sms_fragment *fragments, size_t count, unsigned total);

/* Writes the text of the fragments, in any order, of a message of total parts (1..255). Of two with
 * the same number the first is taken: the later one is the operator's copy. Where parts are missing
 * one U+2026 stands for each run of them, so that a person sees it. Returns as sms_decode. */
size_t sms_join(const struct sms_fragment *fragments, size_t count, unsigned total, char *out,
		size_t cap);

#endif
