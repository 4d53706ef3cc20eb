/* Sound files: what people record, what strangers send, what a killed program leaves. */
#include "ivr/wav.h"

#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

static char folder[] = "/tmp/dunlin-wav-XXXXXX";
static char path[PATH_MAX];

static int
setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/sound.wav", folder);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

/* `ms` of 440 Hz at -12 dBFS in each channel. */
static void
make(int format, int rate, int channels, int ms)
{
	SF_INFO info = {.format = format, .samplerate = rate, .channels = channels};
	SNDFILE *file = sf_open(path, SFM_WRITE, &info);
	int n = (int)((long)rate * ms / 1000);

	assert_non_null(file);
	for (int at = 0; at < n; at += 1000) {
		static float frames[1000 * 8];
		int m = n - at < 1000 ? n - at : 1000;

		for (int i = 0; i < m * channels; i++)
			frames[i] = (float)(pow(10, -12 / 20.0) *
					    sin(2 * M_PI * 440 * (at + i / channels) / rate));
		assert_int_equal(sf_writef_float(file, frames, m), m);
	}
	sf_close(file);
}

static void
test_kinds(void **state)
{
	static const struct {
		int format, rate, channels;
	} kinds[] = {
	    {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1},
	    {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2},
	    {SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 11025, 1},
	    {SF_FORMAT_WAV | SF_FORMAT_PCM_24, 48000, 2},
	    {SF_FORMAT_WAV | SF_FORMAT_PCM_32, 96000, 1},
	    {SF_FORMAT_WAV | SF_FORMAT_FLOAT, 22050, 8},
	    {SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 16000, 1},
	    {SF_FORMAT_WAV | SF_FORMAT_ALAW, 8000, 1},
	    {SF_FORMAT_WAV | SF_FORMAT_ULAW, 8000, 1},
	    {SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 22050, 1},
	    {SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 32000, 2},
	    {SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 16000, 1},
	    {SF_FORMAT_WAV | SF_ENDIAN_BIG | SF_FORMAT_PCM_16, 16000, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct pcm_clip clip = {0};
		struct wav_why why = {""};

		make(kinds[i].format, kinds[i].rate, kinds[i].channels, 1000);
		assert_int_equal(wav_read(path, &clip, &why), 0);
		assert_in_range(clip.n, 8000, 8600); /* ADPCM fills its last block */
		assert_float_equal(pcm_dbfs(clip.samples + 400, 7200), -12, 0.5);
		/* A second file goes behind the first. */
		assert_int_equal(wav_read(path, &clip, NULL), 0);
		assert_in_range(clip.n, 16000, 17200);
		pcm_clip_fini(&clip);
	}
}

static void
refused(int error, const char *words)
{
	struct pcm_clip clip = {0};
	struct wav_why why = {""};

	assert_int_equal(pcm_clip_silence(&clip, 3), 0);
	assert_int_equal(wav_read(path, &clip, &why), error);
	if (!strstr(why.text, words))
		fail_msg("'%s' lacks '%s'", why.text, words);
	assert_int_equal(clip.n, 3);
	pcm_clip_fini(&clip);
}

static void
put(const void *bytes, size_t n)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	fclose(file);
}

static void
test_refused(void **state)
{
	(void)state;
	unlink(path);
	refused(UV_ENOENT, "no such file");
	assert_int_equal(mkfifo(path, 0600), 0);
	refused(UV_EINVAL, "is no file");
	unlink(path);
	put("", 0);
	refused(UV_EINVAL, "is empty");
	put("ID3\4 no sound at all", 21);
	refused(UV_EINVAL, "is no WAV file");
	put("RIFF\0\0\0\0WAVE", 12);
	refused(UV_EIO, "ends before any sound");
	make(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, 0);
	refused(UV_EINVAL, "holds no sound");
	make(SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 8000, 1, 100);
	refused(UV_EINVAL, "is no WAV file");
	make(SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 8000, 1, WAV_MS_MAX + 100);
	refused(UV_EFBIG, "too long");
	assert_int_equal(truncate(path, WAV_BYTES_MAX + 1), 0);
	refused(UV_EFBIG, "too big");
}

/* A copy that broke off must not name a debt by half a sentence. */
static void
test_cut_short(void **state)
{
	struct stat st;

	(void)state;
	make(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, 1000);
	assert_int_equal(stat(path, &st), 0);
	for (off_t left = st.st_size - 1; left >= 1; left -= left > 60 ? 331 : 1) {
		assert_int_equal(truncate(path, left), 0);
		if (left >= 12)
			refused(UV_EIO, "is cut short");
		else
			refused(UV_EINVAL, "is no WAV file");
	}
}

