/* Any bytes as a lender's word file: tables that read, or complaints with a place.  What was built
 * then reads a few replies. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/complaint.h"
#include "gateway/config/config_words.h"
#include "schedule/reply.h"
#include "schedule/reply_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const texts[] = {"stop sending texts",
					    "will pay 1.5k on friday the 25th, ok?",
					    "\xe4\xb8\x8b\xe5\x91\xa8\xe4\xb8\x80\xe8\xbf\x98",
					    "kal de dunga 2 lakh 50 hazaar", "a b c d e f g"};
	struct reply_context c = {.language = "xx", .currency = "PHP", .digits = 2, .balance = -1};
	struct complaints complaints = {0};
	struct reply_words *words =
	    config_words_parse("xx.yaml", (const char *)data, size, &complaints);
	struct reply_reading r;

	assert(words != NULL);
	for (size_t i = 0; i < complaints.n; i++)
		assert(strcmp(complaints.items[i].file, "words/xx.yaml") == 0);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		reply_read(words, texts[i], strlen(texts[i]), &c, &r);
	reply_words_free(words);
	complaint_clear(&complaints);
	return 0;
}
