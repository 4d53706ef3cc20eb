/* plan_file.h - instalment plans as people write them: a file of many, or one on the command line
 *
 *     account_id,date,amount              a row is a part; a file of one plan needs no account_id
 *     2026-10-01:500,2026-11-01:500       the same typed: days and amounts
 *     500x3                               equal parts: how much and how many times
 *
 * Whether the account is known, and the parts fit what it owes, the store says later.
 *
 * Errors: a CLI status; what is wrong was printed, or stands in the list.  Thread: any.
 */
#ifndef GATEWAY_CLI_PLAN_FILE_H
#define GATEWAY_CLI_PLAN_FILE_H

#include "cli.h"
#include "gateway/base/complaint.h"

#include <jansson.h>

/* Reads every plan of a file into `plans`, a list of {account, plan: [{date, amount, where: {date:
 * [line, column], amount: [line, column]}}], where: [line, column]}; rows that cannot be read are
 * in `wrong` and left out with their whole plan.  CLI_DONE, or CLI_REFUSED when the file as a whole
 * cannot be used, CLI_FAILED. */
int plan_file_read(const char *path, const char *only_account, json_t *plans,
		   struct complaints *wrong);

/* The parts that --plan, --every and --from of a call say, into the list `parts`. */
int plan_file_option(const struct cli_call *call, const char *account, json_t *parts);

#endif
