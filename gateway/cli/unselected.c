#include "unselected.h"

#include <uv.h>

#define STRETCH 500 /* accounts read under one transaction */

static bool
takes_everybody(const struct config *c)
{
	for (size_t i = 0; i < c->n_campaigns; i++)
		if (c->campaigns[i]->n_select == 0)
			return true;
	return false;
}

/* 1: it owes, and no campaign selects it; 0; negative. */
static int
is_unselected(struct store *s, struct facts *facts, int64_t account, int64_t now, size_t *index)
{
	const struct plan_account *p;
	int rc = facts_look(facts, s, account, now);

	if (rc == FACTS_SELECTED || rc == UV_ENOENT)
		return 0;
	if (rc < 0)
		return rc;
	if ((rc = facts_load_account(facts, s, account, now, index)) != 0)
		return rc == UV_ENOENT ? 0 : rc;
	p = &facts_person(facts)->accounts[*index];
	return !facts_account(facts, *index)->selected &&
	       debt_sum(p->amounts, p->n_amounts, 0, facts_config(facts)->ignore_below).index >= 0;
}

struct walk {
	struct store *s;
	struct facts *facts;
	int64_t now, most, n;
	unselected_cb *each;
	void *ctx;
	bool ended;
};

static int
walk_stretch(struct walk *w, const struct list_account *list, int n)
{
	int rc = list_lock(w->s);
	size_t index;

	for (int i = 0; i < n && rc == 0 && !w->ended; i++) {
		if ((rc = is_unselected(w->s, w->facts, list[i].id, w->now, &index)) != 1)
			continue;
		rc = 0;
		w->n++;
		w->ended = (w->each != NULL && w->each(w->ctx, index) != 0) || w->n >= w->most;
	}
	list_unlock(w->s);
	return rc;
}

int64_t
unselected_walk(struct store *s, struct facts *facts, int64_t now, int64_t most,
		unselected_cb *each, void *ctx)
{
	struct list_filter filter = {.since = INT64_MIN};
	struct walk w = {
	    .s = s, .facts = facts, .now = now, .most = most, .each = each, .ctx = ctx};
	const struct list_account *list;
	struct list_walk *walk;
	int n = 0, rc = 0;

	if (takes_everybody(facts_config(facts)) || most <= 0)
		return 0;
	if ((walk = list_new(s, &filter)) == NULL)
		return UV_ENOMEM;
	while (rc == 0 && !w.ended && (n = list_accounts(walk, &list)) > 0)
		for (int i = 0; i < n && rc == 0 && !w.ended; i += STRETCH)
			rc = walk_stretch(&w, list + i, n - i < STRETCH ? n - i : STRETCH);
	list_free(walk);
	return rc != 0 ? rc : n < 0 ? n : w.n;
}

int64_t
unselected_count(struct store *s, const struct config *config, int64_t now)
{
	struct facts *facts = facts_new(config);
	int64_t n = facts != NULL ? unselected_walk(s, facts, now, INT64_MAX, NULL, NULL) : 0;

	if (facts != NULL)
		facts_free(facts);
	return n > 0 ? n : 0;
}
