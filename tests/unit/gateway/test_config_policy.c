/* policy: of dunlin.yaml: hours, holidays, rules of every kind, what may be wider and what not. */
#include "parsed.h"

static const struct policy_hours *
hours(const struct parsed *p, enum campaign_channel channel, int day)
{
	return &p->config->policy.hours[channel][day];
}

static void
test_windows_narrow(void **state)
{
	struct parsed p =
	    parse(LENDER ROUTE "policy: {windows: {sms: {mon-fri: \"13:00-18:00, 09:00-12:00\", "
			       "hol: \"10:00-11:00\"}, any: {mon-sat: 10:00-17:00}}}\n");
	const struct policy_hours *monday = hours(&p, CAMPAIGN_SMS, 0);

	(void)state;
	assert_int_equal(p.complaints.n, 1);
	assert_non_null(strstr(p.complaints.items[0].text, "no `holidays`"));
	assert_int_equal(monday->n, 2);
	assert_int_equal(monday->window[0].from, 10 * 3600);
	assert_int_equal(monday->window[0].to, 12 * 3600);
	assert_int_equal(monday->window[1].to, 17 * 3600);
	assert_int_equal(hours(&p, CAMPAIGN_SMS, 5)->n, 0); /* not listed for sms */
	assert_int_equal(hours(&p, CAMPAIGN_CALL, 5)->n, 1);
	assert_int_equal(hours(&p, CAMPAIGN_CALL, 6)->n, 0); /* not listed at all */
	assert_int_equal(hours(&p, CAMPAIGN_TASK, 6)->n, 1); /* tasks are always made */
	assert_string_equal(monday->rule, "lender.window");
	/* both must allow, and `any` is closed on holidays */
	assert_true(p.config->policy.holiday_hours);
	assert_int_equal(hours(&p, CAMPAIGN_SMS, POLICY_HOLIDAY)->n, 0);
	drop(&p);
}

static void
test_windows_may_be_wider_only_with_a_reason(void **state)
{
	struct parsed p;

	(void)state;
	assert_complaint("policy: {windows: {sms: {sun: \"07:00-09:00\"}}}\n", false,
			 "base.window allows 08:00-20:00");
	assert_complaint("policy: {override_reason: x, windows: {sms: {sun: \"08:00-09:00\"}}}\n",
			 true, "nothing is wider");
	p = parse(LENDER ROUTE
		  "policy: {override_reason: consent, windows: {sms: {sat-sun: 07:00-09:00}}}\n");
	assert_int_equal(p.complaints.n, 1);
	assert_true(p.complaints.items[0].warning);
	assert_non_null(strstr(p.complaints.items[0].text, "because: consent"));
	assert_string_equal(p.config->override_reason, "consent");
	assert_int_equal(p.config->n_widened, 1);
	assert_string_equal(p.config->widened[0],
			    "windows sms sat-sun 07:00-09:00 (base.window allows 08:00-20:00)");
	assert_int_equal(hours(&p, CAMPAIGN_SMS, 6)->window[0].from, 7 * 3600);
	assert_string_equal(hours(&p, CAMPAIGN_SMS, 6)->rule, "lender.override");
	assert_string_equal(hours(&p, CAMPAIGN_SMS, 0)->rule, "lender.window");
	drop(&p);
}

