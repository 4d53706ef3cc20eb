#include "report.h"

#include "list.h"
#include "store_ask.h"

#include <stdio.h>

#define PAGE    2000 /* texts, and then to the end of the person */
#define STRETCH 5000 /* accounts */

/* ---- texts ---- */

static struct report_sent
sent_row(sqlite3_stmt *st)
{
	return (struct report_sent){
	    .person = sqlite3_column_int64(st, 0),
	    .account = sqlite3_column_int64(st, 2),
	    .due = sqlite3_column_int(st, 3),
	    .campaign = (const char *)sqlite3_column_text(st, 4),
	    .step = (const char *)sqlite3_column_text(st, 5),
	    .class = sqlite3_column_int(st, 6),
	    .template = (const char *)sqlite3_column_text(st, 7),
	    .language = (const char *)sqlite3_column_text(st, 8),
	    .route = (const char *)sqlite3_column_text(st, 9),
	    .status = sqlite3_column_int(st, 10),
	    .segments = sqlite3_column_int(st, 11),
	    .price = sqlite3_column_type(st, 12) != SQLITE_NULL ? sqlite3_column_int64(st, 12) : -1,
	    .handed_at = sqlite3_column_int64(st, 13),
	    .sent_at = sqlite3_column_int64(st, 14),
	    .ended_at = sqlite3_column_int64(st, 15)};
}

/* Texts to numbers no account uses. */
static int
page_of_nobody(struct store *s, struct report_cursor *c, report_sent_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_REPORT_NOBODY, as_int(c->at), as_int(c->id),
				     as_int(c->until), as_int(PAGE));
	int rc, seen = 0;

	while ((rc = store_step(s, st)) == 1) {
		struct report_sent row = sent_row(st);

		seen++;
		c->at = row.handed_at;
		c->id = sqlite3_column_int64(st, 1);
		if ((rc = each(ctx, &row)) != 0)
			break;
	}
	sqlite3_reset(st);
	c->persons = seen < PAGE;
	return rc < 0 ? rc : 1;
}

static int
page_of_persons(struct store *s, struct report_cursor *c, report_sent_cb *each, void *ctx)
{
	sqlite3_stmt *st =
	    store_ask(s, STORE_REPORT_TEXTS, as_int(c->person), as_int(c->since), as_int(c->until));
	int rc, seen = 0;
	bool open = false;

	while ((rc = store_step(s, st)) == 1) {
		struct report_sent row = sent_row(st);
		bool other = open && row.person != c->person;

		if (other && (rc = each(ctx, NULL)) != 0)
			break;
		if (other && seen >= PAGE) {
			sqlite3_reset(st);
			return 1;
		}
		c->person = row.person;
		open = true;
		seen++;
		if ((rc = each(ctx, &row)) != 0)
			break;
	}
	sqlite3_reset(st);
	return rc == 0 && open ? each(ctx, NULL) : rc;
}

int
report_sent(struct store *s, struct report_cursor *c, report_sent_cb *each, void *ctx)
{
	int rc = list_lock(s);

	if (rc != 0)
		return rc;
	if (c->at == 0 && c->id == 0)
		c->at = c->since;
	rc = c->persons ? page_of_persons(s, c, each, ctx) : page_of_nobody(s, c, each, ctx);
	list_unlock(s);
	return rc;
}

/* ---- one person ---- */

int
report_members(struct store *s, int64_t person, report_member_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_PERSON_ACCOUNTS, as_int(person), as_int(s->visible));
	int rc;

	while ((rc = store_step(s, st)) == 1)
		if ((rc = each(ctx, sqlite3_column_int64(st, 0), sqlite3_column_int(st, 3) != 0)) !=
		    0)
			break;
	sqlite3_reset(st);
	return rc;
}

int
report_replies(struct store *s, int64_t account, int64_t since, report_reply_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_REPORT_REPLIES, as_int(account), as_int(since));
	int rc;

	while ((rc = store_step(s, st)) == 1)
		each(ctx, sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1));
	return rc;
}

int
report_promises_of(struct store *s, int64_t account, report_promise_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_REPORT_PROMISES_OF, as_int(account));
	int rc;

	while ((rc = store_step(s, st)) == 1)
		each(ctx, sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1));
	return rc;
}

int
report_opted_out(struct store *s, int64_t account, int64_t *at)
{
	char key[24];

	snprintf(key, sizeof key, "a%lld", (long long)account);
	return store_one(s, store_ask(s, STORE_OPTOUT, as_text(key)), at);
}

