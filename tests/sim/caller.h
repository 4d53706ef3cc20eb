/*
 * Who is at the other end of a call: whether the telephone is picked up, and then somebody who
 * listens, presses keys, talks, hangs up, or is a machine. Plain text says what:
 *
 *     answer 4 press 80 codec amr5.9 do wait 1 wait 1990# wait @20 2 hangup
 *
 *   before the answer, one of (answer is what happens otherwise)
 *     answer S        picks up after S seconds of ringing (4)
 *     busy reject no-answer unreachable invalid network early
 *                     early: a voice of the network talks and no answer ever comes
 *   about the line and the keys
 *     codec NAME      of the air, both ways (clean): see codec.h
 *     press MS gap MS (100, 150); or long (300), short (50)
 *     level DB        of each tone of a key, below full scale (12)
 *     echo DB         what they hear comes back, so much quieter
 *     noise DB        white, below full scale
 *     speech FILE     somebody talks in the room all the time (WAV, 8 kHz)
 *     hangup S        after so many seconds, whatever else
 *   behind `do`, one after the other
 *     wait            until a prompt was heard and has ended (or nothing came for 12 seconds)
 *     pause S, @S     for so long; until so long after the answer
 *     1990#           keys
 *     talk S, say FILE    makes noises like speech; plays a WAV of 8 kHz
 *     hangup
 *   silent, machine   for `do pause 60 hangup`, and for a greeting, a beep and 20 seconds of
 * silence
 *
 * Time is samples: CALLER_FRAME of them go in and come out, however fast. Pure but for the reading
 * of WAV files.
 *
 * Ownership: caller_new allocates, caller_free frees. A plan is plain values.
 */
#ifndef SIM_CALLER_H
#define SIM_CALLER_H

#include "codec.h"

#include <stdbool.h>

enum { CALLER_FRAME = 160, CALLER_STEPS = 48, CALLER_WORD = 96 };

enum caller_fate {
	CALLER_ANSWERS,
	CALLER_BUSY,
	CALLER_REJECTS,
	CALLER_NO_ANSWER,
	CALLER_UNREACHABLE,
	CALLER_INVALID,
	CALLER_NETWORK,
	CALLER_EARLY,
};

enum caller_does {
	CALLER_WAITS,
	CALLER_PAUSES, /* ms */
	CALLER_UNTIL,  /* ms since the answer */
	CALLER_PRESSES,
	CALLER_TALKS, /* ms */
	CALLER_SAYS,
	CALLER_BEEPS,
	CALLER_HANGS_UP,
};

struct caller_step {
	enum caller_does does;
	unsigned ms;
	char word[CALLER_WORD]; /* keys, or a file */
};

struct caller_plan {
	enum caller_fate fate;
	unsigned rings_ms, press_ms, gap_ms, hangup_ms; /* hangup_ms 0: not by the clock */
	enum codec_kind codec;
	double level_db, echo_db, noise_db; /* 0: none, of the last two */
	char speech[CALLER_WORD];
	struct caller_step steps[CALLER_STEPS];
	unsigned n;
};

/* NULL, or what is wrong with `text`. */
const char *caller_plan_read(const char *text, struct caller_plan *out);

struct caller;

/* A key begins to sound at sample `at` after the answer. */
typedef void caller_pressed(void *ctx, char key, int64_t at);

/* `folder` is where WAV files without a slash are; NULL: here. */
struct caller *caller_new(const struct caller_plan *plan, const char *folder, uint64_t seed,
			  caller_pressed *pressed, void *ctx);
void caller_free(struct caller *caller);

/* The next CALLER_FRAME samples: heard, and what is said meanwhile. False: they hang up now. */
bool caller_frame(struct caller *caller, const int16_t *heard, int16_t *said);

/* Keys of somebody else's choosing, behind what they are doing. */
void caller_press(struct caller *caller, const char *keys);

#endif
