/* Where texts are kept and how they are announced: AT+CPMS, CMGL, CMGR, CMGD, CMGW, CNMI, CNMA. */
#include "modem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[STORES] = {"SM", "ME", "SR"};

const char *
modem_store_name(unsigned store)
{
	return names[store];
}

static bool
from_one(const struct modem *m)
{
	return m->world->o.index == INDEX_MAKER ? m->profile->from_one
						: m->world->o.index == INDEX_ONE;
}

int
modem_store_number(const struct modem *m, int place)
{
	return place + from_one(m);
}

static struct modem_store *
reads(struct modem *m)
{
	return &m->stores[m->memory[0]];
}

/* ---- AT+CPMS ---- */

static int
find_store(const struct modem *m, const char *name)
{
	for (int i = 0; i < STORES; i++)
		if (strcmp(names[i], name) == 0 && m->stores[i].size)
			return i;
	return -1;
}

static void
say_stores(struct modem *m)
{
	char list[64];
	size_t n = 0;
	for (unsigned i = 0; i < STORES; i++)
		if (m->stores[i].size)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s\"%s\"", n ? "," : "",
					      names[i]);
	/* Nobody writes reports, and texts are not received among them. */
	const char *both = m->stores[STORE_ME].size ? "\"SM\",\"ME\"" : "\"SM\"";
	modem_say(m, "+CPMS: (%s),(%s),(%s)", list, both, both);
}

static int
set_stores(struct modem *m, const struct modem_ask *ask)
{
	char name[ASK_FIELD];
	unsigned told = 0, memory[3];
	memcpy(memory, m->memory, sizeof memory);
	for (unsigned i = 0; i < 3; i++) {
		if (!modem_ask_field(ask, i, name))
			continue;
		int store = find_store(m, name);
		if (store < 0 || (i > 0 && store == STORE_SR))
			return ASK_CMS + 302;
		memory[i] = (unsigned)store;
		told++;
	}
	if ((m->profile->cpms == CPMS_THREE && told != 3) ||
	    (m->profile->cpms == CPMS_TWO && told > 2) || told == 0)
		return ASK_CMS + 302;
	memcpy(m->memory, memory, sizeof memory);
	char text[80];
	size_t n = 0;
	for (unsigned i = 0; i < 3; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%zu,%zu", i ? "," : "",
				      m->stores[memory[i]].used, m->stores[memory[i]].size);
	modem_say(m, "+CPMS: %s", text);
	return ASK_OK;
}

static int
ask_stores(struct modem *m, const struct modem_ask *ask)
{
	char text[120];
	size_t n = 0;
	if (ask->form == FORM_SET)
		return set_stores(m, ask);
	if (ask->form == FORM_TEST) {
		say_stores(m);
		return ASK_OK;
	}
	for (unsigned i = 0; i < 3; i++) {
		const struct modem_store *store = &m->stores[m->memory[i]];
		n += (size_t)snprintf(text + n, sizeof text - n, "%s\"%s\",%zu,%zu", i ? "," : "",
				      names[m->memory[i]], store->used, store->size);
	}
	modem_say(m, "+CPMS: %s", text);
	return ASK_OK;
}

/* ---- AT+CMGL, CMGR, CMGD, CMGW ---- */

static int
ask_list(struct modem *m, const struct modem_ask *ask)
{
	int stat = modem_ask_number(ask, 0, STAT_UNREAD);
	if (ask->form == FORM_TEST) {
		modem_say(m, "+CMGL: (0-4)");
		return ASK_OK;
	}
	if (stat < 0 || stat > STAT_ALL)
		return ASK_CMS + 303;
	for (int i = 0; i < (int)reads(m)->size; i++) {
		struct modem_place *place = modem_store_at(reads(m), i);
		if (!place || (stat != STAT_ALL && (int)place->stat != stat))
			continue;
		modem_say_pdu(m, place->hex, "+CMGL: %d,%d,,%u", modem_store_number(m, i),
			      place->stat, place->len);
		if (place->stat == STAT_UNREAD)
			place->stat = STAT_READ;
	}
	return ASK_OK;
}

static int
ask_read(struct modem *m, const struct modem_ask *ask)
{
	struct modem_place *place =
	    modem_store_at(reads(m), modem_ask_number(ask, 0, -1) - from_one(m));
	if (ask->form != FORM_SET)
		return ask->form == FORM_TEST ? ASK_OK : ASK_ERROR;
	if (!place) {
		/* Nothing there is OK with some and an error with others. */
		return m->profile->cpms == CPMS_THREE ? ASK_OK : ASK_CMS + 321;
	}
	modem_say_pdu(m, place->hex, "+CMGR: %d,,%u", place->stat, place->len);
	if (place->stat == STAT_UNREAD)
		place->stat = STAT_READ;
	return ASK_OK;
}

