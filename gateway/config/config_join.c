/* One policy out of many: the base, presets that narrow it, and the lender's own rules.
 *
 * Hours: what all allow.  Caps, gaps and cool-offs: all of them; of two about the same thing
 * (channels, what counts, scope, days) the narrower.  Holds: the longer; records: kept longer.
 */
#include "config_rules.h"

#include <stdarg.h>
#include <string.h>

#define JOINED  96 /* of one kind, from everywhere */
#define WIDENED 64

struct config_join {
	struct config_parts *p;
	struct policy *policy;
	struct policy_cap caps[JOINED];
	struct policy_gap gaps[JOINED];
	struct policy_cooloff cooloffs[JOINED];
	const char *keeper;  /* who asks for the longest keeping */
	const char *holiday; /* the first rule for public holidays */
	bool lender;         /* what is wider is no longer passed over, but ... */
	const char *reason;  /* ... an error, or with a reason listed */
	const char *widened[WIDENED];
	size_t n_widened;
};

struct config_join *
config_join_new(struct config_parts *p)
{
	struct config_join *j = arena_alloc(&p->scratch, sizeof(*j));
	struct policy *policy = &p->config->policy;

	j->p = p;
	j->policy = policy;
	j->keeper = "base";
	policy_base(policy);
	memcpy(j->caps, policy->caps, policy->n_caps * sizeof(*policy->caps));
	memcpy(j->gaps, policy->gaps, policy->n_gaps * sizeof(*policy->gaps));
	memcpy(j->cooloffs, policy->cooloffs, policy->n_cooloffs * sizeof(*policy->cooloffs));
	return j;
}

const char *
config_join_holiday(const struct config_join *j)
{
	return j->holiday;
}

/* A rule that is wider than what stands: true when it takes its place.  A preset never does, the
 * lender with a reason; what is said is "WHAT (RULE)". */
static bool __attribute__((format(printf, 4, 5)))
widens(struct config_join *j, const struct yaml_node *at, const char *rule, const char *fmt, ...)
{
	const struct yaml_node *place = at->value != NULL ? at->value : at;
	char what[256];
	va_list args;

	if (!j->lender)
		return false;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	if (j->reason == NULL) {
		yaml_wrong(&j->p->yaml, place,
			   "%s: wider than the policy (%s); narrow it, or say why in "
			   "`override_reason` beside it",
			   what, rule);
		return false;
	}
	if (j->n_widened < WIDENED)
		j->widened[j->n_widened++] = arena_format(j->p->arena, "%s (%s)", what, rule);
	yaml_warn(&j->p->yaml, place, "%s: wider than the policy (%s), because: %s", what, rule,
		  j->reason);
	return true;
}

static bool
has_room(struct config_join *j, const struct yaml_node *at, size_t n, size_t most)
{
	if (n < most)
		return true;
	yaml_wrong(&j->p->yaml, at, "too many rules of this kind together");
	return false;
}

/* ---- hours of presets ---- */

/* What `row` of a channel says: of its own week, of the week for any, or of both; false: nothing.
 */
static bool
row_of(const struct config_rules *rules, int channel, int row, struct policy_hours *out)
{
	const struct config_week *own = &rules->week[channel], *any = &rules->week[CONFIG_WEEK_ANY];

	if (own->at[row] == NULL && any->at[row] == NULL)
		return false;
	*out = own->at[row] != NULL ? own->row[row] : any->row[row];
	if (own->at[row] != NULL && any->at[row] != NULL)
		*out = config_hours_both(&own->row[row], &any->row[row]);
	return true;
}

static void
narrow(struct policy_hours *hours, const struct policy_hours *by)
{
	*hours = config_hours_both(hours, by);
}

/* Hours that bound holidays too: of those days a week is open on, since that a Sunday is closed
 * says nothing of a holiday. */
static void
narrow_by_open(struct policy_hours *hours, const struct policy_hours *day)
{
	if (day->n > 0)
		narrow(hours, day);
}

