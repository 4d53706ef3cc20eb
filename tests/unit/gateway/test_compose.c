/* From a template and an account to the text, and from the text to what a route sends. */
#include "lender.h"

#include "gateway/person/compose.h"

#include <errno.h>

struct fixture {
	struct home home;
	struct config *config;
	struct compose *compose;
	struct facts_account account;
	struct plan_row row;
	char fault[256];
	enum reason why;
	struct compose_text text;
};

static const char yaml[] =
    "lender: {name: Sunrise, contact: \"+63285550100\", country: PH, currency: PHP,\n"
    "         timezone: Asia/Manila, languages: [en, fil]}\n"
    "policy: {preset: base}\n"
    "routes:\n"
    "  paper: {type: file, path: sent.jsonl}\n"
    "  latin: {type: smpp, host: 127.0.0.1, port: 2775, system_id: a, password_file: pw,\n"
    "          alphabet: latin1, long: sar, price: \"0.35\"}\n"
    "  whole: {type: smpp, host: 127.0.0.1, port: 2775, system_id: a, password_file: pw,\n"
    "          long: payload}\n";

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct complaints complaints = {0};

	f->home = home_make();
	home_write(&f->home, "dunlin.yaml", yaml);
	home_write(&f->home, "pw", "secret");
	home_write(&f->home, "templates/due.en.txt",
		   "{{name}}|{{lender}}|{{contact}}|{{amount}}|{{amount_oldest}}|{{balance}}|"
		   "{{due_date}}|{{days_overdue}}");
	home_write(&f->home, "templates/due.fil.txt", "Bayad po: {{amount}}");
	home_write(&f->home, "templates/extra.en.txt", "{{branch}} {{#officer}}x{{/officer}}");
	home_write(&f->home, "templates/empty.en.txt", "{{#officer}}x{{/officer}}");
	home_write(&f->home, "templates/long.en.txt", "{{! max_parts: 1 }}{{branch}}");
	assert_int_equal(config_load(f->home.path, &f->config, &complaints), 0);
	complaint_clear(&complaints);
	assert_non_null(f->compose = compose_new());
	f->account = (struct facts_account){.ref = "A-1",
					    .name = "Maria",
					    .number = "+639170000001",
					    .currency = "PHP",
					    .language = "en",
					    .timezone = "",
					    .product = "",
					    .segment = "",
					    .risk = "",
					    .cause = "",
					    .person_id = "",
					    .extra = "",
					    .digits = 2};
	f->row = (struct plan_row){.due = lender_day("2026-09-08"),
				   .on = lender_day("2026-09-15"),
				   .step_amount = 70000,
				   .sums = {.due_now = 150000,
					    .arrears = 150000,
					    .oldest = 50000,
					    .balance = 250000,
					    .dpd = 7}};
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	compose_free(f->compose);
	config_unref(f->config);
	home_remove(&f->home);
	free(f);
	return 0;
}

static int
render(struct fixture *f, const char *template, const char *route)
{
	int i = config_route_index(f->config, route);

	assert_true(i >= 0);
	return compose_render(f->compose, f->config, &f->account, &f->row, template,
			      &f->config->routes[i], &f->text, &f->why, f->fault);
}

static void
the_fields_of_the_contract_are_filled(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(render(f, "due", "paper"), 0);
	assert_string_equal(f->text.text,
			    "Maria|Sunrise|+63285550100|PHP 1,500.00|PHP 500.00|PHP 2,500.00|"
			    "8 Sep 2026|7");
	assert_int_equal(f->text.len, strlen(f->text.text));
	assert_int_equal(f->why, REASON_NONE);
	assert_int_equal(f->text.size.segments, 1);
	assert_int_equal(f->text.price, CONFIG_PRICE_UNKNOWN);
}

static void
a_step_before_the_due_date_speaks_of_its_own_amount(void **state)
{
	struct fixture *f = *state;

	f->row.on = f->row.due - 3;
	f->row.sums = (struct debt_sums){.balance = 250000, .oldest = 50000, .dpd = -3};
	assert_int_equal(render(f, "due", "paper"), 0);
	assert_string_equal(f->text.text,
			    "Maria|Sunrise|+63285550100|PHP 700.00|PHP 700.00|PHP 2,500.00|"
			    "8 Sep 2026|0");
}

static void
the_language_is_the_accounts_or_the_default(void **state)
{
	struct fixture *f = *state;

	f->account.language = "fil";
	assert_int_equal(render(f, "due", "paper"), 0);
	assert_string_equal(f->text.template->language, "fil");
	f->account.language = "de";
	assert_int_equal(render(f, "due", "paper"), 0);
	assert_string_equal(f->text.template->language, "en");
	assert_int_equal(render(f, "none", "paper"), -EINVAL);
	assert_int_equal(f->why, REASON_NO_LANGUAGE);
	assert_non_null(strstr(f->fault, "none"));
}

