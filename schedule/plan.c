#include "plan_part.h"

#include <assert.h>

const char *
plan_decision_word(enum plan_decision decision)
{
	static const char *const words[] = {"send", "defer", "skip", "task"};

	assert(decision >= PLAN_SEND && decision <= PLAN_TASK);
	return words[decision];
}

/* The campaign may have changed since the row was planned: a step is known by day and channel. */
static const struct campaign_step *
find_step(const struct plan_account *a, int day, enum campaign_channel channel)
{
	for (size_t i = 0; i < a->n_steps; i++) {
		if (a->steps[i].day == day && a->steps[i].channel == channel)
			return &a->steps[i];
	}
	return NULL;
}

static const struct debt_amount *
find_amount(const struct plan_account *a, int32_t due)
{
	for (size_t i = 0; i < a->n_amounts; i++) {
		if (a->amounts[i].due == due)
			return &a->amounts[i];
	}
	return NULL;
}

static void
skip(struct plan_row *row, enum reason reason, const char *rule)
{
	row->decision = PLAN_SKIP;
	row->reason = reason;
	row->rule = rule;
}

/* May the step be talked about at all today?  False when `row` has its answer. */
static bool
may_speak(const struct plan_account *a, const struct plan_rules *rules, int64_t now,
	  struct plan_row *row)
{
	const struct plan_case c = {.account = a, .due = row->due};
	int32_t since;
	enum reason reason = REASON_NONE;
	const char *rule;

	if (row->step_amount <= 0 || row->step_amount < rules->ignore_below) {
		skip(row, REASON_PAID, NULL);
		return false;
	}
	switch (plan_life(&c, row->step, row->on, &since, &reason)) {
	case PLAN_LIFE_MARKED: skip(row, reason, NULL); return false;
	case PLAN_LIFE_OVER: skip(row, REASON_SUPERSEDED, NULL); return false;
	case PLAN_LIFE_AHEAD:
		row->decision = PLAN_DEFER;
		row->at = plan_preferred(a, row->step, row->own_day, now);
		return false;
	case PLAN_LIFE_LIVE: break;
	}
	/* an older amount that a reversal re-opened speaks first */
	if (row->sums.index < 0 || a->amounts[row->sums.index].due != row->due) {
		skip(row, REASON_CONDITION, "oldest_first");
		return false;
	}
	reason = plan_held(&c, rules, row->step, row->on, now, &rule);
	if (reason != REASON_NONE)
		skip(row, reason, rule);
	return reason == REASON_NONE;
}

/* Puts the policy's answer about this very instant into the row. */
static void
ask_policy(const struct plan_account *a, const struct plan_rules *rules, struct policy_question *q,
	   int32_t last, struct plan_row *row)
{
	struct policy_decision d = policy_decide(rules->policy, q);
	struct plan_slot slot;

	if (d.answer == POLICY_ALLOW) {
		row->decision = PLAN_SEND;
		row->reason = row->on > row->own_day ? REASON_LATE : REASON_NONE;
		return;
	}
	slot = plan_slot_after(rules->policy, q, a, row->step, &d, last);
	skip(row, d.reason, d.rule);
	if (slot.at != INT64_MAX) {
		row->decision = PLAN_DEFER;
		row->at = slot.at;
	}
}

void
plan_decide(const struct plan_person *person, const struct plan_rules *rules, int64_t now,
	    size_t account, int32_t due, int day, enum campaign_channel channel,
	    struct plan_row *row)
{
	const struct plan_account *a = &person->accounts[account];
	const struct debt_amount *amount = find_amount(a, due);
	int32_t today = civil_local(a->zone, now).day;
	struct plan_walker w;
	struct policy_question q;

	assert(account < person->n_accounts);
	*row = (struct plan_row){.account = account, .due = due, .on = today, .at = now};
	row->own_day = due + day;
	row->step = find_step(a, day, channel);
	row->step_amount = amount ? amount->left : 0;
	row->sums = debt_sum(a->amounts, a->n_amounts, today, rules->ignore_below);
	if (!row->step) {
		skip(row, REASON_CAMPAIGN_CHANGED, NULL);
		return;
	}
	if (!may_speak(a, rules, now, row))
		return;
	if (channel >= CAMPAIGN_VOICES) {
		row->decision = PLAN_TASK;
		row->reason = today > row->own_day ? REASON_LATE : REASON_NONE;
		return;
	}
	/* those with a better claim to speak today go first */
	plan_walker_init(&w, person, rules, now, today, today);
	w.target = row->step;
	w.target_account = account;
	plan_walker_run(&w);
	if (!w.reached) {
		skip(row, REASON_OTHER_ACCOUNT, NULL);
		return;
	}
	q = plan_question(person, a, channel, now);
	q.supposed = w.supposed;
	q.n_supposed = w.n_supposed;
	ask_policy(a, rules, &q, plan_last_day(a, due, row->step), row);
}

void
plan_decide_manual(const struct plan_person *person, const struct plan_rules *rules, int64_t now,
		   size_t account, enum campaign_channel channel, bool answering,
		   struct plan_row *row)
{
	const struct plan_account *a = &person->accounts[account];
	int32_t today = civil_local(a->zone, now).day;
	struct policy_question q = plan_question(person, a, channel, now);
	struct policy_decision d;
	enum reason reason;
	const char *rule = NULL;

	assert(account < person->n_accounts);
	q.hours_only = answering;
	*row = (struct plan_row){.account = account, .on = today, .own_day = today, .at = now};
	row->sums = debt_sum(a->amounts, a->n_amounts, today, rules->ignore_below);
	if (answering)
		reason = a->barred == REASON_OPTED_OUT ? a->barred : REASON_NONE;
	else
		reason = plan_held_person(a, today, now, &rule);
	if (reason == REASON_NONE)
		reason = rules->stopped;
	if (reason != REASON_NONE) {
		skip(row, reason, rule);
		return;
	}
	d = policy_decide(rules->policy, &q);
	row->reason = d.reason;
	row->rule = d.rule;
	row->decision = d.answer == POLICY_ALLOW   ? PLAN_SEND
			: d.answer == POLICY_DEFER ? PLAN_DEFER
						   : PLAN_SKIP;
	if (d.answer == POLICY_DEFER)
		row->at = d.until;
}
