/* call_preview.h - a call with nobody: keys given beforehand, the sound in a WAV
 *
 * The same call, on a line that is a file (line_wav_open): what the borrower would hear, with the
 * keys, as fast as the loop turns. Each time the script listens the next key is pressed, 0.8 s
 * later; `-` lets the script wait in vain once; behind the last key nobody presses anything any
 * more, so the call ends by the script's own way out of silence. Everything is kept: no store is
 * asked. Nobody can be connected.
 *
 *   Completion  call_preview() returning 0: `done` once, later, the last thing that happens; the
 *               WAV is whole then.
 *   Ownership   script, facts and keys stay the owner's until `done`.
 *   Errors      UV_EINVAL: a key that is none; UV_ENOMEM; what the file says.
 *   Thread      the loop's. The file is written on it: for commands, not for the daemon.
 */
#ifndef IVR_CALL_PREVIEW_H
#define IVR_CALL_PREVIEW_H

#include "call.h"

struct call_preview_config {
	const struct script *script;
	struct script_facts facts; /* note tells the dialogue */
	const char *keys;          /* 0-9 * # - */
	const char *path;          /* the WAV; NULL: none */
	int (*clip)(void *ctx, const struct script_run *run,
		    const struct script_said_prompt *prompt, int language, struct pcm_clip *clip);
	void *ctx; /* of clip */
};

/* `end` is lent. `error`: 0, or why the WAV is not whole. */
typedef void call_preview_done(void *ctx, int error, const struct call_end *end);

int call_preview(uv_loop_t *loop, const struct call_preview_config *config, call_preview_done *done,
		 void *ctx);

#endif
