#include "log.h"

#include "phone.h"
#include "rfc3339.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	LINE = 2048, /* bytes of a line, newline included; what is longer is cut */
	VALUE = 512, /* bytes of one value */
	HELD = 64,   /* events watched for repeats at a time; more only means fewer are held back */
	QUIET_MS = 1000,
};

static const char *const level_names[] = {"debug", "info", "warn", "error"};
/* syslog's numbers, as sd-daemon(3) has them before a line */
static const char *const level_marks[] = {"<7>", "<6>", "<4>", "<3>"};

/* A line being put together. One byte is kept for the newline, so a cut line still ends. */
struct line {
	char text[LINE];
	size_t n;
};

/* An event that was written lately: later ones alike are counted until `at` + QUIET_MS. */
struct held {
	uint64_t key; /* 0 = free */
	int64_t at;
	uint64_t count;
	enum log_level level;
	char text[128]; /* event and first field, for the line that tells the count alone */
};

static struct {
	pthread_mutex_t lock;
	int fd;
	enum log_level from;
	int64_t (*now)(void);
	bool opened, journal;
	struct held held[HELD];
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = 2, .from = LOG_INFO};

struct log_field
log_str(const char *key, const char *text)
{
	return (struct log_field){.kind = LOG_KIND_STR, .key = key, .text = text};
}

struct log_field
log_int(const char *key, int64_t number)
{
	return (struct log_field){.kind = LOG_KIND_INT, .key = key, .number = number};
}

struct log_field
log_phone(const char *key, const char *number)
{
	return (struct log_field){.kind = LOG_KIND_PHONE, .key = key, .text = number};
}

static int64_t
system_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* systemd.exec(5): JOURNAL_STREAM is "device:inode" of what it connected; we may have been
 * redirected since. */
static bool
is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat st;
	char mine[64];

	if (stream == NULL || fstat(fd, &st) != 0)
		return false;
	snprintf(mine, sizeof mine, "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	return strcmp(stream, mine) == 0;
}

static void
open_locked(const struct log_options *options)
{
	state.fd = options->fd;
	state.from = options->from;
	state.now = options->now != NULL ? options->now : system_now;
	state.journal = is_journal(options->fd);
	state.opened = true;
	memset(state.held, 0, sizeof state.held);
}

void
log_open(const struct log_options *options)
{
	pthread_mutex_lock(&state.lock);
	open_locked(options);
	pthread_mutex_unlock(&state.lock);
}

static void
put(struct line *l, const char *text, size_t n)
{
	size_t room = sizeof l->text - 1 - l->n;

	if (n > room)
		n = room;
	memcpy(l->text + l->n, text, n);
	l->n += n;
}

static void
put_text(struct line *l, const char *text)
{
	put(l, text, strlen(text));
}

/* The safety net: a value that holds +63917... anywhere loses the middle of it. */
static size_t
masked_run(const char *text, char out[PHONE_MASKED])
{
	char number[PHONE_E164];
	size_t n = 1;

	if (text[0] != '+')
		return 0;
	while (isdigit((unsigned char)text[n]))
		n++;
	if (n < 8 || n >= sizeof number)
		return 0;
	memcpy(number, text, n);
	number[n] = '\0';
	phone_mask(number, out);
	return n;
}

static bool
needs_quotes(const char *text)
{
	if (*text == '\0')
		return true;
	for (; *text != '\0'; text++)
		if ((unsigned char)*text <= ' ' || *text == '"' || *text == '=' || *text == '\\' ||
		    *text == 0x7f)
			return true;
	return false;
}

static void
put_char(struct line *l, char c)
{
	char escaped[8];

	if (c == '"' || c == '\\') {
		put(l, "\\", 1);
		put(l, &c, 1);
	} else if (c == '\n') {
		put_text(l, "\\n");
	} else if ((unsigned char)c < ' ' || c == 0x7f) {
		snprintf(escaped, sizeof escaped, "\\x%02x", (unsigned char)c);
		put_text(l, escaped);
	} else {
		put(l, &c, 1);
	}
}

static void
put_value(struct line *l, const char *text)
{
	char mask[PHONE_MASKED];
	bool quotes = needs_quotes(text);
	size_t end = l->n + VALUE;

	if (quotes)
		put(l, "\"", 1);
	while (*text != '\0' && l->n < end) {
		size_t n = masked_run(text, mask);
		if (n > 0) {
			put_text(l, mask);
			text += n;
		} else {
			put_char(l, *text++);
		}
	}
	if (*text != '\0')
		put_text(l, "...");
	if (quotes)
		put(l, "\"", 1);
}

