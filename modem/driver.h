/* driver.h - what differs between makers, as tables (pure)
 *
 * A modem is recognised by its answers to AT+CGMI and AT+CGMM, else by its USB vendor; what no
 * table knows is "generic", which is right for most. A field that is NULL or 0 means "as generic".
 *
 * Sources: the makers' AT manuals, and what users of other programs found out (modems.md).
 */
#ifndef MODEM_DRIVER_H
#define MODEM_DRIVER_H

#include <stdbool.h>
#include <stddef.h>

/* What a +CMS ERROR means for the text, and whether for those that follow. */
enum driver_verdict {
	DRIVER_LATER,   /* refused for now; says nothing about other numbers */
	DRIVER_NUMBER,  /* this number or this text */
	DRIVER_SIM,     /* SIM missing, locked, barred or out of credit: nothing goes */
	DRIVER_RESET,   /* the modem lost its footing: start it anew, then try once more */
	DRIVER_FULL,    /* storage is full: drain it, then try again */
	DRIVER_UNKNOWN, /* the network may have the text */
	DRIVER_ABORTED, /* the text was not taken (ESC, a bad prompt) */
};

struct driver_error {
	int code; /* of +CMS ERROR */
	enum driver_verdict verdict;
	const char *text; /* words for people */
};

/* How a USSD code is written and its answer read. */
enum driver_ussd { DRIVER_USSD_PLAIN, DRIVER_USSD_PACKED /* septets packed, in hex */ };

struct driver {
	const char *name;
	const char *const *makers;      /* in +CGMI's answer, any case */
	const char *const *models;      /* in +CGMM's answer; NULL: every model of the maker */
	int vid, pid;                   /* USB vendor, product; 0: any */
	const char *const *unsolicited; /* prefixes of lines said at any moment, NULL at the end */
	const char *const *init;        /* commands after identity; refusals do not matter */
	const char *const *cnmi;        /* arguments of AT+CNMI, best first */
	const char *const *iccid;       /* commands that ask for it, tried in turn */
	const char *pin_left;           /* command that tells the tries left, its answer's prefix */
	const char *pin_left_prefix;
	unsigned pin_left_field; /* which number behind the prefix, from 0 */
	const char *cmms;        /* values to try, best first: "21"; "" never */
	enum driver_ussd ussd;
	const char *const *reset;            /* commands in turn, mildest first, NULL at the end */
	const char *radio_off, *radio_on;    /* when no network is found */
	const struct driver_error *errors;   /* before the common ones; code 0 at the end */
	bool one_store;                      /* AT+CPMS="SM" only, not all three */
	const char *voice_query, *voice_yes; /* asks for calls; the answer then holds this */
};

/* The table for a modem. Strings may be "" and vid/pid -1. Never NULL. */
const struct driver *driver_find(const char *maker, const char *model, int vid, int pid);
/* A table with generic's values where it says "as generic". */
void driver_whole(const struct driver *driver, struct driver *out);

/* By name, NULL when there is none. Number i of all, NULL behind the last. */
const struct driver *driver_named(const char *name);
const struct driver *driver_at(size_t i);

/* The meaning of a +CMS ERROR for this maker; never NULL. */
const struct driver_error *driver_error(const struct driver *driver, int code);

/* Whether a line is one that modems of this maker say at any moment. */
bool driver_unsolicited(const struct driver *driver, const char *line);

#endif
