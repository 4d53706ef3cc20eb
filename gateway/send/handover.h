/* handover.h - the transaction that hands texts over: decide again, settle the text, mark `sending`
 *
 * A job of the writer.  It takes texts of one route whose time has come and, for each, reads
 * balance, promise, holds, opt-out and policy from the store in the transaction itself, asks
 * schedule/plan.h, renders with today's figures, and makes the row `sending` with the decision
 * recorded.  What may not go now is moved, skipped or cancelled with its reason.  Only what comes
 * back in `ready` once the job is durable may touch the wire.
 *
 * Ownership: the job is the caller's; handover_clear() frees what came back.
 * Thread: handover_work on the writer's; the rest where the job is made.
 */
#ifndef GATEWAY_HANDOVER_H
#define GATEWAY_HANDOVER_H

#include "gateway/person/compose.h"
#include "gateway/person/facts.h"
#include "gateway/store/outbox.h"

/* What the writer's thread keeps between jobs. */
struct handover_tools {
	struct facts *facts;
	struct compose *compose;
};

#define HANDOVER_SIMS 64

/* A SIM of a pool as its channel sees it. */
struct handover_sim {
	int64_t id;
	unsigned room; /* texts it can take now */
	bool gone;     /* out for so long that who stays with it goes by another */
	int dbm;       /* 0: not known */
};

/* The SIMs of a modem route. */
struct handover_pool {
	struct handover_sim sim[HANDOVER_SIMS];
	size_t n;
	bool others_gone; /* those not named here are gone */
	bool fresh;       /* there is one more than lately: what waits for an allowance may go */
};

struct handover_part {
	uint16_t at, len; /* user data in `octets` */
	uint8_t udh_len;
	uint8_t udh[SMS_UDH_MAX];
};

/* A text that is `sending` and durable. */
struct handover_text {
	int64_t id, account;
	char number[24];
	enum sms_encoding encoding;
	struct gsm7_tables tables;
	uint8_t reference;
	uint8_t count;    /* parts to submit */
	uint8_t segments; /* what is paid and rated */
	int32_t offset;   /* seconds east of UTC where it is read, for people who read times */
	int64_t day_end;  /* instant after which it should not be delivered, 0: no limit */
	int64_t sim;      /* that carries it, 0: no modem's */
	char *body;       /* for a file route */
	struct handover_part *part;
	uint8_t *octets;
};

#define HANDOVER_TEXTS 1024

struct handover {
	/* in */
	struct config *config; /* a reference of its own */
	struct handover_tools *tools;
	const struct config_route *route; /* that will carry them, of `config`; NULL: none can,
					     decide only */
	const char *queue;                /* name of the route they were planned for, "" for none */
	int64_t now;
	enum reason stopped;       /* NONE, or what holds all sending */
	unsigned room;             /* segments that may be handed over */
	unsigned texts;            /* at most that many rows are looked at, <= HANDOVER_TEXTS */
	struct handover_pool pool; /* of a modem route */
	/* out */
	struct handover_text *ready;
	size_t n_ready;
	unsigned used;    /* segments in `ready` */
	size_t looked;    /* rows decided */
	enum reason held; /* what held all but answers, NONE: nothing */
	int64_t next_at;  /* when the next row of this queue is due, INT64_MAX: none is planned */
	bool rerouted;    /* rows went over to the queue of another route, and are due there */
};

int handover_work(struct store *s, void *handover);
void handover_clear(struct handover *h);

#endif
