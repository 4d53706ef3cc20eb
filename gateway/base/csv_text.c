#include "csv_text.h"

#include <stdint.h>
#include <string.h>

bool
csv_text_is_ascii(const char *text, size_t len)
{
	uint64_t eight;
	unsigned char any = 0;

	while (len >= sizeof eight) {
		memcpy(&eight, text, sizeof eight);
		if ((eight & 0x8080808080808080u) != 0)
			return false;
		text += sizeof eight;
		len -= sizeof eight;
	}
	while (len-- > 0)
		any |= (unsigned char)*text++;
	return any < 0x80;
}

bool
csv_text_is_blank(const char *text, size_t len)
{
	for (; len > 0; text++, len--)
		if (*text != ' ' && *text != '\t' && *text != '\r' && *text != '\n')
			return false;
	return true;
}

/* The bytes 80..9F; 0 = undefined. From A0 on CP-1252 is Latin-1, whose bytes are the code points.
 */
static const uint16_t cp1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

size_t
csv_text_from_cp1252(const char *text, size_t len, char *out, bool *undefined)
{
	char *p = out;

	for (size_t i = 0; i < len; i++) {
		unsigned c = (unsigned char)text[i];
		if (c >= 0x80 && c < 0xa0)
			c = cp1252[c - 0x80];
		if (c == 0 && text[i] != '\0') {
			*undefined = true;
			c = '?';
		}
		if (c < 0x80) {
			*p++ = (char)c;
		} else if (c < 0x800) {
			*p++ = (char)(0xc0 | c >> 6);
			*p++ = (char)(0x80 | (c & 0x3f));
		} else {
			*p++ = (char)(0xe0 | c >> 12);
			*p++ = (char)(0x80 | (c >> 6 & 0x3f));
			*p++ = (char)(0x80 | (c & 0x3f));
		}
	}
	return (size_t)(p - out);
}

char
csv_text_separator(const char *line, size_t len)
{
	size_t commas = 0, semicolons = 0, tabs = 0;
	bool quoted = false;

	for (; len > 0; line++, len--) {
		if (*line == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		commas += *line == ',';
		semicolons += *line == ';';
		tabs += *line == '\t';
	}
	if (commas >= semicolons && commas >= tabs)
		return ',';
	return semicolons >= tabs ? ';' : '\t';
}

char
csv_text_declared_separator(const char *line, size_t len)
{
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	/* Some programs quote it as if it were a field. */
	if (len == 7 && line[0] == '"' && line[6] == '"') {
		line++;
		len -= 2;
	}
	if (len != 5 || memcmp(line, "sep=", 4) != 0)
		return 0;
	return line[4] == ',' || line[4] == ';' || line[4] == '\t' ? line[4] : 0;
}

size_t
csv_text_field(const char *row, size_t len, char separator, size_t k)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < len && k > 0; i++) {
		/* A doubled quote turns this off and on again, which comes to the same. */
		if (row[i] == '"')
			quoted = !quoted;
		else if (row[i] == separator && !quoted)
			k--;
	}
	if (k > 0)
		return len;
	while (i < len && (row[i] == ' ' || row[i] == '\t') && row[i] != separator)
		i++;
	return i;
}

const char *
csv_text_foreign(const char *text, size_t len)
{
	if (len >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
		return "this is Unicode Text (UTF-16): save it in Excel as \"CSV UTF-8\"";
	if (len >= 4 && memcmp(text, "PK\x03\x04", 4) == 0)
		return "this is a workbook (xlsx or ods): save it in Excel as \"CSV UTF-8\"";
	if (len >= 4 && memcmp(text, "\xd0\xcf\x11\xe0", 4) == 0)
		return "this is an old workbook (xls): save it in Excel as \"CSV UTF-8\"";
	if (len >= 4 && memcmp(text, "%PDF", 4) == 0)
		return "this is a PDF: export the list as CSV";
	return NULL;
}
