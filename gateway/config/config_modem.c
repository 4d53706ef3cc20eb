/* routes of type modem: ports, allowances, PIN, balance, calls */
#include "config_parts.h"
#include "config_rules.h"
#include "gateway/base/language.h"
#include "gateway/base/money.h"

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

/* ---- calls ---- */

static bool
read_device(struct config_parts *p, const struct yaml_node *node, struct config_audio *a)
{
	const char *text = NULL;

	if (!yaml_text(&p->yaml, node, "audio", &text))
		return false;
	a->tty = strncmp(text, "tty:", 4) == 0;
	if ((!a->tty && strncmp(text, "alsa:", 5) != 0) || text[5 - a->tty] == '\0') {
		yaml_wrong(&p->yaml, node,
			   "`%.60s` is no sound: write alsa:DEVICE (as `aplay -L` lists them) or "
			   "tty:PATH",
			   text);
		return false;
	}
	a->device = a->tty ? config_path(p, text + 4) : text + 5;
	return true;
}

static void
make_audio(struct config_parts *p, const struct yaml_node *node, struct config_modem *modem)
{
	struct config_audio *list;

	if (node == NULL || node->kind == YAML_WRONG || yaml_is_null(node))
		return;
	if (node->kind != YAML_MAP) {
		yaml_wrong(&p->yaml, node,
			   "`audio` holds a port, an IMEI or a USB path, and the sound of that "
			   "stick: {/dev/ttyUSB2: \"alsa:hw:1\"}");
		return;
	}
	list = arena_array(p->arena, node->n + 1, sizeof *list);
	for (const struct yaml_node *k = node->first; k != NULL; k = k->next) {
		struct config_audio *a = &list[modem->n_audio];

		a->stick = arena_text(p->arena, k->text, k->len);
		modem->n_audio += read_device(p, k->value, a);
	}
	modem->audio = list;
}

/* Who is recorded is told so, in a language they chose to speak. */
static void
make_record(struct config_parts *p, const struct yaml_node *node, struct config_modem *modem)
{
	struct config_said *list;
	char tag[LANGUAGE_TEXT];

	if (node == NULL || node->kind == YAML_WRONG || yaml_is_null(node))
		return;
	if (node->kind != YAML_MAP) {
		yaml_wrong(&p->yaml, node,
			   "`record` holds what is said first, by language: {en: \"This call is "
			   "recorded.\"}");
		return;
	}
	list = arena_array(p->arena, node->n + 1, sizeof *list);
	for (const struct yaml_node *k = node->first; k != NULL; k = k->next) {
		struct config_said *one = &list[modem->n_record];

		if (language_canonical(k->text, k->len, tag) != 0)
			yaml_wrong(&p->yaml, k, "`%.40s` is no language, such as `fil` or `es-CO`",
				   k->text);
		else if (yaml_text(&p->yaml, k->value, "record", &one->text)) {
			one->language = arena_text(p->arena, tag, strlen(tag));
			modem->n_record++;
		}
	}
	modem->record = list;
}

/* Who talks to those who ask for a person. */
static void
make_person(struct config_parts *p, const struct config_raw_route *raw, struct config_modem *modem)
{
	const char *text = NULL;

	if (raw->person != NULL)
		modem->person = config_phone(p, raw->person, "person");
	if (raw->person_hours == NULL ||
	    !yaml_text(&p->yaml, raw->person_hours, "person_hours", &text) ||
	    !config_read_hours(&p->yaml, raw->person_hours, &modem->person_hours))
		return;
	if (modem->person_hours.n == 0 || raw->person == NULL)
		yaml_wrong(&p->yaml, raw->person_hours,
			   "`person_hours` is when `person` may be rung, such as "
			   "\"09:00-12:00,13:00-17:00\"");
}

static bool
are_ptys(const struct config_modem *modem)
{
	for (size_t i = 0; i < modem->n_ports; i++)
		if (strncmp(modem->ports[i], "/dev/tty", 8) == 0)
			return false;
	return modem->n_ports > 0;
}

static void
make_voice(struct config_parts *p, const struct config_raw_route *raw, struct config_modem *modem)
{
	make_record(p, raw->record, modem);
	modem->audio_speed = raw->audio_speed;
	make_audio(p, raw->audio, modem);
	if (raw->incoming != NULL &&
	    yaml_text(&p->yaml, raw->incoming, "incoming", &modem->incoming))
		config_check_script(p, raw->incoming, modem->incoming);
	make_person(p, raw, modem);
	if (modem->audio_speed > 1 && !are_ptys(modem))
		yaml_wrong(&p->yaml, raw->node,
			   "`audio_speed` is for virtual cards: the ports must be those of a "
			   "simulated modem");
	if (modem->voice && modem->n_audio == 0)
		yaml_warn(
		    &p->yaml, raw->node,
		    "`voice: true` without `audio`: no stick has a sound, so no call is made; "
		    "`aplay -L` lists sounds");
	if (!modem->voice && (modem->n_audio > 0 || modem->n_record > 0 || modem->person != NULL))
		yaml_warn(&p->yaml, raw->node,
			  "`audio`, `record` and `person` mean nothing without "
			  "`voice: true`");
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
	make_voice(p, raw, modem);
}
