/* prompt.c - making phrases ready ahead of a call, and answering in it
 *
 *     HOLD_LOOKING --recordings known--> HOLD_SAYING --all there--> HOLD_OVER --told--> HOLD_TOLD
 *
 * A hold pins its sounds from the moment it wants them. Holds move in on_pump() alone, which runs
 * from the loop: so no callback is called from inside a call. */
#include "prompt_part.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BETWEEN_ITEMS (90 * PCM_MS)
#define BETWEEN_WORDS (30 * PCM_MS)

static void on_pump(uv_timer_t *timer);

void
prompt_wake(struct prompt *p)
{
	uv_timer_start(&p->pump, on_pump, 0, 0);
}

/* ---- pins ---- */

static int
pin(struct prompt_hold *hold, struct sound *s)
{
	if (hold->n_pins == hold->cap_pins) {
		size_t cap = hold->cap_pins != 0 ? hold->cap_pins * 2 : 64;
		struct sound **pins = realloc(hold->pins, cap * sizeof(struct sound *));
		if (pins == NULL)
			return UV_ENOMEM;
		hold->pins = pins;
		hold->cap_pins = cap;
	}
	hold->pins[hold->n_pins++] = s;
	s->pins++;
	sound_used(s);
	return 0;
}

static void
unpin_all(struct prompt_hold *hold)
{
	for (size_t i = 0; i < hold->n_pins; i++)
		hold->pins[i]->pins--;
	hold->n_pins = 0;
}

static void
fail_hold(struct prompt_hold *hold, int error, const char *why)
{
	hold->state = HOLD_OVER;
	hold->error = error;
	snprintf(hold->why, sizeof hold->why, "%s", why);
	unpin_all(hold);
	prompt_wake(hold->p);
}

/* ---- what is wanted ---- */

struct wanting {
	struct prompt_hold *hold;
	const struct prompt_phrase *phrase;
};

static int
want_recording(void *ctx, const char *key, const char *name, bool word)
{
	struct wanting *w = ctx;
	struct prompt *p = w->hold->p;
	char path[PROMPT_PATH];
	int err = prompt_path(p->recordings, w->phrase->language, name, word, path, sizeof path);
	if (err != 0)
		return err;
	struct sound *s = sound_get(p, key, true);
	if (s == NULL)
		return UV_ENOMEM;
	sound_read(s, path); /* before it is pinned: only what nothing holds is read again */
	return pin(w->hold, s);
}

static int
want_sound(void *ctx, const char *key, const char *voice, const char *text, bool inside)
{
	struct wanting *w = ctx;
	struct sound *s = sound_get(w->hold->p, key, text == NULL);
	(void)inside;
	if (s == NULL)
		return UV_ENOMEM;
	int err = pin(w->hold, s);
	if (err == 0 && text != NULL && voice[0] == '\0')
		return UV_ENOTSUP;
	if (err == 0 && text != NULL)
		sound_say(s, voice, text);
	return err;
}

static void
tell(struct prompt *p, struct sound *s, const char *why)
{
	if (p->told == NULL || s->told)
		return;
	s->told = true;
	p->told(p->told_ctx, s->path, why);
}

static void
want_missing(void *ctx, const char *key)
{
	struct wanting *w = ctx;
	struct sound *s = sound_find(w->hold->p, key);
	if (s != NULL && s->state == SOUND_ABSENT)
		tell(w->hold->p, s, "is missing: the call does without");
}

/* The first of the hold's recordings that is not there, in a language that has no voice. */
static const char *
first_absent(const struct prompt_hold *hold, const char *language)
{
	size_t n = strlen(language);
	for (size_t i = 0; i < hold->n_pins; i++) {
		const struct sound *s = hold->pins[i];
		if (s->recorded && s->state != SOUND_READY && s->key[n] == '/' &&
		    strncmp(s->key, language, n) == 0)
			return s->path;
	}
	return NULL;
}

