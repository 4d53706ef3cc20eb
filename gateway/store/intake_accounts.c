/* Rows of accounts.csv.  This is the hot path of a big import: one prepared statement per thing
 * written, nothing copied, and a new account is found to be new by its own insertion. */
#include "erase.h"
#include "intake_impl.h"
#include "store_ask.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

/* What is remembered from row to row of one call. */
struct batch {
	struct store *s;
	const struct intake *in;
	const char *ref; /* account of the row before, NULL at the start */
	int64_t account; /* its id */
	int64_t last;    /* highest id in use */
	bool fresh;      /* the row before brought its account */
};

static int
add_account(struct batch *b, const char *ref, bool *added)
{
	int rc = store_set(b->s, STORE_INTAKE_ACCOUNT_ADD, as_int(b->last + 1), as_text(ref),
			   as_int(b->last + 1), as_int(b->in->id), as_int(b->in->at));

	if (rc != 0)
		return rc;
	*added = sqlite3_changes(b->s->db) == 1;
	if (*added)
		b->account = ++b->last;
	return 0;
}

/* Finds the row's account or makes it.  Rows of a kind come together: after a new account an
 * insertion is tried first, after a known one a look. */
static int
find_account(struct batch *b, const struct intake_row *row, bool *added)
{
	int rc;

	*added = false;
	if (b->ref != NULL && strcmp(b->ref, row->account) == 0)
		return 0;
	b->ref = row->account;
	if (b->fresh) {
		if ((rc = add_account(b, row->account, added)) != 0 || *added)
			return rc;
		b->fresh = false;
	}
	rc = intake_account_find(b->s, row->account, &b->account);
	if (rc == 1)
		return 0;
	if (rc == 0)
		rc = add_account(b, row->account, added);
	b->fresh = *added;
	return rc;
}

/* ---- what is said of the account ---- */

static const char *
value_of(const struct intake_row *row, int i, sqlite3_stmt *old)
{
	const char *text = row->text[i];

	if (text == NULL && old != NULL)
		text = (const char *)sqlite3_column_text(old, i);
	if (i <= INTAKE_CURRENCY)
		return text != NULL ? text : "";
	return text != NULL && text[0] != '\0' ? text : NULL;
}

/* Writes a version; what the file is silent about is taken from `old`. */
static int
write_row(struct batch *b, const struct intake_row *row, sqlite3_stmt *old)
{
	sqlite3_stmt *st = store_get(b->s, STORE_INTAKE_ROW_ADD);

	for (int i = 0; i < INTAKE_TEXTS; i++)
		store_bind_text(st, i + 1, value_of(row, i, old));
	store_bind_int(st, INTAKE_TEXTS + 1, b->account);
	store_bind_int(st, INTAKE_TEXTS + 2, b->in->id);
	return store_do(b->s, st);
}

static bool
text_same(const struct intake_row *row, int i, sqlite3_stmt *old)
{
	return row->text[i] == NULL || strcmp(row->text[i], store_text(old, i)) == 0;
}

static bool
row_same(const struct intake_row *row, sqlite3_stmt *old)
{
	for (int i = 0; i < INTAKE_TEXTS; i++)
		if (!text_same(row, i, old))
			return false;
	return true;
}

/* Did an earlier row of the file name this account?  1, 0 or negative. */
static int
named_before(struct batch *b)
{
	int rc = store_any(
	    b->s, store_ask(b->s, STORE_INTAKE_AMOUNT_ANY, as_int(b->account), as_int(b->in->id)));

	if (rc != 0)
		return rc;
	return store_any(b->s, store_ask(b->s, STORE_INTAKE_SEEN_ANY, as_int(b->account)));
}

