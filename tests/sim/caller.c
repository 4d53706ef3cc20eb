#include "caller.h"

#include "dice.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE      8000
#define MS        (RATE / 1000)
#define LOUD      160   /* root mean square above which something is heard: -46 dBFS */
#define SPOKEN    200   /* ms of it make a prompt */
#define QUIET     700   /* ms without it end one */
#define PATIENCE  12000 /* ms that a prompt is waited for */
#define KEYS_MOST 64
#define PI        3.14159265358979323846
#define LONGEST   INT64_C(1200000) /* ms: then even they hang up */

struct clip {
	int16_t *samples;
	int64_t n;
};

struct caller {
	struct caller_plan plan;
	const char *folder;
	uint64_t seed;
	caller_pressed *pressed;
	void *ctx;
	int64_t now; /* samples since the answer */
	unsigned step;
	bool begun; /* the step is under way since: */
	int64_t since;
	/* listening */
	int64_t spoken, quiet;
	/* keys */
	char keys[KEYS_MOST];
	unsigned keys_n;
	int64_t key_since; /* -1: none sounds or pauses */
	/* sounds */
	struct clip clip, room;
	int16_t last[CALLER_FRAME];
};

/* ---- sounds ---- */

static struct clip
load(const char *folder, const char *name)
{
	char path[512];
	SF_INFO info = {0};
	struct clip clip = {0};
	snprintf(path, sizeof path, "%s%s%s", folder && !strchr(name, '/') ? folder : "",
		 folder && !strchr(name, '/') ? "/" : "", name);
	SNDFILE *file = sf_open(path, SFM_READ, &info);
	if (!file || info.channels != 1 || info.samplerate != RATE) {
		fprintf(stderr, "dunlin-sim: %s: no WAV of one channel at 8000 Hz\n", path);
	} else {
		clip.samples = malloc((size_t)info.frames * sizeof *clip.samples);
		if (!clip.samples)
			abort();
		clip.n = sf_read_short(file, clip.samples, info.frames);
	}
	if (file)
		sf_close(file);
	return clip;
}

static double
amplitude(double db)
{
	return 32767 * pow(10, -db / 20);
}

/* The two tones of a key, ITU-T Q.23. */
static double
tone(char key, double level_db, int64_t at)
{
	static const char keys[] = "123A456B789C*0#D";
	static const double low[] = {697, 770, 852, 941}, high[] = {1209, 1336, 1477, 1633};
	size_t i = (size_t)(strchr(keys, key) - keys);
	double t = 2 * PI * (double)at / RATE;
	return amplitude(level_db) * (sin(low[i / 4] * t) + sin(high[i % 4] * t));
}

/* Like speech as far as levels go: harmonics of a voice, four syllables a second. */
static double
babble(int64_t at)
{
	double t = (double)at / RATE, syllable = sin(2 * PI * 2 * t), sum = 0;
	double pitch = 118 + 14 * sin(2 * PI * 0.7 * t);
	for (int h = 1; h < 16; h++)
		sum += sin(2 * PI * pitch * h * t) / h;
	return 3500 * syllable * syllable * sum;
}

static int16_t
clamp(double value)
{
	return (int16_t)(value > 32767 ? 32767 : value < -32768 ? -32768 : value);
}

/* ---- keys ---- */

void
caller_press(struct caller *c, const char *keys)
{
	for (; *keys && c->keys_n < KEYS_MOST; keys++)
		if (strchr("0123456789*#ABCD", *keys))
			c->keys[c->keys_n++] = *keys;
}

/* The sample of the key under way at `at`. */
static double
key_sample(struct caller *c, int64_t at)
{
	int64_t press = (int64_t)c->plan.press_ms * MS, gap = (int64_t)c->plan.gap_ms * MS;
	if (c->keys_n == 0)
		return 0;
	if (c->key_since < 0) {
		c->key_since = at;
		c->pressed(c->ctx, c->keys[0], at);
	}
	if (at - c->key_since < press)
		return tone(c->keys[0], c->plan.level_db, at - c->key_since);
	if (at - c->key_since >= press + gap - 1) {
		memmove(c->keys, c->keys + 1, --c->keys_n);
		c->key_since = -1;
		c->spoken = c->quiet = 0; /* what is heard from now on answers it */
	}
	return 0;
}

/* ---- what they do ---- */

