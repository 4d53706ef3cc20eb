/* Any bytes as dunlin.yaml: a snapshot that keeps its promises, or complaints. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/complaint.h"
#include "gateway/base/money.h"
#include "gateway/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_hours(const struct policy_hours *hours)
{
	assert(hours->n <= POLICY_WINDOWS);
	for (int i = 0; i < hours->n; i++) {
		assert(hours->window[i].from >= 0 && hours->window[i].from < hours->window[i].to);
		assert(hours->window[i].to <= 86400);
		assert(i == 0 || hours->window[i].from >= hours->window[i - 1].to);
	}
}

static void
check_config(const struct config *c)
{
	assert(c->lender.name[0] != '\0' && c->lender.n_languages >= 1);
	assert(money_digits(c->lender.currency) == c->lender.digits);
	assert(c->ignore_below >= 0 && c->stale_after >= 0);
	assert(strlen(c->policy.version) == 16);
	for (int channel = 0; channel < CAMPAIGN_CHANNELS; channel++)
		for (int day = 0; day <= POLICY_HOLIDAY; day++)
			check_hours(&c->policy.hours[channel][day]);
	for (size_t i = 0; i < c->n_routes; i++) {
		const struct config_route *r = &c->routes[i];

		assert(config_route_index(c, r->name) == (int)i);
		assert(r->price >= CONFIG_PRICE_UNKNOWN);
		assert(r->type != CONFIG_ROUTE_SMPP || r->smpp.port != 0);
		config_route_match(c, r, "+639171234567");
	}
	for (size_t i = 0; i < c->n_test_numbers; i++)
		assert(config_is_test(c, c->test_numbers[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complaints complaints = {0};
	struct config *config;
	int rc = config_parse((const char *)data, size, &config, &complaints);

	assert((rc == 0) == (config != NULL));
	assert((rc == 0) == (complaints.errors == 0));
	if (config != NULL)
		check_config(config);
	config_unref(config);
	complaint_clear(&complaints);
	return 0;
}
