/*
 * rfc3339 - instants as text with their offset, and the civil forms people type.
 *
 * Instants are int64 milliseconds since 1970-01-01T00:00:00Z (no leap seconds), years 0001..9999.
 * Which offset holds at an instant is schedule/civil's business; a civil form becomes an instant
 * there too.
 *
 * Errors: 0 or -EINVAL. Thread: any; pure.
 */
#ifndef GATEWAY_RFC3339_H
#define GATEWAY_RFC3339_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RFC3339_SIZE 32 /* bytes for any form, NUL included */

/* "2026-09-15T10:00:00+08:00"; milliseconds are dropped (towards the past). An offset with seconds
 * is cut to its minutes and the time told in that offset, so the instant stays exact. Out of range
 * is clamped. Returns `out`. */
const char *rfc3339_format(int64_t ms, int32_t offset_seconds, char out[RFC3339_SIZE]);

/* The same with milliseconds: "2026-09-15T10:00:00.123+08:00". */
const char *rfc3339_format_ms(int64_t ms, int32_t offset_seconds, char out[RFC3339_SIZE]);

/* RFC 3339 5.6 date-time with an offset or Z; a fraction is cut to milliseconds. `offset_seconds`
 * may be NULL. */
int rfc3339_parse(const char *text, int64_t *ms, int32_t *offset_seconds);

struct rfc3339_civil {
	int year, month, day;     /* 1..9999, 1..12, 1..31; a date that exists */
	int hour, minute, second; /* 0..23, 0..59, 0..59; 0 when absent */
	bool has_time;
};

/* "YYYY-MM-DD" or "YYYY-MM-DDTHH:MM[:SS]" (a space for the T is taken), no offset. */
int rfc3339_parse_civil(const char *text, struct rfc3339_civil *out);

#endif
