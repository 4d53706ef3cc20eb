/* Printing complaints about a home folder without ever showing a password. */
#include "config.h"
#include "gateway/base/arena.h"
#include "gateway/base/complaint.h"
#include "gateway/base/log.h"
#include "gateway/base/textfile.h"
#include "gateway/base/yaml.h"

#include <string.h>
#include <strings.h>

/* A key that may be a misspelt or misplaced password; not one that says where to find it. */
static bool
is_password_key(const char *key, size_t len)
{
	static const char *const starts[] = {"pas", "psw", "pw", "secret"};

	if ((len == 13 && strncmp(key, "password_file", len) == 0) ||
	    (len == 12 && strncmp(key, "password_env", len) == 0))
		return false;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (len >= strlen(starts[i]) && strncasecmp(key, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static bool
shows_password(const char *line, const char *line_end)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

	for (const char *p = line; p < line_end;) {
		size_t len = strspn(p, letters);
		const char *end = p + len + strspn(p + len, "\"' ");

		if (len > 0 && *end == ':' && is_password_key(p, len))
			return true;
		p += len > 0 ? len : 1;
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

void
config_log_complaints(const struct complaints *list)
{
	char at[sizeof list->items->file + 24];

	for (size_t i = 0; i < list->n; i++) {
		const struct complaint *c = &list->items[i];

		snprintf(at, sizeof at, "%s:%d:%d", c->file, c->line, c->col);
		log_event(c->warning ? LOG_WARN : LOG_ERROR, c->warning ? "doubt" : "mistake",
			  log_str("at", at), log_str("why", c->text));
	}
}
