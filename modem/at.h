/* at.h - one AT command at a time, and what the modem says unasked
 *
 *   idle --command--> waiting --final--> idle
 *                      |    \--prompt--> prompted --text, Ctrl-Z--> texted --final--> idle
 *                      |                   \--withdrawn: ESC--> escaped --> idle
 *                      \--deadline--> idle (AT_SILENT; the answer, should it come, is a notice)
 *
 * A command is written with \r; its answer is every line up to the final one (OK, ERROR, +CME
 * ERROR, +CMS ERROR...). Echoes are passed over. Lines that do not answer the command go to
 * `notice`, at any moment: in the middle of an answer, between AT+CMGS and its prompt. A PDU behind
 * +CMT: or +CDS: belongs to its line and is given with it.
 *
 *   Ownership   at_open() opens the port and owns it; at_close() once, `closed` is last.
 *   Completion  each command taken gets one `done`: never inside at_run(), never after `closed`. A
 *               command whose port is lost or closed gets AT_GONE. From `done` the next command may
 *               be run: it leaves at once.
 *   Errors      0 or a negative UV_E*; what became of a command is an enum.
 *   Doubt       behind AT_SILENT a late answer could be taken for the next command's: run one with
 *               `settle` first. It writes ESC, asks, and ends when the modem said OK and nothing
 *               final for a while.
 *   Transcript  every line out and in goes to `said`, secrets replaced by stars.
 *   Thread      the loop's.
 */
#ifndef MODEM_AT_H
#define MODEM_AT_H

#include "at_line.h"
#include "serial.h"

struct at;

enum at_final {
	AT_OK,
	AT_ERROR,     /* ERROR, +CME ERROR, +CMS ERROR, and what some makers say instead */
	AT_CALL,      /* of ATD and ATA: CONNECT, NO CARRIER, BUSY, NO ANSWER... by `line` */
	AT_WITHDRAWN, /* at_withdraw(): the text did not leave */
	AT_SILENT,    /* the deadline passed */
	AT_GONE,      /* the port was lost or closed */
};

#define AT_LINES  256   /* lines an answer keeps; more are counted and dropped */
#define AT_ANSWER 65536 /* octets of them, likewise: a full storage is listed at one go */
#define AT_TEXT   512   /* octets of a command */

struct at_answer {
	enum at_final final;
	bool cms;                 /* the code is a +CMS ERROR's */
	int code;                 /* of AT_ERROR; -1 where none is given */
	const char *line;         /* the final line as it came, "" where none did */
	const char *const *lines; /* of the answer, whole */
	size_t n;
	bool cut;    /* some were dropped */
	bool texted; /* Ctrl-Z was written: the network may have the text */
};
typedef void at_done(void *ctx, const struct at_answer *answer);

struct at_command {
	const char *text;    /* "AT+CMGS=23", without \r; copied, as all strings here */
	const char *prefix;  /* "+CMGL:": lines of the answer begin with it; NULL: all that are not
				`unsolicited` are the answer's */
	bool pdus;           /* lines of nothing but hex digits are the answer's, too */
	const char *body;    /* written behind the prompt, then Ctrl-Z; NULL: no prompt comes */
	bool held;           /* the body waits for at_release() */
	bool secret;         /* the transcript shows stars behind `=` */
	bool settle;         /* see Doubt; `text` is plain, and OK is the only answer */
	unsigned timeout_ms; /* from the write to the prompt or the final */
	unsigned body_ms;    /* from Ctrl-Z to the final */
	unsigned held_ms;    /* prompt to at_release(); then withdrawn */
	unsigned settle_ms;
	at_done *done;
	void *ctx;
};

struct at_events {
	/* Unasked: a line, and the PDU that belongs to it (else NULL). */
	void (*notice)(void *ctx, const char *line, const char *pdu);
	/* After the `done` of a command under way. Close it then. */
	void (*lost)(void *ctx, int error);
	/* '>' written, '<' read, '!' a remark. May be NULL. */
	void (*said)(void *ctx, char direction, const char *text);
	/* Whether a line is one that this modem says at any moment. May be NULL. */
	bool (*unsolicited)(void *ctx, const char *line);
};
typedef void at_closed(void *ctx);

/* As serial_open(). */
int at_open(struct at **out, uv_loop_t *loop, const char *path, int baud,
	    const struct at_events *events, void *ctx);

/* UV_EBUSY: one is under way. UV_EINVAL: too long, or with control characters. UV_EPIPE: the port
 * is lost. UV_ENOMEM. Nothing follows an error. */
int at_run(struct at *at, const struct at_command *command);
bool at_busy(const struct at *at);
bool at_texted(const struct at *at); /* Ctrl-Z was written, and no answer came yet */

/* The modem forgot what it was asked: an answer behind Ctrl-Z is waited for no longer than ms. */
void at_hurry(struct at *at, unsigned ms);

/* Decides about a held body. Without one they do nothing; at_release()
 * is false when it came too late. */
bool at_release(struct at *at);
void at_withdraw(struct at *at);

/* Ends a dialling (ATD, ATA) that was not answered yet by a further octet (V.250 5.6.1); its final
 * is waited for ms. Of other commands it does nothing. */
void at_interrupt(struct at *at, unsigned ms);

void at_close(struct at *at, at_closed *closed, void *ctx);

#endif
