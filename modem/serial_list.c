#include "serial.h"

#include <errno.h>
#include <libserialport.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void
copy_text(char *out, size_t cap, const char *text)
{
	size_t n = 0;

	for (; text != NULL && text[n] != '\0' && n + 1 < cap; n++)
		out[n] = text[n];
	out[n] = '\0';
}

/* The last but n-th name of a path: [at, end). */
static const char *
name_before(const char *path, const char **end)
{
	const char *at = *end;

	while (at > path && at[-1] != '/')
		at--;
	return at;
}

/* sysfs has the port under its USB interface, "…/1-1.4/1-1.4:1.2/ttyUSB2/tty/ttyUSB2": the name
 * with a colon is the interface, and what stands before the colon is the hole it is plugged in. */
static void
find_usb(struct serial_port *port)
{
	const char *name = strrchr(port->path, '/');
	char link[SERIAL_PATH + 32] = "/sys/class/tty/";
	char *real;

	port->interface = -1;
	if (name == NULL || strlen(name) > SERIAL_PATH)
		return;
	strncat(link, name + 1, sizeof link - strlen(link) - 1);
	real = realpath(link, NULL);
	if (real == NULL)
		return;
	for (const char *end = real + strlen(real); end > real;) {
		const char *at = name_before(real, &end);
		const char *colon = memchr(at, ':', (size_t)(end - at));
		const char *dot = colon != NULL ? memchr(colon, '.', (size_t)(end - colon)) : NULL;

		if (dot != NULL && at[0] >= '0' && at[0] <= '9' &&
		    memchr(at, '-', (size_t)(colon - at)) != NULL) {
			size_t n = (size_t)(colon - at);

			if (n < sizeof port->usb) {
				memcpy(port->usb, at, n);
				port->usb[n] = '\0';
			}
			port->interface = (int)strtol(dot + 1, NULL, 10);
			break;
		}
		end = at > real ? at - 1 : real;
	}
	free(real);
}

static void
describe(struct serial_port *out, const struct sp_port *port)
{
	memset(out, 0, sizeof *out);
	copy_text(out->path, sizeof out->path, sp_get_port_name(port));
	if (sp_get_port_usb_vid_pid(port, &out->vid, &out->pid) != SP_OK)
		out->vid = out->pid = -1;
	copy_text(out->maker, sizeof out->maker, sp_get_port_usb_manufacturer(port));
	copy_text(out->product, sizeof out->product, sp_get_port_usb_product(port));
	copy_text(out->serial, sizeof out->serial, sp_get_port_usb_serial(port));
	find_usb(out);
}

/* "ttyUSB10" stands behind "ttyUSB9". */
static int
by_name(const void *a, const void *b)
{
	return strverscmp(((const struct serial_port *)a)->path,
			  ((const struct serial_port *)b)->path);
}

int
serial_list(struct serial_port *out, size_t cap)
{
	struct sp_port **ports;
	int n = 0;

	if (cap > INT_MAX)
		cap = INT_MAX;
	if (sp_list_ports(&ports) != SP_OK)
		return UV_EIO;
	for (size_t i = 0; ports[i] != NULL && (size_t)n < cap; i++)
		describe(&out[n++], ports[i]);
	sp_free_port_list(ports);
	qsort(out, (size_t)n, sizeof *out, by_name);
	return n;
}
