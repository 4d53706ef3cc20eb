/* Keys as dates, amounts and digits, and the fields they fill. */
#include "script_run_part.h"

#include <string.h>

/* --- days ----------------------------------------------------------------------------------- */

/* Civil days and dates of the proleptic Gregorian calendar, counted in years that begin in March,
 * so that the odd day comes last. */
static int32_t
day_of(int year, int month, int mday)
{
	int y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
	int of_era = y - era * 400,
	    of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + mday - 1;

	return (int32_t)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
			 719468);
}

static void
date_of(int32_t day, int *year, int *month, int *mday)
{
	int64_t z = (int64_t)day + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*mday = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

/* The day of that date when it exists, else SCRIPT_NO_DAY. */
static int32_t
real_day(int year, int month, int mday)
{
	int y, m, d;
	int32_t day;

	if (month < 1 || month > 12 || mday < 1 || mday > 31)
		return SCRIPT_NO_DAY;
	day = day_of(year, month, mday);
	date_of(day, &y, &m, &d);
	return d == mday ? day : SCRIPT_NO_DAY;
}

/* The next day, from today to `last`, that is the mday-th of its month. */
static int32_t
next_mday(int32_t today, int32_t last, int mday)
{
	for (int32_t day = today; day <= last; day++) {
		int y, m, d;

		date_of(day, &y, &m, &d);
		if (d == mday)
			return day;
	}
	return SCRIPT_NO_DAY;
}

/* Day and month, or month and day where only that lies in reach: this year or the next. */
static int32_t
day_and_month(int32_t today, int32_t last, int first, int second)
{
	int year, month, mday;

	date_of(today, &year, &month, &mday);
	for (int swap = 0; swap < 2; swap++)
		for (int y = year; y <= year + 1; y++) {
			int32_t day = real_day(y, swap ? first : second, swap ? second : first);

			if (day >= today && day <= last)
				return day;
		}
	return SCRIPT_NO_DAY;
}

/* --- what was typed ------------------------------------------------------------------------- */

static int64_t
number(const char *digits, int n)
{
	int64_t value = 0;

	for (int i = 0; i < n; i++)
		value = value * 10 + (digits[i] - '0');
	return value;
}

/* How many days a promise may lie ahead here. */
static int64_t
reach(const struct script_step *s, const struct script_facts *facts)
{
	int64_t ahead = facts->ahead < 0 ? 0 : facts->ahead > 366 ? 366 : facts->ahead;

	return s->max >= 0 && s->max < ahead ? s->max : ahead;
}

static bool
read_date(struct script_run *run, const struct script_step *s)
{
	int32_t today = run->facts.today, last = today + (int32_t)reach(s, &run->facts);
	const char *t = run->typed;

	if (run->n_typed <= 2)
		run->day = next_mday(today, last, (int)number(t, run->n_typed));
	else if (run->n_typed == 4)
		run->day = day_and_month(today, last, (int)number(t, 2), (int)number(t + 2, 2));
	if (s->min > 0 && run->day != SCRIPT_NO_DAY && run->day < today + s->min)
		run->day = SCRIPT_NO_DAY;
	return run->day != SCRIPT_NO_DAY;
}

static bool
read_days(struct script_run *run, const struct script_step *s)
{
	int64_t days = number(run->typed, run->n_typed);

	if (days > reach(s, &run->facts) || (s->min >= 0 && days < s->min))
		return false;
	run->day = run->facts.today + (int32_t)days;
	return true;
}

static bool
read_amount(struct script_run *run, const struct script_step *s)
{
	const char *point = memchr(run->typed, '*', (size_t)run->n_typed);
	int whole = point != NULL ? (int)(point - run->typed) : run->n_typed;
	int cents = point != NULL ? run->n_typed - whole - 1 : 0;
	int64_t minor, max = run->facts.amount_max;

	if (whole > 9 || cents > run->facts.digits)
		return false;
	minor = number(run->typed, whole);
	for (int i = 0; i < run->facts.digits; i++)
		minor = minor * 10 + (i < cents ? point[1 + i] - '0' : 0);
	if (s->max >= 0 && (max < 0 || s->max < max))
		max = s->max;
	if (minor < 1 || minor < s->min || (max >= 0 && minor > max))
		return false;
	run->amount = minor;
	return true;
}

static bool
read_digits(struct script_run *run, const struct script_step *s)
{
	int64_t value = number(run->typed, run->n_typed);

	if (run->n_typed < s->min_keys || (s->min >= 0 && value < s->min) ||
	    (s->max >= 0 && value > s->max))
		return false;
	memcpy(run->digits, run->typed, sizeof run->digits);
	return true;
}

bool
script_answer_read(struct script_run *run)
{
	const struct script_step *s = &run->script->steps[run->step];

	script_answer_clear(run, (enum script_gather)s->gather);
	switch ((enum script_gather)s->gather) {
	case SCRIPT_DATE: return read_date(run, s);
	case SCRIPT_DAYS: return read_days(run, s);
	case SCRIPT_AMOUNT: return read_amount(run, s);
	case SCRIPT_DIGITS: return read_digits(run, s);
	}
	return false;
}

void
script_answer_clear(struct script_run *run, enum script_gather gather)
{
	switch (gather) {
	case SCRIPT_DATE:
	case SCRIPT_DAYS: run->day = SCRIPT_NO_DAY; break;
	case SCRIPT_AMOUNT: run->amount = -1; break;
	case SCRIPT_DIGITS: run->digits[0] = '\0'; break;
	}
}

int
script_answer_keys(const struct script_step *step, const struct script_facts *facts)
{
	int n = step->max_keys;

	if (step->kind == SCRIPT_CHECK) { /* who has nothing to compare with is not told so */
		n = facts->check != NULL ? (int)strnlen(facts->check, SCRIPT_CHECK_KEYS) : 0;
		return n > 0 ? n : 4;
	}
	if (step->gather == SCRIPT_DATE)
		n = 4;
	else if (step->gather == SCRIPT_AMOUNT)
		n = facts->digits > 0 ? 10 + facts->digits : 9;
	return n < 1 ? 1 : n > SCRIPT_KEYS ? SCRIPT_KEYS : n;
}

/* --- fields --------------------------------------------------------------------------------- */

static const char *const fields[] = {"promise_date", "promise_amount", "digits"};

static int
field_index(const char *field, size_t len)
{
	for (int i = 0; i < 3; i++)
		if (strlen(fields[i]) == len && memcmp(fields[i], field, len) == 0)
			return i;
	return -1;
}

bool
script_field_of_call(const char *field, size_t len)
{
	return field_index(field, len) >= 0;
}

bool
script_run_value(const struct script_run *run, const char *field, size_t len,
		 struct script_value *out)
{
	*out = (struct script_value){.day = run->day, .amount = run->amount};
	memcpy(out->digits, run->digits, sizeof out->digits);
	switch (field_index(field, len)) {
	case 0: out->as = SCRIPT_AS_DATE; return run->day != SCRIPT_NO_DAY;
	case 1: out->as = SCRIPT_AS_AMOUNT; return run->amount >= 0;
	case 2: out->as = SCRIPT_AS_DIGITS; return run->digits[0] != '\0';
	default: return false;
	}
}
