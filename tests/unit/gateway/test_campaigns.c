/* Campaigns as people write them, and the track each borrower follows by them. */
#include "lender.h"

#include "gateway/person/facts.h"
#include "gateway/store/work.h"

#define TODAY "2026-09-15"

struct fixture {
	struct lender *l;
	struct facts *facts;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	void *l;

	lender_setup(&l);
	f->l = l;
	home_write(&f->l->home, "templates/notice.en.txt", "{{lender}}: {{amount}}.");
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	void *l = f->l;

	if (f->facts != NULL)
		facts_free(f->facts);
	lender_teardown(&l);
	free(f);
	return 0;
}

/* ---- what is wrong is said, and where ---- */

static void
expect_wrong(struct fixture *f, const char *text, bool warning, int line, int col, const char *word)
{
	struct complaints list = {0};
	struct config *config;
	const struct complaint *c = NULL;

	home_write(&f->l->home, "campaigns/c.yaml", text);
	config_load(f->l->home.path, &config, &list);
	for (size_t i = 0; i < list.n; i++)
		if (strcmp(list.items[i].file, "campaigns/c.yaml") == 0)
			c = &list.items[i];
	if (c == NULL)
		fail_msg("no complaint about: %s", text);
	if (c->line != line || c->col != col || c->warning != warning ||
	    strstr(c->text, word) == NULL)
		fail_msg("%d:%d %s: %s\n%s", c->line, c->col, c->warning ? "warning" : "error",
			 c->text, text);
	config_unref(config);
	complaint_clear(&list);
}

#define STEPS "steps: [{day: 1, sms: reminder}]\n"

static void
mistakes_in_selectors_have_their_place(void **state)
{
	struct fixture *f = *state;

	expect_wrong(f, "select: {bucket: [M1, M9]}\n" STEPS, false, 1, 23, "M0 to M4");
	expect_wrong(f, "select: {bucket: early}\n" STEPS, false, 1, 18, "M0 to M4");
	expect_wrong(f, "select: {amount: 5000}\n" STEPS, false, 1, 18, "\"<= 5000.00\"");
	expect_wrong(f, "select: {amount: {min: \"1.234\"}}\n" STEPS, false, 1, 24, "amount");
	expect_wrong(f, "select: {amount: {min: \"9\", max: \"8\"}}\n" STEPS, false, 1, 18,
		     "nothing can match");
	expect_wrong(f, "select: {amount: {least: \"9\"}}\n" STEPS, false, 1, 19,
		     "known are min or max");
	expect_wrong(f, "select: {amount: {}}\n" STEPS, false, 1, 10, "needs `min`");
	expect_wrong(f, "select: {kept_streak: often}\n" STEPS, false, 1, 23, "kept_streak");
	expect_wrong(f, "select: {kept_steak: 2}\n" STEPS, true, 1, 10, "kept_streak");
}

static void
mistakes_in_steps_have_their_place(void **state)
{
	struct fixture *f = *state;

	expect_wrong(f, "steps: [{day: 9, sms: reminder, when: {no_response_since: 7}}]\n", false,
		     1, 59, "+7/sms");
	expect_wrong(f, "steps: [{day: 9, sms: reminder, when: {no_response_since: +9/sms}}]\n",
		     false, 1, 39, "earlier day");
	expect_wrong(f, "steps: [{day: 9, sms: reminder, when: {no_response_since: +7/sms}}]\n",
		     true, 1, 39, "no step +7/sms");
	expect_wrong(f, "steps: [{day: 9, sms: reminder, when: {delivered: perhaps}}]\n", false, 1,
		     51, "true or false");
	expect_wrong(f, "steps: [{day: 9, task: look, instead: {sms: reminder}}]\n", false, 1, 39,
		     "`sms` or `call`");
	expect_wrong(f, "steps: [{day: 9, sms: reminder, instead: {sms: reminder}}]\n", false, 1,
		     42, "`call`");
	expect_wrong(f, "steps: [{day: 9, letter: notise}]\n", false, 1, 26, "notice");
	expect_wrong(f, STEPS "at: sometime\n", false, 2, 5, "at");
	expect_wrong(f, STEPS "promised: {sms: nothing}\n", false, 2, 17, "nothing");
}

/* ---- which track ---- */

static void
use(struct fixture *f, const char *const files[][2])
{
	struct complaints list = {0};

	for (size_t i = 0; files[i][0] != NULL; i++)
		home_write(&f->l->home, files[i][0], files[i][1]);
	config_unref(f->l->config);
	if (config_load(f->l->home.path, &f->l->config, &list) != 0)
		fail_msg("%s", list.items[0].text);
	complaint_clear(&list);
	f->l->env.config = f->l->config;
	if (f->facts == NULL)
		f->facts = facts_new(f->l->config);
	else
		facts_use(f->facts, f->l->config);
	assert_non_null(f->facts);
}

