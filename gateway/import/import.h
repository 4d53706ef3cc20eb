/* import.h - the file side of an import: accounts.csv and payments.csv, read row by row and checked
 *
 *     import_open -> import_next ... import_next (n = 0: the end) -> import_close
 *
 * Everything that can be told from the file alone is settled here: numbers become E.164, amounts
 * minor units, dates days, languages BCP 47, zones are known ones, other columns a JSON object.
 * What needs the store (is it known? is it in one currency?) is asked by store/intake, and
 * import_refusal() puts its answers in words.
 *
 * A row with a mistake is complained about by line and column and left out; in its place comes a
 * row with `shield` set where the account could be read, so that a mode which closes what the file
 * does not name leaves that account alone.  `check` digits appear in no complaint.
 *
 * Memory is fixed whatever the file holds.  Blocking; one thread at a time.
 */
#ifndef GATEWAY_IMPORT_H
#define GATEWAY_IMPORT_H

#include "gateway/base/complaint.h"
#include "gateway/config/config.h"
#include "gateway/store/intake.h"

#define IMPORT_BATCH  512 /* the most rows import_next gives at once */
#define IMPORT_DIGEST 65  /* bytes of a file's digest in hexadecimal */

struct import;

struct import_batch {
	struct intake_row *rows; /* valid until the next call */
	size_t n;
};

struct import_totals {
	int64_t rows;        /* of the file: good and bad, without empty ones */
	int64_t refused;     /* with a mistake */
	int64_t nameless;    /* of these, whose account could not be read */
	int64_t bytes, size; /* read, of the file (-1: not a regular file) */
};

/* Opens a file and reads its header; `name` is what complaints call it.  0; -EINVAL when the header
 * cannot be used; another negative errno of open and read.  All of them are in `list`. */
int import_open(struct import **out, const struct config *config, enum intake_kind kind,
		const char *path, const char *name, struct complaints *list);
void import_close(struct import *im); /* NULL is allowed */

/* Is there a `check` column?  Then rows are not shown. */
bool import_has_check(const struct import *im);

/* The next rows.  0, also at the end (batch->n = 0); -EIO when reading fails; it is in `list`. */
int import_next(struct import *im, struct import_batch *batch, struct complaints *list);

struct import_totals import_totals(const struct import *im);

/* BLAKE2b-256 of the whole file, as read when it was opened; "" when it is no regular file. */
const char *import_digest(const struct import *im);

/* What is wrong with a row the store refused (`outcome` is one of those). */
void import_refusal(const struct intake_row *row, char *out, size_t size);

#endif
