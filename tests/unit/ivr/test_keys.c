/* Keys on a clean line: which, when, how many. */
#include "keys_rig.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>

static struct rig rig, other;

static void
test_all_keys(void **state)
{
	(void)state;
	rig_open(&rig, CODEC_CLEAN, 1);
	rig_silence(&rig, 200);
	for (const char *key = KEYS_ALL; *key; key++)
		rig_press(&rig, *key, 80, 150);
	assert_string_equal(rig_text(&rig), KEYS_ALL);
	assert_int_equal(rig.over_count, rig.heard_count);
	rig_close(&rig);
}

/* Barge-in has 200 ms from air to air, most of it the sound card's. */
static void
test_times(void **state)
{
	struct rig_count count;

	(void)state;
	rig_open(&rig, CODEC_CLEAN, 2);
	for (int i = 0; i < 200; i++)
		rig_press(&rig, KEYS_ALL[(size_t)(rig_chance(&rig) * 16)], 60 + 2 * i % 200,
			  120 + 10 * rig_chance(&rig));
	count = rig_count(&rig);
	assert_int_equal(count.right, 200);
	assert_int_equal(count.extra, 0);
	assert_true(count.latest_ms <= 35);
	assert_true(count.early_ms >= -10 && count.late_ms <= 10);
	for (int i = 0; i < 200; i++) {
		double off = ((double)rig.heard[i].to - (double)rig.sent[i].to) / PCM_MS;

		assert_true(off > -10 && off < 20);
		assert_int_equal(rig.by[i], KEYS_EARS);
	}
	rig_close(&rig);
}

static void
test_any_pieces(void **state)
{
	static const size_t pieces[] = {1, 7, 33, 34, 35, 102, 160, 511, 800};

	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		rig_open(&other, CODEC_CLEAN, 3);
		other.piece = pieces[i];
		rig_presses(&other, 20, 90, 130);
		assert_int_equal(keys_clock(other.keys), other.clock);
		if (i == 0) {
			memcpy(&rig, &other, sizeof rig);
		} else {
			assert_int_equal(other.heard_count, rig.heard_count);
			for (size_t h = 0; h < rig.heard_count; h++) {
				assert_int_equal(other.heard[h].key, rig.heard[h].key);
				assert_int_equal(other.heard[h].from, rig.heard[h].from);
				assert_int_equal(other.heard[h].known, rig.heard[h].known);
			}
		}
		rig_close(&other);
	}
}

/* A tone that breaks off for a moment is one press; what a finger does is two. */
static void
test_merging(void **state)
{
	(void)state;
	rig_open(&rig, CODEC_CLEAN, 4);
	for (int gap = 5; gap <= 75; gap += 5) {
		rig.heard_count = rig.over_count = 0;
		rig_press(&rig, '5', 60, gap);
		rig_press(&rig, '5', 60, gap);
		rig_press(&rig, '5', 60, 300);
		assert_string_equal(rig_text(&rig), "5");
		assert_int_equal(rig.over_count, 1);
		assert_true(rig.heard[0].to + 20 * PCM_MS >
			    rig.heard[0].from + (180 + 2 * (uint64_t)gap) * 8);
	}
	for (int gap = 105; gap <= 200; gap += 5) {
		rig.heard_count = rig.over_count = 0;
		rig_press(&rig, '5', 60, gap);
		rig_press(&rig, '5', 60, 300);
		assert_string_equal(rig_text(&rig), "55");
	}
	rig.heard_count = rig.over_count = 0;
	rig_press(&rig, '5', 60, 40);
	rig_press(&rig, '6', 60, 40);
	rig_press(&rig, '5', 60, 300);
	assert_string_equal(rig_text(&rig), "565");
	/* A finger that rolls from key to key. */
	rig.heard_count = rig.over_count = 0;
	rig_tones(&rig, '1', 150, RIG_LEVEL, RIG_LEVEL, 0, 0);
	rig_tones(&rig, '2', 220, RIG_LEVEL, RIG_LEVEL, 0, 0);
	rig_press(&rig, '3', 220, 300);
	assert_string_equal(rig_text(&rig), "123");
	rig_close(&rig);
}

