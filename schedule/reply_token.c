/* From bytes to tokens: folded, split at spaces, between letters and figures, at every Chinese
 * character. */
#include "reply_sense.h"

#include "letters.h"

#include <string.h>

#define LOOK_AT (64 * 1024)

struct splitter {
	struct reply_tokens *out;
	struct reply_token *open; /* the word or figure being read, or NULL */
	uint32_t last;            /* the folded character before */
	uint8_t brk;              /* before the next token */
	bool apart;               /* something stood between */
	bool hyphen;              /* only a hyphen or an apostrophe */
	bool asking;              /* behind an inverted question mark */
	bool lower, upper;        /* letters of both cases were seen */
};

static size_t
append(char *to, size_t size, uint32_t c)
{
	char bytes[4];
	size_t n = (size_t)letters_put(c, bytes), len = strlen(to);

	if (len + n >= size)
		return 0;
	memcpy(to + len, bytes, n);
	to[len + n] = '\0';
	return n;
}

/* Lower case with the marks left on; the letters a phone's keyboard offers. */
static uint32_t
lower(uint32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7))
		return c + 32;
	if (c >= 0x100 && c < 0x178 && c != 0x130 && c != 0x138 && c != 0x149)
		return (c >= 0x139 && c <= 0x148) ? c + (c & 1) : c | 1;
	return c;
}

static void
finish(struct splitter *s)
{
	if (s->open != NULL && strcmp(s->open->text, s->open->marked) == 0)
		s->open->marked[0] = '\0';
	s->open = NULL;
}

static struct reply_token *
begin(struct splitter *s, enum reply_kind kind)
{
	struct reply_token *t;

	finish(s);
	if (s->out->n == REPLY_TOKENS) {
		s->out->cut = true;
		return NULL;
	}
	t = &s->out->t[s->out->n++];
	t->text[0] = t->marked[0] = '\0';
	t->kind = (uint8_t)kind;
	t->brk = s->out->n == 1 ? REPLY_STOPS : s->brk;
	t->capital = t->used = false;
	t->glued = !s->apart && !s->hyphen && s->brk == REPLY_JOINED;
	t->hyphened = s->hyphen && s->brk == REPLY_JOINED;
	t->asked = s->asking;
	s->brk = REPLY_JOINED;
	s->apart = s->hyphen = false;
	return t;
}

static void
sign(struct splitter *s, enum reply_kind kind, uint32_t c)
{
	struct reply_token *t = begin(s, kind);

	if (t != NULL)
		append(t->text, sizeof t->text, c);
	s->apart = false;
}

/* Three of a letter or more are two: STOPPPP. */
static bool
stutters(const struct reply_token *t, uint32_t c)
{
	size_t len = strlen(t->text);

	return c < 0x80 && len >= 2 && (unsigned char)t->text[len - 1] == c &&
	       (unsigned char)t->text[len - 2] == c;
}

static void
letter(struct splitter *s, uint32_t c, uint32_t raw)
{
	uint32_t small = lower(raw);

	s->upper |= small != raw;
	s->lower |= small == raw && c < 0x180;
	if (s->open == NULL || s->open->kind != REPLY_WORD) {
		s->open = begin(s, REPLY_WORD);
		if (s->open == NULL)
			return;
		s->open->capital = small != raw;
	}
	if (stutters(s->open, c))
		return;
	append(s->open->text, sizeof s->open->text, c);
	append(s->open->marked, sizeof s->open->marked, small);
}

static void
figure(struct splitter *s, uint32_t c)
{
	if (s->open == NULL || s->open->kind != REPLY_NUMBER)
		s->open = begin(s, REPLY_NUMBER);
	if (s->open != NULL)
		append(s->open->text, sizeof s->open->text, c);
}

/* The part that ends here was a question. */
static void
ask(struct reply_tokens *t)
{
	for (int i = t->n - 1; i >= 0; i--) {
		t->t[i].asked = true;
		if (t->t[i].brk != REPLY_JOINED)
			return;
	}
}

static void
part(struct splitter *s, enum reply_break brk)
{
	finish(s);
	if (s->brk < brk)
		s->brk = (uint8_t)brk;
	s->asking = false;
	s->apart = true;
}

/* Words that are written short in many languages, with a full stop that ends nothing. */
static bool
is_short(const struct reply_tokens *t, const unsigned char *next)
{
	static const char *const words[] = {"rs", "mr",  "mrs", "ms", "dr",  "sr",  "sra",
					    "st", "mme", "ref", "bp", "tel", "ksh", "nro"};
	const char *last = t->t[t->n - 1].text;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i], last) == 0)
			return true;
	/* "my no. is", but not "no. i paid" */
	return strcmp(last, "no") == 0 && t->t[t->n - 1].brk == REPLY_JOINED && *next >= 'a' &&
	       *next <= 'z';
}

