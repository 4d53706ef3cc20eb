/* pause, resume, adopt; and backup and restore, which adopt belongs to. */
#include "lender.h"

#include "gateway/start.h"
#include "gateway/store/backup.h"

static json_t *
campaign(const char *command, const char *name)
{
	return json_pack("{s:s, s:s*}", "command", command, "campaign", name);
}

static json_t *
adopt(const char *since)
{
	return json_pack("{s:s, s:s}", "command", "adopt", "since", since);
}

static int
rename_campaign(struct lender *l)
{
	char from[128], to[128];
	int rc;

	snprintf(from, sizeof from, "%s/campaigns/overdue.yaml", l->home.path);
	snprintf(to, sizeof to, "%s/campaigns/later.yaml", l->home.path);
	rc = rename(from, to);
	lender_write(l, "true");
	return rc;
}

static void
test_pause_and_resume(void **state)
{
	struct lender *l = *state;
	int64_t events;

	assert_int_equal(lender_ask(l, campaign("pause", NULL)), 0);
	assert_int_equal(store_meta_int(l->s, META_PAUSED, 0), 1);
	assert_false(l->env.effect.wake);
	events = lender_count(l, "SELECT count(*) FROM event");
	assert_int_equal(lender_ask(l, campaign("pause", NULL)), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM event"), events);
	assert_int_equal(lender_ask(l, campaign("resume", NULL)), 0);
	assert_int_equal(store_meta_int(l->s, META_PAUSED, 0), 0);
	assert_true(l->env.effect.wake);
}

static void
test_pause_of_one_campaign(void **state)
{
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, campaign("pause", "overdeu")), 1);
	assert_non_null(strstr(lender_said(l, "error"), "`overdue`"));
	assert_int_equal(lender_ask(l, campaign("pause", "overdue")), 0);
	assert_int_equal(store_meta_int(l->s, META_PAUSED ":overdue", 0), 1);
	assert_int_equal(store_meta_int(l->s, META_PAUSED, 0), 0);
	assert_true(l->env.effect.replan_all);
	/* Its file may go meanwhile: the pause can still be ended. */
	assert_int_equal(rename_campaign(l), 0);
	assert_int_equal(lender_ask(l, campaign("resume", "overdue")), 0);
	assert_int_equal(store_meta_int(l->s, META_PAUSED ":overdue", 0), 0);
}

/* ---- adopt ---- */

static void
test_nothing_to_adopt(void **state)
{
	struct lender *l = *state;
	char machine[33];

	l->env.serving = false;
	assert_int_equal(lender_ask(l, adopt("2026-09-15T09:00")), 1);
	start_machine(l->config->store, machine);
	assert_int_equal(store_meta_set_text(l->s, META_MACHINE, machine), 0);
	assert_int_equal(lender_ask(l, adopt("2026-09-15T09:00")), 1);
	assert_int_equal(store_meta_set_text(l->s, META_MACHINE, "another"), 0);
	assert_int_equal(lender_ask(l, adopt("2026-09-15T09:00")), 0);
	assert_int_equal(lender_ask(l, adopt("2026-09-15T09:00")), 1); /* it is ours now */
}

static void
test_adopt_takes_a_time_that_was(void **state)
{
	struct lender *l = *state;

	l->env.clock_held = true;
	assert_int_equal(lender_ask(l, adopt("yesterday")), 2);
	assert_int_equal(lender_ask(l, adopt("2026-09-15T10:01")), 1);
	assert_int_equal(lender_ask(l, adopt("2026-09-15T10:00")), 0);
	assert_int_equal(lender_ask(l, adopt("2026-09-15T01:00:00Z")), 0);
}

/* What was due may have been said by the original, whether the copy had a row for it or not. */
static void
test_adopt_skips_what_was_due(void **state)
{
	struct lender *l = *state;
	int64_t due = lender_plan(l, "A-1", "+7/sms", TEN_O_CLOCK - HOUR);
	int64_t moved = lender_plan(l, "A-2", "+7/sms", TEN_O_CLOCK + DAY);
	int64_t later = lender_plan(l, "A-1", "+10/sms", TEN_O_CLOCK + 3 * DAY);

	l->env.clock_held = true;
	assert_int_equal(store_meta_set_int(l->s, META_RESTORED, 1), 0);
	assert_int_equal(lender_ask(l, adopt("2026-09-14")), 0);
	lender_expect(l, due, STATUS_SKIPPED, REASON_RESTORED);
	lender_expect(l, moved, STATUS_SKIPPED, REASON_RESTORED);
	lender_expect(l, later, STATUS_PLANNED, REASON_NONE);
	/* and the twins, who had no row; RICH owes nothing; tasks are made all the same */
	assert_int_equal(lender_count(l, "SELECT count(*) FROM skip WHERE step = '+7/sms'"), 4);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM skip"), 4);
	assert_int_equal(store_meta_int(l->s, META_RESTORED, 0), 0);
	assert_true(l->env.effect.replan_all);
}

/* Due is what the campaign's hour has struck for and `late` days have not ended. */
static void
test_adopt_leaves_what_is_not_due(void **state)
{
	static const struct {
		int64_t now;
		const char *steps; /* of A-1 that are skipped */
	} cases[] = {{TEN_O_CLOCK - 1000, ""},
		     {TEN_O_CLOCK + 2 * DAY, "+7/sms"},
		     {TEN_O_CLOCK + 3 * DAY, "+10/sms +7/sms"},
		     {TEN_O_CLOCK + 4 * DAY, "+10/sms"},
		     {TEN_O_CLOCK + 7 * DAY, ""}};
	struct lender *l = *state;
	char sql[256];

	l->env.clock_held = true;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		l->env.now = cases[i].now;
		lender_do(l, "DELETE FROM skip");
		assert_int_equal(lender_ask(l, adopt("2026-09-15T09:00")), 0);
		snprintf(sql, sizeof sql,
			 "SELECT coalesce((SELECT group_concat(step, ' ') FROM (SELECT step FROM "
			 "skip WHERE account = %lld ORDER BY step)), '') = '%s'",
			 (long long)lender_account(l, "A-1"), cases[i].steps);
		assert_int_equal(lender_count(l, sql), 1);
	}
}

