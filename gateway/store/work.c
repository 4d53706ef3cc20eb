#include "work.h"

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
}

int
work_open(struct store *s, int32_t day, int64_t id, struct work_row *rows, int cap)
{
	sqlite3_stmt *st = store_get(s, STORE_WORK_OPEN);
	int n = 0, rc = 0;

	store_bind_int(st, 1, day);
	store_bind_int(st, 2, id);
	store_bind_int(st, 3, cap);
	while (n < cap && (rc = store_step(s, st)) == 1)
		read_row(st, &rows[n++]);
	sqlite3_reset(st);
	return rc < 0 ? rc : n;
}

int
work_get(struct store *s, int64_t id, struct work_row *row)
{
	sqlite3_stmt *st = store_get(s, STORE_WORK_GET);
	int rc;

	store_bind_int(st, 1, id);
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
	sqlite3_stmt *st = store_get(s, STORE_WORK_PROMISED);
	int rc, answer = 0;

	store_bind_int(st, 1, from);
	store_bind_int(st, 2, to);
	while (answer == 0 && (rc = store_step(s, st)) == 1)
		answer = each(ctx, sqlite3_column_int64(st, 0));
	sqlite3_reset(st);
	return answer != 0 ? answer : rc < 0 ? rc : 0;
}

int
work_last_reply(struct store *s, int64_t account, char *text, size_t cap, int64_t *at)
{
	sqlite3_stmt *st = store_get(s, STORE_WORK_LAST_REPLY);
	int rc;

	text[0] = '\0';
	*at = 0;
	store_bind_int(st, 1, account);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	snprintf(text, cap, "%s", store_text(st, 0));
	*at = sqlite3_column_int64(st, 1);
	sqlite3_reset(st);
	return 0;
}

/* ---- contacts ---- */

static void
bind_text(sqlite3_stmt *st, int n, const char *text)
{
	if (text != NULL && text[0] != '\0')
		store_bind_text(st, n, text);
}

int
work_add_contact(struct store *s, const struct work_contact *c, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_CONTACT_ADD);
	int rc;

	store_bind_int(st, 1, c->account);
	store_bind_text(st, 2, c->key);
	store_bind_int(st, 3, c->at);
	store_bind_int(st, 4, c->channel);
	store_bind_int(st, 5, c->counts);
	bind_text(st, 6, c->number);
	store_bind_text(st, 7, c->result);
	bind_text(st, 8, c->note);
	if (c->task != 0)
		store_bind_int(st, 9, c->task);
	store_bind_text(st, 10, c->source);
	store_bind_text(st, 11, c->actor);
	store_bind_int(st, 12, now);
	rc = store_do(s, st);
	return rc != 0 ? rc : sqlite3_changes(s->db) > 0;
}

bool
work_knows_contact(struct store *s, int64_t account, const char *key)
{
	sqlite3_stmt *st = store_get(s, STORE_CONTACT_KNOWN);
	bool known;

	store_bind_int(st, 1, account);
	store_bind_text(st, 2, key);
	known = store_step(s, st) == 1;
	sqlite3_reset(st);
	return known;
}

int
work_contacts(struct store *s, int64_t account, work_contact_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_get(s, STORE_CONTACTS_OF);
	int rc;

	store_bind_int(st, 1, account);
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
	sqlite3_stmt *st = store_get(s, STORE_WORK_IMPORT);
	int rc;

	store_bind_text(st, 1, im->file);
	store_bind_int(st, 2, im->begun);
	store_bind_text(st, 3, im->actor);
	store_bind_int(st, 4, now);
	store_bind_int(st, 5, im->taken);
	store_bind_int(st, 6, im->known);
	store_bind_int(st, 7, im->refused);
	rc = store_do(s, st);
	return rc != 0 ? rc : sqlite3_last_insert_rowid(s->db);
}
