/* Any bytes as a reply, read in any context with the words that are shipped: read to an end, and
 * never a day or an amount that no promise or payment carries.  Four bytes pick the day, the
 * currency, the language and what is owed. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/config/config_words.h"
#include "schedule/reply.h"

static void
check(const struct reply_reading *r, const struct reply_context *c)
{
	assert(r->n_cues <= REPLY_CUES);
	for (size_t i = 0; i < r->n_cues; i++)
		assert(memchr(r->cues[i], '\0', sizeof r->cues[i]));
	assert(memchr(r->language, '\0', sizeof r->language));
	assert(r->date == REPLY_NO_DATE || r->intent == REPLY_PROMISE);
	assert(r->date == REPLY_NO_DATE || (r->date >= c->today && r->date <= c->today + 60));
	assert(r->amount == -1 || r->intent == REPLY_PROMISE || r->intent == REPLY_PAID);
	assert(r->amount >= -1 && r->amount != 0);
	assert(c->balance < 0 || r->amount / 4 <= c->balance);
	assert(r->special == REPLY_SPECIAL_NONE || r->intent == REPLY_OTHER ||
	       r->intent == REPLY_STOP);
	assert((r->special == REPLY_SPECIAL_NONE) == (reply_special_word(r->special) == NULL));
	assert(reply_intent_word(r->intent)[0]);
}

/* Before the first input, which is timed. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	config_words_shipped();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const languages[] = {"en", "zh-Hans", "es-MX", "",   "fil", "hi-Latn",
						"hi", "sw",      "id",    "pt", "fr",  "x"};
	static const char *const currencies[] = {"PHP", "USD", "XOF", "IDR", "", "KWD"};
	static const int digits[] = {2, 2, 0, 2, 2, 3};
	struct reply_context c = {.balance = -1};
	struct reply_reading r;
	char *text;

	if (size < 4)
		return 0;
	c.language = languages[data[0] % 12];
	c.currency = currencies[data[1] % 6];
	c.digits = digits[data[1] % 6];
	c.month_first = data[1] % 6 == 1;
	c.today = 19000 + data[2] * 11;
	c.balance = data[3] & 1 ? (int64_t)data[3] * 100000 : -1;
	/* a heap copy, so that one byte too far is seen */
	text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, data + 4, size - 4);
	reply_read(config_words_shipped(), text, size - 4, &c, &r);
	check(&r, &c);
	free(text);
	return 0;
}
