#include "work.h"

#include "store_ask.h"

#include <stdio.h>
#include <string.h>

static void
read_row(sqlite3_stmt *st, struct work_row *row)
{
	const char *step = store_text(st, 3);
	int offset;

	*row = (struct work_row){.id = sqlite3_column_int64(st, 0),
				 .account = sqlite3_column_int64(st, 1),
				 .due = INT32_MIN,
				 .channel = CAMPAIGN_TASK,
				 .day = sqlite3_column_int(st, 5),
				 .status = sqlite3_column_int(st, 7),
				 .at = sqlite3_column_int64(st, 8)};
	if (campaign_step_parse(step, strlen(step), &offset, &row->channel) == 0)
		row->due = sqlite3_column_int(st, 2);
	else
		row->channel = CAMPAIGN_TASK;
	snprintf(row->kind, sizeof row->kind, "%s", store_text(st, 4));
	snprintf(row->reason, sizeof row->reason, "%s", store_text(st, 6));
	snprintf(row->tape, sizeof row->tape, "%s", store_text(st, 9));
}

int
work_open(struct store *s, int32_t day, int64_t id, struct work_row *rows, int cap)
{
	sqlite3_stmt *st = store_ask(s, STORE_WORK_OPEN, as_int(day), as_int(id), as_int(cap));
	int n = 0, rc = 0;

	while (n < cap && (rc = store_step(s, st)) == 1)
		read_row(st, &rows[n++]);
	sqlite3_reset(st);
	return rc < 0 ? rc : n;
}

int
work_get(struct store *s, int64_t id, struct work_row *row)
{
	sqlite3_stmt *st = store_ask(s, STORE_WORK_GET, as_int(id));
	int rc;

	if ((rc = store_step(s, st)) == 1) {
		read_row(st, row);
		sqlite3_reset(st);
	}
	return rc;
}

const char *
work_name(const struct work_row *row)
{
	const char *word = campaign_channel_word(row->channel);
	size_t len = strlen(word);

	if (row->channel == CAMPAIGN_TASK || strncmp(row->kind, word, len) != 0 ||
	    strncmp(row->kind + len, ": ", 2) != 0)
		return row->kind;
	return row->kind + len + 2;
}

int
work_promised(struct store *s, int32_t from, int32_t to, work_account_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_WORK_PROMISED, as_int(from), as_int(to));
	int rc, answer = 0;

	while (answer == 0 && (rc = store_step(s, st)) == 1)
		answer = each(ctx, sqlite3_column_int64(st, 0));
	sqlite3_reset(st);
	return answer != 0 ? answer : rc < 0 ? rc : 0;
}

int
work_last_reply(struct store *s, int64_t account, char *text, size_t cap, int64_t *at)
{
	sqlite3_stmt *st = store_ask(s, STORE_WORK_LAST_REPLY, as_int(account));
	int rc;

	text[0] = '\0';
	*at = 0;
	if ((rc = store_step(s, st)) != 1)
		return rc;
	snprintf(text, cap, "%s", store_text(st, 0));
	*at = sqlite3_column_int64(st, 1);
	sqlite3_reset(st);
	return 0;
}

/* ---- contacts ---- */

/* NULL for an empty one too. */
static struct store_value
as_filled(const char *text)
{
	return text != NULL && text[0] != '\0' ? as_text(text) : as_null();
}

int
work_add_contact(struct store *s, const struct work_contact *c, int64_t now)
{
	int rc = store_set(s, STORE_CONTACT_ADD, as_int(c->account), as_text(c->key), as_int(c->at),
			   as_int(c->channel), as_int(c->counts), as_filled(c->number),
			   as_text(c->result), as_filled(c->note), as_some(c->task),
			   as_text(c->source), as_text(c->actor), as_int(now));

	return rc != 0 ? rc : sqlite3_changes(s->db) > 0;
}

bool
work_knows_contact(struct store *s, int64_t account, const char *key)
{
	return store_any(s, store_ask(s, STORE_CONTACT_KNOWN, as_int(account), as_text(key))) == 1;
}

int
work_contacts(struct store *s, int64_t account, work_contact_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_CONTACTS_OF, as_int(account));
	int rc;

	while ((rc = store_step(s, st)) == 1) {
		struct work_contact c = {.account = account,
					 .at = sqlite3_column_int64(st, 0),
					 .channel = sqlite3_column_int(st, 1),
					 .counts = sqlite3_column_int(st, 2),
					 .number = (const char *)sqlite3_column_text(st, 3),
					 .result = store_text(st, 4),
					 .note = (const char *)sqlite3_column_text(st, 5),
					 .task = sqlite3_column_int64(st, 6),
					 .source = store_text(st, 7),
					 .actor = store_text(st, 8)};

		each(ctx, &c);
	}
	return rc;
}

int
work_begin(struct store *s, struct work_mark *m)
{
	*m = (struct work_mark){.seq = s->head_seq, .at = s->head_at, .orphans = s->orphans};
	memcpy(m->head, s->head, sizeof m->head);
	return store_do(s, store_get(s, STORE_SAVEPOINT));
}

int
work_end(struct store *s, const struct work_mark *m, bool undo)
{
	int rc;

	if (undo) {
		if ((rc = store_do(s, store_get(s, STORE_ROLLBACK_TO))) != 0)
			return rc;
		memcpy(s->head, m->head, sizeof m->head);
		s->head_seq = m->seq;
		s->head_at = m->at;
		s->orphans = m->orphans;
	}
	return store_do(s, store_get(s, STORE_RELEASE));
}

int64_t
work_add_import(struct store *s, const struct work_import *im, int64_t now)
{
	int rc = store_set(s, STORE_WORK_IMPORT, as_text(im->file), as_int(im->begun),
			   as_text(im->actor), as_int(now), as_int(im->taken), as_int(im->known),
			   as_int(im->refused));

	return rc != 0 ? rc : sqlite3_last_insert_rowid(s->db);
}
