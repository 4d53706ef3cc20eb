/* keys_rig.h - somebody presses keys, a codec carries them, and what is heard is counted
 *
 * Sent and heard presses are compared by time, so that a wrong key is not taken for a right one
 * that came late. All chance comes from one seed. Levels are of each of the two tones, in dBm0: a
 * sine of 0 dBm0 lies 3.14 dB below full scale (ITU-T G.711). */
#ifndef UNIT_IVR_KEYS_RIG_H
#define UNIT_IVR_KEYS_RIG_H

#include "../../sim/codec.h"

#include "ivr/keys.h"
#include "ivr/pcm.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RIG_PRESSES 4096
#define RIG_LEVEL   (-10.0)

struct rig_press {
	char key;
	bool met;
	uint64_t from, to, known;
};

struct rig {
	struct keys *keys;
	struct codec *codec;
	uint32_t dice;
	uint64_t clock, delay;
	size_t sent_count, heard_count, over_count;
	struct rig_press sent[RIG_PRESSES], heard[RIG_PRESSES];
	unsigned by[RIG_PRESSES];
	/* added to all that is played, from its beginning again at its end */
	const struct pcm_clip *beside;
	double beside_gain;
	size_t beside_at;
	double noise; /* RMS of white noise in the line */
	/* so many frames from now on, so many are lost in a row */
	unsigned lose_after, lose;
	size_t piece; /* how many samples the line hands over at once */
};

struct rig_count {
	size_t sent, right, extra;
	double latest_ms;         /* from onset to known, the codec's own delay aside */
	double early_ms, late_ms; /* of the onset told, at worst */
};

static inline double
rig_chance(struct rig *rig)
{
	rig->dice ^= rig->dice << 13;
	rig->dice ^= rig->dice >> 17;
	rig->dice ^= rig->dice << 5;
	return rig->dice / 4294967296.0;
}

static inline double
rig_gauss(struct rig *rig)
{
	return sqrt(-2 * log(1 - rig_chance(rig))) * cos(2 * M_PI * rig_chance(rig));
}

static inline double
rig_amplitude(double dbm0)
{
	return 32767 * pow(10, (dbm0 - 3.14) / 20);
}

static inline void
rig_on_press(void *context, const struct keys_press *press)
{
	struct rig *rig = context;

	if (!press->down) {
		assert(rig->heard_count > 0 && press->key == rig->heard[rig->heard_count - 1].key);
		rig->over_count++;
		rig->heard[rig->heard_count - 1].to = press->end;
		rig->by[rig->heard_count - 1] = press->by;
		return;
	}
	assert(rig->heard_count < RIG_PRESSES && rig->over_count == rig->heard_count);
	rig->by[rig->heard_count] = press->by;
	rig->heard[rig->heard_count++] = (struct rig_press){
	    .key = press->key, .from = press->onset, .to = press->end, .known = press->known};
}

static inline void
rig_open(struct rig *rig, enum codec_kind kind, uint32_t seed)
{
	memset(rig, 0, sizeof *rig);
	rig->dice = seed * 2654435761u + 1;
	rig->delay = codec_delay(kind);
	rig->codec = codec_new(kind);
	rig->piece = 160;
	assert(rig->codec && keys_new(&rig->keys, rig_on_press, rig) == 0);
}

static inline void
rig_close(struct rig *rig)
{
	keys_free(rig->keys);
	codec_free(rig->codec);
}

/* What else is on the line, and the air; `samples` is changed. */
static inline void
rig_play(struct rig *rig, int16_t *samples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double sum = samples[i];

		if (rig->noise > 0)
			sum += rig->noise * rig_gauss(rig);
		if (rig->beside) {
			sum += rig->beside_gain * rig->beside->samples[rig->beside_at];
			rig->beside_at = (rig->beside_at + 1) % rig->beside->n;
		}
		samples[i] = (int16_t)lrint(fmin(fmax(sum, -32767), 32767));
	}
	for (size_t at = 0; at < n; at += CODEC_FRAME) {
		if (rig->lose_after > 0)
			rig->lose_after--;
		else if (rig->lose > 0 && rig->lose--)
			codec_harm(rig->codec, CODEC_LOST);
		codec_pass(rig->codec, samples + at, samples + at,
			   n - at < CODEC_FRAME ? n - at : CODEC_FRAME);
	}
	for (size_t at = 0; at < n; at += rig->piece)
		keys_heard(rig->keys, samples + at, n - at < rig->piece ? n - at : rig->piece);
	rig->clock += n;
}

