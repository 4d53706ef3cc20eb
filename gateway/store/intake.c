#include "event.h"
#include "intake_impl.h"
#include "store_ask.h"

#include <assert.h>
#include <string.h>
#include <uv.h>

/* ---- words ---- */

static const char *const kinds[] = {"accounts", "payments", "undo"};
static const char *const modes[] = {"update", "replace", "complete"};

const char *
intake_kind_word(enum intake_kind kind)
{
	return kinds[kind];
}

const char *
intake_mode_word(enum intake_mode mode)
{
	return modes[mode];
}

static int
index_of(const char *const *words, int n, const char *word)
{
	for (int i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

int
intake_kind_of(const char *word)
{
	return index_of(kinds, 2, word);
}

int
intake_mode_of(const char *word)
{
	return index_of(modes, 3, word);
}

/* ---- the tables of what the file has named ---- */

int
intake_tables(struct store *s)
{
	int rc = store_do(s, store_get(s, STORE_INTAKE_SEEN_MAKE));

	return rc != 0 ? rc : store_do(s, store_get(s, STORE_INTAKE_MEET_MAKE));
}

/* They are emptied and not dropped: a reader of this connection that stands on them must not make
 * the end of an import fail. */
void
intake_tables_empty(struct store *s)
{
	if (intake_tables(s) != 0)
		return;
	store_do(s, store_get(s, STORE_INTAKE_SEEN_EMPTY));
	store_do(s, store_get(s, STORE_INTAKE_MEET_EMPTY));
}

/* A setting is read back: SQLite ignores what it does not know. */
static int
setting(struct store *s, enum store_statement set, enum store_statement get, int64_t expected)
{
	sqlite3_stmt *st;
	int64_t value;
	int rc = store_do(s, store_get(s, set));

	if (rc != 0)
		return rc;
	st = store_get(s, get);
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_EIO;
	value = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return value == expected ? 0 : UV_EIO;
}

int
intake_alone(struct store *s)
{
	int rc = setting(s, STORE_INTAKE_CACHE, STORE_INTAKE_CACHE_GET, -8192);

	return rc != 0 ? rc : setting(s, STORE_INTAKE_TEMP, STORE_INTAKE_TEMP_GET, 1);
}

/* ---- beginning and finding ---- */

int64_t
intake_loading(struct store *s)
{
	int64_t id;

	store_figure(s, store_get(s, STORE_INTAKE_IMPORT_LOADING), &id);
	return id;
}

bool
intake_pending(struct store *s)
{
	char note[64];

	return intake_loading(s) != 0 || store_meta_text(s, META_INTAKE_SETTLE, note, sizeof note);
}

static int64_t
last_account(struct store *s)
{
	int64_t last;

	store_figure(s, store_get(s, STORE_INTAKE_ACCOUNT_LAST), &last);
	return last;
}

int
intake_begin(struct store *s, enum intake_kind kind, enum intake_mode mode, const char *file,
	     const char *actor, int64_t at, intake_digits *digits, struct intake *out)
{
	sqlite3_stmt *st;
	int64_t id;
	int rc;

	if (intake_pending(s))
		return UV_EBUSY;
	if ((rc = intake_tables(s)) != 0)
		return rc;
	intake_tables_empty(s);
	st = store_ask(s, STORE_INTAKE_IMPORT_ADD, as_text(kinds[kind]), as_text(modes[mode]),
		       as_text(file), as_int(at), as_text(actor));
	if ((rc = store_added(s, st, &id)) != 0)
		return rc;
	*out = (struct intake){.id = id,
			       .kind = kind,
			       .mode = mode,
			       .at = at,
			       .last = last_account(s),
			       .digits = digits};
	assert(out->id > s->visible);
	return 0;
}

int
intake_load(struct store *s, int64_t id, intake_digits *digits, struct intake *out)
{
	sqlite3_stmt *st = store_ask(s, STORE_INTAKE_IMPORT_GET, as_int(id));
	int rc;

	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_ENOENT;
	*out = (struct intake){.id = id,
			       .kind = (enum intake_kind)index_of(kinds, 3, store_text(st, 0)),
			       .mode = (enum intake_mode)index_of(modes, 3, store_text(st, 1)),
			       .at = sqlite3_column_int64(st, 2),
			       .digits = digits};
	rc = sqlite3_column_int(st, 3) == IMPORT_LOADING ? 0 : UV_ENOENT;
	sqlite3_reset(st);
	return rc != 0 ? rc : intake_tables(s);
}

/* ---- rows ---- */

static int
add_counts(struct store *s, int64_t id, const struct intake_counts *c)
{
	return store_set(s, STORE_INTAKE_IMPORT_COUNT, as_int(c->taken), as_int(c->known),
			 as_int(c->closed), as_int(id));
}

static void
sum_counts(struct intake_counts *to, const struct intake_counts *c)
{
	to->taken += c->taken;
	to->known += c->known;
	to->refused += c->refused;
	to->fresh += c->fresh;
	to->differs += c->differs;
	to->open += c->open;
	to->missing += c->missing;
	to->closed += c->closed;
}

int
intake_count(struct store *s, int64_t id, const struct intake_counts *c, struct intake_counts *sums)
{
	int rc = add_counts(s, id, c);

	if (rc == 0)
		sum_counts(sums, c);
	return rc;
}

int
intake_rows(struct store *s, const struct intake *in, struct intake_row *rows, size_t n,
	    struct intake_counts *counts)
{
	struct intake_counts c = {0};
	int rc = in->kind == INTAKE_ACCOUNTS ? intake_account_rows(s, in, rows, n, &c)
					     : intake_payment_rows(s, in, rows, n, &c);

	return rc != 0 ? rc : intake_count(s, in->id, &c, counts);
}

int
intake_account_find(struct store *s, const char *ref, int64_t *id)
{
	return store_one(s, store_ask(s, STORE_INTAKE_ACCOUNT_FIND, as_text(ref)), id);
}

/* ---- the flip ---- */

static int
end_import(struct store *s, int64_t id, int state, int64_t at, int64_t refused, sqlite3_stmt **out)
{
	sqlite3_stmt *st = store_ask(s, STORE_INTAKE_IMPORT_END, as_int(state), as_int(at),
				     as_int(refused), as_int(id));
	int rc = store_step(s, st);

	*out = st;
	return rc < 0 ? rc : rc == 1 ? 0 : UV_ENOENT;
}

int
intake_finish(struct store *s, const struct intake *in, const struct intake_finish *f)
{
	struct event e = {.at = f->now, .kind = "import", .actor = f->actor};
	struct event_json j;
	sqlite3_stmt *st;
	int rc;

	assert(in->id > s->visible);
	if ((rc = end_import(s, in->id, IMPORT_DONE, f->now, f->refused, &st)) != 0)
		return rc;
	event_json_init(&j);
	event_json_int(&j, "id", in->id);
	event_json_text(&j, "kind", store_text(st, 0));
	event_json_text(&j, "mode", store_text(st, 1));
	event_json_text(&j, "file", store_text(st, 2));
	event_json_text(&j, "digest", f->digest);
	event_json_int(&j, "rows", f->rows);
	event_json_int(&j, "taken", sqlite3_column_int64(st, 3));
	event_json_int(&j, "known", sqlite3_column_int64(st, 4));
	event_json_int(&j, "refused", f->refused);
	event_json_int(&j, "closed", sqlite3_column_int64(st, 5));
	sqlite3_reset(st);
	if ((rc = event_append(s, &e, &j)) != 0)
		return rc;
	if ((rc = store_meta_set_int(s, META_VISIBLE, in->id)) != 0)
		return rc;
	s->visible = in->id;
	intake_tables_empty(s);
	return 0;
}

/* ---- the list ---- */

int
intake_list(struct store *s, int64_t since, int64_t limit, intake_each *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_INTAKE_IMPORT_LIST, as_int(since), as_int(limit));
	int rc;

	while ((rc = store_step(s, st)) == 1) {
		struct intake_listed row = {
		    .id = sqlite3_column_int64(st, 0),
		    .at = sqlite3_column_int64(st, 1),
		    .taken = sqlite3_column_int64(st, 2),
		    .known = sqlite3_column_int64(st, 3),
		    .refused = sqlite3_column_int64(st, 4),
		    .closed = sqlite3_column_int64(st, 5),
		    .undone = sqlite3_column_int(st, 6) == IMPORT_UNDONE,
		    .kind = store_text(st, 7),
		    .mode = store_text(st, 8),
		    .file = store_text(st, 9),
		    .actor = store_text(st, 10),
		};
		each(ctx, &row);
	}
	return rc;
}
