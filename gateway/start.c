#include "start.h"

#include "gateway/base/complaint.h"
#include "gateway/base/log.h"
#include "gateway/base/rfc3339.h"
#include "gateway/call/calling.h"
#include "gateway/call/tapes.h"
#include "gateway/person/facts.h"
#include "gateway/pool/air.h"
#include "start_air.h"
#include "store/intake.h"
#include "store/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#define REFUSED 1
#define USAGE   2
#define FAILED  3

static int __attribute__((format(printf, 2, 3))) refuse(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("dunlin: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	return status;
}

/* ---- the pieces ---- */

static int
read_config(struct start *s)
{
	struct complaints complaints = {0};
	int rc = config_load(s->home, &s->config, &complaints);

	config_print_complaints(stderr, &complaints, s->home);
	complaint_clear(&complaints);
	if (rc == 0) {
		(void)config_words(s->config); /* opened now, not at the first reply */
		return 0;
	}
	return refuse(REFUSED,
		      rc == -EINVAL
			  ? "nothing is served until the mistakes above are mended"
			  : "there is no dunlin.yaml to serve: dunlin init DIR writes one");
}

static int
take_lock(struct start *s)
{
	struct lock_holder holder = {0};
	int rc = lock_take(&s->lock, s->home, LOCK_DAEMON, LOCK_WAIT_MS, &holder);

	if (rc == 0)
		return 0;
	if (rc == -EWOULDBLOCK && holder.kind == LOCK_DAEMON)
		return refuse(REFUSED, "a daemon serves this home already (process %ld)",
			      (long)holder.pid);
	if (rc == -EWOULDBLOCK)
		return refuse(FAILED, "another command is writing to this home: try again");
	return refuse(FAILED, "the home cannot be locked: %s", strerror(-rc));
}

static int
parse_time(const struct start *s, const char *option, const char *text, int64_t *out)
{
	struct rfc3339_civil c;

	if (rfc3339_parse_civil(text, &c) != 0)
		return refuse(USAGE, "%s %s: write a local time as YYYY-MM-DD or YYYY-MM-DDTHH:MM",
			      option, text);
	*out = civil_instant(&s->config->lender.zone, civil_day(c.year, c.month, c.day),
			     c.hour * 3600 + c.minute * 60 + c.second);
	return 0;
}

/* Which clock rules the store, and from when. */
static int
settle_clock(struct start *s, const char *at, const char *until, int speed)
{
	char kind[16] = "";
	int64_t start;
	int rc;

	s->until = INT64_MAX;
	if (until != NULL && (rc = parse_time(s, "--until", until, &s->until)) != 0)
		return rc;
	store_meta_text(s->store, META_CLOCK, kind, sizeof kind);
	if (at == NULL) {
		if (speed != 1)
			return refuse(USAGE,
				      "--speed needs --at: only the schedule's clock runs faster");
		if (strcmp(kind, "schedule") == 0)
			return refuse(
			    REFUSED,
			    "this store has lived by the schedule's clock and is never served "
			    "on the true one: serve it with --at, or begin a new home");
		clock_true(&s->clock);
		return 0;
	}
	if ((rc = parse_time(s, "--at", at, &start)) != 0)
		return rc;
	if (s->until < start)
		return refuse(USAGE, "--until %s is before --at %s: the clock runs forward", until,
			      at);
	if (!config_is_loopback(s->config))
		return refuse(REFUSED,
			      "--at sets another clock than the true one: every route must be on "
			      "loopback, a pty or a file");
	if (strcmp(kind, "true") == 0)
		return refuse(REFUSED,
			      "this store has lived by the true clock: try campaigns in a home "
			      "of their own (dunlin init DIR)");
	if (strcmp(kind, "schedule") == 0) {
		int64_t stood = store_meta_int(s->store, META_CLOCK_AT, start);

		start = stood > start ? stood : start;
	}
	clock_schedule(&s->clock, start, speed);
	if (s->until > start)
		s->clock.limit = s->until;
	return 0;
}

void
start_machine(const char *path, char out[33])
{
	unsigned char digest[16];
	char id[64] = "";
	struct stat st = {0};
	uint64_t inode;
	crypto_generichash_state state;
	int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		ssize_t n = read(fd, id, sizeof id - 1);

		id[n > 0 ? n : 0] = '\0';
		close(fd);
	}
	stat(path, &st);
	inode = (uint64_t)st.st_ino;
	crypto_generichash_init(&state, NULL, 0, sizeof digest);
	crypto_generichash_update(&state, (const unsigned char *)id, strlen(id));
	crypto_generichash_update(&state, (const unsigned char *)&inode, sizeof inode);
	crypto_generichash_final(&state, digest, sizeof digest);
	sodium_bin2hex(out, 33, digest, sizeof digest);
}

