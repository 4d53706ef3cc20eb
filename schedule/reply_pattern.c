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
no_memory(struct reader *r)
{
	r->c->no_memory = r->failed = true;
	return false;
}

bool
reply_pool_room(struct reply_pool *pool, size_t n)
{
	while (pool->n + n > pool->room)
		if (!reply_grow(&pool->p, &pool->room, pool->room, sizeof(*pool->p)))
			return false;
	return true;
}

/* Pieces in a row, behind all others; they must not lie in the pool themselves. */
static bool
push(struct reader *r, const struct reply_piece *p, size_t n)
{
	struct reply_pool *pool = &r->c->pool;

	if (!reply_pool_room(pool, n))
		return no_memory(r);
	memcpy(pool->p + pool->n, p, n * sizeof(*p));
	pool->n += n;
	return true;
}

/* The same of pieces that do. */
static bool
push_again(struct reader *r, const struct reply_branch *b)
{
	if (!reply_pool_room(&r->c->pool, b->n))
		return no_memory(r);
	return push(r, r->c->pool.p + b->first, b->n);
}

static const struct reply_piece *
pieces_of(const struct reader *r, const struct reply_branch *b)
{
	return r->c->pool.p + b->first;
}

static bool
add_branch(struct reader *r, struct reply_branches *out, struct reply_branch b)
{
	if (out->n >= REPLY_FORKS) {
		wrong(r, r->at,
		      "this pattern stands for too many sequences: use sets, or several patterns");
		return false;
	}
	if (!reply_grow(&out->b, &out->room, out->n, sizeof(*out->b)))
		return no_memory(r);
	out->b[out->n++] = b;
	return true;
}

/* Every branch of `all` followed by every branch of `more`.  All their pieces lie from `from` on in
 * the pool, and those of the product take their place. */
static void
multiply(struct reader *r, struct reply_branches *all, const struct reply_branches *more,
	 size_t from)
{
	struct reply_branches product = {.n = 0};
	struct reply_pool *pool = &r->c->pool;
	size_t top = pool->n;

	for (size_t i = 0; i < all->n && !r->failed; i++)
		for (size_t k = 0; k < more->n && !r->failed; k++) {
			struct reply_branch b = {(uint32_t)(pool->n - top + from),
						 all->b[i].n + more->b[k].n};

			if (b.n > REPLY_PIECES)
				wrong(r, r->at, "this pattern is too long");
			else if (push_again(r, &all->b[i]) && push_again(r, &more->b[k]))
				add_branch(r, &product, b);
		}
	if (pool->n > top)
		memmove(pool->p + from, pool->p + top, (pool->n - top) * sizeof(*pool->p));
	pool->n = pool->n - top + from;
	free(all->b);
	*all = product;
}

/* ---- words ---- */

static bool
add_word(struct reader *r, struct reply_piece *p, const char *text)
{
	uint32_t id = reply_dict_add(&r->c->lang->dict, text, strlen(text));

	if (id == REPLY_NO_ID)
		return no_memory(r);
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
	if (!exact && !reply_glob_add(r->c->lang, p->words[p->n - 1U]))
		no_memory(r);
}

