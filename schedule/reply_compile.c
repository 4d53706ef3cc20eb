/* One language, from its entries to its tables. */
#include "reply_compile.h"

#include "letters.h"
#include "reply_part.h"
#include "reply_sections.h"

#include <stdlib.h>
#include <string.h>

bool
reply_compile_wrong(struct reply_compiler *c, size_t offset, const char *what)
{
	if (c->wrong != NULL)
		c->wrong(c->user, c->entry->where, offset, what);
	return false;
}

static bool
no_memory(struct reply_compiler *c)
{
	c->no_memory = true;
	return false;
}

/* ---- sequences ---- */

static bool
add_element(struct reply_lang *lang, uint16_t kind, uint16_t arg)
{
	if (!reply_grow(&lang->elements, &lang->elements_room, lang->n_elements,
			sizeof(*lang->elements)))
		return false;
	lang->elements[lang->n_elements++] = (struct reply_element){kind, arg};
	return true;
}

/* Words in a row become a set of one phrase, known by its words. */
static uint16_t
set_of_words(struct reply_compiler *c, const uint32_t *words, size_t n)
{
	char name[REPLY_PHRASE * 5 + 1] = "=";
	size_t len = 1;
	uint16_t set;

	for (size_t i = 0; i < n; i++)
		for (int shift = 0; shift < 30; shift += 6)
			name[len++] = (char)('0' + (words[i] >> shift & 63));
	if (reply_compile_defined(c, name, len))
		return reply_compile_set(c, name, len);
	set = reply_compile_set(c, name, len);
	reply_compile_phrase(c, words, n, set, 0);
	return set;
}

static bool
add_elements(struct reply_compiler *c, const struct reply_piece *p, size_t n_pieces)
{
	struct reply_lang *lang = c->lang;

	for (size_t i = 0; i < n_pieces;) {
		uint32_t words[REPLY_PHRASE];
		size_t n = 0, at = lang->n_elements;

		while (i < n_pieces && p[i].literal && n + p[i].n <= REPLY_PHRASE) {
			memcpy(words + n, p[i].words, p[i].n * sizeof(words[0]));
			n += p[i++].n;
		}
		if (n > 0) {
			if (!add_element(lang, REPLY_AT_SET, set_of_words(c, words, n)))
				return no_memory(c);
			continue;
		}
		if (!add_element(lang, p[i].e.kind, p[i].e.arg))
			return no_memory(c);
		if (p[i].e.kind == REPLY_AT_UNLESS) {
			size_t inner = p[i].e.arg;
			if (!add_elements(c, p + i + 1, inner))
				return false;
			lang->elements[at].arg = (uint16_t)(lang->n_elements - at - 1);
			i += inner;
		}
		i++;
	}
	return true;
}

static bool
is_open(uint16_t kind)
{
	return kind == REPLY_AT_GAP || kind == REPLY_AT_RUN;
}

/* The set a sequence is listed under: that of its first element that takes words. */
static bool
head_of(const struct reply_lang *lang, const struct reply_seq *s, uint16_t *set)
{
	for (uint8_t i = 0; i < s->n; i++) {
		const struct reply_element *e = &lang->elements[s->first + i];
		if (is_open(e->kind))
			return false;
		if (e->kind == REPLY_AT_UNLESS) {
			i = (uint8_t)(i + e->arg);
			continue;
		}
		*set = e->arg;
		if (e->kind == REPLY_AT_SET)
			return true;
	}
	return false;
}

static bool
add_sequence(struct reply_compiler *c, const struct reply_branch *b, int class, int value)
{
	struct reply_lang *lang = c->lang;
	struct reply_seq s = {.first = (uint32_t)lang->n_elements,
			      .class = (uint8_t) class,
			      .value = (int16_t)value,
			      .next = REPLY_NO_ID};
	uint16_t set;

	if (!add_elements(c, c->pool.p + b->first, b->n))
		return false;
	s.n = (uint8_t)(lang->n_elements - s.first);
	if (!head_of(lang, &s, &set) || is_open(lang->elements[s.first + s.n - 1U].kind))
		return reply_compile_wrong(c, 0,
					   "a pattern begins and ends with words, not with a gap");
	if (!reply_grow(&lang->seqs, &lang->seqs_room, lang->n_seqs, sizeof(*lang->seqs)))
		return no_memory(c);
	lang->seqs[lang->n_seqs++] = s;
	return true;
}

