/* line_part.h - the inside of a line, shared by its files */
#ifndef IVR_LINE_PART_H
#define IVR_LINE_PART_H

#include "line.h"

#include <stdbool.h>

/* What a kind of line does; the first member of its struct is a struct line. */
struct line_kind {
	size_t (*play)(struct line *line, const int16_t *samples, size_t n);
	size_t (*queued)(const struct line *line);
	void (*drop)(struct line *line);
	void (*stats)(const struct line *line, struct line_stats *out);
	void (*close)(struct line *line); /* ends with line_gone() */
};

struct line {
	const struct line_kind *kind;
	const struct line_events *events;
	void *ctx;
	bool closing, failed;
	line_closed *closed;
	void *closed_ctx;
};

void line_init(struct line *line, const struct line_kind *kind, const struct line_events *events,
	       void *ctx);

/* What the owner is told. All of them do nothing once the line failed or is being closed. */
void line_tell_ready(struct line *line);
void line_tell_heard(struct line *line, const int16_t *heard, const int16_t *said, size_t n);
void line_tell_failed(struct line *line, int error, const char *why);

/* Frees the line, then tells `closed`. */
void line_gone(struct line *line);

/* ---- the thread of line_sound: one job after the other ---- */

struct line_job {
	struct line_job *next;
	void (*run)(struct line_job *job);  /* on the thread */
	void (*done)(struct line_job *job); /* on the loop, later */
};

uv_loop_t *line_sound_loop(const struct line_sound *sound);

/* UV_ENOMEM, UV_EAGAIN: there is no thread; later calls cannot fail. A job is queued once at a
 * time. */
int line_sound_do(struct line_sound *sound, struct line_job *job);

/* Which latency a card needs, ms; and that it needs half as much more than `ms` (false: it has the
 * most there is). By name, for the life of `sound`. */
unsigned line_sound_latency(const struct line_sound *sound, const char *device);
bool line_sound_raise(struct line_sound *sound, const char *device, unsigned ms);

/* On the thread: can the card be opened both ways, 8 kHz, mono, 16 bits? UV_ENODEV, UV_EBUSY,
 * UV_EACCES, UV_ENOTSUP (it has no such sound). */
int line_alsa_try(const char *device);

/* On the thread, before PortAudio begins, which aborts when ALSA has no default: NULL, or why it
 * must not. ALSA complains no more on standard error. */
const char *line_alsa_begin(void);

/* On the thread: what PortAudio writes to standard error is left out, and nothing else is. */
void line_hush_begin(void);
void line_hush_end(void);

/* On the thread: PortAudio is there (NULL), or why not. */
const char *line_portaudio_begin(void);
void line_portaudio_end(void);

#endif
