#include "settle_parts.h"

#include <uv.h>

#define ACTOR            "dunlin"
#define ORPHAN_WAIT_MS   5000 /* its answer has long come by then */
#define ORPHAN_KEEP_MS   (7 * 86400000LL)
#define UNKNOWN_DAYS     3 /* after which no receipt of a text is awaited */
#define UNKNOWN_SLACK_MS 60000
#define MS_PER_DAY       86400000LL
#define PARTIAL_WAIT_MS  60000 /* other parts' receipts have come by then */

int
settle_drop_orphan(struct store *s, int64_t id)
{
	sqlite3_stmt *st = store_get(s, STORE_ORPHAN_DROP);

	store_bind_int(st, 1, id);
	s->orphans--;
	return store_do(s, st);
}

static enum excerpt_says
says(const struct settle_orphaned *o, const char *body, int segments)
{
	return excerpt_compare(o->excerpt, body, segments > 1);
}

/* May the receipt be about one of these (rows of body, segments) instead of the text it is held to
 * be about, of which its excerpt said `said`?  1, 0, negative. */
static int
may_be_one_of(struct store *s, sqlite3_stmt *st, const struct settle_orphaned *o,
	      enum excerpt_says said)
{
	int rc, found = 0;

	while ((rc = store_step(s, st)) == 1 && !found) {
		enum excerpt_says it = says(o, store_text(st, 0), sqlite3_column_int(st, 1));

		found = it == EXCERPT_THIS || (it == EXCERPT_NOTHING && said != EXCERPT_THIS);
	}
	sqlite3_reset(st);
	return rc < 0 ? rc : found;
}

/* Is a text to that number on the wire?  Then the receipt may be about that one. */
static int
sending_to(struct store *s, const struct settle_orphaned *o, const char *number,
	   enum excerpt_says said)
{
	sqlite3_stmt *st = store_get(s, STORE_SENDING_TO);

	store_bind_text(st, 1, number);
	return may_be_one_of(s, st, o, said);
}

/* Can a receipt that came then be about a text handed over at `handed`?  The schedule's clock tells
 * nothing of that. */
static bool
in_time(const struct store *s, const struct settle_orphaned *o, int64_t handed)
{
	return s->schedule ||
	       (handed <= o->at + UNKNOWN_SLACK_MS && handed >= o->at - UNKNOWN_DAYS * MS_PER_DAY);
}

/* An unknown text that a receipt may be about. */
struct candidate {
	int64_t message, account, person, handed;
	int segments;
	enum excerpt_says said;
};

/* Was a text to that number accepted over that route, and not reported on?  Then the receipt may be
 * about that one, whatever its id looks like. */
static int
unreported_to(struct store *s, const struct settle_orphaned *o, const char *number,
	      const struct candidate *c)
{
	sqlite3_stmt *st = store_get(s, STORE_SENT_TO);

	if (c->person != 0)
		store_bind_int(st, 1, c->person);
	store_bind_int(st, 2, c->handed - UNKNOWN_DAYS * MS_PER_DAY);
	store_bind_text(st, 3, number);
	store_bind_text(st, 4, o->route);
	return may_be_one_of(s, st, o, c->said);
}

/* The row a statement of unknown texts stands on: may the receipt be about it? */
static bool
may_be(const struct store *s, const struct settle_orphaned *o, sqlite3_stmt *st,
       struct candidate *c)
{
	*c = (struct candidate){.message = sqlite3_column_int64(st, 0),
				.account = sqlite3_column_int64(st, 1),
				.segments = sqlite3_column_int(st, 2),
				.handed = sqlite3_column_int64(st, 3),
				.person = sqlite3_column_int64(st, 4)};
	if (!in_time(s, o, c->handed))
		return false;
	if (o->echoed != 0)
		return settle_reference(c->message) == o->echoed;
	c->said = says(o, store_text(st, 5), c->segments);
	return c->said != EXCERPT_OTHER;
}

/* The one unknown text this receipt can be about: by the echoed reference, else the only one to
 * that number over that route, and of that time, whose words it quotes or, if it quotes none of
 * them, does not deny.  1, 0 none, negative. */
