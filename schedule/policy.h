/* policy.h - when we may speak: contact rules, asked when planning and again when handing over
 *
 * Six kinds of rule, and every rule must allow:
 *
 *   window     local hours by channel and weekday, with a row for public holidays
 *   cap        so many contacts in a run of local days ...
 *   gap        so much time between one contact and the next ...
 *   cool-off   so many local days of rest after a conversation ...
 *              ... each counted by person, number or debt, on one channel or several
 *   channels   how many different channels in one ISO week
 *   first touch  no call before a text about the debt was accepted
 *
 * State bans (opt-out, holds, third parties) are facts of the account: schedule/plan.h knows them.
 *
 * Pure.  Rule names are borrowed strings such as "base.window" or "cl.sms.2/7d".
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
/* Row of `hours` used on public holidays where holiday_hours says so, but on days of the week that
 * are closed. */
#define POLICY_HOLIDAY 7
#define POLICY_HOLDS   16

struct policy_window {
	int32_t from, to; /* seconds of local day, from <= t < to; to may be 86400 */
};

struct policy_hours {
	struct policy_window window[POLICY_WINDOWS]; /* ascending, disjoint */
	uint8_t n;                                   /* 0: closed that day */
	const char *rule;                            /* who says so */
	const char *before[POLICY_WINDOWS]; /* who closes the time before each; NULL: `rule` */
};

enum policy_scope { POLICY_PERSON, POLICY_NUMBER, POLICY_DEBT };

/* What a contact counts as: one contact may be several of these (POLICY_BIT). */
enum policy_what {
	POLICY_ATTEMPT,   /* handed over or dialled, whatever became of it */
	POLICY_SENT,      /* a text or letter that did not fail, a call that was dialled */
	POLICY_CONNECTED, /* a call answered by somebody or by a machine */
	POLICY_CONTACT,   /* reached the person or left a message: texts sent, calls connected */
	POLICY_TALK,      /* a conversation, whoever began it */
};
#define POLICY_BIT(what)    ((uint8_t)(1U << (what)))
#define POLICY_FAILED       POLICY_BIT(POLICY_ATTEMPT)
#define POLICY_TEXT         (POLICY_FAILED | POLICY_BIT(POLICY_SENT) | POLICY_BIT(POLICY_CONTACT))
#define POLICY_CALL_DIALLED (POLICY_FAILED | POLICY_BIT(POLICY_SENT))
#define POLICY_CALL_ANSWERED                                                                       \
	(POLICY_CALL_DIALLED | POLICY_BIT(POLICY_CONNECTED) | POLICY_BIT(POLICY_CONTACT))
#define POLICY_CONVERSATION (POLICY_CALL_ANSWERED | POLICY_BIT(POLICY_TALK))

/* At most n contacts in the local day asked about and the days-1 before it. */
struct policy_cap {
	uint8_t channels; /* bit set of 1 << enum campaign_channel: both asked and counted */
	uint8_t what;     /* enum policy_what */
	uint8_t scope;    /* enum policy_scope */
	int16_t n, days;
	const char *rule;
};

/* At least ms between two contacts. */
struct policy_gap {
	uint8_t channels, what, scope;
	int64_t ms;
	const char *rule;
};

/* After a conversation, on its local day and the days-1 after it, none on these channels. */
struct policy_cooloff {
	uint8_t channels, scope;
	int16_t days;
	const char *rule;
};

/* How long a hold of that word lasts where nobody says otherwise: 0, until released. */
struct policy_hold {
	const char *word;
	int16_t days;
};

struct policy {
	struct policy_hours hours[CAMPAIGN_CHANNELS][8]; /* Monday..Sunday, holiday */
	bool holiday_hours[CAMPAIGN_CHANNELS]; /* row 7 is given; else holidays are closed */
	const int32_t *holidays;               /* ascending days */
	size_t n_holidays;
	const struct policy_cap *caps;
	size_t n_caps;
	const struct policy_gap *gaps;
	size_t n_gaps;
	const struct policy_cooloff *cooloffs;
	size_t n_cooloffs;
	int16_t channels_per_week; /* different channels in one ISO week, 0: no such rule */
	const char *channels_rule;
	const char *first_touch; /* the rule that no call comes before a text; NULL: none */
	struct policy_hold holds[POLICY_HOLDS];
	size_t n_holds;
	int32_t record_keep; /* days; least age before a record may be purged */
	const char *opt_out; /* what every text must say, NULL: nothing */
	bool names_lender;   /* every text must name the lender */
	char version[17];    /* of the whole policy, for the record */
};

