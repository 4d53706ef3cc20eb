/* dial.h - from a host and a port to a connected socket: resolves, then tries the addresses one by
 * one
 *
 *   Ownership   the caller lends the uv_tcp_t; it is an open handle of the caller's after done(0),
 *               and none at all after any other answer.
 *
 *   Completion  done once, never from inside dial_begin() or dial_cancel(); UV_ECANCELED after the
 *               latter.
 *
 *   Thread      the loop's.
 */
#ifndef DUNLIN_SMPP_DIAL_H
#define DUNLIN_SMPP_DIAL_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

typedef void dial_done(void *ctx, int status);

/* Caller's storage; nobody else's business until done. */
struct dial {
	uv_loop_t *loop;
	uv_tcp_t *tcp;
	uv_getaddrinfo_t resolving;
	uv_connect_t connecting;
	struct addrinfo *addresses, *next;
	unsigned left; /* addresses still to be tried */
	unsigned turn;
	int error; /* of the last address tried */
	bool tcp_open, cancelled;
	dial_done *done;
	void *ctx;
};

/* turn: which of the addresses to begin with, modulo their number, so that a dead one which answers
 * nothing is not in the way for ever. 0 or what libuv said; then done is not called. */
int dial_begin(struct dial *dial, uv_loop_t *loop, uv_tcp_t *tcp, const char *host, uint16_t port,
	       unsigned turn, dial_done *done, void *ctx);
void dial_cancel(struct dial *dial);

/* What to tell people of a status. */
const char *dial_words(int status);

#endif
