/* How a row of the list of calls looks. */
#include "gateway/store/calls.h"
#include "list_rows.h"
#include "schedule/reason.h"

#include <stdio.h>
#include <string.h>

const struct rows_column list_rows_calls[LIST_ROWS_CALLS] = {
    {"id", "ID", TABLE_RIGHT},
    {NULL, "TIME", 0},
    {"account", "ACCOUNT", TABLE_CUT},
    {"due_date", NULL, 0},
    {"campaign", NULL, 0},
    {"step", "STEP", 0},
    {"try", "TRY", TABLE_DROP},
    {"direction", "WAY", 0},
    {"to", "NUMBER", TABLE_DROP},
    {"from", "FROM", TABLE_DROP},
    {"script", "SCRIPT", TABLE_DROP},
    {NULL, "OUTCOME", 0},
    {"keys", "KEYS", TABLE_CUT},
    {"promise_date", "PROMISED", 0},
    {"cause", NULL, 0},
    {NULL, "WHY", TABLE_CUT},
    {"route", NULL, 0},
    {"language", NULL, 0},
    {"status", NULL, 0},
    {"reason", NULL, 0},
    {"outcome", NULL, 0},
    {"heard", NULL, 0},
    {"started_at", NULL, 0},
    {"answered_at", NULL, 0},
    {"ended_at", NULL, 0},
    {"recording", NULL, 0},
    {"message", NULL, 0},
};

const char *
list_rows_tape(const char *hash, char path[LIST_ROWS_TAPE])
{
	if (hash == NULL)
		return NULL;
	snprintf(path, LIST_ROWS_TAPE, "calls/%.64s.wav", hash);
	return path;
}

static const char *
status_of(const struct list_call *c, int64_t now)
{
	return c->status == CALLS_PLANNED && c->at <= now ? "queued" : calls_status_word(c->status);
}

/* For people: what came of it, or why nothing did yet. */
static void
shown(struct rows *r, const struct list_call *c, int64_t now)
{
	const char *outcome = calls_outcome_word(c->outcome);
	bool because =
	    c->reason != REASON_NONE && (c->outcome < 0 || c->outcome == CALLS_CALLED_OFF);
	char text[80];

	snprintf(text, sizeof text, "%s%s%s", outcome != NULL ? outcome : status_of(c, now),
		 because ? ": " : "", because ? reason_word((enum reason)c->reason) : "");
	rows_text(r, text);
}

const char *
list_rows_cause(const char *cause, char text[LIST_ROWS_CAUSE])
{
	static const char *const plain[] = {"ended: ", "hung-up: "};

	if (cause == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (strncmp(cause, plain[i], strlen(plain[i])) == 0) {
			snprintf(text, LIST_ROWS_CAUSE, "%.*s", (int)strlen(plain[i]) - 2, cause);
			return text;
		}
	snprintf(text, LIST_ROWS_CAUSE, "%s", cause);
	return text;
}

void
list_rows_call(struct rows *r, const struct list_call *c, const struct civil_zone *zone,
	       int64_t now)
{
	bool in = c->direction == DIRECTION_IN;
	char path[LIST_ROWS_TAPE];
	char why[LIST_ROWS_CAUSE];

	rows_begin(r);
	rows_int(r, c->id);
	rows_time(r, c->started_at != 0 ? c->started_at : c->at, zone);
	rows_text(r, c->owner.ref);
	rows_day_if(r, c->step != NULL, c->due);
	rows_text(r, c->campaign);
	rows_text(r, c->step);
	rows_int_if(r, c->step != NULL, c->try);
	rows_text(r, in ? "in" : "out");
	rows_text(r, in ? NULL : c->number);
	rows_text(r, in ? c->number : NULL);
	rows_text(r, c->script[0] != '\0' ? c->script : NULL);
	shown(r, c, now);
	rows_text(r, c->keys);
	rows_day_if(r, c->promised, c->promise_day);
	rows_text(r, c->cause);
	rows_text(r, list_rows_cause(c->cause, why));
	rows_text(r, c->route[0] != '\0' ? c->route : NULL);
	rows_text(r, c->language);
	rows_text(r, status_of(c, now));
	rows_text(r, c->reason != REASON_NONE ? reason_word((enum reason)c->reason) : NULL);
	rows_text(r, calls_outcome_word(c->outcome));
	rows_text(r, c->heard);
	rows_time(r, c->started_at, zone);
	rows_time(r, c->answered_at, zone);
	rows_time(r, c->ended_at, zone);
	rows_text(r, list_rows_tape(c->recording, path));
	rows_text(r, list_rows_tape(c->message, path));
	rows_end(r);
}
