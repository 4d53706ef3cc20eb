/* report_credit.h - what came of each text of one person, and of each call
 *
 * The rules, which `dunlin help report` tells too:
 *   - Credit is given to texts of campaigns and by hand that may have arrived (sent, delivered,
 *     unknown).  Answers and alerts earn none, failed and expired texts neither.
 *   - A reply, a promise, an opt-out and a wrong number are credited to the last such text to that
 *     person at most REPORT_CREDIT_DAYS days before; without one to none.
 *   - But what was keyed in a call of ours belongs to the call: promises, key 9, wrong persons.
 *   - A text is `replied` once, however many replies it got.  Promises count one by one, those
 *     taken back do not; `kept` are those of them that were kept.
 *   - A text cured when all that was in arrears on its local day was paid 0..3 (0..7) local days
 *     later and no later such text about that account went before the payment's day had ended: a
 *     cure belongs to the last text before the payment, or to a later call that reached the right
 *     person.
 *
 * Pure.  Thread: any.
 */
#ifndef GATEWAY_REPORT_CREDIT_H
#define GATEWAY_REPORT_CREDIT_H

#include "report_ledger.h"
#include "schedule/civil.h"

#include <stdbool.h>

#define REPORT_CREDIT_DAYS 7
#define REPORT_CURED_SOON  3 /* days: `cured_3` */
#define REPORT_CURED       7 /* `cured_7` */

enum report_fate {
	REPORT_SENDING, /* neither accepted nor refused yet */
	REPORT_SENT,
	REPORT_DELIVERED,
	REPORT_FAILED,
	REPORT_EXPIRED,
	REPORT_UNKNOWN,
	REPORT_TALKED, /* a call: with the right person */
	REPORT_RANG,   /* a call: with nobody who is known */
};

struct report_text {
	int64_t account, at;     /* 0: nobody's; when it was handed over */
	int64_t over;            /* 0: a text; else a call, and when it was over */
	struct civil_time local; /* the same in the borrower's zone */
	enum report_fate fate;
	bool earns;    /* of a campaign or by hand */
	bool accepted; /* by the operator, whatever became of it */
	bool counts;   /* is in the report; else it only takes credit from those before it */
	int segments;
	int64_t price; /* of the whole text, millionths of the major unit; negative: unknown */
	int32_t due;   /* of the amount it spoke of, where `step` is set */
	bool has_dpd;
	int32_t dpd; /* days past due of what it spoke of, or of the oldest arrears */
	int bucket;  /* of `dpd`, where it is known: 0 for M0 ...; for the caller to fill in */
	/* Words of the report's pool; NULL: none. */
	const char *class, *campaign, *step, *template, *language, *route, *product, *segment,
	    *risk;
	/* What came of it. */
	bool replied, cured_3, cured_7;
	int promised, kept, opted_out, wrong_numbers;
};

enum report_echo { REPORT_REPLY, REPORT_PROMISE, REPORT_KEPT, REPORT_STOP, REPORT_WRONG };

/* Gives what came in at an instant to the text it is credited to; `texts` ascend by `at`. */
void report_credit(struct report_text *texts, size_t n, int64_t at, enum report_echo what);

/* Marks the texts about one account that cured it, and fills in `dpd` where it is not known. */
void report_credit_cures(struct report_text *texts, size_t n, int64_t account,
			 const struct report_ledger *ledger);

#endif
