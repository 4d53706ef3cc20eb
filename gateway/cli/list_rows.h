/* list_rows.h - how a row of each list looks, in a list and in an account's story
 *
 * The keys are those of the contract.  A row is written whole: rows_begin() to rows_end().
 */
#ifndef GATEWAY_CLI_LIST_ROWS_H
#define GATEWAY_CLI_LIST_ROWS_H

#include "gateway/store/list.h"
#include "rows.h"

#define LIST_ROWS_MESSAGES 22
#define LIST_ROWS_INBOX    12
#define LIST_ROWS_PROMISES 10
#define LIST_ROWS_TASKS    9
#define LIST_ROWS_EVENTS   8
#define LIST_ROWS_CALLS    27
#define LIST_ROWS_CAUSE    160 /* bytes of a call's cause */

extern const struct rows_column list_rows_messages[LIST_ROWS_MESSAGES],
    list_rows_inbox[LIST_ROWS_INBOX], list_rows_promises[LIST_ROWS_PROMISES],
    list_rows_tasks[LIST_ROWS_TASKS], list_rows_events[LIST_ROWS_EVENTS],
    list_rows_calls[LIST_ROWS_CALLS];

/* Times are shown in `zone`; a planned text whose time has come by `now` reads `queued`. */
void list_rows_message(struct rows *r, const struct list_message *m, const struct civil_zone *zone,
		       int64_t now);
void list_rows_inbox_row(struct rows *r, const struct list_inbox *in,
			 const struct civil_zone *zone);
void list_rows_promise(struct rows *r, const struct list_promise *p);
void list_rows_task(struct rows *r, const struct list_task *t);
void list_rows_event(struct rows *r, const struct list_event *e, const struct civil_zone *zone);

/* Why a call ended, for people: what the network said of a call that simply ended tells nobody
 * more. NULL stays NULL. */
const char *list_rows_cause(const char *cause, char text[LIST_ROWS_CAUSE]);
/* Times are shown in `zone`; a planned call whose time has come by `now` reads `queued`. */
void list_rows_call(struct rows *r, const struct list_call *c, const struct civil_zone *zone,
		    int64_t now);

/* Where a recording of that hash is, from the home on; NULL: there is none. */
#define LIST_ROWS_TAPE 80
const char *list_rows_tape(const char *hash, char path[LIST_ROWS_TAPE]);

/* The word for the state of a message, as it is shown. */
const char *list_rows_status(const struct list_message *m, int64_t now);

#endif
