#include "modem_ask.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *
modem_ask_begin(const char *line)
{
	for (; *line; line++)
		if (toupper((unsigned char)line[0]) == 'A' &&
		    toupper((unsigned char)line[1]) == 'T')
			return line + 2;
	return NULL;
}

static void
keep(char *to, size_t room, const char *from, size_t n)
{
	n = n < room ? n : room - 1;
	memcpy(to, from, n);
	to[n] = 0;
}

/* How far a command's arguments go: to the semicolon that is in no quotes. */
static size_t
span(const char *at)
{
	bool quoted = false;
	size_t n = 0;
	for (; at[n] && (quoted || at[n] != ';'); n++)
		quoted ^= at[n] == '"';
	return n;
}

static const char *
take_extended(const char *at, struct modem_ask *ask)
{
	size_t n = 1 + strcspn(at + 1, "=?; ");
	keep(ask->name, sizeof ask->name, at, n);
	at += n;
	n = span(at);
	if (at[0] == '=' && at[1] == '?') {
		ask->form = FORM_TEST;
	} else if (at[0] == '=') {
		ask->form = FORM_SET;
		keep(ask->args, sizeof ask->args, at + 1, n - 1);
	} else if (at[0] == '?') {
		ask->form = FORM_READ;
	}
	at += n;
	return at + (*at == ';');
}

static const char *
take_basic(const char *at, struct modem_ask *ask)
{
	size_t n = *at == '&' ? 2 : 1;
	keep(ask->name, sizeof ask->name, at, *at == '&' && !at[1] ? 1 : n);
	at += strlen(ask->name);
	n = ask->name[0] == 'D' ? strlen(at) : strspn(at, "0123456789=?");
	keep(ask->args, sizeof ask->args, at, n);
	return at + n;
}

bool
modem_ask_next(const char **line, struct modem_ask *ask)
{
	*ask = (struct modem_ask){.form = FORM_RUN};
	*line += strspn(*line, " ;");
	if (!**line)
		return false;
	bool basic = isalpha((unsigned char)**line) || **line == '&';
	*line = basic ? take_basic(*line, ask) : take_extended(*line, ask);
	for (char *c = ask->name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return true;
}

bool
modem_ask_field(const struct modem_ask *ask, unsigned i, char out[ASK_FIELD])
{
	const char *at = ask->args;
	bool quoted = false;
	size_t n = 0;
	for (; *at && (i || quoted || *at != ','); at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (*at == ',' && !quoted)
			i--;
		else if (i == 0 && n < ASK_FIELD - 1)
			out[n++] = *at;
	}
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = 0;
	return i == 0 && n > 0;
}

int
modem_ask_number(const struct modem_ask *ask, unsigned i, int otherwise)
{
	char field[ASK_FIELD], *end;
	if (!modem_ask_field(ask, i, field))
		return otherwise;
	long n = strtol(field, &end, 10);
	return *end || n < 0 || n > 1000000 ? -1 : (int)n;
}
