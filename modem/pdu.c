#include "pdu.h"

#include <errno.h>
#include <string.h>

/* First octet, 23.040 9.2.3: TP-MTI in the lowest two bits. */
#define MTI_SUBMIT   0x01
#define TP_RD        0x04
#define VPF_RELATIVE 0x10
#define TP_SRR       0x20
#define TP_UDHI      0x40

#define USER_DATA 140
#define SEPTETS   160
#define DIGITS    20

#define MINUTE 60u
#define HOUR   (60u * MINUTE)
#define DAY    (24u * HOUR)
#define WEEK   (7u * DAY)

uint8_t
pdu_validity(uint32_t seconds)
{
	if (seconds < 5 * MINUTE)
		return 0;
	if (seconds <= 12 * HOUR)
		return (uint8_t)(seconds / (5 * MINUTE) - 1);
	if (seconds < DAY)
		return (uint8_t)(143 + (seconds - 12 * HOUR) / (30 * MINUTE));
	if (seconds < 2 * DAY)
		return 167;
	if (seconds < 5 * WEEK)
		return (uint8_t)(166 + (seconds / DAY > 30 ? 30 : seconds / DAY));
	return (uint8_t)(192 + (seconds / WEEK > 63 ? 63 : seconds / WEEK));
}

/* Semi-octets of a number's characters, 9.1.2.3; 0xFF for none. */
static uint8_t
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	if (c == '*')
		return 0xA;
	return c == '#' ? 0xB : 0xFF;
}

/* Writes an address (9.1.2.5). Returns its octets, or -EINVAL. */
static int
put_address(const char *number, uint8_t *out)
{
	bool international = number[0] == '+';
	const char *digits = number + international;
	size_t n = strlen(digits);

	if (n == 0 || n > DIGITS)
		return -EINVAL;
	out[0] = (uint8_t)n;
	out[1] = international ? 0x91 : 0x81;
	for (size_t i = 0; i < n; i++) {
		uint8_t digit = digit_of(digits[i]);

		if (digit == 0xFF || (international && digit > 9))
			return -EINVAL;
		if (i % 2 == 0)
			out[2 + i / 2] = (uint8_t)(0xF0 | digit);
		else
			out[2 + i / 2] = (uint8_t)((out[2 + i / 2] & 0x0F) | digit << 4);
	}
	return (int)(2 + (n + 1) / 2);
}

/* Writes TP-UDL and TP-UD. Returns their octets, or -EINVAL. */
static int
put_user_data(const struct pdu_submit *submit, uint8_t *out)
{
	size_t udh_len = submit->udh != NULL ? submit->udh_len : 0;
	bool gsm7 = submit->encoding == SMS_GSM7;
	size_t header = gsm7 ? (udh_len * 8 + 6) / 7 : udh_len;
	size_t most = gsm7 ? SEPTETS : USER_DATA;
	size_t len = submit->len;

	if (submit->encoding != SMS_GSM7 && submit->encoding != SMS_UCS2)
		return -EINVAL;
	if (header > most || len > most - header)
		return -EINVAL;
	out[0] = (uint8_t)(header + len);
	if (udh_len > 0)
		memcpy(out + 1, submit->udh, udh_len);
	if (gsm7)
		len = gsm7_pack(submit->data, len, udh_len, out + 1 + udh_len);
	else if (len > 0)
		memcpy(out + 1 + udh_len, submit->data, len);
	return (int)(1 + udh_len + len);
}

static void
put_hex(const uint8_t *octets, size_t n, char *out)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[octets[i] >> 4];
		*out++ = digits[octets[i] & 0x0F];
	}
	*out = '\0';
}

int
pdu_submit(const struct pdu_submit *submit, struct pdu_hex *out)
{
	uint8_t octets[PDU_OCTETS] = {0}; /* [0]: no service centre here, the SIM's is used */
	uint8_t *at = octets + 1;
	int n;

	*at++ =
	    (uint8_t)(MTI_SUBMIT | (submit->reject_duplicates ? TP_RD : 0) |
		      (submit->validity_s > 0 ? VPF_RELATIVE : 0) | (submit->report ? TP_SRR : 0) |
		      (submit->udh != NULL && submit->udh_len > 0 ? TP_UDHI : 0));
	*at++ = submit->reference;
	n = put_address(submit->number, at);
	if (n < 0)
		return n;
	at += n;
	*at++ = 0; /* TP-PID: plain, 9.2.3.9 */
	*at++ = submit->encoding == SMS_UCS2 ? 0x08 : 0x00;
	if (submit->validity_s > 0)
		*at++ = pdu_validity(submit->validity_s);
	n = put_user_data(submit, at);
	if (n < 0)
		return n;
	at += n;
	out->octets = (unsigned)(at - octets - 1);
	put_hex(octets, (size_t)(at - octets), out->text);
	return 0;
}
