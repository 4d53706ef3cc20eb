/* keys_voice.h - speech nobody recorded: espeak-ng reads a text aloud into a clip at a prompt's
 * level */
#ifndef UNIT_IVR_KEYS_VOICE_H
#define UNIT_IVR_KEYS_VOICE_H

#include "ivr/pcm.h"
#include "ivr/wav.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Appends what `voice` says at `speed` words a minute; false: there is no espeak-ng, or no such
 * voice. `text` is a file's name. */
static inline bool
voice_says(struct pcm_clip *clip, const char *voice, const char *speed, const char *text)
{
	char path[] = "/tmp/dunlin-voice-XXXXXX";
	char *arguments[] = {"espeak-ng", "-v", (char *)voice, "-s",         (char *)speed,
			     "-w",        path, "-f",          (char *)text, NULL};
	struct pcm_clip said = {0};
	struct wav_why why;
	int fd = mkstemp(path), status = -1;
	bool good;
	pid_t pid;

	if (fd < 0)
		return false;
	close(fd);
	good = posix_spawnp(&pid, "espeak-ng", NULL, NULL, arguments, environ) == 0 &&
	       waitpid(pid, &status, 0) == pid && status == 0 && wav_read(path, &said, &why) == 0;
	unlink(path);
	if (good) {
		pcm_prompt(&said);
		good = pcm_clip_append(clip, said.samples, said.n) == 0;
	}
	pcm_clip_fini(&said);
	return good;
}

#endif
