/* change.h - a request being made of what was typed, and its answer shown
 *
 *      struct change c;
 *      change_begin(&c, call, "hold");
 *      change_text(&c, "account", call->argv[0]);
 *      return change_end(&c);
 *
 * change_end() reaches the store (client.h), prints the reply's sentence, or with --json the reply
 * itself, and gives the exit status.  A value that cannot be sent (it is not UTF-8) is told there.
 */
#ifndef GATEWAY_CLI_CHANGE_H
#define GATEWAY_CLI_CHANGE_H

#include "cli.h"

#include <jansson.h>

struct change {
	const struct cli_call *call;
	json_t *request; /* NULL: memory was short */
	const char *bad; /* a key whose value is no text */
};

void change_begin(struct change *c, const struct cli_call *call, const char *command);
void change_text(struct change *c, const char *key, const char *value); /* NULL: left out */
void change_int(struct change *c, const char *key, int64_t value);
void change_value(struct change *c, const char *key, json_t *value);    /* takes it over */
void change_flag(struct change *c, const char *key, const char *given); /* NULL: left out */
int change_end(struct change *c);

#endif
