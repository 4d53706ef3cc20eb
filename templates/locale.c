/* locale.c - amounts, numbers and dates put together from a locale's forms; no ICU here */
#include "locale_forms.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A text under construction. Once something did not fit nothing more is added. */
struct out {
	char *buf;
	size_t cap;
	size_t len;
	bool full;
};

static struct out
begin(char *buf, size_t cap)
{
	assert(buf != NULL && cap > 0);
	return (struct out){.buf = buf, .cap = cap};
}

static void
put_n(struct out *o, const char *s, size_t n)
{
	if (o->full || n >= o->cap - o->len) {
		o->full = true;
		return;
	}
	memcpy(o->buf + o->len, s, n);
	o->len += n;
}

static void
put(struct out *o, const char *s)
{
	put_n(o, s, strlen(s));
}

static int
finish(struct out *o)
{
	o->buf[o->full ? 0 : o->len] = '\0';
	return o->full ? -ENOBUFS : 0;
}

static int
refuse(char *buf, int err)
{
	buf[0] = '\0';
	return err;
}

/* Decimal digits, at least `width` of them; returns how many. `digits` holds 20, the most a
 * 64-bit number has. */
static int
digits_of(uint64_t n, int width, char digits[static 20])
{
	char reversed[20];
	int len = 0;
	do
		reversed[len++] = (char)('0' + n % 10);
	while ((n /= 10) != 0);
	while (len < width)
		reversed[len++] = '0';
	for (int i = 0; i < len; i++)
		digits[i] = reversed[len - 1 - i];
	return len;
}

/* The magnitude of any int64_t, INT64_MIN included. */
static uint64_t
magnitude(int64_t n)
{
	return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

static void
put_grouped(struct out *o, const struct number_form *f, const char *digits, int n)
{
	for (int i = 0; i < n; i++) {
		int left = n - i - f->primary;
		if (f->primary > 0 && i > 0 && left >= 0 && left % f->secondary == 0)
			put(o, f->group);
		put_n(o, digits + i, 1);
	}
}

static bool
is_currency(const char *code)
{
	int n = 0;
	while (code[n] >= 'A' && code[n] <= 'Z')
		n++;
	return n == 3 && code[n] == '\0';
}

int
locale_money(const struct locale *l, int64_t minor, int digits, const char *currency, char *buf,
	     size_t cap)
{
	assert(l != NULL && digits >= 0 && digits <= 4);
	struct out o = begin(buf, cap);
	const struct money_form *f = &l->money;
	if (!is_currency(currency))
		return refuse(buf, -EINVAL);
	char number[20];
	int n = digits_of(magnitude(minor), digits + 1, number);
	if (minor < 0 && f->minus == MINUS_FIRST)
		put(&o, "-");
	if (f->code_first) {
		put(&o, currency);
		put(&o, " ");
	}
	if (minor < 0 && f->minus == MINUS_BEFORE_DIGITS)
		put(&o, "-");
	put_grouped(&o, &f->number, number, n - digits);
	if (digits > 0) {
		put(&o, f->decimal);
		put_n(&o, number + n - digits, (size_t)digits);
	}
	if (minor < 0 && f->minus == MINUS_LAST)
		put(&o, "-");
	if (!f->code_first) {
		put(&o, " ");
		put(&o, currency);
	}
	return finish(&o);
}

int
locale_count(const struct locale *l, int64_t n, char *buf, size_t cap)
{
	assert(l != NULL);
	struct out o = begin(buf, cap);
	char digits[20];
	int len = digits_of(magnitude(n), 1, digits);
	if (n < 0)
		put(&o, "-");
	put_grouped(&o, &l->count, digits, len);
	return finish(&o);
}

struct date {
	int year;
	int month; /* 1..12 */
	int day;
	int weekday; /* 0 Sunday */
};

#define FIRST_DAY (-719162) /* 0001-01-01 */
#define LAST_DAY  2932896   /* 9999-12-31 */

/* Years are counted from March, so that the leap day is a year's last. */
static struct date
date_of(int32_t day)
{
	int days = day + 719468; /* from 0000-03-01; positive for all days that are allowed */
	int era = days / 146097, of_era = days % 146097;
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year + year / 4 - year / 100);
	int month = (5 * of_year + 2) / 153; /* 0 is March */
	struct date d = {.day = of_year - (153 * month + 2) / 5 + 1};
	d.month = month < 10 ? month + 3 : month - 9;
	d.year = era * 400 + year + (d.month <= 2);
	/* 1970-01-01 was a Thursday, and 0000-03-01 a Wednesday. */
	d.weekday = (days + 3) % 7;
	return d;
}

static void
put_number(struct out *o, int n, int width)
{
	char digits[20];
	put_n(o, digits, (size_t)digits_of((uint64_t)n, width, digits));
}

int
locale_date(const struct locale *l, int32_t day, enum locale_date_style style, char *buf,
	    size_t cap)
{
	assert(l != NULL && (style == LOCALE_DATE_NORMAL || style == LOCALE_DATE_SHORT));
	struct out o = begin(buf, cap);
	if (day < FIRST_DAY || day > LAST_DAY)
		return refuse(buf, -ERANGE);
	const struct date_form *f = &l->dates[style];
	struct date d = date_of(day);
	for (int i = 0; i < f->n; i++) {
		const struct piece *p = &f->pieces[i];
		switch (p->kind) {
		case PIECE_LITERAL: put(&o, p->text); break;
		case PIECE_DAY: put_number(&o, d.day, p->width); break;
		case PIECE_MONTH: put_number(&o, d.month, p->width); break;
		case PIECE_MONTH_NAME: put(&o, f->months[d.month - 1]); break;
		case PIECE_YEAR: put_number(&o, d.year, p->width); break;
		case PIECE_WEEKDAY: put(&o, f->weekdays[d.weekday]); break;
		}
	}
	return finish(&o);
}

int
locale_open(struct locale **out, const char *language)
{
	assert(out != NULL && language != NULL);
	*out = NULL;
	struct locale *l = calloc(1, sizeof *l);
	if (l == NULL)
		return -ENOMEM;
	int err = locale_load(l, language);
	if (err != 0) {
		free(l);
		return err;
	}
	*out = l;
	return 0;
}

void
locale_close(struct locale *l)
{
	free(l);
}
