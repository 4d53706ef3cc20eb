#include "planner.h"

#include "gateway/base/log.h"
#include "gateway/person/agenda.h"
#include "gateway/person/pledge.h"
#include "store/list.h"
#include "store/work.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SCAN_ROWS 20000             /* rows a stretch of reading looks at */
#define JOB_NS    UINT64_C(8000000) /* a job of the writer ends after that */
#define PASS_MS   (6 * 3600 * 1000LL)
#define RETRY_MS  1000

struct person_list {
	int64_t *id;
	size_t n, cap, at;
};

enum stage { STAGE_REST, STAGE_AMOUNTS, STAGE_PLANNED };

struct planner {
	uv_loop_t *loop;
	uv_timer_t next; /* the next pass, by the store's clock */
	uv_work_t work;
	struct writer *writer;
	const struct clock *clock;
	const struct planner_events *events;
	void *ctx;
	char path[1024];
	struct config *config;
	struct config *using;        /* of the pass under way */
	struct facts *facts;         /* writer's thread only */
	struct pledge_rounds rounds; /* the writer's while `writing` */
	int64_t pass_at;             /* the next pass */
	bool judge;                  /* promises are to be looked at, whoever else waits */
	bool fresh; /* among them may be new ones: ask again when each is to be judged */
	bool more;  /* the writer's: it did not come to the end of them */
	/* the pass */
	enum stage stage;
	bool again, reading, writing, closing, was_busy, held;
	int64_t after;
	struct {
		char route[64];
		int rank;
		int64_t at;
	} behind;             /* with `after`: where the scan of planned rows stands in the queue */
	struct store *reader; /* thread pool only */
	struct person_list persons;
	bool scanned; /* this stage has no more rows */
	int status;
	/* single persons */
	struct person_list wanted, taken;
	int64_t now;
	planner_closed *closed;
};

static void step(struct planner *p);

bool
planner_busy(const struct planner *p)
{
	return p->stage != STAGE_REST || p->reading || p->writing || p->wanted.n > 0;
}

static void
tell_busy(struct planner *p)
{
	bool busy = planner_busy(p);

	if (busy == p->was_busy)
		return;
	p->was_busy = busy;
	if (!p->closing)
		p->events->busy(p->ctx);
}

static int
list_add(struct person_list *l, int64_t id)
{
	if (l->n > 0 && l->id[l->n - 1] == id)
		return 0;
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 64 : l->cap * 2;
		int64_t *grown = realloc(l->id, cap * sizeof *grown);

		if (grown == NULL)
			return UV_ENOMEM;
		l->id = grown;
		l->cap = cap;
	}
	l->id[l->n++] = id;
	return 0;
}

/* ---- promises ---- */

/* Whoever was judged is planned anew. */
static int
on_judged(void *ctx, int64_t account)
{
	struct planner *p = ctx;

	return list_add(&p->taken, account);
}

/* ---- jobs ---- */

static int
plan_work(struct store *s, void *arg)
{
	struct planner *p = arg;
	struct person_list *lists[] = {&p->taken, &p->persons};
	uint64_t until = uv_hrtime() + JOB_NS;
	struct plan_rules rules;
	int rc;

	if (p->facts == NULL && (p->facts = facts_new(p->using)) == NULL)
		return UV_ENOMEM;
	facts_use(p->facts, p->using);
	rc = pledge_round(s, p->facts, &p->rounds, p->now, until, on_judged, p);
	p->more = rc == 1;
	if (rc < 0 || (rc = facts_rules(p->facts, s, p->now, REASON_NONE, &rules)) != 0)
		return rc;
	rules.stopped = REASON_NONE; /* a pause holds the hand-over, not the queue */
	for (size_t k = 0; k < 2; k++)
		while (lists[k]->at < lists[k]->n && uv_hrtime() < until) {
			rc = agenda_plan(s, p->facts, &rules, lists[k]->id[lists[k]->at],
					 p->stage != STAGE_AMOUNTS, p->now);
			if (rc == UV_EEXIST) /* one person's trouble must not hold the others */
				log_event(LOG_ERROR, "person_not_planned",
					  log_int("person", lists[k]->id[lists[k]->at]),
					  log_str("why", store_error(s)));
			else if (rc != 0)
				return rc;
			lists[k]->at++;
		}
	return 0;
}

static void
on_planned(void *arg, int status)
{
	struct planner *p = arg;

	p->writing = false;
	if (status != 0) {
		/* The job was undone whole: begin both lists again a little later. */
		p->taken.at = p->persons.at = 0;
		p->rounds = (struct pledge_rounds){0};
		p->events->failed(p->ctx, status);
		if (!p->closing)
			uv_timer_start(&p->next, p->next.timer_cb, RETRY_MS, 0);
		else
			step(p);
		return;
	}
	p->judge = p->judge || p->more;
	if (p->taken.at == p->taken.n)
		p->taken.at = p->taken.n = 0;
	if (!p->closing)
		p->events->planned(p->ctx);
	step(p);
}

/* ---- reading who may have a step near, on the thread pool ---- */

