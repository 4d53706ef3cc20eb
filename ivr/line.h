/* line.h - one audio line: a sound card through PortAudio, PCM over a tty, or a WAV for previews
 *
 *     line_portaudio_open, line_tty_open, line_wav_open
 *         --> ready --> heard, heard, heard ... --> [failed] --> line_close --> closed
 *
 * 8 kHz, mono, int16 both ways, and no clock but the samples: `heard` brings what came in and, for
 * the same moment, what the line gave out; all time in a call is counted by it. What is played
 * waits in the line's queue until the card or modem takes it; when nothing waits, silence goes out.
 *
 *   Ownership   what a call is given is copied, names too; what a callback is given is lent until
 *               it returns. line_close once, at any time, also from a callback; `closed` is the
 *               last callback.
 *   Completion  `ready` once, or `failed` in its place. `failed` once: nothing is heard after it,
 *               what is played is swallowed, and the line waits for line_close. None of them ever
 *               comes from inside a call made here.
 *   Errors      UV_E*, and a sentence for people: UV_ENODEV the card or tty is gone or not there,
 *               UV_EBUSY somebody else has it, UV_EIO all else. A card may also fall silent
 *               without a word: who owns the line watches for that with a clock (call.h does).
 *   Thread      the loop's. Opening and closing a card may block, and PortAudio is not safe for
 *               two threads: one thread of line_sound does all of it, one card after the other.
 */
#ifndef IVR_LINE_H
#define IVR_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#define LINE_RATE        8000
#define LINE_BLOCK       160   /* samples that `heard` brings at most: 20 ms */
#define LINE_QUEUE       65536 /* samples that may wait to be played: 8.2 s */
#define LINE_NAME        128   /* of a card or tty, with its NUL */
#define LINE_LATENCY     40    /* ms, of a card that has not under- or overrun yet */
#define LINE_LATENCY_MAX 200
#define LINE_XRUNS       4 /* this many, and the card is opened anew with half as much more */

struct line;
struct line_sound;

struct line_events {
	void (*ready)(void *ctx);
	/* n is 1..LINE_BLOCK; `said` has as many: silence where nothing was played. */
	void (*heard)(void *ctx, const int16_t *heard, const int16_t *said, size_t n);
	void (*failed)(void *ctx, int error, const char *why);
};
typedef void line_closed(void *ctx);

struct line_stats {
	uint64_t heard, said; /* samples so far */
	unsigned overruns;    /* times that samples heard were lost */
	unsigned underruns;   /* times that the card or modem starved */
	unsigned reopened;    /* times that it was opened anew for them */
	unsigned latency_ms;  /* from the queue to the air, as far as it is known */
};

/* ---- opening ---- */

/* PortAudio, once a process; costs nothing until a card is opened. It remembers which latency a
 * card needed. line_sound_close() when the lines opened by it are closed. */
int line_sound_open(struct line_sound **out, uv_loop_t *loop);
void line_sound_close(struct line_sound *sound, line_closed *closed, void *ctx);

/* An ALSA device by name ("hw:CARD=Android", "plughw:2,0"); it may have been plugged in a moment
 * ago. Whether it can be opened is told by `ready` or `failed`. */
int line_portaudio_open(struct line **out, struct line_sound *sound, const char *device,
			const struct line_events *events, void *ctx);

/* A tty on which 16-bit little-endian samples go both ways: Quectel's, 320 bytes each 20 ms, or
 * SIMCom's, 640 each 40 ms. The modem is the clock: it is sent as many samples as came from it, in
 * whole frames of `frame_bytes`, plus a lead of LINE_TTY_LEAD frames. What the tty said before
 * it was opened is thrown away. */
#define LINE_TTY_LEAD 3
int line_tty_open(struct line **out, uv_loop_t *loop, const char *path, size_t frame_bytes,
		  const struct line_events *events, void *ctx);

/* A caller in a file: as fast as the loop turns, one hears silence and the keys of
 * line_wav_press(); what is played, and the keys, are written to `path` (NULL: nowhere), mono. */
int line_wav_open(struct line **out, uv_loop_t *loop, const char *path,
		  const struct line_events *events, void *ctx);

/* A key pressed for `ms`, and as long a pause, after those pressed before; a space is a pause
 * alone. UV_EINVAL: no key;
 * UV_ENOBUFS: 32 wait. Only for lines of line_wav_open. */
int line_wav_press(struct line *line, char key, unsigned ms);

/* ---- use ---- */

/* From now on somebody else listens. Events NULL: nobody; what is heard is counted and dropped. */
void line_listen(struct line *line, const struct line_events *events, void *ctx);

/* Takes as many of n samples as there is room for, and says how many. */
size_t line_play(struct line *line, const int16_t *samples, size_t n);

/* How many still wait. What the card has taken is not among them: it is heard in latency_ms. */
size_t line_queued(const struct line *line);

/* Forgets what waits (barge-in). */
void line_drop(struct line *line);

void line_stats(const struct line *line, struct line_stats *out);

void line_close(struct line *line, line_closed *closed, void *ctx);

#endif
