#include "textfile.h"

#include "arena.h"
#include "complaint.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MISTAKES_MAX 20 /* a file in another encoding is one mistake, not ten thousand */

size_t
textfile_char(const char *p, const char *end, unsigned *code)
{
	static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)*p;
	size_t n = first < 0x80             ? 1
		   : (first & 0xe0) == 0xc0 ? 2
		   : (first & 0xf0) == 0xe0 ? 3
		   : (first & 0xf8) == 0xf0 ? 4
					    : 0;

	if (n == 0 || (size_t)(end - p) < n)
		return 0;
	*code = n == 1 ? first : first & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | ((unsigned char)p[i] & 0x3fU);
	}
	/* Overlong forms, halves of surrogate pairs and beyond Unicode are no UTF-8. */
	if (*code < least[n] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return n;
}

static bool
is_text(unsigned code)
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
		unsigned code = 0;
		size_t n = textfile_char(p, end, &code);

		if (n == 0) {
			complaint_add(complaints, file, line, col,
				      "not UTF-8: save the file as UTF-8");
			mistakes++;
		} else if (!is_text(code)) {
			complaint_add(complaints, file, line, col,
				      "invisible character U+%04X: delete it", code);
			mistakes++;
		}
		col++;
		/* LF, CRLF and a lone CR end a line, as libyaml counts them. */
		if (code == '\n' || (code == '\r' && (p + 1 == end || p[1] != '\n'))) {
			line++;
			col = 1;
		}
		p += n == 0 ? 1 : n;
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
