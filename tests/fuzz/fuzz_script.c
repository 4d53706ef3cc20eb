/* Any bytes as scripts/x.yaml: complaints with places, or a script that is proven, which a few
 * callers then play. */
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

static const char lender[] =
    "lender: {name: x, country: PH, currency: PHP, timezone: UTC, languages: [en, fil]}\n"
    "routes: {paper: {type: file}}\n";

static uint32_t seed;

static unsigned
pick(void *ctx, unsigned n)
{
	(void)ctx;
	seed = seed * 1664525 + 1013904223;
	return n == 0 ? 0 : (seed >> 8) % n;
}

static void
play(const struct config_script *s)
{
	const struct script_facts facts = {.check = WALK_CHECK,
					   .today = 20346,
					   .ahead = 31,
					   .digits = 2,
					   .amount_max = 500000,
					   .person = true};
	struct walk w = {.pick = pick,
			 .script = &s->script,
			 .longest_ms = s->longest_ms,
			 .length = script_text_ms};

	assert(s->longest_ms > 0);
	seed = 1;
	for (int i = 0; i < 5; i++)
		walk_call(&w, &facts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config *config;
	struct complaints complaints = {0};
	const struct config_script *s;
	struct arena arena = {0};

	if (config == NULL && config_parse(lender, strlen(lender), &config, &complaints) != 0)
		abort();
	s = config_script_parse(&arena, config, "x", (const char *)data, size, &complaints);
	assert((s == NULL) == (complaints.errors > 0));
	for (size_t i = 0; i < complaints.n; i++)
		assert(strcmp(complaints.items[i].file, "scripts/x.yaml") == 0);
	if (s != NULL)
		play(s);
	arena_clear(&arena);
	complaint_clear(&complaints);
	return 0;
}
