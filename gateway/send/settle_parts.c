#include "settle_parts.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ACTOR "dunlin"

/* ---- what a route taught us ---- */

static void
load_route(struct store *s, struct settle_route *r)
{
	sqlite3_stmt *st = store_get(s, STORE_LEARNED_GET);
	const char *p;

	r->loaded = true;
	store_bind_text(st, 1, r->name);
	store_bind_text(st, 2, "receipt_id");
	if (store_step(s, st) == 1) {
		p = store_text(st, 0); /* counts by rule, in the order of the enum */
		for (int i = 0; i < RECEIPT_ID_RULES && *p != '\0'; i++) {
			char *end;

			r->ids.seen[i] = (unsigned)strtoul(p, &end, 10);
			p = *end == ' ' ? end + 1 : end;
		}
		sqlite3_reset(st);
	}
	st = store_get(s, STORE_LEARNED_GET);
	store_bind_text(st, 1, r->name);
	store_bind_text(st, 2, "multipart");
	if (store_step(s, st) == 1) {
		r->one_report = sqlite3_column_int(st, 1);
		sqlite3_reset(st);
	}
}

struct settle_route *
settle_route_of(struct store *s, struct settle_tools *tools, const char *name)
{
	struct settle_route *r;

	for (size_t i = 0; i < tools->n_routes; i++)
		if (strcmp(tools->route[i].name, name) == 0)
			return &tools->route[i];
	if (tools->n_routes == sizeof tools->route / sizeof *tools->route)
		tools->n_routes--;
	r = &tools->route[tools->n_routes++];
	memset(r, 0, sizeof *r);
	snprintf(r->name, sizeof r->name, "%s", name);
	load_route(s, r);
	return r;
}

int
settle_save(struct store *s, const char *route, const char *what, const char *value,
	    int64_t evidence, const char *example)
{
	sqlite3_stmt *st = store_get(s, STORE_LEARNED_SET);

	store_bind_text(st, 1, route);
	store_bind_text(st, 2, what);
	store_bind_text(st, 3, value);
	store_bind_int(st, 4, evidence);
	store_bind_text(st, 5, example);
	return store_do(s, st);
}

/* Counts are written down while they are few and then now and then: a row for each receipt would
 * cost more than it tells. */
int
settle_learn(struct store *s, struct settle_route *r, const char *submit_id, const char *receipt_id)
{
	enum receipt_id_rule rule = receipt_id_learn(&r->ids, submit_id, receipt_id);
	unsigned seen = r->ids.seen[rule];
	char value[RECEIPT_ID_RULES * 12], example[2 * SMPP_ID_SIZE + 8];
	size_t len = 0;

	if (++r->ids_unsaved < 1000 && seen > 5)
		return 0;
	r->ids_unsaved = 0;
	for (int i = 0; i < RECEIPT_ID_RULES; i++)
		len += (size_t)snprintf(value + len, sizeof value - len, "%s%u", i > 0 ? " " : "",
					r->ids.seen[i]);
	snprintf(example, sizeof example, "%s -> %s", submit_id, receipt_id);
	return settle_save(s, r->name, "receipt_id", value, seen, example);
}

void
settle_learned(struct store *s, const char *route, char *out, size_t cap)
{
	struct settle_route r = {0};
	enum receipt_id_rule best;

	snprintf(r.name, sizeof r.name, "%s", route);
	load_route(s, &r);
	best = receipt_id_best(&r.ids);
	out[0] = '\0';
	if (r.ids.seen[best] > 0)
		snprintf(out, cap, "receipt ids %s (%u seen)", receipt_id_rule_name(best),
			 r.ids.seen[best]);
	if (r.one_report >= ONE_REPORT)
		snprintf(out + strlen(out), cap - strlen(out), "%sone receipt for all parts",
			 out[0] != '\0' ? "; " : "");
}

/* ---- parts and the whole ---- */

/* failed > expired > unknown > sent > delivered */
static int
weight(int status)
{
	switch (status) {
	case STATUS_FAILED: return 5;
	case STATUS_EXPIRED: return 4;
	case STATUS_UNKNOWN: return 3;
	case STATUS_DELIVERED: return 1;
	default: return 2; /* sent, or not answered yet */
	}
}

