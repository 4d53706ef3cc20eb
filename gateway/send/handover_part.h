/* handover_part.h - between the files of handover: one row on its way through the decision
 *
 *   handover.c       decides, renders, makes `sending`
 *   handover_pool.c  of a modem route: which SIM takes which text, and what waits for an allowance
 *
 * Of a modem route the queue is looked at once for each SIM that can take a text: rows that wait
 * for that one, and rows that wait for none. Inside the writer's transaction.
 */
#ifndef GATEWAY_HANDOVER_PART_H
#define GATEWAY_HANDOVER_PART_H

#include "gateway/store/sim.h"
#include "handover.h"

/* The look for one SIM. */
struct handover_pass {
	const struct handover_sim *known; /* of the job's pool */
	int64_t sim;
	unsigned room; /* texts */
	bool own;      /* rows that wait for this one alone */
	struct sim_limits limits;
	struct sim_use use;
	int waiting; /* for its allowance, -1: not counted yet */
};

/* One row on its way through the decision. */
struct deciding {
	struct store *s;
	struct handover *h;
	struct plan_rules rules;
	struct outbox_row row;
	const struct facts_account *account; /* NULL: a number nobody uses */
	struct plan_row plan;
	struct compose_text text;
	const char *number, *language, *template;
	struct handover_pass *pass; /* of a modem route; one of `all` */
	struct handover_pass *all;  /* SIMs that are not out for long */
	size_t n_all;
};

/* The decision as it stands in the chain. */
int handover_record(struct deciding *d, enum plan_decision decision, int64_t until,
		    const char *detail);
/* Rank by rank, until there is no room. */
int handover_ranks(struct deciding *d);

/* All SIMs of a route, one after the other; then h->next_at. */
int handover_pool(struct deciding *d);
/* Does this pass's SIM take it? 1; 0: it was put elsewhere or off; negative. */
int handover_choose(struct deciding *d);
/* And now that its size is known? The same. */
int handover_fits(struct deciding *d);
/* It was handed over: true when the SIM takes no more. */
bool handover_took(struct deciding *d);

#endif
