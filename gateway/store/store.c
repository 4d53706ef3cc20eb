#include "store.h"

#include "store_ask.h"
#include "store_number.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

extern const char embed_schema_sql[];

static const char *const statement_sql[STORE_STATEMENTS] = {
#define S(name, sql) sql,
#include "statements.def"
#undef S
};

/* ---- words ---- */

static const char *
word_of(const char *const *words, int n, int value)
{
	return value >= 0 && value < n ? words[value] : "";
}

const char *
store_class_word(int class)
{
	static const char *const words[] = {"campaign", "answer", "manual", "alert"};

	return word_of(words, 4, class);
}

const char *
store_status_word(int status)
{
	static const char *const words[STATUS_COUNT] = {
	    "planned", "queued",  "sending",   "sent",    "delivered", "failed",
	    "expired", "unknown", "cancelled", "skipped", "received"};

	return word_of(words, STATUS_COUNT, status);
}

const char *
store_promise_word(int status)
{
	static const char *const words[] = {"open", "kept", "partial", "broken", "withdrawn"};

	return word_of(words, 5, status);
}

const char *
store_task_word(int status)
{
	static const char *const words[] = {"open", "done", "cancelled"};

	return word_of(words, 3, status);
}

/* ---- errors ---- */

static int
errno_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE: return 0;
	case SQLITE_FULL: return UV_ENOSPC;
	case SQLITE_READONLY:
	case SQLITE_PERM: return UV_EROFS;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return UV_EBUSY;
	case SQLITE_NOMEM: return UV_ENOMEM;
	case SQLITE_CONSTRAINT: return UV_EEXIST;
	case SQLITE_CANTOPEN: return UV_ENOENT;
	default: return UV_EIO;
	}
}

static const char *
advice_of(int rc)
{
	switch (errno_of(rc)) {
	case UV_ENOSPC:
		return "the disk is full: free some space; nothing that was accepted is lost";
	case UV_EROFS:
		return "the store cannot be written: check the rights of the folder and of the "
		       "file";
	case UV_EBUSY: return "the store is in use by another program: try again";
	case UV_ENOENT: return "the store cannot be opened: check the folder and its rights";
	case UV_ENOMEM: return "out of memory";
	case UV_EIO:
		return "the store cannot be read or written: check the disk, then restore a backup";
	default: return "the store refused it";
	}
}

int
store_failed(struct store *s, int rc)
{
	if (errno_of(rc) != 0)
		snprintf(s->error, sizeof s->error, "%s (%s)", advice_of(rc),
			 sqlite3_errmsg(s->db));
	return errno_of(rc);
}

const char *
store_error(const struct store *s)
{
	return s->error[0] != '\0' ? s->error : "no error";
}

/* ---- statements ---- */

sqlite3_stmt *
store_get(struct store *s, enum store_statement which)
{
	sqlite3_stmt **st = &s->statement[which];

	if (*st == NULL) {
		int rc = sqlite3_prepare_v3(s->db, statement_sql[which], -1,
					    SQLITE_PREPARE_PERSISTENT, st, NULL);
		if (rc != SQLITE_OK)
			store_failed(s, rc);
	} else {
		sqlite3_reset(*st);
		sqlite3_clear_bindings(*st);
	}
	return *st;
}

/* A statement that could not be prepared is NULL: a damaged or busy store fails each call with
 * words instead of ending the program.  That all of them can be is a test's business. */
int
store_step(struct store *s, sqlite3_stmt *st)
{
	int rc;

	if (st == NULL)
		return UV_EIO;
	rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE) {
		sqlite3_reset(st);
		return 0;
	}
	store_failed(s, rc);
	sqlite3_reset(st);
	return errno_of(rc);
}

int
store_do(struct store *s, sqlite3_stmt *st)
{
	int rc = store_step(s, st);

	if (rc > 0) {
		sqlite3_reset(st);
		rc = 0;
	}
	return rc;
}

