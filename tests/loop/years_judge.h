/* years_judge.h - was this text allowed?  A judge written from the product's contract and the
 * contact rules, not from the code; what it knows is in years_books.h and years_rules.h */
#ifndef TESTS_LOOP_YEARS_JUDGE_H
#define TESTS_LOOP_YEARS_JUDGE_H

#include "years_books.h"

/* ---- a text is about to leave ---- */

enum j_class { J_CAMPAIGN, J_ANSWER, J_MANUAL, J_ALERT };

struct j_text {
	int64_t message;
	int account; /* -1: none */
	enum j_class class;
	const char *number, *step, *body;
	int32_t due;
	bool answers_reply; /* a person's answer to an inbox row */
	bool reminds;       /* the step wants an open promise */
	int64_t received;   /* class answer: when its text came in */
	int64_t replied;    /* and which it was */
	int campaign;       /* index, -1: none */
};

static inline bool
j_open(const struct judge *j, const struct j_account *a, int64_t at)
{
	for (int z = 0; z < a->n_zones; z++)
		if (!j_open_in(&j->policy, j_local(a->zone[z], at)))
			return false;
	return true;
}

static inline void
j_judge_window(struct judge *j, const struct j_text *x)
{
	const struct j_account *a = &j->account[x->account];
	int32_t day = j_local(a->zone[0], j->now).day;
	bool later = false;

	if (!j_open(j, a, j->now))
		J_WRONG(j, "%s: message %" PRId64 " outside the window", a->ref, x->message);
	/* hand-over stops a quarter of an hour before the day's last window ends */
	for (int64_t at = j->now + 15 * J_MINUTE - 1000;
	     !later && j_local(a->zone[0], at).day == day; at += J_MINUTE)
		later = j_open(j, a, at);
	if (!later)
		J_WRONG(j, "%s: message %" PRId64 " in the day's last quarter of an hour", a->ref,
			x->message);
}

static inline bool
j_counts(const struct j_contact *c, enum j_what what)
{
	if (!c->counts || c->back)
		return false;
	return what == J_ATTEMPT || (what == J_SENT ? !c->failed : c->reached && !c->failed);
}

static inline void
j_judge_cap(struct judge *j, const struct j_text *x, const struct j_cap *cap, const char *who)
{
	const struct j_account *a = &j->account[x->account];
	int32_t today = j_local(a->zone[0], j->now).day;
	int n = 0;

	if (cap->n == 0 || !(cap->channels & 1U << J_SMS))
		return;
	for (int i = 0; i < j->n_contacts; i++) {
		const struct j_contact *c = &j->contact[i];

		if ((cap->channels & 1U << c->channel) && j_counts(c, cap->what) &&
		    (cap->debt ? c->account == x->account
			       : j_same_person(j, c->account, x->account)) &&
		    j_local(a->zone[0], c->at).day > today - cap->days)
			n++;
	}
	if (n < cap->n)
		return;
	J_WRONG(j, "%s: message %" PRId64 " above %s %d in %d days (%d before it)", a->ref,
		x->message, who, cap->n, cap->days, n);
	for (int i = 0; i < j->n_contacts; i++)
		if (j->contact[i].at > j->now - (cap->days + 1) * J_DAY &&
		    j_same_person(j, j->contact[i].account, x->account))
			fprintf(stderr,
				"  message %" PRId64 " of account %d on %s, channel %d%s%s\n",
				j->contact[i].message, j->contact[i].account,
				j_date(j_local(a->zone[0], j->contact[i].at).day),
				j->contact[i].channel, j->contact[i].failed ? ", failed" : "",
				j->contact[i].back ? ", back" : "");
}

