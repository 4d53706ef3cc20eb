/* Working out anew who is one person, after a list was taken back: accounts that still share a key
 * stay together, the others go their ways, and with them what was said to them. */
#include "intake_impl.h"
#include "store_ask.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct key {
	char *text;
	size_t owner; /* index of its account; GONE: only a row out of sight had it */
};
#define GONE SIZE_MAX

struct parting {
	struct store *s;
	struct key *keys;
	size_t n, cap;
	size_t owner; /* whose keys are read now */
};

static int
collect_key(void *ctx, const char *key)
{
	struct parting *p = ctx;

	if (p->n == p->cap) {
		size_t cap = p->cap != 0 ? p->cap * 2 : 16;
		struct key *grown = realloc(p->keys, cap * sizeof *grown);

		if (grown == NULL)
			return UV_ENOMEM;
		p->keys = grown;
		p->cap = cap;
	}
	p->keys[p->n] = (struct key){strdup(key), p->owner};
	return p->keys[p->n++].text != NULL ? 0 : UV_ENOMEM;
}

static int
key_order(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	return order != 0 ? order : (x->owner > y->owner) - (x->owner < y->owner);
}

static size_t
root_of(const size_t *parent, size_t i)
{
	while (parent[i] != i)
		i = parent[i];
	return i;
}

/* Collects what keys the accounts have, now and by the rows that went. */
static int
collect(struct parting *p, const struct intake_ids *ids, int64_t gone)
{
	sqlite3_stmt *st;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ids->n; i++) {
		p->owner = i;
		if ((rc = intake_visible_keys(p->s, ids->id[i], collect_key, p)) != 0)
			break;
		p->owner = GONE;
		st = store_ask(p->s, STORE_INTAKE_ROW_KEYS_OF, as_int(ids->id[i]), as_int(gone));
		rc = intake_row_keys(p->s, st, collect_key, p);
	}
	return rc;
}

/* Accounts are in ascending order, so the smaller root of two names the person. */
static void
unite(struct parting *p, size_t *parent, size_t n)
{
	for (size_t i = 0; i < n; i++)
		parent[i] = i;
	if (p->n > 1)
		qsort(p->keys, p->n, sizeof *p->keys, key_order);
	for (size_t i = 1; i < p->n; i++) {
		size_t a, b;

		if (p->keys[i].owner == GONE || strcmp(p->keys[i].text, p->keys[i - 1].text) != 0)
			continue;
		a = root_of(parent, p->keys[i - 1].owner);
		b = root_of(parent, p->keys[i].owner);
		parent[a > b ? a : b] = a > b ? b : a;
	}
}

static int
apply(struct parting *p, const size_t *parent, const struct intake_ids *ids, int64_t person)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->n; i++) {
		const struct key *k = &p->keys[i];
		bool again = i > 0 && strcmp(k->text, p->keys[i - 1].text) == 0;

		if (again)
			continue;
		rc = k->owner == GONE ? intake_run_key(p->s, STORE_INTAKE_KEY_DROP, k->text, person)
				      : intake_run_key(p->s, STORE_INTAKE_KEY_SET, k->text,
						       ids->id[root_of(parent, k->owner)]);
	}
	for (size_t i = 0; rc == 0 && i < ids->n; i++)
		if (ids->id[root_of(parent, i)] != person)
			rc = intake_move(p->s, ids->id[i], ids->id[root_of(parent, i)]);
	return rc;
}

int
intake_part(struct store *s, int64_t person, int64_t gone)
{
	struct parting p = {.s = s};
	struct intake_ids ids = {0};
	size_t *parent = NULL;
	int rc = intake_person_accounts(s, person, &ids);

	if (rc == 0)
		rc = collect(&p, &ids, gone);
	if (rc == 0 && (parent = malloc((ids.n + 1) * sizeof *parent)) == NULL)
		rc = UV_ENOMEM;
	if (rc == 0) {
		unite(&p, parent, ids.n);
		rc = apply(&p, parent, &ids, person);
	}
	for (size_t i = 0; i < p.n; i++)
		free(p.keys[i].text);
	free(p.keys);
	free(parent);
	free(ids.id);
	return rc;
}

int
intake_part_stretch(struct store *s, int64_t after, int64_t upto, int64_t gone)
{
	sqlite3_stmt *st =
	    store_ask(s, STORE_INTAKE_ROWS_OF, as_int(after), as_int(upto), as_int(gone));
	struct intake_ids persons = {0};
	int rc;

	while ((rc = store_step(s, st)) == 1) {
		int64_t person = sqlite3_column_int64(st, 1);

		if (persons.n > 0 && persons.id[persons.n - 1] == person)
			continue;
		if ((rc = intake_ids_add(&persons, person)) != 0)
			break;
	}
	sqlite3_reset(st);
	for (size_t i = 0; rc == 0 && i < persons.n; i++)
		rc = intake_part(s, persons.id[i], gone);
	free(persons.id);
	return rc;
}
