/* air.h - which texts are with a modem right now, known even after the daemon was killed
 *
 * A text is decided and durable some time before it leaves, so of those found `sending` after a
 * crash most never left. This small mapped file, written before each Ctrl-Z and after each answer,
 * tells which: it costs no disk, since what is in the page cache outlives the process. It does not
 * outlive the machine's own fall, so it counts only within the same boot, and only for the run of
 * the daemon that the store names; otherwise every text in doubt stays in doubt.
 *
 * Ownership: air_open/_close. Thread: the loop's; several may be open in one process.
 */
#ifndef GATEWAY_AIR_H
#define GATEWAY_AIR_H

#include <stdbool.h>
#include <stdint.h>

struct air;

/* A new, empty file in a home, for a run of the daemon. 0 or negative errno. */
int air_begin(const char *home, int64_t run);

/* NULL: there is none; then nothing is noted, and a crash leaves more in doubt. */
struct air *air_open(const char *home);
void air_close(struct air *air); /* NULL is fine, here and below */

/* A part of that text leaves by that SIM from now on. */
void air_out(struct air *air, int64_t sim, int64_t message);
/* Its answer came: accepted under a reference; or, accepted false, nobody knows. */
void air_done(struct air *air, int64_t sim, int64_t message, int part, int reference,
	      bool accepted);
/* Its answer came, and the network did not take it. */
void air_refused(struct air *air, int64_t sim, int64_t message);

enum air_fate {
	AIR_DOUBT,    /* it may have left */
	AIR_UNSENT,   /* it did not */
	AIR_ACCEPTED, /* *part of it was, under *reference */
};
/* What became of a text that was `sending` in that run. */
enum air_fate air_fate(const struct air *air, int64_t run, int64_t sim, int64_t message, int *part,
		       int *reference);

#endif
