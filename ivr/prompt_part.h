/* prompt_part.h - the inside of prompt.h, shared by its files
 *
 * prompt.c: holds, what is asked for, step by step. prompt_sound.c: the sounds in memory.
 * prompt_choose.c: which of them make a phrase. prompt_text.c: phrases, names and paths.
 */
#ifndef IVR_PROMPT_PART_H
#define IVR_PROMPT_PART_H

#include "prompt.h"

#define PROMPT_KEY   (VOICE_LONG + 256) /* bytes of a sound's key */
#define PROMPT_NAME  128                /* bytes of a recording's name */
#define PROMPT_LANG  24
#define PROMPT_PATH  1024
#define PROMPT_SLOTS 1024 /* of the table of sounds, a power of two */

enum sound_state {
	SOUND_UNKNOWN, /* a recording nobody has looked for yet, or that is to be looked for again
			*/
	SOUND_COMING,  /* it is being read or said */
	SOUND_READY,
	SOUND_ABSENT, /* no such recording */
	SOUND_BAD,    /* a recording that cannot be read, a text that cannot be said; see why */
};

struct sound {
	struct prompt *p;
	struct sound *next;          /* in its slot */
	struct sound *newer, *older; /* by use */
	char *key;
	bool recorded; /* else said */
	bool stale;    /* prompt_reload(): read again once nothing holds it */
	bool told;
	enum sound_state state;
	int error;
	char why[VOICE_WHY];
	struct pcm_clip clip;
	unsigned pins;
	uv_work_t work;
	char path[PROMPT_PATH];
};

enum hold_state { HOLD_LOOKING, HOLD_SAYING, HOLD_OVER, HOLD_TOLD };

struct prompt_hold {
	struct prompt_hold *next;
	struct prompt *p;
	enum hold_state state;
	struct prompt_phrase *phrases;
	size_t n;
	struct sound **pins;
	size_t n_pins, cap_pins;
	int error;
	char why[VOICE_WHY];
	prompt_done_fn *done;
	void *ctx;
};

struct prompt {
	uv_loop_t *loop;
	uv_timer_t pump;
	char *recordings;
	size_t bytes, most;
	struct voice *voice;
	void (*told)(void *ctx, const char *path, const char *why);
	void *told_ctx;
	struct sound *slots[PROMPT_SLOTS];
	struct sound *newest, *oldest;
	struct prompt_hold *holds;
	unsigned busy; /* sounds that are coming */
	bool closing;
	prompt_closed_fn *closed;
	void *ctx;
};

void prompt_wake(struct prompt *p);
/* ---- text (prompt_text.c) ---- */

/* Copies with all their strings, in one piece of memory: free() takes it. NULL: no memory. */
struct prompt_phrase *prompt_copy(const struct prompt_phrase *phrases, size_t n);
int prompt_check(const struct prompt_phrase *phrase); /* 0 or UV_EINVAL */
bool prompt_has_sound(const char *text);              /* more than signs and spaces */

/* Keys of sounds. UV_ENAMETOOLONG. */
int prompt_recording_key(const char *language, const char *name, bool word, char *key);
int prompt_said_key(const char *voice, const char *text, size_t n, char *key);
int prompt_whole_text(const struct prompt_phrase *phrase, char *text);

/* ---- sounds (prompt_sound.c) ---- */

struct sound *sound_find(struct prompt *p, const char *key);
struct sound *sound_get(struct prompt *p, const char *key, bool recorded); /* NULL: no memory */
void sound_used(struct sound *s);

/* Begins to bring a recording, or what is said, unless it is there or coming. */
void sound_read(struct sound *s, const char *path);
void sound_say(struct sound *s, const char *voice, const char *text);

/* Drops what nothing holds, the longest unused first, until the rest fits. */
void sounds_trim(struct prompt *p);
void sounds_free(struct prompt *p);

/* ---- choosing (prompt_choose.c) ---- */

struct choice {
	bool make; /* what is not ready may be made: else it must be ready */
	/* Plays next; `text`: is said, NULL: a recording; `inside`: follows a word of its run. */
	int (*sound)(void *ctx, const char *key, const char *voice, const char *text, bool inside);
	void (*missing)(void *ctx, const char *key); /* though others are there; may be NULL */
	void *ctx;
};

int prompt_choose(struct prompt *p, const struct prompt_phrase *phrase,
		  const struct choice *choice);

/* Calls `each` for every recording the phrase could use. */
typedef int prompt_recording_fn(void *ctx, const char *key, const char *name, bool word);
int prompt_recordings(const struct prompt_phrase *phrase, prompt_recording_fn *each, void *ctx);

#endif
