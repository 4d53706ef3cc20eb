#include "reply_part.h"

#include <assert.h>
#include <string.h>

const char *
reply_intent_word(enum reply_intent intent)
{
	static const char *const words[REPLY_INTENTS] = {
	    "other", "promise",      "paid",    "stop",     "start",
	    "help",  "wrong_number", "dispute", "hardship", "other"};

	assert(intent >= 0 && intent < REPLY_INTENTS);
	return words[intent];
}

static void
cue(struct reply_reading *out, const char *text)
{
	if (out->n_cues < REPLY_CUES)
		strncpy(out->cues[out->n_cues++], text, sizeof out->cues[0] - 1);
}

/* Words that may stand around a bare date: "ok on friday sir". */
#define BARE                                                                                       \
	"okay|please|sir|madam|maam|yes|yeah|yep|sure|by|on|the|at|in|i|for|thanks|thank|you|"     \
	"definitely|promise|morning|evening|afternoon|night|latest|before|around|about|noon|"      \
	"hello|"                                                                                   \
	"hi|dear|next|this|then|it|is|be|will|certainly|surely|of|only|and|am|pm|good|po|within"

static bool
bare_date(const struct reply_tokens *t)
{
	for (int i = 0; i < t->n; i++) {
		const struct reply_token *w = &t->t[i];
		if (w->used || w->kind == REPLY_PUNCT || reply_is(t, i, BARE) ||
		    reply_sum_word(t, i))
			continue;
		return false;
	}
	return true;
}

static bool
salary_clause(const struct reply_tokens *t, int clause)
{
	for (int i = 0; i < t->n; i++) {
		if (t->t[i].clause == clause &&
		    (reply_is(t, i,
			      "salary|wages|wage|payday|payslip|salaries|pension|commission") ||
		     reply_phrase(t, i, "get|gets|getting|be paid")))
			return true;
	}
	return false;
}

/* "can't pay on friday" names a day on which nothing comes; "not until friday" one on which it
 * does. */
static bool
denied(const struct reply_tokens *t, const struct reply_date *d)
{
	int first = d->first;

	while (first > 0 && t->t[first - 1].clause == t->t[d->first].clause)
		first--;
	return reply_near(t, first, d->first - 1, "cant|unable|not|wont|no|never|dont|without") >=
		   0 &&
	       reply_near(t, first, d->first, "until|till|til|before|by") < 0;
}

/* The day of paying: the earliest day to come that is neither told as past nor pay day; *vague when
 * only a time without a day is named. */
static const struct reply_date *
promised(const struct reply_tokens *t, const struct reply_date *dates, int n,
	 const struct reply_signs *signs, bool *vague)
{
	const struct reply_date *best = NULL, *salary = NULL;

	*vague = false;
	for (int i = 0; i < n; i++) {
		const struct reply_date *d = &dates[i];
		int clause = t->t[d->first].clause;
		if (d->past || (signs->paid && clause == signs->paid_clause) || denied(t, d))
			continue;
		if (d->day == REPLY_NO_DATE)
			*vague = true;
		else if (salary_clause(t, clause) && clause != signs->commit_clause)
			salary = salary && salary->day <= d->day ? salary : d;
		else if (!best || d->day < best->day)
			best = d;
	}
	return best || *vague || !signs->commits ? best : salary;
}

/* The amount in the clause that decided, else the only one or the first with money beside it;
 * never one in the clause `other`. */
static int64_t
amount_in(const struct reply_tokens *t, const struct reply_sum *sums, int n, int clause, int other)
{
	for (int i = 0; i < n; i++) {
		if (t->t[sums[i].at].clause == clause)
			return sums[i].minor;
	}
	for (int i = 0; i < n; i++) {
		if (t->t[sums[i].at].clause != other && (!sums[i].plain || n == 1))
			return sums[i].minor;
	}
	return -1;
}

static void
decide(struct reply_reading *out, enum reply_intent intent, const char *why)
{
	out->intent = intent;
	cue(out, why);
}

/* Step 6 on: what is paid or promised. */
static void
read_money(struct reply_tokens *t, const struct reply_context *context,
	   const struct reply_signs *signs, struct reply_reading *out)
{
	struct reply_date dates[REPLY_DATES];
	struct reply_sum sums[REPLY_SUMS];
	int n_dates = reply_dates(t, context, dates), n_sums = reply_sums(t, context, sums);
	bool vague, settled = signs->commits || (signs->pays && !signs->question);
	const struct reply_date *date = promised(t, dates, n_dates, signs, &vague);

	if (signs->unsure || signs->refuses || (signs->question && !signs->commits)) {
		cue(out, signs->question ? "question" : "not certain");
		return;
	}
	if (date && (settled || signs->hardship || bare_date(t))) {
		decide(out, REPLY_PROMISE, date->cue);
		out->date = date->day;
		out->amount =
		    amount_in(t, sums, n_sums, t->t[date->first].clause, signs->paid_clause);
	} else if (signs->paid) {
		decide(out, REPLY_PAID, "paid");
		out->amount = amount_in(t, sums, n_sums, signs->paid_clause, -1);
	} else if (signs->hardship) {
		decide(out, REPLY_HARDSHIP, "hardship");
	} else if (!date && (signs->commits || (vague && bare_date(t)))) {
		decide(out, REPLY_PROMISE, vague ? "no day named" : "will pay");
		out->amount = amount_in(t, sums, n_sums, signs->commit_clause, signs->paid_clause);
	}
}

static void
read_sentence(struct reply_tokens *t, const struct reply_context *context,
	      struct reply_reading *out)
{
	struct reply_signs signs;

	switch (reply_stop(t)) {
	case REPLY_ASKS_STOP: decide(out, REPLY_STOP, "asks for no more texts"); return;
	case REPLY_ASKS_CHANGE: cue(out, "asks for another way or time"); return;
	case REPLY_ASKS_NOTHING: break;
	}
	reply_sense(t, &signs);
	if (signs.sensitive)
		cue(out, "sensitive");
	else if (signs.wrong_number)
		decide(out, REPLY_WRONG_NUMBER, "wrong number");
	else if (signs.dispute)
		decide(out, REPLY_DISPUTE, "dispute");
	else if (t->cut)
		cue(out, "too long");
	else
		read_money(t, context, &signs, out);
}

void
reply_read(const char *text, size_t len, const struct reply_context *context,
	   struct reply_reading *out)
{
	struct reply_tokens t;
	enum reply_intent word;

	memset(out, 0, sizeof *out);
	out->intent = REPLY_OTHER;
	out->date = REPLY_NO_DATE;
	out->amount = -1;
	reply_tokens(text, len, &t);
	word = reply_word(&t, context->language ? context->language : "");
	if (word != REPLY_OTHER)
		decide(out, word, "the whole message");
	else
		read_sentence(&t, context, out);
}
