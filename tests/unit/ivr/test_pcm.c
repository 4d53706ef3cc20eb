/* Clips, levels, filters, rates, and the ring between two threads. */
#include "ivr/pcm.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include <cmocka.h>

static int16_t samples[400000];

static void
sine(size_t n, double hz, double rate, double dbfs)
{
	for (size_t i = 0; i < n; i++)
		samples[i] = (int16_t)lrint(32767 * pow(10, dbfs / 20) *
					    sin(2 * M_PI * hz * (double)i / rate));
}

static void
test_levels(void **state)
{
	(void)state;
	sine(8000, 1000, 8000, -20);
	assert_float_equal(pcm_dbfs(samples, 8000), -20, 0.1);
	assert_float_equal(pcm_dbfs(samples, 0), PCM_SILENT_DBFS, 0);
	/* Pauses are not spoken. */
	memset(samples + 8000, 0, 24000 * sizeof *samples);
	assert_float_equal(pcm_dbfs(samples, 32000), -26, 0.1);
	assert_float_equal(pcm_speech_dbfs(samples, 32000), -20, 0.1);
	assert_float_equal(pcm_speech_dbfs(samples + 8000, 24000), PCM_SILENT_DBFS, 0);
	for (double from = -50; from <= -3; from += 47) {
		sine(8000, 700, 8000, from);
		pcm_level(samples, 32000, PCM_PROMPT_DBFS);
		assert_float_equal(pcm_speech_dbfs(samples, 32000), -20, 0.5);
	}
	/* No peak is ever cut off: a click stays the loudest thing there is. */
	sine(8000, 700, 8000, -40);
	samples[4000] = 30000;
	pcm_level(samples, 8000, -10);
	assert_int_equal(samples[4000], 32767);
	memset(samples, 0, 8000 * sizeof *samples);
	pcm_level(samples, 8000, -20);
	assert_int_equal(samples[17], 0);
	samples[0] = INT16_MIN;
	pcm_level(samples, 1, 20);
	assert_true(samples[0] <= -32766);
}

static void
test_high_pass(void **state)
{
	static const struct {
		double hz, least, most;
	} expected[] = {{50, -90, -45},
			{100, -50, -22},
			{200, -3.5, -2.5},
			{400, -0.5, 0.1},
			{3000, -0.1, 0.1}};

	(void)state;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		double db;

		sine(16000, expected[i].hz, 8000, -6);
		pcm_high_pass(samples, 16000, 200);
		db = pcm_dbfs(samples + 8000, 8000) + 6;
		assert_true(db >= expected[i].least && db <= expected[i].most);
	}
	for (size_t i = 0; i < 8000; i++)
		samples[i] = i & 8 ? INT16_MAX : INT16_MIN;
	pcm_high_pass(samples, 8000, 200);
}

static void
test_rates(void **state)
{
	static const unsigned rates[] = {2000,  7999,  8000,  8001,  11025,
					 16000, 22050, 44100, 48000, 384000};

	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		struct pcm_clip clip = {0};
		size_t n = rates[i];
		double off = 0;

		/* One second of 440 Hz is that at any rate, and nothing is late. */
		sine(n, 440, rates[i], -12);
		assert_int_equal(pcm_resample(&clip, samples, n, rates[i]), 0);
		assert_int_equal(clip.n, 8000);
		sine(8000, 440, 8000, -12);
		for (size_t s = 400; s < 7600; s++)
			off = fmax(off, fabs((double)clip.samples[s] - samples[s]));
		assert_true(off < 250);
		pcm_clip_fini(&clip);
	}
}

static void
test_rate_limits(void **state)
{
	struct pcm_clip clip = {0};

	(void)state;
	assert_int_equal(pcm_resample(&clip, samples, 10, 1999), UV_EINVAL);
	assert_int_equal(pcm_resample(&clip, samples, 10, 384001), UV_EINVAL);
	assert_int_equal(pcm_resample(&clip, samples, 0, 44100), 0);
	assert_null(clip.samples);
	assert_int_equal(pcm_resample(&clip, samples, 1, 44100), 0);
	assert_int_equal(clip.n, 1);
	assert_int_equal(pcm_clip_silence(&clip, PCM_CLIP_MAX), UV_EFBIG);
	assert_int_equal(clip.n, 1);
	assert_int_equal(pcm_clip_silence(&clip, 7), 0);
	assert_int_equal(pcm_clip_append(&clip, samples, 8), 0);
	assert_int_equal(clip.n, 16);
	assert_memory_equal(clip.samples + 8, samples, 16);
	/* What is above half the new rate must not come back as something else. */
	sine(48000, 6000, 48000, -6);
	pcm_clip_fini(&clip);
	assert_int_equal(pcm_resample(&clip, samples, 48000, 48000), 0);
	assert_true(pcm_dbfs(clip.samples, clip.n) < -45);
	pcm_clip_fini(&clip);
	pcm_clip_fini(&clip);
}

