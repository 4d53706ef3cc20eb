/* What borrowers write: stored as it came, told from copies, joined, read, and acted upon. */
#include "lender.h"

#include "gateway/inbox.h"

#define NOW    TEN_O_CLOCK
#define SECOND INT64_C(1000)
#define A1     "639170000001" /* as operators write it */
#define TWIN   "639170000004"

struct fixture {
	struct lender *l;
	struct inbox_tools tools;
	struct settle_tools settle;
	struct inbox_recent *recent;
	int64_t now;
	/* of the last batch */
	size_t texts, receipts, copies, replan;
	bool answers;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	void *l;

	lender_setup(&l);
	f->l = l;
	f->recent = calloc(1, sizeof *f->recent);
	f->tools = (struct inbox_tools){.compose = compose_new(), .settle = &f->settle};
	f->now = NOW;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	void *l = f->l;

	if (f->tools.facts != NULL)
		facts_free(f->tools.facts);
	compose_free(f->tools.compose);
	lender_teardown(&l);
	free(f->recent);
	free(f);
	return 0;
}

/* ---- PDUs ---- */

static struct smpp_deliver
pdu(const char *from, const char *octets)
{
	struct smpp_deliver d = {.octets = (const uint8_t *)octets, .len = strlen(octets)};

	snprintf(d.source, sizeof d.source, "%s", from);
	snprintf(d.dest, sizeof d.dest, "28550");
	return d;
}

static void
deliver_all(struct fixture *f, const struct smpp_deliver *list, size_t n,
	    enum sms_encoding encoding)
{
	struct inbox in = {
	    .config = f->l->config, .tools = &f->tools, .now = f->now, .true_now = f->now};

	for (size_t i = 0; i < n; i++) {
		struct channel_incoming incoming = {.deliver = &list[i], .encoding = encoding};

		assert_int_equal(inbox_add(&in, f->recent, "paper", &incoming, f->now), 0);
	}
	assert_int_equal(store_begin(f->l->s), 0);
	assert_int_equal(inbox_work(f->l->s, &in), 0);
	assert_int_equal(store_commit(f->l->s), 0);
	for (size_t i = 0; i < in.n; i++)
		inbox_answered(f->recent, &in.items[i], f->now);
	f->texts = in.texts;
	f->receipts = in.receipts;
	f->copies = in.copies;
	f->answers = in.answers;
	f->replan = in.n_replan;
	inbox_clear(&in);
}

static void
deliver(struct fixture *f, struct smpp_deliver d)
{
	deliver_all(f, &d, 1, SMS_GSM7);
}

/* A borrower writes: words of the basic alphabet's ASCII part. */
static void
write_to_us(struct fixture *f, const char *from, const char *words)
{
	f->now += 6 * SECOND; /* nobody types faster */
	deliver(f, pdu(from, words));
	assert_int_equal(f->texts, 1);
}

/* ---- what it left ---- */

static int64_t
count(struct fixture *f, const char *sql)
{
	return lender_count(f->l, sql);
}

static int64_t
answers(struct fixture *f)
{
	return count(f, "SELECT count(*) FROM message WHERE class = 1");
}

/* The last answer, or "". */
static const char *
last_answer(struct fixture *f)
{
	static char body[1100];
	sqlite3_stmt *st;

	body[0] = '\0';
	assert_int_equal(sqlite3_prepare_v2(f->l->s->db,
					    "SELECT body FROM message WHERE class = 1 "
					    "ORDER BY id DESC LIMIT 1",
					    -1, &st, NULL),
			 SQLITE_OK);
	if (sqlite3_step(st) == SQLITE_ROW)
		snprintf(body, sizeof body, "%s", store_text(st, 0));
	sqlite3_finalize(st);
	return body;
}

