/* at_line.h - bytes of a modem to lines (pure)
 *
 * Modems end lines with \r\n, \r\r\n or \r, cut them anywhere, echo commands or not, and put noise
 * between. What comes out are lines without their ends and without blanks around them, none empty,
 * and prompts: where one is expected, a `>` at the beginning of a line is a prompt as soon as it is
 * seen, for no line end follows it.
 *
 * Octets below space and above 0x7e are dropped, NUL too (a tab becomes a space). A line longer
 * than AT_LINE is cut there and told once; the rest of it is thrown away.
 *
 * ITU-T V.250 5.7; 3GPP TS 27.005 3.5.1 (the prompt).
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
	bool expect_prompt; /* set by the owner: `>` is a prompt, and not the beginning of a line */
	bool whole;         /* line was given: the next octet begins a new one */
};

void at_lines_init(struct at_lines *l);

/* Takes octets from *p up to end until a line or prompt is whole, or none are left. A line stands
 * in l->line, closed by a NUL, until the next call. */
enum at_token at_lines_next(struct at_lines *l, const char **p, const char *end);

#endif