/* A store that was copied here holds all sending until a person adopts it. */
static int
recognise(struct start *s)
{
	char now[33], then[64];

	start_machine(s->config->store, now);
	if (!store_meta_text(s->store, META_MACHINE, then, sizeof then))
		return store_meta_set_text(s->store, META_MACHINE, now);
	if (strcmp(now, then) == 0 || store_meta_int(s->store, META_RESTORED, 0) != 0)
		return 0;
	return store_meta_set_int(s->store, META_RESTORED, 1);
}

static int
write_start(struct start *s)
{
	int64_t now = clock_now(&s->clock);
	struct event_json data;
	struct event e = {.at = now, .kind = "serving", .actor = "dunlin"};
	int rc, unknown, calls;

	s->store->schedule = s->clock.schedule;
	if (store_meta_int(s->store, META_STARTED, 0) == 0 &&
	    (rc = store_meta_set_int(s->store, META_STARTED, now)) != 0)
		return rc;
	if ((rc = store_meta_set_text(s->store, META_CLOCK,
				      s->clock.schedule ? "schedule" : "true")) != 0 ||
	    (rc = recognise(s)) != 0 ||
	    (rc = start_air_recover(s->store, s->home, now, &s->run)) != 0 ||
	    (unknown = outbox_recover(s->store, now)) < 0)
		return rc != 0 ? rc : unknown;
	if ((calls = calling_recover(s->store, s->config, now)) < 0)
		return calls;
	if (calls > 0)
		log_event(LOG_WARN, "calls_lost_in_crash", log_int("calls", calls),
			  log_str("next", "they are not made again by themselves: dunlin calls"));
	if (unknown > 0)
		log_event(
		    LOG_WARN, "unknown_after_crash", log_int("texts", unknown),
		    log_str("next",
			    "dunlin messages shows them; a receipt or dunlin resolve settles"));
	if (store_meta_int(s->store, META_RESTORED, 0) != 0)
		log_event(LOG_WARN, "sending_held", log_str("reason", "restored"),
			  log_str("next", "dunlin adopt --since TIME takes this store up"));
	event_json_init(&data);
	event_json_text(&data, "clock", s->clock.schedule ? "schedule" : "true");
	event_json_int(&data, "unknown", unknown);
	if (calls > 0)
		event_json_int(&data, "calls", calls);
	event_json_text(&data, "version", DUNLIN_VERSION);
	return event_append(s->store, &e, &data);
}

/* What an import that never finished left behind is invisible; it only takes room. */
static int
clean_intake(struct start *s)
{
	struct intake_walk walk = {0};
	int rc = 0;

	if (!intake_pending(s->store))
		return 0;
	while (rc == 0 && !walk.done) {
		if ((rc = store_begin(s->store)) != 0)
			return rc;
		if ((rc = intake_clean(s->store, &walk, 20000)) == 0)
			rc = store_commit(s->store);
		if (rc != 0)
			store_rollback(s->store);
	}
	return rc;
}

static int
open_store(struct start *s, const char *at, const char *until, int speed)
{
	char error[256];
	int rc = store_open(&s->store, s->config->store, STORE_CREATE, error);
	int status;

	if (rc != 0)
		return refuse(FAILED, "%s: %s", s->config->store, error);
	if ((status = settle_clock(s, at, until, speed)) != 0)
		return status;
	if ((rc = clean_intake(s)) == 0 && (rc = store_begin(s->store)) == 0) {
		if ((rc = write_start(s)) == 0)
			rc = store_commit(s->store);
		if (rc != 0)
			store_rollback(s->store);
		else if (air_begin(s->home, s->run) != 0) /* a crash leaves more in doubt */
			log_plain(LOG_WARN, "air_not_written");
	}
	if (rc == 0)
		tapes_sweep(s->home, s->config->store, 1);
	return rc != 0 ? refuse(FAILED, "%s: %s", s->config->store, store_error(s->store)) : 0;
}

int
start_begin(struct start *s, const char *home, const char *at, const char *until, int speed)
{
	int status;

	*s = (struct start){.lock = {.fd = -1}, .until = INT64_MAX};
	if ((s->home = strdup(home)) == NULL)
		return FAILED;
	if ((status = read_config(s)) != 0 || (status = take_lock(s)) != 0 ||
	    (status = open_store(s, at, until, speed)) != 0) {
		if (s->store != NULL)
			store_close(s->store);
		s->store = NULL;
	}
	return status;
}

void
start_end(struct start *s)
{
	if (s->lock.fd >= 0)
		lock_drop(&s->lock);
	config_unref(s->config);
	free(s->home);
}