static void
listen(struct caller *c, const int16_t *heard)
{
	double sum = 0;
	for (int i = 0; i < CALLER_FRAME; i++)
		sum += (double)heard[i] * heard[i];
	if (sqrt(sum / CALLER_FRAME) > LOUD) {
		c->spoken += CALLER_FRAME;
		c->quiet = 0;
	} else {
		c->quiet += CALLER_FRAME;
	}
}

static bool
waited(const struct caller *c)
{
	if (c->spoken < SPOKEN * MS)
		return c->now - c->since >= PATIENCE * MS;
	return c->quiet >= QUIET * MS;
}

static void
begin(struct caller *c, const struct caller_step *step)
{
	c->begun = true;
	c->since = c->now;
	if (step->does == CALLER_PRESSES)
		caller_press(c, step->word);
	if (step->does == CALLER_SAYS) {
		free(c->clip.samples);
		c->clip = load(c->folder, step->word);
	}
}

static bool
is_over(const struct caller *c, const struct caller_step *step)
{
	int64_t gone = c->now - c->since;
	switch (step->does) {
	case CALLER_WAITS: return waited(c);
	case CALLER_PAUSES:
	case CALLER_TALKS:
	case CALLER_BEEPS: return gone >= (int64_t)step->ms * MS;
	case CALLER_UNTIL: return c->now >= (int64_t)step->ms * MS;
	case CALLER_PRESSES: return c->keys_n == 0;
	case CALLER_SAYS: return gone >= c->clip.n;
	case CALLER_HANGS_UP: return false;
	}
	return true;
}

/* The step under way, NULL behind the last: then they stay on the line. */
static const struct caller_step *
step_now(struct caller *c)
{
	for (; c->step < c->plan.n; c->step++, c->begun = false) {
		const struct caller_step *step = &c->plan.steps[c->step];
		if (!c->begun)
			begin(c, step);
		if (!is_over(c, step))
			return step;
		if (step->does == CALLER_WAITS)
			c->spoken = c->quiet = 0;
	}
	return NULL;
}

static double
step_sample(const struct caller *c, const struct caller_step *step, int64_t at)
{
	int64_t gone = at - c->since;
	if (!step)
		return 0;
	if (step->does == CALLER_TALKS)
		return babble(at);
	if (step->does == CALLER_BEEPS)
		return 8000 * sin(2 * PI * 1000 * (double)gone / RATE);
	if (step->does == CALLER_SAYS && gone < c->clip.n)
		return c->clip.samples[gone];
	return 0;
}

static double
line_sample(const struct caller *c, int i, int64_t at)
{
	double sum = 0;
	if (c->plan.echo_db > 0)
		sum += c->last[i] * pow(10, -c->plan.echo_db / 20);
	if (c->plan.noise_db > 0) {
		uint64_t throw = dice_mix(c->seed, DICE_WORDS, (uint64_t)at);
		sum += amplitude(c->plan.noise_db) *
		       ((double)(throw >> 11) / (double)(1ull << 52) - 1);
	}
	if (c->room.n > 0)
		sum += c->room.samples[at % c->room.n];
	return sum;
}

bool
caller_frame(struct caller *c, const int16_t *heard, int16_t *said)
{
	listen(c, heard);
	const struct caller_step *step = step_now(c);
	if ((step && step->does == CALLER_HANGS_UP && c->keys_n == 0) ||
	    (c->plan.hangup_ms && c->now >= (int64_t)c->plan.hangup_ms * MS) ||
	    c->now >= LONGEST * MS)
		return false;
	for (int i = 0; i < CALLER_FRAME; i++) {
		int64_t at = c->now + i;
		said[i] =
		    clamp(key_sample(c, at) + step_sample(c, step, at) + line_sample(c, i, at));
	}
	memcpy(c->last, heard, sizeof c->last);
	c->now += CALLER_FRAME;
	return true;
}

struct caller *
caller_new(const struct caller_plan *plan, const char *folder, uint64_t seed,
	   caller_pressed *pressed, void *ctx)
{
	struct caller *c = calloc(1, sizeof *c);
	if (!c)
		abort();
	c->plan = *plan;
	c->folder = folder;
	c->seed = seed;
	c->pressed = pressed;
	c->ctx = ctx;
	c->key_since = -1;
	if (*plan->speech)
		c->room = load(folder, plan->speech);
	return c;
}

void
caller_free(struct caller *c)
{
	if (!c)
		return;
	free(c->clip.samples);
	free(c->room.samples);
	free(c);
}