/* Can a step of some campaign fall near for an amount due that day? */
static bool
near(const struct config *c, int32_t due, int32_t today)
{
	for (size_t i = 0; i < c->n_campaigns; i++)
		for (size_t k = 0; k < c->campaigns[i]->n_steps; k++) {
			const struct campaign_step *s = &c->campaigns[i]->steps[k];
			int32_t own = due + s->day;

			if (own <= today + AGENDA_DAYS + 1 && own + plan_reach(s) + 2 >= today)
				return true;
		}
	return false;
}

static int
on_promised(void *ctx, int64_t account)
{
	struct planner *p = ctx;

	return list_add(&p->persons, account);
}

/* Every account whose due days are near gives its person; and whose promised day is. */
static int
scan_amounts(struct planner *p)
{
	struct store *s = p->reader;
	int32_t today = civil_local(&p->using->lender.zone, p->now).day;
	sqlite3_stmt *st = store_get(s, STORE_SCAN_AMOUNTS);
	int64_t account = 0, found = 0;
	int rows = 0, rc;

	store_bind_int(st, 1, p->after);
	store_bind_int(st, 2, s->visible);
	store_bind_int(st, 3, SCAN_ROWS);
	while ((rc = store_step(s, st)) == 1) {
		rows++;
		account = sqlite3_column_int64(st, 0);
		if (account != found && near(p->using, sqlite3_column_int(st, 1), today)) {
			found = account;
			if (list_add(&p->persons, account) != 0)
				return UV_ENOMEM;
		}
	}
	if (rows == SCAN_ROWS)
		p->after = account - 1 > p->after ? account - 1 : account;
	else
		p->scanned = true;
	if (rc == 0 && p->scanned)
		rc = work_promised(s, today - 1, today + AGENDA_DAYS + 1, on_promised, p);
	return rc;
}

static void
stand_behind(struct planner *p, sqlite3_stmt *st)
{
	p->after = sqlite3_column_int64(st, 0);
	snprintf(p->behind.route, sizeof p->behind.route, "%s", store_text(st, 3));
	p->behind.rank = sqlite3_column_int(st, 4);
	p->behind.at = sqlite3_column_int64(st, 5);
}

static int
scan_planned(struct planner *p)
{
	struct store *s = p->reader;
	sqlite3_stmt *st = store_get(s, STORE_SCAN_PLANNED);
	int rows = 0, rc;

	store_bind_text(st, 1, p->behind.route);
	store_bind_int(st, 2, p->behind.rank);
	store_bind_int(st, 3, p->behind.at);
	store_bind_int(st, 4, p->after);
	store_bind_int(st, 5, SCAN_ROWS);
	while ((rc = store_step(s, st)) == 1) {
		if (++rows == SCAN_ROWS)
			stand_behind(p, st);
		if (sqlite3_column_int(st, 2) == CLASS_CAMPAIGN &&
		    list_add(&p->persons, sqlite3_column_int64(st, 1)) != 0)
			return UV_ENOMEM;
	}
	p->scanned = rows < SCAN_ROWS;
	return rc;
}

static int
by_id(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, two = *(const int64_t *)b;

	return (one > two) - (one < two);
}

/* Accounts become persons; one with several accounts or rows comes once. */
static int
to_persons(struct planner *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->persons.n; i++) {
		int64_t person;

		if (list_person(p->reader, p->persons.id[i], &person) == 0 && person != 0)
			p->persons.id[n++] = person;
	}
	if (n > 0)
		qsort(p->persons.id, n, sizeof *p->persons.id, by_id);
	p->persons.n = 0;
	for (size_t i = 0; i < n; i++)
		if (i == 0 || p->persons.id[i] != p->persons.id[p->persons.n - 1])
			p->persons.id[p->persons.n++] = p->persons.id[i];
	return 0;
}

