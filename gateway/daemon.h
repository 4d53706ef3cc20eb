/* daemon.h - the process that serves a home: it owns the loop, the writer, the routes, the socket
 *
 *      start: configuration, lock, store, clock; what was `sending` becomes unknown
 *      serve: planner, dispatch, inbox and control socket around one writer thread
 *      stop:  SIGTERM, SIGINT or --until: nothing more is taken from the queue, what is on the wire
 *             gets ten seconds, links unbind, results become durable, exit
 *
 * SIGHUP reads again what people wrote; with mistakes the old stays in force and the log says so.
 */
#ifndef GATEWAY_DAEMON_H
#define GATEWAY_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

struct daemon_options {
	const char *home;
	const char *at,
	    *until; /* local times of the lender, NULL: none; `at` sets the schedule's clock */
	int speed;  /* 1..100,000 */
};

/* Serves until told to stop: an exit status of the contract; errors are printed. */
int daemon_serve(const struct daemon_options *options);

#endif
