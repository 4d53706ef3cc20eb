/* template_fault.c - saying what is wrong with a template, in the author's terms */
#include "template_code.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* 64 bytes of a name are plenty to recognise it by; a longer one is cut between characters. */
static int
shown(const char *name)
{
	size_t n = strlen(name);
	if (n <= 64)
		return (int)n;
	for (n = 64; n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80;)
		n--;
	return (int)n;
}

void
template_blame(struct template_fault *fault, int line, int col, const char *before,
	       const char *name, const char *after, const char *partial)
{
	if (fault == NULL)
		return;
	fault->line = line;
	fault->col = col;
	if (partial == NULL)
		partial = "";
	snprintf(fault->text, sizeof fault->text, "%s%.*s%s%s%.*s", before, shown(name), name,
		 after, partial[0] == '\0' ? "" : " in partial ", shown(partial), partial);
}

/* The length of the UTF-8 character at `s` (Unicode 15, table 3-7), 0 when it is none. NUL is
 * none here: names and texts are C strings. */
static size_t
character(const unsigned char *s, size_t left)
{
	if (s[0] < 0x80)
		return s[0] != 0;
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
	bool outside = (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f);
	return overlong || outside ? 0 : n;
}

int
template_check_encoding(const char *src, size_t len, struct template_fault *fault)
{
	int line = 1, col = 1;
	for (size_t i = 0, n; i < len; i += n) {
		n = character((const unsigned char *)src + i, len - i);
		if (n == 0) {
			template_blame(fault, line, col, "this is not UTF-8 text", "",
				       ": save the file as UTF-8", NULL);
			return -EINVAL;
		}
		col++;
		if (src[i] == '\n') {
			line++;
			col = 1;
		}
	}
	return 0;
}
