/* Calls on the line, and what limits and rests count of them: see calls.h */
#include "calls.h"
#include "schedule/campaign.h"
#include "schedule/policy.h"
#include "store_ask.h"

#include <stdio.h>
#include <uv.h>

#define ACTOR "dunlin"

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
	char key[32];

	contact_key(row->id, key);
	return store_set(s, STORE_CONTACT_ADD, as_int(row->account), as_text(key), as_int(at),
			 as_int(CAMPAIGN_CALL), as_int(counts), as_text(number), as_text(result),
			 as_null(), as_null(), as_text("call"), as_text(ACTOR), as_int(now));
}

static int
count_end(struct store *s, const struct calls_end *e, int64_t now)
{
	const struct calls_row *row = e->row;
	const char *result = calls_outcome_word((int)e->outcome);
	char key[32];

	if (row->account == 0)
		return 0;
	if (row->direction == DIRECTION_IN) /* theirs: only a conversation is a contact of ours */
		return e->counts == 0
			   ? 0
			   : count(s, row, row->number, e->counts, row->started_at, result, now);
	contact_key(row->id, key);
	return store_set(s, STORE_CALL_CONTACT, as_int(e->counts), as_text(result),
			 as_int(row->account), as_text(key));
}

/* ---- on the line ---- */

int
calls_start(struct store *s, const struct calls_start *c, int64_t now, struct event_json *data)
{
	int rc = store_set(s, STORE_CALL_START, as_int(c->reason), as_text(c->number),
			   as_text(c->script), as_text(c->language), as_text(c->route),
			   as_text(c->campaign), as_some(c->sim), as_int(now), as_int(c->row->id));

	if (rc == 0 && c->row->account != 0)
		rc = count(s, c->row, c->number, POLICY_CALL_DIALLED, now, "calling", now);
	if (rc == 0)
		return event_tell(s, "call_started", ACTOR, c->row->account, 0, now, data);
	event_json_drop(data);
	return rc;
}

int
calls_requeue(struct store *s, const struct calls_row *row, int64_t at, int64_t now,
	      const char *why)
{
	struct event_json data;
	char key[32];
	int rc;

	contact_key(row->id, key);
	if ((rc = store_set(s, STORE_CALL_REQUEUE, as_int(at), as_int(row->id))) != 0 ||
	    (rc = store_set(s, STORE_CALL_CONTACT_DROP, as_int(row->account), as_text(key))) != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "call", row->id);
	event_json_text(&data, "why", why);
	return event_tell(s, "call_undialled", ACTOR, row->account, 0, now, &data);
}

int
calls_answered(struct store *s, const struct calls_row *row, int64_t now)
{
	struct event_json data;
	int rc = store_set(s, STORE_CALL_ANSWERED, as_int(now), as_int(row->id));

	if (rc != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "call", row->id);
	return event_tell(s, "call_answered", ACTOR, row->account, 0, now, &data);
}

int
calls_verified(struct store *s, int64_t id)
{
	return store_set(s, STORE_CALL_VERIFIED, as_int(id));
}

int
calls_promised(struct store *s, int64_t id, int64_t promise)
{
	return store_set(s, STORE_CALL_PROMISED, as_int(promise), as_int(id));
}

int
calls_details(struct store *s, int64_t id)
{
	return store_set(s, STORE_CALL_DETAILS, as_int(id));
}

int
calls_trouble(struct store *s, int64_t id, const char *why)
{
	return store_set(s, STORE_CALL_TROUBLE, as_text(why), as_int(id));
}

int
calls_speaks(struct store *s, int64_t account, const char *language)
{
	return store_set(s, STORE_ACCOUNT_SPEAKS, as_text(language), as_int(account));
}

int
calls_said(struct store *s, int64_t id, struct calls_said *out)
{
	sqlite3_stmt *st = store_ask(s, STORE_CALL_SAID, as_int(id));
	int rc = store_step(s, st);

	if (rc != 1)
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
	struct event_json data;
	int rc;

	if ((rc = store_set(s, STORE_CALL_OVER, as_int(e->outcome), as_text(e->cause),
			    as_text(e->keys), as_text(e->language), as_text(e->heard),
			    as_text(e->recording), as_text(e->message), as_int(now),
			    as_int(e->row->id))) != 0 ||
	    (rc = count_end(s, e, now)) != 0)
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
		int64_t id;

		if ((rc = store_one(s, store_get(s, STORE_CALL_FLIGHT), &id)) != 1)
			return rc < 0 ? rc : n;
		if ((rc = recover_one(s, id, now)) != 0 ||
		    (recovered != NULL && (rc = recovered(ctx, id)) != 0))
			return rc;
		n++;
	}
}
