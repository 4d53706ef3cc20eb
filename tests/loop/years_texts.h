/* years_texts.h - texts leave, each before the judge; and what both books know of an account, told
 * when it objects */
#ifndef TESTS_LOOP_YEARS_TEXTS_H
#define TESTS_LOOP_YEARS_TEXTS_H

#include "years_outside.h"

#include "gateway/store/list.h"

static inline int
campaign_index(const struct life *f, const char *name)
{
	for (int i = 0; i < f->l.book.n; i++)
		if (strcmp(f->l.book.campaign[i].name, name) == 0)
			return i;
	return -1;
}

/* Does the step ask for an open promise, by its campaign or as the reminder of its day? */
static inline bool
reminds(struct life *f, const struct j_text *x)
{
	int32_t today = today_of(f, x->account);
	const struct l_campaign *c;

	if (x->class != J_CAMPAIGN || x->campaign < 0)
		return false;
	for (int i = 0; i < f->j.n_promises; i++) {
		const struct j_promise *p = &f->j.promise[i];

		if (p->account == x->account && p->status == 0 && p->day == today &&
		    x->due + atoi(x->step) == today)
			return true;
	}
	c = &f->l.book.campaign[x->campaign];
	for (int i = 0; i < c->n_steps; i++)
		if (c->step[i].channel == J_SMS && c->step[i].day == atoi(x->step))
			return c->step[i].wants_promise;
	return false;
}

static inline bool
is_selected(const struct life *f, const struct l_campaign *c, int account, int bucket,
	    int64_t balance)
{
	const struct j_account *a = &f->j.account[account];

	return (c->products == 0 || c->products & 1U << a->product) &&
	       (c->segments == 0 || c->segments & 1U << a->segment) &&
	       (c->risks == 0 || c->risks & 1U << a->risk) &&
	       (c->buckets == 0 || c->buckets & 1U << bucket) && balance >= c->least;
}

static inline void
judge_campaign(struct life *f, const struct j_text *x, const char *name)
{
	struct j_debt d = j_owes(&f->j, x->account, today_of(f, x->account));
	const struct l_campaign *c;
	bool known = reminds(f, x);

	if (x->campaign < 0) {
		J_WRONG(&f->j, "message %" PRId64 " of %s, which is no campaign", x->message, name);
		return;
	}
	c = &f->l.book.campaign[x->campaign];
	for (int i = 0; i < c->n_steps; i++)
		known = known || (c->step[i].channel == J_SMS && c->step[i].day == atoi(x->step));
	if (!known)
		J_WRONG(&f->j, "message %" PRId64 ": %s has no step %s", x->message, name, x->step);
	if (!d.murky && !is_selected(f, c, x->account, bucket_of(atoi(x->step)), d.balance))
		J_WRONG(&f->j, "message %" PRId64 ": %s does not select %s", x->message, name,
			f->j.account[x->account].ref);
}

/* Loads the product's facts of an account's person: 0, or the error. */
static inline int
look_at(struct life *f, int account, size_t *index)
{
	int rc;

	if (f->looking == NULL)
		f->looking = facts_new(f->config);
	facts_use(f->looking, f->config);
	assert_int_equal(list_lock(f->eye), 0);
	rc = facts_load_account(f->looking, f->eye, f->j.account[account].id, f->now, index);
	list_unlock(f->eye);
	return rc;
}

static inline void
tell_imports(const struct life *f, int account)
{
	for (const struct j_import *im = f->j.import; im < f->j.import + f->j.n_imports; im++)
		for (int k = 0; k < im->n; k++)
			if (im->row[k].account == account)
				fprintf(stderr, "  import %" PRId64 "%s, %s: %s %" PRId64 "\n",
					im->id, im->undone ? " (undone)" : "",
					im->payments           ? "payments"
					: im->mode == J_UPDATE ? "accounts"
							       : "whole accounts",
					j_date(im->row[k].due),
					im->payments            ? im->row[k].amount
					: im->row[k].given >= 0 ? im->row[k].given
								: im->row[k].billed);
}

/* Both books of an account's debts, for whoever looks into a violation. */
static inline void
tell_debts(struct life *f, int account)
{
	const struct plan_person *p;
	struct j_account a = f->j.account[account];
	size_t index;

	look_at(f, account, &index);
	p = facts_person(f->looking);
	j_book(&a);
	tell_imports(f, account);
	for (int i = 0; i < a.n_dues; i++)
		fprintf(stderr, "  judge: %s %" PRId64 " of %" PRId64 "%s\n", j_date(a.due[i].due),
			a.due[i].left, a.due[i].billed, a.due[i].closed ? ", closed" : "");
	for (size_t i = 0; i < p->n_accounts; i++)
		for (size_t k = 0;
		     (int64_t)p->accounts[i].id == a.id && k < p->accounts[i].n_amounts; k++)
			fprintf(stderr, "  product: %s %" PRId64 " of %" PRId64 ", %zu steps\n",
				j_date(p->accounts[i].amounts[k].due),
				p->accounts[i].amounts[k].left, p->accounts[i].amounts[k].billed,
				p->accounts[i].n_steps);
	for (size_t i = 0; i < p->n_accounts; i++)
		for (size_t k = 0; (int64_t)p->accounts[i].id == a.id && k < p->accounts[i].n_steps;
		     k++)
			fprintf(stderr, "  product: %+d/%s of %s\n", p->accounts[i].steps[k].day,
				channel_words[p->accounts[i].steps[k].channel],
				p->accounts[i].steps[k].of->name);
}

