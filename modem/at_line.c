#include "at_line.h"

void
at_lines_init(struct at_lines *l)
{
	l->len = 0;
	l->line[0] = '\0';
	l->expect_prompt = false;
	l->whole = false;
}

/* Ends the line at hand. False when nothing but blanks stood on it. */
static bool
end_line(struct at_lines *l)
{
	while (l->len > 0 && l->line[l->len - 1] == ' ')
		l->len--;
	l->line[l->len] = '\0';
	l->whole = l->len > 0;
	return l->whole;
}

enum at_token
at_lines_next(struct at_lines *l, const char **p, const char *end)
{
	if (l->whole) {
		l->whole = false;
		l->len = 0;
	}
	while (*p < end) {
		unsigned char c = (unsigned char)*(*p)++;

		if (c == '\r' || c == '\n') {
			if (end_line(l))
				return AT_TOKEN_LINE;
			continue;
		}
		if (c == '\t')
			c = ' ';
		if (c < ' ' || c > '~' || (c == ' ' && l->len == 0))
			continue;
		if (c == '>' && l->len == 0 && l->expect_prompt) {
			l->expect_prompt = false; /* the next one is text, an echo perhaps */
			return AT_TOKEN_PROMPT;
		}
		if (l->len < AT_LINE)
			l->line[l->len++] = (char)c;
	}
	return AT_TOKEN_NONE;
}