static void
test_prompt(void **state)
{
	struct pcm_clip clip = {0};

	(void)state;
	sine(8000, 700, 8000, -30);
	for (size_t i = 0; i < 8000; i++)
		samples[i] = (int16_t)(samples[i] + 6000); /* a bad card's offset */
	assert_int_equal(pcm_clip_append(&clip, samples, 8000), 0);
	pcm_prompt(&clip);
	assert_float_equal(pcm_dbfs(clip.samples + 2000, 6000), PCM_PROMPT_DBFS, 6);
	pcm_clip_fini(&clip);
	pcm_prompt(&clip);
}

/* ---- the ring ---- */

static void
test_ring(void **state)
{
	struct pcm_ring ring;
	int16_t in[100], out[100];

	(void)state;
	assert_int_equal(pcm_ring_init(&ring, 0), UV_EINVAL);
	assert_int_equal(pcm_ring_init(&ring, ((size_t)1 << 24) + 1), UV_EINVAL);
	assert_int_equal(pcm_ring_init(&ring, 60), 0);
	for (int16_t i = 0; i < 100; i++)
		in[i] = i;
	assert_int_equal(pcm_ring_write(&ring, in, 100), 64);
	assert_int_equal(pcm_ring_room(&ring), 0);
	assert_int_equal(pcm_ring_read(&ring, out, 10), 10);
	assert_int_equal(pcm_ring_write(&ring, in + 64, 36), 10);
	assert_int_equal(pcm_ring_ready(&ring), 64);
	assert_int_equal(pcm_ring_read(&ring, out + 10, 90), 64);
	for (int16_t i = 0; i < 74; i++)
		assert_int_equal(out[i], i);
	assert_int_equal(pcm_ring_read(&ring, out, 1), 0);
	/* Barge-in: what was queued is not heard, what comes after is. */
	pcm_ring_write(&ring, in, 50);
	pcm_ring_drop(&ring);
	assert_int_equal(pcm_ring_ready(&ring), 0);
	assert_int_equal(pcm_ring_write(&ring, in + 50, 30), 14);
	assert_int_equal(pcm_ring_read(&ring, out, 100), 14);
	assert_int_equal(out[0], 50);
	assert_int_equal(pcm_ring_room(&ring), 64);
	/* A drop of long ago drops nothing new. */
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(pcm_ring_write(&ring, in, 33), 33);
		assert_int_equal(pcm_ring_read(&ring, out, 33), 33);
		assert_int_equal(out[32], 32);
	}
	pcm_ring_fini(&ring);
}

#define TURNS 400000

static void *
write_all(void *arg)
{
	struct pcm_ring *ring = arg;
	int16_t piece[97];
	unsigned next = 0;

	while (next < TURNS) {
		size_t n = 1 + next % 97, done;

		for (size_t i = 0; i < n; i++)
			piece[i] = (int16_t)((next + i) & 0x7fff);
		done = pcm_ring_write(ring, piece, n);
		next += (unsigned)done;
		/* Now and then what is queued is dropped, and a mark says so. */
		if (next % 5000 < done)
			pcm_ring_drop(ring);
	}
	return NULL;
}

/* A number read is always later than the one before, and only a drop leaves any out. */
static void
test_ring_threads(void **state)
{
	struct pcm_ring ring;
	pthread_t writer;
	unsigned last = 0, jumps = 0;

	(void)state;
	assert_int_equal(pcm_ring_init(&ring, 512), 0);
	assert_int_equal(pthread_create(&writer, NULL, write_all, &ring), 0);
	for (bool over = false; !over;) {
		int16_t piece[160];
		size_t n;

		over = atomic_load(&ring.written) >= TURNS;
		n = pcm_ring_read(&ring, piece, 1 + last % 160);
		over = over && n == 0;
		for (size_t i = 0; i < n; i++) {
			unsigned step = ((unsigned)piece[i] - last) & 0x7fff;

			assert_true(step <= 600);
			jumps += step > 1;
			last = (unsigned)piece[i];
		}
	}
	pthread_join(writer, NULL);
	assert_true(jumps <= TURNS / 5000 + 1);
	pcm_ring_fini(&ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_levels),       cmocka_unit_test(test_high_pass),
	    cmocka_unit_test(test_rates),        cmocka_unit_test(test_rate_limits),
	    cmocka_unit_test(test_prompt),       cmocka_unit_test(test_ring),
	    cmocka_unit_test(test_ring_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
