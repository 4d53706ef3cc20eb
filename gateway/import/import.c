#include "import_impl.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- complaints about the row being read ---- */

static void
say(struct import *im, bool warning, enum import_column c, const char *format, va_list args)
{
	int line = im->csv_row.line, col = 0;

	if (im->at[c] >= 0)
		csv_where(im->csv, (size_t)im->at[c], &line, &col);
	complaint_vadd(im->list, warning, im->name, line, col, format, args);
}

void
import_wrong(struct import *im, enum import_column c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(im, false, c, format, args);
	va_end(args);
	im->bad = true;
}

void
import_doubt(struct import *im, enum import_column c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(im, true, c, format, args);
	va_end(args);
}

/* ---- texts ---- */

const char *
import_text(const struct import *im, enum import_column c)
{
	return im->at[c] >= 0 ? im->csv_row.fields[im->at[c]].text : NULL;
}

const char *
import_keep(struct import *im, const char *text, size_t len)
{
	char *kept = im->room + im->used;

	assert(len < IMPORT_ROOM - im->used); /* the batch ended while a whole row had room */
	memcpy(kept, text, len);
	kept[len] = '\0';
	im->used += len + 1;
	return kept;
}

/* ---- opening ---- */

static int
digest_file(struct import *im)
{
	crypto_generichash_state state;
	unsigned char hash[32], buf[16384];
	ssize_t n;

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	while ((n = read(im->fd, buf, sizeof buf)) > 0)
		crypto_generichash_update(&state, buf, (size_t)n);
	if (n < 0 || lseek(im->fd, 0, SEEK_SET) != 0)
		return -errno;
	crypto_generichash_final(&state, hash, sizeof hash);
	sodium_bin2hex(im->digest, sizeof im->digest, hash, sizeof hash);
	return 0;
}

static int
open_file(struct import *im, const char *path, struct complaints *list)
{
	struct stat st;
	int rc = 0;

	im->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (im->fd < 0 || fstat(im->fd, &st) != 0)
		rc = -errno;
	else if (S_ISDIR(st.st_mode))
		rc = -EISDIR;
	else if (S_ISREG(st.st_mode) && (sodium_init() < 0 || digest_file(im) != 0))
		rc = -EIO;
	if (rc != 0)
		complaint_add(list, im->name, 0, 0, "cannot be read: %s", strerror(-rc));
	return rc;
}

int
import_open(struct import **out, const struct config *config, enum intake_kind kind,
	    const char *path, const char *name, struct complaints *list)
{
	struct import *im = calloc(1, sizeof *im);
	int rc = -ENOMEM;

	if (im == NULL)
		return rc;
	im->config = config;
	im->kind = kind;
	im->fd = -1;
	im->list = list;
	snprintf(im->name, sizeof im->name, "%s", name);
	if ((im->room = malloc(IMPORT_ROOM)) == NULL || (im->calendar = calendar_new(NULL)) == NULL)
		goto fail;
	if ((rc = open_file(im, path, list)) != 0 ||
	    (rc = csv_open_fd(&im->csv, im->fd, im->name, list)) != 0 ||
	    (rc = import_header(im)) != 0)
		goto fail;
	*out = im;
	return 0;
fail:
	import_close(im);
	*out = NULL;
	return rc;
}

void
import_close(struct import *im)
{
	if (im == NULL)
		return;
	csv_close(im->csv);
	calendar_free(im->calendar);
	if (im->fd >= 0)
		close(im->fd);
	free(im->room);
	free(im);
}

/* ---- rows ---- */

static void
read_row(struct import *im, struct import_batch *batch)
{
	struct intake_row *row = &im->rows[batch->n];
	const char *account = import_text(im, COLUMN_ACCOUNT);

	*row = (struct intake_row){.line = im->csv_row.line};
	im->bad = false;
	if (im->kind == INTAKE_ACCOUNTS)
		import_account_row(im, row);
	else
		import_payment_row(im, row);
	if (!im->bad) {
		batch->n++;
		return;
	}
	im->totals.refused++;
	if (account[0] == '\0') {
		im->totals.nameless++;
		return;
	}
	*row = (struct intake_row){.line = im->csv_row.line, .shield = true};
	row->account = import_keep(im, account, strlen(account));
	batch->n++;
}

bool
import_has_check(const struct import *im)
{
	return im->at[COLUMN_CHECK] >= 0;
}

int
import_next(struct import *im, struct import_batch *batch, struct complaints *list)
{
	*batch = (struct import_batch){.rows = im->rows};
	im->list = list;
	im->used = 0;
	/* A row is kept once as it is and once as a shield at most. */
	while (batch->n < IMPORT_BATCH &&
	       IMPORT_ROOM - im->used > IMPORT_ROW_ROOM + CSV_FIELD_MAX) {
		switch (csv_next(im->csv, &im->csv_row)) {
		case CSV_NEXT_ROW:
			im->totals.rows++;
			read_row(im, batch);
			break;
		case CSV_NEXT_BAD:
			im->totals.rows++;
			im->totals.refused++;
			im->totals.nameless++;
			complaint_add(list, im->name, im->csv_row.bad_line, im->csv_row.bad_col,
				      "%s", im->csv_row.why);
			break;
		case CSV_NEXT_END: return 0;
		case CSV_NEXT_FAIL:
			complaint_add(list, im->name, 0, 0, "%s", im->csv_row.why);
			return -EIO;
		}
	}
	return 0;
}

struct import_totals
import_totals(const struct import *im)
{
	struct import_totals t = im->totals;

	t.bytes = csv_bytes(im->csv);
	t.size = csv_size(im->csv);
	return t;
}

const char *
import_digest(const struct import *im)
{
	return im->digest;
}
