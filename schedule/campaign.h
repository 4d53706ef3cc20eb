/* campaign.h - which accounts, and which step on which overdue day
 *
 * Plain structs that gateway fills from campaigns/NAME.yaml; strings are borrowed from it.
 *
 * A step is known by its offset and channel, written `+7/sms`, `-3/sms`, `+0/sms`, `+24/task`: that
 * is its identity in the store, whatever else changes about it.
 */
#ifndef SCHEDULE_CAMPAIGN_H
#define SCHEDULE_CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum campaign_channel { CAMPAIGN_SMS, CAMPAIGN_CALL, CAMPAIGN_TASK, CAMPAIGN_CHANNELS };

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

#define CAMPAIGN_DAY_MIN (-365)
#define CAMPAIGN_DAY_MAX 3650

struct campaign_step {
	int16_t day; /* days past due, CAMPAIGN_DAY_MIN..CAMPAIGN_DAY_MAX; negative: before it */
	uint8_t channel; /* enum campaign_channel */
	bool mandatory;
	uint8_t when_replied; /* enum campaign_tri */
	uint8_t when_promise; /* enum campaign_promise */
	const char *name;     /* template, script, or what the task says */
};

/* One key of `select:`: the field's value must equal one of `values`. */
struct campaign_select {
	const char *field;
	const char *const *values;
	size_t n_values;
};

struct campaign {
	const char *name;
	int priority; /* lowest first, then name */
	const struct campaign_select *select;
	size_t n_select;
	const struct campaign_step *steps; /* ascending by day, then channel; no two alike */
	size_t n_steps;
	int32_t at;   /* preferred local second of day */
	int32_t late; /* local days after its own on which a step may still go */
	bool paused;
};

typedef const char *campaign_field(void *ctx, const char *field); /* NULL: the account has none */

/* Every key of `select` matches. */
bool campaign_selects(const struct campaign *c, campaign_field *field, void *ctx);

/* The campaign an account belongs to: the first that selects it of `list`, which is sorted with
 * campaign_order.  NULL when none does. */
const struct campaign *campaign_of(const struct campaign *const *list, size_t n,
				   campaign_field *field, void *ctx);

/* qsort order of `const struct campaign *`: priority, then name. */
int campaign_order(const void *a, const void *b);

#define CAMPAIGN_STEP_TEXT 16
void campaign_step_format(int day, enum campaign_channel channel, char out[CAMPAIGN_STEP_TEXT]);
/* 0, or -EINVAL. */
int campaign_step_parse(const char *text, size_t len, int *day, enum campaign_channel *channel);
const char *campaign_channel_word(enum campaign_channel channel);

#endif
