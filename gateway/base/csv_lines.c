#include "csv_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024, BUFFER = CSV_ROW_MAX + READ_SIZE };

int
csv_lines_init(struct csv_lines *l, int fd)
{
	*l = (struct csv_lines){.fd = fd, .eol = '\n', .row_line = 1, .line = 1};
	l->buffer = malloc(BUFFER);
	if (l->buffer == NULL)
		return -ENOMEM;
	off_t at = lseek(fd, 0, SEEK_CUR);
	l->base = at > 0 ? at : 0;
	return 0;
}

void
csv_lines_fini(struct csv_lines *l)
{
	free(l->buffer);
	l->buffer = NULL;
}

void
csv_lines_begin_row(struct csv_lines *l)
{
	l->row = l->pos;
	l->row_line = l->line;
}

bool
csv_lines_fill(struct csv_lines *l)
{
	ssize_t n;

	if (l->eof || l->end - l->row > CSV_ROW_MAX)
		return false;
	if (BUFFER - l->end < READ_SIZE) {
		memmove(l->buffer, l->buffer + l->row, l->end - l->row);
		l->base += (int64_t)l->row;
		l->pos -= l->row;
		l->end -= l->row;
		l->row = 0;
	}
	do
		n = read(l->fd, l->buffer + l->end, READ_SIZE);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		l->eof = true;
		l->error = n < 0 ? errno : 0;
		return false;
	}
	l->end += (size_t)n;
	return true;
}

bool
csv_lines_find(struct csv_lines *l, size_t *end)
{
	size_t searched = 0;

	for (;;) {
		const char *from = l->buffer + l->pos + searched;
		const char *eol = memchr(from, l->eol, l->end - l->pos - searched);
		if (eol != NULL) {
			*end = (size_t)(eol - l->buffer) + 1;
			break;
		}
		searched = l->end - l->pos;
		if (!csv_lines_fill(l)) {
			*end = l->end;
			if (!l->eof)
				return false;
			break;
		}
	}
	return *end - l->row <= CSV_ROW_MAX;
}

bool
csv_lines_is_whole(const struct csv_lines *l, size_t end)
{
	return end > l->pos && l->buffer[end - 1] == l->eol;
}

void
csv_lines_skip_first(struct csv_lines *l)
{
	size_t end;

	l->pos = l->row;
	l->line = l->row_line + 1;
	/* A line beyond all measure is read over, and only its end looked for. */
	while (!csv_lines_find(l, &end) && !l->eof && !csv_lines_is_whole(l, end))
		l->row = l->pos = l->end;
	l->pos = end;
}
