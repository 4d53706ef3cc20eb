/* years_life.h - the gateway's parts without a network: jobs given to the writer as the daemon
 * gives them, on a clock that stands where the test puts it */
#ifndef TESTS_LOOP_YEARS_LIFE_H
#define TESTS_LOOP_YEARS_LIFE_H

#include "years_lender.h"

#include "gateway/base/complaint.h"
#include "gateway/base/money.h"
#include "gateway/command/command.h"
#include "gateway/hear/inbox.h"
#include "gateway/import/import.h"
#include "gateway/keeper.h"
#include "gateway/planner.h"
#include "gateway/send/handover.h"
#include "gateway/store/event.h"
#include "gateway/store/event_verify.h"
#include "gateway/store/purge.h"
#include "schedule/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <uv.h>

#include <cmocka.h>

enum todo_kind { TODO_ANSWER, TODO_RECEIPT, TODO_REPLY };
struct todo {
	enum todo_kind kind;
	int64_t at;
	int route;
	struct settle_answer answer;
	char number[24], text[512];
};

struct link {
	char name[16];
	bool up;
	int64_t since, next_at;
};

struct life {
	struct home home;
	char path[128];
	struct config *config;
	struct store *store, *eye; /* the writer's; and one that looks on */
	uv_loop_t loop;
	struct writer *writer;
	struct planner *planner;
	struct clock clock;
	struct handover_tools tools;
	struct inbox_tools inbox;
	struct settle_tools settle;
	struct inbox_recent *recent;
	struct compose *compose;
	struct facts *looking; /* of `eye` */
	struct link link[3];   /* the last one: the queue of no route */
	int n_links;
	struct todo *todo;
	int n_todo;
	struct dice dice;
	struct judge j;
	struct lending l;
	int64_t now, down_until, pass_at, hour_at;
	int64_t last_hold, last_promise, last_inbox;
	unsigned smsc_id;
	int reference, replies_read, misread;
	struct reply_line *replies;
	int n_replies;
	bool waiting;
	int status, closed;
};

struct reply_line {
	char text[320], intent[16];
};

/* ---- jobs ---- */

static inline void
on_job(void *ctx, int status)
{
	struct life *f = ctx;

	f->waiting = false;
	f->status = status;
}

struct life_job {
	writer_work *work;
	void *ctx;
	struct life *f;
};

static inline int
do_job(struct store *s, void *ctx)
{
	struct life_job *job = ctx;

	return job->work(s, job->ctx);
}

static inline void
on_life_job(void *ctx, int status)
{
	on_job(((struct life_job *)ctx)->f, status);
}

static inline int
run_job(struct life *f, writer_work *work, void *ctx)
{
	struct life_job job = {work, ctx, f};

	f->waiting = true;
	assert_int_equal(writer_submit(f->writer, do_job, on_life_job, &job), 0);
	while (f->waiting)
		uv_run(&f->loop, UV_RUN_ONCE);
	return f->status;
}

static inline void
rest(struct life *f)
{
	while (planner_busy(f->planner))
		uv_run(&f->loop, UV_RUN_ONCE);
}

static inline void
wake(struct life *f)
{
	for (int i = 0; i < 3; i++)
		f->link[i].next_at = INT64_MIN;
}

static inline int64_t
ask_store(struct life *f, const char *format, ...)
{
	char sql[512];
	sqlite3_stmt *st;
	int64_t value = -1;
	va_list args;

	va_start(args, format);
	vsnprintf(sql, sizeof sql, format, args);
	va_end(args);
	assert_int_equal(sqlite3_prepare_v2(f->eye->db, sql, -1, &st, NULL), SQLITE_OK);
	if (sqlite3_step(st) == SQLITE_ROW)
		value = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return value;
}

static inline struct todo *
schedule(struct life *f, enum todo_kind kind, int64_t at)
{
	struct todo *t = J_PUSH(f->todo, f->n_todo);

	t->kind = kind;
	t->at = at;
	return t;
}

/* ---- what the store learned since, into the judge's books ---- */

enum { MAY_NOTHING = 0, MAY_RELEASE_WAITING = 1, MAY_RELEASE = 2, MAY_WITHDRAW = 4, MAY_JUDGE = 8 };

static inline int
account_of(const struct life *f, int64_t id)
{
	for (int i = 0; i < f->j.n_accounts; i++)
		if (f->j.account[i].id == id && id != 0)
			return i;
	return -1;
}