static void
read_word(struct reader *r, struct reply_piece *p)
{
	size_t len = strcspn(r->text + r->at, " \t(){}|?!^$*~<>");
	const char *text = r->text + r->at;
	struct reply_tokens *t = r->c->tokens;
	char spelt[REPLY_TEXT];

	*p = (struct reply_piece){.literal = true};
	if (text[0] == '=' || memchr(text, '-', len) != NULL) {
		special_word(r, text, len, p);
		r->at += len;
		return;
	}
	reply_tokens(text, len, t);
	for (int i = 0; i < t->n && !r->failed; i++) {
		reply_spell(r->c->lang, t->t[i].text, spelt, sizeof spelt);
		add_word(r, p, spelt);
	}
	if (t->n == 0)
		wrong(r, r->at, "there is no word here");
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
	struct reply_branch b = {(uint32_t)r->c->pool.n, 1};

	if (!r->failed && push(r, p, 1))
		add_branch(r, out, b);
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

/* May the branch be a member of a set? */
static bool
is_member(const struct reader *r, const struct reply_branch *b)
{
	const struct reply_piece *p = pieces_of(r, b);

	if (b->n == 0)
		return false;
	if (b->n == 1 && !p->literal)
		return p->e.kind == REPLY_AT_SET &&
		       (p->e.arg < REPLY_SET_N || p->e.arg >= REPLY_SET_FREE);
	for (size_t i = 0; i < b->n; i++)
		if (!p[i].literal)
			return false;
	return true;
}

/* The words of a branch that has nothing else; false when they are too many. */
static bool
words_of(struct reader *r, const struct reply_branch *b, struct reply_piece *out)
{
	const struct reply_piece *p = pieces_of(r, b);

	*out = (struct reply_piece){.literal = true};
	for (size_t i = 0; i < b->n; i++)
		for (size_t k = 0; k < p[i].n; k++) {
			if (out->n == REPLY_PHRASE) {
				wrong(r, r->at, "more than 8 words in a row");
				return false;
			}
			out->words[out->n++] = p[i].words[k];
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
		members += is_member(r, &all->b[i]);
	if (members < 2 || r->failed)
		return;
	p.e.arg = reply_compile_set(r->c, r->text + from, r->at - from);
	for (size_t i = 0; i < all->n && !r->failed; i++) {
		const struct reply_branch *b = &all->b[i];
		const struct reply_piece *first = pieces_of(r, b);

		if (!is_member(r, b))
			all->b[kept++] = *b;
		else if (!first->literal)
			reply_compile_include(r->c, first->e.arg, p.e.arg);
		else if (words_of(r, b, &words))
			reply_compile_phrase(r->c, words.words, words.n, p.e.arg, 0);
	}
	all->n = kept;
	one(r, all, &p);
}

/* What must not stand here, as one piece or two kinds: a set, or pieces behind an UNLESS. */
static bool
refuse_one(struct reader *r, const struct reply_branch *no)
{
	struct reply_piece p = *pieces_of(r, no);

	if (no->n == 1 && !p.literal && p.e.kind == REPLY_AT_SET) {
		p.e.kind = REPLY_AT_NOT;
		return push(r, &p, 1);
	}
	p = (struct reply_piece){.e = {REPLY_AT_UNLESS, (uint16_t)no->n}};
	return push(r, &p, 1) && push_again(r, no);
}

/* "!x": each alternative is one set that must not begin here, or pieces that must not fit. */
static void
refuse(struct reader *r, struct reply_branches *all, size_t from)
{
	struct reply_branch b;

	unite(r, all, from + 1);
	b = (struct reply_branch){(uint32_t)r->c->pool.n, 0};
	for (size_t i = 0; i < all->n && !r->failed; i++) {
		const struct reply_branch *no = &all->b[i];

		if (no->n == 0)
			wrong(r, from,
			      "after ! something must stand that cannot be left out whole");
		else if (b.n + no->n + 1 > REPLY_PIECES)
			wrong(r, from, "too much is refused here");
		else if (refuse_one(r, no))
			b.n = (uint32_t)r->c->pool.n - b.first;
	}
	all->n = 0;
	if (!r->failed)
		add_branch(r, all, b);
}

/* "x~": so many of one set as stand in a row. */
static void
run(struct reader *r, struct reply_branches *all, size_t from)
{
	struct reply_piece words, p;

	r->at++;
	if (all->n != 1 || !is_member(r, &all->b[0])) {
		wrong(r, from, "before ~ only words and sets can stand");
		return;
	}
	p = *pieces_of(r, &all->b[0]);
	if (p.literal) {
		if (!words_of(r, &all->b[0], &words))
			return;
		p = (struct reply_piece){.n = 0};
		p.e.arg = reply_compile_set(r->c, r->text + from, r->at - from);
		reply_compile_phrase(r->c, words.words, words.n, p.e.arg, 0);
	}
	p.e.kind = REPLY_AT_RUN;
	all->n = 0;
	one(r, all, &p);
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
		r->at++;
		add_branch(r, out, (struct reply_branch){0, 0});
	} else if (!r->failed && r->text[r->at] == '~') {
		run(r, out, from);
	}
}

/* Items in a row, up to the end, a bar or a closing parenthesis. */
static void
read_items(struct reader *r, struct reply_branches *out)
{
	size_t from = r->c->pool.n;

	add_branch(r, out, (struct reply_branch){0, 0});
	while (!r->failed) {
		struct reply_branches item = {.n = 0};

		r->at += strspn(r->text + r->at, " \t");
		if (r->text[r->at] == '\0' || r->text[r->at] == ')' || r->text[r->at] == '|')
			return;
		read_item(r, &item);
		if (!r->failed)
			multiply(r, out, &item, from);
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
			add_branch(r, &group, items.b[i]);
		free(items.b);
	} while (!r->failed && r->text[r->at] == '|');
	if (!r->failed && r->text[r->at] != ')')
		wrong(r, from, "this parenthesis is not closed");
	r->at++;
	r->depth--;
	unite(r, &group, from);
	for (size_t i = 0; i < group.n && !r->failed; i++)
		add_branch(r, out, group.b[i]);
	free(group.b);
}

bool
reply_pattern(struct reply_compiler *c, const char *text, struct reply_branches *out)
{
	struct reader r = {.c = c, .text = text};

	*out = (struct reply_branches){.n = 0};
	c->pool.n = 0;
	if (!reply_pool_room(&c->pool, REPLY_PIECES))
		return no_memory(&r);
	read_items(&r, out);
	if (!r.failed && text[r.at] != '\0')
		wrong(&r, r.at,
		      text[r.at] == ')' ? "no parenthesis is open here"
					: "this bar has nothing before it");
	return !r.failed;
}
