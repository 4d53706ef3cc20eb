/* modem_call.h - one call at a time over a modem's SIM: dial, progress, accept, keys, hang up
 *
 *   modem_dial() --> DIALLING --> ALERTING --> ACTIVE --> ENDED
 *                        \------------\----------------->
 *   somebody calls --> INCOMING --modem_accept()--> ACTIVE --> ENDED
 *
 * Each new state is told once, by modem_events.call; ALERTING may be missing. ACTIVE means that the
 * other side answered (+CLCC stat 0, ^CONN and their like, never the OK behind ATD: some networks
 * play a voicemail before they say so) and that the stick's audio is on, by the commands and at the
 * moment its maker wants (driver_voice.h). Whose audio it is stands in modem_info.audio; the
 * samples are no business of this folder.
 *
 *   Completion  every modem_dial() that was taken and every INCOMING gets one ENDED: never inside
 *               a call of this header, never after `closed`.
 *   Texts       no text is on the air while a call is: from modem_dial() or the first RING until
 *               ENDED modem_room() is 0, and texts that wait get MODEM_UNSENT. A text that stands
 *               at its prompt is finished first, and then it is dialled; one behind Ctrl-Z makes
 *               modem_dial() say UV_EAGAIN. Texts that come in wait on the SIM until ENDED.
 *   Hanging up  where the stick does not confirm it, it is told again in other words, then started
 *               anew; all with deadlines (modem_config.hangup_ms). modem_close() hangs up first,
 *               and a session that begins hangs up whatever call it finds before MODEM_READY.
 *   Deadlines   ring_ms without an answer is MODEM_CALL_NO_ANSWER, talk_ms is the longest call.
 *   Waiting     who calls while a call is up hears a busy tone, and is told once they are gone: as
 *               ENDED without an INCOMING, `waited`, with an `id` of its own and MODEM_CALL_MISSED.
 *               It may come behind the ENDED of the call that was up. Where the operator has no
 *               call waiting the stick never learns of them.
 *   A person    modem_person() holds the call, dials somebody else beside it, and joins the two
 * when they answer (27.007 7.13 +CHLD; 22.084 multiparty). It is told once in modem_events.person,
 * unless ENDED comes first: joined, or the call is as it was before. While joined, whoever hangs up
 * ends the call; no leg outlives ENDED. Callbacks   may call anything here and in modem.h,
 * modem_close() included. Thread      the loop's.
 *
 * 3GPP TS 27.007 6.5 (+CHUP), 7.18 (+CLCC), 7.6 (+CLIP); 24.008 10.5.4.11 (causes); ITU-T V.250
 * 6.3 (D, A, H).
 */
#ifndef MODEM_MODEM_CALL_H
#define MODEM_MODEM_CALL_H

#include "modem.h"

enum modem_call_state {
	MODEM_CALL_DIALLING, /* the stick took the number */
	MODEM_CALL_ALERTING, /* it rings there */
	MODEM_CALL_INCOMING, /* it rings here; `number` is "" where it is withheld, and proves
				nothing: anybody can send any */
	MODEM_CALL_ACTIVE,
	MODEM_CALL_ENDED,
};

enum modem_call_end {
	MODEM_CALL_HUNG_UP,     /* by them, behind ACTIVE */
	MODEM_CALL_US,          /* modem_hangup(), modem_close(), talk_ms */
	MODEM_CALL_BUSY,        /* 17 */
	MODEM_CALL_REJECTED,    /* 21 */
	MODEM_CALL_NO_ANSWER,   /* 18, 19, or ring_ms */
	MODEM_CALL_UNREACHABLE, /* 20, 27: switched off, out of range; or it never rang */
	MODEM_CALL_INVALID,     /* 1, 28 and 3, 22: there is no such number */
	MODEM_CALL_NETWORK,     /* 34, 38, 41, 42 and their like; also in the middle of a call */
	MODEM_CALL_NO_AUDIO,    /* the stick's audio would not go on: it was hung up */
	MODEM_CALL_LOST,        /* the modem was gone, mute or started anew */
	MODEM_CALL_UNDIALLED,   /* nothing left the stick: as if it had not been asked for */
	MODEM_CALL_MISSED,      /* INCOMING, or `waited`: they gave up before it was accepted */
	MODEM_CALL_ENDS
};

struct modem_call {
	uint32_t id; /* counted in the session, from 1 */
	enum modem_call_state state;
	bool outgoing;
	bool answered; /* was ACTIVE */
	bool waited;   /* of ENDED: they called while another call was up, and gave up */
	char number[PDU_NUMBER];
	enum modem_call_end end; /* of ENDED */
	int cause;               /* of ENDED: 24.008 10.5.4.11, -1 where nobody said */
	char raw[96];            /* of ENDED: in the stick's own words, or ours */
};

/* Digits, perhaps behind a plus. UV_EINVAL: no number. UV_ENOTSUP: no audio (modem_info.audio), or
 * the stick says it has no voice. UV_EAGAIN: a call, a text on the air, or not MODEM_READY.
 * UV_ECANCELED: closing. */
int modem_dial(struct modem *modem, const char *number);

/* Accepts the one that is INCOMING. UV_EAGAIN: none is (any more). UV_ENOTSUP: no audio. */
int modem_accept(struct modem *modem);

/* Ends the call, in any state: ENDED follows. UV_EAGAIN: there is none. */
int modem_hangup(struct modem *modem);

/* What became of modem_person(). */
struct modem_person {
	bool joined;
	enum modem_call_end end; /* why not */
	int cause;               /* 24.008 10.5.4.11, -1 where nobody said */
	char raw[96];
};

/* Brings a person into the call that is ACTIVE, and lets theirs ring for ring_ms. UV_EINVAL: no
 * number. UV_ENOTSUP: this maker's sticks cannot (driver_voice.h). UV_EAGAIN: no call is ACTIVE, or
 * somebody is being rung or there already. UV_ECANCELED: closing. */
int modem_person(struct modem *modem, const char *number, unsigned ring_ms);
bool modem_has_person(const struct modem *modem); /* its maker's sticks can */

/* The call there is, NULL when there is none. */
const struct modem_call *modem_call_now(const struct modem *modem);

/* "no-answer", for lists; never NULL. */
const char *modem_call_end_name(enum modem_call_end end);

#endif
