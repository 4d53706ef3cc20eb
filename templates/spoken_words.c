/* spoken_words.c - every word that may be said, found by saying all that can bring a new one */
#include "spoken_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The words so far: open addressing, a power of two, at most half full. A language has some 50 to
 * 250. */
struct seen {
	char (*words)[SPOKEN_WORD];
	size_t size, n;
	spoken_word_fn *tell;
	void *ctx;
	enum spoken_kind kind;
	int err;
};

#define SEEN_FIRST 1024

static size_t
hash(const char *word, size_t n)
{
	size_t h = 5381;
	for (size_t i = 0; i < n; i++)
		h = h * 33 + (unsigned char)word[i];
	return h;
}

static char *
place(const struct seen *seen, const char *word, size_t n)
{
	size_t at = hash(word, n) & (seen->size - 1);
	for (;; at = (at + 1) & (seen->size - 1)) {
		char *there = seen->words[at];
		if (there[0] == '\0' || (strncmp(there, word, n) == 0 && there[n] == '\0'))
			return there;
	}
}

static void
see_word(struct seen *seen, const char *word, size_t n)
{
	if (seen->err == 0 && seen->n * 2 >= seen->size)
		seen->err = -ENOMEM;
	if (seen->err != 0)
		return;
	char *there = place(seen, word, n);
	if (there[0] != '\0')
		return;
	memcpy(there, word, n);
	there[n] = '\0';
	seen->n++;
	seen->tell(seen->ctx, seen->kind, there);
}

static void
see(struct seen *seen, int err, const char *text)
{
	if (err != 0 && seen->err == 0)
		seen->err = err;
	for (const char *p = text; *p != '\0' && seen->err == 0;) {
		size_t n = strcspn(p, " ");
		see_word(seen, p, n);
		p += n + (p[n] == ' ');
	}
}

static void
see_number(struct spoken *s, struct seen *seen, int64_t n, const char *rules)
{
	char text[SPOKEN_TEXT];
	struct speech o = speech_begin(text, sizeof text);
	say_number(s, &o, n, rules);
	see(seen, speech_end(&o), text);
}

/* Languages change a word before another one and after one, so each count up to 120, and each
 * hundred, is said of each power of ten: alone, after a larger number, before a smaller one, and
 * between two. */
static void
see_numbers(struct spoken *s, struct seen *seen, const char *rules)
{
	static const int64_t larger[] = {0, 3000000, 20000000};
	static const int64_t smaller[] = {0, 1, 200};
	for (int64_t power = 1; power <= 100000000; power *= 10)
		for (int64_t n = 0; n < 1000; n += n < 120 ? 1 : 100 - n % 100)
			for (int i = 0; i < 9; i++) {
				int64_t before = n * power < 1000000 ? larger[i / 3] : 0;
				int64_t after = power > smaller[i % 3] ? smaller[i % 3] : 0;
				int64_t whole = before + n * power + after;
				if (seen->err == 0 && whole <= SPOKEN_MOST)
					see_number(s, seen, whole, rules);
			}
}

static void
see_dates(struct spoken *s, struct seen *seen)
{
	seen->kind = SPOKEN_WEEKDAY;
	for (int i = 0; i < 7; i++)
		see(seen, 0, s->weekdays[i]);
	seen->kind = SPOKEN_MONTH; /* but Chinese counts them */
	for (int i = 0; i < 12 && strchr(s->date, 'M') != NULL; i++)
		see(seen, 0, s->months[i]);
	seen->kind = SPOKEN_DAY;
	for (int32_t day = 0; day < 366 && seen->err == 0; day++) {
		char text[SPOKEN_TEXT];
		int err = spoken_date(s, day, text, sizeof text);
		see(seen, err, text);
	}
}

static void
see_amounts(struct spoken *s, struct seen *seen, const char *currency, int digits)
{
	char text[SPOKEN_TEXT];
	int64_t unit = 1;
	for (int i = 0; i < digits; i++)
		unit *= 10;
	seen->kind = SPOKEN_CURRENCY;
	for (int64_t n = 0; n < 1000 && seen->err == 0; n++) {
		const int64_t amounts[] = {n, n * unit, n * 1000000 * unit, n * unit + unit / 2,
					   n * unit + n % unit};
		for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
			int err = spoken_amount(s, amounts[i], digits, currency, text, sizeof text);
			see(seen, err, text);
		}
	}
}

int
spoken_words(struct spoken *s, const char *currency, int digits, spoken_word_fn *word, void *ctx)
{
	struct seen seen = {.size = SEEN_FIRST, .tell = word, .ctx = ctx, .kind = SPOKEN_NUMBER};
	seen.words = calloc(seen.size, sizeof *seen.words);
	if (seen.words == NULL)
		return -ENOMEM;
	see_numbers(s, &seen, NULL);
	if (currency != NULL && s->tongue->masculine != NULL) {
		see_numbers(s, &seen, s->tongue->masculine);
		see_numbers(s, &seen, s->tongue->feminine);
	}
	see_dates(s, &seen);
	if (currency != NULL)
		see_amounts(s, &seen, currency, digits);
	free(seen.words);
	return seen.err;
}