static void
join_week(struct config_join *j, const struct config_rules *rules, int channel)
{
	struct policy *policy = j->policy;
	struct policy_hours *holiday = &policy->hours[channel][POLICY_HOLIDAY];
	struct policy_hours row;
	bool given = row_of(rules, channel, POLICY_HOLIDAY, &row);

	if (given && j->holiday == NULL)
		j->holiday = row.rule;
	if (given && !policy->holiday_hours[channel]) {
		*holiday = row;
		for (int day = 0; day < POLICY_HOLIDAY; day++)
			narrow_by_open(holiday, &policy->hours[channel][day]);
		policy->holiday_hours[channel] = true;
	} else if (given) {
		narrow(holiday, &row);
	}
	for (int day = 0; day < POLICY_HOLIDAY; day++) {
		if (!row_of(rules, channel, day, &row))
			continue;
		if (!given && policy->holiday_hours[channel])
			narrow_by_open(holiday, &row);
		narrow(&policy->hours[channel][day], &row);
	}
}

/* ---- hours of the lender ---- */

/* The policy's own hours of a row; for holidays without any, those of its weekdays bound what the
 * lender may open. */
static const struct policy_hours *
bound(const struct policy *policy, int channel, int row)
{
	bool weekday = row == POLICY_HOLIDAY && !policy->holiday_hours[channel];

	return &policy->hours[channel][weekday ? 0 : row];
}

/* Who refuses a part of `hours`: the rule that ends the bound. */
static const char *
bounded_by(const struct policy_hours *hours, const struct policy_hours *by, char out[160])
{
	const char *rule = by->rule;
	char shown[CONFIG_HOURS];

	if (hours->n > 0 && by->n > 0 && hours->window[0].from < by->window[0].from &&
	    by->before[0] != NULL)
		rule = by->before[0];
	snprintf(out, 160, "%.60s allows %s", rule, config_hours_show(by, shown));
	return out;
}

/* Checks one week against the channels it is for; *wide has a bit for every row let through. */
static void
check_week(struct config_join *j, const struct policy *before, const struct config_rules *rules,
	   int week, unsigned *wide)
{
	static const char *const words[] = {"sms", "call", "any"};
	const struct config_week *w = &rules->week[week];
	const struct yaml_node *said = NULL;
	int from = week == CONFIG_WEEK_ANY ? 0 : week;
	int to = week == CONFIG_WEEK_ANY ? CAMPAIGN_VOICES - 1 : week;

	for (int row = 0; row < CONFIG_ROWS; row++)
		for (int c = from; w->at[row] != NULL && c <= to; c++) {
			const struct policy_hours *b = bound(before, c, row);
			char rule[160], hours[CONFIG_HOURS];

			if (config_hours_within(&w->row[row], b))
				continue;
			*wide |= 1U << row;
			if (w->at[row] != said)
				widens(j, w->at[row], bounded_by(&w->row[row], b, rule),
				       "windows %s %.40s %s", words[week], w->at[row]->text,
				       config_hours_show(&w->row[row], hours));
			said = w->at[row];
		}
}

/* The lender's hours stand in the place of the policy's, within which they are. */
static void
set_week(struct config_join *j, const struct config_rules *rules, int channel, unsigned wide)
{
	struct policy *policy = j->policy;
	const struct config_week *own = &rules->week[channel], *any = &rules->week[CONFIG_WEEK_ANY];

	if (!own->given && !any->given)
		return;
	for (int row = 0; row < CONFIG_ROWS; row++) {
		struct policy_hours hours = own->given ? own->row[row] : any->row[row];

		if (own->given && any->given)
			hours = config_hours_both(&own->row[row], &any->row[row]);
		if (wide & 1U << row)
			hours.rule = "lender.override";
		memset(hours.before, 0, sizeof(hours.before));
		policy->hours[channel][row] = hours;
	}
	if (own->at[POLICY_HOLIDAY] != NULL || any->at[POLICY_HOLIDAY] != NULL) {
		policy->holiday_hours[channel] = true;
		if (j->holiday == NULL)
			j->holiday = "lender.holiday";
	}
}

static void
set_hours(struct config_join *j, const struct config_rules *rules)
{
	const struct policy before = *j->policy;
	unsigned any = 0, wide[CAMPAIGN_VOICES] = {0};

	check_week(j, &before, rules, CONFIG_WEEK_ANY, &any);
	for (int c = 0; c < CAMPAIGN_VOICES; c++) {
		check_week(j, &before, rules, c, &wide[c]);
		set_week(j, rules, c, wide[c] | any);
	}
}

