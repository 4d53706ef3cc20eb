#include "intray.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static int
count_of(struct store *s, sqlite3_stmt *st)
{
	int rc = store_step(s, st), n = 0;

	if (rc == 1) {
		n = sqlite3_column_int(st, 0);
		sqlite3_reset(st);
	}
	return rc < 0 ? rc : n;
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
	sqlite3_stmt *st = store_get(s, STORE_SEEN_AGE);

	store_bind_int(st, 1, true_before);
	return store_do(s, st);
}

/* ---- parts of long texts ---- */

static void
bind_key(sqlite3_stmt *st, const struct intray_part *p)
{
	store_bind_text(st, 1, p->sender);
	store_bind_text(st, 2, p->recipient);
	store_bind_int(st, 3, p->reference);
	store_bind_int(st, 4, p->total);
}

int
intray_keep_part(struct store *s, const struct intray_part *p, int64_t true_now)
{
	sqlite3_stmt *st = store_get(s, STORE_FRAGMENT_ADD);

	bind_key(st, p);
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
	sqlite3_stmt *st = store_get(s, STORE_FRAGMENTS_OF);
	int n = 0, rc;

	bind_key(st, of);
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
	sqlite3_stmt *st = store_get(s, STORE_FRAGMENTS_DROP);

	bind_key(st, of);
	return store_do(s, st);
}

int
intray_old_parts(struct store *s, int64_t before, struct intray_old *out)
{
	sqlite3_stmt *st = store_get(s, STORE_FRAGMENTS_OLD);
	int rc;

	store_bind_int(st, 1, before);
	if ((rc = store_step(s, st)) != 1)
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
	struct event e = {
	    .at = now, .kind = "received", .actor = "dunlin", .account = m->account, .message = id};
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
	return event_append(s, &e, &data);
}

int
intray_add(struct store *s, const struct intray_message *m, int64_t now, int64_t *id)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_IN);
	int rc;

	if (m->account != 0)
		store_bind_int(st, 1, m->account);
	if (m->person != 0)
		store_bind_int(st, 2, m->person);
	store_bind_text(st, 3, m->sender);
	store_bind_text(st, 4, m->recipient);
	store_bind_text(st, 5, m->body);
	store_bind_text(st, 6, m->route);
	store_bind_int(st, 7, now);
	store_bind_int(st, 8, m->segments);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	*id = sqlite3_last_insert_rowid(s->db);
	return tell_received(s, m, *id, now);
}

int
intray_read(struct store *s, const struct intray_reading *r, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_INBOX_ADD);
	struct event_json data;
	struct event e = {.at = now,
			  .kind = "read",
			  .actor = "dunlin",
			  .account = r->account,
			  .message = r->message};
	int rc;

	store_bind_int(st, 1, r->message);
	store_bind_int(st, 2, r->intent);
	store_bind_text(st, 3, r->language);
	if (r->day != INT32_MIN)
		store_bind_int(st, 4, r->day);
	if (r->amount >= 0)
		store_bind_int(st, 5, r->amount);
	store_bind_text(st, 6, r->currency);
	store_bind_int(st, 7, r->handled);
	if (r->handled) {
		store_bind_text(st, 8, "dunlin");
		store_bind_int(st, 9, now);
	}
	store_bind_text(st, 10, r->cause);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "intent", r->intent_word);
	event_json_text(&data, "cause", r->cause);
	event_json_text(&data, "cues", r->cues);
	return event_append(s, &e, &data);
}

/* ---- what went before ---- */

int
intray_awaited(struct store *s, const char *number)
{
	sqlite3_stmt *st = store_get(s, STORE_NUMBER_AWAITED);
	int rc;

	store_bind_text(st, 1, number);
	if ((rc = store_step(s, st)) == 1)
		sqlite3_reset(st);
	return rc;
}

int
intray_answers(struct store *s, const char *number, int64_t since)
{
	sqlite3_stmt *st = store_get(s, STORE_ANSWERS_SINCE);

	store_bind_text(st, 1, number);
	store_bind_int(st, 2, since);
	return count_of(s, st);
}

int
intray_fresh_promise(struct store *s, int64_t account, int64_t since)
{
	sqlite3_stmt *st = store_get(s, STORE_PROMISE_LATEST);
	int rc;

	store_bind_int(st, 1, account);
	store_bind_int(st, 2, since);
	rc = store_step(s, st);
	sqlite3_reset(st);
	return rc;
}

int
intray_holds_since(struct store *s, int64_t account, int reason, int64_t since)
{
	sqlite3_stmt *st = store_get(s, STORE_CLAIMS_SINCE);

	store_bind_int(st, 1, account);
	store_bind_int(st, 2, reason);
	store_bind_int(st, 3, since);
	return count_of(s, st);
}

int
intray_asked(struct store *s, const char *number, int intent, int64_t since,
	     struct intray_asked *out)
{
	sqlite3_stmt *st = store_get(s, STORE_INBOX_ASKED);
	int rc;

	store_bind_text(st, 1, number);
	store_bind_int(st, 2, since);
	store_bind_int(st, 3, intent);
	if ((rc = store_step(s, st)) != 1)
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
	sqlite3_stmt *st = store_get(s, STORE_INBOX_HANDLE);
	struct event_json data;
	int rc;

	store_bind_text(st, 1, "dunlin");
	store_bind_int(st, 2, now);
	store_bind_int(st, 3, message);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	event_json_init(&data);
	return event_tell(s, "handled", "dunlin", account, message, now, &data);
}

int
intray_waits(struct store *s, int64_t person)
{
	sqlite3_stmt *st = store_get(s, STORE_INBOX_WAITING_OF);
	int rc;

	store_bind_int(st, 1, person);
	rc = store_step(s, st);
	sqlite3_reset(st);
	return rc;
}
