/* Every preset on top of the base: what is allowed when, and which rules are its own. */
#include "gateway/base/arena.h"
#include "gateway/config/config_preset.h"
#include "home.h"
#include "parsed.h"

static const char *
show(const struct policy_hours *h, char out[64])
{
	size_t used = 0;

	strcpy(out, "closed");
	for (int i = 0; i < h->n; i++)
		used += (size_t)snprintf(
		    out + used, 64 - used, "%s%02d:%02d-%02d:%02d", i > 0 ? "," : "",
		    (int)h->window[i].from / 3600, (int)h->window[i].from / 60 % 60,
		    (int)h->window[i].to / 3600, (int)h->window[i].to / 60 % 60);
	return out;
}

/* Monday, Friday, Saturday, Sunday, holiday; "-": no holiday hours, so closed. */
static void
week_text(const struct policy *p, int channel, char *out, size_t size)
{
	static const int rows[] = {0, 4, 5, 6};
	char hours[64];
	size_t used = 0;

	for (size_t i = 0; i < 4; i++)
		used += (size_t)snprintf(out + used, size - used, "%s ",
					 show(&p->hours[channel][rows[i]], hours));
	snprintf(out + used, size - used, "%s",
		 p->holiday_hours[channel] ? show(&p->hours[channel][POLICY_HOLIDAY], hours) : "-");
}

/* Names of counting rules that are not the base's. */
static void
rules_text(const struct policy *p, char *out, size_t size)
{
	const char *all[64];
	size_t n = 0, used = 0;

	for (size_t i = 0; i < p->n_caps; i++)
		all[n++] = p->caps[i].rule;
	for (size_t i = 0; i < p->n_gaps; i++)
		all[n++] = p->gaps[i].rule;
	for (size_t i = 0; i < p->n_cooloffs; i++)
		all[n++] = p->cooloffs[i].rule;
	if (p->channels_per_week > 0)
		all[n++] = p->channels_rule;
	out[0] = '\0';
	for (size_t i = 0; i < n; i++)
		if (strncmp(all[i], "base.", 5) != 0)
			used += (size_t)snprintf(out + used, size - used, "%s%s",
						 used > 0 ? " " : "", all[i]);
}

#define DAY7 "08:00-20:00 08:00-20:00 08:00-20:00 08:00-20:00 "