static void
explain(const struct prompt_hold *hold, const struct prompt_phrase *phrase, int error,
	char why[VOICE_WHY])
{
	char lacking[VOICE_WHY];
	const char *absent = first_absent(hold, phrase->language);
	snprintf(why, VOICE_WHY, "%s", uv_strerror(error));
	if (error != UV_ENOTSUP)
		return;
	voice_lacking(phrase->language, lacking);
	if (absent != NULL)
		snprintf(why, VOICE_WHY, "%.100s is missing; %.200s", absent, lacking);
	else
		snprintf(why, VOICE_WHY, "%s", lacking);
}

/* ---- a hold, step by step ---- */

static bool
all_here(const struct prompt_hold *hold)
{
	for (size_t i = 0; i < hold->n_pins; i++)
		if (hold->pins[i]->state == SOUND_COMING)
			return false;
	return true;
}

static void
tell_bad(struct prompt_hold *hold)
{
	for (size_t i = 0; i < hold->n_pins; i++)
		if (hold->pins[i]->recorded && hold->pins[i]->state == SOUND_BAD)
			tell(hold->p, hold->pins[i], hold->pins[i]->why);
}

/* Lets go of recordings that were only looked for. */
static void
drop_absent(struct prompt_hold *hold)
{
	size_t kept = 0;
	for (size_t i = 0; i < hold->n_pins; i++) {
		struct sound *s = hold->pins[i];
		if (s->recorded && s->state != SOUND_READY)
			s->pins--;
		else
			hold->pins[kept++] = s;
	}
	hold->n_pins = kept;
}

static void
begin_saying(struct prompt_hold *hold)
{
	struct wanting w = {.hold = hold};
	struct choice choice = {
	    .make = true, .sound = want_sound, .missing = want_missing, .ctx = &w};
	tell_bad(hold);
	hold->state = HOLD_SAYING;
	for (size_t i = 0; i < hold->n; i++) {
		w.phrase = &hold->phrases[i];
		int err = prompt_choose(hold->p, w.phrase, &choice);
		if (err != 0) {
			char why[VOICE_WHY];
			explain(hold, w.phrase, err, why);
			fail_hold(hold, err, why);
			return;
		}
	}
	drop_absent(hold);
}

static void
finish(struct prompt_hold *hold)
{
	struct prompt *p = hold->p;
	for (size_t i = 0; i < hold->n_pins; i++) {
		const struct sound *s = hold->pins[i];
		if (s->state != SOUND_READY) {
			char why[VOICE_WHY];
			snprintf(why, sizeof why, "%s", s->why);
			fail_hold(hold, s->error != 0 ? s->error : UV_ENOENT, why);
			return;
		}
	}
	sounds_trim(p);
	if (p->bytes > p->most)
		fail_hold(hold, UV_ENOMEM,
			  "the sounds of all calls do not fit the memory they have");
	else
		hold->state = HOLD_OVER;
}

static void
step(struct prompt_hold *hold)
{
	if (hold->p->closing && hold->state < HOLD_OVER)
		fail_hold(hold, UV_ECANCELED, "");
	if (hold->state == HOLD_LOOKING && all_here(hold))
		begin_saying(hold);
	if (hold->state == HOLD_SAYING && all_here(hold))
		finish(hold);
}

/* Told one at a time: a callback may release holds, ask for others, or close. */
static bool
tell_one(struct prompt *p)
{
	for (struct prompt_hold *hold = p->holds; hold != NULL; hold = hold->next)
		if (hold->state == HOLD_OVER) {
			hold->state = HOLD_TOLD;
			hold->done(hold->ctx, hold->error, hold->why);
			return true;
		}
	return false;
}

static void
on_closed(uv_handle_t *handle)
{
	struct prompt *p = handle->data;
	prompt_closed_fn *closed = p->closed;
	void *ctx = p->ctx;
	while (p->holds != NULL)
		prompt_release(p->holds);
	sounds_free(p);
	free(p->recordings);
	free(p);
	if (closed != NULL)
		closed(ctx);
}

static void
on_pump(uv_timer_t *timer)
{
	struct prompt *p = timer->data;
	for (struct prompt_hold *hold = p->holds; hold != NULL; hold = hold->next)
		step(hold);
	while (tell_one(p))
		continue;
	sounds_trim(p);
	if (p->closing && p->busy == 0 && !uv_is_closing((uv_handle_t *)&p->pump))
		uv_close((uv_handle_t *)&p->pump, on_closed);
}

