/* Rows of payments.csv. */
#include "intake_impl.h"
#include "store_ask.h"

#include "schedule/civil.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

#define KEY_SIZE 64

/* The row's account: 1 with its id and currency, 0 when no list in force names it. */
static int
find_account(struct store *s, const char *ref, int64_t *account, char currency[8], bool *erased)
{
	sqlite3_stmt *st;
	int rc;

	if ((rc = intake_account_find(s, ref, account)) != 1)
		return rc;
	st = store_ask(s, STORE_INTAKE_ROW_CURRENCY, as_int(*account));
	if ((rc = store_step(s, st)) == 1) {
		snprintf(currency, 8, "%s", store_text(st, 0));
		*erased = sqlite3_column_int(st, 1) != 0;
		sqlite3_reset(st);
	}
	return rc;
}

/* Ten-thousandths to minor units; false when that would lose something. */
static bool
to_minor(const struct intake *in, const char *currency, int64_t scaled, int64_t *minor)
{
	int digits = in->digits(currency);
	int64_t unit = INTAKE_SCALE;

	for (int i = 0; i < digits; i++)
		unit /= 10;
	*minor = scaled / unit;
	return scaled % unit == 0;
}

/* Without a reference the key tells like payments of a day apart by counting them, so the counting
 * must begin anew with each file. */
static int
counted_key(struct store *s, int64_t account, const struct intake_row *row, int64_t minor,
	    char key[KEY_SIZE])
{
	char date[11], like[48];
	sqlite3_stmt *st;
	int64_t n = 1;
	int rc;

	civil_format_date(row->paid_on, date);
	snprintf(like, sizeof like, "%s/%lld", date, (long long)minor);
	st = store_ask(s, STORE_INTAKE_SEEN_COUNT, as_int(account), as_text(like));
	if ((rc = store_one(s, st, &n)) < 0)
		return rc;
	snprintf(key, KEY_SIZE, "p%s/%lld", like, (long long)n);
	return 0;
}

/* A payment of that key is there: is it this one? */
static int
judge_known(struct store *s, struct intake_row *row, int64_t account, int64_t minor,
	    const char *key)
{
	sqlite3_stmt *st = store_ask(s, STORE_INTAKE_PAYMENT_GET, as_int(account), as_text(key));
	int rc;

	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : 0;
	row->outcome =
	    sqlite3_column_int64(st, 0) == row->paid_on && sqlite3_column_int64(st, 1) == minor
		? INTAKE_KNOWN
		: INTAKE_REFERENCE;
	sqlite3_reset(st);
	return 0;
}

static int
take_row(struct store *s, const struct intake *in, struct intake_row *row, char **room, size_t *cap)
{
	char counted[KEY_SIZE], *key = counted;
	bool erased = false;
	int64_t account, minor;
	int rc;

	if ((rc = find_account(s, row->account, &account, row->detail, &erased)) != 1 || erased) {
		row->outcome = rc == 1 ? INTAKE_ERASED : INTAKE_NO_ACCOUNT;
		return rc < 0 ? rc : 0;
	}
	row->outcome = INTAKE_DIGITS;
	if (!to_minor(in, row->detail, row->amount, &minor))
		return 0;
	if (row->reference != NULL) {
		size_t len = strlen(row->reference) + 2;

		if (len > *cap && (*room = sqlite3_realloc64(*room, *cap = len * 2)) == NULL)
			return UV_ENOMEM;
		key = *room;
		key[0] = 'r';
		memcpy(key + 1, row->reference, len - 1);
	} else if ((rc = counted_key(s, account, row, minor, counted)) != 0) {
		return rc;
	}
	rc = store_set(s, STORE_INTAKE_PAYMENT_ADD, as_int(account), as_text(key), as_int(in->id),
		       as_int(row->paid_on), as_int(minor), as_text(row->reference));
	if (rc != 0)
		return rc;
	row->outcome = INTAKE_TAKEN;
	if (sqlite3_changes(s->db) == 0)
		rc = judge_known(s, row, account, minor, key);
	return rc;
}

int
intake_payment_rows(struct store *s, const struct intake *in, struct intake_row *rows, size_t n,
		    struct intake_counts *c)
{
	char *room = NULL;
	size_t cap = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (rows[i].shield)
			continue;
		if ((rc = take_row(s, in, &rows[i], &room, &cap)) != 0)
			break;
		c->taken += rows[i].outcome == INTAKE_TAKEN;
		c->known += rows[i].outcome == INTAKE_KNOWN;
		c->refused += rows[i].outcome > INTAKE_KNOWN;
	}
	sqlite3_free(room);
	return rc;
}
