#include "borrower.h"

#include "store_ask.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* ---- who uses a number ---- */

int
borrower_person_of(struct store *s, const char *number, int64_t *person)
{
	sqlite3_stmt *st = store_get(s, STORE_PERSON_KEY);
	char key[40];
	int rc;

	snprintf(key, sizeof key, "n%s", number);
	store_bind_text(st, 1, key);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	*person = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	/* An old number may still name a person who has been joined to another since. */
	st = store_get(s, STORE_ACCOUNT_PERSON);
	store_bind_int(st, 1, *person);
	if (store_step(s, st) == 1) {
		*person = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return 1;
}

bool
borrower_lists(const char *phones, const char *number)
{
	size_t len = strlen(number);

	for (const char *p = phones; (p = strstr(p, number)) != NULL; p += len)
		if ((p == phones || p[-1] == ';') && (p[len] == ';' || p[len] == '\0'))
			return true;
	return false;
}

int
borrower_accounts_of(struct store *s, const char *number, int64_t *ids, int cap)
{
	sqlite3_stmt *st;
	int64_t person;
	int n = 0, rc = borrower_person_of(s, number, &person);

	if (rc <= 0)
		return rc;
	st = store_get(s, STORE_PERSON_PHONES);
	store_bind_int(st, 1, person);
	store_bind_int(st, 2, s->visible);
	while ((rc = store_step(s, st)) == 1)
		if (borrower_lists(store_text(st, 1), number) && n++ < cap)
			ids[n - 1] = sqlite3_column_int64(st, 0);
	return rc < 0 ? rc : n;
}

int
borrower_all_accounts_of(struct store *s, const char *number, int64_t **ids)
{
	int n = borrower_accounts_of(s, number, NULL, 0);

	*ids = NULL;
	if (n <= 0)
		return n;
	if ((*ids = malloc((size_t)n * sizeof **ids)) == NULL)
		return UV_ENOMEM;
	return borrower_accounts_of(s, number, *ids, n);
}

int
borrower_accounts_of_person(struct store *s, int64_t person, int64_t **ids)
{
	sqlite3_stmt *st = store_get(s, STORE_PERSON_ACCOUNTS);
	int n = 0, room = 0, rc;

	*ids = NULL;
	store_bind_int(st, 1, person);
	store_bind_int(st, 2, s->visible);
	while ((rc = store_step(s, st)) == 1) {
		if (n == room) {
			int64_t *grown;

			room = room == 0 ? 16 : room * 2;
			if ((grown = realloc(*ids, (size_t)room * sizeof **ids)) == NULL) {
				sqlite3_reset(st);
				return UV_ENOMEM;
			}
			*ids = grown;
		}
		(*ids)[n++] = sqlite3_column_int64(st, 0);
	}
	return rc < 0 ? rc : n;
}

/* ---- opt-outs ---- */

static int
optout_key(struct store *s, enum store_statement which, const char *key, int64_t now,
	   const char *actor, int64_t message)
{
	sqlite3_stmt *st = store_get(s, which);

	store_bind_text(st, 1, key);
	if (which == STORE_OPTOUT_ADD) {
		store_bind_int(st, 2, now);
		store_bind_text(st, 3, actor);
		if (message != 0)
			store_bind_int(st, 4, message);
	}
	return store_do(s, st);
}

struct optout_change {
	bool out;
	const char *number, *actor, *how;
	int64_t message, now;
};

/* One account (0: none) goes with the number. */
static int
optout_account(struct store *s, const struct optout_change *c, int64_t account)
{
	struct event_json data;
	char key[40];
	int rc;

	snprintf(key, sizeof key, "a%lld", (long long)account);
	if (account != 0 && (rc = optout_key(s, c->out ? STORE_OPTOUT_ADD : STORE_OPTOUT_DROP, key,
					     c->now, c->actor, c->message)) != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "number", c->number[0] != '\0' ? c->number : NULL);
	event_json_text(&data, "how", c->how);
	return event_tell(s, c->out ? "opt_out" : "opt_in", c->actor, account, c->message, c->now,
			  &data);
}

static int
optout_change(struct store *s, const struct optout_change *c, int64_t account)
{
	int64_t *ids = NULL;
	char key[40];
	int n = 0, rc = 0;
	bool named = account == 0;

	if (c->number[0] != '\0') {
		snprintf(key, sizeof key, "n%s", c->number);
		rc = optout_key(s, c->out ? STORE_OPTOUT_ADD : STORE_OPTOUT_DROP, key, c->now,
				c->actor, c->message);
		if (rc == 0 && (n = borrower_all_accounts_of(s, c->number, &ids)) < 0)
			rc = n;
	}
	for (int i = 0; i < n && rc == 0; i++) {
		rc = optout_account(s, c, ids[i]);
		named = named || ids[i] == account;
	}
	free(ids);
	if (rc == 0 && (!named || n == 0))
		rc = optout_account(s, c, account);
	return rc;
}

int
borrower_optout(struct store *s, const char *number, int64_t account, const char *actor,
		int64_t message, int64_t now, const char *how)
{
	struct optout_change c = {true, number, actor, how, message, now};

	return optout_change(s, &c, account);
}

int
borrower_optin(struct store *s, const char *number, int64_t account, const char *actor,
	       int64_t message, int64_t now)
{
	struct optout_change c = {false, number, actor, NULL, message, now};

	return optout_change(s, &c, account);
}

bool
borrower_opted_out(struct store *s, const char *number)
{
	sqlite3_stmt *st = store_get(s, STORE_OPTOUT);
	char key[40];
	bool found;

	snprintf(key, sizeof key, "n%s", number);
	store_bind_text(st, 1, key);
	found = store_step(s, st) != 0;
	sqlite3_reset(st);
	return found;
}

bool
borrower_silent_since(struct store *s, const char *number, int64_t message, int64_t at)
{
	sqlite3_stmt *st = store_get(s, STORE_OPTOUT);
	bool since = true;
	char key[40];
	int rc;

	snprintf(key, sizeof key, "n%s", number);
	store_bind_text(st, 1, key);
	if ((rc = store_step(s, st)) == 1) {
		int64_t by = sqlite3_column_int64(st, 1);

		/* Two texts may come in one instant; their ids tell which was first. */
		since = by != 0 && message != 0 ? by > message : sqlite3_column_int64(st, 0) > at;
		sqlite3_reset(st);
	}
	return rc != 0 && since;
}

bool
borrower_number_dead(struct store *s, const char *number)
{
	sqlite3_stmt *st = store_get(s, STORE_DEAD_NUMBER);
	bool found;

	store_bind_text(st, 1, number);
	found = store_step(s, st) != 0;
	sqlite3_reset(st);
	return found;
}

int
borrower_dead_number(struct store *s, const char *number, int64_t account, enum reason reason,
		     int64_t message, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_DEAD_ADD);
	struct event_json data;
	int rc;

	store_bind_text(st, 1, number);
	store_bind_int(st, 2, reason);
	store_bind_int(st, 3, now);
	if (message != 0)
		store_bind_int(st, 4, message);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "number", number);
	event_json_text(&data, "reason", reason_word(reason));
	return event_tell(s, "number_stopped", "dunlin", account, message, now, &data);
}

