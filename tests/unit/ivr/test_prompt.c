/* What a call says: recordings before the voice, whole sentences before their parts, ready before
 * it dials, in a memory that is bounded.
 *
 * The engine is a script that says a text as 10 ms for each letter, and recordings are of round
 * lengths, so that a clip's length tells what it is made of. */
#include "ivr/prompt.h"
#include "ivr/wav.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define LETTER (10 * PCM_MS)
#define ITEMS  (90 * PCM_MS) /* the pause between items */
#define WORDS  (30 * PCM_MS)

struct rig {
	uv_loop_t loop;
	struct voice *voice;
	struct prompt *prompt;
	char folder[64], recordings[96];
	unsigned done, told, closed;
	int error;
	char why[VOICE_WHY], told_path[256], told_why[VOICE_WHY];
};

static void
make_folder(const char *path)
{
	mkdir(path, 0700);
}

static void
write_engine(const struct rig *rig)
{
	char path[128];
	snprintf(path, sizeof path, "%s/engine", rig->folder);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs("#!/bin/sh\n"
	      "[ \"$1\" = --version ] && { echo 'fake 1'; exit 0; }\n"
	      "while [ $# -gt 1 ]; do\n"
	      "  [ \"$1\" = -v ] && voice=$2; [ \"$1\" = -w ] && out=$2; shift\n"
	      "done\n"
	      "text=$(cat)\n"
	      "echo \"$voice|$text\" >>\"${0%engine}asked\"\n"
	      "case $text in *bad*) exit 1;; esac\n"
	      "head -c $((44 + 160 * ${#text})) \"${0%engine}sound\" >\"$out\"\n",
	      f);
	fchmod(fileno(f), 0755);
	fclose(f);
	snprintf(path, sizeof path, "%s/sound", rig->folder);
	f = fopen(path, "wb");
	assert_non_null(f);
	static const unsigned char head[44] = {
	    'R', 'I', 'F', 'F', 255, 255, 255, 255, 'W', 'A', 'V', 'E', 'f', 'm', 't',
	    ' ', 16,  0,   0,   0,   1,   0,   1,   0,   64,  31,  0,   0,   128, 62,
	    0,   0,   2,   0,   16,  0,   'd', 'a', 't', 'a', 255, 255, 255, 255};
	fwrite(head, 1, sizeof head, f);
	for (int i = 0; i < 60 * PCM_RATE; i++) {
		int16_t sample = (int16_t)((i / 8 % 2) * 12000 - 6000);
		fwrite(&sample, 2, 1, f);
	}
	fclose(f);
}

static void
on_told(void *ctx, const char *path, const char *why)
{
	struct rig *rig = ctx;
	rig->told++;
	snprintf(rig->told_path, sizeof rig->told_path, "%s", path);
	snprintf(rig->told_why, sizeof rig->told_why, "%s", why);
}

static void
rig_init(struct rig *rig, size_t bytes)
{
	char cache[96], engine[96], path[128];
	*rig = (struct rig){.done = 0};
	snprintf(rig->folder, sizeof rig->folder, "/tmp/dunlin-prompt-XXXXXX");
	assert_non_null(mkdtemp(rig->folder));
	snprintf(rig->recordings, sizeof rig->recordings, "%s/recordings", rig->folder);
	make_folder(rig->recordings);
	snprintf(path, sizeof path, "%s/en", rig->recordings);
	make_folder(path);
	snprintf(path, sizeof path, "%s/en/words", rig->recordings);
	make_folder(path);
	write_engine(rig);
	snprintf(cache, sizeof cache, "%s/cache", rig->folder);
	snprintf(engine, sizeof engine, "%s/engine", rig->folder);
	uv_loop_init(&rig->loop);
	struct voice_config voice = {.cache = cache, .engine = engine};
	assert_int_equal(voice_open(&rig->voice, &rig->loop, &voice), 0);
	struct prompt_config config = {.recordings = rig->recordings,
				       .bytes = bytes,
				       .voice = rig->voice,
				       .told = on_told,
				       .ctx = rig};
	assert_int_equal(prompt_open(&rig->prompt, &rig->loop, &config), 0);
}

