#include "import_wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ACCOUNTS_FIXED = 5, PAYMENTS_FIXED = 5, SHIELD_FIXED = 2 };

/* ---- rows ---- */

static json_t *
text_or_null(const char *text)
{
	return text != NULL ? json_string(text) : json_null();
}

static json_t *
pack_row(enum intake_kind kind, const struct intake_row *row)
{
	json_t *a;

	if (row->shield)
		return json_pack("[is]", row->line, row->account);
	if (kind == INTAKE_PAYMENTS)
		return json_pack("[isiIs?]", row->line, row->account, (int)row->paid_on,
				 (json_int_t)row->amount, row->reference);
	a = json_pack("[isiII]", row->line, row->account, (int)row->due, (json_int_t)row->billed,
		      (json_int_t)row->given);
	for (int i = 0; a != NULL && i < INTAKE_TEXTS; i++) {
		if (json_array_append_new(a, text_or_null(row->text[i])) != 0) {
			json_decref(a);
			return NULL;
		}
	}
	return a;
}

json_t *
import_wire_pack(enum intake_kind kind, const struct intake_row *rows, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; array != NULL && i < n; i++) {
		if (json_array_append_new(array, pack_row(kind, &rows[i])) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static bool
read_int(const json_t *row, size_t i, int64_t *out)
{
	const json_t *value = json_array_get(row, i);

	*out = json_integer_value(value);
	return json_is_integer(value);
}

static bool
read_day(const json_t *row, size_t i, int32_t *out)
{
	int64_t value;

	if (!read_int(row, i, &value) || value < INT32_MIN || value > INT32_MAX)
		return false;
	*out = (int32_t)value;
	return true;
}

static bool
read_text(const json_t *row, size_t i, const char **out)
{
	const json_t *value = json_array_get(row, i);

	*out = json_string_value(value);
	return json_is_string(value) || json_is_null(value);
}

static bool
unpack_accounts(const json_t *a, struct intake_row *row)
{
	if (json_array_size(a) != ACCOUNTS_FIXED + INTAKE_TEXTS || !read_day(a, 2, &row->due) ||
	    !read_int(a, 3, &row->billed) || !read_int(a, 4, &row->given))
		return false;
	for (size_t i = 0; i < INTAKE_TEXTS; i++)
		if (!read_text(a, ACCOUNTS_FIXED + i, &row->text[i]))
			return false;
	/* What the store's columns cannot be without. */
	return row->text[INTAKE_NAME] != NULL && row->text[INTAKE_PHONES] != NULL &&
	       row->text[INTAKE_CURRENCY] != NULL && row->billed >= 0 && row->given >= -1;
}

static bool
unpack_row(enum intake_kind kind, const json_t *a, struct intake_row *row)
{
	int32_t line;

	*row = (struct intake_row){0};
	if (!read_day(a, 0, &line) || !read_text(a, 1, &row->account) || row->account == NULL ||
	    row->account[0] == '\0')
		return false;
	row->line = line;
	row->shield = json_array_size(a) == SHIELD_FIXED;
	if (row->shield)
		return true;
	if (kind == INTAKE_ACCOUNTS)
		return unpack_accounts(a, row);
	return json_array_size(a) == PAYMENTS_FIXED && read_day(a, 2, &row->paid_on) &&
	       read_int(a, 3, &row->amount) && read_text(a, 4, &row->reference);
}

int
import_wire_unpack(enum intake_kind kind, const json_t *array, struct intake_row *rows, size_t cap)
{
	size_t n = json_array_size(array);

	if (!json_is_array(array) || n > cap)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		if (!unpack_row(kind, json_array_get(array, i), &rows[i]))
			return -EINVAL;
	return (int)n;
}

/* ---- answers ---- */

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
    {"taken", offsetof(struct intake_counts, taken)},
    {"known", offsetof(struct intake_counts, known)},
    {"refused", offsetof(struct intake_counts, refused)},
    {"fresh", offsetof(struct intake_counts, fresh)},
    {"differs", offsetof(struct intake_counts, differs)},
    {"open", offsetof(struct intake_counts, open)},
    {"missing", offsetof(struct intake_counts, missing)},
    {"closed", offsetof(struct intake_counts, closed)},
};

int
import_wire_answer(json_t *reply, const struct intake_counts *c, const struct intake_row *rows,
		   size_t n)
{
	json_t *answers = json_array();
	int rc = answers != NULL ? 0 : -1;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		const char *at = (const char *)c + fields[i].offset;
		int64_t value;

		memcpy(&value, at, sizeof value);
		rc |= json_object_set_new(reply, fields[i].name, json_integer(value));
	}
	for (size_t i = 0; i < n; i++)
		if (rows[i].outcome > INTAKE_KNOWN || rows[i].differs)
			rc |= json_array_append_new(
			    answers, json_pack("[iibs]", (int)i, (int)rows[i].outcome,
					       (int)rows[i].differs, rows[i].detail));
	rc |= json_object_set_new(reply, "answers", answers);
	return rc != 0 ? -ENOMEM : 0;
}

void
import_wire_read(const json_t *reply, struct intake_counts *sums, struct intake_row *rows, size_t n)
{
	const json_t *answers = json_object_get(reply, "answers"), *answer;
	size_t i;

	for (i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		char *at = (char *)sums + fields[i].offset;
		int64_t value;

		memcpy(&value, at, sizeof value);
		value += json_integer_value(json_object_get(reply, fields[i].name));
		memcpy(at, &value, sizeof value);
	}
	for (i = 0; i < n; i++)
		rows[i].outcome = INTAKE_KNOWN;
	json_array_foreach(answers, i, answer)
	{
		size_t k = (size_t)json_integer_value(json_array_get(answer, 0));

		if (k >= n)
			continue;
		rows[k].outcome =
		    (enum intake_outcome)json_integer_value(json_array_get(answer, 1));
		rows[k].differs = json_is_true(json_array_get(answer, 2));
		snprintf(rows[k].detail, sizeof rows[k].detail, "%s",
			 json_string_value(json_array_get(answer, 3)) != NULL
			     ? json_string_value(json_array_get(answer, 3))
			     : "");
	}
}
