#include "language.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static size_t
count(const char *p, const char *end, bool digits)
{
	size_t n = 0;

	while (p + n < end && (digits ? p[n] >= '0' && p[n] <= '9' : is_letter(p[n])))
		n++;
	return n;
}

/* One part with its hyphen; what it is follows from its length and place (RFC 5646 2.1). */
static const char *
take_part(const char *p, const char *end, bool *script, bool *region, char *out, size_t *used)
{
	size_t letters, digits;

	if (*p != '-' && *p != '_')
		return NULL;
	p++;
	letters = count(p, end, false);
	digits = count(p, end, true);
	if (letters == 4 && !*script && !*region)
		*script = true;
	else if ((letters == 2 || digits == 3) && !*region)
		*region = true;
	else
		return NULL;
	out[(*used)++] = '-';
	for (size_t i = 0; i < letters + digits; i++)
		out[(*used)++] = letters == 4 && i > 0 ? lower(p[i]) : upper(p[i]);
	return p + letters + digits;
}

int
language_canonical(const char *text, size_t len, char out[LANGUAGE_TEXT])
{
	const char *p = text, *end = text + len;
	size_t n = count(p, end, false), used = 0;
	bool script = false, region = false;

	out[0] = '\0';
	if (n < 2 || n > 3)
		return -EINVAL;
	for (; used < n; used++)
		out[used] = lower(*p++);
	if (n == 2 && memcmp(out, "tl", 2) == 0) {
		memcpy(out, "fil", 3);
		used = 3;
	}
	while (p != NULL && p < end)
		p = take_part(p, end, &script, &region, out, &used);
	out[p == NULL ? 0 : used] = '\0';
	return p == NULL ? -EINVAL : 0;
}

int
language_widen(char tag[LANGUAGE_TEXT])
{
	char *hyphen = strrchr(tag, '-');

	if (hyphen == NULL)
		return -ENOENT;
	*hyphen = '\0';
	return 0;
}
