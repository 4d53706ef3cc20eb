/* Removing what an import left behind: a program that died, a list that was refused. */
#include "intake_impl.h"
#include "store_ask.h"

#include <uv.h>

/* ---- stretches of accounts ---- */

static int
stretch_of(struct store *s, enum store_statement which, int64_t after, int budget, int64_t *upto)
{
	sqlite3_stmt *st = store_ask(s, which, as_int(after), as_int(budget));
	int rc;

	if ((rc = store_step(s, st)) == 1) {
		int64_t account = sqlite3_column_int64(st, 0);

		if (account < *upto)
			*upto = account;
		sqlite3_reset(st);
	}
	return rc < 0 ? rc : 0;
}

int
intake_stretch(struct store *s, int64_t after, int budget, int64_t *upto)
{
	int rc;

	*upto = INT64_MAX;
	if ((rc = stretch_of(s, STORE_INTAKE_AMOUNT_STRETCH, after, budget, upto)) != 0)
		return rc;
	return stretch_of(s, STORE_INTAKE_PAYMENT_STRETCH, after, budget, upto);
}

/* ---- an import that was never shown ---- */

static int
run_on_stretch(struct store *s, enum store_statement which, int64_t after, int64_t upto, int64_t id)
{
	return store_set(s, which, as_int(after), as_int(upto), as_int(id));
}

/* Old rows come back first, so that persons are worked out from what will be there. */
static int
drop_stretch(struct store *s, int64_t id, int64_t after, int64_t upto)
{
	static const enum store_statement before[] = {
	    STORE_INTAKE_BACK_AMOUNTS, STORE_INTAKE_DROP_AMOUNTS, STORE_INTAKE_DROP_PAYMENTS};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof before / sizeof before[0]; i++)
		rc = run_on_stretch(s, before[i], after, upto, id);
	if (rc == 0)
		rc = run_on_stretch(s, STORE_INTAKE_BACK_ROWS, after, upto, id);
	if (rc == 0)
		rc = intake_part_stretch(s, after, upto, id);
	if (rc == 0)
		rc = run_on_stretch(s, STORE_INTAKE_DROP_ROWS, after, upto, id);
	if (rc == 0)
		rc = run_on_stretch(s, STORE_INTAKE_DROP_ACCOUNTS, after, upto, id);
	return rc;
}

static int
set_state(struct store *s, int64_t id, int state)
{
	return store_set(s, STORE_INTAKE_IMPORT_STATE, as_int(state), as_int(id));
}

int
intake_clean(struct store *s, struct intake_walk *walk, int budget)
{
	int64_t id = intake_loading(s), upto, target = 0, undo = 0;
	char text[64];
	int rc;

	if (id == 0) {
		if (!store_meta_text(s, META_INTAKE_SETTLE, text, sizeof text)) {
			walk->done = true;
			return 0;
		}
		for (char *p = text; *p != '\0'; p++) {
			if (*p == '/') {
				target = undo;
				undo = 0;
			} else {
				undo = undo * 10 + (*p - '0');
			}
		}
		rc = intake_settle(s, target, undo, walk, budget);
		walk->done = false; /* the next call sees that nothing is left */
		return rc;
	}
	if ((rc = intake_stretch(s, walk->after, budget, &upto)) != 0 ||
	    (rc = drop_stretch(s, id, walk->after, upto)) != 0)
		return rc;
	walk->after = upto;
	if (upto != INT64_MAX)
		return 0;
	walk->after = 0;
	intake_tables_empty(s);
	return set_state(s, id, IMPORT_DROPPED);
}
