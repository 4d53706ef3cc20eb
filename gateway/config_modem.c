/* routes of type modem: ports, allowances, PIN, balance */
#include "config_parts.h"
#include "money.h"

#include <stdlib.h>
#include <string.h>

#define HOURS(n) ((n)*3600)

struct balance {
	const char *ussd, *every;
	const struct yaml_node *warn_below;
};

static const struct yaml_key balance_keys[] = {
    {"ussd", YAML_TEXT, .required = true, .offset = offsetof(struct balance, ussd)},
    {"warn_below", YAML_NODE, .offset = offsetof(struct balance, warn_below)},
    {"every", YAML_TEXT, .offset = offsetof(struct balance, every)},
    {0}};

/* "30m", "6h", "1d" in seconds, 0: none of these. */
static int
duration(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);
	long unit = *end == 'm' ? 60 : *end == 'h' ? HOURS(1) : *end == 'd' ? HOURS(24) : 0;

	if (text[0] < '1' || text[0] > '9' || unit == 0 || end[1] != '\0' || n > 1000)
		return 0;
	return (int)(n * unit);
}

static void
make_balance(struct config_parts *p, const struct yaml_node *node, struct config_modem *modem)
{
	struct balance raw = {.every = "6h"};
	const char *text = NULL;
	char why[MONEY_WHY];

	modem->warn_below = -1;
	if (node == NULL || node->kind == YAML_WRONG || yaml_is_null(node))
		return;
	yaml_fill(&p->yaml, node, NULL, "balance", balance_keys, &raw);
	modem->balance_ussd = raw.ussd;
	modem->balance_every = duration(raw.every);
	if (raw.ussd != NULL &&
	    (strspn(raw.ussd, "0123456789*#") != strlen(raw.ussd) || strlen(raw.ussd) > 30))
		yaml_wrong(&p->yaml, node, "`ussd` is what one would dial, such as \"*100#\"");
	if (modem->balance_every < 600)
		yaml_wrong(&p->yaml, node,
			   "`every` is a time such as 30m, 6h or 1d, at least 10m: some operators "
			   "charge for the question");
	if (raw.warn_below != NULL && yaml_text(&p->yaml, raw.warn_below, "warn_below", &text) &&
	    money_parse(text, strlen(text), p->config->lender.digits, &modem->warn_below, why) != 0)
		yaml_wrong(&p->yaml, raw.warn_below, "`warn_below`: %s", why);
}

void
config_make_modem(struct config_parts *p, const struct config_raw_route *raw,
		  struct config_modem *modem)
{
	modem->per_hour = raw->per_hour;
	modem->per_day = raw->per_day;
	modem->per_month = raw->per_month;
	modem->recipients_per_month = raw->recipients_per_month;
	modem->sim_wait = raw->sim_wait;
	modem->voice = raw->voice;
	if (raw->ports != NULL &&
	    !(raw->ports->kind == YAML_SCALAR && strcmp(raw->ports->text, "auto") == 0))
		yaml_texts(&p->yaml, raw->ports, "ports", &modem->ports, &modem->n_ports);
	if (raw->pin_file != NULL) {
		const char *pin = config_secret_file(p, raw->pin_file, "pin_file");
		size_t n = pin != NULL ? strspn(pin, "0123456789") : 0;

		modem->pin_file = config_path(p, raw->pin_file->text);
		if (pin != NULL && pin[0] != '\0' && (n < 4 || n > 8 || pin[n] != '\0'))
			yaml_wrong(&p->yaml, raw->pin_file, "a PIN is 4 to 8 digits");
		modem->pin = pin;
	}
	make_balance(p, raw->balance, modem);
}
