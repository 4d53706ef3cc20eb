/* intake_impl.h - what the files of intake share; nobody else includes it */
#ifndef GATEWAY_STORE_INTAKE_IMPL_H
#define GATEWAY_STORE_INTAKE_IMPL_H

#include "intake.h"

/* The temporary tables exist; they are this connection's and vanish with it. */
int intake_tables(struct store *s);
void intake_tables_empty(struct store *s);

/* Key in the table of what the file named: leave this account's amounts alone. */
#define INTAKE_SHIELD "x"

/* Adds to the import's row and to the caller's sums. */
int intake_count(struct store *s, int64_t id, const struct intake_counts *c,
		 struct intake_counts *sums);

int intake_account_rows(struct store *s, const struct intake *in, struct intake_row *rows, size_t n,
			struct intake_counts *c);
int intake_payment_rows(struct store *s, const struct intake *in, struct intake_row *rows, size_t n,
			struct intake_counts *c);

/* The account named by an account_id: 1 and *id, 0 none, negative. */
int intake_account_find(struct store *s, const char *ref, int64_t *id);

/* The end of a stretch of accounts after `after` with about `budget` rows; INT64_MAX at the end. */
int intake_stretch(struct store *s, int64_t after, int budget, int64_t *upto);

/* Gives an account's numbers and person_id to its person.  `alone`: the account is new, and its
 * person may still be set; otherwise persons that meet are noted for intake_meet(). */
int intake_keys(struct store *s, int64_t account, const char *phones, const char *person_id,
		bool alone);
/* The same for a new account, later; *kept is false when it is not for the buffer. */
int intake_buffer_add(struct store *s, struct intake_buffer *b, int64_t account, const char *phones,
		      const char *person_id, bool *kept);
/* Works out anew who is one person among those who are `person` now, after rows with
 * since = `gone` went out of sight. */
int intake_part(struct store *s, int64_t person, int64_t gone);
/* intake_part() for every account of a stretch that import `gone` had a row for. */
int intake_part_stretch(struct store *s, int64_t after, int64_t upto, int64_t gone);

/* ---- intake_keys.c ---- */

/* Calls `each` for every key: "n" + number, "p" + person_id. */
typedef int intake_each_key(void *ctx, const char *key);
int intake_walk_keys(const char *phones, const char *person_id, intake_each_key *each, void *ctx);
/* By the row everyone sees; by the newest row, which may still be aside; by the row of a statement
 * that was not stepped yet.  No row: no keys. */
int intake_visible_keys(struct store *s, int64_t account, intake_each_key *each, void *ctx);
int intake_newest_keys(struct store *s, int64_t account, intake_each_key *each, void *ctx);
int intake_row_keys(struct store *s, sqlite3_stmt *st, intake_each_key *each, void *ctx);

/* Moves an account, and what was said to it, to another person. */
int intake_move(struct store *s, int64_t account, int64_t person);
/* Statements with two ids, or with a key and a person. */
int intake_run_ids(struct store *s, enum store_statement which, int64_t one, int64_t two);
int intake_run_key(struct store *s, enum store_statement which, const char *key, int64_t person);

/* Ids of accounts, on the heap. */
struct intake_ids {
	int64_t *id;
	size_t n, cap;
};
int intake_ids_add(struct intake_ids *ids, int64_t id);
/* In ascending order; the person's own account is among them, whether it exists or not. */
int intake_person_accounts(struct store *s, int64_t person, struct intake_ids *ids);

/* Ends the second half of an undo. */
int intake_settle(struct store *s, int64_t target, int64_t id, struct intake_walk *walk,
		  int budget);

#define META_INTAKE_SETTLE                                                                         \
	"import_settle" /* TARGET/ID of an undo that is visible, not yet settled */

#endif