static void
on_closed(void *ctx)
{
	((struct rig *)ctx)->closed++;
}

static void
rig_end(struct rig *rig)
{
	char command[96];
	prompt_close(rig->prompt, on_closed, rig);
	voice_close(rig->voice, on_closed, rig);
	while (uv_run(&rig->loop, UV_RUN_DEFAULT) != 0) /* on_done stops it */
		continue;
	assert_int_equal(rig->closed, 2);
	assert_int_equal(uv_loop_close(&rig->loop), 0);
	snprintf(command, sizeof command, "rm -rf '%s'", rig->folder);
	assert_int_equal(system(command), 0);
}

/* A recording of so many milliseconds, its ends silent as those of people are. */
static void
record(const struct rig *rig, const char *name, int ms)
{
	char path[160];
	struct pcm_clip clip = {NULL, 0};
	assert_int_equal(pcm_clip_silence(&clip, 500 * PCM_MS), 0);
	for (int i = 0; i < ms * PCM_MS; i++) {
		int16_t sample = (int16_t)((i / 8 % 2) * 2000 - 1000);
		assert_int_equal(pcm_clip_append(&clip, &sample, 1), 0);
	}
	assert_int_equal(pcm_clip_silence(&clip, 400 * PCM_MS), 0);
	snprintf(path, sizeof path, "%s/en/%s.wav", rig->recordings, name);
	assert_int_equal(wav_save(path, clip.samples, clip.n), 0);
	pcm_clip_fini(&clip);
}

static void
on_done(void *ctx, int error, const char *why)
{
	struct rig *rig = ctx;
	assert_true(error == 0 || error == UV_ECANCELED || why[0] != '\0');
	rig->done++;
	rig->error = error;
	snprintf(rig->why, sizeof rig->why, "%s", why);
	uv_stop(&rig->loop);
}

static int
need(struct rig *rig, const struct prompt_phrase *phrases, size_t n, struct prompt_hold **hold)
{
	rig->done = 0;
	int err = prompt_need(rig->prompt, phrases, n, hold, on_done, rig);
	if (err != 0)
		return err;
	assert_int_equal(rig->done, 0);
	uv_run(&rig->loop, UV_RUN_DEFAULT);
	assert_int_equal(rig->done, 1);
	return rig->error;
}

/* Its length in samples, or an error. */
static long
length(struct rig *rig, const struct prompt_phrase *phrase)
{
	struct pcm_clip clip = {NULL, 0};
	int err = prompt_clip(rig->prompt, phrase, &clip);
	long n = err != 0 ? err : (long)clip.n;
	pcm_clip_fini(&clip);
	return n;
}

/* The same of one that is made ready for it, and held no longer. */
static long
said(struct rig *rig, const struct prompt_phrase *phrase)
{
	struct prompt_hold *hold;
	assert_int_equal(need(rig, phrase, 1, &hold), 0);
	long n = length(rig, phrase);
	prompt_release(hold);
	return n;
}

/* Recordings are cut to within pieces of 10 ms. */
static void
assert_near(long n, long wanted)
{
	if (n < wanted - 200 || n > wanted + 200)
		fail_msg("%ld samples, %ld wanted", n, wanted);
}

/* 30 ms are kept at each end, and at the last the filter rings. */
static long
recorded(int ms)
{
	return (ms + 70) * PCM_MS;
}

static bool
was_asked(const struct rig *rig, const char *line)
{
	char path[96], text[512];
	bool found = false;
	snprintf(path, sizeof path, "%s/asked", rig->folder);
	FILE *f = fopen(path, "r");
	while (f != NULL && !found && fgets(text, sizeof text, f) != NULL)
		found = strncmp(text, line, strlen(line)) == 0 && text[strlen(line)] == '\n';
	if (f != NULL)
		fclose(f);
	return found;
}