/* Programs that write to a pipe cannot know the length: what is there counts. */
static void
test_open_ended(void **state)
{
	static const uint32_t unknown[] = {0xffffffffu, 0x7ffff000u, 0x7fffffffu};

	(void)state;
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
		struct pcm_clip clip = {0};
		uint32_t size = unknown[i];
		int fd;

		make(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, 500);
		fd = open(path, O_RDWR);
		assert_int_equal(pwrite(fd, &size, 4, 40), 4);
		close(fd);
		assert_int_equal(wav_read(path, &clip, NULL), 0);
		assert_int_equal(clip.n, 4000);
		pcm_clip_fini(&clip);
	}
}

static void
test_save(void **state)
{
	int16_t samples[1234];
	struct pcm_clip clip = {0};
	struct stat st;

	(void)state;
	for (int i = 0; i < 1234; i++)
		samples[i] = (int16_t)(i * 53 - 32768 + i % 7);
	unlink(path);
	assert_int_equal(wav_save(path, samples, 1234), 0);
	assert_int_equal(wav_save(path, samples, 1234), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(wav_read(path, &clip, NULL), 0);
	assert_int_equal(clip.n, 1234);
	for (int i = 0; i < 1234; i++)
		assert_in_range(clip.samples[i] - samples[i] + 1, 0, 2);
	pcm_clip_fini(&clip);
	assert_int_equal(wav_save("/nonexistent/x.wav", samples, 1), UV_ENOENT);
}

/* A program that records is killed at any moment: the file is a WAV that lacks a second at most. */
static void
test_killed(void **state)
{
	(void)state;
	for (int pieces = 0; pieces < 300; pieces += 37) {
		SF_INFO info = {0};
		SNDFILE *file;
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			struct wav_writer *writer;
			int16_t frames[320];

			for (int i = 0; i < 320; i++)
				frames[i] = (int16_t)(i & 1 ? 500 : -500);
			if (wav_writer_open(&writer, path, 2) != 0)
				_exit(1);
			for (int i = 0; i < pieces; i++)
				if (wav_writer_write(writer, frames, 160) != 0)
					_exit(1);
			kill(getpid(), SIGKILL);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		file = sf_open(path, SFM_READ, &info);
		assert_non_null(file);
		assert_int_equal(info.channels, 2);
		assert_int_equal(info.samplerate, 8000);
		assert_true(info.frames >= pieces * 160 - 8000 && info.frames <= pieces * 160);
		sf_close(file);
		if (info.frames > 0) {
			struct pcm_clip clip = {0};

			assert_int_equal(wav_read(path, &clip, NULL), 0);
			assert_int_equal(clip.n, info.frames);
			assert_int_equal(clip.samples[clip.n / 2],
					 0); /* left and right cancel out */
			pcm_clip_fini(&clip);
		}
	}
}

/* The disk is full: said at once and again, and what was kept can be heard. */
static void
test_full_disk(void **state)
{
	struct rlimit was, limit;
	struct pcm_clip clip = {0};
	struct wav_writer *writer;
	int16_t frames[800] = {0};
	int r = 0;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	limit = was;
	limit.rlim_cur = 100000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(wav_writer_open(&writer, path, 1), 0);
	for (int i = 0; i < 100 && r == 0; i++)
		r = wav_writer_write(writer, frames, 800);
	assert_int_equal(r, UV_EFBIG);
	assert_int_equal(wav_writer_write(writer, frames, 1), UV_EFBIG);
	assert_in_range(wav_writer_kept(writer), 40000, 50000);
	assert_int_equal(wav_writer_close(writer), UV_EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(wav_read(path, &clip, NULL), 0);
	assert_in_range(clip.n, 40000, 50000);
	pcm_clip_fini(&clip);
	assert_int_equal(wav_writer_open(&writer, "/nonexistent/x.wav", 1), UV_ENOENT);
}

static void
test_writer(void **state)
{
	struct pcm_clip clip = {0};
	struct wav_writer *writer;
	int16_t frames[8000] = {0};
	size_t n = 0;

	(void)state;
	assert_int_equal(wav_writer_open(&writer, path, 1), 0);
	assert_int_equal(wav_writer_write(writer, frames, 0), 0);
	while (n + 8000 <= (size_t)WAV_MS_MAX * PCM_MS) {
		assert_int_equal(wav_writer_write(writer, frames, 8000), 0);
		n += 8000;
	}
	assert_int_equal(wav_writer_kept(writer), n);
	assert_int_equal(wav_writer_write(writer, frames, 1), UV_EFBIG);
	assert_int_equal(wav_writer_close(writer), UV_EFBIG);
	assert_int_equal(wav_read(path, &clip, NULL), 0);
	assert_int_equal(clip.n, n);
	pcm_clip_fini(&clip);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_kinds),     cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_cut_short), cmocka_unit_test(test_open_ended),
	    cmocka_unit_test(test_save),      cmocka_unit_test(test_killed),
	    cmocka_unit_test(test_full_disk), cmocka_unit_test(test_writer),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