static const struct expectation {
	const char *name;
	const char *sms, *call; /* NULL: as texts */
	const char *rules;
	int keep;
} expected[] = {
    {"base", DAY7 "-", NULL, "", 1096},
    {"strict", "09:00-18:00 09:00-18:00 closed closed closed", NULL,
     "strict.sms.2/7d strict.any.1/1d strict.any.3/7d strict.call.1/7d strict.gap.sms.48h "
     "strict.channels.1/week",
     1096},
    {"us-regf", DAY7 "-", NULL, "", 1096},
    {"uk", "08:00-20:00 08:00-20:00 08:00-20:00 closed -", NULL, "", 1096},
    {"cn", DAY7 "-", NULL, "cn.call.6/1d", 1096},
    {"in", "08:00-19:00 08:00-19:00 08:00-19:00 08:00-19:00 -", NULL, "", 1096},
    {"ke", "08:00-18:00 08:00-18:00 08:00-18:00 closed -", NULL, "", 1096},
    {"ng", DAY7 "-", NULL, "", 1096},
    {"ph", DAY7 "-", NULL, "", 1096},
    {"id", "08:00-20:00 08:00-20:00 08:00-20:00 closed closed", NULL, "", 1096},
    {"mx", "08:00-20:00 08:00-20:00 closed closed closed", NULL, "", 1096},
    {"br", "08:00-20:00 08:00-20:00 08:00-14:00 closed closed", NULL, "", 1096},
    {"br-rj", "09:00-19:00 09:00-19:00 closed closed closed", NULL, "", 1096},
    {"co", "08:00-19:00 08:00-19:00 08:00-15:00 closed closed", NULL,
     "co.any.1/1d co.channels.1/week", 1096},
    {"cl", "08:00-20:00 08:00-20:00 08:00-20:00 closed closed", NULL,
     "cl.sms.2/7d cl.call.1/7d cl.gap.sms.48h", 1096},
    {"pe", DAY7 "-", "08:00-20:00 08:00-20:00 closed closed closed", "", 1096},
    {"za", "08:00-20:00 08:00-20:00 08:00-20:00 closed -", NULL, "", 1096},
    {"vn", DAY7 "-", NULL, "vn.any.5/1d", 1096},
    {"my", "09:00-18:00 09:00-18:00 closed closed closed", NULL,
     "strict.sms.2/7d strict.any.1/1d strict.any.3/7d strict.call.1/7d strict.gap.sms.48h "
     "strict.channels.1/week",
     1096},
    {"th", "08:00-20:00 08:00-20:00 08:00-18:00 08:00-18:00 08:00-18:00", NULL, "th.any.1/1d",
     1096},
    {"kr", DAY7 "-", NULL, "kr.any.7/7d", 1096},
    {"jp", DAY7 "-", NULL, "", 1096},
    {"sa", DAY7 "-", NULL, "sa.call.10/30d", 3653},
    {"au", DAY7 "-", "08:00-20:00 08:00-20:00 09:00-20:00 09:00-20:00 closed",
     "au.any.3/7d au.any.10/30d", 1096},
    {"ca-on", "08:00-20:00 08:00-20:00 08:00-20:00 13:00-17:00 closed", NULL, "ca-on.any.3/7d",
     1096},
    {"ca-qc", "08:00-20:00 08:00-20:00 08:00-20:00 closed closed", NULL, "", 1096},
    /* several: all must allow */
    {"[ca-on, ca-qc]", "08:00-20:00 08:00-20:00 08:00-20:00 closed closed", NULL, "ca-on.any.3/7d",
     1096},
    {"[th, uk]", "08:00-20:00 08:00-20:00 08:00-18:00 closed 08:00-18:00", NULL, "th.any.1/1d",
     1096},
    {"[in, th]", "08:00-19:00 08:00-19:00 08:00-18:00 08:00-18:00 08:00-18:00", NULL, "th.any.1/1d",
     1096},
};

static struct parsed
with_preset(const char *name)
{
	char text[256];

	snprintf(text, sizeof(text), LENDER ROUTE "policy: {preset: %s}\n", name);
	return parse(text);
}

static void
every_place_as_the_facts_have_it(void **state)
{
	char week[256], rules[512];

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const struct expectation *e = &expected[i];
		struct parsed p = with_preset(e->name);
		const struct policy *policy = &p.config->policy;

		assert_non_null(p.config);
		assert_int_equal(p.complaints.errors, 0);
		week_text(policy, CAMPAIGN_SMS, week, sizeof(week));
		if (strcmp(week, e->sms) != 0)
			fail_msg("%s: texts %s", e->name, week);
		week_text(policy, CAMPAIGN_CALL, week, sizeof(week));
		if (strcmp(week, e->call != NULL ? e->call : e->sms) != 0)
			fail_msg("%s: calls %s", e->name, week);
		rules_text(policy, rules, sizeof(rules));
		if (strcmp(rules, e->rules) != 0)
			fail_msg("%s: rules %s", e->name, rules);
		assert_int_equal(policy->record_keep, e->keep);
		assert_non_null(policy->first_touch);
		assert_true(policy->names_lender);
		drop(&p);
	}
}

