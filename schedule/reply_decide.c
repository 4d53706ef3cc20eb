/* What the marks, dates and sums say together.  The order is the policy: silence first, then what a
 * person must read, then wrong number, dispute, money. */
#include "reply_sense.h"

#include "reply_sections.h"

#include <stdio.h>
#include <string.h>

struct part {
	int first, last; /* tokens */
};

static struct part
part_of(const struct reply_desk *d, int i)
{
	struct part p = {i, i};

	while (p.first > 0 && d->t.t[p.first].brk == REPLY_JOINED)
		p.first--;
	while (p.last + 1 < d->t.n && d->t.t[p.last + 1].brk == REPLY_JOINED)
		p.last++;
	return p;
}

static bool
same_part(const struct reply_desk *d, int a, int b)
{
	return part_of(d, a).first == part_of(d, b).first;
}

/* ---- signs ---- */

static bool
touch(int a, int b, int c, int e)
{
	return a <= e && c <= b;
}

/* Is a pattern of the class anywhere in first..last? */
static bool
covered(const struct reply_desk *d, int class, int first, int last)
{
	for (int i = 0; i < d->marks.n; i++) {
		const struct reply_mark *m = &d->marks.m[i];
		if (m->class == class && !m->denied && touch(m->first, m->last, first, last))
			return true;
	}
	return false;
}

/* A sign that a denial touches is none. */
static void
deny(struct reply_desk *d)
{
	for (int i = 0; i < d->marks.n; i++) {
		struct reply_mark *m = &d->marks.m[i];
		if (m->class < REPLY_CLASS_SIGNS && m->class % 2 == 0)
			m->denied = covered(d, REPLY_NOT(m->class), m->first, m->last);
	}
}

static const struct reply_mark *
find(const struct reply_desk *d, int class)
{
	for (int i = 0; i < d->marks.n; i++)
		if (d->marks.m[i].class == class && !d->marks.m[i].denied)
			return &d->marks.m[i];
	return NULL;
}

/* Is token i asked about?  A question word before it does that; one after it asks something else
 * ("i paid, why do you text?").  Else by the mark, unless that only begs for consent ("friday
 * ok?"). */
static bool
asked(const struct reply_desk *d, int i)
{
	struct part p = part_of(d, i);
	bool other = false;

	for (int k = 0; k < d->marks.n; k++) {
		const struct reply_mark *m = &d->marks.m[k];
		if (m->class != REPLY_CLASS_QUESTION || m->denied || m->first < p.first ||
		    m->first > p.last)
			continue;
		if (m->first <= i)
			return true;
		other = true;
	}
	return !other && d->t.t[i].asked &&
	       !covered(d, REPLY_NOT(REPLY_CLASS_QUESTION), p.first, p.last);
}

static bool
asks(const struct reply_desk *d)
{
	for (int i = 0; i < d->t.n; i++)
		if (asked(d, i))
			return true;
	return false;
}

/* The first such sign outside questions. */
static const struct reply_mark *
stated(const struct reply_desk *d, int class)
{
	for (int i = 0; i < d->marks.n; i++) {
		const struct reply_mark *m = &d->marks.m[i];
		if (m->class == class && !m->denied && !asked(d, m->first))
			return m;
	}
	return NULL;
}

/* ---- what belongs to what ---- */

static int
apart(const struct reply_desk *d, int first, int last, const struct reply_mark *m)
{
	if (m->last < first)
		return d->at[first] - d->at[m->last];
	return m->first > last ? d->at[m->first] - d->at[last] : 0;
}

/* The nearest sign of one class, in the same part or (when `beyond`) in another. */
static const struct reply_mark *
nearest_of(const struct reply_desk *d, int first, int last, int class, bool beyond, int *least)
{
	const struct reply_mark *best = NULL;

	for (int i = 0; i < d->marks.n; i++) {
		const struct reply_mark *m = &d->marks.m[i];
		int distance;

		if (m->class != class || m->denied || same_part(d, m->first, first) == beyond)
			continue;
		distance = apart(d, first, last, m);
		if (distance < *least) {
			*least = distance;
			best = m;
		}
	}
	return best;
}

/* The sign that says what happens at the tokens first..last: the nearest in the same part, then a
 * mere talk of paying there, then the nearest in other parts. */
