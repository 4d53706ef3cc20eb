#include "reply_part.h"

#include <string.h>

#define LOOK_AT (64 * 1024)

/* One code point; bad bytes read as a space, so that they only separate. */
static uint32_t
decode(const unsigned char **p, const unsigned char *end)
{
	unsigned c = *(*p)++;
	uint32_t value;
	int more;

	if (c < 0x80)
		return c;
	if (c < 0xc2 || c > 0xf4)
		return ' ';
	more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	value = c & (0x3fU >> more);
	for (; more > 0; more--) {
		if (*p == end || (**p & 0xc0) != 0x80)
			return ' ';
		value = value << 6 | (*(*p)++ & 0x3f);
	}
	return value;
}

static int
encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Base letters of U+00C0..U+017F, lower case. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo ouuuuyts"
			    "aaaaaaaceeeeiiiidnooooo ouuuuyty"
			    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkk"
			    "llllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuww"
			    "yyyzzzzzzs";

_Static_assert(sizeof latin == 0x180 - 0xc0 + 1, "one letter for each code point");

static const struct {
	uint16_t first, last;
	char to; /* '\0': dropped */
} folds[] = {
    {0x00a0, 0x00a0, ' '},  {0x00ad, 0x00ad, '\0'}, {0x00b4, 0x00b4, '\''}, {0x0300, 0x036f, '\0'},
    {0x02b9, 0x02bc, '\''}, {0x1ea0, 0x1eb7, 'a'},  {0x1eb8, 0x1ec7, 'e'},  {0x1ec8, 0x1ecb, 'i'},
    {0x1ecc, 0x1ee3, 'o'},  {0x1ee4, 0x1ef1, 'u'},  {0x1ef2, 0x1ef9, 'y'},  {0x2000, 0x200a, ' '},
    {0x200b, 0x200f, '\0'}, {0x2010, 0x2015, '-'},  {0x2018, 0x201b, '\''}, {0x201c, 0x201f, '"'},
    {0x2026, 0x2026, '.'},  {0x2028, 0x2029, '\n'}, {0x202a, 0x202e, '\0'}, {0x202f, 0x202f, ' '},
    {0x2032, 0x2032, '\''}, {0x2060, 0x2064, '\0'}, {0x2190, 0x2bff, ' '},  {0x3000, 0x3000, ' '},
    {0x3001, 0x3001, ','},  {0x3002, 0x3002, '.'},  {0xfe00, 0xfe0f, '\0'}, {0xfeff, 0xfeff, '\0'},
};

/* What NFKC, lower-casing and the stripping of marks leave of a character; 0: nothing. */
static uint32_t
fold(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xfee0;
	if (c >= 'A' && c <= 'Z')
		return c + ('a' - 'A');
	if (c < 0xa0)
		return c == '`' ? '\'' : c;
	if (c >= 0xc0 && c < 0x180)
		return (unsigned char)latin[c - 0xc0];
	if ((c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
		return c + 32;
	if (c >= 0x1f000)
		return c < 0x20000 ? ' ' : c; /* emoji */
	for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++) {
		if (c >= folds[i].first && c <= folds[i].last)
			return (unsigned char)folds[i].to;
	}
	return c;
}

static bool
is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_money(uint32_t c)
{
	return c == '$' || (c >= 0xa2 && c <= 0xa5) || (c >= 0x20a0 && c <= 0x20bf);
}

static bool
is_letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 0x100 && !is_money(c));
}

