/* A line and a modem that bring anything. An input is a row of commands, each an octet and what it
 * takes: tones of a key, silence, raw samples, the modem's word, another way of merging. What is
 * told is well formed, in order, and each press is told twice. */
#include "ivr/keys.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST (8000 * 20)

struct heard {
	struct keys *keys;
	bool down;
	struct keys_press last;
};

static void
on_press(void *context, const struct keys_press *press)
{
	struct heard *heard = context;

	assert(press->key && strchr(KEYS_ALL, press->key));
	assert(press->down != heard->down);
	assert(press->by >= KEYS_EARS && press->by <= (KEYS_EARS | KEYS_MODEM));
	assert(press->onset <= press->end && press->end <= press->known);
	assert(press->known == keys_clock(heard->keys) && press->known >= heard->last.known);
	if (!press->down)
		assert(press->key == heard->last.key && press->onset == heard->last.onset);
	heard->down = press->down;
	heard->last = *press;
}

static void
play(struct heard *heard, char key, size_t ms)
{
	static const double rows[] = {697, 770, 852, 941}, columns[] = {1209, 1336, 1477, 1633};
	int16_t samples[256 * 8];
	size_t place = (size_t)(strchr("123A456B789C*0#D", key) - "123A456B789C*0#D");

	for (size_t i = 0; i < ms * 8; i++)
		samples[i] =
		    (int16_t)(9000 * (sin(2 * M_PI * rows[place / 4] * (double)i / 8000) +
				      sin(2 * M_PI * columns[place % 4] * (double)i / 8000)));
	keys_heard(heard->keys, samples, ms * 8);
}

static void
silence(struct heard *heard, size_t ms)
{
	int16_t samples[256 * 8] = {0};

	keys_heard(heard->keys, samples, ms * 8);
}

/* One command; how many octets it took. */
static size_t
obey(struct heard *heard, const uint8_t *data, size_t size)
{
	uint8_t what = data[0], value = size > 1 ? data[1] : 0;
	int16_t samples[64];
	size_t n;

	switch (what >> 5) {
	case 0:
	case 1: play(heard, KEYS_ALL[what & 15], value); return 2;
	case 2: silence(heard, value); return 2;
	case 3: keys_modem(heard->keys, (char)value); return 2;
	case 4: keys_modem(heard->keys, KEYS_ALL[what & 15]); return 1;
	case 5: keys_merge(heard->keys, what & 31 ? (what & 31) * 8u : 0); return 1;
	default:
		n = (size - 1) / 2 < (what & 63u) ? (size - 1) / 2 : (what & 63u);
		memcpy(samples, data + 1, 2 * n);
		keys_heard(heard->keys, samples, n);
		return 1 + 2 * n;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard heard = {0};
	int r = keys_new(&heard.keys, on_press, &heard);

	assert(r == 0);
	for (size_t at = 0; at < size && keys_clock(heard.keys) < MOST;)
		at += obey(&heard, data + at, size - at);
	keys_merge(heard.keys, 0);
	for (int i = 0; i < 4; i++)
		silence(&heard, 100);
	assert(!heard.down);
	keys_free(heard.keys);
	return 0;
}