static inline void
rig_silence(struct rig *rig, double ms)
{
	int16_t samples[800];

	for (size_t left = (size_t)(ms * PCM_MS); left > 0;) {
		size_t n = left < 800 ? left : 800;

		memset(samples, 0, n * sizeof *samples);
		rig_play(rig, samples, n);
		left -= n;
	}
}

/* Two tones of their own levels (dBm0), each off its frequency by a share. */
static inline void
rig_tones(struct rig *rig, char key, double ms, double low, double high, double low_off,
	  double high_off)
{
	static const char keypad[] = "123A456B789C*0#D";
	static const double rows[] = {697, 770, 852, 941}, columns[] = {1209, 1336, 1477, 1633};
	int16_t samples[PCM_RATE];
	size_t place = (size_t)(strchr(keypad, key) - keypad), n = (size_t)(ms * PCM_MS);
	double w1 = 2 * M_PI * rows[place / 4] * (1 + low_off) / PCM_RATE;
	double w2 = 2 * M_PI * columns[place % 4] * (1 + high_off) / PCM_RATE;
	double p1 = 2 * M_PI * rig_chance(rig), p2 = 2 * M_PI * rig_chance(rig);

	assert(n <= PCM_RATE);
	for (size_t i = 0; i < n; i++) {
		double x = rig_amplitude(low) * sin(p1 + w1 * (double)i) +
			   rig_amplitude(high) * sin(p2 + w2 * (double)i);

		samples[i] = (int16_t)lrint(fmin(fmax(x, -32767), 32767));
	}
	rig_play(rig, samples, n);
}

/* A press that counts as sent. */
static inline void
rig_press(struct rig *rig, char key, double ms, double gap_ms)
{
	uint64_t from = rig->clock + rig->delay;

	assert(rig->sent_count < RIG_PRESSES);
	rig_tones(rig, key, ms, RIG_LEVEL, RIG_LEVEL, 0, 0);
	rig->sent[rig->sent_count++] =
	    (struct rig_press){.key = key, .from = from, .to = rig->clock + rig->delay};
	rig_silence(rig, gap_ms);
}

/* Keys of a telephone, the same one again for every third press: what merging could swallow. */
static inline void
rig_presses(struct rig *rig, size_t n, double ms, double gap_ms)
{
	for (size_t i = 0; i < n; i++) {
		char key = KEYS_ALL[(size_t)(rig_chance(rig) * 12)];

		if (rig->sent_count > 0 && rig_chance(rig) < 0.33)
			key = rig->sent[rig->sent_count - 1].key;
		rig_press(rig, key, ms + 5 * rig_chance(rig) - 2.5, gap_ms);
	}
	rig_silence(rig, 300);
}

/* A heard press meets the sent one it overlaps, give or take a frame and a block. */
static inline struct rig_count
rig_count(struct rig *rig)
{
	enum { SLACK = 320 };
	struct rig_count count = {.sent = rig->sent_count};

	for (size_t h = 0, s = 0; h < rig->heard_count; h++) {
		struct rig_press *heard = &rig->heard[h], *sent;
		double off;

		while (s < rig->sent_count && rig->sent[s].to + SLACK < heard->from)
			s++;
		sent = &rig->sent[s];
		if (s == rig->sent_count || heard->from + SLACK < sent->from || sent->met ||
		    sent->key != heard->key) {
			count.extra++;
			continue;
		}
		sent->met = true;
		count.right++;
		off = ((double)heard->from - (double)sent->from) / PCM_MS;
		count.early_ms = fmin(count.early_ms, off);
		count.late_ms = fmax(count.late_ms, off);
		count.latest_ms =
		    fmax(count.latest_ms, ((double)heard->known - (double)sent->from) / PCM_MS);
	}
	return count;
}

/* The keys heard, in their order, as a text. */
static inline const char *
rig_text(struct rig *rig)
{
	static char text[RIG_PRESSES + 1];

	for (size_t i = 0; i < rig->heard_count; i++)
		text[i] = rig->heard[i].key;
	text[rig->heard_count] = 0;
	return text;
}

#endif