static void
other_columns_are_fields(void **state)
{
	struct fixture *f = *state;

	f->account.extra = "{\"branch\": \"Quezon\", \"officer\": \"\", \"lender\": \"not me\"}";
	assert_int_equal(render(f, "extra", "paper"), 0);
	assert_string_equal(f->text.text, "Quezon ");
	assert_int_equal(render(f, "due", "paper"), 0);
	assert_non_null(strstr(f->text.text, "|Sunrise|")); /* a column takes no field's place */
	f->account.extra = "";
	assert_int_equal(render(f, "extra", "paper"), -EINVAL); /* the field is gone again */
	assert_int_equal(f->why, REASON_TEMPLATE_ERROR);
	assert_non_null(strstr(f->fault, "templates/extra.en.txt:1:"));
}

static void
what_cannot_be_said_is_not_sent(void **state)
{
	struct fixture *f = *state;
	char extra[400] = "{\"officer\": \"\", \"branch\": \"";

	memset(extra + strlen(extra), 'x', 200);
	strcat(extra, "\"}");
	f->account.extra = extra;
	assert_int_equal(render(f, "long", "paper"), -EINVAL); /* two segments, may have one */
	assert_int_equal(f->why, REASON_TEMPLATE_ERROR);
	assert_non_null(strstr(f->fault, "2 segments"));
	assert_int_equal(render(f, "empty", "paper"), -EINVAL);
	assert_non_null(strstr(f->fault, "empty"));
	f->account.name = ""; /* a name is asked for, and there is none */
	assert_int_equal(render(f, "due", "paper"), -EINVAL);
	assert_int_equal(f->why, REASON_TEMPLATE_ERROR);
}

static void
a_route_says_how_a_text_is_cut_and_what_it_costs(void **state)
{
	struct fixture *f = *state;
	const struct sms_parts *parts;
	struct compose_text text;
	char words[1000];
	int latin = config_route_index(f->config, "latin");
	int whole = config_route_index(f->config, "whole");

	memset(words, 'a', sizeof words);
	assert_int_equal(compose_measure(words, 200, NULL, &text), 0);
	assert_int_equal(text.size.encoding, SMS_GSM7);
	assert_int_equal(text.size.segments, 2);
	assert_int_equal(compose_measure(words, 200, &f->config->routes[latin], &text), 0);
	assert_int_equal(text.size.encoding, SMS_LATIN1);
	assert_int_equal(text.price, 2 * 350000);
	assert_int_equal(compose_split(f->compose, &text, 9, &parts), 0);
	assert_int_equal(parts->count, 2);
	assert_int_equal(parts->part[0].udh_len, 0); /* by sar */
	assert_int_equal(compose_measure(words, 200, &f->config->routes[whole], &text), 0);
	assert_int_equal(compose_split(f->compose, &text, 9, &parts), 0);
	assert_int_equal(parts->count, 1);
	assert_int_equal(parts->segments, 2);
	assert_int_equal(compose_measure(words, 1000, NULL, &text), 0);
	text.options.max_parts = 3;
	assert_int_equal(compose_split(f->compose, &text, 9, &parts), -EMSGSIZE);
	assert_int_equal(compose_measure("\xff", 1, NULL, &text), -EILSEQ);
}

static void
any_number_of_languages_can_be_asked_for(void **state)
{
	static const char *const tags[] = {"en", "fil", "es", "fr", "pt", "de", "id", "vi",
					   "th", "hi",  "sw", "am", "ar", "tr", "ru", "uk",
					   "pl", "ro",  "bg", "xx", "en", "fil"};
	struct fixture *f = *state;
	char money[LOCALE_TEXT];

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		const struct locale *l = compose_locale(f->compose, f->config, tags[i]);

		assert_non_null(l);
		locale_money(l, 100000, 2, "PHP", money, sizeof money);
		assert_true(money[0] != '\0');
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(the_fields_of_the_contract_are_filled),
	    TEST(a_step_before_the_due_date_speaks_of_its_own_amount),
	    TEST(the_language_is_the_accounts_or_the_default),
	    TEST(other_columns_are_fields),
	    TEST(what_cannot_be_said_is_not_sent),
	    TEST(a_route_says_how_a_text_is_cut_and_what_it_costs),
	    TEST(any_number_of_languages_can_be_asked_for),
	};

	return cmocka_run_group_tests_name("compose", tests, NULL, NULL);
#undef TEST
}