static const struct reply_mark *
nearest(const struct reply_desk *d, int first, int last)
{
	static const uint8_t order[] = {
	    REPLY_CLASS_COMMIT,   REPLY_CLASS_REST,   REPLY_CLASS_PAID,  REPLY_CLASS_CANNOT,
	    REPLY_CLASS_HARDSHIP, REPLY_CLASS_REFUSE, REPLY_CLASS_SALARY};

	for (int beyond = 0; beyond < 2; beyond++) {
		const struct reply_mark *best = NULL;
		int least = INT32_MAX;

		for (size_t k = 0; k < sizeof order; k++) {
			const struct reply_mark *m =
			    nearest_of(d, first, last, order[k], beyond, &least);
			best = m != NULL ? m : best;
		}
		least = INT32_MAX;
		if (best == NULL && !beyond)
			best = nearest_of(d, first, last, REPLY_CLASS_PAY, false, &least);
		if (best != NULL)
			return best;
	}
	return NULL;
}

/* What is known of the whole text before dates are judged. */
struct sense {
	const struct reply_mark *commit, *rest, *paid, *pay, *unsure, *refuse, *cannot, *hardship;
	bool question;
	bool vague; /* a time without a day is named */
	const struct reply_date *date;
};

static bool
has_sum(const struct reply_desk *d, struct part p)
{
	for (int i = 0; i < d->n_sums; i++)
		if (d->sums[i].first >= p.first && d->sums[i].first <= p.last)
			return true;
	return false;
}

/* Is anything asked in the part of token i, before it or after? */
static bool
questioned(const struct reply_desk *d, int i)
{
	struct part p = part_of(d, i);

	return covered(d, REPLY_CLASS_QUESTION, p.first, p.last) ||
	       (d->t.t[i].asked && !covered(d, REPLY_NOT(REPLY_CLASS_QUESTION), p.first, p.last));
}

enum role { ROLE_NONE, ROLE_DAY, ROLE_SALARY };

/* Is it a day on which something will be paid? */
static enum role
role_of(const struct reply_desk *d, const struct sense *s, const struct reply_date *date)
{
	const struct reply_mark *m = nearest(d, date->first, date->last);
	bool same = m != NULL && same_part(d, m->first, date->first);

	if (date->past || covered(d, REPLY_NOT(REPLY_CLASS_DATE), date->first, date->last))
		return ROLE_NONE;
	/* "back on thursday and will pay" */
	if (covered(d, REPLY_CLASS_EVENT, date->first, date->last) &&
	    (s->commit == NULL || !same_part(d, s->commit->first, date->first)))
		return ROLE_NONE;
	if (asked(d, date->first) &&
	    (s->commit == NULL || !same_part(d, s->commit->first, date->first)) &&
	    (m == NULL || !same || m->class != REPLY_CLASS_COMMIT))
		return ROLE_NONE;
	if (m == NULL)
		return ROLE_DAY;
	switch (m->class) {
	case REPLY_CLASS_PAY: return questioned(d, date->first) ? ROLE_NONE : ROLE_DAY;
	case REPLY_CLASS_PAID:
		if (same || (s->commit == NULL && s->rest == NULL && date->swing != 0))
			return ROLE_NONE;
		return s->commit != NULL || s->rest != NULL || has_sum(d, part_of(d, date->first))
			   ? ROLE_DAY
			   : ROLE_NONE;
	case REPLY_CLASS_CANNOT:
	case REPLY_CLASS_HARDSHIP:
	case REPLY_CLASS_REFUSE:
		return !same || covered(d, REPLY_CLASS_UNTIL, date->first, date->last) ? ROLE_DAY
										       : ROLE_NONE;
	case REPLY_CLASS_SALARY: return same ? ROLE_SALARY : ROLE_DAY;
	default: return ROLE_DAY;
	}
}

/* The day of paying: the earliest day to come; pay day only when nothing else is named. */
static void
choose(const struct reply_desk *d, struct sense *s)
{
	const struct reply_date *salary = NULL;

	for (int i = 0; i < d->n_dates; i++) {
		const struct reply_date *date = &d->dates[i];
		enum role role = role_of(d, s, date);

		if (role == ROLE_NONE)
			continue;
		if (date->day == REPLY_NO_DATE ||
		    covered(d, REPLY_CLASS_AFTER, date->first, date->last))
			s->vague = true;
		else if (role == ROLE_SALARY)
			salary = salary && salary->day <= date->day ? salary : date;
		else if (s->date == NULL || date->day < s->date->day)
			s->date = date;
	}
	if (s->date == NULL && salary != NULL && (s->commit != NULL || s->pay != NULL) &&
	    (!s->vague || (s->commit != NULL && same_part(d, s->commit->first, salary->first))))
		s->date = salary;
}

