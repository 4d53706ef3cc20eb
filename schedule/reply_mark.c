/* Where patterns fit: flat sequences tried from the sets that begin at each token. */
#include "reply_sense.h"

#include <string.h>

struct fit {
	const struct reply_desk *d;
	const struct reply_view *v;
	const struct reply_element *e;
	int n; /* elements */
	struct reply_mark *m;
};

static int
names(const struct fit *f, int i)
{
	const struct reply_token *t = &f->d->t.t[i];
	int n = reply_view_has(f->v, i, REPLY_SET_NAMES, NULL);

	if (n > 0)
		return n;
	for (int k = 0; k < f->d->n_views; k++)
		if (f->d->views[k].n_ids[i] > 0)
			return 0;
	return t->kind == REPLY_WORD && t->capital && t->brk == REPLY_JOINED && !f->d->t.shout;
}

/* A whole number from..to in figures or words at token i: its tokens, or 0. */
static int
whole(const struct fit *f, int i, bool figures, int from, int to, int32_t *value)
{
	const struct reply_number *n = &f->v->numbers[i];
	int taken = reply_view_has(f->v, i, REPLY_SET_ORDINALS, value);

	if (taken > 0 && from > 0 && *value >= from && *value <= to)
		return taken;
	if (n->n == 0 || (figures && !n->plain) || (!n->plain && !n->words))
		return 0;
	if (n->hundredths % 100 != 0 || n->hundredths < from * 100 || n->hundredths > to * 100)
		return 0;
	*value = (int32_t)(n->hundredths / 100);
	return n->n;
}

/* How many tokens a place takes at token i, 0 when it does not fit; what it holds is noted. */
static int
place(const struct fit *f, uint16_t set, int i)
{
	int32_t value = 0;
	int n;

	switch (set) {
	case REPLY_SET_N: n = whole(f, i, false, 0, 999, &f->m->n); return n;
	case REPLY_SET_DAY: return whole(f, i, false, 1, 31, &f->m->day);
	case REPLY_SET_FIGURE: return whole(f, i, true, 1, 31, &f->m->day);
	case REPLY_SET_MON: return whole(f, i, false, 1, 12, &f->m->mon);
	case REPLY_SET_DATE: return reply_date_at(f->d, i);
	case REPLY_SET_AMOUNT: return reply_sum_at(f->d, i);
	case REPLY_SET_NAME: return names(f, i);
	case REPLY_SET_WORD: return f->d->t.t[i].kind == REPLY_WORD;
	case REPLY_SET_WEEKDAYS:
		n = reply_view_has(f->v, i, set, &value);
		f->m->weekday = n > 0 ? value : f->m->weekday;
		return n;
	case REPLY_SET_MONTHS:
		n = reply_view_has(f->v, i, set, &value);
		f->m->month = n > 0 ? value : f->m->month;
		return n;
	default: return reply_view_has(f->v, i, set, NULL);
	}
}

static int rest(struct fit *f, int k, int i, int from);

/* A set at element k: its longest phrase first, then shorter ones. */
static int
at_set(struct fit *f, int k, int i, int from)
{
	const struct reply_view *v = f->v;
	uint16_t set = f->e[k].arg;
	int longest, end;

	if (i >= v->t->n || (i > from && v->t->t[i].brk != REPLY_JOINED))
		return -1;
	longest = place(f, set, i);
	if (longest == 0)
		return -1;
	if ((end = rest(f, k + 1, i + longest, from)) >= 0)
		return end;
	for (int h = v->first_hit[i]; h < v->first_hit[i + 1]; h++) {
		if (v->hits[h].set != set || v->hits[h].n == longest)
			continue;
		if ((end = rest(f, k + 1, i + v->hits[h].n, from)) >= 0)
			return end;
	}
	return -1;
}

/* The fewest words that let the rest fit; two Chinese characters are about one word. */
static int
at_gap(struct fit *f, int k, int i, int from)
{
	int room = f->e[k].arg * 2;

	for (int j = i;; j++) {
		int end = rest(f, k + 1, j, from);
		if (end >= 0)
			return end;
		if (j >= f->v->t->n || (j > from && f->v->t->t[j].brk != REPLY_JOINED))
			return -1;
		room -= f->v->t->t[j].kind == REPLY_HAN ? 1 : 2;
		if (room < 0)
			return -1;
	}
}

