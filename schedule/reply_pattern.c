/* Patterns: from the text a person wrote to flat sequences.
 *
 *     pattern  := items                         outside parentheses a|b binds one place
 *     group    := '(' items ('|' items)* ')'    inside, | parts whole phrases
 *     item     := '!'? place ('|' place)* ('?' | '~')?
 *     place    := word | {set} | group | * | ** | ^ | $ | < | >
 */
#include "reply_compile.h"
#include "reply_sense.h"

#include "letters.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH    6
#define GAP      4
#define WIDE_GAP 9

struct reader {
	struct reply_compiler *c;
	const char *text;
	size_t at;
	int depth;
	bool failed;
};

static void
wrong(struct reader *r, size_t at, const char *what)
{
	if (!r->failed)
		reply_compile_wrong(r->c, at, what);
	r->failed = true;
}

static bool
add_branch(struct reader *r, struct reply_branches *out, const struct reply_branch *b)
{
	if (out->n >= REPLY_FORKS) {
		wrong(r, r->at,
		      "this pattern stands for too many sequences: use sets, or several patterns");
		return false;
	}
	if (!reply_grow(&out->b, &out->room, out->n, sizeof(*out->b))) {
		r->c->no_memory = r->failed = true;
		return false;
	}
	out->b[out->n++] = *b;
	return true;
}

/* Every branch of `all` followed by every branch of `more`. */
static void
multiply(struct reader *r, struct reply_branches *all, const struct reply_branches *more)
{
	struct reply_branches product = {.n = 0};

	for (size_t i = 0; i < all->n && !r->failed; i++)
		for (size_t k = 0; k < more->n && !r->failed; k++) {
			struct reply_branch b = all->b[i];

			if (b.n + more->b[k].n > REPLY_PIECES) {
				wrong(r, r->at, "this pattern is too long");
				break;
			}
			memcpy(b.p + b.n, more->b[k].p, more->b[k].n * sizeof(b.p[0]));
			b.n += more->b[k].n;
			add_branch(r, &product, &b);
		}
	free(all->b);
	*all = product;
}

/* ---- words ---- */

static bool
add_word(struct reader *r, struct reply_piece *p, const char *text)
{
	uint32_t id = reply_dict_add(&r->c->lang->dict, text, strlen(text));

	if (id == REPLY_NO_ID) {
		r->c->no_memory = r->failed = true;
		return false;
	}
	if (p->n == REPLY_PHRASE) {
		wrong(r, r->at, "more than 8 words in a row");
		return false;
	}
	p->words[p->n++] = id;
	return true;
}

/* A word with jokers, or one that asks for its accents: kept as written, but for capitals. */
static void
special_word(struct reader *r, const char *text, size_t len, struct reply_piece *p)
{
	char folded[REPLY_TEXT + 1] = "", spelt[REPLY_TEXT + 1];
	const unsigned char *at = (const unsigned char *)text, *end = at + len;
	bool exact = text[0] == '=';
	size_t n = 0;

	while (at < end) {
		uint32_t raw = letters_next(&at, end);
		uint32_t c = exact ? raw + (raw >= 'A' && raw <= 'Z' ? 32 : 0) : letters_fold(raw);

		if (c == 0)
			continue;
		if (n + 5 > sizeof folded) {
			wrong(r, r->at, "this word is too long");
			return;
		}
		n += (size_t)letters_put(c, folded + n);
	}
	folded[n] = '\0';
	if (n < 3 || strspn(folded, "-") == n || strstr(folded, "--") != NULL) {
		wrong(r, r->at,
		      "a hyphen in a word stands for any letters, and needs two others beside it");
		return;
	}
	reply_spell(r->c->lang, folded, spelt, sizeof spelt);
	if (!add_word(r, p, exact ? folded : spelt))
		return;
	r->c->lang->marks |= exact;
	if (!exact && !reply_glob_add(r->c->lang, p->words[p->n - 1]))
		r->c->no_memory = r->failed = true;
}

static void
read_word(struct reader *r, struct reply_piece *p)
{
	size_t len = strcspn(r->text + r->at, " \t(){}|?!^$*~<>");
	const char *text = r->text + r->at;
	struct reply_tokens *t;
	char spelt[REPLY_TEXT];

	*p = (struct reply_piece){.literal = true};
	if (text[0] == '=' || memchr(text, '-', len) != NULL) {
		special_word(r, text, len, p);
		r->at += len;
		return;
	}
	t = malloc(sizeof *t);
	if (t == NULL) {
		r->c->no_memory = r->failed = true;
		return;
	}
	reply_tokens(text, len, t);
	for (int i = 0; i < t->n && !r->failed; i++) {
		reply_spell(r->c->lang, t->t[i].text, spelt, sizeof spelt);
		add_word(r, p, spelt);
	}
	if (t->n == 0)
		wrong(r, r->at, "there is no word here");
	free(t);
	r->at += len;
}