static int
replace_row(struct batch *b, const struct intake_row *row, sqlite3_stmt *old)
{
	bool keys = !text_same(row, INTAKE_PHONES, old) || !text_same(row, INTAKE_PERSON_ID, old);
	int rc = store_set(b->s, STORE_INTAKE_ROW_END, as_int(b->in->id), as_int(b->account),
			   as_int(sqlite3_column_int64(old, INTAKE_TEXTS)));

	if (rc != 0 || (rc = write_row(b, row, old)) != 0)
		return rc;
	if (keys)
		rc = intake_keys(b->s, b->account, value_of(row, INTAKE_PHONES, old),
				 value_of(row, INTAKE_PERSON_ID, old), false);
	return rc;
}

/* The first row of the file that names an account says what it is like: so the same file taken
 * twice changes nothing, also where its rows contradict each other. */
static int
merge_row(struct batch *b, struct intake_row *row, sqlite3_stmt *old, bool *changed)
{
	int rc;

	if (strcmp(store_text(old, INTAKE_PHONES), ERASED_PHONES) == 0) {
		row->outcome = INTAKE_ERASED;
		return 0;
	}
	if (!text_same(row, INTAKE_CURRENCY, old)) {
		row->outcome = INTAKE_CURRENCY_DIFFERS;
		snprintf(row->detail, sizeof row->detail, "%s", store_text(old, INTAKE_CURRENCY));
		return 0;
	}
	if (row_same(row, old))
		return 0;
	rc = sqlite3_column_int64(old, INTAKE_TEXTS) == b->in->id ? 1 : named_before(b);
	if (rc < 0)
		return rc;
	row->differs = rc == 1;
	if (row->differs)
		return 0;
	*changed = true;
	return replace_row(b, row, old);
}

static int
new_row(struct batch *b, struct intake_row *row, bool added, bool *changed)
{
	const char *phones = value_of(row, INTAKE_PHONES, NULL);
	const char *person_id = value_of(row, INTAKE_PERSON_ID, NULL);
	bool kept = false;
	int rc = write_row(b, row, NULL);

	row->fresh = true;
	*changed = true;
	if (rc == 0 && added && b->in->buffer != NULL)
		rc = intake_buffer_add(b->s, b->in->buffer, b->account, phones, person_id, &kept);
	if (rc == 0 && !kept)
		rc = intake_keys(b->s, b->account, phones, person_id, added);
	return rc;
}

static int
take_text(struct batch *b, struct intake_row *row, bool added, bool *changed)
{
	sqlite3_stmt *old;
	int rc;

	if (added)
		return new_row(b, row, true, changed);
	old = store_ask(b->s, STORE_INTAKE_ROW_GET, as_int(b->account));
	if ((rc = store_step(b->s, old)) < 0)
		return rc;
	if (rc == 0) /* every list that named it was undone */
		return new_row(b, row, false, changed);
	rc = merge_row(b, row, old, changed);
	sqlite3_reset(old);
	return rc;
}

/* ---- the amount ---- */

struct version {
	bool there;
	int64_t since, billed, given;
};

static int
get_amount(struct batch *b, const struct intake_row *row, struct version *v)
{
	sqlite3_stmt *st =
	    store_ask(b->s, STORE_INTAKE_AMOUNT_GET, as_int(b->account), as_int(row->due));
	int rc;

	if ((rc = store_step(b->s, st)) != 1)
		return rc;
	*v = (struct version){true, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
			      sqlite3_column_int64(st, 2)};
	sqlite3_reset(st);
	return 0;
}

static int
write_amount(struct batch *b, const struct intake_row *row, const struct version *old)
{
	int rc = 0;

	if (old->there)
		rc = store_set(b->s, STORE_INTAKE_AMOUNT_END, as_int(b->in->id), as_int(b->account),
			       as_int(row->due), as_int(old->since));
	if (rc != 0)
		return rc;
	return store_set(b->s, STORE_INTAKE_AMOUNT_ADD, as_int(b->account), as_int(row->due),
			 as_int(b->in->id), as_int(row->billed), as_int(row->given));
}

/* The same figures are no news, unless payments came in between: an amount_left contains those
 * imported before it, so then it says something else than it said the last time. */
