/* Keys of persons and the accounts behind them: the small reads and writes that joining and parting
 * share. */
#include "intake_impl.h"
#include "store_ask.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define KEY_MAX 512 /* octets of a key; what is longer is told apart by its beginning */

int
intake_walk_keys(const char *phones, const char *person_id, intake_each_key *each, void *ctx)
{
	char key[KEY_MAX];
	size_t len;
	int rc = 0;

	for (const char *p = phones; rc == 0 && *p != '\0'; p += len + (p[len] == ';')) {
		len = strcspn(p, ";");
		if (len == 0 || len >= KEY_MAX - 1)
			continue;
		key[0] = 'n';
		memcpy(key + 1, p, len);
		key[1 + len] = '\0';
		rc = each(ctx, key);
	}
	if (rc == 0 && person_id != NULL && person_id[0] != '\0') {
		len = strnlen(person_id, KEY_MAX - 2);
		key[0] = 'p';
		memcpy(key + 1, person_id, len);
		key[1 + len] = '\0';
		rc = each(ctx, key);
	}
	return rc;
}

/* ---- small reads and writes ---- */

int
intake_run_ids(struct store *s, enum store_statement which, int64_t one, int64_t two)
{
	return store_set(s, which, as_int(one), as_int(two));
}

int
intake_run_key(struct store *s, enum store_statement which, const char *key, int64_t person)
{
	return store_set(s, which, as_text(key), as_int(person));
}

/* Moves an account, and what was said to it, to another person. */
int
intake_move(struct store *s, int64_t account, int64_t person)
{
	int rc = intake_run_ids(s, STORE_INTAKE_ACCOUNT_JOIN, person, account);

	if (rc == 0)
		rc = intake_run_ids(s, STORE_INTAKE_MESSAGE_STEPS, person, account);
	if (rc == 0)
		rc = intake_run_ids(s, STORE_INTAKE_MESSAGE_OTHERS, person, account);
	if (rc == 0)
		rc = intake_run_ids(s, STORE_INTAKE_TASKS, person, account);
	return rc;
}

/* ---- the accounts of a person, and their keys ---- */

int
intake_ids_add(struct intake_ids *ids, int64_t id)
{
	if (ids->n == ids->cap) {
		size_t cap = ids->cap != 0 ? ids->cap * 2 : 16;
		int64_t *grown = realloc(ids->id, cap * sizeof *grown);

		if (grown == NULL)
			return UV_ENOMEM;
		ids->id = grown;
		ids->cap = cap;
	}
	ids->id[ids->n++] = id;
	return 0;
}

int
intake_person_accounts(struct store *s, int64_t person, struct intake_ids *ids)
{
	sqlite3_stmt *st = store_ask(s, STORE_INTAKE_PERSON_ACCOUNTS, as_int(person));
	int rc;

	while ((rc = store_step(s, st)) == 1)
		if ((rc = intake_ids_add(ids, sqlite3_column_int64(st, 0))) != 0)
			break;
	sqlite3_reset(st);
	return rc;
}

/* Reads the keys an account has by a row and hands them on; no row: none. */
int
intake_row_keys(struct store *s, sqlite3_stmt *st, intake_each_key *each, void *ctx)
{
	int rc = store_step(s, st);

	if (rc != 1)
		return rc;
	/* `each` uses other statements: this one's texts stay until it is reset. */
	rc = intake_walk_keys(store_text(st, 0), store_text(st, 1), each, ctx);
	sqlite3_reset(st);
	return rc;
}

/* By the row everyone sees. */
int
intake_visible_keys(struct store *s, int64_t account, intake_each_key *each, void *ctx)
{
	sqlite3_stmt *st =
	    store_ask(s, STORE_INTAKE_ROW_KEYS_VISIBLE, as_int(account), as_int(s->visible));

	return intake_row_keys(s, st, each, ctx);
}

/* By the newest row, which may still be aside. */
int
intake_newest_keys(struct store *s, int64_t account, intake_each_key *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_INTAKE_ROW_KEYS, as_int(account));

	return intake_row_keys(s, st, each, ctx);
}
