/* import_wire.h - rows of an import as JSON, for the daemon's socket
 *
 * A row is an array, by the import's kind:
 *
 *   accounts  [line, account, due, billed, given, name, phones, ...]  texts as enum intake_text
 *   payments  [line, account, paid_on, amount, reference]
 *   shield    [line, account]
 *
 * and the answer to many of them an object of intake_counts' names with `answers`, an array of
 * [index, outcome, differs, detail] for every row that was refused or contradicts another.
 *
 * Pure.
 */
#ifndef GATEWAY_IMPORT_WIRE_H
#define GATEWAY_IMPORT_WIRE_H

#include "gateway/store/intake.h"

#include <jansson.h>

#define IMPORT_WIRE_ROWS 512 /* the most rows of one request */

/* A new array, or NULL without memory. */
json_t *import_wire_pack(enum intake_kind kind, const struct intake_row *rows, size_t n);
/* Reads it back; the texts are the array's.  The number of rows, or -EINVAL. */
int import_wire_unpack(enum intake_kind kind, const json_t *array, struct intake_row *rows,
		       size_t cap);

/* Puts counts (and answers, when rows is not NULL) into a reply, and adds them up again. */
int import_wire_answer(json_t *reply, const struct intake_counts *c, const struct intake_row *rows,
		       size_t n);
void import_wire_read(const json_t *reply, struct intake_counts *sums, struct intake_row *rows,
		      size_t n);

#endif