/* Who asks a person to decide gets to know what is in doubt, and may send it all the same. */
static void
test_adopt_lists_and_a_person_may_undo(void **state)
{
	struct lender *l = *state;
	int64_t row = lender_plan(l, "A-1", "+7/sms", TEN_O_CLOCK - HOUR);
	int64_t sent = lender_plan(l, "A-2", "+7/sms", TEN_O_CLOCK - HOUR);
	char sql[128];

	l->env.clock_held = true;
	snprintf(sql, sizeof sql, "UPDATE message SET status = 7, handed_at = %lld WHERE id = %lld",
		 (long long)(TEN_O_CLOCK - HOUR), (long long)sent);
	lender_do(l, sql);
	assert_int_equal(store_meta_set_int(l->s, META_RESTORED, 1), 0);
	assert_int_equal(lender_ask(l, adopt("2026-09-15T09:30")), 0);
	assert_int_equal(json_array_size(json_object_get(l->reply, "may_have_been_said")), 0);
	assert_int_equal(store_meta_set_int(l->s, META_RESTORED, 1), 0);
	assert_int_equal(lender_ask(l, adopt("2026-09-15T09:00")), 0);
	assert_int_equal(json_array_size(json_object_get(l->reply, "may_have_been_said")), 1);
	assert_int_equal(lender_ask(l, json_pack("{s:s, s:s, s:b}", "command", "skip", "key",
						 "A-1/2026-09-08/+7/sms", "undo", 1)),
			 0);
	lender_expect(l, row, STATUS_PLANNED, REASON_NONE);
}

/* ---- copies ---- */

static void
test_backup_is_whole_and_overwrites_nothing(void **state)
{
	struct lender *l = *state;
	char path[160], part[176], error[256];
	struct stat st;
	struct store *copy;

	snprintf(path, sizeof path, "%s/copy.db", l->home.path);
	snprintf(part, sizeof part, "%s.part", path);
	assert_int_equal(store_begin(l->s), 0); /* somebody writes meanwhile */
	assert_int_equal(store_meta_set_int(l->s, "half", 1), 0);
	assert_int_equal(backup_copy(l->config->store, path, NULL, NULL, error), 0);
	assert_int_equal(store_commit(l->s), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_not_equal(access(part, F_OK), 0);
	assert_int_equal(backup_copy(l->config->store, path, NULL, NULL, error), UV_EEXIST);
	assert_int_equal(store_open(&copy, path, STORE_READ, error), 0);
	assert_int_equal(store_meta_int(copy, "half", 0), 0);
	assert_int_equal(store_meta_int(copy, META_VISIBLE, 0), 1);
	store_close(copy);
}

static void
test_backup_check_knows_a_store(void **state)
{
	struct lender *l = *state;
	char path[160], error[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/copy.db", l->home.path);
	assert_int_not_equal(backup_check(path, error), 0); /* there is none */
	home_write(&l->home, "copy.db", "account_id,name\n");
	assert_int_not_equal(backup_check(path, error), 0);
	unlink(path);
	assert_int_equal(backup_copy(l->config->store, path, NULL, NULL, error), 0);
	assert_int_equal(backup_check(path, error), 0);
	file = fopen(path, "r+");
	assert_non_null(file);
	for (long at = 4096 * 2; at < 4096 * 30; at += 4096) {
		fseek(file, at, SEEK_SET);
		fputs("rotten bits, as of a disk that is going", file);
	}
	fclose(file);
	assert_int_not_equal(backup_check(path, error), 0);
	assert_true(strlen(error) > 0);
}

static void
test_install_keeps_what_was_there(void **state)
{
	struct lender *l = *state;
	char fresh[160], kept[BACKUP_PATH], error[256];
	struct store *old;

	for (int n = 1; n <= 2; n++) {
		snprintf(fresh, sizeof fresh, "%s/fresh.db", l->home.path);
		assert_int_equal(backup_copy(l->config->store, fresh, NULL, NULL, error), 0);
		assert_int_equal(store_meta_set_int(l->s, "after", n), 0); /* in the -wal */
		store_close(l->s);
		assert_int_equal(backup_install(fresh, l->config->store, kept, error), 0);
		assert_int_equal(access(fresh, F_OK), -1);
		assert_int_equal(kept[strlen(kept) - 1], '0' + n);
		assert_int_equal(store_open(&old, kept, STORE_READ, error), 0);
		assert_int_equal(store_meta_int(old, "after", 0), n);
		store_close(old);
		assert_int_equal(store_open(&l->s, l->config->store, STORE_WRITE, error), 0);
		assert_int_equal(store_meta_int(l->s, "after", 0), 0);
	}
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, lender_setup, lender_teardown)
	const struct CMUnitTest tests[] = {T(test_pause_and_resume),
					   T(test_pause_of_one_campaign),
					   T(test_nothing_to_adopt),
					   T(test_adopt_takes_a_time_that_was),
					   T(test_adopt_skips_what_was_due),
					   T(test_adopt_leaves_what_is_not_due),
					   T(test_adopt_lists_and_a_person_may_undo),
					   T(test_backup_is_whole_and_overwrites_nothing),
					   T(test_backup_check_knows_a_store),
					   T(test_install_keeps_what_was_there)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
