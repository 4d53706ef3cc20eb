/*
 * Borrowers. Each number behaves as its hash (and the seed) decides, so that a run repeats itself;
 * a file may decide otherwise for single numbers.
 */
#ifndef SIM_POPULATION_H
#define SIM_POPULATION_H

#include "options.h"

struct population;

/* What comes back from a text: nothing, or `count` copies of `text` after `delay` milliseconds. */
struct population_reply {
	const char *text;
	unsigned count;
	uint64_t delay;
	bool stop; /* it is an opt-out */
};

/* NULL after a report on standard error. */
struct population *population_new(const struct options *o);
void population_free(struct population *population);

/*
 * `number` got a whole text; returns whether it answers. After an answer the next text it gets is
 * taken for ours to that answer, and left alone: echoes and confirmations start no endless talk.
 */
bool population_hear(struct population *population, const char *number,
		     struct population_reply *reply);

#endif
