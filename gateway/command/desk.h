/* desk.h - where commands come in while the daemon serves: the socket, and a job for each request
 *
 * A request (gateway/command/command.h) runs as a job of the writer and is answered when it is
 * durable. `ping`, `now` and `status` are answered at once.  A program that began an import and
 * went away leaves nothing behind: what it staged is removed in short steps.
 *
 * Thread: the loop's.  Closing: desk_close() answers what it has taken, then `closed`.
 */
#ifndef GATEWAY_DESK_H
#define GATEWAY_DESK_H

#include "command.h"
#include "gateway/base/clock.h"
#include "gateway/store/writer.h"

struct desk;
typedef void desk_closed(void *ctx);

struct desk_events {
	/* A command is durable; the daemon looks at what it changed. */
	void (*effect)(void *ctx, const char *command, const struct command_effect *effect);
	/* Is all sending held because of the clock? */
	bool (*clock_held)(void *ctx);
	/* How the daemon is: the reply to `status`, a new reference. */
	json_t *(*status)(void *ctx);
	/* What was said on modems' wires: the reply to `modems-said`, a new reference. */
	json_t *(*modems_said)(void *ctx, const char *which);
};

int desk_open(struct desk **out, uv_loop_t *loop, struct writer *writer, const char *home,
	      const struct clock *clock, const struct desk_events *events, void *ctx);
void desk_use(struct desk *k, struct config *config);
void desk_close(struct desk *k, desk_closed *closed);

#endif
