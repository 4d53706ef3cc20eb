/* Any bytes as a lender's presets/mine.yaml: complaints, or a policy that is nowhere wider than the
 * base, and whose "not before" is a time it allows. */
#include "gateway/base/complaint.h"
#include "gateway/config/config.h"
#include "tests/unit/gateway/home.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct home home;

static void
remove_home(void)
{
	home_remove(&home);
}

static void
make_home(void)
{
	home = home_make();
	home_write(&home, "dunlin.yaml",
		   "lender: {name: x, country: PH, currency: PHP, timezone: UTC}\n"
		   "routes: {paper: {type: file}}\npolicy: {preset: mine}\n");
	home_write(&home, "presets/mine.yaml", "");
	atexit(remove_home);
}

static void
write_preset(const uint8_t *data, size_t size)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/presets/mine.yaml", home.path);
	assert((f = fopen(path, "w")) != NULL);
	assert(fwrite(data, 1, size, f) == size);
	assert(fclose(f) == 0);
}

static void
check_hours(const struct policy_hours *h)
{
	assert(h->rule != NULL);
	for (int i = 0; i < h->n; i++) {
		assert(h->window[i].from >= 8 * 3600 && h->window[i].to <= 20 * 3600);
		assert(h->window[i].from < h->window[i].to);
		assert(i == 0 || h->window[i].from >= h->window[i - 1].to);
	}
}

static void
check_policy(const struct policy *p)
{
	for (int c = 0; c < CAMPAIGN_VOICES; c++)
		for (int row = 0; row <= POLICY_HOLIDAY; row++)
			if (row < POLICY_HOLIDAY || p->holiday_hours[c])
				check_hours(&p->hours[c][row]);
	assert(p->n_caps >= 4 && p->n_gaps >= 1 && p->n_cooloffs >= 1);
	for (size_t i = 0; i < p->n_caps; i++)
		assert(p->caps[i].n > 0 && p->caps[i].days > 0 && p->caps[i].days <= 60);
	assert(p->first_touch != NULL && p->record_keep >= 1096 && p->names_lender);
	assert(p->n_holds >= 4 && p->n_holds <= POLICY_HOLDS);
}

/* The time a text is put off to is one at which it may go. */
static void
check_until(const struct policy *p, int channel)
{
	static const struct civil_zone utc = {.n = 0};
	const int64_t now = INT64_C(1789437600000);
	const struct policy_contact contacts[] = {
	    {now - 3600000, 1, 1, CAMPAIGN_SMS, POLICY_TEXT},
	    {now - 86400000, 1, 1, CAMPAIGN_CALL, POLICY_CONVERSATION}};
	struct policy_question q = {.at = now,
				    .channel = (enum campaign_channel)channel,
				    .account = 1,
				    .number = 1,
				    .zone = &utc,
				    .texted = true,
				    .contacts = contacts,
				    .n_contacts = 2};
	struct policy_decision d = policy_decide(p, &q);

	if (d.answer != POLICY_DEFER)
		return;
	assert(d.until > now && d.rule != NULL);
	q.at = d.until;
	assert(policy_decide(p, &q).answer == POLICY_ALLOW);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complaints complaints = {0};
	struct config *config;

	if (home.path[0] == '\0')
		make_home();
	write_preset(data, size);
	if (config_load(home.path, &config, &complaints) == 0) {
		assert(complaints.errors == 0 && config->n_widened == 0);
		check_policy(&config->policy);
		for (int c = 0; c < CAMPAIGN_VOICES; c++)
			check_until(&config->policy, c);
	} else {
		assert(complaints.errors > 0);
	}
	config_unref(config);
	complaint_clear(&complaints);
	return 0;
}