static const struct plan_account *
load(struct fixture *f, const char *ref, const struct facts_account **account)
{
	size_t i;

	assert_int_equal(store_refresh(f->l->s), 0);
	assert_int_equal(
	    facts_load_account(f->facts, f->l->s, lender_account(f->l, ref), f->l->env.now, &i), 0);
	if (account != NULL)
		*account = facts_account(f->facts, i);
	return &facts_person(f->facts)->accounts[i];
}

/* "+1/sms:soft +40/letter:hard" */
static const char *
track(struct fixture *f, const char *ref)
{
	static char text[1024];
	const struct plan_account *p = load(f, ref, NULL);
	char step[CAMPAIGN_STEP_TEXT];

	text[0] = '\0';
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct campaign_step *s = &p->steps[i];

		campaign_step_format(s->day, (enum campaign_channel)s->channel, step);
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s:%s",
			 i > 0 ? " " : "", step, s->promised ? s->name : s->of->name);
	}
	return text;
}

static void
buckets_share_an_account_between_campaigns(void **state)
{
	static const char *const files[][2] = {
	    {"campaigns/overdue.yaml", "select: {bucket: [M0, M1]}\n"
				       "steps: [{day: [-3, 1, 30, 31], sms: reminder}]\n"},
	    {"campaigns/hard.yaml", "select: {bucket: M2+, amount: \">= 500.00\"}\n"
				    "steps: [{day: [30, 31, 95], letter: notice}]\n"},
	    {NULL, NULL}};
	struct fixture *f = *state;
	const struct facts_account *a;

	use(f, files);
	assert_string_equal(track(f, "A-1"), "-3/sms:overdue +1/sms:overdue +30/sms:overdue "
					     "+31/letter:hard +95/letter:hard");
	/* who owes less than 500 has nothing from the 31st day on */
	lender_do(f->l, "UPDATE amount SET billed = 40000 WHERE account = "
			"(SELECT id FROM account WHERE ref = 'A-2')");
	assert_string_equal(track(f, "A-2"), "-3/sms:overdue +1/sms:overdue +30/sms:overdue");
	load(f, "A-2", &a);
	assert_true(a->selected);
	/* ... and once it is there, no campaign selects it */
	f->l->env.now += 40 * DAY;
	load(f, "A-2", &a);
	assert_false(a->selected);
	load(f, "A-1", &a);
	assert_true(a->selected);
}

static void
who_keeps_two_instalments_follows_the_lighter_track(void **state)
{
	static const char *const files[][2] = {
	    {"campaigns/light.yaml", "priority: 1\nselect: {kept_streak: 2}\n"
				     "steps: [{day: -3, sms: reminder}]\n"},
	    {"campaigns/overdue.yaml", "steps:\n  - {day: [1, 7], sms: reminder}\n"
				       "  - {day: 3, sms: notice, mandatory: true}\n"},
	    {NULL, NULL}};
	struct fixture *f = *state;
	int64_t id = lender_account(f->l, "A-1");
	char sql[400];

	use(f, files);
	assert_string_equal(track(f, "A-1"), "+1/sms:overdue +3/sms:overdue +7/sms:overdue");
	/* July and August, each paid on its day */
	for (int month = 7; month <= 8; month++) {
		int32_t due = civil_day(2026, month, 8);

		snprintf(sql, sizeof sql,
			 "INSERT INTO amount VALUES (%lld, %d, 1, NULL, 100000, -1);"
			 "INSERT INTO payment VALUES (%lld, 'p%d', 1, %d, 100000, NULL)",
			 (long long)id, due, (long long)id, month, due);
		lender_do(f->l, sql);
	}
	/* September's own is open and its days of grace are over */
	assert_string_equal(track(f, "A-1"), "+1/sms:overdue +3/sms:overdue +7/sms:overdue");
	f->l->env.now -= 6 * DAY; /* on the day after it fell due it may still be kept */
	assert_string_equal(track(f, "A-1"), "-3/sms:light +3/sms:overdue");
	/* one broken promise brings the whole track back */
	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO promise (account, day, expected, due, currency, source, status, at, "
	    "import, until, pauses, actor, judged_at) VALUES (%lld, 1, 1, 1, 'PHP', 'sms', 3, 1, "
	    "1, 1, 1, 'x', %lld)",
	    (long long)id, (long long)(f->l->env.now - DAY));
	lender_do(f->l, sql);
	assert_string_equal(track(f, "A-1"), "+1/sms:overdue +3/sms:overdue +7/sms:overdue");
}

static void
promise(struct fixture *f, const char *ref, const char *date)
{
	assert_int_equal(lender_ask(f->l, json_pack("{s:s, s:s, s:s}", "command", "promise",
						    "account", ref, "date", date)),
			 0);
}

