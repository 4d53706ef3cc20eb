/* Taking an import back.  Accounts: what it had replaced is staged as copies, shown by a flip like
 * any import, and then the originals are put back where they were.  Payments have no versions: they
 * are removed in short stretches, each account whole at any moment. */
#include "event.h"
#include "intake_impl.h"
#include "store_ask.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

static int
run_on_stretch(struct store *s, enum store_statement which, const int64_t *ids, size_t n,
	       int64_t after, int64_t upto)
{
	/* The undo's id stands before the stretch where a statement writes it. */
	if (n == 2)
		return store_set(s, which, as_int(ids[1]), as_int(after), as_int(upto),
				 as_int(ids[0]));
	return store_set(s, which, as_int(after), as_int(upto), as_int(ids[0]));
}

static void
undo_note(const struct intake_undo *u, char note[64])
{
	snprintf(note, 64, "%lld/%lld", (long long)u->target, (long long)u->id);
}

static int
look_up(struct store *s, struct intake_undo *u, enum intake_undo_answer *answer)
{
	sqlite3_stmt *st = store_ask(s, STORE_INTAKE_IMPORT_GET, as_int(u->target));
	int rc, kind, state;

	if ((rc = store_step(s, st)) < 0)
		return rc;
	*answer = INTAKE_UNDO_UNKNOWN;
	if (rc == 0)
		return 0;
	kind = intake_kind_of(store_text(st, 0));
	state = sqlite3_column_int(st, 3);
	sqlite3_reset(st);
	if (kind < 0 || state == IMPORT_DROPPED || state == IMPORT_LOADING)
		return 0;
	u->kind = (enum intake_kind)kind;
	*answer = state == IMPORT_UNDONE ? INTAKE_UNDO_ALREADY : INTAKE_UNDO_OK;
	if (*answer != INTAKE_UNDO_OK || u->kind == INTAKE_PAYMENTS)
		return 0;
	rc = store_one(s, store_ask(s, STORE_INTAKE_IMPORT_LATER, as_int(u->target)), &u->id);
	if (rc == 1)
		*answer = INTAKE_UNDO_LATER;
	return rc < 0 ? rc : 0;
}

int
intake_undo_begin(struct store *s, struct intake_undo *u, const char *actor, int64_t now,
		  enum intake_undo_answer *answer)
{
	struct intake in;
	char file[32];
	int rc;

	if (intake_pending(s))
		return UV_EBUSY;
	if ((rc = look_up(s, u, answer)) != 0 || *answer != INTAKE_UNDO_OK)
		return rc;
	u->phase = INTAKE_UNDO_STAGE;
	u->walk = (struct intake_walk){0};
	u->rows = 0;
	u->id = 0;
	if (u->kind == INTAKE_PAYMENTS)
		return 0;
	snprintf(file, sizeof file, "imports/%lld", (long long)u->target);
	rc = intake_begin(s, INTAKE_UNDO, INTAKE_UPDATE, file, actor, now, NULL, &in);
	u->id = in.id;
	return rc;
}

bool
intake_undo_holds(struct store *s, const struct intake_undo *u)
{
	struct intake_undo again = {.target = u->target};
	enum intake_undo_answer answer;
	char note[64], text[64];

	if (u->phase == INTAKE_UNDO_SETTLE) {
		undo_note(u, note);
		return store_meta_text(s, META_INTAKE_SETTLE, text, sizeof text) &&
		       strcmp(text, note) == 0;
	}
	return look_up(s, &again, &answer) == 0 && answer == INTAKE_UNDO_OK &&
	       again.kind == u->kind && (u->kind == INTAKE_PAYMENTS || intake_loading(s) == u->id);
}

/* ---- the first half ---- */

static int
stage_stretch(struct store *s, struct intake_undo *u, int64_t after, int64_t upto)
{
	static const enum store_statement order[] = {
	    STORE_INTAKE_UNDO_AMOUNTS_END, STORE_INTAKE_UNDO_AMOUNTS, STORE_INTAKE_UNDO_ROWS_END,
	    STORE_INTAKE_UNDO_ROWS};
	int64_t ids[2] = {u->target, u->id};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof order / sizeof order[0]; i++) {
		rc = run_on_stretch(s, order[i], ids, 2, after, upto);
		if (i == 0)
			u->rows += sqlite3_changes(s->db);
	}
	return rc;
}