/* ---- what is asked ---- */

int
prompt_need(struct prompt *p, const struct prompt_phrase *phrases, size_t n,
	    struct prompt_hold **out, prompt_done_fn *done, void *ctx)
{
	assert(done != NULL);
	*out = NULL;
	if (p->closing)
		return UV_ECANCELED;
	for (size_t i = 0; i < n; i++)
		if (prompt_check(&phrases[i]) != 0)
			return UV_EINVAL;
	struct prompt_hold *hold = calloc(1, sizeof *hold);
	if (hold == NULL || (hold->phrases = prompt_copy(phrases, n)) == NULL) {
		free(hold);
		return UV_ENOMEM;
	}
	hold->p = p;
	hold->n = n;
	hold->done = done;
	hold->ctx = ctx;
	hold->next = p->holds;
	p->holds = hold;
	struct wanting w = {.hold = hold};
	int err = 0;
	for (size_t i = 0; i < n && err == 0; i++) {
		w.phrase = &hold->phrases[i];
		err = prompt_recordings(w.phrase, want_recording, &w);
	}
	if (err != 0) {
		prompt_release(hold);
		return err;
	}
	prompt_wake(p);
	*out = hold;
	return 0;
}

void
prompt_release(struct prompt_hold *hold)
{
	if (hold == NULL)
		return;
	struct prompt_hold **at = &hold->p->holds;
	while (*at != hold)
		at = &(*at)->next;
	*at = hold->next;
	unpin_all(hold);
	free(hold->phrases);
	free(hold->pins);
	free(hold);
}

struct playing {
	struct prompt *p;
	struct pcm_clip *clip;
	size_t began;
};

static int
play_sound(void *ctx, const char *key, const char *voice, const char *text, bool inside)
{
	struct playing *to = ctx;
	struct sound *s = sound_find(to->p, key);
	(void)voice;
	(void)text;
	if (s == NULL || s->state != SOUND_READY)
		return UV_ENOENT;
	sound_used(s);
	int err = 0;
	if (to->clip->n > to->began)
		err = pcm_clip_silence(to->clip, inside ? BETWEEN_WORDS : BETWEEN_ITEMS);
	return err != 0 ? err : pcm_clip_append(to->clip, s->clip.samples, s->clip.n);
}

int
prompt_clip(struct prompt *p, const struct prompt_phrase *phrase, struct pcm_clip *clip)
{
	struct playing to = {.p = p, .clip = clip, .began = clip->n};
	struct choice choice = {.make = false, .sound = play_sound, .ctx = &to};
	int err = prompt_check(phrase);
	if (err == 0)
		err = prompt_choose(p, phrase, &choice);
	if (err != 0 && (clip->n = to.began) == 0)
		pcm_clip_fini(clip);
	return err;
}

void
prompt_reload(struct prompt *p)
{
	for (struct sound *s = p->newest; s != NULL; s = s->older)
		if (s->recorded)
			s->stale = true;
}

size_t
prompt_bytes(const struct prompt *p)
{
	return p->bytes;
}

int
prompt_open(struct prompt **out, uv_loop_t *loop, const struct prompt_config *config)
{
	*out = NULL;
	struct prompt *p = calloc(1, sizeof *p);
	if (p == NULL || (p->recordings = strdup(config->recordings)) == NULL) {
		free(p);
		return UV_ENOMEM;
	}
	p->loop = loop;
	p->most = config->bytes != 0 ? config->bytes : 64u << 20;
	p->voice = config->voice;
	p->told = config->told;
	p->told_ctx = config->ctx;
	uv_timer_init(loop, &p->pump);
	p->pump.data = p;
	*out = p;
	return 0;
}

void
prompt_close(struct prompt *p, prompt_closed_fn *closed, void *ctx)
{
	assert(!p->closing);
	p->closing = true;
	p->closed = closed;
	p->ctx = ctx;
	prompt_wake(p);
}
