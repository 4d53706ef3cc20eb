#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/complaint.h"
#include "gateway/cli/check.h"
#include "gateway/cli/init.h"
#include "gateway/config/config.h"
#include "home.h"
#include "schedule/civil.h"

#define TODAY 20778 /* 2026-11-21 */

/* What a command printed, and its exit status. */
struct ran {
	char *out, *err;
	size_t out_len, err_len;
	FILE *out_file, *err_file;
	int status;
};

static void
open_streams(struct ran *r)
{
	r->out_file = open_memstream(&r->out, &r->out_len);
	r->err_file = open_memstream(&r->err, &r->err_len);
}

static void
close_streams(struct ran *r)
{
	fclose(r->out_file);
	fclose(r->err_file);
}

static void
drop(struct ran *r)
{
	free(r->out);
	free(r->err);
}

static void
init(struct ran *r, const char *dir)
{
	*r = (struct ran){.status = -1};
	open_streams(r);
	r->status = init_home(dir, TODAY, r->out_file, r->err_file);
	close_streams(r);
}

static void
check(struct ran *r, const char *dir, bool json)
{
	*r = (struct ran){.status = -1};
	open_streams(r);
	r->status = check_home(dir, json, r->out_file, r->err_file);
	close_streams(r);
}

static char *
slurp(const struct home *h, const char *name)
{
	static char text[16384];
	char path[128];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", h->path, name);
	file = fopen(path, "r");
	assert_non_null(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	fclose(file);
	return text;
}

static void
test_fresh_home_is_clean(void **state)
{
	struct home h = home_make();
	struct ran r;

	(void)state;
	init(&r, h.path);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.err, "");
	assert_non_null(strstr(r.out, "dunlin import accounts accounts.csv"));
	drop(&r);
	check(&r, h.path, false);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.err, "");
	assert_memory_equal(r.out, "ok: ", 4);
	drop(&r);
	home_remove(&h);
}

static void
test_sample_follows_the_contract(void **state)
{
	struct complaints complaints = {0};
	struct home h = home_make();
	struct config *config;
	struct ran r;

	(void)state;
	init(&r, h.path);
	drop(&r);
	assert_int_equal(config_load(h.path, &config, &complaints), 0);
	assert_false(config->live);
	assert_int_equal(config->n_routes, 1);
	assert_int_equal(config->routes[0].type, CONFIG_ROUTE_FILE);
	assert_int_equal(config->n_campaigns, 1);
	assert_int_equal(config->campaigns[0]->n_steps, 11);
	config_unref(config);
	complaint_clear(&complaints);
	home_remove(&h);
}

/* Every sample account has a number of its own, and that is a test number. */
static void
test_sample_numbers_are_test_numbers(void **state)
{
	struct complaints complaints = {0};
	struct home h = home_make();
	char *line, *rest, last[8] = "";
	struct config *config;
	size_t accounts = 0;
	struct ran r;

	(void)state;
	init(&r, h.path);
	drop(&r);
	assert_int_equal(config_load(h.path, &config, &complaints), 0);
	line = strtok_r(slurp(&h, "accounts.csv"), "\n", &rest);
	while ((line = strtok_r(NULL, "\n", &rest)) != NULL) {
		char *phone = strchr(strchr(line, ',') + 1, ',') + 1;

		*strchr(phone, ',') = '\0';
		assert_true(config_is_test(config, phone));
		accounts += strncmp(line, last, 4) != 0;
		memcpy(last, line, 4);
	}
	assert_int_equal(accounts, config->n_test_numbers);
	config_unref(config);
	complaint_clear(&complaints);
	home_remove(&h);
}

/* Some account is on the day of each step today, so that the first plan shows something. */
static void
test_sample_dates_are_about_today(void **state)
{
	static const int days[] = {-1, -7, -15, -21, -24, 3};
	struct home h = home_make();
	const char *text;
	struct ran r;

	(void)state;
	init(&r, h.path);
	drop(&r);
	text = slurp(&h, "accounts.csv");
	assert_null(strchr(text, '@'));
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		char date[11];

		civil_format_date(TODAY + days[i], date);
		assert_non_null(strstr(text, date));
	}
	home_remove(&h);
}

