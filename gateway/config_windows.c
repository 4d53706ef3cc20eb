/* policy.windows: the lender's own hours, by channel and weekday
 *
 *     windows: {sms: {mon-fri: "09:00-12:00,13:00-18:00", hol: closed}, any: {mon-sat:
 * "09:00-18:00"}}
 *
 * Hours may narrow what the policy allows; a weekday that is not listed is closed for that channel.
 * `any` stands for texts and calls; where a channel has hours of its own too, both must allow.
 */
#include "config_parts.h"

#include <stdlib.h>
#include <string.h>

#define ROWS (POLICY_HOLIDAY + 1)

static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "hol", NULL};

/* The hours of one channel as written. */
struct week {
	bool given;
	struct policy_hours row[ROWS];
	const struct yaml_node *at[ROWS]; /* where they stand; NULL: not listed */
};

struct raw_windows {
	const struct yaml_node *sms, *call, *any;
};

static const struct yaml_key windows_keys[] = {
    {"sms", YAML_NODE, .offset = offsetof(struct raw_windows, sms)},
    {"call", YAML_NODE, .offset = offsetof(struct raw_windows, call)},
    {"any", YAML_NODE, .offset = offsetof(struct raw_windows, any)},
    {0}};

/* --- reading -------------------------------------------------------------------------------- */

static int
day_index(const char *text, size_t len)
{
	for (int i = 0; i < ROWS; i++)
		if (len == 3 && memcmp(text, days[i], 3) == 0)
			return i;
	return -1;
}

/* "mon", "mon-fri", "sat-mon", "hol", and several joined by commas, as a bit set; 0 when wrong. */
static unsigned
parse_days(const char *text)
{
	unsigned set = 0;

	for (const char *p = text;; p++) {
		size_t len = strcspn(p, ",");
		const char *dash = memchr(p, '-', len);
		int first = day_index(p, dash != NULL ? (size_t)(dash - p) : len);
		int last = dash != NULL ? day_index(dash + 1, len - (size_t)(dash + 1 - p)) : first;

		if (first < 0 || last < 0 || (dash != NULL && (first > 6 || last > 6)))
			return 0;
		for (int day = first;; day = (day + 1) % 7) {
			set |= 1U << day;
			if (day == last || day == POLICY_HOLIDAY)
				break;
		}
		p += len;
		if (*p == '\0')
			return set;
		while (p[1] == ' ')
			p++;
	}
}

static int
by_start(const void *a, const void *b)
{
	const struct policy_window *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static bool
parse_window(const char *p, size_t len, struct policy_window *w)
{
	const char *dash;

	while (len > 0 && *p == ' ') {
		p++;
		len--;
	}
	while (len > 0 && p[len - 1] == ' ')
		len--;
	dash = memchr(p, '-', len);
	return dash != NULL && yaml_parse_time(p, (size_t)(dash - p), false, &w->from) == 0 &&
	       yaml_parse_time(dash + 1, len - (size_t)(dash + 1 - p), true, &w->to) == 0 &&
	       w->from < w->to;
}

/* "09:00-12:00,13:00-18:00" or "closed"; false when complained of. */
static bool
parse_hours(struct yaml_reader *r, const struct yaml_node *node, struct policy_hours *hours)
{
	const char *p = node->text;

	hours->n = 0;
	if (strcmp(p, "closed") == 0)
		return true;
	for (;; p++) {
		size_t len = strcspn(p, ",");

		if (hours->n == POLICY_WINDOWS) {
			yaml_wrong(r, node, "at most %d windows a day", POLICY_WINDOWS);
			return false;
		}
		if (!parse_window(p, len, &hours->window[hours->n])) {
			yaml_wrong(
			    r, node,
			    "`%.60s` are no hours: write them as \"09:00-12:00,13:00-18:00\" "
			    "or closed",
			    node->text);
			return false;
		}
		hours->n++;
		p += len;
		if (*p == '\0')
			break;
	}
	qsort(hours->window, hours->n, sizeof(hours->window[0]), by_start);
	for (int i = 1; i < hours->n; i++)
		if (hours->window[i].from < hours->window[i - 1].to) {
			yaml_wrong(r, node, "the windows of `%.60s` overlap", node->text);
			return false;
		}
	return true;
}

/* One `mon-fri: "..."` of a channel. */
static void
read_days(struct yaml_reader *r, const struct yaml_node *key, struct week *week)
{
	struct policy_hours hours = {0};
	unsigned set = parse_days(key->text);
	const char *text = NULL;
	char hint[YAML_HINT];

	if (set == 0) {
		yaml_wrong(r, key,
			   "`%.40s` is no weekday: mon tue wed thu fri sat sun, a range such as "
			   "mon-fri, or hol%s",
			   key->text, yaml_hint(key->text, days, hint));
		return;
	}
	if (!yaml_text(r, key->value, key->text, &text) || !parse_hours(r, key->value, &hours))
		return;
	for (int day = 0; day < ROWS; day++) {
		if ((set & 1U << day) == 0)
			continue;
		if (week->at[day] != NULL)
			yaml_wrong(r, key, "%s is given twice; the first is on line %d", days[day],
				   week->at[day]->line);
		else
			week->row[day] = hours;
		week->at[day] = key->value;
	}
	if (hours.n > 0 &&
	    hours.window[hours.n - 1].to - hours.window[hours.n - 1].from <= POLICY_MARGIN)
		yaml_warn(
		    r, key->value,
		    "nothing is sent in the day's last 15 minutes, so its last window is never "
		    "open");
}

static void
read_week(struct yaml_reader *r, const struct yaml_node *node, const char *channel,
	  struct week *week)
{
	if (node == NULL || node->kind == YAML_WRONG)
		return;
	if (node->kind != YAML_MAP) {
		yaml_wrong(r, node, "`%s` must hold weekdays and their hours", channel);
		return;
	}
	week->given = true;
	for (const struct yaml_node *k = node->first; k != NULL; k = k->next)
		read_days(r, k, week);
}

/* --- joining with the policy ---------------------------------------------------------------- */

static bool
within(const struct policy_hours *inner, const struct policy_hours *outer)
{
	for (int i = 0; i < inner->n; i++) {
		bool good = false;

		for (int j = 0; j < outer->n && !good; j++)
			good = inner->window[i].from >= outer->window[j].from &&
			       inner->window[i].to <= outer->window[j].to;
		if (!good)
			return false;
	}
	return true;
}

static struct policy_hours
intersect(const struct policy_hours *a, const struct policy_hours *b)
{
	struct policy_hours both = {.n = 0};

	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n && both.n < POLICY_WINDOWS; j++) {
			struct policy_window w = a->window[i];

			if (b->window[j].from > w.from)
				w.from = b->window[j].from;
			if (b->window[j].to < w.to)
				w.to = b->window[j].to;
			if (w.from < w.to)
				both.window[both.n++] = w;
		}
	return both;
}

