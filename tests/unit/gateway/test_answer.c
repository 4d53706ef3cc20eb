/* The few texts Dunlin writes by itself: to whom, how often, and in whose words. */
#include "lender.h"

#include "gateway/base/phone.h"
#include "gateway/hear/answer_words.h"

#define NOW   TEN_O_CLOCK
#define PHONE "+639170000001"

struct fixture {
	struct lender *l;
	struct compose *compose;
	struct facts_account account;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	void *l;

	lender_setup(&l);
	f->l = l;
	f->compose = compose_new();
	f->account = (struct facts_account){
	    .id = 1, .name = "Maria", .currency = "PHP", .language = "en", .digits = 2};
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	void *l = f->l;

	compose_free(f->compose);
	lender_teardown(&l);
	free(f);
	return 0;
}

static struct answer
an_answer(struct fixture *f, enum answer_kind kind)
{
	return (struct answer){.kind = kind,
			       .to = PHONE,
			       .route = "paper",
			       .message = 7,
			       .account = &f->account,
			       .person = 1,
			       .day = lender_day("2026-09-18"),
			       .amount = 70000};
}

static int
queue(struct fixture *f, const struct answer *a)
{
	return answer_queue(f->l->s, f->compose, f->l->config, a, NOW);
}

/* The row made last. */
static struct outbox_row
row(struct fixture *f)
{
	struct outbox_row r;

	assert_int_equal(outbox_get(f->l->s, lender_count(f->l, "SELECT max(id) FROM message"), &r),
			 0);
	return r;
}

static void
an_answer_stands_first_in_the_queue_for_five_minutes(void **state)
{
	struct fixture *f = *state;
	struct answer a = an_answer(f, ANSWER_PROMISE);
	struct outbox_row r;

	assert_int_equal(queue(f, &a), 1);
	r = row(f);
	assert_int_equal(r.class, CLASS_ANSWER);
	assert_int_equal(r.rank, RANK_ANSWER);
	assert_int_equal(r.answers, 7);
	assert_int_equal(r.account, 1);
	assert_true(r.at == NOW && r.not_after == NOW + 300000);
	assert_string_equal(r.number, PHONE);
	assert_string_equal(r.route, "paper");
	assert_string_equal(r.body, "Noted: PHP 700 on Fri 18 Sep. If wrong reply NO.");
	outbox_row_clear(&r);
	a.amount = 70050;
	assert_int_equal(queue(f, &a), 1);
	r = row(f);
	assert_non_null(strstr(r.body, "PHP 700.50 on"));
	outbox_row_clear(&r);
}

static void
nothing_but_a_promise_names_money(void **state)
{
	struct fixture *f = *state;

	for (int kind = ANSWER_PROMISE; kind <= ANSWER_WITHDRAWN; kind++) {
		struct answer a = an_answer(f, (enum answer_kind)kind);
		struct outbox_row r;

		assert_int_equal(queue(f, &a), 1);
		r = row(f);
		assert_int_equal(strstr(r.body, "700") != NULL, kind == ANSWER_PROMISE);
		assert_non_null(strstr(r.body, kind == ANSWER_PROMISE ? "Noted" : "Sunrise"));
		assert_null(strstr(r.body, "{{"));
		outbox_row_clear(&r);
		lender_do(f->l, "DELETE FROM message");
	}
}

static void
an_amount_that_may_not_be_named_is_not(void **state)
{
	struct fixture *f = *state;
	struct answer a = an_answer(f, ANSWER_PROMISE);
	struct outbox_row r;

	a.amount = -1;
	assert_int_equal(queue(f, &a), 1);
	r = row(f);
	assert_null(strstr(r.body, "PHP"));
	assert_non_null(strstr(r.body, "18 Sep"));
	outbox_row_clear(&r);
}

static void
the_lenders_own_words_are_used_in_the_borrowers_language(void **state)
{
	struct fixture *f = *state;
	struct answer a = an_answer(f, ANSWER_STOPPED);
	struct outbox_row r;

	home_write(&f->l->home, "templates/answer-stop.en.txt", "OK, {{lender}} is silent.");
	home_write(&f->l->home, "templates/answer-stop.fil.txt", "Sige po.");
	home_write(&f->l->home, "templates/answer-help.en.txt", "{{name}}: ask {{contact}}");
	lender_write(f->l, "true");
	assert_int_equal(queue(f, &a), 1);
	r = row(f);
	assert_string_equal(r.body, "OK, Sunrise is silent.");
	outbox_row_clear(&r);
	f->account.language = "fil";
	assert_int_equal(queue(f, &a), 1);
	r = row(f);
	assert_string_equal(r.body, "Sige po.");
	outbox_row_clear(&r);
	/* words that need what is not known: silence rather than half a text */
	a = an_answer(f, ANSWER_HELP);
	a.account = NULL;
	assert_int_equal(queue(f, &a), 0);
}

/* The text of an answer, in a buffer of the next call's. */
static const char *
says(struct fixture *f, const struct answer *a)
{
	static char text[1024];
	struct outbox_row r;

	assert_int_equal(queue(f, a), 1);
	r = row(f);
	snprintf(text, sizeof text, "%s", r.body);
	outbox_row_clear(&r);
	lender_do(f->l, "DELETE FROM message");
	return text;
}