/* ---- places ---- */

static const struct {
	const char *name;
	uint16_t set;
} places[] = {
    {"n", REPLY_SET_N},           {"day", REPLY_SET_DAY},     {"figure", REPLY_SET_FIGURE},
    {"mon", REPLY_SET_MON},       {"date", REPLY_SET_DATE},   {"amount", REPLY_SET_AMOUNT},
    {"name", REPLY_SET_NAME},     {"word", REPLY_SET_WORD},   {"weekday", REPLY_SET_WEEKDAYS},
    {"month", REPLY_SET_MONTHS},  {"money", REPLY_SET_MONEY}, {"polite", REPLY_SET_POLITE},
    {"number", REPLY_SET_NUMBERS}};

static void
read_set(struct reader *r, struct reply_piece *p)
{
	const char *name = r->text + r->at + 1;
	size_t len = strcspn(name, "} ");

	*p = (struct reply_piece){.e = {.kind = REPLY_AT_SET}};
	if (name[len] != '}' || len == 0) {
		wrong(r, r->at, "a set is named {so}");
		return;
	}
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		if (strlen(places[i].name) == len && memcmp(places[i].name, name, len) == 0)
			p->e.arg = places[i].set;
	}
	if (p->e.arg == 0) {
		if (!reply_compile_defined(r->c, name, len))
			wrong(r, r->at, "there is no such set under `sets`");
		p->e.arg = reply_compile_set(r->c, name, len);
	}
	r->at += len + 2;
}

static void
one(struct reader *r, struct reply_branches *out, const struct reply_piece *p)
{
	struct reply_branch b = {.n = 1};

	b.p[0] = *p;
	if (!r->failed)
		add_branch(r, out, &b);
}

static void read_group(struct reader *r, struct reply_branches *out);

static void
read_place(struct reader *r, struct reply_branches *out)
{
	struct reply_piece p = {.n = 0};
	char c = r->text[r->at];

	if (c == '(') {
		read_group(r, out);
		return;
	}
	if (c == '{') {
		read_set(r, &p);
	} else if (c == '*') {
		bool wide = r->text[r->at + 1] == '*';
		p.e = (struct reply_element){REPLY_AT_GAP, wide ? WIDE_GAP : GAP};
		r->at += wide ? 2 : 1;
	} else if (strchr("^$<>", c) != NULL && c != '\0') {
		p.e.kind = c == '^'   ? REPLY_AT_BEGIN
			   : c == '$' ? REPLY_AT_END
			   : c == '<' ? REPLY_AT_FROM
				      : REPLY_AT_TO;
		r->at++;
	} else if (c == '\0' || strchr(" )}|?!~", c) != NULL) {
		wrong(r, r->at, "a word or a {set} is missing here");
	} else {
		read_word(r, &p);
	}
	one(r, out, &p);
}

/* May the piece be a member of a set? */
static bool
is_member(const struct reply_branch *b)
{
	if (b->n == 0)
		return false;
	if (b->n == 1 && !b->p[0].literal)
		return b->p[0].e.kind == REPLY_AT_SET &&
		       (b->p[0].e.arg < REPLY_SET_N || b->p[0].e.arg >= REPLY_SET_FREE);
	for (size_t i = 0; i < b->n; i++)
		if (!b->p[i].literal)
			return false;
	return true;
}

/* The words of a branch that has nothing else; false when they are too many. */
static bool
words_of(struct reader *r, const struct reply_branch *b, struct reply_piece *out)
{
	*out = (struct reply_piece){.literal = true};
	for (size_t i = 0; i < b->n; i++)
		for (size_t k = 0; k < b->p[i].n; k++) {
			if (out->n == REPLY_PHRASE) {
				wrong(r, r->at, "more than 8 words in a row");
				return false;
			}
			out->words[out->n++] = b->p[i].words[k];
		}
	return true;
}

/* One set in the place of those alternatives that are words or sets: fewer sequences.  Sets made so
 * are known by the text they come from. */
static void
unite(struct reader *r, struct reply_branches *all, size_t from)
{
	struct reply_piece p = {.e = {.kind = REPLY_AT_SET}}, words;
	size_t members = 0, kept = 0;

	for (size_t i = 0; i < all->n; i++)
		members += is_member(&all->b[i]);
	if (members < 2 || r->failed)
		return;
	p.e.arg = reply_compile_set(r->c, r->text + from, r->at - from);
	for (size_t i = 0; i < all->n && !r->failed; i++) {
		const struct reply_branch *b = &all->b[i];
		if (!is_member(b))
			all->b[kept++] = *b;
		else if (!b->p[0].literal)
			reply_compile_include(r->c, b->p[0].e.arg, p.e.arg);
		else if (words_of(r, b, &words))
			reply_compile_phrase(r->c, words.words, words.n, p.e.arg, 0);
	}
	all->n = kept;
	one(r, all, &p);
}

