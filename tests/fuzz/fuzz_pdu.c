/* PDUs of strangers. Octet 0: the length the modem claims (0: none), octet 1: whether the rest are
 * digits already or octets to be written as such. */
#include "modem/pdu.h"
#include "modem/sms_join.h"
#include "modem/sms_udh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 300

static void
check(int holds)
{
	if (!holds)
		abort();
}

static bool
is_utf8(const char *text)
{
	uint8_t septets[64];

	return gsm7_encode(text, strlen(text), (struct gsm7_tables){0, 0}, septets,
			   sizeof septets) != -EILSEQ;
}

/* What was read as plain user data is written and read the same again. */
static void
try_again(const struct pdu_incoming *in)
{
	struct pdu_submit submit = {.number = "+639171234567",
				    .encoding = in->encoding,
				    .udh = in->udh,
				    .udh_len = in->udh_len,
				    .data = in->data,
				    .len = in->len,
				    .validity_s = in->status * 1000u};
	struct pdu_hex hex;

	if (in->encoding == SMS_LATIN1)
		return;
	check(pdu_submit(&submit, &hex) == 0);
	check(strlen(hex.text) == 2 + 2 * (size_t)hex.octets && hex.octets < PDU_OCTETS);
}

static void
try_text(const struct pdu_incoming *in)
{
	char text[SMS_TEXT_MAX(160)];
	struct sms_udh udh;

	sms_udh_parse(in->udh, in->udh_len, &udh);
	check(sms_decode(in->data, in->len, in->encoding, udh.tables, text, sizeof text) <
	      sizeof text);
	check(is_utf8(in->number) && is_utf8(in->centre));
	check(strlen(in->number) < PDU_NUMBER && strlen(in->centre) < PDU_NUMBER);
	check(in->len <= 160 && in->udh_len <= PDU_UDH);
	check(in->stamp.offset_min % 15 == 0 && abs(in->stamp.offset_min) <= 14 * 60);
	check(pdu_status_text(in->status)[0] != '\0' && pdu_fate(in->status) <= PDU_UNKNOWN);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char digits[] = "0123456789ABCDEF";
	struct pdu_incoming in;
	const char *why = NULL;
	char *hex;
	size_t n;

	if (size < 2 || size > MOST)
		return 0;
	n = data[1] & 1 ? size - 2 : 2 * (size - 2);
	hex = malloc(n + 1); /* exactly: reading behind it is seen */
	for (size_t i = 0; i < n; i++)
		hex[i] = data[1] & 1 ? (char)data[2 + i]
				     : digits[data[2 + i / 2] >> (i % 2 ? 0 : 4) & 0x0F];
	hex[n] = '\0';
	if (pdu_incoming(hex, n, data[0] ? data[0] : -1, &in, &why) == 0) {
		try_text(&in);
		try_again(&in);
	} else {
		check(why != NULL);
	}
	free(hex);
	return 0;
}