static inline void
j_judge_counts(struct judge *j, const struct j_text *x)
{
	const struct j_account *a = &j->account[x->account];

	for (int l = 0; l < j->policy.n_layers; l++) {
		const struct j_rules *r = j->policy.layer[l];
		int32_t today = j_local(a->zone[0], j->now).day;

		for (int i = 0; i < 3; i++)
			j_judge_cap(j, x, &r->cap[i], r->name);
		for (int i = 0; i < j->n_contacts; i++) {
			const struct j_contact *c = &j->contact[i];
			int32_t day = j_local(a->zone[0], c->at).day;

			if (!j_same_person(j, c->account, x->account))
				continue;
			if (r->gap_hours > 0 && c->channel == J_SMS && j_counts(c, J_SENT) &&
			    j->now - c->at < r->gap_hours * J_HOUR)
				J_WRONG(j, "%s: message %" PRId64 " inside the gap of %s", a->ref,
					x->message, r->name);
			if (r->channels_a_week == 1 && c->channel != J_SMS &&
			    j_counts(c, J_CONTACT) && (day + 3) / 7 == (today + 3) / 7)
				J_WRONG(j, "%s: message %" PRId64 " a second channel this week",
					a->ref, x->message);
		}
	}
}

static inline void
j_judge_state(struct judge *j, const struct j_text *x)
{
	const struct j_account *a = &j->account[x->account];
	int32_t today = j_local(a->zone[0], j->now).day;

	for (int i = 0; i < j->n_holds; i++) {
		const struct j_hold *h = &j->hold[i];

		if (h->account == x->account && !h->released && h->from <= j->now &&
		    today < h->until)
			J_WRONG(j, "%s: message %" PRId64 " during hold %" PRId64 " (%s)", a->ref,
				x->message, h->id, h->word);
	}
	for (int i = 0; i < j->n_promises; i++) {
		const struct j_promise *p = &j->promise[i];

		if (p->account == x->account && p->status == 0 && p->pauses && !x->reminds)
			J_WRONG(j, "%s: message %" PRId64 " while promise %" PRId64 " is open",
				a->ref, x->message, p->id);
	}
}

/* The figures a text names between square brackets: amount, balance, oldest. */
static inline bool
j_figures(const char *body, int digits, int64_t out[3])
{
	const char *p = strchr(body, '[');

	for (int i = 0; p != NULL && i < 3; i++) {
		int64_t value = 0;
		int decimals = -1;

		for (p++; *p != '\0' && *p != '|' && *p != ']'; p++) {
			if (*p >= '0' && *p <= '9') {
				value = value * 10 + (*p - '0');
				decimals += decimals >= 0;
			} else if (*p == '.' || *p == ',') {
				decimals = 0;
			}
		}
		if (digits == 2 && (decimals < 0 || decimals == 3))
			value *= 100;
		out[i] = value;
	}
	return p != NULL;
}

static inline void
j_judge_debt(struct judge *j, const struct j_text *x)
{
	const struct j_account *a = &j->account[x->account];
	int32_t today = j_local(a->zone[0], j->now).day;
	struct j_debt d = j_owes(j, x->account, today);
	int step = atoi(x->step);
	int64_t said[3];

	if (d.murky)
		return;
	if (d.oldest < 0) {
		J_WRONG(j, "%s: message %" PRId64 " after payment: nothing is owed", a->ref,
			x->message);
	} else if (d.due != x->due) {
		J_WRONG(j, "%s: message %" PRId64 " speaks of %s, the oldest unpaid is of %s",
			a->ref, x->message, j_date(x->due), j_date(d.due));
	} else if (step < 0 ? today > d.due : d.due > today) {
		J_WRONG(j, "%s: message %" PRId64 " %s on the wrong side of the due day", a->ref,
			x->message, x->step);
	} else if (today < d.due + step) {
		J_WRONG(j, "%s: message %" PRId64 " %s before its day", a->ref, x->message,
			x->step);
	} else if (j_figures(x->body, j->digits, said) &&
		   (said[0] != (step < 0 ? d.left : d.due_now) || said[1] != d.balance ||
		    said[2] != d.left)) {
		J_WRONG(j,
			"%s: message %" PRId64 " names %" PRId64 " %" PRId64 " %" PRId64
			", owed are %" PRId64 " %" PRId64 " %" PRId64 ": %s",
			a->ref, x->message, said[0], said[1], said[2],
			step < 0 ? d.left : d.due_now, d.balance, d.left, x->body);
	}
}

