/* calls/HASH.wav: recordings of the borrower's calls, which the events name by their hash. */
#include "dossier_part.h"

#include "gateway/base/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static int64_t
read_tape(void *ctx, char *buf, size_t cap)
{
	FILE **file = ctx;
	size_t n = fread(buf, 1, cap, *file);

	return n > 0 || !ferror(*file) ? (int64_t)n : UV_EIO;
}

/* One that is gone by now leaves its hash in the chain. */
static int
add_tape(struct dossier *d, struct archive *a, const char *name)
{
	char path[4200];
	FILE *file, **grown;

	snprintf(path, sizeof path, "%s/%s", d->r->config->home, name);
	if ((file = fopen(path, "rbe")) == NULL)
		return 0;
	if ((grown = calloc(1, sizeof *grown)) == NULL) {
		fclose(file);
		return UV_ENOMEM;
	}
	*grown = file;
	d->tape = realloc(d->tape, (d->n_tapes + 1) * sizeof *d->tape);
	if (d->tape == NULL)
		abort();
	d->tape[d->n_tapes++] = grown;
	return archive_add_stream(a, name, read_tape, grown);
}

/* The same words said in two calls, as on a machine, make two files with one name: once. */
static bool
is_known(const json_t *calls, size_t upto, const char *name)
{
	static const char *const keys[] = {"recording", "message"};

	for (size_t i = 0; i < upto; i++)
		for (size_t k = 0; k < 2; k++) {
			const char *other = dossier_text(json_array_get(calls, i), keys[k]);

			if (other != NULL && strcmp(other, name) == 0)
				return true;
		}
	return false;
}

int
dossier_tapes(struct dossier *d, struct archive *a)
{
	const json_t *calls = json_object_get(d->account, "calls");
	int rc = 0;

	for (size_t i = 0; i < json_array_size(calls) && rc == 0; i++) {
		const json_t *call = json_array_get(calls, i);
		const char *whole = dossier_text(call, "recording");
		const char *left = dossier_text(call, "message");

		if (whole != NULL && !is_known(calls, i, whole))
			rc = add_tape(d, a, whole);
		if (rc == 0 && left != NULL && !is_known(calls, i, left))
			rc = add_tape(d, a, left);
	}
	return rc;
}

void
dossier_tapes_end(struct dossier *d)
{
	for (size_t i = 0; i < d->n_tapes; i++) {
		fclose(*d->tape[i]);
		free(d->tape[i]);
	}
	free(d->tape);
}