static bool
add_pattern(struct reply_compiler *c, int class, int value)
{
	struct reply_branches all;
	bool good = reply_pattern(c, c->entry->text, &all);

	for (size_t i = 0; i < all.n && good; i++)
		good = add_sequence(c, &all.b[i], class, value);
	free(all.b);
	return good;
}

/* ---- entries ---- */

/* "20", "-1", "1.5" in units of 1/scale; false when it is none. */
static bool
number_of(const char *text, int scale, int *out)
{
	char *end;
	double value = strtod(text, &end) * scale;

	if (end == text || *end != '\0' || !(value > -1e9 && value < 1e9))
		return false;
	*out = (int)(value < 0 ? value - 0.5 : value + 0.5);
	return true;
}

static const int whole_values[] = {REPLY_STOP, REPLY_START, REPLY_HELP, REPLY_NO, REPLY_PAID};

static bool
put_valued(struct reply_compiler *c, const struct reply_section_row *row)
{
	int value = 0;

	switch (row->use) {
	case REPLY_USE_VALUED:
		/* numbers may be halves */
		if (!number_of(c->entry->key, row->arg == REPLY_SET_NUMBERS ? 100 : 1, &value))
			return reply_compile_wrong(c, 0, "the key must be a number");
		return reply_compile_entry(c, (uint16_t)row->arg, value);
	case REPLY_USE_KEYED:
		value = reply_key_of(row->keys, c->entry->key);
		if (row->arg == REPLY_SET_WHOLE || row->arg == REPLY_SET_WHOLE_HERE)
			value = whole_values[value];
		return reply_compile_entry(c, (uint16_t)row->arg, value + row->arg2);
	case REPLY_USE_CLASS:
		if (!number_of(c->entry->key, 1, &value) || value > 60 || value < -60)
			return reply_compile_wrong(c, 0, "the key must be a number of days");
		return add_pattern(c, row->arg, value);
	default:
		value = reply_key_of(row->keys, c->entry->key);
		return add_pattern(c, row->arg, value + row->arg2);
	}
}

static bool
put(struct reply_compiler *c, const struct reply_section_row *row)
{
	const struct reply_entry *e = c->entry;

	switch (row->use) {
	case REPLY_USE_WORDS: return reply_compile_entry(c, (uint16_t)row->arg, 0);
	case REPLY_USE_SETS:
		return reply_compile_entry(c, reply_compile_set(c, e->key, strlen(e->key)), 0);
	case REPLY_USE_CLASSES: return add_pattern(c, reply_class_of(e->key), 0);
	case REPLY_USE_VALUED:
	case REPLY_USE_KEYED:
	case REPLY_USE_CLASS:
	case REPLY_USE_CAUSE: return put_valued(c, row);
	default: return true; /* a setting: taken before */
	}
}

/* ---- settings, before any word is taken ---- */

static bool
add_tag(struct reply_compiler *c, char tags[REPLY_TAGS][REPLY_TAG])
{
	const char *text = c->entry->text;

	for (int i = 0; i < REPLY_TAGS; i++) {
		if (tags[i][0] != '\0')
			continue;
		if (strlen(text) >= REPLY_TAG || text[0] == '\0')
			return reply_compile_wrong(c, 0, "this is no language tag");
		memcpy(tags[i], text, strlen(text) + 1);
		return true;
	}
	return reply_compile_wrong(c, 0, "there may be at most 8 of these");
}

/* Letters as texts are folded, so that both meet. */
static bool
folded(struct reply_compiler *c, const char *text, char out[16])
{
	const unsigned char *p = (const unsigned char *)text, *end = p + strlen(text);
	size_t n = 0;

	while (p < end) {
		uint32_t ch = letters_fold(letters_next(&p, end));
		if (ch == 0)
			continue;
		if (n + 5 > 16)
			return reply_compile_wrong(c, 0, "at most 12 letters");
		n += (size_t)letters_put(ch, out + n);
	}
	out[n] = '\0';
	return true;
}

static bool
add_fold(struct reply_compiler *c)
{
	struct reply_lang *lang = c->lang;
	struct reply_fold f = {"", ""};

	if (!folded(c, c->entry->key, f.from) || !folded(c, c->entry->text, f.to))
		return false;
	if (f.from[0] == '\0')
		return reply_compile_wrong(c, 0, "the letters before the colon are missing");
	if (!reply_grow(&lang->folds, &lang->folds_room, lang->n_folds, sizeof(*lang->folds)))
		return no_memory(c);
	lang->folds[lang->n_folds++] = f;
	return true;
}

