/* prompt_choose.c - which sounds make a phrase: recordings, a whole sentence, or its parts */
#include "prompt_part.h"

#include <stdio.h>
#include <string.h>

struct choosing {
	struct prompt *p;
	const struct prompt_phrase *phrase;
	const struct choice *choice;
	char voice[VOICE_NAME];
	bool others; /* some recording of the phrase is there */
	bool inside; /* a run of words, after its first */
};

static enum sound_state
state_of(struct prompt *p, const char *key)
{
	struct sound *s = sound_find(p, key);
	return s != NULL ? s->state : SOUND_UNKNOWN;
}

typedef int word_fn(void *ctx, const char *word);

static int
each_word(const char *words, word_fn *fn, void *ctx)
{
	for (const char *p = words; *p != '\0';) {
		char word[PROMPT_NAME];
		size_t n = strcspn(p, " ");
		if (n >= sizeof word)
			return UV_EINVAL;
		memcpy(word, p, n);
		word[n] = '\0';
		int err = fn(ctx, word);
		if (err != 0)
			return err;
		p += n + (p[n] == ' ');
	}
	return 0;
}

/* ---- all recordings it could use ---- */

struct listing {
	const struct prompt_phrase *phrase;
	prompt_recording_fn *each;
	void *ctx;
};

static int
list_one(const struct listing *l, const char *name, bool word)
{
	char key[PROMPT_KEY];
	int err = prompt_recording_key(l->phrase->language, name, word, key);
	return err != 0 ? err : l->each(l->ctx, key, name, word);
}

static int
list_word(void *ctx, const char *word)
{
	return list_one(ctx, word, true);
}

int
prompt_recordings(const struct prompt_phrase *phrase, prompt_recording_fn *each, void *ctx)
{
	struct listing l = {phrase, each, ctx};
	int err = 0;
	for (size_t i = 0; i < phrase->n && err == 0; i++) {
		const struct prompt_item *item = &phrase->items[i];
		if (item->kind != PROMPT_TEXT)
			err = each_word(item->text, list_word, &l);
		else if (item->name != NULL)
			err = list_one(&l, item->name, false);
	}
	return err;
}

/* ---- what is used ---- */

static int
use(struct choosing *c, const char *key, const char *text)
{
	return c->choice->sound(c->choice->ctx, key, c->voice, text, c->inside);
}

/* A recording if it is there; 0 with *used told. `alone`: nothing can stand in for it. */
static int
use_recording(struct choosing *c, const char *name, bool word, bool alone, bool *used)
{
	char key[PROMPT_KEY];
	int err = prompt_recording_key(c->phrase->language, name, word, key);
	*used = err == 0 && state_of(c->p, key) == SOUND_READY;
	if (err == 0 && !*used && (c->others || alone) && c->choice->missing != NULL)
		c->choice->missing(c->choice->ctx, key);
	return *used ? use(c, key, NULL) : err;
}

/* Speech, made or ready. UV_ENOENT: neither. */
static int
use_said(struct choosing *c, const char *text)
{
	char key[PROMPT_KEY];
	int err = prompt_said_key(c->voice, text, strlen(text), key);
	if (err == 0 && !c->choice->make && state_of(c->p, key) != SOUND_READY)
		err = UV_ENOENT;
	return err != 0 ? err : use(c, key, text);
}

static int
use_text(struct choosing *c, const struct prompt_item *item)
{
	bool used = false;
	int err =
	    item->name != NULL ? use_recording(c, item->name, false, item->text == NULL, &used) : 0;
	if (err != 0 || used || item->text == NULL || !prompt_has_sound(item->text))
		return err;
	return use_said(c, item->text);
}

static int
use_word(void *ctx, const char *word)
{
	struct choosing *c = ctx;
	bool used;
	int err = use_recording(c, word, true, false, &used);
	if (err == 0 && !used)
		err = use_said(c, word);
	c->inside = true;
	return err;
}

struct count {
	struct choosing *c;
	unsigned there, missing;
};

static int
count_word(void *ctx, const char *word)
{
	struct count *n = ctx;
	char key[PROMPT_KEY];
	int err = prompt_recording_key(n->c->phrase->language, word, true, key);
	if (err == 0 && state_of(n->c->p, key) == SOUND_READY)
		n->there++;
	else
		n->missing++;
	return err;
}

static int
tell_word(void *ctx, const char *word)
{
	struct choosing *c = ctx;
	char key[PROMPT_KEY];
	int err = prompt_recording_key(c->phrase->language, word, true, key);
	if (err == 0 && c->choice->missing != NULL && state_of(c->p, key) != SOUND_READY)
		c->choice->missing(c->choice->ctx, key);
	return err;
}

/* A run of words sounds best from one mouth: all recorded, or all said at once. */
static int
use_words(struct choosing *c, const struct prompt_item *item)
{
	struct count n = {.c = c};
	int err = each_word(item->text, count_word, &n);
	if (err != 0)
		return err;
	if (n.missing == 0)
		return each_word(item->text, use_word, c);
	if (c->others)
		(void)each_word(item->text, tell_word, c);
	err = use_said(c, item->text);
	return err == UV_ENOENT ? each_word(item->text, use_word, c) : err;
}

static int
use_items(struct choosing *c)
{
	int err = 0;
	for (size_t i = 0; i < c->phrase->n && err == 0; i++) {
		const struct prompt_item *item = &c->phrase->items[i];
		c->inside = false;
		switch (item->kind) {
		case PROMPT_TEXT: err = use_text(c, item); break;
		case PROMPT_WORDS: err = use_words(c, item); break;
		case PROMPT_EACH: err = each_word(item->text, use_word, c); break;
		}
	}
	return err;
}

static int
see_other(void *ctx, const char *key, const char *name, bool word)
{
	struct choosing *c = ctx;
	(void)name;
	(void)word;
	if (state_of(c->p, key) == SOUND_READY)
		c->others = true;
	return 0;
}

static bool
has_wordless(const struct prompt_phrase *phrase)
{
	for (size_t i = 0; i < phrase->n; i++)
		if (phrase->items[i].text == NULL)
			return true;
	return false;
}

int
prompt_choose(struct prompt *p, const struct prompt_phrase *phrase, const struct choice *choice)
{
	struct choosing c = {.p = p, .phrase = phrase, .choice = choice};
	char text[VOICE_LONG + 1];
	int err = prompt_recordings(phrase, see_other, &c);
	/* A language without a voice: its sounds, where they are not recorded, say so. */
	if (phrase->voice != NULL)
		snprintf(c.voice, sizeof c.voice, "%s", phrase->voice);
	else
		(void)voice_of(phrase->language, c.voice);
	if (err != 0 || !phrase->whole || c.others || has_wordless(phrase))
		return err != 0 ? err : use_items(&c);
	if ((err = prompt_whole_text(phrase, text)) != 0 || !prompt_has_sound(text))
		return err;
	err = use_said(&c, text);
	return err == UV_ENOENT ? use_items(&c) : err;
}
