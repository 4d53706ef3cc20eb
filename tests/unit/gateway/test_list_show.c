/* How lists look: JSON lines, tables and their widths, and the keys of each row. */
#include "gateway/cli/list_rows.h"
#include "gateway/cli/rows.h"
#include "schedule/reason.h"

#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

static const struct civil_zone manila = {.first_offset = 8 * 3600};

/* 2026-09-15T10:00:00+08:00 */
#define TEN INT64_C(1789437600000)

struct sink {
	FILE *file;
	char *text;
	size_t len;
};

static void
sink_open(struct sink *s)
{
	s->file = open_memstream(&s->text, &s->len);
	assert_non_null(s->file);
}

static void
expect(struct sink *s, const char *text)
{
	fclose(s->file);
	assert_string_equal(s->text, text);
	free(s->text);
}

/* ---- JSON ---- */

static void
json_is_escaped_and_always_utf8(void **state)
{
	struct jsonl j = {0};
	struct sink s;
	json_t *read;

	(void)state;
	sink_open(&s);
	jsonl_open(&j, NULL, '{');
	jsonl_text(&j, "a", "say \"hi\"\\\n\t\x01 Ñandú ₱");
	jsonl_text(&j, "b", "bad \xff\xc3 end");
	jsonl_text(&j, "c", NULL);
	jsonl_text(&j, "d", "");
	jsonl_int(&j, "min", INT64_MIN);
	jsonl_int(&j, "max", INT64_MAX);
	jsonl_close(&j, '}');
	jsonl_line(&j);
	assert_int_equal(jsonl_write(&j, s.file), 0);
	fclose(s.file);
	read = json_loads(s.text, 0, NULL);
	assert_non_null(read);
	assert_string_equal(json_string_value(json_object_get(read, "a")),
			    "say \"hi\"\\\n\t\x01 Ñandú ₱");
	assert_string_equal(json_string_value(json_object_get(read, "b")),
			    "bad \xef\xbf\xbd\xef\xbf\xbd end");
	assert_true(json_is_null(json_object_get(read, "c")));
	assert_string_equal(json_string_value(json_object_get(read, "d")), "");
	assert_true(json_integer_value(json_object_get(read, "min")) == INT64_MIN);
	assert_true(json_integer_value(json_object_get(read, "max")) == INT64_MAX);
	json_decref(read);
	free(s.text);
	jsonl_clear(&j);
}

static void
json_nests_and_keeps_its_commas(void **state)
{
	struct jsonl j = {0};
	struct sink s;

	(void)state;
	sink_open(&s);
	for (int i = 0; i < 2; i++) {
		jsonl_open(&j, NULL, '{');
		jsonl_open(&j, "empty", '[');
		jsonl_close(&j, ']');
		jsonl_open(&j, "list", '[');
		jsonl_open(&j, NULL, '{');
		jsonl_day(&j, "day", 20711);
		jsonl_close(&j, '}');
		jsonl_bool(&j, NULL, true);
		jsonl_close(&j, ']');
		jsonl_time(&j, "at", TEN, &manila);
		jsonl_time(&j, "none", 0, &manila);
		jsonl_close(&j, '}');
		jsonl_line(&j);
	}
	assert_int_equal(jsonl_write(&j, s.file), 0);
	jsonl_clear(&j);
#define LINE                                                                                       \
	"{\"empty\":[],\"list\":[{\"day\":\"2026-09-15\"},true],"                                  \
	"\"at\":\"2026-09-15T10:00:00+08:00\",\"none\":null}\n"
	expect(&s, LINE LINE);
}

/* ---- tables ---- */

static void
width_is_what_a_terminal_shows(void **state)
{
	(void)state;
	assert_int_equal(table_width("Maria"), 5);
	assert_int_equal(table_width("Ñandú"), 5);
	assert_int_equal(table_width("e\xcc\x81"), 1); /* an accent of its own */
	assert_int_equal(table_width("山田"), 4);
	assert_int_equal(table_width("नमस्ते"), 4);
	assert_int_equal(table_width("👍🏽"), 2); /* with a skin tone */
	assert_int_equal(table_width("\xff"), 1);
}

static void
columns_line_up_whatever_the_script(void **state)
{
	static const struct table_column columns[] = {{"NAME", 0}, {"N", TABLE_RIGHT}, {"X", 0}};
	struct table *t;
	struct sink s;

	(void)state;
	sink_open(&s);
	t = table_new(s.file, columns, 3);
	table_cell(t, "山田");
	table_cell(t, "7");
	table_cell(t, "end");
	table_cell(t, "Ñandú");
	table_cell(t, "1,200");
	table_cell(t, NULL);
	assert_int_equal(table_free(t), 0);
	expect(&s, "NAME       N  X\n"
		   "山田       7  end\n"
		   "Ñandú  1,200  \n");
}