static void
expect_text(struct fixture *f, const char *text)
{
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(f->l->s->db,
					    "SELECT body FROM message WHERE direction = 1 "
					    "ORDER BY id DESC LIMIT 1",
					    -1, &st, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_string_equal(store_text(st, 0), text);
	sqlite3_finalize(st);
}

static void
expect_handled(struct fixture *f, int handled)
{
	assert_int_equal(count(f, "SELECT handled FROM inbox ORDER BY message DESC LIMIT 1"),
			 handled);
}

/* Open holds of a reason. */
static int64_t
holds(struct fixture *f, enum reason reason)
{
	char sql[96];

	snprintf(sql, sizeof sql,
		 "SELECT count(*) FROM hold WHERE released_at IS NULL AND reason = %d",
		 (int)reason);
	return count(f, sql);
}

static int64_t
tasks(struct fixture *f, const char *reason)
{
	char sql[96];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM task WHERE reason = '%s'", reason);
	return count(f, sql);
}

/* ---- whose it is ---- */

static void
a_text_is_stored_with_its_account_however_the_number_is_written(void **state)
{
	static const char *const ways[] = {A1, ("+" A1), "09170000001"};
	struct fixture *f = *state;

	for (size_t i = 0; i < 3; i++) {
		write_to_us(f, ways[i], "hm");
		assert_int_equal(f->replan, 1);
	}
	assert_int_equal(count(f, "SELECT count(*) FROM message WHERE direction = 1 AND sender = "
				  "'+" A1 "' AND recipient = '28550' AND route = 'paper'"),
			 3);
	assert_int_equal(
	    count(f, "SELECT count(DISTINCT account) FROM message WHERE direction = 1"), 1);
	assert_int_equal(count(f, "SELECT account FROM message WHERE direction = 1"),
			 lender_account(f->l, "A-1"));
}

static void
of_several_accounts_the_most_overdue_is_meant(void **state)
{
	struct fixture *f = *state;

	lender_do(f->l, "UPDATE amount SET due = due - 5 WHERE account = "
			"(SELECT id FROM account WHERE ref = 'TWIN-2')");
	write_to_us(f, TWIN, "I will pay on 18 September");
	assert_int_equal(count(f, "SELECT account FROM promise"), lender_account(f->l, "TWIN-2"));
}

static void
a_text_of_nobody_makes_a_task_and_gets_no_answer(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, "639179999999", "Who is this?");
	assert_int_equal(tasks(f, "unknown_number"), 1);
	assert_int_equal(answers(f), 0);
	assert_int_equal(f->replan, 0);
	expect_handled(f, 0);
}

static void
letters_and_short_codes_are_kept_and_never_answered(void **state)
{
	static const char *const senders[] = {"GLOBE", "8888", "28550", "", "AMZ-1"};
	struct fixture *f = *state;

	for (size_t i = 0; i < 5; i++) {
		write_to_us(f, senders[i], "STOP");
		write_to_us(f, senders[i], "HELP");
	}
	assert_int_equal(answers(f), 0);
	assert_int_equal(count(f, "SELECT count(*) FROM optout"), 0);
	assert_int_equal(count(f, "SELECT count(*) FROM inbox WHERE handled = 0"), 10);
	assert_int_equal(count(f, "SELECT count(*) FROM message WHERE sender = 'GLOBE'"), 2);
}

/* ---- stop and start ---- */

static void
stop_ends_the_number_and_its_accounts_and_is_confirmed_once(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, TWIN, "STOP");
	assert_int_equal(count(f, "SELECT count(*) FROM optout"), 3);
	assert_int_equal(answers(f), 1);
	assert_true(f->answers);
	assert_null(strstr(last_answer(f), "PHP"));
	assert_null(strstr(last_answer(f), "Maria"));
	assert_non_null(strstr(last_answer(f), "Sunrise"));
	expect_handled(f, 1);
	assert_int_equal(
	    count(f, "SELECT count(*) FROM message WHERE class = 1 AND rank = 0 AND "
		     "answers IS NOT NULL AND not_after = at + 300000 AND number = '+" TWIN "'"),
	    1);
}

static void
anybody_may_stop(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, "639179999999", "stop");
	assert_true(borrower_opted_out(f->l->s, "+639179999999"));
	assert_int_equal(answers(f), 1);
}

static void
who_stopped_hears_nothing_but_help(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "STOP");
	write_to_us(f, A1, "I will pay on 18 September");
	write_to_us(f, A1, "I have paid already");
	assert_int_equal(answers(f), 1);
	assert_int_equal(count(f, "SELECT count(*) FROM promise"), 1); /* but it is noted */
	write_to_us(f, A1, "HELP");
	assert_int_equal(answers(f), 2);
}

static void
start_takes_it_back(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "START"); /* nothing had been stopped */
	assert_int_equal(answers(f), 0);
	write_to_us(f, A1, "STOP");
	write_to_us(f, A1, "START");
	assert_int_equal(count(f, "SELECT count(*) FROM optout"), 0);
	assert_int_equal(answers(f), 2);
}

