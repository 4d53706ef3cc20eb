#include "report.h"

#include "gateway/base/money.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_VALUE INT64_MAX /* a number that is not known */
#define FIRST    64        /* slots; a power of two */

/* One address: groups are found by it. */
static const char none[] = "(none)";

static const char *const words[] = {"campaign", "step",    "template", "language", "hour",
				    "weekday",  "day",     "month",    "route",    "bucket",
				    "class",    "product", "segment",  "risk",     NULL};

_Static_assert(sizeof words / sizeof *words == REPORT_BYS, "a word for each, but for the total");

const char *
report_by_word(enum report_by by)
{
	return by == REPORT_TOTAL ? "total" : words[by - 1];
}

enum report_by
report_by_parse(const char *word)
{
	for (int i = REPORT_TOTAL; i < REPORT_BYS; i++)
		if (strcmp(word, report_by_word((enum report_by)i)) == 0)
			return (enum report_by)i;
	return REPORT_BYS;
}

const char *const *
report_by_words(void)
{
	return words;
}

/* ---- the group of a text ---- */

/* Texts outside campaigns have no campaign and no step, and are told apart by what they are. */
static const char *
outside(const struct report_text *t)
{
	static const char *const names[][2] = {
	    {"answer", "(answer)"}, {"manual", "(manual)"}, {"alert", "(alert)"}};

	for (size_t i = 0; t->class != NULL && i < sizeof names / sizeof *names; i++)
		if (strcmp(t->class, names[i][0]) == 0)
			return names[i][1];
	return none;
}

static const char *
word_of(enum report_by by, const struct report_text *t)
{
	const char *word = NULL;

	switch (by) {
	case REPORT_CAMPAIGN: return t->campaign != NULL ? t->campaign : outside(t);
	case REPORT_STEP: return t->step != NULL ? t->step : outside(t);
	case REPORT_TEMPLATE: return t->template != NULL ? t->template : outside(t);
	case REPORT_LANGUAGE: word = t->language; break;
	case REPORT_ROUTE: word = t->route; break;
	case REPORT_CLASS: word = t->class; break;
	case REPORT_PRODUCT: word = t->product; break;
	case REPORT_SEGMENT: word = t->segment; break;
	case REPORT_RISK: word = t->risk; break;
	default: return "all";
	}
	return word != NULL && word[0] != '\0' ? word : none;
}

static int64_t
number_of(enum report_by by, const struct report_text *t)
{
	int year, month, mday;

	switch (by) {
	case REPORT_HOUR: return t->local.second / 3600;
	case REPORT_WEEKDAY: return civil_weekday(t->local.day);
	case REPORT_DAY: return t->local.day;
	case REPORT_MONTH: civil_date(t->local.day, &year, &month, &mday); return year * 12 + month;
	case REPORT_BUCKET: return t->has_dpd ? t->bucket : NO_VALUE;
	default: return NO_VALUE;
	}
}

static bool
by_number(enum report_by by)
{
	return by == REPORT_HOUR || by == REPORT_WEEKDAY || by == REPORT_DAY ||
	       by == REPORT_MONTH || by == REPORT_BUCKET;
}

/* ---- rows ---- */

static size_t
slot_of(const struct report_table *t, uint64_t key)
{
	uint64_t h = (key ^ key >> 29) * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(h >> 32) & (t->slots - 1);

	while (t->slot[i] != 0 && t->row[t->slot[i] - 1].key != key)
		i = (i + 1) & (t->slots - 1);
	return i;
}

static int
grow(struct report_table *t)
{
	size_t slots = t->slots == 0 ? FIRST : t->slots * 2;
	struct report_row *row;
	uint32_t *slot;

	if (t->n < t->cap)
		return 0;
	if ((row = realloc(t->row, slots / 2 * sizeof *row)) == NULL)
		return -ENOMEM;
	t->row = row;
	if ((slot = calloc(slots, sizeof *slot)) == NULL)
		return -ENOMEM;
	free(t->slot);
	t->slot = slot;
	t->slots = slots;
	t->cap = slots / 2;
	for (size_t i = 0; i < t->n; i++)
		t->slot[slot_of(t, t->row[i].key)] = (uint32_t)(i + 1);
	return 0;
}

static struct report_row *
row_of(struct report_table *t, const struct report_text *text)
{
	const char *word = by_number(t->by) ? NULL : word_of(t->by, text);
	uint64_t key = word != NULL ? (uint64_t)(uintptr_t)word : (uint64_t)number_of(t->by, text);
	size_t at;

	if (grow(t) != 0)
		return NULL;
	at = slot_of(t, key);
	if (t->slot[at] == 0) {
		t->row[t->n++] = (struct report_row){.key = key, .word = word};
		t->slot[at] = (uint32_t)t->n;
	}
	return &t->row[t->slot[at] - 1];
}

