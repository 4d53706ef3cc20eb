#include "planner.h"

#include "pledge.h"
#include "store/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD_DAYS 2     /* a row stands in the queue this many local days before its own */
#define SCAN_ROWS  20000 /* rows a stretch of reading looks at */
#define JOB_NS     UINT64_C(8000000) /* a job of the writer ends after that */
#define PASS_MS    (6 * 3600 * 1000LL)
#define RETRY_MS   1000

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
	struct config *using; /* of the pass under way */
	struct facts *facts;  /* writer's thread only */
	/* the pass */
	enum stage stage;
	bool again, reading, writing, closing, was_busy, held;
	int64_t after;
	struct store *reader; /* thread pool only */
	struct person_list persons;
	bool scanned; /* this stage has no more rows */
	int status;
	/* single persons */
	struct person_list wanted, taken;
	int64_t now;
	bool refused_tasks;
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

/* ---- planning one person, on the writer's thread ---- */

struct planning {
	struct planner *p;
	struct store *s;
	int64_t person;
	bool added; /* a row of the person was made in this walk: the facts do not know of it */
	int rc;
};

static int
set_route(struct store *s, int64_t id, const char *route)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_ROUTE);

	store_bind_text(st, 1, route);
	store_bind_int(st, 2, id);
	return store_do(s, st);
}

static const char *
route_name(const struct planner *p, const struct facts_account *a)
{
	return a->route >= 0 ? p->using->routes[a->route].name : "";
}

static int
add_row(struct planning *g, const struct facts_account *a, int64_t person,
	const struct plan_row *row, const char *step, int64_t *id)
{
	const struct plan_account *p = &facts_person(g->p->facts)->accounts[row->account];
	struct outbox_row add = {.account = a->id,
				 .person = person,
				 .due = row->due,
				 .campaign = (char *)(uintptr_t)p->campaign->name,
				 .step = (char *)(uintptr_t)step,
				 .class = CLASS_CAMPAIGN,
				 .template = (char *)(uintptr_t)row->step->name,
				 .route = (char *)(uintptr_t)route_name(g->p, a),
				 .rank = RANK_CAMPAIGN,
				 .at = row->at};

	g->added = true;
	return outbox_add(g->s, &add, g->p->now, id);
}

static bool
may_revive(const struct outbox_row *row)
{
	if (row->status == STATUS_CANCELLED)
		return row->reason == REASON_CAMPAIGN_CHANGED || row->reason == REASON_PAID;
	return row->status == STATUS_SKIPPED &&
	       (row->reason == REASON_TEST || row->reason == REASON_SKIPPED);
}

static int
give_up(struct planning *g, const struct facts_account *a, int64_t id, enum reason reason)
{
	return outbox_end(g->s, id, a->id,
			  reason == REASON_PAID || reason == REASON_CAMPAIGN_CHANGED
			      ? STATUS_CANCELLED
			      : STATUS_SKIPPED,
			  reason, g->p->now, "dunlin", NULL);
}

/* What a row that waits is shown with. */
static enum reason
why_moved(const struct outbox_row *old, const struct plan_row *row)
{
	if (facts_stuck(old->reason))
		return old->reason;
	return row->reason == REASON_LATE ? REASON_NONE : row->reason;
}

/* Brings the row of a step in line with what the plan says of it. */
static int
plan_text(struct planning *g, const struct facts_account *a, int64_t person,
	  const struct plan_row *row)
{
	const char *route = route_name(g->p, a);
	char step[CAMPAIGN_STEP_TEXT];
	struct outbox_row old;
	bool goes = row->decision != PLAN_SKIP;
	int64_t id = 0;
	int rc, found;

	/* What holds it today may be gone before the day on which it gives up. */
	if (row->reason == REASON_SUPERSEDED && row->on > civil_local(a->zone, g->p->now).day)
		return 0;
	campaign_step_format(row->step->day, (enum campaign_channel)row->step->channel, step);
	/* A step may be spoken of on several days of one walk. */
	found = a->n_rows > 0 || g->added ? outbox_step(g->s, a->id, row->due, step, &old) : 0;
	if (found < 0)
		return found;
	if (row->reason == REASON_DONE || row->reason == REASON_SKIPPED ||
	    (row->reason == REASON_PAID && !found)) {
		rc = 0;
	} else if (row->reason == REASON_SUPERSEDED || row->reason == REASON_PAID) {
		rc = found ? 0 : add_row(g, a, person, row, step, &id);
		if (rc == 0 && (!found || old.status == STATUS_PLANNED))
			rc = give_up(g, a, found ? old.id : id, row->reason);
	} else if (!found) {
		rc = add_row(g, a, person, row, step, &id);
	} else if (old.status == STATUS_PLANNED) {
		rc = strcmp(old.route, route) != 0 ? set_route(g->s, old.id, route) : 0;
		if (rc == 0 && goes && old.at != row->at &&
		    !(old.at <= g->p->now && row->at <= g->p->now))
			rc = outbox_move(g->s, old.id, row->at, why_moved(&old, row));
	} else {
		rc = goes && may_revive(&old)
			 ? outbox_revive(
			       g->s, old.id,
			       facts_person(g->p->facts)->accounts[row->account].campaign->name,
			       route, row->at)
			 : 0;
	}
	if (found)
		outbox_row_clear(&old);
	return rc;
}

