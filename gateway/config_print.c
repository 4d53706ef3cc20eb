/* Printing complaints about a home folder without ever showing a password. */
#include "arena.h"
#include "complaint.h"
#include "config.h"
#include "textfile.h"
#include "yaml.h"

#include <string.h>

/* Does the line hold a key that looks like a password itself, and not where to find one? */
static bool
shows_password(const char *line, const char *line_end)
{
	for (const char *p = line; (p = strcasestr(p, "pass")) != NULL && p < line_end;) {
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
line_shows_password(const char *text, int line)
{
	for (int i = 1; i < line; i++) {
		text += strcspn(text, "\n");
		if (*text == '\0')
			return false;
		text++;
	}
	return shows_password(text, text + strcspn(text, "\n"));
}

/* The text of a YAML file, or NULL: no other holds passwords. */
static const char *
read_yaml(struct arena *arena, const char *home, const char *file)
{
	struct complaints ignored = {0};
	struct textfile text = {.text = NULL};

	if (home == COMPLAINT_NO_SOURCE || strstr(file, ".yaml") == NULL)
		return NULL;
	(void)textfile_read(arena, arena_format(arena, "%s/%s", home != NULL ? home : ".", file),
			    file, YAML_SIZE_MAX, &text, &ignored);
	complaint_clear(&ignored);
	return text.text;
}

void
config_print_complaints(FILE *out, const struct complaints *complaints, const char *home)
{
	size_t all = complaints->errors + complaints->warnings;
	const char *file = NULL, *text = NULL;
	struct arena arena = {0};

	for (size_t i = 0; i < complaints->n; i++) {
		struct complaints one = {.items = complaints->items + i, .n = 1, .errors = 1};
		bool hide;

		if (file == NULL || strcmp(file, one.items->file) != 0) {
			file = one.items->file;
			text = read_yaml(&arena, home, file);
		}
		hide = text != NULL && line_shows_password(text, one.items->line);
		complaint_print(out, &one, hide ? COMPLAINT_NO_SOURCE : home);
	}
	if (all > complaints->n)
		fprintf(out, "and %zu more\n", all - complaints->n);
	arena_clear(&arena);
}
