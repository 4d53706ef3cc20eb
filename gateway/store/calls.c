#include "calls.h"

#include "report_rule.h"
#include "schedule/campaign.h"
#include "schedule/policy.h"

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

static char *
copy_text(sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	return text != NULL ? strdup(text) : NULL;
}

int
calls_get(struct store *s, int64_t id, struct calls_row *row)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_GET);
	int rc;

	memset(row, 0, sizeof *row);
	store_bind_int(st, 1, id);
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_ENOENT;
	*row = (struct calls_row){
	    .id = id,
	    .account = sqlite3_column_int64(st, 0),
	    .person = sqlite3_column_int64(st, 1),
	    .due = sqlite3_column_int(st, 2),
	    .campaign = copy_text(st, 3),
	    .step = copy_text(st, 4),
	    .try = sqlite3_column_int(st, 5),
	    .class = sqlite3_column_int(st, 6),
	    .direction = sqlite3_column_int(st, 7),
	    .number = copy_text(st, 8),
	    .script = copy_text(st, 9),
	    .language = copy_text(st, 10),
	    .route = copy_text(st, 11),
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
	    .actor = copy_text(st, 22)};
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
	sqlite3_stmt *st = store_get(s, STORE_CALL_DUE);
	int n = 0, rc;

	store_bind_text(st, 1, route);
	store_bind_int(st, 2, now);
	store_bind_int(st, 3, cap);
	while ((rc = store_step(s, st)) == 1)
		ids[n++] = sqlite3_column_int64(st, 0);
	return rc < 0 ? rc : n;
}

int
calls_next(struct store *s, const char *route, int64_t *at)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_NEXT);
	int rc;

	*at = INT64_MAX;
	store_bind_text(st, 1, route);
	if ((rc = store_step(s, st)) == 1) {
		if (sqlite3_column_type(st, 0) != SQLITE_NULL)
			*at = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return rc < 0 ? rc : 0;
}

int
calls_route_after(struct store *s, const char *after, char out[64])
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_ROUTE_AFTER);
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
calls_unroute(struct store *s, const char *route)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_UNROUTE);

	store_bind_text(st, 1, route);
	return store_do(s, st);
}

int
calls_step(struct store *s, int64_t account, int32_t due, const char *step, struct calls_row *row)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_STEP);
	int64_t id;
	int rc;

	store_bind_int(st, 1, account);
	store_bind_int(st, 2, due);
	store_bind_text(st, 3, step);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	id = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	rc = calls_get(s, id, row);
	return rc != 0 ? rc : 1;
}

int
calls_last_script(struct store *s, int64_t account, const char *number, char out[96])
{
	sqlite3_stmt *st =
	    store_get(s, account != 0 ? STORE_CALL_LAST_SCRIPT : STORE_CALL_LAST_SCRIPT_TO);
	int rc;

	if (account != 0)
		store_bind_int(st, 1, account);
	else
		store_bind_text(st, 1, number);
	if ((rc = store_step(s, st)) == 1) {
		snprintf(out, 96, "%s", store_text(st, 0));
		sqlite3_reset(st);
	}
	return rc;
}

/* ---- new rows ---- */

static void
bind_some(sqlite3_stmt *st, int n, int64_t value)
{
	if (value != 0)
		store_bind_int(st, n, value);
}

static int
add(struct store *s, const struct calls_row *row, int status, int64_t now, int64_t *id)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_ADD);
	int rc;

	bind_some(st, 1, row->account);
	bind_some(st, 2, row->person);
	if (row->step != NULL)
		store_bind_int(st, 3, row->due);
	store_bind_text(st, 4, row->campaign);
	store_bind_text(st, 5, row->step);
	store_bind_int(st, 6, row->try > 0 ? row->try : 1);
	store_bind_int(st, 7, row->class);
	store_bind_int(st, 8, row->direction);
	store_bind_text(st, 9, row->number);
	store_bind_text(st, 10, row->script != NULL ? row->script : "");
	store_bind_text(st, 11, row->language);
	store_bind_text(st, 12, row->route != NULL ? row->route : "");
	bind_some(st, 13, row->sim);
	store_bind_int(st, 14, status);
	store_bind_int(st, 15, row->reason);
	store_bind_int(st, 16, row->rank);
	store_bind_int(st, 17, row->at);
	store_bind_int(st, 18, now);
	bind_some(st, 19, row->started_at);
	store_bind_text(st, 20, row->actor);
	rc = store_do(s, st);
	if (rc == 0)
		*id = sqlite3_last_insert_rowid(s->db);
	return rc;
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

