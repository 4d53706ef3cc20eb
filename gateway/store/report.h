/* report.h - the store's side of a report: texts person by person, and what is known of each
 *
 * Texts come ordered by person and time, in pages: one page is one read transaction of a few
 * thousand texts, and ends with a person's last one.  Inside a page's callback the other calls may
 * be asked about that person.  Memory is that of one person, however many texts there are.
 *
 * Ownership: strings of a callback are valid until it returns.
 * Errors: 0 or negative, as store.h.  Thread: that of the store connection.
 */
#ifndef GATEWAY_STORE_REPORT_H
#define GATEWAY_STORE_REPORT_H

#include "store.h"

struct report_sent {
	int64_t person, account; /* 0: none */
	int32_t due;             /* where `step` is not NULL */
	const char *campaign, *step, *template, *language, *route;
	int class, status, segments; /* enum message_class, message_status */
	int64_t price;               /* millionths, -1: unknown */
	int64_t handed_at, sent_at;  /* sent_at 0: not accepted, or not known to be */
	/* 0: a text.  Else a call that was answered: its script is `template`, its outcome `status`
	 * (enum calls_outcome), it began at `handed_at`. */
	int64_t ended_at;
};

/* NULL: the person is complete; what is gathered of it may be asked about and given away. */
typedef int report_sent_cb(void *ctx, const struct report_sent *text);

struct report_cursor {
	int64_t since, until; /* handed over from .. before */
	int64_t person, at, id;
	bool persons; /* those of nobody are done */
};

/* The next page: 1 there may be more, 0 that was the last, negative.  Begin with a cursor that has
 * only `since` and `until`.  Texts of no person come first, and never with a NULL behind them. */
int report_sent(struct store *s, struct report_cursor *c, report_sent_cb *each, void *ctx);

/* A person's accounts. */
typedef int report_member_cb(void *ctx, int64_t account, bool special);
int report_members(struct store *s, int64_t person, report_member_cb *each, void *ctx);

/* What came in from an account's borrower since an instant; intent is enum reply_intent. */
typedef void report_reply_cb(void *ctx, int64_t at, int intent);
int report_replies(struct store *s, int64_t account, int64_t since, report_reply_cb *each,
		   void *ctx);

typedef void report_promise_cb(void *ctx, int64_t at, int status);
int report_promises_of(struct store *s, int64_t account, report_promise_cb *each, void *ctx);

/* When an account opted out: 1, 0 it has not, negative. */
int report_opted_out(struct store *s, int64_t account, int64_t *at);

/* What the lists say of an account; absent is NULL. */
struct report_account {
	const char *timezone, *product, *segment, *risk;
};
typedef void report_account_cb(void *ctx, const struct report_account *a);
int report_account(struct store *s, int64_t account, report_account_cb *each, void *ctx);

/* Amounts as each import had them, by due day and import; until INT64_MAX: in force. */
typedef int report_amount_cb(void *ctx, int32_t due, int64_t since, int64_t until, int64_t billed,
			     int64_t given);
int report_amounts(struct store *s, int64_t account, report_amount_cb *each, void *ctx);
typedef int report_payment_cb(void *ctx, int64_t amount, int64_t since, int32_t paid_on);
int report_payments(struct store *s, int64_t account, report_payment_cb *each, void *ctx);

/* Accounts in a stretch that begins behind *after (at first 0): 1 there is more, 0 that was the
 * last, negative.  One read transaction. */
typedef int report_ref_cb(void *ctx, int64_t account);
int report_accounts(struct store *s, int64_t *after, report_ref_cb *each, void *ctx);

/* Has a campaign a row for an amount?  1, 0, negative. */
int report_spoke(struct store *s, int64_t account, int32_t due, const char *campaign);

/* Every import that was taken, by number; `at` is its time. */
typedef int report_import_cb(void *ctx, int64_t id, int64_t at);
int report_imports(struct store *s, report_import_cb *each, void *ctx);

/* Promises made in a period, in pages behind *after (at first 0): 1, 0, negative. */
struct report_pledge {
	int64_t account, at, expected;
	int32_t due;
	const char *currency;
	int status;
};
typedef int report_pledge_cb(void *ctx, const struct report_pledge *p);
int report_pledges(struct store *s, int64_t *after, int64_t since, int64_t until,
		   report_pledge_cb *each, void *ctx);

/* Calls begun from .. before, of a campaign (NULL: all), by script and outcome. */
struct report_called {
	const char *script;
	int outcome; /* enum calls_outcome */
	int64_t calls, promised, kept, talked_ms;
};
typedef int report_called_cb(void *ctx, const struct report_called *c);
int report_calls(struct store *s, int64_t since, int64_t until, const char *campaign,
		 report_called_cb *each, void *ctx);

#endif