/* ---- caps, gaps, cool-offs, holds ---- */

static const char *const what_words[] = {"attempt", "sent", "connected", "contact", "talk"};
static const char *const scope_words[] = {"person", "number", "debt"};

static const char *
channels_word(uint8_t channels)
{
	return channels == 1U << CAMPAIGN_SMS    ? "sms"
	       : channels == 1U << CAMPAIGN_CALL ? "call"
						 : "any";
}

static void
join_cap(struct config_join *j, const struct config_cap *cap)
{
	const struct policy_cap *is = &cap->is;

	for (size_t i = 0; i < j->policy->n_caps; i++) {
		struct policy_cap *c = &j->caps[i];

		if (c->channels != is->channels || c->what != is->what || c->scope != is->scope ||
		    c->days != is->days)
			continue;
		if (is->n < c->n ||
		    (is->n > c->n && widens(j, cap->at, c->rule, "caps %s.%s %d/%dd per %s",
					    channels_word(is->channels), what_words[is->what],
					    is->n, is->days, scope_words[is->scope])))
			*c = *is;
		return;
	}
	if (has_room(j, cap->at, j->policy->n_caps, JOINED))
		j->caps[j->policy->n_caps++] = *is;
}

/* Forgets one of a list. */
static void
drop(void *list, size_t size, size_t i, size_t *n)
{
	char *at = (char *)list + i * size;

	memmove(at, at + size, (*n - i - 1) * size);
	--*n;
}

static void
join_gap(struct config_join *j, const struct config_gap *gap)
{
	const struct policy_gap *is = &gap->is;

	for (size_t i = 0; i < j->policy->n_gaps; i++) {
		struct policy_gap *g = &j->gaps[i];

		if (g->channels != is->channels || g->what != is->what ||
		    (g->scope != is->scope && is->ms > 0))
			continue;
		if (is->ms > g->ms || (is->ms < g->ms && widens(j, gap->at, g->rule, "gaps %s %s",
								channels_word(is->channels),
								strrchr(is->rule, '.') + 1)))
			*g = *is;
		if (g->ms == 0)
			drop(j->gaps, sizeof(*g), i, &j->policy->n_gaps);
		return;
	}
	if (is->ms > 0 && has_room(j, gap->at, j->policy->n_gaps, JOINED))
		j->gaps[j->policy->n_gaps++] = *is;
}

static void
join_cooloff(struct config_join *j, const struct config_cooloff *cooloff)
{
	const struct policy_cooloff *is = &cooloff->is;

	for (size_t i = 0; i < j->policy->n_cooloffs; i++) {
		struct policy_cooloff *c = &j->cooloffs[i];

		if (c->channels != is->channels || (c->scope != is->scope && is->days > 0))
			continue;
		if (is->days > c->days ||
		    (is->days < c->days &&
		     widens(j, cooloff->at, c->rule, "cooloff %s %s", channels_word(is->channels),
			    strrchr(is->rule, '.') + 1)))
			*c = *is;
		if (c->days == 0)
			drop(j->cooloffs, sizeof(*c), i, &j->policy->n_cooloffs);
		return;
	}
	if (is->days > 0 && has_room(j, cooloff->at, j->policy->n_cooloffs, JOINED))
		j->cooloffs[j->policy->n_cooloffs++] = *is;
}

/* Is a hold of so many days shorter?  0 lasts until it is released. */
static bool
is_shorter(int16_t days, int16_t than)
{
	return days != 0 && (than == 0 || days < than);
}

static void
join_hold(struct config_join *j, const struct config_hold *hold)
{
	struct policy *policy = j->policy;
	const struct policy_hold *is = &hold->is;

	for (size_t i = 0; i < policy->n_holds; i++) {
		struct policy_hold *h = &policy->holds[i];

		if (strcmp(h->word, is->word) != 0)
			continue;
		if (is_shorter(h->days, is->days) ||
		    (is_shorter(is->days, h->days) &&
		     widens(j, hold->at, h->days > 0 ? "a preset holds longer" : "until released",
			    "holds %s %dd", is->word, is->days)))
			h->days = is->days;
		return;
	}
	if (has_room(j, hold->at, policy->n_holds, POLICY_HOLDS))
		policy->holds[policy->n_holds++] = *is;
}

