/* dispatch_part.h - between the files of dispatch: a route from the queue to the wire and back
 *
 *   dispatch.c       routes come, stay and leave; opening and closing
 *   dispatch_take.c  texts are asked for, as room appears
 *   dispatch_wire.c  what is durable is submitted, and what became of it is stored
 */
#ifndef GATEWAY_DISPATCH_PART_H
#define GATEWAY_DISPATCH_PART_H

#include "dispatch.h"
#include "flight.h"

#define STALE_MS    1000  /* durable and not on the wire: back to the queue */
#define FAILOVER_MS 10000 /* a route must be down that long before another takes its texts */
#define TAG_SHIFT   24    /* of a token's session, whose own numbers stay far below */

struct route {
	struct dispatch *d;
	struct route *next;
	struct channel *channel; /* NULL: the queue of what no route takes */
	char name[64];
	struct config *config; /* the snapshot `settings` is of */
	const struct config_route *settings;
	enum channel_state state;
	char reason[160];
	int64_t since;
	uint64_t since_real;
	bool leaving; /* not in the configuration any more, or shutting down */
	bool parted;  /* leaving, and its channel was told */
	bool closed;
	unsigned drain_ms;
	uint64_t leave_by; /* uv_now() at which its channel closes, whatever is on the way */
	uint32_t tag;      /* tells its incoming from those of a namesake that is leaving */
	/* taking */
	struct handover job;
	bool taking;
	bool look;      /* there was room while it was taking: look again */
	char queue[64]; /* whose queue the job takes from */
	int64_t next_at;
	unsigned
	    outstanding; /* parts between `sending` and a durable result, those asked for too */
	unsigned asked;  /* of them: room given to the job under way */
	/* on the way */
	struct flight_table flights;
	struct flight *waiting, **waiting_tail;
	bool stuck;              /* dispatch_flush(): the link takes no more now */
	uint64_t cautious_until; /* uv_now(); see CAUTIOUS_MS */
	int64_t told;            /* the last text whose answer was to slow down */
	unsigned told_n;         /* and how often in a row */
	/* results */
	struct settle_answer *results, *settling;
	size_t n_results, cap_results, n_settling, cap_settling;
	bool settle_job;                       /* `settling` is at the writer */
	unsigned settling_parts, result_parts; /* what their durability frees */
	int64_t settled_at;
	int32_t today; /* the lender's */
};

struct dispatch {
	uv_loop_t *loop;
	uv_timer_t due, stale, failover, retry, part;
	unsigned open_handles;
	struct civil_zone zone; /* the lender's, of `config` */
	struct writer *writer;
	const struct clock *clock;
	const struct dispatch_events *events;
	void *ctx;
	struct config *config;
	struct route *routes;
	struct handover_tools tools;  /* writer's thread only */
	struct settle_tools *learned; /* writer's thread only */
	enum reason stopped;          /* by the daemon */
	enum reason held;             /* as the last job found */
	bool busy, urgent, closing;
	size_t jobs;        /* at the writer */
	uint64_t bad_until; /* uv_now(): the store failed, nothing is taken before */
	unsigned failures;  /* of the store, while closing */
	uint32_t tags;
	dispatch_closed *closed;
};

/* dispatch.c */
void dispatch_tell_busy(struct dispatch *d);
struct route *dispatch_route_named(struct dispatch *d, const char *name);
void dispatch_part_ways(struct route *r);
void dispatch_open_missing(struct dispatch *d);
void dispatch_finish(struct dispatch *d);

/* dispatch_take.c */
void dispatch_on_failover(uv_timer_t *timer);
void dispatch_pump_all(struct dispatch *d);
void dispatch_on_due(uv_timer_t *timer);
void dispatch_pump(struct route *r);
void dispatch_on_stale(uv_timer_t *timer);

/* dispatch_wire.c */
void dispatch_give_back(struct route *r, uint64_t before);
void dispatch_settle_some(struct route *r);
void dispatch_store_trouble(struct dispatch *d, int status);
void dispatch_on_retry(uv_timer_t *timer);
void dispatch_wait_in_line(struct route *r, struct flight *f, bool first);
void dispatch_flush(struct route *r);
extern const struct channel_events dispatch_channel_events;

#endif
