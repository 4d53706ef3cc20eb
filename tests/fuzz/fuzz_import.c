/* Lists from anybody, all the way into a store: every row is taken, known or refused, the way over
 * the socket changes nothing, and what is rolled back leaves nothing. */
#include "gateway/base/money.h"
#include "gateway/import/import.h"
#include "gateway/import/import_wire.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct store *
open_store(void)
{
	static struct store *s;
	char path[] = "/tmp/fuzz-import-XXXXXX", db[64], error[256];

	if (s != NULL)
		return s;
	if (mkdtemp(path) == NULL)
		abort();
	snprintf(db, sizeof db, "%s/dunlin.db", path);
	if (store_open(&s, db, STORE_CREATE, error) != 0)
		abort();
	/* The open file stays, its name does not. */
	unlink(db);
	snprintf(db, sizeof db, "%s/dunlin.db-wal", path);
	unlink(db);
	snprintf(db, sizeof db, "%s/dunlin.db-shm", path);
	unlink(db);
	rmdir(path);
	return s;
}

static void
check_row(const struct intake_row *row)
{
	json_t *extra;

	assert(row->account != NULL && row->account[0] != '\0' && row->line > 0);
	if (row->shield || row->text[INTAKE_EXTRA] == NULL)
		return;
	extra = json_loads(row->text[INTAKE_EXTRA], 0, NULL);
	assert(json_is_object(extra));
	json_decref(extra);
}

/* Takes the rows by way of JSON, as a daemon gets them. */
static void
take(struct store *s, const struct intake *in, const struct import_batch *batch,
     struct intake_counts *counts)
{
	static struct intake_row rows[IMPORT_WIRE_ROWS];
	json_t *array = import_wire_pack(in->kind, batch->rows, batch->n);
	char *text = json_dumps(array, 0);
	json_t *again = text != NULL ? json_loads(text, 0, NULL) : NULL;
	int n = import_wire_unpack(in->kind, again, rows, IMPORT_WIRE_ROWS);

	assert(n == (int)batch->n);
	for (int i = 0; i < n; i++) {
		check_row(&batch->rows[i]);
		assert(strcmp(rows[i].account, batch->rows[i].account) == 0);
		assert(rows[i].due == batch->rows[i].due);
	}
	assert(intake_rows(s, in, rows, (size_t)n, counts) == 0);
	json_decref(again);
	free(text);
	json_decref(array);
}

static void
read_file(struct import *im, enum intake_kind kind, struct complaints *list)
{
	struct store *s = open_store();
	struct intake_counts counts = {0};
	struct import_batch batch;
	struct intake in;
	int64_t rows = 0;

	assert(store_begin(s) == 0);
	assert(intake_begin(s, kind, INTAKE_UPDATE, "f", "fuzz", 1, money_digits, &in) == 0);
	do {
		assert(import_next(im, &batch, list) == 0);
		take(s, &in, &batch, &counts);
		for (size_t i = 0; i < batch.n; i++)
			rows += !batch.rows[i].shield;
	} while (batch.n > 0);
	store_rollback(s);
	assert(counts.taken + counts.known + counts.refused == rows);
	assert(import_totals(im).rows == rows + import_totals(im).refused);
	assert(import_totals(im).refused == 0 || list->errors > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const languages[] = {"en"};
	const struct config config = {.lender = {.country = "PH",
						 .currency = "PHP",
						 .digits = 2,
						 .timezone = "Asia/Manila",
						 .languages = languages,
						 .n_languages = 1}};
	enum intake_kind kind = size > 0 && data[0] == 'p' ? INTAKE_PAYMENTS : INTAKE_ACCOUNTS;
	int fd = memfd_create("list", MFD_CLOEXEC);
	struct complaints list = {0};
	struct import *im;
	char path[64];

	/* The first octet chooses the kind and is not part of the list. */
	if (fd < 0 || (size > 1 && write(fd, data + 1, size - 1) != (ssize_t)size - 1))
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (import_open(&im, &config, kind, path, "list.csv", &list) == 0) {
		read_file(im, kind, &list);
		import_close(im);
	} else {
		assert(list.errors > 0);
	}
	complaint_clear(&list);
	close(fd);
	return 0;
}
