#include "settle.h"

#include "store/borrower.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ACTOR            "dunlin"
#define ORPHAN_WAIT_MS   5000 /* its answer has long come by then */
#define ORPHAN_KEEP_MS   (7 * 86400000LL)
#define UNKNOWN_DAYS     3 /* after which no receipt of a text is awaited */
#define UNKNOWN_SLACK_MS 60000
#define MS_PER_DAY       86400000LL
#define PARTIAL_WAIT_MS  60000 /* other parts' receipts have come by then */
#define ONE_REPORT       3     /* texts it takes to believe in one receipt for all */

uint16_t
settle_reference(int64_t id)
{
	return (uint16_t)(id % 65535 + 1);
}

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

static struct settle_route *
route_of(struct store *s, struct settle_tools *tools, const char *name)
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

static int
save_learned(struct store *s, const char *route, const char *what, const char *value,
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
static int
learn(struct store *s, struct settle_route *r, const char *submit_id, const char *receipt_id)
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
	return save_learned(s, r->name, "receipt_id", value, seen, example);
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

static int
set_part(struct store *s, int64_t message, int n, int status, const char *route,
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

struct whole {
	int status;         /* over the parts that count */
	int reported, open; /* parts with a final report, and without */
	int rows;           /* parts something is known of */
};

/* `one`: parts that are not reported on take the state of the one that is.  Of a text that `was`
 * unknown, parts that nobody accepted stay unknown: they may never have been submitted. */
static int
sum_up(struct store *s, int64_t message, int segments, bool one, int was, struct whole *w)
{
	sqlite3_stmt *st = store_get(s, STORE_PARTS_OF);
	int worst = STATUS_DELIVERED, rest = STATUS_SENT, rc;

	*w = (struct whole){0};
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

static int
partial(struct store *s, int64_t message, bool add, int64_t true_now)
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

/* All parts of an unknown text turned out to be with the operator. */
static int
sent_after_all(struct store *s, int64_t message, int64_t account, int64_t now)
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

/* A final report on one part: the part, then the whole. */
static int
report(struct store *s, struct settle_route *r, int64_t message, int64_t account, int n,
       int segments, int was, int status, const char *why, int64_t now, struct settle_sums *sums)
{
	struct whole w = {.status = status};
	sqlite3_stmt *st = store_get(s, STORE_PART_END);
	int rc;

	store_bind_int(st, 1, status);
	store_bind_int(st, 2, now);
	store_bind_int(st, 3, message);
	store_bind_int(st, 4, n);
	rc = store_do(s, st);

	if (rc == 0 && segments > 1) {
		rc = sum_up(s, message, segments, r->one_report >= ONE_REPORT, was, &w);
		if (rc == 0 && w.reported > 1 && was == STATUS_DELIVERED && r->one_report > 0) {
			r->one_report = 0; /* it does report on more than one */
			rc = save_learned(s, r->name, "multipart", "each", 0, NULL);
		}
		if (rc == 0)
			rc = partial(s, message, w.open > 0, true_time());
	}
	if (rc != 0 || w.status == was || was == STATUS_SENDING)
		return rc;
	if (w.status == STATUS_SENT)
		return was == STATUS_UNKNOWN ? sent_after_all(s, message, account, now) : 0;
	if (w.status == STATUS_FAILED)
		sums->failed++;
	return outbox_end(s, message, account, w.status,
			  w.status == STATUS_FAILED    ? REASON_REFUSED
			  : w.status == STATUS_EXPIRED ? REASON_EXPIRED
						       : REASON_NONE,
			  now, ACTOR, why[0] != '\0' ? why : NULL);
}

/* ---- answers ---- */

static int
status_of(struct store *s, int64_t message, int *status, int64_t *account, int *segments)
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_STATE);
	int rc;

	store_bind_int(st, 1, message);
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_ENOENT;
	*status = sqlite3_column_int(st, 0);
	*account = sqlite3_column_int64(st, 1);
	*segments = sqlite3_column_int(st, 2);
	sqlite3_reset(st);
	return 0;
}

/* The same subscriber, however the operator writes the number. */
static bool
same_number(const char *ours, const char *theirs)
{
	size_t a, b;

	ours += ours[0] == '+';
	theirs += theirs[0] == '+';
	if (theirs[0] == '\0' || strcmp(ours, theirs) == 0)
		return true;
	a = strlen(ours);
	b = strlen(theirs);
	return a >= 8 && b >= 8 && strcmp(ours + a - 8, theirs + b - 8) == 0;
}

/* A receipt that belonged to nothing when it came. */
struct orphan {
	int64_t id, echoed, at;
	int status;
	char route[64], smsc_id[SMPP_ID_SIZE], number[32], why[64];
};

static int
drop_orphan(struct store *s, int64_t id)
{
	sqlite3_stmt *st = store_get(s, STORE_ORPHAN_DROP);

	store_bind_int(st, 1, id);
	s->orphans--;
	return store_do(s, st);
}

/* Takes out the first one with that key that names the number: 1, 0 none, negative. */
static int
take_orphan(struct store *s, const struct settle_route *r, const char *key, const char *number,
	    struct orphan *o)
{
	sqlite3_stmt *st = store_get(s, STORE_ORPHAN_FIND);
	int rc;

	store_bind_text(st, 1, key);
	store_bind_text(st, 2, r->name);
	while ((rc = store_step(s, st)) == 1)
		if (same_number(number, store_text(st, 4)))
			break;
	if (rc != 1)
		return rc;
	o->id = sqlite3_column_int64(st, 0);
	o->status = sqlite3_column_int(st, 2);
	snprintf(o->why, sizeof o->why, "%s", store_text(st, 3));
	sqlite3_reset(st);
	rc = drop_orphan(s, o->id);
	return rc != 0 ? rc : 1;
}

/* A receipt may have come before the answer that gives its id. */
static int
early_receipts(struct store *s, struct settle_route *r, const struct settle_answer *a, int64_t now,
	       struct settle_sums *sums)
{
	struct orphan orphan;
	int64_t account;
	char key[SMPP_ID_SIZE];
	int was, segments, rc;

	receipt_id_key(a->smsc_id, key);
	while ((rc = take_orphan(s, r, key, a->number, &orphan)) == 1) {
		if ((rc = status_of(s, a->id, &was, &account, &segments)) != 0 ||
		    (rc = report(s, r, a->id, account, a->part, segments, was, orphan.status,
				 orphan.why, now, sums)) != 0)
			return rc;
	}
	return rc;
}

static int
accepted(struct store *s, struct settle_route *r, const struct settle_answer *a, int64_t now,
	 struct settle_sums *sums)
{
	char key[SMPP_ID_SIZE];
	int rc;

	receipt_id_key(a->smsc_id, key);
	rc =
	    outbox_accepted(s, a->id, a->account, a->part, a->whole, r->name, a->smsc_id, key, now);
	if (a->whole)
		sums->sent++;
	if (rc == 0 && s->orphans > 0 && key[0] != '\0')
		rc = early_receipts(s, r, a, now, sums);
	return rc;
}

static int
refused(struct store *s, const struct settle_answer *a, int64_t now, struct settle_sums *sums)
{
	int rc;

	sums->failed++;
	rc = outbox_end(s, a->id, a->account, STATUS_FAILED,
			a->blocked || a->bad_number ? REASON_BARRED : REASON_REFUSED, now, ACTOR,
			a->why);
	if (rc == 0 && a->blocked)
		rc = borrower_optout(s, a->number, a->account, ACTOR, a->id, now, "operator");
	else if (rc == 0 && a->bad_number)
		rc = borrower_dead_number(s, a->number, a->account, REASON_BARRED, a->id, now);
	return rc;
}

static int
number_of(struct store *s, int64_t message, char number[24])
{
	sqlite3_stmt *st = store_get(s, STORE_MESSAGE_STATE);
	int rc;

	store_bind_int(st, 1, message);
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_ENOENT;
	snprintf(number, 24, "%s", store_text(st, 4));
	sqlite3_reset(st);
	return 0;
}

/* A late answer settles what is still `unknown`, and nothing else. */
static int
late(struct store *s, struct settle_route *r, const struct settle_answer *a, int64_t now,
     struct settle_sums *sums)
{
	struct settle_answer late = *a;
	int status, segments, rc;
	struct whole w;

	if ((rc = status_of(s, a->id, &status, &late.account, &segments)) != 0)
		return rc == UV_ENOENT ? 0 : rc;
	if (status != STATUS_UNKNOWN)
		return 0;
	if ((rc = number_of(s, a->id, late.number)) != 0) /* its flight is over */
		return rc;
	if (a->kind == SETTLE_LATE_REFUSED)
		return refused(s, &late, now, sums);
	if (a->kind == SETTLE_LATE_FOR_NOW)
		return a->parts > 1 ? 0
				    : outbox_requeue(s, a->id, late.account, now, now,
						     "refused_for_now", a->why);
	if ((rc = sum_up(s, a->id, segments, false, status, &w)) != 0)
		return rc;
	late.whole = w.rows + 1 >= a->parts; /* else nothing is known of the others */
	if (late.whole && (rc = sent_after_all(s, a->id, late.account, now)) != 0)
		return rc;
	if ((rc = accepted(s, r, &late, now, sums)) != 0 || !late.whole ||
	    (rc = sum_up(s, a->id, segments, false, STATUS_SENT, &w)) != 0 ||
	    w.status == STATUS_SENT || segments == 1)
		return rc;
	return outbox_end(s, a->id, late.account, w.status, REASON_NONE, now, ACTOR,
			  "a late answer");
}

int
settle_answer(struct store *s, struct settle_tools *tools, const char *route,
	      const struct settle_answer *a, int64_t now, struct settle_sums *sums)
{
	struct settle_route *r = route_of(s, tools, route);

	switch (a->kind) {
	case SETTLE_ACCEPTED: return accepted(s, r, a, now, sums);
	case SETTLE_WRITTEN:
		sums->sent++;
		return outbox_accepted(s, a->id, a->account, 1, true, route, "", "", now);
	case SETTLE_FOR_NOW:
		return outbox_requeue(s, a->id, a->account, now, now, "refused_for_now", a->why);
	case SETTLE_UNSENT: return outbox_requeue(s, a->id, a->account, now, now, "unsent", a->why);
	case SETTLE_REFUSED: return refused(s, a, now, sums);
	case SETTLE_UNKNOWN:
		return outbox_end(s, a->id, a->account, STATUS_UNKNOWN, REASON_NO_ANSWER, now,
				  ACTOR, a->why);
	case SETTLE_LATE_ACCEPTED:
	case SETTLE_LATE_FOR_NOW:
	case SETTLE_LATE_REFUSED: return late(s, r, a, now, sums);
	}
	return UV_EINVAL;
}

/* ---- receipts ---- */

static int
status_of_receipt(enum receipt_state state)
{
	switch (state) {
	case RECEIPT_DELIVERED: return STATUS_DELIVERED;
	case RECEIPT_EXPIRED: return STATUS_EXPIRED;
	case RECEIPT_DELETED:
	case RECEIPT_UNDELIVERABLE:
	case RECEIPT_REJECTED: return STATUS_FAILED;
	case RECEIPT_UNKNOWN: return STATUS_UNKNOWN;
	default: return STATUS_SENT;
	}
}

struct match {
	int64_t message, account;
	int n, part, segments, was; /* part: its own state */
	char smsc_id[SMPP_ID_SIZE], number[24];
};

static int
find(struct store *s, struct settle_route *r, const char *receipt_id, const char *number,
     struct match *m)
{
	struct receipt_id_form forms[RECEIPT_ID_FORMS];
	int n = receipt_id_forms(&r->ids, receipt_id, forms), rc;

	for (int i = 0; i < n; i++) {
		sqlite3_stmt *st = store_get(s, STORE_PART_BY_KEY);
		char key[SMPP_ID_SIZE];

		receipt_id_key(forms[i].text, key);
		store_bind_text(st, 1, key);
		store_bind_text(st, 2, r->name);
		while ((rc = store_step(s, st)) == 1) {
			if ((!forms[i].by_key && strcmp(store_text(st, 2), forms[i].text) != 0) ||
			    !same_number(store_text(st, 4), number))
				continue;
			*m = (struct match){.message = sqlite3_column_int64(st, 0),
					    .n = sqlite3_column_int(st, 1),
					    .part = sqlite3_column_int(st, 3),
					    .segments = sqlite3_column_int(st, 5),
					    .was = sqlite3_column_int(st, 6),
					    .account = sqlite3_column_int64(st, 7)};
			snprintf(m->smsc_id, sizeof m->smsc_id, "%s", store_text(st, 2));
			snprintf(m->number, sizeof m->number, "%s", store_text(st, 4));
			sqlite3_reset(st);
			return 1;
		}
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void
explain(const struct receipt *r, char why[64])
{
	if (r->state == RECEIPT_DELIVERED)
		why[0] = '\0';
	else
		snprintf(why, 64, "%s%s%s", receipt_state_name(r->state),
			 r->error[0] != '\0' ? ", error " : "", r->error);
}

int
settle_receipt(struct store *s, struct settle_tools *tools, const char *route,
	       const struct receipt *receipt, const char *number, int64_t now,
	       struct settle_sums *sums)
{
	struct settle_route *r = route_of(s, tools, route);
	struct match m;
	char why[64];
	int rc = find(s, r, receipt->id, number, &m);

	if (rc <= 0)
		return rc;
	if ((rc = learn(s, r, m.smsc_id, receipt->id)) != 0)
		return rc;
	/* What reached the handset has reached it, whatever is said later. */
	if (!receipt_state_final(receipt->state) || m.part == STATUS_DELIVERED)
		return 1;
	explain(receipt, why);
	rc = report(s, r, m.message, m.account, m.n, m.segments, m.was,
		    status_of_receipt(receipt->state), why, now, sums);
	if (rc == 0 && receipt->blocked)
		rc = borrower_optout(s, m.number, m.account, ACTOR, m.message, now, "operator");
	return rc != 0 ? rc : 1;
}

int
settle_query(struct store *s, struct settle_tools *tools, const char *route, int64_t message,
	     int part, const struct receipt *receipt, int64_t now, struct settle_sums *sums)
{
	int status, segments, rc;
	int64_t account;
	char why[64];

	if ((rc = status_of(s, message, &status, &account, &segments)) != 0)
		return rc == UV_ENOENT ? 0 : rc;
	if (status != STATUS_SENT)
		return 0; /* a receipt was faster */
	explain(receipt, why);
	return report(s, route_of(s, tools, route), message, account, part, segments, status,
		      status_of_receipt(receipt->state), why, now, sums);
}

int
settle_orphan(struct store *s, const char *route, const struct receipt *r, const char *number,
	      int64_t true_now)
{
	sqlite3_stmt *st = store_get(s, STORE_ORPHAN_ADD);
	char key[SMPP_ID_SIZE], why[64];
	int rc;

	if (!receipt_state_final(r->state))
		return 0;
	receipt_id_key(r->id, key);
	explain(r, why);
	store_bind_text(st, 1, route);
	store_bind_text(st, 2, r->id);
	store_bind_text(st, 3, key);
	store_bind_int(st, 4, status_of_receipt(r->state));
	store_bind_text(st, 5, why);
	store_bind_text(st, 6, number);
	if (r->has_user_message_reference)
		store_bind_int(st, 7, r->user_message_reference);
	store_bind_int(st, 8, true_now);
	if ((rc = store_do(s, st)) == 0)
		s->orphans++;
	return rc;
}

/* ---- housekeeping ---- */

/* Is a text to that number on the wire?  Then the receipt may be about that one. */
static int
sending_to(struct store *s, const char *number)
{
	sqlite3_stmt *st = store_get(s, STORE_SENDING_TO);
	int rc;

	store_bind_text(st, 1, number);
	rc = store_step(s, st);
	sqlite3_reset(st);
	return rc;
}

/* Can a receipt that came then be about a text handed over at `handed`?  The schedule's clock tells
 * nothing of that. */
static bool
in_time(const struct store *s, const struct orphan *o, int64_t handed)
{
	return s->schedule ||
	       (handed <= o->at + UNKNOWN_SLACK_MS && handed >= o->at - UNKNOWN_DAYS * MS_PER_DAY);
}

/* The one unknown text this receipt can be about: by the echoed reference, else the only one to
 * that number over that route, and of that time.  1, 0 none, negative. */
static int
unknown_for(struct store *s, const struct orphan *o, int64_t *message, int64_t *account,
	    int *segments)
{
	char number[40];
	int found = 0, rc;
	sqlite3_stmt *st;

	snprintf(number, sizeof number, "%s%s", o->number[0] == '+' ? "" : "+", o->number);
	st = store_get(s, STORE_UNKNOWN_TO);
	store_bind_text(st, 1, number);
	store_bind_text(st, 2, o->route);
	while ((rc = store_step(s, st)) == 1) {
		int64_t id = sqlite3_column_int64(st, 0);

		if ((o->echoed != 0 && settle_reference(id) != o->echoed) ||
		    !in_time(s, o, sqlite3_column_int64(st, 3)))
			continue;
		*message = id;
		*account = sqlite3_column_int64(st, 1);
		*segments = sqlite3_column_int(st, 2);
		found++;
	}
	if (rc < 0 || found != 1 || o->echoed != 0)
		return rc < 0 ? rc : found == 1;
	rc = sending_to(s, number);
	return rc < 0 ? rc : rc == 0;
}

static int
settle_unknown(struct store *s, struct settle_tools *tools, const struct orphan *o, int64_t now)
{
	struct settle_sums sums = {0};
	int64_t message, account;
	struct whole w;
	int segments, rc, n;

	if ((rc = unknown_for(s, o, &message, &account, &segments)) <= 0)
		return rc;
	if ((rc = sum_up(s, message, segments, false, STATUS_UNKNOWN, &w)) != 0)
		return rc;
	/* Which part it was nobody can tell: the next one. */
	n = w.rows < segments ? w.rows + 1 : segments;
	if ((rc = set_part(s, message, n, o->status, o->route, o->smsc_id, now)) != 0 ||
	    (rc = report(s, route_of(s, tools, o->route), message, account, n, segments,
			 STATUS_UNKNOWN, o->status,
			 o->why[0] != '\0' ? o->why : "settled by its receipt", now, &sums)) != 0)
		return rc;
	return drop_orphan(s, o->id);
}

/* Its answer came since, and the ids are one by a rule that was not looked for then. */
static int
settle_found(struct store *s, struct settle_tools *tools, const struct orphan *o, int64_t now)
{
	struct settle_route *r = route_of(s, tools, o->route);
	struct settle_sums sums = {0};
	struct match m;
	int rc = find(s, r, o->smsc_id, o->number, &m);

	if (rc <= 0)
		return rc;
	if ((rc = learn(s, r, m.smsc_id, o->smsc_id)) != 0)
		return rc;
	if (m.part != STATUS_DELIVERED && (rc = report(s, r, m.message, m.account, m.n, m.segments,
						       m.was, o->status, o->why, now, &sums)) != 0)
		return rc;
	rc = drop_orphan(s, o->id);
	return rc != 0 ? rc : 1;
}

/* A stretch of the orphans each time, so that a link that reports on other people's texts does not
 * hold the store. */
static int
sweep_orphans(struct store *s, struct settle_tools *tools, int64_t now, int64_t true_now)
{
	struct orphan list[100];
	int rc, n = 0;
	sqlite3_stmt *st = store_get(s, STORE_ORPHAN_OLD);

	store_bind_int(st, 1, true_now - ORPHAN_WAIT_MS);
	store_bind_int(st, 2, tools->orphan_after);
	while ((rc = store_step(s, st)) == 1) {
		struct orphan *o = &list[n++];

		*o = (struct orphan){.id = sqlite3_column_int64(st, 0),
				     .status = sqlite3_column_int(st, 4),
				     .echoed = sqlite3_column_int64(st, 7),
				     .at = sqlite3_column_int64(st, 8)};
		snprintf(o->route, sizeof o->route, "%s", store_text(st, 1));
		snprintf(o->smsc_id, sizeof o->smsc_id, "%s", store_text(st, 2));
		snprintf(o->why, sizeof o->why, "%s", store_text(st, 5));
		snprintf(o->number, sizeof o->number, "%s", store_text(st, 6));
	}
	tools->orphan_after = n == 100 ? list[n - 1].id : 0;
	for (int i = 0; i < n && rc >= 0; i++)
		if ((rc = settle_found(s, tools, &list[i], now)) == 0)
			rc = settle_unknown(s, tools, &list[i], now);
	if (rc < 0)
		return rc;
	st = store_get(s, STORE_ORPHAN_AGE);
	store_bind_int(st, 1, true_now - ORPHAN_KEEP_MS);
	if ((rc = store_do(s, st)) == 0)
		s->orphans -= sqlite3_changes(s->db);
	return rc;
}

/* A long text reported on by one receipt alone: the link reports so, and the text takes its state.
 */
static int
sweep_partials(struct store *s, struct settle_tools *tools, int64_t now, int64_t true_now)
{
	int64_t list[100];
	int n = 0, rc;
	sqlite3_stmt *st = store_get(s, STORE_PARTIAL_OLD);

	store_bind_int(st, 1, true_now - PARTIAL_WAIT_MS);
	while ((rc = store_step(s, st)) == 1)
		list[n++] = sqlite3_column_int64(st, 0);
	for (int i = 0; i < n && rc >= 0; i++) {
		struct outbox_row row;
		struct settle_route *r;
		struct whole w;

		if ((rc = outbox_get(s, list[i], &row)) != 0)
			return rc;
		r = route_of(s, tools, row.route);
		if ((rc = sum_up(s, row.id, row.segments, true, row.status, &w)) == 0 &&
		    row.status == STATUS_SENT)
			rc = outbox_end(s, row.id, row.account, w.status, REASON_NONE, now, ACTOR,
					"the link reports on one part only");
		if (rc == 0 && w.reported == 1 && row.status == STATUS_SENT)
			rc = save_learned(s, r->name, "multipart", "one", ++r->one_report, NULL);
		if (rc == 0)
			rc = partial(s, row.id, false, 0);
		outbox_row_clear(&row);
	}
	return rc;
}

int
settle_sweep(struct store *s, struct settle_tools *tools, int64_t now, int64_t true_now)
{
	int rc = s->orphans > 0 ? sweep_orphans(s, tools, now, true_now) : 0;

	return rc < 0 ? rc : sweep_partials(s, tools, now, true_now);
}
