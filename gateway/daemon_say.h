/* daemon_say.h - what the daemon's parts have in common to say in its log
 *
 * In the form of their events: `ctx` is not looked at.
 */
#ifndef GATEWAY_DAEMON_SAY_H
#define GATEWAY_DAEMON_SAY_H

#include "schedule/reason.h"

/* What holds all sending; NONE: nothing any more. */
void daemon_say_held(void *ctx, enum reason reason);
/* The store failed a job, by UV_E*. */
void daemon_say_failed(void *ctx, int status);

#endif