static void
put_field(struct line *l, const struct log_field *f)
{
	char buffer[PHONE_MASKED > 24 ? PHONE_MASKED : 24];

	put(l, " ", 1);
	put_text(l, f->key);
	put(l, "=", 1);
	switch (f->kind) {
	case LOG_KIND_INT:
		snprintf(buffer, sizeof buffer, "%lld", (long long)f->number);
		put_text(l, buffer);
		break;
	case LOG_KIND_PHONE:
		put_value(l, f->text == NULL ? "-" : phone_mask(f->text, buffer));
		break;
	case LOG_KIND_STR: put_value(l, f->text == NULL ? "-" : f->text); break;
	case LOG_KIND_END: break;
	}
}

static void
begin(struct line *l, enum log_level level, int64_t now)
{
	char time[RFC3339_SIZE];

	l->n = 0;
	if (state.journal) {
		put_text(l, level_marks[level]);
		return;
	}
	put_text(l, rfc3339_format_ms(now, 0, time));
	put(l, " ", 1);
	put_text(l, level_names[level]);
	put(l, " ", 1);
}

/* One write a line keeps lines whole between threads and processes. What cannot be written is lost:
 * there is nobody to tell. */
static void
end_line(struct line *l)
{
	l->text[l->n++] = '\n';
	while (write(state.fd, l->text, l->n) < 0 && errno == EINTR)
		continue;
}

static uint64_t
key_of(const struct line *l)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < l->n; i++)
		h = (h ^ (unsigned char)l->text[i]) * 1099511628211u;
	return h == 0 ? 1 : h;
}

static void
put_count(struct line *l, uint64_t count)
{
	char text[40];

	snprintf(text, sizeof text, " repeated=%llu", (unsigned long long)count);
	put_text(l, text);
}

/* Frees a slot, telling first what it still held back. */
static void
release(struct held *h, int64_t now)
{
	struct line l;

	if (h->count > 0) {
		begin(&l, h->level, now);
		put_text(&l, h->text);
		put_count(&l, h->count);
		end_line(&l);
	}
	h->key = 0;
	h->count = 0;
}

/* A clock that was set back must not hold lines for the difference. */
static bool
is_over(const struct held *h, int64_t now)
{
	return now - h->at >= QUIET_MS || now < h->at;
}

/* The slot of this event, others that are over being released on the way; NULL when all are taken.
 */
static struct held *
find_held(uint64_t key, int64_t now)
{
	struct held *found = NULL;
	struct held *free_slot = NULL;

	for (size_t i = 0; i < HELD; i++) {
		struct held *h = &state.held[i];
		if (h->key == key) {
			found = h;
			continue;
		}
		if (h->key != 0 && is_over(h, now))
			release(h, now);
		if (h->key == 0 && free_slot == NULL)
			free_slot = h;
	}
	return found != NULL ? found : free_slot;
}

/* Decides whether a line goes; *repeated is how many went missing before it. */
static bool
admit(const struct line *subject, enum log_level level, int64_t now, uint64_t *repeated)
{
	uint64_t key = key_of(subject);
	struct held *h = find_held(key, now);

	*repeated = 0;
	if (h == NULL)
		return true;
	if (h->key == key && !is_over(h, now)) {
		h->count++;
		return false;
	}
	if (h->key == key)
		*repeated = h->count;
	h->key = key;
	h->at = now;
	h->count = 0;
	h->level = level;
	size_t n = subject->n < sizeof h->text - 1 ? subject->n : sizeof h->text - 1;
	memcpy(h->text, subject->text, n);
	h->text[n] = '\0';
	return true;
}

static void
write_locked(enum log_level level, const char *event, const struct log_field *fields)
{
	struct line l, subject = {.n = 0};
	uint64_t repeated;
	int64_t now = state.now();

	put_text(&subject, event);
	if (fields->kind != LOG_KIND_END)
		put_field(&subject, fields);
	if (!admit(&subject, level, now, &repeated))
		return;
	begin(&l, level, now);
	put(&l, subject.text, subject.n);
	if (fields->kind != LOG_KIND_END)
		for (fields++; fields->kind != LOG_KIND_END; fields++)
			put_field(&l, fields);
	if (repeated > 0)
		put_count(&l, repeated);
	end_line(&l);
}

void
log_write(enum log_level level, const char *event, const struct log_field *fields)
{
	pthread_mutex_lock(&state.lock);
	if (!state.opened)
		open_locked(&(struct log_options){.fd = 2, .from = LOG_INFO});
	if (level >= state.from)
		write_locked(level, event, fields);
	pthread_mutex_unlock(&state.lock);
}

void
log_plain(enum log_level level, const char *event)
{
	log_write(level, event, &(const struct log_field){0});
}

void
log_flush(void)
{
	pthread_mutex_lock(&state.lock);
	for (size_t i = 0; i < HELD; i++)
		if (state.held[i].key != 0)
			release(&state.held[i], state.now());
	pthread_mutex_unlock(&state.lock);
}
