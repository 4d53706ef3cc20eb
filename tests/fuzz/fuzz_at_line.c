/* What a modem says, cut anywhere. Octet 0: the size of the pieces, and whether a prompt is
 * awaited; the rest is the modem's. Whatever the pieces, the lines are the same. */
#include "modem/at_final.h"
#include "modem/at_line.h"
#include "modem/driver.h"
#include "modem/fields.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 8192

static void
check(int holds)
{
	if (!holds)
		abort();
}

static void
try_fields(const char *line)
{
	char text[24];
	int number;

	for (unsigned n = 0; n < 12; n++) {
		bool there = fields_text(line, n, text, sizeof text);

		check(strlen(text) < sizeof text && (there || text[0] == '\0'));
		if (fields_number(line, n, &number))
			check(there && text[0] != '\0');
	}
	if (fields_digits(line, 18, true, text, sizeof text))
		check(strlen(text) >= 18);
}

static void
try_line(const char *line)
{
	struct at_answer answer = {0};

	check(line[0] != '\0' && line[0] != ' ' && strlen(line) <= AT_LINE);
	for (const char *at = line; *at != '\0'; at++)
		check(*at >= ' ' && *at <= '~');
	if (at_final_parse("ATD1;", line, &answer) && answer.final == AT_ERROR)
		for (size_t i = 0; driver_at(i) != NULL; i++)
			check(driver_error(driver_at(i), answer.code)->text != NULL);
	for (size_t i = 0; driver_at(i) != NULL; i++)
		driver_unsolicited(driver_at(i), line);
	try_fields(line);
}

/* A sum of what was read, in pieces of `step`. */
static uint64_t
read_all(const char *bytes, size_t len, size_t step, bool prompt)
{
	struct at_lines lines;
	uint64_t sum = 1;

	at_lines_init(&lines);
	lines.expect_prompt = prompt;
	for (size_t at = 0; at < len; at += step) {
		const char *p = bytes + at, *end = p + (len - at < step ? len - at : step);
		enum at_token token;

		while ((token = at_lines_next(&lines, &p, end)) != AT_TOKEN_NONE) {
			sum = sum * 31 + token;
			if (token == AT_TOKEN_PROMPT)
				continue;
			try_line(lines.line);
			for (const char *c = lines.line; *c != '\0'; c++)
				sum = sum * 31 + (unsigned char)*c;
		}
		check(p == end);
	}
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool prompt;
	size_t step;

	if (size < 1 || size > MOST)
		return 0;
	prompt = data[0] & 0x80;
	step = (data[0] & 0x7F) + 1u;
	check(read_all((const char *)data + 1, size - 1, step, prompt) ==
	      read_all((const char *)data + 1, size - 1, MOST, prompt));
	return 0;
}
