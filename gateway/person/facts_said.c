/* What conditions of campaigns ask about a borrower: what came back, and what gets through. Nothing
 * of it is read unless some campaign asks. */
#include "facts_part.h"

#include "gateway/store/store_ask.h"
#include "schedule/streak.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define MS_PER_DAY  86400000LL
#define REACH_MS    (60 * MS_PER_DAY)
#define HABITS_MS   (180 * MS_PER_DAY)
#define ANSWERED_MS MS_PER_DAY /* a reply within a day is to the text before it */
#define IN_VAIN     3          /* so many attempts in a row: the channel does not reach */

/* ---- one account ---- */

/* The one number a statement gives, bound by the caller: 1, 0 when there is none, negative. */
static int
number(struct store *s, sqlite3_stmt *st, int64_t *out)
{
	int rc = store_step(s, st);

	if (rc != 1)
		return rc;
	rc = sqlite3_column_type(st, 0) != SQLITE_NULL;
	*out = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return rc;
}

/* Is there a row of the account since an instant? */
static int
any_since(struct store *s, enum store_statement which, uint64_t account, int64_t since, bool *out)
{
	sqlite3_stmt *st = store_ask(s, which, as_int((int64_t)account), as_int(since));
	int64_t found;
	int rc;

	rc = number(s, st, &found);
	*out = rc == 1;
	return rc < 0 ? rc : 0;
}

static int
load_heard(struct facts *f, struct store *s, struct plan_account *p)
{
	sqlite3_stmt *st = store_ask(s, STORE_ACCOUNT_HEARD, as_int((int64_t)p->id), as_int(f->now),
				     as_int(s->visible));
	int rc;

	rc = number(s, st, &p->heard);
	if (rc != 1)
		p->heard = INT64_MIN;
	return rc < 0 ? rc : 0;
}

int
facts_said(struct facts *f, struct store *s, size_t i)
{
	const struct facts_account *a = (struct facts_account *)f->accounts.at + i;
	struct plan_account *p = (struct plan_account *)f->plans.at + i;
	const struct spans *sp = (struct spans *)f->spans.at + i;
	struct debt_sums sums =
	    debt_sum(p->amounts, p->n_amounts, INT32_MAX / 2, f->config->ignore_below);
	const struct debt_amount *oldest;
	int64_t since;
	int rc = 0;

	if (sums.index < 0)
		return 0;
	oldest = &p->amounts[sums.index];
	since = civil_instant(p->zone, oldest->due, 0);
	p->part_paid = oldest->left < oldest->billed;
	p->delivered = sp->delivered >= oldest->due;
	if (f->asks & ASK_REPLIED)
		rc = any_since(s, STORE_ACCOUNT_REPLIED, p->id, since, &p->replied);
	if (rc == 0 && (f->asks & ASK_ANSWERED) && a->special)
		rc = any_since(s, STORE_ACCOUNT_TALKED, p->id, since, &p->answered);
	if (rc == 0 && (f->asks & ASK_HEARD))
		rc = load_heard(f, s, p);
	return rc;
}

/* ---- instalments kept ---- */

/* When the last broken promise was judged, as a local day. */
static int
load_broken(struct store *s, int64_t account, const struct civil_zone *zone, int32_t *day)
{
	sqlite3_stmt *st = store_ask(s, STORE_ACCOUNT_BROKEN, as_int(account));
	int64_t at;
	int rc;

	if ((rc = number(s, st, &at)) == 1)
		*day = civil_local(zone, at).day;
	return rc < 0 ? rc : 0;
}

int
facts_kept(struct facts *f, struct store *s, size_t i)
{
	const struct facts_account *a = (struct facts_account *)f->accounts.at + i;
	const struct plan_account *p = (struct plan_account *)f->plans.at + i;
	struct spans *sp = (struct spans *)f->spans.at + i;
	const struct civil_zone *zone =
	    facts_zone(f, (const char *)f->text.at + sp->text[COL_TIMEZONE]);
	struct streak_question q = {.amounts =
					facts_at(&f->amounts, sizeof *q.amounts, sp->amounts),
				    .n_amounts = p->n_amounts,
				    .payments = f->payments.at,
				    .n_payments = f->payments.n,
				    .policy = &f->config->policy,
				    .grace = f->config->promises.grace,
				    .ignore_below = f->config->ignore_below,
				    .today = civil_local(zone, f->now).day,
				    .broken = INT32_MIN};
	int rc = a->special ? load_broken(s, a->id, zone, &q.broken) : 0;

	f->days.n = 0;
	if (rc != 0 || q.n_amounts == 0)
		return rc;
	if (facts_add(&f->days, sizeof(int32_t), q.n_amounts) == NULL)
		return UV_ENOMEM;
	sp->kept = streak_kept(&q, f->days.at);
	return 0;
}

/* ---- habits of the person ---- */

enum habit_kind { HABIT_REPLY, HABIT_ARRIVED, HABIT_LOST, HABIT_TALKED, HABIT_RANG };

/* Something that reached the person, or did not. */
struct habit {
	int64_t at;
	int kind;
};

static int
add_habit(struct facts *f, int64_t at, enum habit_kind kind)
{
	struct habit *h = facts_add(&f->habits, sizeof *h, 1);

	if (h == NULL)
		return UV_ENOMEM;
	*h = (struct habit){at, (int)kind};
	return 0;
}

