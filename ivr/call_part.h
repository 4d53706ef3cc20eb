/* call_part.h - the inside of a call, shared by its files */
#ifndef IVR_CALL_PART_H
#define IVR_CALL_PART_H

#include "call.h"
#include "call_tape.h"
#include "keys.h"

#define CALL_PRESSES 16 /* keys that one block of sound may bring */
#define CALL_WORDS   8  /* and keys that one turn of the loop may bring of the modem */

struct call_press {
	char key;
	int64_t ms; /* of its onset */
};

struct call {
	uv_loop_t *loop;
	uv_timer_t watch;  /* real time: does the line still bring sound? */
	uv_timer_t soon;   /* what the owner said or must be told, outside his calls */
	uv_check_t turned; /* the line has brought all it had: `words` count */
	unsigned open;     /* handles and tapes that must end before `closed` */
	bool closing;
	struct line *line;
	const struct call_events *events;
	void *ctx;
	call_closed *closed;
	void *closed_ctx;

	const struct script *script;
	struct script_facts theirs; /* whose note is called by ours */
	struct script_run run;
	bool begun;
	bool leaving; /* the script was told that nobody is there any more */
	bool over;    /* nothing more but `ended` */
	bool told;    /* that too */
	bool hung_up;
	struct call_end end;

	uint64_t samples; /* heard: the clock */
	int64_t settle_ms;
	struct keys *keys;
	struct ears ears;
	struct call_press presses[CALL_PRESSES]; /* to be given to the script */
	unsigned n_presses;
	char words[CALL_WORDS]; /* the modem's, of keys whose sound may be still to come */
	unsigned n_words;

	/* what the script asked for last */
	enum script_act act;
	int64_t until;
	struct pcm_clip clip; /* PLAY */
	size_t played;        /* of it, given to the line */
	int64_t said;         /* when the last of it is in the air; -1: not yet known */
	uint64_t quiet;       /* TAPE: samples since somebody spoke */
	uint32_t token;       /* KEEP: the outcome's */
	uint32_t connects;    /* CONNECT: how many there were */
	bool answered, answer;
	char pressed[CALL_KEYS];
	size_t n_pressed;

	struct call_tape *record, *message;
	char *message_path;
	int record_error;
	uint64_t seen; /* samples when `watch` last looked */
	unsigned still_ms, quiet_ms;
};

static inline int64_t
call_ms(const struct call *c)
{
	return (int64_t)(c->samples / PCM_MS);
}

void call_begin(struct call *c);

/* Lets the owner know in the loop's next turn. */
void call_soon(struct call *c);

/* Does what the script asks for; whatever was being said stops, unless it is GO_ON. */
void call_do(struct call *c, const struct script_do *todo);

/* The script is told that nobody is there any more; `how` stands unless the call was over. */
void call_leave(struct call *c, enum call_how how, int error, const char *why);

extern const struct line_events call_line_events;

#endif