/* ---- holds ---- */

int
borrower_hold(struct store *s, const struct borrower_hold *h, int64_t now, int64_t *id)
{
	sqlite3_stmt *st = store_get(s, STORE_HOLD_ADD);
	struct event_json data;
	int rc;

	store_bind_int(st, 1, h->account);
	store_bind_int(st, 2, h->reason);
	store_bind_text(st, 3, h->word);
	store_bind_int(st, 4, h->from != 0 ? h->from : now);
	if (h->until != INT32_MAX)
		store_bind_int(st, 5, h->until);
	store_bind_text(st, 6, h->actor);
	if (h->message != 0)
		store_bind_int(st, 7, h->message);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	*id = sqlite3_last_insert_rowid(s->db);
	event_json_init(&data);
	event_json_text(&data, "reason", h->word);
	if (h->from != 0)
		event_json_int(&data, "from_ms", h->from);
	if (h->until != INT32_MAX)
		event_json_int(&data, "until_day", h->until);
	return event_tell(s, "hold", h->actor, h->account, h->message, now, &data);
}

#define RELEASES                                                                                   \
	64 /* ended at once; those whose days are over count too, and stay open for years */

/* Which holds are meant. */
struct releasing {
	enum reason reason; /* REASON_COUNT: all, REASON_NONE: those a person put */
	const char *word;   /* NULL: any */
};

