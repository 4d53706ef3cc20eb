/* wav.h - sound files: recordings people made, cached speech, and the recording of a call
 *
 * The only door to libsndfile.
 *
 * Ownership: clips are the caller's (pcm.h). Errors: 0 or UV_E*, and a sentence for the person
 * whose file it is. Thread: any; these calls wait for the disk.
 */
#ifndef IVR_WAV_H
#define IVR_WAV_H

#include "pcm.h"

#define WAV_BYTES_MAX (64u << 20) /* of a file that is read */
#define WAV_MS_MAX    (10 * 60 * 1000)

/* What is wrong with a file, in words that can stand after its name: "is cut short: ...". */
struct wav_why {
	char text[160];
};

/* Appends what the WAV at `path` holds to `clip`, brought to 8 kHz and one channel (the mean of its
 * channels); the level is left as it is. Any encoding libsndfile knows inside RIFF, RIFX or RF64.
 *
 * UV_ENOENT and what open() says; UV_EFBIG: over WAV_BYTES_MAX or WAV_MS_MAX; UV_EINVAL: no WAV, a
 * kind unknown, or nothing in it; UV_EIO: cut short, or it cannot be decoded to its end. A header
 * that leaves the length open, as a pipe's does, is taken to mean the end of the file. `why` may be
 * NULL. */
int wav_read(const char *path, struct pcm_clip *clip, struct wav_why *why);

/* The same of bytes in memory. */
int wav_parse(const void *bytes, size_t len, struct pcm_clip *clip, struct wav_why *why);

/* Writes a clip whole, beside its name first: `path` holds either what it held or all of the clip.
 */
int wav_save(const char *path, const int16_t *samples, size_t n);

/* ---- as it comes ----
 *
 * A recording that grows. Its header is brought up to date each second of sound, so that after a
 * crash or kill -9 the file is a valid WAV that lacks a second at most. 16-bit PCM, 8 kHz. */
struct wav_writer;

/* Creates or empties `path`, mode 0600; channels 1 or 2 (samples then alternate: left, right). */
int wav_writer_open(struct wav_writer **writer, const char *path, unsigned channels);

/* `frames` times `channels` samples. After the first error it says the same at once, and the file
 * keeps what it had. UV_EFBIG beyond WAV_MS_MAX; UV_ENOSPC and the like. */
int wav_writer_write(struct wav_writer *writer, const int16_t *samples, size_t frames);

/* How many frames are certain to be in the file's header by now. */
size_t wav_writer_kept(const struct wav_writer *writer);

/* Ends the file and frees the writer, whatever it answers (the first error there was, or 0). */
int wav_writer_close(struct wav_writer *writer);

#endif
