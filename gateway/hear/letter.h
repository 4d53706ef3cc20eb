/* letter.h - one whole text of a borrower: whose it is, what it means, what becomes of it
 *
 * Stored as it came before it is read.  Then schedule/reply.h says what it means, and what is sure
 * is acted on at once:
 *
 *   stop          texts and calls to the number and to every account using it end; one confirmation
 *   promise+date  a promise to pay, echoed once; the campaign pauses
 *   paid          three days to find the payment; a second claim waits for a person
 *   wrong number  the number is not used again
 *   dispute, hardship   a hold until released, and a task
 *   death, complaint    a hold of the person until released, and a task
 *   illness, lawyers, harm   a person reads it first, however long that takes; an urgent task
 *   anything else waits for a person, two working days at most
 *
 * Of several accounts a text is about the one most overdue, a promise about the one whose arrears
 * it names.  Which debt a dispute is about the text does not say: all of the person are held.  A
 * promise without a day is asked for one, once a week; the day that follows counts with the sum
 * named before.  While an instalment plan is open a promise by text is for a person to look at.
 *
 * Inside the writer's transaction.
 */
#ifndef GATEWAY_LETTER_H
#define GATEWAY_LETTER_H

#include "gateway/person/compose.h"
#include "gateway/person/facts.h"

struct letter {
	/* in */
	const struct config *config;
	struct facts *facts;
	struct compose *compose;
	int64_t now;
	const char *sender, *recipient, *route; /* as the operator wrote them */
	const char *text;                       /* UTF-8 */
	const uint8_t *raw;                     /* the octets as they came, for the record */
	size_t raw_len;
	int segments;
	bool by_sim; /* it came by a modem: `recipient` is its SIM's address */
	/* out */
	int64_t person; /* whose plan may have changed, 0: nobody's */
	bool answered;  /* an answer was queued */
};

/* The sender of a text in E.164, "" when it is letters or a short code. */
void letter_number(const struct config *config, const char *sender, char out[24]);

int letter_take(struct store *s, struct letter *l);

#endif
