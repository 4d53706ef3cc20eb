#include "instalment.h"

#include "event.h"

#include <uv.h>

static int
add_part(struct store *s, int64_t plan, int n, const struct instalment_part *part)
{
	sqlite3_stmt *st = store_get(s, STORE_PLAN_PART_ADD);

	store_bind_int(st, 1, plan);
	store_bind_int(st, 2, n);
	store_bind_int(st, 3, part->day);
	store_bind_int(st, 4, part->amount);
	return store_do(s, st);
}

int
instalment_add(struct store *s, struct instalment_plan *plan, const struct instalment_part *parts,
	       int n, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_PLAN_ADD);
	struct event_json data;
	int64_t total = 0;
	int rc;

	plan->import = s->visible;
	store_bind_int(st, 1, plan->account);
	store_bind_text(st, 2, plan->currency);
	store_bind_int(st, 3, now);
	store_bind_int(st, 4, plan->import);
	store_bind_int(st, 5, plan->due);
	store_bind_text(st, 6, plan->actor);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	plan->id = sqlite3_last_insert_rowid(s->db);
	for (int i = 0; i < n; i++) {
		if ((rc = add_part(s, plan->id, i + 1, &parts[i])) != 0)
			return rc;
		total += parts[i].amount;
	}
	event_json_init(&data);
	event_json_int(&data, "plan", plan->id);
	event_json_int(&data, "parts", n);
	event_json_int(&data, "total_minor", total);
	event_json_int(&data, "first_day", parts[0].day);
	event_json_int(&data, "last_day", parts[n - 1].day);
	return event_tell(s, "plan", plan->actor, plan->account, 0, now, &data);
}

int
instalment_open_of(struct store *s, int64_t account, int64_t *id)
{
	sqlite3_stmt *st = store_get(s, STORE_PLAN_OPEN_OF);
	int rc;

	store_bind_int(st, 1, account);
	if ((rc = store_step(s, st)) == 1) {
		*id = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return rc;
}

int
instalment_get(struct store *s, int64_t id, struct instalment_plan *plan)
{
	sqlite3_stmt *st = store_get(s, STORE_PLAN_GET);
	int rc;

	store_bind_int(st, 1, id);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	*plan = (struct instalment_plan){.id = id,
					 .account = sqlite3_column_int64(st, 0),
					 .import = sqlite3_column_int64(st, 3),
					 .due = sqlite3_column_int(st, 4)};
	snprintf(plan->currency, sizeof plan->currency, "%s", store_text(st, 1));
	snprintf(plan->actor, sizeof plan->actor, "%s", store_text(st, 5));
	sqlite3_reset(st);
	return 1;
}

int
instalment_part(struct store *s, int64_t plan, int n, struct instalment_part *part)
{
	sqlite3_stmt *st = store_get(s, STORE_PLAN_PART_GET);
	int rc;

	store_bind_int(st, 1, plan);
	store_bind_int(st, 2, n);
	if ((rc = store_step(s, st)) == 1) {
		*part = (struct instalment_part){sqlite3_column_int(st, 0),
						 sqlite3_column_int64(st, 1)};
		sqlite3_reset(st);
	}
	return rc;
}

int
instalment_part_opened(struct store *s, int64_t plan, int n, int64_t promise)
{
	sqlite3_stmt *st = store_get(s, STORE_PLAN_PART_OPEN);

	store_bind_int(st, 1, promise);
	store_bind_int(st, 2, plan);
	store_bind_int(st, 3, n);
	return store_do(s, st);
}

int
instalment_taken(struct store *s, int64_t account, int64_t plan, int n, int64_t *taken)
{
	sqlite3_stmt *st = store_get(s, STORE_PLAN_TAKEN);
	int rc;

	store_bind_int(st, 1, account);
	store_bind_int(st, 2, plan);
	store_bind_int(st, 3, n);
	if ((rc = store_step(s, st)) == 1) {
		*taken = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return rc < 0 ? rc : 0;
}

int
instalment_end(struct store *s, int64_t account, int64_t id, enum promise_status status,
	       const char *why, const char *actor, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_PLAN_END);
	struct event_json data;
	int rc;

	store_bind_int(st, 1, status);
	store_bind_int(st, 2, now);
	store_bind_int(st, 3, id);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "plan", id);
	event_json_text(&data, "status", store_promise_word((int)status));
	event_json_text(&data, "why", why);
	return event_tell(s, "plan_ended", actor, account, 0, now, &data);
}