static void
a_new_number_does_not_lift_a_stop_but_may_ask_for_its_end(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "STOP");
	lender_do(f->l, "UPDATE account_row SET phones = '+639170000011' WHERE phones = '+" A1 "';"
			"INSERT INTO person_key SELECT 'n+639170000011', person FROM person_key "
			"WHERE key = 'n+" A1 "'");
	write_to_us(f, "639170000011", "I will pay on 18 September");
	assert_int_equal(answers(f), 1);
	write_to_us(f, "639170000011", "START");
	assert_int_equal(answers(f), 2);
	assert_int_equal(count(f, "SELECT count(*) FROM optout WHERE key LIKE 'a%'"), 0);
	assert_true(borrower_opted_out(f->l->s, "+" A1)); /* the old one stays silent */
}

/* ---- promises ---- */

static void
a_promise_is_noted_echoed_and_pauses(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I will pay 700 on 18 September");
	assert_int_equal(count(f,
			       "SELECT count(*) FROM promise WHERE status = 0 AND pauses = 1 AND "
			       "amount = 70000 AND expected = 70000 AND source = 'sms' AND "
			       "currency = 'PHP'"),
			 1);
	assert_int_equal(count(f, "SELECT day FROM promise"), lender_day("2026-09-18"));
	/* a Friday; one working day of grace ends with Monday the 21st */
	assert_int_equal(count(f, "SELECT until FROM promise"), lender_day("2026-09-22"));
	assert_non_null(strstr(last_answer(f), "PHP 700"));
	assert_non_null(strstr(last_answer(f), "18 Sep"));
	assert_non_null(strstr(last_answer(f), "NO"));
	expect_handled(f, 1);
	assert_int_equal(tasks(f, "promise_far") + tasks(f, "promise_small"), 0);
}

static void
a_promise_without_an_amount_is_for_the_arrears(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I will pay on 18 September");
	assert_int_equal(count(f, "SELECT count(*) FROM promise WHERE amount IS NULL AND "
				  "expected = 100000"),
			 1);
	assert_non_null(strstr(last_answer(f), "PHP 1,000"));
}

static void
a_number_of_two_accounts_is_told_no_amount(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, TWIN, "I will pay 700 on 18 September");
	assert_int_equal(answers(f), 1);
	assert_null(strstr(last_answer(f), "700"));
	assert_null(strstr(last_answer(f), "PHP"));
	assert_non_null(strstr(last_answer(f), "18 Sep"));
}

static void
a_number_that_no_list_has_any_more_is_told_no_amount(void **state)
{
	struct fixture *f = *state;

	lender_do(f->l, "UPDATE account_row SET phones = '+639170000011' WHERE phones = '+" A1 "'");
	write_to_us(f, A1, "I will pay 700 on 18 September");
	assert_null(strstr(last_answer(f), "700"));
}

static void
a_promise_too_far_pauses_nothing_and_a_small_one_is_looked_at(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I will pay on 30 October");
	assert_int_equal(count(f, "SELECT pauses FROM promise WHERE status = 0"), 0);
	assert_int_equal(tasks(f, "promise_far"), 1);
	write_to_us(f, A1, "I will pay 150 on 18 September");
	assert_int_equal(count(f, "SELECT pauses FROM promise WHERE status = 0"), 1);
	assert_int_equal(tasks(f, "promise_small"), 1);
	assert_int_equal(count(f, "SELECT count(*) FROM promise WHERE status = 4"), 1);
}

static void
a_promise_without_a_day_is_asked_for_one(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I promise I will pay you");
	assert_int_equal(count(f, "SELECT count(*) FROM promise"), 0);
	assert_int_equal(answers(f), 1);
	assert_non_null(strstr(last_answer(f), "day"));
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 1);
	expect_handled(f, 0);
}

static void
who_owes_nothing_promises_nothing(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, "639170000003", "I will pay on 18 September");
	assert_int_equal(count(f, "SELECT count(*) FROM promise"), 0);
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 1);
}

