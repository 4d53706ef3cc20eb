#include "plan_part.h"

#include <string.h>

/* Contacts older than this are of no concern to any cap. */
#define MEMORY_MS (60 * 86400000LL)

static const struct plan_account *
account_of(const struct plan_walker *w, const struct plan_state *s)
{
	return &w->person->accounts[s->account];
}

/* The last day after a due date on which some step of the campaign may be listed: the day after its
 * last live one. */
static int32_t
last_listed(const struct plan_account *a)
{
	int32_t last = INT32_MIN;

	for (size_t i = 0; i < a->n_steps; i++) {
		int32_t end = a->steps[i].day + plan_reach(&a->steps[i]) + 1;
		if (end > last)
			last = end;
	}
	return last;
}

/* Might any step of this account be listed in the days walked?  Paid amounts count on their steps'
 * own days, the one followed up to the day it gives up. */
static bool
concerned(const struct plan_account *a, const struct plan_state *s, int32_t to)
{
	size_t n = s->index < 0 ? a->n_amounts : (size_t)s->index + 1;
	int32_t last;

	if (a->n_steps == 0)
		return false;
	last = last_listed(a);
	for (size_t i = 0; i < n; i++) {
		int32_t due = a->amounts[i].due;
		if (plan_own_day(due, &a->steps[0]) <= to && due + last >= s->today)
			return true;
	}
	return false;
}

/* Highest DPD first.  The id decides ties, so that the order of the caller's array does not. */
static bool
before(const struct plan_walker *w, const struct plan_state *x, const struct plan_state *y)
{
	uint64_t i = account_of(w, x)->id, j = account_of(w, y)->id;

	if (x->due != y->due)
		return x->due < y->due;
	return i != j ? i < j : x->account < y->account;
}

static bool
look(const struct plan_walker *w, size_t account, struct plan_state *s)
{
	const struct plan_account *a = &w->person->accounts[account];
	struct debt_sums sums;

	s->account = account;
	s->today = civil_local(a->zone, w->now).day;
	sums = debt_sum(a->amounts, a->n_amounts, s->today, w->rules->ignore_below);
	s->index = sums.index;
	s->due = sums.index < 0 ? INT32_MAX : a->amounts[sums.index].due;
	for (int i = 0; i < CAMPAIGN_VOICES; i++) {
		s->gone[i] = INT32_MIN;
		s->told[i] = NULL;
	}
	return concerned(a, s, w->to);
}

/* Keeps the states sorted; when they are full the lowest DPD falls out. */
static void
insert(struct plan_walker *w, const struct plan_state *s)
{
	size_t i = w->n_states;

	if (i == PLAN_ACCOUNTS) {
		w->crowded = true;
		if (!before(w, s, &w->states[--i]))
			return;
	} else {
		w->n_states++;
	}
	for (; i > 0 && before(w, s, &w->states[i - 1]); i--)
		w->states[i] = w->states[i - 1];
	w->states[i] = *s;
}

void
plan_walker_init(struct plan_walker *w, const struct plan_person *person,
		 const struct plan_rules *rules, int64_t now, int32_t from, int32_t to)
{
	struct plan_state s;

	w->person = person;
	w->rules = rules;
	w->now = now;
	w->from = from;
	w->to = to;
	w->emit = NULL;
	w->target = NULL;
	w->reached = w->crowded = false;
	w->n_states = w->n_supposed = w->n_sent = 0;
	for (size_t i = 0; i < person->n_accounts; i++) {
		if (look(w, i, &s))
			insert(w, &s);
	}
}

/* Forgets supposed contacts: the reservations of a day that is over, or what is too old. */
static void
forget(struct plan_walker *w, bool reservations, int64_t older)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->n_supposed; i++) {
		if ((reservations && w->reserved[i]) || w->supposed[i].at < older)
			continue;
		w->supposed[kept] = w->supposed[i];
		w->reserved[kept++] = w->reserved[i];
	}
	w->n_supposed = kept;
}

