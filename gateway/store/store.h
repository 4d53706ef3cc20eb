/* store.h - the lender's SQLite store: opening it, its statements, its facts about itself
 *
 * All SQL of Dunlin lives in this folder.  A `struct store` is one connection with its prepared
 * statements; it belongs to one thread at a time.  The daemon has one that writes (store/writer.h
 * owns it) and short-lived ones that read; a command without a daemon has one that writes.
 *
 * The file is in WAL mode with synchronous=FULL: what is committed survives a power cut.
 *
 * Errors are negative UV_E*: UV_ENOSPC full disk, UV_EROFS read-only, UV_EBUSY, UV_EIO damaged or
 * unreadable, UV_ENOENT no such store or row, UV_EEXIST, UV_EINVAL.  store_error() has the words.
 */
#ifndef GATEWAY_STORE_STORE_H
#define GATEWAY_STORE_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_SCHEMA_VERSION 1

enum store_mode {
	STORE_READ,   /* must exist; never written */
	STORE_WRITE,  /* must exist and be of this schema version */
	STORE_CREATE, /* made when missing, migrated when older (after a backup beside it) */
};

enum store_statement {
#define S(name, sql) STORE_##name,
#include "statements.def"
#undef S
	STORE_STATEMENTS
};

enum message_class { CLASS_CAMPAIGN, CLASS_ANSWER, CLASS_MANUAL, CLASS_ALERT };
enum message_direction { DIRECTION_OUT, DIRECTION_IN };
enum message_status {
	STATUS_PLANNED, /* reads `queued` once its time has come */
	STATUS_QUEUED,  /* only ever shown, never stored */
	STATUS_SENDING,
	STATUS_SENT,
	STATUS_DELIVERED,
	STATUS_FAILED,
	STATUS_EXPIRED,
	STATUS_UNKNOWN,
	STATUS_CANCELLED,
	STATUS_SKIPPED,
	STATUS_RECEIVED,
	STATUS_COUNT
};
enum import_state { IMPORT_LOADING, IMPORT_DONE, IMPORT_UNDONE, IMPORT_DROPPED };
enum promise_status {
	PROMISE_OPEN,
	PROMISE_KEPT,
	PROMISE_PARTIAL,
	PROMISE_BROKEN,
	PROMISE_WITHDRAWN
};
enum task_status { TASK_OPEN, TASK_DONE, TASK_CANCELLED };

const char *store_class_word(int class);
const char *store_status_word(int status);
const char *store_promise_word(int status);
const char *store_task_word(int status);

/* Keys of `meta`. */
#define META_STORE_ID "store_id" /* random, for life */
#define META_MACHINE  "machine"  /* digest of machine and path: a copy elsewhere is recognised */
#define META_VISIBLE  "visible"  /* rows with since <= this are seen by everyone */
#define META_CLOCK    "clock"    /* "true" or "schedule", set by the first serve */
#define META_CLOCK_AT "clock_at" /* last instant of the schedule's clock */
#define META_AHEAD    "ahead"    /* latest time of an event, once later ones carry earlier times */
#define META_STARTED  "started"  /* first instant a daemon served this store */
#define META_PAUSED   "paused"   /* 1 while everything is paused; "paused:NAME" a campaign */
#define META_RESTORED "restored" /* 1 until adopted */
#define META_REVERSED "reversed" /* last import whose reversed payments were looked at */
#define META_UNDONE   "undone"   /* imports of payments taken back that were looked at */
#define META_AIR      "air"   /* the run of the daemon that dunlin.air is of (gateway/pool/air.h) */
#define META_CHAIN    "chain" /* seq of the last event: tells when the end was cut off */

struct store {
	sqlite3 *db;
	sqlite3_stmt *statement[STORE_STATEMENTS];
	int64_t visible;    /* META_VISIBLE as this transaction sees it; see store_refresh */
	int64_t orphans;    /* rows in `orphan`, to skip looking when there are none; writer only */
	uint8_t head[32];   /* hash of the last event; writer only */
	int64_t head_seq;   /* its number */
	int64_t head_at;    /* the latest time of an event since `adopt`: see META_AHEAD */
	int64_t steady;     /* store_steady() when it was opened */
	int64_t noted;      /* what META_CHAIN says */
	bool has_erase_key; /* something was erased here (store_number.h) */
	uint8_t erase_key[32]; /* then the key of the hashes that are kept */
	bool schedule;         /* META_CLOCK is \"schedule\" */
	int64_t stamp;         /* latest time of an event of this connection */
	int64_t stamped;       /* what META_CLOCK_AT says */
	uint8_t salt[4096];    /* a stock of random octets for event salts */
	size_t salt_left;
	char error[256];
};

int64_t store_steady(void); /* the system's clock less time since boot, in ms */
int store_open(struct store **out, const char *path, enum store_mode mode, char error[256]);
void store_close(struct store *s);

/* The words for the last failure on this connection, with what to do about it. */
const char *store_error(const struct store *s);
int store_failed(struct store *s, int rc); /* translates an SQLite result, keeps its words */

/* A statement of statements.def, reset and with its bindings cleared. */
sqlite3_stmt *store_get(struct store *s, enum store_statement which);
/* Steps a statement that yields no row, and resets it: 0 or negative. */
int store_do(struct store *s, sqlite3_stmt *st);
/* Steps to the next row: 1 a row, 0 none (and reset), negative. */
int store_step(struct store *s, sqlite3_stmt *st);

/* Transactions by hand, for programs without a writer thread. */
int store_begin(struct store *s);
int store_commit(struct store *s);
void store_rollback(struct store *s);

/* Reads what a transaction must know before anything else (`visible`, the head of the chain). */
int store_refresh(struct store *s);

int64_t store_meta_int(struct store *s, const char *key, int64_t absent);
/* Copies at most cap-1 octets; false when absent. */
bool store_meta_text(struct store *s, const char *key, char *buf, size_t cap);
int store_meta_set_int(struct store *s, const char *key, int64_t value);
int store_meta_set_text(struct store *s, const char *key, const char *value);
int store_meta_delete(struct store *s, const char *key);

/* Binding helpers: parameters are named in the SQL and numbered here in order of first use. */
void store_bind_text(sqlite3_stmt *st, int n, const char *text); /* borrowed till step; NULL ok */
void store_bind_int(sqlite3_stmt *st, int n, int64_t value);
/* Text of a column, "" for NULL; valid until the next step. */
const char *store_text(sqlite3_stmt *st, int column);

#endif
