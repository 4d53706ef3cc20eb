/* dunlin accounts */
#include "account_rows.h"
#include "unselected.h"

#include <uv.h>

/* Accounts are read in stretches, each under one read transaction that lets go soon. */
#define STRETCH 500

static int
show_stretch(struct rows *r, struct show *s, const struct plan_rules *rules,
	     const struct list_account *list, int n)
{
	int rc = list_lock(s->store);

	for (int i = 0; i < n && rc == 0 && r->shown < s->limit; i++) {
		size_t index;

		rc = facts_load_account(s->facts, s->store, list[i].id, s->now, &index);
		if (rc == 0)
			rc = account_rows_row(r, s, rules, index);
		else if (rc == UV_ENOENT) /* an import was taken back: it is in no list now */
			rc = 0;
	}
	list_unlock(s->store);
	rows_flush(r);
	return rc;
}

static int
show_all(struct rows *r, struct show *s, struct list_walk *w)
{
	const struct list_account *list;
	struct plan_rules rules;
	int n = 0, rc = 0, status = show_rules(s, &rules);

	while (status == CLI_DONE && rc == 0 && r->error == 0 && r->shown < s->limit &&
	       (n = list_accounts(w, &list)) > 0)
		for (int i = 0; i < n && rc == 0; i += STRETCH)
			rc =
			    show_stretch(r, s, &rules, list + i, n - i < STRETCH ? n - i : STRETCH);
	return rc < 0 || n < 0 ? show_failed(s) : status;
}

/* ---- those no campaign selects ---- */

struct listing {
	struct rows *rows;
	struct show *show;
	const struct plan_rules *rules;
	int rc;
};

static int
show_one(void *ctx, size_t index)
{
	struct listing *l = ctx;

	l->rc = account_rows_row(l->rows, l->show, l->rules, index);
	return l->rc;
}

static int
show_unselected(struct rows *r, struct show *s)
{
	struct plan_rules rules;
	struct listing l = {.rows = r, .show = s, .rules = &rules};
	int64_t n;
	int status = show_rules(s, &rules);

	if (status != CLI_DONE)
		return status;
	n = unselected_walk(s->store, s->facts, s->now, s->limit, show_one, &l);
	return n < 0 || l.rc != 0 ? show_failed(s) : CLI_DONE;
}

int
cli_accounts(const struct cli_call *call)
{
	bool unselected = cli_option(call, NULL, "unselected") != NULL;
	struct list_filter filter;
	struct list_walk *w = NULL;
	struct show s;
	struct rows r;
	int status, ended;

	/* With a campaign that cannot be read, those it selects would stand among the unselected.
	 */
	status = unselected ? show_open_checked(&s, call) : show_open(&s, call);

	if (status != CLI_DONE)
		return status;
	if ((status = show_filter(&s, &filter)) == CLI_DONE) {
		rows_open(&r, stdout, call->json, account_rows, ACCOUNT_ROWS);
		if (s.store != NULL && (w = list_new(s.store, &filter)) == NULL)
			status = cli_fail(CLI_FAILED, "out of memory");
		else if (w != NULL)
			status = unselected ? show_unselected(&r, &s) : show_all(&r, &s, w);
		ended = rows_close(&r, status != CLI_DONE ? NULL
				       : unselected && s.store != NULL
					   ? "Every account that owes is selected by a campaign."
				       : s.narrowed
					   ? "None of these."
					   : "No accounts yet: dunlin import accounts FILE.csv");
		status = status != CLI_DONE ? status : ended;
	}
	list_free(w);
	show_close(&s);
	return status;
}
