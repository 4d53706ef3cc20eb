/*
 * utf8 - well-formed UTF-8 (Unicode 15 table 3-7) from bytes that may be anything.
 *
 * Pure. Thread: any.
 */
#ifndef GATEWAY_UTF8_H
#define GATEWAY_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The character at `text`, of which `left` > 0 bytes are there: its code point, *size the bytes it
 * took. -1 and *size 1 for a byte that begins none.
 */
int32_t utf8_next(const char *text, size_t left, size_t *size);

/* How many bytes at the start are well-formed; `len` when all are. Fast over ASCII. */
size_t utf8_valid(const char *text, size_t len);

/* Characters in `len` bytes, each ill-formed byte counting as one. */
size_t utf8_count(const char *text, size_t len);

/* The most bytes, at most `max`, that end with a whole character. */
size_t utf8_cut(const char *text, size_t len, size_t max);

#endif