static int
amount_known(struct batch *b, const struct intake_row *row, const struct version *v, bool *known)
{
	int64_t last;
	int rc;

	*known =
	    v->there && v->since != b->in->id && v->billed == row->billed && v->given == row->given;
	if (!*known || v->given < 0)
		return 0;
	rc = store_figure(b->s, store_ask(b->s, STORE_INTAKE_PAYMENT_LAST, as_int(b->account)),
			  &last);
	*known = last <= v->since;
	return rc;
}

/* Did an earlier row of the file name this amount, with other figures?  1, 0 or negative. */
static int
named_due(struct batch *b, const struct intake_row *row, const struct version *v)
{
	if (v->since == b->in->id)
		return 1;
	return store_any(
	    b->s, store_ask(b->s, STORE_INTAKE_SEEN_HAS, as_int(b->account), as_int(row->due)));
}

/* Notes that the file named an amount, or that a row of the account was refused; *first is false
 * when it had before. */
static int
mark_seen(struct batch *b, const struct intake_row *row, bool shield, bool *first)
{
	int rc = store_set(b->s, STORE_INTAKE_SEEN_ADD, as_int(b->account),
			   shield ? as_text(INTAKE_SHIELD) : as_int(row->due));

	*first = sqlite3_changes(b->s->db) == 1;
	return rc;
}

/* ---- a row ---- */

static int
take_shield(struct batch *b, struct intake_row *row)
{
	bool first;
	int rc = intake_account_find(b->s, row->account, &b->account);

	b->ref = NULL;
	row->outcome = INTAKE_KNOWN;
	return rc == 1 ? mark_seen(b, row, true, &first) : rc;
}

static int
take_row(struct batch *b, struct intake_row *row)
{
	struct version v = {0};
	bool added, known = false, changed = false, first = true;
	int rc;

	row->fresh = row->differs = false;
	row->detail[0] = '\0';
	if ((rc = find_account(b, row, &added)) != 0)
		return rc;
	if (!added && (rc = get_amount(b, row, &v)) != 0)
		return rc;
	if (!added && (rc = amount_known(b, row, &v, &known)) != 0)
		return rc;
	if (v.there && !known && (rc = named_due(b, row, &v)) != 0) {
		row->outcome = INTAKE_REPEATED;
		return rc < 0 ? rc : 0;
	}
	row->outcome = INTAKE_TAKEN;
	if ((rc = take_text(b, row, added, &changed)) != 0)
		return rc;
	if (row->outcome != INTAKE_TAKEN)
		return mark_seen(b, row, true, &first);
	if (!known)
		return write_amount(b, row, &v);
	/* Only what was known can have been named without leaving a version of this import.  Marked
	 * last: take_text asks whether an earlier row named the account. */
	rc = mark_seen(b, row, false, &first);
	if (!first)
		row->outcome = INTAKE_REPEATED;
	else if (!changed)
		row->outcome = INTAKE_KNOWN;
	return rc;
}

static void
count(struct intake_counts *c, const struct intake_row *row)
{
	c->taken += row->outcome == INTAKE_TAKEN;
	c->known += row->outcome == INTAKE_KNOWN && !row->shield;
	c->refused += row->outcome > INTAKE_KNOWN;
	c->fresh += row->fresh;
	c->differs += row->differs && row->outcome <= INTAKE_KNOWN;
}

int
intake_account_rows(struct store *s, const struct intake *in, struct intake_row *rows, size_t n,
		    struct intake_counts *c)
{
	struct batch b = {.s = s, .in = in};
	sqlite3_stmt *st = store_get(s, STORE_INTAKE_ACCOUNT_LAST);
	int rc;

	if ((rc = store_step(s, st)) < 0)
		return rc;
	if (rc == 1)
		b.last = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = rows[i].shield ? take_shield(&b, &rows[i]) : take_row(&b, &rows[i]);
		if (rc == 0)
			count(c, &rows[i]);
	}
	return rc;
}
