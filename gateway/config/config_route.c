/* routes: the list, the tables of what each type knows, and what all types have in common */
#include "config_parts.h"
#include "gateway/base/money.h"

#include <stdlib.h>
#include <string.h>

static const char *const types[] = {"file", "smpp", "modem", NULL};
static const char *const binds[] = {"transceiver", "transmitter+receiver", NULL};
static const char *const alphabets[] = {"gsm", "latin1", "ascii", NULL};
static const char *const packings[] = {"unpacked", "packed", NULL};
static const char *const longs[] = {"udh", "sar", "payload", NULL};

const char *
config_route_type_word(enum config_route_type type)
{
	return types[type];
}

static void
refuse_elsewhere(struct yaml_reader *r, const struct yaml_key *key,
		 const struct yaml_node *key_node, const struct yaml_node *value, void *target)
{
	const struct config_raw_route *raw = target;

	(void)value;
	yaml_wrong(r, key_node, "`%s` means nothing on a route of type %s", key->name,
		   types[raw->type]);
}

static void
refuse_password(struct yaml_reader *r, const struct yaml_key *key, const struct yaml_node *key_node,
		const struct yaml_node *value, void *target)
{
	(void)key;
	(void)value;
	(void)target;
	yaml_wrong(r, key_node,
		   "`password` never stands in this file: put it in a file only you can read and "
		   "name that as password_file");
}

#define AT(member) .offset = offsetof(struct config_raw_route, member)
#define ELSEWHERE(key)                                                                             \
	{                                                                                          \
		key, YAML_ELSEWHERE, .custom = refuse_elsewhere                                    \
	}
/* clang-format off */
#define COMMON_KEYS                                                                                \
	{"type", YAML_WORD, .required = true, AT(type), .words = types},                           \
	{"prefixes", YAML_NODE, AT(prefixes)},                                                     \
	{"price", YAML_NODE, AT(price)},                                                           \
	{"failover", YAML_BOOL, AT(failover)},                                                     \
	{"replies", YAML_BOOL, AT(replies)},                                                       \
	{"rate", YAML_INT, AT(rate), .min = 0, .max = 1000000}

static const struct yaml_key file_keys[] = {
	COMMON_KEYS,
	{"path", YAML_TEXT, AT(path)},
	ELSEWHERE("host"), ELSEWHERE("port"), ELSEWHERE("tls"), ELSEWHERE("system_id"),
	ELSEWHERE("password_file"), ELSEWHERE("password_env"), ELSEWHERE("system_type"),
	ELSEWHERE("bind"), ELSEWHERE("source"), ELSEWHERE("source_ton"), ELSEWHERE("source_npi"),
	ELSEWHERE("window"), ELSEWHERE("receipts"), ELSEWHERE("alphabet"), ELSEWHERE("packing"),
	ELSEWHERE("long"), ELSEWHERE("blocked_status"), ELSEWHERE("ports"), ELSEWHERE("per_hour"), ELSEWHERE("per_day"),
	ELSEWHERE("per_month"), ELSEWHERE("recipients_per_month"), ELSEWHERE("pin_file"),
	ELSEWHERE("voice"), ELSEWHERE("audio"), ELSEWHERE("audio_speed"), ELSEWHERE("record"),
	ELSEWHERE("incoming"), ELSEWHERE("person"), ELSEWHERE("person_hours"), ELSEWHERE("sim_wait"), ELSEWHERE("balance"),
	{0}};

static const struct yaml_key smpp_keys[] = {
	COMMON_KEYS,
	{"host", YAML_TEXT, .required = true, AT(host)},
	{"port", YAML_INT, AT(port), .min = 1, .max = 65535},
	{"tls", YAML_NODE, AT(tls)},
	{"system_id", YAML_NODE, .required = true, AT(system_id)},
	{"password", YAML_ELSEWHERE, .custom = refuse_password},
	{"password_file", YAML_NODE, AT(password_file)},
	{"password_env", YAML_NODE, AT(password_env)},
	{"system_type", YAML_NODE, AT(system_type)},
	{"bind", YAML_WORD, AT(bind), .words = binds},
	{"source", YAML_NODE, AT(source)},
	{"source_ton", YAML_INT, AT(source_ton), .min = 0, .max = 6},
	{"source_npi", YAML_INT, AT(source_npi), .min = 0, .max = 18},
	{"window", YAML_INT, AT(window), .min = 1, .max = 10000},
	{"receipts", YAML_BOOL, AT(receipts)},
	{"alphabet", YAML_WORD, AT(alphabet), .words = alphabets},
	{"packing", YAML_WORD, AT(packing), .words = packings},
	{"long", YAML_WORD, AT(long_form), .words = longs},
	{"blocked_status", YAML_NODE, AT(blocked_status)},
	ELSEWHERE("path"), ELSEWHERE("ports"), ELSEWHERE("per_hour"), ELSEWHERE("per_day"),
	ELSEWHERE("per_month"), ELSEWHERE("recipients_per_month"), ELSEWHERE("pin_file"),
	ELSEWHERE("voice"), ELSEWHERE("audio"), ELSEWHERE("audio_speed"), ELSEWHERE("record"),
	ELSEWHERE("incoming"), ELSEWHERE("person"), ELSEWHERE("person_hours"), ELSEWHERE("sim_wait"), ELSEWHERE("balance"),
	{0}};

