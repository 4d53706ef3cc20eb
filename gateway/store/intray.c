#include "intray.h"

#include "store_ask.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ACTOR "dunlin"

static int
count_of(struct store *s, sqlite3_stmt *st)
{
	int64_t n = 0;
	int rc = store_one(s, st, &n);

	return rc < 0 ? rc : (int)n;
}

int
intray_seen(struct store *s, const uint8_t digest[32], int64_t true_now, int64_t within_ms)
{
	sqlite3_stmt *st = store_get(s, STORE_SEEN_GET);
	bool seen = false;
	int rc;

	sqlite3_bind_blob(st, 1, digest, 32, SQLITE_STATIC);
	if ((rc = store_step(s, st)) == 1) {
		seen = sqlite3_column_int64(st, 0) > true_now - within_ms;
		sqlite3_reset(st);
	}
	if (rc < 0 || seen)
		return rc < 0 ? rc : 1;
	st = store_get(s, STORE_SEEN_SET);
	sqlite3_bind_blob(st, 1, digest, 32, SQLITE_STATIC);
	store_bind_int(st, 2, true_now);
	return store_do(s, st);
}

int
intray_age(struct store *s, int64_t true_before)
{
	return store_set(s, STORE_SEEN_AGE, as_int(true_before));
}

/* ---- parts of long texts ---- */

static sqlite3_stmt *
ask_key(struct store *s, enum store_statement which, const struct intray_part *p)
{
	return store_ask(s, which, as_text(p->sender), as_text(p->recipient), as_int(p->reference),
			 as_int(p->total));
}

int
intray_keep_part(struct store *s, const struct intray_part *p, int64_t true_now)
{
	sqlite3_stmt *st = ask_key(s, STORE_FRAGMENT_ADD, p);

	store_bind_int(st, 5, p->n);
	store_bind_text(st, 6, p->route);
	store_bind_int(st, 7, p->encoding);
	sqlite3_bind_blob(st, 8, p->header != NULL ? (const void *)p->header : "",
			  (int)p->header_len, SQLITE_STATIC);
	sqlite3_bind_blob(st, 9, p->octets != NULL ? (const void *)p->octets : "", (int)p->len,
			  SQLITE_STATIC);
	store_bind_int(st, 10, true_now);
	return store_do(s, st);
}

int
intray_parts(struct store *s, const struct intray_part *of, intray_each_part *each, void *ctx)
{
	sqlite3_stmt *st = ask_key(s, STORE_FRAGMENTS_OF, of);
	int n = 0, rc;

	while ((rc = store_step(s, st)) == 1) {
		rc = each(ctx, sqlite3_column_int(st, 0), sqlite3_column_int(st, 1),
			  sqlite3_column_blob(st, 2), (size_t)sqlite3_column_bytes(st, 2),
			  sqlite3_column_blob(st, 3), (size_t)sqlite3_column_bytes(st, 3));
		if (rc != 0)
			break;
		n++;
	}
	sqlite3_reset(st);
	return rc < 0 ? rc : n;
}

int
intray_drop_parts(struct store *s, const struct intray_part *of)
{
	return store_do(s, ask_key(s, STORE_FRAGMENTS_DROP, of));
}

int
intray_old_parts(struct store *s, int64_t before, struct intray_old *out)
{
	sqlite3_stmt *st = store_ask(s, STORE_FRAGMENTS_OLD, as_int(before));
	int rc = store_step(s, st);

	if (rc != 1)
		return rc;
	snprintf(out->sender, sizeof out->sender, "%s", store_text(st, 0));
	snprintf(out->recipient, sizeof out->recipient, "%s", store_text(st, 1));
	out->reference = sqlite3_column_int64(st, 2);
	out->total = sqlite3_column_int(st, 3);
	snprintf(out->route, sizeof out->route, "%s", store_text(st, 4));
	sqlite3_reset(st);
	return 1;
}

/* ---- messages ---- */

