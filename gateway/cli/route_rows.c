#include "route_rows.h"

#include "gateway/base/money.h"
#include "gateway/base/rfc3339.h"
#include "gateway/send/settle.h"

#include <string.h>

const struct rows_column route_rows[ROUTE_ROWS] = {
    {"name", "ROUTE", 0},
    {"type", "TYPE", TABLE_DROP},
    {"state", "STATE", 0},
    {"since", "SINCE", 0},
    {"reason", "BECAUSE", TABLE_CUT},
    {"queue", "QUEUE", TABLE_RIGHT},
    {"in_flight", "ON THE WAY", TABLE_RIGHT},
    {"sent_today", "SENT TODAY", TABLE_RIGHT},
    {"failed_today", "FAILED", TABLE_RIGHT},
    {"rate", NULL, 0},
    {"price_minor", NULL, 0},
    {NULL, "PRICE", TABLE_RIGHT | TABLE_DROP},
    {"currency", NULL, 0},
    {"learned", "LEARNED", TABLE_CUT | TABLE_DROP},
};

json_t *
route_rows_ask(struct show *s)
{
	json_t *request, *reply = NULL;

	if (!client_serving(s->client))
		return NULL;
	if ((request = json_pack("{s:s}", "command", "status")) != NULL)
		client_call(s->client, request, &reply, true);
	json_decref(request);
	return reply;
}

static const json_t *
live_route(const json_t *live, const char *name)
{
	const json_t *routes = json_object_get(live, "routes"), *one;
	size_t i;

	json_array_foreach(routes, i, one)
	{
		const char *is = json_string_value(json_object_get(one, "name"));

		if (is != NULL && strcmp(is, name) == 0)
			return one;
	}
	return NULL;
}

/* A link that is up while everything is paused sends nothing: that is what its state should say. */
static void
show_state(struct rows *r, struct show *s, const json_t *live, bool paused)
{
	const char *state = json_string_value(json_object_get(live, "state"));
	const char *reason = json_string_value(json_object_get(live, "reason"));
	const char *at = json_string_value(json_object_get(live, "since"));
	int64_t since = 0;

	if (live == NULL) {
		state = "down";
		reason = client_serving(s->client) ? "the daemon does not know this route yet"
						   : "no daemon serves this home";
	}
	if (at != NULL && rfc3339_parse(at, &since, NULL) != 0)
		since = 0;
	if (paused && state != NULL && strcmp(state, "up") == 0) {
		state = "paused";
		reason = reason_what(REASON_PAUSED);
	}
	rows_text(r, state);
	rows_time(r, since, facts_lender_zone(s->facts));
	rows_text(r, reason);
}

static void
show_price(struct rows *r, struct show *s, const struct config_route *route)
{
	const struct config_lender *lender = &s->config->lender;
	char price[MONEY_TEXT], shown[MONEY_TEXT + 8];

	rows_int(r, route->rate);
	if (route->price == CONFIG_PRICE_UNKNOWN) {
		rows_null(r);
		rows_null(r);
	} else {
		money_price_format(route->price, price);
		snprintf(shown, sizeof shown, "%s %s", lender->currency, price);
		rows_int(r, money_price_round(route->price, lender->digits));
		rows_text(r, shown);
	}
	rows_text(r, lender->currency);
}

static int
show_route(struct rows *r, struct show *s, const struct config_route *route, const json_t *live,
	   bool paused)
{
	const json_t *on_the_way = json_object_get(live, "in_flight");
	struct list_route figures = {0};
	char learned[512] = "";
	int rc = 0;

	if (s->store != NULL) {
		rc = list_route(s->store, route->name, s->now, show_today(s), &figures);
		settle_learned(s->store, route->name, learned, sizeof learned);
	}
	rows_begin(r);
	rows_text(r, route->name);
	rows_text(r, config_route_type_word(route->type));
	show_state(r, s, live, paused);
	rows_int(r, figures.queued);
	rows_int(r, on_the_way != NULL ? json_integer_value(on_the_way) : figures.in_flight);
	rows_int(r, figures.sent);
	rows_int(r, figures.failed);
	show_price(r, s, route);
	rows_text(r, learned[0] != '\0' ? learned : NULL);
	rows_end(r);
	return rc;
}

int
route_rows_all(struct rows *r, struct show *s, const json_t *live)
{
	bool paused = s->store != NULL && store_meta_int(s->store, META_PAUSED, 0) != 0;
	int rc = 0;

	for (size_t i = 0; i < s->config->n_routes && rc == 0; i++) {
		const struct config_route *route = &s->config->routes[i];

		rc = show_route(r, s, route, live_route(live, route->name), paused);
	}
	return rc;
}

int
route_rows_show(const struct cli_call *call, const struct rows_column *columns, size_t n,
		route_rows_write *all, const char *empty)
{
	struct show s;
	struct rows r;
	json_t *live;
	int status = show_open(&s, call), ended, rc;

	if (status != CLI_DONE)
		return status;
	live = route_rows_ask(&s);
	rows_open(&r, stdout, call->json, columns, n);
	rc = all(&r, &s, live);
	ended = rows_close(&r, empty);
	status = rc != 0 ? show_failed(&s) : ended;
	json_decref(live);
	show_close(&s);
	return status;
}
