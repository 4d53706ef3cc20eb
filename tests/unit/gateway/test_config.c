#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "home.h"
#include "parsed.h"

/* --- dunlin.yaml ---------------------------------------------------------------------------- */

static void
test_defaults_of_the_contract(void **state)
{
	struct parsed p =
	    good("routes: {a: {type: smpp, host: localhost, system_id: x}, b: {type: file}}\n");
	const struct config *c = p.config;
	const struct config_smpp *s = &c->routes[0].smpp;

	(void)state;
	assert_true(c->live);
	assert_string_equal(c->lender.languages[0], "en");
	assert_string_equal(c->lender.prefix, "+63");
	assert_int_equal(c->lender.digits, 2);
	assert_int_equal(civil_offset(&c->lender.zone, INT64_C(1789000000000)), 8 * 3600);
	assert_string_equal(c->preset, "ph");
	assert_int_equal(c->ignore_below, 0);
	assert_int_equal(c->stale_after, 0);
	assert_int_equal(c->promises.ahead, 31);
	assert_int_equal(c->promises.grace, 1);
	assert_int_equal(c->promises.tolerance, 5);
	assert_null(c->alerts_to);
	assert_int_equal(c->alerts_daily, -1);
	assert_string_equal(c->store, "dunlin.db");
	assert_string_equal(c->web_host, "127.0.0.1");
	assert_int_equal(c->web_port, 8080);
	assert_int_equal(c->n_test_numbers, 0);
	assert_int_equal(c->routes[0].rate, 0);
	assert_true(c->routes[0].failover && c->routes[0].replies && s->receipts);
	assert_int_equal(c->routes[0].price, CONFIG_PRICE_UNKNOWN);
	assert_int_equal(c->routes[0].n_prefixes, 0);
	assert_int_equal(s->port, 2775);
	assert_false(s->tls);
	assert_int_equal(s->bind, CONFIG_BIND_TRANSCEIVER);
	assert_int_equal(s->window, 100);
	assert_int_equal(s->alphabet, CONFIG_ALPHABET_GSM);
	assert_int_equal(s->packing, CONFIG_UNPACKED);
	assert_int_equal(s->long_form, CONFIG_LONG_UDH);
	assert_string_equal(s->system_type, "");
	assert_string_equal(c->routes[1].path, "sent.jsonl");
	drop(&p);
}

static void
test_order_of_sections_does_not_matter(void **state)
{
	struct parsed p = parse("policy: {ignore_below: \"1.500\"}\n" ROUTE
				"lender: {name: x, country: TN, currency: TND, timezone: "
				"Africa/Tunis, languages: [ar, fr]}\n");

	(void)state;
	assert_int_equal(p.rc, 0);
	assert_int_equal(p.config->ignore_below, 1500);
	assert_int_equal(p.config->lender.digits, 3);
	drop(&p);
}

static void
test_missing_lender_is_one_mistake(void **state)
{
	struct parsed p = parse(ROUTE);

	(void)state;
	assert_int_equal(p.complaints.n, 1);
	assert_null(p.config);
	drop(&p);
	p = parse("lender: {nmae: x}\n" ROUTE);
	/* the unknown key, and four that are missing */
	assert_int_equal(p.complaints.n, 5);
	drop(&p);
}

static void
test_mistakes_in_dunlin_yaml(void **state)
{
	(void)state;
	assert_complaint("lvie: true\n", false, "did you mean `live`?");
	assert_complaint("live: false\n", true, "nothing will be sent");
	assert_complaint("live: perhaps\n", false, "true or false");
	assert_complaint("live: true\nlive: false\n", false, "twice");
	assert_complaint("test_numbers: [\"0917\"]\n", false, "");
	assert_complaint("promises: {ahead: 0}\n", false, "1 to 366");
	assert_complaint("promises: {tolerance: 101}\n", false, "0 to 100");
	assert_complaint("alerts: {daily: \"08:00\"}\n", false, "needs `to`");
	assert_complaint("alerts: {to: \"+639171234567\", daily: \"8\"}\n", false, "time");
	assert_complaint("web: {listen: \"8080\"}\n", false, "address and a port");
	assert_complaint("web: {listen: \"::1:80\"}\n", false, "address and a port");
	assert_complaint("web: {listen: \"127.0.0.1:0\"}\n", false, "address and a port");
	assert_complaint("web: {listen: \"0.0.0.0:80\"}\n", true, "others on the network");
	assert_complaint("routes: {}\n", true, "nothing can be sent");
	assert_complaint("store: \"\"\n", false, "no value");
}