static void
no_within_a_day_takes_the_promise_back(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I will pay on 18 September");
	f->now += DAY - 60 * SECOND;
	write_to_us(f, A1, "NO");
	assert_int_equal(count(f, "SELECT status FROM promise"), PROMISE_WITHDRAWN);
	assert_int_equal(tasks(f, "promise_withdrawn"), 1);
	assert_int_equal(answers(f), 2);
	expect_handled(f, 1);
	write_to_us(f, A1, "NO"); /* there is none any more */
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 1);
	expect_handled(f, 0);
}

static void
no_after_a_day_is_for_a_person(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I will pay on 18 September");
	f->now += DAY + 1000;
	write_to_us(f, A1, "NO");
	assert_int_equal(count(f, "SELECT status FROM promise"), PROMISE_OPEN);
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 1);
}

/* ---- claims, trouble, wrong numbers, anything else ---- */

static void
paid_holds_for_three_days_and_the_second_time_a_person_looks(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, TWIN, "I have paid already");
	assert_int_equal(holds(f, REASON_CLAIMS_PAID), 1); /* the debt itself stays */
	assert_int_equal(count(f, "SELECT until FROM hold"), lender_day("2026-09-19"));
	assert_int_equal(answers(f), 1);
	expect_handled(f, 1);
	f->now += 10 * DAY;
	write_to_us(f, TWIN, "I already paid");
	assert_int_equal(holds(f, REASON_CLAIMS_PAID), 1);
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 2);
	assert_int_equal(tasks(f, "claims_paid_again"), 1);
	assert_int_equal(answers(f), 1);
	expect_handled(f, 0);
}

static void
trouble_holds_every_account_until_somebody_talked(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, TWIN, "This is not my debt, I never borrowed from you");
	assert_int_equal(count(f, "SELECT count(*) FROM hold WHERE until IS NULL AND "
				  "word = 'dispute'"),
			 2);
	assert_int_equal(tasks(f, "dispute"), 1);
	write_to_us(f, A1, "I was laid off and have no money");
	assert_int_equal(count(f, "SELECT count(*) FROM hold WHERE until IS NULL AND "
				  "word = 'hardship'"),
			 1);
	assert_int_equal(tasks(f, "hardship"), 1);
	assert_int_equal(answers(f), 0);
	assert_int_equal(count(f, "SELECT count(*) FROM inbox WHERE handled = 0"), 2);
}

static void
a_wrong_number_is_not_used_again(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, "639170000002", "Wrong number");
	assert_int_equal(count(f, "SELECT reason FROM dead_number WHERE number = '+639170000002'"),
			 REASON_WRONG_NUMBER);
	assert_int_equal(tasks(f, "wrong_number"), 1);
	assert_int_equal(answers(f), 0);
	write_to_us(f, "639179999999", "Wrong number"); /* of nobody's */
	assert_int_equal(count(f, "SELECT count(*) FROM dead_number"), 1);
}

static void
what_is_not_understood_waits_for_a_person_two_working_days(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, TWIN, "asdf qwer");
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 2);
	assert_int_equal(count(f, "SELECT max(until) FROM hold"), lender_day("2026-09-17"));
	f->now += 3 * DAY; /* Friday: the weekend does not count */
	write_to_us(f, A1, "asdf qwer");
	assert_int_equal(count(f, "SELECT max(until) FROM hold"), lender_day("2026-09-22"));
	assert_int_equal(answers(f), 0);
	expect_handled(f, 0);
}

/* ---- answers ---- */

static void
three_answers_a_day_and_no_more(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++)
		write_to_us(f, A1, "HELP");
	assert_int_equal(answers(f), 3);
	write_to_us(f, "639170000002", "HELP"); /* each number has its own */
	assert_int_equal(answers(f), 4);
	f->now += DAY;
	write_to_us(f, A1, "HELP");
	assert_int_equal(answers(f), 5);
	assert_non_null(strstr(last_answer(f), "+63285550100"));
}

static void
not_live_only_test_numbers_are_answered(void **state)
{
	struct fixture *f = *state;

	lender_write(f->l, "false");
	write_to_us(f, A1, "STOP");
	assert_true(borrower_opted_out(f->l->s, "+" A1)); /* acted upon all the same */
	assert_int_equal(answers(f), 0);
	write_to_us(f, "639170000099", "HELP");
	assert_int_equal(answers(f), 1);
}

/* ---- copies ---- */

