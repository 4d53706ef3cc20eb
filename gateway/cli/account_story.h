/* account_story.h - one borrower's story for people: what is owed, and all that was said and done
 *
 * In the order it happened: texts and replies, promises, holds, payments, and for each step that
 * did not go, why.
 */
#ifndef GATEWAY_CLI_ACCOUNT_STORY_H
#define GATEWAY_CLI_ACCOUNT_STORY_H

#include "account_rows.h"

/* Prints the account s->facts holds at `index`: the exit status. */
int account_story_head(struct show *s, const struct plan_rules *rules, size_t index, FILE *out);
/* What happened, of any account the store knows: the exit status. */
int account_story_tell(struct show *s, int64_t account, const struct civil_zone *zone,
		       const char *currency, FILE *out);

#endif
