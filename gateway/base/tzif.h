/*
 * tzif - reads one compiled time zone file (RFC 8536) into a flat list of transitions.
 *
 * libical could give offsets too, but it makes recurring rules out of a file's transitions and asks
 * those, and for 27 of the 598 zones of tzdata 2025b it answers wrongly: America/St_Johns has no
 * summer time after 2037, and Sao_Paulo, Jerusalem, Tehran, Santiago and Gaza err for single years.
 * So the file itself is read: 64-bit data of version 2 and up, then its footer, a POSIX TZ string,
 * for the years the data do not reach.
 *
 * Pure: bytes in, arrays out. Thread: any. Errors: -EINVAL damaged, or version 1, which has no
 * footer; -ENOMEM.
 */
#ifndef GATEWAY_TZIF_H
#define GATEWAY_TZIF_H

#include <stddef.h>
#include <stdint.h>

struct tzif {
	int64_t *at; /* UTC seconds, strictly rising; offset[i] holds from at[i] on */
	int32_t *offset;
	size_t n;
	int32_t first_offset; /* before at[0] */
};

/*
 * Fills `out` with the transitions of UTC years `from`..`to`; changes of name or of the summer flag
 * alone are left out. The arrays are malloc()ed and the caller's, freed by tzif_free(); untouched
 * on error.
 */
int tzif_parse(const void *data, size_t len, int from, int to, struct tzif *out);
void tzif_free(struct tzif *t);

#endif
