/* report_word.h - one copy of each word that texts carry, so that equal words are one pointer
 *
 * A report over a million texts meets the names of a few campaigns, steps, templates and routes a
 * million times.  Kept once each they cost nothing, and a group is found by its pointer.
 *
 * Ownership: words live as long as the pool.  Thread: one at a time.
 */
#ifndef GATEWAY_REPORT_WORD_H
#define GATEWAY_REPORT_WORD_H

#include <stddef.h>

struct report_words;

struct report_words *report_words_new(void);    /* NULL when memory is short */
void report_words_free(struct report_words *w); /* NULL is fine */

/* The pool's copy of a word; NULL for NULL.  Without memory NULL too, and the pool is marked. */
const char *report_word(struct report_words *w, const char *text);
/* Did memory run out?  Then some words are missing and the report is worth nothing. */
int report_words_failed(const struct report_words *w);

#endif
