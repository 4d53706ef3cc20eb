/* prompt_sound.c - the sounds in memory: a table by key, a list by use */
#include "prompt_part.h"
#include "wav.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET  (-54.0) /* dBFS: below this, at its ends, a sound has not begun yet */
#define PIECE  (10 * PCM_MS)
#define MARGIN (30 * PCM_MS) /* kept before and after: soft consonants */

/* ---- the table ---- */

static struct sound **
slot_of(struct prompt *p, const char *key)
{
	size_t h = 5381;
	for (const unsigned char *c = (const unsigned char *)key; *c != '\0'; c++)
		h = h * 33 ^ *c;
	return &p->slots[h & (PROMPT_SLOTS - 1)];
}

struct sound *
sound_find(struct prompt *p, const char *key)
{
	struct sound *s = *slot_of(p, key);
	while (s != NULL && strcmp(s->key, key) != 0)
		s = s->next;
	return s;
}

static void
unlink_use(struct sound *s)
{
	struct prompt *p = s->p;
	*(s->newer != NULL ? &s->newer->older : &p->newest) = s->older;
	*(s->older != NULL ? &s->older->newer : &p->oldest) = s->newer;
}

static void
link_use(struct sound *s)
{
	struct prompt *p = s->p;
	s->newer = NULL;
	s->older = p->newest;
	*(p->newest != NULL ? &p->newest->newer : &p->oldest) = s;
	p->newest = s;
}

void
sound_used(struct sound *s)
{
	unlink_use(s);
	link_use(s);
}

struct sound *
sound_get(struct prompt *p, const char *key, bool recorded)
{
	struct sound *s = sound_find(p, key);
	if (s != NULL)
		return s;
	s = calloc(1, sizeof *s);
	if (s == NULL || (s->key = strdup(key)) == NULL) {
		free(s);
		return NULL;
	}
	struct sound **slot = slot_of(p, key);
	s->p = p;
	s->recorded = recorded;
	s->next = *slot;
	*slot = s;
	link_use(s);
	p->bytes += sizeof *s;
	return s;
}

static void
sound_free(struct sound *s)
{
	struct sound **at = slot_of(s->p, s->key);
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	unlink_use(s);
	s->p->bytes -= sizeof *s + s->clip.n * sizeof *s->clip.samples;
	pcm_clip_fini(&s->clip);
	free(s->key);
	free(s);
}

void
sounds_trim(struct prompt *p)
{
	for (struct sound *s = p->oldest, *newer; s != NULL && p->bytes > p->most; s = newer) {
		newer = s->newer;
		if (s->pins == 0 && s->state != SOUND_COMING)
			sound_free(s);
	}
}

void
sounds_free(struct prompt *p)
{
	while (p->oldest != NULL)
		sound_free(p->oldest);
}

/* ---- what comes ---- */

/* Without the silence at its ends, so that pauses between sounds are ours to choose. */
static void
trim_silence(struct pcm_clip *clip)
{
	size_t first = 0, last = clip->n;
	while (first + PIECE <= last && pcm_dbfs(clip->samples + first, PIECE) < QUIET)
		first += PIECE;
	while (last >= first + PIECE && pcm_dbfs(clip->samples + last - PIECE, PIECE) < QUIET)
		last -= PIECE;
	if (first + PIECE > last) /* nothing but silence: perhaps it is meant */
		return;
	first = first > MARGIN ? first - MARGIN : 0;
	last = last + MARGIN < clip->n ? last + MARGIN : clip->n;
	memmove(clip->samples, clip->samples + first, (last - first) * sizeof *clip->samples);
	clip->n = last - first;
}

static void
arrived(struct sound *s, enum sound_state state)
{
	struct prompt *p = s->p;
	s->state = state;
	if (state != SOUND_READY)
		pcm_clip_fini(&s->clip);
	p->bytes += s->clip.n * sizeof *s->clip.samples;
	p->busy--;
	prompt_wake(p);
}

static void
on_read(uv_work_t *work)
{
	struct sound *s = work->data;
	struct wav_why why;
	s->error = wav_read(s->path, &s->clip, &why);
	if (s->error == 0) {
		pcm_prompt(&s->clip);
		trim_silence(&s->clip);
	} else {
		snprintf(s->why, sizeof s->why, "%s", why.text);
	}
}

static void
on_was_read(uv_work_t *work, int status)
{
	struct sound *s = work->data;
	if (status == 0 && s->error == 0)
		arrived(s, SOUND_READY);
	else if (status == 0 && s->error != UV_ENOENT && s->error != UV_ENOTDIR)
		arrived(s, SOUND_BAD);
	else
		arrived(s, SOUND_ABSENT);
}

/* What is in memory from before is given up. */
static void
begin(struct sound *s)
{
	s->p->bytes -= s->clip.n * sizeof *s->clip.samples;
	pcm_clip_fini(&s->clip);
	s->state = SOUND_COMING;
	s->stale = s->told = false;
	s->p->busy++;
}

void
sound_read(struct sound *s, const char *path)
{
	bool again = s->stale && s->pins == 0 && s->state != SOUND_COMING;
	if (s->state != SOUND_UNKNOWN && !again)
		return;
	begin(s);
	snprintf(s->path, sizeof s->path, "%s", path);
	s->work.data = s;
	if (uv_queue_work(s->p->loop, &s->work, on_read, on_was_read) != 0)
		arrived(s, SOUND_ABSENT);
}

static void
on_said(void *ctx, int error, const struct pcm_clip *clip, const char *why)
{
	struct sound *s = ctx;
	if (error == 0)
		error = pcm_clip_append(&s->clip, clip->samples, clip->n);
	s->error = error;
	snprintf(s->why, sizeof s->why, "%s",
		 why[0] != '\0' || error == 0 ? why : uv_strerror(error));
	if (error == 0)
		trim_silence(&s->clip);
	arrived(s, error == 0 ? SOUND_READY : SOUND_BAD);
}

void
sound_say(struct sound *s, const char *voice, const char *text)
{
	if (s->state == SOUND_READY || s->state == SOUND_COMING)
		return;
	begin(s);
	s->error = voice_render(s->p->voice, voice, text, on_said, s);
	if (s->error != 0) {
		snprintf(s->why, sizeof s->why,
			 "the voice \"%s\" cannot say a text of %zu bytes: %s", voice, strlen(text),
			 uv_strerror(s->error));
		arrived(s, SOUND_BAD);
	}
}
