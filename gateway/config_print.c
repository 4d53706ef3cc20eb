/* Printing complaints about a home folder without ever showing a password. */
#include "arena.h"
#include "complaint.h"
#include "config.h"
#include "textfile.h"
#include "yaml.h"

#include <string.h>

/* Does the text hold a key that looks like a password itself (and not where to find one)?  It may
 * stand on the very line a complaint is about, which would be printed. */
static bool
holds_password(const char *text)
{
	for (const char *p = text; (p = strcasestr(p, "pass")) != NULL;) {
		const char *end = p + strspn(p, "abcdefghijklmnopqrstuvwxyz"
						"ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
		size_t len = (size_t)(end - p);

		end += strspn(end, "\"' ");
		if (*end == ':' && !(len == 13 && strncmp(p, "password_file", len) == 0) &&
		    !(len == 12 && strncmp(p, "password_env", len) == 0))
			return true;
		p = end;
	}
	return false;
}

static bool
file_holds_password(const char *home, const char *file)
{
	struct complaints ignored = {0};
	struct textfile text = {.text = NULL};
	struct arena arena = {0};
	bool holds;

	if (home == COMPLAINT_NO_SOURCE || strstr(file, ".yaml") == NULL)
		return false;
	(void)textfile_read(&arena, arena_format(&arena, "%s/%s", home != NULL ? home : ".", file),
			    file, YAML_SIZE_MAX, &text, &ignored);
	holds = text.text != NULL && holds_password(text.text);
	complaint_clear(&ignored);
	arena_clear(&arena);
	return holds;
}

void
config_print_complaints(FILE *out, const struct complaints *complaints, const char *home)
{
	size_t all = complaints->errors + complaints->warnings;

	for (size_t i = 0; i < complaints->n;) {
		struct complaints run = {.items = complaints->items + i};

		while (i + run.n < complaints->n &&
		       strcmp(run.items[run.n].file, run.items[0].file) == 0)
			run.n++;
		run.errors = run.n;
		complaint_print(out, &run,
				file_holds_password(home, run.items[0].file) ? COMPLAINT_NO_SOURCE
									     : home);
		i += run.n;
	}
	if (all > complaints->n)
		fprintf(out, "and %zu more\n", all - complaints->n);
}