int
report_add(struct report_table *t, const struct report_text *text)
{
	struct report_row *r;

	if (!text->earns && (t->by == REPORT_HOUR || t->by == REPORT_WEEKDAY))
		return 0; /* they go when somebody has written */
	if ((r = row_of(t, text)) == NULL)
		return -ENOMEM;
	r->texts += text->over == 0;
	r->calls += text->over != 0;
	r->delivered += text->fate == REPORT_DELIVERED;
	r->failed += text->fate == REPORT_FAILED;
	r->expired += text->fate == REPORT_EXPIRED;
	r->unknown += text->fate == REPORT_UNKNOWN;
	r->replied += text->replied;
	r->promised += text->promised;
	r->kept += text->kept;
	r->cured_3 += text->cured_3;
	r->cured_7 += text->cured_7;
	r->opted_out += text->opted_out;
	r->wrong_numbers += text->wrong_numbers;
	if (!text->accepted)
		return 0;
	r->sent++;
	r->asking += text->earns;
	r->segments += text->segments;
	if (text->price >= 0)
		r->micro += text->price;
	else
		r->unpriced++;
	return 0;
}

void
report_clear(struct report_table *t)
{
	free(t->row);
	free(t->slot);
	*t = (struct report_table){.by = t->by};
}

/* ---- order and forms ---- */

static int
compare_words(const char *a, const char *b)
{
	bool last_a = a[0] == '(', last_b = b[0] == '(';

	return last_a != last_b ? last_a - last_b : strcmp(a, b);
}

/* "-3/sms" before "+1/sms" before "+10/sms". */
static int
compare_steps(const char *a, const char *b)
{
	long p = strtol(a, NULL, 10), q = strtol(b, NULL, 10);

	if ((a[0] == '(') != (b[0] == '(') || p == q)
		return compare_words(a, b);
	return p < q ? -1 : 1;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct report_row *r = a, *s = b;

	if (r->word != NULL)
		return compare_words(r->word, s->word);
	return (int64_t)r->key < (int64_t)s->key ? -1 : (int64_t)r->key > (int64_t)s->key;
}

static int
compare_step_rows(const void *a, const void *b)
{
	return compare_steps(((const struct report_row *)a)->word,
			     ((const struct report_row *)b)->word);
}

void
report_sort(struct report_table *t)
{
	if (t->n > 1)
		qsort(t->row, t->n, sizeof *t->row,
		      t->by == REPORT_STEP ? compare_step_rows : compare_rows);
	for (size_t i = 0; i < t->slots; i++)
		t->slot[i] = 0;
	for (size_t i = 0; i < t->n; i++)
		t->slot[slot_of(t, t->row[i].key)] = (uint32_t)(i + 1);
}

const char *
report_value(const struct report_table *t, const struct report_row *r, char out[REPORT_VALUE])
{
	static const char weekdays[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	int64_t n = (int64_t)r->key;

	if (r->word != NULL || n == NO_VALUE) {
		snprintf(out, REPORT_VALUE, "%s", r->word != NULL ? r->word : none);
		return out;
	}
	switch (t->by) {
	case REPORT_HOUR: snprintf(out, REPORT_VALUE, "%02d", (int)n); break;
	case REPORT_WEEKDAY: snprintf(out, REPORT_VALUE, "%s", weekdays[n]); break;
	case REPORT_DAY: civil_format_date((int32_t)n, out); break;
	case REPORT_MONTH:
		snprintf(out, REPORT_VALUE, "%04d-%02d", (int)((n - 1) / 12),
			 (int)((n - 1) % 12 + 1));
		break;
	default: snprintf(out, REPORT_VALUE, "M%d", (int)n);
	}
	return out;
}

/* ---- figures ---- */

bool
report_cost(const struct report_row *r, int digits, int64_t *minor)
{
	*minor = money_price_round(r->micro, digits);
	/* Nobody tells us what a call costs. */
	return r->unpriced == 0 && (r->sent > 0 || r->calls == 0);
}

bool
report_cost_per_cure(const struct report_row *r, int digits, int64_t *minor)
{
	static const int64_t ten[] = {1, 10, 100, 1000, 10000};
	int64_t unit = MONEY_MICRO / ten[digits];

	*minor = 0;
	if (!report_cost(r, digits, minor) || r->cured_7 == 0)
		return false;
	/* Divided and rounded at once; a half goes up. */
	*minor = (2 * r->micro + unit * r->cured_7) / (2 * unit * r->cured_7);
	return true;
}

static bool
better(const struct report_row *a, const struct report_row *b)
{
	int64_t replied = a->replied * b->asking - b->replied * a->asking;

	if (replied != 0)
		return replied > 0;
	return a->delivered * b->sent > b->delivered * a->sent;
}

const struct report_row *
report_best(const struct report_table *t, int64_t least)
{
	const struct report_row *best = NULL;

	for (size_t i = 0; i < t->n; i++)
		if (t->row[i].sent >= least && t->row[i].sent > 0 &&
		    (best == NULL || better(&t->row[i], best)))
			best = &t->row[i];
	return best;
}