static void
a_promise_adds_its_day(void **state)
{
	static const char *const files[][2] = {
	    {"campaigns/overdue.yaml", "steps: [{day: [7, 10], sms: reminder}]\n"}, {NULL, NULL}};
	static const char *const own[][2] = {
	    {"campaigns/overdue.yaml",
	     "steps: [{day: [7, 10], sms: reminder}]\npromised: {sms: notice}\n"},
	    {NULL, NULL}};
	static const char *const none[][2] = {
	    {"campaigns/overdue.yaml", "steps: [{day: [7, 10], sms: reminder}]\npromised: no\n"},
	    {NULL, NULL}};
	struct fixture *f = *state;
	const struct plan_account *p;

	use(f, files);
	promise(f, "A-1", "2026-09-17");
	assert_string_equal(track(f, "A-1"), "+7/sms:overdue +9/sms:promise-today +10/sms:overdue");
	p = load(f, "A-1", NULL);
	assert_int_equal(p->promised_on, lender_day("2026-09-17"));
	/* on a day that has a text already the reminder stands in its place */
	promise(f, "A-1", "2026-09-18");
	assert_string_equal(track(f, "A-1"), "+7/sms:overdue +10/sms:promise-today");
	use(f, own);
	assert_string_equal(track(f, "A-1"), "+7/sms:overdue +10/sms:notice");
	use(f, none);
	assert_string_equal(track(f, "A-1"), "+7/sms:overdue +10/sms:overdue");
	use(f, files);
	assert_int_equal(lender_ask(f->l, json_pack("{s:s, s:s, s:b}", "command", "promise",
						    "account", "A-1", "withdraw", 1)),
			 0);
	assert_string_equal(track(f, "A-1"), "+7/sms:overdue +10/sms:overdue");
}

/* ---- what conditions ask ---- */

static const char *const asking[][2] = {
    {"campaigns/overdue.yaml",
     "steps:\n"
     "  - {day: 1, sms: reminder}\n"
     "  - {day: 8, task: a, when: {delivered: yes, answered: no, part_paid: yes, reach: sms}}\n"
     "  - {day: 9, task: b, when: {no_response_since: +1/sms}}\n"
     "at: best\n"},
    {NULL, NULL}};

static int64_t
text(struct fixture *f, const char *ref, const char *step, int status, int64_t handed_at)
{
	char sql[400];

	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO message (account, person, due, step, class, direction, number, status, "
	    "at, "
	    "created_at, handed_at) VALUES (%lld, %lld, %d, '%s', 0, 0, '+639170000001', %d, 1, "
	    "1, %lld)",
	    (long long)lender_account(f->l, ref), (long long)lender_account(f->l, ref),
	    lender_day("2026-09-08"), step, status, (long long)handed_at);
	lender_do(f->l, sql);
	return lender_count(f->l, "SELECT max(id) FROM message");
}

static void
call(struct fixture *f, const char *ref, int counts, int64_t when)
{
	struct work_contact c = {.account = lender_account(f->l, ref),
				 .key = "",
				 .at = when,
				 .channel = CAMPAIGN_CALL,
				 .counts = counts,
				 .number = "+639170000001",
				 .result = "x",
				 .source = "results",
				 .actor = "x"};
	char key[32];

	snprintf(key, sizeof key, "%lld", (long long)when);
	c.key = key;
	assert_int_equal(work_add_contact(f->l->s, &c, when), 1);
}

static void
facts_are_read_where_a_campaign_asks(void **state)
{
	struct fixture *f = *state;
	int64_t now = f->l->env.now;
	const struct plan_account *p;

	use(f, asking);
	p = load(f, "A-1", NULL);
	assert_false(p->delivered || p->answered || p->part_paid || p->replied);
	assert_true(p->heard == INT64_MIN && p->best_hour == -1 && p->reach == CAMPAIGN_REACH_ANY);
	text(f, "A-1", "+1/sms", STATUS_DELIVERED, now - 6 * DAY - 2 * HOUR);
	p = load(f, "A-1", NULL);
	assert_true(p->delivered);
	assert_int_equal(p->n_served, 1);
	assert_int_equal(p->served[0].at, now - 6 * DAY - 2 * HOUR);
	lender_do(f->l, "INSERT INTO payment SELECT id, 'x', 1, 20704, 30000, NULL FROM account "
			"WHERE ref = 'A-1'");
	p = load(f, "A-1", NULL);
	assert_true(p->part_paid);
	assert_true(p->heard > INT64_MIN);
	call(f, "A-1", POLICY_CONVERSATION, now - DAY);
	p = load(f, "A-1", NULL);
	assert_true(p->answered);
	assert_int_equal(p->heard, now - DAY);
	assert_int_equal(p->best_hour, 10 * 3600);
	/* the conversation counts for caps and rests */
	assert_int_equal(facts_person(f->facts)->n_contacts, 2);
	assert_int_equal(facts_person(f->facts)->contacts[1].counts, POLICY_CONVERSATION);
}

