#include "list_rows.h"

#include "schedule/reason.h"
#include "schedule/reply.h"

#include <string.h>

static const char *
reason_or_null(int reason)
{
	return reason > REASON_NONE && reason < REASON_COUNT ? reason_word((enum reason)reason)
							     : NULL;
}

/* ---- messages ---- */

const struct rows_column list_rows_messages[LIST_ROWS_MESSAGES] = {
    {"id", "ID", TABLE_RIGHT},
    {NULL, "TIME", 0},
    {"account", "ACCOUNT", TABLE_CUT},
    {"due_date", NULL, 0},
    {"campaign", NULL, 0},
    {"step", "STEP", 0},
    {"class", "CLASS", TABLE_DROP},
    {"direction", "WAY", 0},
    {"channel", NULL, 0},
    {"to", "TO", TABLE_DROP},
    {"from", "FROM", TABLE_DROP},
    {NULL, "STATUS", 0},
    {"text", "TEXT", TABLE_CUT},
    {"route", NULL, 0},
    {"status", NULL, 0},
    {"reason", NULL, 0},
    {"segments", NULL, 0},
    {"parts", NULL, 0},
    {"created_at", NULL, 0},
    {"sent_at", NULL, 0},
    {"done_at", NULL, 0},
    {"at", NULL, 0},
};

const char *
list_rows_status(const struct list_message *m, int64_t now)
{
	int status = m->status;

	if (status == STATUS_PLANNED && m->at <= now)
		status = STATUS_QUEUED;
	return store_status_word(status);
}

/* Parts the store has no row for are as the whole text is.  A text that is not on its way has no
 * parts: it will be rendered again. */
static void
parts(struct rows *r, const struct list_message *m, const struct civil_zone *zone)
{
	bool cut = m->direction == DIRECTION_OUT && m->status != STATUS_PLANNED &&
		   m->status != STATUS_CANCELLED && m->status != STATUS_SKIPPED;
	size_t known = 0;

	if (!r->json) {
		rows_nested(r, NULL);
		return;
	}
	jsonl_open(&r->j, rows_key(r), '[');
	for (int n = 1; cut && n <= m->segments; n++) {
		const struct list_part *p = NULL;

		if (known < m->n_parts && m->part[known].n == n)
			p = &m->part[known++];
		jsonl_open(&r->j, NULL, '{');
		jsonl_int(&r->j, "n", n);
		jsonl_text(&r->j, "status", store_status_word(p != NULL ? p->status : m->status));
		jsonl_text(&r->j, "smsc_id", p != NULL ? p->smsc_id : NULL);
		jsonl_time(&r->j, "done_at", p != NULL ? p->done_at : m->done_at, zone);
		jsonl_close(&r->j, '}');
	}
	jsonl_close(&r->j, ']');
	rows_nested(r, NULL);
}

static int64_t
latest(const struct list_message *m)
{
	if (m->direction == DIRECTION_IN || m->status == STATUS_PLANNED)
		return m->at;
	return m->handed_at != 0 ? m->handed_at : m->done_at != 0 ? m->done_at : m->at;
}

static const char *
known(const char *text)
{
	return text != NULL && text[0] != '\0' ? text : NULL;
}

void
list_rows_message(struct rows *r, const struct list_message *m, const struct civil_zone *zone,
		  int64_t now)
{
	const char *status = list_rows_status(m, now), *reason = reason_or_null(m->reason);
	char both[64];

	snprintf(both, sizeof both, "%s%s%s", status, reason != NULL ? ": " : "",
		 reason != NULL ? reason : "");
	rows_begin(r);
	rows_int(r, m->id);
	rows_time(r, latest(m), zone);
	rows_text(r, m->owner.ref);
	rows_day_if(r, m->step != NULL, m->due);
	rows_text(r, m->campaign);
	rows_text(r, m->step);
	rows_text(r, m->direction == DIRECTION_OUT ? store_class_word(m->class) : NULL);
	rows_text(r, m->direction == DIRECTION_IN ? "in" : "out");
	rows_text(r, "sms");
	rows_text(r, known(m->to));
	rows_text(r, known(m->from));
	rows_text(r, both);
	rows_text(r, m->text);
	rows_text(r, known(m->route));
	rows_text(r, status);
	rows_text(r, reason);
	rows_int_if(r, m->segments > 0, m->segments);
	parts(r, m, zone);
	rows_time(r, m->created_at, zone);
	rows_time(r, m->sent_at, zone);
	rows_time(r, m->done_at, zone);
	rows_time(r, m->at, zone);
	rows_end(r);
}

/* ---- inbox ---- */

