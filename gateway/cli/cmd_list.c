/* dunlin messages | inbox | promises | calls | tasks | events */
#include "list_rows.h"
#include "show.h"
#include "work_list.h"

#define NEWEST "(the newest; --limit N shows more)"

/* One list: its pages, and how a row of a page is shown. */
struct list_kind {
	const struct rows_column *columns;
	size_t n_columns;
	int (*page)(struct list_walk *w, const void **rows);
	void (*row)(struct rows *r, struct show *s, const void *rows, int i);
	const char *empty; /* what a table without rows says */
	const char *more;  /* what one says on a terminal that shows no more than it was asked */
};

static int
show_pages(struct show *s, const struct list_kind *kind, struct list_walk *w)
{
	struct rows r;
	const void *rows;
	int n = 0, status;

	rows_open(&r, stdout, s->call->json, kind->columns, kind->n_columns);
	while (w != NULL && r.shown < s->limit && (n = kind->page(w, &rows)) > 0) {
		for (int i = 0; i < n && r.shown < s->limit; i++)
			kind->row(&r, s, rows, i);
		rows_flush(&r);
		if (r.error != 0)
			break;
	}
	status = rows_close(&r, n < 0 ? NULL : s->narrowed ? "None of these." : kind->empty);
	if (n > 0 && r.shown == SHOW_ROWS && table_terminal(stdout) > 0 && !s->call->json)
		puts(kind->more);
	return n < 0 ? show_failed(s) : status;
}

/* `after`: of events, the seq of the one before. */
static int
show_list(const struct cli_call *call, const struct list_kind *kind, int64_t after)
{
	struct list_filter filter;
	struct list_walk *w = NULL;
	struct show s;
	int status = show_open(&s, call);

	if (status != CLI_DONE)
		return status;
	if ((status = show_filter(&s, &filter)) == CLI_DONE) {
		filter.after = after;
		if (s.store != NULL && (w = list_new(s.store, &filter)) == NULL)
			status = cli_fail(CLI_FAILED, "out of memory");
		else
			status = show_pages(&s, kind, w);
	}
	list_free(w);
	show_close(&s);
	return status;
}

/* ---- messages ---- */

static int
page_messages(struct list_walk *w, const void **rows)
{
	return list_messages(w, (const struct list_message **)rows);
}

static void
row_message(struct rows *r, struct show *s, const void *rows, int i)
{
	const struct list_message *m = (const struct list_message *)rows + i;

	list_rows_message(r, m, show_zone(s, m->owner.timezone), s->now);
}

int
cli_messages(const struct cli_call *call)
{
	static const struct list_kind kind = {
	    list_rows_messages,
	    LIST_ROWS_MESSAGES,
	    page_messages,
	    row_message,
	    "No texts yet. `dunlin plan` shows what would go, `dunlin serve` sends it.",
	    NEWEST};

	return show_list(call, &kind, 0);
}

/* ---- inbox ---- */

static int
page_inbox(struct list_walk *w, const void **rows)
{
	return list_inbox(w, (const struct list_inbox **)rows);
}

static void
row_inbox(struct rows *r, struct show *s, const void *rows, int i)
{
	const struct list_inbox *in = (const struct list_inbox *)rows + i;

	list_rows_inbox_row(r, in, show_zone(s, in->owner.timezone));
}

int
cli_inbox(const struct cli_call *call)
{
	static const struct list_kind kind = {
	    list_rows_inbox, LIST_ROWS_INBOX, page_inbox, row_inbox, "Nobody has answered yet.",
	    NEWEST};

	return show_list(call, &kind, 0);
}

/* ---- promises ---- */

static int
page_promises(struct list_walk *w, const void **rows)
{
	return list_promises(w, (const struct list_promise **)rows);
}

static void
row_promise(struct rows *r, struct show *s, const void *rows, int i)
{
	(void)s;
	list_rows_promise(r, (const struct list_promise *)rows + i);
}

int
cli_promises(const struct cli_call *call)
{
	static const struct list_kind kind = {list_rows_promises,
					      LIST_ROWS_PROMISES,
					      page_promises,
					      row_promise,
					      "Nobody has promised to pay yet.",
					      NEWEST};

	return show_list(call, &kind, 0);
}

/* ---- tasks ---- */

static int
page_tasks(struct list_walk *w, const void **rows)
{
	return list_tasks(w, (const struct list_task **)rows);
}

static void
row_task(struct rows *r, struct show *s, const void *rows, int i)
{
	(void)s;
	list_rows_task(r, (const struct list_task *)rows + i);
}

/* The open ones, with the texts of letters: for that what people wrote must be right. */
static int
tasks_csv(const struct cli_call *call)
{
	struct show s;
	int status = show_open_checked(&s, call);

	if (status != CLI_DONE)
		return status;
	status = work_list(&s);
	show_close(&s);
	return status;
}

int
cli_tasks(const struct cli_call *call)
{
	static const struct list_kind kind = {list_rows_tasks,
					      LIST_ROWS_TASKS,
					      page_tasks,
					      row_task,
					      "There is nothing for a person to do.",
					      NEWEST};

	if (cli_option(call, NULL, "csv") != NULL)
		return tasks_csv(call);
	if (cli_option(call, NULL, "kind") != NULL || cli_option(call, NULL, "place") != NULL)
		return cli_usage(call, "--kind and --place go with --csv");
	return show_list(call, &kind, 0);
}

/* ---- calls ---- */

static int
page_calls(struct list_walk *w, const void **rows)
{
	return list_calls(w, (const struct list_call **)rows);
}

static void
row_call(struct rows *r, struct show *s, const void *rows, int i)
{
	const struct list_call *c = (const struct list_call *)rows + i;

	list_rows_call(r, c, show_zone(s, c->owner.timezone), s->now);
}

int
cli_calls(const struct cli_call *call)
{
	static const struct list_kind kind = {
	    list_rows_calls,
	    LIST_ROWS_CALLS,
	    page_calls,
	    row_call,
	    "No calls yet. A step such as {day: 10, call: reminder-call} plans them; the route "
	    "needs `voice: true`.",
	    NEWEST};

	return show_list(call, &kind, 0);
}

/* ---- events ---- */

static int
page_events(struct list_walk *w, const void **rows)
{
	return list_events(w, (const struct list_event **)rows);
}

static void
row_event(struct rows *r, struct show *s, const void *rows, int i)
{
	const struct list_event *e = (const struct list_event *)rows + i;

	list_rows_event(r, e, show_zone(s, e->owner.timezone));
}

int
cli_events(const struct cli_call *call)
{
	static const struct list_kind kind = {
	    list_rows_events,
	    LIST_ROWS_EVENTS,
	    page_events,
	    row_event,
	    "Nothing has happened yet.",
	    "(the oldest; --after SEQ goes on, --limit N shows more)"};
	const char *after = cli_option(call, NULL, "after");
	int64_t seq = 0;

	if (after != NULL && !cli_integer(after, 0, INT64_MAX, &seq))
		return cli_usage(call, "--after takes the seq of an event, not `%s`", after);
	return show_list(call, &kind, seq);
}