static int
write_undone(struct store *s, struct intake_undo *u, const char *actor, int64_t now)
{
	struct event e = {.at = now, .kind = "import_undone", .actor = actor};
	struct event_json j;
	int rc = store_set(s, STORE_INTAKE_IMPORT_STATE, as_int(IMPORT_UNDONE), as_int(u->target));

	if (rc != 0)
		return rc;
	event_json_init(&j);
	event_json_int(&j, "id", u->target);
	event_json_text(&j, "kind", intake_kind_word(u->kind));
	event_json_int(&j, "rows", u->rows);
	return event_append(s, &e, &j);
}

static int
flip(struct store *s, struct intake_undo *u, const char *actor, int64_t now)
{
	char note[64];
	int rc;

	if ((rc = write_undone(s, u, actor, now)) != 0)
		return rc;
	if ((rc = store_set(s, STORE_INTAKE_IMPORT_STATE, as_int(IMPORT_DONE), as_int(u->id))) != 0)
		return rc;
	undo_note(u, note);
	if ((rc = store_meta_set_text(s, META_INTAKE_SETTLE, note)) != 0 ||
	    (rc = store_meta_set_int(s, META_VISIBLE, u->id)) != 0)
		return rc;
	s->visible = u->id;
	u->phase = INTAKE_UNDO_SETTLE;
	u->walk = (struct intake_walk){0};
	return 0;
}

/* ---- the second half ---- */

int
intake_settle(struct store *s, int64_t target, int64_t id, struct intake_walk *walk, int budget)
{
	int64_t upto, after = walk->after;
	int rc;

	if ((rc = intake_stretch(s, after, budget, &upto)) != 0 ||
	    (rc = run_on_stretch(s, STORE_INTAKE_DROP_AMOUNTS, &id, 1, after, upto)) != 0 ||
	    (rc = run_on_stretch(s, STORE_INTAKE_BACK_AMOUNTS, &target, 1, after, upto)) != 0 ||
	    (rc = run_on_stretch(s, STORE_INTAKE_DROP_ROWS, &id, 1, after, upto)) != 0 ||
	    (rc = run_on_stretch(s, STORE_INTAKE_BACK_ROWS, &target, 1, after, upto)) != 0 ||
	    (rc = intake_part_stretch(s, after, upto, target)) != 0)
		return rc;
	walk->after = upto;
	walk->done = upto == INT64_MAX;
	if (walk->done) {
		walk->after = 0;
		rc = store_meta_delete(s, META_INTAKE_SETTLE);
	}
	return rc;
}

/* ---- payments ---- */

static int
undo_payments(struct store *s, struct intake_undo *u, const char *actor, int64_t now, int budget)
{
	int64_t upto;
	int rc;

	if ((rc = intake_stretch(s, u->walk.after, budget, &upto)) != 0)
		return rc;
	rc = run_on_stretch(s, STORE_INTAKE_DROP_PAYMENTS, &u->target, 1, u->walk.after, upto);
	u->rows += sqlite3_changes(s->db);
	u->walk.after = upto;
	if (rc != 0 || upto != INT64_MAX)
		return rc;
	u->phase = INTAKE_UNDO_DONE;
	return write_undone(s, u, actor, now);
}

int
intake_undo_step(struct store *s, struct intake_undo *u, const char *actor, int64_t now, int budget)
{
	int64_t upto;
	int rc;

	if (u->kind == INTAKE_PAYMENTS)
		return undo_payments(s, u, actor, now, budget);
	if (u->phase == INTAKE_UNDO_STAGE) {
		if ((rc = intake_stretch(s, u->walk.after, budget, &upto)) != 0 ||
		    (rc = stage_stretch(s, u, u->walk.after, upto)) != 0)
			return rc;
		u->walk.after = upto;
		return upto == INT64_MAX ? flip(s, u, actor, now) : 0;
	}
	rc = intake_settle(s, u->target, u->id, &u->walk, budget);
	if (rc == 0 && u->walk.done)
		u->phase = INTAKE_UNDO_DONE;
	return rc;
}
