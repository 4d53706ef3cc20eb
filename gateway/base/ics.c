#include "ics.h"

#include "utf8.h"

#include <string.h>
#include <strings.h>

/* One physical line, without its end. */
static bool
physical(struct ics_cursor *c, const char **text, size_t *len)
{
	if (c->p == c->end)
		return false;
	const char *newline = memchr(c->p, '\n', (size_t)(c->end - c->p));
	const char *stop = newline != NULL ? newline : c->end;
	*text = c->p;
	*len = (size_t)(stop - c->p);
	if (*len > 0 && stop[-1] == '\r')
		(*len)--;
	c->p = newline != NULL ? newline + 1 : c->end;
	c->line++;
	return true;
}

/* A line that begins with a space or tab goes on with the one before it (3.1). */
static bool
goes_on(const struct ics_cursor *c)
{
	return c->p < c->end && (*c->p == ' ' || *c->p == '\t');
}

static void
append(struct ics_line *out, size_t *n, const char *text, size_t len)
{
	size_t room = sizeof out->value - 1 - *n;

	if (len > room) {
		len = room;
		out->cut = true;
	}
	memcpy(out->value + *n, text, len);
	*n += len;
	out->value[*n] = '\0';
}

static void
set_name(struct ics_line *out, const char *text, size_t len)
{
	if (len >= sizeof out->name)
		len = 0;
	for (size_t i = 0; i < len; i++)
		out->name[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i]);
	out->name[len] = '\0';
}

static size_t
skip_to(const char *text, size_t len, size_t i, const char *stops)
{
	bool quoted = false;

	for (; i < len; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && text[i] != '\0' && strchr(stops, text[i]) != NULL)
			break;
	}
	return i;
}

/* name *(";" param) ":" value, of the unfolded beginning of a line. Returns where the value begins.
 */
static size_t
split(struct ics_line *out, const char *text, size_t len)
{
	size_t i = skip_to(text, len, 0, ";:");

	if (i == len)
		return len;
	set_name(out, text, i);
	while (i < len && text[i] == ';') {
		size_t next = skip_to(text, len, i + 1, ";:");
		if (next - i == 11 && strncasecmp(text + i, ";VALUE=DATE", 11) == 0)
			out->is_date = true;
		i = next;
	}
	if (i == len) {
		out->name[0] = '\0';
		return len;
	}
	return i + 1;
}

bool
ics_next(struct ics_cursor *c, struct ics_line *out)
{
	/* Parameters may be folded too, so the whole is unfolded before it is split. */
	char unfolded[ICS_NAME + ICS_VALUE * 2];
	const char *text;
	size_t len, n = 0;

	do {
		out->line = c->line;
		if (!physical(c, &text, &len))
			return false;
	} while (len == 0);
	out->cut = out->is_date = false;
	out->name[0] = out->value[0] = '\0';
	for (;;) {
		size_t room = sizeof unfolded - n;
		if (len > room) {
			len = room;
			out->cut = true;
		}
		memcpy(unfolded + n, text, len);
		n += len;
		if (!goes_on(c) || !physical(c, &text, &len))
			break;
		text++;
		len--;
	}
	size_t at = split(out, unfolded, n);
	out->col = out->name[0] != '\0' ? (int)utf8_count(unfolded, at) + 1 : 1;
	n -= at;
	len = n;
	n = 0;
	append(out, &n, unfolded + at, len);
	return true;
}

void
ics_plain(char *text, size_t max)
{
	const char *p = text;
	size_t left = strlen(text);
	size_t n = 0;

	while (left > 0) {
		size_t size;
		int32_t c = utf8_next(p, left, &size);
		if (c == '\\' && left > 1) {
			p++;
			left--;
			c = *p == 'n' || *p == 'N' ? ' ' : utf8_next(p, left, &size);
		}
		/* What is written is never longer than what was read, so it may overwrite it. */
		if (c < 0x20 || c == 0x7f)
			text[n++] = c == '\t' ? ' ' : '?';
		else if (size == 1)
			text[n++] = (char)c;
		else
			for (size_t i = 0; i < size; i++)
				text[n++] = p[i];
		p += size;
		left -= size;
	}
	text[utf8_cut(text, n, max)] = '\0';
}
