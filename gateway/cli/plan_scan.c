#include "plan_scan.h"

#include "gateway/store/list.h"
#include "gateway/store/work.h"
#include "schedule/plan.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* How many days may lie between an amount's due date and the first day asked about. */
#define NEAREST (CAMPAIGN_DAY_MIN - PLAN_SCAN_DAYS)
#define REACH   (2 * CAMPAIGN_DAY_MAX - NEAREST)

struct scanning {
	struct plan_scan *scan;
	int32_t from;
	uint8_t within[REACH]; /* by days from the due date to `from`, less NEAREST */
	int64_t *account;      /* found in this stretch, ascending */
	size_t n, cap;
	uint8_t *known; /* a bit a person */
	size_t n_known; /* octets */
	bool failed;
};

static void
mark_steps(struct scanning *g, const struct config *config, int32_t days)
{
	for (size_t i = 0; i < config->n_campaigns; i++) {
		const struct campaign *c = config->campaigns[i];

		for (size_t k = 0; k < c->n_steps; k++) {
			int32_t first = c->steps[k].day - days + 1;
			int32_t last = c->steps[k].day + plan_reach(&c->steps[k]) + 1;

			for (int32_t d = first; d <= last && d - NEAREST < REACH; d++)
				g->within[d - NEAREST] = 1;
		}
	}
}

/* A list of 64-bit ids with room for one more; NULL without memory. */
static int64_t *
with_room(int64_t *list, size_t n, size_t *cap)
{
	size_t wider = *cap == 0 ? 1024 : *cap * 2;
	int64_t *grown;

	if (n < *cap)
		return list;
	if ((grown = realloc(list, wider * sizeof *list)) != NULL)
		*cap = wider;
	return grown;
}

static void
on_amount(void *ctx, int64_t account, int32_t due)
{
	struct scanning *g = ctx;
	int64_t at = (int64_t)g->from - due - NEAREST, *list;

	g->scan->amounts++;
	if (at < 0 || at >= REACH || !g->within[at])
		return;
	if (g->n > 0 && g->account[g->n - 1] == account)
		return;
	if ((list = with_room(g->account, g->n, &g->cap)) == NULL) {
		g->failed = true;
		return;
	}
	g->account = list;
	g->account[g->n++] = account;
}

/* Has the person come up before?  From now on it has. */
static bool
is_known(struct scanning *g, int64_t person)
{
	size_t at = (size_t)person / 8;
	uint8_t bit = (uint8_t)(1u << (person % 8));
	bool before;

	if (at >= g->n_known) {
		size_t n = at + 4096;
		uint8_t *grown = realloc(g->known, n);

		if (grown == NULL) {
			g->failed = true;
			return true;
		}
		memset(grown + g->n_known, 0, n - g->n_known);
		g->known = grown;
		g->n_known = n;
	}
	before = (g->known[at] & bit) != 0;
	g->known[at] |= bit;
	return before;
}

static int
add_persons(struct scanning *g, struct store *s)
{
	struct plan_scan *scan = g->scan;
	int64_t person, *list;
	int rc = 0;

	for (size_t i = 0; i < g->n && rc == 0 && !g->failed; i++) {
		if ((rc = list_person(s, g->account[i], &person)) != 0 || person == 0 ||
		    is_known(g, person))
			continue;
		if ((list = with_room(scan->person, scan->n, &scan->cap)) == NULL)
			return UV_ENOMEM;
		scan->person = list;
		scan->person[scan->n++] = person;
	}
	g->n = 0;
	return g->failed ? UV_ENOMEM : rc;
}

static int
on_promised(void *ctx, int64_t account)
{
	struct scanning *g = ctx;
	int64_t *list = with_room(g->account, g->n, &g->cap);

	if (list == NULL)
		return UV_ENOMEM;
	g->account = list;
	g->account[g->n++] = account;
	return 0;
}

/* The day of an open promise is a step of its own, however far behind the campaign's last. */
static int
add_promised(struct scanning *g, struct store *s, int32_t from, int32_t to)
{
	int rc = list_lock(s);

	if (rc != 0)
		return rc;
	rc = work_promised(s, from, to, on_promised, g);
	if (rc == 0)
		rc = add_persons(g, s);
	list_unlock(s);
	return rc;
}

int
plan_scan_run(struct plan_scan *scan, struct store *s, const struct config *config, int32_t from,
	      int32_t to)
{
	struct scanning *g = calloc(1, sizeof *g);
	int64_t after = 0;
	int more = 1, rc = 0;

	if (g == NULL)
		return UV_ENOMEM;
	g->scan = scan;
	g->from = from;
	mark_steps(g, config, to - from + 1);
	while (more == 1 && rc == 0) {
		if ((rc = list_lock(s)) == 0 && (more = list_amounts(s, &after, on_amount, g)) >= 0)
			rc = add_persons(g, s);
		list_unlock(s);
	}
	if (more == 0 && rc == 0)
		rc = add_promised(g, s, from - 1, to + 1);
	free(g->account);
	free(g->known);
	free(g);
	return more < 0 ? more : rc;
}

void
plan_scan_clear(struct plan_scan *scan)
{
	free(scan->person);
	*scan = (struct plan_scan){0};
}