/* ---- steps of a row ---- */

int
calls_move(struct store *s, int64_t id, int64_t at, enum reason reason)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_MOVE);

	store_bind_int(st, 1, at);
	store_bind_int(st, 2, reason);
	store_bind_int(st, 3, id);
	return store_do(s, st);
}

int
calls_plan(struct store *s, int64_t id, const char *route, const char *campaign, const char *script)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_PLAN);

	store_bind_text(st, 1, route);
	store_bind_text(st, 2, campaign);
	store_bind_text(st, 3, script);
	store_bind_int(st, 4, id);
	return store_do(s, st);
}

int
calls_drop(struct store *s, const struct calls_row *row, int status, enum reason reason,
	   int64_t now, const char *actor, const char *why)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_DROP);
	struct event_json data;
	int rc;

	store_bind_int(st, 1, status);
	store_bind_int(st, 2, reason);
	if (status == CALLS_CANCELLED)
		store_bind_int(st, 3, CALLS_CALLED_OFF);
	store_bind_int(st, 4, now);
	store_bind_int(st, 5, row->id);
	if ((rc = store_do(s, st)) != 0 ||
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
	sqlite3_stmt *st = store_get(s, STORE_CALL_REVIVE);

	store_bind_int(st, 1, at);
	store_bind_text(st, 2, route);
	store_bind_text(st, 3, campaign);
	store_bind_text(st, 4, script);
	store_bind_int(st, 5, id);
	return store_do(s, st);
}

/* ---- what limits and rests count ---- */

static void
contact_key(int64_t id, char out[32])
{
	snprintf(out, 32, "call%lld", (long long)id);
}

static int
count(struct store *s, const struct calls_row *row, const char *number, int counts, int64_t at,
      const char *result, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_CONTACT_ADD);
	char key[32];

	contact_key(row->id, key);
	store_bind_int(st, 1, row->account);
	store_bind_text(st, 2, key);
	store_bind_int(st, 3, at);
	store_bind_int(st, 4, CAMPAIGN_CALL);
	store_bind_int(st, 5, counts);
	store_bind_text(st, 6, number);
	store_bind_text(st, 7, result);
	store_bind_text(st, 10, "call");
	store_bind_text(st, 11, ACTOR);
	store_bind_int(st, 12, now);
	return store_do(s, st);
}

static int
count_end(struct store *s, const struct calls_end *e, int64_t now)
{
	const struct calls_row *row = e->row;
	const char *result = calls_outcome_word((int)e->outcome);
	sqlite3_stmt *st;
	char key[32];

	if (row->account == 0)
		return 0;
	if (row->direction == DIRECTION_IN) /* theirs: only a conversation is a contact of ours */
		return e->counts == 0
			   ? 0
			   : count(s, row, row->number, e->counts, row->started_at, result, now);
	contact_key(row->id, key);
	st = store_get(s, STORE_CALL_CONTACT);
	store_bind_int(st, 1, e->counts);
	store_bind_text(st, 2, result);
	store_bind_int(st, 3, row->account);
	store_bind_text(st, 4, key);
	return store_do(s, st);
}

/* ---- on the line ---- */

int
calls_start(struct store *s, const struct calls_start *c, int64_t now, struct event_json *data)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_START);
	int rc;

	store_bind_int(st, 1, c->reason);
	store_bind_text(st, 2, c->number);
	store_bind_text(st, 3, c->script);
	store_bind_text(st, 4, c->language);
	store_bind_text(st, 5, c->route);
	store_bind_text(st, 6, c->campaign);
	bind_some(st, 7, c->sim);
	store_bind_int(st, 8, now);
	store_bind_int(st, 9, c->row->id);
	if ((rc = store_do(s, st)) != 0 ||
	    (c->row->account != 0 &&
	     (rc = count(s, c->row, c->number, POLICY_CALL_DIALLED, now, "calling", now)) != 0)) {
		event_json_drop(data);
		return rc;
	}
	return event_tell(s, "call_started", ACTOR, c->row->account, 0, now, data);
}

int
calls_requeue(struct store *s, const struct calls_row *row, int64_t at, int64_t now,
	      const char *why)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_REQUEUE);
	struct event_json data;
	char key[32];
	int rc;

	store_bind_int(st, 1, at);
	store_bind_int(st, 2, row->id);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	contact_key(row->id, key);
	st = store_get(s, STORE_CALL_CONTACT_DROP);
	store_bind_int(st, 1, row->account);
	store_bind_text(st, 2, key);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "call", row->id);
	event_json_text(&data, "why", why);
	return event_tell(s, "call_undialled", ACTOR, row->account, 0, now, &data);
}

