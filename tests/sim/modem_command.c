#include "modem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int command_run(struct modem *m, const struct modem_ask *ask);

int
modem_sim_error(const struct modem *m, bool cms)
{
	if (m->booting)
		return cms ? ASK_CMS + 314 : ASK_CME + 14;
	switch (m->sim) {
	case SIM_READY: return ASK_OK;
	case SIM_PIN: return cms ? ASK_CMS + 311 : ASK_CME + 11;
	case SIM_PUK: return cms ? ASK_CMS + 316 : ASK_CME + 12;
	case SIM_NONE: return cms ? ASK_CMS + 310 : ASK_CME + 10;
	case SIM_BROKEN: return cms ? ASK_CMS + 313 : ASK_CME + 13;
	case SIM_BUSY: return cms ? ASK_CMS + 314 : ASK_CME + 14;
	}
	return ASK_ERROR;
}

void
modem_defaults(struct modem *m)
{
	const struct modem_options *o = &m->world->o;
	m->echo = o->echo == TOGGLE_MAKER ? m->profile->echo : o->echo != TOGGLE_OFF;
	m->verbose = true;
	m->cmee = m->cmms = m->csms = m->creg = m->cgreg = m->cereg = m->cops_format = m->clip = 0;
	for (size_t i = 0; i < 5; i++)
		m->cnmi[i] = m->profile->cnmi_start[i];
	m->sends_since_reset = 0;
	m->overflowed = false;
}

/* ---- who it is ---- */

static const char *
or_else(const char *told, const char *own)
{
	return told ? told : own;
}

static int
ask_maker(struct modem *m, const struct modem_ask *ask)
{
	(void)ask;
	modem_say(m, "%s", or_else(m->world->o.maker, m->profile->maker));
	return ASK_OK;
}

static int
ask_model(struct modem *m, const struct modem_ask *ask)
{
	(void)ask;
	modem_say(m, "%s", or_else(m->world->o.model, m->profile->model));
	return ASK_OK;
}

static int
ask_firmware(struct modem *m, const struct modem_ask *ask)
{
	(void)ask;
	modem_say(m, "%s", or_else(m->world->o.firmware, m->profile->firmware));
	return ASK_OK;
}

static int
ask_imei(struct modem *m, const struct modem_ask *ask)
{
	if (ask->form == FORM_TEST)
		return ASK_OK;
	modem_say(m, "%s", m->imei);
	return ASK_OK;
}

static int
ask_information(struct modem *m, const struct modem_ask *ask)
{
	ask_maker(m, ask);
	ask_model(m, ask);
	ask_firmware(m, ask);
	modem_say(m, "IMEI: %s", m->imei);
	return ASK_OK;
}

static int
ask_imsi(struct modem *m, const struct modem_ask *ask)
{
	int error = modem_sim_error(m, false);
	if (!error && ask->form == FORM_RUN)
		modem_say(m, "%s", m->imsi);
	return error;
}

static int
ask_number(struct modem *m, const struct modem_ask *ask)
{
	int error = modem_sim_error(m, false);
	if (!error && ask->form == FORM_RUN && *m->number)
		modem_say(m, "+CNUM: \"\",\"%s\",145", m->number);
	return error;
}

static int
ask_iccid(struct modem *m)
{
	const char *begins = m->profile->iccid_answer;
	if (m->sim == SIM_NONE || m->booting)
		return modem_sim_error(m, false);
	modem_say(m, "%s%s%s", begins, m->iccid, strchr(begins, '"') ? "\"" : "");
	return ASK_OK;
}

/* ---- the SIM's lock ---- */

static int
ask_pin_left(struct modem *m)
{
	char text[80];
	size_t n = 0;
	for (const char *at = m->profile->pin_left_answer; *at && n < sizeof text - 4; at++) {
		if (*at == '@' || *at == '$')
			n += (size_t)snprintf(text + n, sizeof text - n, "%u",
					      *at == '@' ? m->pin_left : m->puk_left);
		else
			text[n++] = *at;
	}
	text[n] = 0;
	if (m->sim == SIM_NONE)
		return ASK_CME + 10;
	modem_say(m, "%s", text);
	return ASK_OK;
}

