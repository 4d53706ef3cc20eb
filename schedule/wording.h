/* wording.h - words that may not stand in what a lender says to a borrower (pure)
 *
 * Threats, shaming before others, and talk of courts or of credit records where nobody approved it,
 * as lists of phrases by language.  A text is looked through in its own language and in English,
 * once as written and again as rendered: a name may carry such a word too.
 *
 * A phrase is words with single spaces; `*` at the end of a word stands for any ending ("arrest*").
 * Case and marks do not matter.  In scripts without spaces a phrase is found anywhere.
 *
 * Ownership: phrases are copied.  Thread: adding, one at a time; then read by all at once.
 */
#ifndef SCHEDULE_WORDING_H
#define SCHEDULE_WORDING_H

#include <stdbool.h>
#include <stddef.h>

enum wording_kind {
	WORDING_THREAT, /* police, prison, violence: never */
	WORDING_SHAME,  /* family, employer, neighbours, contact lists: never */
	WORDING_LEGAL,  /* courts, lawyers, seizure: only in a text of class legal */
	WORDING_BUREAU, /* credit records and black lists: only in one of class warn or legal */
	WORDING_OPTOUT, /* not forbidden: how a text says that one may ask for silence */
	WORDING_KINDS
};
#define WORDING_BIT(kind) (1U << (kind))

struct wording;

struct wording *wording_new(void); /* NULL when memory is short */
void wording_free(struct wording *w);

#define WORDING_PHRASE 96 /* bytes a phrase may have, folded */

/* 0; -EINVAL for a phrase without letters, longer than WORDING_PHRASE, or with `*` elsewhere than
 * behind at least three letters; -ENOMEM. */
int wording_add(struct wording *w, const char *language, enum wording_kind kind,
		const char *phrase);

struct wording_found {
	enum wording_kind kind;
	const char *phrase; /* as it was added */
	size_t at, len;     /* bytes of the text */
};

/* Looks for the first phrase of one of `kinds` (bits) that is of the language, of its base ("es"
 * for "es-CO") or English.  At most 8 KiB of the text are looked at. */
bool wording_find(const struct wording *w, const char *language, unsigned kinds, const char *text,
		  size_t len, struct wording_found *found);

#endif
