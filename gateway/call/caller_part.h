/* caller_part.h - between the files of caller: the caller, and who does what of it
 *
 *   caller.c         the queues are looked through; sound and voices are opened and closed
 *   caller_errand.c  one call until somebody talks: prompts, SIM, sound, decision, dialling
 *   caller_in.c      one that rings here: whose number it is, and what is said to whom
 *   caller_talk.c    the talk: what is said, kept, written down   caller_person.c  a person in it
 *   caller_end.c     how it ended, its recordings, and the end of the errand
 *
 *   caller_errand.h  one call in hand       caller_job.h  what is done of it by the writer
 */
#ifndef GATEWAY_CALLER_PART_H
#define GATEWAY_CALLER_PART_H

#include "caller.h"
#include "caller_errand.h"
#include "handover_call.h"
#include "ivr/prompt.h"
#include "saying.h"

#define CALLER_ROUTES 16

struct caller_queue {
	char name[64]; /* of the route, "" for those no route takes */
	int64_t next_at;
	bool idle;  /* looked through: nothing can be done before something changes */
	bool waits; /* and that is a SIM which has something else to do */
};

/* A SIM that is let be for a while. */
struct caller_rest {
	int64_t sim;
	uint64_t until; /* uv_now() */
};

struct caller {
	uv_loop_t *loop;
	uv_timer_t due, watch;
	unsigned handles;
	struct writer *writer;
	struct dispatch *dispatch;
	const struct clock *clock;
	const struct caller_events *events;
	void *ctx;
	struct config *config;
	struct caller_queue queue[CALLER_ROUTES + 1];
	size_t n_queues;
	struct caller_rest rest[HANDOVER_SIMS];
	struct errand *errands;
	struct sayings *sayings;
	struct voice *voice;
	struct prompt *prompt;
	struct line_sound *sound;
	unsigned open;      /* of the three */
	uint64_t forgot_at; /* uv_now(): speech of long ago was removed */
	/* the writer's thread's */
	struct facts *facts;
	struct compose *compose;
	/* the look under way */
	struct handover_call look;
	size_t looking_at;
	bool looking;
	bool had_room; /* some SIM was free */
	bool woken;    /* what it finds is old */
	unsigned jobs;
	int told_pace;
	bool closing, shut;
	caller_closed *closed;
};

/* caller.c */
void caller_look(struct caller *c);
void caller_tell(struct caller *c); /* pace or rest may have changed */
void caller_let_be(struct caller *c, int64_t sim, unsigned ms);
void caller_finish(struct caller *c);

#endif
