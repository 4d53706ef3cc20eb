/* work_list.h - `dunlin tasks --csv`: open work as a list that leaves the house
 *
 * RFC 4180: a header row, CRLF, fields in quotes where they need them.  One row a task, with
 * everything somebody needs to do it: whom, how much, what else the lender's list says of the
 * borrower, the borrower's last text, holds and an open promise; of letters and e-mails the text as
 * of today.  The last columns are empty: filled in, the file is one for `dunlin import results`.
 * The `check` digits are never among them.
 */
#ifndef GATEWAY_CLI_WORK_LIST_H
#define GATEWAY_CLI_WORK_LIST_H

#include "show.h"

/* The exit status; tasks --csv of the call in s, whose store may be NULL. */
int work_list(struct show *s);

#endif
