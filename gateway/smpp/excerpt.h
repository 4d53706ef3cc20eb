/* excerpt.h - the beginning of a text that a receipt quotes, held against a text of ours
 *
 * SMPP 3.4 Appendix B ends a receipt with "text:" and the first 20 characters of what was sent.
 * Operators leave it empty, fill it with zeros, a number or a word of their own, cut it, quote the
 * octets of the user data header or of another alphabet, change case.  So letters and digits alone
 * are compared, and what cannot be read says nothing.
 *
 * Pure.
 */
#ifndef DUNLIN_SMPP_EXCERPT_H
#define DUNLIN_SMPP_EXCERPT_H

#include <stdbool.h>

#define EXCERPT_SIZE  21     /* the standard's 20 characters */
#define EXCERPT_BLANK '\x7f' /* stands in an excerpt for an octet that is no character of ASCII */

enum excerpt_says {
	EXCERPT_NOTHING, /* it is absent, garbled, too short, or no words: the text may be this one
			  */
	EXCERPT_THIS,    /* as far as both can be read they are one, for a few letters at least */
	EXCERPT_OTHER    /* words, all of them readable, and not those of this text */
};

/* `excerpt`: printable ASCII and EXCERPT_BLANK; `body`: UTF-8.  `parts`: the text went in several,
 * and the excerpt may be of any; else it is looked for at the beginning only. */
enum excerpt_says excerpt_compare(const char *excerpt, const char *body, bool parts);

#endif
