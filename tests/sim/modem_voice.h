/*
 * The telephone in a simulated stick: what is dialled rings, is picked up or not, talks, and ends,
 * in its maker's words and with its maker's ways of switching the sound on. Who is called is
 * callers.h, where the samples go modem_sound.h.
 *
 *     modem_voice.c      calls            modem_voice_ask.c   commands
 *     modem_voice_say.c  notices          modem_voice_log.c   --calls
 *     modem_voice_leg.c  a second call beside a held one, joined or not
 *
 * Seconds of ringing and of talking are divided by --voice-speed.
 *
 * Ownership: modem_voice_open() for each stick with --voice, modem_voice_close() before the loop
 * runs out, modem_voice_fini() behind it. Without --voice all of it does nothing.
 */
#ifndef SIM_MODEM_VOICE_H
#define SIM_MODEM_VOICE_H

#include "callers.h"
#include "modem.h"
#include "modem_sound.h"

enum voice_words { VOICE_PLAIN, VOICE_HUAWEI, VOICE_QUECTEL, VOICE_SIMCOM };

/* What its sound waits for. */
enum voice_switch { SWITCH_NONE, SWITCH_DDSETEX, SWITCH_QPCMV, SWITCH_CPCMREG, SWITCH_CHFA };

struct voice_maker {
	const char *name;
	enum voice_words words;
	enum voice_switch sound;
	bool tty;             /* a tty of its own for the samples; else a card */
	unsigned frame_bytes; /* of it */
	const char *keys;     /* "+DDET" or "+QTONEDET", NULL */
	bool late_ok;         /* ATD is answered when somebody picks up */
	bool data_session;    /* stands in +CLCC too */
};

enum voice_next { NEXT_NONE, NEXT_ORIGINATES, NEXT_ALERTS, NEXT_ANSWERS, NEXT_ENDS, NEXT_RINGS };

/* A call beside the first: its fate and its pauses before a hang-up count, it makes no sound. */
struct modem_leg {
	uv_timer_t step;
	enum voice_next next;
	int stat, cause; /* stat: -1, none */
	bool joined;
	char number[32];
	unsigned serial;
	struct caller_plan plan;
};

struct modem_voice {
	struct modem *m;
	const struct voice_maker *maker;
	uv_timer_t step;
	enum voice_next next;
	int cause; /* of NEXT_ENDS, then of the last call */
	/* the call */
	int stat; /* 27.007 7.18, -1: none */
	bool incoming, originated;
	bool owes_ok; /* ATD is not answered yet */
	char number[32];
	char waiting[32]; /* who calls meanwhile */
	unsigned serial;  /* of the call */
	uint64_t rung_ms, began;
	struct caller_plan plan;
	char keys[64]; /* pressed */
	/* settings */
	int crc, ccwa, clcc, dsci, ccinfo, heeds_keys;
	int pcm, pcm_mode, chfa, cpcmreg;
	bool pcm_cleared, switched, dead;
	struct modem_sound sound;
	struct modem_leg leg;
};

void modem_voice_open(struct modem *m);
void modem_voice_close(struct modem *m);
void modem_voice_fini(struct modem *m);
void modem_voice_defaults(struct modem *m);
/* The stick is gone, or starts anew. */
void modem_voice_lost(struct modem *m, bool vanished);
void modem_voice_back(struct modem *m);

int modem_command_voice(struct modem *m, const struct modem_ask *ask, bool *mine);
/* An octet came while ATD was not answered: true when that ended it. */
bool modem_voice_interrupt(struct modem *m);
bool modem_voice_is_up(const struct modem *m);

/* From the control channel. NULL, or what is wrong. */
const char *modem_voice_incoming(struct modem *m, const char *number, const char *words);
void modem_voice_press(struct modem *m, const char *keys);
void modem_voice_drop(struct modem *m); /* they hang up */

/* ---- among its files ---- */

/* By "us", "them", "network" or "gone"; said unless the stick is gone, or not for `quietly`. */
void modem_voice_end(struct modem_voice *v, const char *by, int cause, bool quietly);
void modem_voice_dial(struct modem_voice *v, const char *number);
void modem_voice_pick_up(struct modem_voice *v);
const char *modem_voice_waiting(const struct modem_voice *v); /* "": withheld */
bool modem_voice_sounds(const struct modem_voice *v);         /* the sound is switched on */

void modem_voice_say_stat(struct modem_voice *v);
void modem_voice_say_over(struct modem_voice *v);
void modem_voice_say_ring(struct modem_voice *v);
void modem_voice_say_key(struct modem_voice *v, char key);

void modem_voice_log(struct modem_voice *v, const char *event, const char *more, ...)
    __attribute__((format(printf, 3, 4)));

void modem_leg_open(struct modem_voice *v);
void modem_leg_close(struct modem_voice *v);
void modem_leg_dial(struct modem_voice *v, const char *number);
void modem_leg_end(struct modem_voice *v, const char *by, int cause, bool quietly);
/* AT+CHLD=what: false where this stick refuses. */
bool modem_leg_hold(struct modem_voice *v, int what);
void modem_leg_hang_up(struct modem_voice *v); /* AT+CHUP, ATH */
void modem_leg_say_stat(struct modem_voice *v);
void modem_leg_say_over(struct modem_voice *v);
void modem_leg_log(struct modem_voice *v, const char *event, const char *more, ...)
    __attribute__((format(printf, 3, 4)));

#endif