#define PHRASE(is_whole, ...)                                                                      \
	{                                                                                          \
		.language = "en", .items = (const struct prompt_item[]){__VA_ARGS__},              \
		.n = sizeof((const struct prompt_item[]){__VA_ARGS__}) /                           \
		     sizeof(struct prompt_item),                                                   \
		.whole = is_whole                                                                  \
	}

static void
a_whole_sentence_is_said_at_once(void **state)
{
	(void)state;
	struct rig rig;
	rig_init(&rig, 0);
	struct prompt_phrase phrase = PHRASE(true, {PROMPT_TEXT, "You owe", "s.debt.1"},
					     {PROMPT_WORDS, "one thousand pesos", NULL},
					     {PROMPT_TEXT, ", today.", "s.debt.2"});
	assert_int_equal(length(&rig, &phrase), UV_ENOENT);
	assert_int_equal(said(&rig, &phrase), 34 * LETTER);
	assert_true(was_asked(&rig, "en|You owe one thousand pesos, today."));
	assert_int_equal(rig.told, 0);
	struct prompt_phrase two =
	    PHRASE(true, {PROMPT_TEXT, "Hello Maria.", NULL}, {PROMPT_WORDS, "one peso", NULL});
	assert_true(said(&rig, &two) > 0);
	assert_true(was_asked(&rig, "en|Hello Maria. One peso"));
	rig_end(&rig);
}

static void
recordings_come_first(void **state)
{
	(void)state;
	struct rig rig;
	struct prompt_hold *hold;
	rig_init(&rig, 0);
	record(&rig, "s.debt.1", 700);
	record(&rig, "words/one", 300);
	record(&rig, "words/thousand", 400);
	struct prompt_phrase phrase =
	    PHRASE(true, {PROMPT_TEXT, "You owe", "s.debt.1"}, {PROMPT_WORDS, "one thousand", NULL},
		   {PROMPT_TEXT, "today.", NULL}, {PROMPT_TEXT, ".", NULL});
	assert_int_equal(need(&rig, &phrase, 1, &hold), 0);
	assert_near(length(&rig, &phrase), recorded(700) + ITEMS + recorded(300) + WORDS +
					       recorded(400) + ITEMS + 6 * LETTER);
	assert_true(was_asked(&rig, "en|today."));
	assert_false(was_asked(&rig, "en|You owe"));
	assert_int_equal(rig.told, 0); /* what has no name was never to be recorded */
	struct pcm_clip clip = {NULL, 0};
	assert_int_equal(prompt_clip(rig.prompt, &phrase, &clip), 0);
	double dbfs = pcm_speech_dbfs(clip.samples, (size_t)recorded(700)); /* made louder */
	assert_true(dbfs > PCM_PROMPT_DBFS - 1 && dbfs < PCM_PROMPT_DBFS + 1);
	pcm_clip_fini(&clip);
	prompt_release(hold);
	rig_end(&rig);
}

static void
a_missing_recording_is_said_and_told(void **state)
{
	(void)state;
	struct rig rig;
	struct prompt_hold *hold;
	rig_init(&rig, 0);
	record(&rig, "s.debt.1", 700);
	record(&rig, "words/one", 300);
	struct prompt_phrase phrase = PHRASE(true, {PROMPT_TEXT, "You owe", "s.debt.1"},
					     {PROMPT_WORDS, "one thousand", NULL});
	assert_near(said(&rig, &phrase), recorded(700) + ITEMS + 12 * LETTER);
	assert_int_equal(rig.told, 1);
	assert_non_null(strstr(rig.told_path, "/en/words/thousand.wav"));
	assert_near(said(&rig, &phrase), recorded(700) + ITEMS + 12 * LETTER);
	assert_int_equal(rig.told, 1); /* once */
	record(&rig, "words/thousand", 400);
	assert_int_equal(need(&rig, &phrase, 1, &hold), 0);
	assert_near(length(&rig, &phrase), recorded(700) + ITEMS + 12 * LETTER);
	prompt_reload(rig.prompt);
	assert_near(length(&rig, &phrase), recorded(700) + ITEMS + 12 * LETTER); /* held */
	prompt_release(hold);
	assert_near(said(&rig, &phrase),
		    recorded(700) + ITEMS + recorded(300) + WORDS + recorded(400));
	rig_end(&rig);
}