static int
unknown_for(struct store *s, const struct settle_orphaned *o, struct candidate *one)
{
	char number[40];
	int found = 0, quoted = 0, rc;
	struct candidate c;
	sqlite3_stmt *st;

	snprintf(number, sizeof number, "%s%s", o->number[0] == '+' ? "" : "+", o->number);
	st = store_get(s, STORE_UNKNOWN_TO);
	store_bind_text(st, 1, number);
	store_bind_text(st, 2, o->route);
	while ((rc = store_step(s, st)) == 1) {
		if (!may_be(s, o, st, &c))
			continue;
		found++;
		quoted += c.said == EXCERPT_THIS;
		if (found == 1 || c.said == EXCERPT_THIS)
			*one = c;
	}
	if (rc < 0 || (found != 1 && quoted != 1) || o->echoed != 0)
		return rc < 0 ? rc : found == 1;
	if ((rc = sending_to(s, o, number, one->said)) == 0)
		rc = unreported_to(s, o, number, one);
	return rc < 0 ? rc : rc == 0;
}

static int
settle_unknown(struct store *s, struct settle_tools *tools, const struct settle_orphaned *o,
	       int64_t now)
{
	struct settle_sums sums = {0};
	struct candidate c = {0};
	struct settle_whole w;
	int rc, n;

	if ((rc = unknown_for(s, o, &c)) <= 0)
		return rc;
	if ((rc = settle_sum_up(s, c.message, c.segments, false, STATUS_UNKNOWN, &w)) != 0)
		return rc;
	/* Which part it was nobody can tell: the next one. */
	n = w.rows < c.segments ? w.rows + 1 : c.segments;
	if ((rc = settle_set_part(s, c.message, n, o->status, o->route, o->smsc_id, now)) != 0 ||
	    (rc = settle_report(s, settle_route_of(s, tools, o->route), c.message, c.account, n,
				c.segments, STATUS_UNKNOWN, o->status,
				o->why[0] != '\0' ? o->why : "settled by its receipt", now,
				&sums)) != 0)
		return rc;
	return settle_drop_orphan(s, o->id);
}

/* Its answer came since, and the ids are one by a rule that was not looked for then. */
static int
settle_found(struct store *s, struct settle_tools *tools, const struct settle_orphaned *o,
	     int64_t now)
{
	struct settle_route *r = settle_route_of(s, tools, o->route);
	struct settle_sums sums = {0};
	struct settle_match m;
	int rc = settle_find(s, r, o->smsc_id, o->number, &m);

	if (rc <= 0)
		return rc;
	if ((rc = settle_learn(s, r, m.smsc_id, o->smsc_id)) != 0)
		return rc;
	if (m.part != STATUS_DELIVERED &&
	    (rc = settle_report(s, r, m.message, m.account, m.n, m.segments, m.was, o->status,
				o->why, now, &sums)) != 0)
		return rc;
	rc = settle_drop_orphan(s, o->id);
	return rc != 0 ? rc : 1;
}

/* A stretch of the orphans each time, so that a link that reports on other people's texts does not
 * hold the store. */
static int
sweep_orphans(struct store *s, struct settle_tools *tools, int64_t now, int64_t true_now)
{
	struct settle_orphaned list[100];
	int rc, n = 0;
	sqlite3_stmt *st = store_get(s, STORE_ORPHAN_OLD);

	store_bind_int(st, 1, true_now - ORPHAN_WAIT_MS);
	store_bind_int(st, 2, tools->orphan_after);
	while ((rc = store_step(s, st)) == 1) {
		struct settle_orphaned *o = &list[n++];

		*o = (struct settle_orphaned){.id = sqlite3_column_int64(st, 0),
					      .status = sqlite3_column_int(st, 4),
					      .echoed = sqlite3_column_int64(st, 7),
					      .at = sqlite3_column_int64(st, 8)};
		snprintf(o->route, sizeof o->route, "%s", store_text(st, 1));
		snprintf(o->smsc_id, sizeof o->smsc_id, "%s", store_text(st, 2));
		snprintf(o->why, sizeof o->why, "%s", store_text(st, 5));
		snprintf(o->number, sizeof o->number, "%s", store_text(st, 6));
		snprintf(o->excerpt, sizeof o->excerpt, "%s", store_text(st, 9));
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
		struct settle_whole w;

		if ((rc = outbox_get(s, list[i], &row)) != 0)
			return rc;
		r = settle_route_of(s, tools, row.route);
		if ((rc = settle_sum_up(s, row.id, row.segments, true, row.status, &w)) == 0 &&
		    row.status == STATUS_SENT)
			rc = outbox_end(s, row.id, row.account, w.status, REASON_NONE, now, ACTOR,
					"the link reports on one part only");
		if (rc == 0 && w.reported == 1 && row.status == STATUS_SENT)
			rc = settle_save(s, r->name, "multipart", "one", ++r->one_report, NULL);
		if (rc == 0)
			rc = settle_partial(s, row.id, false, 0);
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