static void
test_mistakes_in_the_policy(void **state)
{
	(void)state;
	assert_complaint("policy: {preset: phh}\n", false, "did you mean `ph`?");
	assert_complaint("policy: {preset: [ph, phh]}\n", false, "did you mean `ph`?");
	assert_complaint("policy: {preset: []}\n", false, "at least one");
	assert_complaint("policy: {preset: mx}\n", true, "no `holidays`");
	assert_complaint("policy: {caps: {smss: 1/1d}}\n", false, "kind of contact");
	assert_complaint("policy: {caps: {sms.seen: 1/1d}}\n", false, "kind of contact");
	assert_complaint("policy: {caps: {sms: 1 a day}}\n", false, "3/7d per person");
	assert_complaint("policy: {caps: {sms: 0/1d}}\n", false, "3/7d per person");
	assert_complaint("policy: {caps: {sms: 3/61d}}\n", false, "at most 60");
	assert_complaint("policy: {caps: {sms: [3/7d per debtor]}}\n", false, "3/7d per person");
	assert_complaint("policy: {gaps: {sms: 4}}\n", false, "4h, 30m or 2d");
	assert_complaint("policy: {gaps: {sms: 61d}}\n", false, "4h, 30m or 2d");
	assert_complaint("policy: {cooloff: {call: 4h}}\n", false, "7d (per");
	assert_complaint("policy: {cooloff: {call.sent: 4d}}\n", false, "no channel");
	assert_complaint("policy: {holds: {Breathing: 4d}}\n", false, "small letters");
	assert_complaint("policy: {holds: {breathing_space: long}}\n", false, "until released");
	assert_complaint("policy: {channels_per_week: 3}\n", false, "1 to 2");
	assert_complaint("policy: {first_touch: call}\n", false, "sms");
	assert_complaint("policy: {require: {lendr: yes}}\n", false, "did you mean `lender`?");
	assert_complaint("policy: {record_keep: 3}\n", false, "3y or 900d");
	assert_complaint("policy: {caps: 3/7d}\n", false, "mapping");
	assert_complaint("policy: {cap: {}}\n", false, "did you mean `caps`?");
	assert_complaint("policy: {windows: {smss: {mon: closed}}}\n", false,
			 "did you mean `sms`?");
	assert_complaint("policy: {windows: {sms: {monday: closed}}}\n", false, "weekday");
	assert_complaint("policy: {windows: {sms: {mon-hol: closed}}}\n", false, "weekday");
	assert_complaint("policy: {windows: {sms: {\"mon,\": closed}}}\n", false, "weekday");
	assert_complaint("policy: {windows: {sms: {mon: 9-10}}}\n", false, "no hours");
	assert_complaint("policy: {windows: {sms: {mon: 10:00-09:00}}}\n", false, "no hours");
	assert_complaint("policy: {windows: {sms: {mon: \"09:00-11:00,10:00-12:00\"}}}\n", false,
			 "overlap");
	assert_complaint("policy: {windows: {sms: {mon-fri: closed, wed: closed}}}\n", false,
			 "wed is given twice");
	assert_complaint("policy: {windows: {sms: {mon: 09:00-09:15}}}\n", true, "never open");
	assert_complaint("policy: {windows: {sms: [mon]}}\n", false, "weekdays");
	assert_complaint("policy: {ignore_below: \"1,50\"}\n", false, "ignore_below");
	assert_complaint("policy: {ignore_below: \"1.005\"}\n", false, "ignore_below");
	assert_complaint("policy: {ignore_below: \"-1\"}\n", false, "negative");
	assert_complaint("policy: {stale_after: two}\n", false, "stale_after");
}