static void
what_the_operator_delivers_again_is_one_text(void **state)
{
	struct fixture *f = *state;

	deliver(f, pdu(A1, "hm"));
	f->now += 2 * SECOND;
	deliver(f, pdu(A1, "hm"));
	assert_int_equal(f->copies, 1);
	assert_int_equal(count(f, "SELECT count(*) FROM inbox"), 1);
	memset(f->recent, 0, sizeof *f->recent); /* a restart: nothing is known of answers */
	f->now += 60 * SECOND;
	deliver(f, pdu(A1, "hm"));
	assert_int_equal(f->copies, 1);
	f->now += 11 * 60 * SECOND;
	deliver(f, pdu(A1, "hm"));
	assert_int_equal(f->texts, 1);
}

static void
the_same_words_written_again_are_another_text(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "hm");
	write_to_us(f, A1, "hm");
	write_to_us(f, A1, "hm");
	assert_int_equal(count(f, "SELECT count(*) FROM inbox"), 3);
	deliver(f, pdu("639170000002", "hm")); /* somebody else's are never a copy */
	assert_int_equal(f->texts, 1);
}

static void
a_copy_in_the_same_batch_is_a_copy(void **state)
{
	struct fixture *f = *state;
	struct smpp_deliver two[] = {pdu(A1, "HELP"), pdu(A1, "HELP")};

	deliver_all(f, two, 2, SMS_GSM7);
	assert_int_equal(f->texts, 1);
	assert_int_equal(f->copies, 1);
	assert_int_equal(answers(f), 1);
}

/* ---- long texts ---- */

static struct smpp_deliver
part(const char *text, unsigned reference, unsigned n, unsigned total, uint8_t udh[6])
{
	struct smpp_deliver d = pdu(A1, text);

	if (udh != NULL) {
		memcpy(udh, (uint8_t[6]){5, 0, 3, (uint8_t)reference, (uint8_t)total, (uint8_t)n},
		       6);
		d.udh = udh;
		d.udh_len = 6;
		d.esm_class = SMPP_ESM_UDHI;
	}
	d.part = (struct smpp_part){.present = true,
				    .wide = udh == NULL,
				    .reference = (uint16_t)reference,
				    .n = (uint8_t)n,
				    .total = (uint8_t)total};
	return d;
}

static void
parts_join_in_any_order_once(void **state)
{
	static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}};
	static const char *const texts[] = {"I will pay ", "700 on ", "18 September"};
	struct fixture *f = *state;

	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < 3; k++) {
			unsigned n = (unsigned)orders[i][k];
			uint8_t udh[6];

			/* every other one by sar, and each part twice */
			for (int twice = 0; twice < 2; twice++) {
				f->now += SECOND;
				deliver(f, part(texts[n], 10 + i, n + 1, 3, i % 2 ? NULL : udh));
				assert_int_equal(f->texts, k == 2 && twice == 0);
			}
			if (k == 2)
				expect_text(f, "I will pay 700 on 18 September");
		}
	assert_int_equal(count(f, "SELECT count(*) FROM inbox"), 4);
	assert_int_equal(count(f, "SELECT count(*) FROM promise WHERE amount = 70000"), 4);
	assert_int_equal(count(f, "SELECT max(segments) FROM message WHERE direction = 1"), 3);
	assert_int_equal(count(f, "SELECT count(*) FROM fragment"), 0);
}

static void
parts_may_have_encodings_of_their_own(void **state)
{
	struct fixture *f = *state;
	uint8_t udh[6];
	struct smpp_deliver d = part("", 1, 2, 2, udh);

	d.octets = (const uint8_t *)"\x20\xb1\x00!";
	d.len = 4;
	deliver_all(f, &d, 1, SMS_UCS2);
	assert_int_equal(f->texts, 0);
	deliver(f, part("Pay ", 1, 1, 2, udh));
	expect_text(f, "Pay \xe2\x82\xb1!");
}

static void
references_of_two_kinds_never_meet(void **state)
{
	struct fixture *f = *state;
	uint8_t udh[6];

	deliver(f, part("one", 7, 1, 2, udh));
	deliver(f, part("two", 7, 2, 2, NULL));
	assert_int_equal(f->texts, 0);
	deliver(f, part(" more", 7, 2, 2, udh));
	expect_text(f, "one more");
}