/* A call that is supposed is supposed to be answered, since rules may ask about that.
 * The list is bounded: when it is full, what no cap looks back to goes, else the oldest. */
static void
suppose(struct plan_walker *w, const struct plan_account *a, int channel, int64_t at, bool reserve)
{
	if (w->n_supposed == PLAN_SUPPOSED)
		forget(w, false, at - MEMORY_MS);
	if (w->n_supposed == PLAN_SUPPOSED) {
		w->n_supposed--;
		memmove(w->supposed, w->supposed + 1, w->n_supposed * sizeof w->supposed[0]);
		memmove(w->reserved, w->reserved + 1, w->n_supposed * sizeof w->reserved[0]);
	}
	w->reserved[w->n_supposed] = reserve;
	w->supposed[w->n_supposed++] = (struct policy_contact){
	    .at = at,
	    .account = a->id,
	    .number = a->number,
	    .channel = (uint8_t)channel,
	    .counts = channel == CAMPAIGN_SMS ? POLICY_TEXT : POLICY_CALL_ANSWERED};
}

/* Remembers that a step goes, for those that ask whether anything came back since. */
static void
note_sent(struct plan_walker *w, const struct plan_state *s, const struct campaign_step *step,
	  int64_t at)
{
	w->sent[w->n_sent++ % PLAN_SENT] = (struct plan_sent){.account = s->account,
							      .due = s->due,
							      .day = step->day,
							      .channel = step->channel,
							      .at = at};
}

static struct plan_case
case_of(const struct plan_walker *w, const struct plan_state *s, int32_t due)
{
	return (struct plan_case){.account = account_of(w, s), .due = due, .walk = w};
}

/* Hands out one row; `amount` is the one the step follows. */
static void
tell(const struct plan_walker *w, const struct plan_state *s, size_t amount,
     const struct campaign_step *step, int32_t day, struct plan_row *row)
{
	const struct plan_account *a = account_of(w, s);

	if (!w->emit || day < w->from)
		return;
	row->account = s->account;
	row->step = step;
	row->due = a->amounts[amount].due;
	row->own_day = plan_own_day(row->due, step);
	row->on = day;
	row->sums = debt_sum(a->amounts, a->n_amounts, day, w->rules->ignore_below);
	row->step_amount = a->amounts[amount].left;
	w->emit(w->ctx, row);
}

/* A SKIP names the time at which it would have gone. */
static void
tell_skip(const struct plan_walker *w, const struct plan_state *s, size_t amount,
	  const struct campaign_step *step, int32_t day, enum reason reason, const char *rule)
{
	const struct plan_account *a = account_of(w, s);
	int64_t now = day == s->today ? w->now : INT64_MIN;
	struct plan_row row = {.decision = PLAN_SKIP, .reason = reason, .rule = rule};

	if (!w->emit || day < w->from)
		return;
	row.at = plan_preferred(a, step, day, now);
	tell(w, s, amount, step, day, &row);
}

/* Amounts paid in front of the one followed: their steps would have spoken that day. */
static void
day_of_paid(const struct plan_walker *w, const struct plan_state *s, int32_t day)
{
	const struct plan_account *a = account_of(w, s);
	size_t n = s->index < 0 ? a->n_amounts : (size_t)s->index;

	for (size_t i = 0; i < n; i++) {
		int32_t due = a->amounts[i].due, since;
		struct plan_case c = case_of(w, s, due);
		if (plan_own_day(due, &a->steps[0]) > day ||
		    plan_own_day(due, &a->steps[a->n_steps - 1]) < day)
			continue;
		for (size_t j = 0; j < a->n_steps; j++) {
			enum reason reason = REASON_PAID;
			if (plan_own_day(due, &a->steps[j]) != day)
				continue;
			if (a->steps[j].day < 0 && s->due < day)
				continue;
			plan_life(&c, &a->steps[j], day, &since, &reason);
			tell_skip(w, s, i, &a->steps[j], day, reason, NULL);
		}
	}
}