static void
a_sound_without_words(void **state)
{
	(void)state;
	struct rig rig;
	rig_init(&rig, 0);
	struct prompt_phrase phrase =
	    PHRASE(true, {PROMPT_TEXT, NULL, "chime"}, {PROMPT_TEXT, "Hello. ", "s.hello"},
		   {PROMPT_TEXT, "one more", NULL});
	assert_int_equal(said(&rig, &phrase), 7 * LETTER + ITEMS + 8 * LETTER);
	assert_non_null(strstr(rig.told_path, "/en/chime.wav"));
	assert_int_equal(rig.told, 1);
	record(&rig, "chime", 300);
	prompt_reload(rig.prompt);
	assert_near(said(&rig, &phrase), recorded(300) + ITEMS + 7 * LETTER + ITEMS + 8 * LETTER);
	rig_end(&rig);
}

static void
a_bad_recording_is_said_and_told(void **state)
{
	(void)state;
	struct rig rig;
	char path[160];
	rig_init(&rig, 0);
	snprintf(path, sizeof path, "%s/en/s.bye.wav", rig.recordings);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs("ID3 this is no WAV", f);
	fclose(f);
	struct prompt_phrase phrase = PHRASE(true, {PROMPT_TEXT, "Goodbye.", "s.bye"});
	assert_int_equal(said(&rig, &phrase), 8 * LETTER);
	assert_int_equal(rig.told, 1);
	assert_string_equal(rig.told_path, path);
	assert_true(rig.told_why[0] != '\0');
	rig_end(&rig);
}

/* What the caller keyed in: no one knew it before, and every word is there. */
static void
words_learned_in_the_call(void **state)
{
	(void)state;
	struct rig rig;
	struct prompt_hold *hold;
	rig_init(&rig, 0);
	record(&rig, "words/hundred", 400);
	const struct prompt_phrase before[] = {
	    PHRASE(false, {PROMPT_TEXT, "You said", "s.when"},
		   {PROMPT_EACH, "one two three hundred thousand", NULL}),
	    PHRASE(false, {PROMPT_WORDS, "Tuesday the first", NULL}),
	};
	assert_int_equal(need(&rig, before, 2, &hold), 0);
	struct prompt_phrase one = PHRASE(false, {PROMPT_TEXT, "You said", "s.when"},
					  {PROMPT_WORDS, "three hundred two", NULL});
	assert_near(length(&rig, &one),
		    8 * LETTER + ITEMS + 5 * LETTER + WORDS + recorded(400) + WORDS + 3 * LETTER);
	struct prompt_phrase two = PHRASE(false, {PROMPT_TEXT, "You said", "s.when"},
					  {PROMPT_WORDS, "Tuesday the first", NULL});
	assert_int_equal(length(&rig, &two), 8 * LETTER + ITEMS + 17 * LETTER);
	struct prompt_phrase three = PHRASE(false, {PROMPT_WORDS, "three four", NULL});
	struct pcm_clip clip = {NULL, 0};
	assert_int_equal(pcm_clip_silence(&clip, 5), 0);
	assert_int_equal(prompt_clip(rig.prompt, &three, &clip), UV_ENOENT);
	assert_int_equal(clip.n, 5);
	pcm_clip_fini(&clip);
	prompt_release(hold);
	rig_end(&rig);
}