static int
plan_task(struct planning *g, const struct facts_account *a, int64_t person,
	  const struct plan_row *row)
{
	char step[CAMPAIGN_STEP_TEXT];
	struct event_json data;
	struct event e = {.at = g->p->now, .kind = "task", .actor = "dunlin", .account = a->id};
	sqlite3_stmt *st;
	int rc;

	if (civil_local(a->zone, g->p->now).day < row->on)
		return 0; /* its day has not come */
	campaign_step_format(row->step->day, CAMPAIGN_TASK, step);
	st = store_get(g->s, STORE_TASK_ADD);
	store_bind_int(st, 1, a->id);
	store_bind_int(st, 2, person);
	store_bind_int(st, 3, row->due);
	store_bind_text(st, 4, step);
	store_bind_text(st, 5, row->step->name);
	store_bind_int(st, 6, row->on);
	store_bind_text(st, 7, "campaign");
	store_bind_int(st, 8, g->p->now);
	store_bind_text(st, 10, "dunlin");
	if ((rc = store_do(g->s, st)) != 0 || sqlite3_changes(g->s->db) == 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "kind", row->step->name);
	event_json_text(&data, "step", step);
	return event_append(g->s, &e, &data);
}

static void
on_row(void *ctx, const struct plan_row *row)
{
	struct planning *g = ctx;
	const struct facts_account *a = facts_account(g->p->facts, row->account);
	int64_t person = g->person;

	if (g->rc != 0)
		return;
	if (row->step->channel == CAMPAIGN_TASK)
		g->rc = row->decision == PLAN_TASK ? plan_task(g, a, person, row) : 0;
	else if (row->step->channel == CAMPAIGN_SMS)
		g->rc = plan_text(g, a, person, row);
}

static bool
is_over(enum reason reason)
{
	return reason == REASON_PAID || reason == REASON_CAMPAIGN_CHANGED ||
	       reason == REASON_SUPERSEDED;
}

/* Rows that stand in the queue for a step that is gone. */
static int
end_gone(struct planning *g, const struct plan_rules *rules, size_t index)
{
	const struct facts_account *a = facts_account(g->p->facts, index);
	sqlite3_stmt *st = store_get(g->s, STORE_ACCOUNT_PLANNED);
	struct {
		int64_t id, at;
		int32_t due;
		char step[CAMPAIGN_STEP_TEXT];
	} list[64];
	int n = 0, rc;

	store_bind_int(st, 1, a->id);
	while (n < 64 && (rc = store_step(g->s, st)) == 1) {
		list[n].id = sqlite3_column_int64(st, 0);
		list[n].due = sqlite3_column_int(st, 1);
		snprintf(list[n].step, sizeof list[n].step, "%s", store_text(st, 2));
		list[n].at = sqlite3_column_int64(st, 3);
		n++;
	}
	sqlite3_reset(st);
	for (int i = 0; i < n; i++) {
		enum campaign_channel channel;
		struct plan_row row;
		int day;

		if (campaign_step_parse(list[i].step, strlen(list[i].step), &day, &channel) != 0)
			continue;
		plan_decide(facts_person(g->p->facts), rules,
			    list[i].at > g->p->now ? list[i].at : g->p->now, index, list[i].due,
			    day, channel, &row);
		if (row.reason == REASON_SUPERSEDED && list[i].at > g->p->now)
			continue; /* not before its time: what holds it may be gone by then */
		if (row.decision == PLAN_SKIP && is_over(row.reason) &&
		    (rc = give_up(g, a, list[i].id, row.reason)) != 0)
			return rc;
	}
	return 0;
}

static bool
is_served(const struct plan_account *p, int32_t due, int day)
{
	for (size_t i = 0; i < p->n_served; i++)
		if (p->served[i].due == due && p->served[i].day == day &&
		    p->served[i].channel == CAMPAIGN_SMS)
			return true;
	return false;
}

/* Steps whose last day went by while nobody planned: the walk begins with today, and each is to
 * have its answer why nothing went. */
static int
make_up(struct planning *g, const struct plan_rules *rules, size_t index)
{
	const struct facts_account *a = facts_account(g->p->facts, index);
	const struct plan_account *p = &facts_person(g->p->facts)->accounts[index];
	int32_t today = civil_local(a->zone, g->p->now).day;
	struct debt_sums sums = debt_sum(p->amounts, p->n_amounts, today, rules->ignore_below);
	int rc = 0;

	if (p->campaign == NULL || sums.index < 0)
		return 0;
	for (size_t i = 0; i < p->campaign->n_steps && rc == 0; i++) {
		const struct campaign_step *step = &p->campaign->steps[i];
		int32_t due = p->amounts[sums.index].due,
			last = due + step->day + p->campaign->late;
		struct plan_row row;

		if (step->channel != CAMPAIGN_SMS || last >= today || last < p->known_since ||
		    is_served(p, due, step->day))
			continue;
		plan_decide(facts_person(g->p->facts), rules, g->p->now, index, due, step->day,
			    CAMPAIGN_SMS, &row);
		if (row.decision == PLAN_SKIP && row.reason == REASON_SUPERSEDED)
			rc = plan_text(g, a, g->person, &row);
	}
	return rc;
}

