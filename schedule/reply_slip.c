/* Words that are not written as the files have them: slips of one letter, and jokers.
 *
 * A slip is found by what is left when one letter goes: two words that differ by one letter, one
 * more, one less or a swap of neighbours share such a remainder. */
#include "reply_table.h"

#include <stdlib.h>
#include <string.h>

#define SLIP_MIN 5 /* letters; shorter words have too many neighbours */
#define SLIP_MAX 24

/* Plain letters alone, of a length worth the trouble? */
static bool
may_slip(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz");

	return text[n] == '\0' && n >= SLIP_MIN && n <= SLIP_MAX;
}

static bool
add_slip(struct reply_lang *lang, const char *text, size_t len, uint32_t word)
{
	if (!reply_grow(&lang->slips, &lang->slips_room, lang->n_slips, sizeof(*lang->slips)))
		return false;
	lang->slips[lang->n_slips++] = (struct reply_slip){reply_hash(text, len), word};
	return true;
}

/* `text` without its letter i. */
static size_t
without(const char *text, size_t len, size_t i, char *out)
{
	memcpy(out, text, i);
	memcpy(out + i, text + i + 1, len - i - 1);
	return len - 1;
}

static int
by_hash(const void *a, const void *b)
{
	const struct reply_slip *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->word < y->word ? -1 : x->word > y->word;
}

bool
reply_slips_build(struct reply_lang *lang)
{
	char left[SLIP_MAX];

	for (uint32_t id = 0; id < lang->dict.n; id++) {
		const char *text = reply_dict_text(&lang->dict, id);
		size_t len = strlen(text);

		if (!may_slip(text))
			continue;
		if (!add_slip(lang, text, len, id))
			return false;
		for (size_t i = 0; i < len; i++)
			if (!add_slip(lang, left, without(text, len, i, left), id))
				return false;
	}
	if (lang->n_slips > 0)
		qsort(lang->slips, lang->n_slips, sizeof(*lang->slips), by_hash);
	return true;
}

/* Do the words differ by one letter, one more, one less, or two that changed places? */
static bool
one_slip(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), i = 0;

	while (a[i] != '\0' && a[i] == b[i])
		i++;
	if (na == nb)
		return strcmp(a + i + 1, b + i + 1) == 0 ||
		       (a[i] == b[i + 1] && a[i + 1] == b[i] && strcmp(a + i + 2, b + i + 2) == 0);
	if (na + 1 == nb)
		return strcmp(a + i, b + i + 1) == 0;
	return na == nb + 1 && strcmp(a + i + 1, b + i) == 0;
}

/* The word whose slip has this hash and from which `text` is one slip away. */
static uint32_t
lookup(const struct reply_lang *lang, uint32_t hash, const char *text)
{
	size_t low = 0, high = lang->n_slips;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (lang->slips[mid].hash < hash)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < lang->n_slips && lang->slips[low].hash == hash; low++) {
		const char *word = reply_dict_text(&lang->dict, lang->slips[low].word);
		if (word[0] == text[0] && one_slip(text, word))
			return lang->slips[low].word;
	}
	return REPLY_NO_ID;
}

uint32_t
reply_slips_find(const struct reply_lang *lang, const char *text)
{
	size_t len = strlen(text);
	char left[SLIP_MAX];
	uint32_t word;

	if (!may_slip(text))
		return REPLY_NO_ID;
	word = lookup(lang, reply_hash(text, len), text);
	for (size_t i = 0; i < len && word == REPLY_NO_ID; i++) {
		size_t n = without(text, len, i, left);
		word = lookup(lang, reply_hash(left, n), text);
	}
	return word;
}

/* ---- jokers ---- */

static uint16_t
pair(const char *text)
{
	return (uint16_t)((unsigned char)text[0] << 8 | (unsigned char)text[1]);
}

bool
reply_glob_add(struct reply_lang *lang, uint32_t word)
{
	const char *text = reply_dict_text(&lang->dict, word);
	size_t len = strlen(text);
	bool tail = text[0] == '-' || text[1] == '-';

	if (!reply_grow(&lang->globs, &lang->globs_room, lang->n_globs, sizeof(*lang->globs)))
		return false;
	lang->globs[lang->n_globs++] =
	    (struct reply_glob){word, pair(tail ? text + len - 2 : text), tail};
	return true;
}

/* A hyphen stands for any letters or none; most patterns have one or two. */
static bool
fits(const char *glob, const char *text)
{
	for (; *glob != '\0' && *glob != '-'; glob++, text++)
		if (*glob != *text)
			return false;
	if (*glob == '\0')
		return *text == '\0';
	for (;; text++) {
		if (fits(glob + 1, text))
			return true;
		if (*text == '\0')
			return false;
	}
}

int
reply_globs_find(const struct reply_lang *lang, const char *text, uint32_t *out, int most)
{
	size_t len = strlen(text);
	int n = 0;

	if (len < 2)
		return 0;
	for (size_t i = 0; i < lang->n_globs && n < most; i++) {
		const struct reply_glob *g = &lang->globs[i];
		if (g->key == pair(g->tail ? text + len - 2 : text) &&
		    fits(reply_dict_text(&lang->dict, g->word), text))
			out[n++] = g->word;
	}
	return n;
}

/* ---- spelling ---- */

void
reply_spell(const struct reply_lang *lang, const char *text, char *out, size_t size)
{
	static const struct reply_fold none;
	const struct reply_fold *folds = lang->folds ? lang->folds : &none;
	size_t n = 0;

	while (*text != '\0' && n + 1 < size) {
		unsigned byte = (unsigned char)*text;
		const struct reply_fold *f = folds + lang->fold_at[byte];
		const struct reply_fold *end = folds + lang->fold_at[byte + 1];
		size_t from, to;

		while (f < end && strncmp(text, f->from, strlen(f->from)) != 0)
			f++;
		if (f == end) {
			out[n++] = *text++;
			continue;
		}
		from = strlen(f->from);
		to = strlen(f->to);
		if (n + to >= size)
			break;
		memcpy(out + n, f->to, to);
		n += to;
		text += from;
	}
	out[n] = '\0';
}
