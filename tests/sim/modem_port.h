/*
 * A modem's serial port, simulated: the far end of a pseudo terminal.
 *
 *     away --appear--> closed --a client opens--> open --it closes--> closed
 *       ^----------------- vanish, from either -----------------/
 *
 * The kernel tells of opening and closing through inotify, so that a client that closes and opens
 * at once is noticed. What is written while nobody has the port open is lost, as on a stick. One
 * that appears again never has the name it had.
 *
 * Ownership: modem_port_fini() after the loop has run out. Thread: the loop's.
 */
#ifndef SIM_MODEM_PORT_H
#define SIM_MODEM_PORT_H

#include "buffer.h"

#include <stdbool.h>
#include <uv.h>

struct modem_port_events {
	void (*bytes)(void *ctx, const uint8_t *octets, size_t n);
	void (*opened)(void *ctx);
	void (*closed)(void *ctx);
};

/* One for all ports: the kernel's notices. */
struct modem_watch {
	uv_loop_t *loop;
	int fd;
	uv_poll_t poll;
	struct modem_port *ports;
};

struct modem_port {
	struct modem_watch *watch;
	const struct modem_port_events *events;
	void *ctx;
	int fd;
	int reserve; /* what it will be when it appears, held so that its name is another */
	int mark;    /* of inotify */
	char path[64];
	unsigned opens;
	bool seen_open;
	bool writing; /* the poll waits for room, too */
	uv_poll_t *poll;
	uv_timer_t pause; /* between pieces */
	struct buffer out;
	size_t sent;
	unsigned piece; /* octets at most in one write, 0: no limit; then a pause of pause_ms */
	unsigned pause_ms;
	struct modem_port *next;
};

/* 0 or a negative errno. */
int modem_watch_open(struct modem_watch *watch, uv_loop_t *loop);
void modem_watch_close(struct modem_watch *watch);

void modem_port_init(struct modem_port *port, struct modem_watch *watch,
		     const struct modem_port_events *events, void *ctx);
int modem_port_appear(struct modem_port *port); /* `path` is its name then */
void modem_port_vanish(struct modem_port *port);

void modem_port_write(struct modem_port *port, const void *octets, size_t n);
void modem_port_flush(struct modem_port *port);

void modem_port_close(struct modem_port *port);
void modem_port_fini(struct modem_port *port);

#endif
