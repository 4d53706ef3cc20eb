/* answer.h - the few texts Dunlin writes by itself: the echo of a promise, the STOP confirmation,
 * help, what was asked for in a call
 *
 * Class `answer`: within five minutes of an incoming text or the end of a call, one for each, three
 * a day to a number, never to letters or short codes; to a number that stopped, only about stopping
 * and help.  A STOP confirmation names no debt; an amount is named only when the number belongs to
 * exactly one borrower.  The words come from templates/answer-NAME.LANG.txt where the lender wrote
 * one in the borrower's language (fields: lender contact name amount date), else from
 * answer_words.h in it, else from the lender's in the first language, else they are English.
 *
 * Thread: the writer's.
 */
#ifndef GATEWAY_ANSWER_H
#define GATEWAY_ANSWER_H

#include "gateway/person/compose.h"
#include "gateway/store/outbox.h"

enum answer_kind {
	ANSWER_PROMISE,   /* "Noted: PHP 700 on Tue 15 Sep. If wrong reply NO." */
	ANSWER_WHICH_DAY, /* a promise without a day */
	ANSWER_STOPPED,
	ANSWER_STARTED,
	ANSWER_HELP,
	ANSWER_PAID,
	ANSWER_WITHDRAWN,
	ANSWER_DETAILS, /* what is due, asked for in a call */
};

#define ANSWER_WITHIN_MS (5 * 60 * 1000)
#define ANSWERS_A_DAY    3

struct answer {
	enum answer_kind kind;
	const char *to;                      /* E.164 */
	const char *route;                   /* it came over */
	int64_t message;                     /* the incoming text, 0: a call */
	const struct facts_account *account; /* NULL: not known */
	const char *language;                /* then: the one the text seems written in, or NULL */
	int64_t person;
	int32_t day;                /* promised, or the due day */
	int64_t amount;             /* minor units, -1: none is named */
	const struct plan_row *row; /* DETAILS: what it is about */
};

/* Queues one answer: 1, 0 when a rule forbids it, or negative. */
int answer_queue(struct store *s, struct compose *compose, const struct config *config,
		 const struct answer *a, int64_t now);

#endif