static int
read_texts(struct facts *f, struct store *s, int64_t person)
{
	sqlite3_stmt *st =
	    store_ask(s, STORE_PERSON_TEXTS, as_int(person), as_int(f->now - HABITS_MS));
	int rc, status;

	while ((rc = store_step(s, st)) == 1) {
		status = sqlite3_column_int(st, 1);
		if (status != STATUS_DELIVERED && status != STATUS_FAILED &&
		    status != STATUS_EXPIRED)
			continue;
		if (add_habit(f, sqlite3_column_int64(st, 0),
			      status == STATUS_DELIVERED ? HABIT_ARRIVED : HABIT_LOST) != 0)
			return UV_ENOMEM;
	}
	return rc;
}

static int
read_replies(struct facts *f, struct store *s, int64_t account)
{
	sqlite3_stmt *st =
	    store_ask(s, STORE_ACCOUNT_REPLIES, as_int(account), as_int(f->now - HABITS_MS));
	int rc;

	while ((rc = store_step(s, st)) == 1)
		if (add_habit(f, sqlite3_column_int64(st, 0), HABIT_REPLY) != 0)
			return UV_ENOMEM;
	return rc;
}

static int
read_calls(struct facts *f, struct store *s, int64_t account)
{
	sqlite3_stmt *st =
	    store_ask(s, STORE_ACCOUNT_CONTACTS, as_int(account), as_int(f->now - HABITS_MS));
	int rc;

	while ((rc = store_step(s, st)) == 1) {
		int counts = sqlite3_column_int(st, 2);

		if (sqlite3_column_int(st, 1) != CAMPAIGN_CALL || counts == 0)
			continue;
		if (add_habit(f, sqlite3_column_int64(st, 0),
			      counts & POLICY_BIT(POLICY_TALK) ? HABIT_TALKED : HABIT_RANG) != 0)
			return UV_ENOMEM;
	}
	return rc;
}

static int
by_time(const void *a, const void *b)
{
	const struct habit *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* Were the last IN_VAIN of a channel all in vain?  And did any get through? */
static void
tell_channel(const struct habit *list, size_t n, int64_t since, int good, int bad, bool *vain,
	     bool *through)
{
	int row = 0;
	bool ended = false;

	*through = false;
	for (size_t i = n; i-- > 0 && list[i].at >= since;) {
		*through = *through || list[i].kind == good;
		ended = ended || list[i].kind == good;
		row += !ended && list[i].kind == bad;
	}
	*vain = row >= IN_VAIN;
}

static enum campaign_reach
reach_of(const struct habit *list, size_t n, int64_t since)
{
	bool text_lost, text_through, call_lost, call_through;

	tell_channel(list, n, since, HABIT_ARRIVED, HABIT_LOST, &text_lost, &text_through);
	tell_channel(list, n, since, HABIT_TALKED, HABIT_RANG, &call_lost, &call_through);
	if (call_lost && text_through)
		return CAMPAIGN_REACH_SMS;
	return text_lost && call_through ? CAMPAIGN_REACH_CALL : CAMPAIGN_REACH_ANY;
}

/* Could a text go in that hour on any day of the week? */
static bool
hour_open(const struct policy *p, int hour)
{
	for (int day = 0; day < 7; day++) {
		const struct policy_hours *h = &p->hours[CAMPAIGN_SMS][day];

		for (int i = 0; i < h->n; i++)
			if (hour * 3600 >= h->window[i].from && hour * 3600 < h->window[i].to)
				return true;
	}
	return false;
}

/* The hour that reached the person most often, the one used last of those that are equal.  A reply
 * counts, and so does the text it answered. */
static int32_t
best_hour(const struct policy *policy, const struct civil_zone *zone, const struct habit *list,
	  size_t n)
{
	struct {
		int count;
		int64_t last;
	} hour[24] = {{0, 0}};
	const struct habit *text = NULL;
	int best = -1;

	for (size_t i = 0; i < n; i++) {
		const struct habit *reached[2] = {&list[i], NULL};

		if (list[i].kind == HABIT_ARRIVED)
			text = &list[i];
		if (list[i].kind != HABIT_REPLY && list[i].kind != HABIT_TALKED)
			continue;
		if (list[i].kind == HABIT_REPLY && text != NULL &&
		    list[i].at - text->at <= ANSWERED_MS) {
			reached[1] = text;
			text = NULL;
		}
		for (int k = 0; k < 2 && reached[k] != NULL; k++) {
			int h = civil_local(zone, reached[k]->at).second / 3600;

			hour[h].count++;
			hour[h].last = reached[k]->at;
		}
	}
	for (int h = 0; h < 24; h++)
		if (hour[h].count > 0 && hour_open(policy, h) &&
		    (best < 0 || hour[h].count > hour[best].count ||
		     (hour[h].count == hour[best].count && hour[h].last > hour[best].last)))
			best = h;
	return best < 0 ? -1 : best * 3600;
}

int
facts_habits(struct facts *f, struct store *s, int64_t person)
{
	struct plan_account *p = f->plans.at;
	const struct facts_account *a = f->accounts.at;
	enum campaign_reach reach;
	int rc;

	f->habits.n = 0;
	rc = read_texts(f, s, person);
	for (size_t i = 0; i < f->accounts.n && rc == 0; i++) {
		rc = read_replies(f, s, a[i].id);
		if (rc == 0 && a[i].special)
			rc = read_calls(f, s, a[i].id);
	}
	if (rc != 0 || f->habits.n == 0)
		return rc;
	qsort(f->habits.at, f->habits.n, sizeof(struct habit), by_time);
	reach = reach_of(f->habits.at, f->habits.n, f->now - REACH_MS);
	for (size_t i = 0; i < f->plans.n; i++) {
		p[i].reach = (uint8_t)reach;
		p[i].best_hour =
		    best_hour(&f->config->policy, p[i].zone, f->habits.at, f->habits.n);
	}
	return 0;
}
