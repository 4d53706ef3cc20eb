/* progress.h - what a stick says about calls, as one kind of value (pure)
 *
 * Standard words and each maker's own, asked for or not:
 *
 *   +CLCC: idx,dir,stat,mode,mpty[,number,type]     3GPP TS 27.007 7.18; SIMCom's stat 6: released
 *   +QIND: "ccinfo",idx,dir,stat,mode,mpty,number,type            Quectel; stat -1: released
 *   ^DSCI: idx,dir,stat,type,number,...             older Quectel; stat 2 3 4 5 6 7
 *   ^ORIG:idx,type  ^CONF:idx  ^CONN:idx,type  ^CEND:idx,seconds,status[,cause]     Huawei
 *   +UCALLSTAT: idx,stat                            u-blox; stat 6: released
 *   RING  +CRING:  +CLIP:  +CCWA:  BUSY  NO CARRIER  NO ANSWER  NO DIALTONE         27.007, V.250
 *   +QTONEDET: 48  +RXDTMF: 0  +DTMF: 0  +UUDTMFD: 0          keys that the stick heard
 */
#ifndef MODEM_PROGRESS_H
#define MODEM_PROGRESS_H

#include "pdu.h"

enum progress_kind {
	PROGRESS_NONE, /* not about calls, or about one that is data */
	PROGRESS_STAT, /* `stat` of call `index` */
	PROGRESS_OVER, /* call `index` is over */
	PROGRESS_RING, /* somebody calls; or noise */
	PROGRESS_CALLER,
	PROGRESS_WAITING, /* somebody else calls */
	PROGRESS_KEY,
	PROGRESS_ASK, /* something changed: AT+CLCC tells what */
};

/* 27.007 7.18 <stat>. */
enum progress_stat {
	PROGRESS_ACTIVE,
	PROGRESS_HELD,
	PROGRESS_DIALLING,
	PROGRESS_ALERTING,
	PROGRESS_INCOMING,
	PROGRESS_CALL_WAITING,
};

struct progress {
	enum progress_kind kind;
	enum progress_stat stat;
	int index;               /* of the call in the stick, -1: not said */
	int incoming;            /* 0, 1, -1: not said */
	int cause;               /* of OVER, 24.008 10.5.4.11; -1: not said */
	char number[PDU_NUMBER]; /* "" where not said */
	char key;
};

/* Reads a line; out->kind is PROGRESS_NONE where it is none of them. */
void progress_parse(const char *line, struct progress *out);

/* The cause in an answer to AT+CEER, which each maker words otherwise: "Cause:17", "Release,17,User
 * busy", "8,17,0", "User busy". -1: there is none. */
int progress_cause(const char *text);

#endif