/* The policy's own hours of a row; for holidays without any, those of its weekdays bound what the
 * lender may open. */
static const struct policy_hours *
bound(const struct policy *policy, int channel, int day)
{
	return &policy->hours[channel]
			     [day == POLICY_HOLIDAY && !policy->holiday_hours[channel] ? 0 : day];
}

/* "08:00-20:00" */
static const char *
show_hours(const struct policy_hours *hours, char out[64])
{
	size_t used = 0;

	snprintf(out, 64, "closed");
	for (int i = 0; i < hours->n && used < 64; i++) {
		const struct policy_window *w = &hours->window[i];

		used +=
		    (size_t)snprintf(out + used, 64 - used, "%s%02d:%02d-%02d:%02d",
				     i > 0 ? "," : "", (int)w->from / 3600, (int)w->from / 60 % 60,
				     (int)w->to / 3600, (int)w->to / 60 % 60);
	}
	return out;
}

/* Complains about hours wider than the policy's unless they are overridden; true when any are. */
static bool
check_week(struct yaml_reader *r, const struct week *week, const struct policy *policy, int channel,
	   bool override)
{
	const struct yaml_node *said = NULL;
	char hours[64];
	bool wider = false;

	for (int day = 0; week->given && day < ROWS; day++) {
		if (week->at[day] == NULL || within(&week->row[day], bound(policy, channel, day)))
			continue;
		wider = true;
		if (!override && week->at[day] != said)
			yaml_wrong(r, week->at[day],
				   "wider than the policy allows (%s: %s); narrow it, or say why "
				   "in `override_reason` beside `windows`",
				   bound(policy, channel, day)->rule,
				   show_hours(bound(policy, channel, day), hours));
		said = week->at[day];
	}
	return wider;
}

static void
join(struct policy *policy, int channel, const struct week *own, const struct week *any, bool wider)
{
	for (int day = 0; day < ROWS; day++) {
		struct policy_hours hours = own->given ? own->row[day] : any->row[day];

		if (own->given && any->given)
			hours = intersect(&own->row[day], &any->row[day]);
		hours.rule = wider ? "lender.override" : "lender.window";
		policy->hours[channel][day] = hours;
	}
}

void
config_read_windows(struct config_parts *p, const struct yaml_node *node, bool override)
{
	struct policy *policy = &p->config->policy;
	const struct policy base = *policy;
	struct raw_windows raw = {0};
	struct week any = {0}, own[2] = {{0}, {0}};
	bool wide_any, wide[2], hol = false;

	yaml_fill(&p->yaml, node, NULL, "windows", windows_keys, &raw);
	read_week(&p->yaml, raw.sms, "sms", &own[CAMPAIGN_SMS]);
	read_week(&p->yaml, raw.call, "call", &own[CAMPAIGN_CALL]);
	read_week(&p->yaml, raw.any, "any", &any);
	wide_any = check_week(&p->yaml, &any, &base, CAMPAIGN_SMS, override);
	for (int c = 0; c < 2; c++) {
		wide[c] = check_week(&p->yaml, &own[c], &base, c, override) || wide_any;
		if (own[c].given || any.given)
			join(policy, c, &own[c], &any, wide[c]);
		hol = hol || own[c].at[POLICY_HOLIDAY] != NULL;
	}
	for (int c = 0; c < CAMPAIGN_CHANNELS; c++)
		policy->holiday_hours[c] =
		    base.holiday_hours[c] || hol || any.at[POLICY_HOLIDAY] != NULL;
	for (int c = 0; c < CAMPAIGN_CHANNELS && policy->holiday_hours[c]; c++)
		if (policy->hours[c][POLICY_HOLIDAY].rule == NULL)
			policy->hours[c][POLICY_HOLIDAY].rule = "holidays";
	if (override && !wide[0] && !wide[1])
		yaml_warn(&p->yaml, node, "`override_reason` is given, but no hours are wider");
}
