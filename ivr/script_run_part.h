/* script_run_part.h - the inside of the engine, shared by script_run*.c alone */
#ifndef IVR_SCRIPT_RUN_PART_H
#define IVR_SCRIPT_RUN_PART_H

#include "script_run.h"

/* What was asked for last. */
enum run_phase {
	SAYING,
	LISTENING,
	TAPING,
	KEEPING,
	CONNECTING,
	HANGING, /* hang-up was asked for */
	GONE,    /* they are gone, what is being stored is waited for */
	OVER,
};

/* Where in a step of several parts. */
enum run_stage {
	ENTRY,   /* its own question, or words */
	CONFIRM, /* what was gathered is read back */
	WAIT,    /* "one moment", before a person is rung */
	THANKS,  /* it is stored, and said so */
};

/* --- script_run.c --------------------------------------------------------------------------- */

/* Goes to a step: each at most SCRIPT_VISITS times, so that a call ends. */
struct script_do run_enter(struct script_run *run, int step);

/* --- script_run_do.c ------------------------------------------------------------------------ */

const struct script_step *run_here(const struct script_run *run);
struct script_do run_go_on(const struct script_run *run);
struct script_do run_hang_up(struct script_run *run);
/* Nothing can be noted, or it has gone on for too long. */
struct script_do run_trouble(struct script_run *run);
struct script_do run_wait_for(struct script_run *run, enum run_phase phase, enum script_act act,
			      int64_t ms);
/* Says one prompt, another before it unless that is SCRIPT_WHICHES. */
struct script_do run_play(struct script_run *run, enum run_stage stage, int before, int which);
struct script_do run_keep(struct script_run *run, enum script_outcome_kind kind);
/* Is it too late to begin anything? */
bool run_is_late(const struct script_run *run);
/* Does no key cut short what is being said? */
bool run_is_whole(const struct script_run *run);

void run_note(const struct script_run *run, enum script_note_kind kind);
void run_note_outcome(const struct script_run *run, enum script_note_kind kind);
void run_note_key(const struct script_run *run, enum script_note_kind kind, char key, int64_t ms);

/* Keys typed ahead. */
void run_push(struct script_run *run, char key, int64_t ms);
char run_pop(struct script_run *run, int64_t *ms);
void run_flush(struct script_run *run);
/* Is it the `#` behind digits that were complete without it?  Any key settles that. */
bool run_passes_over(struct script_run *run, char key, int64_t ms);

/* --- script_run_ask.c ----------------------------------------------------------------------- */

/* Asks the question of this step; who knows it has answered already. */
struct script_do run_ask(struct script_run *run);
/* A key for it. */
struct script_do run_feed(struct script_run *run, char key, int64_t ms);
/* No key came in time: for the first, or for one more. */
struct script_do run_silence(struct script_run *run);
struct script_do run_finish(struct script_run *run);
void run_forget_typed(struct script_run *run);

/* --- script_run_answer.c -------------------------------------------------------------------- */

/* How many keys a GATHER or CHECK takes at most: with so many it is answered at once. */
int script_answer_keys(const struct script_step *step, const struct script_facts *facts);
/* Reads run->typed as the GATHER at run->step asks, into day, amount or digits.  False: it is none
 * such, or out of range. */
bool script_answer_read(struct script_run *run);
/* Forgets what a GATHER has learned before. */
void script_answer_clear(struct script_run *run, enum script_gather gather);

#endif