int
calls_answered(struct store *s, const struct calls_row *row, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_ANSWERED);
	struct event_json data;
	int rc;

	store_bind_int(st, 1, now);
	store_bind_int(st, 2, row->id);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "call", row->id);
	return event_tell(s, "call_answered", ACTOR, row->account, 0, now, &data);
}

int
calls_verified(struct store *s, int64_t id)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_VERIFIED);

	store_bind_int(st, 1, id);
	return store_do(s, st);
}

int
calls_promised(struct store *s, int64_t id, int64_t promise)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_PROMISED);

	store_bind_int(st, 1, promise);
	store_bind_int(st, 2, id);
	return store_do(s, st);
}

int
calls_details(struct store *s, int64_t id)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_DETAILS);

	store_bind_int(st, 1, id);
	return store_do(s, st);
}

int
calls_trouble(struct store *s, int64_t id, const char *why)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_TROUBLE);

	store_bind_text(st, 1, why);
	store_bind_int(st, 2, id);
	return store_do(s, st);
}

int
calls_speaks(struct store *s, int64_t account, const char *language)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_SPEAKS);

	store_bind_text(st, 1, language);
	store_bind_int(st, 2, account);
	return store_do(s, st);
}

int
calls_said(struct store *s, int64_t id, struct calls_said *out)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_SAID);
	int rc;

	store_bind_int(st, 1, id);
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_ENOENT;
	*out = (struct calls_said){.promised = sqlite3_column_type(st, 3) != SQLITE_NULL &&
					       sqlite3_column_int(st, 3) == PROMISE_OPEN,
				   .day = sqlite3_column_int(st, 1),
				   .expected = sqlite3_column_int64(st, 2),
				   .details = sqlite3_column_int(st, 4) != 0};
	sqlite3_reset(st);
	return 0;
}

int
calls_end(struct store *s, const struct calls_end *e, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_OVER);
	struct event_json data;
	int rc;

	store_bind_int(st, 1, e->outcome);
	store_bind_text(st, 2, e->cause);
	store_bind_text(st, 3, e->keys);
	store_bind_text(st, 4, e->language);
	store_bind_text(st, 5, e->heard);
	store_bind_text(st, 6, e->recording);
	store_bind_text(st, 7, e->message);
	store_bind_int(st, 8, now);
	store_bind_int(st, 9, e->row->id);
	if ((rc = store_do(s, st)) != 0 || (rc = count_end(s, e, now)) != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "call", e->row->id);
	event_json_text(&data, "outcome", calls_outcome_word((int)e->outcome));
	event_json_text(&data, "cause", e->cause);
	event_json_text(&data, "keys", e->keys);
	event_json_text(&data, "language", e->language);
	event_json_text(&data, "heard", e->heard);
	event_json_text(&data, "recording", e->recording);
	event_json_text(&data, "message", e->message);
	event_json_text(&data, "story", e->story);
	return event_tell(s, "call_ended", ACTOR, e->row->account, 0, now, &data);
}

/* What it was worth nobody knows: it is not made again by itself. */
static int
recover_one(struct store *s, int64_t id, int64_t now)
{
	struct calls_row row;
	int rc = calls_get(s, id, &row);
	struct calls_end end = {.row = &row,
				.outcome = CALLS_MODEM_LOST,
				.cause = "found under way when the daemon started"};

	if (rc != 0)
		return rc;
	end.counts = row.verified                    ? POLICY_CONVERSATION
		     : row.direction == DIRECTION_IN ? 0
		     : row.answered_at != 0          ? POLICY_CALL_ANSWERED
						     : POLICY_CALL_DIALLED;
	rc = calls_end(s, &end, now);
	calls_row_clear(&row);
	return rc;
}

int
calls_recover(struct store *s, int64_t now, calls_recovered *recovered, void *ctx)
{
	int n = 0, rc;

	for (;;) {
		sqlite3_stmt *st = store_get(s, STORE_CALL_FLIGHT);
		int64_t id;

		if ((rc = store_step(s, st)) != 1)
			return rc < 0 ? rc : n;
		id = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
		if ((rc = recover_one(s, id, now)) != 0 ||
		    (recovered != NULL && (rc = recovered(ctx, id)) != 0))
			return rc;
		n++;
	}
}
