/* policy.h - when we may speak: contact rules, asked when planning and again when handing over
 *
 * A policy is a set of hours (by channel and weekday, with a row for public holidays) and of caps
 * on contacts in a run of local days.  It narrows: every rule must allow.
 *
 * Pure.  Rule names are borrowed strings such as "base.window" or "base.sms.1/1d".
 */
#ifndef SCHEDULE_POLICY_H
#define SCHEDULE_POLICY_H

#include "campaign.h"
#include "civil.h"
#include "reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICY_WINDOWS 4
#define POLICY_HOLIDAY 7 /* row of `hours` used on public holidays when `holiday_hours` */

struct policy_window {
	int32_t from, to; /* seconds of local day, from <= t < to; to may be 86400 */
};

struct policy_hours {
	struct policy_window window[POLICY_WINDOWS]; /* ascending, disjoint */
	uint8_t n;                                   /* 0: closed that day */
	const char *rule;                            /* who says so */
};

enum policy_scope { POLICY_PERSON, POLICY_NUMBER, POLICY_DEBT };
/* Contacts that count: everything handed over whose fate may be delivery, or failures too. */
enum policy_what { POLICY_SENT, POLICY_ATTEMPT };

struct policy_cap {
	uint8_t channels; /* bit set of 1 << enum campaign_channel */
	uint8_t what;     /* enum policy_what */
	uint8_t scope;    /* enum policy_scope */
	int16_t n;        /* at most n ... */
	int16_t days;     /* ... in that local day and the days-1 before it */
	const char *rule;
};

struct policy {
	struct policy_hours hours[CAMPAIGN_CHANNELS][8]; /* Monday..Sunday, holiday */
	bool holiday_hours;      /* row 7 is given; else holidays are closed */
	const int32_t *holidays; /* ascending days */
	size_t n_holidays;
	const struct policy_cap *caps;
	size_t n_caps;
	char version[17]; /* of the whole policy, for the record */
};

/* One contact that happened or is supposed to happen. */
struct policy_contact {
	int64_t at;       /* instant it was handed over */
	uint64_t account; /* the debt it was about */
	uint64_t number;  /* any stable number for the phone number */
	uint8_t channel;
	bool failed; /* counts as an attempt only */
};

enum policy_answer { POLICY_ALLOW, POLICY_DEFER, POLICY_BLOCK };

struct policy_decision {
	enum policy_answer answer;
	enum reason reason; /* WINDOW, HOLIDAY, CAP, GAP, COOLOFF; NONE when allowed */
	const char *rule;   /* NULL when allowed */
	int64_t until;      /* DEFER: the first instant at which every rule allows */
};

struct policy_question {
	int64_t at; /* the instant asked about */
	enum campaign_channel channel;
	uint64_t account, number;
	const struct civil_zone *zone;
	const struct policy_contact *contacts; /* of the person, any order */
	size_t n_contacts;
	const struct policy_contact *supposed; /* more of them, planned but not yet made */
	size_t n_supposed;
	bool hours_only; /* class `manual` answers: windows and holidays, no caps */
};

/* May this contact be made at that instant?  Looks at most 60 days ahead for DEFER, else BLOCK.
 * Hand-over stops POLICY_MARGIN seconds before the day's last window ends, so that the operator has
 * time to deliver; earlier windows of the day are used to their end.
 * A cap counts whole local days of the zone asked about, so contacts later on the same day count.
 * Where several rules refuse: hours that leave no time on this day speak first (HOLIDAY on a listed
 * day, else WINDOW), then caps, then hours that only move it to later on the same day. */
struct policy_decision policy_decide(const struct policy *p, const struct policy_question *q);

/* The end of the last window of the local day that holds `instant`, or `instant` when closed. */
int64_t policy_day_end(const struct policy *p, enum campaign_channel channel,
		       const struct civil_zone *zone, int64_t instant);

/* A day that is neither a weekend nor a holiday. */
bool policy_working_day(const struct policy *p, int32_t day);
/* The n-th working day after `day` (n 0: `day` itself). */
int32_t policy_add_working_days(const struct policy *p, int32_t day, int n);

#define POLICY_MARGIN 900 /* seconds before a day's last window ends when hand-over stops */

/* The base policy under every other: 08:00-20:00 local every weekday ("base.window"), one text a
 * day and three in seven days a person ("base.sms.1/1d", "base.sms.3/7d"), two call attempts a day
 * ("base.call.2/1d").  It gives no holiday hours: listed holidays are closed (rule "holidays").
 * Everything it points to is static. */
void policy_base(struct policy *p);

#endif
