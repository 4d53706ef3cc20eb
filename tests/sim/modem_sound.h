/*
 * The samples of a simulated stick's call: between a caller (caller.h), the air (codec.h), and what
 * the daemon has open: a card's mapped file (card.h), whose clock is used, or a second pty, whose
 * clock this is. Frames of 20 ms, as many as have come due at each tick.
 *
 * A call has a WAV where --recordings says so: left what the caller heard, right what he said, from
 * the answer on.
 *
 * Ownership: within struct modem_voice. Thread: the loop's.
 */
#ifndef SIM_MODEM_SOUND_H
#define SIM_MODEM_SOUND_H

#include "buffer.h"
#include "caller.h"
#include "modem_port.h"

#include <sndfile.h>

struct modem_voice;
struct card;

struct modem_sound {
	uv_timer_t tick;
	struct card *card; /* NULL: none, or a tty */
	struct modem_port port;
	bool tty;
	unsigned frame_bytes;
	struct buffer in;  /* came over the tty */
	unsigned waited;   /* ms of ticks since that, in which more was wanted */
	unsigned early;    /* frames yet to be heard as silence: the stick's own buffer fills */
	struct buffer out; /* not a whole frame of the tty's yet */
	/* a call */
	struct caller *caller;
	struct codec *up, *down;
	SNDFILE *wav;
	char path[512];
	int64_t origin, at;   /* position of the answer; of the next frame */
	uint64_t began, held; /* ns of the tty's clock, and how long it was held */
	int64_t starved;      /* samples the daemon was late with, on a tty */
	bool sounded;         /* the sound was on at any time */
	char key;             /* that the stick will tell of, behind: */
	int64_t key_told;
};

int modem_sound_open(struct modem_voice *v);
void modem_sound_close(struct modem_voice *v);
void modem_sound_fini(struct modem_voice *v);
void modem_sound_gone(struct modem_voice *v, bool gone);

void modem_sound_begin(struct modem_voice *v);
void modem_sound_end(struct modem_voice *v);

#endif