static int
try_pin(struct modem *m, const char *pin)
{
	if (strcmp(pin, m->world->o.pin) == 0) {
		m->world->stats.pins_right++;
		m->pin_left = (unsigned)m->world->o.pin_tries;
		m->sim = SIM_READY;
		m->booting = true; /* the SIM's files are read first */
		modem_due_add(m, m->world->o.boot, MODEM_DUE_BOOTED, 0, NULL);
		return ASK_OK;
	}
	m->world->stats.pins_wrong++;
	m->pin_left -= m->pin_left > 0;
	if (m->pin_left == 0)
		m->sim = SIM_PUK;
	return m->pin_left ? ASK_CME + 16 : ASK_CME + 12;
}

static int
ask_pin(struct modem *m, const struct modem_ask *ask)
{
	static const char *const states[] = {"READY", "SIM PIN", "SIM PUK"};
	char pin[ASK_FIELD];
	if (ask->form == FORM_TEST)
		return ASK_OK;
	if (m->booting || m->sim > SIM_PUK)
		return modem_sim_error(m, false);
	if (ask->form == FORM_SET) {
		modem_ask_field(ask, 0, pin);
		return m->sim == SIM_PIN ? try_pin(m, pin) : ASK_CME + 3;
	}
	modem_say(m, "+CPIN: %s", states[m->sim]);
	return ASK_OK;
}

/* ---- settings ---- */

static int
ask_zero(struct modem *m, const struct modem_ask *ask)
{
	(void)ask;
	modem_defaults(m);
	return ASK_OK;
}

static int
ask_echo(struct modem *m, const struct modem_ask *ask)
{
	if (m->world->o.echo != TOGGLE_STUCK)
		m->echo = ask->args[0] == '1';
	return ASK_OK;
}

static int
ask_verbose(struct modem *m, const struct modem_ask *ask)
{
	m->verbose = ask->args[0] != '0';
	return ASK_OK;
}

static int
ask_nothing(struct modem *m, const struct modem_ask *ask)
{
	(void)m;
	(void)ask;
	return ASK_OK;
}

static int
setting(struct modem *m, const struct modem_ask *ask, int *value, int most)
{
	if (ask->form == FORM_TEST) {
		modem_say(m, "%s: (0-%d)", ask->name, most);
	} else if (ask->form == FORM_READ) {
		modem_say(m, "%s: %d", ask->name, *value);
	} else {
		int n = modem_ask_number(ask, 0, 0);
		if (n < 0 || n > most)
			return ASK_ERROR;
		*value = n;
	}
	return ASK_OK;
}

static int
ask_errors(struct modem *m, const struct modem_ask *ask)
{
	return setting(m, ask, &m->cmee, 2);
}

static int
ask_caller(struct modem *m, const struct modem_ask *ask)
{
	return setting(m, ask, &m->clip, 1);
}

static int
ask_format(struct modem *m, const struct modem_ask *ask)
{
	int error = m->booting ? ASK_CMS + 314 : ASK_OK;
	if (error)
		return error;
	if (ask->form == FORM_READ)
		modem_say(m, "+CMGF: 0");
	else if (ask->form == FORM_TEST)
		modem_say(m, "+CMGF: (0)");
	else if (modem_ask_number(ask, 0, 0) != 0)
		return ASK_CMS + 303;
	return ASK_OK;
}

static int
ask_service(struct modem *m, const struct modem_ask *ask)
{
	if (ask->form == FORM_TEST) {
		modem_say(m, m->profile->csms ? "+CSMS: (0,1)" : "+CSMS: (0)");
	} else if (ask->form == FORM_READ) {
		modem_say(m, "+CSMS: %d,1,1,1", m->csms);
	} else {
		int n = modem_ask_number(ask, 0, 0);
		if (n < 0 || n > m->profile->csms)
			return ASK_CMS + 303;
		m->csms = n;
		modem_say(m, "+CSMS: 1,1,1");
	}
	return ASK_OK;
}

static int
ask_keep_link(struct modem *m, const struct modem_ask *ask)
{
	if (m->profile->cmms == 0)
		return ASK_ERROR;
	return setting(m, ask, &m->cmms, m->profile->cmms);
}

static int
ask_alphabet(struct modem *m, const struct modem_ask *ask)
{
	char name[ASK_FIELD];
	if (ask->form == FORM_TEST)
		modem_say(m, "+CSCS: (\"GSM\",\"IRA\",\"UCS2\")");
	else if (ask->form == FORM_READ)
		modem_say(m, "+CSCS: \"IRA\"");
	else if (!modem_ask_field(ask, 0, name) || strcmp(name, "HEX") == 0)
		return ASK_ERROR;
	return ASK_OK;
}