/* A task is made on the first day it can be; what holds it that day holds it on the others. */
static void
task_day(struct plan_walker *w, struct plan_state *s, const struct campaign_step *step, int32_t day)
{
	const struct plan_case c = case_of(w, s, s->due);
	int32_t own = plan_own_day(s->due, step);
	int32_t first = own > s->today ? own : s->today;
	struct plan_row row = {.decision = PLAN_TASK};
	enum reason held;

	row.at = plan_preferred(c.account, step, first, w->now);
	held = plan_held(&c, w->rules, step, first, row.at, &row.rule);
	if (held != REASON_NONE) {
		tell_skip(w, s, (size_t)s->index, step, day, held, row.rule);
	} else if (day == first) {
		row.reason = day > own ? REASON_LATE : REASON_NONE;
		note_sent(w, s, step, row.at);
		tell(w, s, (size_t)s->index, step, day, &row);
	}
}

/* Has this task been made by an earlier day of the walk? */
static bool
task_made(const struct plan_walker *w, const struct plan_state *s, const struct campaign_step *step,
	  int32_t day)
{
	const struct plan_case c = case_of(w, s, s->due);
	int32_t own = plan_own_day(s->due, step);
	int32_t first = own > s->today ? own : s->today;
	const char *rule;

	return step->channel >= CAMPAIGN_VOICES && first < day &&
	       plan_held(&c, w->rules, step, first, plan_preferred(c.account, step, first, w->now),
			 &rule) == REASON_NONE;
}

/* A live text or call that nothing holds: when does it go? */
static void
place(struct plan_walker *w, struct plan_state *s, const struct campaign_step *step, int32_t day)
{
	const struct plan_account *a = account_of(w, s);
	const struct plan_case c = case_of(w, s, s->due);
	int32_t own = plan_own_day(s->due, step);
	struct policy_question q = plan_question(w->person, a, step->channel, w->now);
	struct plan_slot slot;
	struct plan_row row = {.decision = PLAN_SEND};
	const char *rule;
	enum reason held;

	q.supposed = w->supposed;
	q.n_supposed = w->n_supposed;
	slot = plan_slot_from(w->rules->policy, &q, a, step, day, own,
			      plan_last_day(a, s->due, step), w->now);
	row.at = slot.at;
	if (slot.at == INT64_MAX) {
		tell_skip(w, s, (size_t)s->index, step, day, slot.reason, slot.rule);
		return;
	}
	/* something may begin between the preferred time and the time it is moved to */
	held = plan_held(&c, w->rules, step, slot.day, slot.at, &rule);
	if (slot.day == day && held != REASON_NONE) {
		tell_skip(w, s, (size_t)s->index, step, day, held, rule);
		return;
	}
	if (!plan_stuck(a, s->due, step))
		suppose(w, a, step->channel, slot.at, slot.day > day);
	if (slot.day == day) {
		s->gone[step->channel] = step->day;
		note_sent(w, s, step, slot.at);
	}
	if (slot.day > day || (slot.moved && day == own)) {
		row.decision = PLAN_DEFER;
		row.reason = slot.reason;
		row.rule = slot.rule;
	} else if (day > own) {
		row.reason = REASON_LATE;
	}
	/* a deferral that stands was listed before; it is listed again where it leads */
	if (slot.day > day && day >= w->from) {
		if (s->told[step->channel] == step && s->told_at[step->channel] == slot.at)
			return;
		s->told[step->channel] = step;
		s->told_at[step->channel] = slot.at;
	}
	tell(w, s, (size_t)s->index, step, day, &row);
}