static void
test_mistakes_of_the_lender(void **state)
{
	static const char *const texts[][2] = {
	    {"{name: x, country: ph, currency: PHP, timezone: UTC}", "did you mean `PH`?"},
	    {"{name: x, country: UK, currency: GBP, timezone: UTC}", "did you mean `GB`?"},
	    {"{name: x, country: PH, currency: php, timezone: UTC}", "did you mean `PHP`?"},
	    {"{name: x, country: PH, currency: PHP, timezone: Asia/Manilla}", "`Asia/Manila`"},
	    {"{name: x, country: PH, currency: PHP, timezone: ../../etc/passwd}", "no time zone"},
	    {"{name: x, country: PH, currency: PHP, timezone: UTC, languages: [english]}",
	     "BCP 47"},
	    {"{name: x, country: PH, currency: PHP, timezone: UTC, languages: [tl, fil]}", "twice"},
	    {"{name: \"\", country: PH, currency: PHP, timezone: UTC}", "no value"}};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char text[512];
		struct parsed p;

		snprintf(text, sizeof(text), "lender: %s\n" ROUTE, texts[i][0]);
		p = parse(text);
		assert_int_equal(p.complaints.n, 1);
		assert_int_equal(p.complaints.items[0].line, 1);
		if (strstr(p.complaints.items[0].text, texts[i][1]) == NULL)
			fail_msg("`%s` lacks `%s`", p.complaints.items[0].text, texts[i][1]);
		drop(&p);
	}
}

static void
test_test_numbers_are_a_set(void **state)
{
	struct parsed p = good("live: false\ntest_numbers: [\"+639179999999\", \"+639171234567\", "
			       "\"+639171234567\"]\n");

	(void)state;
	assert_false(p.config->live);
	assert_int_equal(p.config->n_test_numbers, 2);
	assert_true(config_is_test(p.config, "+639171234567"));
	assert_true(config_is_test(p.config, "+639179999999"));
	assert_false(config_is_test(p.config, "+63917123456"));
	drop(&p);
}

/* --- routes --------------------------------------------------------------------------------- */

static void
test_mistakes_in_routes(void **state)
{
	(void)state;
	assert_complaint("routes: {a: {path: x}}\n", false, "needs `type`");
	assert_complaint("routes: {a: {type: fil}}\n", false, "did you mean `file`?");
	assert_complaint("routes: {a: {type: file, host: x}}\n", false, "type file");
	assert_complaint("routes: {a: {type: file, prcie: 1}}\n", false, "did you mean `price`?");
	assert_complaint("routes: {a: {type: file, price: 1.1234567}}\n", false, "price");
	assert_complaint("routes: {a: {type: file, prefixes: [\"63\"]}}\n", false, "no prefix");
	assert_complaint("routes: {a: {type: file, prefixes: [\"+63\", \"+63\"]}}\n", false,
			 "twice");
	assert_complaint("routes: {a b: {type: file}}\n", false, "letters");
	assert_complaint("routes: {a: {type: file}, b: {type: file}}\n", false, "same file as `a`");
	assert_complaint("routes: {a: }\n", false, "needs `type`");
	assert_complaint("routes: [a]\n", false, "a name and a mapping");
	assert_complaint("routes: {a: {type: modem, per_day: 0}}\n", false, "per_day");
	assert_complaint("routes: {a: {type: modem, balance: {ussd: help}}}\n", false, "dial");
	assert_complaint("routes: {a: {type: modem, balance: {ussd: \"*1#\", every: 1m}}}\n", false,
			 "10m");
	assert_complaint("routes: {a: {type: modem, balance: {warn_below: \"5\"}}}\n", false,
			 "ussd");
	assert_complaint("routes: {a: {type: file, sim_wait: 5}}\n", false, "means nothing");
}

