/*
 * Commands from a test, one a line, on standard input or a unix socket; what they answer goes to
 * standard output, or back on the socket.
 */
#ifndef SIM_MODEM_CONTROL_H
#define SIM_MODEM_CONTROL_H

struct modem_world;
struct modem_control;

/* Opens what the options ask for; NULL if that is nothing. */
struct modem_control *modem_control_open(struct modem_world *world);

/* Frees itself when its handles have closed. NULL is fine. */
void modem_control_close(struct modem_control *control);

#endif
