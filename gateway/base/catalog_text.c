/* One template file: its settings, its fields, and whether it invites a reply. */
#include "catalog_parts.h"
#include "complaint.h"
#include "templates/template.h"
#include "textfile.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const classes[] = {"remind", "negotiate", "warn", "legal", NULL};
static const char *const shifts[] = {"none", "tr", "es", "pt", NULL};
static const char *const yes_no[] = {"no", "yes", NULL};
static const char *const settings[] = {"class", "replies", "shift", "max_parts", NULL};

/* Fields of the contract, and the columns of accounts.csv it names that are fields like any other
 * column. */
static const char *const fields[] = {"name",          "lender",    "contact",  "amount",
				     "amount_oldest", "balance",   "due_date", "days_overdue",
				     "account_id",    "currency",  "language", "timezone",
				     "product",       "segment",   "risk",     "cause",
				     "phone",         "person_id", NULL};

#define N_FIELDS    (sizeof fields / sizeof fields[0] - 1)
#define MORE_FIELDS 8

const char *catalog_class_word(enum catalog_class class)
{
	return classes[class];
}

static int
word_index(const char *word, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

bool
catalog_field_known(const char *field, size_t len)
{
	for (size_t i = 0; fields[i] != NULL; i++)
		if (strlen(fields[i]) == len && memcmp(fields[i], field, len) == 0)
			return true;
	return false;
}

/* What is being read, for the walks. */
struct reading {
	struct catalog_text *text;
	const struct catalog_columns *columns;
	struct complaints *complaints;
	int replies; /* -1: not said */
};

static void
hint(const char *word, const char *const *known, char *out, size_t size)
{
	const char *near = complaint_nearest(word, known);

	out[0] = '\0';
	if (near != NULL)
		snprintf(out, size, "; did you mean `%s`?", near);
}

/* --- settings ------------------------------------------------------------------------------- */

/* The index of the value among words, or -1, complained of. */
static int
setting_word(struct reading *r, const char *name, const char *value, const char *const *words,
	     int line, int col)
{
	int i = word_index(value, words);
	char near[64], all[64] = "";

	if (i >= 0)
		return i;
	for (size_t w = 0; words[w] != NULL; w++)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", w > 0 ? ", " : "",
			 words[w]);
	hint(value, words, near, sizeof(near));
	complaint_add(r->complaints, r->text->file, line, col, "`%s` is one of %s, not `%.40s`%s",
		      name, all, value, near);
	return -1;
}

static void
set_max_parts(struct reading *r, const char *value, int line, int col)
{
	size_t digits = strspn(value, "0123456789");
	int n = digits >= 1 && digits <= 3 && value[digits] == '\0' ? atoi(value) : 0;

	if (n >= 1 && n <= CATALOG_PARTS_MAX)
		r->text->max_parts = n;
	else
		complaint_add(r->complaints, r->text->file, line, col,
			      "`max_parts` is a number from 1 to %d, not `%.40s`",
			      CATALOG_PARTS_MAX, value);
}

static int
on_setting(void *ctx, const char *name, const char *value, int line, int col)
{
	struct reading *r = ctx;
	char near[64];
	int i;

	switch (word_index(name, settings)) {
	case 0:
		i = setting_word(r, name, value, classes, line, col);
		r->text->class = i >= 0 ? (enum catalog_class)i : CATALOG_REMIND;
		break;
	case 1: r->replies = setting_word(r, name, value, yes_no, line, col); break;
	case 2:
		i = setting_word(r, name, value, shifts, line, col);
		r->text->shift = i >= 0 ? (enum catalog_shift)i : CATALOG_SHIFT_NONE;
		break;
	case 3: set_max_parts(r, value, line, col); break;
	default:
		hint(name, settings, near, sizeof(near));
		complaint_add(
		    r->complaints, r->text->file, line, col, "unknown setting `%.60s`%s", name,
		    near[0] != '\0' ? near : "; known are class, replies, shift and max_parts");
	}
	return 0;
}

/* --- fields --------------------------------------------------------------------------------- */

static bool
is_column(const struct catalog_columns *columns, const char *name)
{
	for (size_t i = 0; columns != NULL && i < columns->n; i++)
		if (strcmp(columns->names[i], name) == 0)
			return true;
	return false;
}

