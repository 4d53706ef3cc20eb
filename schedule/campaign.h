/* campaign.h - which accounts, and which step on which overdue day
 *
 * Plain structs that gateway fills from campaigns/NAME.yaml; strings are borrowed from it.
 *
 * A step is known by its offset and channel, written `+7/sms`, `-3/sms`, `+0/sms`, `+24/task`: that
 * is its identity in the store, whatever else changes about it.
 *
 * An account belongs to the first campaign that selects it.  Where campaigns select by bucket (M0,
 * M1, ...) the one that selects an account may change as it ages: each step then comes from the
 * campaign that selects the account in the bucket of the step's own day, so that an account follows
 * one list of steps all its life (campaign_track).
 */
#ifndef SCHEDULE_CAMPAIGN_H
#define SCHEDULE_CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SMS and CALL speak to the person; the others are work for somebody, with decision `task`. */
enum campaign_channel {
	CAMPAIGN_SMS,
	CAMPAIGN_CALL,
	CAMPAIGN_TASK,
	CAMPAIGN_LETTER,
	CAMPAIGN_VISIT,
	CAMPAIGN_EMAIL,
	CAMPAIGN_OUTSOURCE,
	CAMPAIGN_CHANNELS
};
#define CAMPAIGN_VOICES 2 /* channels below this speak */

enum campaign_tri { CAMPAIGN_ANY, CAMPAIGN_NO, CAMPAIGN_YES };

/* The `promise:` condition of `when:`. */
enum campaign_promise {
	CAMPAIGN_PROMISE_ANY,
	CAMPAIGN_PROMISE_NONE,
	CAMPAIGN_PROMISE_OPEN,
	CAMPAIGN_PROMISE_KEPT,
	CAMPAIGN_PROMISE_PARTIAL,
	CAMPAIGN_PROMISE_BROKEN
};

/* Which channel gets through to a person: one of them when the other fails again and again. */
enum campaign_reach { CAMPAIGN_REACH_ANY, CAMPAIGN_REACH_SMS, CAMPAIGN_REACH_CALL };

#define CAMPAIGN_DAY_MIN (-365)
#define CAMPAIGN_DAY_MAX 3650
#define CAMPAIGN_BUCKETS 8

struct campaign;

struct campaign_step {
	int16_t day; /* days past due, CAMPAIGN_DAY_MIN..CAMPAIGN_DAY_MAX; negative: before it */
	uint8_t channel; /* enum campaign_channel */
	bool mandatory;  /* no lighter track thins it out */
	/* `when:`, all of which must be met */
	uint8_t when_replied;   /* enum campaign_tri: since the oldest unpaid amount fell due */
	uint8_t when_promise;   /* enum campaign_promise */
	uint8_t when_delivered; /* tri: a text about it was delivered */
	uint8_t when_answered;  /* tri: a call about it was answered by the person */
	uint8_t when_part_paid; /* tri: some of it was paid */
	uint8_t when_reach;     /* enum campaign_reach; SMS: calls fail and texts arrive, ... */
	bool unless_reach;      /* ... turned round: only while that is not so */
	bool silent; /* only where that step went, on a day before, and nothing came back since */
	uint8_t silent_channel;
	int16_t silent_day;
	bool promised;             /* made for the day of an open promise: reminds of it */
	const char *name;          /* template, script, or what the task says */
	const struct campaign *of; /* whose step it is */
};

enum campaign_select_kind {
	CAMPAIGN_SELECT_TEXT,   /* the field's value equals one of `values` */
	CAMPAIGN_SELECT_BUCKET, /* the bucket is in the bit set `min` */
	CAMPAIGN_SELECT_AMOUNT, /* the balance, minor units, lies in min..max */
	CAMPAIGN_SELECT_KEPT,   /* so many instalments in a row were paid in time: min..max */
};

/* One key of `select:`. */
struct campaign_select {
	uint8_t kind; /* enum campaign_select_kind */
	const char *field;
	const char *const *values;
	size_t n_values;
	int64_t min, max;
};

struct campaign {
	const char *name;
	size_t index; /* in the sorted list of all */
	int priority; /* lowest first, then name */
	const struct campaign_select *select;
	size_t n_select;
	const struct campaign_step *steps; /* ascending by day, then channel; no two alike */
	size_t n_steps;
	int32_t at;   /* preferred local second of day */
	bool best;    /* `at: best`: the hour that reached the person, `at` until one is known */
	int32_t late; /* local days after its own on which a step may still go */
	const char *promised; /* template of the promised day's reminder, NULL: the built-in one */
	bool promised_off;    /* no such reminder */
};

/* What is asked of an account beside its fields. */
struct campaign_figures {
	int bucket;
	int64_t balance;
	int kept; /* instalments in a row paid in time */
};

typedef const char *campaign_field(void *ctx, const char *field); /* NULL: the account has none */

/* Every key of `select` matches. */
bool campaign_selects(const struct campaign *c, const struct campaign_figures *figures,
		      campaign_field *field, void *ctx);

/* The bucket of a day past due: `bounds[i]` is the last day of bucket i, ascending; the last bucket
 * is n. */
int campaign_bucket(const int16_t *bounds, size_t n, int32_t dpd);

/* Whom an account belongs to: `of` selects it first; where that asks for instalments kept, `duty`
 * is the one it would follow without, whose mandatory steps are not thinned out.  NULL: none. */
struct campaign_pick {
	const struct campaign *of, *duty;
};
struct campaign_pick campaign_pick(const struct campaign *const *list, size_t n,
				   const struct campaign_figures *figures, campaign_field *field,
				   void *ctx);

/* Writes to `out` the steps an account follows: of by_bucket[b], b = 0..n, those whose own day is
 * in bucket b.  Returns how many; they are sorted, no two alike.  `out` has room for all steps of
 * all; NULL: they are only counted. */
size_t campaign_track(const struct campaign_pick *by_bucket, const int16_t *bounds, size_t n,
		      struct campaign_step *out);

/* qsort order of `const struct campaign *`: priority, then name. */
int campaign_order(const void *a, const void *b);

#define CAMPAIGN_STEP_TEXT 24
void campaign_step_format(int day, enum campaign_channel channel, char out[CAMPAIGN_STEP_TEXT]);
/* 0, or -EINVAL. */
int campaign_step_parse(const char *text, size_t len, int *day, enum campaign_channel *channel);
const char *campaign_channel_word(enum campaign_channel channel);

#endif
