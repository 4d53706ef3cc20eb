/* home.h - a home folder in /tmp for tests: written file by file, removed at the end */
#ifndef TESTS_UNIT_GATEWAY_HOME_H
#define TESTS_UNIT_GATEWAY_HOME_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct home {
	char path[64];
};

static inline struct home
home_make(void)
{
	struct home h = {.path = "/tmp/dunlin-test-XXXXXX"};

	if (mkdtemp(h.path) == NULL)
		abort();
	return h;
}

/* Writes one file (mode 0600), and its folder. */
static inline void
home_write(const struct home *h, const char *name, const char *text)
{
	char path[512];
	const char *slash = strrchr(name, '/');
	FILE *file;

	if (slash != NULL) {
		snprintf(path, sizeof(path), "%s/%.*s", h->path, (int)(slash - name), name);
		mkdir(path, 0700);
	}
	snprintf(path, sizeof(path), "%s/%s", h->path, name);
	file = fopen(path, "w");
	if (file == NULL)
		abort();
	fputs(text, file);
	fclose(file);
	chmod(path, 0600);
}

static inline int
home_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
home_remove(const struct home *h)
{
	nftw(h->path, home_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
