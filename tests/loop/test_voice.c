/* The synthetic voice: espeak-ng itself where it is installed, and engines that hang, crash, lie or
 * are not there. What a person's text becomes on disk and in the list of processes. */
#include "ivr/voice.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

#define TEXT "Hello, this is Sunrise Lending."

/* What an engine does that copies sample_sound()'s. */
#define COPY "cp \"${0%engine}sound.raw\" \"$out\""

struct rig {
	uv_loop_t loop;
	struct voice *voice;
	char folder[64], cache[96], engine[96];
	unsigned done, wanted, purged;
	bool closed, again;
	int error;
	size_t n;
	double dbfs;
	char why[VOICE_WHY];
};

static void
rig_init(struct rig *rig)
{
	*rig = (struct rig){.wanted = 1};
	snprintf(rig->folder, sizeof rig->folder, "/tmp/dunlin-voice-XXXXXX");
	assert_non_null(mkdtemp(rig->folder));
	snprintf(rig->cache, sizeof rig->cache, "%s/cache", rig->folder);
	snprintf(rig->engine, sizeof rig->engine, "%s/engine", rig->folder);
	uv_loop_init(&rig->loop);
}

/* An engine of our own: a shell script that is told where to write as `$out`. */
static void
rig_script(struct rig *rig, const char *body)
{
	FILE *f = fopen(rig->engine, "w");
	assert_non_null(f);
	fprintf(f,
		"#!/bin/sh\n"
		"[ \"$1\" = --version ] && { echo 'fake 1'; exit 0; }\n"
		"echo \"$@\" >>'%s/asked'\n"
		"while [ $# -gt 1 ]; do [ \"$1\" = -w ] && out=$2; shift; done\n"
		"%s\n",
		rig->folder, body);
	fchmod(fileno(f), 0755);
	fclose(f);
}

static void
rig_open(struct rig *rig, const char *engine, unsigned deadline_ms)
{
	struct voice_config config = {
	    .cache = rig->cache, .engine = engine, .deadline_ms = deadline_ms};
	assert_int_equal(voice_open(&rig->voice, &rig->loop, &config), 0);
}

/* A second and a half of the real thing. */
static void
sample_sound(const struct rig *rig)
{
	char path[160];
	struct pcm_clip clip = {NULL, 0};
	snprintf(path, sizeof path, "%s/sound.raw", rig->folder);
	for (int i = 0; i < PCM_RATE * 3 / 2; i++) {
		int16_t sample = (int16_t)((i / 8 % 2) * 12000 - 6000);
		assert_int_equal(pcm_clip_append(&clip, &sample, 1), 0);
	}
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	static const unsigned char head[44] = {
	    'R', 'I', 'F', 'F', 0xe4, 0x5d, 0,   0,   'W', 'A',  'V',  'E',  'f', 'm',  't',
	    ' ', 16,  0,   0,   0,    1,    0,   1,   0,   0x40, 0x1f, 0,    0,   0x80, 0x3e,
	    0,   0,   2,   0,   16,   0,    'd', 'a', 't', 'a',  0xc0, 0x5d, 0,   0};
	fwrite(head, 1, sizeof head, f);
	fwrite(clip.samples, 2, clip.n, f);
	fclose(f);
	pcm_clip_fini(&clip);
}

/* An engine of our own, asked from now on. */
static void
rig_engine(struct rig *rig, const char *body, unsigned deadline_ms)
{
	rig_init(rig);
	sample_sound(rig);
	rig_script(rig, body);
	rig_open(rig, rig->engine, deadline_ms);
}

static void
on_done(void *ctx, int error, const struct pcm_clip *clip, const char *why)
{
	struct rig *rig = ctx;
	assert_false(rig->closed);
	assert_true((error == 0) == (clip != NULL));
	assert_true(error == 0 || error == UV_ECANCELED || why[0] != '\0');
	rig->error = error;
	rig->n = clip != NULL ? clip->n : 0;
	rig->dbfs = clip != NULL ? pcm_speech_dbfs(clip->samples, clip->n) : 0;
	snprintf(rig->why, sizeof rig->why, "%s", why);
	if (++rig->done == rig->wanted)
		uv_stop(&rig->loop);
}

static void
on_closed(void *ctx)
{
	((struct rig *)ctx)->closed = true;
}

static void
rig_close(struct rig *rig)
{
	if (!rig->again)
		voice_close(rig->voice, on_closed, rig);
	uv_run(&rig->loop, UV_RUN_DEFAULT);
	assert_true(rig->closed);
	rig->closed = rig->again = false;
}