static void
a_reference_used_anew_eats_neither_text(void **state)
{
	struct fixture *f = *state;
	uint8_t udh[6];

	deliver(f, part("old one ", 7, 1, 2, udh));
	f->now += 3600 * SECOND;
	deliver(f, part("new one ", 7, 1, 2, udh));
	assert_int_equal(f->texts, 1); /* what there was of the old one */
	assert_int_equal(count(f, "SELECT count(*) FROM message WHERE body LIKE 'old one %'"), 1);
	f->now += SECOND;
	deliver(f, part("ends", 7, 2, 2, udh));
	expect_text(f, "new one ends");
	assert_int_equal(count(f, "SELECT count(*) FROM inbox"), 2);
}

static void
parts_that_never_come_are_given_up_after_a_day(void **state)
{
	struct fixture *f = *state;
	struct inbox in = {.config = f->l->config, .tools = &f->tools};
	uint8_t udh[6];

	deliver(f, part("begin ", 7, 1, 3, udh));
	deliver(f, part("end", 7, 3, 3, udh));
	for (int hours = 23; hours <= 25; hours += 2) {
		in.now = in.true_now = NOW + hours * HOUR;
		assert_int_equal(store_begin(f->l->s), 0);
		assert_int_equal(inbox_give_up(f->l->s, &in), 0);
		assert_int_equal(store_commit(f->l->s), 0);
		assert_int_equal(in.texts, hours > 24);
	}
	assert_int_equal(count(f, "SELECT count(*) FROM message WHERE body LIKE 'begin %end'"), 1);
	assert_int_equal(count(f, "SELECT count(*) FROM fragment"), 0);
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 1);
}

/* ---- receipts among them ---- */

static int64_t
sent_text(struct fixture *f, const char *number, const char *smsc_id)
{
	char sql[400];

	snprintf(sql, sizeof sql,
		 "INSERT INTO message (class, direction, number, route, status, segments, at, "
		 "created_at) VALUES (2, 0, '%s', 'paper', 3, 1, 1, 1);"
		 "INSERT INTO part VALUES (last_insert_rowid(), 1, 3, 'paper', '%s', '%s', NULL)",
		 number, smsc_id, smsc_id);
	lender_do(f->l, sql);
	return count(f, "SELECT max(id) FROM message");
}

#define RECEIPT "id:77 sub:001 dlvrd:001 submit date:2609150900 done date:2609150901 stat:DELIVRD"

static void
a_receipt_is_no_text(void **state)
{
	struct fixture *f = *state;
	int64_t id = sent_text(f, "+" A1, "77");
	struct smpp_deliver d = pdu(A1, RECEIPT " err:000");

	d.esm_class = SMPP_ESM_RECEIPT;
	deliver(f, d);
	assert_int_equal(f->receipts, 1);
	assert_int_equal(f->texts, 0);
	lender_expect(f->l, id, STATUS_DELIVERED, REASON_NONE);
	deliver(f, pdu("639179999999", "ok")); /* the next PDU is not touched by it */
	assert_int_equal(f->texts, 1);
}

static void
an_unmarked_receipt_of_ours_is_one_and_of_nobody_is_a_text(void **state)
{
	struct fixture *f = *state;
	int64_t id = sent_text(f, "+" A1, "77");

	deliver(f, pdu("639170000002", RECEIPT " err:000")); /* a person typed it */
	assert_int_equal(f->texts, 1);
	lender_expect(f->l, id, STATUS_SENT, REASON_NONE);
	deliver(f, pdu(A1, RECEIPT " err:000"));
	assert_int_equal(f->texts, 0);
	lender_expect(f->l, id, STATUS_DELIVERED, REASON_NONE);
	assert_int_equal(count(f, "SELECT count(*) FROM orphan"), 0);
}

static void
a_marked_receipt_of_nothing_waits_for_its_text(void **state)
{
	struct fixture *f = *state;
	struct smpp_deliver d = pdu(A1, RECEIPT " err:000");

	d.esm_class = SMPP_ESM_RECEIPT;
	deliver(f, d);
	assert_int_equal(count(f, "SELECT count(*) FROM orphan WHERE smsc_id = '77'"), 1);
	d = pdu(A1, "no id and no state");
	d.esm_class = SMPP_ESM_RECEIPT;
	deliver(f, d);
	assert_int_equal(f->texts, 0);
	assert_int_equal(count(f, "SELECT count(*) FROM inbox"), 0);
}

/* ---- octets ---- */

