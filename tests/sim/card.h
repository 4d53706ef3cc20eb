/* card.h - a sound card that is a mapped file
 *
 * One file is one stick's card: 8 kHz, mono, 16 bits, two rings and a clock. The program under test
 * opens it through the unmodified PortAudio and ALSA, by the plugin in card/; the network's side (a
 * simulated stick, a test) maps the same file and reads and writes the rings with the calls below.
 *
 *     daemon -- PortAudio -- ALSA -- plugin --> up   --> card_hear()   the network's side
 *                                    plugin <-- down <-- card_say()
 *
 *   Positions  are samples since the file was made, never negative, the same for both rings: what
 *              stands at p of `down` enters the daemon in the same instant as p of `up` leaves it.
 *   The clock  card_now() is the first sample that has not happened yet. It runs at 8000 * speed
 *              samples a second, `drift_ppm` faster, but never beyond `limit`: a caller who
 *              computes late holds the clock (card_allow) and leaves no hole in his voice. Speed 0
 *              has no clock: the position is `limit`, and whoever moves it decides all time (lock
 *              step). A `patient` card holds it for the daemon too, for CARD_PATIENCE_MS at a time,
 *              where a real one would count an under- or overrun: for machines too busy to be fast.
 *              What was waited for is not made up: the clock goes on from where it stood.
 *   Rings      hold the last CARD_RING samples. Each has one writer, who keeps it without holes;
 *              beyond `end` there is silence.
 *   The file   is made by the network's side before anybody plugs it in. A missing file, or one
 *              with `gone` set, is an unplugged card: opening fails with ENODEV, and open streams
 *              end.
 *   Errors     0, or a negative errno.
 *
 * ALSA's side: the file ALSA_CONFIG_PATH names must define pcm.default, or PortAudio aborts:
 *
 *     pcm.default { type null }
 *     pcm_type.dunlin { lib "BUILD/libasound_module_pcm_dunlin.so" }
 *     pcm.modem0 { type dunlin file "DIR/card0" }
 */
#ifndef SIM_CARD_H
#define SIM_CARD_H

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CARD_RATE        8000
#define CARD_RING        65536     /* samples; a power of two, so that positions wrap cleanly */
#define CARD_FREE        INT64_MAX /* `limit` of a clock nobody holds */
#define CARD_PATIENCE_MS 3000      /* of real time: longer, and the daemon is dead or gone */

enum card_gone {
	CARD_HERE,
	CARD_UNPLUGGED, /* streams are told so (ENODEV) */
	CARD_MUTE,      /* streams get POLLERR for ever and no reason, as from some drivers */
};

struct card_ring {
	_Atomic int64_t end; /* silence from here on */
	int16_t samples[CARD_RING];
};

/* What the plugin tells of one direction. */
struct card_stream {
	_Atomic uint32_t open;  /* streams open now */
	_Atomic uint32_t runs;  /* times it was started */
	_Atomic uint32_t xruns; /* times the daemon came too late */
	_Atomic int64_t done;   /* position up to which the daemon has read, or written ahead */
	_Atomic int64_t hold;   /* where a patient clock waits for it; CARD_FREE: it does not run */
	_Atomic int64_t seen_ns; /* CLOCK_MONOTONIC when the daemon was last there */
};

struct card {
	int32_t speed;     /* times real time; 0: lock step */
	int32_t drift_ppm; /* 10000 is 1 % fast */
	uint32_t patient;
	_Atomic uint32_t gone;    /* enum card_gone */
	_Atomic int64_t epoch_ns; /* CLOCK_MONOTONIC at position 0, all waiting included */
	_Atomic int64_t limit;
	struct card_stream capture, playback;
	struct card_ring down, up;
};

/* ---- the clock ---- */

static inline int64_t
card_monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Samples a second of real time. */
static inline double
card_pace(const struct card *c)
{
	return CARD_RATE * (double)c->speed * (1.0 + c->drift_ppm * 1e-6);
}

/* Where a stream lets the clock go: as far as it likes when it is too long that it was there. */
static inline int64_t
card_bound(const struct card *c, const struct card_stream *stream, int64_t now_ns)
{
	if (!c->patient ||
	    now_ns - atomic_load(&stream->seen_ns) > CARD_PATIENCE_MS * INT64_C(1000000))
		return CARD_FREE;
	return atomic_load(&stream->hold);
}

