#include "clock.h"

#include <time.h>

#define DELAY_MAX 86400000

static int64_t
read_clock(clockid_t which)
{
	struct timespec ts;

	clock_gettime(which, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_system(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t
clock_since_boot(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

void
clock_true(struct clock *c)
{
	*c = (struct clock){.speed = 1};
	clock_trust(c);
}

void
clock_schedule(struct clock *c, int64_t start, int speed)
{
	*c = (struct clock){.schedule = true,
			    .speed = speed,
			    .base = start,
			    .base_real = clock_since_boot(),
			    .limit = INT64_MAX};
}

static int
pace(const struct clock *c)
{
	return c->most > 0 && c->most < c->speed ? c->most : c->speed;
}

int64_t
clock_now(const struct clock *c)
{
	int64_t now;

	if (!c->schedule)
		return clock_system();
	if (c->standing)
		return c->base;
	now = c->base + (clock_since_boot() - c->base_real) * pace(c);
	return now < c->limit ? now : c->limit;
}

void
clock_slow(struct clock *c, int most)
{
	if (!c->schedule || c->standing || c->most == most)
		return;
	c->base = clock_now(c);
	c->base_real = clock_since_boot();
	c->most = most;
}

void
clock_stand(struct clock *c, int64_t instant)
{
	if (!c->schedule)
		return;
	c->standing = true;
	c->base = instant;
}

uint64_t
clock_delay(const struct clock *c, int64_t instant)
{
	int64_t now = clock_now(c), speed = pace(c);

	if (instant <= now)
		return 0;
	if (c->standing)
		return DELAY_MAX;
	if ((instant - now) / speed >= DELAY_MAX)
		return DELAY_MAX;
	return (uint64_t)((instant - now + speed - 1) / speed);
}

bool
clock_leaped(const struct clock *c)
{
	int64_t leap = clock_system() - clock_since_boot() - c->offset;

	return !c->schedule && (leap > CLOCK_LEAP_MS || leap < -CLOCK_LEAP_MS);
}

void
clock_trust(struct clock *c)
{
	c->offset = clock_system() - clock_since_boot();
}
