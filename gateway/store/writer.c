#include "writer.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#define WRITER_LOG_PAGES 2000 /* of 4 KiB: the log is copied when it has that many */

struct job {
	struct job *next;
	writer_work *work;
	writer_done *done;
	void *ctx;
	int status;
};

struct queue {
	struct job *head, **tail;
};

struct writer {
	struct store *store;
	uv_thread_t thread;
	uv_mutex_t lock; /* guards waiting, finished, stopping */
	uv_cond_t wake;
	struct queue waiting;  /* submitted, not yet run */
	struct queue finished; /* durable or failed, `done` not yet called */
	bool stopping;
	/* The log is copied into the database by a thread and connection of its own, so that
	 * commits do not wait for it.  Under load it never catches up, since new pages keep coming:
	 * once it has done the bulk the writer copies the last few itself, and the log begins anew.
	 */
	uv_thread_t checkpointer;
	uv_cond_t checkpoint;
	bool checkpoint_wanted; /* guarded by `lock` */
	atomic_bool nearly_copied;
	uv_async_t async; /* finished is not empty */
	size_t backlog;   /* loop thread only */
	bool closing;
	writer_closed *closed;
	void *closed_ctx;
};

static void
queue_init(struct queue *q)
{
	q->head = NULL;
	q->tail = &q->head;
}

static void
queue_push(struct queue *q, struct job *j)
{
	j->next = NULL;
	*q->tail = j;
	q->tail = &j->next;
}

static struct job *
queue_pop(struct queue *q)
{
	struct job *j = q->head;

	if (j != NULL && (q->head = j->next) == NULL)
		q->tail = &q->head;
	return j;
}

/* Moves everything of `from` behind `to`. */
static void
queue_join(struct queue *to, struct queue *from)
{
	if (from->head == NULL)
		return;
	*to->tail = from->head;
	to->tail = from->tail;
	queue_init(from);
}

/* ---- the write-ahead log ---- */

