#include "wording.h"

#include "letters.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_AT 8192
#define BUCKETS 2048
#define STEM    3 /* letters by which phrases are found */

struct phrase {
	struct phrase *next; /* of the same bucket */
	char language[16];
	uint8_t kind;
	char folded[WORDING_PHRASE + 1];
	char written[]; /* as it was added */
};

struct wording {
	struct phrase *bucket[BUCKETS];
};

struct wording *
wording_new(void)
{
	return calloc(1, sizeof(struct wording));
}

void
wording_free(struct wording *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (w->bucket[i] != NULL) {
			struct phrase *p = w->bucket[i];

			w->bucket[i] = p->next;
			free(p);
		}
	free(w);
}

/* ---- folding ---- */

/* A text with its words folded and single spaces between them, and where each byte came from. */
struct folded {
	char text[LOOK_AT + 8];
	uint16_t from[LOOK_AT + 8];
	size_t len;
	const unsigned char *source;
	size_t source_len;
};

/* Letters and digits of ASCII, folded. */
static const char plain[128] = {
    ['0'] = '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ['A'] = 'a', 'b', 'c',
    'd',         'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n',         'o', 'p',
    'q',         'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', ['a'] = 'a', 'b', 'c',
    'd',         'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n',         'o', 'p',
    'q',         'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
};

static void
fold_text(const char *text, size_t len, bool star, struct folded *out)
{
	const unsigned char *start = (const unsigned char *)text, *p = start;
	const unsigned char *end = start + (len < LOOK_AT ? len : LOOK_AT);

	out->len = 0;
	out->source = start;
	out->source_len = len;
	while (p < end && out->len < LOOK_AT) {
		uint16_t at = (uint16_t)(p - start);
		uint32_t c;
		char bytes[4];
		int n;

		if (*p < 0x80 && plain[*p] > ' ') { /* nearly every byte of nearly every text */
			out->from[out->len] = at;
			out->text[out->len++] = plain[*p++];
			continue;
		}
		c = letters_fold(letters_next(&p, end));
		if (c == 0 || c == '\'')
			continue; /* don't is dont */
		if (!letters_is_letter(c) && !letters_is_digit(c) && !(star && c == '*'))
			c = ' ';
		if (c == ' ' && (out->len == 0 || out->text[out->len - 1] == ' '))
			continue;
		n = letters_put(c, bytes);
		for (int i = 0; i < n; i++) {
			out->from[out->len] = at;
			out->text[out->len++] = bytes[i];
		}
	}
	while (out->len > 0 && out->text[out->len - 1] == ' ')
		out->len--;
	out->text[out->len] = '\0';
}

static bool
cjk_at(const char *text, size_t len, size_t at)
{
	const unsigned char *p = (const unsigned char *)text + at;

	return *p >= 0x80 && letters_is_cjk(letters_next(&p, (const unsigned char *)text + len));
}

/* By its first letters, up to a space or `*`; one character is enough where scripts have no spaces.
 */
static unsigned
bucket_of(const char *text, size_t len, size_t at)
{
	unsigned hash = 2166136261U;
	size_t n = cjk_at(text, len, at) ? 3 : STEM;

	for (size_t i = at; i < len && i < at + n && text[i] != ' ' && text[i] != '*'; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619U;
	return hash % BUCKETS;
}

/* ---- phrases ---- */

static bool
stars_are_fine(const struct folded *f)
{
	size_t word = 0;

	for (size_t i = 0; i < f->len; i++) {
		if (f->text[i] == ' ')
			word = i + 1;
		if (f->text[i] == '*' &&
		    (i - word < STEM || (i + 1 < f->len && f->text[i + 1] != ' ')))
			return false;
	}
	return true;
}

int
wording_add(struct wording *w, const char *language, enum wording_kind kind, const char *phrase)
{
	struct folded f;
	struct phrase *p;
	unsigned bucket;

	fold_text(phrase, strlen(phrase), true, &f);
	if (f.len == 0 || f.len > WORDING_PHRASE || !stars_are_fine(&f))
		return -EINVAL;
	if ((p = malloc(sizeof *p + strlen(phrase) + 1)) == NULL)
		return -ENOMEM;
	memset(p->language, 0, sizeof p->language);
	strncpy(p->language, language, sizeof p->language - 1);
	p->kind = (uint8_t)kind;
	strcpy(p->folded, f.text);
	strcpy(p->written, phrase);
	bucket = bucket_of(p->folded, f.len, 0);
	p->next = w->bucket[bucket];
	w->bucket[bucket] = p;
	return 0;
}

/* ---- finding ---- */

static bool
speaks(const char *list, const char *language)
{
	size_t n = strlen(list);

	return strcmp(list, "en") == 0 ||
	       (strncmp(list, language, n) == 0 && (language[n] == '\0' || language[n] == '-'));
}

static bool
is_inside(const struct folded *f, size_t at)
{
	return at < f->len && f->text[at] != ' ' && !cjk_at(f->text, f->len, at);
}

/* Where the phrase ends when it stands at that place, else 0. */
static size_t
match(const struct phrase *p, const struct folded *f, size_t at)
{
	size_t i = 0;

	for (; p->folded[i] != '\0'; i++) {
		if (p->folded[i] == '*') {
			while (is_inside(f, at))
				at++;
		} else if (at >= f->len || f->text[at++] != p->folded[i]) {
			return 0;
		}
	}
	/* a word that goes on is another word */
	if (p->folded[i - 1] != '*' && is_inside(f, at) &&
	    !(at >= 3 && cjk_at(f->text, f->len, at - 3)))
		return 0;
	return at;
}

/* The byte of the text behind the character that stands before `end`. */
static size_t
end_of(const struct folded *f, size_t end)
{
	const unsigned char *p = f->source + f->from[end - 1];

	letters_next(&p, f->source + f->source_len);
	return (size_t)(p - f->source);
}

static bool
find_at(const struct wording *w, const char *language, unsigned kinds, const struct folded *f,
	size_t at, struct wording_found *found)
{
	const struct phrase *p = w->bucket[bucket_of(f->text, f->len, at)];

	for (; p != NULL; p = p->next) {
		size_t end;

		if ((kinds & WORDING_BIT(p->kind)) == 0 || !speaks(p->language, language) ||
		    (end = match(p, f, at)) == 0)
			continue;
		*found = (struct wording_found){.kind = (enum wording_kind)p->kind,
						.phrase = p->written,
						.at = f->from[at],
						.len = end_of(f, end) - f->from[at]};
		return true;
	}
	return false;
}

bool
wording_find(const struct wording *w, const char *language, unsigned kinds, const char *text,
	     size_t len, struct wording_found *found)
{
	struct folded f;

	fold_text(text, len, false, &f);
	for (size_t at = 0; at < f.len; at++) {
		bool start = at == 0 || f.text[at - 1] == ' ';
		bool lead = ((unsigned char)f.text[at] & 0xc0) == 0xc0;

		if ((start || (lead && cjk_at(f.text, f.len, at))) && f.text[at] != ' ' &&
		    find_at(w, language, kinds, &f, at, found))
			return true;
	}
	return false;
}
