/* taker.h - how a list gets into the store: in one transaction of this program, or by the daemon
 *
 *     taker_open -> taker_rows ... -> taker_sweep -> taker_finish
 *                        \________________\_________________ taker_close: nothing was taken
 *
 * Where no daemon serves, everything is one transaction, so a program that dies leaves nothing.
 * The daemon takes it in requests that are short each; a connection that ends early is cleaned up
 * after by the daemon.
 *
 * Every function gives an exit status (enum cli_status), with the words already printed unless it
 * is CLI_DONE.
 */
#ifndef GATEWAY_CLI_TAKER_H
#define GATEWAY_CLI_TAKER_H

#include "client.h"

#include "gateway/store/intake.h"

struct taker;

struct taker_import {
	enum intake_kind kind;
	enum intake_mode mode;
	const char *file, *by;
};

int taker_open(struct taker **out, struct client *client, const struct taker_import *import);

/* Rows in the order of the file; their `outcome`, `differs` and `detail` are filled in. */
int taker_rows(struct taker *t, struct intake_row *rows, size_t n, struct intake_counts *counts);

/* All rows were given: finds what the file did not name. */
int taker_sweep(struct taker *t, struct intake_counts *counts);

struct taker_file {
	int64_t rows, refused; /* of the file, wherever they were refused */
	const char *digest;
};
/* Makes it visible; *id and *at name the import. */
int taker_finish(struct taker *t, const struct taker_file *file, int64_t *id, int64_t *at);

/* Ends it; without taker_finish everything is as before. */
void taker_close(struct taker *t); /* NULL is allowed */

#endif
