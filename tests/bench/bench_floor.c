/* bench_floor DB ROWS GROUP: what SQLite asks for making texts durable, with no gateway around it.
 *
 * Rows as wide as a text's are inserted GROUP to a transaction, then each is changed once, GROUP to
 * a transaction again, in the order they came; WAL with synchronous=FULL, as the store has it.  One
 * text of the gateway takes at least that: a row, and its change.  Prints
 *     rows N group N seconds S cpu_us N      CPU microseconds (user and system) a row */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static sqlite3 *db;

static void
must(int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return;
	fprintf(stderr, "bench_floor: %s\n", sqlite3_errmsg(db));
	exit(3);
}

static sqlite3_stmt *
prepare(const char *sql)
{
	sqlite3_stmt *st;

	must(sqlite3_prepare_v2(db, sql, -1, &st, NULL));
	return st;
}

static void
do_row(sqlite3_stmt *st, int id)
{
	char number[24], text[128];

	snprintf(number, sizeof number, "+63917%07d", id % 10000000);
	snprintf(text, sizeof text,
		 "Hi Maria %d, PHP 700.50 was due 25 Aug 2026. Please pay. Sunrise Lending", id);
	must(sqlite3_bind_int(st, 1, id));
	must(sqlite3_bind_text(st, 2, number, -1, SQLITE_STATIC));
	must(sqlite3_bind_text(st, 3, text, -1, SQLITE_STATIC));
	must(sqlite3_bind_int64(st, 4, 1788228000000 + id));
	must(sqlite3_step(st));
	must(sqlite3_reset(st));
}

static void
in_groups(const char *sql, int rows, int group)
{
	sqlite3_stmt *st = prepare(sql);

	for (int id = 0; id < rows; id++) {
		if (id % group == 0)
			must(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
		do_row(st, id);
		if (id % group == group - 1 || id == rows - 1)
			must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
	}
	sqlite3_finalize(st);
}

int
main(int argc, char **argv)
{
	struct timespec a, b;
	struct rusage used;
	int rows, group;

	if (argc != 4 || (rows = atoi(argv[2])) < 1 || (group = atoi(argv[3])) < 1) {
		fprintf(stderr, "usage: bench_floor DB ROWS GROUP\n");
		return 2;
	}
	must(sqlite3_open(argv[1], &db));
	must(sqlite3_exec(db,
			  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			  "CREATE TABLE message (id INTEGER PRIMARY KEY, number TEXT, body TEXT, "
			  "at INTEGER, status INTEGER NOT NULL DEFAULT 0, handed_at INTEGER)",
			  NULL, NULL, NULL));
	clock_gettime(CLOCK_MONOTONIC, &a);
	in_groups("INSERT INTO message (id, number, body, at) VALUES (?1, ?2, ?3, ?4)", rows,
		  group);
	in_groups("UPDATE message SET status = 2, number = ?2, body = ?3, handed_at = ?4 "
		  "WHERE id = ?1",
		  rows, group);
	clock_gettime(CLOCK_MONOTONIC, &b);
	getrusage(RUSAGE_SELF, &used);
	sqlite3_close(db);
	printf("rows %d group %d seconds %.3f cpu_us %.2f\n", rows, group,
	       (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9,
	       ((double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
		(double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec)) /
		   rows);
	return 0;
}