/* Plain ASCII that is in the GSM alphabet, the lender named, and how to stop. */
static void
test_sample_texts_are_cheap_and_honest(void **state)
{
	size_t texts = 0;

	(void)state;
	for (const struct init_sample *s = init_samples; s->path != NULL; s++) {
		if (strncmp(s->path, "templates/", 10) != 0)
			continue;
		texts++;
		assert_non_null(strstr(s->text, "{{lender}}"));
		assert_non_null(strstr(s->text, "STOP"));
		for (const char *c = strstr(s->text, "}}") + 2; *c != '\0'; c++)
			assert_true((*c >= ' ' && *c <= '~' && strchr("`[]\\^~|", *c) == NULL) ||
				    *c == '\n');
	}
	assert_int_equal(texts, 6);
}

static void
test_refuses_to_touch_what_is_there(void **state)
{
	struct home h = home_make();
	struct ran r;

	(void)state;
	home_write(&h, "accounts.csv", "mine");
	init(&r, h.path);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.err, "accounts.csv is there already"));
	drop(&r);
	assert_string_equal(slurp(&h, "accounts.csv"), "mine");
	home_remove(&h);
	h = home_make();
	init(&r, h.path);
	drop(&r);
	init(&r, h.path);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.err, "dunlin.yaml is there already"));
	drop(&r);
	home_remove(&h);
}

static void
test_makes_folders_and_keeps_them_private(void **state)
{
	struct home h = home_make();
	char path[128];
	struct stat st;
	struct ran r;

	(void)state;
	snprintf(path, sizeof(path), "%s/a/b/", h.path);
	init(&r, path);
	assert_int_equal(r.status, 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	drop(&r);
	home_write(&h, "file", "x");
	snprintf(path, sizeof(path), "%s/file/x", h.path);
	init(&r, path);
	assert_int_equal(r.status, 3);
	drop(&r);
	home_remove(&h);
}

static void
test_check_tells_and_fails(void **state)
{
	struct home h = home_make();
	struct ran r;

	(void)state;
	init(&r, h.path);
	drop(&r);
	home_write(&h, "campaigns/overdue.yaml", "steps:\n  - {day: 1, smss: reminder}\n");
	check(&r, h.path, false);
	assert_int_equal(r.status, 1);
	assert_string_equal(r.out, "");
	assert_non_null(strstr(r.err, "campaigns/overdue.yaml:2:14: error: unknown key `smss`"));
	assert_non_null(strstr(r.err, "  - {day: 1, smss: reminder}\n"));
	drop(&r);
	check(&r, h.path, true);
	assert_int_equal(r.status, 1);
	assert_non_null(
	    strstr(r.out, "{\"file\":\"campaigns/overdue.yaml\",\"line\":2,\"column\":"));
	assert_string_equal(r.err, "");
	drop(&r);
	home_remove(&h);
}

static void
test_check_warns_and_passes(void **state)
{
	struct home h = home_make();
	struct ran r;

	(void)state;
	init(&r, h.path);
	drop(&r);
	home_write(&h, "templates/extra.en.txt", "{{lender}} {{village}}");
	check(&r, h.path, false);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.err, "warning"));
	assert_non_null(strstr(r.out, "; 1 warning\n"));
	drop(&r);
	home_remove(&h);
}

static void
test_check_knows_languages_without_forms(void **state)
{
	struct home h = home_make();
	struct ran r;

	(void)state;
	init(&r, h.path);
	drop(&r);
	home_write(&h, "templates/reminder.xx.txt", "x");
	check(&r, h.path, false);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.err, "templates/reminder.xx.txt: error: there are no forms"));
	drop(&r);
	home_remove(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fresh_home_is_clean),
	    cmocka_unit_test(test_sample_follows_the_contract),
	    cmocka_unit_test(test_sample_numbers_are_test_numbers),
	    cmocka_unit_test(test_sample_dates_are_about_today),
	    cmocka_unit_test(test_sample_texts_are_cheap_and_honest),
	    cmocka_unit_test(test_refuses_to_touch_what_is_there),
	    cmocka_unit_test(test_makes_folders_and_keeps_them_private),
	    cmocka_unit_test(test_check_tells_and_fails),
	    cmocka_unit_test(test_check_warns_and_passes),
	    cmocka_unit_test(test_check_knows_languages_without_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
