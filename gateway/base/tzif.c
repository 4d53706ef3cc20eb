#include "tzif.h"

#include "schedule/civil.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEADER = 44,   /* RFC 8536 3.1 */
	TYPE_SIZE = 6, /* one local time type record */
	OFFSET_MAX = 26 * 3600,
	HOUR_MAX = 167, /* of a rule's time: 3.3.1 allows a week either way */
	DAY_S = 86400,
};

/* The counts of a header, RFC 8536 3.1. */
struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

struct cursor {
	const unsigned char *p, *end;
};

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t
be64(const unsigned char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool
read_header(struct cursor *c, struct counts *n, int *version)
{
	if (c->end - c->p < HEADER || memcmp(c->p, "TZif", 4) != 0)
		return false;
	*version = c->p[4];
	n->isut = be32(c->p + 20);
	n->isstd = be32(c->p + 24);
	n->leap = be32(c->p + 28);
	n->time = be32(c->p + 32);
	n->type = be32(c->p + 36);
	n->chars = be32(c->p + 40);
	c->p += HEADER;
	/* Keeps every product below far from wrapping; real files have some 200 transitions. */
	return n->time < 100000 && n->type > 0 && n->type <= 256 && n->chars < 100000 &&
	       n->leap < 100000 && n->isut <= n->type && n->isstd <= n->type;
}

static size_t
block_size(const struct counts *n, size_t time_size)
{
	return n->time * time_size + n->time + n->type * TYPE_SIZE + n->chars +
	       n->leap * (time_size + 4) + n->isstd + n->isut;
}

/* A growing list: equal offsets in a row are one. */
struct list {
	struct tzif t;
	size_t room;
	int32_t last;
	int64_t from, to; /* what is kept */
	bool failed;
};

static void
append(struct list *l, int64_t at, int32_t offset)
{
	if (at < l->from) {
		l->t.first_offset = offset;
		l->last = offset;
		return;
	}
	if (at >= l->to || offset == l->last || l->failed)
		return;
	if (l->t.n == l->room) {
		size_t room = l->room == 0 ? 64 : l->room * 2;
		int64_t *times = realloc(l->t.at, room * sizeof *times);
		if (times != NULL)
			l->t.at = times;
		int32_t *offsets = realloc(l->t.offset, room * sizeof *offsets);
		if (offsets != NULL)
			l->t.offset = offsets;
		if (times == NULL || offsets == NULL) {
			l->failed = true;
			return;
		}
		l->room = room;
	}
	l->t.at[l->t.n] = at;
	l->t.offset[l->t.n++] = offset;
	l->last = offset;
}

static bool
type_offset(const unsigned char *types, size_t count, size_t index, int32_t *offset)
{
	if (index >= count)
		return false;
	*offset = (int32_t)be32(types + index * TYPE_SIZE);
	return *offset >= -OFFSET_MAX && *offset <= OFFSET_MAX;
}

/* The transitions of the 64-bit block; *last_at is where the footer takes over. */
static bool
read_block(const unsigned char *p, const struct counts *n, struct list *l, int64_t *last_at)
{
	const unsigned char *indexes = p + n->time * 8;
	const unsigned char *types = indexes + n->time;
	int32_t offset;

	/* RFC 8536 3.2: before the first transition, type 0 holds. */
	if (!type_offset(types, n->type, 0, &offset))
		return false;
	l->t.first_offset = l->last = offset;
	*last_at = INT64_MIN;
	for (size_t i = 0; i < n->time; i++) {
		int64_t at = be64(p + i * 8);
		if ((i > 0 && at <= *last_at) || !type_offset(types, n->type, indexes[i], &offset))
			return false;
		append(l, at, offset);
		*last_at = at;
	}
	return true;
}

/* One end of summer time in a POSIX TZ string: Mm.w.d, Jn or n, at a time of the clock that is
 * going. */
struct rule {
	char form; /* 'M', 'J' or 'n' */
	int month, week, day;
	int32_t time;
};

struct posix {
	int32_t standard, summer; /* seconds east, unlike in the string */
	bool has_summer;
	struct rule begin, end;
};

static bool
take(struct cursor *c, char want)
{
	if (c->p == c->end || *c->p != want)
		return false;
	c->p++;
	return true;
}

static bool
number(struct cursor *c, int least, int most, int *value)
{
	int v = 0;
	const unsigned char *start = c->p;

	while (c->p < c->end && *c->p >= '0' && *c->p <= '9' && c->p - start < 4)
		v = v * 10 + (*c->p++ - '0');
	*value = v;
	return c->p > start && v >= least && v <= most;
}

/* [+|-]hh[:mm[:ss]] */
static bool
clock_time(struct cursor *c, int hour_max, int32_t *seconds)
{
	int h, m = 0, s = 0;
	bool negative = take(c, '-');

	if (!negative)
		(void)take(c, '+');
	if (!number(c, 0, hour_max, &h))
		return false;
	if (take(c, ':')) {
		if (!number(c, 0, 59, &m))
			return false;
		if (take(c, ':') && !number(c, 0, 59, &s))
			return false;
	}
	*seconds = (h * 3600 + m * 60 + s) * (negative ? -1 : 1);
	return true;
}

static bool
is_letter(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "PST" or "<+0330>" */
static bool
zone_name(struct cursor *c)
{
	const unsigned char *start = c->p;

	if (take(c, '<')) {
		while (c->p < c->end && *c->p != '>')
			c->p++;
		return take(c, '>');
	}
	while (c->p < c->end && is_letter(*c->p))
		c->p++;
	return c->p - start >= 3;
}

static bool
read_rule(struct cursor *c, struct rule *r)
{
	*r = (struct rule){.time = 2 * 3600};
	if (!take(c, ','))
		return false;
	if (take(c, 'M')) {
		r->form = 'M';
		if (!number(c, 1, 12, &r->month) || !take(c, '.') || !number(c, 1, 5, &r->week) ||
		    !take(c, '.') || !number(c, 0, 6, &r->day))
			return false;
	} else if (take(c, 'J')) {
		r->form = 'J';
		if (!number(c, 1, 365, &r->day))
			return false;
	} else {
		r->form = 'n';
		if (!number(c, 0, 365, &r->day))
			return false;
	}
	return !take(c, '/') || clock_time(c, HOUR_MAX, &r->time);
}

static bool
read_posix(struct cursor *c, struct posix *tz)
{
	int32_t west;

	*tz = (struct posix){0};
	if (!zone_name(c) || !clock_time(c, 24, &west))
		return false;
	tz->standard = -west;
	if (c->p == c->end)
		return true;
	tz->has_summer = true;
	tz->summer = tz->standard + 3600;
	if (!zone_name(c))
		return false;
	if (c->p < c->end && *c->p != ',') {
		if (!clock_time(c, 24, &west))
			return false;
		tz->summer = -west;
	}
	return read_rule(c, &tz->begin) && read_rule(c, &tz->end) && c->p == c->end;
}

static bool
is_leap(int year)
{
	return civil_month_days(year, 2) == 29;
}

static int32_t
rule_day(const struct rule *r, int year)
{
	int32_t first = civil_day(year, 1, 1);

	/* Jn never counts 29 February; n counts it, from 0. */
	if (r->form == 'J')
		return first + r->day - 1 + (is_leap(year) && r->day >= 60);
	if (r->form == 'n')
		return first + r->day;
	first = civil_day(year, r->month, 1);
	/* Rules count weekdays from Sunday, civil_weekday() from Monday. */
	int weekday = (civil_weekday(first) + 1) % 7;
	int day = (r->day - weekday + 7) % 7 + (r->week - 1) * 7;
	while (day >= civil_month_days(year, r->month))
		day -= 7;
	return first + day;
}

static int64_t
rule_instant(const struct rule *r, int year, int32_t offset_before)
{
	return (int64_t)rule_day(r, year) * DAY_S + r->time - offset_before;
}

struct change {
	int64_t at;
	int32_t offset;
	bool begins; /* summer time */
};

static int
by_time(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->begins - y->begins;
}

/* Adds what the footer says after the last transition of the data. */
static bool
expand(const struct posix *tz, int64_t after, int from, int to, struct list *l)
{
	if (!tz->has_summer) {
		/* Such a footer repeats what the data end with; zones without any data live by it
		 * alone. */
		if (after == INT64_MIN)
			l->t.first_offset = l->last = tz->standard;
		return true;
	}
	size_t n = 0;
	struct change *changes = calloc((size_t)(to - from + 3) * 2, sizeof *changes);
	if (changes == NULL)
		return false;
	/* A year more on either side: a rule's time may lie a week outside its year. */
	for (int year = from - 1; year <= to + 1; year++) {
		changes[n++] =
		    (struct change){rule_instant(&tz->begin, year, tz->standard), tz->summer, true};
		changes[n++] =
		    (struct change){rule_instant(&tz->end, year, tz->summer), tz->standard, false};
	}
	qsort(changes, n, sizeof *changes, by_time);
	for (size_t i = 0; i < n; i++) {
		/* Summer that never ends (3.3.1) meets its own beginning: the end counts for
		 * nothing. */
		if (i + 1 < n && changes[i + 1].at == changes[i].at)
			continue;
		if (changes[i].at > after)
			append(l, changes[i].at, changes[i].offset);
	}
	free(changes);
	return true;
}

static int
read_all(struct cursor c, int from, int to, struct list *l)
{
	struct counts n;
	struct posix tz;
	int version;
	int64_t last_at;

	if (!read_header(&c, &n, &version) || version < '2')
		return -EINVAL;
	if ((size_t)(c.end - c.p) < block_size(&n, 4))
		return -EINVAL;
	c.p += block_size(&n, 4);
	if (!read_header(&c, &n, &version) || (size_t)(c.end - c.p) < block_size(&n, 8))
		return -EINVAL;
	/* Files with leap seconds ("right/") count other seconds than ours. */
	if (n.leap > 0 || !read_block(c.p, &n, l, &last_at))
		return -EINVAL;
	c.p += block_size(&n, 8);
	if (!take(&c, '\n'))
		return -EINVAL;
	const unsigned char *newline = memchr(c.p, '\n', (size_t)(c.end - c.p));
	if (newline == NULL)
		return -EINVAL;
	c.end = newline;
	/* An empty footer knows nothing of the future: what holds last goes on. */
	if (c.p == c.end)
		return 0;
	if (!read_posix(&c, &tz))
		return -EINVAL;
	return expand(&tz, last_at, from, to, l) ? 0 : -ENOMEM;
}

int
tzif_parse(const void *data, size_t len, int from, int to, struct tzif *out)
{
	const unsigned char *p = data;
	struct list l = {.from = (int64_t)civil_day(from, 1, 1) * DAY_S,
			 .to = (int64_t)civil_day(to + 1, 1, 1) * DAY_S};

	assert(from >= 2 && from <= to && to <= 9000);
	int r = read_all((struct cursor){p, p + len}, from, to, &l);
	if (r == 0 && l.failed)
		r = -ENOMEM;
	if (r != 0) {
		tzif_free(&l.t);
		return r;
	}
	*out = l.t;
	return 0;
}

void
tzif_free(struct tzif *t)
{
	free(t->at);
	free(t->offset);
	*t = (struct tzif){0};
}