static void
test_mistakes_in_smpp_routes(void **state)
{
#define SMPP(extra) "routes: {a: {type: smpp, host: localhost, system_id: x, " extra "}}\n"
	(void)state;
	assert_complaint("routes: {a: {type: smpp, host: localhost}}\n", false,
			 "needs `system_id`");
	assert_complaint(SMPP("password: hunter2"), false, "never stands in this file");
	assert_complaint(SMPP("port: 65536"), false, "1 to 65535");
	assert_complaint(SMPP("window: 0"), false, "1 to 10000");
	assert_complaint(SMPP("bind: transmiter+receiver"), false, "`transmitter+receiver`?");
	assert_complaint(SMPP("alphabet: latin1, packing: packed"), false, "alphabet: gsm");
	assert_complaint(SMPP("system_type: abcdefghijklm"), false, "12 characters");
	assert_complaint(SMPP("source: ABCDEFGHIJKL"), false, "at most 11");
	assert_complaint(SMPP("source: é"), false, "plain letters");
	assert_complaint(SMPP("tls: {cert: a}"), false, "go together");
	assert_complaint(SMPP("tls: {crt: a}"), false, "did you mean `cert`?");
	assert_complaint(SMPP("password_env: DUNLIN_TEST_NO_SUCH"), true, "is not set here");
	assert_complaint(SMPP("password_file: a, password_env: HOME"), false, "exclude");
	assert_complaint("routes: {a: {type: smpp, host: smpp.example.net, system_id: x}}\n", true,
			 "readable");
	assert_complaint("routes: {a: {type: smpp, host: x.example, tls: no, system_id: x}}\n",
			 true, "readable");
}

