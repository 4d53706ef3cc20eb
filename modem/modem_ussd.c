#include "fields.h"
#include "modem_parts.h"
#include "sms_join.h"

#include <stdio.h>
#include <string.h>

#define USSD_TEXT 640

static void
on_ussd_deadline(uv_timer_t *timer)
{
	struct modem *m = timer->data;

	if (!m->closing && m->ussd_busy)
		modem_ussd_end(m, UV_ETIMEDOUT, "");
}

int
modem_ussd(struct modem *m, const char *code)
{
	size_t n = strspn(code, "0123456789*#+");

	if (n == 0 || n >= sizeof m->ussd || code[n] != '\0')
		return UV_EINVAL;
	if (m->closing || m->ussd_busy || !modem_in_use(m))
		return UV_EAGAIN;
	snprintf(m->ussd, sizeof m->ussd, "%s", code);
	m->ussd_busy = true;
	m->ussd_other_form = false;
	m->chores |= CHORE_USSD;
	uv_timer_start(&m->ussd_timer, on_ussd_deadline, m->config.slow_ms * 2, 0);
	modem_next(m);
	return 0;
}

void
modem_ussd_end(struct modem *m, int error, const char *text)
{
	m->ussd_busy = false;
	m->chores &= ~(unsigned)CHORE_USSD;
	if (!m->closing)
		uv_timer_stop(&m->ussd_timer);
	if (m->events.ussd != NULL)
		m->events.ussd(m->ctx, error, text);
}

static void
on_asked(struct modem *m, const struct at_answer *answer)
{
	if (answer->final == AT_OK || !m->ussd_busy)
		return; /* the network's words come when they come */
	if (m->ussd_other_form) {
		modem_ussd_end(m, UV_ENOTSUP, "");
		return;
	}
	m->ussd_other_form = true;
	m->chores |= CHORE_USSD;
}

/* 23.038 6.1.2.3: septets, packed, as hex digits. */
static void
pack_code(const char *code, char *out)
{
	static const char digits[] = "0123456789ABCDEF";
	uint8_t packed[sizeof((struct modem *)0)->ussd];
	size_t n = gsm7_pack((const uint8_t *)code, strlen(code), 0, packed);

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[packed[i] >> 4];
		*out++ = digits[packed[i] & 0x0F];
	}
	*out = '\0';
}

bool
modem_ussd_chore(struct modem *m)
{
	bool packed = (m->driver.ussd == DRIVER_USSD_PACKED) != m->ussd_other_form;
	char code[2 * sizeof m->ussd + 1], text[sizeof code + 24];

	if (!(m->chores & CHORE_USSD))
		return false;
	m->chores &= ~(unsigned)CHORE_USSD;
	if (packed)
		pack_code(m->ussd, code);
	else
		snprintf(code, sizeof code, "%s", m->ussd);
	snprintf(text, sizeof text, "AT+CUSD=1,\"%s\",15", code);
	modem_run(m, text, "+CUSD!", m->config.slow_ms, on_asked);
	return true;
}

/* ---- what comes ---- */

static size_t
read_hex(const char *hex, uint8_t *out, size_t cap)
{
	size_t n = 0;

	if (!at_is_hex(hex))
		return 0;
	for (; hex[0] != '\0' && n < cap; hex += 2) {
		unsigned value = 0;

		for (int i = 0; i < 2; i++) {
			unsigned char c = (unsigned char)hex[i];

			value = value << 4 | (c <= '9' ? c - 48u : (c | 0x20u) - 87u);
		}
		out[n++] = (uint8_t)value;
	}
	return n;
}

/* The scheme is 23.038 5's; which of them are written in hex differs, so a text of nothing but hex
 * digits, and long enough to be no amount of money, is taken for hex. */
static void
decode(const char *raw, int scheme, char *out, size_t cap)
{
	static const struct gsm7_tables plain;
	uint8_t octets[USSD_TEXT / 2], septets[USSD_TEXT];
	size_t n = strlen(raw) >= 8 ? read_hex(raw, octets, sizeof octets) : 0;
	bool wide = scheme == 0x11 || (scheme & 0xEC) == 0x48;

	if (n == 0) {
		snprintf(out, cap, "%s", raw);
	} else if (wide || (n % 2 == 0 && octets[0] == 0)) {
		sms_decode(octets, n, SMS_UCS2, plain, out, cap);
	} else {
		n = gsm7_unpack(octets, n, 0, septets, gsm7_packed_septets(octets, n, 0));
		if (n > 0 && septets[n - 1] == '\r') /* fills an octet, 6.1.2.3.1 */
			n--;
		gsm7_decode(septets, n, plain, out, cap);
	}
}

/* `+CUSD: 0,"Your balance is 5.00",15` */
void
modem_ussd_came(struct modem *m, const char *line)
{
	char raw[USSD_TEXT + 1], text[2 * USSD_TEXT];
	int status = 0, scheme = 15;

	fields_number(line, 0, &status);
	fields_number(line, 2, &scheme);
	if (fields_text(line, 1, raw, sizeof raw) && raw[0] != '\0')
		decode(raw, scheme, text, sizeof text);
	else
		text[0] = '\0';
	/* 2 ended by the network, 4 not supported, 5 time out. */
	if (text[0] != '\0')
		modem_ussd_end(m, 0, text);
	else if (m->ussd_busy)
		modem_ussd_end(m, status == 4 ? UV_ENOTSUP : UV_ETIMEDOUT, "");
}