static int
by_first_byte(const void *a, const void *b)
{
	const struct reply_fold *x = a, *y = b;
	int order = (unsigned char)x->from[0] - (unsigned char)y->from[0];

	if (order == 0)
		order = (int)strlen(y->from) - (int)strlen(x->from);
	return order != 0 ? order : strcmp(x->from, y->from);
}

static void
index_folds(struct reply_lang *lang)
{
	size_t at = 0;

	if (lang->n_folds > 0)
		qsort(lang->folds, lang->n_folds, sizeof(*lang->folds), by_first_byte);
	for (int byte = 0; byte < 257; byte++) {
		while (at < lang->n_folds && (unsigned char)lang->folds[at].from[0] < byte)
			at++;
		lang->fold_at[byte] = (uint16_t)at;
	}
}

static bool
setting(struct reply_compiler *c, const struct reply_section_row *row)
{
	struct reply_lang *lang = c->lang;
	char word[16];
	bool *const flags[] = {&lang->space_groups, &lang->multiplier_first, &lang->trailing_digit};

	switch (row->use) {
	case REPLY_USE_FLAG: *flags[row->arg] = strcmp(c->entry->text, "true") == 0; return true;
	case REPLY_USE_ALSO: return add_tag(c, lang->also);
	case REPLY_USE_MIX: return add_tag(c, lang->mix);
	case REPLY_USE_FOLD: return add_fold(c);
	case REPLY_USE_HIDE:
		if (!folded(c, c->entry->text, word))
			return false;
		return reply_dict_add(&lang->hidden, word, strlen(word)) != REPLY_NO_ID ||
		       no_memory(c);
	case REPLY_USE_SETS: /* named before the first pattern that uses it */
		reply_compile_set(c, c->entry->key, strlen(c->entry->key));
		return true;
	default: return true;
	}
}

/* Another spelling: a word that is looked up as the one it is. */
static bool
add_alias(struct reply_compiler *c)
{
	struct reply_lang *lang = c->lang;
	char from[REPLY_TEXT], to[16], word[16];
	uint32_t alias, target;

	if (!folded(c, c->entry->key, to) || !folded(c, c->entry->text, word))
		return false;
	if (strchr(word, ' ') != NULL || strchr(to, ' ') != NULL)
		return reply_compile_wrong(c, 0,
					   "one word for one word; phrases go into the lists");
	reply_spell(lang, word, from, sizeof from);
	alias = reply_dict_add(&lang->aliases, from, strlen(from));
	reply_spell(lang, to, from, sizeof from);
	target = reply_dict_add(&lang->dict, from, strlen(from));
	if (alias == REPLY_NO_ID || target == REPLY_NO_ID)
		return no_memory(c);
	while (alias >= lang->alias_room)
		if (!reply_grow(&lang->alias_to, &lang->alias_room, lang->alias_room,
				sizeof(*lang->alias_to)))
			return no_memory(c);
	lang->alias_to[alias] = target;
	return true;
}

static bool
index_sequences(struct reply_compiler *c)
{
	struct reply_lang *lang = c->lang;
	uint16_t set;

	lang->n_sets = c->sets.n + REPLY_SET_FREE;
	lang->by_set = malloc(lang->n_sets * sizeof(*lang->by_set));
	if (lang->by_set == NULL)
		return no_memory(c);
	for (size_t i = 0; i < lang->n_sets; i++)
		lang->by_set[i] = REPLY_NO_ID;
	for (size_t i = 0; i < lang->n_seqs; i++) {
		struct reply_seq *s = &lang->seqs[i];
		if (!head_of(lang, s, &set))
			continue;
		s->next = lang->by_set[set];
		lang->by_set[set] = (uint32_t)i;
	}
	return true;
}

bool
reply_compile(struct reply_compiler *c, const struct reply_entry *entries, size_t n, size_t lang)
{
	for (int pass = 0; pass < 3 && !c->no_memory; pass++) {
		if (pass == 1)
			index_folds(c->lang);
		for (size_t i = 0; i < n && !c->no_memory; i++) {
			const struct reply_section_row *row =
			    &reply_section_rows[entries[i].section];

			if (entries[i].lang != lang)
				continue;
			c->entry = &entries[i];
			if (pass == 0)
				setting(c, row);
			else if (pass == 1 && row->use == REPLY_USE_SAME)
				add_alias(c);
			else if (pass == 2)
				put(c, row);
		}
	}
	if (!c->no_memory)
		reply_compile_phrases(c);
	if (!c->no_memory && !reply_slips_build(c->lang))
		no_memory(c);
	return !c->no_memory && index_sequences(c);
}