/* Nothing but a day, a sum, polite words and what is said in passing ("forgot, monday after
 * lunch")? */
static bool
bare(const struct reply_desk *d)
{
	for (int i = 0; i < d->t.n; i++) {
		bool taken = d->around[i] || d->t.t[i].used || d->t.t[i].kind == REPLY_MONEY;
		for (int k = 0; k < d->n_sums && !taken; k++)
			taken = i >= d->sums[k].first && i <= d->sums[k].last;
		for (int v = 0; v < d->n_views && !taken; v++)
			taken = reply_view_has(&d->views[v], i, REPLY_SET_MONEY, NULL) > 0 ||
				reply_view_has(&d->views[v], i, REPLY_SET_APART, NULL) > 0 ||
				reply_view_has(&d->views[v], i, REPLY_SET_BREAKS, NULL) > 0;
		if (!taken && !covered(d, REPLY_CLASS_UNTIL, i, i) &&
		    !covered(d, REPLY_CLASS_AFTER, i, i) && !covered(d, REPLY_CLASS_ASIDE, i, i) &&
		    !covered(d, REPLY_NOT(REPLY_CLASS_DATE), i, i))
			return false;
	}
	return true;
}

/* The sum nearest to tokens first..last that does not belong to a sign of the class `other`; a
 * sign beyond a comma does not own what stands beside those tokens ("paid 500, 700 on friday"). */
static int64_t
sum_near(const struct reply_desk *d, int first, int last, int other)
{
	int64_t minor = -1;
	int least = INT32_MAX;

	for (int i = 0; i < d->n_sums; i++) {
		const struct reply_sum *s = &d->sums[i];
		struct reply_mark at = {.first = (int16_t)first, .last = (int16_t)last};
		const struct reply_mark *m = nearest(d, s->first, s->last);
		int distance = apart(d, s->first, s->last, &at) + (s->plain ? 2 : 0);

		if ((m != NULL && m->class == other &&
		     (same_part(d, m->first, s->first) || !same_part(d, s->first, first))) ||
		    covered(d, REPLY_NOT(REPLY_CLASS_AMOUNT), s->first, s->last))
			continue;
		if (distance < least) {
			least = distance;
			minor = s->minor;
		}
	}
	return minor;
}

/* A day beside a word of paying, or beside a sum, is meant for paying; unless something is asked of
 * us in the same breath. */
static bool
names_payment(const struct reply_desk *d, const struct sense *s, const struct reply_mark *request)
{
	int at = s->date != NULL ? s->date->first : s->pay != NULL ? s->pay->first : -1;

	if (at < 0 || (request != NULL && same_part(d, request->first, at)))
		return false;
	if (s->pay != NULL)
		return request == NULL || !same_part(d, request->first, s->pay->first);
	for (int i = 0; i < d->n_sums; i++)
		if (!asked(d, d->sums[i].first) && same_part(d, d->sums[i].first, at) &&
		    !covered(d, REPLY_NOT(REPLY_CLASS_AMOUNT), d->sums[i].first, d->sums[i].last))
			return true;
	return false;
}

/* ---- deciding ---- */

static void
decide(const struct reply_desk *d, struct reply_reading *out, enum reply_intent intent,
       const char *what, const struct reply_mark *m)
{
	out->intent = intent;
	reply_cue(d, out, what, m != NULL ? m->first : -1, m != NULL ? m->last : -1);
}

static void
promise(const struct reply_desk *d, const struct sense *s, struct reply_reading *out)
{
	const struct reply_mark *m = s->commit ? s->commit : s->rest ? s->rest : s->pay;

	if (s->date != NULL) {
		out->date = s->date->day;
		decide(d, out, REPLY_PROMISE, "a day", NULL);
		out->n_cues--;
		reply_cue(d, out, "a day", s->date->first, s->date->last);
		out->amount = sum_near(d, s->date->first, s->date->last, REPLY_CLASS_PAID);
		if (m != NULL)
			reply_cue(d, out, "will pay", m->first, m->last);
		return;
	}
	decide(d, out, REPLY_PROMISE, s->vague ? "no day named" : "will pay", m);
	out->amount = m != NULL ? sum_near(d, m->first, m->last, REPLY_CLASS_PAID)
				: sum_near(d, 0, d->t.n - 1, REPLY_CLASS_PAID);
}

