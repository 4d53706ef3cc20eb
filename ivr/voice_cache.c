/* voice_cache.c - what was said once, kept as files; all of it waits for the disk */
#include "voice_part.h"
#include "wav.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KIND     "1"     /* of what is done to a voice; another one makes other keys */
#define SILENT   (-50.0) /* dBFS: the engine says so many things it cannot pronounce */
#define SHORTEST 160     /* samples, 20 ms */

int
voice_cache_make(const char *folder)
{
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return uv_translate_sys_error(errno);
	if (chmod(folder, 0700) < 0 || access(folder, R_OK | W_OK | X_OK) < 0)
		return uv_translate_sys_error(errno);
	struct stat st;
	return stat(folder, &st) == 0 && S_ISDIR(st.st_mode) ? 0 : UV_ENOTDIR;
}

/* FNV-1a, and a second sum that turns and multiplies otherwise: together 128 bits, so that no text
 * is ever answered with another's sound. Not a secret: who may read the cache may listen to it. */
struct sums {
	uint64_t a, b;
};

static void
sum(struct sums *s, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	do {
		s->a = (s->a ^ *p) * 0x100000001b3u;
		s->b = ((s->b << 23 | s->b >> 41) + *p + 1) * 0x9e3779b97f4a7c15u;
		s->b ^= s->b >> 29;
	} while (*p++ != '\0'); /* the NUL too, so that parts cannot run into each other */
}

void
voice_cache_key(const char *version, const char *voice, unsigned speed, const char *text,
		char key[VOICE_KEY])
{
	struct sums s = {0xcbf29ce484222325u, 0x2545f4914f6cdd1du};
	char number[16];
	snprintf(number, sizeof number, "%u", speed);
	sum(&s, KIND);
	sum(&s, version);
	sum(&s, voice);
	sum(&s, number);
	sum(&s, text);
	snprintf(key, VOICE_KEY, "%016llx%016llx", (unsigned long long)s.a,
		 (unsigned long long)s.b);
}

int
voice_cache_path(const char *folder, const char *key, char path[VOICE_PATH])
{
	int n = snprintf(path, VOICE_PATH, "%s/%s.wav", folder, key);
	return n < VOICE_PATH - 16 ? 0 : UV_ENAMETOOLONG;
}

int
voice_cache_take(const char *path, struct pcm_clip *clip)
{
	if (utimensat(AT_FDCWD, path, NULL, 0) < 0)
		return UV_ENOENT;
	return wav_read(path, clip, NULL) == 0 && clip->n >= SHORTEST ? 0 : UV_ENOENT;
}

int
voice_cache_part(const char *path, char part[VOICE_PATH])
{
	int n = snprintf(part, VOICE_PATH, "%s.XXXXXX", path);
	if (n >= VOICE_PATH)
		return UV_ENAMETOOLONG;
	int fd = mkostemp(part, O_CLOEXEC); /* mode 0600, kept when the engine empties it */
	if (fd < 0)
		return uv_translate_sys_error(errno);
	close(fd);
	return 0;
}

static int
no_sound(const char *what, char why[VOICE_WHY])
{
	snprintf(why, VOICE_WHY, "espeak-ng's sound %s", what);
	return UV_EIO;
}

int
voice_cache_keep(const char *part, const char *path, struct pcm_clip *clip, char why[VOICE_WHY])
{
	struct wav_why said;
	int err = wav_read(part, clip, &said);
	unlink(part);
	if (err == UV_ENOMEM) {
		snprintf(why, VOICE_WHY, "%s", uv_strerror(err));
		return err;
	}
	if (err != 0)
		return no_sound(said.text, why);
	if (clip->n < SHORTEST || pcm_speech_dbfs(clip->samples, clip->n) < SILENT)
		return no_sound("is silent: this voice cannot pronounce the text", why);
	pcm_prompt(clip);
	(void)wav_save(path, clip->samples, clip->n); /* next time it is said again */
	return 0;
}

/* KEY.wav, or one of those followed by the six letters of a file that was not finished. */
static bool
is_ours(const char *name)
{
	size_t hex = strspn(name, "0123456789abcdef");
	return hex == VOICE_KEY - 1 && strncmp(name + hex, ".wav", 4) == 0 &&
	       (name[hex + 4] == '\0' || (name[hex + 4] == '.' && strlen(name + hex + 5) <= 13));
}

int
voice_cache_purge(const char *folder, int64_t before, unsigned *removed)
{
	DIR *dir = opendir(folder);
	if (dir == NULL)
		return uv_translate_sys_error(errno);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		struct stat st;
		if (!is_ours(e->d_name) ||
		    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (st.st_mtime < before && unlinkat(dirfd(dir), e->d_name, 0) == 0)
			(*removed)++;
	}
	closedir(dir);
	return 0;
}
