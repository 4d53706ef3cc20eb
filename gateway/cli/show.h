/* show.h - what every command that reads begins with: the home, its clock, its zones, the store
 *
 * A home whose store was never made is no mistake: `store` is NULL then, and lists are empty.
 *
 * Ownership: show_close() ends everything that show_open() opened.
 */
#ifndef GATEWAY_CLI_SHOW_H
#define GATEWAY_CLI_SHOW_H

#include "cli.h"
#include "client.h"
#include "gateway/person/facts.h"
#include "gateway/store/list.h"

#define SHOW_ROWS 50 /* of a table, unless --limit */

struct show {
	const struct cli_call *call;
	struct client *client;
	struct config *config; /* the client's */
	struct store *store;   /* the client's; NULL: none was made yet */
	struct facts *facts;   /* for zones, and for persons */
	int64_t now;
	bool narrowed; /* --account, --since, --after or --limit 0 left something out */
	int64_t limit; /* rows: --limit, else 50 of a table and all of JSON */
};

/* The exit status: CLI_DONE, or another with the words printed.  With mistakes in what people wrote
 * the lists go on without campaigns and templates and say so; show_open_checked refuses. */
int show_open(struct show *s, const struct cli_call *call);
int show_open_checked(struct show *s, const struct cli_call *call);
void show_close(struct show *s);

/* --account and --since of the call: CLI_DONE, or another with the words printed. */
int show_filter(struct show *s, struct list_filter *filter);
/* An account by its name in the lists: CLI_DONE, or CLI_REFUSED with the words printed. */
int show_account(struct show *s, const char *ref, int64_t *account);
/* An account by its name in the lists, as of now: its facts are facts_account(row->account) of
 * s->facts, and the row holds the day and its sums; it is due today.  CLI_DONE, or another with the
 * words printed. */
int show_borrower(struct show *s, const char *ref, struct plan_row *row);

/* "YYYY-MM-DD", with a time of day, or RFC 3339; civil forms are the lender's.  0 or -EINVAL. */
int show_time(struct show *s, const char *text, int64_t *instant);
/* "YYYY-MM-DD": CLI_DONE, or CLI_USAGE with the words printed. */
int show_day(const struct cli_call *call, const char *option, const char *text, int32_t *day);

/* The zone of a row's account, the lender's where it names none. */
const struct civil_zone *show_zone(struct show *s, const char *timezone);
/* The lender's local day of now. */
int32_t show_today(struct show *s);

/* The rules of the moment, for planning; there is a store.  CLI_DONE, or CLI_FAILED with the words
 * printed. */
int show_rules(struct show *s, struct plan_rules *rules);

/* Reading failed: prints why, returns CLI_FAILED. */
int show_failed(struct show *s);

#endif
