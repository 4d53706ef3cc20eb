#include "instalment.h"

#include "event.h"
#include "store_ask.h"

#include <uv.h>

static int
add_part(struct store *s, int64_t plan, int n, const struct instalment_part *part)
{
	return store_set(s, STORE_PLAN_PART_ADD, as_int(plan), as_int(n), as_int(part->day),
			 as_int(part->amount));
}

int
instalment_add(struct store *s, struct instalment_plan *plan, const struct instalment_part *parts,
	       int n, int64_t now)
{
	sqlite3_stmt *st =
	    store_ask(s, STORE_PLAN_ADD, as_int(plan->account), as_text(plan->currency),
		      as_int(now), as_int(s->visible), as_int(plan->due), as_text(plan->actor));
	struct event_json data;
	int64_t total = 0;
	int rc;

	plan->import = s->visible;
	if ((rc = store_added(s, st, &plan->id)) != 0)
		return rc;
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
	return store_one(s, store_ask(s, STORE_PLAN_OPEN_OF, as_int(account)), id);
}

int
instalment_get(struct store *s, int64_t id, struct instalment_plan *plan)
{
	sqlite3_stmt *st = store_ask(s, STORE_PLAN_GET, as_int(id));
	int rc;

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
	sqlite3_stmt *st = store_ask(s, STORE_PLAN_PART_GET, as_int(plan), as_int(n));
	int rc;

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
	return store_set(s, STORE_PLAN_PART_OPEN, as_int(promise), as_int(plan), as_int(n));
}

int
instalment_taken(struct store *s, int64_t account, int64_t plan, int n, int64_t *taken)
{
	return store_figure(
	    s, store_ask(s, STORE_PLAN_TAKEN, as_int(account), as_int(plan), as_int(n)), taken);
}

int
instalment_end(struct store *s, int64_t account, int64_t id, enum promise_status status,
	       const char *why, const char *actor, int64_t now)
{
	struct event_json data;
	int rc = store_set(s, STORE_PLAN_END, as_int(status), as_int(now), as_int(id));

	if (rc != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "plan", id);
	event_json_text(&data, "status", store_promise_word((int)status));
	event_json_text(&data, "why", why);
	return event_tell(s, "plan_ended", actor, account, 0, now, &data);
}
