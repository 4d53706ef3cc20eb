/* script_proof_part.h - the ways through a script; shared by script_proof*.c alone */
#ifndef IVR_SCRIPT_PROOF_PART_H
#define IVR_SCRIPT_PROOF_PART_H

#include "script_proof.h"

/* What makes a call take a way. */
enum script_way {
	SCRIPT_WAY_ON,     /* nothing: it goes on by itself */
	SCRIPT_WAY_MEANT,  /* a key that means something, digits that are right */
	SCRIPT_WAY_SILENT, /* no key */
	SCRIPT_WAY_WRONG,
	SCRIPT_WAY_FAILED, /* it could not be stored */
	SCRIPT_WAY_STOP,   /* key 9 */
};

struct script_edge {
	uint8_t way;  /* enum script_way */
	uint8_t from; /* step */
	uint8_t to;
};
#define SCRIPT_EDGES (SCRIPT_STEPS * (SCRIPT_MENU_KEYS + 3))

/* What may not be known when a step begins, on some path. */
enum {
	SCRIPT_UNKNOWN = 1, /* who it is */
	SCRIPT_NO_DATE = 2,
	SCRIPT_NO_AMOUNT = 4,
	SCRIPT_NO_DIGITS = 8,
	SCRIPT_LACKS = 4, /* so many of them */
};

struct script_graph {
	const struct script *script;
	struct script_edge edges[SCRIPT_EDGES];
	int n;
	bool reached[SCRIPT_STEPS];
	uint8_t lacks[SCRIPT_STEPS]; /* bits */
	/* the step before, on a shortest path on which that is lacking; -1: the path begins here */
	int8_t before[SCRIPT_LACKS][SCRIPT_STEPS];
};

/* script_proof_graph.c: all of it, for a script with at most SCRIPT_STEPS steps; jumps that lead
 * nowhere are left out. */
void script_graph_make(struct script_graph *g, const struct script *script);
/* Marks what can be reached from a step, itself included. */
void script_graph_reach(const struct script_graph *g, int from, bool reached[SCRIPT_STEPS]);
/* The bit of what a GATHER makes known. */
unsigned script_gather_bit(enum script_gather gather);
/* "hello > who > debt": a path to `step` on which `bit` is lacking. */
const char *script_graph_path(const struct script_graph *g, unsigned bit, int step, char *out,
			      size_t size);

/* script_proof_time.c: sets the lengths of *proof. */
void script_proof_times(const struct script_graph *g, const struct script_rules *rules,
			struct script_proof *proof);

#endif
