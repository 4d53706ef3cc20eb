/* calling.h - what a call brings back: each thing at the key press that confirmed it, then its end
 *
 *   - a promise, as by text (gateway/person/pledge.h), with source `call`: a text confirms it once
 *     the call is over
 *   - it is paid, a dispute, cannot pay, wrong person: as by text (gateway/call/claim.h)
 *   - stop: texts and calls to the number and to every account using it end
 *   - a person, please, or a message left: a task
 *   - the details: a text once the call is over
 *   - another language: remembered, for texts too
 *
 * How the end of a call is called, and what follows: busy, nobody, out of reach and their like are
 * tried again, as the same step, while its `late` days and the contact rules allow; who was reached
 * is not called again by that step; a number that does not exist is not used again.
 *
 * Inside the writer's transaction.
 */
#ifndef GATEWAY_CALLING_H
#define GATEWAY_CALLING_H

#include "brief.h"
#include "gateway/person/compose.h"
#include "gateway/store/calls.h"

struct calling {
	struct config *config;
	struct facts *facts;
	struct compose *compose;
	int64_t now;
	int64_t id; /* of the call */
	const struct brief *brief;
	/* in and out: the task of this call to call them back, 0: none */
	int64_t task;
	/* out */
	int64_t person; /* whose plan may have changed, 0: nobody's */
	bool answered;  /* a text for them was queued */
};

int calling_answered(struct store *s, struct calling *c);

/* 0: it is noted.  UV_ENOENT: there is nothing such a thing could be noted of, and nothing was;
 * negative. */
int calling_keep(struct store *s, struct calling *c, const struct script_outcome *outcome);

struct calling_end {
	enum calls_outcome outcome;
	const char *cause, *keys, *language, *heard, *recording, *message, *story; /* calls.h */
};
int calling_over(struct store *s, struct calling *c, const struct calling_end *end);

/* Calls of a daemon that ended in them are over, and not made again by themselves; what they owe
 * their borrowers as a text is queued.  How many, or negative. */
int calling_recover(struct store *s, struct config *config, int64_t now);

#define CALLING_JOINED "joined"
/* What became of ringing a person: "joined", and nobody needs to call them back; or why not, with
 * the network's words for it (NULL: none). */
int calling_person(struct store *s, struct calling *c, const char *outcome, const char *cause);

/* Nothing left the stick: it is decided again. */
int calling_undialled(struct store *s, struct calling *c, const char *why);

/* What becomes of a step whose call ended so: when it may be tried again, 0: not by itself. */
int64_t calling_again(enum calls_outcome outcome, const struct civil_zone *zone, int64_t now,
		      int32_t at);

#endif
