/* script_proof.h - what must hold of a script before anybody is called with it
 *
 *   every jump resolves; every step can be reached (else a warning) and from each an end can be
 *   every prompt exists in every language
 *   silence and wrong keys never go round: only a key that means something leads back
 *   no debt is said before the right party is known, on any path: until a `check` succeeded, texts
 *       hold no field but {{name}}, {{lender}} and {{contact}}, and no word of debt
 *   what is read back and stored was gathered, on every path: {{promise_date}}, a promise's day
 *   what may be said when nothing can be stored, or after stop, is said and nothing more is asked
 *   the longest call is known: counted tries and lengths of prompts, with every store and telephone
 *       as slow as script_run.h lets it be
 *
 * Pure; any thread.
 */
#ifndef IVR_SCRIPT_PROOF_H
#define IVR_SCRIPT_PROOF_H

#include "script.h"

struct script_fault {
	bool warning;
	bool ways; /* of all ways together: means nothing where a step has other mistakes */
	bool sure; /* it stands there, whatever else is wrong with its step */
	int line, col;
	const char
	    *unknown; /* a step's name that none has, so that a near one can be named; NULL */
	char text[320];
};

/* What the prover is told from outside.  Functions may be NULL. */
struct script_rules {
	void (*complain)(void *ctx, const struct script_fault *fault);
	/* How long the text takes to be said, ms; NULL: script_text_ms(). */
	int64_t (*length)(void *ctx, const char *language, const struct script_text *text);
	/* The first word of debt that stands in these words, its byte in *at, or false. */
	bool (*names_debt)(void *ctx, const char *language, const char *text, size_t len,
			   size_t *at, size_t *word);
	void *ctx;
	bool hide_lender; /* the contact rules want no lender named before the check either */
};

struct script_proof {
	int errors, warnings;
	/* No call can be longer, whatever happens: ms from script_begin to HANG_UP.  0 when there
	 * were errors that leave it unknown. */
	int64_t longest_ms;
	/* A caller who makes no mistake but takes all the time there is, going nowhere twice. */
	int64_t plain_ms;
};

/* True when nothing was complained of but warnings.  `proof` may be NULL. */
bool script_prove(const struct script *script, const struct script_rules *rules,
		  struct script_proof *proof);

/* Is a caller of that step surely the right party?  Of a script that was proven. */
bool script_knows(const struct script *script, int step);

#endif
