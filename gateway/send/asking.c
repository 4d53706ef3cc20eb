#include "asking.h"

#include "gateway/base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_MS  (10 * 60 * 1000)
#define SECOND_MS (60 * 60 * 1000)
#define WAITING   20000 /* texts kept in mind; older ones give way */
#define AT_ONCE   8     /* queries in one round */
#define ROUND_MS  1000
#define TAKE_UP   2000 /* newest texts looked at after a start */

struct waiting {
	int64_t message;
	uint64_t at; /* uv_now() when it is asked about */
};

/* In the order of `at`. */
struct ring {
	struct waiting *list; /* WAITING of them */
	size_t first, n;
};

struct question {
	int64_t message;
	int part;
	char route[64], smsc_id[SMPP_ID_SIZE];
};

/* A job of the writer: finds what to ask, or stores an answer. */
struct job {
	struct asking *a;
	int64_t message[AT_ONCE];
	size_t n;
	struct question question[AT_ONCE];
	size_t n_questions;
	struct receipt receipt; /* answer */
	char route[64];
	int64_t answered;
	int part;
	int64_t now;
};

struct asking {
	uv_loop_t *loop;
	uv_timer_t timer;
	struct writer *writer;
	struct dispatch *dispatch;
	const struct clock *clock;
	struct settle_tools *learned; /* for jobs of the writer */
	struct config *config;
	void *ctx;
	struct ring once, again; /* to be asked about for the first time, and for the second */
	size_t jobs;
	bool taken_up, closing;
	asking_closed *closed;
};

static void finish(struct asking *a);
static void arm(struct asking *a);

/* ---- what waits ---- */

static void
push(struct ring *r, int64_t message, uint64_t at)
{
	if (r->n == WAITING) {
		r->first = (r->first + 1) % WAITING;
		r->n--;
	}
	r->list[(r->first + r->n++) % WAITING] = (struct waiting){.message = message, .at = at};
}

/* The oldest whose time has come; false: none. */
static bool
pop(struct ring *r, uint64_t now, struct waiting *out)
{
	if (r->n == 0 || r->list[r->first].at > now)
		return false;
	*out = r->list[r->first];
	r->first = (r->first + 1) % WAITING;
	r->n--;
	return true;
}

static uint64_t
next_at(const struct ring *r)
{
	return r->n > 0 ? r->list[r->first].at : UINT64_MAX;
}

static void
arm(struct asking *a)
{
	uint64_t now = uv_now(a->loop), at = next_at(&a->once);

	if (next_at(&a->again) < at)
		at = next_at(&a->again);
	if (a->closing || at == UINT64_MAX || uv_is_active((uv_handle_t *)&a->timer))
		return;
	uv_timer_start(&a->timer, a->timer.timer_cb, at > now + ROUND_MS ? at - now : ROUND_MS, 0);
}

void
asking_sent(struct asking *a, int64_t message)
{
	push(&a->once, message, uv_now(a->loop) + FIRST_MS);
	arm(a);
}

/* ---- asking ---- */

static int
find_work(struct store *s, void *ctx)
{
	struct job *j = ctx;

	for (size_t i = 0; i < j->n && j->n_questions < AT_ONCE; i++) {
		sqlite3_stmt *st = store_get(s, STORE_PARTS_OPEN);

		store_bind_int(st, 1, j->message[i]);
		while (store_step(s, st) == 1 && j->n_questions < AT_ONCE) {
			struct question *q = &j->question[j->n_questions++];

			q->message = j->message[i];
			q->part = sqlite3_column_int(st, 0);
			snprintf(q->smsc_id, sizeof q->smsc_id, "%s", store_text(st, 1));
			snprintf(q->route, sizeof q->route, "%s", store_text(st, 2));
		}
		sqlite3_reset(st);
	}
	return 0;
}

static void
on_found(void *ctx, int status)
{
	struct job *j = ctx;
	struct asking *a = j->a;

	a->jobs--;
	for (size_t i = 0; status == 0 && i < j->n_questions && !a->closing; i++)
		dispatch_query(a->dispatch, j->question[i].route, j->question[i].smsc_id,
			       (uint64_t)j->question[i].message << 8 |
				   (unsigned)(j->question[i].part - 1));
	free(j);
	arm(a);
	finish(a);
}

static bool
receipts_wanted(const struct config *c)
{
	for (size_t i = 0; i < c->n_routes; i++)
		if (c->routes[i].type == CONFIG_ROUTE_SMPP && c->routes[i].smpp.receipts)
			return true;
	return false;
}

