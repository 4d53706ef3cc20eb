#include "receipt_id.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define ENOUGH     3u /* evidence that it takes to try another form before the exact one */
#define DIGITS_MAX 40 /* 128 bits, in decimal: no operator's counter is longer */

void
receipt_id_key(const char *id, char key[SMPP_ID_SIZE])
{
	size_t n = 0;
	bool zero = false;

	if (id[0] == '0' && (id[1] == 'x' || id[1] == 'X') && id[2] != '\0')
		id += 2;
	for (; *id != '\0' && n < SMPP_ID_SIZE - 1; id++) {
		if (strchr("-{} ", *id) != NULL)
			continue;
		if (n == 0 && *id == '0')
			zero = true;
		else
			key[n++] = (char)tolower((unsigned char)*id);
	}
	if (n == 0 && zero)
		key[n++] = '0';
	key[n] = '\0';
}

static int
digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Writes a key's number in another base; false if it is no number in its own, or too long. Long
 * division by hand: ids are longer than any integer type. */
static bool
change_base(const char *key, unsigned from, unsigned to, char out[SMPP_ID_SIZE])
{
	uint8_t digits[DIGITS_MAX]; /* of the result, lowest first */
	size_t n = 0, len = strlen(key);

	if (len == 0 || len > (from == 16 ? 32u : 38u))
		return false;
	for (; *key != '\0'; key++) {
		unsigned carry = (unsigned)digit_of(*key);

		if (carry >= from)
			return false;
		for (size_t i = 0; i < n; i++) {
			carry += digits[i] * from;
			digits[i] = (uint8_t)(carry % to);
			carry /= to;
		}
		for (; carry > 0; carry /= to)
			digits[n++] = (uint8_t)(carry % to);
	}
	if (n == 0)
		digits[n++] = 0;
	for (size_t i = 0; i < n; i++)
		out[i] = "0123456789abcdef"[digits[n - 1 - i]];
	out[n] = '\0';
	return true;
}

/* The form of one rule; false where the id has none. */
static bool
make_form(enum receipt_id_rule rule, const char *id, struct receipt_id_form *form)
{
	char key[SMPP_ID_SIZE];

	form->rule = rule;
	form->by_key = rule != RECEIPT_ID_EXACT;
	receipt_id_key(id, key);
	switch (rule) {
	case RECEIPT_ID_EXACT: snprintf(form->text, sizeof form->text, "%s", id); return true;
	case RECEIPT_ID_FOLDED: memcpy(form->text, key, sizeof key); return key[0] != '\0';
	case RECEIPT_ID_HEX_TO_DECIMAL: return change_base(key, 10, 16, form->text);
	case RECEIPT_ID_DECIMAL_TO_HEX: return change_base(key, 16, 10, form->text);
	default: return false;
	}
}

int
receipt_id_forms(const struct receipt_ids *learned, const char *receipt_id,
		 struct receipt_id_form forms[RECEIPT_ID_FORMS])
{
	enum receipt_id_rule best = receipt_id_best(learned);
	int n = 0;

	if (receipt_id[0] == '\0')
		return 0;
	n += make_form(best, receipt_id, &forms[n]);
	for (int rule = RECEIPT_ID_EXACT; rule < RECEIPT_ID_RULES; rule++)
		if (rule != (int)best)
			n += make_form((enum receipt_id_rule)rule, receipt_id, &forms[n]);
	return n;
}

enum receipt_id_rule
receipt_id_explain(const char *submit_id, const char *receipt_id)
{
	char key[SMPP_ID_SIZE];
	struct receipt_id_form form;

	if (strcmp(submit_id, receipt_id) == 0)
		return RECEIPT_ID_EXACT;
	receipt_id_key(submit_id, key);
	for (int rule = RECEIPT_ID_FOLDED; rule < RECEIPT_ID_RULES; rule++)
		if (make_form((enum receipt_id_rule)rule, receipt_id, &form) &&
		    strcmp(form.text, key) == 0)
			return (enum receipt_id_rule)rule;
	return RECEIPT_ID_NONE;
}

enum receipt_id_rule
receipt_id_learn(struct receipt_ids *learned, const char *submit_id, const char *receipt_id)
{
	enum receipt_id_rule rule = receipt_id_explain(submit_id, receipt_id);

	learned->seen[rule]++;
	return rule;
}

enum receipt_id_rule
receipt_id_best(const struct receipt_ids *learned)
{
	enum receipt_id_rule best = RECEIPT_ID_EXACT;

	if (learned == NULL)
		return best;
	for (int rule = RECEIPT_ID_FOLDED; rule < RECEIPT_ID_RULES; rule++) {
		unsigned seen = learned->seen[rule];

		/* Small numbers are written alike in both bases: a few exact pairs prove nothing.
		 */
		if (seen >= ENOUGH && seen / 10 >= learned->seen[RECEIPT_ID_EXACT] &&
		    (best == RECEIPT_ID_EXACT || seen > learned->seen[best]))
			best = (enum receipt_id_rule)rule;
	}
	return best;
}

static const char *const rules[RECEIPT_ID_RULES] = {
    [RECEIPT_ID_NONE] = "none",
    [RECEIPT_ID_EXACT] = "exact",
    [RECEIPT_ID_FOLDED] = "folded",
    [RECEIPT_ID_HEX_TO_DECIMAL] = "hex-to-decimal",
    [RECEIPT_ID_DECIMAL_TO_HEX] = "decimal-to-hex",
};

const char *
receipt_id_rule_name(enum receipt_id_rule rule)
{
	return rules[(unsigned)rule < RECEIPT_ID_RULES ? rule : RECEIPT_ID_NONE];
}
