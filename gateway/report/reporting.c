#include "reporting.h"

#include "gateway/store/calls.h"
#include "gateway/store/report.h"
#include "schedule/reply.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define CREDIT_MS (REPORT_CREDIT_DAYS * INT64_C(86400000))

struct imported {
	int64_t id, at;
};

struct member {
	int64_t account;
	int64_t opted_out;    /* 0: not */
	bool special, writes; /* it had a hold, promise ...; it has texts */
	bool listed;          /* else erased: its texts alone are left */
};

/* One walk: what is known of all, and of the person at hand. */
struct walk {
	struct store *s;
	struct facts *facts;
	const struct reporting_query *q;
	struct report_words *words;
	struct report_table *tables;
	size_t n_tables;
	struct report_curve *curve;
	struct imported *import;
	size_t n_imports, cap_imports;
	bool groups; /* by what the lists say of an account */

	struct report_text *text;
	size_t n_texts, cap_texts;
	struct member *member;
	size_t n_members, cap_members;
	struct member *at; /* the member asked about */
	const struct civil_zone *zone;
	struct report_ledger ledger;
};

/* One more item of an array; NULL without memory. */
static void *
one_more(void *array, size_t n, size_t *cap, size_t size)
{
	size_t wider = *cap < 16 ? 16 : *cap * 2;
	void *grown;

	if (n < *cap)
		return array;
	if ((grown = realloc(array, wider * size)) != NULL)
		*cap = wider;
	return grown;
}

/* ---- the days of imports ---- */

static int
on_import(void *ctx, int64_t id, int64_t at)
{
	struct walk *w = ctx;
	void *p = one_more(w->import, w->n_imports, &w->cap_imports, sizeof *w->import);

	if (p == NULL)
		return UV_ENOMEM;
	w->import = p;
	w->import[w->n_imports++] = (struct imported){id, at};
	return 0;
}

/* Lists imported on the true clock may carry a later time than those that came after them on a
 * schedule's: none was taken in later than its successor. */
static int
load_imports(struct walk *w)
{
	int64_t latest = w->q->now;
	int rc = report_imports(w->s, on_import, w);

	for (size_t i = w->n_imports; i-- > 0;) {
		if (w->import[i].at > latest)
			w->import[i].at = latest;
		latest = w->import[i].at;
	}
	return rc;
}