const struct rows_column list_rows_inbox[LIST_ROWS_INBOX] = {
    {"id", "ID", TABLE_RIGHT},
    {"account", "ACCOUNT", TABLE_CUT},
    {"from", "FROM", 0},
    {"text", "TEXT", TABLE_CUT},
    {"received_at", "RECEIVED", 0},
    {"intent", "READ AS", 0},
    {"language", NULL, 0},
    {"promise_date", "DATE", 0},
    {"amount_minor", "AMOUNT", TABLE_RIGHT},
    {"currency", NULL, 0},
    {"handled", "DONE", 0},
    {"cause", "CAUSE", TABLE_DROP},
};

void
list_rows_inbox_row(struct rows *r, const struct list_inbox *in, const struct civil_zone *zone)
{
	rows_begin(r);
	rows_int(r, in->id);
	rows_text(r, in->owner.ref);
	rows_text(r, in->from);
	rows_text(r, in->text);
	rows_time(r, in->received_at, zone);
	rows_text(r, reply_intent_word((enum reply_intent)in->intent));
	rows_text(r, known(in->language));
	rows_day_if(r, in->has_day, in->day);
	if (in->has_amount)
		rows_money(r, in->amount, in->currency);
	else
		rows_null(r);
	rows_text(r, known(in->currency));
	rows_bool(r, in->handled);
	rows_text(r, in->cause);
	rows_end(r);
}

/* ---- promises ---- */

const struct rows_column list_rows_promises[LIST_ROWS_PROMISES] = {
    {"id", "ID", TABLE_RIGHT}, {"account", "ACCOUNT", TABLE_CUT},
    {"date", "DATE", 0},       {"amount_minor", "AMOUNT", TABLE_RIGHT},
    {"currency", NULL, 0},     {"source", "BY", 0},
    {"status", "STATUS", 0},   {"plan", NULL, 0},
    {"part", "PART", 0},       {"pauses", NULL, 0},
};

void
list_rows_promise(struct rows *r, const struct list_promise *p)
{
	rows_begin(r);
	rows_int(r, p->id);
	rows_text(r, p->owner.ref);
	rows_day(r, p->day);
	if (p->has_amount)
		rows_money(r, p->amount, p->currency);
	else if (r->json)
		rows_null(r);
	else
		rows_text(r, "all that is overdue");
	rows_text(r, p->currency);
	rows_text(r, p->source);
	rows_text(r, store_promise_word(p->status));
	rows_int_if(r, p->plan != 0, p->plan);
	rows_int_if(r, p->plan != 0, p->part);
	rows_bool(r, p->pauses);
	rows_end(r);
}

/* ---- tasks ---- */

const struct rows_column list_rows_tasks[LIST_ROWS_TASKS] = {
    {"id", "ID", TABLE_RIGHT},
    {"account", "ACCOUNT", TABLE_CUT},
    {"kind", "WHAT", TABLE_CUT},
    {"due", "FOR", 0},
    {"reason", "BECAUSE", TABLE_CUT},
    {"status", "STATUS", 0},
    {"urgent", "URGENT", 0},
    {NULL, "LISTEN TO", 0},
    {"message", NULL, 0},
};

/* The beginning of a name of 74 characters is enough for a shell, or to search for. */
static void
listen_to(struct rows *r, const char *hash)
{
	char path[LIST_ROWS_TAPE];

	snprintf(path, sizeof path, "calls/%.8s*.wav", hash != NULL ? hash : "");
	rows_text(r, hash != NULL ? path : NULL);
	rows_text(r, list_rows_tape(hash, path));
}

void
list_rows_task(struct rows *r, const struct list_task *t)
{
	rows_begin(r);
	rows_int(r, t->id);
	rows_text(r, t->owner.ref);
	rows_text(r, t->kind);
	rows_day(r, t->day);
	rows_text(r, t->reason);
	rows_text(r, store_task_word(t->status));
	rows_bool(r, t->urgent);
	listen_to(r, t->message);
	rows_end(r);
}

/* ---- events ---- */

const struct rows_column list_rows_events[LIST_ROWS_EVENTS] = {
    {"seq", "SEQ", TABLE_RIGHT},
    {"at", "TIME", 0},
    {"kind", "WHAT", 0},
    {"actor", "WHO", 0},
    {"account", "ACCOUNT", TABLE_CUT},
    {"message", "MESSAGE", TABLE_RIGHT},
    {"data", "DATA", TABLE_CUT},
    {"hash", NULL, 0},
};

void
list_rows_event(struct rows *r, const struct list_event *e, const struct civil_zone *zone)
{
	rows_begin(r);
	rows_int(r, e->seq);
	rows_time(r, e->at, zone);
	rows_text(r, e->kind);
	rows_text(r, e->actor);
	rows_text(r, e->owner.ref);
	rows_int_if(r, e->message != 0, e->message);
	if (r->json)
		jsonl_raw(&r->j, rows_key(r), e->data);
	rows_nested(r, e->data);
	rows_text(r, e->hash);
	rows_end(r);
}