static int
ask_function(struct modem *m, const struct modem_ask *ask)
{
	if (ask->form != FORM_SET) {
		modem_say(m, ask->form == FORM_READ ? "+CFUN: %d" : "+CFUN: (0,%d,4),(0,1)",
			  ask->form == FORM_READ && m->registration == REG_OFF ? 4 : 1);
		return ASK_OK;
	}
	int function = modem_ask_number(ask, 0, 1);
	if (modem_ask_number(ask, 1, 0) == 1) {
		modem_restart(m);
		return ASK_OK;
	}
	if (function == 0 || function == 4)
		modem_net_register(m, REG_OFF);
	else if (function == 1 && m->registration == REG_OFF)
		modem_net_register(m, (enum modem_registration)m->world->o.registration);
	else if (function != 1)
		return ASK_CME + 4;
	m->sends_since_reset = 0;
	m->overflowed = false;
	return ASK_OK;
}

static int
ask_calls(struct modem *m, const struct modem_ask *ask)
{
	(void)ask;
	(void)m;
	return ASK_OK;
}

/* Nobody is ever called: a number is dialled in vain, anything else is refused. */
static int
ask_dial(struct modem *m, const struct modem_ask *ask)
{
	(void)ask;
	modem_say(m, "NO CARRIER");
	return ASK_SILENT;
}

/* clang-format off */
static const struct {
	const char *name;
	command_run *run;
} commands[] = {
    {"Z", ask_zero},          {"&F", ask_zero},        {"E", ask_echo},          {"V", ask_verbose},
    {"Q", ask_nothing},       {"X", ask_nothing},      {"S", ask_nothing},       {"H", ask_nothing},
    {"&D", ask_nothing},      {"&C", ask_nothing},     {"&W", ask_nothing},      {"+IPR", ask_nothing},
    {"+ICF", ask_nothing},    {"+IFC", ask_nothing},   {"+CSCLK", ask_nothing},  {"D", ask_dial},
    {"I", ask_information},   {"+CGMI", ask_maker},    {"+GMI", ask_maker},      {"+CGMM", ask_model},
    {"+GMM", ask_model},      {"+CGMR", ask_firmware}, {"+GMR", ask_firmware},   {"+CGSN", ask_imei},
    {"+GSN", ask_imei},       {"+CIMI", ask_imsi},     {"+CNUM", ask_number},    {"+CPIN", ask_pin},
    {"+CMEE", ask_errors},    {"+CLIP", ask_caller},   {"+CMGF", ask_format},    {"+CSMS", ask_service},
    {"+CMMS", ask_keep_link}, {"+CSCS", ask_alphabet}, {"+CFUN", ask_function},  {"+CLCC", ask_calls},
};
/* clang-format on */

/* The whole command as it would be written, to find those a maker added. */
static void
spell(const struct modem_ask *ask, char *out, size_t room)
{
	static const char *const marks[] = {"", "?", "=?", "="};
	snprintf(out, room, "%s%s%s", ask->name, marks[ask->form], ask->args);
	for (char *c = out; *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
}

/* What only this maker has, or has otherwise (AT+CFUN=16). */
static int
makers_own(struct modem *m, const struct modem_ask *ask, bool *mine)
{
	const struct modem_profile *p = m->profile;
	char text[ASK_NAME + ASK_ARGS + 4];
	spell(ask, text, sizeof text);
	if (strcmp(text, p->iccid) == 0)
		return ask_iccid(m);
	if (p->pin_left && strcmp(text, p->pin_left) == 0)
		return ask_pin_left(m);
	if (p->reset_command && strcmp(text, p->reset_command) == 0) {
		modem_restart(m);
		return ASK_OK;
	}
	for (const struct modem_extra *extra = p->extras; extra && extra->command; extra++) {
		if (strcmp(extra->command, text) != 0)
			continue;
		if (*extra->answer)
			modem_say(m, "%s", extra->answer);
		return ASK_OK;
	}
	*mine = false;
	return ASK_ERROR;
}

int
modem_command(struct modem *m, const struct modem_ask *ask)
{
	static int (*const others[])(struct modem *, const struct modem_ask *, bool *) = {
	    makers_own, modem_command_storage, modem_command_net};
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		bool mine = true;
		int result = others[i](m, ask, &mine);
		if (mine)
			return result;
	}
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(commands[i].name, ask->name) == 0)
			return commands[i].run(m, ask);
	m->world->stats.unknown_commands++;
	return m->cmee ? ASK_CME + 4 : ASK_ERROR;
}
