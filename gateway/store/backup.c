#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#define STRETCH  2048 /* pages copied between two reports */
#define KEPT_MAX 1000

static int
fail(char error[256], int rc, const char *path, const char *what)
{
	snprintf(error, 256, "%.120s: %.120s", path, what);
	return rc;
}

/* Durable also by name. */
static int
sync_path(const char *path)
{
	char folder[BACKUP_PATH];
	int fd, rc = 0;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0 || fsync(fd) != 0)
		rc = -errno;
	if (fd >= 0)
		close(fd);
	if (rc != 0)
		return rc;
	snprintf(folder, sizeof folder, "%s", path);
	if ((fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return -errno;
	if (fsync(fd) != 0 && errno != EINVAL) /* some file systems cannot, and need not */
		rc = -errno;
	close(fd);
	return rc;
}

/* ---- copying ---- */

/* Copies every page: an SQLite result code.  `s` is in a read transaction, so that what a daemon
 * commits meanwhile neither shows nor makes it begin again. */
static int
copy_pages(struct store *s, sqlite3 *to, backup_progress *progress, void *ctx)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", s->db, "main");
	int rc;

	if (b == NULL)
		return sqlite3_errcode(to);
	do {
		rc = sqlite3_backup_step(b, STRETCH);
		if (progress != NULL)
			progress(ctx, sqlite3_backup_pagecount(b) - sqlite3_backup_remaining(b),
				 sqlite3_backup_pagecount(b));
	} while (rc == SQLITE_OK);
	return sqlite3_backup_finish(b);
}

/* The copy says of itself that it is in WAL mode; as one file it must not be. */
static int
copy_into(struct store *s, const char *part, backup_progress *progress, void *ctx, char error[256])
{
	sqlite3 *to = NULL;
	int rc = sqlite3_open_v2(part, &to, SQLITE_OPEN_READWRITE, NULL);

	if (rc == SQLITE_OK)
		rc = copy_pages(s, to, progress, ctx);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		bool full = (rc & 0xff) == SQLITE_FULL;

		fail(error, 0, part,
		     full ? "the disk is full: name a file on another one" : sqlite3_errmsg(to));
		rc = full ? UV_ENOSPC : UV_EIO;
	}
	sqlite3_close(to);
	return rc;
}

/* Gives the finished file its name, unless something has it by now. */
static int
give_name(const char *part, const char *to)
{
	if (renameat2(AT_FDCWD, part, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (access(to, F_OK) == 0)
		return -EEXIST;
	return rename(part, to) == 0 ? 0 : -errno;
}

static int
copy_from(struct store *s, const char *part, const char *to, backup_progress *progress, void *ctx,
	  char error[256])
{
	int rc = store_failed(
	    s, sqlite3_exec(s->db, "BEGIN; SELECT count(*) FROM meta", NULL, NULL, NULL));

	if (rc != 0)
		return fail(error, rc, to, store_error(s));
	rc = copy_into(s, part, progress, ctx, error);
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	if (rc == 0)
		rc = backup_check(part, error);
	if (rc != 0)
		return rc;
	if ((rc = sync_path(part)) != 0 || (rc = give_name(part, to)) != 0 ||
	    (rc = sync_path(to)) != 0)
		return fail(error, rc, to, strerror(-rc));
	return 0;
}

int
backup_copy(const char *from, const char *to, backup_progress *progress, void *ctx, char error[256])
{
	char part[BACKUP_PATH];
	struct store *s;
	int fd, rc;

	if (snprintf(part, sizeof part, "%s.part", to) >= (int)sizeof part)
		return fail(error, UV_ENAMETOOLONG, to, "the name is too long");
	if (access(to, F_OK) == 0)
		return fail(error, UV_EEXIST, to, "it is there already and is left as it is");
	unlink(part); /* of a copy that was interrupted */
	fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		rc = -errno;
		return fail(error, rc, to, strerror(-rc));
	}
	close(fd);
	if ((rc = store_open(&s, from, STORE_READ, error)) == 0) {
		rc = copy_from(s, part, to, progress, ctx, error);
		store_close(s);
	}
	if (rc != 0)
		unlink(part);
	return rc;
}

/* ---- checking ---- */

int
backup_check(const char *path, char error[256])
{
	sqlite3_stmt *st = NULL;
	char id[64], what[256] = "";
	struct store *s;
	int rc;

	if (access(path, R_OK) != 0) {
		rc = -errno;
		return fail(error, rc, path, strerror(-rc));
	}
	if ((rc = store_open(&s, path, STORE_READ, what)) != 0)
		return fail(error, rc, path, what);
	if (!store_meta_text(s, META_STORE_ID, id, sizeof id)) {
		store_close(s);
		return fail(error, UV_EINVAL, path, "this file is not a store of Dunlin");
	}
	rc = sqlite3_prepare_v2(s->db, "PRAGMA integrity_check(1)", -1, &st, NULL);
	if (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		snprintf(what, sizeof what, "%s", store_text(st, 0));
	sqlite3_finalize(st);
	store_close(s);
	if (strcmp(what, "ok") == 0)
		return 0;
	fail(error, 0, path, "it is damaged: take an older copy");
	return UV_EIO;
}

/* ---- taking a place ---- */

/* Brings what stands in the -wal of a store into the store, where that can still be done. */
static void
fold_in(const char *path)
{
	struct store *s;
	char error[256];

	if (store_open(&s, path, STORE_WRITE, error) != 0)
		return;
	sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	store_close(s);
}

/* A name nobody has: STORE.before-restore-N. */
static int
free_name(const char *store, char kept[BACKUP_PATH])
{
	for (int n = 1; n <= KEPT_MAX; n++) {
		if (snprintf(kept, BACKUP_PATH, "%s.before-restore-%d", store, n) >= BACKUP_PATH)
			return -ENAMETOOLONG;
		if (access(kept, F_OK) != 0 && errno == ENOENT)
			return 0;
	}
	return -EEXIST;
}

/* The old store gets a second name, and its -wal, which a damaged one may still have, goes with it.
 * A power cut at any moment leaves a store under the usual name. */
static int
keep_old(const char *store, const char *kept)
{
	char wal[BACKUP_PATH + 8], kept_wal[BACKUP_PATH + 8];

	if (link(store, kept) != 0 && rename(store, kept) != 0)
		return -errno;
	snprintf(wal, sizeof wal, "%s-wal", store);
	snprintf(kept_wal, sizeof kept_wal, "%s-wal", kept);
	if (rename(wal, kept_wal) != 0 && errno != ENOENT)
		return -errno;
	snprintf(wal, sizeof wal, "%s-shm", store);
	return unlink(wal) == 0 || errno == ENOENT ? 0 : -errno;
}

int
backup_install(const char *fresh, const char *store, char kept[BACKUP_PATH], char error[256])
{
	int rc = 0;

	kept[0] = '\0';
	if (access(store, F_OK) == 0) {
		fold_in(store);
		if ((rc = free_name(store, kept)) == 0)
			rc = keep_old(store, kept);
	}
	if (rc == 0 && rename(fresh, store) != 0)
		rc = -errno;
	if (rc == 0)
		rc = sync_path(store);
	return rc == 0 ? 0 : fail(error, rc, store, strerror(-rc));
}
