/* Numbers in figures and words, in the order a language says them. */
#include "reply_sense.h"

#include <stdlib.h>
#include <string.h>

#define HUGE_SUM 100000000000000LL /* hundredths */

/* Digits with separators: the last of . and , is the decimal point when one or two digits follow
 * it; parts thousands when three do. */
static bool
figures(const char *text, int64_t *hundredths, bool *plain)
{
	const char *point = NULL;
	int64_t whole = 0;
	size_t digits = strspn(text, "0123456789"), len = strlen(text), after = 0;
	int cents = 0;

	*plain = text[digits] == '\0' && digits <= 4;
	if (strspn(text, "0123456789.,") != len)
		return false;
	for (const char *p = text; *p != '\0'; p++)
		if (*p == '.' || *p == ',')
			point = p;
	if (point != NULL)
		after = len - (size_t)(point - text) - 1;
	if (after > 3)
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '.' || *p == ',')
			continue;
		if (point != NULL && p > point && after < 3)
			cents = cents * 10 + (*p - '0');
		else if (whole < HUGE_SUM / 100)
			whole = whole * 10 + (*p - '0');
	}
	*hundredths = whole * 100 + (after == 1 ? cents * 10 : cents);
	return whole < HUGE_SUM / 100;
}

bool
reply_parts(const char *text, int out[3], int *n, char *separator)
{
	*n = 0;
	*separator = '\0';
	while (*n < 3) {
		char *end;
		long value = strtol(text, &end, 10);

		if (end == text || value < 0 || value > 9999)
			return false;
		out[(*n)++] = (int)value;
		if (*end == '\0')
			return *n > 1;
		if (strchr("/-.", *end) == NULL || (*separator != '\0' && *end != *separator))
			return false;
		*separator = *end;
		text = end + 1;
	}
	return false;
}

/* ---- words ---- */

/* A number as it grows from left to right. */
struct sum {
	int64_t total; /* closed by a thousand or more */
	int64_t part;  /* what may still be multiplied by it */
	int64_t last;  /* what may still be multiplied by a hundred or less */
	int32_t unit;  /* the multiplier just used, 0: none */
	bool words, figures;
};

/* May `v` be added behind what stands: 20 + 5, but not 2 + 3. */
static bool
adds(int64_t have, int64_t v)
{
	int64_t power = 100;

	if (have == 0)
		return true;
	if (v % 100 != 0)
		return false;
	while (power <= v)
		power *= 10;
	if (v < 2000 && (have % 10000 == 6000 || have % 10000 == 8000))
		return true; /* soixante-quinze */
	return have % power == 0;
}

static void
multiply(struct sum *s, int32_t by)
{
	int64_t base;

	if (by < 1000) {
		s->last = (s->last != 0 ? s->last : 100) * by;
	} else {
		base = s->part + s->last;
		s->total += (base != 0 ? base : 100) * by;
		s->part = s->last = 0;
	}
	s->unit = by;
}

static bool
joined(const struct reply_view *v, int i)
{
	return i < v->t->n && v->t->t[i].brk == REPLY_JOINED;
}

/* May figures stand at token j? A second time only as in "2 lakh 50 hazaar" and 1万2. */
static bool
figures_fit(const struct reply_view *v, int j, const struct sum *s)
{
	if (v->t->t[j].kind != REPLY_NUMBER || s->words)
		return false;
	if (!s->figures)
		return true;
	return s->unit != 0 && (reply_view_has(v, j + 1, REPLY_SET_MULTIPLIERS, NULL) > 0 ||
				(v->lang->trailing_digit && v->t->t[j].text[1] == '\0'));
}

/* The number at token j that may carry on `s`: its tokens, or 0. */
static int
more(const struct reply_view *v, int j, struct sum *s)
{
	int64_t value;
	int32_t word;
	bool plain;
	int n = reply_view_has(v, j, REPLY_SET_NUMBERS, &word);

	if (n > 0) {
		/* "2 juta lima ratus ribu" and 1万二, but "1,5 juta tiga hari lagi" */
		if (!adds(s->part + s->last, word) || (s->figures && s->unit == 0))
			return 0;
		if (s->figures && !v->lang->trailing_digit &&
		    reply_view_has(v, j + n, REPLY_SET_MULTIPLIERS, NULL) == 0)
			return 0;
		s->part += s->last;
		s->last = word;
		s->words = true;
		return n;
	}
	if (!figures_fit(v, j, s) || !figures(v->t->t[j].text, &value, &plain) ||
	    !adds(s->part + s->last, value))
		return 0;
	s->part += s->last;
	s->last = value;
	s->figures = true;
	return 1;
}

/* A multiplier at token j: its tokens, or 0.  To begin a number it must be a word ("mil" and 十五,
 * not the k that is short for okay). */
static int
multiplier(const struct reply_view *v, int j, bool begins, int32_t *by)
{
	int n = reply_view_has(v, j, REPLY_SET_MULTIPLIERS, by);

	if (n == 0 || !begins || *by == 10)
		return n;
	return v->t->t[j].kind == REPLY_WORD && strlen(v->t->t[j].text) > 2 ? n : 0;
}

