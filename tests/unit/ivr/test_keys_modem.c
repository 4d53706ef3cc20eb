/* What the modem says it heard, beside what we hear: one press is told once, whoever was first. */
#include "keys_rig.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct rig rig;

static void
begin(void)
{
	rig_open(&rig, CODEC_CLEAN, 1);
	rig_silence(&rig, 500);
}

static void
heard(const char *keys)
{
	rig_silence(&rig, 1000);
	assert_string_equal(rig_text(&rig), keys);
	assert_int_equal(rig.over_count, rig.heard_count);
	rig_close(&rig);
}

/* The modem speaks before the sound comes, in it, after it; some a long while. */
static void
test_same_key(void **state)
{
	static const int late[] = {-150, -70, -30, 0, 10, 30, 60, 100, 150, 300, 600};

	(void)state;
	for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
		begin();
		for (int press = 0; press < 3; press++) {
			if (late[i] < 0) {
				keys_modem(rig.keys, '5');
				rig_silence(&rig, -late[i]);
			}
			rig_tones(&rig, '5', late[i] < 0 || late[i] > 100 ? 100 : late[i], -10, -10,
				  0, 0);
			if (late[i] > 100)
				rig_silence(&rig, late[i] - 100);
			if (late[i] >= 0)
				keys_modem(rig.keys, '5');
			rig_silence(&rig, 200);
		}
		/* Tones too short for us are keys if the modem says so; what comes after the end
		 * was told changes no telling. */
		if (late[i] < 300)
			assert_int_equal(rig.by[0] & KEYS_MODEM, KEYS_MODEM);
		if (late[i] < 0 || late[i] >= 30)
			assert_int_equal(rig.by[0] & KEYS_EARS, KEYS_EARS);
		heard("555");
	}
}

static void
test_modem_alone(void **state)
{
	(void)state;
	begin();
	keys_modem(rig.keys, '1');
	rig_silence(&rig, KEYS_WAIT_MS - 10);
	assert_int_equal(rig.heard_count, 0);
	rig_silence(&rig, 20);
	assert_string_equal(rig_text(&rig), "1");
	assert_int_equal(rig.by[0], KEYS_MODEM);
	rig_silence(&rig, 300);
	keys_modem(rig.keys, '1');
	rig_silence(&rig, 300);
	keys_modem(rig.keys, 'a');
	keys_modem(rig.keys, '#');
	heard("11A#");
}

/* We hear the first, it hears the second; and the other way round. */
static void
test_each_misses_one(void **state)
{
	(void)state;
	begin();
	rig_tones(&rig, '5', 100, -10, -10, 0, 0);
	keys_modem(rig.keys, '5');
	rig_silence(&rig, 250);
	keys_modem(rig.keys, '5');
	heard("55");
	begin();
	keys_modem(rig.keys, '5');
	rig_silence(&rig, 250);
	rig_tones(&rig, '5', 100, -10, -10, 0, 0);
	heard("55");
	begin();
	keys_modem(rig.keys, '4');
	rig_silence(&rig, 100);
	rig_tones(&rig, '5', 100, -10, -10, 0, 0);
	heard("45");
}

/* A long press it tears, and one it mishears while we hear it well. */
static void
test_ours_counts(void **state)
{
	(void)state;
	begin();
	rig_tones(&rig, '7', 100, -10, -10, 0, 0);
	keys_modem(rig.keys, '7');
	rig_tones(&rig, '7', 100, -10, -10, 0, 0);
	keys_modem(rig.keys, '7');
	rig_tones(&rig, '7', 100, -10, -10, 0, 0);
	keys_modem(rig.keys, '4');
	rig_silence(&rig, 50);
	keys_modem(rig.keys, '7');
	heard("7");
	begin();
	rig_tones(&rig, '8', 10, -10, -10, 0, 0);
	keys_modem(rig.keys, '0');
	rig_tones(&rig, '8', 90, -10, -10, 0, 0);
	heard("8");
}

/* A busy computer reads the modem's words when the next keys were heard already: the second 9 of a
 * year is no key of its own, which at a menu would end all calls. */
static void
test_words_that_come_late(void **state)
{
	static const unsigned speeds[] = {1, 10};

	(void)state;
	for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++) {
		begin();
		keys_speed(rig.keys, speeds[i]);
		for (const char *key = "1990#"; *key; key++) {
			rig_tones(&rig, *key, 100, -10, -10, 0, 0);
			rig_silence(&rig, 150);
		}
		rig_silence(&rig, 700 * (int)speeds[i]);
		for (const char *key = "1990#"; *key; key++)
			keys_modem(rig.keys, *key);
		rig_silence(&rig, 1000 * (int)speeds[i]);
		keys_modem(rig.keys, '9'); /* and this one we have not heard */
		rig_silence(&rig, 300 * (int)speeds[i]);
		heard("1990#9");
	}
}

static void
test_nonsense(void **state)
{
	(void)state;
	begin();
	for (int c = -128; c < 128; c++)
		if (c == 0 || !strchr(KEYS_ALL "abcd", c))
			keys_modem(rig.keys, (char)c);
	heard("");
	begin();
	for (int i = 0; i < 1000; i++)
		keys_modem(rig.keys, KEYS_ALL[i % 10]);
	rig_silence(&rig, 1000);
	assert_true(rig.heard_count <= 8);
	rig_close(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_key),
	    cmocka_unit_test(test_modem_alone),
	    cmocka_unit_test(test_each_misses_one),
	    cmocka_unit_test(test_ours_counts),
	    cmocka_unit_test(test_words_that_come_late),
	    cmocka_unit_test(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
