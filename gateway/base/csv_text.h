/*
 * csv_text - the pure parts of csv: encodings, separators, positions. Only csv.c uses it.
 *
 * Thread: any.
 */
#ifndef GATEWAY_CSV_TEXT_H
#define GATEWAY_CSV_TEXT_H

#include <stdbool.h>
#include <stddef.h>

bool csv_text_is_ascii(const char *text, size_t len);

/* Only spaces, tabs and line ends. */
bool csv_text_is_blank(const char *text, size_t len);

/*
 * CP-1252 to UTF-8; `out` has room for 3 * len bytes. Returns the length; *undefined is set when
 * one of the five bytes without a character (81 8D 8F 90 9D) is there, which becomes '?', and else
 * left alone.
 */
size_t csv_text_from_cp1252(const char *text, size_t len, char *out, bool *undefined);

/* The separator a header row is written with: , ; or tab, the one it has most of outside quotes; a
 * tie is a comma. */
char csv_text_separator(const char *line, size_t len);

/* Excel's first line `sep=;`: the separator, or 0 when the line is something else. */
char csv_text_declared_separator(const char *line, size_t len);

/* Where field k begins (its first character, or its quote) in the bytes of a row; `len` when there
 * is none. */
size_t csv_text_field(const char *row, size_t len, char separator, size_t k);

/* What a file is by its first bytes that is no CSV at all, as a sentence; NULL: it may be one. */
const char *csv_text_foreign(const char *text, size_t len);

#endif