static void
on_read(uv_work_t *work)
{
	struct planner *p = work->data;
	char error[256];

	p->status = 0;
	if (p->reader == NULL &&
	    (p->status = store_open(&p->reader, p->path, STORE_READ, error)) != 0)
		return;
	if (sqlite3_exec(p->reader->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
		p->status = UV_EIO;
		return;
	}
	store_refresh(p->reader);
	p->status = p->stage == STAGE_AMOUNTS ? scan_amounts(p) : scan_planned(p);
	if (p->status == 0)
		p->status = to_persons(p);
	sqlite3_exec(p->reader->db, "COMMIT", NULL, NULL, NULL);
	if (p->scanned && p->stage == STAGE_PLANNED) {
		store_close(p->reader); /* its pages are not kept between passes */
		p->reader = NULL;
	}
}

static void
on_read_done(uv_work_t *work, int cancelled)
{
	struct planner *p = work->data;

	(void)cancelled;
	p->reading = false;
	if (p->status != 0) {
		p->events->failed(p->ctx, p->status);
		p->stage = STAGE_REST;
		p->persons.n = p->persons.at = 0;
		p->again = true;
		if (!p->closing) {
			uv_timer_start(&p->next, p->next.timer_cb, RETRY_MS, 0);
			tell_busy(p);
			return;
		}
	}
	step(p);
}

/* ---- the course of a pass ---- */

static void
arm(struct planner *p)
{
	const struct civil_zone *zone = &p->config->lender.zone;
	int64_t now = clock_now(p->clock);
	int64_t midnight = civil_instant(zone, civil_local(zone, now).day + 1, 1);
	int64_t next = now + PASS_MS < midnight ? now + PASS_MS : midnight;

	p->pass_at = next;
	if (p->rounds.at > 0 && p->rounds.at < next)
		next = p->rounds.at;
	uv_timer_start(&p->next, p->next.timer_cb, clock_delay(p->clock, next) + 1, 0);
}

static void
begin_stage(struct planner *p, enum stage stage)
{
	p->stage = stage;
	p->after = 0;
	memset(&p->behind, 0, sizeof p->behind);
	p->scanned = false;
	p->persons.n = p->persons.at = 0;
}

static void
write_some(struct planner *p)
{
	config_unref(p->using);
	p->using = config_ref(p->config);
	p->now = clock_now(p->clock);
	if (p->taken.n == 0) {
		struct person_list empty = p->taken;

		p->taken = p->wanted;
		p->wanted = empty;
	}
	if (p->fresh)
		p->rounds.at = 0;
	p->fresh = p->judge = false;
	p->writing = true;
	if (writer_submit(p->writer, plan_work, on_planned, p) != 0)
		p->writing = false;
}

static void
read_some(struct planner *p)
{
	p->persons.n = p->persons.at = 0;
	config_unref(p->using);
	p->using = config_ref(p->config);
	p->now = clock_now(p->clock);
	p->reading = true;
	uv_queue_work(p->loop, &p->work, on_read, on_read_done);
}

static void
on_timer_closed(uv_handle_t *h)
{
	struct planner *p = h->data;
	planner_closed *closed = p->closed;
	void *ctx = p->ctx;

	if (p->reader != NULL)
		store_close(p->reader);
	if (p->facts != NULL)
		facts_free(p->facts);
	config_unref(p->config);
	config_unref(p->using);
	free(p->persons.id);
	free(p->wanted.id);
	free(p->taken.id);
	free(p);
	closed(ctx);
}

/* One thing at a time: persons waiting, then the next stretch of reading, then the next stage. */
static void
step(struct planner *p)
{
	if (p->reading || p->writing)
		return;
	if (p->closing) {
		if (!uv_is_closing((uv_handle_t *)&p->next))
			uv_close((uv_handle_t *)&p->next, on_timer_closed);
		return;
	}
	if (p->judge || p->wanted.n > 0 || p->taken.n > 0 || p->persons.at < p->persons.n) {
		write_some(p);
	} else if (p->stage != STAGE_REST && !p->scanned) {
		read_some(p);
	} else if (p->stage == STAGE_AMOUNTS) {
		begin_stage(p, STAGE_PLANNED);
		read_some(p);
	} else if (p->again) {
		p->again = false;
		begin_stage(p, STAGE_AMOUNTS);
		read_some(p);
	} else {
		p->stage = STAGE_REST;
		if (!p->held)
			arm(p);
	}
	tell_busy(p);
}

static void
on_next(uv_timer_t *timer)
{
	struct planner *p = timer->data;

	if (p->held || p->config == NULL || p->pass_at == 0 || clock_now(p->clock) >= p->pass_at) {
		planner_pass(p);
	} else {
		p->judge = true;
		step(p);
	}
}

void
planner_pass(struct planner *p)
{
	if (p->held)
		return;
	p->again = p->judge = p->fresh = true;
	if (p->config != NULL)
		step(p);
}

void
planner_rearm(struct planner *p)
{
	if (p->stage == STAGE_REST && !p->again && !p->closing && !p->held)
		arm(p);
}

void
planner_hold(struct planner *p)
{
	p->held = true;
	uv_timer_stop(&p->next);
}

void
planner_person(struct planner *p, int64_t person)
{
	if (list_add(&p->wanted, person) != 0)
		p->again = true;
	p->fresh = true;
	step(p);
}

void
planner_account(struct planner *p, int64_t account)
{
	planner_person(p, account);
}

void
planner_use(struct planner *p, struct config *config)
{
	config_unref(p->config);
	p->config = config_ref(config);
	planner_pass(p);
}

int
planner_open(struct planner **out, uv_loop_t *loop, struct writer *writer, const char *path,
	     const struct clock *clock, const struct planner_events *events, void *ctx)
{
	struct planner *p = calloc(1, sizeof *p);

	if (p == NULL)
		return UV_ENOMEM;
	p->loop = loop;
	p->writer = writer;
	p->clock = clock;
	p->events = events;
	p->ctx = ctx;
	snprintf(p->path, sizeof p->path, "%s", path);
	p->work.data = p;
	uv_timer_init(loop, &p->next);
	p->next.data = p;
	uv_timer_start(&p->next, on_next, 0, 0);
	uv_timer_stop(&p->next);
	*out = p;
	return 0;
}

void
planner_close(struct planner *p, planner_closed *closed)
{
	assert(!p->closing);
	p->closing = true;
	p->closed = closed;
	step(p);
}
