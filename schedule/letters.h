/* letters.h - code points of a text, and what of them matters when words are compared (pure)
 *
 * What people type differs in ways that mean nothing: case, marks, full-width forms, invisible
 * joiners, curly quotes.  Folding leaves those out, for any language; what is particular to one
 * stands in its word file.
 */
#ifndef SCHEDULE_LETTERS_H
#define SCHEDULE_LETTERS_H

#include <stdbool.h>
#include <stdint.h>

/* The code point at *p, which goes forward by at least one byte.  Bad bytes read as a space, so
 * that they only separate. */
uint32_t letters_next(const unsigned char **p, const unsigned char *end);

/* Writes a code point as UTF-8; returns its bytes, 1..4. */
int letters_put(uint32_t c, char out[4]);

/* What compatibility forms, lower-casing and the stripping of marks leave of a character; 0:
 * nothing. */
uint32_t letters_fold(uint32_t c);

/* Of folded characters: */
bool letters_is_letter(uint32_t c);
bool letters_is_digit(uint32_t c);
bool letters_is_money(uint32_t c); /* a currency sign */
/* Scripts written without spaces between words. */
bool letters_is_cjk(uint32_t c);

#endif
