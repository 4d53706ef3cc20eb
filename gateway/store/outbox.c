#include "outbox.h"

#include "report_rule.h"
#include "store_ask.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ACTOR "dunlin"

/* ---- reading rows ---- */

int
outbox_get(struct store *s, int64_t id, struct outbox_row *row)
{
	sqlite3_stmt *st = store_ask(s, STORE_MESSAGE_GET, as_int(id));
	int rc;

	memset(row, 0, sizeof *row);
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_ENOENT;
	*row = (struct outbox_row){.id = id,
				   .account = sqlite3_column_int64(st, 1),
				   .person = sqlite3_column_int64(st, 2),
				   .due = sqlite3_column_int(st, 3),
				   .campaign = store_copy(st, 4),
				   .step = store_copy(st, 5),
				   .class = sqlite3_column_int(st, 6),
				   .number = store_copy(st, 7),
				   .body = store_copy(st, 8),
				   .template = store_copy(st, 9),
				   .route = store_copy(st, 10),
				   .status = sqlite3_column_int(st, 11),
				   .reason = (enum reason)sqlite3_column_int(st, 12),
				   .segments = sqlite3_column_int(st, 13),
				   .rank = sqlite3_column_int(st, 14),
				   .at = sqlite3_column_int64(st, 15),
				   .handed_at = sqlite3_column_int64(st, 16),
				   .not_after = sqlite3_column_int64(st, 17),
				   .answers = sqlite3_column_int64(st, 18),
				   .actor = store_copy(st, 19),
				   .language = store_copy(st, 20),
				   .sender = store_copy(st, 21),
				   .encoding = store_copy(st, 22),
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
	return store_ids(
	    s,
	    store_ask(s, STORE_QUEUE_DUE, as_text(route), as_int(rank), as_int(now), as_int(cap)),
	    ids, cap);
}

int
outbox_route_after(struct store *s, const char *after, char out[64])
{
	return store_name(s, store_ask(s, STORE_QUEUE_ROUTE_AFTER, as_text(after)), out, 64);
}

int
outbox_unroute(struct store *s, const char *route)
{
	return store_set(s, STORE_QUEUE_UNROUTE, as_text(route));
}

int
outbox_reroute(struct store *s, int64_t id, const char *route)
{
	return store_set(s, STORE_MESSAGE_ROUTE, as_text(route), as_int(id));
}

int
outbox_next(struct store *s, const char *route, int64_t *at)
{
	*at = INT64_MAX;
	for (int rank = RANK_ANSWER; rank <= RANK_CAMPAIGN; rank++) {
		int64_t next;
		int rc = store_one(s, store_ask(s, STORE_QUEUE_NEXT, as_text(route), as_int(rank)),
				   &next);

		if (rc < 0)
			return rc;
		if (rc == 1 && next < *at)
			*at = next;
	}
	return 0;
}

int
outbox_step(struct store *s, int64_t account, int32_t due, const char *step, struct outbox_row *row)
{
	int64_t id;
	int rc = store_one(
	    s, store_ask(s, STORE_MESSAGE_STEP, as_int(account), as_int(due), as_text(step)), &id);

	if (rc != 1)
		return rc;
	rc = outbox_get(s, id, row);
	return rc != 0 ? rc : 1;
}

/* ---- steps of a row ---- */

int
outbox_add(struct store *s, const struct outbox_row *row, int64_t now, int64_t *id)
{
	sqlite3_stmt *st =
	    store_ask(s, STORE_MESSAGE_ADD, as_some(row->account), as_some(row->person),
		      row->step != NULL ? as_int(row->due) : as_null(), as_text(row->campaign),
		      as_text(row->step), as_int(row->class), as_text(row->sender),
		      as_text(row->number), as_text(row->body), as_text(row->template),
		      as_text(row->language), as_text(row->route != NULL ? row->route : ""),
		      as_int(STATUS_PLANNED), as_int(row->reason), as_int(row->rank),
		      as_int(row->at), as_int(now), as_some(row->not_after), as_some(row->answers),
		      as_text(row->actor), as_text(row->encoding), as_int(row->segments));

	return store_added(s, st, id);
}

int
outbox_send(struct store *s, const struct outbox_handover *h, int64_t now, struct event_json *data)
{
	int rc = store_set(s, STORE_MESSAGE_SEND, as_int(h->reason), as_text(h->number),
			   as_text(h->sender), as_text(h->body), as_text(h->template),
			   as_text(h->language), as_text(h->route), as_text(h->encoding),
			   as_int(h->segments), h->price >= 0 ? as_int(h->price) : as_null(),
			   as_int(now), as_text(h->campaign), as_some(h->sim), as_int(h->id));

	if (rc == 0)
		return event_tell(s, "sending", ACTOR, h->account, h->id, now, data);
	event_json_drop(data);
	return rc;
}

int
outbox_move(struct store *s, int64_t id, int64_t at, enum reason reason)
{
	return store_set(s, STORE_MESSAGE_MOVE, as_int(at), as_int(reason), as_int(id));
}

int
outbox_requeue(struct store *s, int64_t id, int64_t account, int64_t at, int64_t now,
	       const char *kind, const char *why)
{
	struct event_json data;
	int rc = store_set(s, STORE_MESSAGE_REQUEUE, at != OUTBOX_IN_TURN ? as_int(at) : as_null(),
			   as_int(id));

	if (rc != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "why", why);
	return event_tell(s, kind, ACTOR, account, id, now, &data);
}

int
outbox_end(struct store *s, int64_t id, int64_t account, int status, enum reason reason,
	   int64_t now, const char *actor, const char *why)
{
	struct event_json data;
	int rc = store_set(s, STORE_MESSAGE_END, as_int(status), as_int(reason), as_int(now),
			   as_int(id));

	if (rc != 0)
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
	return store_set(s, STORE_MESSAGE_REVIVE, as_int(at), as_text(route), as_text(campaign),
			 as_int(id));
}

int
outbox_accepted(struct store *s, int64_t id, int64_t account, int n, bool whole, const char *route,
		const char *smsc_id, const char *smsc_key, int64_t now)
{
	struct event_json data;
	int rc;

	if ((rc = store_set(s, STORE_PART_SET, as_int(id), as_int(n), as_int(STATUS_SENT),
			    as_text(route), as_text(smsc_id[0] != '\0' ? smsc_id : NULL),
			    as_text(smsc_key[0] != '\0' ? smsc_key : NULL))) != 0 ||
	    (whole && (rc = store_set(s, STORE_MESSAGE_ACCEPTED, as_int(now), as_int(id))) != 0))
		return rc;
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
		int64_t id;

		if ((rc = store_one(s, store_get(s, STORE_MESSAGE_FLIGHT), &id)) != 1)
			return rc < 0 ? rc : n;
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
	return store_set(s, STORE_ROUTE_DAY_ADD, as_text(route), as_int(day), as_int(sent),
			 as_int(failed));
}