/* ---- rules of which there is one ---- */

static void
join_channels(struct config_join *j, const struct config_single *one)
{
	struct policy *policy = j->policy;
	int n = policy->channels_per_week;

	if (one->value < 0 || one->value == n)
		return;
	if (one->value > 0 && (n == 0 || one->value < n)) {
		policy->channels_per_week = (int16_t)one->value;
		policy->channels_rule = one->text;
	} else if (widens(j, one->at, policy->channels_rule, "channels_per_week %s",
			  one->at->text)) {
		policy->channels_per_week = (int16_t)one->value;
		policy->channels_rule = one->value > 0 ? one->text : NULL;
	}
}

static void
join_texts(struct config_join *j, const struct config_rules *rules)
{
	struct policy *policy = j->policy;
	const struct config_single *touch = &rules->first_touch, *names = &rules->names_lender;
	const struct config_single *stop = &rules->opt_out;

	if (touch->value == 1 && policy->first_touch == NULL)
		policy->first_touch = touch->text;
	else if (touch->value == 0 && policy->first_touch != NULL &&
		 widens(j, touch->at, policy->first_touch, "first_touch off"))
		policy->first_touch = NULL;
	if (names->value == 1)
		policy->names_lender = true;
	else if (names->value == 0 && policy->names_lender &&
		 widens(j, names->at, "base", "require lender %s", names->at->text))
		policy->names_lender = false;
	/* in whose words it is said is the lender's choice */
	if (stop->value == 1 && (policy->opt_out == NULL || j->lender))
		policy->opt_out = stop->text;
	else if (stop->value == 0 && policy->opt_out != NULL &&
		 widens(j, stop->at, policy->opt_out, "require opt_out off"))
		policy->opt_out = NULL;
}

static void
join_keeping(struct config_join *j, const struct config_rules *rules)
{
	const struct config_single *keep = &rules->record_keep;
	char rule[80];

	if (keep->value < 0)
		return;
	snprintf(rule, sizeof(rule), "%.40s keeps %d days", j->keeper, (int)j->policy->record_keep);
	if (keep->value > j->policy->record_keep ||
	    (keep->value < j->policy->record_keep &&
	     widens(j, keep->at, rule, "record_keep %s", keep->text))) {
		j->policy->record_keep = keep->value;
		j->keeper = rules->name;
	}
}

static void
join_others(struct config_join *j, const struct config_rules *rules)
{
	for (size_t i = 0; i < rules->n_caps; i++)
		join_cap(j, &rules->caps[i]);
	for (size_t i = 0; i < rules->n_gaps; i++)
		join_gap(j, &rules->gaps[i]);
	for (size_t i = 0; i < rules->n_cooloffs; i++)
		join_cooloff(j, &rules->cooloffs[i]);
	for (size_t i = 0; i < rules->n_holds; i++)
		join_hold(j, &rules->holds[i]);
	join_channels(j, &rules->channels_per_week);
	join_texts(j, rules);
	join_keeping(j, rules);
}

/* ---- all of it ---- */

void
config_join_preset(struct config_join *j, const struct config_rules *rules)
{
	for (int c = 0; c < CAMPAIGN_VOICES; c++)
		join_week(j, rules, c);
	join_others(j, rules);
}

void
config_join_lender(struct config_join *j, const struct config_rules *rules, const char *reason)
{
	j->lender = true;
	j->reason = reason;
	set_hours(j, rules);
	join_others(j, rules);
}

static const void *
keep(struct config_join *j, const void *list, size_t n, size_t size)
{
	void *copy = arena_array(j->p->arena, n, size);

	memcpy(copy, list, n * size);
	return copy;
}

void
config_join_end(struct config_join *j)
{
	struct policy *policy = j->policy;
	struct config *config = j->p->config;

	policy->caps = keep(j, j->caps, policy->n_caps, sizeof(*j->caps));
	policy->gaps = keep(j, j->gaps, policy->n_gaps, sizeof(*j->gaps));
	policy->cooloffs = keep(j, j->cooloffs, policy->n_cooloffs, sizeof(*j->cooloffs));
	config->widened = keep(j, j->widened, j->n_widened, sizeof(*j->widened));
	config->n_widened = j->n_widened;
}
