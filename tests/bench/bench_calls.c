/* bench_calls [CALLS [SECONDS [SPEED]]]: so many calls at once (32) on one core, for so many
 * seconds of sound (20), on virtual cards SPEED times as fast as real ones (1).
 *
 * Each call has a card of its own that waits for nobody, a menu that is repeated, keys of its own,
 * and is recorded to a WAV in a temporary folder. Prints
 *     calls N seconds S cpu_percent P underruns N overruns N late N keys PRESSED HEARD barge_ms MAX
 * where CPU is user and system of this process against the time that passed; `late` counts what
 * the cards saw, with the daemon's own counters beside it; `barge_ms` is the longest time from the
 * first sample of a key to the last of the prompt it stopped. Exit 1 when a sound or key was lost.
 */
#include "ivr/call.h"
#include "tests/sim/card.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define CALLS_MAX 64
#define PROMPT_MS 4000 /* longer than the time to the next key, which cuts it short */
#define PAUSE_MS  300  /* before each prompt */
#define STEPS     64
#define EVERY_MS  2600 /* a key */
#define LAST_MS   1500 /* before the end nobody presses any more */

struct bench {
	struct card *card;
	struct line *line;
	struct call *call;
	unsigned pressed, heard;
	int64_t next, onset; /* card's samples */
	int64_t barge;
};

static struct bench benches[CALLS_MAX];
static int calls = 32, seconds = 20, speed = 1;
static unsigned closed;
static char folder[] = "/tmp/dunlin-bench-XXXXXX";
static int16_t prompt[PROMPT_MS * 8], tone[800];
static uv_loop_t loop;
static uv_timer_t tick, end;

static void
must(int error, const char *what)
{
	if (error >= 0)
		return;
	fprintf(stderr, "bench_calls: %s: %s\n", what, uv_strerror(error));
	exit(3);
}

/* ---- a script that asks for ever ---- */

static struct script_text text = {.source = "Press 1."};
static struct script_step steps[STEPS]; /* menus, one behind the other: each may come four times */
static char names[STEPS][16];
static const char *const languages[] = {"en"};
static struct script script = {
    .name = "bench",
    .languages = languages,
    .n_languages = 1,
    .steps = steps,
    .n = STEPS,
    .start = {.name = "s0"},
    .stop = {.name = "s0"},
    .trouble = {.name = "s0"},
    .longest_ms = 600000,
};

static void
make_script(void)
{
	const struct script_jump first = {.name = "s0"};

	for (int i = 0; i < STEPS; i++) {
		snprintf(names[i], sizeof names[i], "s%d", i);
		steps[i] = (struct script_step){
		    .name = names[i],
		    .kind = SCRIPT_MENU,
		    .first_ms = 3000,
		    .between_ms = 1000,
		    .tries = 1,
		    .min = -1,
		    .max = -1,
		};
		steps[i].prompts[SCRIPT_MAIN].texts = &text;
	}
	for (int i = 0; i < STEPS; i++)
		steps[i].key[1].name = steps[i].silent.name = names[(i + 1) % STEPS];
	script_link(&script, steps, &first, &first);
}

static int
on_clip(void *ctx, const struct script_run *run, const struct script_said_prompt *said,
	int language, struct pcm_clip *clip)
{
	(void)ctx;
	(void)run;
	(void)said;
	(void)language;
	if (pcm_clip_silence(clip, PAUSE_MS * 8) < 0)
		return UV_ENOMEM;
	return pcm_clip_append(clip, prompt, sizeof prompt / sizeof *prompt);
}

static void
on_keep(void *ctx, const struct script_outcome *outcome, uint32_t token)
{
	(void)ctx;
	(void)outcome;
	(void)token;
}

static void
on_ended(void *ctx, const struct call_end *ended)
{
	(void)ctx;
	fprintf(stderr, "bench_calls: a call ended: %s\n", ended->why);
	exit(1);
}

static void
on_note(void *ctx, const struct script_note *note)
{
	struct bench *b = ctx;

	b->heard += note->kind == SCRIPT_NOTE_KEY;
}

static const struct call_events events = {.clip = on_clip, .keep = on_keep, .ended = on_ended};

/* ---- callers ---- */

/* How long the prompt went on behind the key: it is noise without a zero. */
static void
measure(struct bench *b, int64_t now)
{
	int16_t sample;
	int64_t last = b->onset;

	for (int64_t at = b->onset; at < now && at < b->onset + 2400; at++) {
		card_hear(b->card, at, &sample, 1);
		if (sample == 0)
			break;
		last = at;
	}
	if (last - b->onset > b->barge)
		b->barge = last - b->onset;
	b->onset = 0;
}

static void
on_tick(uv_timer_t *timer)
{
	(void)timer;
	for (struct bench *b = benches; b < benches + calls; b++) {
		int64_t now = card_now(b->card);

		if (b->onset > 0 && now > b->onset + 2400)
			measure(b, now);
		if (now < b->next || now > ((int64_t)seconds * 1000 - LAST_MS) * 8)
			continue;
		b->onset = now + 400;
		b->next = now + EVERY_MS * 8;
		card_say(b->card, b->onset, tone, sizeof tone / sizeof *tone);
		b->pressed++;
	}
}

static void
on_end(uv_timer_t *timer)
{
	(void)timer;
	uv_stop(&loop);
}

