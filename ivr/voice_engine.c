/* voice_engine.c - what espeak-ng's ends mean, and whether it has a voice at all */
#include "voice_part.h"

#include <stdio.h>
#include <string.h>

void
voice_missing(const char *engine, int error, char why[VOICE_WHY])
{
	if (error == UV_ENOENT)
		snprintf(why, VOICE_WHY,
			 "%.80s is not installed: install the package espeak-ng "
			 "(apt-get install espeak-ng), or record what is said",
			 engine);
	else
		snprintf(why, VOICE_WHY, "%.80s cannot be started: %s", engine, uv_strerror(error));
}

int
voice_judge(const struct voice_child *child, const char *engine, const char *voice,
	    unsigned deadline_ms, char why[VOICE_WHY])
{
	why[0] = '\0';
	if (child->error != 0) {
		voice_missing(engine, child->error, why);
		return child->error;
	}
	if (child->late) {
		snprintf(why, VOICE_WHY, "espeak-ng did not end within %u ms and was killed",
			 deadline_ms);
		return UV_ETIMEDOUT;
	}
	if (child->signal != 0) {
		snprintf(why, VOICE_WHY, "espeak-ng crashed (signal %d)", child->signal);
		return UV_EIO;
	}
	if (child->status == 0)
		return 0;
	if (strstr(child->said, "voice does not exist") != NULL) {
		snprintf(why, VOICE_WHY,
			 "espeak-ng has no voice \"%s\": `espeak-ng --voices` lists those it has; "
			 "or record what is said",
			 voice);
		return UV_ENOTSUP;
	}
	snprintf(why, VOICE_WHY, "espeak-ng failed: %.200s", child->said);
	return UV_EIO;
}

/* ---- one question, asked and waited for ---- */

static void
on_answered(struct voice_child *child)
{
	(void)child;
}

int
voice_has(const char *voice, char why[VOICE_WHY])
{
	static const unsigned deadline_ms = 5000;
	char engine[] = "espeak-ng", say[] = "-v", quiet[] = "-q", in[] = "--stdin";
	char name[VOICE_NAME], *argv[] = {engine, say, name, quiet, in, NULL};
	struct voice_child child;
	uv_loop_t loop;
	int err;

	why[0] = '\0';
	if (!voice_text_is_name(voice))
		return UV_EINVAL;
	snprintf(name, sizeof name, "%s", voice);
	if ((err = uv_loop_init(&loop)) != 0)
		return err;
	err = voice_child_start(&child, &loop, argv, "", deadline_ms, on_answered, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	return err != 0 ? err : voice_judge(&child, engine, voice, deadline_ms, why);
}
