/* dossier.h - everything said to and by one borrower, as one ZIP file that proves itself
 *
 *   index.html        for people: prints on paper, holds no scripts and asks for nothing outside
 *   account.json      for programs: the object of `dunlin account ID --json`
 *   events.jsonl      the account's events, complete, and those that brought its lists
 *   chain.jsonl       the links of the chain around them: of other people numbers and digests only
 *   calls/HASH.wav    recordings of calls and messages, where there are any
 *   heads.txt         the head of this dossier, and those given out before
 *   check.py          verifies all of it;  HOW-TO-CHECK.txt says how that is done
 *
 * Memory holds one account's events and one stretch of links, however long the chain is.
 *
 * The links reach from the event that brought the account to the dossier's head.  All of them are
 * needed: a hash is made from the one before, and only the whole row shows that no event of the
 * account was left out.
 *
 * Thread: any; blocks.  Errors: negative, with words in `error`; UV_EEXIST: the file is there.
 */
#ifndef GATEWAY_DOSSIER_H
#define GATEWAY_DOSSIER_H

#include "gateway/config/config.h"
#include "gateway/store/store.h"

/* Told between stretches: `done` of `total` links. */
typedef void dossier_progress(void *ctx, int64_t done, int64_t total);

struct dossier_request {
	const struct config *config;
	struct store *store;      /* a connection that reads */
	const char *account_json; /* the object of `dunlin account ID --json` */
	int64_t account;          /* its number in the store */
	int64_t seq;              /* of the event that says this dossier is made: the chain's end */
	int64_t now;
	const char *by;             /* who asked for it */
	dossier_progress *progress; /* may be NULL */
	void *ctx;
};

struct archive;

/* Fills an archive and closes it. */
int dossier_write(const struct dossier_request *r, struct archive *archive, char error[256]);

#endif
