/* The commands an import is made of.  One import is many requests, so that none of them holds the
 * store for long: the program that reads the file drives them.
 *
 *   import-begin   {kind, mode, file, by}            -> {id, last}
 *   import-rows    {id, rows}                        -> counts, answers; see import_wire.h
 *   import-finish  {id, step: "sweep", after, last}  -> {after, done} and counts
 *                  {id, step: "meet"}                -> {done}
 *                  {id, step: "flip", rows, refused, digest, by}
 *   import-drop    {id, after}                       -> {after, done}; without id whatever
 *                  was left behind goes, and an undo that was half done is ended.  It is asked
 *                  again with the reply's `after` until `done`, like sweep and meet.
 *   import-undo    {import, by}                      -> {id, kind, phase, after, rows, done}
 *                  and then what came in the reply, until `done`
 */
#include "command.h"
#include "gateway/base/money.h"
#include "gateway/import/import_wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* Rows one request of a daemon's may touch, so that it stays well under the writer's group; a
 * program that has the store for itself takes bigger steps. */
#define STEP_SERVING 1500
#define STEP_ALONE   200000
#define MEET_SERVING 50

static const char busy[] = "another import is being taken: wait until it has ended";

static int
step_of(const struct command_env *env)
{
	return env->serving ? STEP_SERVING : STEP_ALONE;
}

static int64_t
number_of(const json_t *request, const char *key)
{
	return json_integer_value(json_object_get(request, key));
}

static int
set_number(json_t *reply, const char *key, int64_t value)
{
	return json_object_set_new(reply, key, json_integer(value)) != 0 ? UV_ENOMEM : 0;
}

static int
set_done(json_t *reply, bool done, int64_t after)
{
	if (json_object_set_new(reply, "done", json_boolean(done)) != 0)
		return UV_ENOMEM;
	return set_number(reply, "after", after);
}

/* What an earlier program left behind; without a daemon nobody else can be importing. */
static int
clean_up(struct store *s)
{
	struct intake_walk walk = {0};
	int rc = 0;

	while (rc == 0 && !walk.done)
		rc = intake_clean(s, &walk, STEP_ALONE);
	return rc;
}

int
command_import_begin(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	const char *kind = json_string_value(json_object_get(request, "kind"));
	const char *mode = json_string_value(json_object_get(request, "mode"));
	const char *file = json_string_value(json_object_get(request, "file"));
	struct intake in;
	int k, m, rc;

	k = kind != NULL ? intake_kind_of(kind) : -1;
	m = mode != NULL ? intake_mode_of(mode) : INTAKE_UPDATE;
	if (k < 0 || m < 0 || file == NULL || (k == INTAKE_PAYMENTS && m != INTAKE_UPDATE))
		return command_refuse(reply, 2, "import-begin: kind, mode or file is wrong");
	if (!env->serving && (rc = clean_up(s)) != 0)
		return rc;
	rc = intake_begin(s, (enum intake_kind)k, (enum intake_mode)m, file, command_actor(request),
			  env->now, money_digits, &in);
	if (rc == UV_EBUSY && intake_pending(s))
		return command_refuse(reply, 1, busy);
	if (rc == 0)
		rc = set_number(reply, "id", in.id);
	return rc != 0 ? rc : set_number(reply, "last", in.last);
}

/* The import a request is about.  1: it is not loading, and the reply says so. */
static int
load(struct store *s, const json_t *request, json_t *reply, struct intake *in)
{
	int rc = intake_load(s, number_of(request, "id"), money_digits, in);

	if (rc != UV_ENOENT)
		return rc;
	command_refuse(reply, 1, "this import was ended: import the file again");
	return 1;
}

int
command_import_rows(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct intake_counts counts = {0};
	struct intake_row *rows;
	struct intake in;
	int n, rc;

	(void)env;
	if ((rc = load(s, request, reply, &in)) != 0)
		return rc < 0 ? rc : 0;
	if ((rows = malloc(IMPORT_WIRE_ROWS * sizeof *rows)) == NULL)
		return UV_ENOMEM;
	n = import_wire_unpack(in.kind, json_object_get(request, "rows"), rows, IMPORT_WIRE_ROWS);
	if (n < 0)
		rc = command_refuse(reply, 2, "import-rows: these are no rows");
	else if ((rc = intake_rows(s, &in, rows, (size_t)n, &counts)) == 0)
		rc = import_wire_answer(reply, &counts, rows, (size_t)n);
	free(rows);
	return rc;
}

static int
sweep(struct store *s, struct command_env *env, const struct intake *in, const json_t *request,
      json_t *reply)
{
	struct intake_walk walk = {.after = number_of(request, "after")};
	struct intake_counts counts = {0};
	int rc = intake_sweep(s, in, &walk, number_of(request, "last"), step_of(env), &counts);

	if (rc == 0)
		rc = import_wire_answer(reply, &counts, NULL, 0);
	return rc != 0 ? rc : set_done(reply, walk.done, walk.after);
}

static int
meet(struct store *s, struct command_env *env, json_t *reply)
{
	bool more;
	int rc = intake_meet(s, env->serving ? MEET_SERVING : STEP_ALONE, &more);

	return rc != 0 ? rc : set_done(reply, !more, 0);
}

