/* at.h - one AT command at a time, and what the modem says unasked
 *
 *       idle --command--> waiting --final--> idle
 *                            |  \--prompt--> prompted --text^Z--> waiting
 *                            \--deadline--> idle (the answer, when it comes, is thrown away)
 *
 * A command is written with \r, its answer is every line up to the final one (OK, ERROR, +CME
 * ERROR, +CMS ERROR, NO CARRIER, BUSY, NO ANSWER, NO DIALTONE, CONNECT...).  Echoed commands are
 * passed over.  Lines that answer nothing (by the command's own prefix, see at_command.prefix) or
 * that a modem says at any moment (`unsolicited`: a table of prefixes) go to `notice`, also in the
 * middle of an answer.  A PDU behind +CMT:/+CDS: belongs to its line and is given with it.
 *
 *   Ownership   at_open takes the serial port's path and owns the port; at_close once, `closed` is
 *               last.
 *   Completion  each at_run gets one `done`, never inside the call, never after `closed`; those
 *               under way or waiting when the port is lost or closed get AT_GONE.
 *   Errors      a deadline passes: AT_SILENT.  After it the port is in doubt: at_attention() brings
 *               it back (ESC, AT), or gives it up.
 *   Transcript  every line out and in goes to `said`, PINs replaced by stars.
 *   Thread      the loop's.
 */
#ifndef MODEM_AT_H
#define MODEM_AT_H

#include "at_line.h"
#include "serial.h"

struct at;

enum at_final {
	AT_OK,
	AT_ERROR,      /* ERROR, +CME ERROR, +CMS ERROR: at_answer.code, -1 where none is given */
	AT_CONNECT,    /* CONNECT */
	AT_NO_CARRIER, /* NO CARRIER, BUSY, NO ANSWER, NO DIALTONE: at_answer.line tells */
	AT_SILENT,     /* the deadline passed */
	AT_GONE,       /* the port was lost or closed */
};

#define AT_LINES 64 /* lines an answer keeps; more are counted and dropped */

struct at_answer {
	enum at_final final;
	bool cms;                 /* the code is a +CMS ERROR's */
	int code;                 /* of AT_ERROR */
	const char *line;         /* the final line as it came, "" for SILENT and GONE */
	const char *const *lines; /* of the answer, without the command's prefix cut off */
	size_t n;
	bool texted; /* the prompt came, and the text and Ctrl-Z were written */
};
typedef void at_done(void *ctx, const struct at_answer *answer);

struct at_command {
	const char *text;    /* "AT+CMGS=23", without \r; copied */
	const char *prefix;  /* "+CMGL:": lines of the answer begin with it (copied); NULL: any line
				that is not unsolicited is the answer's */
	const char *body;    /* written after the prompt, with Ctrl-Z behind it; NULL: no prompt */
	unsigned timeout_ms; /* from the write to the final; after a prompt it begins anew */
	bool secret;         /* the transcript shows stars behind `=` */
	at_done *done;
	void *ctx;
};

struct at_events {
	/* Unasked: `line`, and `pdu` where one belongs to it (else NULL). */
	void (*notice)(void *ctx, const char *line, const char *pdu);
	void (*lost)(void *ctx, int error);
	/* One line of the conversation; out: '>' written, '<' read, '!' remarks. */
	void (*said)(void *ctx, char direction, const char *text);
};

int at_open(struct at **out, uv_loop_t *loop, const char *path, int baud,
	    const struct at_events *events, void *ctx);

/* Queues a command: 0, or UV_EINVAL (a text with control characters), UV_ENOBUFS (64 wait). */
int at_run(struct at *at, const struct at_command *command);

/* Leaves a prompt that may be open (ESC), and throws away what was not answered. */
void at_escape(struct at *at);

/* Prefixes that are unsolicited for this maker beside the common ones; borrowed, NULL at the end.
 */
void at_unsolicited(struct at *at, const char *const *prefixes);

bool at_busy(const struct at *at); /* a command is under way or waits */

void at_close(struct at *at, void (*closed)(void *ctx), void *ctx);

#endif
