/* work.h - work for people, as it leaves in a list, and what they say became of it
 *
 * Errors: negative, as store.h.  Thread: that of the store connection.
 */
#ifndef GATEWAY_STORE_WORK_H
#define GATEWAY_STORE_WORK_H

#include "schedule/campaign.h"
#include "store.h"

#define WORK_TEXT 256

/* One open task.  Work of a campaign has a step; other tasks have the channel CAMPAIGN_TASK. */
struct work_row {
	int64_t id, account; /* account 0: of nobody known */
	int32_t day;         /* local day it is for */
	int32_t due;         /* of the amount its step follows, INT32_MIN: it has no step */
	enum campaign_channel channel;
	int status; /* enum task_status */
	int64_t at;
	char kind[WORK_TEXT], reason[WORK_TEXT];
	char tape[65]; /* hash of a message left in the call it came up in, "" for none */
};

/* Open tasks behind a day and an id, in that order: how many, or negative. */
int work_open(struct store *s, int32_t day, int64_t id, struct work_row *rows, int cap);
/* One of any state: 1, 0 there is none, negative. */
int work_get(struct store *s, int64_t id, struct work_row *row);
/* What follows the kind in `letter: final-notice`; the whole where there is none. */
const char *work_name(const struct work_row *row);

/* Accounts whose open promise is for one of these days: they have a step then, whatever their
 * campaign says.  0, or what `each` gave, or negative. */
typedef int work_account_cb(void *ctx, int64_t account);
int work_promised(struct store *s, int32_t from, int32_t to, work_account_cb *each, void *ctx);

/* The borrower's last text, cut to `cap`, "" for none: 0 or negative. */
int work_last_reply(struct store *s, int64_t account, char *text, size_t cap, int64_t *at);

/* A contact that people or another program made, or a result that was none. */
struct work_contact {
	int64_t account;
	const char *key;  /* what makes it the same when it comes again */
	int64_t at, task; /* task 0: of none */
	int channel, counts;
	const char *number, *result, *note, *source, *actor; /* number, note: NULL for none */
};
/* 1 it was added, 0 it was known, negative. */
int work_add_contact(struct store *s, const struct work_contact *c, int64_t now);
bool work_knows_contact(struct store *s, int64_t account, const char *key);
/* Those of one account, oldest first. */
typedef void work_contact_cb(void *ctx, const struct work_contact *c);
int work_contacts(struct store *s, int64_t account, work_contact_cb *each, void *ctx);

/* One row inside a transaction, which can be undone alone: with it the chain's head steps back. */
struct work_mark {
	uint8_t head[32];
	int64_t seq, at, orphans;
};
int work_begin(struct store *s, struct work_mark *m);
int work_end(struct store *s, const struct work_mark *m, bool undo);

/* Notes that a file of results was taken in, for the list of imports: its id, or negative. */
struct work_import {
	const char *file, *actor;
	int64_t begun, taken, known, refused;
};
int64_t work_add_import(struct store *s, const struct work_import *im, int64_t now);

#endif
