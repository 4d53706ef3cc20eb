/*
 * The operator's own record: each accepted submit as one JSON object a line. Lines are gathered
 * and written once a round of the loop, before it sleeps, so a reader sees them at once and the
 * killing of the *client* loses none.
 */
#ifndef SIM_LOG_H
#define SIM_LOG_H

#include "message.h"
#include "options.h"
#include "text.h"

struct log;

/* Opens for appending; NULL after a report on standard error. */
struct log *log_open(const char *path);
void log_close(struct log *log);

struct log_submit {
	uint64_t session;
	const struct pdu_header *header;
	const struct pdu_message *pdu;
	const struct text_segment *segment;
	const struct message *message;
	bool answered; /* false: the client will not be told */
	bool twice;
};

void log_submit(struct log *log, const struct options *o, const struct log_submit *submit);
void log_flush(struct log *log);

/* Appends `utf8` as the inside of a JSON string. */
void log_escape(struct buffer *to, const char *utf8, size_t n);

#endif
