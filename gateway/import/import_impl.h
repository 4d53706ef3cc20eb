/* import_impl.h - what the files of import share; nobody else includes it */
#ifndef GATEWAY_IMPORT_IMPL_H
#define GATEWAY_IMPORT_IMPL_H

#include "gateway/base/calendar.h"
#include "gateway/base/csv.h"
#include "gateway/base/language.h"
#include "import.h"

#include <stdarg.h>

/* Columns a file may have.  The order is that of import_columns[] and of the texts of intake. */
enum import_column {
	COLUMN_ACCOUNT,
	COLUMN_NAME,
	COLUMN_PHONE,
	COLUMN_CURRENCY,
	COLUMN_LANGUAGE,
	COLUMN_TIMEZONE,
	COLUMN_PRODUCT,
	COLUMN_SEGMENT,
	COLUMN_RISK,
	COLUMN_CAUSE,
	COLUMN_PERSON_ID,
	COLUMN_CHECK,
	COLUMN_DUE_DATE,
	COLUMN_AMOUNT_DUE,
	COLUMN_AMOUNT_LEFT,
	COLUMN_PAID_ON,
	COLUMN_AMOUNT,
	COLUMN_REFERENCE,
	COLUMN_COUNT
};

#define IMPORT_ROOM ((size_t)8 << 20) /* texts of one batch; only what is used is touched */
/* What one row may need at most: its texts, and with the header's as JSON, where an octet may
 * become six, and once more when it is refused. */
#define IMPORT_ROW_ROOM ((size_t)CSV_ROW_MAX * 14 + CSV_COLUMNS * 16 + CSV_FIELD_MAX)
#define IMPORT_WORD     64 /* bytes of a value remembered with what it means */

struct import {
	const struct config *config;
	enum intake_kind kind;
	char name[256];
	int fd;
	struct csv *csv;
	struct calendar *calendar;
	int at[COLUMN_COUNT];   /* index of each column, -1: the file has none */
	int extra[CSV_COLUMNS]; /* indices of the columns that are template fields */
	size_t n_extra;
	struct import_totals totals;
	char digest[IMPORT_DIGEST];

	struct intake_row rows[IMPORT_BATCH];
	char *room; /* IMPORT_ROOM bytes */
	size_t used;

	/* The last value of columns that repeat, so that each is looked up once in a row of alikes.
	 */
	char zone[4 * IMPORT_WORD]; /* may be several */
	char language_text[IMPORT_WORD], language[LANGUAGE_TEXT];
	char currency[IMPORT_WORD];
	int digits; /* of `currency` */

	/* The row being read. */
	struct csv_row csv_row;
	struct complaints *list;
	bool bad;
};

/* Complains about a column of the row being read; an error makes the row bad. */
void import_wrong(struct import *im, enum import_column c, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void import_doubt(struct import *im, enum import_column c, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The text of a column: NULL when the file has no such column. */
const char *import_text(const struct import *im, enum import_column c);
/* Keeps `len` octets and a NUL until the batch is done. */
const char *import_keep(struct import *im, const char *text, size_t len);

/* Readers of one column: false when it is wrong, and complained about. */
bool import_account(struct import *im, const char **out);
bool import_date(struct import *im, enum import_column c, int32_t *day);
bool import_money(struct import *im, enum import_column c, int digits, int64_t *minor);

/* One row into `out`, texts kept; im->bad tells whether it has a mistake. */
void import_account_row(struct import *im, struct intake_row *out);
void import_payment_row(struct import *im, struct intake_row *out);

/* The columns that are template fields, as a JSON object. */
const char *import_extra(struct import *im);

/* Maps the header: 0 or -EINVAL. */
int import_header(struct import *im);

#endif
