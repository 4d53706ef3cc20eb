/* voice.h - a synthetic voice: text in, sound out, kept in a cache, ahead of calls
 *
 *     text -> key -> in the cache? -------------------------------------> clip
 *                    no: espeak-ng (a child) -> 8 kHz, 200 Hz, -20 dBFS -^
 *
 * espeak-ng is a program of its own (GPL-3), run as a child: it reads the text from an unnamed file
 * on its standard input, never from its command line, because texts name people and `ps` shows
 * command lines. What it says is brought to 8 kHz, freed of what lies below 200 Hz, levelled to
 * -20 dBFS (pcm.h) and kept under a key made of the text, the voice, the speed and the engine's
 * version. Files appear whole or not at all, mode 0600 in a folder of mode 0700. Two processes may
 * share a cache.
 *
 * A text that is in the cache is answered without a child; a file there that cannot be read is made
 * again. Equal texts asked for at the same time share one child. At most `children` run at once,
 * the others wait in line. An engine that is missing is looked for again at the next request.
 *
 *   Ownership   voice_open() copies its configuration. Texts are copied. `clip` and `why` are lent
 *               until the callback returns.
 *   Completion  every request taken (0) completes exactly once: never inside the call that made it,
 *               never after `closed`. voice_close() kills the children and completes what is open
 *               with UV_ECANCELED. Callbacks may call anything here.
 *   Errors      0 or UV_E*, with a sentence that says what to do:
 *                 UV_ENOENT     espeak-ng is not installed (the sentence names the package)
 *                 UV_ENOTSUP    it has no voice of that name: record, or name another
 *                 UV_ETIMEDOUT  the child did not end in time and was killed
 *                 UV_EIO        it crashed, failed, or what it wrote is no sound
 *               and what the disk says (UV_ENOSPC, UV_EACCES).
 *   Thread      the loop's; files are read and written on libuv's pool. No clock is read but uv's.
 */
#ifndef IVR_VOICE_H
#define IVR_VOICE_H

#include "pcm.h"

#include <stdint.h>
#include <uv.h>

#define VOICE_NAME 32   /* bytes of a voice's name with its NUL */
#define VOICE_LONG 4096 /* bytes of a text, at most */
#define VOICE_WHY  320

struct voice;

struct voice_config {
	const char *cache;    /* the folder; made when missing, its parent is not */
	const char *engine;   /* program to run; NULL is "espeak-ng" */
	unsigned children;    /* at once; 0 is 2 */
	unsigned deadline_ms; /* for one text; 0 is 10 s */
	unsigned speed;       /* words a minute, 80..450; 0 is 150: a telephone asks for patience */
};

/* `clip` when error is 0, else NULL; `why`: a sentence when error is not 0, else "". */
typedef void voice_done_fn(void *ctx, int error, const struct pcm_clip *clip, const char *why);
typedef void voice_purged_fn(void *ctx, int error, unsigned removed);
typedef void voice_closed_fn(void *ctx);

/* Fails for want of memory (UV_ENOMEM), a bad configuration (UV_EINVAL), or where the cache cannot
 * be made or entered. A missing engine is told by the first request. */
int voice_open(struct voice **out, uv_loop_t *loop, const struct voice_config *config);
void voice_close(struct voice *v, voice_closed_fn *closed, void *ctx);

/* The voice espeak-ng has for a BCP 47 language: its own name for it ("pt" is "pt-br", "zh" is
 * "cmn", "en-PH" is "en-us"), else the tag in small letters. 0; UV_ENOTSUP: a language it is known
 * to have no voice for, such as `fil` (`name` is then empty); UV_EINVAL: not a tag. */
int voice_of(const char *language, char name[VOICE_NAME]);

/* What to tell a person whose language has no voice: how to record, or to name another voice. */
void voice_lacking(const char *language, char why[VOICE_WHY]);

/* Has espeak-ng a voice of that name?  Asks it and waits, some 20 ms and 5 s at most: for commands,
 * never on a loop that others need.  0, or an error as above. */
int voice_has(const char *voice, char why[VOICE_WHY]);

/* Says `text` (UTF-8) in `voice`, a name as voice_of() gives, or one that a person configured.
 * UV_EINVAL: empty, over VOICE_LONG, or not UTF-8; a voice name with other characters than letters,
 * digits and -+_. UV_ENOMEM; UV_ECANCELED: closing. */
int voice_render(struct voice *v, const char *voice, const char *text, voice_done_fn *done,
		 void *ctx);

/* Removes what was last asked for before `before` (Unix seconds of the machine's clock; files are
 * touched when they serve), and what a crash left half-written before then. `done` may be NULL.
 * UV_ENOMEM; UV_ECANCELED. */
int voice_purge(struct voice *v, int64_t before, voice_purged_fn *done, void *ctx);

#endif
