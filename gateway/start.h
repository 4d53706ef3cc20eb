/* start.h - everything a daemon must know before it serves, and everything it may refuse for
 *
 * Reads the configuration, takes the home's lock, opens the store, settles which clock rules it,
 * recognises a copy, and calls what was on its way `unknown`.  Errors are printed with what to do.
 */
#ifndef GATEWAY_START_H
#define GATEWAY_START_H

#include "gateway/base/clock.h"
#include "gateway/base/lock.h"
#include "gateway/config/config.h"
#include "store/store.h"

struct start {
	char *home;
	struct config *config;
	struct lock lock;
	struct store *store; /* the writer takes it over */
	struct clock clock;
	int64_t until; /* INT64_MAX: none */
	int64_t run;   /* of the daemon, as dunlin.air has it */
	/* for the daemon's jobs, beside the loop */
	int64_t stamp_now;
};

/* 0, or an exit status with the words printed. */
int start_begin(struct start *s, const char *home, const char *at, const char *until, int speed);
/* Drops the lock and frees what is left. */
void start_end(struct start *s);

/* A digest of machine and file: a copy of the store elsewhere has another.  Used by `adopt` too. */
void start_machine(const char *path, char out[33]);

#endif
