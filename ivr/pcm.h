/* pcm.h - sound as numbers: clips, what is done to a voice before it goes on the line, and the ring
 * between the audio thread and everybody else
 *
 * Everywhere in ivr/ sound is 8 kHz, one channel, int16_t in the machine's order. Levels are dBFS:
 * a sine that just touches the ends of the range has 0 dBFS (so its RMS is 32767 / sqrt 2).
 *
 * Ownership: a clip owns its samples (malloc); pcm_clip_fini gives them back, twice does no harm.
 * What makes or changes a clip leaves it as it was when it fails.
 * Errors: 0, UV_ENOMEM, or what a call names. Nothing here logs, waits or knows the time.
 * Thread: any, each clip in one at a time. A ring belongs to exactly two: one writes, one reads.
 */
#ifndef IVR_PCM_H
#define IVR_PCM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PCM_RATE        8000
#define PCM_MS          8       /* samples in a millisecond */
#define PCM_PROMPT_DBFS (-20.0) /* of what we say */
#define PCM_SILENT_DBFS (-96.0) /* the level of nothing at all */
#define PCM_RATE_MIN    2000    /* of what pcm_resample takes */
#define PCM_RATE_MAX    384000
#define PCM_CLIP_MAX    (PCM_RATE * 60 * 30) /* samples: half an hour; a longer clip is UV_EFBIG */

/* ---- clips ---- */

struct pcm_clip {
	int16_t *samples; /* NULL when n is 0 */
	size_t n;
};

void pcm_clip_fini(struct pcm_clip *clip);
int pcm_clip_append(struct pcm_clip *clip, const int16_t *samples, size_t n);
int pcm_clip_silence(struct pcm_clip *clip, size_t n); /* appends n zeros */

/* ---- what is done to a voice ---- */

/* RMS of all samples; PCM_SILENT_DBFS for none. */
double pcm_dbfs(const int16_t *samples, size_t n);

/* RMS of what is spoken, pauses aside: of the 20-ms pieces less than 20 dB below the loudest. */
double pcm_speech_dbfs(const int16_t *samples, size_t n);

/* Takes away what lies below `hz` (0 < hz < 4000): Butterworth, 24 dB an octave. A telephone does
 * not carry it, small speakers rattle on it, and it costs level. */
void pcm_high_pass(int16_t *samples, size_t n, double hz);

/* Brings what is spoken to `dbfs`, by at most +-40 dB and never so far that a peak would clip.
 * Silence stays silence. */
void pcm_level(int16_t *samples, size_t n, double dbfs);

/* All that a prompt needs: high-pass 200 Hz, then PCM_PROMPT_DBFS. */
void pcm_prompt(struct pcm_clip *clip);

/* Appends `in`, which has `rate` samples a second, at PCM_RATE; the filter's delay is taken out, so
 * that n samples become n * 8000 / rate, rounded up. UV_EINVAL: a rate outside PCM_RATE_MIN..MAX;
 * UV_EFBIG. */
int pcm_resample(struct pcm_clip *clip, const int16_t *in, size_t n, unsigned rate);

/* ---- the ring ----
 *
 * One thread writes, one reads, neither ever waits, allocates or loops: fit for an audio callback.
 *
 *     producer   pcm_ring_write, pcm_ring_room, pcm_ring_drop
 *     consumer   pcm_ring_read, pcm_ring_ready
 *
 * pcm_ring_drop is the producer's (barge-in): what he has written so far will not be read. The
 * consumer skips it at his next read; until then pcm_ring_room does not grow. */
struct pcm_ring {
	int16_t *samples;
	size_t size;                        /* a power of two */
	_Alignas(64) atomic_size_t written; /* ever; the producer's */
	atomic_size_t dropped;              /* all before this one is void; the producer's */
	_Alignas(64) atomic_size_t taken;   /* ever; the consumer's */
};

/* Room for at least `n` samples, 1..2^24. UV_EINVAL, UV_ENOMEM. */
int pcm_ring_init(struct pcm_ring *ring, size_t n);
void pcm_ring_fini(struct pcm_ring *ring);

/* How many were taken over: fewer than n when the ring is full (an overrun, the caller counts it).
 */
size_t pcm_ring_write(struct pcm_ring *ring, const int16_t *samples, size_t n);
size_t pcm_ring_room(const struct pcm_ring *ring);
void pcm_ring_drop(struct pcm_ring *ring);

/* How many there were: fewer than n when the ring runs dry (an underrun; the rest of `samples` is
 * not touched). */
size_t pcm_ring_read(struct pcm_ring *ring, int16_t *samples, size_t n);

/* What a read would give, at least. Either thread may ask; the producer hears how much is queued.
 */
size_t pcm_ring_ready(const struct pcm_ring *ring);

#endif
