/* catalog.h - the templates of a home folder: templates/NAME.LANG.txt, parsed and looked up
 *
 * A text may begin with a Mustache comment of settings, `{{! class: warn; replies: yes; shift: tr;
 * max_parts: 2 }}`.  Fields it names must exist: those of the contract, or another column of the
 * imported accounts.  Columns are known only once a list came in, so an unknown field is a warning
 * unless it looks like a slip of a known one.
 *
 * One name has built-in texts, which a file of that name stands before: CATALOG_PROMISED, said on
 * the day a borrower promised to pay.
 *
 * Ownership: a catalog owns its texts; it is read-only once loaded and belongs to a config
 * snapshot. Thread: read from any thread at once.
 */
#ifndef GATEWAY_CATALOG_H
#define GATEWAY_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalog;
struct complaints;
struct template;

enum catalog_class { CATALOG_REMIND, CATALOG_NEGOTIATE, CATALOG_WARN, CATALOG_LEGAL };
/* National language tables of 3GPP TS 23.038 6.2.1 that a text may be shifted into. */
enum catalog_shift { CATALOG_SHIFT_NONE, CATALOG_SHIFT_TR, CATALOG_SHIFT_ES, CATALOG_SHIFT_PT };

#define CATALOG_TEXT_MAX  (16 * 1024) /* bytes of one file */
#define CATALOG_PARTS     10          /* segments a text may have that names no max_parts */
#define CATALOG_PARTS_MAX 255

#define CATALOG_PROMISED "promise-today"

struct catalog_text {
	const char *name;         /* "reminder" */
	const char *language;     /* canonical BCP 47: "fil", "es-CO" */
	const char *file;         /* "templates/reminder.fil.txt" */
	enum catalog_class class; /* remind */
	enum catalog_shift shift; /* none */
	bool replies;             /* invites a reply: as set, else judged by its words */
	int max_parts;            /* segments, 1..CATALOG_PARTS_MAX; CATALOG_PARTS */
	struct template *body;    /* parsed; read-only */
	char version[17];         /* 16 hex digits over the file's bytes: what approvals name */
};

/* The columns of imported accounts, where a store is at hand; NULL: none known. */
struct catalog_columns {
	const char *const *names;
	size_t n;
};

/* Reads every template under HOME/templates.  *out is always set unless memory ran out; texts with
 * mistakes are complained about and left out.  A folder that does not exist is an empty catalog.
 * 0, or -ENOMEM, -EIO. */
int catalog_load(const char *home, const struct catalog_columns *columns, struct catalog **out,
		 struct complaints *complaints);
void catalog_free(struct catalog *catalog); /* NULL is fine */

/* The text of a name for a language: the language itself, the language without its region (es-CO:
 * es; tl: fil), the default language, the default's base; else NULL.  Of a built-in one the
 * borrower's own language comes before a file in another, and English is the last resort. */
const struct catalog_text *catalog_find(const struct catalog *catalog, const char *name,
					const char *language, const char *default_language);

/* Does the gateway have words of its own under that name? */
bool catalog_is_builtin(const char *name);

/* Does the name exist in any language, as a file? */
bool catalog_has(const struct catalog *catalog, const char *name);

/* All texts, by name, then language. */
size_t catalog_count(const struct catalog *catalog);
const struct catalog_text *catalog_at(const struct catalog *catalog, size_t i);

const char *catalog_class_word(enum catalog_class class);

/* Is it one of the template fields of the contract (name, lender, contact, amount ...)? */
bool catalog_field_known(const char *field, size_t len);

/* Complains of a field that is none of those, none of `more` (at most 8, NULL at the end; NULL:
 * none) and no column: a slip of a known one is an error, another name a warning. */
void catalog_check_field(const char *field, const char *const *more,
			 const struct catalog_columns *columns, const char *file, int line, int col,
			 struct complaints *complaints);

#endif