static void
on_line_closed(void *ctx)
{
	(void)ctx;
	closed++;
}

static void
on_call_closed(void *ctx, int record)
{
	must(record, "recording");
	line_close(((struct bench *)ctx)->line, on_line_closed, NULL);
}

/* ---- the whole ---- */

static void
make_sounds(void)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < sizeof prompt / sizeof *prompt; i++) {
		seed = seed * 1664525u + 1013904223u;
		prompt[i] = (int16_t)(((int)(seed >> 20) - 2048) | 1);
	}
	for (size_t i = 0; i < sizeof tone / sizeof *tone; i++) {
		double w = 2 * 3.14159265358979 * (double)i / 8000;

		tone[i] = (int16_t)(6000 * sin(w * 697) + 6000 * sin(w * 1209));
	}
}

static void
make_cards(const char *exe)
{
	char path[128], plugin[1024];
	FILE *f;

	if (mkdtemp(folder) == NULL || realpath("/proc/self/exe", plugin) == NULL)
		must(-errno, exe);
	for (int up = 0; up < 2; up++)
		*strrchr(plugin, '/') = '\0';
	snprintf(path, sizeof path, "%s/asound.conf", folder);
	f = fopen(path, "w");
	if (f == NULL)
		must(-errno, path);
	setenv("ALSA_CONFIG_PATH", path, 1);
	fprintf(f, "pcm.default { type null }\npcm_type.dunlin { lib \"%s/%s\" }\n", plugin,
		"libasound_module_pcm_dunlin.so");
	for (int i = 0; i < calls; i++) {
		fprintf(f, "pcm.modem%d { type dunlin file \"%s/card%d\" }\n", i, folder, i);
		snprintf(path, sizeof path, "%s/card%d", folder, i);
		must(card_make(&benches[i].card, path, speed, 0), path);
	}
	fclose(f);
}

static void
start(struct line_sound *sound)
{
	struct call_config config = {.script = &script, .facts = {.digits = 2, .note = on_note}};
	char name[128];

	for (int i = 0; i < calls; i++) {
		struct bench *b = &benches[i];

		b->next = 16000 + i * 400;
		snprintf(name, sizeof name, "modem%d", i);
		must(line_portaudio_open(&b->line, sound, name, NULL, NULL), name);
		snprintf(name, sizeof name, "%s/call%d.wav", folder, i);
		config.record = name;
		config.facts.ctx = b;
		must(call_open(&b->call, &loop, b->line, &config, &events, b), name);
	}
}

static int
report(double cpu)
{
	unsigned under = 0, over = 0, late = 0, pressed = 0, heard = 0;
	int64_t barge = 0;

	for (struct bench *b = benches; b < benches + calls; b++) {
		struct line_stats stats;

		line_stats(b->line, &stats);
		under += stats.underruns;
		over += stats.overruns;
		late += b->card->capture.xruns + b->card->playback.xruns;
		pressed += b->pressed;
		heard += b->heard;
		barge = b->barge > barge ? b->barge : barge;
	}
	printf("calls %d seconds %d cpu_percent %.0f underruns %u overruns %u late %u keys %u %u "
	       "barge_ms %d\n",
	       calls, seconds, cpu, under, over, late, pressed, heard, (int)(barge / 8));
	return under + over + late > 0 || pressed != heard;
}

static void
clean(void)
{
	char path[128];

	for (int i = 0; i < calls; i++) {
		snprintf(path, sizeof path, "%s/card%d", folder, i);
		unlink(path);
		snprintf(path, sizeof path, "%s/call%d.wav", folder, i);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/asound.conf", folder);
	unlink(path);
	rmdir(folder);
}

static double
used(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int
main(int argc, char **argv)
{
	struct line_sound *sound;
	cpu_set_t one;
	double cpu;
	int lost;

	calls = argc > 1 ? atoi(argv[1]) : calls;
	seconds = argc > 2 ? atoi(argv[2]) : seconds;
	speed = argc > 3 ? atoi(argv[3]) : speed;
	if (argc > 4 || calls < 1 || calls > CALLS_MAX || seconds < 4 || speed < 1) {
		fprintf(stderr, "usage: bench_calls [CALLS [SECONDS [SPEED]]]\n");
		return 2;
	}
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof one, &one);
	make_sounds();
	make_script();
	make_cards(argv[0]);
	uv_loop_init(&loop);
	uv_timer_init(&loop, &tick);
	uv_timer_init(&loop, &end);
	must(line_sound_open(&sound, &loop), "sound");
	uv_timer_start(&tick, on_tick, 5, 5);
	uv_timer_start(&end, on_end, (uint64_t)(seconds * 1000 / speed), 0);
	start(sound);
	cpu = used();
	uv_run(&loop, UV_RUN_DEFAULT);
	lost = report((used() - cpu) / ((double)seconds / speed) * 100);
	for (struct bench *b = benches; b < benches + calls; b++)
		call_close(b->call, on_call_closed, b);
	while (closed < (unsigned)calls)
		uv_run(&loop, UV_RUN_ONCE);
	line_sound_close(sound, NULL, NULL);
	uv_close((uv_handle_t *)&tick, NULL);
	uv_close((uv_handle_t *)&end, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	clean();
	return lost;
}
