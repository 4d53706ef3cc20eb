/* The home folder as a whole: dunlin.yaml, and the campaigns, texts, secrets and holidays it means.
 */
#include "home.h"
#include "parsed.h"

#include "gateway/base/log.h"

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

/* The shortest there can be. */
#define SCRIPT "start: bye\ntrouble: bye\nsteps: {bye: {end: true}}\n"
#define TEXTS                                                                                      \
	{"templates/due-soon.en.txt", "{{lender}}: x"},                                            \
	    {"templates/reminder.en.txt", "{{lender}}: x"},                                        \
	    {"templates/final-notice.en.txt", "{{lender}}: x"},                                    \
	{                                                                                          \
		"scripts/reminder-call.yaml", SCRIPT                                               \
	}

static void
test_campaign_of_the_contract(void **state)
{
	static const char *const files[][2] = {
	    TEXTS,
	    {"dunlin.yaml", LENDER VOICE_ROUTE},
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

/* What a daemon says when it refuses a reload: no password, no number in full. */
static void
test_refused_mistakes_are_logged_masked(void **state)
{
	static const char *const files[][2] = {
	    {"dunlin.yaml",
	     "lender: {name: x, country: PH, contact: \"+639171234567\", currency: PHP,\n"
	     "  timezone: Asia/Manila, languages: [en]}\n"
	     "test_numbers: [\"+63917555000111222333\", \"+63917666 0001\"]\n"
	     "routes:\n  a: {type: smpp, host: x, system_id: y, password: hunter2}\n"
	     "  b: {type: smpp, host: x, system_id: y, pasword: hunter3}\n"
	     "  c: {type: smpp, host: x, system_id: y, password_file: pw}\n"
	     "+639177777777: 1\n"},
	    {"pw", "hunter4\nhunter5\n"},
	    {NULL, NULL}};
	static const char *const secret[] = {"hunter",     "9171234567",  "555000111222",
					     "9177777777", "917666 0001", "9176660001"};
	struct loaded l = load(files);
	char text[8192];
	FILE *log = tmpfile();
	ssize_t n;

	(void)state;
	assert_non_null(log);
	assert_int_not_equal(l.rc, 0);
	assert_true(l.complaints.errors >= 4);
	log_open(&(struct log_options){.fd = fileno(log), .from = LOG_INFO});
	config_log_complaints(&l.complaints);
	n = pread(fileno(log), text, sizeof text - 1, 0);
	log_open(&(struct log_options){.fd = 2, .from = LOG_INFO});
	fclose(log);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "at=dunlin.yaml:3:"));
	assert_non_null(strstr(text, "never stands in this file"));
	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
		if (strstr(text, secret[i]) != NULL)
			fail_msg("%s is in the log:\n%s", secret[i], text);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_campaign_of_the_contract),
	    cmocka_unit_test(test_mistakes_in_campaigns),
	    cmocka_unit_test(test_texts_that_invite_replies_need_a_way_back),
	    cmocka_unit_test(test_a_broken_text_is_told_once),
	    cmocka_unit_test(test_unreadable_main_file_leaves_the_others_checked),
	    cmocka_unit_test(test_no_home),
	    cmocka_unit_test(test_password_files),
	    cmocka_unit_test(test_refused_mistakes_are_logged_masked),
	    cmocka_unit_test(test_passwords_are_never_printed),
	    cmocka_unit_test(test_holidays),
	    cmocka_unit_test(test_complaints_of_a_file_come_by_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