/* As few phrases of the set as let the rest fit. */
static int
at_run(struct fit *f, int k, int i, int from)
{
	for (;;) {
		int n, end = rest(f, k + 1, i, from);

		if (end >= 0)
			return end;
		if (i >= f->v->t->n || (i > from && f->v->t->t[i].brk != REPLY_JOINED))
			return -1;
		n = place(f, f->e[k].arg, i);
		if (n == 0)
			return -1;
		i += n;
	}
}

/* Do the elements k..k+n fit at token i? */
static bool
fits(const struct fit *f, int k, int n, int i, int from)
{
	struct reply_mark none = *f->m;
	struct fit part = {f->d, f->v, f->e, k + n, &none};

	return rest(&part, k, i, from) >= 0;
}

/* Do the elements from k on fit at token i?  The token behind the last, or -1. */
static int
rest(struct fit *f, int k, int i, int from)
{
	const struct reply_desk *d = f->d;

	if (k == f->n)
		return i;
	switch (f->e[k].kind) {
	case REPLY_AT_SET: return at_set(f, k, i, from);
	case REPLY_AT_GAP: return at_gap(f, k, i, from);
	case REPLY_AT_FROM: f->m->first = (int16_t)i; return rest(f, k + 1, i, from);
	case REPLY_AT_TO: f->m->last = (int16_t)(i - 1); return rest(f, k + 1, i, from);
	case REPLY_AT_RUN: return at_run(f, k, i, from);
	case REPLY_AT_BEGIN: return i < d->t.n && i <= d->begin[i] ? rest(f, k + 1, i, from) : -1;
	case REPLY_AT_END: return i > 0 && i >= d->end[i - 1] ? rest(f, k + 1, i, from) : -1;
	case REPLY_AT_UNLESS:
		return fits(f, k + 1, f->e[k].arg, i, from) ? -1
							    : rest(f, k + 1 + f->e[k].arg, i, from);
	default:
		if (i < d->t.n && (i == from || d->t.t[i].brk == REPLY_JOINED) &&
		    place(f, f->e[k].arg, i) > 0)
			return -1;
		return rest(f, k + 1, i, from);
	}
}

static void
add(struct reply_desk *d, const struct reply_mark *m)
{
	for (int i = d->marks.n - 1; i >= 0; i--) {
		struct reply_mark *have = &d->marks.m[i];
		if (have->class == m->class && have->first == m->first && have->last == m->last &&
		    have->value == m->value)
			return;
	}
	if (d->marks.n < REPLY_MARKS)
		d->marks.m[d->marks.n++] = *m;
}

/* Every sequence of the classes that is listed under `set`, at token i. */
static void
try_set(struct reply_desk *d, int view, uint16_t set, int i, int first, int last)
{
	const struct reply_lang *lang = d->views[view].lang;

	for (uint32_t s = lang->by_set[set]; s != REPLY_NO_ID; s = lang->seqs[s].next) {
		const struct reply_seq *seq = &lang->seqs[s];
		struct reply_mark m = {.class = seq->class,
				       .view = (uint8_t)view,
				       .first = (int16_t)i,
				       .value = seq->value,
				       .n = -1,
				       .day = -1,
				       .mon = -1,
				       .weekday = -1,
				       .month = -1};
		struct fit f = {d, &d->views[view], lang->elements + seq->first, seq->n, &m};
		int end;

		if (seq->class < first || seq->class > last)
			continue;
		m.last = -1;
		end = rest(&f, 0, i, i);
		if (end <= i)
			continue;
		if (m.last < 0)
			m.last = (int16_t)(end - 1);
		if (m.last < m.first)
			continue;
		add(d, &m);
	}
}

void
reply_mark_all(struct reply_desk *d, int view, int first, int last)
{
	const struct reply_view *v = &d->views[view];

	for (int i = 0; i < d->t.n; i++) {
		for (int h = v->first_hit[i]; h < v->first_hit[i + 1]; h++) {
			bool again = false;
			for (int k = v->first_hit[i]; k < h; k++)
				again |= v->hits[k].set == v->hits[h].set;
			if (!again)
				try_set(d, view, v->hits[h].set, i, first, last);
		}
		for (uint16_t set = REPLY_SET_N; set < REPLY_SET_FREE; set++)
			if (v->lang->by_set[set] != REPLY_NO_ID)
				try_set(d, view, set, i, first, last);
	}
}
