/* control.h - the daemon's socket: HOME/dunlin.sock, one JSON object a line each way
 *
 *      a line --> request() ... control_answer() --> a line     one at a time on each connection
 *
 * Requests of one connection are answered in their order: the next is read when the answer to the
 * one before is written.  A line is at most CONTROL_LINE_MAX octets; what is no JSON object is
 * answered with status 2, a longer line too, and then the connection ends.
 *
 *   Peers       only processes of our own user (SO_PEERCRED), the file has mode 0600.  A peer that
 *               does not read holds up nobody but itself.  Past CONTROL_PEERS connections the one
 *               that was idle longest gives way.
 *   Ownership   a request is lent to request() and lives until control_answer(), which must come
 *               exactly once for each, also after control_close(); it may come from inside
 *               request().  Where the peer is gone by then the answer is dropped.
 *   Completion  gone() once for every connection that had a request, never after `closed`.
 *   Errors      negative UV_E*: UV_EADDRINUSE another program answers there, UV_EEXIST something
 *               else than a socket lies there.
 *
 * Loop thread, but control_connect().  The program ignores SIGPIPE.
 */
#ifndef GATEWAY_CONTROL_H
#define GATEWAY_CONTROL_H

#include <jansson.h>
#include <stdint.h>
#include <uv.h>

#define CONTROL_FILE     "dunlin.sock"
#define CONTROL_LINE_MAX (4 << 20)
#define CONTROL_PEERS    64

struct control;
struct control_request;

struct control_events {
	/* `body` is a JSON object, lent until the answer. */
	void (*request)(void *ctx, struct control_request *request, const json_t *body);
	void (*gone)(void *ctx, uint64_t connection);
};
typedef void control_closed(void *ctx);

/* Listens in the home folder; a socket that a dead daemon left is replaced.  The caller holds the
 * home's lock.  `events` is copied. */
int control_open(struct control **out, uv_loop_t *loop, const char *home,
		 const struct control_events *events, void *ctx);
/* Ends all connections, removes the socket, then calls `closed`. */
void control_close(struct control *c, control_closed *closed, void *ctx);

/* Answers and ends a request; takes the reference to `reply` over (NULL: memory was short). */
void control_answer(struct control_request *request, json_t *reply);
/* The connection a request came by: never 0, never used twice. */
uint64_t control_connection(const struct control_request *request);

/* For programs that ask: a blocking socket to the daemon of a home, or a negative errno (-ENOENT,
 * -ECONNREFUSED: none serves). */
int control_connect(const char *home);

#endif
