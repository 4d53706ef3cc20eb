/* channel.h - what carries texts of one route: an SMPP link, a file, a pool of modems
 *
 * dispatch.c hands over parts of texts that are durable as `sending` and hears what became of each.
 *
 *   Completion  each part taken by channel_submit() gets one `answer`, never from inside the call,
 *               never after `closed`; a late one may follow an unknown outcome.
 *   Closing     channel_close() once; `closed` is the last thing a channel does.
 *   Thread      the loop's.
 */
#ifndef GATEWAY_CHANNEL_H
#define GATEWAY_CHANNEL_H

#include "gateway/base/clock.h"
#include "gateway/call/channel_voice.h"
#include "gateway/config/config.h"
#include "gateway/smpp/link.h"
#include "gateway/store/writer.h"
#include "handover.h"
#include "settle.h"
#include <jansson.h>
#include <uv.h>

struct channel;

enum channel_state { CHANNEL_CONNECTING, CHANNEL_UP, CHANNEL_DOWN };

struct channel_answer {
	uint64_t cookie;
	enum settle_kind kind;
	bool blocked, bad_number;
	bool in_turn;        /* it keeps its place in the queue: nothing is wrong with this text */
	const char *smsc_id; /* "" when none */
	const char *why;     /* for people, "" when accepted */
};

/* A text or receipt that came in; acknowledge it once it is durable. */
struct channel_incoming {
	const struct smpp_deliver *deliver;
	struct smpp_token token;
	enum sms_encoding encoding; /* of its octets, by the link's own alphabet */
	bool packed;
	const uint8_t *digest; /* 32 octets that are the same whenever it is given again, whenever
				  that may be; NULL: copies come within minutes */
};

/* What a pool has to tell people: a modem's state changed, or its SIM's balance was read. */
struct channel_notice {
	enum channel_notice_kind { CHANNEL_STICK_OUT, CHANNEL_STICK_BACK, CHANNEL_BALANCE } kind;
	const char *who;  /* the modem or SIM, as people know it */
	const char *text; /* what is wrong; the balance */
	bool low;         /* of a balance: below what the lender wants to be told of */
};

struct channel_events {
	void (*state)(void *ctx, enum channel_state state, const char *reason);
	void (*room)(void *ctx); /* channel_want() was met */
	void (*answer)(void *ctx, const struct channel_answer *answer);
	void (*incoming)(void *ctx, const struct channel_incoming *incoming);
	void (*asked)(void *ctx, uint64_t cookie,
		      const struct receipt *receipt);                   /* of channel_query */
	void (*notice)(void *ctx, const struct channel_notice *notice); /* may be NULL */
	void (*voice)(void *ctx, const struct channel_voice *voice);    /* may be NULL */
};
typedef void channel_closed(void *ctx);

struct channel_stats {
	uint64_t submits, throttles, reconnects;
	unsigned in_flight;
};

struct channel_ops {
	unsigned (*room)(const struct channel *c);
	void (*want)(struct channel *c, unsigned n);
	int (*submit)(struct channel *c, const struct handover_text *text, unsigned part,
		      uint64_t cookie, int64_t now);
	void (*acknowledge)(struct channel *c, struct smpp_token token, bool durable);
	int (*query)(struct channel *c, const char *smsc_id, uint64_t cookie);
	void (*stats)(const struct channel *c, struct channel_stats *out);
	void (*close)(struct channel *c, unsigned drain_ms, channel_closed *closed);
	/* Of a pool of modems alone, NULL elsewhere. */
	void (*offer)(const struct channel *c, struct handover_pool *out); /* its SIMs, now */
	/* A job that was given this offer is durable; settings that do not need it opened anew. */
	void (*offered)(struct channel *c, const struct handover_pool *offer);
	void (*use)(struct channel *c, struct config *config, const struct config_route *route);
	json_t *(*list)(const struct channel *c); /* an array with an object a modem */
	/* What was said on wires, numbers masked; of one port or IMEI, or all (""). */
	json_t *(*said)(const struct channel *c, const char *which);
	const struct channel_voice_ops *voice;
};

/* The head of every kind of channel. */
struct channel {
	const struct channel_ops *ops;
	const struct channel_events *events;
	void *ctx;
	char route[64];
	unsigned window; /* parts without an answer at most */
	unsigned rate;   /* segments a second, 0: no limit */
};

/* What a channel may need.  Without a writer modems' PINs are not tried. */
struct channel_needs {
	uv_loop_t *loop;
	struct writer *writer;
	const struct clock *clock;
	struct config *config; /* the route is of it; a channel that keeps it takes a reference */
};

/* Opens the channel of a route; `why` says what is wrong when it fails. */
int channel_open(struct channel **out, const struct channel_needs *needs,
		 const struct config_route *route, const struct channel_events *events, void *ctx,
		 char why[160]);
int channel_modem_open(struct channel **out, const struct channel_needs *needs,
		       const struct config_route *route, char why[160]);
int channel_smpp_open(struct channel **out, uv_loop_t *loop, const struct config_route *route,
		      char why[160]);
int channel_file_open(struct channel **out, uv_loop_t *loop, const struct config_route *route,
		      char why[160]);

#endif
