/* command_parts.h - what the command functions share
 *
 * Where a function answers "1, 0, negative": 1 it is there; 0 it was refused and `reply` says why,
 * so that the caller returns 0 too; negative an error of the store.
 */
#ifndef GATEWAY_COMMAND_PARTS_H
#define GATEWAY_COMMAND_PARTS_H

#include "command.h"
#include "facts.h"
#include "store/event.h"

/* Values of `status`: the exit statuses of the contract. */
enum { COMMAND_DONE, COMMAND_REFUSED, COMMAND_WRONG, COMMAND_FAILED };

/* Sets the reply's sentence for people; 0 or UV_ENOMEM. */
int command_say(json_t *reply, const char *format, ...) __attribute__((format(printf, 2, 3)));

const char *command_word(const json_t *request, const char *key); /* NULL: absent or no string */
bool command_flag(const json_t *request, const char *key);
/* A positive id of a row: 1, 0. */
int command_id(const json_t *request, const char *key, json_t *reply, int64_t *id);

/* The account that `account` names, or that is named: 1, 0, negative. */
int command_account(struct store *s, const json_t *request, json_t *reply, int64_t *id);
int command_account_named(struct store *s, const char *ref, json_t *reply, int64_t *id);

/* Appends an event by the request's actor; frees `data`. */
int command_tell(struct store *s, const struct command_env *env, const json_t *request,
		 const char *kind, int64_t account, int64_t message, struct event_json *data);

#endif