static int
flip(struct store *s, struct command_env *env, const struct intake *in, const json_t *request)
{
	struct intake_finish f = {
	    .rows = number_of(request, "rows"),
	    .refused = number_of(request, "refused"),
	    .digest = json_string_value(json_object_get(request, "digest")),
	    .actor = command_actor(request),
	    .now = env->now,
	};

	env->effect.replan_all = true;
	env->effect.wake = true;
	return intake_finish(s, in, &f);
}

int
command_import_finish(struct store *s, struct command_env *env, const json_t *request,
		      json_t *reply)
{
	const char *step = json_string_value(json_object_get(request, "step"));
	struct intake in;
	int rc;

	if (step == NULL)
		return command_refuse(reply, 2, "import-finish: step is missing");
	if ((rc = load(s, request, reply, &in)) != 0)
		return rc < 0 ? rc : 0;
	if (strcmp(step, "sweep") == 0)
		return sweep(s, env, &in, request, reply);
	if (strcmp(step, "meet") == 0)
		return meet(s, env, reply);
	if (strcmp(step, "flip") == 0)
		return flip(s, env, &in, request);
	return command_refuse(reply, 2, "import-finish: step is wrong");
}

int
command_import_drop(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct intake_walk walk = {.after = number_of(request, "after")};
	int64_t id = number_of(request, "id");
	int rc = 0;

	/* It may be gone already, or what is there now be another's. */
	if (!intake_pending(s) || (id != 0 && id != intake_loading(s)))
		return set_done(reply, true, 0);
	rc = intake_clean(s, &walk, step_of(env));
	return rc != 0 ? rc : set_done(reply, !intake_pending(s), walk.after);
}

/* ---- undo ---- */

static int
answer_undo(json_t *reply, const struct intake_undo *u)
{
	int rc = set_number(reply, "import", u->target);

	if (rc == 0)
		rc = set_number(reply, "id", u->id);
	if (rc == 0)
		rc = set_number(reply, "kind", u->kind);
	if (rc == 0)
		rc = set_number(reply, "phase", u->phase);
	if (rc == 0)
		rc = set_number(reply, "rows", u->rows);
	return rc != 0 ? rc : set_done(reply, u->phase == INTAKE_UNDO_DONE, u->walk.after);
}

/* What people did is done: undoing it is a matter of each borrower. */
static bool
is_results(struct store *s, int64_t id)
{
	sqlite3_stmt *st = store_get(s, STORE_INTAKE_IMPORT_GET);
	bool is;

	store_bind_int(st, 1, id);
	is = store_step(s, st) == 1 && strcmp(store_text(st, 0), "results") == 0;
	sqlite3_reset(st);
	return is;
}

static int
begin_undo(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct intake_undo u = {.target = number_of(request, "import")};
	enum intake_undo_answer answer;
	int rc;

	if (!env->serving && (rc = clean_up(s)) != 0)
		return rc;
	rc = intake_undo_begin(s, &u, command_actor(request), env->now, &answer);
	if (rc == UV_EBUSY && intake_pending(s))
		return command_refuse(reply, 1, busy);
	if (rc != 0)
		return rc;
	switch (answer) {
	case INTAKE_UNDO_UNKNOWN:
		if (is_results(s, u.target))
			return command_refuse(
			    reply, 1,
			    "import %lld told what became of work, which cannot be undone: "
			    "dunlin release, promise --withdraw and optout --undo mend what "
			    "followed from it",
			    (long long)u.target);
		return command_refuse(reply, 1,
				      "there is no import %lld: `dunlin imports` lists them",
				      (long long)u.target);
	case INTAKE_UNDO_ALREADY:
		return command_refuse(reply, 1, "import %lld was undone before",
				      (long long)u.target);
	case INTAKE_UNDO_LATER:
		return command_refuse(
		    reply, 1, "import %lld came after import %lld: undo the later one first",
		    (long long)u.id, (long long)u.target);
	case INTAKE_UNDO_OK: break;
	}
	return answer_undo(reply, &u);
}

/* The steps after the first carry what the reply before said; the store holds what must not be
 * wrong: the target is done or loading its undo, and the undo's id is one that was given out. */
static int
read_undo(struct store *s, const json_t *request, struct intake_undo *u)
{
	int64_t kind = number_of(request, "kind"), phase = number_of(request, "phase");

	*u = (struct intake_undo){.target = number_of(request, "import"),
				  .id = number_of(request, "id"),
				  .rows = number_of(request, "rows"),
				  .walk = {.after = number_of(request, "after")}};
	if (kind != INTAKE_ACCOUNTS && kind != INTAKE_PAYMENTS)
		return -EINVAL;
	if (phase != INTAKE_UNDO_STAGE && phase != INTAKE_UNDO_SETTLE)
		return -EINVAL;
	u->kind = (enum intake_kind)kind;
	u->phase = (enum intake_undo_phase)phase;
	return intake_undo_holds(s, u) ? 0 : -EINVAL;
}

int
command_import_undo(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct intake_undo u;
	int rc;

	if (json_object_get(request, "phase") == NULL)
		return begin_undo(s, env, request, reply);
	if (read_undo(s, request, &u) != 0)
		return command_refuse(reply, 1, "this undo was ended: begin it again");
	env->effect.replan_all = true;
	env->effect.wake = true;
	rc = intake_undo_step(s, &u, command_actor(request), env->now, step_of(env));
	return rc != 0 ? rc : answer_undo(reply, &u);
}
