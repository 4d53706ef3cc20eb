#include "fields.h"

#include <ctype.h>
#include <string.h>

/* Where field n begins, and its end. False when there is none. */
static bool
find(const char *line, unsigned n, const char **begin, const char **end)
{
	const char *at = strchr(line, ':');
	bool quoted = false;

	at = at != NULL ? at + 1 : line;
	for (*begin = at;; at++) {
		if (*at == '"')
			quoted = !quoted;
		if (*at != '\0' && (*at != ',' || quoted))
			continue;
		*end = at;
		if (n == 0)
			break;
		if (*at == '\0')
			return false;
		n--;
		*begin = at + 1;
	}
	while (*begin < *end && **begin == ' ')
		(*begin)++;
	while (*end > *begin && (*end)[-1] == ' ')
		(*end)--;
	return true;
}

bool
fields_text(const char *line, unsigned n, char *out, size_t cap)
{
	const char *begin, *end;
	size_t len;

	out[0] = '\0';
	if (!find(line, n, &begin, &end))
		return false;
	if (begin < end && *begin == '"')
		begin++;
	if (end > begin && end[-1] == '"')
		end--;
	len = (size_t)(end - begin);
	if (len >= cap)
		len = cap - 1;
	memcpy(out, begin, len);
	out[len] = '\0';
	return true;
}

bool
fields_number(const char *line, unsigned n, int *out)
{
	const char *at, *end;
	bool minus;
	int number = 0;

	if (!find(line, n, &at, &end) || at == end)
		return false;
	minus = *at == '-';
	at += minus;
	if (at == end || end - at > 9)
		return false;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9')
			return false;
		number = number * 10 + (*at - '0');
	}
	*out = minus ? -number : number;
	return true;
}

bool
fields_digits(const char *line, size_t least, bool hex, char *out, size_t cap)
{
	const char *best = line;
	size_t most = 0, run = 0;

	for (const char *at = line;; at++) {
		unsigned char c = (unsigned char)*at;

		if (isdigit(c) || (hex && run > 0 && isxdigit(c))) {
			run++;
			continue;
		}
		if (run > most) {
			most = run;
			best = at - run;
		}
		run = 0;
		if (c == '\0')
			break;
	}
	out[0] = '\0';
	if (most < least)
		return false;
	if (most >= cap)
		most = cap - 1;
	memcpy(out, best, most);
	out[most] = '\0';
	return true;
}