static void
a_language_without_a_voice(void **state)
{
	(void)state;
	struct rig rig;
	struct prompt_hold *hold;
	char path[128];
	rig_init(&rig, 0);
	struct prompt_phrase phrase = PHRASE(true, {PROMPT_TEXT, "Magandang araw.", "s.hello"});
	phrase.language = "fil";
	assert_int_equal(need(&rig, &phrase, 1, &hold), UV_ENOTSUP);
	assert_non_null(strstr(rig.why, "/fil/s.hello.wav is missing"));
	assert_non_null(strstr(rig.why, "no voice"));
	assert_int_equal(length(&rig, &phrase), UV_ENOENT);
	prompt_release(hold);
	phrase.voice = "es"; /* as a person configured it */
	assert_int_equal(said(&rig, &phrase), 15 * LETTER);
	assert_true(was_asked(&rig, "es|Magandang araw."));
	snprintf(path, sizeof path, "%s/fil", rig.recordings);
	make_folder(path);
	record(&rig, "../fil/s.hello", 900);
	prompt_reload(rig.prompt);
	phrase.voice = NULL;
	assert_near(said(&rig, &phrase), recorded(900));
	rig_end(&rig);
}

static void
a_text_that_cannot_be_said(void **state)
{
	(void)state;
	struct rig rig;
	struct prompt_hold *hold;
	rig_init(&rig, 0);
	const struct prompt_phrase phrases[] = {PHRASE(true, {PROMPT_TEXT, "good", NULL}),
						PHRASE(true, {PROMPT_TEXT, "bad", NULL})};
	assert_int_equal(need(&rig, phrases, 2, &hold), UV_EIO);
	assert_int_equal(length(&rig, &phrases[1]), UV_ENOENT);
	prompt_release(hold);
	assert_int_equal(need(&rig, phrases, 1, &hold), 0);
	prompt_release(hold);
	rig_end(&rig);
}

/* Ten sentences of a second in a memory for five: what is held stays, the longest unused goes. */
static void
memory_is_bounded(void **state)
{
	(void)state;
	struct rig rig;
	struct prompt_hold *held, *holds[16], *hold;
	struct prompt_phrase phrases[16];
	struct prompt_item items[16];
	char texts[16][128];
	size_t most = 5 * (2 * PCM_RATE + 2048);
	rig_init(&rig, most);
	for (int i = 0; i < 16; i++) {
		snprintf(
		    texts[i], sizeof texts[i], "sentence %c %.*s", 'a' + i, 89,
		    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		    "xxxxxxxxxxxxxxxxxxxxx");
		items[i] = (struct prompt_item){PROMPT_TEXT, texts[i], NULL};
		phrases[i] = (struct prompt_phrase){
		    .language = "en", .items = &items[i], .n = 1, .whole = true};
	}
	assert_int_equal(need(&rig, &phrases[0], 1, &held), 0);
	for (int i = 1; i < 10; i++) {
		assert_int_equal(said(&rig, &phrases[i]), 100 * LETTER);
		assert_true(prompt_bytes(rig.prompt) <= most);
	}
	assert_int_equal(length(&rig, &phrases[0]), 100 * LETTER);
	assert_int_equal(length(&rig, &phrases[9]), 100 * LETTER);
	assert_int_equal(length(&rig, &phrases[2]), UV_ENOENT);
	int n = 0;
	while (n < 16 && need(&rig, &phrases[n], 1, &holds[n]) == 0)
		n++;
	assert_int_equal(n, 5);
	assert_int_equal(rig.error, UV_ENOMEM);
	prompt_release(holds[n]);
	for (int i = 0; i < n; i++) {
		assert_int_equal(length(&rig, &phrases[i]), 100 * LETTER);
		prompt_release(holds[i]);
	}
	assert_int_equal(need(&rig, &phrases[15], 1, &hold), 0);
	assert_true(prompt_bytes(rig.prompt) <= most);
	prompt_release(hold);
	prompt_release(held);
	rig_end(&rig);
}

