#include "calls.h"

#include "report_rule.h"
#include "store_ask.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ACTOR "dunlin"

/* ---- words ---- */

const char *
calls_outcome_word(int outcome)
{
	static const char *const words[CALLS_OUTCOMES] = {
	    "right_party", "wrong_party", "unverified", "no_input",    "machine",
	    "busy",        "rejected",    "no_answer",  "unreachable", "invalid",
	    "network",     "modem_lost",  "audio_lost", "cancelled"};

	assert(outcome < CALLS_OUTCOMES);
	return outcome >= 0 ? words[outcome] : NULL;
}

const char *
calls_status_word(int status)
{
	static const char *const words[] = {"planned", "calling", "over", "cancelled", "skipped"};

	assert(status >= CALLS_PLANNED && status <= CALLS_SKIPPED);
	return words[status];
}

/* ---- reading rows ---- */

int
calls_get(struct store *s, int64_t id, struct calls_row *row)
{
	sqlite3_stmt *st = store_ask(s, STORE_CALL_GET, as_int(id));
	int rc;

	memset(row, 0, sizeof *row);
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_ENOENT;
	*row = (struct calls_row){
	    .id = id,
	    .account = sqlite3_column_int64(st, 0),
	    .person = sqlite3_column_int64(st, 1),
	    .due = sqlite3_column_int(st, 2),
	    .campaign = store_copy(st, 3),
	    .step = store_copy(st, 4),
	    .try = sqlite3_column_int(st, 5),
	    .class = sqlite3_column_int(st, 6),
	    .direction = sqlite3_column_int(st, 7),
	    .number = store_copy(st, 8),
	    .script = store_copy(st, 9),
	    .language = store_copy(st, 10),
	    .route = store_copy(st, 11),
	    .sim = sqlite3_column_int64(st, 12),
	    .status = sqlite3_column_int(st, 13),
	    .reason = (enum reason)sqlite3_column_int(st, 14),
	    .outcome = sqlite3_column_type(st, 15) != SQLITE_NULL ? sqlite3_column_int(st, 15) : -1,
	    .rank = sqlite3_column_int(st, 16),
	    .at = sqlite3_column_int64(st, 17),
	    .started_at = sqlite3_column_int64(st, 18),
	    .answered_at = sqlite3_column_int64(st, 19),
	    .ended_at = sqlite3_column_int64(st, 20),
	    .verified = sqlite3_column_int(st, 21) != 0,
	    .actor = store_copy(st, 22)};
	sqlite3_reset(st);
	return 0;
}

void
calls_row_clear(struct calls_row *row)
{
	char *text[] = {row->campaign, row->step,  row->number, row->script,
			row->language, row->route, row->actor};

	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		free(text[i]);
	memset(row, 0, sizeof *row);
}

int
calls_due(struct store *s, const char *route, int64_t now, int64_t *ids, int cap)
{
	return store_ids(s, store_ask(s, STORE_CALL_DUE, as_text(route), as_int(now), as_int(cap)),
			 ids, cap);
}

int
calls_next(struct store *s, const char *route, int64_t *at)
{
	int rc;

	*at = INT64_MAX;
	rc = store_one(s, store_ask(s, STORE_CALL_NEXT, as_text(route)), at);
	return rc < 0 ? rc : 0;
}

int
calls_route_after(struct store *s, const char *after, char out[64])
{
	return store_name(s, store_ask(s, STORE_CALL_ROUTE_AFTER, as_text(after)), out, 64);
}

int
calls_unroute(struct store *s, const char *route)
{
	return store_set(s, STORE_CALL_UNROUTE, as_text(route));
}

int
calls_step(struct store *s, int64_t account, int32_t due, const char *step, struct calls_row *row)
{
	int64_t id;
	int rc = store_one(
	    s, store_ask(s, STORE_CALL_STEP, as_int(account), as_int(due), as_text(step)), &id);

	if (rc != 1)
		return rc;
	rc = calls_get(s, id, row);
	return rc != 0 ? rc : 1;
}

int
calls_last_script(struct store *s, int64_t account, char out[96])
{
	return store_name(s, store_ask(s, STORE_CALL_LAST_SCRIPT, as_int(account)), out, 96);
}

/* ---- new rows ---- */

static int
add(struct store *s, const struct calls_row *row, int status, int64_t now, int64_t *id)
{
	sqlite3_stmt *st =
	    store_ask(s, STORE_CALL_ADD, as_some(row->account), as_some(row->person),
		      row->step != NULL ? as_int(row->due) : as_null(), as_text(row->campaign),
		      as_text(row->step), as_int(row->try > 0 ? row->try : 1), as_int(row->class),
		      as_int(row->direction), as_text(row->number),
		      as_text(row->script != NULL ? row->script : ""), as_text(row->language),
		      as_text(row->route != NULL ? row->route : ""), as_some(row->sim),
		      as_int(status), as_int(row->reason), as_int(row->rank), as_int(row->at),
		      as_int(now), as_some(row->started_at), as_text(row->actor));

	return store_added(s, st, id);
}

int
calls_add(struct store *s, const struct calls_row *row, int64_t now, int64_t *id)
{
	return add(s, row, CALLS_PLANNED, now, id);
}

int
calls_incoming(struct store *s, const struct calls_row *row, int64_t now, int64_t *id)
{
	struct event_json data;
	int rc = add(s, row, CALLS_CALLING, now, id);

	if (rc != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "call", *id);
	event_json_text(&data, "direction", "in");
	if (row->account != 0) /* of nobody's call nothing could be erased */
		event_json_text(&data, "from", row->number);
	event_json_text(&data, "route", row->route);
	event_json_text(&data, "script", row->script);
	return event_tell(s, "call_started", ACTOR, row->account, 0, now, &data);
}

/* ---- steps of a planned row ---- */

int
calls_move(struct store *s, int64_t id, int64_t at, enum reason reason)
{
	return store_set(s, STORE_CALL_MOVE, as_int(at), as_int(reason), as_int(id));
}

int
calls_plan(struct store *s, int64_t id, const char *route, const char *campaign, const char *script)
{
	return store_set(s, STORE_CALL_PLAN, as_text(route), as_text(campaign), as_text(script),
			 as_int(id));
}

int
calls_drop(struct store *s, const struct calls_row *row, int status, enum reason reason,
	   int64_t now, const char *actor, const char *why)
{
	struct event_json data;
	int rc;

	if ((rc = store_set(s, STORE_CALL_DROP, as_int(status), as_int(reason),
			    status == CALLS_CANCELLED ? as_int(CALLS_CALLED_OFF) : as_null(),
			    as_int(now), as_int(row->id))) != 0 ||
	    (rc = report_rule_note(s, now, REPORT_ENDED, reason, NULL)) != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "call", row->id);
	event_json_text(&data, "step", row->step);
	event_json_text(&data, "reason", reason != REASON_NONE ? reason_word(reason) : NULL);
	event_json_text(&data, "why", why);
	return event_tell(s, status == CALLS_SKIPPED ? "skipped" : "cancelled", actor, row->account,
			  0, now, &data);
}

int
calls_revive(struct store *s, int64_t id, const char *route, const char *campaign,
	     const char *script, int64_t at)
{
	return store_set(s, STORE_CALL_REVIVE, as_int(at), as_text(route), as_text(campaign),
			 as_text(script), as_int(id));
}