/* Spellings that mean one thing; "a b" stands for two tokens. */
static const char *const same[][2] = {
    {"tmrw", "tomorrow"},
    {"tmr", "tomorrow"},
    {"tmw", "tomorrow"},
    {"2moro", "tomorrow"},
    {"2morrow", "tomorrow"},
    {"2mrw", "tomorrow"},
    {"2mro", "tomorrow"},
    {"tomoro", "tomorrow"},
    {"tomorow", "tomorrow"},
    {"tommorow", "tomorrow"},
    {"tommorrow", "tomorrow"},
    {"tmrrw", "tomorrow"},
    {"2day", "today"},
    {"2nite", "tonight"},
    {"tonite", "tonight"},
    {"pls", "please"},
    {"plz", "please"},
    {"plse", "please"},
    {"u", "you"},
    {"ur", "your"},
    {"im", "i am"},
    {"ive", "i have"},
    {"iam", "i am"},
    {"donot", "do not"},
    {"cannot", "cant"},
    {"msg", "message"},
    {"msgs", "message"},
    {"mesage", "message"},
    {"messages", "message"},
    {"txt", "text"},
    {"txts", "text"},
    {"texts", "text"},
    {"txting", "texting"},
    {"sms's", "sms"},
    {"smses", "sms"},
    {"payed", "paid"},
    {"thnx", "thanks"},
    {"thx", "thanks"},
    {"ok", "okay"},
    {"wil", "will"},
    {"wll", "will"},
    {"recieve", "receive"},
};

static void
push(struct reply_tokens *out, const char *text, size_t len, enum reply_kind kind, bool capital)
{
	struct reply_token *t;

	if (out->n == REPLY_TOKENS) {
		out->cut = true;
		return;
	}
	t = &out->t[out->n++];
	if (len >= sizeof t->text)
		len = sizeof t->text - 1;
	memcpy(t->text, text, len);
	t->text[len] = '\0';
	t->kind = (uint8_t)kind;
	t->capital = capital;
	t->used = false;
}

/* Pushes a word, opened up when it stands for two. */
static void
push_word(struct reply_tokens *out, const char *text, size_t len, bool capital)
{
	const char *space;

	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		if (strlen(same[i][0]) == len && memcmp(same[i][0], text, len) == 0) {
			text = same[i][1];
			len = strlen(text);
			break;
		}
	}
	space = memchr(text, ' ', len);
	if (space) {
		push(out, text, (size_t)(space - text), REPLY_WORD, capital);
		len -= (size_t)(space - text) + 1;
		text = space + 1;
	}
	push(out, text, len, REPLY_WORD, capital);
}

/* "i'll", "don't", "it's": by what follows the apostrophe. */
static void
push_contraction(struct reply_tokens *out, char *text, size_t len, size_t quote, bool capital)
{
	static const char *const tails[][2] = {{"ll", "will"}, {"ve", "have"}, {"m", "am"},
					       {"re", "are"},  {"s", "is"},    {"d", "would"}};
	size_t tail = len - quote - 1;

	for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
		if (strlen(tails[i][0]) == tail &&
		    memcmp(tails[i][0], text + quote + 1, tail) == 0) {
			push_word(out, text, quote, capital);
			push(out, tails[i][1], strlen(tails[i][1]), REPLY_WORD, false);
			return;
		}
	}
	memmove(text + quote, text + quote + 1, tail);
	push_word(out, text, len - 1, capital);
}

/* A run of letters, digits and what joins them; sorted into word, number or code at its end. */
struct run {
	char text[64];
	size_t len, quote, digits_at; /* SIZE_MAX: none */
	bool capital, digit_first, mixed;
};

/* Currencies people write without a space before the figure. */
static bool
money_word(const char *text, size_t len)
{
	static const char *const words[] = {"ksh", "kshs", "kes", "usd", "php", "rs",  "inr", "ngn",
					    "p",   "n",    "r",   "rp",  "gbp", "eur", "sh",  "k"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strlen(words[i]) == len && memcmp(words[i], text, len) == 0)
			return true;
	}
	return false;
}

/* The run has ended: what was it?  Codes ("QGH7XYZ12") are kept whole, so that their digits are
 * never taken for money. */