static inline int32_t
today_of(const struct life *f, int account)
{
	const struct j_account *a = &f->j.account[account];

	return j_local(a->n_zones > 0 ? a->zone[0] : f->l.place.zone, f->now).day;
}

static inline void
learn_holds(struct life *f, unsigned may)
{
	struct judge *j = &f->j;
	sqlite3_stmt *st;

	sqlite3_prepare_v2(f->eye->db,
			   "SELECT id, account, from_at, until, word FROM hold WHERE id > ?", -1,
			   &st, NULL);
	sqlite3_bind_int64(st, 1, f->last_hold);
	while (sqlite3_step(st) == SQLITE_ROW) {
		struct j_hold *h = J_PUSH(j->hold, j->n_holds);

		*h = (struct j_hold){.id = sqlite3_column_int64(st, 0),
				     .account = account_of(f, sqlite3_column_int64(st, 1)),
				     .from = sqlite3_column_int64(st, 2),
				     .until = sqlite3_column_type(st, 3) == SQLITE_NULL
						  ? J_NEVER
						  : sqlite3_column_int(st, 3)};
		snprintf(h->word, sizeof h->word, "%s", (const char *)sqlite3_column_text(st, 4));
		f->last_hold = h->id;
	}
	sqlite3_finalize(st);
	if (ask_store(f, "SELECT count(*) FROM hold WHERE released_at = %" PRId64, f->now) == 0)
		return;
	for (int i = 0; i < j->n_holds; i++) {
		struct j_hold *h = &j->hold[i];
		bool waiting = strcmp(h->word, "awaiting_person") == 0;

		if (h->released ||
		    ask_store(f, "SELECT released_at IS NOT NULL FROM hold WHERE id = %" PRId64,
			      h->id) != 1)
			continue;
		h->released = true;
		if (!(may & MAY_RELEASE) && !(waiting && (may & MAY_RELEASE_WAITING)))
			J_WRONG(j, "hold %" PRId64 " (%s) is released by nobody", h->id, h->word);
	}
}

static inline void
learn_promises(struct life *f, unsigned may)
{
	struct judge *j = &f->j;
	sqlite3_stmt *st;

	for (int i = 0; i < j->n_promises; i++) {
		struct j_promise *p = &j->promise[i];

		if (p->status != 0)
			continue;
		p->status =
		    (int)ask_store(f, "SELECT status FROM promise WHERE id = %" PRId64, p->id);
		if (p->status >= PROMISE_KEPT && p->status <= PROMISE_BROKEN &&
		    (!(may & MAY_JUDGE) || today_of(f, p->account) <= p->day + j->policy.grace))
			J_WRONG(j, "%s: promise %" PRId64 " of %s is judged too early, on %s (%d)",
				j->account[p->account].ref, p->id, j_date(p->day),
				j_date(today_of(f, p->account)), p->status);
		if (p->status == PROMISE_WITHDRAWN && !(may & MAY_WITHDRAW) && !p->plan)
			J_WRONG(j, "promise %" PRId64 " is withdrawn by nobody", p->id);
	}
	sqlite3_prepare_v2(
	    f->eye->db, "SELECT id, account, day, pauses, plan, status FROM promise WHERE id > ?",
	    -1, &st, NULL);
	sqlite3_bind_int64(st, 1, f->last_promise);
	while (sqlite3_step(st) == SQLITE_ROW) {
		struct j_promise *p = J_PUSH(j->promise, j->n_promises);

		*p = (struct j_promise){.id = sqlite3_column_int64(st, 0),
					.at = f->now,
					.account = account_of(f, sqlite3_column_int64(st, 1)),
					.day = sqlite3_column_int(st, 2),
					.pauses = sqlite3_column_int(st, 3),
					.plan = sqlite3_column_type(st, 4) != SQLITE_NULL,
					.status = sqlite3_column_int(st, 5)};
		f->last_promise = p->id;
		if (!p->pauses && !p->plan && p->day <= today_of(f, p->account) + j->policy.ahead &&
		    ask_store(f,
			      "SELECT count(*) FROM task WHERE account = %" PRId64
			      " AND reason IN ('promise_small', 'promise_third') AND at = %" PRId64,
			      j->account[p->account].id, f->now) < 1)
			J_WRONG(j, "promise %" PRId64 " does not pause, and there is no task",
				p->id);
		if (p->pauses && !p->plan && p->day > today_of(f, p->account) + j->policy.ahead)
			J_WRONG(j, "promise %" PRId64 " is too far ahead to pause", p->id);
	}
	sqlite3_finalize(st);
}