static int
plan_person(struct planner *p, struct store *s, const struct plan_rules *rules, int64_t person)
{
	struct planning g = {.p = p, .s = s, .person = person};
	int32_t first, last;
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_PERSON);
	int rc;

	store_bind_int(st, 1, person); /* an account stands for its person */
	if ((rc = store_step(s, st)) != 1)
		return rc;
	g.person = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	if ((rc = facts_load(p->facts, s, g.person, p->now)) != 0)
		return rc == UV_ENOENT ? 0 : rc;
	first = last = civil_local(facts_account(p->facts, 0)->zone, p->now).day;
	for (size_t i = 1; i < facts_count(p->facts); i++) {
		int32_t today = civil_local(facts_account(p->facts, i)->zone, p->now).day;

		first = today < first ? today : first;
		last = today > last ? today : last;
	}
	for (size_t i = 0; i < facts_count(p->facts) && rc == 0; i++) {
		/* Rows of amounts long settled are not among the facts. */
		if (facts_account(p->facts, i)->n_rows > 0 || p->stage != STAGE_AMOUNTS)
			rc = end_gone(&g, rules, i);
		if (rc == 0)
			rc = make_up(&g, rules, i);
	}
	if (rc != 0)
		return rc;
	plan_walk(facts_person(p->facts), rules, p->now, first, last + AHEAD_DAYS, on_row, &g);
	return g.rc;
}

/* ---- promises ---- */

static int
judge_due(struct planner *p, struct store *s)
{
	int64_t list[200];
	int n, rc;

	do {
		sqlite3_stmt *st = store_get(s, STORE_PROMISE_DUE);

		n = 0;
		store_bind_int(st, 1, civil_local(&p->using->lender.zone, p->now).day);
		while ((rc = store_step(s, st)) == 1)
			list[n++] = sqlite3_column_int64(st, 0);
		for (int i = 0; i < n && rc == 0; i++) {
			rc = pledge_judge(s, p->facts, list[i], p->now);
			if (rc == 0)
				rc = list_add(&p->taken, list[i]);
		}
	} while (rc == 0 && n == 200);
	return rc;
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
	if ((rc = judge_due(p, s)) != 0 ||
	    (rc = facts_rules(p->facts, s, p->now, REASON_NONE, &rules)) != 0)
		return rc;
	rules.stopped = REASON_NONE; /* a pause holds the hand-over, not the queue */
	for (size_t k = 0; k < 2; k++)
		while (lists[k]->at < lists[k]->n && uv_hrtime() < until) {
			if ((rc = plan_person(p, s, &rules, lists[k]->id[lists[k]->at])) != 0)
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
		p->events->failed(p->ctx, status);
		if (!p->closing)
			uv_timer_start(&p->next, p->next.timer_cb, RETRY_MS, 0);
		else
			step(p);
		return;
	}
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

			if (own <= today + AHEAD_DAYS + 1 &&
			    own + plan_reach(c->campaigns[i], s) + 2 >= today)
				return true;
		}
	return false;
}

/* Every account whose due days are near gives its person. */
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
	return rc;
}

static int
scan_planned(struct planner *p)
{
	struct store *s = p->reader;
	sqlite3_stmt *st = store_get(s, STORE_SCAN_PLANNED);
	int rows = 0, rc;

	store_bind_int(st, 1, p->after);
	store_bind_int(st, 2, SCAN_ROWS);
	while ((rc = store_step(s, st)) == 1) {
		rows++;
		p->after = sqlite3_column_int64(st, 0);
		if (list_add(&p->persons, sqlite3_column_int64(st, 1)) != 0)
			return UV_ENOMEM;
	}
	p->scanned = rows < SCAN_ROWS;
	return rc;
}

/* Accounts become persons; a person with several accounts comes once. */
static int
to_persons(struct planner *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->persons.n; i++) {
		sqlite3_stmt *st = store_get(p->reader, STORE_ACCOUNT_PERSON);
		int64_t person;

		store_bind_int(st, 1, p->persons.id[i]);
		if (store_step(p->reader, st) != 1)
			continue;
		person = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
		if (n == 0 || p->persons.id[n - 1] != person)
			p->persons.id[n++] = person;
	}
	p->persons.n = n;
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

	uv_timer_start(&p->next, p->next.timer_cb, clock_delay(p->clock, next) + 1, 0);
}

static void
begin_stage(struct planner *p, enum stage stage)
{
	p->stage = stage;
	p->after = 0;
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
	if (p->wanted.n > 0 || p->taken.n > 0 || p->persons.at < p->persons.n) {
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

	planner_pass(p);
}

void
planner_pass(struct planner *p)
{
	if (p->held)
		return;
	p->again = true;
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