static bool
swept(const struct modem_place *place, int flag)
{
	static const unsigned stats[5] = {0, 1u << STAT_READ, 1u << STAT_READ | 1u << STAT_SENT,
					  1u << STAT_READ | 1u << STAT_SENT | 1u << STAT_UNSENT,
					  15};
	return stats[flag] >> place->stat & 1;
}

static int
ask_delete(struct modem *m, const struct modem_ask *ask)
{
	int number = modem_ask_number(ask, 0, -1) - from_one(m), flag = modem_ask_number(ask, 1, 0);
	if (ask->form == FORM_TEST) {
		modem_say(m, "+CMGD: (%d-%d),(0-4)", from_one(m),
			  (int)reads(m)->size - 1 + from_one(m));
		return ASK_OK;
	}
	if (flag < 0 || flag > 4)
		return ASK_CMS + 303;
	if (modem_hits(m, CHANCE_DELETE, m->commands, m->world->o.delete_fail))
		return ASK_CMS + 320;
	if (flag == 0 && !modem_store_at(reads(m), number))
		return number >= 0 && number < (int)reads(m)->size ? ASK_OK : ASK_CMS + 321;
	for (int i = 0; i < (int)reads(m)->size; i++) {
		struct modem_place *place = modem_store_at(reads(m), i);
		if (!place || !(flag ? swept(place, flag) : i == number))
			continue;
		modem_store_drop(reads(m), i);
		m->world->stats.deleted++;
	}
	modem_due_network(m, 0, MODEM_DUE_PUMP, 0, NULL);
	return ASK_OK;
}

static int
ask_write(struct modem *m, const struct modem_ask *ask)
{
	int said = modem_ask_number(ask, 0, -1);
	if (ask->form != FORM_SET || said < 8 || said > 180)
		return ask->form == FORM_TEST ? ASK_OK : ASK_CMS + 304;
	m->prompted = (unsigned)said;
	m->to_storage = true;
	modem_prompt(m);
	return ASK_SILENT;
}

/* ---- AT+CNMI, CNMA ---- */

static void
say_notices(struct modem *m)
{
	char text[120];
	size_t n = 0;
	for (size_t i = 0; i < 5; i++) {
		n += (size_t)snprintf(text + n, sizeof text - n, "%s(", i ? "," : "");
		for (unsigned v = 0, first = 1; v < 4; v++)
			if (m->profile->cnmi_takes[i] >> v & 1) {
				n += (size_t)snprintf(text + n, sizeof text - n, "%s%u",
						      first ? "" : ",", v);
				first = 0;
			}
		n += (size_t)snprintf(text + n, sizeof text - n, ")");
	}
	modem_say(m, "+CNMI: %s", text);
}

static int
ask_notices(struct modem *m, const struct modem_ask *ask)
{
	int values[5];
	if (ask->form == FORM_TEST) {
		say_notices(m);
		return ASK_OK;
	}
	if (ask->form == FORM_READ) {
		modem_say(m, "+CNMI: %d,%d,%d,%d,%d", m->cnmi[0], m->cnmi[1], m->cnmi[2],
			  m->cnmi[3], m->cnmi[4]);
		return ASK_OK;
	}
	for (unsigned i = 0; i < 5; i++) {
		values[i] = modem_ask_number(ask, i, m->cnmi[i]);
		if (values[i] < 0 || values[i] > 7 || !(m->profile->cnmi_takes[i] >> values[i] & 1))
			return ASK_CMS + 303;
	}
	if (values[3] && m->world->o.reports == REPORTS_IGNORED)
		return ASK_CMS + 303;
	memcpy(m->cnmi, values, sizeof values);
	if (m->world->o.cnmi_lies)
		m->cnmi[3] = 0;
	modem_due_network(m, 0, MODEM_DUE_PUMP, 0, NULL);
	return ASK_OK;
}

static int
ask_acknowledge(struct modem *m, const struct modem_ask *ask)
{
	if (ask->form == FORM_TEST)
		return ASK_OK;
	return modem_mail_acknowledged(m, modem_ask_number(ask, 0, 0) == 2);
}

static const struct {
	const char *name;
	int (*run)(struct modem *m, const struct modem_ask *ask);
} commands[] = {
    {"+CPMS", ask_stores},  {"+CMGL", ask_list},        {"+CMGR", ask_read},
    {"+CMGD", ask_delete},  {"+CMGW", ask_write},       {"+CMGS", modem_send_begin},
    {"+CNMI", ask_notices}, {"+CNMA", ask_acknowledge},
};

int
modem_command_storage(struct modem *m, const struct modem_ask *ask, bool *mine)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (strcmp(commands[i].name, ask->name) != 0)
			continue;
		int error = modem_sim_error(m, true);
		return error ? error : commands[i].run(m, ask);
	}
	*mine = false;
	return ASK_ERROR;
}
