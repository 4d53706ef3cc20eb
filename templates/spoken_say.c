/* spoken_say.c - from what ICU writes to words that stand apart */
#include "spoken_part.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

int
spoken_icu_error(UErrorCode status)
{
	if (U_SUCCESS(status))
		return 0;
	return status == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -EIO;
}

struct speech
speech_begin(char *buf, size_t cap)
{
	assert(buf != NULL && cap > 0);
	buf[0] = '\0';
	return (struct speech){.buf = buf, .cap = cap};
}

void
speech_fail(struct speech *o, int err)
{
	if (o->err == 0)
		o->err = err;
}

int
speech_end(struct speech *o)
{
	o->buf[o->err != 0 ? 0 : o->len] = '\0';
	return o->err;
}

void
say_word_n(struct speech *o, const char *word, size_t n)
{
	if (o->err != 0 || n == 0)
		return;
	size_t space = o->len > 0;
	if (n >= SPOKEN_WORD || n + space >= o->cap - o->len) {
		speech_fail(o, -ENOBUFS);
		return;
	}
	if (space)
		o->buf[o->len++] = ' ';
	memcpy(o->buf + o->len, word, n);
	o->len += n;
}

void
say_words(struct speech *o, const char *words)
{
	for (const char *p = words; *p != '\0';) {
		size_t n = strcspn(p, " ");
		say_word_n(o, p, n);
		p += n + (p[n] == ' ');
	}
}

static bool
is_apostrophe(UChar32 c)
{
	return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x2bc || c == 0x2b9 || c == 0x60 ||
	       c == 0xb4;
}

/* What may stand in a word, and so in the name of a file: the joiners spell some words of Indian
 * scripts. */
static bool
is_of_word(UChar32 c)
{
	uint32_t kept = U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK;
	return (U_GET_GC_MASK(c) & kept) != 0 || c == 0x200c || c == 0x200d;
}

static bool
is_han(UChar32 c)
{
	UErrorCode status = U_ZERO_ERROR;
	return uscript_getScript(c, &status) == USCRIPT_HAN;
}

/* A word that is a figure, as in Vietnamese "tháng 9": said, not read. */
static bool
is_figure(const char *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (word[i] < '0' || word[i] > '9')
			return false;
	return n > 0 && n <= 9;
}

static size_t
bit_at(const struct spoken *s, const char *p, size_t left)
{
	size_t longest = 0;
	for (int i = 0; i < s->n_bits; i++) {
		size_t n = strlen(s->bits[i]);
		if (n > longest && n <= left && memcmp(s->bits[i], p, n) == 0)
			longest = n;
	}
	return longest;
}

/* A number whose words are written together: as the words it is made of. What is none of them stays
 * with the one before. */
static void
say_bits(struct spoken *s, struct speech *o, const char *word, size_t n)
{
	size_t at = 0;
	while (at < n) {
		size_t len = bit_at(s, word + at, n - at);
		if (len == 0)
			len = n - at;
		say_word_n(o, word + at, len);
		at += len;
	}
}

struct word {
	UChar32 chars[SPOKEN_WORD * 2];
	int32_t n;
	bool number;
};

static size_t
word_text(const struct word *w, char text[static SPOKEN_TEXT], int *err)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar utf16[SPOKEN_WORD * 4];
	int32_t n = 0;
	u_strFromUTF32(utf16, SPOKEN_WORD * 4, &n, w->chars, w->n, &status);
	u_strToUTF8(text, SPOKEN_TEXT, &n, utf16, n, &status);
	*err = spoken_icu_error(status);
	return *err == 0 ? (size_t)n : 0;
}

static void
end_word(struct spoken *s, struct speech *o, struct word *w)
{
	char text[SPOKEN_TEXT];
	int err;
	while (w->n > 0 && w->chars[w->n - 1] == '\'')
		w->n--;
	size_t n = word_text(w, text, &err);
	w->n = 0;
	if (err != 0) {
		speech_fail(o, err);
	} else if (is_figure(text, n)) {
		int64_t value = 0;
		for (size_t i = 0; i < n; i++)
			value = value * 10 + (text[i] - '0');
		say_number(s, o, value, NULL);
	} else if (w->number && s->n_bits > 0) {
		say_bits(s, o, text, n);
	} else {
		say_word_n(o, text, n);
	}
}

static void
take_char(struct spoken *s, struct speech *o, struct word *w, UChar32 c)
{
	if (c == 0x3007) /* a sign for zero that is written but not read */
		c = 0x96f6;
	if (is_apostrophe(c) && w->n > 0)
		c = '\'';
	else if (c == 0xad && s->tongue->soft_hyphen_joins)
		return;
	else if (!is_of_word(c)) {
		end_word(s, o, w);
		return;
	}
	if (w->n == sizeof w->chars / sizeof *w->chars) {
		speech_fail(o, -ENOBUFS);
		return;
	}
	w->chars[w->n++] = c;
	if (w->number && is_han(c))
		end_word(s, o, w);
}

