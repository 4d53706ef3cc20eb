/* serial.h - one open tty, read and written on a uv loop
 *
 * A serial port, a USB stick's port or a pty.  libserialport opens real ports and tells what is
 * plugged in; it cannot open /dev/pts/N by name, so ptys are opened directly, with termios.  Both
 * are raw, 8N1, without flow control unless the device asks for it, and watched with uv_poll.
 *
 *   Ownership   serial_close() once; `closed` is the last callback, and frees.
 *   Completion  bytes given to serial_write() are copied and leave in order; nothing tells when.
 *   Errors      a port that is gone (EIO, ENXIO, hang-up) or stuck for SERIAL_STUCK_MS is told
 * once, by `lost`; close it then. Thread      the loop's.
 */
#ifndef MODEM_SERIAL_H
#define MODEM_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#define SERIAL_PATH     128
#define SERIAL_STUCK_MS 5000 /* bytes the device does not take */
#define SERIAL_QUEUE    8192 /* bytes that may wait to be written */

struct serial;

struct serial_events {
	void (*bytes)(void *ctx, const char *bytes, size_t len);
	void (*lost)(void *ctx, int error); /* UV_E* */
};

/* Opens `path` at `baud` (0: 115200).  0; UV_EBUSY when another program has it (it is opened
 * exclusively), UV_ENOENT, UV_EACCES, UV_ENOTTY, or another negative errno. */
int serial_open(struct serial **out, uv_loop_t *loop, const char *path, int baud,
		const struct serial_events *events, void *ctx);

/* 0, or UV_ENOBUFS when more than SERIAL_QUEUE bytes would wait. */
int serial_write(struct serial *s, const char *bytes, size_t len);

void serial_close(struct serial *s, void (*closed)(void *ctx), void *ctx);

/* What is plugged in.  Strings are "" where the system does not say. */
struct serial_port {
	char path[SERIAL_PATH];
	char usb[32]; /* bus and port path, "1-1.4": the same hole whatever the name */
	int vid, pid; /* -1: no USB device */
	char maker[64], product[64], serial[64];
};

/* Lists serial ports, USB ones and others, by path.  Returns how many, at most cap, or negative. */
int serial_list(struct serial_port *out, size_t cap);

#endif
