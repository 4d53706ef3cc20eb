/* spoken_date.c - a day in words: weekday, day and month as the language orders them */
#include "spoken_part.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/ustring.h>

#define FIRST_DAY (-719162) /* 0001-01-01 */
#define LAST_DAY  2932896   /* 9999-12-31 */

static int
load_names(struct spoken *s, const UDateFormat *icu, UDateFormatSymbolType type, int first, int n,
	   char names[][SPOKEN_NAME])
{
	for (int i = 0; i < n; i++) {
		UErrorCode status = U_ZERO_ERROR;
		UChar text[SPOKEN_ICU];
		int32_t len = udat_getSymbols(icu, type, first + i, text, SPOKEN_ICU, &status);
		struct speech o = speech_begin(names[i], SPOKEN_NAME);
		speech_fail(&o, spoken_icu_error(status));
		if (U_SUCCESS(status))
			say_icu(s, &o, text, len, false);
		int err = speech_end(&o);
		if (err != 0)
			return err == -ENOBUFS ? -EIO : err;
	}
	return 0;
}

/* One run of a pattern letter (UTS 35 part 4, "Date Field Symbol Table") as ours. */
static const char *
field_of(UChar letter, int32_t width)
{
	switch (letter) {
	case 'E':
	case 'c': return "E";
	case 'M':
	case 'L': return width < 3 ? "m" : "M";
	case 'd': return "d";
	default: return NULL;
	}
}

/* ICU's pattern in our letters: what stands between the fields becomes words of its own. */
static int
read_pattern(struct spoken *s, const UChar *p, int32_t n)
{
	struct speech o = speech_begin(s->date, sizeof s->date);
	bool quoted = false;
	int32_t start = 0;
	for (int32_t i = 0; i < n && o.err == 0;) {
		int32_t run = 1;
		bool letter = (p[i] >= 'a' && p[i] <= 'z') || (p[i] >= 'A' && p[i] <= 'Z');
		if (p[i] == '\'' || (letter && !quoted)) {
			if (i > start)
				say_icu(s, &o, p + start, i - start, false);
			while (letter && i + run < n && p[i + run] == p[i])
				run++;
			if (letter && field_of(p[i], run) == NULL)
				return -EIO;
			if (letter)
				say_words(&o, field_of(p[i], run));
			else
				quoted = !quoted;
			start = i + run;
		}
		i += run;
	}
	if (start < n)
		say_icu(s, &o, p + start, n - start, false);
	return speech_end(&o);
}

static int
load_pattern(struct spoken *s)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar skeleton[16], pattern[SPOKEN_ICU];
	if (s->tongue->date != NULL) {
		snprintf(s->date, sizeof s->date, "%s", s->tongue->date);
		return 0;
	}
	UDateTimePatternGenerator *icu = udatpg_open(s->locale, &status);
	int32_t n = 0;
	if (U_SUCCESS(status))
		n = udatpg_getBestPattern(icu, u_uastrcpy(skeleton, "EEEEdMMMM"), 9, pattern,
					  SPOKEN_ICU, &status);
	udatpg_close(icu);
	int err = spoken_icu_error(status);
	return err != 0 ? err : read_pattern(s, pattern, n);
}

int
spoken_load_dates(struct spoken *s)
{
	UErrorCode status = U_ZERO_ERROR;
	UDateFormat *icu = udat_open(UDAT_NONE, UDAT_FULL, s->locale, NULL, 0, NULL, 0, &status);
	int err = spoken_icu_error(status);
	if (err == 0) /* ICU counts weekdays from 1 */
		err = load_names(s, icu, UDAT_STANDALONE_WEEKDAYS, 1, 7, s->weekdays);
	if (err == 0) /* in the form they have beside a day: Slavic languages inflect it */
		err = load_names(s, icu, UDAT_MONTHS, 0, 12, s->months);
	udat_close(icu);
	return err != 0 ? err : load_pattern(s);
}

struct date {
	int month; /* 1..12 */
	int day;
	int weekday; /* 0 Sunday */
};

/* Years are counted from March, so that the leap day is a year's last. */
static struct date
date_of(int32_t day)
{
	int days = day + 719468; /* from 0000-03-01, a Wednesday */
	int of_era = days % 146097;
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year + year / 4 - year / 100);
	int month = (5 * of_year + 2) / 153; /* 0 is March */
	return (struct date){
	    .day = of_year - (153 * month + 2) / 5 + 1,
	    .month = month < 10 ? month + 3 : month - 9,
	    .weekday = (days + 3) % 7,
	};
}

static void
say_ordinal(struct spoken *s, struct speech *o, int day)
{
	if (s->tongue->days != NULL)
		say_words(o, s->tongue->days[day - 1]);
	else
		say_number(s, o, day, s->tongue->ordinal);
}

static void
say_field(struct spoken *s, struct speech *o, char field, const struct date *d)
{
	switch (field) {
	case 'E': say_words(o, s->weekdays[d->weekday]); break;
	case 'M': say_words(o, s->months[d->month - 1]); break;
	case 'm': say_number(s, o, d->month, NULL); break;
	case 'o': say_ordinal(s, o, d->day); break;
	case 'f':
		if (d->day == 1)
			say_ordinal(s, o, d->day);
		else
			say_number(s, o, d->day, NULL);
		break;
	default: say_number(s, o, d->day, NULL); break;
	}
}

int
spoken_date(struct spoken *s, int32_t day, char *buf, size_t cap)
{
	struct speech o = speech_begin(buf, cap);
	if (day < FIRST_DAY || day > LAST_DAY) {
		speech_fail(&o, -ERANGE);
		return speech_end(&o);
	}
	struct date d = date_of(day);
	for (const char *p = s->date; *p != '\0' && o.err == 0;) {
		size_t n = strcspn(p, " ");
		if (n == 1 && strchr("EMmdof", *p) != NULL)
			say_field(s, &o, *p, &d);
		else
			say_word_n(&o, p, n);
		p += n + (p[n] == ' ');
	}
	return speech_end(&o);
}