static inline void
j_judge_once(struct judge *j, const struct j_text *x)
{
	struct j_said *s;

	for (int i = 0; i < j->n_said; i++) {
		s = &j->said[i];
		if (s->account != x->account || s->due != x->due || strcmp(s->step, x->step) != 0)
			continue;
		if (!s->back)
			J_WRONG(j, "%s: %s of %s goes twice (messages %" PRId64 ", %" PRId64 ")",
				j->account[x->account].ref, x->step, j_date(x->due), s->message,
				x->message);
		s->back = false;
		return;
	}
	s = J_PUSH(j->said, j->n_said);
	*s = (struct j_said){.account = x->account, .due = x->due, .message = x->message};
	snprintf(s->step, sizeof s->step, "%s", x->step);
}

/* At most three a day to a number; one for each incoming text. */
static inline void
j_judge_answer(struct judge *j, const struct j_text *x, int number)
{
	struct j_answer *a;
	int n = 0;

	if (j->now - x->received > 5 * J_MINUTE)
		J_WRONG(j, "answer %" PRId64 " comes %" PRId64 " s after its text", x->message,
			(j->now - x->received) / 1000);
	for (int i = 0; i < j->n_answers; i++) {
		a = &j->answer[i];
		if (a->to == x->replied && !a->back)
			J_WRONG(j, "text %" PRId64 " is answered twice", x->replied);
		n += a->number == number && !a->back && j->now - a->at < J_DAY - 10 * J_MINUTE;
	}
	if (n >= 3)
		J_WRONG(j, "answer %" PRId64 " is the %dth of a day to %s", x->message, n + 1,
			x->number);
	a = J_PUSH(j->answer, j->n_answers);
	*a = (struct j_answer){x->replied, x->message, j->now, number, false};
}

static inline void
j_judge_text(struct judge *j, const struct j_text *x)
{
	int number = j_number(j, x->number);
	struct j_contact *c;

	j->texts++;
	if (x->class == J_ANSWER) {
		j_judge_answer(j, x, number);
		return;
	}
	if (j->number[number].stopped || (x->account >= 0 && j->account[x->account].stopped))
		J_WRONG(j, "message %" PRId64 " to %s after STOP", x->message, x->number);
	if (j->number[number].dead)
		J_WRONG(j, "message %" PRId64 " to the wrong number %s", x->message, x->number);
	if (x->account < 0)
		return;
	if (!j_uses(&j->account[x->account], x->number) && !x->answers_reply)
		J_WRONG(j, "message %" PRId64 " (class %d) to %s, no number of %s: %s", x->message,
			x->class, x->number, j->account[x->account].ref, x->body);
	j_judge_window(j, x);
	if (!x->answers_reply) {
		j_judge_counts(j, x);
		j_judge_state(j, x);
	}
	if (j->paused || (x->campaign >= 0 && j->paused_campaign[x->campaign]))
		J_WRONG(j, "message %" PRId64 " while paused", x->message);
	if (x->class == J_CAMPAIGN) {
		j_judge_debt(j, x);
		j_judge_once(j, x);
	}
	c = J_PUSH(j->contact, j->n_contacts);
	*c = (struct j_contact){.at = j->now,
				.message = x->message,
				.account = x->account,
				.channel = J_SMS,
				.reached = true,
				.counts = true};
}

/* What became of it: it never left, or it failed. */
static inline void
j_outcome(struct judge *j, int64_t message, bool back, bool failed)
{
	for (int i = j->n_contacts - 1; i >= 0; i--)
		if (j->contact[i].message == message && !j->contact[i].back) {
			j->contact[i].back = back;
			j->contact[i].failed = failed;
			break;
		}
	for (int i = 0; i < j->n_said && back; i++)
		if (j->said[i].message == message)
			j->said[i].back = true;
	for (int i = 0; i < j->n_answers && back; i++)
		if (j->answer[i].message == message)
			j->answer[i].back = true;
}

#endif
