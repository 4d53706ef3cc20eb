/* receipt_id.h - finding the message a receipt speaks of, where the operator writes its id two ways
 *
 * Pure. Operators give an id in submit_sm_resp and write it otherwise in the receipt: hexadecimal
 * there and decimal here, upper and lower case, leading zeros, a UUID with and without dashes.
 *
 * Finding: the store keeps for each part the id as given (unique evidence) and its key,
 * receipt_id_key(): lower case, no dashes, no leading zeros, no "0x". A receipt's id is looked up
 * by each of receipt_id_forms() in turn: EXACT against the id as given, the other forms against the
 * key. The message found must have been sent to the number that the receipt names, or it is not the
 * one.
 *
 * Learning: when a message was found, receipt_id_learn() says which rule explains the pair, and
 * receipt_ids counts it. Once a rule other than EXACT has been seen three times and EXACT never,
 * its form is tried first: with ids that are mere counters, "10" in hexadecimal is another
 * message's "16".
 */
#ifndef DUNLIN_SMPP_RECEIPT_ID_H
#define DUNLIN_SMPP_RECEIPT_ID_H

#include "codec.h"

enum receipt_id_rule {
	RECEIPT_ID_NONE, /* the pair is explained by no rule */
	RECEIPT_ID_EXACT,
	RECEIPT_ID_FOLDED,         /* case, dashes or leading zeros differ */
	RECEIPT_ID_HEX_TO_DECIMAL, /* submit_sm_resp in hexadecimal, receipt in decimal */
	RECEIPT_ID_DECIMAL_TO_HEX, /* submit_sm_resp in decimal, receipt in hexadecimal */
	RECEIPT_ID_RULES
};

/* What one link's receipts have shown; zeroed at first, stored per route as counts. */
struct receipt_ids {
	unsigned seen[RECEIPT_ID_RULES];
};

struct receipt_id_form {
	enum receipt_id_rule rule;
	bool by_key; /* look up among the keys, else among the ids as given */
	char text[SMPP_ID_SIZE];
};
#define RECEIPT_ID_FORMS 4

/* The key under which an id is stored beside itself; "" only for "". An id of zeros alone is "0".
 */
void receipt_id_key(const char *id, char key[SMPP_ID_SIZE]);

/* Fills the forms to look up, best first by what was learned (NULL: nothing yet); returns how many,
 * 1..RECEIPT_ID_FORMS, 0 for "". */
int receipt_id_forms(const struct receipt_ids *learned, const char *receipt_id,
		     struct receipt_id_form forms[RECEIPT_ID_FORMS]);

/* Which rule makes the two ids one; the first that does, in the order of the enum. */
enum receipt_id_rule receipt_id_explain(const char *submit_id, const char *receipt_id);

/* Counts the evidence of one settled pair and returns its rule. */
enum receipt_id_rule receipt_id_learn(struct receipt_ids *learned, const char *submit_id,
				      const char *receipt_id);

/* The rule that is tried first: EXACT until the evidence for another is clear. */
enum receipt_id_rule receipt_id_best(const struct receipt_ids *learned);

/* "exact", "folded", "hex-to-decimal", "decimal-to-hex", "none". */
const char *receipt_id_rule_name(enum receipt_id_rule rule);

#endif