static void
finish(struct reply_tokens *out, struct run *r)
{
	size_t at = r->digits_at;

	if (r->len == 0)
		return;
	if (at == SIZE_MAX && r->quote != SIZE_MAX)
		push_contraction(out, r->text, r->len, r->quote, r->capital);
	else if (at == SIZE_MAX)
		push_word(out, r->text, r->len, r->capital);
	else if (r->digit_first && memcmp(r->text, "2", 1) == 0 && r->len > 3 && r->text[1] > '9')
		push_word(out, r->text, r->len, r->capital); /* 2moro */
	else if (r->digit_first)
		push(out, r->text, r->len, r->mixed ? REPLY_CODE : REPLY_NUMBER, false);
	else if (!r->mixed && money_word(r->text, at)) {
		push(out, r->text, at, REPLY_WORD, false);
		push(out, r->text + at, r->len - at, REPLY_NUMBER, false);
	} else
		push(out, r->text, r->len, REPLY_CODE, false);
	r->len = 0;
}

static void
extend(struct run *r, uint32_t c, bool capital)
{
	char bytes[4];
	size_t n = (size_t)encode(c, bytes);

	if (r->len == 0) {
		*r = (struct run){.quote = SIZE_MAX,
				  .digits_at = SIZE_MAX,
				  .capital = capital,
				  .digit_first = is_digit(c)};
	}
	/* Places are noted only of what is kept: nobody writes words this long. */
	if (r->len + n > sizeof r->text)
		return;
	if (is_digit(c) && r->digits_at == SIZE_MAX)
		r->digits_at = r->len;
	else if (is_digit(c) && r->text[r->len - 1] >= 'a')
		r->mixed = true;
	if (c == '\'')
		r->quote = r->len;
	memcpy(r->text + r->len, bytes, n);
	r->len += n;
}

/* Does `c` carry the run on, given what follows it? */
static bool
joins(const struct run *r, uint32_t c, uint32_t next)
{
	if (is_letter(c) || is_digit(c))
		return true;
	if (r->len == 0)
		return false;
	if (c == '\'')
		return r->digits_at == SIZE_MAX && r->quote == SIZE_MAX && is_letter(next);
	return (c == '.' || c == ',' || c == '/' || c == ':' || c == '-') && is_digit(next) &&
	       is_digit((unsigned char)r->text[r->len - 1]);
}

/* STOPPP: three of a letter or more are one. */
static bool
stutters(const struct run *r, uint32_t c)
{
	return c < 0x80 && is_letter(c) && r->len >= 2 && (unsigned char)r->text[r->len - 1] == c &&
	       (unsigned char)r->text[r->len - 2] == c;
}

/* "paid 500, rest 700 tuesday" tells of two things; what belongs together shares a clause. */
static void
number_clauses(struct reply_tokens *out)
{
	uint8_t clause = 0;

	for (int i = 0; i < out->n; i++) {
		struct reply_token *t = &out->t[i];
		bool breaks = t->kind == REPLY_PUNCT && strchr(".,;!?\n", t->text[0]);
		if (breaks || reply_is(out, i, "but|then|rest|balance|remaining|remainder"))
			clause = (uint8_t)(clause + (clause < UINT8_MAX));
		t->clause = clause;
	}
}

void
reply_tokens(const char *text, size_t len, struct reply_tokens *out)
{
	const unsigned char *p = (const unsigned char *)text;
	const unsigned char *end = p + (len < LOOK_AT ? len : LOOK_AT);
	struct run run = {.len = 0};
	bool stuttered = false;

	out->n = 0;
	out->cut = len > LOOK_AT;
	while (p < end) {
		uint32_t raw = decode(&p, end), c = fold(raw), next = 0;
		if (c == 0)
			continue;
		if (p < end) {
			const unsigned char *peek = p;
			next = fold(decode(&peek, end));
		}
		if (joins(&run, c, next)) {
			if (stuttered && c == (unsigned char)run.text[run.len - 1])
				continue;
			stuttered = stutters(&run, c);
			if (stuttered)
				run.len--;
			else
				extend(&run, c, raw != c);
			continue;
		}
		finish(out, &run);
		stuttered = false;
		if (is_money(c) || (c < 0x100 && strchr(".,;!?\n-/+%()", (int)c))) {
			char bytes[4];
			push(out, bytes, (size_t)encode(c, bytes),
			     is_money(c) ? REPLY_MONEY : REPLY_PUNCT, false);
		}
	}
	finish(out, &run);
	number_clauses(out);
}
