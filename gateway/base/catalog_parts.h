/* catalog_parts.h - shared by catalog*.c and config*.c alone */
#ifndef GATEWAY_CATALOG_PARTS_H
#define GATEWAY_CATALOG_PARTS_H

#include "arena.h"
#include "catalog.h"

#define CATALOG_BUILTIN 10 /* languages with words of our own */

struct catalog {
	struct arena arena;
	struct catalog_text *texts; /* by name, then language */
	size_t n;
	const char **broken; /* names of texts that were complained about and left out */
	size_t n_broken;
	struct catalog_text builtin[CATALOG_BUILTIN];
};

/* catalog_builtin.c: 0 or -ENOMEM. */
int catalog_add_builtin(struct catalog *c);
void catalog_free_builtin(struct catalog *c);
const struct catalog_text *catalog_find_builtin(const struct catalog *c, const char *name,
						const char *language);

/* A catalog without texts, for configs that have no home folder. */
int catalog_new_empty(struct catalog **out);

/* Does the name exist in any language, be it only as a text with mistakes?  So that one mistake is
 * not reported again by all who mention the text. */
bool catalog_mentions(const struct catalog *c, const char *name);

/* Reads the file at `path` into `text`, whose name, language and file are set.  True when it is
 * usable: then text->body is the catalog's. */
bool catalog_read_text(const char *path, struct catalog_text *text,
		       const struct catalog_columns *columns, struct complaints *complaints);

#endif