/* 三百五 is 350: the last figure is a tenth of the multiplier before it. */
static bool
trails(const struct reply_view *v, int j, const struct sum *s)
{
	return v->lang->trailing_digit && s->unit >= 100 && s->last > 0 && s->last < 1000 &&
	       reply_view_has(v, j, REPLY_SET_MULTIPLIERS, NULL) == 0;
}

/* Multipliers behind their number: two hundred thousand, 2 lakh 50 hazaar, 三万二. */
static int
after(const struct reply_view *v, int i, struct sum *s)
{
	int j = i, n;
	int32_t by;

	while (j < v->t->n && (j == i || joined(v, j)) && s->total + s->part < HUGE_SUM) {
		int skip = j > i ? reply_view_has(v, j, REPLY_SET_JOINERS, NULL) : 0;

		n = multiplier(v, j, j == i, &by);
		/* "tarehe 15 elfu mbili": the multiplier begins a number of its own */
		if (n > 0 && v->lang->multiplier_first && j > i && joined(v, j + n) &&
		    reply_view_has(v, j + n, REPLY_SET_NUMBERS, NULL) > 0)
			break;
		if (n > 0) {
			multiply(s, by);
			s->words |= j == i;
			j += n;
			continue;
		}
		if (skip > 0 && !joined(v, j + skip))
			break;
		n = more(v, j + skip, s);
		if (n == 0)
			break;
		j += skip + n;
		if (trails(v, j, s)) {
			s->last *= s->unit / 10;
			break;
		}
	}
	return j - i;
}

/* Multipliers before their number: elfu mbili mia tano, elfu kumi na tano. */
static int
before(const struct reply_view *v, int i, struct sum *s)
{
	int j = i, n;
	int32_t by, last = INT32_MAX;

	while (j < v->t->n && (j == i || joined(v, j))) {
		int skip = j > i ? reply_view_has(v, j, REPLY_SET_JOINERS, NULL) : 0;
		struct sum small = {.total = 0};
		int at = j + skip;

		n = at < v->t->n && (at == i || joined(v, at))
			? reply_view_has(v, at, REPLY_SET_MULTIPLIERS, &by)
			: 0;
		if (n == 0 || by >= last)
			break;
		at += n;
		last = by;
		for (int k = at; k < v->t->n && joined(v, k);) {
			int join = small.words ? reply_view_has(v, k, REPLY_SET_JOINERS, NULL) : 0;
			int took = joined(v, k + join) ? more(v, k + join, &small) : 0;
			if (took == 0)
				break;
			k += join + took;
			at = k;
		}
		s->total += (small.part + small.last != 0 ? small.part + small.last : 100) * by;
		s->words = true;
		j = at;
	}
	if (j == i)
		return 0;
	/* what is left is smaller than the last multiplier: mia tatu na hamsini */
	for (int skip = reply_view_has(v, j, REPLY_SET_JOINERS, NULL); joined(v, j + skip);) {
		struct sum small = {.total = 0};
		if ((n = more(v, j + skip, &small)) == 0 || small.last >= (int64_t)last * 100)
			break;
		s->part += small.last;
		j += skip + n;
		skip = reply_view_has(v, j, REPLY_SET_JOINERS, NULL);
	}
	return j - i;
}

/* "1 200": groups of three behind a space; behind any figure where the language writes so, and
 * three noughts everywhere. */
static int
groups(const struct reply_view *v, int i, int64_t *value)
{
	const struct reply_token *t = v->t->t;
	int n = 1;

	if (strlen(t[i].text) > 3 || strspn(t[i].text, "0123456789") != strlen(t[i].text))
		return 1;
	while (i + n < v->t->n && t[i + n].kind == REPLY_NUMBER && joined(v, i + n) &&
	       strlen(t[i + n].text) == 3 && strspn(t[i + n].text, "0123456789") == 3 &&
	       (v->lang->space_groups || strcmp(t[i + n].text, "000") == 0)) {
		*value = *value * 1000 + strtol(t[i + n].text, NULL, 10) * 100;
		n++;
	}
	return n;
}

static void
number(struct reply_view *v, int i)
{
	struct reply_number *out = &v->numbers[i];
	struct sum s = {.total = 0};
	int64_t value;
	int n = 0, taken;

	*out = (struct reply_number){.n = 0};
	if (v->t->t[i].kind == REPLY_NUMBER) {
		if (!figures(v->t->t[i].text, &value, &out->plain))
			return;
		taken = groups(v, i, &value);
		if (taken > 1) {
			*out = (struct reply_number){.hundredths = value, .n = (uint8_t)taken};
			return;
		}
	}
	if (v->lang->multiplier_first)
		n = before(v, i, &s);
	if (n == 0)
		n = after(v, i, &s);
	if (n == 0)
		return;
	out->hundredths = s.total + s.part + s.last;
	out->n = (uint8_t)n;
	out->words = s.words && !s.figures;
	out->plain &= n == 1;
}

void
reply_numbers(struct reply_view *v)
{
	for (int i = 0; i < v->t->n; i++)
		number(v, i);
}
