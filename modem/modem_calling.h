/* modem_calling.h - the inside of a modem's call: what its files and modem_parts.h share
 *
 *   modem_call.c         asked for, told      modem_call_chore.c  commands and their answers
 *   modem_call_set.c     audio; what is found modem_call_end.c    how a call ends
 *   modem_call_person.c  a second leg         modem_call_waits.c  who calls meanwhile
 *
 * What is still to be said to the stick are bits of `todo`, done in the order of the enum, one
 * command at a time, before anything else but what the modem's state wants.
 */
#ifndef MODEM_MODEM_CALLING_H
#define MODEM_MODEM_CALLING_H

#include "driver_voice.h"
#include "modem.h"
#include "modem_call.h"
#include "progress.h"

enum calling_todo {
	CALLING_HANG_UP = 1 << 0,
	CALLING_SWITCH = 1 << 1,   /* audio_dialled */
	CALLING_SOUND = 1 << 2,    /* audio_answered */
	CALLING_SOUND_IS = 1 << 3, /* audio_read */
	CALLING_ACCEPT = 1 << 4,
	CALLING_REFUSE = 1 << 5, /* who waits behind the call */
	CALLING_CAUSE = 1 << 6,  /* of the call, or of a second leg that ended */
	CALLING_PERSON = 1 << 7, /* what the second leg's state wants */
	CALLING_LIST = 1 << 8,
	CALLING_SILENCE = 1 << 9, /* audio_over */
	CALLING_DIAL = 1 << 10,
};

/* Of the second leg. */
enum calling_person {
	PERSON_NONE,
	PERSON_HOLDS, /* AT+CHLD=2 is said; the list tells when they are held */
	PERSON_RINGS,
	PERSON_JOINS,
	PERSON_JOINED,
	PERSON_BACK, /* nobody came: the leg is dropped, and they are taken from hold */
};

struct calling_leg {
	enum calling_person state;
	bool ever;        /* the stick had two legs: its words without an index are nobody's */
	bool dialled;     /* ATD was said for it */
	int index, stat;  /* in the stick, -1: not known; 27.007 <stat>, -1: not there */
	bool listed;      /* stands in the list at hand */
	int held_stat;    /* of the first leg in the list at hand, -1: not there */
	unsigned missing; /* lists in a row it did not stand in */
	unsigned ring_ms;
	char number[PDU_NUMBER];
	struct modem_person told;
};

/* Somebody else who calls. */
struct calling_waits {
	bool there, listed; /* listed: in the list at hand */
	unsigned missing;   /* lists in a row they did not stand in */
	char number[PDU_NUMBER];
};

struct at_answer;

struct calling {
	const struct driver_voice *voice; /* set with MODEM_SETTING */
	struct modem_call now;
	bool live;      /* `now` is a call whose ENDED was not told */
	bool told;      /* a state of it was */
	bool wanted;    /* taken, and not dialled yet */
	bool up;        /* something may be on the air, or rings here */
	bool accepted;  /* INCOMING, and ATA is to be said, or was */
	bool connected; /* stat 0: ACTIVE as soon as there is audio */
	bool ending;    /* it is over; its cause may be asked for */
	bool hung;      /* the stick said OK to a way of hanging up */
	bool hanging;   /* we hang up, for this: */
	enum modem_call_end why;
	const char *why_raw;
	size_t way;          /* of hanging up: which of driver_voice.hangup */
	unsigned listed;     /* times it still stood in the list behind a way that was said */
	unsigned missing;    /* times in a row it did not stand there */
	bool soundless;      /* its sound did not go on: is it there still? */
	bool switched;       /* audio_dialled was said */
	unsigned sounds;     /* times audio_answered was said */
	bool sounding;       /* it was: audio_over is owed */
	bool leaving, asked; /* the modem closes, and hangs up first; asked: said was AT+CLCC */
	int index;           /* in the stick, -1: not known */
	uint32_t ids;
	unsigned todo;
	uint64_t over_at, looked; /* uv_now(): a call was over, the list asked for; 0: never */
	struct calling_waits waits;
	struct calling_leg leg;
	uv_timer_t deadline, poll, ring; /* ring: of the second leg */
};

/* ---- modem_call.c ---- */
void modem_call_begin(struct modem *m, bool outgoing, const char *number);
void modem_call_enter(struct modem *m, enum modem_call_state state);
void modem_call_follow(struct modem *m, const struct progress *p, const char *line);
void modem_call_on_deadline(uv_timer_t *timer);
void modem_call_on_poll(uv_timer_t *timer);
bool modem_call_is_number(const char *number);

/* ---- modem_call_end.c ---- */
void modem_call_hang_up(struct modem *m, enum modem_call_end why, const char *raw);
void modem_call_next_way(struct modem *m);
void modem_call_over(struct modem *m, int cause, const char *raw);
void modem_call_ended(struct modem *m, enum modem_call_end end);
void modem_call_caused(struct modem *m, const struct at_answer *answer);

/* ---- modem_call_waits.c, modem_call_person.c ---- */
void modem_waits(struct modem *m, const char *number); /* they call */
void modem_waits_missed(struct modem *m);              /* tells of who is still there */
void modem_waits_list(struct modem *m, bool begins);
bool modem_person_follow(struct modem *m, const struct progress *p, const char *line);
void modem_person_list(struct modem *m, bool begins);
void modem_person_say(struct modem *m);
void modem_person_caused(struct modem *m, const struct at_answer *answer);
void modem_person_forget(struct modem *m);

#endif
