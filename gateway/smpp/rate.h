/* rate.h - how fast and how soon: a token bucket for submits, a growing delay for retries
 *
 * Pure: plain values; the caller brings the time (milliseconds of any monotonic clock) and the
 * dice.
 */
#ifndef DUNLIN_SMPP_RATE_H
#define DUNLIN_SMPP_RATE_H

#include <stdint.h>

/* Gives per_s tokens a second and holds at most a twentieth of a second's worth (at least one), so
 * that a limit counted by the second is not overstepped by a burst. */
struct smpp_rate {
	uint32_t per_s; /* 0: no limit */
	uint64_t thousandths;
	uint64_t at;
};

void smpp_rate_init(struct smpp_rate *rate, uint32_t per_s, uint64_t now);

/* The most that can ever be had at once; UINT32_MAX without a limit. */
uint32_t smpp_rate_burst(const struct smpp_rate *rate);
uint32_t smpp_rate_room(const struct smpp_rate *rate, uint64_t now);

/* Takes one; there must be one. */
void smpp_rate_take(struct smpp_rate *rate, uint64_t now);

/* Milliseconds until n are there (n clipped to the burst); 0: now. */
uint64_t smpp_rate_wait(const struct smpp_rate *rate, uint32_t n, uint64_t now);

/* A delay that doubles from min to max with each call until it is reset. */
struct smpp_backoff {
	uint32_t min_ms, max_ms;
	uint32_t next_ms; /* 0: min_ms */
};

/* The next delay: between half and all of it by the dice, so that many links do not come as one. */
uint32_t smpp_backoff_next(struct smpp_backoff *backoff, uint32_t dice);
void smpp_backoff_reset(struct smpp_backoff *backoff);

#endif