/* A full stop may only shorten a word: "Rs. 500", "no.5", "p.m." */
static enum reply_break
full_stop(const struct splitter *s, const unsigned char *p, const unsigned char *end)
{
	const struct reply_token *t = s->out->n > 0 ? &s->out->t[s->out->n - 1] : NULL;
	const unsigned char *next = p;

	if (s->last == '.' || (p < end && *p == '.'))
		return REPLY_COMMA;
	while (next < end && *next == ' ')
		next++;
	if (t != NULL && t->kind == REPLY_WORD && s->open == t && next < end) {
		bool digit = letters_is_digit(*next);
		if ((digit && strlen(t->text) <= 3) || (t->text[1] == '\0' && next == p) ||
		    is_short(s->out, next))
			return REPLY_JOINED;
	}
	return REPLY_STOPS;
}

static void
punctuation(struct splitter *s, uint32_t c, const unsigned char *p, const unsigned char *end)
{
	bool spaced = s->last == ' ' && p < end && *p == ' ';

	switch (c) {
	case '.':
		if (full_stop(s, p, end) != REPLY_JOINED)
			part(s, full_stop(s, p, end));
		break;
	case '?':
		ask(s->out);
		part(s, REPLY_STOPS);
		break;
	case 0xbf:
		part(s, REPLY_COMMA);
		s->asking = true;
		break;
	case '!':
	case ';':
	case '\n':
	case '\r': part(s, REPLY_STOPS); break;
	case ',':
	case ':':
	case '(':
	case ')':
	case 0xa1: part(s, REPLY_COMMA); break;
	case '-':
		if (spaced && !(s->out->n > 0 && s->out->t[s->out->n - 1].kind == REPLY_NUMBER))
			part(s, REPLY_COMMA);
		break;
	case '#':
	case '%': sign(s, REPLY_WORD, c); return;
	default: break;
	}
	s->hyphen = (c == '-' || c == '\'') && s->open != NULL;
	s->apart |= !s->hyphen;
	finish(s);
}

/* Does `c` carry a figure on? 1,200.50 12/6 10:30 2026-03-01 */
static bool
carries(const struct splitter *s, uint32_t c, const unsigned char *p, const unsigned char *end)
{
	if (s->open == NULL || s->open->kind != REPLY_NUMBER || p >= end)
		return false;
	return (c == '.' || c == ',' || c == '/' || c == ':' || c == '-') &&
	       (letters_is_digit(*p) || (*p == 0xef && end - p > 2 && p[1] == 0xbc)) &&
	       letters_is_digit(s->last);
}

static void
take(struct splitter *s, uint32_t raw, const unsigned char *p, const unsigned char *end)
{
	uint32_t c = letters_fold(raw);

	if (c == 0)
		return;
	if (letters_is_digit(c) || carries(s, c, p, end))
		figure(s, c);
	else if (letters_is_cjk(c))
		sign(s, REPLY_HAN, c);
	else if (letters_is_letter(c))
		letter(s, c, raw);
	else if (letters_is_money(c))
		sign(s, REPLY_MONEY, c);
	else
		punctuation(s, c, p, end);
	s->last = c;
}

/* "2-3 days" is two numbers, 2026-03-01 one date. */
static void
split_ranges(struct reply_tokens *out)
{
	for (int i = 0; i < out->n && out->n < REPLY_TOKENS; i++) {
		struct reply_token *t = &out->t[i];
		char *dash = t->kind == REPLY_NUMBER ? strchr(t->text, '-') : NULL;

		if (dash == NULL || strchr(dash + 1, '-') != NULL || strchr(t->text, '/') != NULL)
			continue;
		memmove(t + 1, t, (size_t)(out->n - i) * sizeof *t);
		out->n++;
		*dash = '\0';
		memmove(t[1].text, t[1].text + (dash - t->text) + 1, strlen(dash + 1) + 1);
		t[1].brk = REPLY_JOINED;
		t[1].glued = false;
		t[1].hyphened = true;
	}
}

/* "QGH7XYZ12" is a code: none of its figures is a sum. */
static void
find_codes(struct reply_tokens *out)
{
	for (int i = 0, n; i < out->n; i += n) {
		for (n = 1; i + n < out->n && out->t[i + n].glued; n++)
			if (out->t[i + n].kind != REPLY_WORD && out->t[i + n].kind != REPLY_NUMBER)
				break;
		if (n < 3 || out->t[i].kind > REPLY_NUMBER || out->t[i].kind == REPLY_HAN)
			continue;
		for (int k = i; k < i + n; k++)
			out->t[k].kind = REPLY_CODE;
	}
}

void
reply_tokens(const char *text, size_t len, struct reply_tokens *out)
{
	const unsigned char *p = (const unsigned char *)text;
	const unsigned char *end = p + (len < LOOK_AT ? len : LOOK_AT);
	struct splitter s = {.out = out, .last = ' '};

	out->n = 0;
	out->cut = len > LOOK_AT;
	while (p < end) {
		uint32_t raw = letters_next(&p, end);
		take(&s, raw, p, end);
	}
	finish(&s);
	find_codes(out);
	split_ranges(out);
	out->shout = s.upper && !s.lower;
}
