/* store_ask.h - a statement with its values in one call, and the plain answers
 *
 *      store_set(s, STORE_CALL_MOVE, as_int(at), as_int(reason), as_int(id))
 *      store_one(s, store_ask(s, STORE_CALL_NEXT, as_text(route)), &at)
 *
 * Values stand in the order of the statement's parameters, from the first on; those after the last
 * are NULL.  Texts are borrowed till the last step.  A statement without values is store_get's, and
 * one with octets among them is bound by hand.
 *
 * The answers leave the statement reset.  Thread: that of the connection.  Errors: store.h.
 */
#ifndef GATEWAY_STORE_STORE_ASK_H
#define GATEWAY_STORE_STORE_ASK_H

#include "store.h"

struct store_value {
	enum store_kind { STORE_END, STORE_NULL, STORE_INT, STORE_TEXT } kind;
	int64_t number;
	const char *text;
};

static inline struct store_value
as_null(void)
{
	return (struct store_value){.kind = STORE_NULL};
}

static inline struct store_value
as_int(int64_t number)
{
	return (struct store_value){.kind = STORE_INT, .number = number};
}

/* NULL for 0: what a row may have none of. */
static inline struct store_value
as_some(int64_t number)
{
	return number != 0 ? as_int(number) : as_null();
}

/* NULL for NULL. */
static inline struct store_value
as_text(const char *text)
{
	return (struct store_value){.kind = STORE_TEXT, .text = text};
}

/* A statement with its values, to be stepped; and one that is done: 0 or negative. */
#define store_ask(s, which, ...)                                                                   \
	store_ask_list(s, which, (const struct store_value[]){__VA_ARGS__, {.kind = STORE_END}})
#define store_set(s, which, ...) store_do(s, store_ask(s, which, __VA_ARGS__))
sqlite3_stmt *store_ask_list(struct store *s, enum store_statement which,
			     const struct store_value *values);

/* Does it, and tells the number of the row it added: 0 or negative. */
int store_added(struct store *s, sqlite3_stmt *st, int64_t *id);

/* The first column of the first row: 1; 0 without a row or where it is NULL, and nothing is filled
 * in then; negative. */
int store_one(struct store *s, sqlite3_stmt *st, int64_t *value);
int store_name(struct store *s, sqlite3_stmt *st, char *out, size_t cap);
/* The same, 0 for none: 0 or negative. */
int store_figure(struct store *s, sqlite3_stmt *st, int64_t *value);
/* Is there a row? 1, 0, negative. */
int store_any(struct store *s, sqlite3_stmt *st);
/* The first column of the first `cap` rows: how many, or negative. */
int store_ids(struct store *s, sqlite3_stmt *st, int64_t *ids, int cap);

/* A copy of a column, to be freed; NULL for NULL. */
char *store_copy(sqlite3_stmt *st, int column);

#endif
