#include "show_json.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 16 };

static const char *
skip_space(const char *at, const char *end)
{
	while (at < end && strchr(" \t\r\n", *at) && *at)
		at++;
	return at;
}

/* Behind the closing quote of the string that begins at `at`, or NULL. */
static const char *
skip_string(const char *at, const char *end)
{
	for (at++; at < end; at++) {
		if (*at == '\\')
			at++;
		else if (*at == '"')
			return at + 1;
	}
	return NULL;
}

/* Behind one value, or NULL. Brackets are only counted: who wrote the line is trusted that far. */
static const char *
skip_value(const char *at, const char *end)
{
	int depth = 0;
	do {
		at = skip_space(at, end);
		if (at >= end || depth > DEPTH_MAX)
			return NULL;
		if (*at == '"') {
			at = skip_string(at, end);
			if (!at)
				return NULL;
		} else if (*at == '{' || *at == '[') {
			depth++;
			at++;
		} else if (*at == '}' || *at == ']') {
			depth--;
			at++;
		} else if (*at == ',' || *at == ':') {
			if (!depth)
				return NULL;
			at++;
		} else {
			while (at < end && !strchr(",:{}[]\" \t\r\n", *at))
				at++;
		}
	} while (depth > 0);
	return depth < 0 ? NULL : at;
}

struct show_json
show_json_line(const char *line)
{
	return (struct show_json){line, line + strlen(line)};
}

bool
show_json_next(struct show_json *rest, struct show_json *key, struct show_json *value)
{
	const char *at = skip_space(rest->at, rest->end), *end = rest->end, *behind;
	if (at < end && (*at == '{' || *at == '[' || *at == ','))
		at = skip_space(at + 1, end);
	behind = skip_value(at, end);
	if (!behind)
		return false;
	*value = (struct show_json){at, behind};
	at = skip_space(behind, end);
	if (at < end && *at == ':') {
		if (key)
			*key = *value;
		at = skip_space(at + 1, end);
		behind = skip_value(at, end);
		if (!behind)
			return false;
		*value = (struct show_json){at, behind};
	}
	rest->at = value->end;
	return true;
}

static bool
find_member(struct show_json object, const char *name, size_t n, struct show_json *value)
{
	struct show_json key = {0};
	if (object.at >= object.end || *object.at != '{')
		return false;
	while (show_json_next(&object, &key, value))
		if (key.at && (size_t)(key.end - key.at) == n + 2 &&
		    memcmp(key.at + 1, name, n) == 0)
			return *value->at != 'n';
	return false;
}

bool
show_json_find(struct show_json object, const char *path, struct show_json *value)
{
	for (;;) {
		size_t n = strcspn(path, ".");
		if (!find_member(object, path, n, value))
			return false;
		if (!path[n])
			return true;
		path += n + 1;
		object = *value;
	}
}

/* The character of four hexadecimal digits, as UTF-8. Halves of pairs become a question mark. */
static size_t
put_escape(const char *digits, char to[4])
{
	char four[5] = {0};
	memcpy(four, digits, 4);
	unsigned long c = strtoul(four, NULL, 16);
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c >= 0xd800 && c < 0xe000) {
		to[0] = '?';
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	to[0] = (char)(0xe0 | c >> 12);
	to[1] = (char)(0x80 | (c >> 6 & 0x3f));
	to[2] = (char)(0x80 | (c & 0x3f));
	return 3;
}

/* One character of a string, an escape or an octet; sets how much was read. */
static size_t
take_char(const char *at, const char *end, size_t *read, char to[4])
{
	static const char names[] = "nrtbf", means[] = "\n\r\t\b\f";
	*read = 1;
	to[0] = *at;
	if (*at != '\\' || at + 1 >= end)
		return 1;
	if (at[1] == 'u' && end - at >= 6) {
		*read = 6;
		return put_escape(at + 2, to);
	}
	const char *name = strchr(names, at[1]);
	*read = 2;
	to[0] = name ? means[name - names] : at[1];
	return 1;
}

const char *
show_json_text(struct show_json value, char *to, size_t size)
{
	size_t n = 0;
	if (value.at < value.end && *value.at == '"') {
		const char *at = value.at + 1, *end = value.end - 1;
		while (at < end) {
			char c[4];
			size_t read, wrote = take_char(at, end, &read, c);
			if (n + wrote + 1 > size)
				break;
			memcpy(to + n, c, wrote);
			n += wrote;
			at += read;
		}
		/* No torn character where it was cut. */
		while (at < end && n && ((unsigned char)*at & 0xc0) == 0x80) {
			at--;
			n--;
		}
	}
	to[n] = 0;
	return to;
}

const char *
show_json_word(const char *line, const char *path, char *to, size_t size)
{
	struct show_json value;
	if (!show_json_find(show_json_line(line), path, &value))
		value = (struct show_json){0};
	return show_json_text(value, to, size);
}

int64_t
show_json_int(const char *line, const char *path)
{
	struct show_json value;
	if (!show_json_find(show_json_line(line), path, &value))
		return 0;
	return strtoll(value.at, NULL, 10);
}

bool
show_json_true(const char *line, const char *path)
{
	struct show_json value;
	return show_json_find(show_json_line(line), path, &value) && *value.at == 't';
}
