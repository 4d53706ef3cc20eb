#include "recorder.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#define LINE     700
#define PDU_LEN  24 /* hex digits in a row that are a PDU */
#define PDU_HEAD 8  /* of them stay: what kind it is, and no number yet */
#define NUMBER   6  /* digits in a row that may be a number */
#define TAIL     2  /* of them stay, to tell two apart */
#define MS_A_DAY 86400000LL

struct recorder {
	size_t start, len; /* of `ring`; it begins with a line */
	char ring[RECORDER_SIZE];
};

struct recorder *
recorder_new(void)
{
	return calloc(1, sizeof(struct recorder));
}

void
recorder_free(struct recorder *r)
{
	free(r);
}

/* ---- masking ---- */

static size_t
run(const char *p, bool hex)
{
	size_t n = 0;

	while (hex ? isxdigit((unsigned char)p[n]) : isdigit((unsigned char)p[n]))
		n++;
	return n;
}

void
recorder_mask(const char *line, char *out, size_t cap)
{
	size_t at = 0;

	while (*line != '\0' && at + 1 < cap) {
		size_t hex = run(line, true), digits = run(line, false), n = 1;
		size_t head = 1, tail = 0;

		if (hex >= PDU_LEN) {
			n = hex;
			head = PDU_HEAD;
		} else if (digits > 0) {
			n = digits;
			head = digits >= NUMBER ? 0 : digits;
			tail = digits >= NUMBER ? TAIL : 0;
		}
		for (size_t i = 0; i < n && at + 1 < cap; i++, line++)
			out[at++] =
			    i < head || i >= n - tail
				? (isprint((unsigned char)*line) || (*line & 0x80) ? *line : '?')
				: '*';
	}
	out[at] = '\0';
}

/* ---- the ring ---- */

static void
put(struct recorder *r, const char *text, size_t n)
{
	while (r->len + n > RECORDER_SIZE) { /* the oldest line goes */
		char c;

		do {
			c = r->ring[r->start];
			r->start = (r->start + 1) % RECORDER_SIZE;
			r->len--;
		} while (c != '\n' && r->len > 0);
	}
	for (size_t i = 0; i < n; i++)
		r->ring[(r->start + r->len++) % RECORDER_SIZE] = text[i];
}

void
recorder_add(struct recorder *r, int64_t true_now, char direction, const char *line)
{
	char masked[LINE], text[LINE + 32];
	int64_t ms = true_now % MS_A_DAY;
	int n;

	recorder_mask(line, masked, sizeof masked);
	n = snprintf(text, sizeof text, "%02d:%02d:%02d.%03d %c %s\n", (int)(ms / 3600000),
		     (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000), direction,
		     masked);
	put(r, text, (size_t)n);
}

char *
recorder_text(const struct recorder *r)
{
	char *text = malloc(r->len + 1);

	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < r->len; i++)
		text[i] = r->ring[(r->start + i) % RECORDER_SIZE];
	text[r->len] = '\0';
	return text;
}

static int
write_all(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t took = write(fd, text, n);

		if (took < 0 && errno != EINTR)
			return -errno;
		if (took > 0) {
			text += took;
			n -= (size_t)took;
		}
	}
	return 0;
}

int
recorder_save(const struct recorder *r, const char *home, const char *name)
{
	char path[1024], part[1040];
	char *text;
	int fd, rc;

	snprintf(path, sizeof path, "%s/modems", home);
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof path, "%s/modems/%s.log", home, name);
	snprintf(part, sizeof part, "%s.part", path);
	if ((text = recorder_text(r)) == NULL)
		return UV_ENOMEM;
	if ((fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0) {
		free(text);
		return -errno;
	}
	rc = write_all(fd, text, r->len);
	close(fd);
	free(text);
	if (rc == 0 && rename(part, path) != 0)
		rc = -errno;
	return rc;
}
