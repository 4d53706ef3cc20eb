#include "borrower.h"

#include "store_ask.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* ---- who uses a number ---- */

int
borrower_person_of(struct store *s, const char *number, int64_t *person)
{
	char key[40];
	int rc;

	snprintf(key, sizeof key, "n%s", number);
	if ((rc = store_one(s, store_ask(s, STORE_PERSON_KEY, as_text(key)), person)) != 1)
		return rc;
	/* An old number may still name a person who has been joined to another since. */
	store_one(s, store_ask(s, STORE_ACCOUNT_PERSON, as_int(*person)), person);
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
	st = store_ask(s, STORE_PERSON_PHONES, as_int(person), as_int(s->visible));
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
	sqlite3_stmt *st = store_ask(s, STORE_PERSON_ACCOUNTS, as_int(person), as_int(s->visible));
	int n = 0, room = 0, rc;

	*ids = NULL;
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

struct optout_change {
	bool out;
	const char *number, *actor, *how;
	int64_t message, now;
};

static int
optout_key(struct store *s, const struct optout_change *c, const char *key)
{
	if (!c->out)
		return store_set(s, STORE_OPTOUT_DROP, as_text(key));
	return store_set(s, STORE_OPTOUT_ADD, as_text(key), as_int(c->now), as_text(c->actor),
			 as_some(c->message));
}

/* One account (0: none) goes with the number. */
static int
optout_account(struct store *s, const struct optout_change *c, int64_t account)
{
	struct event_json data;
	char key[40];
	int rc;

	snprintf(key, sizeof key, "a%lld", (long long)account);
	if (account != 0 && (rc = optout_key(s, c, key)) != 0)
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
		rc = optout_key(s, c, key);
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
	char key[40];

	snprintf(key, sizeof key, "n%s", number);
	return store_any(s, store_ask(s, STORE_OPTOUT, as_text(key))) != 0;
}

bool
borrower_silent_since(struct store *s, const char *number, int64_t message, int64_t at)
{
	sqlite3_stmt *st;
	bool since = true;
	char key[40];
	int rc;

	snprintf(key, sizeof key, "n%s", number);
	st = store_ask(s, STORE_OPTOUT, as_text(key));
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
	return store_any(s, store_ask(s, STORE_DEAD_NUMBER, as_text(number))) != 0;
}

int
borrower_dead_number(struct store *s, const char *number, int64_t account, enum reason reason,
		     int64_t message, int64_t now)
{
	struct event_json data;
	int rc = store_set(s, STORE_DEAD_ADD, as_text(number), as_int(reason), as_int(now),
			   as_some(message));

	if (rc != 0)
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
	struct event_json data;
	sqlite3_stmt *st = store_ask(s, STORE_HOLD_ADD, as_int(h->account), as_int(h->reason),
				     as_text(h->word), as_int(h->from != 0 ? h->from : now),
				     h->until != INT32_MAX ? as_int(h->until) : as_null(),
				     as_text(h->actor), as_some(h->message));
	int rc = store_added(s, st, id);

	if (rc != 0)
		return rc;
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
	sqlite3_stmt *st = store_ask(s, STORE_HOLD_OPEN, as_int(account));

	while ((rc = store_step(s, st)) == 1 && n < RELEASES) {
		if (!is_meant(r, (enum reason)sqlite3_column_int(st, 1), store_text(st, 2)))
			continue;
		snprintf(words[n], sizeof words[n], "%s", store_text(st, 2));
		ids[n++] = sqlite3_column_int64(st, 0);
	}
	sqlite3_reset(st);
	for (int i = 0; i < n && rc >= 0; i++) {
		struct event_json data;

		if ((rc = store_set(s, STORE_HOLD_END, as_int(now), as_text(actor),
				    as_int(ids[i]))) != 0)
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
	int rc =
	    store_set(s, STORE_PROMISE_VERDICT, as_int(v->status), as_int(now), as_int(v->import),
		      as_int(v->counted), as_int(v->paid), as_int(v->promise));

	return rc != 0 ? rc : tell_ended(s, v, now);
}

static int
end_open(struct store *s, int64_t account, enum promise_status status, const char *why,
	 const char *actor, int64_t now)
{
	struct borrower_verdict v = {
	    .account = account, .status = status, .why = why, .actor = actor};
	int rc = store_one(s, store_ask(s, STORE_PROMISE_OPEN_OF, as_int(account)), &v.promise);

	if (rc != 1)
		return rc;
	if ((rc = store_set(s, STORE_PROMISE_END, as_int(status), as_int(now),
			    as_int(v.promise))) != 0 ||
	    (rc = tell_ended(s, &v, now)) != 0)
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
	st = store_ask(s, STORE_PROMISE_ADD, as_int(p->account), as_int(p->day),
		       p->amount >= 0 ? as_int(p->amount) : as_null(), as_int(p->expected),
		       as_text(p->currency), as_text(p->source), as_int(now),
		       as_int(p->plan != 0 ? p->import : s->visible), as_int(p->until),
		       as_int(p->pauses), as_some(p->message), as_text(p->actor), as_int(p->due),
		       as_some(p->plan), p->plan != 0 ? as_int(p->part) : as_null());
	if ((rc = store_added(s, st, id)) != 0)
		return rc;
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
	 int64_t message, int64_t call, const char *actor, int64_t now, bool urgent, int64_t *id)
{
	struct event_json data;
	/* Person, due date and step are told of a campaign's task alone. */
	int rc = store_added(s,
			     store_ask(s, STORE_TASK_ADD, as_some(account), as_null(), as_null(),
				       as_null(), as_text(kind), as_int(day), as_text(reason),
				       as_int(now), as_some(message), as_text(actor),
				       as_int(urgent), as_some(call)),
			     id);

	if (rc != 0)
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

	return add_task(s, account, kind, day, reason, message, 0, actor, now, false, &id);
}

int
borrower_urgent_task(struct store *s, int64_t account, const char *kind, int32_t day,
		     const char *reason, int64_t message, const char *actor, int64_t now)
{
	int64_t id;

	return add_task(s, account, kind, day, reason, message, 0, actor, now, true, &id);
}

int
borrower_call_task(struct store *s, int64_t account, const char *kind, int32_t day,
		   const char *reason, int64_t call, const char *actor, int64_t now, int64_t *id)
{
	return add_task(s, account, kind, day, reason, 0, call, actor, now, false, id);
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