int
report_account(struct store *s, int64_t account, report_account_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_REPORT_ACCOUNT, as_int(account), as_int(s->visible));
	int rc;

	if ((rc = store_step(s, st)) == 1) {
		struct report_account a = {.timezone = (const char *)sqlite3_column_text(st, 0),
					   .product = (const char *)sqlite3_column_text(st, 1),
					   .segment = (const char *)sqlite3_column_text(st, 2),
					   .risk = (const char *)sqlite3_column_text(st, 3)};

		each(ctx, &a);
		sqlite3_reset(st);
		rc = 0;
	}
	return rc;
}

int
report_amounts(struct store *s, int64_t account, report_amount_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_REPORT_AMOUNTS, as_int(account), as_int(s->visible));
	int rc;

	while ((rc = store_step(s, st)) == 1) {
		int64_t until = sqlite3_column_type(st, 2) != SQLITE_NULL
				    ? sqlite3_column_int64(st, 2)
				    : INT64_MAX;

		/* What an import that is still coming in ends is in force. */
		rc = each(ctx, sqlite3_column_int(st, 0), sqlite3_column_int64(st, 1),
			  until <= s->visible ? until : INT64_MAX, sqlite3_column_int64(st, 3),
			  sqlite3_column_int64(st, 4));
		if (rc != 0)
			break;
	}
	sqlite3_reset(st);
	return rc;
}

int
report_payments(struct store *s, int64_t account, report_payment_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_REPORT_PAYMENTS, as_int(account), as_int(s->visible));
	int rc;

	while ((rc = store_step(s, st)) == 1)
		if ((rc = each(ctx, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
			       sqlite3_column_int(st, 2))) != 0)
			break;
	sqlite3_reset(st);
	return rc;
}

/* ---- all of a kind ---- */

int
report_accounts(struct store *s, int64_t *after, report_ref_cb *each, void *ctx)
{
	int seen = 0, rc = list_lock(s);
	sqlite3_stmt *st;

	if (rc != 0)
		return rc;
	st = store_ask(s, STORE_REPORT_ACCOUNTS, as_int(s->visible), as_int(*after),
		       as_int(STRETCH));
	while ((rc = store_step(s, st)) == 1) {
		*after = sqlite3_column_int64(st, 0);
		seen++;
		if ((rc = each(ctx, *after)) != 0)
			break;
	}
	sqlite3_reset(st);
	list_unlock(s);
	return rc < 0 ? rc : seen == STRETCH;
}

int
report_spoke(struct store *s, int64_t account, int32_t due, const char *campaign)
{
	return store_any(
	    s, store_ask(s, STORE_REPORT_SPOKE, as_int(account), as_int(due), as_text(campaign)));
}

int
report_imports(struct store *s, report_import_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_get(s, STORE_REPORT_IMPORTS);
	int rc;

	while ((rc = store_step(s, st)) == 1)
		if ((rc = each(ctx, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1))) != 0)
			break;
	sqlite3_reset(st);
	return rc;
}

int
report_pledges(struct store *s, int64_t *after, int64_t since, int64_t until,
	       report_pledge_cb *each, void *ctx)
{
	int seen = 0, rc = list_lock(s);
	sqlite3_stmt *st;

	if (rc != 0)
		return rc;
	st = store_ask(s, STORE_REPORT_PLEDGES, as_int(*after), as_int(PAGE));
	while ((rc = store_step(s, st)) == 1) {
		struct report_pledge p = {.account = sqlite3_column_int64(st, 1),
					  .at = sqlite3_column_int64(st, 2),
					  .status = sqlite3_column_int(st, 3),
					  .expected = sqlite3_column_int64(st, 4),
					  .due = sqlite3_column_int(st, 5),
					  .currency = store_text(st, 6)};

		*after = sqlite3_column_int64(st, 0);
		seen++;
		if (p.at >= since && p.at < until && (rc = each(ctx, &p)) != 0)
			break;
	}
	sqlite3_reset(st);
	list_unlock(s);
	return rc < 0 ? rc : seen == PAGE;
}

int
report_calls(struct store *s, int64_t since, int64_t until, const char *campaign,
	     report_called_cb *each, void *ctx)
{
	int rc = list_lock(s);
	sqlite3_stmt *st;

	if (rc != 0)
		return rc;
	st = store_ask(s, STORE_REPORT_CALLS, as_int(since), as_int(until), as_text(campaign));
	while ((rc = store_step(s, st)) == 1) {
		struct report_called c = {.script = store_text(st, 0),
					  .outcome = sqlite3_column_int(st, 1),
					  .calls = sqlite3_column_int64(st, 2),
					  .promised = sqlite3_column_int64(st, 3),
					  .kept = sqlite3_column_int64(st, 4),
					  .talked_ms = sqlite3_column_int64(st, 5)};

		if ((rc = each(ctx, &c)) != 0)
			break;
	}
	sqlite3_reset(st);
	list_unlock(s);
	return rc;
}
