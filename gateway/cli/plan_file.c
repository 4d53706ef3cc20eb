#include "plan_file.h"

#include "gateway/base/csv.h"
#include "schedule/civil.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARTS_MAX 120

static int
no_memory(void)
{
	return cli_fail(CLI_FAILED, "out of memory");
}

static json_t *
part_of(const char *date, const char *amount)
{
	return json_pack("{s:s, s:s}", "date", date, "amount", amount);
}

/* ---- a file ---- */

struct reading {
	struct csv *csv;
	const char *name, *only;
	int account, date, amount; /* columns; account -1: none */
	json_t *plans;
	json_t *by_account; /* account -> its plan in `plans`, borrowed */
	struct complaints *wrong;
};

static int
find_columns(struct reading *r)
{
	int line = csv_header(r->csv)->line;

	r->account = csv_column(r->csv, "account_id");
	r->date = csv_column(r->csv, "date");
	r->amount = csv_column(r->csv, "amount");
	if (r->date < 0 || r->amount < 0)
		complaint_add(
		    r->wrong, r->name, line, 0,
		    "there is no column `%s`: a list of plans begins with a row of column "
		    "names, account_id,date,amount",
		    r->date < 0 ? "date" : "amount");
	else if (r->account < 0 && r->only == NULL)
		complaint_add(r->wrong, r->name, line, 0,
			      "there is no column `account_id`: whose plans are these?");
	else
		return CLI_DONE;
	return CLI_REFUSED;
}

/* The plan of an account, made when it is met first; NULL without memory. */
static json_t *
plan_of(struct reading *r, const char *account, int line)
{
	json_t *plan = json_object_get(r->by_account, account);
	int col = 0;

	if (plan != NULL)
		return plan;
	if (r->account >= 0)
		csv_where(r->csv, (size_t)r->account, &line, &col);
	plan = json_pack("{s:s, s:[], s:[i, i]}", "account", account, "plan", "where", line, col);
	if (plan == NULL || json_array_append_new(r->plans, plan) != 0 ||
	    json_object_set(r->by_account, account, plan) != 0)
		return NULL;
	return plan;
}

static void
wrong_field(struct reading *r, int column, json_t *plan, const char *what, const char *text)
{
	int line, col;

	csv_where(r->csv, (size_t)column, &line, &col);
	complaint_add(r->wrong, r->name, line, col, "%s `%s`", what, text);
	if (plan != NULL)
		json_object_set_new(plan, "bad", json_true());
}

static json_t *
part_of_row(const struct reading *r, const char *date, const char *amount)
{
	int line[2], col[2];

	csv_where(r->csv, (size_t)r->date, &line[0], &col[0]);
	csv_where(r->csv, (size_t)r->amount, &line[1], &col[1]);
	return json_pack("{s:s, s:s, s:{s:[i, i], s:[i, i]}}", "date", date, "amount", amount,
			 "where", "date", line[0], col[0], "amount", line[1], col[1]);
}

static int
take_row(struct reading *r, const struct csv_row *row)
{
	const char *account = r->account >= 0 ? row->fields[r->account].text : r->only;
	const char *date = row->fields[r->date].text, *amount = row->fields[r->amount].text;
	json_t *plan;
	int32_t day;

	if (r->only != NULL && strcmp(account, r->only) != 0)
		return CLI_DONE;
	if (account[0] == '\0') {
		wrong_field(r, r->account, NULL, "a part of whose plan?", "");
		return CLI_DONE;
	}
	if ((plan = plan_of(r, account, row->line)) == NULL)
		return no_memory();
	if (civil_parse_date(date, strlen(date), &day) != 0)
		wrong_field(r, r->date, plan, "a day is written as 2026-09-15, not", date);
	else if (amount[0] == '\0')
		wrong_field(r, r->amount, plan, "how much is this part?", "");
	else if (json_array_append_new(json_object_get(plan, "plan"),
				       part_of_row(r, date, amount)) != 0)
		return no_memory();
	return CLI_DONE;
}

static int
read_rows(struct reading *r)
{
	struct csv_row row;
	int status = CLI_DONE;

	while (status == CLI_DONE)
		switch (csv_next(r->csv, &row)) {
		case CSV_NEXT_ROW: status = take_row(r, &row); break;
		case CSV_NEXT_BAD:
			complaint_add(r->wrong, r->name, row.bad_line, row.bad_col, "%s", row.why);
			break;
		case CSV_NEXT_END: return CLI_DONE;
		case CSV_NEXT_FAIL:
			complaint_add(r->wrong, r->name, 0, 0, "%s", row.why);
			return CLI_FAILED;
		}
	return status;
}

/* Half a plan is another plan than the one that was agreed. */
static void
drop_bad(json_t *plans)
{
	for (size_t i = json_array_size(plans); i-- > 0;)
		if (json_object_get(json_array_get(plans, i), "bad") != NULL)
			json_array_remove(plans, i);
}

