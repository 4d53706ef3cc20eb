/* modem_try.h - modems opened by a command, without a daemon: looked at, and perhaps one text sent
 *
 * Nothing is stored and nothing of what comes in is acknowledged, so that the daemon is given it.
 *
 * Ownership: the caller's array; modem_try_run() opens, waits and closes all of them.
 */
#ifndef GATEWAY_CLI_MODEM_TRY_H
#define GATEWAY_CLI_MODEM_TRY_H

#include "gateway/pool/recorder.h"
#include "modem/modem.h"
#include "modem/serial.h"

struct modem_try_loop;

struct modem_try {
	/* in */
	char path[SERIAL_PATH];
	char what[136]; /* of the USB device, "" where there is none */
	int vid, pid;   /* -1: none */
	/* One text, NULL: none; and `may` is asked just before it leaves: 0, or negative and it
	 * does not. */
	const char *to, *text;
	int (*may)(void *ctx);
	/* The PIN to try once the SIM asks for one: NULL none.  *key names the SIM. */
	const char *(*pin)(void *ctx, const char *key);
	void *ctx;
	/* out */
	struct modem_info info;
	struct recorder *recorder; /* the caller frees it */
	bool answered, reported, refused;
	struct modem_answer answer; /* `why` is in `why` */
	char why[160];
	uint8_t status; /* TP-ST of the report */
	/* its own */
	struct modem *modem;
	struct modem_token early; /* of a report */
	int reference;
	struct modem_try_loop *loop;
	bool done, closing;
};

/* Looks at all until each has come to rest or ms have passed; a text waits report_ms for its
 * report. 0 or negative. */
int modem_try_run(struct modem_try *all, size_t n, unsigned ms, unsigned report_ms);

#endif