static void
checkpointer_main(void *arg)
{
	struct writer *w = arg;
	sqlite3 *db = NULL;

	uv_mutex_lock(&w->lock);
	for (;;) {
		while (!w->checkpoint_wanted && !w->stopping)
			uv_cond_wait(&w->checkpoint, &w->lock);
		if (w->stopping)
			break;
		w->checkpoint_wanted = false;
		uv_mutex_unlock(&w->lock);
		if (db == NULL &&
		    sqlite3_open_v2(sqlite3_db_filename(w->store->db, "main"), &db,
				    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
			/* A connection that has read nothing does not know that there is a log. */
			sqlite3_exec(db, "SELECT 1 FROM meta", NULL, NULL, NULL);
		sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
		atomic_store(&w->nearly_copied, true);
		uv_mutex_lock(&w->lock);
	}
	uv_mutex_unlock(&w->lock);
	sqlite3_close(db);
}

/* After each commit: how many pages the log has now. */
static int
on_wal(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct writer *w = arg;

	if (pages < WRITER_LOG_PAGES)
		return SQLITE_OK;
	if (atomic_exchange(&w->nearly_copied, false)) {
		sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
		return SQLITE_OK;
	}
	uv_mutex_lock(&w->lock);
	if (!w->checkpoint_wanted) {
		w->checkpoint_wanted = true;
		uv_cond_signal(&w->checkpoint);
	}
	uv_mutex_unlock(&w->lock);
	return SQLITE_OK;
}

/* ---- the writer's thread ---- */

static int
run_job(struct store *s, struct job *j)
{
	uint8_t head[32];
	int64_t seq = s->head_seq, at = s->head_at, orphans = s->orphans, visible = s->visible;
	int rc;

	for (size_t i = 0; i < sizeof head; i++)
		head[i] = s->head[i];
	if ((rc = store_do(s, store_get(s, STORE_SAVEPOINT))) != 0)
		return rc;
	rc = j->work(s, j->ctx);
	if (rc != 0) {
		/* The chain's head must step back with the rows. */
		for (size_t i = 0; i < sizeof head; i++)
			s->head[i] = head[i];
		s->head_seq = seq;
		s->head_at = at;
		s->orphans = orphans;
		s->visible = visible; /* a list that was flipped is not */
		if (!sqlite3_get_autocommit(s->db))
			store_do(s, store_get(s, STORE_ROLLBACK_TO));
	}
	if (sqlite3_get_autocommit(s->db)) /* a full disk undoes the whole transaction by itself */
		return rc != 0 ? rc : UV_EIO;
	store_do(s, store_get(s, STORE_RELEASE));
	return rc;
}

/* Runs one group to its commit; every job of it is in `group` with its status. */
static void
run_group(struct writer *w, struct queue *group)
{
	struct store *s = w->store;
	uint64_t until = uv_hrtime() + WRITER_GROUP_MS * UINT64_C(1000000);
	int rc = store_begin(s);
	struct job *j;

	do {
		uv_mutex_lock(&w->lock);
		j = queue_pop(&w->waiting);
		uv_mutex_unlock(&w->lock);
		if (j == NULL)
			break;
		queue_push(group, j);
		j->status = rc != 0 ? rc : run_job(s, j);
		if (rc == 0 && sqlite3_get_autocommit(s->db))
			rc = j->status;
	} while (uv_hrtime() < until);
	if (rc == 0)
		rc = store_commit(s);
	if (rc == 0)
		return;
	store_rollback(s);
	for (j = group->head; j != NULL; j = j->next)
		j->status = rc;
}

static void
writer_main(void *arg)
{
	struct writer *w = arg;
	struct queue group;

	uv_mutex_lock(&w->lock);
	for (;;) {
		while (w->waiting.head == NULL && !w->stopping)
			uv_cond_wait(&w->wake, &w->lock);
		if (w->waiting.head == NULL)
			break;
		uv_mutex_unlock(&w->lock);
		queue_init(&group);
		run_group(w, &group);
		uv_mutex_lock(&w->lock);
		queue_join(&w->finished, &group);
		uv_async_send(&w->async);
	}
	uv_mutex_unlock(&w->lock);
}

/* ---- the loop's thread ---- */

static void
on_finished(uv_async_t *async)
{
	struct writer *w = async->data;
	struct queue finished;
	struct job *j;

	queue_init(&finished);
	uv_mutex_lock(&w->lock);
	queue_join(&finished, &w->finished);
	uv_mutex_unlock(&w->lock);
	while ((j = queue_pop(&finished)) != NULL) {
		w->backlog--;
		j->done(j->ctx, j->status);
		free(j);
	}
}

int
writer_open(struct writer **out, uv_loop_t *loop, struct store *store)
{
	struct writer *w = calloc(1, sizeof *w);
	int rc;

	if (w == NULL)
		return UV_ENOMEM;
	w->store = store;
	queue_init(&w->waiting);
	queue_init(&w->finished);
	if ((rc = uv_async_init(loop, &w->async, on_finished)) != 0)
		goto err_free;
	w->async.data = w;
	if ((rc = uv_mutex_init(&w->lock)) != 0)
		goto err_async;
	if ((rc = uv_cond_init(&w->wake)) != 0)
		goto err_lock;
	if ((rc = uv_cond_init(&w->checkpoint)) != 0)
		goto err_wake;
	sqlite3_wal_hook(store->db, on_wal, w);
	if ((rc = uv_thread_create(&w->checkpointer, checkpointer_main, w)) != 0)
		goto err_cond;
	if ((rc = uv_thread_create(&w->thread, writer_main, w)) != 0)
		goto err_checkpointer;
	*out = w;
	return 0;

err_checkpointer:
	uv_mutex_lock(&w->lock);
	w->stopping = true;
	uv_cond_signal(&w->checkpoint);
	uv_mutex_unlock(&w->lock);
	uv_thread_join(&w->checkpointer);
err_cond:
	uv_cond_destroy(&w->checkpoint);
err_wake:
	uv_cond_destroy(&w->wake);
err_lock:
	uv_mutex_destroy(&w->lock);
err_async:
	uv_close((uv_handle_t *)&w->async, NULL);
	return rc; /* the loop still refers to the async handle: the program is ending anyway */
err_free:
	free(w);
	return rc;
}

int
writer_submit(struct writer *w, writer_work *work, writer_done *done, void *ctx)
{
	struct job *j;

	if (w->closing)
		return UV_ECANCELED;
	if ((j = malloc(sizeof *j)) == NULL)
		return UV_ENOMEM;
	*j = (struct job){.work = work, .done = done, .ctx = ctx};
	w->backlog++;
	uv_mutex_lock(&w->lock);
	queue_push(&w->waiting, j);
	uv_cond_signal(&w->wake);
	uv_mutex_unlock(&w->lock);
	return 0;
}

size_t
writer_backlog(const struct writer *w)
{
	return w->backlog;
}

static void
on_async_closed(uv_handle_t *h)
{
	struct writer *w = h->data;
	writer_closed *closed = w->closed;
	void *ctx = w->closed_ctx;

	free(w);
	closed(ctx);
}

void
writer_close(struct writer *w, writer_closed *closed, void *ctx)
{
	assert(!w->closing);
	w->closing = true;
	w->closed = closed;
	w->closed_ctx = ctx;
	uv_mutex_lock(&w->lock);
	w->stopping = true;
	uv_cond_signal(&w->wake);
	uv_cond_signal(&w->checkpoint);
	uv_mutex_unlock(&w->lock);
	/* What is left is at most a few groups; the daemon has drained before it comes here. */
	uv_thread_join(&w->thread);
	uv_thread_join(&w->checkpointer);
	on_finished(&w->async);
	store_close(w->store);
	uv_cond_destroy(&w->checkpoint);
	uv_cond_destroy(&w->wake);
	uv_mutex_destroy(&w->lock);
	uv_close((uv_handle_t *)&w->async, on_async_closed);
}