int
plan_file_read(const char *path, const char *only_account, json_t *plans, struct complaints *wrong)
{
	struct reading r = {.name = path,
			    .only = only_account,
			    .plans = plans,
			    .wrong = wrong,
			    .by_account = json_object()};
	int rc = csv_open(&r.csv, path, path, wrong), status;

	if (rc != 0)
		status = rc == -EINVAL ? CLI_REFUSED : CLI_FAILED;
	else if (r.by_account == NULL)
		status = no_memory();
	else if ((status = find_columns(&r)) == CLI_DONE && (status = read_rows(&r)) == CLI_DONE)
		drop_bad(plans);
	if (rc == 0)
		csv_close(r.csv);
	json_decref(r.by_account);
	return status;
}

/* ---- the command line ---- */

/* "2026-10-01:500,2026-11-01:500": false when it is of another form. */
static bool
read_typed(const char *text, json_t *parts)
{
	char date[11], amount[40];

	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		const char *colon = memchr(text, ':', len);
		size_t day = colon != NULL ? (size_t)(colon - text) : 0;

		if (day != 10 || len - day - 1 == 0 || len - day - 1 >= sizeof amount)
			return false;
		snprintf(date, sizeof date, "%.10s", text);
		snprintf(amount, sizeof amount, "%.*s", (int)(len - day - 1), colon + 1);
		if (json_array_append_new(parts, part_of(date, amount)) != 0)
			return false;
		text += len;
		text += *text == ',';
	}
	return json_array_size(parts) > 0;
}

/* "500x3" */
static bool
read_equal(const char *text, char amount[40], int64_t *times)
{
	const char *x = strchr(text, 'x');

	if (x == NULL || x == text || (size_t)(x - text) >= 40 ||
	    strspn(text, "0123456789.") != (size_t)(x - text) ||
	    !cli_integer(x + 1, 1, PARTS_MAX, times))
		return false;
	snprintf(amount, 40, "%.*s", (int)(x - text), text);
	return true;
}

/* "1m", "2w", "10d" */
static bool
read_every(const char *text, char *unit, int64_t *n)
{
	char number[8];
	size_t len = strlen(text);

	if (len < 2 || len > sizeof number || strchr("dwm", text[len - 1]) == NULL)
		return false;
	snprintf(number, sizeof number, "%.*s", (int)len - 1, text);
	*unit = text[len - 1];
	return cli_integer(number, 1, 366, n);
}

/* The k-th day after the first; the 31st is the last of shorter months. */
static int32_t
day_after(int32_t first, int64_t k, char unit, int64_t every)
{
	int year, month, mday, last;

	if (unit != 'm')
		return first + (int32_t)(k * every * (unit == 'w' ? 7 : 1));
	civil_date(first, &year, &month, &mday);
	month += (int)(k * every) - 1;
	year += month / 12;
	month = month % 12 + 1;
	last = civil_month_days(year, month);
	return civil_day(year, month, mday < last ? mday : last);
}

static int
add_equal(const struct cli_call *call, const char *amount, int64_t times, json_t *parts)
{
	const char *every = cli_option(call, NULL, "every"), *from = cli_option(call, NULL, "from");
	char unit = 'm', date[11];
	int64_t n = 1;
	int32_t first;

	if (from == NULL || civil_parse_date(from, strlen(from), &first) != 0)
		return cli_usage(call, "equal parts need --from DATE, the day of the first");
	if (every != NULL && !read_every(every, &unit, &n))
		return cli_usage(call, "--every is 1m, 2w or 10d, not `%s`", every);
	for (int64_t k = 0; k < times; k++) {
		civil_format_date(day_after(first, k, unit, n), date);
		if (json_array_append_new(parts, part_of(date, amount)) != 0)
			return no_memory();
	}
	return CLI_DONE;
}

/* One plan, in a file; more than one is what `import plans` is for. */
static int
add_file(const struct cli_call *call, const char *path, const char *account, json_t *parts)
{
	struct complaints wrong = {0};
	json_t *plans = json_array();
	int status;

	if (access(path, R_OK) != 0) {
		json_decref(plans);
		return cli_usage(
		    call,
		    "`%s` is no plan and no file: write 2026-10-01:500,2026-11-01:500, "
		    "500x3 with --from DATE, or name a file",
		    path);
	}
	status = plan_file_read(path, account, plans, &wrong);
	if (wrong.errors > 0) {
		complaint_print(stderr, &wrong, NULL);
		status = status == CLI_FAILED ? CLI_FAILED : CLI_REFUSED;
	} else if (status == CLI_DONE && json_array_size(plans) == 0) {
		status = cli_fail(CLI_REFUSED, "%s has no part for %s", path, account);
	}
	if (status == CLI_DONE)
		json_array_extend(parts, json_object_get(json_array_get(plans, 0), "plan"));
	complaint_clear(&wrong);
	json_decref(plans);
	return status;
}

int
plan_file_option(const struct cli_call *call, const char *account, json_t *parts)
{
	const char *plan = cli_option(call, NULL, "plan");
	bool more =
	    cli_option(call, NULL, "every") != NULL || cli_option(call, NULL, "from") != NULL;
	char amount[40];
	int64_t times;

	if (read_equal(plan, amount, &times))
		return add_equal(call, amount, times, parts);
	if (more)
		return cli_usage(call,
				 "--every and --from go with equal parts, 1 to %d of them, such as "
				 "500x3; `%s` is none",
				 PARTS_MAX, plan);
	if (read_typed(plan, parts))
		return CLI_DONE;
	json_array_clear(parts);
	return add_file(call, plan, account, parts);
}