static bool
is_meant(const struct releasing *r, enum reason reason, const char *word)
{
	if (r->word != NULL && strcmp(r->word, word) != 0)
		return false;
	return r->reason == REASON_COUNT ||
	       reason == (r->reason == REASON_NONE ? REASON_HOLD : r->reason);
}

/* Ends the first of them: how many, or negative. */
static int
release_some(struct store *s, int64_t account, const struct releasing *r, const char *actor,
	     int64_t now)
{
	int64_t ids[RELEASES];
	char words[RELEASES][32];
	int n = 0, rc;
	sqlite3_stmt *st = store_get(s, STORE_HOLD_OPEN);

	store_bind_int(st, 1, account);
	while ((rc = store_step(s, st)) == 1 && n < RELEASES) {
		if (!is_meant(r, (enum reason)sqlite3_column_int(st, 1), store_text(st, 2)))
			continue;
		snprintf(words[n], sizeof words[n], "%s", store_text(st, 2));
		ids[n++] = sqlite3_column_int64(st, 0);
	}
	sqlite3_reset(st);
	for (int i = 0; i < n && rc >= 0; i++) {
		struct event_json data;

		st = store_get(s, STORE_HOLD_END);
		store_bind_int(st, 1, now);
		store_bind_text(st, 2, actor);
		store_bind_int(st, 3, ids[i]);
		if ((rc = store_do(s, st)) != 0)
			return rc;
		event_json_init(&data);
		event_json_text(&data, "reason", words[i]);
		rc = event_tell(s, "release", actor, account, 0, now, &data);
	}
	return rc < 0 ? rc : n;
}

static int
release_all(struct store *s, int64_t account, const struct releasing *r, const char *actor,
	    int64_t now)
{
	int all = 0, n;

	do {
		if ((n = release_some(s, account, r, actor, now)) < 0)
			return n;
		all += n;
	} while (n == RELEASES);
	return all;
}

int
borrower_release(struct store *s, int64_t account, enum reason reason, const char *actor,
		 int64_t now)
{
	struct releasing r = {reason, NULL};

	return release_all(s, account, &r, actor, now);
}

int
borrower_release_word(struct store *s, int64_t account, const char *word, const char *actor,
		      int64_t now)
{
	struct releasing r = {REASON_COUNT, word};

	return release_all(s, account, &r, actor, now);
}

/* ---- promises ---- */

static int
tell_ended(struct store *s, const struct borrower_verdict *v, int64_t now)
{
	struct event_json data;

	event_json_init(&data);
	event_json_int(&data, "promise", v->promise);
	event_json_text(&data, "status", store_promise_word((int)v->status));
	event_json_text(&data, "why", v->why);
	return event_tell(s, "promise_ended", v->actor, v->account, 0, now, &data);
}

int
borrower_promise_judged(struct store *s, const struct borrower_verdict *v, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_PROMISE_VERDICT);
	int rc;

	store_bind_int(st, 1, v->status);
	store_bind_int(st, 2, now);
	store_bind_int(st, 3, v->import);
	store_bind_int(st, 4, v->counted);
	store_bind_int(st, 5, v->paid);
	store_bind_int(st, 6, v->promise);
	rc = store_do(s, st);
	return rc != 0 ? rc : tell_ended(s, v, now);
}

static int
end_open(struct store *s, int64_t account, enum promise_status status, const char *why,
	 const char *actor, int64_t now)
{
	struct borrower_verdict v = {
	    .account = account, .status = status, .why = why, .actor = actor};
	sqlite3_stmt *st = store_get(s, STORE_PROMISE_OPEN_OF);
	int rc;

	store_bind_int(st, 1, account);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	v.promise = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	st = store_get(s, STORE_PROMISE_END);
	store_bind_int(st, 1, status);
	store_bind_int(st, 2, now);
	store_bind_int(st, 3, v.promise);
	if ((rc = store_do(s, st)) != 0 || (rc = tell_ended(s, &v, now)) != 0)
		return rc;
	return 1;
}

int
borrower_promise_end(struct store *s, int64_t account, enum promise_status status,
		     const char *actor, int64_t now)
{
	return end_open(s, account, status, NULL, actor, now);
}

