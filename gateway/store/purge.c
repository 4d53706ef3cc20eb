#include "purge.h"

#include "erase.h"
#include "list.h"
#include "schedule/debt.h"
#include "store_ask.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ACCOUNTS 256  /* looked at in one call */
#define STRETCH  5000 /* ids gone over in one call: most accounts are too young */
#define TEXTS    256
#define AMOUNTS  512 /* an account with more is not purged */

/* One account, or (account 0) nobody's texts. */
struct subject {
	struct store *s;
	const struct purge_rule *rule;
	int64_t account;
	int left; /* of the budget */
	int64_t events, texts, others, first, last;
	bool removed;
};

/* ---- is anything open? ---- */

/* 1, 0, negative; more amounts than can be held count as open. */
static int
owes(struct subject *j)
{
	struct debt_amount amounts[AMOUNTS];
	struct debt_payment payments[AMOUNTS];
	size_t n = 0, m = 0;
	int64_t left = 0;
	int rc;
	sqlite3_stmt *st =
	    store_ask(j->s, STORE_ACCOUNT_AMOUNTS, as_int(j->account), as_int(j->s->visible));

	while ((rc = store_step(j->s, st)) == 1 && n < AMOUNTS)
		amounts[n++] = (struct debt_amount){.due = sqlite3_column_int(st, 0),
						    .billed = sqlite3_column_int64(st, 1),
						    .given = sqlite3_column_int64(st, 2),
						    .since = sqlite3_column_int64(st, 3)};
	sqlite3_reset(st);
	if (rc != 0 || n == 0)
		return rc;
	st = store_ask(j->s, STORE_ACCOUNT_PAYMENTS, as_int(j->account), as_int(j->s->visible));
	while ((rc = store_step(j->s, st)) == 1 && m < AMOUNTS)
		payments[m++] = (struct debt_payment){.amount = sqlite3_column_int64(st, 0),
						      .since = sqlite3_column_int64(st, 1),
						      .paid_on = sqlite3_column_int(st, 2)};
	sqlite3_reset(st);
	if (rc != 0)
		return rc;
	debt_settle(amounts, n, payments, m);
	for (size_t i = 0; i < n; i++)
		left += amounts[i].left;
	return left > 0 && left >= j->rule->ignore_below;
}

/* What a statement about one account finds: its first column, 0, negative. */
static int64_t
look(struct subject *j, enum store_statement which)
{
	sqlite3_stmt *st = store_get(j->s, which);
	int64_t found;
	int rc;

	store_bind_int(st, 1, j->account);
	if (which == STORE_PURGE_OPEN)
		store_bind_int(st, 2, j->rule->today);
	if (which == STORE_PURGE_YOUNG) {
		store_bind_int(st, 2, j->rule->before);
		store_bind_int(st, 3, j->rule->before_day);
	}
	if (which == STORE_PURGE_COUNT_EVENTS || which == STORE_PURGE_COUNT_TEXTS)
		store_bind_int(st, 2, j->rule->before);
	if (which == STORE_PURGE_COUNT_STRANGERS)
		store_bind_int(st, 1, j->rule->before);
	rc = store_figure(j->s, st, &found);
	return rc < 0 ? rc : found;
}

/* ---- what is told of it ---- */

static int
tell(struct subject *j, int64_t account)
{
	struct event_json data;

	event_json_init(&data);
	event_json_int(&data, "before", j->rule->before);
	event_json_int(&data, "events", j->events);
	if (j->events > 0) {
		event_json_int(&data, "first", j->first);
		event_json_int(&data, "last", j->last);
	}
	event_json_int(&data, "texts", j->texts);
	event_json_int(&data, "others", j->others);
	if (j->removed)
		event_json_text(&data, "account", "removed");
	return event_tell(j->s, "purged", j->rule->actor, account, 0, j->rule->now, &data);
}

/* ---- what goes ---- */

static int
purge_events(struct subject *j)
{
	int n = erase_events(j->s, j->account, j->rule->before, j->left, &j->first, &j->last);

	if (n > 0) {
		j->events += n;
		j->left -= n;
	}
	return n;
}

/* Texts with all that hangs on them.  Nobody's texts (account 0) take their events with them. */
static int
purge_texts(struct subject *j)
{
	static const enum store_statement hangs[] = {STORE_PARTS_DROP, STORE_PARTIAL_DROP,
						     STORE_PURGE_INBOX, STORE_PURGE_MESSAGE};
	int64_t ids[TEXTS];
	int n = 0, rc;
	sqlite3_stmt *st =
	    store_ask(j->s, STORE_PURGE_TEXTS, as_some(j->account), as_int(j->rule->before));

	while (n < TEXTS && n < j->left && (rc = store_step(j->s, st)) == 1)
		ids[n++] = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	rc = 0;
	for (int i = 0; i < n && rc >= 0; i++) {
		if (j->account == 0 &&
		    (rc = erase_events(j->s, -ids[i], INT64_MAX, 500, &j->first, &j->last)) >= 0)
			j->events += rc;
		for (size_t k = 0; k < sizeof hangs / sizeof *hangs && rc >= 0; k++)
			rc = store_set(j->s, hangs[k], as_int(ids[i]));
	}
	j->texts += n;
	j->left -= n;
	return rc < 0 ? rc : n;
}

