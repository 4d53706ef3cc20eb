/* channel_voice.h - calls over the modems of a channel, SIM by SIM
 *
 * A stick does one thing at a time.  Who wants to call claims a SIM: no further text is given to
 * it, and once those it has are through it is free, which `free` tells; from then until it is let
 * go it is the caller's.  Incoming calls need no claim: the network has made it.
 *
 * Errors: what modem_call.h says, and UV_ENODEV where no stick with that SIM can call now.
 * Thread: the loop's.  No callback comes from inside these calls.
 */
#ifndef GATEWAY_CHANNEL_VOICE_H
#define GATEWAY_CHANNEL_VOICE_H

#include "gateway/send/handover.h"
#include "modem/modem_call.h"

struct channel;

/* Where a stick's sound is. */
struct channel_sound {
	bool tty;
	char device[128];
	unsigned frame_bytes; /* of a tty */
	bool person;          /* the stick can bring a person into its call */
};

struct channel_voice_ops {
	/* Its SIMs; `gone`: cannot call now.  `room`: 1 where it can. */
	void (*offer)(const struct channel *c, struct handover_pool *out);
	/* True: it is free already.  `claim` false lets it go. */
	bool (*claim)(struct channel *c, int64_t sim, bool claim);
	int (*sound)(const struct channel *c, int64_t sim, struct channel_sound *out);
	int (*dial)(struct channel *c, int64_t sim, const char *number);
	int (*accept)(struct channel *c, int64_t sim);
	int (*hang_up)(struct channel *c, int64_t sim);
	/* modem_person(): CHANNEL_VOICE_PERSON follows, unless the call ends first. */
	int (*person)(struct channel *c, int64_t sim, const char *number, unsigned ring_ms);
	/* A word for people about the SIM's stick, "" to take it back. */
	void (*note)(struct channel *c, int64_t sim, const char *note);
};

/* What a channel tells of calls. */
enum channel_voice_kind {
	CHANNEL_VOICE_FREE,    /* a SIM that was claimed */
	CHANNEL_VOICE_CHANGED, /* a stick more or less that can call */
	CHANNEL_VOICE_CALL,
	CHANNEL_VOICE_MISSED, /* `call` came in and nobody here could take it; nothing else is told
				 of it */
	CHANNEL_VOICE_KEY,
	CHANNEL_VOICE_PERSON,
};
struct channel_voice {
	enum channel_voice_kind kind;
	int64_t sim; /* of CHANGED, and of MISSED where it is not known: 0 */
	const struct modem_call *call;
	const struct modem_person *person;
	char key;
};

#endif
