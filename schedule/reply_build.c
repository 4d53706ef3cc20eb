/* The builder: keeps entries until all are there, then compiles language by language. */
#include "reply_compile.h"
#include "reply_part.h"
#include "reply_sections.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LANGS_MAX 32

struct reply_builder {
	const struct reply_words *base; /* its languages are the first of the tags; may be NULL */
	char (*tags)[REPLY_TAG];
	size_t n_tags, tags_room;
	struct reply_entry *entries;
	size_t n, room;
	char **texts; /* copies, freed at the end */
	size_t n_texts, texts_room;
};

struct reply_builder *
reply_builder_new(void)
{
	return calloc(1, sizeof(struct reply_builder));
}

void
reply_builder_free(struct reply_builder *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n_texts; i++)
		free(b->texts[i]);
	free(b->texts);
	free(b->entries);
	free(b->tags);
	free(b);
}

static const char *
keep(struct reply_builder *b, const char *text)
{
	if (!reply_grow(&b->texts, &b->texts_room, b->n_texts, sizeof(*b->texts)))
		return NULL;
	b->texts[b->n_texts] = strdup(text);
	return b->texts[b->n_texts] != NULL ? b->texts[b->n_texts++] : NULL;
}

static int
language(struct reply_builder *b, const char *tag, uint16_t *out)
{
	for (size_t i = 0; i < b->n_tags; i++)
		if (strcmp(b->tags[i], tag) == 0) {
			*out = (uint16_t)i;
			return 0;
		}
	if (!reply_grow(&b->tags, &b->tags_room, b->n_tags, sizeof(*b->tags)))
		return -ENOMEM;
	memcpy(b->tags[b->n_tags], tag, strlen(tag) + 1);
	*out = (uint16_t)b->n_tags++;
	return 0;
}

int
reply_builder_base(struct reply_builder *b, const struct reply_words *base)
{
	uint16_t index;

	assert(b->n_tags == 0);
	for (size_t i = 0; i < base->n; i++)
		if (language(b, base->langs[i].tag, &index) != 0)
			return -ENOMEM;
	b->base = base;
	return 0;
}

static bool
plain_name(const char *name)
{
	return name[0] != '\0' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789") == strlen(name);
}

/* What is wrong with where the entry stands, or NULL. */
static const char *
misplaced(const struct reply_builder *b, const char *tag, const char *key, int section)
{
	const struct reply_section_row *row;

	if (tag[0] == '\0' || strlen(tag) >= REPLY_TAG)
		return "this is no language tag";
	if (b->n_tags >= LANGS_MAX)
		return "there are too many languages";
	if (section < 0)
		return "there is no such key";
	row = &reply_section_rows[section];
	if (row->keys != NULL && reply_key_of(row->keys, key) < 0)
		return "there is no such key here";
	if (row->use == REPLY_USE_SETS && !plain_name(key))
		return "a set is named with small letters a-z, digits and _";
	return NULL;
}

int
reply_builder_put(struct reply_builder *b, const char *tag, const char *section, const char *key,
		  const char *text, int where, const char **what)
{
	struct reply_entry e = {.where = where};
	int row = -1;

	for (size_t i = 0; i < reply_n_sections; i++)
		if (strcmp(reply_section_rows[i].name, section) == 0)
			row = (int)i;
	*what = misplaced(b, tag, key, row);
	if (*what != NULL)
		return -EINVAL;
	if (language(b, tag, &e.lang) != 0 || (e.key = keep(b, key)) == NULL ||
	    (e.text = keep(b, text)) == NULL ||
	    !reply_grow(&b->entries, &b->room, b->n, sizeof(*b->entries)))
		return -ENOMEM;
	e.section = (uint16_t)row;
	b->entries[b->n++] = e;
	return 0;
}

static bool
compile_one(struct reply_builder *b, size_t index, struct reply_lang *lang, reply_wrong *wrong,
	    void *user)
{
	struct reply_compiler c = {.lang = lang, .wrong = wrong, .user = user};
	bool good;

	strcpy(lang->tag, b->tags[index]);
	c.tokens = malloc(sizeof(*c.tokens));
	good = c.tokens != NULL && reply_compile(&c, b->entries, b->n, index);
	reply_dict_clear(&c.sets);
	free(c.tokens);
	free(c.pool.p);
	free(c.kept.p);
	free(c.phrases);
	free(c.includes);
	free(c.compounds);
	return good;
}

struct reply_words *
reply_words_build(struct reply_builder *b, reply_wrong *wrong, void *user)
{
	bool own[LANGS_MAX] = {false}; /* has entries */
	struct reply_words *w = calloc(1, sizeof(*w));
	bool good = w != NULL && (w->langs = calloc(b->n_tags + 1, sizeof(*w->langs))) != NULL;

	for (size_t i = 0; i < b->n; i++)
		own[b->entries[i].lang] = true;
	for (size_t i = 0; i < b->n_tags && good; i++) {
		w->n++;
		if (own[i]) {
			good = compile_one(b, i, &w->langs[i], wrong, user);
		} else {
			w->langs[i] = b->base->langs[i];
			w->langs[i].lent = true;
		}
	}
	reply_builder_free(b);
	if (!good) {
		reply_words_free(w);
		return NULL;
	}
	return w;
}

static void
clear(struct reply_lang *lang)
{
	reply_dict_clear(&lang->dict);
	reply_dict_clear(&lang->hidden);
	reply_dict_clear(&lang->aliases);
	reply_trie_clear(&lang->trie);
	free(lang->alias_to);
	free(lang->folds);
	free(lang->globs);
	free(lang->slips);
	free(lang->elements);
	free(lang->seqs);
	free(lang->by_set);
}

void
reply_words_free(struct reply_words *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->n; i++)
		if (!w->langs[i].lent)
			clear(&w->langs[i]);
	free(w->langs);
	free(w);
}

const char *
reply_words_language(const struct reply_words *w, size_t index)
{
	return index < w->n ? w->langs[index].tag : NULL;
}
