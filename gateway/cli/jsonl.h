/* jsonl.h - JSON objects, one a line, written fast into one growing buffer
 *
 * Lists may be millions of rows long, so a row is appended to a buffer without allocation, and the
 * caller says when the buffer goes out: never while it holds a read transaction.
 *
 * Absent is null: a NULL text, an instant of 0.  Text that is not UTF-8 (an operator's message id
 * can be anything) has each bad byte replaced by U+FFFD.
 *
 * Ownership: begin zeroed (`struct jsonl j = {0};`), end with jsonl_clear().
 * Errors: memory that runs out and a stream that fails are kept; jsonl_write says so.
 */
#ifndef GATEWAY_CLI_JSONL_H
#define GATEWAY_CLI_JSONL_H

#include "schedule/civil.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct jsonl {
	char *buf;
	size_t len, cap;
	bool comma;  /* the next member stands behind another */
	bool failed; /* memory */
};

/* `key` NULL: a member of a list, or the line itself. */
void jsonl_open(struct jsonl *j, const char *key, char bracket); /* '{' or '[' */
void jsonl_close(struct jsonl *j, char bracket);                 /* '}' or ']' */
void jsonl_text(struct jsonl *j, const char *key, const char *text);
void jsonl_int(struct jsonl *j, const char *key, int64_t value);
void jsonl_bool(struct jsonl *j, const char *key, bool value);
void jsonl_null(struct jsonl *j, const char *key);
/* JSON that is known to be well-formed, as it is; NULL: null. */
void jsonl_raw(struct jsonl *j, const char *key, const char *json);
void jsonl_day(struct jsonl *j, const char *key, int32_t day); /* "2026-09-15" */
/* "2026-09-15T10:00:00+08:00" */
void jsonl_time(struct jsonl *j, const char *key, int64_t instant, const struct civil_zone *zone);
void jsonl_line(struct jsonl *j); /* ends the line */

/* Writes what there is and empties the buffer: 0, or negative UV_E*. */
int jsonl_write(struct jsonl *j, FILE *out);
void jsonl_clear(struct jsonl *j);

#endif
