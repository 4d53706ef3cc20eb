#include "sms_udh.h"

#include <errno.h>

/* 23.040 9.2.3.24, the elements read here, and the length each must have. */
enum {
	CONCAT_8 = 0x00,
	PORTS_8 = 0x04,
	PORTS_16 = 0x05,
	CONCAT_16 = 0x08,
	SINGLE_SHIFT = 0x24,
	LOCKING_SHIFT = 0x25,
};

static void
take_concat(struct sms_udh *udh, bool wide, unsigned reference, uint8_t total, uint8_t n)
{
	if (total == 0 || n == 0 || n > total)
		return;
	udh->concat = true;
	udh->wide = wide;
	udh->reference = (uint16_t)reference;
	udh->total = total;
	udh->n = n;
}

static uint8_t
known_language(uint8_t identifier)
{
	return identifier < GSM7_LANGUAGES ? identifier : GSM7_DEFAULT;
}

static void
take_element(struct sms_udh *udh, uint8_t kind, const uint8_t *data, size_t len)
{
	if (kind == CONCAT_8 && len == 3)
		take_concat(udh, false, data[0], data[1], data[2]);
	else if (kind == CONCAT_16 && len == 4)
		take_concat(udh, true, (unsigned)data[0] << 8 | data[1], data[2], data[3]);
	else if (kind == SINGLE_SHIFT && len == 1)
		udh->tables.single = known_language(data[0]);
	else if (kind == LOCKING_SHIFT && len == 1)
		udh->tables.locking = known_language(data[0]);
	else if ((kind == PORTS_8 && len == 2) || (kind == PORTS_16 && len == 4))
		udh->ports = true;
}

int
sms_udh_parse(const uint8_t *octets, size_t len, struct sms_udh *out)
{
	static const struct sms_udh nothing = {.total = 1, .n = 1};
	const uint8_t *at = octets + 1;
	const uint8_t *end;

	*out = nothing;
	if (len == 0 || octets[0] >= len)
		return -EBADMSG;
	end = at + octets[0];
	while (at < end) {
		if (end - at < 2 || at[1] > end - at - 2) {
			*out = nothing;
			break;
		}
		take_element(out, at[0], at + 2, at[1]);
		at += 2 + at[1];
	}
	return octets[0] + 1;
}
