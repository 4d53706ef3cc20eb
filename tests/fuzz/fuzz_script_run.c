/* Any bytes as a caller of the sample script: what is pressed and when, how long the store takes,
 * where they hang up. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/complaint.h"
#include "gateway/config/config.h"
#include "gateway/config/config_script.h"
#include "tests/unit/ivr/script_walker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const char embed_reminder_call_yaml[];

static const char lender[] =
    "lender: {name: x, country: PH, currency: PHP, timezone: UTC, languages: [en, fil]}\n"
    "routes: {paper: {type: file}}\n";

struct bytes {
	const uint8_t *at, *end;
};

/* Two bytes for each choice; whoever has none left does the first of everything. */
static unsigned
pick(void *ctx, unsigned n)
{
	struct bytes *b = ctx;
	unsigned value;

	if (b->end - b->at < 2 || n == 0)
		return 0;
	value = (unsigned)b->at[0] << 8 | b->at[1];
	b->at += 2;
	return value % n;
}

static const struct config_script *
sample(void)
{
	static const struct config_script *script;
	static struct config *config;
	static struct arena arena;
	struct complaints complaints = {0};

	if (script == NULL) {
		if (config_parse(lender, strlen(lender), &config, &complaints) != 0)
			abort();
		script = config_script_parse(&arena, config, "x", embed_reminder_call_yaml,
					     strlen(embed_reminder_call_yaml), &complaints);
		assert(script != NULL);
	}
	return script;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = {data, data + size};
	struct walk w = {.pick = pick, .ctx = &bytes, .length = script_text_ms};
	struct script_facts facts = {.check = WALK_CHECK, .ahead = 31, .digits = 2};

	w.script = &sample()->script;
	w.longest_ms = sample()->longest_ms;
	facts.today = 20000 + (int32_t)pick(&bytes, 4000);
	facts.language = (int)pick(&bytes, 2);
	facts.person = pick(&bytes, 2) != 0;
	facts.amount_max = (int64_t)pick(&bytes, 1000) * 100 - 1;
	walk_call(&w, &facts);
	return 0;
}
