#include "reply_part.h"

#include <string.h>

/* Is `text` one of the alternatives a|b|c between words and end? */
static bool
among(const char *text, const char *words, size_t len)
{
	size_t n = strlen(text);
	const char *end = words + len;

	while (words <= end) {
		const char *bar = memchr(words, '|', (size_t)(end - words));
		const char *stop = bar ? bar : end;
		if ((size_t)(stop - words) == n && memcmp(words, text, n) == 0)
			return true;
		words = stop + 1;
	}
	return false;
}

bool
reply_is(const struct reply_tokens *t, int i, const char *words)
{
	return i >= 0 && i < t->n && among(t->t[i].text, words, strlen(words));
}

int
reply_phrase(const struct reply_tokens *t, int i, const char *phrase)
{
	int taken = 0;

	while (*phrase) {
		size_t len = strcspn(phrase, " ");
		if (i < 0 || i + taken >= t->n || !among(t->t[i + taken].text, phrase, len))
			return 0;
		taken++;
		phrase += len;
		phrase += *phrase == ' ';
	}
	return taken;
}

int
reply_find(const struct reply_tokens *t, const char *phrase)
{
	for (int i = 0; i < t->n; i++) {
		if (reply_phrase(t, i, phrase))
			return i;
	}
	return -1;
}

int
reply_near(const struct reply_tokens *t, int first, int last, const char *words)
{
	for (int i = first; i <= last && i < t->n; i++) {
		if (i < 0)
			continue;
		if (t->t[i].kind == REPLY_PUNCT && strchr(".;!?\n", t->t[i].text[0]))
			return -1;
		if (reply_is(t, i, words))
			return i;
	}
	return -1;
}

static const struct {
	const char *word;
	int value;
} numbers[] = {
    {"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},        {"five", 5},
    {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},        {"ten", 10},
    {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14},   {"fifteen", 15},
    {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},   {"twenty", 20},
    {"thirty", 30},  {"forty", 40},     {"fifty", 50},    {"sixty", 60},      {"seventy", 70},
    {"eighty", 80},  {"ninety", 90},    {"hundred", 100}, {"thousand", 1000},
};

static int
number_word(const struct reply_tokens *t, int i)
{
	if (i >= t->n || t->t[i].kind != REPLY_WORD)
		return 0;
	for (size_t j = 0; j < sizeof numbers / sizeof numbers[0]; j++) {
		if (strcmp(numbers[j].word, t->t[i].text) == 0)
			return numbers[j].value;
	}
	return 0;
}

static int
plain_digits(const char *text)
{
	int value = 0;

	for (; *text; text++) {
		if (*text < '0' || *text > '9' || value > 999)
			return -1;
		value = value * 10 + (*text - '0');
	}
	return value;
}

int
reply_count(const struct reply_tokens *t, int i, int *taken)
{
	int total = 0, part = 0, n = 0, value;

	*taken = 1;
	if (i < t->n && t->t[i].kind == REPLY_NUMBER) {
		value = plain_digits(t->t[i].text);
		return value > 0 ? value : -1;
	}
	for (; (value = number_word(t, i + n)) > 0; n++) {
		if (value == 1000) {
			total += (part ? part : 1) * 1000;
			part = 0;
		} else if (value == 100) {
			part = (part ? part : 1) * 100;
		} else {
			part += value;
		}
		if (total + part > 9999)
			return -1;
	}
	*taken = n;
	return n > 0 ? total + part : -1;
}
