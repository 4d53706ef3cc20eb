#include "wav.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#define CHANNELS_MAX 8
#define FRAMES       1024 /* decoded at once */
#define SAMPLES_MAX                                                                                \
	((size_t)WAV_MS_MAX / 1000 * 48000) /* before resampling, so that memory is bounded */
#define OPEN_ENDED 0x7f000000u              /* sizes from here on are a pipe's: not known */
#define FULL       32767.0f

static const char too_big[] = "is too big: 64 MiB is the most";

static int
say(struct wav_why *why, int error, const char *text)
{
	if (why)
		snprintf(why->text, sizeof why->text, "%s", text);
	return error;
}

/* ---- bytes as a file, for libsndfile ---- */

struct bytes {
	const uint8_t *data;
	sf_count_t len, at;
};

static sf_count_t
on_length(void *context)
{
	return ((struct bytes *)context)->len;
}

static sf_count_t
on_seek(sf_count_t offset, int whence, void *context)
{
	struct bytes *b = context;
	sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? b->at : b->len;

	/* libsndfile passes on what files say; nothing outside is ever pointed at. */
	if (offset < -base || offset > b->len - base)
		return -1;
	b->at = base + offset;
	return b->at;
}

static sf_count_t
on_read(void *to, sf_count_t count, void *context)
{
	struct bytes *b = context;

	if (count > b->len - b->at)
		count = b->len - b->at;
	if (count <= 0)
		return 0;
	memcpy(to, b->data + b->at, (size_t)count);
	b->at += count;
	return count;
}

static sf_count_t
on_tell(void *context)
{
	return ((struct bytes *)context)->at;
}

/* ---- the frame of the file ---- */

