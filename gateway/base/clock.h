/* clock.h - the one clock of a daemon: the true one, or the schedule's
 *
 * The schedule's clock starts at a chosen instant and runs N times as fast as real time, for trying
 * a campaign.  While it must not run ahead of what is on its way (a text that is `sending`, an
 * answer that is awaited, a plan being made) it is slowed to real time; while people talk, to the
 * speed of their sound.
 *
 * The true clock is the system's, watched against the time since boot: a leap of more than
 * CLOCK_LEAP_MS in either direction is reported once by clock_leaped() and stays so until
 * clock_trust(), since nobody may be written to at an hour that is only thought to be right.
 *
 * Instants are milliseconds since 1970-01-01T00:00:00Z.  Thread: the loop's.
 */
#ifndef GATEWAY_CLOCK_H
#define GATEWAY_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_LEAP_MS (10 * 60 * 1000)

struct clock {
	bool schedule;     /* which of the two */
	int most;          /* times real time that it may run now, 0: as fast as it likes */
	bool standing;     /* it stands at `base` */
	int speed;         /* 1..100,000 */
	int64_t base;      /* schedule: its instant at `base_real` */
	int64_t limit;     /* schedule: it never shows more, however late its timer rings */
	int64_t base_real; /* milliseconds since boot */
	int64_t offset;    /* true: system time minus time since boot when last trusted */
};

void clock_true(struct clock *c);
void clock_schedule(struct clock *c, int64_t start, int speed);

int64_t clock_now(const struct clock *c);
/* From now on it runs at most `most` times as fast as real time; 0: at its own speed. */
void clock_slow(struct clock *c, int most);
/* The schedule's clock stands still at an instant from now on (the true one cannot). */
void clock_stand(struct clock *c, int64_t instant);
/* Real milliseconds until an instant at today's speed: at least 0; a day at most. */
uint64_t clock_delay(const struct clock *c, int64_t instant);

bool clock_leaped(const struct clock *c);
void clock_trust(struct clock *c);

/* The system's time in milliseconds, and milliseconds since boot (sleep included). */
int64_t clock_system(void);
int64_t clock_since_boot(void);

#endif
