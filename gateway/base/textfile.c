#include "textfile.h"

#include "arena.h"
#include "complaint.h"
#include "utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MISTAKES_MAX 20 /* a file in another encoding is one mistake, not ten thousand */

static bool
is_text(int32_t code)
{
	if (code == '\t' || code == '\n' || code == '\r')
		return true;
	return code >= 0x20 && (code < 0x7f || code > 0x9f) && code != 0x2028 && code != 0x2029 &&
	       code != 0xfeff && code != 0xfffe && code != 0xffff;
}

int
textfile_check(const char *text, size_t len, const char *file, struct complaints *complaints)
{
	const char *p = text, *end = text + len;
	int line = 1, col = 1, mistakes = 0;

	while (p < end && mistakes < MISTAKES_MAX) {
		size_t n;
		int32_t code = utf8_next(p, (size_t)(end - p), &n);

		if (code < 0) {
			complaint_add(complaints, file, line, col,
				      "not UTF-8: save the file as UTF-8");
			mistakes++;
		} else if (!is_text(code)) {
			complaint_add(complaints, file, line, col,
				      "invisible character U+%04X: delete it", (unsigned)code);
			mistakes++;
		}
		col++;
		/* LF, CRLF and a lone CR end a line, as libyaml counts them. */
		if (code == '\n' || (code == '\r' && (p + 1 == end || p[1] != '\n'))) {
			line++;
			col = 1;
		}
		p += n;
	}
	return mistakes > 0 ? -EINVAL : 0;
}

static int
read_all(int fd, char *buf, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, buf + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (int)have;
}

static int
read_open(struct arena *arena, int fd, const char *file, size_t max, struct textfile *out,
	  struct complaints *complaints)
{
	struct stat st;
	char *buf;
	int n;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode)) {
		complaint_add(complaints, file, 0, 0, "not a plain file");
		return -EINVAL;
	}
	if (st.st_size > (off_t)max) {
		complaint_add(complaints, file, 0, 0,
			      "longer than %zu KiB, which no such file needs", max / 1024);
		return -EINVAL;
	}
	buf = arena_alloc(arena, (size_t)st.st_size + 1);
	n = read_all(fd, buf, (size_t)st.st_size);
	if (n < 0)
		return n;
	out->text = buf;
	out->len = (size_t)n;
	out->open_to_others = (st.st_mode & (S_IRGRP | S_IROTH)) != 0;
	if (out->len >= 3 && memcmp(buf, "\xef\xbb\xbf", 3) == 0) {
		out->text += 3;
		out->len -= 3;
	}
	return textfile_check(out->text, out->len, file, complaints);
}

int
textfile_read(struct arena *arena, const char *path, const char *file, size_t max,
	      struct textfile *out, struct complaints *complaints)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc = fd < 0 ? -errno : read_open(arena, fd, file, max, out, complaints);

	if (fd >= 0)
		close(fd);
	if (rc < 0 && rc != -EINVAL && rc != -ENOENT)
		complaint_add(complaints, file, 0, 0, "cannot be read: %s", strerror(-rc));
	return rc;
}

/* ---- folders ---- */

static int
is_kept(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && entry->d_name[strlen(entry->d_name) - 1] != '~';
}

int
textfile_list(struct arena *arena, const char *path, const char *file, const char *const **names,
	      struct complaints *complaints)
{
	struct dirent **entries = NULL;
	int n = scandir(path, &entries, is_kept, alphasort), rc = n < 0 ? -errno : n;
	const char **list;

	if (rc < 0) {
		if (rc != -ENOENT && complaints != NULL)
			complaint_add(complaints, file, 0, 0, "cannot be read: %s", strerror(-rc));
		return rc;
	}
	list = arena_array(arena, (size_t)n, sizeof *list);
	for (int i = 0; i < n; i++) {
		list[i] = arena_text(arena, entries[i]->d_name, strlen(entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	*names = list;
	return n;
}

size_t
textfile_stem(const char *name, const char *ending)
{
	size_t len = strlen(name), end = strlen(ending);

	return len > end && strcmp(name + len - end, ending) == 0 ? len - end : 0;
}
