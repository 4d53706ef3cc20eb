#include "campaign.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const channel_words[CAMPAIGN_CHANNELS] = {"sms",   "call",  "task",     "letter",
							     "visit", "email", "outsource"};

static bool
text_matches(const struct campaign_select *s, const char *value)
{
	if (!value)
		return false;
	for (size_t i = 0; i < s->n_values; i++) {
		if (strcmp(s->values[i], value) == 0)
			return true;
	}
	return false;
}

static bool
within(const struct campaign_select *s, int64_t value)
{
	return value >= s->min && value <= s->max;
}

static bool
matches(const struct campaign_select *s, const struct campaign_figures *figures,
	campaign_field *field, void *ctx)
{
	switch (s->kind) {
	case CAMPAIGN_SELECT_BUCKET: return s->min & 1 << figures->bucket;
	case CAMPAIGN_SELECT_AMOUNT: return within(s, figures->balance);
	case CAMPAIGN_SELECT_KEPT: return within(s, figures->kept);
	default: return text_matches(s, field(ctx, s->field));
	}
}

bool
campaign_selects(const struct campaign *c, const struct campaign_figures *figures,
		 campaign_field *field, void *ctx)
{
	for (size_t i = 0; i < c->n_select; i++) {
		if (!matches(&c->select[i], figures, field, ctx))
			return false;
	}
	return true;
}

static bool
asks_by(const struct campaign *c, enum campaign_select_kind kind)
{
	for (size_t i = 0; i < c->n_select; i++)
		if (c->select[i].kind == kind)
			return true;
	return false;
}

struct campaign_pick
campaign_pick(const struct campaign *const *list, size_t n, const struct campaign_figures *figures,
	      campaign_field *field, void *ctx)
{
	struct campaign_pick pick = {0};

	for (size_t i = 0; i < n; i++) {
		if (pick.of && asks_by(list[i], CAMPAIGN_SELECT_KEPT))
			continue;
		if (!campaign_selects(list[i], figures, field, ctx))
			continue;
		if (pick.of) {
			pick.duty = list[i];
			break;
		}
		pick.of = list[i];
		if (!asks_by(pick.of, CAMPAIGN_SELECT_KEPT))
			break;
	}
	return pick;
}

/* Ascending by day, then channel. */
static int
step_order(const struct campaign_step *x, const struct campaign_step *y)
{
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return x->channel < y->channel ? -1 : x->channel > y->channel;
}

/* The first step from `i` on that lies within the days and, for a duty, is mandatory. */
static size_t
next_step(const struct campaign *c, size_t i, int32_t from, int32_t to, bool mandatory)
{
	while (c && i < c->n_steps &&
	       (c->steps[i].day < from || c->steps[i].day > to ||
		(mandatory && !c->steps[i].mandatory)))
		i++;
	return i;
}

/* Merges what a pick gives for the days from..to; the campaign's own step stands before the other's
 * that is alike. */
static size_t
merge(const struct campaign_pick *pick, int32_t from, int32_t to, struct campaign_step *out)
{
	const struct campaign *a = pick->of, *b = pick->duty;
	size_t i = next_step(a, 0, from, to, false), k = next_step(b, 0, from, to, true), n = 0;

	while ((a && i < a->n_steps) || (b && k < b->n_steps)) {
		const struct campaign_step *x = a && i < a->n_steps ? &a->steps[i] : NULL;
		const struct campaign_step *y = b && k < b->n_steps ? &b->steps[k] : NULL;
		int order = !x ? 1 : !y ? -1 : step_order(x, y);

		if (out)
			out[n] = order <= 0 ? *x : *y;
		n++;
		if (order <= 0)
			i = next_step(a, i + 1, from, to, false);
		if (order >= 0)
			k = next_step(b, k + 1, from, to, true);
	}
	return n;
}

size_t
campaign_track(const struct campaign_pick *by_bucket, const int16_t *bounds, size_t n,
	       struct campaign_step *out)
{
	int32_t from = CAMPAIGN_DAY_MIN;
	size_t count = 0;

	for (size_t b = 0; b <= n; b++) {
		int32_t to = b < n ? bounds[b] : CAMPAIGN_DAY_MAX;

		count += merge(&by_bucket[b], from, to, out ? out + count : NULL);
		from = to + 1;
	}
	return count;
}

int
campaign_bucket(const int16_t *bounds, size_t n, int32_t dpd)
{
	size_t i = 0;

	while (i < n && dpd > bounds[i])
		i++;
	return (int)i;
}

int
campaign_order(const void *a, const void *b)
{
	const struct campaign *x = *(const struct campaign *const *)a;
	const struct campaign *y = *(const struct campaign *const *)b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return strcmp(x->name, y->name);
}

const char *
campaign_channel_word(enum campaign_channel channel)
{
	assert(channel >= 0 && channel < CAMPAIGN_CHANNELS);
	return channel_words[channel];
}

void
campaign_step_format(int day, enum campaign_channel channel, char out[CAMPAIGN_STEP_TEXT])
{
	assert(day >= CAMPAIGN_DAY_MIN && day <= CAMPAIGN_DAY_MAX);
	snprintf(out, CAMPAIGN_STEP_TEXT, "%+d/%s", day, campaign_channel_word(channel));
}

/* One spelling only: a sign, no leading zeros, so that a step has one name. */
int
campaign_step_parse(const char *text, size_t len, int *day, enum campaign_channel *channel)
{
	size_t i = 1;
	int value = 0, sign;
	int c;

	if (len < 2 || (text[0] != '+' && text[0] != '-'))
		return -EINVAL;
	sign = text[0] == '-' ? -1 : 1;
	for (; i < len && i < 5 && text[i] >= '0' && text[i] <= '9'; i++)
		value = value * 10 + (text[i] - '0');
	if (i == 1 || i == len || text[i] != '/' || (text[1] == '0' && (i > 2 || sign < 0)))
		return -EINVAL;
	value *= sign;
	if (value < CAMPAIGN_DAY_MIN || value > CAMPAIGN_DAY_MAX)
		return -EINVAL;
	i++;
	for (c = 0; c < CAMPAIGN_CHANNELS; c++) {
		if (strlen(channel_words[c]) == len - i &&
		    memcmp(channel_words[c], text + i, len - i) == 0)
			break;
	}
	if (c == CAMPAIGN_CHANNELS)
		return -EINVAL;
	*day = value;
	*channel = (enum campaign_channel)c;
	return 0;
}
