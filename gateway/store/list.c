#include "list_part.h"
#include "store_ask.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define BLOCK 65536
#define PAGE  1000 /* LIMIT of the statements */

struct list_block {
	struct list_block *next;
	size_t used, cap;
	char at[];
};

/* ---- memory of a page ---- */

struct list_walk *
list_new(struct store *s, const struct list_filter *filter)
{
	struct list_walk *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	w->store = s;
	w->filter = *filter;
	w->cursor = -1;
	return w;
}

/* Gives back all blocks but one, which the next page starts with. */
static void
forget(struct list_walk *w, bool all)
{
	struct list_block *b = w->blocks, *next;

	for (w->blocks = NULL; b != NULL; b = next) {
		next = b->next;
		if (!all && next == NULL && b->cap == BLOCK) {
			b->used = 0;
			w->blocks = b;
		} else {
			free(b);
		}
	}
	w->n = 0;
}

void
list_free(struct list_walk *w)
{
	if (w == NULL)
		return;
	forget(w, true);
	free(w->rows);
	free(w);
}

void *
list_room(struct list_walk *w, size_t size)
{
	struct list_block *b = w->blocks;
	size_t need = (size + 15) & ~(size_t)15;

	if (b == NULL || b->cap - b->used < need) {
		size_t cap = need > BLOCK ? need : BLOCK;

		if ((b = malloc(sizeof *b + cap)) == NULL)
			return NULL;
		*b = (struct list_block){.next = w->blocks, .cap = cap};
		w->blocks = b;
	}
	b->used += need;
	return b->at + b->used - need;
}

const char *
list_keep(struct list_walk *w, sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);
	size_t len;
	char *copy;

	if (text == NULL)
		return NULL;
	len = (size_t)sqlite3_column_bytes(st, column) + 1;
	if ((copy = list_room(w, len)) == NULL)
		return NULL;
	return memcpy(copy, text, len);
}

void *
list_add(struct list_walk *w, size_t size)
{
	void *row;

	if (w->n == w->cap) {
		size_t cap = w->cap == 0 ? PAGE : w->cap * 2;
		void *grown = realloc(w->rows, cap * size);

		if (grown == NULL)
			return NULL;
		w->rows = grown;
		w->cap = cap;
	}
	row = (char *)w->rows + w->n++ * size;
	return memset(row, 0, size);
}

/* ---- pages ---- */

static sqlite3_stmt *
begin_page(struct list_walk *w, enum store_statement all, enum store_statement of)
{
	forget(w, false);
	if (w->done)
		return NULL;
	if (w->cursor < 0) {
		store_refresh(w->store);
		w->cursor = all == STORE_LIST_EVENTS ? w->filter.after : INT64_MAX;
	}
	return store_ask(w->store, w->filter.account != 0 ? of : all, as_int(w->store->visible),
			 as_int(w->cursor), as_some(w->filter.account));
}

int
list_page(struct list_walk *w, enum store_statement all, enum store_statement of, list_read *read)
{
	sqlite3_stmt *st;

	while ((st = begin_page(w, all, of)) != NULL) {
		int rc, seen = 0;

		while ((rc = store_step(w->store, st)) == 1) {
			w->cursor = sqlite3_column_int64(st, 0);
			seen++;
			if ((rc = read(w, st)) != 0)
				break;
		}
		sqlite3_reset(st);
		w->done = rc < 0 || seen < PAGE;
		if (rc < 0)
			return rc;
		if (w->n > 0)
			return (int)w->n;
	}
	return 0;
}

struct list_owner
list_owner_of(struct list_walk *w, sqlite3_stmt *st)
{
	return (struct list_owner){.account = sqlite3_column_int64(st, 1),
				   .ref = list_keep(w, st, 2),
				   .timezone = list_keep(w, st, 3)};
}

static bool
since(const struct list_walk *w, int64_t at)
{
	return at >= w->filter.since;
}

bool
list_times(struct list_walk *w, sqlite3_stmt *st, int column, int64_t at[LIST_TIMES])
{
	bool recent = false;

	for (int i = 0; i < LIST_TIMES; i++) {
		at[i] = sqlite3_column_int64(st, column + i);
		recent = recent || since(w, at[i]);
	}
	return recent;
}

