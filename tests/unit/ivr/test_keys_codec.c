/* Keys behind the codecs of mobile networks. What is asked here is what a person who presses keys
 * of a mobile telephone gets; bench_keys counts more of them. */
#include "keys_rig.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define EACH 60

static struct rig rig;

/* Presses of 80 to 300 ms with 150 ms between: percent right and percent extra. */
static void
press(enum codec_kind kind, double right, double extra)
{
	static const double lengths[] = {80, 120, 200, 300};
	struct rig_count count, sum = {0};

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		rig_open(&rig, kind, (uint32_t)(11 + i));
		rig_presses(&rig, EACH, lengths[i], 150);
		count = rig_count(&rig);
		sum.right += count.right;
		sum.extra += count.extra;
		sum.sent += count.sent;
		sum.latest_ms = fmax(sum.latest_ms, count.latest_ms);
		rig_close(&rig);
	}
	print_message("%s: %zu of %zu, %zu extra, known after %.0f ms at the latest\n",
		      codec_name(kind), sum.right, sum.sent, sum.extra, sum.latest_ms);
	assert_true((double)sum.right >= (double)sum.sent * right / 100);
	assert_true((double)sum.extra <= (double)sum.sent * extra / 100);
	assert_true(sum.latest_ms < 170);
}

static void
test_good_codecs(void **state)
{
	(void)state;
	press(CODEC_GSM, 100, 0);
	press(CODEC_AMR_1220, 100, 0);
	press(CODEC_AMR_740, 100, 0);
	press(CODEC_AMR_670, 100, 0);
	press(CODEC_AMR_590, 100, 0);
}

static void
test_poor_codecs(void **state)
{
	(void)state;
	press(CODEC_AMR_515, 98, 1);
	press(CODEC_AMR_475, 95, 5);
}

/* A tone under 20 ms is no key; GSM full rate makes it longer, and one in 4,000 once was. */
static void
test_short_tones(void **state)
{
	(void)state;
	rig_open(&rig, CODEC_GSM, 41);
	for (int i = 0; i < 12000; i++) {
		rig_tones(&rig, KEYS_ALL[(size_t)(rig_chance(&rig) * 16)],
			  10 + 9.9 * rig_chance(&rig), RIG_LEVEL, RIG_LEVEL, 0, 0);
		rig_silence(&rig, 100 + 20 * rig_chance(&rig));
	}
	assert_int_equal(rig.heard_count, 0);
	rig_close(&rig);
}

/* The same key again after 150 ms, which GSM full rate may fill with a hum: two presses. */
static void
test_same_again(void **state)
{
	(void)state;
	rig_open(&rig, CODEC_GSM, 42);
	for (int i = 0; i < 1000; i++) {
		rig.heard_count = rig.over_count = 0;
		for (int press = 0; press < 2; press++) {
			rig_tones(&rig, KEYS_ALL[i % 12], 80 + 100 * rig_chance(&rig), RIG_LEVEL,
				  RIG_LEVEL, 0, 0);
			rig_silence(&rig, press ? 300 : 150);
		}
		assert_int_equal(rig.heard_count, 2);
	}
	rig_close(&rig);
}

/* Long presses that lose frames in their midst: how many were not heard as themselves, once. */
static size_t
lose(enum codec_kind kind, unsigned frames)
{
	size_t bad = 0;

	rig_open(&rig, kind, 21);
	for (size_t i = 0; i < 60; i++) {
		char key = KEYS_ALL[i % 12];

		rig.heard_count = rig.over_count = 0;
		rig.lose_after = 4;
		rig.lose = frames;
		rig_tones(&rig, key, 300, RIG_LEVEL, RIG_LEVEL, 0, 0);
		rig_silence(&rig, 300);
		bad += rig.heard_count != 1 || rig.heard[0].key != key;
	}
	rig_close(&rig);
	return bad;
}

static void
test_lost_frames(void **state)
{
	size_t bad[4] = {0};

	(void)state;
	for (enum codec_kind kind = CODEC_ALAW; kind < CODEC_KINDS; kind++)
		for (unsigned frames = 1; frames <= 3; frames++)
			bad[frames] += lose(kind, frames);
	print_message("of 600 presses, 1, 2, 3 lost frames: %zu, %zu, %zu bad\n", bad[1], bad[2],
		      bad[3]);
	assert_true(bad[1] <= 1);
	assert_true(bad[2] <= 12);
	assert_true(bad[3] <= 40);
	assert_int_equal(lose(CODEC_ALAW, 3), 0);
	assert_int_equal(lose(CODEC_GSM, 3), 0);
	assert_int_equal(lose(CODEC_AMR_1220, 3), 0);
}

/* Garbage from the air may be heard as anything but must end: a key after it is heard. */
static void
test_garbage(void **state)
{
	(void)state;
	for (enum codec_kind kind = CODEC_ALAW; kind < CODEC_KINDS; kind++) {
		rig_open(&rig, kind, 31);
		for (int frame = 0; frame < 200; frame++) {
			codec_harm(rig.codec, frame % 2 ? CODEC_GARBAGE : CODEC_LOST);
			rig_silence(&rig, 20);
		}
		rig_silence(&rig, 400);
		assert_true(rig.heard_count <= 2);
		rig.heard_count = rig.over_count = 0;
		rig_press(&rig, '7', 200, 300);
		assert_string_equal(rig_text(&rig), "7");
		rig_close(&rig);
	}
}

static void
test_names(void **state)
{
	(void)state;
	for (enum codec_kind kind = 0; kind < CODEC_KINDS; kind++)
		assert_int_equal(codec_named(codec_name(kind)), kind);
	assert_int_equal(codec_named("amr"), CODEC_KINDS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good_codecs), cmocka_unit_test(test_poor_codecs),
	    cmocka_unit_test(test_short_tones), cmocka_unit_test(test_same_again),
	    cmocka_unit_test(test_lost_frames), cmocka_unit_test(test_garbage),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
