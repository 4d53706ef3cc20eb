/* spoken_words.c - every word that may be said, found by saying all that can bring a new one */
#include "spoken_part.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The words so far: open addressing, a power of two, at most half full. A language has some 50 to
 * 250. */
struct seen {
	struct spoken_list *list;
	uint16_t slots[1024]; /* one more than the place in the list; 0 is free */
	enum spoken_kind kind;
	int err;
};

#define SLOTS 1024

static size_t
hash(const char *word, size_t n)
{
	size_t h = 5381;
	for (size_t i = 0; i < n; i++)
		h = h * 33 + (unsigned char)word[i];
	return h;
}

static void
add_word(struct seen *seen, uint16_t *slot, const char *word, size_t n)
{
	struct spoken_list *list = seen->list;
	if (list->n == SLOTS / 2) {
		seen->err = -ENOMEM;
		return;
	}
	struct spoken_listed *listed = &list->words[list->n++];
	memcpy(listed->word, word, n);
	listed->word[n] = '\0';
	listed->kinds = 1u << seen->kind;
	*slot = (uint16_t)list->n;
}

static void
see_word(struct seen *seen, const char *word, size_t n)
{
	for (size_t at = hash(word, n) % SLOTS;; at = (at + 1) % SLOTS) {
		uint16_t *slot = &seen->slots[at];
		if (*slot == 0) {
			add_word(seen, slot, word, n);
			return;
		}
		struct spoken_listed *there = &seen->list->words[*slot - 1];
		if (strncmp(there->word, word, n) == 0 && there->word[n] == '\0') {
			there->kinds |= 1u << seen->kind;
			return;
		}
	}
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

/* The next count to be tried: all to 120, then hundreds; of powers of ten only those that may bring
 * another form of a word. */
static int64_t
next_count(int64_t n, bool alone)
{
	if (n < (alone ? 120 : 32) || (n < 100 && n % 10 == 0))
		return n + 1;
	return n < 100 ? n - n % 10 + 10 : n - n % 100 + 100;
}

/* Languages change a word before another one and after one, so each count is said of each power of
 * ten: alone, after a larger number, before a smaller one, and between two. */
static void
see_numbers(struct spoken *s, struct seen *seen, const char *rules)
{
	static const int64_t larger[] = {0, 3000000, 20000000};
	static const int64_t smaller[] = {0, 1, 200};
	for (int64_t power = 1; power <= 100000000; power *= 10)
		for (int64_t n = 0; n < 1000; n = next_count(n, power == 1))
			for (int i = 0; i < 9; i++) {
				int64_t before = n * power < 1000000 ? larger[i / 3] : 0;
				int64_t after = power > smaller[i % 3] ? smaller[i % 3] : 0;
				int64_t whole = before + n * power + after;
				bool again =
				    (i / 3 > 0 && before == 0) || (i % 3 > 0 && after == 0);
				if (seen->err == 0 && !again && whole <= SPOKEN_MOST)
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
	for (int64_t n = 0; n < 1000 && seen->err == 0; n = next_count(n, true)) {
		const int64_t amounts[] = {n, n * unit, n * 1000000 * unit, n * unit + unit / 2,
					   n * unit + n % unit};
		for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
			int err = spoken_amount(s, amounts[i], digits, currency, text, sizeof text);
			see(seen, err, text);
		}
	}
}

static int
list_words(struct spoken *s, const char *currency, int digits, struct spoken_list *list)
{
	struct seen seen = {.list = list, .kind = SPOKEN_NUMBER};
	see_numbers(s, &seen, NULL);
	if (currency != NULL && s->tongue->masculine != NULL) {
		see_numbers(s, &seen, s->tongue->masculine);
		see_numbers(s, &seen, s->tongue->feminine);
	}
	see_dates(s, &seen);
	if (currency != NULL)
		see_amounts(s, &seen, currency, digits);
	return seen.err;
}

int
spoken_words(struct spoken *s, const char *currency, int digits, spoken_word_fn *word, void *ctx)
{
	const char *code = currency != NULL ? currency : "";
	struct spoken_list *list = s->list;
	if (list == NULL || list->digits != digits || strcmp(list->currency, code) != 0) {
		list = calloc(1, sizeof *list + SLOTS / 2 * sizeof *list->words);
		if (list == NULL)
			return -ENOMEM;
		list->digits = digits;
		snprintf(list->currency, sizeof list->currency, "%s", code);
		int err = list_words(s, currency, digits, list);
		if (err != 0) {
			free(list);
			return err;
		}
		free(s->list);
		s->list = list;
	}
	for (size_t i = 0; i < list->n; i++)
		word(ctx, list->words[i].kinds, list->words[i].word);
	return 0;
}
