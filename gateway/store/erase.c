#include "erase.h"

#include "borrower.h"
#include "calls.h"
#include "instalment.h"
#include "outbox.h"
#include "store_ask.h"
#include "store_number.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define EVENTS_ONCE 500

/* ---- numbers ---- */

/* Does another account of the person use the number?  1, 0, negative. */
static int
is_shared(struct store *s, int64_t account, int64_t person, const char *number)
{
	sqlite3_stmt *st = store_ask(s, STORE_PERSON_PHONES, as_int(person), as_int(s->visible));
	int rc, shared = 0;

	while ((rc = store_step(s, st)) == 1 && !shared)
		shared = sqlite3_column_int64(st, 0) != account &&
			 borrower_lists(store_text(st, 1), number);
	sqlite3_reset(st);
	return rc < 0 ? rc : shared;
}

/* Texts to and from a number that belong to nobody's account, with their events. */
static int
forget_strangers(struct store *s, const char *number)
{
	int64_t ids[64], first = 0, last = 0;
	int n, rc = 0;

	do {
		rc = n =
		    store_ids(s, store_ask(s, STORE_ERASE_STRANGERS, as_text(number)), ids, 64);
		for (int i = 0; i < n && rc >= 0; i++) {
			if ((rc = store_set(s, STORE_ERASE_MESSAGE, as_int(ids[i]))) == 0)
				rc =
				    erase_events(s, -ids[i], INT64_MAX, EVENTS_ONCE, &first, &last);
		}
	} while (n == 64 && rc >= 0);
	return rc < 0 ? rc : last > 0;
}

/* Receipts that wait for a text of theirs: they quote it. */
static int
forget_orphans(struct store *s, const char *number)
{
	int rc = store_set(s, STORE_ERASE_ORPHANS, as_text(number));

	if (rc == 0)
		s->orphans -= sqlite3_changes(s->db);
	return rc;
}

static int
forget_number(struct store *s, int64_t account, int64_t person, const char *number)
{
	static const enum store_statement keep[] = {STORE_ERASE_OPTOUT, STORE_ERASE_DEAD,
						    STORE_ERASE_FRAGMENTS, STORE_ERASE_CALLS_FROM};
	char key[40];
	int rc = is_shared(s, account, person, number);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	snprintf(key, sizeof key, "n%s", number);
	if ((rc = store_set(s, STORE_ERASE_KEY_DROP, as_text(key))) != 0)
		return rc;
	for (size_t i = 0; i < sizeof keep / sizeof *keep && rc == 0; i++)
		rc = store_set(s, keep[i], as_text(keep[i] == STORE_ERASE_OPTOUT ? key : number));
	if (rc == 0)
		rc = forget_orphans(s, number);
	return rc == 0 ? forget_strangers(s, number) : rc;
}

/* Every number any list gave the account, gathered first: the rows change under the walk. */
static char *
numbers_of(struct store *s, int64_t account, int *rc)
{
	sqlite3_stmt *st = store_ask(s, STORE_ERASE_PHONES, as_int(account));
	char *all = NULL;

	*rc = store_step(s, st);
	if (*rc == 1) {
		all = strdup(store_text(st, 0));
		*rc = all != NULL ? 0 : UV_ENOMEM;
		sqlite3_reset(st);
	}
	return all;
}

int
erase_numbers(struct store *s, int64_t account)
{
	int64_t person = account;
	int rc = 0, strangers = 0;
	char *all = numbers_of(s, account, &rc);

	if (rc == 0)
		rc = store_one(s, store_ask(s, STORE_ACCOUNT_PERSON, as_int(account)), &person);
	if (rc >= 0)
		rc = store_number_key(s);
	for (char *p = all, *end; rc >= 0 && p != NULL; p = end) {
		if ((end = strchr(p, ';')) != NULL)
			*end++ = '\0';
		if (p[0] != '\0' && strcmp(p, ERASED_PHONES) != 0 && strlen(p) < 32) {
			rc = forget_number(s, account, person, p);
			strangers = strangers || rc == 1;
		}
	}
	free(all);
	return rc < 0 ? rc : strangers;
}

/* ---- events ---- */

struct gathered {
	int64_t seq[EVENTS_ONCE];
	uint8_t digest[EVENTS_ONCE][EVENT_HASH];
	int n;
};

static int
on_payload(void *ctx, const struct event_row *e)
{
	struct gathered *g = ctx;
	const char *wrong;
	const uint8_t *digest = event_digest(e, g->digest[g->n], &wrong);

	/* One whose payload does not match what its salt says is evidence of something: it is left
	 * for verify to name. */
	if (digest == g->digest[g->n])
		g->seq[g->n++] = e->seq;
	return 0;
}

int
erase_events(struct store *s, int64_t account, int64_t before, int budget, int64_t *first,
	     int64_t *last)
{
	struct gathered *g = malloc(sizeof *g);
	int rc;

	if (g == NULL)
		return UV_ENOMEM;
	g->n = 0;
	rc = event_payloads(s, account, before, budget < EVENTS_ONCE ? budget : EVENTS_ONCE,
			    on_payload, g);
	for (int i = 0; i < g->n && rc >= 0; i++) {
		sqlite3_stmt *st = store_get(s, STORE_ERASE_EVENT);

		sqlite3_bind_blob(st, 1, g->digest[i], EVENT_HASH, SQLITE_STATIC);
		store_bind_int(st, 2, g->seq[i]);
		rc = store_do(s, st);
		*first = *first == 0 || g->seq[i] < *first ? g->seq[i] : *first;
		*last = g->seq[i] > *last ? g->seq[i] : *last;
	}
	rc = rc < 0 ? rc : g->n;
	free(g);
	return rc;
}

/* ---- an account ---- */

