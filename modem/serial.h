/* serial.h - one open tty, read and written on a uv loop
 *
 * A serial port, a USB stick's port or a pty. libserialport opens real ports and tells what is
 * plugged in; it cannot open /dev/pts/N by name, so ptys (also behind a symbolic link) are opened
 * directly, with termios. Both are raw, 8N1, without flow control, and watched with uv_poll.
 *
 *   Ownership   serial_close() once; `closed` is the last callback.
 *   Completion  bytes given to serial_write() are copied and leave in order; nothing tells when.
 *   Callbacks   never from inside a call made here; they may call serial_write and serial_close.
 *   Errors      a port that is gone (EIO, ENXIO, hang-up), or that takes no octet for
 *               SERIAL_STUCK_MS (UV_ETIMEDOUT), is told once by `lost`; nothing is read after it.
 *   Thread      the loop's.
 */
#ifndef MODEM_SERIAL_H
#define MODEM_SERIAL_H

#include <stddef.h>
#include <uv.h>

#define SERIAL_PATH     256
#define SERIAL_STUCK_MS 5000
#define SERIAL_QUEUE    8192 /* octets that may wait to be written */

struct serial;

struct serial_events {
	void (*bytes)(void *ctx, const char *bytes, size_t len);
	void (*lost)(void *ctx, int error); /* UV_E* */
};
typedef void serial_closed(void *ctx);

/* Opens path at baud (0: 115200). UV_EBUSY when another program has it (it is opened exclusively,
 * and locked), UV_ENOENT, UV_EACCES, UV_ENOTTY, or another negative errno. */
int serial_open(struct serial **out, uv_loop_t *loop, const char *path, int baud,
		const struct serial_events *events, void *ctx);

/* 0, or UV_ENOBUFS when more than SERIAL_QUEUE octets would wait. Octets for a port that was lost
 * are taken and dropped. */
int serial_write(struct serial *s, const char *bytes, size_t len);

void serial_close(struct serial *s, serial_closed *closed, void *ctx);

/* What is plugged in. Strings are "" where the system does not say. */
struct serial_port {
	char path[SERIAL_PATH];
	char usb[32];  /* bus and port path, "1-1.4": the same hole whatever the name */
	int interface; /* of the USB device, 0..; -1: not known. Sticks speak AT on one or two */
	int vid, pid;  /* -1: no USB device */
	char maker[64], product[64], serial[64];
};

/* Lists serial ports, USB ones and others, by name. Returns how many, at most cap, or negative. */
int serial_list(struct serial_port *out, size_t cap);

#endif
