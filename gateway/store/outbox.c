#include "outbox.h"

#include "report_rule.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ACTOR "dunlin"

/* ---- reading rows ---- */

static char *
copy_text(sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	return text != NULL ? strdup(text) : NULL;
}

int
outbox_get(struct store *s, int64_t id, struct outbox_row *row)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_GET);
	int rc;

	memset(row, 0, sizeof *row);
	store_bind_int(st, 1, id);
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_ENOENT;
	*row = (struct outbox_row){.id = id,
				   .account = sqlite3_column_int64(st, 1),
				   .person = sqlite3_column_int64(st, 2),
				   .due = sqlite3_column_int(st, 3),
				   .campaign = copy_text(st, 4),
				   .step = copy_text(st, 5),
				   .class = sqlite3_column_int(st, 6),
				   .number = copy_text(st, 7),
				   .body = copy_text(st, 8),
				   .template = copy_text(st, 9),
				   .route = copy_text(st, 10),
				   .status = sqlite3_column_int(st, 11),
				   .reason = (enum reason)sqlite3_column_int(st, 12),
				   .segments = sqlite3_column_int(st, 13),
				   .rank = sqlite3_column_int(st, 14),
				   .at = sqlite3_column_int64(st, 15),
				   .handed_at = sqlite3_column_int64(st, 16),
				   .not_after = sqlite3_column_int64(st, 17),
				   .answers = sqlite3_column_int64(st, 18),
				   .actor = copy_text(st, 19),
				   .language = copy_text(st, 20),
				   .sender = copy_text(st, 21),
				   .encoding = copy_text(st, 22),
				   .sim = sqlite3_column_int64(st, 23)};
	sqlite3_reset(st);
	return 0;
}

void
outbox_row_clear(struct outbox_row *row)
{
	char *text[] = {row->campaign, row->step,  row->number,   row->body,   row->template,
			row->route,    row->actor, row->language, row->sender, row->encoding};

	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		free(text[i]);
	memset(row, 0, sizeof *row);
}

int
outbox_due(struct store *s, const char *route, int rank, int64_t now, int64_t *ids, int cap)
{
	sqlite3_stmt *st = store_get(s, STORE_QUEUE_DUE);
	int n = 0, rc;

	store_bind_text(st, 1, route);
	store_bind_int(st, 2, rank);
	store_bind_int(st, 3, now);
	store_bind_int(st, 4, cap);
	while ((rc = store_step(s, st)) == 1)
		ids[n++] = sqlite3_column_int64(st, 0);
	return rc < 0 ? rc : n;
}

int
outbox_route_after(struct store *s, const char *after, char out[64])
{
	sqlite3_stmt *st = store_get(s, STORE_QUEUE_ROUTE_AFTER);
	int rc;

	store_bind_text(st, 1, after);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	rc = sqlite3_column_type(st, 0) != SQLITE_NULL;
	if (rc == 1)
		snprintf(out, 64, "%s", store_text(st, 0));
	sqlite3_reset(st);
	return rc;
}

int
outbox_unroute(struct store *s, const char *route)
{
	sqlite3_stmt *st = store_get(s, STORE_QUEUE_UNROUTE);

	store_bind_text(st, 1, route);
	return store_do(s, st);
}

int
outbox_reroute(struct store *s, int64_t id, const char *route)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_ROUTE);

	store_bind_text(st, 1, route);
	store_bind_int(st, 2, id);
	return store_do(s, st);
}

int
outbox_next(struct store *s, const char *route, int64_t *at)
{
	*at = INT64_MAX;
	for (int rank = RANK_ANSWER; rank <= RANK_CAMPAIGN; rank++) {
		sqlite3_stmt *st = store_get(s, STORE_QUEUE_NEXT);
		int rc;

		store_bind_text(st, 1, route);
		store_bind_int(st, 2, rank);
		if ((rc = store_step(s, st)) < 0)
			return rc;
		if (rc == 1 && sqlite3_column_type(st, 0) != SQLITE_NULL &&
		    sqlite3_column_int64(st, 0) < *at)
			*at = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return 0;
}

int
outbox_step(struct store *s, int64_t account, int32_t due, const char *step, struct outbox_row *row)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_STEP);
	int64_t id;
	int rc;

	store_bind_int(st, 1, account);
	store_bind_int(st, 2, due);
	store_bind_text(st, 3, step);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	id = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	rc = outbox_get(s, id, row);
	return rc != 0 ? rc : 1;
}

/* ---- steps of a row ---- */

static void
bind_some(sqlite3_stmt *st, int n, int64_t value)
{
	if (value != 0)
		store_bind_int(st, n, value);
}

int
outbox_add(struct store *s, const struct outbox_row *row, int64_t now, int64_t *id)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_ADD);
	int rc;

	bind_some(st, 1, row->account);
	bind_some(st, 2, row->person);
	if (row->step != NULL)
		store_bind_int(st, 3, row->due);
	store_bind_text(st, 4, row->campaign);
	store_bind_text(st, 5, row->step);
	store_bind_int(st, 6, row->class);
	store_bind_text(st, 7, row->sender);
	store_bind_text(st, 8, row->number);
	store_bind_text(st, 9, row->body);
	store_bind_text(st, 10, row->template);
	store_bind_text(st, 11, row->language);
	store_bind_text(st, 12, row->route != NULL ? row->route : "");
	store_bind_int(st, 13, STATUS_PLANNED);
	store_bind_int(st, 14, row->reason);
	store_bind_int(st, 15, row->rank);
	store_bind_int(st, 16, row->at);
	store_bind_int(st, 17, now);
	bind_some(st, 18, row->not_after);
	bind_some(st, 19, row->answers);
	store_bind_text(st, 20, row->actor);
	store_bind_text(st, 21, row->encoding);
	store_bind_int(st, 22, row->segments);
	rc = store_do(s, st);
	if (rc == 0)
		*id = sqlite3_last_insert_rowid(s->db);
	return rc;
}

