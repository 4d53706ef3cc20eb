/* rows.h - one list, shown as a table for people or as JSON lines for programs
 *
 * A list says once what its columns are, and then gives every row's values in that order.  A column
 * with a key is a member of the JSON object, one with a heading is a column of the table; most are
 * both.  In a table money is written with its currency, and times as the clock of the place reads.
 */
#ifndef GATEWAY_CLI_ROWS_H
#define GATEWAY_CLI_ROWS_H

#include "gateway/base/money.h"
#include "jsonl.h"
#include "table.h"

#define ROWS_COLUMNS 32
#define ROWS_TIME    20         /* "2026-09-15 10:00" */
#define ROWS_MONEY   MONEY_SAID /* "PHP 1,250.00" */

struct rows_column {
	const char *key;     /* NULL: in the table alone */
	const char *heading; /* NULL: in JSON alone */
	unsigned flags;      /* enum table_flags */
};

struct rows {
	FILE *out;
	bool json;
	const struct rows_column *column;
	size_t n, at;
	int64_t shown; /* rows ended */
	bool within;   /* JSON: rows are members of something larger, not lines */
	const char *within_key;
	struct jsonl j;
	struct table *table;
	struct table_column heads[ROWS_COLUMNS];
	int error;
};

void rows_open(struct rows *r, FILE *out, bool json, const struct rows_column *columns, size_t n);

/* JSON alone: the next rows have other columns and are members of what stands open in r->j, each
 * with `key`, or of a list (key NULL). */
void rows_within(struct rows *r, const struct rows_column *columns, size_t n, const char *key);

void rows_begin(struct rows *r);                  /* before a row's first value */
void rows_text(struct rows *r, const char *text); /* NULL: absent */
void rows_int(struct rows *r, int64_t value);
void rows_bool(struct rows *r, bool value); /* in a table: yes or nothing */
void rows_null(struct rows *r);
/* Absent unless it is there. */
void rows_int_if(struct rows *r, bool there, int64_t value);
void rows_day_if(struct rows *r, bool there, int32_t day);
void rows_day(struct rows *r, int32_t day);
void rows_time(struct rows *r, int64_t instant, const struct civil_zone *zone); /* 0: absent */
void rows_money(struct rows *r, int64_t minor, const char *currency);
/* A value that is a list or an object: what the caller has written into r->j with `rows_key` as its
 * key when r->json; in a table `shown`. */
const char *rows_key(const struct rows *r);
void rows_nested(struct rows *r, const char *shown);
void rows_end(struct rows *r); /* the row is complete */

/* Lets what has been gathered go out; not to be called inside a read transaction. */
void rows_flush(struct rows *r);
/* Ends the list; a table without rows is the sentence `empty` instead (NULL: nothing at all, where
 * the list could not be read).  The exit status. */
int rows_close(struct rows *r, const char *empty);

/* The forms of tables, for texts that are none. */
const char *rows_time_text(int64_t instant, const struct civil_zone *zone, char out[ROWS_TIME]);
const char *rows_money_text(int64_t minor, const char *currency, char out[ROWS_MONEY]);

#endif
