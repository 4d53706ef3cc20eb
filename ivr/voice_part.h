/* voice_part.h - the inside of voice.h, shared by its files
 *
 *     voice.c        requests, their queue, their lives
 *     voice_child.c  one child process with a deadline
 *     voice_engine.c what espeak-ng's ends mean, and whether it has a voice
 *     voice_cache.c  keys and files; every call there waits for the disk and runs on the pool
 *     voice_name.c   which voice for which language
 *     voice_text.c   what may be handed to espeak-ng
 */
#ifndef IVR_VOICE_PART_H
#define IVR_VOICE_PART_H

#include "voice.h"

#include <stdbool.h>
#include <stddef.h>

#define VOICE_KEY  33   /* 128 bits in hex, with its NUL */
#define VOICE_PATH 1024 /* bytes of any path in the cache */
#define VOICE_SAID 256  /* bytes kept of what a child says */

/* ---- text ---- */

bool voice_text_is_name(const char *voice);

/* A copy without what espeak-ng takes as commands: brackets begin phonemes, control characters are
 * its own. NULL, and the error: UV_EINVAL for what is empty, too long or not UTF-8; UV_ENOMEM. */
char *voice_text_clean(const char *text, int *error);

/* ---- a child ---- */

struct voice_child;
typedef void voice_child_fn(struct voice_child *child);

struct voice_child {
	/* what became of it, when `done` is called */
	int error; /* it could not be started: UV_E* */
	bool late; /* it was killed at its deadline */
	int64_t status;
	int signal;
	char said[VOICE_SAID]; /* on its standard output or error; printable, one line */
	/* inside */
	uv_process_t process;
	uv_timer_t deadline;
	int said_fd;
	unsigned handles;
	voice_child_fn *done;
	void *ctx;
};

/* Starts `argv` with `text` as its standard input, all of it in memory. `done` is called once,
 * later, when nothing of the child is left; the storage is the caller's again then. UV_ENOMEM and
 * the like: nothing was started, `done` is not called. */
int voice_child_start(struct voice_child *child, uv_loop_t *loop, char **argv, const char *text,
		      unsigned deadline_ms, voice_child_fn *done, void *ctx);
void voice_child_kill(struct voice_child *child);

/* ---- the engine ---- */

/* The sentence for an engine that could not be started. */
void voice_missing(const char *engine, int error, char why[VOICE_WHY]);
/* What a child's end says of `voice`: 0, or an error of voice.h with its sentence. */
int voice_judge(const struct voice_child *child, const char *engine, const char *voice,
		unsigned deadline_ms, char why[VOICE_WHY]);

/* ---- the cache ---- */

/* 0, or why the folder cannot serve. */
int voice_cache_make(const char *folder);
void voice_cache_key(const char *version, const char *voice, unsigned speed, const char *text,
		     char key[VOICE_KEY]);
int voice_cache_path(const char *folder, const char *key, char path[VOICE_PATH]);

/* Reads what is kept under `path` and marks it used. UV_ENOENT: nothing that can be read. */
int voice_cache_take(const char *path, struct pcm_clip *clip);

/* An empty file beside `path`, for the engine to write to. */
int voice_cache_part(const char *path, char part[VOICE_PATH]);

/* From the engine's sound in `part` to a prompt, kept at `path`. `part` is gone afterwards. UV_EIO:
 * no sound. What cannot be kept (a full disk) still makes a clip. */
int voice_cache_keep(const char *part, const char *path, struct pcm_clip *clip,
		     char why[VOICE_WHY]);
int voice_cache_purge(const char *folder, int64_t before, unsigned *removed);

#endif
