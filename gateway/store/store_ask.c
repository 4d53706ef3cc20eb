#include "store_ask.h"

#include <stdio.h>
#include <string.h>

sqlite3_stmt *
store_ask_list(struct store *s, enum store_statement which, const struct store_value *values)
{
	sqlite3_stmt *st = store_get(s, which);

	for (int n = 1; values->kind != STORE_END; values++, n++) {
		if (values->kind == STORE_INT)
			store_bind_int(st, n, values->number);
		else if (values->kind == STORE_TEXT)
			store_bind_text(st, n, values->text);
	}
	return st;
}

int
store_added(struct store *s, sqlite3_stmt *st, int64_t *id)
{
	int rc = store_do(s, st);

	if (rc == 0)
		*id = sqlite3_last_insert_rowid(s->db);
	return rc;
}

/* ---- answers ---- */

/* Steps to the first row, which is reset where its first column is NULL. */
static int
first(struct store *s, sqlite3_stmt *st)
{
	int rc = store_step(s, st);

	if (rc != 1 || sqlite3_column_type(st, 0) != SQLITE_NULL)
		return rc;
	sqlite3_reset(st);
	return 0;
}

int
store_one(struct store *s, sqlite3_stmt *st, int64_t *value)
{
	int rc = first(s, st);

	if (rc == 1) {
		*value = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return rc;
}

int
store_figure(struct store *s, sqlite3_stmt *st, int64_t *value)
{
	int rc;

	*value = 0;
	rc = store_one(s, st, value);
	return rc < 0 ? rc : 0;
}

int
store_name(struct store *s, sqlite3_stmt *st, char *out, size_t cap)
{
	int rc = first(s, st);

	if (rc == 1) {
		snprintf(out, cap, "%s", store_text(st, 0));
		sqlite3_reset(st);
	}
	return rc;
}

int
store_any(struct store *s, sqlite3_stmt *st)
{
	int rc = store_step(s, st);

	if (rc == 1)
		sqlite3_reset(st);
	return rc;
}

int
store_ids(struct store *s, sqlite3_stmt *st, int64_t *ids, int cap)
{
	int n = 0, rc = 0;

	while (n < cap && (rc = store_step(s, st)) == 1)
		ids[n++] = sqlite3_column_int64(st, 0);
	if (n == cap)
		sqlite3_reset(st);
	return rc < 0 ? rc : n;
}

char *
store_copy(sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	return text != NULL ? strdup(text) : NULL;
}
