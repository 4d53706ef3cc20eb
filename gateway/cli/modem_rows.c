#include "modem_rows.h"

#include "gateway/store/sim.h"

#include <string.h>
#include <uv.h>

#define SIMS 256

const struct rows_column modem_rows[MODEM_ROWS] = {
    {"port", "PORT", 0},
    {"maker", NULL, 0},
    {"model", "MODEL", TABLE_DROP},
    {"firmware", NULL, 0},
    {"imei", "IMEI", TABLE_DROP},
    {"iccid", "SIM", TABLE_DROP},
    {"imsi", NULL, 0},
    {"operator", "OPERATOR", 0},
    {"registered", NULL, 0},
    {"signal", "SIGNAL", TABLE_RIGHT},
    {"state", "STATE", 0},
    {"reason", "BECAUSE", TABLE_CUT},
    {"route", "ROUTE", TABLE_DROP},
    {"sent_hour", "THIS HOUR", TABLE_RIGHT},
    {"sent_today", "TODAY", TABLE_RIGHT},
    {"left_today", "LEFT", TABLE_RIGHT},
    {"balance", "BALANCE", TABLE_CUT},
    {"balance_minor", NULL, 0},
    {"currency", NULL, 0},
    {"balance_at", NULL, 0},
    {"voice", "VOICE", TABLE_DROP},
    {"reports", "REPORTS", TABLE_DROP},
    {"number", NULL, 0},
    {"left_hour", NULL, 0},
};

static void
show_text(struct rows *r, const json_t *modem, const char *key)
{
	rows_text(r, json_string_value(json_object_get(modem, key)));
}

static int
figures_of(struct show *s, const char *route, int64_t sim, struct sim_use *use, int *left_hour)
{
	int i = config_route_index(s->config, route);
	const struct config_modem *m = i >= 0 ? &s->config->routes[i].modem : NULL;
	struct sim_limits limits = {.zone = facts_lender_zone(s->facts)};
	int rc;

	if (m != NULL) {
		limits.per_hour = m->per_hour;
		limits.per_day = m->per_day;
		limits.per_month = m->per_month;
	}
	rc = sim_use(s->store, sim, &limits, s->now, use);
	*left_hour = limits.per_hour > use->hour ? limits.per_hour - use->hour : 0;
	return rc;
}

static void
show_use(struct rows *r, const struct sim_use *use)
{
	if (use == NULL) {
		rows_null(r);
		rows_null(r);
		rows_null(r);
		return;
	}
	rows_int(r, use->hour);
	rows_int(r, use->day);
	rows_int(r, use->left_today);
}

static void
show_balance(struct rows *r, struct show *s, const struct sim_row *sim)
{
	rows_text(r, sim->balance[0] != '\0' ? sim->balance : NULL);
	rows_int_if(r, sim->has_minor, sim->balance_minor);
	rows_text(r, s->config->lender.currency);
	rows_time(r, sim->balance_at, facts_lender_zone(s->facts));
}

/* reports: a truth where it is known; how they come is the modem's own business. */
static void
show_abilities(struct rows *r, const json_t *modem)
{
	const char *voice = json_string_value(json_object_get(modem, "voice"));
	const char *reports = json_string_value(json_object_get(modem, "reports"));

	if (voice == NULL)
		rows_null(r);
	else
		rows_bool(r, strcmp(voice, "yes") == 0);
	if (reports == NULL)
		rows_null(r);
	else
		rows_bool(r, strcmp(reports, "none") != 0);
}

static int
show_modem(struct rows *r, struct show *s, const json_t *modem)
{
	static const char *const first[] = {"port", "maker", "model", "firmware",
					    "imei", "iccid", "imsi",  "operator"};
	const json_t *signal = json_object_get(modem, "signal");
	const char *route = json_string_value(json_object_get(modem, "route"));
	int64_t id = json_integer_value(json_object_get(modem, "sim"));
	struct sim_row sim = {0};
	struct sim_use use = {0};
	int left_hour = 0, rc = 0;

	if (id != 0 && s->store != NULL && (rc = sim_get(s->store, id, &sim)) == 0)
		rc = figures_of(s, route, id, &use, &left_hour);
	rows_begin(r);
	for (size_t i = 0; i < sizeof first / sizeof *first; i++)
		show_text(r, modem, first[i]);
	rows_bool(r, json_is_true(json_object_get(modem, "registered")));
	rows_int_if(r, json_is_integer(signal), json_integer_value(signal));
	show_text(r, modem, "state");
	show_text(r, modem, "reason");
	rows_text(r, route);
	show_use(r, id != 0 && rc == 0 ? &use : NULL);
	show_balance(r, s, &sim);
	show_abilities(r, modem);
	rows_text(r, sim.address[0] == '+' ? sim.address : NULL);
	rows_int_if(r, id != 0, left_hour);
	rows_end(r);
	return rc == UV_ENOENT ? 0 : rc;
}

/* What is known of a SIM while nobody serves. */
static json_t *
as_seen(const struct sim_row *sim, int64_t id)
{
	return json_pack("{s:s*, s:s*, s:s*, s:s, s:s, s:s, s:I}", "imei",
			 sim->imei[0] != '\0' ? sim->imei : NULL, "iccid",
			 sim->iccid[0] != '\0' ? sim->iccid : NULL, "imsi",
			 sim->imsi[0] != '\0' ? sim->imsi : NULL, "state", "lost", "reason",
			 "no daemon serves this home", "route", sim->route, "sim", (json_int_t)id);
}

static int
show_seen(struct rows *r, struct show *s, const char *route)
{
	int64_t ids[SIMS];
	int n = sim_lately(s->store, route, 0, ids, SIMS), rc = n < 0 ? n : 0;

	for (int i = 0; i < n && rc == 0; i++) {
		struct sim_row sim;
		json_t *modem;

		if ((rc = sim_get(s->store, ids[i], &sim)) != 0)
			break;
		modem = as_seen(&sim, ids[i]);
		rc = show_modem(r, s, modem);
		json_decref(modem);
	}
	return rc;
}

int
modem_rows_all(struct rows *r, struct show *s, const json_t *live)
{
	const json_t *modem;
	size_t i;
	int rc = 0;

	if (live != NULL) {
		json_array_foreach(json_object_get(live, "modems"), i, modem)
		{
			if (rc == 0)
				rc = show_modem(r, s, modem);
		}
		return rc;
	}
	for (i = 0; i < s->config->n_routes && rc == 0 && s->store != NULL; i++)
		if (s->config->routes[i].type == CONFIG_ROUTE_MODEM)
			rc = show_seen(r, s, s->config->routes[i].name);
	return rc;
}
