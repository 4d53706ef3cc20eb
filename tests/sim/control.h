/*
 * Commands from a test, one a line, on standard input or a unix socket; what they answer goes to
 * standard output, or back on the socket.
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

struct smsc;
struct control;

/* Opens what the options ask for; NULL if that is nothing. */
struct control *control_open(struct smsc *smsc);

/* Frees itself when its handles have closed. NULL is fine. */
void control_close(struct control *control);

#endif