static int32_t
import_day(void *ctx, int64_t id)
{
	const struct walk *w = ctx;
	size_t low = 0, high = w->n_imports;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->import[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return civil_local(w->zone, low < w->n_imports ? w->import[low].at : w->q->now).day;
}

/* ---- an account's ledger ---- */

static int
on_amount(void *ctx, int32_t due, int64_t since, int64_t until, int64_t billed, int64_t given)
{
	struct walk *w = ctx;
	struct report_version v = {
	    .due = due, .since = since, .until = until, .billed = billed, .given = given};

	return report_ledger_amount(&w->ledger, &v) != 0 ? UV_ENOMEM : 0;
}

static int
on_payment(void *ctx, int64_t amount, int64_t since, int32_t paid_on)
{
	struct walk *w = ctx;
	struct debt_payment p = {.amount = amount, .since = since, .paid_on = paid_on};

	return report_ledger_payment(&w->ledger, &p) != 0 ? UV_ENOMEM : 0;
}

static int
load_ledger(struct walk *w, int64_t account)
{
	int rc;

	report_ledger_begin(&w->ledger);
	if ((rc = report_amounts(w->s, account, on_amount, w)) != 0 || w->ledger.n_versions == 0 ||
	    (rc = report_payments(w->s, account, on_payment, w)) != 0)
		return rc;
	return report_ledger_replay(&w->ledger, facts_config(w->facts)->ignore_below, import_day,
				    w) != 0
		   ? UV_ENOMEM
		   : 0;
}

/* ---- a person's texts ---- */

static void
fate_of_call(const struct report_sent *m, struct report_text *t)
{
	t->over = m->ended_at;
	t->fate = m->status == CALLS_RIGHT_PARTY ? REPORT_TALKED : REPORT_RANG;
	t->wrong_numbers = m->status == CALLS_WRONG_PARTY;
}

static bool
fate_of(const struct report_sent *m, struct report_text *t)
{
	if (m->ended_at != 0) {
		fate_of_call(m, t);
		return true;
	}
	switch (m->status) {
	case STATUS_SENDING: t->fate = REPORT_SENDING; break;
	case STATUS_SENT: t->fate = REPORT_SENT; break;
	case STATUS_DELIVERED: t->fate = REPORT_DELIVERED; break;
	case STATUS_FAILED: t->fate = REPORT_FAILED; break;
	case STATUS_EXPIRED: t->fate = REPORT_EXPIRED; break;
	case STATUS_UNKNOWN: t->fate = REPORT_UNKNOWN; break;
	default: return false; /* taken back by a person: nothing went */
	}
	t->accepted = m->sent_at != 0 || t->fate == REPORT_SENT || t->fate == REPORT_DELIVERED ||
		      t->fate == REPORT_EXPIRED;
	return true;
}

static bool
is_asked_for(const struct walk *w, const struct report_sent *m)
{
	if (m->handed_at >= w->q->until)
		return false;
	return w->q->campaign == NULL ||
	       (m->campaign != NULL && strcmp(m->campaign, w->q->campaign) == 0);
}

static bool
fill_text(struct walk *w, const struct report_sent *m, struct report_text *t)
{
	*t = (struct report_text){.account = m->account,
				  .at = m->handed_at,
				  .earns = m->class == CLASS_CAMPAIGN || m->class == CLASS_MANUAL,
				  .counts = is_asked_for(w, m),
				  .segments = m->segments,
				  .price = m->price,
				  .due = m->due,
				  .class = store_class_word(m->class),
				  .campaign = report_word(w->words, m->campaign),
				  .step = report_word(w->words, m->step),
				  .template = report_word(w->words, m->template),
				  .language = report_word(w->words, m->language),
				  .route = report_word(w->words, m->route)};
	return fate_of(m, t);
}

static int
count_text(struct walk *w, struct report_text *t)
{
	if (t->has_dpd)
		t->bucket = config_bucket(facts_config(w->facts), t->dpd);
	for (size_t i = 0; t->counts && i < w->n_tables; i++)
		if (report_add(&w->tables[i], t) != 0)
			return UV_ENOMEM;
	return 0;
}

static struct member *
member_of(struct walk *w, int64_t account)
{
	for (size_t i = 0; i < w->n_members; i++)
		if (w->member[i].account == account)
			return &w->member[i];
	return NULL;
}

static int
add_member(struct walk *w, int64_t account, bool special, bool listed)
{
	void *p = one_more(w->member, w->n_members, &w->cap_members, sizeof *w->member);

	if (p == NULL)
		return UV_ENOMEM;
	w->member = p;
	w->member[w->n_members++] =
	    (struct member){.account = account, .special = special, .listed = listed};
	return 0;
}

static int
on_member(void *ctx, int64_t account, bool special)
{
	return add_member(ctx, account, special, true);
}

/* Accounts of the lists, and those whose texts alone are left. */
static int
load_members(struct walk *w, int64_t person)
{
	int rc = report_members(w->s, person, on_member, w);

	for (size_t i = 0; i < w->n_texts && rc == 0; i++) {
		int64_t account = w->text[i].account;

		if (account != 0 && member_of(w, account) == NULL)
			rc = add_member(w, account, true, false);
		if (account != 0 && rc == 0)
			member_of(w, account)->writes = true;
	}
	return rc;
}

/* ---- what the lists say of an account ---- */

static void
on_account(void *ctx, const struct report_account *a)
{
	struct walk *w = ctx;
	const char *product = NULL, *segment = NULL, *risk = NULL;

	if (a->timezone != NULL)
		w->zone = facts_zone(w->facts, a->timezone);
	if (w->groups) {
		product = report_word(w->words, a->product);
		segment = report_word(w->words, a->segment);
		risk = report_word(w->words, a->risk);
	}
	for (size_t i = 0; w->groups && w->at != NULL && i < w->n_texts; i++) {
		if (w->text[i].account != w->at->account)
			continue;
		w->text[i].product = product;
		w->text[i].segment = segment;
		w->text[i].risk = risk;
	}
}

static void
place(struct report_text *t, const struct civil_zone *zone)
{
	t->local = civil_local(zone, t->at);
	if (t->step != NULL) {
		t->dpd = t->local.day - t->due;
		t->has_dpd = true;
	}
}

/* ---- what came of them ---- */

static void
on_reply(void *ctx, int64_t at, int intent)
{
	struct walk *w = ctx;

	report_credit(w->text, w->n_texts, at, REPORT_REPLY);
	if (intent == REPLY_WRONG_NUMBER)
		report_credit(w->text, w->n_texts, at, REPORT_WRONG);
}

static void
on_promise(void *ctx, int64_t at, int status)
{
	struct walk *w = ctx;

	if (status == PROMISE_WITHDRAWN)
		return;
	report_credit(w->text, w->n_texts, at, REPORT_PROMISE);
	if (status == PROMISE_KEPT)
		report_credit(w->text, w->n_texts, at, REPORT_KEPT);
}

/* One STOP ends all accounts of a number: it counts once. */
static int
credit_stop(struct walk *w, struct member *m)
{
	int rc = report_opted_out(w->s, m->account, &m->opted_out);

	if (rc != 1)
		return rc;
	for (const struct member *other = w->member; other < m; other++)
		if (other->opted_out == m->opted_out)
			return 0;
	report_credit(w->text, w->n_texts, m->opted_out, REPORT_STOP);
	return 0;
}

static int
ask_member(struct walk *w, struct member *m)
{
	int rc = 0;

	w->at = m;
	w->zone = facts_lender_zone(w->facts);
	if (m->writes && m->listed && (rc = report_account(w->s, m->account, on_account, w)) != 0)
		return rc;
	for (size_t i = 0; m->writes && i < w->n_texts; i++)
		if (w->text[i].account == m->account)
			place(&w->text[i], w->zone);
	if (m->writes && (rc = load_ledger(w, m->account)) == 0)
		report_credit_cures(w->text, w->n_texts, m->account, &w->ledger);
	if (rc != 0 || (rc = report_replies(w->s, m->account, w->text[0].at, on_reply, w)) != 0)
		return rc;
	if (!m->special || (rc = report_promises_of(w->s, m->account, on_promise, w)) != 0)
		return rc;
	return credit_stop(w, m);
}

static int
finish_person(struct walk *w, int64_t person)
{
	int rc = 0;

	w->n_members = 0;
	if (w->n_texts > 0)
		rc = load_members(w, person);
	for (size_t i = 0; i < w->n_texts; i++)
		if (w->text[i].account == 0)
			place(&w->text[i], facts_lender_zone(w->facts));
	for (size_t i = 0; i < w->n_members && rc == 0 && w->n_texts > 0; i++)
		rc = ask_member(w, &w->member[i]);
	for (size_t i = 0; i < w->n_texts && rc == 0; i++)
		rc = count_text(w, &w->text[i]);
	w->n_texts = 0;
	return rc;
}

struct person {
	struct walk *w;
	int64_t id;
};

static int
on_sent(void *ctx, const struct report_sent *m)
{
	struct person *p = ctx;
	struct walk *w = p->w;
	struct report_text t;
	void *grown;

	if (m == NULL)
		return finish_person(w, p->id);
	p->id = m->person;
	if (!fill_text(w, m, &t))
		return 0;
	if (m->person == 0) {
		place(&t, facts_lender_zone(w->facts));
		return count_text(w, &t);
	}
	grown = one_more(w->text, w->n_texts, &w->cap_texts, sizeof *w->text);
	if (grown == NULL)
		return UV_ENOMEM;
	w->text = grown;
	w->text[w->n_texts++] = t;
	return 0;
}

/* ---- the walks ---- */

static void
end(struct walk *w)
{
	free(w->import);
	free(w->text);
	free(w->member);
	report_ledger_clear(&w->ledger);
}

static bool
groups_by_lists(const struct report_table *tables, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (tables[i].by == REPORT_PRODUCT || tables[i].by == REPORT_SEGMENT ||
		    tables[i].by == REPORT_RISK)
			return true;
	return false;
}

int
reporting_texts(struct store *s, struct facts *facts, const struct reporting_query *q,
		struct report_words *words, struct report_table *tables, size_t n)
{
	struct walk w = {.s = s,
			 .facts = facts,
			 .q = q,
			 .words = words,
			 .tables = tables,
			 .n_tables = n,
			 .zone = facts_lender_zone(facts),
			 .groups = groups_by_lists(tables, n)};
	struct person person = {.w = &w};
	/* Texts after the period take credit from those in it. */
	struct report_cursor cursor = {
	    .since = q->since,
	    .until = q->until < INT64_MAX - CREDIT_MS ? q->until + CREDIT_MS : INT64_MAX};
	int rc = load_imports(&w), more = 1;

	while (rc == 0 && more == 1)
		if ((more = report_sent(s, &cursor, on_sent, &person)) < 0)
			rc = more;
	if (rc == 0 && report_words_failed(words))
		rc = UV_ENOMEM;
	for (size_t i = 0; i < n; i++)
		report_sort(&tables[i]);
	end(&w);
	return rc;
}

static bool
in_period(const struct walk *w, int32_t due)
{
	const struct civil_zone *zone = w->zone;

	return (w->q->since == INT64_MIN || civil_instant(zone, due, 0) >= w->q->since) &&
	       (w->q->until == INT64_MAX || civil_instant(zone, due, 0) < w->q->until);
}

static int
draw_due(struct walk *w, int64_t account, const struct report_due *d)
{
	int32_t today = civil_local(w->zone, w->q->now).day;
	int rc;

	if (d->cleared == REPORT_NEVER || d->due > today || !in_period(w, d->due))
		return 0;
	if (w->q->campaign != NULL &&
	    (rc = report_spoke(w->s, account, d->due, w->q->campaign)) != 1)
		return rc;
	if (d->cleared == REPORT_OPEN)
		report_curve_open(w->curve, (int64_t)today - d->due);
	else
		report_curve_cured(w->curve, (int64_t)d->cleared - d->due);
	return 0;
}

static int
on_ref(void *ctx, int64_t account)
{
	struct walk *w = ctx;
	int rc;

	w->zone = facts_lender_zone(w->facts);
	if ((rc = report_account(w->s, account, on_account, w)) != 0 ||
	    (rc = load_ledger(w, account)) != 0)
		return rc;
	for (size_t i = 0; i < w->ledger.n_due && rc == 0; i++)
		rc = draw_due(w, account, &w->ledger.due[i]);
	return rc;
}

int
reporting_curve(struct store *s, struct facts *facts, const struct reporting_query *q,
		struct report_curve *curve)
{
	struct walk w = {
	    .s = s, .facts = facts, .q = q, .curve = curve, .zone = facts_lender_zone(facts)};
	int64_t after = 0;
	int rc = load_imports(&w), more = 1;

	while (rc == 0 && more == 1)
		if ((more = report_accounts(s, &after, on_ref, &w)) < 0)
			rc = more;
	report_curve_draw(curve);
	end(&w);
	return rc;
}
