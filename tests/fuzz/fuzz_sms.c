/* Texts that go out and parts that come in. Octets 0..3 choose the options; the rest is a text to
 * be split and joined, and then a pile of fragments from a stranger. */
#include "../unit/modem/split_property.h"

#include "modem/sms_costly.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 4096

static void
on_costly(void *context, const char *character, const char *instead)
{
	struct sms_size size;
	int *count = context;

	(*count)++;
	HOLDS(strlen(character) >= 1 && strlen(character) <= 4);
	if (instead) {
		const struct sms_options ascii = {.plain = SMS_ASCII};

		HOLDS(sms_measure(instead, strlen(instead), &ascii, &size) == 0);
		HOLDS(size.encoding == SMS_ASCII);
	}
}

static void
try_text(const char *text, size_t len, const struct sms_options *options, uint8_t reference)
{
	struct sms_size size;
	int told = 0;
	int count = sms_costly(text, len, options, on_costly, &told);
	int measured = sms_measure(text, len, options, &size);

	HOLDS(measured < 0 ? count == measured : count == told);
	if (measured == 0 && options->shift == GSM7_DEFAULT)
		HOLDS((count > 0) == (size.encoding == SMS_UCS2));
	holds_for_text(text, len, options, reference);
}

/* Each fragment: a control octet (encoding, number), a length octet, then a header and text of that
 * length. */
static void
try_fragments(const uint8_t *data, size_t len, unsigned total)
{
	static char joined[SMS_TEXT_MAX(MOST) + 3 * SMS_MAX_PARTS];
	struct sms_fragment fragments[64];
	size_t count = 0;
	size_t whole;

	while (len >= 2 && count < 64) {
		size_t here = data[1] < len - 2 ? data[1] : len - 2;
		struct sms_udh udh;
		int skip = sms_udh_parse(data + 2, here, &udh);

		HOLDS(udh.n >= 1 && udh.n <= udh.total);
		HOLDS(udh.tables.single < GSM7_LANGUAGES && udh.tables.locking < GSM7_LANGUAGES);
		HOLDS(skip <= (int)here);
		if (skip < 0)
			skip = 0;
		fragments[count++] = (struct sms_fragment){
		    .octets = data + 2 + skip,
		    .len = here - (size_t)skip,
		    .n = udh.concat ? udh.n : data[0] >> 2,
		    .encoding = (enum sms_encoding)(data[0] & 3),
		    .tables = udh.tables,
		};
		data += 2 + here;
		len -= 2 + here;
	}
	whole = sms_join(fragments, count, total, joined, sizeof joined);
	HOLDS(whole < sizeof joined && strlen(joined) == whole);
	HOLDS(sms_join_missing(fragments, count, total) <= total);
	/* What was read is UTF-8, or this would say otherwise. */
	HOLDS(sms_measure(joined, whole, &(struct sms_options){.plain = SMS_GSM7},
			  &(struct sms_size){0}) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum sms_encoding plains[] = {SMS_GSM7, SMS_LATIN1, SMS_ASCII};
	struct sms_options options;

	if (size < 4 || size > MOST)
		return 0;
	options = (struct sms_options){
	    .plain = plains[data[0] % 3],
	    .shift = (enum gsm7_language)(data[1] % GSM7_LANGUAGES),
	    .long_form = (enum sms_long)(data[2] % 3),
	    .max_parts = data[3] ? data[3] : SMS_MAX_PARTS,
	};
	try_text((const char *)data + 4, size - 4, &options, data[0]);
	try_fragments(data + 4, size - 4, data[3] ? data[3] : SMS_MAX_PARTS);
	return 0;
}