static inline int64_t
card_now(struct card *c)
{
	int64_t ns = card_monotonic_ns(), epoch = atomic_load(&c->epoch_ns);
	int64_t bound = atomic_load(&c->limit), capture = card_bound(c, &c->capture, ns);
	int64_t playback = card_bound(c, &c->playback, ns), now;

	bound = capture < bound ? capture : bound;
	bound = playback < bound ? playback : bound;
	if (c->speed == 0)
		return bound;
	now = ns > epoch ? (int64_t)((double)(ns - epoch) * 1e-9 * card_pace(c)) : 0;
	if (now <= bound)
		return now;
	/* Held: the clock will go on from here. Whoever sees it first moves it. */
	atomic_compare_exchange_strong(
	    &c->epoch_ns, &epoch, epoch + (int64_t)((double)(now - bound) / card_pace(c) * 1e9));
	return bound;
}

/* Lets the clock run up to `limit` (CARD_FREE: for ever). */
static inline void
card_allow(struct card *c, int64_t limit)
{
	card_now(c);
	atomic_store(&c->limit, limit);
}

/* ---- the rings ---- */

/* Writes n samples for position `at`, filling a hole before them with silence. What is older than
 * the ring's end overwrites what was said there. n is at most CARD_RING / 2. */
static inline void
card_write(struct card_ring *r, int64_t at, const int16_t *samples, int64_t n)
{
	int64_t end = atomic_load(&r->end);

	if (at - end > CARD_RING)
		end = at - CARD_RING;
	for (; end < at; end++)
		r->samples[end & (CARD_RING - 1)] = 0;
	for (int64_t i = 0; i < n; i++)
		r->samples[(at + i) & (CARD_RING - 1)] = samples[i];
	if (at + n > atomic_load(&r->end))
		atomic_store(&r->end, at + n);
}

static inline void
card_read(const struct card_ring *r, int64_t at, int16_t *samples, int64_t n)
{
	int64_t end = atomic_load(&r->end);

	for (int64_t i = 0; i < n; i++, at++)
		samples[i] =
		    at < end && at >= end - CARD_RING ? r->samples[at & (CARD_RING - 1)] : 0;
}

/* The network's side: what the caller says from position `at` on, and what was played to him.
 * Say what lies at card_now() or later; hear what lies before it. */
static inline void
card_say(struct card *c, int64_t at, const int16_t *samples, int64_t n)
{
	card_write(&c->down, at, samples, n);
}

static inline void
card_hear(const struct card *c, int64_t at, int16_t *samples, int64_t n)
{
	card_read(&c->up, at, samples, n);
}

/* ---- the file ---- */

static inline int
card_map(struct card **out, const char *path, int flags)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | flags, 0600), error = 0;
	struct stat st;
	void *map;

	if (fd < 0)
		return -errno;
	if ((flags & O_CREAT) && ftruncate(fd, sizeof **out) < 0)
		error = -errno;
	else if (fstat(fd, &st) < 0 || st.st_size != (off_t)sizeof **out)
		error = -ENODEV;
	map = error < 0 ? MAP_FAILED
			: mmap(NULL, sizeof **out, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (error == 0 && map == MAP_FAILED)
		error = -errno;
	close(fd);
	if (error == 0)
		*out = map;
	return error;
}

static inline void
card_unmap(struct card *c)
{
	munmap(c, sizeof *c);
}

/* Makes (or makes anew) the file of a card and maps it: speed 0..1000, clock not held, not patient.
 * With speed 0 it stands at position 0. */
static inline int
card_make(struct card **out, const char *path, int speed, int drift_ppm)
{
	int error;

	unlink(path);
	error = card_map(out, path, O_CREAT | O_EXCL);
	if (error < 0)
		return error;
	(*out)->speed = speed;
	(*out)->drift_ppm = drift_ppm;
	atomic_store(&(*out)->limit, speed > 0 ? CARD_FREE : 0);
	atomic_store(&(*out)->capture.hold, CARD_FREE);
	atomic_store(&(*out)->playback.hold, CARD_FREE);
	atomic_store(&(*out)->epoch_ns, card_monotonic_ns());
	return 0;
}

#endif