static void
read_money(const struct reply_desk *d, struct reply_reading *out)
{
	struct sense s = {.commit = stated(d, REPLY_CLASS_COMMIT),
			  .rest = stated(d, REPLY_CLASS_REST),
			  .paid = stated(d, REPLY_CLASS_PAID),
			  .pay = stated(d, REPLY_CLASS_PAY),
			  .unsure = find(d, REPLY_CLASS_UNSURE),
			  .refuse = find(d, REPLY_CLASS_REFUSE),
			  .cannot = find(d, REPLY_CLASS_CANNOT),
			  .hardship = find(d, REPLY_CLASS_HARDSHIP)};
	const struct reply_mark *hard = s.hardship ? s.hardship : s.cannot;
	const struct reply_mark *request = find(d, REPLY_CLASS_REQUEST);
	bool doubt, settled;

	s.question = asks(d);
	choose(d, &s);
	doubt = s.unsure != NULL || (s.refuse != NULL && s.commit == NULL);
	settled = s.commit || s.rest || names_payment(d, &s, request);
	if (s.paid && s.unsure && same_part(d, s.paid->first, s.unsure->first))
		s.paid = NULL;
	if (!doubt && s.date != NULL && (settled || hard != NULL || bare(d)))
		promise(d, &s, out);
	else if (s.paid != NULL && (s.commit == NULL || doubt)) {
		decide(d, out, REPLY_PAID, "paid", s.paid);
		out->amount = sum_near(d, s.paid->first, s.paid->last, REPLY_CLASS_COMMIT);
	} else if (hard != NULL)
		decide(d, out, REPLY_HARDSHIP, "hardship", hard);
	else if (doubt)
		decide(d, out, REPLY_OTHER, s.unsure ? "not certain" : "refuses",
		       s.unsure ? s.unsure : s.refuse);
	else if (s.commit != NULL || s.rest != NULL || (s.vague && (settled || bare(d))))
		promise(d, &s, out);
	else if (s.question || request != NULL)
		decide(d, out, REPLY_OTHER, s.question ? "question" : "asks for something",
		       request);
	else if (s.date != NULL)
		reply_cue(d, out, "a day without a promise", s.date->first, s.date->last);
}

/* The cause that is told; one that only says "no money" when there is no other. */
static void
note_cause(const struct reply_desk *d, struct reply_reading *out)
{
	int cause = -1;

	for (int i = 0; i < d->marks.n; i++) {
		const struct reply_mark *m = &d->marks.m[i];
		if (m->denied)
			continue;
		if (m->class == REPLY_CLASS_HARDSHIP && (cause <= 0))
			cause = m->value;
		else if (m->class == REPLY_CLASS_CANNOT && cause < 0)
			cause = 0;
	}
	out->cause = reply_cause_word(cause);
}

void
reply_decide(struct reply_desk *d, struct reply_reading *out)
{
	const struct reply_mark *stop, *special, *wrong, *dispute;

	for (int v = 0; v < d->n_views; v++)
		reply_mark_all(d, v, 0, REPLY_CLASS_SIGNS - 1);
	deny(d);
	stop = find(d, REPLY_CLASS_STOP);
	special = find(d, REPLY_CLASS_SPECIAL);
	wrong = find(d, REPLY_CLASS_WRONG);
	dispute = find(d, REPLY_CLASS_DISPUTE);
	note_cause(d, out);
	if (special != NULL)
		out->special = (enum reply_special)special->value;
	if (stop != NULL) {
		decide(d, out, REPLY_STOP, "asks for no more texts", stop);
	} else if (special != NULL) {
		decide(d, out, REPLY_OTHER, reply_special_word(out->special), special);
	} else if (wrong != NULL) {
		decide(d, out, REPLY_WRONG_NUMBER, "wrong number", wrong);
	} else if (dispute != NULL) {
		decide(d, out, REPLY_DISPUTE, "dispute", dispute);
	} else if (d->t.cut) {
		reply_cue(d, out, "too long", -1, -1);
	} else {
		read_money(d, out);
	}
}