/* What stands in the program cannot be taken away by a file: both say the same. */
static void
the_base_is_what_the_code_says(void **state)
{
	struct parsed p = with_preset("base");
	const struct policy *joined = &p.config->policy;
	struct policy base;

	(void)state;
	policy_base(&base);
	assert_int_equal(p.complaints.n, 0);
	for (int i = 0; i < CAMPAIGN_VOICES * POLICY_HOLIDAY; i++) {
		const struct policy_hours *a = &base.hours[i % CAMPAIGN_VOICES][i / 2];
		const struct policy_hours *b = &joined->hours[i % CAMPAIGN_VOICES][i / 2];

		assert_int_equal(a->n, b->n);
		assert_memory_equal(a->window, b->window, sizeof(a->window));
		assert_string_equal(a->rule, b->rule);
	}
	assert_false(joined->holiday_hours[CAMPAIGN_SMS]);
	assert_int_equal(joined->n_caps, base.n_caps);
	for (size_t i = 0; i < base.n_caps; i++)
		assert_string_equal(joined->caps[i].rule, base.caps[i].rule);
	assert_int_equal(joined->n_gaps, base.n_gaps);
	assert_int_equal(joined->n_cooloffs, base.n_cooloffs);
	assert_string_equal(joined->first_touch, base.first_touch);
	assert_int_equal(joined->n_holds, base.n_holds);
	assert_int_equal(joined->record_keep, base.record_keep);
	assert_int_equal(p.config->n_presets, 1);
	drop(&p);
}

static void
every_preset_says_where_it_comes_from(void **state)
{
	struct arena arena = {0};
	size_t n, places = sizeof(expected) / sizeof(expected[0]) - 3;
	const struct config_preset *all = config_presets_known(&arena, &n);

	(void)state;
	assert_int_equal(n, places);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(all[i].name, expected[i].name);
		assert_non_null(all[i].place);
		assert_non_null(all[i].source);
		assert_non_null(all[i].confidence);
		assert_true(all[i].reviewed >= civil_day(2026, 11, 21));
		assert_false(all[i].own);
	}
	arena_clear(&arena);
}

static void
who_closes_is_named(void **state)
{
	struct parsed p = with_preset("co");
	const struct policy_hours *monday = &p.config->policy.hours[CAMPAIGN_SMS][0];

	(void)state;
	/* the base opens at eight, Colombia closes at seven */
	assert_string_equal(monday->before[0], "base.window");
	assert_string_equal(monday->rule, "co.window");
	assert_string_equal(p.config->policy.hours[CAMPAIGN_SMS][6].rule, "co.window");
	assert_string_equal(p.config->policy.hours[CAMPAIGN_SMS][POLICY_HOLIDAY].rule,
			    "co.holiday");
	drop(&p);
}

static void
what_rules_cannot_say_otherwise(void **state)
{
	struct parsed p = with_preset("us-regf");

	(void)state;
	assert_string_equal(p.config->policy.opt_out, "Reply STOP to stop texts to this number.");
	drop(&p);
	p = with_preset("uk");
	assert_int_equal(policy_hold_days(&p.config->policy, "breathing_space"), 60);
	assert_int_equal(policy_hold_days(&p.config->policy, "mental_health_crisis"), 0);
	assert_null(p.config->policy.opt_out);
	drop(&p);
	p = with_preset("kr");
	assert_int_equal(policy_hold_days(&p.config->policy, "hospital"), 90);
	drop(&p);
}

/* ---- a home's own ---- */

#define MAIN LENDER ROUTE "policy: {preset: mine}\n"

/* Loads a home whose presets/mine.yaml and presets/other.yaml hold these texts. */
static struct parsed
with_own(const char *main_text, const char *mine, const char *other)
{
	struct home h = home_make();
	struct parsed p = {.rc = 0};

	home_write(&h, "dunlin.yaml", main_text);
	if (mine != NULL)
		home_write(&h, "presets/mine.yaml", mine);
	if (other != NULL)
		home_write(&h, "presets/other.yaml", other);
	p.rc = config_load(h.path, &p.config, &p.complaints);
	home_remove(&h);
	return p;
}

static void
a_lenders_own_preset_inherits(void **state)
{
	struct parsed p = with_own(MAIN,
				   "inherits: [in, other]\nwindows: {sms: {sat: \"10:00-12:00\"}}\n"
				   "caps: {sms.sent: 2/7d}\n",
				   "gaps: {sms: 2d}\n");
	char week[256];

	(void)state;
	assert_int_equal(p.rc, 0);
	assert_string_equal(p.config->preset, "mine");
	assert_int_equal(p.config->n_presets, 4);
	assert_string_equal(p.config->presets[0].name, "base");
	assert_string_equal(p.config->presets[1].name, "in");
	assert_string_equal(p.config->presets[3].name, "mine");
	assert_true(p.config->presets[3].own);
	week_text(&p.config->policy, CAMPAIGN_SMS, week, sizeof(week));
	/* weekdays it does not list are no rule of it */
	assert_string_equal(week, "08:00-19:00 08:00-19:00 10:00-12:00 08:00-19:00 -");
	rules_text(&p.config->policy, week, sizeof(week));
	assert_string_equal(week, "mine.sms.2/7d other.gap.sms.2d");
	drop(&p);
}

