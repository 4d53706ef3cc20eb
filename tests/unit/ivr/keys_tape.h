/* keys_tape.h - a test tape for receivers of keys, synthesised: the trials of Mitel's CM7291 as
 * spandsp's own tests describe them, through A-law
 *
 * Bursts of 50 ms with 50 ms between, so nothing is merged here. A trial's figure is how many
 * bursts were heard. The tape ends where a receiver could do no better. */
#ifndef UNIT_IVR_KEYS_TAPE_H
#define UNIT_IVR_KEYS_TAPE_H

#include "keys_rig.h"

#define TAPE_DIAGONAL "159D"

struct tape {
	size_t decoded;                       /* of 160 */
	double low[4], high[4];               /* bandwidth in percent, of 1 5 9 D */
	double low_offset[4], high_offset[4]; /* and how far off its centre lies */
	double twist[4], reverse[4];          /* dB: the low tone weaker, the high tone weaker */
	unsigned range_db;                    /* dynamic range */
	double guard_ms;                      /* the shortest heard, by Mitel's sum */
	unsigned noise_db;                    /* of signal to noise, with 1000 of 1000 heard */
};

static inline bool
tape_burst(struct rig *rig, char key, double ms, double low, double high, double low_off,
	   double high_off)
{
	size_t before = rig->heard_count;
	bool heard;

	rig_tones(rig, key, ms, low, high, low_off, high_off);
	rig_silence(rig, 50);
	heard = rig->heard_count == before + 1 && rig->heard[before].key == key;
	if (rig->heard_count > RIG_PRESSES / 2 && rig->over_count == rig->heard_count)
		rig->heard_count = rig->over_count = 0;
	return heard;
}

/* Deviations of 0.1 % up to 6 % to one side. */
static inline size_t
tape_side(struct rig *rig, char key, double low, double high)
{
	size_t n = 0;

	for (int i = 1; i <= 60; i++)
		n += tape_burst(rig, key, 50, -17, -17, low * i / 1000, high * i / 1000);
	return n;
}

static inline void
tape_bandwidth(struct rig *rig, struct tape *tape, size_t i)
{
	char key = TAPE_DIAGONAL[i];
	double more = (double)tape_side(rig, key, 1, 0), less = (double)tape_side(rig, key, -1, 0);

	tape->low[i] = (more + less) / 10;
	tape->low_offset[i] = (more - less) / 10;
	more = (double)tape_side(rig, key, 0, 1);
	less = (double)tape_side(rig, key, 0, -1);
	tape->high[i] = (more + less) / 10;
	tape->high_offset[i] = (more - less) / 10;
}

static inline void
tape_twist(struct rig *rig, struct tape *tape, size_t i)
{
	for (int tenth = 0; tenth <= 200; tenth++) {
		double weaker = -3 - tenth / 10.0;

		tape->twist[i] += tape_burst(rig, TAPE_DIAGONAL[i], 50, weaker, -3, 0, 0) / 10.0;
		tape->reverse[i] += tape_burst(rig, TAPE_DIAGONAL[i], 50, -3, weaker, 0, 0) / 10.0;
	}
}

/* From quiet noise up to where the first burst is missed. `most`: louder than that is not tried. */
static inline unsigned
tape_noise(struct rig *rig, unsigned bursts, int most)
{
	int ratio = 40;

	for (; ratio > most; ratio--) {
		unsigned heard = 0;

		rig->noise = rig_amplitude(-4 - (ratio - 1)) / sqrt(2);
		while (heard < bursts && tape_burst(rig, '1', 50, -4, -4, 0, 0))
			heard++;
		if (heard < bursts)
			break;
	}
	rig->noise = 0;
	return (unsigned)ratio;
}

static inline void
tape_run(struct rig *rig, struct tape *tape, unsigned noise_bursts, int most_noise)
{
	*tape = (struct tape){0};
	keys_merge(rig->keys, 0);
	for (size_t i = 0; i < 160; i++)
		tape->decoded += tape_burst(rig, KEYS_ALL[i / 10], 50, -4, -4, 0, 0);
	for (size_t i = 0; i < 4; i++) {
		tape_bandwidth(rig, tape, i);
		tape_twist(rig, tape, i);
	}
	for (int level = 3; level >= -50; level--)
		tape->range_db += tape_burst(rig, '1', 50, level, level, 0, 0);
	tape->guard_ms = 50;
	for (int tenth = 490; tenth >= 100; tenth--)
		tape->guard_ms -= tape_burst(rig, '1', tenth / 10.0, -3, -3, 0, 0) / 10.0;
	tape->noise_db = tape_noise(rig, noise_bursts, most_noise);
}

#endif