/* What both know of an account, for whoever looks into a violation. */
static inline void
tell_account(struct life *f, int account)
{
	const struct j_account *a = &f->j.account[account];

	for (int z = 0; z < a->n_zones; z++) {
		struct j_time t = j_local(a->zone[z], f->now);

		fprintf(stderr, "  %s: %s %02d:%02d in %s%s\n", a->ref, j_date(t.day),
			t.second / 3600, t.second / 60 % 60, j_zone_names[a->zone[z]],
			j_is_holiday(&f->j.policy, t.day) ? ", holiday" : "");
	}
	for (int i = 0; i < f->j.n_accounts; i++)
		if (j_same_person(&f->j, i, account))
			fprintf(stderr,
				"  account %d: person_id %d, phone %s, the product's person %d\n",
				i, f->j.account[i].person_id, f->j.account[i].phone[0],
				(int)ask_store(f, "SELECT person FROM account WHERE id = %" PRId64,
					       f->j.account[i].id));
	tell_debts(f, account);
}

static inline void
judge_ready(struct life *f, int64_t id)
{
	static const char sql[] =
	    "SELECT m.account, m.due, m.step, m.class, m.number, m.body, m.campaign, m.answers, "
	    "(SELECT at FROM message i WHERE i.id = m.answers) FROM message m WHERE m.id = ?";
	struct j_text x = {.message = id, .campaign = -1};
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(f->eye->db, sql, -1, &st, NULL), SQLITE_OK);
	sqlite3_bind_int64(st, 1, id);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	x.account = account_of(f, sqlite3_column_int64(st, 0));
	x.due = sqlite3_column_int(st, 1);
	x.step = store_text(st, 2);
	x.class = sqlite3_column_int(st, 3) == CLASS_CAMPAIGN ? J_CAMPAIGN
		  : sqlite3_column_int(st, 3) == CLASS_ANSWER ? J_ANSWER
							      : J_MANUAL;
	x.number = store_text(st, 4);
	x.body = store_text(st, 5);
	x.answers_reply = x.class == J_MANUAL && sqlite3_column_int64(st, 7) != 0;
	x.replied = sqlite3_column_int64(st, 7);
	x.received = sqlite3_column_int64(st, 8);
	if (x.class == J_CAMPAIGN && x.account >= 0) {
		x.campaign = campaign_index(f, store_text(st, 6));
		x.reminds = reminds(f, &x);
		judge_campaign(f, &x, store_text(st, 6));
	}
	j_judge_text(&f->j, &x);
	if (f->j.violations > 0 && x.account >= 0)
		tell_account(f, x.account);
	sqlite3_finalize(st);
}

static inline int
carrier(const struct life *f, int queue)
{
	if (queue == 2)
		return 2;
	if (f->link[queue].up)
		return queue;
	return f->n_links == 2 && f->link[!queue].up && f->now - f->link[queue].since > J_MINUTE
		   ? !queue
		   : -1;
}

static inline bool
hand_over(struct life *f, int queue)
{
	int by = carrier(f, queue);
	struct handover h = {.config = f->config,
			     .tools = &f->tools,
			     .queue = f->link[queue].name,
			     .now = f->now,
			     .room = 1 + roll(&f->dice, 40),
			     .texts = 1 + roll(&f->dice, 40)};
	bool more;

	if (by < 0)
		return false;
	h.route = by == 2 ? NULL : &f->config->routes[by];
	assert_int_equal(run_job(f, handover_work, &h), 0);
	f->link[queue].next_at = h.held == REASON_NONE ? h.next_at : INT64_MAX;
	for (size_t i = 0; i < h.n_ready; i++) {
		judge_ready(f, h.ready[i].id);
		operator_takes(f, &h.ready[i], by);
	}
	more = f->link[queue].next_at <= f->now;
	if (h.rerouted)
		wake(f);
	handover_clear(&h);
	return more;
}

static inline void
pump(struct life *f)
{
	for (int round = 0; round < 500; round++) {
		bool more = false;

		for (int q = 0; q < 3; q++)
			if ((q == 2 || q < f->n_links) && f->link[q].next_at <= f->now)
				more = hand_over(f, q) || more;
		if (!more)
			return;
	}
	J_WRONG(&f->j, "the queue does not come to rest");
}

#endif
