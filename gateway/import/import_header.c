/* The header row of a list: which column is what. */
#include "import_impl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct column {
	const char *name;
	enum intake_kind kind;
	bool required;
};

static const struct column columns[COLUMN_COUNT] = {
    [COLUMN_ACCOUNT] = {"account_id", INTAKE_ACCOUNTS, true},
    [COLUMN_NAME] = {"name", INTAKE_ACCOUNTS, true},
    [COLUMN_PHONE] = {"phone", INTAKE_ACCOUNTS, true},
    [COLUMN_CURRENCY] = {"currency", INTAKE_ACCOUNTS, false},
    [COLUMN_LANGUAGE] = {"language", INTAKE_ACCOUNTS, false},
    [COLUMN_TIMEZONE] = {"timezone", INTAKE_ACCOUNTS, false},
    [COLUMN_PRODUCT] = {"product", INTAKE_ACCOUNTS, false},
    [COLUMN_SEGMENT] = {"segment", INTAKE_ACCOUNTS, false},
    [COLUMN_RISK] = {"risk", INTAKE_ACCOUNTS, false},
    [COLUMN_CAUSE] = {"cause", INTAKE_ACCOUNTS, false},
    [COLUMN_PERSON_ID] = {"person_id", INTAKE_ACCOUNTS, false},
    [COLUMN_CHECK] = {"check", INTAKE_ACCOUNTS, false},
    [COLUMN_DUE_DATE] = {"due_date", INTAKE_ACCOUNTS, true},
    [COLUMN_AMOUNT_DUE] = {"amount_due", INTAKE_ACCOUNTS, true},
    [COLUMN_AMOUNT_LEFT] = {"amount_left", INTAKE_ACCOUNTS, false},
    [COLUMN_PAID_ON] = {"paid_on", INTAKE_PAYMENTS, true},
    [COLUMN_AMOUNT] = {"amount", INTAKE_PAYMENTS, true},
    [COLUMN_REFERENCE] = {"reference", INTAKE_PAYMENTS, false},
};

static bool
belongs(const struct import *im, int c)
{
	return c == COLUMN_ACCOUNT || columns[c].kind == im->kind;
}

/* The column of the header that a missing one was probably meant to be. */
static const char *
nearest_in_header(const struct import *im, const char *name)
{
	const struct csv_row *header = csv_header(im->csv);
	const char *names[CSV_COLUMNS + 1];

	for (size_t i = 0; i < header->n; i++)
		names[i] = header->fields[i].text;
	names[header->n] = NULL;
	return complaint_nearest(name, names);
}

static void
missing(struct import *im, const char *name)
{
	const struct csv_row *header = csv_header(im->csv);
	const char *near = nearest_in_header(im, name);

	if (near != NULL)
		complaint_add(im->list, im->name, header->line, 0,
			      "there is no column `%s`: is it the one called `%s`? rename it", name,
			      near);
	else
		complaint_add(im->list, im->name, header->line, 0,
			      "there is no column `%s`: a list of %s begins with a row of column "
			      "names, %s",
			      name, intake_kind_word(im->kind),
			      im->kind == INTAKE_ACCOUNTS
				  ? "account_id,name,phone,due_date,amount_due"
				  : "account_id,paid_on,amount");
}

/* A known column whose name this one may be a slip of; only ones the file does not have. */
static const char *
nearest_unused(const struct import *im, const char *name)
{
	const char *names[COLUMN_COUNT + 1];
	size_t n = 0;

	for (int c = 0; c < COLUMN_COUNT; c++)
		if (belongs(im, c) && im->at[c] < 0)
			names[n++] = columns[c].name;
	names[n] = NULL;
	return complaint_nearest(name, names);
}

/* Fields a template has by itself: a column of that name is never seen. */
static bool
is_taken(const char *name)
{
	static const char *const fields[] = {"lender",  "contact",      "amount",  "amount_oldest",
					     "balance", "days_overdue", "due_date"};

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (strcmp(fields[i], name) == 0)
			return true;
	return false;
}

static void
add_extra(struct import *im, int index)
{
	const char *name = csv_header(im->csv)->fields[index].text;
	const char *near = nearest_unused(im, name);

	im->extra[im->n_extra++] = index;
	if (near != NULL)
		complaint_warn(im->list, im->name, csv_header(im->csv)->line, 0,
			       "the column `%s` is taken as a field for templates: if `%s` was "
			       "meant, rename it",
			       name, near);
	else if (is_taken(name))
		complaint_warn(im->list, im->name, csv_header(im->csv)->line, 0,
			       "no template can show the column `%s`: {{%s}} means something else",
			       name, name);
}

int
import_header(struct import *im)
{
	const struct csv_row *header = csv_header(im->csv);
	bool used[CSV_COLUMNS] = {false};
	int rc = 0;

	for (int c = 0; c < COLUMN_COUNT; c++) {
		im->at[c] = belongs(im, c) ? csv_column(im->csv, columns[c].name) : -1;
		if (im->at[c] >= 0) {
			used[im->at[c]] = true;
		} else if (belongs(im, c) && (columns[c].required || c == COLUMN_ACCOUNT)) {
			missing(im, columns[c].name);
			rc = -EINVAL;
		}
	}
	if (rc != 0 || im->kind != INTAKE_ACCOUNTS)
		return rc;
	for (size_t i = 0; i < header->n; i++)
		if (!used[i])
			add_extra(im, (int)i);
	return 0;
}