int
outbox_send(struct store *s, const struct outbox_handover *h, int64_t now, struct event_json *data)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_SEND);
	int rc;

	store_bind_int(st, 1, h->reason);
	store_bind_text(st, 2, h->number);
	store_bind_text(st, 3, h->sender);
	store_bind_text(st, 4, h->body);
	store_bind_text(st, 5, h->template);
	store_bind_text(st, 6, h->language);
	store_bind_text(st, 7, h->route);
	store_bind_text(st, 8, h->encoding);
	store_bind_int(st, 9, h->segments);
	if (h->price >= 0)
		store_bind_int(st, 10, h->price);
	store_bind_int(st, 11, now);
	store_bind_text(st, 12, h->campaign);
	bind_some(st, 13, h->sim);
	store_bind_int(st, 14, h->id);
	rc = store_do(s, st);
	if (rc == 0)
		return event_tell(s, "sending", ACTOR, h->account, h->id, now, data);
	event_json_drop(data);
	return rc;
}

int
outbox_move(struct store *s, int64_t id, int64_t at, enum reason reason)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_MOVE);

	store_bind_int(st, 1, at);
	store_bind_int(st, 2, reason);
	store_bind_int(st, 3, id);
	return store_do(s, st);
}

int
outbox_requeue(struct store *s, int64_t id, int64_t account, int64_t at, int64_t now,
	       const char *kind, const char *why)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_REQUEUE);
	struct event_json data;
	int rc;

	if (at != OUTBOX_IN_TURN)
		store_bind_int(st, 1, at);
	store_bind_int(st, 2, id);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "why", why);
	return event_tell(s, kind, ACTOR, account, id, now, &data);
}

int
outbox_end(struct store *s, int64_t id, int64_t account, int status, enum reason reason,
	   int64_t now, const char *actor, const char *why)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_END);
	struct event_json data;
	int rc;

	store_bind_int(st, 1, status);
	store_bind_int(st, 2, reason);
	store_bind_int(st, 3, now);
	store_bind_int(st, 4, id);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	if ((status == STATUS_SKIPPED || status == STATUS_CANCELLED) &&
	    (rc = report_rule_note(s, now, REPORT_ENDED, reason, NULL)) != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "reason", reason != REASON_NONE ? reason_word(reason) : NULL);
	event_json_text(&data, "why", why);
	return event_tell(s, store_status_word(status), actor, account, id, now, &data);
}

int
outbox_revive(struct store *s, int64_t id, const char *campaign, const char *route, int64_t at)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_REVIVE);

	store_bind_int(st, 1, at);
	store_bind_text(st, 2, route);
	store_bind_text(st, 3, campaign);
	store_bind_int(st, 4, id);
	return store_do(s, st);
}

int
outbox_accepted(struct store *s, int64_t id, int64_t account, int n, bool whole, const char *route,
		const char *smsc_id, const char *smsc_key, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_PART_SET);
	struct event_json data;
	int rc;

	store_bind_int(st, 1, id);
	store_bind_int(st, 2, n);
	store_bind_int(st, 3, STATUS_SENT);
	store_bind_text(st, 4, route);
	store_bind_text(st, 5, smsc_id[0] != '\0' ? smsc_id : NULL);
	store_bind_text(st, 6, smsc_key[0] != '\0' ? smsc_key : NULL);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	if (whole) {
		st = store_get(s, STORE_MESSAGE_ACCEPTED);
		store_bind_int(st, 1, now);
		store_bind_int(st, 2, id);
		if ((rc = store_do(s, st)) != 0)
			return rc;
	}
	event_json_init(&data);
	event_json_text(&data, "route", route);
	event_json_text(&data, "smsc_id", smsc_id);
	if (n > 1 || !whole)
		event_json_int(&data, "part", n);
	return event_tell(s, whole ? "sent" : "part_sent", ACTOR, account, id, now, &data);
}

int
outbox_recover(struct store *s, int64_t now)
{
	struct outbox_row row;
	int n = 0, rc = 0;

	for (;;) {
		sqlite3_stmt *st = store_get(s, STORE_MESSAGE_FLIGHT);
		int64_t id;

		if ((rc = store_step(s, st)) != 1)
			return rc < 0 ? rc : n;
		id = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
		if ((rc = outbox_get(s, id, &row)) != 0)
			return rc;
		rc = outbox_end(s, id, row.account, STATUS_UNKNOWN, REASON_NO_ANSWER, now, ACTOR,
				"found on its way when the daemon started");
		outbox_row_clear(&row);
		if (rc != 0)
			return rc;
		n++;
	}
}

int
outbox_count(struct store *s, const char *route, int32_t day, int sent, int failed)
{
	sqlite3_stmt *st = store_get(s, STORE_ROUTE_DAY_ADD);

	store_bind_text(st, 1, route);
	store_bind_int(st, 2, day);
	store_bind_int(st, 3, sent);
	store_bind_int(st, 4, failed);
	return store_do(s, st);
}
