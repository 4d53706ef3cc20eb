/* What holds for every text and every option, checked alike by the random test and by the fuzzer.
 */
#ifndef TESTS_SPLIT_PROPERTY_H
#define TESTS_SPLIT_PROPERTY_H

#include "modem/sms.h"
#include "modem/sms_join.h"
#include "modem/sms_udh.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLDS(what)                                                                                \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #what);  \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Storage of a check, too large for a stack. */
static struct sms_parts split_parts;
static char split_joined[SMS_TEXT_MAX(sizeof split_parts.octets)];

/* A part's header says what the whole text's says, and its octets are within what one segment
 * holds. */
static void
holds_for_part(const struct sms_options *options, const struct sms_size *size, unsigned n,
	       struct sms_fragment *fragment)
{
	const struct sms_part *part = &split_parts.part[n - 1];
	const uint8_t *octets = split_parts.octets + part->at;
	unsigned width = size->encoding == SMS_UCS2 ? 2 : 1;
	bool concat = options->long_form == SMS_LONG_UDH && split_parts.count > 1;
	struct sms_udh udh;

	HOLDS(sms_udh_parse(part->udh, part->udh_len, &udh) ==
	      (part->udh_len ? part->udh_len : -EBADMSG));
	HOLDS(udh.concat == concat && udh.n == (concat ? n : 1) && !udh.ports);
	HOLDS(udh.total == (concat ? split_parts.count : 1) && !udh.wide);
	HOLDS(udh.reference == (concat ? split_parts.reference : 0));
	HOLDS(memcmp(&udh.tables, &size->tables, sizeof udh.tables) == 0);
	if (split_parts.count == split_parts.segments)
		HOLDS(part->len <= sms_capacity(size->encoding, part->udh_len) * width);
	HOLDS(part->len % width == 0);
	if (part->len > 0 && size->encoding == SMS_GSM7)
		HOLDS(octets[part->len - 1] != GSM7_ESC);
	if (part->len > 0 && size->encoding == SMS_UCS2)
		HOLDS((octets[part->len - 2] & 0xFC) != 0xD8);
	*fragment = (struct sms_fragment){octets, part->len, n, size->encoding, udh.tables};
}

/* Splits a text and holds that no part is too long, none tears a character, and all join to the
 * text. */
static void
holds_for_text(const char *text, size_t len, const struct sms_options *options, uint8_t reference)
{
	struct sms_fragment fragments[SMS_MAX_PARTS];
	struct sms_size size;
	int measured = sms_measure(text, len, options, &size);
	int split = sms_split(text, len, options, reference, &split_parts);
	size_t joined;

	if (measured < 0) {
		HOLDS(split == measured || split == -EMSGSIZE);
		return;
	}
	if (split < 0) {
		HOLDS(split == -EMSGSIZE && size.segments > options->max_parts);
		return;
	}
	HOLDS(size.segments == split_parts.segments && size.segments <= options->max_parts);
	HOLDS(size.encoding == split_parts.encoding);
	HOLDS(split_parts.count == (options->long_form == SMS_LONG_PAYLOAD ? 1 : size.segments));
	for (unsigned n = 1; n <= split_parts.count; n++)
		holds_for_part(options, &size, n, &fragments[n - 1]);
	/* A byte order mark at the beginning is one to whoever reads it, and no text. */
	if (size.encoding == SMS_UCS2 && len >= 3 &&
	    (memcmp(text, "\xEF\xBB\xBF", 3) == 0 || memcmp(text, "\xEF\xBF\xBE", 3) == 0))
		return;
	joined = sms_join(fragments, split_parts.count, split_parts.count, split_joined,
			  sizeof split_joined);
	HOLDS(joined == len && memcmp(split_joined, text, len) == 0);
}

#endif