static const struct yaml_key modem_keys[] = {
	COMMON_KEYS,
	{"ports", YAML_NODE, AT(ports)},
	{"per_hour", YAML_INT, AT(per_hour), .min = 1, .max = 3600},
	{"per_day", YAML_INT, AT(per_day), .min = 1, .max = 100000},
	{"per_month", YAML_INT, AT(per_month), .min = 1, .max = 1000000},
	{"recipients_per_month", YAML_INT, AT(recipients_per_month), .min = 1, .max = 1000000},
	{"pin_file", YAML_NODE, AT(pin_file)},
	{"sim_wait", YAML_INT, AT(sim_wait), .min = 0, .max = 1440},
	{"balance", YAML_NODE, AT(balance)},
	{"voice", YAML_BOOL, AT(voice)},
	{"audio", YAML_NODE, AT(audio)},
	{"audio_speed", YAML_INT, AT(audio_speed), .min = 1, .max = 10},
	{"record", YAML_NODE, AT(record)},
	{"incoming", YAML_NODE, AT(incoming)},
	{"person", YAML_NODE, AT(person)},
	{"person_hours", YAML_NODE, AT(person_hours)},
	ELSEWHERE("path"), ELSEWHERE("host"), ELSEWHERE("port"), ELSEWHERE("tls"),
	ELSEWHERE("system_id"), ELSEWHERE("password_file"), ELSEWHERE("password_env"),
	ELSEWHERE("system_type"), ELSEWHERE("bind"), ELSEWHERE("source"), ELSEWHERE("source_ton"),
	ELSEWHERE("source_npi"), ELSEWHERE("window"), ELSEWHERE("receipts"),
	ELSEWHERE("alphabet"), ELSEWHERE("packing"), ELSEWHERE("long"), ELSEWHERE("blocked_status"),
	{0}};
/* clang-format on */

static const struct yaml_key *const keys_of[] = {file_keys, smpp_keys, modem_keys};

/* The table to read by.  Where the type is missing or misspelt, what else stands there tells, so
 * that the other mistakes of the route come out in the same run. */
static int
guess_type(const struct yaml_node *map)
{
	int guess = CONFIG_ROUTE_SMPP;

	for (const struct yaml_node *k = map->first; k != NULL; k = k->next) {
		const char *near = strcmp(k->text, "type") == 0 && k->value->kind == YAML_SCALAR
				       ? complaint_nearest(k->value->text, types)
				       : NULL;

		for (int i = 0; near != NULL && types[i] != NULL; i++)
			if (near == types[i])
				return i;
		if (strcmp(k->text, "path") == 0)
			guess = CONFIG_ROUTE_FILE;
		else if (strcmp(k->text, "ports") == 0)
			guess = CONFIG_ROUTE_MODEM;
	}
	return guess;
}

static bool
is_prefix(const char *text)
{
	size_t digits = strspn(text + 1, "0123456789");

	return text[0] == '+' && digits >= 1 && digits <= 15 && text[1 + digits] == '\0' &&
	       text[1] != '0';
}

