/* windows: hours by channel and weekday, as written; and what two sets of hours have in common
 *
 *     windows: {sms: {mon-fri: "09:00-12:00,13:00-18:00", hol: closed}, any: {sat: "09:00-13:00"}}
 */
#include "config_rules.h"

#include <stdlib.h>
#include <string.h>

static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "hol", NULL};

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
	for (int i = 0; i < CONFIG_ROWS; i++)
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

bool
config_read_hours(struct yaml_reader *r, const struct yaml_node *node, struct policy_hours *hours)
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
read_days(struct yaml_reader *r, const struct yaml_node *key, struct config_week *week)
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
	if (!yaml_text(r, key->value, key->text, &text) ||
	    !config_read_hours(r, key->value, &hours))
		return;
	for (int day = 0; day < CONFIG_ROWS; day++) {
		if ((set & 1U << day) == 0)
			continue;
		if (week->at[day] != NULL)
			yaml_wrong(r, key, "%s is given twice; the first is on line %d", days[day],
				   week->at[day]->line);
		else
			week->row[day] = hours;
		week->at[day] = key;
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
	  struct config_week *week)
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

void
config_windows_read(struct yaml_reader *r, const struct yaml_node *node, struct config_rules *out)
{
	struct raw_windows raw = {0};
	const char *window = arena_format(r->arena, "%s.window", out->name);
	const char *holiday = arena_format(r->arena, "%s.holiday", out->name);

	yaml_fill(r, node, NULL, "windows", windows_keys, &raw);
	read_week(r, raw.sms, "sms", &out->week[CAMPAIGN_SMS]);
	read_week(r, raw.call, "call", &out->week[CAMPAIGN_CALL]);
	read_week(r, raw.any, "any", &out->week[CONFIG_WEEK_ANY]);
	for (int w = 0; w <= CONFIG_WEEK_ANY; w++)
		for (int day = 0; day < CONFIG_ROWS; day++)
			out->week[w].row[day].rule = day == POLICY_HOLIDAY ? holiday : window;
}

/* --- hours ---------------------------------------------------------------------------------- */

const char *
config_hours_show(const struct policy_hours *hours, char out[CONFIG_HOURS])
{
	size_t used = 0;

	snprintf(out, CONFIG_HOURS, "closed");
	for (int i = 0; i < hours->n && used < CONFIG_HOURS; i++) {
		const struct policy_window *w = &hours->window[i];

		used +=
		    (size_t)snprintf(out + used, CONFIG_HOURS - used, "%s%02d:%02d-%02d:%02d",
				     i > 0 ? "," : "", (int)w->from / 3600, (int)w->from / 60 % 60,
				     (int)w->to / 3600, (int)w->to / 60 % 60);
	}
	return out;
}

bool
config_hours_within(const struct policy_hours *inner, const struct policy_hours *outer)
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

/* Who closes the time before window i, or after the last. */
static const char *
closer(const struct policy_hours *h, int i)
{
	return i < h->n && h->before[i] != NULL ? h->before[i] : h->rule;
}

/* Of two that close at the same time the first is named: it stood there before. */
struct policy_hours
config_hours_both(const struct policy_hours *a, const struct policy_hours *b)
{
	struct policy_hours both = {.rule = a->n == 0 || b->n > 0 ? a->rule : b->rule};

	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n && both.n < POLICY_WINDOWS; j++) {
			struct policy_window x = a->window[i], y = b->window[j];
			struct policy_window w = {x.from > y.from ? x.from : y.from,
						  x.to < y.to ? x.to : y.to};

			if (w.from >= w.to)
				continue;
			both.before[both.n] = x.from >= y.from ? closer(a, i) : closer(b, j);
			both.rule = x.to <= y.to ? closer(a, i + 1) : closer(b, j + 1);
			both.window[both.n++] = w;
		}
	return both;
}
