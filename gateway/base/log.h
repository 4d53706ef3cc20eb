/*
 * log - what the daemon did, one event a line, key=value, to standard error.
 *
 *     2026-09-15T02:00:00.123+00:00 warn route_down route=aggregator reason="connection refused"
 * repeated=3
 *
 * Under journald (JOURNAL_STREAM names our descriptor) the time is left to it and the level is its
 * "<4>".
 *
 *     log_event(LOG_WARN, "route_down", log_str("route", name), log_int("seconds", 30));
 *     log_event(LOG_INFO, "sent", log_int("message", id), log_phone("to", number));
 *
 * Telephone numbers go through log_phone() and come out masked; whatever still looks like +63917...
 * in any value is masked on the way out too. Texts of messages, `check` digits and secrets are
 * never logged.
 *
 * Repeats: lines of one event whose first field is alike come at most once a second; the next one
 * that is printed tells how many were held back (repeated=N). Errors are limited like the others.
 *
 * Thread: any; each line is one write(2). Before log_open() lines of level info and up go to
 * standard error.
 */
#ifndef GATEWAY_LOG_H
#define GATEWAY_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_kind { LOG_KIND_END, LOG_KIND_STR, LOG_KIND_INT, LOG_KIND_PHONE };

/* Made by the functions below, never by hand; keeps the pointers only for the call. */
struct log_field {
	enum log_kind kind;
	const char *key; /* a word: a-z, 0-9, _ */
	const char *text;
	int64_t number;
};

struct log_field log_str(const char *key, const char *text); /* NULL is written as - */
struct log_field log_int(const char *key, int64_t number);
struct log_field log_phone(const char *key, const char *number);

/* One event, at least one field; log_plain() for none. `event` is a stable word. */
#define log_event(level, event, ...)                                                               \
	log_write((level), (event), (const struct log_field[]){__VA_ARGS__, {0}})
void log_plain(enum log_level level, const char *event);
void log_write(enum log_level level, const char *event, const struct log_field *fields);

struct log_options {
	int fd;               /* 2 in the daemon */
	enum log_level from;  /* lower ones are not written */
	int64_t (*now)(void); /* milliseconds since 1970; NULL: the system's clock */
};

/* Sets where lines go; forgets what was held back. The descriptor stays the caller's. */
void log_open(const struct log_options *options);

/* Writes a last line for each event still held back, as at exit. */
void log_flush(void);

#endif
