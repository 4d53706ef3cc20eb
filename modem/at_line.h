/* at_line.h - bytes of a modem to lines (pure)
 *
 * Modems end lines with \r\n, \r\r\n or \r, cut them anywhere, echo commands or not, and put noise
 * between.  What comes out are lines without their ends, none empty, and prompts: a `>` (with or
 * without a space) at the beginning of a line is one as soon as it is seen, for no line end
 * follows.
 *
 * Bytes below space (but tab) and above 0x7e are dropped, NUL too.  A line longer than AT_LINE is
 * cut there and told once; the rest of it is thrown away.
 *
 * 3GPP TS 27.007 4.1, 27.005 3.5.1; ITU-T V.250 5.7.
 */
#ifndef MODEM_AT_LINE_H
#define MODEM_AT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#define AT_LINE 1024 /* a PDU of 176 octets is 352 digits; the rest is room for madness */

enum at_token { AT_TOKEN_NONE, AT_TOKEN_LINE, AT_TOKEN_PROMPT };

struct at_lines {
	char line[AT_LINE + 1];
	size_t len;
	bool cut; /* the line was too long: the rest is skipped */
};

void at_lines_init(struct at_lines *l);
/* Takes bytes from *p up to `end` until a line or prompt is whole.  A line stands NUL-terminated in
 * l->line until the next call. */
enum at_token at_lines_next(struct at_lines *l, const char **p, const char *end);

#endif