/* One contact that happened or is supposed to happen. */
struct policy_contact {
	int64_t at;       /* instant it was handed over, dialled or came in */
	uint64_t account; /* the debt it was about */
	uint64_t number;  /* any stable number for the phone number */
	uint8_t channel;  /* enum campaign_channel */
	uint8_t counts;   /* bit set of POLICY_BIT(enum policy_what) */
};

enum policy_answer { POLICY_ALLOW, POLICY_DEFER, POLICY_BLOCK };

struct policy_decision {
	enum policy_answer answer;
	enum reason reason; /* WINDOW, HOLIDAY, CAP, GAP, COOLOFF, FIRST_TOUCH; NONE when allowed */
	const char *rule;   /* NULL when allowed */
	int64_t until;      /* DEFER: the first instant at which every rule allows */
};

struct policy_question {
	int64_t at; /* the instant asked about */
	enum campaign_channel channel;
	uint64_t account, number;
	const struct civil_zone *zone; /* the borrower's: days are counted in it */
	/* Where the borrower may be in any of several, windows must be open in all. */
	const struct civil_zone *const *zones; /* the others */
	size_t n_zones;
	bool texted;                           /* a text about this debt was accepted some time */
	const struct policy_contact *contacts; /* of the person, any order */
	size_t n_contacts;
	const struct policy_contact *supposed; /* more of them, planned but not yet made */
	size_t n_supposed;
	bool hours_only; /* class `manual` answers: windows and holidays, no caps */
};

/* May this contact be made at that instant?  Looks at most 60 local days ahead for DEFER, else
 * BLOCK.
 *
 * Hours: open on the local day of every zone asked about.  Hand-over stops POLICY_MARGIN seconds
 * before a day's last window ends, so that the operator has time to deliver; earlier windows of the
 * day are used to their end.
 * Caps count whole local days of `zone`, so contacts later on the same day count.
 * Gaps hold in both directions: also a supposed contact to come keeps its distance.
 * Cool-offs count the conversation's own local day, from its instant on, as the first.
 * Channels: those of the week's contacts, earlier and later, and the one asked about.
 * First touch: a call without a text of its account before it is blocked, since no waiting mends
 * that.
 *
 * Where several rules refuse, the one named is the first of: first touch; hours that leave no time
 * on this day (HOLIDAY on a listed day, else WINDOW); then, at the day's first open instant, caps,
 * gaps, cool-offs, channels; then hours that only move it to later on the same day. */
struct policy_decision policy_decide(const struct policy *p, const struct policy_question *q);

/* The end of the last window of the local day that holds q->at, in the zone where that comes first,
 * or q->at when closed.  Of the question it reads at, channel, zone and zones. */
int64_t policy_day_end(const struct policy *p, const struct policy_question *q);
/* How many days back contacts matter to some rule. */
int policy_memory(const struct policy *p);

/* A day that is neither a weekend nor a holiday. */
bool policy_working_day(const struct policy *p, int32_t day);
/* The n-th working day after `day` (n 0: `day` itself). */
int32_t policy_add_working_days(const struct policy *p, int32_t day, int n);

#define POLICY_MARGIN 900 /* seconds before a day's last window ends when hand-over stops */

/* How many days a hold of that word lasts where nobody says otherwise: 0 until released, -1 when
 * the policy does not speak of it. */
int policy_hold_days(const struct policy *p, const char *word);

/* The base policy under every other: 08:00-20:00 local every weekday ("base.window"), one text a
 * day and three in seven days a person ("base.sms.1/1d", "base.sms.3/7d"), two call attempts a day
 * and a person ("base.call.2/1d") and three in seven days about a debt ("base.call.3/7d"), 4 hours
 * between calls ("base.gap.call.4h"), none for seven days after a conversation about the debt
 * ("base.cooloff.call.7d"), no call before a text ("base.first_touch").  It gives no holiday hours:
 * listed holidays are closed (rule "holidays").  Everything it points to is static. */
void policy_base(struct policy *p);

#endif
