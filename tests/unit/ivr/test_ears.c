/* Who may have answered. The greetings are noise shaped as words, as only loud and quiet count. */
#include "ivr/ears.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS 8

static struct ears ears;
static uint32_t dice;

static double
chance(void)
{
	dice = dice * 1664525u + 1013904223u;
	return (dice >> 8) / 8388608.0 - 1;
}

/* Noise of that RMS, and what we play in the same time (0: nothing). */
static void
hear(int ms, double dbfs, double played_dbfs)
{
	double gain = 32767 * pow(10, dbfs / 20) * sqrt(1.5),
	       ours = 32767 * pow(10, played_dbfs / 20) * sqrt(1.5);
	int16_t heard[MS], played[MS];

	for (int i = 0; i < ms; i++) {
		for (int s = 0; s < MS; s++) {
			heard[s] = (int16_t)(gain * chance());
			played[s] = (int16_t)(ours * chance());
		}
		ears_heard(&ears, heard, played_dbfs < 0 ? played : NULL, MS);
	}
}

static void
begin(void)
{
	dice = 1;
	ears_init(&ears);
	assert_int_equal(ears.label, EARS_LISTENING);
}

static void
test_silence(void **state)
{
	(void)state;
	begin();
	hear(2400, -60, 0);
	assert_int_equal(ears.label, EARS_LISTENING);
	hear(200, -60, 0);
	assert_int_equal(ears.label, EARS_SILENCE);
	assert_in_range(ears.decided, 2500 * MS, 2520 * MS);
	hear(500, -25, 0);
	assert_int_equal(ears.label, EARS_SILENCE);
	assert_int_equal(ears.words, 1);
	ears_key(&ears);
	assert_int_equal(ears.label, EARS_KEYS);
}

static void
test_person(void **state)
{
	(void)state;
	for (double level = -38; level <= -10; level += 14) {
		begin();
		hear(700, -65, 0);
		hear(400, level, 0);
		hear(100, -65, 0);
		hear(300, level, 0);
		assert_int_equal(ears.label, EARS_LISTENING);
		hear(900, -65, 0);
		assert_int_equal(ears.label, EARS_PERSON);
		assert_int_equal(ears.words, 2);
		assert_in_range(ears.began, 680 * MS, 720 * MS);
		assert_in_range(ears.voice, 680 * MS, 720 * MS);
	}
}

static void
test_machine(void **state)
{
	(void)state;
	begin();
	hear(300, -65, 0);
	hear(1600, -25, 0);
	assert_int_equal(ears.label, EARS_MACHINE);
	begin();
	for (int i = 0; i < 3; i++) {
		hear(200, -25, 0);
		hear(120, -65, 0);
	}
	assert_int_equal(ears.label, EARS_MACHINE);
	assert_int_equal(ears.words, 3);
	hear(900, -65, 0);
	assert_int_equal(ears.label, EARS_MACHINE);
}

static void
test_clicks_and_noise(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 10; i++) {
		hear(60, -15, 0);
		hear(150, -65, 0);
	}
	assert_int_equal(ears.words, 0);
	/* A street: steady, though as loud as a quiet voice. */
	begin();
	hear(100, -60, 0);
	hear(200, -40, 0);
	hear(9000, -40, 0);
	hear(1, -60, 0);
	assert_true(ears.words <= 1);
}

/* A line that neither falls silent nor talks. */
static void
test_unsure(void **state)
{
	(void)state;
	begin();
	hear(2000, -65, 0);
	for (int i = 0; i < 5; i++) {
		hear(i == 0 ? 150 : 60, -25, 0);
		hear(600, -65, 0);
	}
	assert_int_equal(ears.label, EARS_UNSURE);
	assert_in_range(ears.decided, 5000 * MS, 5020 * MS);
}

/* Our own prompt comes back 15 dB weaker, a little late; a person is louder than that. */
static void
test_echo(void **state)
{
	(void)state;
	begin();
	hear(200, -65, -20);
	hear(1800, -35, -20);
	hear(300, -35, 0);
	assert_int_equal(ears.words, 0);
	hear(400, -65, 0);
	assert_int_equal(ears.label, EARS_SILENCE);
	begin();
	hear(1000, -35, -20);
	hear(400, -24, -20);
	hear(1000, -35, -20);
	assert_int_equal(ears.words, 1);
	assert_int_equal(ears.label, EARS_PERSON);
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(ears_label_name(EARS_LISTENING), "listening");
	assert_string_equal(ears_label_name(EARS_KEYS), "keys");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_silence), cmocka_unit_test(test_person),
	    cmocka_unit_test(test_machine), cmocka_unit_test(test_clicks_and_noise),
	    cmocka_unit_test(test_unsure),  cmocka_unit_test(test_echo),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