/* "!x": each alternative is one set that must not begin here, or pieces that must not fit. */
static void
refuse(struct reader *r, struct reply_branches *all, size_t from)
{
	struct reply_branch b = {.n = 0};

	unite(r, all, from + 1);
	for (size_t i = 0; i < all->n && !r->failed; i++) {
		const struct reply_branch *no = &all->b[i];

		if (no->n == 0) {
			wrong(r, from,
			      "after ! something must stand that cannot be left out whole");
		} else if (b.n + no->n + 1 > REPLY_PIECES) {
			wrong(r, from, "too much is refused here");
		} else if (no->n == 1 && !no->p[0].literal && no->p[0].e.kind == REPLY_AT_SET) {
			b.p[b.n] = no->p[0];
			b.p[b.n++].e.kind = REPLY_AT_NOT;
		} else {
			b.p[b.n++] = (struct reply_piece){.e = {REPLY_AT_UNLESS, (uint16_t)no->n}};
			memcpy(b.p + b.n, no->p, no->n * sizeof(b.p[0]));
			b.n += no->n;
		}
	}
	all->n = 0;
	if (!r->failed)
		add_branch(r, all, &b);
}

/* "x~": so many of one set as stand in a row. */
static void
run(struct reader *r, struct reply_branches *all, size_t from)
{
	struct reply_piece words, *p = all->n == 1 && all->b[0].n > 0 ? &all->b[0].p[0] : NULL;

	r->at++;
	if (p == NULL || !is_member(&all->b[0])) {
		wrong(r, from, "before ~ only words and sets can stand");
		return;
	}
	if (p->literal) {
		if (!words_of(r, &all->b[0], &words))
			return;
		p->e.arg = reply_compile_set(r->c, r->text + from, r->at - from);
		reply_compile_phrase(r->c, words.words, words.n, p->e.arg, 0);
		p->literal = false;
	}
	p->e.kind = REPLY_AT_RUN;
	all->b[0].n = 1;
}

static void
read_item(struct reader *r, struct reply_branches *out)
{
	size_t from = r->at;
	bool refusal = r->text[r->at] == '!';

	r->at += refusal;
	read_place(r, out);
	/* inside a group the bar parts phrases, so there it is left to read_group */
	while (!r->failed && r->depth == 0 && r->text[r->at] == '|') {
		r->at++;
		read_place(r, out);
	}
	if (refusal) {
		refuse(r, out, from);
		return;
	}
	unite(r, out, from);
	if (!r->failed && r->text[r->at] == '?') {
		struct reply_branch none = {.n = 0};
		r->at++;
		add_branch(r, out, &none);
	} else if (!r->failed && r->text[r->at] == '~') {
		run(r, out, from);
	}
}

/* Items in a row, up to the end, a bar or a closing parenthesis. */
static void
read_items(struct reader *r, struct reply_branches *out)
{
	struct reply_branch empty = {.n = 0};

	add_branch(r, out, &empty);
	while (!r->failed) {
		struct reply_branches item = {.n = 0};

		r->at += strspn(r->text + r->at, " \t");
		if (r->text[r->at] == '\0' || r->text[r->at] == ')' || r->text[r->at] == '|')
			return;
		read_item(r, &item);
		if (!r->failed)
			multiply(r, out, &item);
		free(item.b);
	}
}

static void
read_group(struct reader *r, struct reply_branches *out)
{
	size_t from = r->at;
	struct reply_branches group = {.n = 0};

	if (++r->depth > DEPTH)
		wrong(r, r->at, "parentheses stand too deep");
	do {
		struct reply_branches items = {.n = 0};

		r->at++;
		read_items(r, &items);
		for (size_t i = 0; i < items.n && !r->failed; i++)
			add_branch(r, &group, &items.b[i]);
		free(items.b);
	} while (!r->failed && r->text[r->at] == '|');
	if (!r->failed && r->text[r->at] != ')')
		wrong(r, from, "this parenthesis is not closed");
	r->at++;
	r->depth--;
	unite(r, &group, from);
	for (size_t i = 0; i < group.n && !r->failed; i++)
		add_branch(r, out, &group.b[i]);
	free(group.b);
}

bool
reply_pattern(struct reply_compiler *c, const char *text, struct reply_branches *out)
{
	struct reader r = {.c = c, .text = text};

	*out = (struct reply_branches){.n = 0};
	read_items(&r, out);
	if (!r.failed && text[r.at] != '\0')
		wrong(&r, r.at,
		      text[r.at] == ')' ? "no parenthesis is open here"
					: "this bar has nothing before it");
	return !r.failed;
}
