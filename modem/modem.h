/* modem.h - one GSM modem with one SIM on one serial port, from plug to unplug
 *
 * It probes, says who it is, is unlocked and set up, finds its network, sends and receives texts,
 * and heals itself when it falls silent. One object is one session of one port: when that ends it
 * says MODEM_LOST, and its owner closes it and opens what is plugged in then, which may have
 * another name (tell sticks apart by IMEI, SIMs by ICCID or IMSI).
 *
 *   opening -> identifying -> setting -> searching <-> ready <-> sending
 *                  |   ^         ^
 *                  v   |         |
 *               locked -> unlocking        (the PIN, once)
 *
 *   any of these -> pinging -> resetting -> lost      silent, each with a deadline; what answers
 *                                                     goes back to where it was, or to opening
 *   any of these -> aside                             a person must act; looked at again
 *   any          -> lost                              the port is gone
 *
 *   Ownership   modem_open() copies its configuration; no PIN is kept. What is handed to a callback
 *               is lent until the callback returns.
 *   Completion  every submit taken (0) gets exactly one `answer`: never inside the call, never
 *               after `closed`. `late_answer` may follow MODEM_UNKNOWN within the session.
 *   Callbacks   may call anything here, modem_close() included.
 *   Incoming    texts stay on the SIM (or unacknowledged) until modem_confirm(): make them
 *               durable first. What is not confirmed comes again in the next session.
 *   Errors      0 or a negative UV_E* code; what became of a text is an outcome.
 *   Thread      the loop's. Time is uv's; no clock is read, nothing is logged.
 *   Signals     none.
 *
 * 3GPP TS 27.005 (texts), 27.007 (the rest), 23.040; ITU-T V.250.
 */
#ifndef MODEM_MODEM_H
#define MODEM_MODEM_H

#include "modem_values.h"

#include <uv.h>

struct modem;
struct modem_call;
struct modem_person;

#define MODEM_ROOM 2 /* texts at most: one under way, one that follows without a pause */

struct modem_events {
	/* modem_info.state or .trouble changed. Told for all but READY <-> SENDING. */
	void (*state)(void *ctx, const struct modem_info *info);
	/* Something else in modem_info changed: signal, operator, storage. */
	void (*changed)(void *ctx, const struct modem_info *info);
	/* MODEM_LOCKED: may the PIN be tried? Record durably that it was, for this SIM (or this
	 * IMEI, where a locked SIM does not say who it is), then modem_pin(). One try, ever. */
	void (*pin)(void *ctx, const struct modem_info *info);
	void (*answer)(void *ctx, const struct modem_answer *answer);
	/* The network's word on a text whose answer was MODEM_UNKNOWN. */
	void (*late_answer)(void *ctx, const struct modem_answer *answer);
	/* A text or a report: make it durable, then modem_confirm(). */
	void (*incoming)(void *ctx, const struct modem_incoming *incoming);
	/* Of modem_ussd(), or unasked. error: 0, UV_ETIMEDOUT, UV_ENOTSUP, UV_ECANCELED. */
	void (*ussd)(void *ctx, int error, const char *text);
	/* See modem_call.h: a new state of a call; a key ('0'..'9', '*', '#', 'A'..'D') that the
	 * stick itself heard, where it can: a second opinion. */
	void (*call)(void *ctx, const struct modem_call *call);
	void (*person)(void *ctx, const struct modem_person *person); /* of modem_person() */
	void (*key)(void *ctx, char key);
	/* The wire: '>' written, '<' read, '!' a remark. PINs are stars; numbers and texts are as
	 * they are. Any of these callbacks may be NULL but state and answer. */
	void (*said)(void *ctx, char direction, const char *text);
};
typedef void modem_closed(void *ctx);

/* Opens a modem. Fails only for want of memory (UV_ENOMEM) or a path too long (UV_ENAMETOOLONG):
 * a port that cannot be opened is told by `state`, MODEM_LOST with MODEM_PORT. */
int modem_open(struct modem **out, uv_loop_t *loop, const struct modem_config *config,
	       const struct modem_events *events, void *ctx);

const struct modem_info *modem_info(const struct modem *modem);

/* How many texts may be handed over now, 0..MODEM_ROOM: changes with `state`, `answer` and
 * `call`. */
unsigned modem_room(const struct modem *modem);

/* Hands one part over. UV_EAGAIN: no room. UV_EINVAL: a number or text that makes no PDU.
 * UV_ECANCELED: closing. */
int modem_submit(struct modem *modem, const struct modem_submit *submit);

/* Decides about a held text: let it go, or take it back (its answer is then MODEM_UNSENT). False:
 * no such text is held (any more): its answer is on its way or was given. */
bool modem_release(struct modem *modem, uint64_t cookie);
bool modem_withdraw(struct modem *modem, uint64_t cookie);

/* The text is durable: it is acknowledged or deleted. Tokens that are not owed are harmless. */
void modem_confirm(struct modem *modem, struct modem_token token);

/* Answers `pin`: 4 to 8 digits, or NULL for "no" (then MODEM_ASIDE, MODEM_PIN_WANTED). UV_EINVAL:
 * no PIN by its looks, and not tried. UV_EAGAIN: nobody asked. */
int modem_pin(struct modem *modem, const char *pin);

/* Asks the network, for instance "*100#" for the balance; one at a time (UV_EAGAIN), in READY. */
int modem_ussd(struct modem *modem, const char *code);

/* Starts the modem anew (by what its driver knows to be safe). Texts under way get their answer. */
void modem_reset(struct modem *modem);

/* Takes no more; a text behind its Ctrl-Z is waited for, up to drain_ms. `closed` is last. */
void modem_close(struct modem *modem, unsigned drain_ms, modem_closed *closed, void *ctx);

/* "ready", and a sentence a shopkeeper understands, never NULL. */
const char *modem_state_name(enum modem_state state);
const char *modem_trouble_text(enum modem_trouble trouble);
const char *modem_port_text(int error); /* of MODEM_PORT */

#endif
