/*
 * What the simulated network took from modems: one JSON object a line, in the form of the
 * operator's own log, written before the modem answers.
 */
#ifndef SIM_MODEM_LOG_H
#define SIM_MODEM_LOG_H

#include "modem_tpdu.h"

struct modem_log;

/* Opens for appending; NULL after a report on standard error. */
struct modem_log *modem_log_open(const char *path);
void modem_log_close(struct modem_log *log);

struct modem_log_text {
	uint64_t modem;
	const char *imei, *imsi, *from;
	uint64_t id;       /* counted in this run */
	uint8_t reference; /* TP-MR that the modem gave it */
	const struct tpdu_submit *submit;
	bool answered; /* false: the client will not be told */
	bool twice;
};

void modem_log_put(struct modem_log *log, const struct modem_log_text *text);
void modem_log_flush(struct modem_log *log);

#endif