/* Clicks and blips are none, in whatever place of a detector's blocks they fall. */
static void
test_short_tones(void **state)
{
	(void)state;
	for (enum codec_kind kind = CODEC_CLEAN; kind <= CODEC_ALAW; kind++) {
		rig_open(&rig, kind, 5);
		for (int i = 0; i < 1500; i++)
			rig_press(&rig, KEYS_ALL[(size_t)(rig_chance(&rig) * 16)],
				  10 + 9.9 * rig_chance(&rig), 60 + 20 * rig_chance(&rig));
		assert_int_equal(rig.heard_count, 0);
		rig_presses(&rig, 50, 37.5, 150);
		assert_int_equal(rig.heard_count, 50);
		rig_close(&rig);
	}
}

/* What a line without a voice may bring: silence, full scale, noise, one tone alone, the dial tone.
 */
static void
test_no_keys(void **state)
{
	static const double tones[][2] = {{350, 440},  {425, 425}, {697, 697},   {1336, 1336},
					  {950, 1400}, {697, 770}, {1209, 1477}, {730, 1280}};
	int16_t samples[PCM_RATE];

	(void)state;
	rig_open(&rig, CODEC_CLEAN, 6);
	rig_silence(&rig, 1000);
	for (size_t t = 0; t < sizeof tones / sizeof *tones; t++) {
		for (int i = 0; i < PCM_RATE; i++)
			samples[i] = (int16_t)(8000 * sin(2 * M_PI * tones[t][0] * i / PCM_RATE) +
					       8000 * sin(2 * M_PI * tones[t][1] * i / PCM_RATE));
		rig_play(&rig, samples, PCM_RATE);
	}
	for (int i = 0; i < PCM_RATE; i++)
		samples[i] = i & 1 ? INT16_MIN : INT16_MAX;
	rig_play(&rig, samples, PCM_RATE);
	rig.noise = 6000;
	rig_silence(&rig, 10000);
	assert_int_equal(rig.heard_count, 0);
	rig_close(&rig);
}

/* What a line adds to keys. */
static void
test_hard_lines(void **state)
{
	(void)state;
	rig_open(&rig, CODEC_ALAW, 7);
	rig.noise = rig_amplitude(RIG_LEVEL - 12) / sqrt(2);
	rig_presses(&rig, 200, 80, 150);
	assert_int_equal(rig_count(&rig).right, 200);
	assert_int_equal(rig.heard_count, 200);
	rig_close(&rig);
	/* Clipped on the way, and with a click before each. */
	rig_open(&rig, CODEC_ALAW, 8);
	for (int i = 0; i < 100; i++) {
		char key = KEYS_ALL[i % 12];

		rig_tones(&rig, key, 100, 4, 4, 0.01, -0.01);
		rig_silence(&rig, 150);
		assert_int_equal(rig.heard_count, i + 1);
		assert_int_equal(rig.heard[i].key, key);
	}
	rig_close(&rig);
}

static void
test_two_lines(void **state)
{
	(void)state;
	rig_open(&rig, CODEC_CLEAN, 9);
	rig_open(&other, CODEC_CLEAN, 10);
	for (int i = 0; i < 40; i++) {
		rig_press(&rig, KEYS_ALL[i % 10], 90, 110);
		rig_press(&other, KEYS_ALL[(i * 7 + 3) % 12], 90, 110);
	}
	assert_int_equal(rig_count(&rig).right, 40);
	assert_int_equal(rig_count(&other).right, 40);
	assert_int_equal(rig.heard_count + other.heard_count, 80);
	rig_close(&rig);
	rig_close(&other);
	keys_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_keys),    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_any_pieces),  cmocka_unit_test(test_merging),
	    cmocka_unit_test(test_short_tones), cmocka_unit_test(test_no_keys),
	    cmocka_unit_test(test_hard_lines),  cmocka_unit_test(test_two_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
