#include "rows.h"

#include "cli.h"
#include "gateway/base/money.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <uv.h>

void
rows_open(struct rows *r, FILE *out, bool json, const struct rows_column *columns, size_t n)
{
	size_t heads = 0;

	assert(n <= ROWS_COLUMNS);
	*r = (struct rows){.out = out, .json = json, .column = columns, .n = n};
	for (size_t i = 0; i < n; i++)
		if (columns[i].heading != NULL)
			r->heads[heads++] = (struct table_column){.heading = columns[i].heading,
								  .flags = columns[i].flags};
	if (!json && (r->table = table_new(out, r->heads, heads)) == NULL)
		r->error = UV_ENOMEM;
}

/* ---- forms ---- */

const char *
rows_time_text(int64_t instant, const struct civil_zone *zone, char out[ROWS_TIME])
{
	struct civil_time t = civil_local(zone, instant);

	civil_format_date(t.day, out);
	snprintf(out + 10, ROWS_TIME - 10, " %02d:%02d", (int)(t.second / 3600 % 24),
		 (int)(t.second / 60 % 60));
	return out;
}

const char *
rows_money_text(int64_t minor, const char *currency, char out[ROWS_MONEY])
{
	return money_said(minor, currency, out);
}

/* ---- values ---- */

void
rows_begin(struct rows *r)
{
	assert(r->at == 0);
	if (r->json)
		jsonl_open(&r->j, r->within ? r->within_key : NULL, '{');
}

void
rows_within(struct rows *r, const struct rows_column *columns, size_t n, const char *key)
{
	assert(r->json && r->at == 0);
	r->column = columns;
	r->n = n;
	r->within = true;
	r->within_key = key;
}

const char *
rows_key(const struct rows *r)
{
	assert(r->at < r->n);
	return r->column[r->at].key;
}

static bool
to_json(const struct rows *r)
{
	return r->json && rows_key(r) != NULL;
}

void
rows_nested(struct rows *r, const char *shown)
{
	assert(r->at < r->n);
	if (r->table != NULL && r->column[r->at].heading != NULL)
		table_cell(r->table, shown);
	r->at++;
}

void
rows_text(struct rows *r, const char *text)
{
	if (to_json(r))
		jsonl_text(&r->j, rows_key(r), text);
	rows_nested(r, text);
}

void
rows_int(struct rows *r, int64_t value)
{
	char text[24] = "";

	if (to_json(r))
		jsonl_int(&r->j, rows_key(r), value);
	else if (!r->json)
		snprintf(text, sizeof text, "%" PRId64, value);
	rows_nested(r, text);
}

void
rows_bool(struct rows *r, bool value)
{
	if (to_json(r))
		jsonl_bool(&r->j, rows_key(r), value);
	rows_nested(r, value ? "yes" : "");
}

void
rows_null(struct rows *r)
{
	if (to_json(r))
		jsonl_null(&r->j, rows_key(r));
	rows_nested(r, "");
}

void
rows_day(struct rows *r, int32_t day)
{
	char text[11] = "";

	if (to_json(r))
		jsonl_day(&r->j, rows_key(r), day);
	else if (!r->json)
		civil_format_date(day, text);
	rows_nested(r, text);
}

void
rows_time(struct rows *r, int64_t instant, const struct civil_zone *zone)
{
	char text[ROWS_TIME] = "";

	if (to_json(r))
		jsonl_time(&r->j, rows_key(r), instant, zone);
	else if (!r->json && instant != 0)
		rows_time_text(instant, zone, text);
	rows_nested(r, text);
}

void
rows_money(struct rows *r, int64_t minor, const char *currency)
{
	char text[ROWS_MONEY] = "";

	if (to_json(r))
		jsonl_int(&r->j, rows_key(r), minor);
	else if (!r->json)
		rows_money_text(minor, currency, text);
	rows_nested(r, text);
}

void
rows_int_if(struct rows *r, bool there, int64_t value)
{
	if (there)
		rows_int(r, value);
	else
		rows_null(r);
}

void
rows_day_if(struct rows *r, bool there, int32_t day)
{
	if (there)
		rows_day(r, day);
	else
		rows_null(r);
}

/* ---- rows ---- */

void
rows_end(struct rows *r)
{
	assert(r->at == r->n);
	r->at = 0;
	r->shown++;
	if (r->json) {
		jsonl_close(&r->j, '}');
		if (!r->within)
			jsonl_line(&r->j);
	}
}

void
rows_flush(struct rows *r)
{
	int rc = jsonl_write(&r->j, r->out);

	if (r->error == 0)
		r->error = rc;
}

int
rows_close(struct rows *r, const char *empty)
{
	int rc = 0;

	rows_flush(r);
	if (r->table != NULL && r->shown > 0)
		rc = table_free(r->table);
	else if (r->table != NULL)
		table_drop(r->table);
	if (!r->json && r->shown == 0 && empty != NULL)
		fprintf(r->out, "%s\n", empty);
	if (fflush(r->out) != 0 && rc == 0)
		rc = UV_EIO;
	jsonl_clear(&r->j);
	if (r->error == 0)
		r->error = rc;
	if (r->error != 0)
		return cli_fail(CLI_FAILED, "the output could not be written: %s",
				uv_strerror(r->error));
	return CLI_DONE;
}