static void
mistakes_in_presets_are_told_with_their_place(void **state)
{
	static const struct {
		const char *mine, *other, *file, *text;
		int line;
	} cases[] = {
	    {"inherits: [mine]\n", NULL, "presets/mine.yaml", "inherits itself", 1},
	    {"inherits: [other]\n", "inherits: [mine]\n", "presets/other.yaml", "inherits itself",
	     1},
	    {"gaps: {}\ninherits: [inn]\n", NULL, "presets/mine.yaml", "did you mean `in`?", 2},
	    {"caps: {sms: 3}\n", NULL, "presets/mine.yaml", "3/7d", 1},
	    {"reviewed: 2026-13-01\n", NULL, "presets/mine.yaml", "no day", 1},
	    {"place: x\nrequire: {lender: no\n", NULL, "presets/mine.yaml", "", 3},
	    {"plaice: x\n", NULL, "presets/mine.yaml", "did you mean `place`?", 1},
	    /* not in force, and told all the same */
	    {"place: x\n", "gaps: {sms: x}\n", "presets/other.yaml", "4h, 30m or 2d", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parsed p = with_own(MAIN, cases[i].mine, cases[i].other);

		assert_null(p.config);
		assert_int_equal(p.complaints.errors, 1);
		assert_string_equal(p.complaints.items[0].file, cases[i].file);
		assert_int_equal(p.complaints.items[0].line, cases[i].line);
		if (strstr(p.complaints.items[0].text, cases[i].text) == NULL)
			fail_msg("`%s` lacks `%s`", p.complaints.items[0].text, cases[i].text);
		drop(&p);
	}
}

static void
the_programs_names_are_its_own(void **state)
{
	struct home h = home_make();
	struct complaints complaints = {0};
	struct config *config;

	(void)state;
	home_write(&h, "dunlin.yaml", LENDER ROUTE);
	home_write(&h, "presets/ph.yaml", "place: nowhere\n");
	assert_int_not_equal(config_load(h.path, &config, &complaints), 0);
	assert_int_equal(complaints.errors, 1);
	assert_non_null(strstr(complaints.items[0].text, "inherits: [ph]"));
	complaint_clear(&complaints);
	home_remove(&h);
}

static void
old_reviews_are_told(void **state)
{
	struct parsed p = with_own(MAIN, "reviewed: 2020-01-01\ninherits: [ph]\n", NULL);
	struct complaints told = {0};

	(void)state;
	assert_int_equal(p.rc, 0);
	config_presets_review(p.config, civil_day(2026, 12, 1), &told);
	assert_int_equal(told.n, 1);
	assert_int_equal(told.warnings, 1);
	assert_non_null(strstr(told.items[0].text, "2020-01-01"));
	complaint_clear(&told);
	config_presets_review(p.config, civil_day(2027, 12, 1), &told);
	assert_int_equal(told.n, 3); /* base, ph and the lender's own */
	complaint_clear(&told);
	drop(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_place_as_the_facts_have_it),
	    cmocka_unit_test(the_base_is_what_the_code_says),
	    cmocka_unit_test(every_preset_says_where_it_comes_from),
	    cmocka_unit_test(who_closes_is_named),
	    cmocka_unit_test(what_rules_cannot_say_otherwise),
	    cmocka_unit_test(a_lenders_own_preset_inherits),
	    cmocka_unit_test(mistakes_in_presets_are_told_with_their_place),
	    cmocka_unit_test(the_programs_names_are_its_own),
	    cmocka_unit_test(old_reviews_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
