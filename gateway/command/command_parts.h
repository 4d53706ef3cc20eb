/* command_parts.h - what the command functions share
 *
 * Where a function answers "1, 0, negative": 1 it is there; 0 it was refused and `reply` says why,
 * so that the caller returns 0 too; negative an error of the store.
 */
#ifndef GATEWAY_COMMAND_PARTS_H
#define GATEWAY_COMMAND_PARTS_H

#include "command.h"
#include "gateway/base/phone.h"
#include "gateway/person/facts.h"
#include "gateway/store/event.h"

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

/* What is known of one account, for a command. */
struct command_borrower {
	int64_t id;
	struct facts *facts;
	size_t index;
	const struct facts_account *account;
	const struct plan_account *plan;
	int32_t today; /* local day of now */
};
/* The account that the request names, with its person: 1, 0, negative.  On 1 the caller ends it
 * with command_borrower_end(). */
int command_borrower(struct store *s, const struct command_env *env, const json_t *request,
		     json_t *reply, struct command_borrower *b);
int command_borrower_load(struct store *s, const struct command_env *env, int64_t id, json_t *reply,
			  struct command_borrower *b);
void command_borrower_end(struct command_borrower *b);

/* Reads a number as people write it, in the lender's country: 1, 0. */
int command_number(const struct command_env *env, const char *text, json_t *reply,
		   char number[PHONE_E164]);

/* Marks an inbox row handled, and ends the hold `awaiting_person` of that person when nothing else
 * of theirs waits: 0 or negative. */
int command_handled(struct store *s, struct command_env *env, const json_t *request,
		    int64_t message, int64_t account, int64_t person);

/* Appends an event by the request's actor; frees `data`. */
int command_tell(struct store *s, const struct command_env *env, const json_t *request,
		 const char *kind, int64_t account, int64_t message, struct event_json *data);

#endif