/* ---- messages ---- */

static int
read_parts(struct list_walk *w, struct list_message *m)
{
	struct list_part *parts = list_room(w, (size_t)m->segments * sizeof *parts);
	sqlite3_stmt *st = store_ask(w->store, STORE_PARTS_OF, as_int(m->id));
	int rc;

	if (parts == NULL)
		return UV_ENOMEM;
	m->part = parts;
	while ((rc = store_step(w->store, st)) == 1) {
		if (m->n_parts < (size_t)m->segments)
			parts[m->n_parts++] =
			    (struct list_part){.n = sqlite3_column_int(st, 0),
					       .status = sqlite3_column_int(st, 1),
					       .smsc_id = list_keep(w, st, 2),
					       .done_at = sqlite3_column_int64(st, 3)};
	}
	return rc;
}

static int
read_message(struct list_walk *w, sqlite3_stmt *st)
{
	struct list_message *m;
	int64_t at[LIST_TIMES];

	if (!list_times(w, st, 19, at))
		return 0;
	if ((m = list_add(w, sizeof *m)) == NULL)
		return UV_ENOMEM;
	*m = (struct list_message){.id = sqlite3_column_int64(st, 0),
				   .owner = list_owner_of(w, st),
				   .due = sqlite3_column_int(st, 4),
				   .campaign = list_keep(w, st, 5),
				   .step = list_keep(w, st, 6),
				   .class = sqlite3_column_int(st, 7),
				   .direction = sqlite3_column_int(st, 8),
				   .to = list_keep(w, st, 9),
				   .from = list_keep(w, st, 10),
				   .text = list_keep(w, st, 12),
				   .route = list_keep(w, st, 13),
				   .template = list_keep(w, st, 14),
				   .actor = list_keep(w, st, 15),
				   .status = sqlite3_column_int(st, 16),
				   .reason = sqlite3_column_int(st, 17),
				   .segments = sqlite3_column_int(st, 18),
				   .at = at[0],
				   .created_at = at[1],
				   .handed_at = at[2],
				   .sent_at = at[3],
				   .done_at = at[4]};
	if (m->direction == DIRECTION_IN)
		m->to = list_keep(w, st, 11);
	else if (m->segments > 0)
		return read_parts(w, m);
	return 0;
}

int
list_messages(struct list_walk *w, const struct list_message **rows)
{
	int n = list_page(w, STORE_LIST_MESSAGES, STORE_LIST_MESSAGES_OF, read_message);

	*rows = w->rows;
	return n;
}

/* ---- the others ---- */

static int
read_inbox(struct list_walk *w, sqlite3_stmt *st)
{
	struct list_inbox *i;

	if (!since(w, sqlite3_column_int64(st, 6)))
		return 0;
	if ((i = list_add(w, sizeof *i)) == NULL)
		return UV_ENOMEM;
	*i = (struct list_inbox){.id = sqlite3_column_int64(st, 0),
				 .owner = list_owner_of(w, st),
				 .from = list_keep(w, st, 4),
				 .text = list_keep(w, st, 5),
				 .received_at = sqlite3_column_int64(st, 6),
				 .intent = sqlite3_column_int(st, 7),
				 .language = list_keep(w, st, 8),
				 .has_day = sqlite3_column_type(st, 9) != SQLITE_NULL,
				 .day = sqlite3_column_int(st, 9),
				 .has_amount = sqlite3_column_type(st, 10) != SQLITE_NULL,
				 .amount = sqlite3_column_int64(st, 10),
				 .currency = list_keep(w, st, 11),
				 .handled = sqlite3_column_int(st, 12) != 0,
				 .actor = list_keep(w, st, 13),
				 .handled_at = sqlite3_column_int64(st, 14),
				 .cause = list_keep(w, st, 15)};
	return 0;
}

int
list_inbox(struct list_walk *w, const struct list_inbox **rows)
{
	int n = list_page(w, STORE_LIST_INBOX, STORE_LIST_INBOX_OF, read_inbox);

	*rows = w->rows;
	return n;
}