void
say_icu(struct spoken *s, struct speech *o, const UChar *text, int32_t n, bool number)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar clean[SPOKEN_ICU];
	UChar32 chars[SPOKEN_ICU];
	int32_t len = unorm2_normalize(s->nfc, text, n, clean, SPOKEN_ICU, &status);
	u_strToUTF32(chars, SPOKEN_ICU, &len, clean, len, &status);
	int err = spoken_icu_error(status);
	if (err != 0) {
		speech_fail(o, err);
		return;
	}
	struct word w = {.number = number};
	for (int32_t i = 0; i < len && o->err == 0; i++)
		take_char(s, o, &w, chars[i]);
	end_word(s, o, &w);
}

static int
use_rules(struct spoken *s, const char *rules)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar name[64];
	if (rules == s->rules)
		return 0;
	if (rules == NULL)
		unum_setTextAttribute(s->words, UNUM_DEFAULT_RULESET, s->usual, -1, &status);
	else
		unum_setTextAttribute(s->words, UNUM_DEFAULT_RULESET, u_uastrcpy(name, rules), -1,
				      &status);
	if (U_SUCCESS(status))
		s->rules = rules;
	return spoken_icu_error(status);
}

/* ---- Amharic ----
 *
 * ICU counts the tens ("two ten one"); people have names for them, and say 11 to 19 with a form of
 * ten of its own. */

static const char *const amharic_units[] = {"አንድ",  "ሁለት", "ሦስት",  "አራት", "አምስት",
					    "ስድስት", "ሰባት", "ስምንት", "ዘጠኝ"};
static const char *const amharic_tens[] = {"አስራ", "ሃያ", "ሠላሳ",  "አርባ", "ሃምሳ",
					   "ስልሳ", "ሰባ", "ሰማንያ", "ዘጠና"};
static const char amharic_ten[] = "አስር";

static bool
is_word(const char *p, size_t n, const char *word)
{
	return n == strlen(word) && memcmp(p, word, n) == 0;
}

/* 1..9, or 0 for another word. */
static int
amharic_unit(const char *p, size_t n)
{
	for (int i = 0; i < 9; i++)
		if (is_word(p, n, amharic_units[i]))
			return i + 1;
	return 0;
}

static void
say_amharic(struct speech *o, const char *p)
{
	while (*p != '\0' && o->err == 0) {
		size_t n = strcspn(p, " ");
		const char *next = p + n + strspn(p + n, " ");
		size_t after = strcspn(next, " ");
		int unit = amharic_unit(p, n);
		if (unit > 1 && is_word(next, after, amharic_ten)) {
			say_words(o, amharic_tens[unit - 1]);
			next += after + strspn(next + after, " ");
		} else if (is_word(p, n, amharic_ten) && amharic_unit(next, after) > 0) {
			say_words(o, amharic_tens[0]);
		} else {
			say_word_n(o, p, n);
		}
		p = next;
	}
}

/* ---- numbers ---- */

static void
say_result(struct spoken *s, struct speech *o, const UChar *text, int32_t n, UErrorCode status)
{
	int err = spoken_icu_error(status);
	if (err != 0 || n > SPOKEN_ICU) {
		speech_fail(o, err != 0 ? err : -ENOBUFS);
		return;
	}
	if (strcmp(s->language, "am") != 0) {
		say_icu(s, o, text, n, true);
		return;
	}
	char counted[SPOKEN_TEXT];
	struct speech c = speech_begin(counted, sizeof counted);
	say_icu(s, &c, text, n, true);
	if ((err = speech_end(&c)) != 0)
		speech_fail(o, err);
	say_amharic(o, counted);
}

void
say_number(struct spoken *s, struct speech *o, int64_t n, const char *rules)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar text[SPOKEN_ICU];
	int err = use_rules(s, rules);
	if (err != 0) {
		speech_fail(o, err);
		return;
	}
	int32_t len = unum_formatInt64(s->words, n, text, SPOKEN_ICU, NULL, &status);
	say_result(s, o, text, len, status);
}

void
say_decimal(struct spoken *s, struct speech *o, const char *decimal)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar text[SPOKEN_ICU];
	int err = use_rules(s, NULL);
	if (err != 0) {
		speech_fail(o, err);
		return;
	}
	int32_t len = unum_formatDecimal(s->words, decimal, (int32_t)strlen(decimal), text,
					 SPOKEN_ICU, NULL, &status);
	say_result(s, o, text, len, status);
}
