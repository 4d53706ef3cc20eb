/* years_explain.h - every account-day is explained: each live step has its row, its task, or the
 * reason the plan gives */
#ifndef TESTS_LOOP_YEARS_EXPLAIN_H
#define TESTS_LOOP_YEARS_EXPLAIN_H

#include "years_texts.h"

struct explaining {
	struct life *f;
	int account;
	int32_t due;
	char step[24];
	bool found, aloud;
};

static inline void
on_plan_row(void *ctx, const struct plan_row *row)
{
	struct explaining *e = ctx;
	char step[CAMPAIGN_STEP_TEXT];

	if ((int64_t)facts_person(e->f->looking)->accounts[row->account].id !=
	    e->f->j.account[e->account].id)
		return;
	campaign_step_format(row->step->day, (enum campaign_channel)row->step->channel, step);
	if (e->aloud)
		fprintf(stderr, "  planned: %s of %s: %s %s %s\n", step, j_date(row->due),
			plan_decision_word(row->decision), reason_word(row->reason),
			row->rule != NULL ? row->rule : "");
	if (row->due != e->due)
		return;
	if (strcmp(step, e->step) == 0 &&
	    (row->reason != REASON_NONE || row->decision == PLAN_TASK))
		e->found = true;
}

static inline bool
plan_explains(struct life *f, struct explaining *e)
{
	int32_t today = today_of(f, e->account);
	struct plan_rules rules;
	size_t index;

	if (f->looking == NULL)
		f->looking = facts_new(f->config);
	facts_use(f->looking, f->config);
	assert_int_equal(list_lock(f->eye), 0);
	assert_int_equal(facts_rules(f->looking, f->eye, f->now, REASON_NONE, &rules), 0);
	if (facts_load_account(f->looking, f->eye, f->j.account[e->account].id, f->now, &index) ==
	    0)
		plan_walk(facts_person(f->looking), &rules, f->now, today, today, on_plan_row, e);
	list_unlock(f->eye);
	return e->found;
}

static inline void
explain_step(struct life *f, int account, int32_t due, const struct l_step *s, const char *campaign)
{
	struct explaining e = {.f = f, .account = account, .due = due};
	int64_t id = f->j.account[account].id;

	snprintf(e.step, sizeof e.step, "%s%d/%s", s->day >= 0 ? "+" : "", s->day,
		 channel_words[s->channel]);
	if (s->channel == J_SMS &&
	    ask_store(f,
		      "SELECT handed_at IS NOT NULL OR reason <> 0 FROM message WHERE account = "
		      "%" PRId64 " AND due = %d AND step = '%s'",
		      id, due, e.step) == 1)
		return;
	if (s->channel > J_CALL && ask_store(f,
					     "SELECT count(*) FROM task WHERE account = %" PRId64
					     " AND due = %d AND step = '%s'",
					     id, due, e.step) > 0)
		return;
	/* left out by a person */
	if (ask_store(f,
		      "SELECT count(*) FROM skip WHERE account = %" PRId64
		      " AND due = %d AND step = '%s'",
		      id, due, e.step) > 0 ||
	    plan_explains(f, &e))
		return;
	J_WRONG(&f->j, "%s: nothing says why %s of %s (%s) did not go on %s (row %d)",
		f->j.account[account].ref, e.step, j_date(due), campaign,
		j_date(today_of(f, account)),
		(int)ask_store(f,
			       "SELECT status FROM message WHERE account = %" PRId64
			       " AND due = %d AND step = '%s'",
			       id, due, e.step));
	e.aloud = true;
	plan_explains(f, &e);
	tell_debts(f, account);
}

static inline void
explain_account(struct life *f, int account)
{
	int32_t today = today_of(f, account);
	struct j_debt d = j_owes(&f->j, account, today);
	const struct j_account *a = &f->j.account[account];

	if (!a->listed || a->id == 0 || d.murky || d.oldest < 0)
		return;
	for (int c = 0; c < f->l.book.n; c++)
		for (int i = 0; i < f->l.book.campaign[c].n_steps; i++) {
			const struct l_step *s = &f->l.book.campaign[c].step[i];
			int32_t own = d.due + s->day;
			int first = 0;

			if (today < own || today > own + f->l.book.campaign[c].late ||
			    (s->day < 0 && today > d.due))
				continue;
			while (first < f->l.book.n &&
			       !is_selected(f, &f->l.book.campaign[first], account,
					    bucket_of(s->day), d.balance))
				first++;
			if (first == c && f->l.book.campaign[c].kept == 0)
				explain_step(f, account, d.due, s, f->l.book.campaign[c].name);
		}
}

static inline void
evening(struct life *f)
{
	for (int i = 0; i < f->j.n_accounts; i++) {
		const struct j_account *a = &f->j.account[i];

		if (a->listed && j_local(a->zone[0], f->now).second / 3600 == 23)
			explain_account(f, i);
	}
}

#endif
