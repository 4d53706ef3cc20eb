#include "calendar_list.h"

#include "schedule/civil.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS_MAX = 20000, FIRST_YEAR = 1970, WORD_BITS = 64 };

static bool
year_slot(int year, size_t *word, uint64_t *bit)
{
	size_t words = sizeof((struct calendar_holidays *)0)->dated / sizeof(uint64_t);

	if (year < FIRST_YEAR || (size_t)(year - FIRST_YEAR) >= words * WORD_BITS)
		return false;
	*word = (size_t)(year - FIRST_YEAR) / WORD_BITS;
	*bit = UINT64_C(1) << ((year - FIRST_YEAR) % WORD_BITS);
	return true;
}

static int
make_room(struct calendar_holidays *h)
{
	if (h->n >= DAYS_MAX)
		return -E2BIG;
	if (h->n < h->room)
		return 0;
	size_t room = h->room == 0 ? 64 : h->room * 2;
	struct calendar_holiday *grown = realloc(h->days, room * sizeof *grown);
	if (grown == NULL)
		return -ENOMEM;
	h->days = grown;
	h->room = room;
	return 0;
}

int
calendar_list_add(struct calendar_holidays *h, int32_t day, const char *name, bool dated)
{
	int year, month, mday;
	size_t word;
	uint64_t bit;

	int r = make_room(h);
	if (r != 0)
		return r;
	struct calendar_holiday *new = &h->days[h->n++];
	new->day = day;
	snprintf(new->name, sizeof new->name, "%s", name);
	civil_date(day, &year, &month, &mday);
	if (year_slot(year, &word, &bit)) {
		if (dated)
			h->dated[word] |= bit;
		else
			h->ruled[word] |= bit;
	}
	return 0;
}

static int
by_day_and_name(const void *a, const void *b)
{
	const struct calendar_holiday *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return strcmp(x->name, y->name);
}

void
calendar_list_sort(struct calendar_holidays *h)
{
	size_t n = 0;

	if (h->n == 0)
		return;
	qsort(h->days, h->n, sizeof *h->days, by_day_and_name);
	for (size_t i = 1; i < h->n; i++)
		if (h->days[i].day != h->days[n].day)
			h->days[++n] = h->days[i];
	h->n = n + 1;
}

bool
calendar_holidays_cover(const struct calendar_holidays *h, int year)
{
	size_t words = sizeof h->dated / sizeof h->dated[0];
	size_t word;
	uint64_t bit;
	bool any_dated = false;

	if (!year_slot(year, &word, &bit))
		return false;
	for (size_t i = 0; i < words; i++)
		any_dated = any_dated || h->dated[i] != 0;
	return ((any_dated ? h->dated[word] : h->ruled[word]) & bit) != 0;
}

static int
by_day(const void *key, const void *entry)
{
	int32_t day = *(const int32_t *)key;
	int32_t other = ((const struct calendar_holiday *)entry)->day;

	return day < other ? -1 : day > other;
}

const char *
calendar_holiday_on(const struct calendar_holidays *h, int32_t day)
{
	if (h->n == 0)
		return NULL;
	const struct calendar_holiday *found =
	    bsearch(&day, h->days, h->n, sizeof *h->days, by_day);

	return found == NULL ? NULL : found->name;
}

void
calendar_holidays_clear(struct calendar_holidays *h)
{
	free(h->days);
	*h = (struct calendar_holidays){0};
}