static int
tell_received(struct store *s, const struct intray_message *m, int64_t id, int64_t now)
{
	struct event_json data;
	char *hex = malloc(m->raw_len * 2 + 1);

	if (hex == NULL)
		return UV_ENOMEM;
	sodium_bin2hex(hex, m->raw_len * 2 + 1, m->raw, m->raw_len);
	event_json_init(&data);
	event_json_text(&data, "from", m->sender);
	event_json_text(&data, "to", m->recipient);
	event_json_text(&data, "route", m->route);
	event_json_text(&data, "text", m->body);
	event_json_text(&data, "octets", hex);
	free(hex);
	return event_tell(s, "received", ACTOR, m->account, id, now, &data);
}

int
intray_add(struct store *s, const struct intray_message *m, int64_t now, int64_t *id)
{
	sqlite3_stmt *st = store_ask(s, STORE_MESSAGE_IN, as_some(m->account), as_some(m->person),
				     as_text(m->sender), as_text(m->recipient), as_text(m->body),
				     as_text(m->route), as_int(now), as_int(m->segments));
	int rc = store_added(s, st, id);

	return rc != 0 ? rc : tell_received(s, m, *id, now);
}

int
intray_read(struct store *s, const struct intray_reading *r, int64_t now)
{
	struct event_json data;
	int rc = store_set(s, STORE_INBOX_ADD, as_int(r->message), as_int(r->intent),
			   as_text(r->language), r->day != INT32_MIN ? as_int(r->day) : as_null(),
			   r->amount >= 0 ? as_int(r->amount) : as_null(), as_text(r->currency),
			   as_int(r->handled), r->handled ? as_text(ACTOR) : as_null(),
			   r->handled ? as_int(now) : as_null(), as_text(r->cause));

	if (rc != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "intent", r->intent_word);
	event_json_text(&data, "cause", r->cause);
	event_json_text(&data, "cues", r->cues);
	return event_tell(s, "read", ACTOR, r->account, r->message, now, &data);
}

/* ---- what went before ---- */

int
intray_awaited(struct store *s, const char *number)
{
	return store_any(s, store_ask(s, STORE_NUMBER_AWAITED, as_text(number)));
}

int
intray_answers(struct store *s, const char *number, int64_t since)
{
	return count_of(s, store_ask(s, STORE_ANSWERS_SINCE, as_text(number), as_int(since)));
}

int
intray_fresh_promise(struct store *s, int64_t account, int64_t since)
{
	return store_any(s, store_ask(s, STORE_PROMISE_LATEST, as_int(account), as_int(since)));
}

int
intray_holds_since(struct store *s, int64_t account, int reason, int64_t since)
{
	return count_of(
	    s, store_ask(s, STORE_CLAIMS_SINCE, as_int(account), as_int(reason), as_int(since)));
}

int
intray_asked(struct store *s, const char *number, int intent, int64_t since,
	     struct intray_asked *out)
{
	sqlite3_stmt *st =
	    store_ask(s, STORE_INBOX_ASKED, as_text(number), as_int(since), as_int(intent));
	int rc = store_step(s, st);

	if (rc != 1)
		return rc;
	*out = (struct intray_asked){
	    .message = sqlite3_column_int64(st, 0),
	    .amount = sqlite3_column_type(st, 1) != SQLITE_NULL ? sqlite3_column_int64(st, 1) : -1,
	    .waits = sqlite3_column_int(st, 2) == 0};
	sqlite3_reset(st);
	return 1;
}

int
intray_handled(struct store *s, int64_t message, int64_t account, int64_t now)
{
	struct event_json data;
	int rc = store_set(s, STORE_INBOX_HANDLE, as_text(ACTOR), as_int(now), as_int(message));

	if (rc != 0)
		return rc;
	event_json_init(&data);
	return event_tell(s, "handled", ACTOR, account, message, now, &data);
}

int
intray_waits(struct store *s, int64_t person)
{
	return store_any(s, store_ask(s, STORE_INBOX_WAITING_OF, as_int(person)));
}
