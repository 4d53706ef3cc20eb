/* Who is one person: accounts that share a number or a person_id.  A person is named by the
 * smallest id among its accounts.  Joining is for ever when lists come in (a number that was once
 * shared is reason enough for caution), and is worked out anew when a list is taken back, so that a
 * column pasted wrongly does not make a thousand borrowers one for good. */
#include "intake_impl.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define KEY_MAX 512 /* octets of a key; what is longer is told apart by its beginning */

/* Calls `each` for every key: "n" + number, "p" + person_id. */
typedef int each_key(void *ctx, const char *key);

static int
walk_keys(const char *phones, const char *person_id, each_key *each, void *ctx)
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

/* The person an account is of now, 0 when there is no such account. */
static int
person_of(struct store *s, int64_t account, int64_t *person)
{
	sqlite3_stmt *st = store_get(s, STORE_INTAKE_ACCOUNT_PERSON);
	int rc;

	*person = 0;
	store_bind_int(st, 1, account);
	if ((rc = store_step(s, st)) == 1) {
		*person = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return rc < 0 ? rc : 0;
}

static int
run_with(struct store *s, enum store_statement which, int64_t one, int64_t two)
{
	sqlite3_stmt *st = store_get(s, which);

	store_bind_int(st, 1, one);
	store_bind_int(st, 2, two);
	return store_do(s, st);
}

static int
run_key(struct store *s, enum store_statement which, const char *key, int64_t person)
{
	sqlite3_stmt *st = store_get(s, which);

	store_bind_text(st, 1, key);
	store_bind_int(st, 2, person);
	return store_do(s, st);
}

/* Moves an account, and what was said to it, to another person. */
static int
move_account(struct store *s, int64_t account, int64_t person)
{
	int rc = run_with(s, STORE_INTAKE_ACCOUNT_JOIN, person, account);

	if (rc == 0)
		rc = run_with(s, STORE_INTAKE_MESSAGE_STEPS, person, account);
	if (rc == 0)
		rc = run_with(s, STORE_INTAKE_MESSAGE_OTHERS, person, account);
	if (rc == 0)
		rc = run_with(s, STORE_INTAKE_TASKS, person, account);
	return rc;
}

/* ---- keys of an account that a list names ---- */

struct giving {
	struct store *s;
	int64_t account, person;
	bool alone; /* nobody's yet: it may join the first person it meets at once */
};

static int
give_key(void *ctx, const char *key)
{
	struct giving *g = ctx;
	int64_t other;
	sqlite3_stmt *st;
	int rc;

	if ((rc = run_key(g->s, STORE_INTAKE_KEY_ADD, key, g->person)) != 0)
		return rc;
	if (sqlite3_changes(g->s->db) == 1)
		return 0;
	st = store_get(g->s, STORE_INTAKE_KEY_GET);
	store_bind_text(st, 1, key);
	if ((rc = store_step(g->s, st)) != 1)
		return rc < 0 ? rc : UV_EIO;
	other = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	/* A key may still name a person that has since become part of another. */
	if ((rc = person_of(g->s, other, &other)) != 0)
		return rc;
	if (other == 0)
		return run_key(g->s, STORE_INTAKE_KEY_SET, key, g->person);
	if (other == g->person)
		return 0;
	if (!g->alone)
		return run_with(g->s, STORE_INTAKE_MEET_ADD, g->account, other);
	g->alone = false;
	g->person = other;
	return run_with(g->s, STORE_INTAKE_ACCOUNT_JOIN, other, g->account);
}

struct owning {
	struct store *s;
	int64_t person;
};

static int
set_key(void *ctx, const char *key)
{
	struct owning *o = ctx;

	return run_key(o->s, STORE_INTAKE_KEY_SET, key, o->person);
}

int
intake_keys(struct store *s, int64_t account, const char *phones, const char *person_id, bool alone)
{
	struct giving g = {s, account, account, alone};
	struct owning o = {s, 0};
	int rc;

	if (!alone && (rc = person_of(s, account, &g.person)) != 0)
		return rc;
	if ((rc = walk_keys(phones, person_id, give_key, &g)) != 0)
		return rc;
	if (!alone || g.person == account)
		return 0;
	/* It joined a person half way: the keys before that were put down as its own. */
	o.person = g.person;
	return walk_keys(phones, person_id, set_key, &o);
}

/* ---- persons that meet ---- */

/* Ids of accounts, on the heap. */
struct ids {
	int64_t *id;
	size_t n, cap;
};

static int
ids_add(struct ids *ids, int64_t id)
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

static int
accounts_of(struct store *s, int64_t person, struct ids *ids)
{
	sqlite3_stmt *st = store_get(s, STORE_INTAKE_PERSON_ACCOUNTS);
	int rc;

	store_bind_int(st, 1, person);
	while ((rc = store_step(s, st)) == 1)
		if ((rc = ids_add(ids, sqlite3_column_int64(st, 0))) != 0)
			break;
	sqlite3_reset(st);
	return rc;
}

/* Reads the keys an account has by a row and hands them on; no row: none. */
static int
keys_of_row(struct store *s, sqlite3_stmt *st, each_key *each, void *ctx)
{
	int rc = store_step(s, st);

	if (rc != 1)
		return rc;
	/* `each` uses other statements: this one's texts stay until it is reset. */
	rc = walk_keys(store_text(st, 0), store_text(st, 1), each, ctx);
	sqlite3_reset(st);
	return rc;
}

/* By the row everyone sees. */
static int
visible_keys(struct store *s, int64_t account, each_key *each, void *ctx)
{
	sqlite3_stmt *st = store_get(s, STORE_INTAKE_ROW_KEYS_VISIBLE);

	store_bind_int(st, 1, account);
	store_bind_int(st, 2, s->visible);
	return keys_of_row(s, st, each, ctx);
}

/* By the newest row, which may still be aside. */
static int
newest_keys(struct store *s, int64_t account, each_key *each, void *ctx)
{
	sqlite3_stmt *st = store_get(s, STORE_INTAKE_ROW_KEYS);

	store_bind_int(st, 1, account);
	return keys_of_row(s, st, each, ctx);
}

static int
join_persons(struct store *s, int64_t one, int64_t two)
{
	struct owning o = {s, one < two ? one : two};
	int64_t loser = one < two ? two : one;
	struct ids ids = {0};
	int rc = accounts_of(s, loser, &ids);

	for (size_t i = 0; rc == 0 && i < ids.n; i++) {
		rc = move_account(s, ids.id[i], o.person);
		if (rc == 0)
			rc = visible_keys(s, ids.id[i], set_key, &o);
		if (rc == 0)
			rc = newest_keys(s, ids.id[i], set_key, &o);
	}
	free(ids.id);
	return rc;
}

static int
next_meeting(struct store *s, int64_t *id, int64_t *one, int64_t *two)
{
	sqlite3_stmt *st = store_get(s, STORE_INTAKE_MEET_NEXT);
	int rc = store_step(s, st);

	if (rc == 1) {
		*id = sqlite3_column_int64(st, 0);
		*one = sqlite3_column_int64(st, 1);
		*two = sqlite3_column_int64(st, 2);
		sqlite3_reset(st);
	}
	return rc;
}

/* What the file named is not asked for any more.  A million rows of it would keep the flip busy, so
 * they go in stretches before. */
static int
forget(struct store *s, bool *more)
{
	int rc = store_do(s, store_get(s, STORE_INTAKE_SEEN_FORGET));

	*more = rc == 0 && sqlite3_changes(s->db) > 0;
	return rc;
}

int
intake_meet(struct store *s, int budget, bool *more)
{
	int64_t id, one, two;
	sqlite3_stmt *st;
	int rc;

	*more = true;
	while ((rc = next_meeting(s, &id, &one, &two)) == 1) {
		if (budget-- == 0)
			return 0;
		/* Either may have become part of another since it was noted. */
		if ((rc = person_of(s, one, &one)) != 0 || (rc = person_of(s, two, &two)) != 0)
			return rc;
		if (one != two && one != 0 && two != 0 && (rc = join_persons(s, one, two)) != 0)
			return rc;
		st = store_get(s, STORE_INTAKE_MEET_DONE);
		store_bind_int(st, 1, id);
		if ((rc = store_do(s, st)) != 0)
			return rc;
	}
	return rc < 0 ? rc : forget(s, more);
}

/* ---- working a person out anew ---- */

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
collect(struct parting *p, const struct ids *ids, int64_t gone)
{
	sqlite3_stmt *st;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ids->n; i++) {
		p->owner = i;
		if ((rc = visible_keys(p->s, ids->id[i], collect_key, p)) != 0)
			break;
		p->owner = GONE;
		st = store_get(p->s, STORE_INTAKE_ROW_KEYS_OF);
		store_bind_int(st, 1, ids->id[i]);
		store_bind_int(st, 2, gone);
		rc = keys_of_row(p->s, st, collect_key, p);
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
apply(struct parting *p, const size_t *parent, const struct ids *ids, int64_t person)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->n; i++) {
		const struct key *k = &p->keys[i];
		bool again = i > 0 && strcmp(k->text, p->keys[i - 1].text) == 0;

		if (again)
			continue;
		rc = k->owner == GONE ? run_key(p->s, STORE_INTAKE_KEY_DROP, k->text, person)
				      : run_key(p->s, STORE_INTAKE_KEY_SET, k->text,
						ids->id[root_of(parent, k->owner)]);
	}
	for (size_t i = 0; rc == 0 && i < ids->n; i++)
		if (ids->id[root_of(parent, i)] != person)
			rc = move_account(p->s, ids->id[i], ids->id[root_of(parent, i)]);
	return rc;
}

int
intake_part(struct store *s, int64_t person, int64_t gone)
{
	struct parting p = {.s = s};
	struct ids ids = {0};
	size_t *parent = NULL;
	int rc = accounts_of(s, person, &ids);

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
	sqlite3_stmt *st = store_get(s, STORE_INTAKE_ROWS_OF);
	struct ids persons = {0};
	int rc;

	store_bind_int(st, 1, after);
	store_bind_int(st, 2, upto);
	store_bind_int(st, 3, gone);
	while ((rc = store_step(s, st)) == 1) {
		int64_t person = sqlite3_column_int64(st, 1);

		if (persons.n > 0 && persons.id[persons.n - 1] == person)
			continue;
		if ((rc = ids_add(&persons, person)) != 0)
			break;
	}
	sqlite3_reset(st);
	for (size_t i = 0; rc == 0 && i < persons.n; i++)
		rc = intake_part(s, persons.id[i], gone);
	free(persons.id);
	return rc;
}
