#include "tapes.h"

#include "gateway/base/clock.h"
#include "gateway/store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH     64
#define YOUNG_MS 60000

static bool
is_tape(const char *name)
{
	return strspn(name, "0123456789abcdef") == HASH && strcmp(name + HASH, ".wav") == 0;
}

static bool
is_half(const char *name)
{
	size_t len = strlen(name);

	return name[0] == '.' && len > 5 && strcmp(name + len - 4, ".wav") == 0;
}

/* What cannot be read counts as named. */
static bool
is_named(struct store *s, const char *name)
{
	sqlite3_stmt *st = store_get(s, STORE_CALL_TAPE);
	char hash[HASH + 1];
	int rc;

	memcpy(hash, name, HASH);
	hash[HASH] = '\0';
	store_bind_text(st, 1, hash);
	rc = store_step(s, st);
	sqlite3_reset(st);
	return rc != 0;
}

static bool
is_young(int folder, const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	       clock_system() - (int64_t)st.st_mtime * 1000 < YOUNG_MS;
}

static int
sweep(DIR *dir, struct store *s, int start)
{
	const struct dirent *entry;
	int n = 0;

	while ((entry = readdir(dir)) != NULL) {
		bool goes = is_half(entry->d_name)
				? start
				: is_tape(entry->d_name) && !is_young(dirfd(dir), entry->d_name) &&
				      !is_named(s, entry->d_name);

		if (goes && unlinkat(dirfd(dir), entry->d_name, 0) == 0)
			n++;
	}
	return n;
}

int
tapes_sweep(const char *home, const char *store, int start)
{
	char path[4096], error[256];
	struct store *s;
	DIR *dir;
	int n;

	snprintf(path, sizeof path, "%s/calls", home);
	if ((dir = opendir(path)) == NULL)
		return errno == ENOENT ? 0 : -errno;
	n = store_open(&s, store, STORE_READ, error);
	if (n == 0) {
		n = sweep(dir, s, start);
		store_close(s);
	}
	closedir(dir);
	return n;
}