static void
test_source_has_a_shape(void **state)
{
	static const struct {
		const char *source, *kept;
		int ton, npi;
	} cases[] = {{"28550", "28550", 3, 0},
		     {"+639170000000", "639170000000", 1, 1},
		     {"639170000000", "639170000000", 1, 1},
		     {"SUNRISE", "SUNRISE", 5, 0},
		     {"4SURE", "4SURE", 5, 0},
		     {"28550, source_ton: 2, source_npi: 8", "28550", 2, 8},
		     {"\"\"", "", 0, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		struct parsed p;

		snprintf(text, sizeof(text), SMPP("source: %s"), cases[i].source);
		p = good(text);
		assert_string_equal(p.config->routes[0].smpp.source, cases[i].kept);
		assert_int_equal(p.config->routes[0].smpp.source_ton, cases[i].ton);
		assert_int_equal(p.config->routes[0].smpp.source_npi, cases[i].npi);
		drop(&p);
	}
}

static void
test_prices(void **state)
{
	struct parsed p =
	    good("routes: {a: {type: file, price: \"0.350001\"}, b: {type: file, path: "
		 "b, price: null}}\n");

	(void)state;
	assert_int_equal(p.config->routes[0].price, 350001);
	assert_int_equal(p.config->routes[1].price, CONFIG_PRICE_UNKNOWN);
	assert_int_equal(config_route_index(p.config, "b"), 1);
	assert_int_equal(config_route_index(p.config, "c"), -1);
	drop(&p);
}

static void
test_route_match_is_the_longest_prefix(void **state)
{
	struct parsed p = good("routes: {a: {type: file, prefixes: [\"+63\", \"+63917\", \"+1\"]}, "
			       "b: {type: file, path: b}}\n");
	const struct config_route *r = p.config->routes;

	(void)state;
	assert_int_equal(config_route_match(p.config, &r[0], "+639171234567"), 6);
	assert_int_equal(config_route_match(p.config, &r[0], "+639181234567"), 3);
	assert_int_equal(config_route_match(p.config, &r[0], "+4915112345678"), -1);
	/* none given: the lender's country */
	assert_int_equal(config_route_match(p.config, &r[1], "+639171234567"), 3);
	assert_int_equal(config_route_match(p.config, &r[1], "+12025550100"), -1);
	drop(&p);
}

static void
test_loopback(void **state)
{
	static const struct {
		const char *host;
		bool loopback;
	} cases[] = {{"localhost", true}, {"127.0.0.1", true}, {"127.9.9.9", true},
		     {"\"::1\"", true},   {"10.0.0.1", false}, {"127.evil.example", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		struct parsed p;

		snprintf(text, sizeof(text),
			 "routes: {a: {type: smpp, host: %s, tls: true, system_id: x}}\n",
			 cases[i].host);
		p = good(text);
		assert_int_equal(config_is_loopback(p.config), cases[i].loopback);
		drop(&p);
	}
}

/* --- the home folder ------------------------------------------------------------------------ */

struct loaded {
	struct home home;
	struct config *config;
	struct complaints complaints;
	int rc;
};

static struct loaded
load(const char *const files[][2])
{
	struct loaded l = {.home = home_make()};

	home_write(&l.home, "dunlin.yaml", LENDER ROUTE);
	for (size_t i = 0; files[i][0] != NULL; i++)
		home_write(&l.home, files[i][0], files[i][1]);
	l.rc = config_load(l.home.path, &l.config, &l.complaints);
	return l;
}

static void
unload(struct loaded *l)
{
	config_unref(l->config);
	complaint_clear(&l->complaints);
	home_remove(&l->home);
}

#define TEXTS                                                                                      \
	{"templates/due-soon.en.txt", "{{lender}}: x"},                                            \
	    {"templates/reminder.en.txt", "{{lender}}: x"},                                        \
	    {"templates/final-notice.en.txt", "{{lender}}: x"},                                    \
	{                                                                                          \
		"scripts/reminder-call.yaml", "x: y"                                               \
	}

static void
test_campaign_of_the_contract(void **state)
{
	static const char *const files[][2] = {
	    TEXTS,
	    {"campaigns/early.yaml",
	     "priority: 10\n"
	     "select: {product: [payday, salary], segment: early}\n"
	     "steps:\n"
	     "  - {day: [24, 27, 30], task: manual call, sms: final-notice}\n"
	     "  - {day: -3, sms: due-soon, mandatory: true}\n"
	     "  - {day: [1, 7, 15, 21], sms: reminder}\n"
	     "  - {day: 10, call: reminder-call, when: {replied: no, promise: none}}\n"
	     "at: \"09:30\"\n"
	     "late: {within: 2}\n"},
	    {"campaigns/all.yaml", "steps: [{day: 0, sms: reminder}]\n"},
	    {"campaigns/b.yaml", "priority: 100\nsteps: [{day: 0, task: look}]\n"},
	    {NULL, NULL}};
	struct loaded l = load(files);
	const struct campaign *c;

	(void)state;
	assert_int_equal(l.rc, 0);
	assert_int_equal(l.complaints.n, 0);
	assert_int_equal(l.config->n_campaigns, 3);
	c = l.config->campaigns[0];
	assert_string_equal(c->name, "early");
	assert_int_equal(c->n_steps, 12);
	assert_int_equal(c->at, 9 * 3600 + 1800);
	assert_int_equal(c->late, 2);
	assert_int_equal(c->n_select, 2);
	assert_int_equal(c->select[0].n_values, 2);
	assert_string_equal(c->select[1].values[0], "early");
	assert_int_equal(c->steps[0].day, -3);
	assert_true(c->steps[0].mandatory);
	assert_int_equal(c->steps[3].channel, CAMPAIGN_CALL);
	assert_int_equal(c->steps[3].when_replied, CAMPAIGN_NO);
	assert_int_equal(c->steps[3].when_promise, CAMPAIGN_PROMISE_NONE);
	assert_int_equal(c->steps[7].day, 24);
	assert_int_equal(c->steps[7].channel, CAMPAIGN_TASK);
	assert_string_equal(c->steps[7].name, "manual call");
	assert_string_equal(c->steps[11].name, "manual call");
	/* then by name; absent keys have the contract's values */
	c = config_campaign(l.config, "all");
	assert_ptr_equal(c, l.config->campaigns[1]);
	assert_int_equal(c->priority, 100);
	assert_int_equal(c->at, 10 * 3600);
	assert_int_equal(c->late, 3);
	assert_int_equal(c->n_select, 0);
	assert_null(config_campaign(l.config, "none"));
	unload(&l);
}

/* A campaign with one complaint at that place. */
static void
assert_campaign(const char *text, bool warning, int line, int col, const char *word)
{
	const char *const files[][2] = {TEXTS, {"campaigns/c.yaml", text}, {NULL, NULL}};
	struct loaded l = load(files);
	const struct complaint *c = l.complaints.items;

	if (l.complaints.n != 1)
		fail_msg("%zu complaints about: %s", l.complaints.n, text);
	assert_string_equal(c->file, "campaigns/c.yaml");
	assert_int_equal(c->warning, warning);
	assert_int_equal(c->line, line);
	assert_int_equal(c->col, col);
	if (strstr(c->text, word) == NULL)
		fail_msg("`%s` lacks `%s`", c->text, word);
	unload(&l);
}

static void
test_mistakes_in_campaigns(void **state)
{
	(void)state;
	assert_campaign("prioritty: 1\nsteps: [{day: 1, task: x}]\n", false, 1, 1,
			"did you mean `priority`?");
	assert_campaign("priority: 1\n", false, 1, 1, "needs `steps`");
	assert_campaign("", false, 0, 0, "needs `steps`");
	assert_campaign("steps: []\n", false, 1, 8, "list");
	assert_campaign("steps: {day: 1}\n", false, 1, 8, "list");
	assert_campaign("steps: [{day: 1}]\n", false, 1, 9, "a step needs one of `sms`, `call`");
	assert_campaign("steps: [{task: x}]\n", false, 1, 9, "needs `day`");
	assert_campaign("steps: [{day: [], task: x}]\n", false, 1, 15, "no day");
	assert_campaign("steps: [{day: 3651, task: x}]\n", false, 1, 15, "-365 to 3650");
	assert_campaign("steps: [{day: 1.5, task: x}]\n", false, 1, 15, "whole number");
	assert_campaign("steps:\n  - {day: 1, sms: remindr}\n", false, 2, 19,
			"did you mean `reminder`?");
	assert_campaign("steps: [{day: 1, call: other}]\n", false, 1, 24, "scripts/other.yaml");
	assert_campaign("steps: [{day: 1, call: ../x}]\n", false, 1, 24, "no script");
	assert_campaign("steps:\n  - {day: 7, sms: reminder}\n  - {day: [1, 7], sms: due-soon}\n",
			false, 3, 15,
			"+7/sms stands here twice; the first is at line 2, column 11");
	assert_campaign("steps: [{day: 1, task: x, when: {promise: brokn}}]\n", false, 1, 43,
			"did you mean `broken`?");
	assert_campaign("steps: [{day: 1, task: x}]\nat: \"24:00\"\n", false, 2, 5, "23:59");
	assert_campaign("steps: [{day: 1, task: x}]\nlate: {within: 61}\n", false, 2, 16,
			"0 to 60");
	assert_campaign("steps: [{day: 1, task: x}]\nlate: 3\n", false, 2, 7, "key: value");
	assert_campaign("steps: [{day: 1, task: x}]\nselect: {product: []}\n", false, 2, 10,
			"no value");
	assert_campaign("steps: [{day: 1, task: x}]\nselect: {prodct: a}\n", true, 2, 10,
			"did you mean `product`?");
}

static void
test_texts_that_invite_replies_need_a_way_back(void **state)
{
	static const char *const files[][2] = {
	    {"dunlin.yaml", LENDER "routes: {a: {type: file, replies: false}}\n"},
	    {"templates/a.en.txt", "Reply YES"},
	    {"templates/b.en.txt", "{{! replies: no }}Reply YES"},
	    {NULL, NULL}};
	struct loaded l = load(files);

	(void)state;
	assert_int_equal(l.complaints.errors, 1);
	assert_string_equal(l.complaints.items[0].file, "templates/a.en.txt");
	unload(&l);
}

static void
test_a_broken_text_is_told_once(void **state)
{
	static const char *const files[][2] = {{"templates/a.en.txt", "{{ammount}}"},
					       {"campaigns/c.yaml", "steps: [{day: 1, sms: a}]\n"},
					       {NULL, NULL}};
	struct loaded l = load(files);

	(void)state;
	assert_int_equal(l.complaints.n, 1);
	unload(&l);
}

static void
test_unreadable_main_file_leaves_the_others_checked(void **state)
{
	static const char *const files[][2] = {
	    {"dunlin.yaml", "lender: [\n"}, {"templates/a.en.txt", "{{ammount}}"}, {NULL, NULL}};
	struct loaded l = load(files);

	(void)state;
	assert_int_equal(l.rc, -22);
	assert_null(l.config);
	assert_int_equal(l.complaints.n, 2);
	unload(&l);
}

static void
test_no_home(void **state)
{
	struct complaints complaints = {0};
	struct config *config;

	(void)state;
	assert_int_equal(config_load("/tmp/dunlin-test-none", &config, &complaints), -2);
	assert_null(config);
	assert_int_equal(complaints.errors, 1);
	complaint_clear(&complaints);
}

static void
test_password_files(void **state)
{
	static const char *const files[][2] = {
	    {"dunlin.yaml", LENDER SMPP("password_file: pw")}, {"pw", "hunter2\r\n"}, {NULL, NULL}};
	struct loaded l = load(files);
	char path[128];

	(void)state;
	assert_int_equal(l.rc, 0);
	assert_string_equal(l.config->routes[0].smpp.password, "hunter2");
	config_unref(l.config);
	snprintf(path, sizeof(path), "%s/pw", l.home.path);
	chmod(path, 0640);
	assert_int_equal(config_load(l.home.path, &l.config, &l.complaints), -22);
	assert_non_null(strstr(l.complaints.items[0].text, "chmod 600 pw"));
	remove(path);
	assert_int_equal(config_load(l.home.path, &l.config, &l.complaints), -22);
	assert_non_null(strstr(l.complaints.items[1].text, "there is no file `pw`"));
	home_write(&l.home, "pw", "\n");
	assert_int_equal(config_load(l.home.path, &l.config, &l.complaints), -22);
	home_write(&l.home, "pw", "a\nb\n");
	assert_int_equal(config_load(l.home.path, &l.config, &l.complaints), -22);
	unload(&l);
}

static void
test_passwords_are_never_printed(void **state)
{
	static const char *const files[][2] = {
	    {"dunlin.yaml", LENDER "routes:\n  a: {type: smpp, hots: x, password: hunter2}\n"
				   "  b: {type: smpp, hots: x, pasword : hunter2}\n"
				   "  c:\n    pathh: y\n    password_file: pw\n"},
	    {NULL, NULL}};
	struct loaded l = load(files);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	config_print_complaints(out, &l.complaints, l.home.path);
	fclose(out);
	assert_null(strstr(text, "hunter2"));
	assert_non_null(strstr(text, "    pathh: y\n"));
	free(text);
	unload(&l);
}

static void
test_holidays(void **state)
{
	static const char *const files[][2] = {
	    {"dunlin.yaml", LENDER ROUTE "policy: {holidays: [holidays/ph.ics]}\n"},
	    {"holidays/ph.ics",
	     "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n"
	     "DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20201225\r\nRRULE:FREQ=YEARLY\r\n"
	     "SUMMARY:Christmas\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"},
	    {NULL, NULL}};
	struct loaded l = load(files);

	(void)state;
	assert_int_equal(l.rc, 0);
	assert_false(policy_working_day(&l.config->policy, civil_day(2026, 12, 25)));
	assert_true(policy_working_day(&l.config->policy, civil_day(2026, 12, 24)));
	unload(&l);
}

static void
test_complaints_of_a_file_come_by_line(void **state)
{
	static const char *const files[][2] = {{"dunlin.yaml",
						"routes: {a: {type: file, x: 1}}\nlive: 1\n" LENDER
						"live: yes\nq: 1\n"},
					       {NULL, NULL}};
	struct loaded l = load(files);

	(void)state;
	assert_true(l.complaints.n >= 4);
	for (size_t i = 1; i < l.complaints.n; i++)
		assert_true(l.complaints.items[i].line >= l.complaints.items[i - 1].line);
	unload(&l);
}

static void
test_references_keep_a_snapshot(void **state)
{
	struct parsed p = good("");
	struct config *held = config_ref(p.config);

	(void)state;
	drop(&p);
	assert_string_equal(held->lender.name, "Sunrise Lending");
	config_unref(held);
	config_unref(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults_of_the_contract),
	    cmocka_unit_test(test_order_of_sections_does_not_matter),
	    cmocka_unit_test(test_missing_lender_is_one_mistake),
	    cmocka_unit_test(test_mistakes_in_dunlin_yaml),
	    cmocka_unit_test(test_mistakes_of_the_lender),
	    cmocka_unit_test(test_test_numbers_are_a_set),
	    cmocka_unit_test(test_mistakes_in_routes),
	    cmocka_unit_test(test_mistakes_in_smpp_routes),
	    cmocka_unit_test(test_source_has_a_shape),
	    cmocka_unit_test(test_prices),
	    cmocka_unit_test(test_route_match_is_the_longest_prefix),
	    cmocka_unit_test(test_loopback),
	    cmocka_unit_test(test_campaign_of_the_contract),
	    cmocka_unit_test(test_mistakes_in_campaigns),
	    cmocka_unit_test(test_texts_that_invite_replies_need_a_way_back),
	    cmocka_unit_test(test_a_broken_text_is_told_once),
	    cmocka_unit_test(test_unreadable_main_file_leaves_the_others_checked),
	    cmocka_unit_test(test_no_home),
	    cmocka_unit_test(test_password_files),
	    cmocka_unit_test(test_passwords_are_never_printed),
	    cmocka_unit_test(test_holidays),
	    cmocka_unit_test(test_complaints_of_a_file_come_by_line),
	    cmocka_unit_test(test_references_keep_a_snapshot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
