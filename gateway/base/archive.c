#include "archive.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>
#include <zip.h>

#define PATH    4096
#define MEMBERS 16
#define BEST    9 /* levels of packing */
#define FAST    2

struct stream {
	struct archive *a;
	archive_read *read;
	void *ctx;
	zip_error_t error;
};

struct archive {
	zip_t *zip;
	char path[PATH], part[PATH + 8];
	time_t at;
	struct stream stream[MEMBERS];
	size_t n_streams;
	int read_error; /* of a stream: says more than the packer's own */
};

static int
fail(char error[256], int rc, const char *path, const char *what)
{
	snprintf(error, 256, "%.120s: %.120s", path, what);
	return rc;
}

/* ---- opening ---- */

int
archive_open(struct archive **out, const char *path, int64_t at, char error[256])
{
	struct archive *a = calloc(1, sizeof *a);
	int code = 0;

	if (a == NULL)
		return fail(error, UV_ENOMEM, path, "out of memory");
	if (snprintf(a->path, sizeof a->path, "%s", path) >= (int)sizeof a->path) {
		free(a);
		return fail(error, UV_ENAMETOOLONG, path, "the name is too long");
	}
	snprintf(a->part, sizeof a->part, "%s.part", path);
	a->at = (time_t)(at / 1000);
	if (access(path, F_OK) == 0) {
		free(a);
		return fail(error, UV_EEXIST, path, "it is there already and is left as it is");
	}
	unlink(a->part); /* of a run that was interrupted */
	if ((a->zip = zip_open(a->part, ZIP_CREATE | ZIP_EXCL, &code)) == NULL) {
		zip_error_t why;
		int rc;

		zip_error_init_with_code(&why, code);
		rc = fail(error, errno != 0 ? -errno : UV_EIO, path, zip_error_strerror(&why));
		zip_error_fini(&why);
		free(a);
		return rc;
	}
	*out = a;
	return 0;
}

/* ---- members ---- */

static int
add(struct archive *a, const char *name, zip_source_t *source, zip_uint32_t level)
{
	zip_int64_t i;

	if (source == NULL)
		return UV_ENOMEM;
	if ((i = zip_file_add(a->zip, name, source, ZIP_FL_ENC_UTF_8)) < 0) {
		zip_source_free(source);
		return UV_EIO;
	}
	zip_file_set_mtime(a->zip, (zip_uint64_t)i, a->at, 0);
	/* Most of a long member are hashes, which nothing packs: effort would be for nothing. */
	zip_set_file_compression(a->zip, (zip_uint64_t)i, ZIP_CM_DEFLATE, level);
	return 0;
}

int
archive_add(struct archive *a, const char *name, const char *data, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy == NULL)
		return UV_ENOMEM;
	memcpy(copy, data, len);
	return add(a, name, zip_source_buffer(a->zip, copy, len, 1), BEST);
}

/* What the packer asks of a stream; its length is not known before its end. */
static zip_int64_t
on_source(void *userdata, void *data, zip_uint64_t len, zip_source_cmd_t cmd)
{
	struct stream *s = userdata;
	int64_t n;

	switch (cmd) {
	case ZIP_SOURCE_OPEN:
	case ZIP_SOURCE_CLOSE:
	case ZIP_SOURCE_FREE: return 0;
	case ZIP_SOURCE_READ:
		if ((n = s->read(s->ctx, data, (size_t)len)) < 0) {
			s->a->read_error = (int)n;
			zip_error_set(&s->error, ZIP_ER_READ, 0);
			return -1;
		}
		return n;
	case ZIP_SOURCE_STAT:
		zip_stat_init(data);
		((zip_stat_t *)data)->mtime = s->a->at;
		((zip_stat_t *)data)->valid = ZIP_STAT_MTIME;
		return sizeof(zip_stat_t);
	case ZIP_SOURCE_ERROR: return zip_error_to_data(&s->error, data, len);
	case ZIP_SOURCE_SUPPORTS:
		return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ,
						      ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
						      ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
	default: zip_error_set(&s->error, ZIP_ER_INVAL, 0); return -1;
	}
}

int
archive_add_stream(struct archive *a, const char *name, archive_read *read, void *ctx)
{
	struct stream *s = &a->stream[a->n_streams];

	if (a->n_streams == MEMBERS)
		return UV_ENOSPC;
	a->n_streams++;
	*s = (struct stream){.a = a, .read = read, .ctx = ctx};
	zip_error_init(&s->error);
	return add(a, name, zip_source_function(a->zip, on_source, s), FAST);
}

/* ---- closing ---- */

static int
sync_fd(int fd)
{
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) != 0 && errno != EINVAL) /* some folders cannot be synced, and need not */
		rc = -errno;
	close(fd);
	return rc;
}

/* Gives the finished file its name, unless something has it by now. */
static int
give_name(struct archive *a)
{
	char folder[PATH];
	int rc = sync_fd(open(a->part, O_RDONLY | O_CLOEXEC));

	if (rc != 0)
		return rc;
	if (renameat2(AT_FDCWD, a->part, AT_FDCWD, a->path, RENAME_NOREPLACE) != 0) {
		if (errno != EINVAL && errno != ENOSYS)
			return -errno;
		if (access(a->path, F_OK) == 0)
			return -EEXIST;
		if (rename(a->part, a->path) != 0)
			return -errno;
	}
	snprintf(folder, sizeof folder, "%s", a->path);
	return sync_fd(open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void
end(struct archive *a)
{
	for (size_t i = 0; i < a->n_streams; i++)
		zip_error_fini(&a->stream[i].error);
	free(a);
}

int
archive_close(struct archive *a, char error[256])
{
	int rc;

	errno = 0;
	if (zip_close(a->zip) != 0) {
		rc = a->read_error != 0 ? a->read_error : errno != 0 ? -errno : UV_EIO;
		fail(error, rc, a->path,
		     a->read_error != 0 ? "the store could not be read" : zip_strerror(a->zip));
		archive_drop(a);
		return rc;
	}
	a->zip = NULL;
	if ((rc = give_name(a)) != 0) {
		fail(error, rc, a->path,
		     rc == -EEXIST ? "it is there already and is left as it is" : strerror(-rc));
		unlink(a->part);
	}
	end(a);
	return rc;
}

void
archive_drop(struct archive *a)
{
	if (a == NULL)
		return;
	if (a->zip != NULL)
		zip_discard(a->zip);
	unlink(a->part);
	end(a);
}