int
borrower_promise(struct store *s, const struct borrower_promise *p, int64_t now, int64_t *id)
{
	sqlite3_stmt *st;
	struct event_json data;
	int rc =
	    end_open(s, p->account, PROMISE_WITHDRAWN, "another took its place", p->actor, now);

	if (rc < 0)
		return rc;
	st = store_get(s, STORE_PROMISE_ADD);
	store_bind_int(st, 1, p->account);
	store_bind_int(st, 2, p->day);
	if (p->amount >= 0)
		store_bind_int(st, 3, p->amount);
	store_bind_int(st, 4, p->expected);
	store_bind_text(st, 5, p->currency);
	store_bind_text(st, 6, p->source);
	store_bind_int(st, 7, now);
	store_bind_int(st, 8, p->plan != 0 ? p->import : s->visible);
	store_bind_int(st, 9, p->until);
	store_bind_int(st, 10, p->pauses);
	if (p->message != 0)
		store_bind_int(st, 11, p->message);
	store_bind_text(st, 12, p->actor);
	store_bind_int(st, 13, p->due);
	if (p->plan != 0) {
		store_bind_int(st, 14, p->plan);
		store_bind_int(st, 15, p->part);
	}
	if ((rc = store_do(s, st)) != 0)
		return rc;
	*id = sqlite3_last_insert_rowid(s->db);
	event_json_init(&data);
	event_json_int(&data, "promise", *id);
	event_json_int(&data, "day", p->day);
	if (p->amount >= 0)
		event_json_int(&data, "amount_minor", p->amount);
	event_json_text(&data, "source", p->source);
	if (p->plan != 0) {
		event_json_int(&data, "plan", p->plan);
		event_json_int(&data, "part", p->part);
	}
	return event_tell(s, "promise", p->actor, p->account, p->message, now, &data);
}

/* ---- tasks ---- */

static int
add_task(struct store *s, int64_t account, const char *kind, int32_t day, const char *reason,
	 int64_t message, const char *actor, int64_t now, bool urgent, int64_t *id)
{
	sqlite3_stmt *st = store_get(s, STORE_TASK_ADD);
	struct event_json data;
	int rc;

	if (account != 0)
		store_bind_int(st, 1, account);
	store_bind_text(st, 5, kind);
	store_bind_int(st, 6, day);
	store_bind_text(st, 7, reason);
	store_bind_int(st, 8, now);
	if (message != 0)
		store_bind_int(st, 9, message);
	store_bind_text(st, 10, actor);
	store_bind_int(st, 11, urgent);
	if ((rc = store_added(s, st, id)) != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "kind", kind);
	event_json_text(&data, "reason", reason);
	return event_tell(s, "task", actor, account, message, now, &data);
}

int
borrower_task(struct store *s, int64_t account, const char *kind, int32_t day, const char *reason,
	      int64_t message, const char *actor, int64_t now)
{
	int64_t id;

	return add_task(s, account, kind, day, reason, message, actor, now, false, &id);
}

int
borrower_urgent_task(struct store *s, int64_t account, const char *kind, int32_t day,
		     const char *reason, int64_t message, const char *actor, int64_t now)
{
	int64_t id;

	return add_task(s, account, kind, day, reason, message, actor, now, true, &id);
}

int
borrower_call_task(struct store *s, int64_t account, const char *kind, int32_t day,
		   const char *reason, const char *actor, int64_t now, int64_t *id)
{
	return add_task(s, account, kind, day, reason, 0, actor, now, false, id);
}

int
borrower_task_open(struct store *s, int64_t account, const char *kind, const char *reason)
{
	return store_any(
	    s, store_ask(s, STORE_TASK_OPEN_OF, as_int(account), as_text(kind), as_text(reason)));
}

int
borrower_task_done(struct store *s, int64_t task, const char *actor, const char *why, int64_t now)
{
	sqlite3_stmt *st = store_ask(s, STORE_TASK_GET, as_int(task));
	struct event_json data;
	int64_t account;
	char kind[128];
	int status, rc = store_step(s, st);

	if (rc != 1)
		return rc;
	status = sqlite3_column_int(st, 0);
	account = sqlite3_column_int64(st, 1);
	snprintf(kind, sizeof kind, "%s", store_text(st, 2));
	sqlite3_reset(st);
	if (status != TASK_OPEN)
		return 0;
	if ((rc = store_set(s, STORE_TASK_END, as_int(TASK_DONE), as_text(actor), as_int(now),
			    as_int(task))) != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "task", task);
	event_json_text(&data, "kind", kind);
	event_json_text(&data, "why", why);
	rc = event_tell(s, "task_done", actor, account, 0, now, &data);
	return rc == 0 ? 1 : rc;
}