static void
a_channel_that_fails_three_times_gives_way_to_the_other(void **state)
{
	struct fixture *f = *state;
	int64_t now = f->l->env.now;

	use(f, asking);
	text(f, "A-1", "+1/sms", STATUS_DELIVERED, now - 9 * DAY);
	call(f, "A-1", POLICY_CALL_DIALLED, now - 8 * DAY);
	call(f, "A-1", POLICY_CALL_DIALLED, now - 7 * DAY);
	assert_int_equal(load(f, "A-1", NULL)->reach, CAMPAIGN_REACH_ANY);
	call(f, "A-1", POLICY_CALL_DIALLED, now - 6 * DAY);
	assert_int_equal(load(f, "A-1", NULL)->reach, CAMPAIGN_REACH_SMS);
	call(f, "A-1", POLICY_CONVERSATION, now - 5 * DAY);
	assert_int_equal(load(f, "A-1", NULL)->reach, CAMPAIGN_REACH_ANY);
	text(f, "A-1", "+2/sms", STATUS_FAILED, now - 4 * DAY);
	text(f, "A-1", "+3/sms", STATUS_EXPIRED, now - 3 * DAY);
	text(f, "A-1", "+4/sms", STATUS_FAILED, now - 2 * DAY);
	assert_int_equal(load(f, "A-1", NULL)->reach, CAMPAIGN_REACH_CALL);
}

static void
the_hour_that_reached_most_often_is_best(void **state)
{
	struct fixture *f = *state;
	int64_t now = f->l->env.now;

	use(f, asking);
	/* a text at 08:00 answered at 19:00, when the person was there; answers at 19:00 and, last,
	 * at 12:00 */
	text(f, "A-1", "+1/sms", STATUS_DELIVERED, now - 5 * DAY - 2 * HOUR);
	f->l->env.now = now - 5 * DAY + 9 * HOUR;
	lender_receive(f->l, "A-1", "+639170000001");
	f->l->env.now = now;
	assert_int_equal(load(f, "A-1", NULL)->best_hour, 19 * 3600);
	f->l->env.now = now - 3 * DAY + 9 * HOUR;
	lender_receive(f->l, "A-1", "+639170000001");
	f->l->env.now = now - 2 * DAY + 2 * HOUR;
	lender_receive(f->l, "A-1", "+639170000001");
	f->l->env.now = now;
	assert_int_equal(load(f, "A-1", NULL)->best_hour, 19 * 3600);
	/* one at 12:00 more makes two of each: the one used last */
	f->l->env.now = now - DAY + 2 * HOUR;
	lender_receive(f->l, "A-1", "+639170000001");
	f->l->env.now = now;
	assert_int_equal(load(f, "A-1", NULL)->best_hour, 12 * 3600);
	/* at night nothing may go, however often they write then */
	for (int i = 0; i < 5; i++) {
		f->l->env.now = now - i * DAY - 8 * HOUR;
		lender_receive(f->l, "A-1", "+639170000001");
	}
	f->l->env.now = now;
	assert_int_equal(load(f, "A-1", NULL)->best_hour, 12 * 3600);
}

static void
a_stated_cause_stands_in_for_the_lists(void **state)
{
	static const char *const files[][2] = {
	    {"campaigns/overdue.yaml", "select: {cause: job}\nsteps: [{day: 7, sms: notice}]\n"},
	    {NULL, NULL}};
	struct fixture *f = *state;
	const struct facts_account *a;

	use(f, files);
	load(f, "A-1", &a);
	assert_string_equal(a->cause, "");
	assert_false(a->selected);
	lender_receive(f->l, "A-1", "+639170000001");
	lender_do(f->l, "UPDATE inbox SET cause = 'job'; UPDATE account SET special = 1");
	load(f, "A-1", &a);
	assert_string_equal(a->cause, "job");
	assert_true(a->selected);
	lender_do(f->l, "UPDATE account_row SET cause = 'illness'");
	load(f, "A-1", &a);
	assert_string_equal(a->cause, "illness");
	assert_false(a->selected);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(mistakes_in_selectors_have_their_place),
	    TEST(mistakes_in_steps_have_their_place),
	    TEST(buckets_share_an_account_between_campaigns),
	    TEST(who_keeps_two_instalments_follows_the_lighter_track),
	    TEST(a_promise_adds_its_day),
	    TEST(facts_are_read_where_a_campaign_asks),
	    TEST(a_channel_that_fails_three_times_gives_way_to_the_other),
	    TEST(the_hour_that_reached_most_often_is_best),
	    TEST(a_stated_cause_stands_in_for_the_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