/* `waits`: the account is one of a crowd and gets no turn. */
static void
live_day(struct plan_walker *w, struct plan_state *s, const struct campaign_step *step, int32_t day,
	 bool waits)
{
	const struct plan_case c = case_of(w, s, s->due);
	const char *rule;
	enum reason held;

	if (step->channel >= CAMPAIGN_VOICES) {
		task_day(w, s, step, day);
		return;
	}
	held =
	    plan_held(&c, w->rules, step, day, plan_preferred(c.account, step, day, w->now), &rule);
	if (held == REASON_NONE && waits)
		held = REASON_OTHER_ACCOUNT;
	if (held != REASON_NONE)
		tell_skip(w, s, (size_t)s->index, step, day, held, rule);
	else
		place(w, s, step, day);
}

/* One step of the amount followed, on one day. */
static void
step_day(struct plan_walker *w, struct plan_state *s, const struct campaign_step *step, int32_t day,
	 bool waits)
{
	const struct plan_account *a = account_of(w, s);
	const struct plan_case c = case_of(w, s, s->due);
	int32_t last = plan_last_day(a, s->due, step), since;
	enum reason reason;
	enum plan_life life;

	if (last + 1 < day)
		return;
	life = plan_life(&c, step, day, &since, &reason);
	if (life == PLAN_LIFE_MARKED) {
		if (day == plan_own_day(s->due, step))
			tell_skip(w, s, (size_t)s->index, step, day, reason, NULL);
		return;
	}
	if (last < a->known_since || task_made(w, s, step, day) ||
	    (step->channel < CAMPAIGN_VOICES && s->gone[step->channel] >= step->day))
		return;
	if (life == PLAN_LIFE_OVER) {
		/* the store may not know yet of one that gave up while nobody looked */
		if (since == day || (day == s->today && day <= last))
			tell_skip(w, s, (size_t)s->index, step, day, REASON_SUPERSEDED, NULL);
	} else if (w->target == step && w->target_account == s->account) {
		w->reached = true;
	} else {
		live_day(w, s, step, day, waits);
	}
}

static void
account_day(struct plan_walker *w, struct plan_state *s, int32_t day, bool waits)
{
	const struct plan_account *a = account_of(w, s);

	if (day < s->today)
		return;
	if (w->emit && day >= w->from)
		day_of_paid(w, s, day);
	if (s->index < 0)
		return;
	/* calls last: whether one may go can hang on the day's texts */
	for (int calls = 0; calls < 2; calls++) {
		for (size_t i = 0; i < a->n_steps && !w->reached; i++) {
			if (plan_own_day(s->due, &a->steps[i]) > day)
				break;
			if ((a->steps[i].channel == CAMPAIGN_CALL) == calls)
				step_day(w, s, &a->steps[i], day, waits);
		}
	}
}

/* Accounts of a crowd that found no place get no turn, but they get their rows. */
static void
crowd_day(struct plan_walker *w, int32_t day)
{
	struct plan_state s;

	for (size_t i = 0; i < w->person->n_accounts; i++) {
		if (look(w, i, &s) && before(w, &w->states[PLAN_ACCOUNTS - 1], &s))
			account_day(w, &s, day, true);
	}
}

static void
walk_day(struct plan_walker *w, int32_t day)
{
	for (size_t i = 0; i < w->n_states && !w->reached; i++)
		account_day(w, &w->states[i], day, false);
	if (w->crowded && !w->target)
		crowd_day(w, day);
	if (!w->reached)
		forget(w, true, INT64_MIN);
}

void
plan_walker_run(struct plan_walker *w)
{
	int32_t day = w->to;

	/* accounts of one person may live in several zones, some still in yesterday */
	for (size_t i = 0; i < w->n_states; i++) {
		if (w->states[i].today < day)
			day = w->states[i].today;
	}
	for (; day <= w->to && !w->reached; day++)
		walk_day(w, day);
}

void
plan_walk(const struct plan_person *person, const struct plan_rules *rules, int64_t now,
	  int32_t from, int32_t to, plan_emit *emit, void *ctx)
{
	struct plan_walker w;

	plan_walker_init(&w, person, rules, now, from, to);
	w.emit = emit;
	w.ctx = ctx;
	plan_walker_run(&w);
}
