/*
 * What happened so far, by day and in all, and how things stand: filled from the --json lines of
 * `events`, `status`, `modems`, `plan` and `inbox`, drawn by show_screen.
 *
 * A day is a number of days since 1970 in the lender's time zone. Reminders and answers are
 * counted apart: an event of a text that began without a step is an answer's.
 */
#ifndef SIM_SHOW_TALLY_H
#define SIM_SHOW_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHOW_DAYS = 400, SHOW_REPLIES = 24, SHOW_REASONS = 24, SHOW_STICKS = 4 };

enum show_count {
	SHOW_SENT,
	SHOW_DELIVERED,
	SHOW_FAILED, /* and expired */
	SHOW_REPLIED,
	SHOW_PROMISED,
	SHOW_KEPT, /* and partial */
	SHOW_BROKEN,
	SHOW_STOPPED,
	SHOW_HELD, /* steps that were not said on their day */
	SHOW_TASKS,
	SHOW_ANSWERED,
	SHOW_COUNTS,
};

struct show_day {
	int64_t day;
	unsigned n[SHOW_COUNTS];
};

struct show_reason {
	char word[24];
	char text[96];
	unsigned n;
};

struct show_reply {
	int64_t id;
	char at[12]; /* the day, YYYY-MM-DD */
	char time[6];
	char from[24];
	char text[400];
	char intent[16];
	char date[12];
	char currency[4];
	int64_t minor; /* -1: no amount */
	bool handled;
};

struct show_stick {
	char iccid[24]; /* its SIM's */
	char model[24]; /* "": not seen yet */
	char state[16];
	char why[96];
	char network[32];
	int64_t dbm;   /* 0: not known */
	int64_t minor; /* of its balance; -1: not known */
	char currency[4];
	unsigned sent; /* parts, in all */
};

struct show_tally {
	struct show_day days[SHOW_DAYS]; /* the first is the day the daemon began to serve */
	size_t n_days;
	struct show_day all;
	int64_t seq;            /* the last event counted */
	unsigned char *answers; /* by message id: it is an answer */
	size_t answers_room;

	struct show_reason reasons[SHOW_REASONS];
	size_t n_reasons;
	struct show_reply replies[SHOW_REPLIES]; /* newest first */
	size_t n_replies;

	struct show_stick sticks[SHOW_STICKS];
	size_t n_sticks;

	unsigned calls, calls_up; /* placed or come in, and not over */
	unsigned keyed;           /* promises made by keys */

	/* of `status` */
	int64_t today;
	char time[6];
	bool serving;
	char route[24];
	char state[24];
	char why[96];
	int64_t queued, sending, planned;
	int64_t waiting_replies, waiting_tasks, unknown;
};

void show_tally_fini(struct show_tally *t);

/* Each takes one line; `arg` is the tally, so that they can be handed to show_ask(). */
void show_tally_event(void *arg, const char *line);
void show_tally_status(void *arg, const char *line);
void show_tally_plan(void *arg, const char *line);   /* of the day that is today */
void show_tally_reason(void *arg, const char *line); /* of `help reasons` */
void show_tally_stick(void *arg, const char *line);  /* of `modems` */
void show_tally_reply(void *arg, const char *line);  /* set n_replies to 0 first */

/* Days since 1970 of `YYYY-MM-DD...`; 0 when it is none. */
int64_t show_tally_day(const char *date);

#endif