static void
texts_are_decoded_by_what_the_link_says(void **state)
{
	struct fixture *f = *state;
	struct smpp_deliver d = pdu(A1, "");

	d.octets = (const uint8_t *)"\x00 \x1b\x65 \x11";
	d.len = 6;
	deliver_all(f, &d, 1, SMS_GSM7);
	expect_text(f, "@ \xe2\x82\xac _");
	d.octets = (const uint8_t *)"se\xf1or";
	d.len = 5;
	deliver_all(f, &d, 1, SMS_LATIN1);
	expect_text(f, "se\xc3\xb1or");
	d.octets = (const uint8_t *)"\xd8\x3d\xde\x00\xd8"; /* a face, and half a unit */
	d.len = 5;
	deliver_all(f, &d, 1, SMS_UCS2);
	assert_int_equal(f->texts, 1);
	d.len = 0;
	d.octets = NULL;
	deliver_all(f, &d, 1, SMS_GSM7);
	expect_text(f, "");
}

static void
packed_septets_are_unpacked(void **state)
{
	struct fixture *f = *state;
	struct smpp_deliver d = pdu(A1, "");
	struct channel_incoming incoming = {.deliver = &d, .encoding = SMS_GSM7, .packed = true};
	struct inbox in = {.config = f->l->config, .tools = &f->tools, .now = NOW, .true_now = NOW};

	d.octets = (const uint8_t *)"\xe8\x32\x9b\xfd\x06"; /* 3GPP TS 23.038 6.1.2.1: "hello" */
	d.len = 5;
	assert_int_equal(inbox_add(&in, f->recent, "paper", &incoming, NOW), 0);
	assert_int_equal(inbox_work(f->l->s, &in), 0);
	expect_text(f, "hello");
	inbox_clear(&in);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(a_text_is_stored_with_its_account_however_the_number_is_written),
	    TEST(of_several_accounts_the_most_overdue_is_meant),
	    TEST(a_text_of_nobody_makes_a_task_and_gets_no_answer),
	    TEST(letters_and_short_codes_are_kept_and_never_answered),
	    TEST(stop_ends_the_number_and_its_accounts_and_is_confirmed_once),
	    TEST(anybody_may_stop),
	    TEST(who_stopped_hears_nothing_but_help),
	    TEST(start_takes_it_back),
	    TEST(a_new_number_does_not_lift_a_stop_but_may_ask_for_its_end),
	    TEST(a_promise_is_noted_echoed_and_pauses),
	    TEST(a_promise_without_an_amount_is_for_the_arrears),
	    TEST(a_number_of_two_accounts_is_told_no_amount),
	    TEST(a_number_that_no_list_has_any_more_is_told_no_amount),
	    TEST(a_promise_too_far_pauses_nothing_and_a_small_one_is_looked_at),
	    TEST(a_promise_without_a_day_is_asked_for_one),
	    TEST(who_owes_nothing_promises_nothing),
	    TEST(no_within_a_day_takes_the_promise_back),
	    TEST(no_after_a_day_is_for_a_person),
	    TEST(paid_holds_for_three_days_and_the_second_time_a_person_looks),
	    TEST(trouble_holds_every_account_until_somebody_talked),
	    TEST(a_wrong_number_is_not_used_again),
	    TEST(what_is_not_understood_waits_for_a_person_two_working_days),
	    TEST(three_answers_a_day_and_no_more),
	    TEST(not_live_only_test_numbers_are_answered),
	    TEST(what_the_operator_delivers_again_is_one_text),
	    TEST(the_same_words_written_again_are_another_text),
	    TEST(a_copy_in_the_same_batch_is_a_copy),
	    TEST(parts_join_in_any_order_once),
	    TEST(parts_may_have_encodings_of_their_own),
	    TEST(references_of_two_kinds_never_meet),
	    TEST(a_reference_used_anew_eats_neither_text),
	    TEST(parts_that_never_come_are_given_up_after_a_day),
	    TEST(a_receipt_is_no_text),
	    TEST(an_unmarked_receipt_of_ours_is_one_and_of_nobody_is_a_text),
	    TEST(a_marked_receipt_of_nothing_waits_for_its_text),
	    TEST(texts_are_decoded_by_what_the_link_says),
	    TEST(packed_septets_are_unpacked),
	};

	return cmocka_run_group_tests_name("inbox", tests, NULL, NULL);
#undef TEST
}