static void
make_prefixes(struct config_parts *p, const struct yaml_node *node, struct config_route *route)
{
	const char **list;
	size_t n = 0;

	if (node == NULL || node->kind == YAML_WRONG)
		return;
	list = arena_array(p->arena, node->n + 1, sizeof(*list));
	for (const struct yaml_node *item = yaml_items(&p->yaml, node, "prefixes"); item != NULL;
	     item = item->next) {
		size_t i = 0;

		if (!yaml_text(&p->yaml, item, "prefixes", &list[n]))
			continue;
		if (!is_prefix(list[n])) {
			yaml_wrong(&p->yaml, item,
				   "`%.40s` is no prefix: a plus, the country code and perhaps "
				   "more digits, such as \"+63\"",
				   list[n]);
			continue;
		}
		while (strcmp(list[i], list[n]) != 0)
			i++;
		if (i < n)
			yaml_wrong(&p->yaml, item, "prefix `%s` is named twice", list[n]);
		else
			n++;
	}
	route->prefixes = list;
	route->n_prefixes = n;
}

static void
make_price(struct config_parts *p, const struct yaml_node *node, struct config_route *route)
{
	const char *text = NULL;
	char why[MONEY_WHY];

	if (yaml_is_null(node) || !yaml_text(&p->yaml, node, "price", &text))
		return;
	if (money_price_parse(text, strlen(text), &route->price, why) != 0) {
		route->price = CONFIG_PRICE_UNKNOWN;
		yaml_wrong(&p->yaml, node, "`price`: %s", why);
	}
}

static bool
is_name(const char *text)
{
	size_t len = strlen(text);

	return len >= 1 && len <= 64 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
		   len;
}

static void
read_route(struct config_parts *p, const struct yaml_node *key, struct config_route *route)
{
	struct config_raw_route raw = {.node = key,
				       .failover = true,
				       .replies = true,
				       .path = "sent.jsonl",
				       .port = 2775,
				       .source_ton = -1,
				       .source_npi = -1,
				       .window = 100,
				       .receipts = true,
				       .per_hour = 30,
				       .per_day = 200,
				       .sim_wait = 10,
				       .audio_speed = 1};
	char what[96];

	snprintf(what, sizeof(what), "route `%.64s`", key->text);
	if (!is_name(key->text))
		yaml_wrong(&p->yaml, key,
			   "a route's name is letters, digits, `-`, `_` and `.`, at most 64");
	route->name = arena_text(p->arena, key->text, key->len);
	raw.type = key->value->kind == YAML_MAP ? guess_type(key->value) : CONFIG_ROUTE_FILE;
	if (yaml_is_null(key->value))
		yaml_wrong(&p->yaml, key, "%s holds nothing; it needs `type`", what);
	else
		yaml_fill(&p->yaml, key->value, key, what, keys_of[raw.type], &raw);
	route->type = (enum config_route_type)raw.type;
	route->failover = raw.failover;
	route->replies = raw.replies;
	route->rate = raw.rate;
	route->price = CONFIG_PRICE_UNKNOWN;
	make_prefixes(p, raw.prefixes, route);
	make_price(p, raw.price, route);
	if (route->type == CONFIG_ROUTE_FILE)
		route->path = config_path(p, raw.path);
	else if (route->type == CONFIG_ROUTE_SMPP && key->value->kind == YAML_MAP)
		config_make_smpp(p, &raw, &route->smpp);
	else if (route->type == CONFIG_ROUTE_MODEM)
		config_make_modem(p, &raw, &route->modem);
}

/* Two file routes that append to one file would mix their lines. */
static void
check_paths(struct config_parts *p, const struct yaml_node *map)
{
	const struct config_route *routes = p->config->routes;
	const struct yaml_node *k = map->first;

	for (size_t i = 0; i < p->config->n_routes; i++, k = k->next)
		for (size_t j = 0; j < i && routes[i].path != NULL; j++)
			if (routes[j].path != NULL && strcmp(routes[i].path, routes[j].path) == 0)
				yaml_wrong(&p->yaml, k,
					   "route `%s` writes to the same file as `%s`",
					   routes[i].name, routes[j].name);
}

void
config_read_routes(struct config_parts *p, const struct yaml_node *node)
{
	struct config_route *routes;
	size_t n = 0;

	if (node != NULL && node->kind == YAML_WRONG)
		return;
	if (node == NULL || yaml_is_null(node) || (node->kind == YAML_MAP && node->n == 0)) {
		yaml_warn(&p->yaml, node, "no route: nothing can be sent");
		return;
	}
	if (node->kind != YAML_MAP) {
		yaml_wrong(&p->yaml, node, "routes must hold a name and a mapping each");
		return;
	}
	routes = arena_array(p->arena, node->n, sizeof(*routes));
	for (const struct yaml_node *k = node->first; k != NULL; k = k->next)
		read_route(p, k, &routes[n++]);
	p->config->routes = routes;
	p->config->n_routes = n;
	check_paths(p, node);
}