static void
rig_end(struct rig *rig)
{
	char command[160];
	rig_close(rig);
	assert_int_equal(uv_loop_close(&rig->loop), 0);
	snprintf(command, sizeof command, "rm -rf '%s'", rig->folder);
	assert_int_equal(system(command), 0);
}

static int
rig_say(struct rig *rig, const char *voice, const char *text)
{
	rig->done = 0;
	rig->wanted = 1;
	int err = voice_render(rig->voice, voice, text, on_done, rig);
	assert_int_equal(rig->done, 0);
	if (err != 0)
		return err;
	uv_run(&rig->loop, UV_RUN_DEFAULT);
	assert_int_equal(rig->done, 1);
	return rig->error;
}

/* Files of the cache, each for its owner alone; none is half made. */
static unsigned
count_files(const struct rig *rig)
{
	struct stat st;
	unsigned n = 0;
	assert_int_equal(stat(rig->cache, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	DIR *dir = opendir(rig->cache);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		assert_int_equal(fstatat(dirfd(dir), e->d_name, &st, 0), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		n++;
		if (strchr(e->d_name, ' ') == NULL)
			assert_int_equal(strlen(e->d_name), 36);
	}
	closedir(dir);
	return n;
}

static unsigned
count_asked(const struct rig *rig)
{
	char path[160], line[2048];
	unsigned n = 0;
	snprintf(path, sizeof path, "%s/asked", rig->folder);
	FILE *f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		assert_null(strstr(line, "Sunrise")); /* a command line is for all to see */
		n++;
	}
	if (f != NULL)
		fclose(f);
	return n;
}

static bool
has_espeak(void)
{
	return system("espeak-ng --version >/dev/null 2>&1") == 0;
}

static void
espeak_speaks(void **state)
{
	(void)state;
	struct rig rig;
	static const char *const languages[] = {"en", "fr", "es", "pt", "ru", "uk",
						"ar", "hi", "sw", "am", "id", "vi",
						"th", "my", "ta", "ne", "zh"};
	if (!has_espeak())
		skip();
	rig_init(&rig);
	rig_open(&rig, NULL, 0);
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
		char name[VOICE_NAME];
		assert_int_equal(voice_of(languages[i], name), 0);
		assert_int_equal(rig_say(&rig, name, TEXT), 0);
		assert_true(rig.n > PCM_RATE && rig.n < 20 * PCM_RATE);
		assert_true(rig.dbfs > PCM_PROMPT_DBFS - 1 && rig.dbfs < PCM_PROMPT_DBFS + 1);
	}
	assert_int_equal(count_files(&rig), sizeof languages / sizeof *languages);
	assert_int_equal(rig_say(&rig, "qqq", TEXT), UV_ENOTSUP);
	assert_non_null(strstr(rig.why, "qqq"));
	assert_int_equal(rig_say(&rig, "en", ", , ,"), UV_EIO);
	assert_int_equal(count_files(&rig), sizeof languages / sizeof *languages);
	rig_end(&rig);
}

static void
a_known_text_needs_no_child(void **state)
{
	(void)state;
	struct rig rig;
	rig_engine(&rig, "cat >/dev/null; " COPY, 0);
	rig.wanted = 3; /* asked for three times before it is there: one child */
	for (int i = 0; i < 3; i++)
		assert_int_equal(voice_render(rig.voice, "en", TEXT, on_done, &rig), 0);
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	assert_int_equal(rig.done, 3);
	assert_int_equal(rig.error, 0);
	assert_int_equal(rig.n, PCM_RATE * 3 / 2);
	assert_int_equal(count_asked(&rig), 1);
	assert_int_equal(rig_say(&rig, "en", TEXT), 0);
	rig_close(&rig);
	rig_open(&rig, rig.engine, 0); /* a new life, the same cache */
	assert_int_equal(rig_say(&rig, "en", TEXT), 0);
	assert_int_equal(count_asked(&rig), 1);
	assert_int_equal(rig_say(&rig, "fr", TEXT), 0);
	assert_int_equal(rig_say(&rig, "en", TEXT " Yes."), 0);
	assert_int_equal(count_asked(&rig), 3);
	assert_int_equal(count_files(&rig), 3);
	rig_end(&rig);
}

static void
spoil(const struct rig *rig)
{
	DIR *dir = opendir(rig->cache);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		if (e->d_name[0] != '.') {
			int fd = openat(dirfd(dir), e->d_name, O_WRONLY);
			assert_int_equal(ftruncate(fd, 1000), 0);
			close(fd);
		}
	closedir(dir);
}

