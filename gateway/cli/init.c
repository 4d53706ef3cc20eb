#include "init.h"

#include "schedule/civil.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DONE = 0, REFUSED = 1, FAILED = 3 };

/* Makes every folder of the path: 0 or a negative errno. */
static int
make_folders(const char *path)
{
	char *copy = strdup(path);
	int rc = 0;

	if (copy == NULL)
		return -ENOMEM;
	for (char *p = copy + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		/* Borrowers' data will lie here: nobody else's business. */
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			rc = -errno;
		*p = c;
		if (c == '\0' || rc != 0)
			break;
	}
	free(copy);
	return rc;
}

/* Writes a text with its `@+3@` replaced by dates. */
static void
write_text(FILE *file, const char *text, int32_t today)
{
	for (const char *p = text; *p != '\0'; p++) {
		char *end, date[11];
		long days;

		if (p[0] != '@' || (p[1] != '+' && p[1] != '-')) {
			fputc(*p, file);
			continue;
		}
		days = strtol(p + 1, &end, 10);
		civil_format_date(today + (int32_t)days, date);
		fputs(date, file);
		p = end;
	}
}

/* 0 or a negative errno; never writes over a file. */
static int
write_sample(const char *dir, const struct init_sample *sample, int32_t today)
{
	char path[4096];
	const char *slash = strrchr(sample->path, '/');
	FILE *file;
	int fd, rc = 0;

	if (slash != NULL) {
		snprintf(path, sizeof(path), "%s/%.*s", dir, (int)(slash - sample->path),
			 sample->path);
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return -errno;
	}
	if (snprintf(path, sizeof(path), "%s/%s", dir, sample->path) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	file = fdopen(fd, "w");
	if (file == NULL) {
		close(fd);
		return -ENOMEM;
	}
	write_text(file, sample->text, today);
	if (fflush(file) != 0)
		rc = -errno;
	if (fclose(file) != 0 && rc == 0)
		rc = -errno;
	return rc;
}

/* The first file of the sample that is there already, or NULL. */
static const char *
find_present(const char *dir)
{
	char path[4096];
	const char *found = NULL;

	for (const struct init_sample *s = init_samples; s->path != NULL; s++) {
		snprintf(path, sizeof(path), "%s/%s", dir, s->path);
		if (access(path, F_OK) == 0)
			found = s->path; /* dunlin.yaml is last: it says most */
	}
	return found;
}

static void
tell_next_steps(const char *dir, FILE *out)
{
	bool here = strcmp(dir, ".") == 0;

	fprintf(out,
		"A sample home is in %s. Nothing leaves this computer: its only route writes\n"
		"to the file sent.jsonl. Try it:\n\n",
		here ? "this folder" : dir);
	if (!here)
		fprintf(out, "  cd %s\n", dir);
	fputs("  dunlin check                          what you write is checked whole\n"
	      "  dunlin import accounts accounts.csv   twelve sample borrowers\n"
	      "  dunlin import payments payments.csv\n"
	      "  dunlin plan                           who gets what today, who does not, and why\n"
	      "  dunlin serve                          the daemon; stop it with Ctrl-C\n"
	      "\n"
	      "Then make it yours: dunlin.yaml, campaigns/overdue.yaml, templates/, scripts/. "
	      "Folders of\n"
	      "your own, where you need them: holidays/NAME.ics (closed days), presets/NAME.yaml "
	      "(contact\n"
	      "rules), words/LANGUAGE.yaml (how your borrowers write).\n",
	      out);
}

int
init_home(const char *dir, int32_t today, FILE *out, FILE *err)
{
	const char *present = find_present(dir);
	int rc;

	if (present != NULL) {
		fprintf(err,
			"dunlin: %s/%s is there already and is left as it is; name a folder of its "
			"own: dunlin init DIR\n",
			dir, present);
		return REFUSED;
	}
	rc = make_folders(dir);
	for (const struct init_sample *s = init_samples; rc == 0 && s->path != NULL; s++) {
		rc = write_sample(dir, s, today);
		if (rc != 0)
			fprintf(err, "dunlin: %s/%s cannot be written: %s\n", dir, s->path,
				strerror(-rc));
	}
	if (rc != 0) {
		fprintf(err, "dunlin: no home was made in %s: %s\n", dir, strerror(-rc));
		return FAILED;
	}
	tell_next_steps(dir, out);
	return DONE;
}