static void
every_language_that_is_read_is_answered_in(void **state)
{
	static const char *const languages[] = {"en",  "zh", "es", "hi", "hi-Latn",
						"fil", "sw", "id", "pt", "fr"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		for (int kind = ANSWER_PROMISE; kind <= ANSWER_WITHDRAWN; kind++) {
			bool latin =
			    strcmp(languages[i], "zh") != 0 && strcmp(languages[i], "hi") != 0;
			struct answer a = an_answer(f, (enum answer_kind)kind);
			const char *word = kind == ANSWER_PROMISE                          ? "NO"
					   : kind == ANSWER_STOPPED                        ? "START"
					   : kind == ANSWER_STARTED || kind == ANSWER_HELP ? "STOP"
											   : "";
			struct compose_text measured;
			const char *text;

			f->account.language = languages[i];
			text = says(f, &a);
			assert_non_null(strstr(text, word));
			assert_null(strstr(text, "{{"));
			assert_int_equal(strstr(text, "PHP") != NULL, kind == ANSWER_PROMISE);
			assert_int_equal(
			    strcmp(text, answer_words((enum answer_kind)kind, "en")) == 0, 0);
			assert_int_equal(compose_measure(text, strlen(text), NULL, &measured), 0);
			assert_int_equal(measured.size.encoding == SMS_UCS2, !latin);
			assert_in_range(measured.size.segments, 1, latin ? 1 : 2);
		}
}

static void
a_language_is_found_by_its_tag(void **state)
{
	static const struct {
		const char *asked, *found;
	} all[] = {
	    {"es-CO", "es"},   {"pt-BR", "pt"}, {"zh-Hans-CN", "zh"}, {"hi-Latn-IN", "hi-Latn"},
	    {"hi-Deva", "hi"}, {"tl", "fil"},   {"EN-us", "en"}};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_ptr_equal(answer_words(ANSWER_HELP, all[i].asked),
				 answer_words(ANSWER_HELP, all[i].found));
	assert_null(answer_words(ANSWER_HELP, "de"));
	assert_null(answer_words(ANSWER_HELP, ""));
	assert_null(answer_words(ANSWER_HELP, "e"));
}

/* The borrower's own language before the lender's words in another. */
static void
who_has_no_words_in_a_language_is_answered_in_ours(void **state)
{
	struct fixture *f = *state;
	struct answer a = an_answer(f, ANSWER_STOPPED);

	home_write(&f->l->home, "templates/answer-stop.en.txt", "OK, {{lender}} is silent.");
	lender_write(f->l, "true");
	f->account.language = "es";
	assert_non_null(strstr(says(f, &a), "Responda START"));
	f->account.language = "de";
	assert_string_equal(says(f, &a), "OK, Sunrise is silent.");
	a.account = NULL;
	a.language = "sw";
	assert_non_null(strstr(says(f, &a), "hutapokea"));
}

static void
three_a_day_to_a_number(void **state)
{
	struct fixture *f = *state;
	struct answer a = an_answer(f, ANSWER_HELP);

	for (int i = 0; i < 3; i++)
		assert_int_equal(queue(f, &a), 1);
	assert_int_equal(queue(f, &a), 0);
	assert_int_equal(answer_queue(f->l->s, f->compose, f->l->config, &a, NOW + DAY), 0);
	assert_int_equal(answer_queue(f->l->s, f->compose, f->l->config, &a, NOW + DAY + 1), 1);
}

static void
never_to_letters_short_codes_or_where_no_route_leads(void **state)
{
	static const char *const to[] = {"GLOBE", "8888", "", "+8888", "+15550001111"};
	struct fixture *f = *state;
	struct answer a = an_answer(f, ANSWER_HELP);

	for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
		a.to = to[i];
		assert_int_equal(queue(f, &a), 0);
	}
}

static void
a_text_that_came_over_a_route_gone_is_answered_over_another(void **state)
{
	struct fixture *f = *state;
	struct answer a = an_answer(f, ANSWER_HELP);
	struct outbox_row r;

	a.route = "gone";
	assert_int_equal(queue(f, &a), 1);
	r = row(f);
	assert_string_equal(r.route, "paper");
	outbox_row_clear(&r);
}

static void
who_stopped_is_told_only_of_that(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(borrower_optout(f->l->s, PHONE, 0, "dunlin", 0, NOW, "text"), 0);
	for (int kind = ANSWER_PROMISE; kind <= ANSWER_WITHDRAWN; kind++) {
		struct answer a = an_answer(f, (enum answer_kind)kind);
		bool may = kind == ANSWER_STOPPED || kind == ANSWER_STARTED || kind == ANSWER_HELP;

		assert_int_equal(queue(f, &a), may);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(an_answer_stands_first_in_the_queue_for_five_minutes),
	    TEST(nothing_but_a_promise_names_money),
	    TEST(an_amount_that_may_not_be_named_is_not),
	    TEST(the_lenders_own_words_are_used_in_the_borrowers_language),
	    TEST(every_language_that_is_read_is_answered_in),
	    TEST(a_language_is_found_by_its_tag),
	    TEST(who_has_no_words_in_a_language_is_answered_in_ours),
	    TEST(three_a_day_to_a_number),
	    TEST(never_to_letters_short_codes_or_where_no_route_leads),
	    TEST(a_text_that_came_over_a_route_gone_is_answered_over_another),
	    TEST(who_stopped_is_told_only_of_that),
	};

	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
#undef TEST
}