static void
bad_phrases(void **state)
{
	(void)state;
	struct rig rig;
	struct prompt_hold *hold;
	char path[64];
	rig_init(&rig, 0);
	const struct prompt_phrase bad[] = {
	    PHRASE(true, {PROMPT_TEXT, "", NULL}),      PHRASE(true, {PROMPT_TEXT, NULL, NULL}),
	    PHRASE(true, {PROMPT_WORDS, NULL, "x"}),    PHRASE(true, {PROMPT_TEXT, "x", "../x"}),
	    PHRASE(true, {PROMPT_TEXT, "x", ".x"}),     PHRASE(true, {PROMPT_TEXT, "x", ""}),
	    PHRASE(true, {PROMPT_WORDS, "a  b", NULL}), PHRASE(true, {PROMPT_WORDS, "a/b", NULL}),
	    PHRASE(true, {PROMPT_WORDS, " ", NULL}),
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(need(&rig, &bad[i], 1, &hold), UV_EINVAL);
		assert_null(hold);
		assert_int_equal(length(&rig, &bad[i]), UV_EINVAL);
	}
	struct prompt_phrase phrase = PHRASE(true, {PROMPT_TEXT, "x", NULL});
	phrase.language = "../en";
	assert_int_equal(need(&rig, &phrase, 1, &hold), UV_EINVAL);
	assert_int_equal(prompt_path("r", "en", "one", true, path, sizeof path), 0);
	assert_string_equal(path, "r/en/words/one.wav");
	assert_int_equal(prompt_path("r", "en", "s.hello", false, path, sizeof path), 0);
	assert_string_equal(path, "r/en/s.hello.wav");
	assert_int_equal(prompt_path("r", "en", "a/b", false, path, sizeof path), UV_EINVAL);
	assert_int_equal(prompt_path("r", "en", "one", true, path, 10), UV_ENAMETOOLONG);
	rig_end(&rig);
}

static void
closing_and_releasing_at_any_moment(void **state)
{
	(void)state;
	for (int rounds = 0; rounds < 24; rounds++) {
		struct rig rig;
		struct prompt_hold *holds[3];
		char text[3][32];
		rig_init(&rig, 0);
		record(&rig, "s.debt.1", 200);
		for (int i = 0; i < 3; i++) {
			snprintf(text[i], sizeof text[i], "number %d", i);
			struct prompt_phrase phrase =
			    PHRASE(false, {PROMPT_TEXT, "You owe", "s.debt.1"},
				   {PROMPT_TEXT, text[i], NULL});
			assert_int_equal(
			    prompt_need(rig.prompt, &phrase, 1, &holds[i], on_done, &rig), 0);
		}
		for (int i = 0; i < rounds; i++)
			uv_run(&rig.loop, UV_RUN_NOWAIT);
		if (rounds % 3 == 0)
			usleep(20000);
		unsigned before = rig.done;
		prompt_release(holds[1]); /* told before, or never */
		rig_end(&rig);
		assert_true(rig.done == 2 || (before > 0 && rig.done == 3));
	}
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_sentence_is_said_at_once),
	    cmocka_unit_test(recordings_come_first),
	    cmocka_unit_test(a_missing_recording_is_said_and_told),
	    cmocka_unit_test(a_sound_without_words),
	    cmocka_unit_test(a_bad_recording_is_said_and_told),
	    cmocka_unit_test(words_learned_in_the_call),
	    cmocka_unit_test(a_language_without_a_voice),
	    cmocka_unit_test(a_text_that_cannot_be_said),
	    cmocka_unit_test(memory_is_bounded),
	    cmocka_unit_test(bad_phrases),
	    cmocka_unit_test(closing_and_releasing_at_any_moment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