void
store_bind_text(sqlite3_stmt *st, int n, const char *text)
{
	if (text != NULL)
		sqlite3_bind_text(st, n, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(st, n);
}

void
store_bind_int(sqlite3_stmt *st, int n, int64_t value)
{
	sqlite3_bind_int64(st, n, value);
}

const char *
store_text(sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	return text != NULL ? text : "";
}

/* ---- transactions ---- */

int
store_begin(struct store *s)
{
	int rc = store_do(s, store_get(s, STORE_BEGIN));

	return rc != 0 ? rc : store_refresh(s);
}

int
store_commit(struct store *s)
{
	int rc = 0;

	if (sqlite3_get_autocommit(s->db))
		return UV_EIO;
	/* Wherever it is stopped, the schedule's clock goes on from there. */
	if (s->schedule && s->stamp > s->stamped) {
		rc = store_meta_set_int(s, META_CLOCK_AT, s->stamp);
		s->stamped = s->stamp;
	}
	if (rc == 0 && s->head_seq > s->noted) {
		rc = store_meta_set_int(s, META_CHAIN, s->head_seq);
		s->noted = s->head_seq;
	}
	return rc != 0 ? rc : store_do(s, store_get(s, STORE_COMMIT));
}

void
store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		store_do(s, store_get(s, STORE_ROLLBACK));
	s->head_seq = -1; /* read again before the next use */
	s->noted = 0;
	s->stamped = 0; /* what META_CLOCK_AT was set to is undone too */
}

int
store_refresh(struct store *s)
{
	sqlite3_stmt *st;
	int64_t ahead;
	int rc;

	s->visible = store_meta_int(s, META_VISIBLE, 0);
	if (s->head_seq >= 0)
		return 0;
	st = store_get(s, STORE_EVENT_HEAD);
	if ((rc = store_step(s, st)) < 0)
		return rc;
	s->head_seq = 0;
	s->head_at = 0;
	memset(s->head, 0, sizeof s->head);
	if (rc == 1) {
		s->head_seq = sqlite3_column_int64(st, 0);
		s->head_at = sqlite3_column_int64(st, 1);
		if (sqlite3_column_bytes(st, 2) == (int)sizeof s->head)
			memcpy(s->head, sqlite3_column_blob(st, 2), sizeof s->head);
		sqlite3_reset(st);
	}
	if ((ahead = store_meta_int(s, META_AHEAD, 0)) > s->head_at)
		s->head_at = ahead;
	/* Where the end was cut off the gap stays: nothing new takes those places. */
	store_number_refresh(s);
	s->noted = store_meta_int(s, META_CHAIN, 0);
	if (s->noted > s->head_seq)
		s->head_seq = s->noted;
	st = store_get(s, STORE_ORPHAN_COUNT);
	if ((rc = store_step(s, st)) < 0)
		return rc;
	s->orphans = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}

/* ---- meta ---- */

int64_t
store_meta_int(struct store *s, const char *key, int64_t absent)
{
	store_one(s, store_ask(s, STORE_META_GET, as_text(key)), &absent);
	return absent;
}

bool
store_meta_text(struct store *s, const char *key, char *buf, size_t cap)
{
	return store_name(s, store_ask(s, STORE_META_GET, as_text(key)), buf, cap) == 1;
}

int
store_meta_set_int(struct store *s, const char *key, int64_t value)
{
	return store_set(s, STORE_META_SET, as_text(key), as_int(value));
}

int
store_meta_set_text(struct store *s, const char *key, const char *value)
{
	return store_set(s, STORE_META_SET, as_text(key), as_text(value));
}

int
store_meta_delete(struct store *s, const char *key)
{
	return store_set(s, STORE_META_DELETE, as_text(key));
}

/* ---- opening ---- */

/* SQLite ignores a misspelt PRAGMA in silence, so each is read back. */
static int
pragma(struct store *s, const char *sql, const char *read, const char *expected)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	if (rc != SQLITE_OK)
		return store_failed(s, rc);
	if ((rc = sqlite3_prepare_v2(s->db, read, -1, &st, NULL)) != SQLITE_OK)
		return store_failed(s, rc);
	rc = sqlite3_step(st);
	if (rc != SQLITE_ROW || strcmp(store_text(st, 0), expected) != 0) {
		snprintf(s->error, sizeof s->error, "the store did not take %s (it says %s)", sql,
			 rc == SQLITE_ROW ? store_text(st, 0) : sqlite3_errmsg(s->db));
		sqlite3_finalize(st);
		return UV_EIO;
	}
	sqlite3_finalize(st);
	return 0;
}

