#include "rate.h"

#include <assert.h>

static uint64_t
capacity(const struct smpp_rate *rate)
{
	uint64_t burst = (uint64_t)rate->per_s * 1000 / 20;

	return burst < 1000 ? 1000 : burst;
}

static uint64_t
thousandths_at(const struct smpp_rate *rate, uint64_t now)
{
	uint64_t passed = now > rate->at ? now - rate->at : 0;
	uint64_t have;

	/* A minute fills every bucket: beyond it the product is not needed and might overflow. */
	if (passed > 60000)
		return capacity(rate);
	have = rate->thousandths + passed * rate->per_s;
	return have < capacity(rate) ? have : capacity(rate);
}

void
smpp_rate_init(struct smpp_rate *rate, uint32_t per_s, uint64_t now)
{
	rate->per_s = per_s;
	rate->at = now;
	rate->thousandths = capacity(rate);
}

uint32_t
smpp_rate_burst(const struct smpp_rate *rate)
{
	return rate->per_s == 0 ? UINT32_MAX : (uint32_t)(capacity(rate) / 1000);
}

uint32_t
smpp_rate_room(const struct smpp_rate *rate, uint64_t now)
{
	return rate->per_s == 0 ? UINT32_MAX : (uint32_t)(thousandths_at(rate, now) / 1000);
}

void
smpp_rate_take(struct smpp_rate *rate, uint64_t now)
{
	if (rate->per_s == 0)
		return;
	rate->thousandths = thousandths_at(rate, now);
	if (now > rate->at)
		rate->at = now;
	assert(rate->thousandths >= 1000);
	rate->thousandths -= 1000;
}

uint64_t
smpp_rate_wait(const struct smpp_rate *rate, uint32_t n, uint64_t now)
{
	uint64_t want, have;

	if (rate->per_s == 0)
		return 0;
	if (n > smpp_rate_burst(rate))
		n = smpp_rate_burst(rate);
	want = (uint64_t)n * 1000;
	have = thousandths_at(rate, now);
	return have >= want ? 0 : (want - have + rate->per_s - 1) / rate->per_s;
}

uint32_t
smpp_backoff_next(struct smpp_backoff *backoff, uint32_t dice)
{
	uint32_t delay = backoff->next_ms != 0 ? backoff->next_ms : backoff->min_ms;

	backoff->next_ms = delay > backoff->max_ms / 2 ? backoff->max_ms : delay * 2;
	/* Never 0, or a peer that refuses at once would be asked again at once. */
	return delay / 2 + 1 + dice % (delay - delay / 2);
}

void
smpp_backoff_reset(struct smpp_backoff *backoff)
{
	backoff->next_ms = 0;
}
