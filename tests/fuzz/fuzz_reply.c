/* Any bytes as a reply: read to an end, and never a day or an amount that no promise or payment
 * carries.  The first byte picks the day, the currency and the language. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schedule/reply.h"

static void
check(const struct reply_reading *r, const struct reply_context *c)
{
	assert(r->n_cues <= REPLY_CUES);
	for (size_t i = 0; i < r->n_cues; i++)
		assert(memchr(r->cues[i], '\0', sizeof r->cues[i]));
	assert(r->date == REPLY_NO_DATE || r->intent == REPLY_PROMISE);
	assert(r->date == REPLY_NO_DATE || (r->date >= c->today && r->date <= c->today + 60));
	assert(r->amount == -1 || r->intent == REPLY_PROMISE || r->intent == REPLY_PAID);
	assert(r->amount >= -1 && r->amount != 0);
	assert(c->balance < 0 || r->amount / 4 <= c->balance);
	assert(reply_intent_word(r->intent)[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const languages[] = {"en", "zh", "es-MX", "", "fil", "hi-Latn"};
	struct reply_context c = {.currency = "PHP", .digits = 2, .balance = -1};
	struct reply_reading r;
	char *text;

	if (size < 1)
		return 0;
	c.language = languages[data[0] % 6];
	c.today = 20000 + data[0] * 11;
	c.month_first = data[0] & 1;
	c.balance = data[0] & 2 ? 100000 : -1;
	c.digits = data[0] & 4 ? 0 : 2;
	/* a heap copy, so that one byte too far is seen */
	text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	reply_read(text, size - 1, &c, &r);
	check(&r, &c);
	free(text);
	return 0;
}