static void
on_timer(uv_timer_t *timer)
{
	struct asking *a = timer->data;
	uint64_t now = uv_now(a->loop);
	struct waiting w;
	struct job *j;

	if (a->config == NULL || !receipts_wanted(a->config)) {
		a->once.n = a->again.n = 0;
		return;
	}
	if ((j = calloc(1, sizeof *j)) == NULL) {
		arm(a);
		return;
	}
	j->a = a;
	while (j->n < AT_ONCE && pop(&a->once, now, &w)) {
		j->message[j->n++] = w.message;
		push(&a->again, w.message, w.at + SECOND_MS);
	}
	while (j->n < AT_ONCE && pop(&a->again, now, &w))
		j->message[j->n++] = w.message;
	a->jobs++;
	if (writer_submit(a->writer, find_work, on_found, j) != 0)
		on_found(j, UV_ENOMEM);
}

/* ---- answers ---- */

static int
answer_work(struct store *s, void *ctx)
{
	struct job *j = ctx;
	struct settle_sums sums = {0};

	return settle_query(s, j->a->learned, j->route, j->answered, j->part, &j->receipt, j->now,
			    &sums);
}

static void
on_stored(void *ctx, int status)
{
	struct job *j = ctx;
	struct asking *a = j->a;

	a->jobs--;
	if (status != 0)
		log_event(LOG_WARN, "query_not_stored", log_str("why", uv_strerror(status)));
	free(j);
	finish(a);
}

void
asking_answered(struct asking *a, const char *route, uint64_t cookie, const struct receipt *receipt)
{
	struct job *j;

	if (a->closing || !receipt_state_final(receipt->state) ||
	    (j = calloc(1, sizeof *j)) == NULL)
		return;
	j->a = a;
	j->receipt = *receipt;
	j->answered = (int64_t)(cookie >> 8);
	j->part = (int)(cookie & 0xff) + 1;
	j->now = clock_now(a->clock);
	snprintf(j->route, sizeof j->route, "%s", route);
	a->jobs++;
	if (writer_submit(a->writer, answer_work, on_stored, j) != 0)
		on_stored(j, UV_ENOMEM);
}

/* ---- taking up after a start ---- */

struct take_up {
	struct asking *a;
	int64_t message[TAKE_UP];
	size_t n;
};

static int
take_up_work(struct store *s, void *ctx)
{
	struct take_up *t = ctx;
	sqlite3_stmt *st = store_get(s, STORE_NEWEST_SENT);
	int rc;

	store_bind_int(st, 1, TAKE_UP);
	while ((rc = store_step(s, st)) == 1)
		t->message[t->n++] = sqlite3_column_int64(st, 0);
	return rc;
}

static void
on_taken_up(void *ctx, int status)
{
	struct take_up *t = ctx;
	struct asking *a = t->a;

	a->jobs--;
	for (size_t i = t->n; status == 0 && i > 0; i--)
		push(&a->once, t->message[i - 1], uv_now(a->loop) + FIRST_MS);
	free(t);
	arm(a);
	finish(a);
}

void
asking_use(struct asking *a, struct config *config)
{
	struct take_up *t;

	config_unref(a->config);
	a->config = config_ref(config);
	if (a->taken_up || !receipts_wanted(config) || (t = calloc(1, sizeof *t)) == NULL)
		return;
	a->taken_up = true;
	t->a = a;
	a->jobs++;
	if (writer_submit(a->writer, take_up_work, on_taken_up, t) != 0)
		on_taken_up(t, UV_ENOMEM);
}

/* ---- life ---- */

int
asking_open(struct asking **out, uv_loop_t *loop, struct writer *writer, struct dispatch *dispatch,
	    const struct clock *clock, struct settle_tools *learned, void *ctx)
{
	struct asking *a = calloc(1, sizeof *a);

	if (a == NULL)
		return UV_ENOMEM;
	a->once.list = calloc(WAITING, sizeof *a->once.list);
	a->again.list = calloc(WAITING, sizeof *a->again.list);
	if (a->once.list == NULL || a->again.list == NULL) {
		free(a->once.list);
		free(a->again.list);
		free(a);
		return UV_ENOMEM;
	}
	a->loop = loop;
	a->writer = writer;
	a->dispatch = dispatch;
	a->clock = clock;
	a->learned = learned;
	a->ctx = ctx;
	uv_timer_init(loop, &a->timer);
	a->timer.data = a;
	a->timer.timer_cb = on_timer;
	*out = a;
	return 0;
}

static void
on_timer_closed(uv_handle_t *h)
{
	struct asking *a = h->data;
	asking_closed *closed = a->closed;
	void *ctx = a->ctx;

	config_unref(a->config);
	free(a->once.list);
	free(a->again.list);
	free(a);
	closed(ctx);
}

static void
finish(struct asking *a)
{
	if (a->closing && a->jobs == 0 && !uv_is_closing((uv_handle_t *)&a->timer))
		uv_close((uv_handle_t *)&a->timer, on_timer_closed);
}

void
asking_close(struct asking *a, asking_closed *closed)
{
	assert(!a->closing);
	a->closing = true;
	a->closed = closed;
	finish(a);
}