static int
read_promise(struct list_walk *w, sqlite3_stmt *st)
{
	struct list_promise *p;

	if (!since(w, sqlite3_column_int64(st, 10)) && !since(w, sqlite3_column_int64(st, 13)))
		return 0;
	if ((p = list_add(w, sizeof *p)) == NULL)
		return UV_ENOMEM;
	*p = (struct list_promise){.id = sqlite3_column_int64(st, 0),
				   .owner = list_owner_of(w, st),
				   .day = sqlite3_column_int(st, 4),
				   .has_amount = sqlite3_column_type(st, 5) != SQLITE_NULL,
				   .amount = sqlite3_column_int64(st, 5),
				   .expected = sqlite3_column_int64(st, 6),
				   .currency = list_keep(w, st, 7),
				   .source = list_keep(w, st, 8),
				   .status = sqlite3_column_int(st, 9),
				   .at = sqlite3_column_int64(st, 10),
				   .pauses = sqlite3_column_int(st, 11) != 0,
				   .actor = list_keep(w, st, 12),
				   .judged_at = sqlite3_column_int64(st, 13),
				   .plan = sqlite3_column_int64(st, 14),
				   .part = sqlite3_column_int(st, 15)};
	return 0;
}

int
list_promises(struct list_walk *w, const struct list_promise **rows)
{
	int n = list_page(w, STORE_LIST_PROMISES, STORE_LIST_PROMISES_OF, read_promise);

	*rows = w->rows;
	return n;
}

static int
read_task(struct list_walk *w, sqlite3_stmt *st)
{
	struct list_task *t;
	bool urgent = sqlite3_column_int(st, 11) != 0,
	     open = sqlite3_column_int(st, 7) == TASK_OPEN;

	if (!since(w, sqlite3_column_int64(st, 8)) && !since(w, sqlite3_column_int64(st, 9)))
		return 0;
	if (w->second && urgent && open)
		return 0; /* it was shown first */
	if ((t = list_add(w, sizeof *t)) == NULL)
		return UV_ENOMEM;
	*t = (struct list_task){.id = sqlite3_column_int64(st, 0),
				.owner = list_owner_of(w, st),
				.day = sqlite3_column_int(st, 4),
				.kind = list_keep(w, st, 5),
				.reason = list_keep(w, st, 6),
				.status = sqlite3_column_int(st, 7),
				.at = sqlite3_column_int64(st, 8),
				.done_at = sqlite3_column_int64(st, 9),
				.actor = list_keep(w, st, 10),
				.urgent = urgent,
				.message = list_keep(w, st, 12)};
	return 0;
}

/* Two walks, one behind the other. */
int
list_tasks(struct list_walk *w, const struct list_task **rows)
{
	int n = 0;

	if (!w->second) {
		n = list_page(w, STORE_LIST_TASKS_URGENT, STORE_LIST_TASKS_URGENT_OF, read_task);
		if (n == 0) {
			w->second = true;
			w->cursor = -1;
			w->done = false;
		}
	}
	if (w->second)
		n = list_page(w, STORE_LIST_TASKS, STORE_LIST_TASKS_OF, read_task);
	*rows = w->rows;
	return n;
}

static void
hex(char out[65], const unsigned char *octets, int n)
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < n && i < 32; i++) {
		out[2 * i] = digits[octets[i] >> 4];
		out[2 * i + 1] = digits[octets[i] & 15];
	}
}

static int
read_event(struct list_walk *w, sqlite3_stmt *st)
{
	struct list_event *e;

	if (!since(w, sqlite3_column_int64(st, 4)))
		return 0;
	if ((e = list_add(w, sizeof *e)) == NULL)
		return UV_ENOMEM;
	*e = (struct list_event){.seq = sqlite3_column_int64(st, 0),
				 .owner = list_owner_of(w, st),
				 .at = sqlite3_column_int64(st, 4),
				 .message = sqlite3_column_int64(st, 5),
				 .kind = list_keep(w, st, 6),
				 .actor = list_keep(w, st, 7),
				 .data = list_keep(w, st, 8)};
	hex(e->hash, sqlite3_column_blob(st, 9), sqlite3_column_bytes(st, 9));
	return 0;
}

int
list_events(struct list_walk *w, const struct list_event **rows)
{
	int n = list_page(w, STORE_LIST_EVENTS, STORE_LIST_EVENTS_OF, read_event);

	*rows = w->rows;
	return n;
}
