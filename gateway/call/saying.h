/* saying.h - what a call says, in words: a prompt of a script, a borrower's figures, and what was
 * learned in the call, as phrases for a voice or for recordings (ivr/prompt.h)
 *
 * Amounts, dates and digits become words here (templates/spoken.h); in a language ICU has no number
 * words for they are written as texts write them, for the voice to read as it can.
 *
 * Before a call all it may come to say is gathered by saying_need(): every prompt in every language
 * it may be in, and the words that answers by keys are read back with.
 *
 * Ownership: a `struct saying` is the caller's, with an arena of its own; begin it zeroed, end it
 * with saying_clear().  It borrows the brief.
 * Thread: one at a time; open languages are kept in `struct sayings`.
 */
#ifndef GATEWAY_SAYING_H
#define GATEWAY_SAYING_H

#include "brief.h"
#include "ivr/prompt.h"

struct sayings;

struct sayings *sayings_new(void); /* NULL when memory is short */
void sayings_free(struct sayings *s);

struct saying {
	struct arena arena;
	struct prompt_phrase *phrases;
	size_t n, cap;
};
void saying_clear(struct saying *s);

/* One prompt, as it is said now: one phrase.  `run` NULL: nothing is learned yet.  False: a field
 * it holds has no value, which a proven script never asks for. */
bool saying_prompt(struct sayings *s, const struct brief *b, const struct script_run *run,
		   const struct script_said_prompt *prompt, int language, struct saying *out);

/* All that may be said; or what may be in the script's languages that are true in `spoken`. */
void saying_need(struct sayings *s, const struct brief *b, struct saying *out);
void saying_need_in(struct sayings *s, const struct brief *b, const bool spoken[SCRIPT_LANGUAGES],
		    struct saying *out);

/* A sentence of the lender's own, in a language. */
void saying_text_alone(const struct brief *b, const char *language, const char *text,
		       struct saying *out);

/* A phrase as people read it: at most cap-1 octets. */
void saying_text(const struct prompt_phrase *phrase, char *out, size_t cap);

/* Is there anything to be heard of it?  A full stop between two figures is nothing to say. */
bool saying_sounds(const char *text, size_t len);

#endif