static void
a_spoilt_file_is_made_again(void **state)
{
	(void)state;
	struct rig rig;
	rig_engine(&rig, COPY, 0);
	assert_int_equal(rig_say(&rig, "en", TEXT), 0);
	spoil(&rig);
	assert_int_equal(rig_say(&rig, "en", TEXT), 0);
	assert_int_equal(rig.n, PCM_RATE * 3 / 2);
	assert_int_equal(count_asked(&rig), 2);
	assert_int_equal(count_files(&rig), 1);
	rig_end(&rig);
}

static void
engines_that_fail(void **state)
{
	(void)state;
	static const struct {
		const char *body;
		int error;
		const char *why;
	} cases[] = {
	    {"sleep 1000 & sleep 1000", UV_ETIMEDOUT, "killed"},
	    {"yes", UV_ETIMEDOUT, "killed"},
	    {"kill -SEGV $$", UV_EIO, "signal 11"},
	    {"echo 'Error: The specified espeak-ng voice does not exist.' >&2; exit 1", UV_ENOTSUP,
	     "voice"},
	    {"printf 'bad\\033 luck\\nmore' >&2; exit 3", UV_EIO, "bad? luck"},
	    {"exit 0", UV_EIO, "sound"},
	    {"rm -f \"$out\"", UV_EIO, "sound"},
	    {"head -c 5000 /dev/urandom >\"$out\"", UV_EIO, "sound"},
	    {"{ head -c 44 \"${0%engine}sound.raw\"; head -c 24000 /dev/zero; } >\"$out\"", UV_EIO,
	     "silent"},
	    {"head -c 9000 \"${0%engine}sound.raw\" >\"$out\"", UV_EIO, "sound"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rig rig;
		rig_engine(&rig, cases[i].body, cases[i].error == UV_ETIMEDOUT ? 300 : 0);
		assert_int_equal(rig_say(&rig, "en", TEXT), cases[i].error);
		if (strstr(rig.why, cases[i].why) == NULL)
			fail_msg("\"%s\" says \"%s\"", cases[i].body, rig.why);
		assert_null(strstr(rig.why, "Sunrise"));
		assert_int_equal(count_files(&rig), 0);
		rig_end(&rig);
	}
}

static void
a_missing_engine_names_its_package(void **state)
{
	(void)state;
	struct rig rig;
	rig_init(&rig);
	sample_sound(&rig);
	rig_open(&rig, rig.engine, 0);
	assert_int_equal(rig_say(&rig, "en", TEXT), UV_ENOENT);
	assert_non_null(strstr(rig.why, "apt-get install espeak-ng"));
	rig_script(&rig, COPY);
	assert_int_equal(rig_say(&rig, "en", TEXT), 0); /* installed meanwhile */
	unlink(rig.engine);
	assert_int_equal(rig_say(&rig, "en", "Another one."), UV_ENOENT);
	assert_non_null(strstr(rig.why, "apt-get install espeak-ng"));
	rig_script(&rig, "exit 9");
	chmod(rig.engine, 0644);
	assert_int_equal(rig_say(&rig, "en", "Another one."), UV_EACCES);
	rig_end(&rig);
}

/* No more than two at once: each engine adds a file while it runs and counts those there are. */
static void
children_are_few(void **state)
{
	(void)state;
	struct rig rig;
	char path[160], text[64];
	rig_engine(&rig,
		   "d=${0%/*}; touch $d/run.$$; ls $d | grep -c run >>$d/counts; sleep 0.05; "
		   "rm $d/run.$$; cp $d/sound.raw \"$out\"",
		   0);
	rig.wanted = 12;
	for (int i = 0; i < 12; i++) {
		snprintf(text, sizeof text, "text %d", i);
		assert_int_equal(voice_render(rig.voice, "en", text, on_done, &rig), 0);
	}
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	assert_int_equal(rig.done, 12);
	assert_int_equal(rig.error, 0);
	snprintf(path, sizeof path, "%s/counts", rig.folder);
	FILE *f = fopen(path, "r");
	int n = 0, count, most = 0;
	for (; fscanf(f, "%d", &count) == 1; n++)
		most = count > most ? count : most;
	fclose(f);
	assert_int_equal(n, 12);
	assert_true(most <= 2);
	rig_end(&rig);
}

static void
bad_requests(void **state)
{
	(void)state;
	static const char *const voices[] = {"",      "-w",   "a/b",
					     "en fr", "../x", "abcdefghijklmnopqrstuvwxyzabcdefgh"};
	static const char *const texts[] = {
	    "", "\xff", "\xc0\x80", "\xed\xa0\x80", "x\xe2\x82", "\xf5\x80\x80\x80"};
	struct rig rig;
	static char huge[VOICE_LONG + 2];
	rig_init(&rig);
	rig_open(&rig, NULL, 0);
	for (size_t i = 0; i < sizeof voices / sizeof *voices; i++)
		assert_int_equal(rig_say(&rig, voices[i], TEXT), UV_EINVAL);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_int_equal(rig_say(&rig, "en", texts[i]), UV_EINVAL);
	memset(huge, 'a', sizeof huge - 1);
	assert_int_equal(rig_say(&rig, "en", huge), UV_EINVAL);
	rig_end(&rig);
}

static void
close_after(struct rig *rig, int rounds)
{
	for (int i = 0; i < rounds; i++)
		uv_run(&rig->loop, UV_RUN_NOWAIT);
	voice_close(rig->voice, on_closed, rig);
	assert_int_equal(voice_render(rig->voice, "en", TEXT, on_done, rig), UV_ECANCELED);
	rig->again = true;
}

/* Closed at any moment: all is answered, no child and no half-made file is left. */
static void
closing_at_any_moment(void **state)
{
	(void)state;
	for (int rounds = 0; rounds < 20; rounds++) {
		struct rig rig;
		char text[64];
		rig_engine(&rig, rounds % 2 ? "exec sleep 1000" : COPY, 0);
		rig.wanted = 100;
		for (int i = 0; i < 5; i++) {
			snprintf(text, sizeof text, "text %d", i / 2);
			assert_int_equal(voice_render(rig.voice, "en", text, on_done, &rig), 0);
		}
		assert_int_equal(voice_purge(rig.voice, 0, NULL, NULL), 0);
		if (rounds % 3 == 0)
			usleep(2000);
		close_after(&rig, rounds);
		rig_close(&rig);
		assert_int_equal(rig.done, 5);
		(void)count_files(&rig);
		rig.again = true;
		rig.closed = true;
		rig_end(&rig);
	}
}

static void
on_purged(void *ctx, int error, unsigned removed)
{
	struct rig *rig = ctx;
	assert_int_equal(error, 0);
	rig->purged = removed;
	uv_stop(&rig->loop);
}

static void
age(const struct rig *rig, const char *name, time_t when)
{
	char path[320];
	struct timespec times[2] = {{when, 0}, {when, 0}};
	snprintf(path, sizeof path, "%s/%s", rig->cache, name);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
what_is_old_goes(void **state)
{
	(void)state;
	struct rig rig;
	rig_engine(&rig, COPY, 0);
	assert_int_equal(rig_say(&rig, "en", TEXT), 0);
	age(&rig, "0123456789abcdef0123456789abcdef.wav", 1000);
	age(&rig, "0123456789abcdef0123456789abcdef.wav.aB3xYz", 1000);
	age(&rig, "0123456789abcdef0123456789abcde0.wav", 3000);
	age(&rig, "a person's own file.wav", 1000);
	assert_int_equal(voice_purge(rig.voice, 2000, on_purged, &rig), 0);
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	assert_int_equal(rig.purged, 2);
	assert_int_equal(count_files(&rig), 3);
	rig_end(&rig);
}

static void
names(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
	    {"en", "en"},    {"en-PH", "en-us"}, {"en_US", "en-us"}, {"es-CO", "es-co"},
	    {"pt", "pt-br"}, {"pt-PT", "pt"},    {"zh-Hant", "cmn"}, {"ru", "ru"}};
	char name[VOICE_NAME], why[VOICE_WHY];
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		assert_int_equal(voice_of(pairs[i][0], name), 0);
		assert_string_equal(name, pairs[i][1]);
	}
	assert_int_equal(voice_of("fil", name), UV_ENOTSUP);
	assert_int_equal(voice_of("fil-PH", name), UV_ENOTSUP);
	assert_int_equal(voice_of("km", name), UV_ENOTSUP);
	assert_int_equal(voice_of("../x", name), UV_EINVAL);
	assert_int_equal(voice_of("", name), UV_EINVAL);
	voice_lacking("fil", why);
	assert_non_null(strstr(why, "recordings/fil/"));
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(espeak_speaks),
	    cmocka_unit_test(a_known_text_needs_no_child),
	    cmocka_unit_test(a_spoilt_file_is_made_again),
	    cmocka_unit_test(engines_that_fail),
	    cmocka_unit_test(a_missing_engine_names_its_package),
	    cmocka_unit_test(children_are_few),
	    cmocka_unit_test(bad_requests),
	    cmocka_unit_test(closing_at_any_moment),
	    cmocka_unit_test(what_is_old_goes),
	    cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
