#include "calendar.h"

#include "tzif.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FIRST_YEAR = 1970,
	LAST_YEAR = 2100,
	FILE_MAX = 256 * 1024, /* of a zone file; real ones are under 4 KiB */
	LIST_MAX = 1024 * 1024,
	NAMES_MAX = 2000,
	NAME_MAX_BYTES = 64,
};

/* A zone once read stays for good: a lender has a few, and pointers to them are held everywhere. */
struct node {
	struct node *next;
	struct calendar_zone zone;
	char name[];
};

struct calendar {
	char folder[PATH_MAX];
	struct node *nodes;
	char *names; /* the text of tzdata.zi, cut up, for calendar_nearest() */
	const char **known;
};

struct calendar *
calendar_new(const char *folder)
{
	struct calendar *cal = calloc(1, sizeof *cal);

	if (cal == NULL)
		return NULL;
	int n = snprintf(cal->folder, sizeof cal->folder, "%s",
			 folder != NULL ? folder : "/usr/share/zoneinfo");
	if (n < 0 || (size_t)n >= sizeof cal->folder) {
		free(cal);
		return NULL;
	}
	return cal;
}

void
calendar_free(struct calendar *cal)
{
	if (cal == NULL)
		return;
	while (cal->nodes != NULL) {
		struct node *node = cal->nodes;
		cal->nodes = node->next;
		free(node->zone.at);
		free(node->zone.offset);
		free(node);
	}
	free(cal->names);
	free(cal->known);
	free(cal);
}

/*
 * Letters, digits and _+-/ in parts that begin with a letter: no way out of the folder, and not its
 * copies that count leap seconds.
 */
static bool
is_zone_name(const char *name)
{
	size_t n = strlen(name);
	bool begins = true;

	if (n == 0 || n >= NAME_MAX_BYTES || strncmp(name, "right/", 6) == 0 ||
	    strncmp(name, "posix/", 6) == 0)
		return false;
	for (; *name != '\0'; name++) {
		unsigned char c = (unsigned char)*name;
		if (begins ? !isalpha(c) : !isalnum(c) && strchr("_+-/", c) == NULL)
			return false;
		begins = c == '/';
	}
	return !begins;
}

/* Reads a whole regular file of at most `max` bytes, a NUL behind it; the caller frees *data. */
static int
read_file(const char *folder, const char *name, size_t max, char **data, size_t *len)
{
	char path[PATH_MAX + NAME_MAX_BYTES + 2];
	struct stat st;
	char *buffer = NULL;
	size_t have = 0;
	int r = 0;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		r = -ENOENT;
		goto close;
	}
	if (st.st_size < 0 || (size_t)st.st_size > max) {
		r = -EINVAL;
		goto close;
	}
	buffer = malloc((size_t)st.st_size + 1);
	if (buffer == NULL) {
		r = -ENOMEM;
		goto close;
	}
	while (have < (size_t)st.st_size) {
		ssize_t n = read(fd, buffer + have, (size_t)st.st_size - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			r = -errno;
			free(buffer);
			goto close;
		}
		if (n == 0)
			break;
		have += (size_t)n;
	}
	buffer[have] = '\0';
	*data = buffer;
	*len = have;
close:
	close(fd);
	return r;
}

static int
load(struct calendar *cal, const char *name, const struct calendar_zone **out)
{
	struct tzif t;
	char *data;
	size_t len;

	int r = read_file(cal->folder, name, FILE_MAX, &data, &len);
	if (r != 0)
		return r == -ENOTDIR || r == -EISDIR ? -ENOENT : r;
	r = tzif_parse(data, len, FIRST_YEAR, LAST_YEAR, &t);
	free(data);
	if (r != 0)
		return r;
	size_t size = strlen(name) + 1;
	struct node *node = malloc(sizeof *node + size);
	if (node == NULL) {
		tzif_free(&t);
		return -ENOMEM;
	}
	memcpy(node->name, name, size);
	node->zone = (struct calendar_zone){node->name, t.at, t.offset, t.n, t.first_offset};
	node->next = cal->nodes;
	cal->nodes = node;
	*out = &node->zone;
	return 0;
}

int
calendar_zone(struct calendar *cal, const char *name, const struct calendar_zone **out)
{
	for (const struct node *node = cal->nodes; node != NULL; node = node->next) {
		if (strcmp(node->name, name) == 0) {
			*out = &node->zone;
			return 0;
		}
	}
	return is_zone_name(name) ? load(cal, name, out) : -ENOENT;
}

/* The word after `skip` spaces of a line, cut off in place; NULL when the line is shorter. */
static char *
nth_word(char *line, int skip)
{
	for (; skip > 0; skip--) {
		line = strchr(line, ' ');
		if (line == NULL)
			return NULL;
		line++;
	}
	line[strcspn(line, " ")] = '\0';
	return line;
}

/* tzdata.zi has a line "Z NAME ..." for each zone and "L TARGET NAME" for each alias. */
static void
load_names(struct calendar *cal)
{
	size_t len, n = 0;

	if (cal->known != NULL)
		return;
	if (read_file(cal->folder, "tzdata.zi", LIST_MAX, &cal->names, &len) != 0)
		return;
	cal->known = calloc(NAMES_MAX + 1, sizeof *cal->known);
	if (cal->known == NULL) {
		free(cal->names);
		cal->names = NULL;
		return;
	}
	char *rest = cal->names;
	while (rest != NULL && n < NAMES_MAX) {
		char *line = strsep(&rest, "\n");
		char *name = NULL;
		if (strncmp(line, "Z ", 2) == 0)
			name = nth_word(line, 1);
		else if (strncmp(line, "L ", 2) == 0)
			name = nth_word(line, 2);
		if (name != NULL)
			cal->known[n++] = name;
	}
}

/* "Manila" for "Asia/Manila": the place alone is the mistake people make most. */
static const char *
by_place(const char *const *known, const char *name)
{
	for (; *known != NULL; known++) {
		const char *slash = strrchr(*known, '/');
		if (slash != NULL && strcasecmp(slash + 1, name) == 0)
			return *known;
	}
	return NULL;
}

const char *
calendar_nearest(struct calendar *cal, const char *name)
{
	char plain[NAME_MAX_BYTES];

	load_names(cal);
	if (cal->known == NULL || strlen(name) >= sizeof plain)
		return NULL;
	size_t n = 0;
	for (; name[n] != '\0'; n++)
		plain[n] = name[n] == ' ' ? '_' : name[n];
	plain[n] = '\0';
	const char *best = complaint_nearest(plain, cal->known);
	return best != NULL ? best : by_place(cal->known, plain);
}