void
catalog_check_field(const char *name, const char *const *more,
		    const struct catalog_columns *columns, const char *file, int line, int col,
		    struct complaints *complaints)
{
	const char *known[N_FIELDS + MORE_FIELDS + 1], *near;
	size_t n = 0;

	for (; fields[n] != NULL; n++)
		known[n] = fields[n];
	for (size_t i = 0; more != NULL && more[i] != NULL && i < MORE_FIELDS; i++)
		known[n++] = more[i];
	known[n] = NULL;
	if (word_index(name, known) >= 0 || is_column(columns, name))
		return;
	near = complaint_nearest(name, known);
	if (strcmp(name, "check") == 0)
		complaint_add(complaints, file, line, col,
			      "`check` holds digits the person knows and never appears in texts");
	else if (near != NULL)
		complaint_add(complaints, file, line, col,
			      "unknown field `%.60s`; did you mean `%s`?", name, near);
	else
		complaint_warn(complaints, file, line, col,
			       "`%.60s` is no field of Dunlin's own; it must be a column of every "
			       "accounts list",
			       name);
}

static int
on_field(void *ctx, const char *name, int line, int col)
{
	struct reading *r = ctx;

	catalog_check_field(name, NULL, r->columns, r->text->file, line, col, r->complaints);
	return 0;
}

/* --- does it invite a reply? ---------------------------------------------------------------- */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Words by which texts ask for an answer, in the languages lenders here write.  A text that means
 * something else says `replies: no`. */
static bool
asks_for_reply(const char *text, size_t len)
{
	static const char *const words[] = {"reply",    "replying", "respond",   "stop",
					    "responda", "responde", "responder", "repondez",
					    "répondez", "sumagot",  "tumugon",   "magreply",
					    "balas",    "jibu",     "antworten", "yanitlayin"};

	for (size_t i = 0; i < len; i++) {
		size_t word = 0;

		while (i + word < len && is_letter(text[i + word]))
			word++;
		for (size_t w = 0; word > 0 && w < sizeof(words) / sizeof(words[0]); w++)
			if (strlen(words[w]) == word && strncasecmp(words[w], text + i, word) == 0)
				return true;
		i += word;
	}
	return false;
}

/* --- the file ------------------------------------------------------------------------------- */

static void
make_version(const struct textfile *file, char version[17])
{
	unsigned char digest[crypto_generichash_BYTES_MIN];

	crypto_generichash(digest, sizeof(digest), (const unsigned char *)file->text, file->len,
			   NULL, 0);
	sodium_bin2hex(version, 17, digest, 8);
}

static bool
is_blank(const struct textfile *file)
{
	for (size_t i = 0; i < file->len; i++)
		if (strchr(" \t\r\n", file->text[i]) == NULL)
			return false;
	return true;
}

static struct template *
parse(const struct textfile *file, struct reading *r)
{
	struct template_fault fault = {0};
	struct template *body = NULL;

	if (is_blank(file))
		complaint_add(r->complaints, r->text->file, 0, 0, "the text is empty");
	else if (template_parse(&body, file->text, file->len, &fault) != 0)
		complaint_add(r->complaints, r->text->file, fault.line, fault.col, "%s",
			      fault.text);
	return body;
}

bool
catalog_read_text(const char *path, struct catalog_text *text,
		  const struct catalog_columns *columns, struct complaints *complaints)
{
	struct reading r = {text, columns, complaints, -1};
	size_t before = complaints->errors;
	struct arena scratch = {0};
	struct textfile file = {0};

	text->max_parts = CATALOG_PARTS;
	if (textfile_read(&scratch, path, text->file, CATALOG_TEXT_MAX, &file, complaints) == 0)
		text->body = parse(&file, &r);
	if (text->body != NULL) {
		template_each_setting(text->body, on_setting, &r);
		template_each_field(text->body, on_field, &r);
		text->replies =
		    r.replies >= 0 ? r.replies == 1 : asks_for_reply(file.text, file.len);
		make_version(&file, text->version);
	}
	arena_clear(&scratch);
	if (complaints->errors == before)
		return true;
	template_free(text->body);
	text->body = NULL;
	return false;
}