static inline void
learn(struct life *f, unsigned may)
{
	learn_holds(f, may);
	learn_promises(f, may);
}

/* ---- the planner ---- */

static inline void
on_life_planned(void *ctx)
{
	wake(ctx);
}

static inline void
on_life_busy(void *ctx)
{
	(void)ctx;
}

static inline void
on_life_failed(void *ctx, int status)
{
	fail_msg("seed %" PRIu64 ": the planner failed: %s", ((struct life *)ctx)->j.seed,
		 uv_strerror(status));
}

static const struct planner_events life_planner_events = {
    .planned = on_life_planned, .busy = on_life_busy, .failed = on_life_failed};

static inline void
pass(struct life *f)
{
	int64_t midnight, day;

	planner_pass(f->planner);
	rest(f);
	learn(f, MAY_JUDGE);
	day = j_local(f->l.place.zone, f->now).day + 1;
	midnight = f->now + J_HOUR;
	while (j_local(f->l.place.zone, midnight).day < day)
		midnight += J_HOUR / 2;
	while (j_local(f->l.place.zone, midnight - J_MINUTE).day >= day)
		midnight -= J_MINUTE;
	f->pass_at = midnight < f->now + 6 * J_HOUR ? midnight : f->now + 6 * J_HOUR;
}

/* ---- commands ---- */

struct asking_job {
	struct command_env env;
	json_t *request, *reply;
};

static inline int
command_work(struct store *s, void *ctx)
{
	struct asking_job *a = ctx;
	int rc = command_run(s, &a->env, a->request, &a->reply);

	if (rc == 0 && json_integer_value(json_object_get(a->reply, "status")) != 0)
		rc = UV_ECANCELED;
	return rc;
}

/* Takes the request over; gives the reply (json_decref it) when it was done, else NULL. */
static inline json_t *
command_reply_of(struct life *f, json_t *request, unsigned may)
{
	struct asking_job a = {.env = {.config = f->config, .now = f->now, .serving = true},
			       .request = request};
	int rc;

	assert_non_null(request);
	json_object_set_new(request, "by", json_string("maria"));
	rc = run_job(f, command_work, &a);
	if (rc != 0 &&
	    (rc != UV_ECANCELED || json_integer_value(json_object_get(a.reply, "status")) != 1)) {
		char *text = json_dumps(request, 0), *said = json_dumps(a.reply, 0);

		fail_msg("seed %" PRIu64 ": %s -> %d %s", f->j.seed, text, rc, said);
	}
	json_decref(request);
	learn(f, may);
	if (rc != 0) {
		json_decref(a.reply);
		return NULL;
	}
	if (a.env.effect.replan_all)
		planner_pass(f->planner);
	for (size_t i = 0; i < a.env.effect.n_replan; i++)
		planner_account(f->planner, a.env.effect.replan[i]);
	rest(f);
	learn(f, MAY_JUDGE);
	if (a.env.effect.wake)
		wake(f);
	return a.reply;
}

static inline bool
ask(struct life *f, json_t *request, unsigned may)
{
	json_t *reply = command_reply_of(f, request, may);
	bool done = reply != NULL;

	json_decref(reply);
	return done;
}

/* ---- lists ---- */

struct importing {
	struct life *f;
	enum intake_kind kind;
	enum intake_mode mode;
	const char *path;
	int64_t id;
};

