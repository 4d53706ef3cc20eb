#include "settle_parts.h"

#include "gateway/store/borrower.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ACTOR "dunlin"

uint16_t
settle_reference(int64_t id)
{
	return (uint16_t)(id % 65535 + 1);
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

/* Takes out the first one with that key that names the number: 1, 0 none, negative. */
static int
take_orphan(struct store *s, const struct settle_route *r, const char *key, const char *number,
	    struct settle_orphaned *o)
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
	rc = settle_drop_orphan(s, o->id);
	return rc != 0 ? rc : 1;
}

/* A receipt may have come before the answer that gives its id. */
static int
early_receipts(struct store *s, struct settle_route *r, const struct settle_answer *a, int64_t now,
	       struct settle_sums *sums)
{
	struct settle_orphaned orphan;
	int64_t account;
	char key[SMPP_ID_SIZE];
	int was, segments, rc;

	receipt_id_key(a->smsc_id, key);
	while ((rc = take_orphan(s, r, key, a->number, &orphan)) == 1) {
		if ((rc = status_of(s, a->id, &was, &account, &segments)) != 0 ||
		    (rc = settle_report(s, r, a->id, account, a->part, segments, was, orphan.status,
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
refused(struct store *s, const struct settle_route *r, const struct settle_answer *a, int64_t now,
	struct settle_sums *sums)
{
	int rc;

	sums->failed++;
	/* Of a long text the part stands as failed, whatever its others are reported to be. */
	if (a->parts > 1 &&
	    (rc = settle_set_part(s, a->id, a->part, STATUS_FAILED, r->name, NULL, now)) != 0)
		return rc;
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
	struct settle_whole w;

	if ((rc = status_of(s, a->id, &status, &late.account, &segments)) != 0)
		return rc == UV_ENOENT ? 0 : rc;
	if (status != STATUS_UNKNOWN)
		return 0;
	if ((rc = number_of(s, a->id, late.number)) != 0) /* its flight is over */
		return rc;
	if (a->kind == SETTLE_LATE_REFUSED)
		return refused(s, r, &late, now, sums);
	if (a->kind == SETTLE_LATE_FOR_NOW)
		return a->parts > 1 ? 0
				    : outbox_requeue(s, a->id, late.account, now, now,
						     "refused_for_now", a->why);
	if ((rc = settle_sum_up(s, a->id, segments, false, status, &w)) != 0)
		return rc;
	late.whole = w.rows + 1 >= a->parts; /* else nothing is known of the others */
	if (late.whole && (rc = settle_sent_after_all(s, a->id, late.account, now)) != 0)
		return rc;
	if ((rc = accepted(s, r, &late, now, sums)) != 0 || !late.whole ||
	    (rc = settle_sum_up(s, a->id, segments, false, STATUS_SENT, &w)) != 0 ||
	    w.status == STATUS_SENT || segments == 1)
		return rc;
	return outbox_end(s, a->id, late.account, w.status, REASON_NONE, now, ACTOR,
			  "a late answer");
}

int
settle_answer(struct store *s, struct settle_tools *tools, const char *route,
	      const struct settle_answer *a, int64_t now, struct settle_sums *sums)
{
	struct settle_route *r = settle_route_of(s, tools, route);

	switch (a->kind) {
	case SETTLE_ACCEPTED: return accepted(s, r, a, now, sums);
	case SETTLE_WRITTEN:
		sums->sent++;
		return outbox_accepted(s, a->id, a->account, 1, true, route, "", "", now);
	case SETTLE_FOR_NOW:
		return outbox_requeue(s, a->id, a->account, a->in_turn ? OUTBOX_IN_TURN : now, now,
				      "refused_for_now", a->why);
	case SETTLE_UNSENT:
		return outbox_requeue(s, a->id, a->account, a->in_turn ? OUTBOX_IN_TURN : now, now,
				      "unsent", a->why);
	case SETTLE_REFUSED: return refused(s, r, a, now, sums);
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

int
settle_find(struct store *s, struct settle_route *r, const char *receipt_id, const char *number,
	    struct settle_match *m)
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
			*m = (struct settle_match){.message = sqlite3_column_int64(st, 0),
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
	struct settle_route *r = settle_route_of(s, tools, route);
	struct settle_match m;
	char why[64];
	int rc = settle_find(s, r, receipt->id, number, &m);

	if (rc <= 0)
		return rc;
	if ((rc = settle_learn(s, r, m.smsc_id, receipt->id)) != 0)
		return rc;
	/* What reached the handset has reached it, whatever is said later. */
	if (!receipt_state_final(receipt->state) || m.part == STATUS_DELIVERED)
		return 1;
	explain(receipt, why);
	rc = settle_report(s, r, m.message, m.account, m.n, m.segments, m.was,
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
	return settle_report(s, settle_route_of(s, tools, route), message, account, part, segments,
			     status, status_of_receipt(receipt->state), why, now, sums);
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
	if (r->excerpt[0] != '\0')
		store_bind_text(st, 9, r->excerpt);
	if ((rc = store_do(s, st)) == 0)
		s->orphans++;
	return rc;
}
