/* dunlin.yaml by itself: what it means, what is absent, and each mistake in it. */
#include "parsed.h"

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

/* ---- routes ---- */

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
	    cmocka_unit_test(test_references_keep_a_snapshot),
	    cmocka_unit_test(test_mistakes_in_routes),
	    cmocka_unit_test(test_mistakes_in_smpp_routes),
	    cmocka_unit_test(test_source_has_a_shape),
	    cmocka_unit_test(test_prices),
	    cmocka_unit_test(test_route_match_is_the_longest_prefix),
	    cmocka_unit_test(test_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