static uint32_t
u32(const uint8_t *p, bool big)
{
	if (big)
		return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* libsndfile reads a file that was cut off without a word, and a debt would be named by half a
 * sentence. So its chunks are walked here first: the sound must be all there. */
static int
whole(const uint8_t *data, size_t len, struct wav_why *why)
{
	bool big;

	if (len < 12 || memcmp(data + 8, "WAVE", 4) != 0 ||
	    (memcmp(data, "RIFF", 4) != 0 && memcmp(data, "RIFX", 4) != 0 &&
	     memcmp(data, "RF64", 4) != 0))
		return say(why, UV_EINVAL, len ? "is no WAV file" : "is empty");
	big = data[3] == 'X';
	for (size_t at = 12; len - at >= 8;) {
		uint32_t size = u32(data + at + 4, big);
		size_t left = len - at - 8;

		if (memcmp(data + at, "data", 4) == 0) {
			if (size <= left || size >= OPEN_ENDED)
				return 0;
			if (why)
				snprintf(why->text, sizeof why->text,
					 "is cut short: %zu of %u bytes of sound are there", left,
					 (unsigned)size);
			return UV_EIO;
		}
		if (size > left || left - size < (size & 1))
			break;
		at += 8 + size + (size & 1);
	}
	return say(why, UV_EIO, "is cut short: it ends before any sound");
}

/* ---- decoding ---- */

static int16_t
to_sample(float x)
{
	if (!(x > -1.0f)) /* not a number either: some programs write that */
		return x <= -1.0f ? -32767 : 0;
	return (int16_t)lrintf(x >= 1.0f ? FULL : x * FULL);
}

/* All there is, as the mean of the channels, at the file's own rate. */
static int
decode(SNDFILE *file, const SF_INFO *info, struct pcm_clip *raw, struct wav_why *why)
{
	static const char too_long[] = "is too long: ten minutes is the most";
	float frames[FRAMES * CHANNELS_MAX];
	size_t room = 0, most = (size_t)WAV_MS_MAX / 1000 * (size_t)info->samplerate;
	sf_count_t got;

	most = most < SAMPLES_MAX ? most : SAMPLES_MAX;
	while ((got = sf_readf_float(file, frames, FRAMES)) > 0) {
		if (raw->n + (size_t)got > most)
			return say(why, UV_EFBIG, too_long);
		if (raw->n + (size_t)got > room) {
			int16_t *samples;

			room = 2 * room + FRAMES;
			samples = realloc(raw->samples, room * sizeof *samples);
			if (!samples)
				return say(why, UV_ENOMEM, "does not fit into memory");
			raw->samples = samples;
		}
		for (sf_count_t i = 0; i < got; i++) {
			float sum = 0;

			for (int c = 0; c < info->channels; c++)
				sum += frames[i * info->channels + c];
			raw->samples[raw->n++] = to_sample(sum / (float)info->channels);
		}
	}
	if (sf_error(file) != SF_ERR_NO_ERROR)
		return say(why, UV_EIO, "cannot be decoded to its end");
	return raw->n ? 0 : say(why, UV_EINVAL, "holds no sound");
}

static int
fits(const SF_INFO *info, struct wav_why *why)
{
	if (info->channels < 1 || info->channels > CHANNELS_MAX)
		return say(why, UV_EINVAL, "has too many channels: eight is the most");
	if (info->samplerate < PCM_RATE_MIN || info->samplerate > PCM_RATE_MAX)
		return say(why, UV_EINVAL, "has a sample rate outside 2,000 to 384,000");
	return 0;
}

int
wav_parse(const void *bytes, size_t len, struct pcm_clip *clip, struct wav_why *why)
{
	SF_VIRTUAL_IO io = {on_length, on_seek, on_read, NULL, on_tell};
	struct bytes source = {bytes, (sf_count_t)len, 0};
	struct pcm_clip raw = {0};
	SF_INFO info = {0};
	SNDFILE *file;
	int r = len > WAV_BYTES_MAX ? say(why, UV_EFBIG, too_big) : whole(bytes, len, why);

	if (r < 0)
		return r;
	file = sf_open_virtual(&io, SFM_READ, &info, &source);
	if (!file)
		return say(why, UV_EINVAL, "is a WAV of a kind that cannot be read");
	r = fits(&info, why);
	if (r == 0)
		r = decode(file, &info, &raw, why);
	sf_close(file);
	if (r == 0) {
		r = pcm_resample(clip, raw.samples, raw.n, (unsigned)info.samplerate);
		if (r < 0)
			say(why, r, r == UV_EFBIG ? "is too long" : "does not fit into memory");
	}
	pcm_clip_fini(&raw);
	return r;
}

/* The file's bytes, at most one more than may be, which wav_parse then refuses. */
static int
slurp(int fd, uint8_t **out, size_t *len)
{
	size_t room = 0, n = 0;
	uint8_t *data = NULL;
	ssize_t got = 1;

	while (got > 0 && n <= WAV_BYTES_MAX) {
		if (n == room) {
			uint8_t *more = realloc(data, room = 2 * room + 65536);

			if (!more) {
				free(data);
				return UV_ENOMEM;
			}
			data = more;
		}
		got = read(fd, data + n, room - n);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			n += (size_t)got;
	}
	if (got < 0) {
		free(data);
		return uv_translate_sys_error(errno);
	}
	*out = data;
	*len = n;
	return 0;
}

int
wav_read(const char *path, struct pcm_clip *clip, struct wav_why *why)
{
	int fd =
	    open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe of that name would hang us */
	uint8_t *data = NULL;
	struct stat st;
	size_t len = 0;
	int r = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		r = uv_translate_sys_error(errno);
	else if (!S_ISREG(st.st_mode))
		r = S_ISDIR(st.st_mode) ? UV_EISDIR : UV_EINVAL;
	else if (st.st_size > WAV_BYTES_MAX)
		r = UV_EFBIG;
	else
		r = slurp(fd, &data, &len);
	if (r < 0)
		say(why, r,
		    r == UV_EINVAL  ? "is no file"
		    : r == UV_EFBIG ? too_big
				    : uv_strerror(r));
	else
		r = wav_parse(data, len, clip, why);
	if (fd >= 0)
		close(fd);
	free(data);
	return r;
}

/* ---- writing ---- */

struct wav_writer {
	SNDFILE *file;
	unsigned channels;
	size_t frames; /* written */
	size_t kept;   /* of them in the header */
	int error;     /* the first; all later calls say it again */
};

static int
last_error(void)
{
	return errno ? uv_translate_sys_error(errno) : UV_EIO;
}

/* Takes over `fd`, and closes it when it fails too. */
static int
writer_new(struct wav_writer **out, int fd, unsigned channels)
{
	SF_INFO info = {
	    .samplerate = PCM_RATE,
	    .channels = (int)channels,
	    .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16,
	};
	struct wav_writer *writer = calloc(1, sizeof *writer);
	int r = UV_ENOMEM;

	if (!writer) {
		close(fd);
		return r;
	}
	writer->channels = channels;
	errno = 0;
	writer->file = sf_open_fd(fd, SFM_WRITE, &info, SF_TRUE);
	if (!writer->file) {
		r = last_error();
		free(writer);
		return r;
	}
	*out = writer;
	return 0;
}

int
wav_writer_open(struct wav_writer **writer, const char *path, unsigned channels)
{
	int fd;

	assert(channels == 1 || channels == 2);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return fd < 0 ? uv_translate_sys_error(errno) : writer_new(writer, fd, channels);
}

/* The header last, so that it never speaks of sound that is not there. */
static int
keep(struct wav_writer *writer)
{
	errno = 0;
	if (sf_command(writer->file, SFC_UPDATE_HEADER_NOW, NULL, 0) != 0 ||
	    sf_error(writer->file) != SF_ERR_NO_ERROR)
		return last_error();
	writer->kept = writer->frames;
	return 0;
}

int
wav_writer_write(struct wav_writer *writer, const int16_t *samples, size_t frames)
{
	if (writer->error)
		return writer->error;
	if (frames > (size_t)WAV_MS_MAX * PCM_MS - writer->frames)
		return writer->error = UV_EFBIG;
	errno = 0;
	if (sf_writef_short(writer->file, samples, (sf_count_t)frames) != (sf_count_t)frames)
		return writer->error = last_error();
	writer->frames += frames;
	if (writer->frames - writer->kept >= PCM_RATE)
		writer->error = keep(writer);
	return writer->error;
}

size_t
wav_writer_kept(const struct wav_writer *writer)
{
	return writer->kept;
}

int
wav_writer_close(struct wav_writer *writer)
{
	int r = writer->error;

	errno = 0;
	if (sf_close(writer->file) != 0 && r == 0)
		r = last_error();
	free(writer);
	return r;
}

/* All of the clip into `fd`, safe on the disk; `fd` stays open. */
static int
write_whole(int fd, const int16_t *samples, size_t n)
{
	struct wav_writer *writer;
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	int r;

	if (own < 0)
		return uv_translate_sys_error(errno);
	r = writer_new(&writer, own, 1);
	if (r < 0)
		return r;
	wav_writer_write(writer, samples, n);
	r = wav_writer_close(writer);
	if (r == 0 && fsync(fd) < 0)
		r = uv_translate_sys_error(errno);
	return r;
}

int
wav_save(const char *path, const int16_t *samples, size_t n)
{
	char *beside = NULL;
	int fd, r;

	if (asprintf(&beside, "%s.XXXXXX", path) < 0)
		return UV_ENOMEM;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0) {
		r = uv_translate_sys_error(errno);
		free(beside);
		return r;
	}
	r = write_whole(fd, samples, n);
	close(fd);
	if (r == 0 && rename(beside, path) < 0)
		r = uv_translate_sys_error(errno);
	if (r < 0)
		unlink(beside);
	free(beside);
	return r;
}
