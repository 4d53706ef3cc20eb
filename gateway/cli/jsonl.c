#include "jsonl.h"

#include "gateway/base/rfc3339.h"
#include "gateway/base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static char *
room(struct jsonl *j, size_t n)
{
	if (j->cap - j->len < n && !j->failed) {
		size_t cap = j->cap == 0 ? 65536 : j->cap * 2;
		char *grown;

		while (cap - j->len < n)
			cap *= 2;
		if ((grown = realloc(j->buf, cap)) == NULL) {
			j->failed = true;
		} else {
			j->buf = grown;
			j->cap = cap;
		}
	}
	return j->failed ? NULL : j->buf + j->len;
}

static void
add(struct jsonl *j, const char *text, size_t len)
{
	char *p = room(j, len);

	if (p == NULL)
		return;
	memcpy(p, text, len);
	j->len += len;
}

/* Keys are words of this program: nothing in them needs escaping. */
static void
begin(struct jsonl *j, const char *key)
{
	size_t len = key != NULL ? strlen(key) : 0;
	char *p = room(j, len + 4);

	if (p == NULL)
		return;
	if (j->comma)
		*p++ = ',';
	if (key != NULL) {
		*p++ = '"';
		memcpy(p, key, len);
		p += len;
		*p++ = '"';
		*p++ = ':';
	}
	j->len = (size_t)(p - j->buf);
	j->comma = true;
}

void
jsonl_open(struct jsonl *j, const char *key, char bracket)
{
	begin(j, key);
	add(j, &bracket, 1);
	j->comma = false;
}

void
jsonl_close(struct jsonl *j, char bracket)
{
	add(j, &bracket, 1);
	j->comma = true;
}

/* ---- text ---- */

static void
escape(struct jsonl *j, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char text[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

	switch (c) {
	case '"': add(j, "\\\"", 2); return;
	case '\\': add(j, "\\\\", 2); return;
	case '\n': add(j, "\\n", 2); return;
	case '\r': add(j, "\\r", 2); return;
	case '\t': add(j, "\\t", 2); return;
	default: add(j, text, sizeof text);
	}
}

static bool
plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

static void
add_valid(struct jsonl *j, const char *text, size_t len)
{
	size_t i = 0, from = 0;

	for (; i < len; i++) {
		if (plain((unsigned char)text[i]))
			continue;
		add(j, text + from, i - from);
		escape(j, (unsigned char)text[i]);
		from = i + 1;
	}
	add(j, text + from, len - from);
}

void
jsonl_text(struct jsonl *j, const char *key, const char *text)
{
	size_t len;

	if (text == NULL) {
		jsonl_null(j, key);
		return;
	}
	begin(j, key);
	add(j, "\"", 1);
	for (len = strlen(text); len > 0;) {
		size_t good = utf8_valid(text, len);

		add_valid(j, text, good);
		text += good;
		len -= good;
		if (len > 0) {
			add(j, "\xef\xbf\xbd", 3);
			text++;
			len--;
		}
	}
	add(j, "\"", 1);
}

/* ---- other values ---- */

void
jsonl_int(struct jsonl *j, const char *key, int64_t value)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;

	begin(j, key);
	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (value < 0)
		digits[--at] = '-';
	add(j, digits + at, sizeof digits - at);
}

void
jsonl_raw(struct jsonl *j, const char *key, const char *json)
{
	begin(j, key);
	if (json == NULL)
		json = "null";
	add(j, json, strlen(json));
}

void
jsonl_null(struct jsonl *j, const char *key)
{
	jsonl_raw(j, key, NULL);
}

void
jsonl_bool(struct jsonl *j, const char *key, bool value)
{
	jsonl_raw(j, key, value ? "true" : "false");
}

void
jsonl_day(struct jsonl *j, const char *key, int32_t day)
{
	char text[13];

	text[0] = '"';
	civil_format_date(day, text + 1);
	text[11] = '"';
	begin(j, key);
	add(j, text, 12);
}

void
jsonl_time(struct jsonl *j, const char *key, int64_t instant, const struct civil_zone *zone)
{
	char text[RFC3339_SIZE];

	if (instant == 0) {
		jsonl_null(j, key);
		return;
	}
	rfc3339_format(instant, civil_offset(zone, instant), text);
	begin(j, key);
	add(j, "\"", 1);
	add(j, text, strlen(text));
	add(j, "\"", 1);
}

void
jsonl_line(struct jsonl *j)
{
	add(j, "\n", 1);
	j->comma = false;
}

int
jsonl_write(struct jsonl *j, FILE *out)
{
	size_t len = j->len;

	j->len = 0;
	if (j->failed)
		return UV_ENOMEM;
	if (len > 0 && fwrite(j->buf, 1, len, out) != len)
		return errno != 0 ? -errno : UV_EIO;
	return 0;
}

void
jsonl_clear(struct jsonl *j)
{
	free(j->buf);
	*j = (struct jsonl){0};
}