int
erase_figures(struct store *s, int64_t account, struct erase_figures *out)
{
	sqlite3_stmt *st = store_ask(s, STORE_ERASE_FIGURES, as_int(account));
	int rc;

	*out = (struct erase_figures){0};
	if ((rc = store_step(s, st)) == 1) {
		out->events = sqlite3_column_int64(st, 0);
		out->first = sqlite3_column_int64(st, 1);
		out->last = sqlite3_column_int64(st, 2);
		out->texts = sqlite3_column_int64(st, 3);
		sqlite3_reset(st);
	}
	return rc < 0 ? rc : 0;
}

int
erase_done(struct store *s, int64_t account)
{
	int64_t done;
	int rc = store_figure(s, store_ask(s, STORE_ERASE_IS, as_int(account)), &done);

	return rc < 0 ? rc : (int)done;
}

/* Rows of the queue that will never go now. */
static int
end_planned(struct store *s, int64_t account, const char *actor, int64_t now)
{
	int64_t ids[256];
	int n = store_ids(s, store_ask(s, STORE_ERASE_PLANNED, as_int(account)), ids, 256);
	int rc = n < 0 ? n : 0;

	for (int i = 0; i < n && rc == 0; i++)
		rc = outbox_end(s, ids[i], account, STATUS_CANCELLED, REASON_ERASED, now, actor,
				NULL);
	return rc;
}

static int
end_planned_calls(struct store *s, int64_t account, const char *actor, int64_t now)
{
	for (;;) {
		struct calls_row row;
		int64_t id;
		int rc =
		    store_one(s, store_ask(s, STORE_ERASE_PLANNED_CALLS, as_int(account)), &id);

		if (rc != 1)
			return rc;
		if ((rc = calls_get(s, id, &row)) == 0)
			rc = calls_drop(s, &row, CALLS_CANCELLED, REASON_ERASED, now, actor, NULL);
		calls_row_clear(&row);
		if (rc != 0)
			return rc;
	}
}

/* Plan and promise end: nothing is asked about them any more. */
static int
end_agreed(struct store *s, int64_t account, const char *actor, int64_t now)
{
	int64_t plan;
	int rc = instalment_open_of(s, account, &plan);

	if (rc == 1)
		rc = instalment_end(s, account, plan, PROMISE_WITHDRAWN, "erased", actor, now);
	return rc < 0 ? rc : borrower_promise_end(s, account, PROMISE_WITHDRAWN, actor, now);
}

/* The event that says so, by which a missing payload is no fault. */
static int
tell(struct store *s, int64_t account, const char *reason, const char *actor, int64_t now,
     const struct erase_figures *f)
{
	struct event_json data;

	event_json_init(&data);
	event_json_text(&data, "reason", reason);
	if (f != NULL) {
		event_json_int(&data, "events", f->events);
		event_json_int(&data, "first", f->first);
		event_json_int(&data, "last", f->last);
		event_json_int(&data, "texts", f->texts);
	}
	return event_tell(s, "erased", actor, account, 0, now, &data);
}

int
erase_begin(struct store *s, int64_t account, const char *reason, const char *actor, int64_t now,
	    struct erase_figures *figures)
{
	static const enum store_statement rows[] = {
	    STORE_ERASE_ROWS,     STORE_ERASE_PAYMENTS, STORE_ERASE_TASKS, STORE_ERASE_HOLDS,
	    STORE_ERASE_CONTACTS, STORE_ERASE_CALLS,    STORE_ERASE_SPEAKS};
	int rc = end_agreed(s, account, actor, now), strangers;

	if (rc < 0 || (rc = end_planned(s, account, actor, now)) != 0 ||
	    (rc = end_planned_calls(s, account, actor, now)) != 0 ||
	    (rc = erase_figures(s, account, figures)) != 0 ||
	    (strangers = rc = erase_numbers(s, account)) < 0)
		return rc;
	rc = 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows && rc == 0; i++)
		rc = store_set(s, rows[i], as_int(account));
	/* The plan asks of each number whether it may be used: this one never may. */
	if (rc == 0)
		rc = store_set(s, STORE_DEAD_ADD, as_text(ERASED_PHONES), as_int(REASON_ERASED),
			       as_int(now));
	if (rc == 0 && strangers)
		rc = tell(s, 0, reason, actor, now, NULL);
	return rc != 0 ? rc : tell(s, account, reason, actor, now, figures);
}

static int
erase_texts(struct store *s, enum store_statement which, int64_t account, int budget)
{
	int rc = store_set(s, which, as_int(account), as_int(budget));

	return rc != 0 ? rc : sqlite3_changes(s->db);
}

int
erase_step(struct store *s, int64_t account, int budget, bool *more)
{
	int64_t first = 0, last = 0;
	int n = erase_events(s, account, INT64_MAX, budget, &first, &last), k;

	if (n < 0 || (k = erase_texts(s, STORE_ERASE_STEPS, account, budget)) < 0)
		return n < 0 ? n : k;
	n += k;
	if ((k = erase_texts(s, STORE_ERASE_OTHERS, account, budget)) < 0)
		return k;
	n += k;
	if ((k = erase_texts(s, STORE_ERASE_INBOX, account, budget)) < 0)
		return k;
	*more = n + k > 0;
	return 0;
}

/* ---- the write-ahead log ---- */

int
erase_scrub(const char *path, char error[256])
{
	int log = 0, copied = 0, rc;
	struct store *s;

	if ((rc = store_open(&s, path, STORE_WRITE, error)) != 0)
		return rc;
	rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &log, &copied);
	rc = store_failed(s, rc);
	if (rc != 0)
		snprintf(error, 256, "%s", store_error(s));
	store_close(s);
	return rc;
}