static void
test_presets_by_country(void **state)
{
	static const char *const cases[][2] = {{"PH", "ph"},
					       {"GB", "uk"},
					       {"US", "us-regf"},
					       {"DE", "strict"},
					       {"CA", "ca-on, ca-qc"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		struct parsed p;

		snprintf(text, sizeof(text),
			 "lender: {name: x, country: %s, currency: EUR, timezone: UTC}\n" ROUTE,
			 cases[i][0]);
		p = parse(text);
		assert_int_equal(p.rc, 0);
		assert_string_equal(p.config->preset, cases[i][1]);
		drop(&p);
	}
}

/* Each kind of rule is refused where it is wider than the base, and taken with a reason. */
static void
test_what_is_wider_needs_a_reason(void **state)
{
	static const struct {
		const char *rule, *widened;
	} cases[] = {
	    {"caps: {sms: 5/7d}", "caps sms.sent 5/7d per person (base.sms.3/7d)"},
	    {"caps: {call.attempt: 4/7d per debt}",
	     "caps call.attempt 4/7d per debt (base.call.3/7d)"},
	    {"gaps: {call: 1h}", "gaps call 1h (base.gap.call.4h)"},
	    {"gaps: {call: off}", "gaps call off (base.gap.call.4h)"},
	    {"cooloff: {call: 3d per debt}", "cooloff call 3d (base.cooloff.call.7d)"},
	    {"cooloff: {call: off}", "cooloff call off (base.cooloff.call.7d)"},
	    {"preset: [ph, co], channels_per_week: off",
	     "channels_per_week off (co.channels.1/week)"},
	    {"preset: [ph, co], channels_per_week: 2", "channels_per_week 2 (co.channels.1/week)"},
	    {"first_touch: off", "first_touch off (base.first_touch)"},
	    {"require: {lender: no}", "require lender no (base)"},
	    {"record_keep: 1y", "record_keep 1y (base keeps 1096 days)"},
	    {"preset: sa, record_keep: 9y", "record_keep 9y (sa keeps 3653 days)"},
	    {"preset: us-regf, require: {opt_out: off}",
	     "require opt_out off (Reply STOP to stop texts to this number.)"},
	    {"holds: {dispute: 9d}", "holds dispute 9d (until released)"},
	    {"preset: id, windows: {call: {hol: 09:00-10:00}}",
	     "windows call hol 09:00-10:00 (id.holiday allows closed)"},
	    {"preset: in, windows: {any: {mon-fri: 09:00-19:30}}",
	     "windows any mon-fri 09:00-19:30 (in.window allows 08:00-19:00)"},
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parsed p;

		snprintf(text, sizeof(text), LENDER ROUTE "policy: {%s}\n", cases[i].rule);
		p = parse(text);
		assert_null(p.config);
		assert_int_equal(p.complaints.errors, 1);
		drop(&p);
		snprintf(text, sizeof(text), LENDER ROUTE "policy: {%s, override_reason: agreed}\n",
			 cases[i].rule);
		p = parse(text);
		assert_non_null(p.config);
		assert_int_equal(p.config->n_widened, 1);
		assert_string_equal(p.config->widened[0], cases[i].widened);
		drop(&p);
	}
}

static void
test_narrower_rules_of_the_lender(void **state)
{
	struct parsed p =
	    good("policy: {caps: {sms: 2/7d, any.contact: 4/7d}, gaps: {sms: 2d, call: "
		 "5h}, cooloff: {call: 8d per debt}, channels_per_week: 1, holds: "
		 "{breathing_space: 60d}, record_keep: 10y, require: {opt_out: \"Say "
		 "STOP\"}}\n");
	const struct policy *policy = &p.config->policy;

	(void)state;
	assert_int_equal(p.config->n_widened, 0);
	assert_int_equal(policy->n_caps, 5);
	assert_string_equal(policy->caps[1].rule, "lender.sms.2/7d");
	assert_int_equal(policy->caps[4].channels, (1 << CAMPAIGN_CHANNELS) - 1);
	assert_int_equal(policy->caps[4].what, POLICY_CONTACT);
	assert_int_equal(policy->n_gaps, 2);
	assert_string_equal(policy->gaps[0].rule, "lender.gap.call.5h");
	assert_int_equal(policy->gaps[1].ms, 48 * 3600 * 1000);
	assert_string_equal(policy->cooloffs[0].rule, "lender.cooloff.call.8d");
	assert_int_equal(policy->n_cooloffs, 1);
	assert_int_equal(policy->channels_per_week, 1);
	assert_string_equal(policy->channels_rule, "lender.channels.1/week");
	assert_int_equal(policy_hold_days(policy, "breathing_space"), 60);
	assert_int_equal(policy_hold_days(policy, "dispute"), 0);
	assert_int_equal(policy_hold_days(policy, "holiday"), -1);
	assert_int_equal(p.config->policy.record_keep, 3653);
	assert_string_equal(policy->opt_out, "Say STOP");
	drop(&p);
}

static void
test_buckets(void **state)
{
	struct parsed p = good("");

	(void)state;
	assert_int_equal(config_bucket(p.config, -3), 0);
	assert_int_equal(config_bucket(p.config, 0), 0);
	assert_int_equal(config_bucket(p.config, 1), 1);
	assert_int_equal(config_bucket(p.config, 90), 3);
	assert_int_equal(config_bucket(p.config, 91), 4);
	drop(&p);
	p = good("buckets: [5, 10]\n");
	assert_int_equal(config_bucket(p.config, 5), 0);
	assert_int_equal(config_bucket(p.config, 11), 2);
	drop(&p);
	assert_complaint("buckets: [0, 30, 30]\n", false, "ascending");
	assert_complaint("buckets: [0, x]\n", false, "whole number");
	assert_complaint("buckets: [1, 2, 3, 4, 5, 6, 7, 8]\n", false, "at most 7");
}

static void
test_version_follows_the_rules_not_the_file(void **state)
{
	struct parsed a = good("policy: {windows: {sms: {mon-tue: 09:00-10:00}}}\n");
	struct parsed b =
	    good("policy: {windows: {sms: {tue: 9:00-10:00, mon: \"09:00-10:00\"}}}\n");
	struct parsed c = good("policy: {windows: {sms: {mon-tue: 09:00-11:00}}}\n");

	(void)state;
	assert_int_equal(strlen(a.config->policy.version), 16);
	assert_string_equal(a.config->policy.version, b.config->policy.version);
	assert_string_not_equal(a.config->policy.version, c.config->policy.version);
	drop(&c);
	c = good("policy: {windows: {sms: {mon-tue: 09:00-10:00}}, gaps: {sms: 1d}}\n");
	assert_string_not_equal(a.config->policy.version, c.config->policy.version);
	drop(&a);
	drop(&b);
	drop(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_windows_narrow),
	    cmocka_unit_test(test_windows_may_be_wider_only_with_a_reason),
	    cmocka_unit_test(test_mistakes_in_the_policy),
	    cmocka_unit_test(test_presets_by_country),
	    cmocka_unit_test(test_what_is_wider_needs_a_reason),
	    cmocka_unit_test(test_narrower_rules_of_the_lender),
	    cmocka_unit_test(test_buckets),
	    cmocka_unit_test(test_version_follows_the_rules_not_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
