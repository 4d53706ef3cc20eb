/*
 * What differs between makers, as far as a program at the other end of the line sees it: from
 * their AT manuals and from what users of other programs found out.
 */
#ifndef SIM_MODEM_PROFILE_H
#define SIM_MODEM_PROFILE_H

#include "modem_options.h"

enum modem_cpms { CPMS_ANY, CPMS_THREE, CPMS_TWO }; /* arguments of AT+CPMS: two at most */
enum { STORE_SM, STORE_ME, STORE_SR, STORES };

/* A command that is only there to be answered; "" is nothing but OK. */
struct modem_extra {
	const char *command; /* behind AT, upper case */
	const char *answer;
};

struct modem_profile {
	const char *name;
	const char *maker;
	const char *model;
	const char *firmware;
	const char *tac; /* first 8 digits of its IMEIs */
	bool echo;
	bool crcrlf;
	/* Values AT+CNMI takes: a bit for each, by argument; and what it is at a start. */
	uint8_t cnmi_takes[5];
	uint8_t cnmi_start[5];
	uint16_t places[STORES]; /* 0: it has no such storage */
	enum modem_cpms cpms;
	bool from_one;
	enum modem_cmti cmti;
	const char *iccid; /* the command, and what its answer begins with */
	const char *iccid_answer;
	const char *pin_left; /* @ stands for the PIN's tries left, $ for the PUK's */
	const char *pin_left_answer;
	uint8_t cmms; /* highest value; 0: it has no AT+CMMS */
	bool csms;    /* AT+CSMS=1 */
	enum modem_ussd ussd;
	enum modem_reset reset;
	const char *reset_command; /* of its own, as AT+CFUN=1,1 */
	uint16_t doubt_code;       /* +CMS ERROR when the network did not answer */
	const char *const *boot;   /* said at a start */
	const char *const *noise;  /* said at any moment */
	const char *full;          /* said when storage is full, or NULL */
	const struct modem_extra *extras;
};

/* NULL when there is none. `n` is the name's length. */
const struct modem_profile *modem_profile_find(const char *name, size_t n);

#endif
