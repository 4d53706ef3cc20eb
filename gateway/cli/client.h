/* client.h - how a command reaches the store: through the daemon, or by itself
 *
 * While a daemon serves the home, requests go to its socket and the daemon makes the change.
 * Otherwise this program takes the home's lock, opens the store, runs the same command function in
 * a transaction and commits.  The caller cannot tell the difference.
 */
#ifndef GATEWAY_CLI_CLIENT_H
#define GATEWAY_CLI_CLIENT_H

#include "gateway/config/config.h"
#include "gateway/store/store.h"
#include <jansson.h>

struct client;

/* Opens the home: CLI_DONE, or a status with the words already printed.  Nothing is locked or
 * opened but the daemon's socket until it is needed. */
int client_open(struct client **out, const char *home);
void client_close(struct client *c); /* NULL is fine */

bool client_serving(const struct client *c); /* a daemon answers */

/* The store itself, to write, where no daemon serves: takes the home's lock and makes the store on
 * first need.  NULL when a daemon serves (client_serving() tells: one may have just started), or
 * when it cannot be had, with the words printed.  The client's. */
struct store *client_store(struct client *c);

/* Does a daemon hold the home, or could this program take its lock?  CLI_DONE with the lock held,
 * CLI_REFUSED when a daemon serves, CLI_FAILED; with the words printed. */
int client_lock(struct client *c);

/* Where the store is, also with mistakes elsewhere: CLI_DONE, or a status with the words printed.
 */
int client_store_path(struct client *c, const char **path);

/* The instant the store's clock shows, in milliseconds since 1970: the daemon's, or where a stopped
 * schedule's clock stands, else the system's.  CLI_DONE, or a status with the words printed. */
int client_now(struct client *c, int64_t *now);

/* The checked configuration: CLI_DONE, or CLI_REFUSED with the mistakes printed.  Loaded once. */
int client_config(struct client *c, struct config **out);

/* The same for commands that only show what is in the store: with mistakes in it what could be read
 * (config_load_lender), which one line on standard error says.  Loaded once. */
int client_config_shown(struct client *c, struct config **out);

/* One request and its reply (the caller's to decref).  Returns the reply's status and prints its
 * error to standard error unless `quiet`; *reply is NULL when there was none. */
int client_call(struct client *c, json_t *request, json_t **reply, bool quiet);

/* A read-only connection of its own for lists: CLI_DONE or a status with the words printed.  When
 * there is no store yet *out is NULL and CLI_DONE: lists are empty. */
int client_read(struct client *c, struct store **out);

#endif