int
settle_set_part(struct store *s, int64_t message, int n, int status, const char *route,
		const char *smsc_id, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_PART_SET);
	char key[SMPP_ID_SIZE] = "";

	store_bind_int(st, 1, message);
	store_bind_int(st, 2, n);
	store_bind_int(st, 3, status);
	store_bind_text(st, 4, route);
	if (smsc_id != NULL && smsc_id[0] != '\0') {
		receipt_id_key(smsc_id, key);
		store_bind_text(st, 5, smsc_id);
		store_bind_text(st, 6, key);
	}
	if (status != STATUS_SENT)
		store_bind_int(st, 7, now);
	return store_do(s, st);
}

int
settle_sum_up(struct store *s, int64_t message, int segments, bool one, int was,
	      struct settle_whole *w)
{
	sqlite3_stmt *st = store_get(s, STORE_PARTS_OF);
	int worst = STATUS_DELIVERED, rest = STATUS_SENT, rc;

	*w = (struct settle_whole){0};
	store_bind_int(st, 1, message);
	while ((rc = store_step(s, st)) == 1) {
		int status = sqlite3_column_int(st, 1);

		w->rows++;
		if (status == STATUS_SENT) {
			w->open++;
			continue;
		}
		w->reported++;
		if (weight(status) > weight(worst))
			worst = status;
	}
	if (rc < 0)
		return rc;
	if (segments > w->rows) {
		w->open += segments - w->rows;
		rest = was == STATUS_UNKNOWN ? STATUS_UNKNOWN : STATUS_SENT;
	}
	if (w->open > 0 && !(one && w->reported > 0) && weight(worst) < weight(rest))
		worst = rest;
	w->status = w->reported > 0 ? worst : rest;
	return 0;
}

int
settle_partial(struct store *s, int64_t message, bool add, int64_t true_now)
{
	sqlite3_stmt *st = store_get(s, add ? STORE_PARTIAL_ADD : STORE_PARTIAL_DROP);

	store_bind_int(st, 1, message);
	if (add)
		store_bind_int(st, 2, true_now);
	return store_do(s, st);
}

static int64_t
true_time(void)
{
	uv_timeval64_t tv;

	uv_gettimeofday(&tv);
	return tv.tv_sec * 1000 + tv.tv_usec / 1000;
}

int
settle_sent_after_all(struct store *s, int64_t message, int64_t account, int64_t now)
{
	struct event e = {
	    .at = now, .kind = "sent", .actor = ACTOR, .account = account, .message = message};
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_SENT_AFTER_ALL);
	struct event_json data;
	int rc;

	store_bind_int(st, 1, now);
	store_bind_int(st, 2, message);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "why", "it was unknown");
	return event_append(s, &e, &data);
}

int
settle_report(struct store *s, struct settle_route *r, int64_t message, int64_t account, int n,
	      int segments, int was, int status, const char *why, int64_t now,
	      struct settle_sums *sums)
{
	struct settle_whole w = {.status = status};
	sqlite3_stmt *st = store_get(s, STORE_PART_END);
	int rc;

	store_bind_int(st, 1, status);
	store_bind_int(st, 2, now);
	store_bind_int(st, 3, message);
	store_bind_int(st, 4, n);
	rc = store_do(s, st);

	if (rc == 0 && segments > 1) {
		rc = settle_sum_up(s, message, segments, r->one_report >= ONE_REPORT, was, &w);
		if (rc == 0 && w.reported > 1 && was == STATUS_DELIVERED && r->one_report > 0) {
			r->one_report = 0; /* it does report on more than one */
			rc = settle_save(s, r->name, "multipart", "each", 0, NULL);
		}
		if (rc == 0)
			rc = settle_partial(s, message, w.open > 0, true_time());
	}
	if (rc != 0 || w.status == was || was == STATUS_SENDING)
		return rc;
	if (w.status == STATUS_SENT)
		return was == STATUS_UNKNOWN ? settle_sent_after_all(s, message, account, now) : 0;
	if (w.status == STATUS_FAILED)
		sums->failed++;
	return outbox_end(s, message, account, w.status,
			  w.status == STATUS_FAILED    ? REASON_REFUSED
			  : w.status == STATUS_EXPIRED ? REASON_EXPIRED
			  : w.status == STATUS_UNKNOWN ? REASON_NO_ANSWER
						       : REASON_NONE,
			  now, ACTOR, why[0] != '\0' ? why : NULL);
}
