/* sim.h - SIMs of modems: what they have used, who stays with which, PINs, balances
 *
 * What a SIM has used is counted over the texts that went by it (message.sim): a text that turned
 * out not to have left is not counted any more by itself. An hour is the last 60 minutes, a day and
 * a month are the lender's. What operators count is short messages: a text of three parts counts
 * three times.
 *
 * Each call is a step inside a transaction. 0 or negative unless said otherwise.
 */
#ifndef GATEWAY_STORE_SIM_H
#define GATEWAY_STORE_SIM_H

#include "schedule/civil.h"
#include "store.h"

/* A SIM and the modem it is in; "" where it does not say. */
struct sim_facts {
	const char *route, *iccid, *imsi, *imei, *number;
};

/* Notes that it was seen: *id for life. UV_EINVAL: it says neither ICCID nor IMSI. */
int sim_seen(struct store *s, const struct sim_facts *facts, int64_t now, int64_t *id);

struct sim_row {
	char route[64], iccid[24], imsi[20], imei[20], address[24], balance[160];
	bool has_minor;
	int64_t seen_at, balance_minor, balance_at; /* 0: never */
};
int sim_get(struct store *s, int64_t id, struct sim_row *out);
/* SIMs of a route seen since then: how many, at most cap, or negative. */
int sim_lately(struct store *s, const char *route, int64_t since, int64_t *ids, int cap);

/* ---- allowances ---- */

struct sim_limits {
	int per_hour, per_day, per_month, recipients; /* 0: no limit */
	const struct civil_zone *zone;
};

struct sim_use {
	int hour, day, month; /* short messages; month only where it is limited */
	int left;             /* now */
	int left_today;       /* of the day's and the month's allowance */
	int64_t frees_at;     /* left is 0: when that ends; else 0 */
};
int sim_use(struct store *s, int64_t sim, const struct sim_limits *limits, int64_t now,
	    struct sim_use *out);

/* When the n-th text (0..) that has to wait may go, of those that wait for the allowance. */
int64_t sim_turn(const struct sim_use *use, const struct sim_limits *limits, int64_t now, int n);

/* May it write to that number this month? 1, 0: it has written to as many as it may; negative. */
int sim_may_meet(struct store *s, int64_t sim, const char *number, const struct sim_limits *limits,
		 int64_t now);
/* Calls back with each number it has written to this month: how many, or negative. */
int sim_met(struct store *s, int64_t sim, const struct sim_limits *limits, int64_t now,
	    void (*on_number)(void *ctx, const char *number), void *ctx);
int64_t sim_month_end(const struct civil_zone *zone, int64_t now);

/* ---- who stays with which ---- */

/* The SIM a number was last written to by, or wrote to: 0 none. */
int sim_of_number(struct store *s, const char *number, int64_t *sim);
/* The SIM that texts to that address come in by: 0 none. */
int sim_of_address(struct store *s, const char *address, int64_t *sim);
int sim_came_by(struct store *s, int64_t message, int64_t sim);

/* A planned text waits for that SIM, 0: for any. */
int sim_assign(struct store *s, int64_t message, int64_t sim);
/* Nothing waits for it any more. */
int sim_let_go(struct store *s, int64_t sim);
/* Nothing of a route waits for any but those of a JSON array. */
int sim_let_go_others(struct store *s, const char *route, const char *sims);
/* What of a route waits for an allowance is looked at again: there is a SIM more. */
int sim_fresh(struct store *s, const char *route, int64_t now);
/* How many wait for its allowance; negative. */
int sim_waiting(struct store *s, int64_t sim, int64_t now);

/* Due rows that SIM may take, as outbox_due(); `own`: those that wait for no other. */
int sim_due(struct store *s, const char *route, int rank, int64_t sim, bool own, int64_t now,
	    int64_t *ids, int cap);
/* When the next row is due that one of a JSON array may take (INT64_MAX: none). */
int sim_next(struct store *s, const char *route, const char *sims, int64_t *at);

/* ---- PIN and balance ---- */

/* May this PIN be tried? 1: yes, and that it was is written down; 0: it was tried before, and was
 * wrong or may have been; negative. */
int sim_pin_try(struct store *s, const char *key, const char *pin, int64_t now);
int sim_pin_good(struct store *s, const char *key);

int sim_balance(struct store *s, int64_t sim, const char *text, const int64_t *minor, int64_t now);

#endif
