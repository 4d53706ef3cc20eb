/* Virtual sound cards for a test: a folder with their files and ALSA's configuration, and a loop
 * with line_sound. See tests/sim/card.h. */
#ifndef TESTS_CARD_RIG_H
#define TESTS_CARD_RIG_H

#include "ivr/line.h"
#include "tests/sim/card.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define RIG_CARDS 32

struct rig {
	char folder[64];
	uv_loop_t loop;
	uv_timer_t tick, watchdog;
	bool expired;
	struct line_sound *sound;
	unsigned closed;
	struct card *cards[RIG_CARDS];
	unsigned n;
};

/* The folder whose configuration ALSA reads; it does so once a process. */
static inline const char *
rig_folder(void)
{
	static char folder[64];
	char path[128], exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	FILE *f;

	if (folder[0] != '\0')
		return folder;
	assert_true(n > 0);
	exe[n] = '\0';
	for (int up = 0; up < 2; up++)
		*strrchr(exe, '/') = '\0';
	snprintf(folder, sizeof folder, "/tmp/dunlin-cards-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/asound.conf", folder);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "pcm.default { type null }\npcm_type.dunlin { lib \"%s/%s\" }\n", exe,
		"libasound_module_pcm_dunlin.so");
	for (int i = 0; i < RIG_CARDS; i++)
		fprintf(f, "pcm.modem%d { type dunlin file \"%s/card%d\" }\n", i, folder, i);
	fclose(f);
	setenv("ALSA_CONFIG_PATH", path, 1);
	setenv("JACK_NO_START_SERVER", "1", 1);
	return folder;
}

static inline void
rig_clean(void)
{
	char path[128];

	snprintf(path, sizeof path, "%s/asound.conf", rig_folder());
	unlink(path);
	rmdir(rig_folder());
}

static inline void
rig_on_watchdog(uv_timer_t *timer)
{
	((struct rig *)timer->data)->expired = true;
}

static inline void
rig_on_tick(uv_timer_t *timer)
{
	(void)timer; /* makes the loop turn, so that conditions are looked at */
}

static inline void
rig_on_closed(void *ctx)
{
	(*(unsigned *)ctx)++;
}

static inline const char *
rig_path(unsigned i)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/card%u", rig_folder(), i);
	return path;
}

static inline struct card *
rig_plug(struct rig *rig, int speed, int drift_ppm)
{
	assert_true(rig->n < RIG_CARDS);
	assert_int_equal(card_make(&rig->cards[rig->n], rig_path(rig->n), speed, drift_ppm), 0);
	return rig->cards[rig->n++];
}

static inline void
rig_init(struct rig *rig)
{
	memset(rig, 0, sizeof *rig);
	rig_folder();
	uv_loop_init(&rig->loop);
	uv_timer_init(&rig->loop, &rig->tick);
	uv_timer_init(&rig->loop, &rig->watchdog);
	rig->watchdog.data = rig;
	uv_timer_start(&rig->tick, rig_on_tick, 1, 1);
	uv_timer_start(&rig->watchdog, rig_on_watchdog, 120000, 0);
	assert_int_equal(line_sound_open(&rig->sound, &rig->loop), 0);
}

/* Turns the loop until the condition holds; two minutes without is a failure, not a slow machine.
 */
#define RIG_UNTIL(rig, condition)                                                                  \
	do {                                                                                       \
		while (!(condition) && !(rig)->expired)                                            \
			uv_run(&(rig)->loop, UV_RUN_ONCE);                                         \
		assert_true(condition);                                                            \
	} while (0)

static inline void
rig_fini(struct rig *rig)
{
	unsigned closed = 0;

	line_sound_close(rig->sound, rig_on_closed, &closed);
	RIG_UNTIL(rig, closed == 1);
	uv_close((uv_handle_t *)&rig->tick, NULL);
	uv_close((uv_handle_t *)&rig->watchdog, NULL);
	uv_run(&rig->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&rig->loop), 0);
	for (unsigned i = 0; i < rig->n; i++) {
		card_unmap(rig->cards[i]);
		unlink(rig_path(i));
	}
}

/* A sound that no slip hides: noise, another one for each seed, never zero. */
static inline void
rig_noise(int16_t *samples, size_t n, uint32_t seed)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525u + 1013904223u;
		samples[i] = (int16_t)((int)(seed >> 18) - 8192);
		samples[i] = (int16_t)(samples[i] == 0 ? 1 : samples[i]);
	}
}

/* Where `what` stands in `in`, or -1. */
static inline long
rig_find(const int16_t *in, size_t n, const int16_t *what, size_t len)
{
	for (size_t i = 0; i + len <= n; i++)
		if (memcmp(in + i, what, len * sizeof *what) == 0)
			return (long)i;
	return -1;
}

#endif