static void
what_borrowers_write_cannot_steer_the_terminal(void **state)
{
	static const struct table_column columns[] = {{"TEXT", 0}};
	struct table *t;
	struct sink s;

	(void)state;
	sink_open(&s);
	t = table_new(s.file, columns, 1);
	table_cell(t, "\033[2J gone\r\nnext\tcell  \xe2\x80\xaeturned\xc2\x9b");
	assert_int_equal(table_free(t), 0);
	expect(&s, "TEXT\n[2J gone next cell turned\n");
}

static void
a_long_table_goes_on_after_its_first_rows(void **state)
{
	static const struct table_column columns[] = {{"A", 0}, {"B", 0}};
	struct table *t;
	struct sink s;
	size_t lines = 0;

	(void)state;
	sink_open(&s);
	t = table_new(s.file, columns, 2);
	for (int i = 0; i < 1000; i++) {
		table_cell(t, i == 999 ? "wider than before" : "x");
		table_cell(t, "y");
	}
	assert_int_equal(table_free(t), 0);
	fclose(s.file);
	for (char *p = s.text; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	assert_int_equal(lines, 1001);
	assert_non_null(strstr(s.text, "\nx  y\n"));
	assert_non_null(strstr(s.text, "\nwider than before  y\n")); /* nothing is cut off a tty */
	free(s.text);
}

/* A table of one row on a terminal so many columns wide, as it comes out. */
static void
on_terminal(unsigned short wide, char *out, size_t cap)
{
	static const struct table_column columns[] = {
	    {"ID", 0}, {"NAME", TABLE_CUT}, {"PHONE", TABLE_DROP}, {"TEXT", TABLE_CUT}, {"END", 0}};
	struct winsize size = {.ws_col = wide, .ws_row = 24};
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	size_t n = 0;
	struct table *t;
	FILE *tty;

	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
	tty = fdopen(slave, "w");
	setenv("NO_COLOR", "1", 1);
	t = table_new(tty, columns, 5);
	table_cell(t, "1");
	table_cell(t, "Maria Clara de los Santos");
	table_cell(t, "+639170000001");
	table_cell(t, "Ñandú owes PHP 1,500.00 since the fifteenth of September");
	table_cell(t, "yes");
	assert_int_equal(table_free(t), 0);
	fputc('\x04', tty);
	fflush(tty);
	while (n + 1 < cap && read(master, out + n, 1) == 1 && out[n] != '\x04')
		n += out[n] != '\r';
	out[n] = '\0';
	fclose(tty);
	close(master);
}

static size_t
widest_line(char *text)
{
	size_t widest = 0;

	for (char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		*end = '\0';
		if (table_width(text) > widest)
			widest = table_width(text);
	}
	return widest;
}

static void
a_terminal_is_never_overrun(void **state)
{
	char out[1024];

	(void)state;
	on_terminal(200, out, sizeof out);
	assert_non_null(strstr(out, "fifteenth of September"));
	on_terminal(90, out, sizeof out); /* texts are cut first */
	assert_non_null(strstr(out, "PHONE"));
	assert_non_null(strstr(out, "…"));
	assert_int_equal(widest_line(out), 90);
	on_terminal(70, out, sizeof out); /* then columns are left out */
	assert_null(strstr(out, "PHONE"));
	assert_non_null(strstr(out, "END"));
	assert_int_equal(widest_line(out), 70);
	on_terminal(40, out, sizeof out);
	assert_int_equal(widest_line(out), 40);
}

static void
money_and_time_for_people(void **state)
{
	char money[ROWS_MONEY], time[ROWS_TIME];

	(void)state;
	assert_string_equal(rows_money_text(125000, "PHP", money), "PHP 1,250.00");
	assert_string_equal(rows_money_text(-123456789, "PHP", money), "PHP -1,234,567.89");
	assert_string_equal(rows_money_text(1250, "JPY", money), "JPY 1,250");
	assert_string_equal(rows_money_text(1250000, "KWD", money), "KWD 1,250.000");
	assert_string_equal(rows_money_text(99, "PHP", money), "PHP 0.99");
	assert_string_equal(rows_money_text(INT64_MIN, "PHP", money),
			    "PHP -92,233,720,368,547,758.08");
	assert_string_equal(rows_time_text(TEN, &manila, time), "2026-09-15 10:00");
}

/* ---- rows ---- */

static json_t *
message_as_json(const struct list_message *m, int64_t now)
{
	struct sink s;
	struct rows r;
	json_t *read;

	sink_open(&s);
	rows_open(&r, s.file, true, list_rows_messages, LIST_ROWS_MESSAGES);
	list_rows_message(&r, m, &manila, now);
	assert_int_equal(rows_close(&r, "none"), 0);
	fclose(s.file);
	read = json_loads(s.text, 0, NULL);
	assert_non_null(read);
	free(s.text);
	return read;
}

static const char *
text_of(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

static void
a_message_has_the_keys_of_the_contract(void **state)
{
	static const char *const keys[] = {
	    "id",       "account", "due_date",   "campaign", "step",   "class",  "direction",
	    "channel",  "to",      "from",       "text",     "route",  "status", "reason",
	    "segments", "parts",   "created_at", "sent_at",  "done_at"};
	const struct list_part known = {
	    .n = 2, .status = STATUS_DELIVERED, .smsc_id = "b", .done_at = TEN};
	struct list_message m = {.id = 5,
				 .owner = {.account = 1, .ref = "A-1"},
				 .due = 20711,
				 .campaign = "overdue",
				 .step = "+7/sms",
				 .to = "+639170000001",
				 .text = "pay",
				 .route = "op",
				 .status = STATUS_SENDING,
				 .segments = 2,
				 .reason = REASON_LATE,
				 .at = TEN,
				 .created_at = TEN,
				 .part = &known,
				 .n_parts = 1};
	json_t *row = message_as_json(&m, TEN), *parts;

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_non_null(json_object_get(row, keys[i]));
	assert_string_equal(text_of(row, "due_date"), "2026-09-15");
	assert_string_equal(text_of(row, "class"), "campaign");
	assert_string_equal(text_of(row, "direction"), "out");
	assert_string_equal(text_of(row, "status"), "sending");
	assert_string_equal(text_of(row, "reason"), "late");
	assert_string_equal(text_of(row, "created_at"), "2026-09-15T10:00:00+08:00");
	assert_true(json_is_null(json_object_get(row, "sent_at")));
	assert_true(json_is_null(json_object_get(row, "from")));
	parts = json_object_get(row, "parts");
	assert_int_equal(json_array_size(parts), 2);
	assert_string_equal(text_of(json_array_get(parts, 0), "status"), "sending");
	assert_true(json_is_null(json_object_get(json_array_get(parts, 0), "smsc_id")));
	assert_string_equal(text_of(json_array_get(parts, 1), "status"), "delivered");
	assert_string_equal(text_of(json_array_get(parts, 1), "smsc_id"), "b");
	json_decref(row);
}

static void
a_planned_text_whose_time_has_come_is_queued(void **state)
{
	struct list_message m = {
	    .id = 1, .status = STATUS_PLANNED, .at = TEN, .created_at = 1, .segments = 2};
	json_t *row;

	(void)state;
	row = message_as_json(&m, TEN - 1);
	assert_string_equal(text_of(row, "status"), "planned");
	assert_int_equal(json_array_size(json_object_get(row, "parts")), 0);
	json_decref(row);
	row = message_as_json(&m, TEN);
	assert_string_equal(text_of(row, "status"), "queued");
	assert_true(json_is_null(json_object_get(row, "due_date")));
	assert_true(json_is_null(json_object_get(row, "step")));
	json_decref(row);
}

static void
an_event_keeps_its_data_as_it_was_written(void **state)
{
	const struct list_event e = {.seq = 9,
				     .at = TEN,
				     .kind = "decision",
				     .actor = "dunlin",
				     .data = "{\"step\":\"+7/sms\"}",
				     .hash = "ab"};
	struct sink s;
	struct rows r;

	(void)state;
	sink_open(&s);
	rows_open(&r, s.file, true, list_rows_events, LIST_ROWS_EVENTS);
	list_rows_event(&r, &e, &manila);
	assert_int_equal(rows_close(&r, NULL), 0);
	expect(&s, "{\"seq\":9,\"at\":\"2026-09-15T10:00:00+08:00\",\"kind\":\"decision\","
		   "\"actor\":\"dunlin\",\"account\":null,\"message\":null,"
		   "\"data\":{\"step\":\"+7/sms\"},\"hash\":\"ab\"}\n");
}

static void
an_empty_table_is_a_sentence_and_an_empty_list_nothing(void **state)
{
	struct sink s;
	struct rows r;

	(void)state;
	sink_open(&s);
	rows_open(&r, s.file, false, list_rows_tasks, LIST_ROWS_TASKS);
	assert_int_equal(rows_close(&r, "Nothing to do."), 0);
	expect(&s, "Nothing to do.\n");
	sink_open(&s);
	rows_open(&r, s.file, true, list_rows_tasks, LIST_ROWS_TASKS);
	assert_int_equal(rows_close(&r, "Nothing to do."), 0);
	expect(&s, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_is_escaped_and_always_utf8),
	    cmocka_unit_test(json_nests_and_keeps_its_commas),
	    cmocka_unit_test(width_is_what_a_terminal_shows),
	    cmocka_unit_test(columns_line_up_whatever_the_script),
	    cmocka_unit_test(what_borrowers_write_cannot_steer_the_terminal),
	    cmocka_unit_test(a_long_table_goes_on_after_its_first_rows),
	    cmocka_unit_test(a_terminal_is_never_overrun),
	    cmocka_unit_test(money_and_time_for_people),
	    cmocka_unit_test(a_message_has_the_keys_of_the_contract),
	    cmocka_unit_test(a_planned_text_whose_time_has_come_is_queued),
	    cmocka_unit_test(an_event_keeps_its_data_as_it_was_written),
	    cmocka_unit_test(an_empty_table_is_a_sentence_and_an_empty_list_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
