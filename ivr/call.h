/* call.h - one conversation on one audio line: a script is said, keys answer it
 *
 *     call_open -> settle -> script_run says, listens, keeps ... -> ended -> call_close -> closed
 *
 * Begins when the other side has answered, on a line that is ready (or about to be). Feeds what is
 * heard to keys and ears, plays what the script asks for, stops it when a key comes (from the queue
 * of the line at once; what the card has is its latency), and records both sides where asked.
 *
 *   Time        is samples heard, 8 a millisecond, so the same call runs at ten times real time.
 *               A clock only watches for a line that brings no samples any more (quiet_ms).
 *   Ownership   script, facts (and what they lend), events and line stay the owner's, until
 *               `closed`; paths are copied. The call takes the line over with line_listen(); after
 *               `closed` nobody listens and the owner closes it.
 *   Completion  `ended` once; nothing but `closed` comes after it. The owner hangs up then, if we
 *               are the ones who end, and calls call_close(), which may also come first, at any
 *               moment: then there is no `ended`. `closed` comes when recordings are whole on the
 *               disk. No callback ever comes from inside a call made here.
 *   What counts is what `keep` was given: a key confirmed it. A hang-up, a dead line or call_close
 *               at any moment neither add to that nor take from it; what is being kept when they
 *               hang up is waited for, and a message that was being recorded is kept.
 *   Errors      UV_E*; a recording that cannot be written never disturbs a call (call_closed).
 *   Thread      the loop's.
 */
#ifndef IVR_CALL_H
#define IVR_CALL_H

#include "ears.h"
#include "line.h"
#include "pcm.h"
#include "script_run.h"

#define CALL_KEYS   128
#define CALL_SETTLE 500 /* ms: the first half second of a prompt is lost on the air */

struct call;

enum call_how {
	CALL_SAID_ALL,   /* the script came to its end: hang up */
	CALL_HUNG_UP,    /* they did: call_hung_up() */
	CALL_HANDED,     /* to a person: call_connected() */
	CALL_AUDIO_LOST, /* the line failed, or brought nothing for quiet_ms: hang up */
};

struct call_end {
	enum call_how how;
	int error;             /* of AUDIO_LOST */
	char why[160];         /* of AUDIO_LOST */
	int64_t ms;            /* how long it was, audio */
	char keys[CALL_KEYS];  /* pressed, in order; check digits are '?' */
	bool key;              /* any was pressed: a person */
	bool right_party;      /* proved by check digits */
	enum ears_label label; /* EARS_KEYS where a key was pressed */
	int record;            /* 0, or why the recording is not whole */
	unsigned missing;      /* prompts that were not there to be said */
	struct line_stats line;
};

struct call_events {
	/* Appends what is to be said for one prompt, its values asked of `run`; at once, from
	 * memory. UV_E* when there is nothing: it is left out, and counted. */
	int (*clip)(void *ctx, const struct script_run *run,
		    const struct script_said_prompt *prompt, int language, struct pcm_clip *clip);
	/* An outcome, confirmed: make it durable, then call_kept(its token), unless closed or ended
	 * meanwhile. */
	void (*keep)(void *ctx, const struct script_outcome *outcome, uint32_t token);
	/* Ring a person, then call_connected(token), always: it is waited for without a clock,
	 * since who is held may bring no samples. Behind a yes, `ended` comes with CALL_HANDED: do
	 * not hang up, what is heard and said is recorded until call_close(). NULL: nobody can be.
	 */
	void (*connect)(void *ctx, uint32_t token);
	/* The script waits for a key, or for a message, from now on. May be NULL. */
	void (*listening)(void *ctx);
	void (*ended)(void *ctx, const struct call_end *end);
};
/* `record`: 0, or why a recording is not whole. */
typedef void call_closed(void *ctx, int record);

struct call_config {
	const struct script *script;
	struct script_facts facts; /* its note is told from inside events of the line */
	const char *record;        /* a WAV of the whole call, left they, right we; NULL: none */
	const char *message; /* a WAV of what they said at RECORD steps, one behind the other */
	unsigned settle_ms;  /* 0: CALL_SETTLE; 300..700 */
	unsigned quiet_ms;   /* of real time; 0: 5000 */
	unsigned speed;      /* the line's, as many times faster than life; 0: 1 */
};

/* UV_ENOMEM. The line's events are the call's from here on. */
int call_open(struct call **out, uv_loop_t *loop, struct line *line,
	      const struct call_config *config, const struct call_events *events, void *ctx);

/* Kept, or impossible to keep. A token that is not waited for any more is ignored. */
void call_kept(struct call *call, uint32_t token, bool ok);
void call_connected(struct call *call, uint32_t token, bool ok);

/* The modem heard a key: a second opinion beside our own. It counts at the end of the loop's
 * turn, when the sound that came with it has been heard: where the loop is late the word may be
 * read first, and one key would be two. */
void call_modem_key(struct call *call, char key);

/* The other side is gone. */
void call_hung_up(struct call *call);

void call_close(struct call *call, call_closed *closed, void *ctx);

#endif