static int
user_version(struct store *s)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, "PRAGMA user_version", -1, &st, NULL);
	int version;

	if (rc != SQLITE_OK)
		return store_failed(s, rc);
	rc = sqlite3_step(st);
	version = rc == SQLITE_ROW ? sqlite3_column_int(st, 0) : store_failed(s, rc);
	sqlite3_finalize(st);
	return version;
}

static int
make_schema(struct store *s)
{
	unsigned char id[16];
	char hex[33], sql[64];
	int rc;

	if ((rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL)) != SQLITE_OK)
		return store_failed(s, rc);
	snprintf(sql, sizeof sql, "PRAGMA user_version = %d", STORE_SCHEMA_VERSION);
	if ((rc = sqlite3_exec(s->db, embed_schema_sql, NULL, NULL, NULL)) != SQLITE_OK ||
	    (rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL)) != SQLITE_OK) {
		rc = store_failed(s, rc);
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
		return rc;
	}
	randombytes_buf(id, sizeof id);
	sodium_bin2hex(hex, sizeof hex, id, sizeof id);
	rc = store_meta_set_text(s, META_STORE_ID, hex);
	if (rc == 0)
		rc = store_failed(s, sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL));
	return rc;
}

static int
set_up(struct store *s, enum store_mode mode)
{
	int version, rc;

	sqlite3_busy_timeout(s->db, 5000);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 1024, 256);
	if (mode != STORE_READ) {
		if ((rc = pragma(s, "PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal")) !=
			0 ||
		    (rc = pragma(s, "PRAGMA synchronous = FULL", "PRAGMA synchronous", "2")) != 0 ||
		    (rc = pragma(s, "PRAGMA wal_autocheckpoint = 4000", "PRAGMA wal_autocheckpoint",
				 "4000")) != 0)
			return rc;
	}
	if ((rc = pragma(s, "PRAGMA cache_size = -65536", "PRAGMA cache_size", "-65536")) != 0 ||
	    (rc = pragma(s, "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2")) != 0 ||
	    (rc = pragma(s, "PRAGMA secure_delete = ON", "PRAGMA secure_delete", "1")) != 0 ||
	    (rc = store_number_register(s)) != 0)
		return rc;
	version = user_version(s);
	if (version < 0)
		return version;
	if (version == 0 && mode == STORE_CREATE)
		return make_schema(s);
	if (version != STORE_SCHEMA_VERSION) {
		snprintf(s->error, sizeof s->error,
			 version == 0
			     ? "this file is not a store of Dunlin"
			     : "this store is of schema version %d and this program reads %d: "
			       "use the program that made it, or a newer one",
			 version, STORE_SCHEMA_VERSION);
		return UV_EINVAL;
	}
	return 0;
}

int64_t
store_steady(void)
{
	struct timespec now, boot;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return ((int64_t)now.tv_sec - boot.tv_sec) * 1000 + (now.tv_nsec - boot.tv_nsec) / 1000000;
}

int
store_open(struct store **out, const char *path, enum store_mode mode, char error[256])
{
	int flags = mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	struct store *s;
	int rc;

	error[0] = '\0';
	/* Nobody asks SQLite how much memory it uses, and counting takes a lock at each allocation.
	 * Refused, harmlessly, once a connection exists. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (sodium_init() < 0 || (s = calloc(1, sizeof *s)) == NULL)
		return UV_ENOMEM;
	s->head_seq = -1;
	s->steady = store_steady();
	if (mode == STORE_CREATE)
		flags |= SQLITE_OPEN_CREATE;
	rc = sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK)
		rc = store_failed(s, rc);
	else
		rc = set_up(s, mode);
	if (rc == 0)
		rc = store_refresh(s);
	if (rc != 0) {
		snprintf(error, 256, "%s", store_error(s));
		store_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

void
store_close(struct store *s)
{
	for (size_t i = 0; i < STORE_STATEMENTS; i++)
		sqlite3_finalize(s->statement[i]);
	sqlite3_close(s->db);
	free(s);
}
