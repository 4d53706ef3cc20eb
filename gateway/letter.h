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
 *   anything else waits for a person, two working days at most
 *
 * Inside the writer's transaction.
 */
#ifndef GATEWAY_LETTER_H
#define GATEWAY_LETTER_H

#include "compose.h"
#include "facts.h"

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
	/* out */
	int64_t person; /* whose plan may have changed, 0: nobody's */
	bool answered;  /* an answer was queued */
};

/* The sender of a text in E.164, "" when it is letters or a short code. */
void letter_number(const struct config *config, const char *sender, char out[24]);

int letter_take(struct store *s, struct letter *l);

#endif
