/* prompt.h - what a call says, as sound: recordings first, else the synthetic voice
 *
 * A phrase is a list of items in one language. Each item is a text with the name of its recording,
 * or a run of words of which each is a recording:
 *
 *     {PROMPT_TEXT, "You owe", "reminder.debt.1"}     recordings/en/reminder.debt.1.wav
 *     {PROMPT_WORDS, "one thousand pesos", NULL}      recordings/en/words/one.wav, ...
 *
 * How it sounds best is decided for each phrase:
 *
 *   1. `whole` and none of it recorded      one synthesis of the whole sentence
 *   2. otherwise item by item               a text: its recording, else synthesis;
 *                                           words: all recorded, else synthesis of the run,
 *                                           else word by word, as far as each is ready
 *
 * `whole` is for what is known before the call. What is learned in the call (a date, an amount,
 * digits read back) is not: make ready what may come, PROMPT_EACH for a vocabulary, or the dates
 * that can be chosen as an item each, and ask prompt_clip() with the words of the moment.
 *
 * Before a call prompt_need() brings all into memory and holds it there; in the call prompt_clip()
 * answers at once and touches no disk. Many calls share the memory; what no hold needs leaves it,
 * the longest unused first, when it grows over its bound.
 *
 * A recording that is missing beside others, or cannot be read, never stops a call: the voice says
 * it, and `told` names it, once until prompt_reload().
 *
 *   Ownership   the voice is lent and must be closed after prompt_close() was called (both may
 *               close at the same time; a prompt's `closed` waits for its voice's answers).
 *               Phrases are copied. Clips are the caller's (pcm_clip_fini). A hold is the caller's
 *               from the moment prompt_need() gave it until prompt_release().
 *   Completion  every prompt_need() that returns 0 completes exactly once: never inside the call,
 *               never after `closed`, never after prompt_release(), which cancels silently.
 *   Errors      0 or UV_E*, with a sentence for a person.
 *   Thread      the loop's; files are read on libuv's pool.
 */
#ifndef IVR_PROMPT_H
#define IVR_PROMPT_H

#include "pcm.h"
#include "voice.h"

#include <stdbool.h>

enum prompt_kind {
	PROMPT_TEXT,  /* said as it stands */
	PROMPT_WORDS, /* words apart by single spaces, as templates/spoken.h makes them */
	PROMPT_EACH,  /* prompt_need() only: each word by itself must be ready */
};

struct prompt_item {
	enum prompt_kind kind;
	const char *text; /* UTF-8; NULL: a recording without words, left out when missing */
	const char *name; /* PROMPT_TEXT: its recording's, without .wav; NULL: never recorded */
};

struct prompt_phrase {
	const char *language; /* BCP 47: the folder of recordings, and the voice */
	const char *voice;    /* a voice configured for it, or NULL: voice_of(language) */
	const struct prompt_item *items;
	size_t n;
	bool whole; /* all of it is known before the call */
};

struct prompt;
struct prompt_hold;

struct prompt_config {
	const char *recordings; /* the folder; may be missing */
	size_t bytes;           /* of memory for sound; 0 is 64 MiB, 70 minutes */
	struct voice *voice;
	/* A recording that should be there is missing or cannot be read. May be NULL; must not call
	 * anything here. */
	void (*told)(void *ctx, const char *path, const char *why);
	void *ctx;
};

typedef void prompt_done_fn(void *ctx, int error, const char *why);
typedef void prompt_closed_fn(void *ctx);

int prompt_open(struct prompt **out, uv_loop_t *loop, const struct prompt_config *config);
void prompt_close(struct prompt *p, prompt_closed_fn *closed, void *ctx);

/* Makes the phrases ready and holds them ready. `error`: what voice_render() says; UV_ENOMEM: what
 * is held already fills the memory. On an error nothing is held, but *hold is still to be released.
 * UV_EINVAL: an item with neither text nor name, or with a bad name. */
int prompt_need(struct prompt *p, const struct prompt_phrase *phrases, size_t n,
		struct prompt_hold **hold, prompt_done_fn *done, void *ctx);
void prompt_release(struct prompt_hold *hold); /* NULL is allowed; any time before `closed` */

/* Appends the phrase's sound to `clip`, a short pause between its items. UV_ENOENT: not all of it
 * is ready (clip is as it was); UV_ENOMEM; UV_EFBIG. */
int prompt_clip(struct prompt *p, const struct prompt_phrase *phrase, struct pcm_clip *clip);

/* Recordings may have come or changed: look again. What is held stays as it is. */
void prompt_reload(struct prompt *p);

/* Bytes of sound in memory. */
size_t prompt_bytes(const struct prompt *p);

/* The path of a recording: RECORDINGS/LANG/NAME.wav, or RECORDINGS/LANG/words/NAME.wav for a word.
 * UV_EINVAL: a name that is empty, begins with a dot or holds a slash; UV_ENAMETOOLONG. */
int prompt_path(const char *recordings, const char *language, const char *name, bool word,
		char *buf, size_t cap);

#endif