static inline int
import_work(struct store *s, void *ctx)
{
	struct importing *im = ctx;
	struct complaints wrong = {0};
	struct intake_finish finish = {.actor = "maria", .now = im->f->now};
	struct intake_counts counts = {0};
	struct intake_walk walk = {0};
	struct import_batch batch;
	struct import *file;
	struct intake in;
	bool more = true;
	int rc = import_open(&file, im->f->config, im->kind, im->path, "list.csv", &wrong);

	assert_int_equal(rc, 0);
	rc =
	    intake_begin(s, im->kind, im->mode, "list.csv", "maria", im->f->now, money_digits, &in);
	while (rc == 0 && import_next(file, &batch, &wrong) == 0 && batch.n > 0)
		rc = intake_rows(s, &in, batch.rows, batch.n, &counts);
	if (wrong.errors > 0 || counts.refused > 0)
		fail_msg("seed %" PRIu64 ": a list has mistakes: %s", im->f->j.seed,
			 wrong.errors > 0 ? wrong.items[0].text : "refused");
	while (rc == 0 && !walk.done && im->kind == INTAKE_ACCOUNTS)
		rc = intake_sweep(s, &in, &walk, in.last, 100, &counts);
	while (rc == 0 && more)
		rc = intake_meet(s, 100, &more);
	finish.rows = import_totals(file).rows;
	if (rc == 0)
		rc = intake_finish(s, &in, &finish);
	im->id = in.id;
	import_close(file);
	complaint_clear(&wrong);
	return rc;
}

static inline void
find_ids(struct life *f)
{
	for (int i = 0; i < f->j.n_accounts; i++)
		if (f->j.account[i].id == 0) {
			int64_t id = ask_store(f, "SELECT id FROM account WHERE ref = '%s'",
					       f->j.account[i].ref);

			f->j.account[i].id = id > 0 ? id : 0;
		}
}

/* ---- life ---- */

static inline int
started_work(struct store *s, void *ctx)
{
	struct life *f = ctx;
	struct event_json data;
	struct event e = {.at = f->now, .kind = "serving", .actor = "dunlin"};

	event_json_init(&data);
	store_meta_set_int(s, META_STARTED, store_meta_int(s, META_STARTED, f->now));
	store_meta_set_text(s, META_CLOCK, "true");
	return outbox_recover(s, f->now) < 0 ? UV_EIO : event_append(s, &e, &data);
}

static inline void
load_rules(struct life *f)
{
	struct complaints wrong = {0};
	struct config *old = f->config;

	write_rules(&f->home, &f->l, &f->j.policy);
	if (config_load(f->home.path, &f->config, &wrong) != 0) {
		for (size_t i = 0; i < wrong.n; i++)
			fprintf(stderr, "%s:%d: %s\n", wrong.items[i].file, wrong.items[i].line,
				wrong.items[i].text);
		fail_msg("seed %" PRIu64 ": the lender's rules have mistakes", f->j.seed);
	}
	complaint_clear(&wrong);
	config_unref(old);
}

static inline void
life_open(struct life *f)
{
	char error[256];

	snprintf(f->path, sizeof f->path, "%s/dunlin.db", f->home.path);
	assert_int_equal(store_open(&f->store, f->path, STORE_CREATE, error), 0);
	/* no power is cut here */
	sqlite3_exec(f->store->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	assert_int_equal(store_open(&f->eye, f->path, STORE_READ, error), 0);
	assert_int_equal(uv_loop_init(&f->loop), 0);
	assert_int_equal(writer_open(&f->writer, &f->loop, f->store), 0);
	clock_schedule(&f->clock, f->now, 1);
	clock_stand(&f->clock, f->now);
	assert_int_equal(run_job(f, started_work, f), 0);
	assert_int_equal(planner_open(&f->planner, &f->loop, f->writer, f->path, &f->clock,
				      &life_planner_events, f),
			 0);
	f->compose = compose_new();
	f->tools.compose = compose_new();
	f->inbox = (struct inbox_tools){.compose = f->compose, .settle = &f->settle};
	f->recent = calloc(1, sizeof *f->recent);
}

static inline void
on_life_closed(void *ctx)
{
	((struct life *)ctx)->closed++;
}

static inline void
life_close(struct life *f)
{
	planner_close(f->planner, on_life_closed);
	while (f->closed < 1)
		uv_run(&f->loop, UV_RUN_ONCE);
	writer_close(f->writer, on_life_closed, f);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(f->closed, 2);
	assert_int_equal(uv_loop_close(&f->loop), 0);
	if (f->looking != NULL)
		facts_free(f->looking);
	if (f->tools.facts != NULL)
		facts_free(f->tools.facts);
	if (f->inbox.facts != NULL)
		facts_free(f->inbox.facts);
	compose_free(f->compose);
	compose_free(f->tools.compose);
	store_close(f->eye);
	config_unref(f->config);
	home_remove(&f->home);
	free(f->recent);
	free(f->todo);
	free(f->replies);
	j_free(&f->j);
}

#endif
