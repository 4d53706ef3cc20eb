/* Who is one person: accounts that share a number or a person_id.  A person is named by the
 * smallest id among its accounts.  Joining is for ever when lists come in (a number that was once
 * shared is reason enough for caution), and is worked out anew when a list is taken back, so that a
 * column pasted wrongly does not make a thousand borrowers one for good. */
#include "intake_impl.h"
#include "list.h"
#include "store_ask.h"

#include <stdlib.h>
#include <uv.h>

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
	int rc;

	if ((rc = intake_run_key(g->s, STORE_INTAKE_KEY_ADD, key, g->person)) != 0)
		return rc;
	if (sqlite3_changes(g->s->db) == 1)
		return 0;
	rc = store_one(g->s, store_ask(g->s, STORE_PERSON_KEY, as_text(key)), &other);
	if (rc != 1)
		return rc < 0 ? rc : UV_EIO;
	/* A key may still name a person that has since become part of another. */
	if ((rc = list_person(g->s, other, &other)) != 0)
		return rc;
	if (other == 0)
		return intake_run_key(g->s, STORE_INTAKE_KEY_SET, key, g->person);
	if (other == g->person)
		return 0;
	if (!g->alone)
		return intake_run_ids(g->s, STORE_INTAKE_MEET_ADD, g->account, other);
	g->alone = false;
	g->person = other;
	return intake_run_ids(g->s, STORE_INTAKE_ACCOUNT_JOIN, other, g->account);
}

struct owning {
	struct store *s;
	int64_t person;
};

static int
set_key(void *ctx, const char *key)
{
	struct owning *o = ctx;

	return intake_run_key(o->s, STORE_INTAKE_KEY_SET, key, o->person);
}

int
intake_keys(struct store *s, int64_t account, const char *phones, const char *person_id, bool alone)
{
	struct giving g = {s, account, account, alone};
	struct owning o = {s, 0};
	int rc;

	if (!alone && (rc = list_person(s, account, &g.person)) != 0)
		return rc;
	if ((rc = intake_walk_keys(phones, person_id, give_key, &g)) != 0)
		return rc;
	if (!alone || g.person == account)
		return 0;
	/* It joined a person half way: the keys before that were put down as its own. */
	o.person = g.person;
	return intake_walk_keys(phones, person_id, set_key, &o);
}

/* ---- persons that meet ---- */

static int
join_persons(struct store *s, int64_t one, int64_t two)
{
	struct owning o = {s, one < two ? one : two};
	int64_t loser = one < two ? two : one;
	struct intake_ids ids = {0};
	int rc = intake_person_accounts(s, loser, &ids);

	for (size_t i = 0; rc == 0 && i < ids.n; i++) {
		rc = intake_move(s, ids.id[i], o.person);
		if (rc == 0)
			rc = intake_visible_keys(s, ids.id[i], set_key, &o);
		if (rc == 0)
			rc = intake_newest_keys(s, ids.id[i], set_key, &o);
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
	int rc;

	*more = true;
	while ((rc = next_meeting(s, &id, &one, &two)) == 1) {
		if (budget-- == 0)
			return 0;
		/* Either may have become part of another since it was noted. */
		if ((rc = list_person(s, one, &one)) != 0 || (rc = list_person(s, two, &two)) != 0)
			return rc;
		if (one != two && one != 0 && two != 0 && (rc = join_persons(s, one, two)) != 0)
			return rc;
		if ((rc = store_set(s, STORE_INTAKE_MEET_DONE, as_int(id))) != 0)
			return rc;
	}
	return rc < 0 ? rc : forget(s, more);
}