static int
purge_others(struct subject *j)
{
	static const enum store_statement kinds[] = {
	    STORE_PURGE_PROMISES, STORE_PURGE_PLAN_PARTS, STORE_PURGE_PLANS,    STORE_PURGE_HOLDS,
	    STORE_PURGE_TASKS,    STORE_PURGE_SKIPS,      STORE_PURGE_CONTACTS, STORE_PURGE_CALLS};
	int rc = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && rc == 0; i++) {
		rc = store_set(j->s, kinds[i], as_int(j->account), as_int(j->rule->before));
		if (rc == 0)
			j->others += sqlite3_changes(j->s->db);
	}
	return rc;
}

/* The whole account: its person is forgotten, but not that they said STOP. */
static int
purge_account(struct subject *j)
{
	static const enum store_statement rows[] = {STORE_PURGE_ROWS, STORE_PURGE_AMOUNTS,
						    STORE_PURGE_PAYMENTS, STORE_PURGE_OPTOUT,
						    STORE_PURGE_ACCOUNT};
	int rc = erase_numbers(j->s, j->account);

	if (rc == 1)
		rc = tell(j, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows && rc == 0; i++)
		rc = store_set(j->s, rows[i], as_int(j->account));
	j->removed = rc == 0;
	return rc;
}

/* ---- one subject ---- */

/* 1 there was something, 0 nothing, negative. */
static int
count_only(struct subject *j)
{
	int64_t young = look(j, STORE_PURGE_YOUNG);

	j->events = look(j, STORE_PURGE_COUNT_EVENTS);
	j->texts = look(j, STORE_PURGE_COUNT_TEXTS);
	j->removed = young == 0 && look(j, STORE_PURGE_SHARED) == 0;
	j->left -= 10;
	if (young < 0 || j->events < 0 || j->texts < 0)
		return UV_EIO;
	return j->events + j->texts > 0 || j->removed;
}

static int
work_on(struct subject *j)
{
	int64_t young;
	int rc, texts;

	if (j->rule->dry)
		return count_only(j);
	if ((rc = purge_events(j)) < 0 || (rc = texts = purge_texts(j)) < 0 ||
	    (rc = purge_others(j)) < 0)
		return rc;
	if (j->left > 0 && texts < TEXTS) {
		if ((young = look(j, STORE_PURGE_YOUNG)) < 0)
			return (int)young;
		if (young == 0 && look(j, STORE_PURGE_SHARED) == 0 && (rc = purge_account(j)) != 0)
			return rc;
	}
	if (j->events + j->texts + j->others == 0 && !j->removed)
		return 0;
	rc = tell(j, j->account);
	return rc < 0 ? rc : 1;
}

static void
add_up(struct purge_counts *c, const struct subject *j, int rc)
{
	c->accounts += rc == 1 && j->account != 0;
	c->removed += j->removed;
	c->events += j->events;
	c->texts += j->texts;
	c->others += j->others;
}

/* Calls with nobody known: their events name nobody. */
static int
purge_calls(struct subject *j)
{
	return store_set(j->s, STORE_PURGE_CALLS, as_null(), as_int(j->rule->before));
}

static int
purge_strangers(struct subject *j, struct purge_walk *walk, struct purge_counts *counts)
{
	int rc = 0;

	if (j->rule->dry) {
		j->texts = look(j, STORE_PURGE_COUNT_STRANGERS);
	} else if ((rc = purge_calls(j)) == 0 && (rc = purge_texts(j)) > 0) {
		rc = tell(j, j->account);
	}
	walk->done = j->rule->dry || j->texts == 0;
	add_up(counts, j, rc);
	return rc;
}

/* Ids of the next accounts that are old enough to have anything to lose. */
static int
next_accounts(struct store *s, const struct purge_rule *rule, int64_t after, int64_t ids[ACCOUNTS])
{
	sqlite3_stmt *st = store_ask(s, STORE_PURGE_NEXT, as_int(after), as_int(after + STRETCH),
				     as_int(rule->before), as_int(ACCOUNTS));

	return store_ids(s, st, ids, ACCOUNTS);
}

/* One account; *more: it has more than the budget allowed. */
static int
purge_one(struct store *s, const struct purge_rule *rule, int64_t account, int *budget,
	  struct purge_counts *counts, bool *more)
{
	struct subject j = {.s = s, .rule = rule, .account = account, .left = *budget};
	int64_t open;
	int rc = owes(&j);

	*more = false;
	if (rc == 0) {
		if ((open = look(&j, STORE_PURGE_OPEN)) < 0)
			return (int)open;
		if (open == 0 && (rc = work_on(&j)) >= 0) {
			add_up(counts, &j, rc);
			*more = j.left <= 0 && !rule->dry;
		}
	}
	*budget = j.left - 1;
	return rc < 0 ? rc : 0;
}

int
purge_step(struct store *s, const struct purge_rule *rule, struct purge_walk *walk, int budget,
	   struct purge_counts *counts)
{
	int64_t ids[ACCOUNTS], from = walk->after, last;
	bool more = false;
	int n, rc;

	if (walk->strangers) {
		struct subject j = {.s = s, .rule = rule, .left = budget};

		return purge_strangers(&j, walk, counts);
	}
	if ((n = next_accounts(s, rule, walk->after, ids)) < 0)
		return n;
	for (int i = 0; i < n; i++) {
		if ((rc = purge_one(s, rule, ids[i], &budget, counts, &more)) != 0)
			return rc;
		walk->after = more ? walk->after : ids[i];
		if (budget <= 0)
			return 0;
	}
	if (n == ACCOUNTS)
		return 0;
	walk->after = from + STRETCH;
	if ((rc = list_last_account(s, &last)) != 0)
		return rc;
	walk->strangers = walk->after >= last;
	return 0;
}
