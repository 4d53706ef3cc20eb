/* The SIM in its network: registration, signal, operator, service centre, USSD. */
#include "modem.h"

#include "modem_tpdu.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- registration ---- */

static int
status_of(const struct modem *m)
{
	static const int status[] = {1, 5, 2, 3, 0};
	return m->sim == SIM_READY && !m->booting ? status[m->registration] : 0;
}

static bool
is_lte(const struct modem *m, const char *name)
{
	return m->world->o.lte && strcmp(name, "+CEREG") == 0;
}

static void
say_registration(struct modem *m, const char *name, int format, bool asked)
{
	int status = status_of(m);
	char first[16] = "";
	/* Texts in LTE go over the old registration too, so +CREG: stays what it is. */
	if (strcmp(name, "+CEREG") == 0 && !is_lte(m, name))
		status = 0;
	if (asked)
		snprintf(first, sizeof first, "%d,", format);
	if (format == 2 && (status == 1 || status == 5))
		modem_say(m, "%s: %s%d,\"1A2B\",\"00%05llX\",%d", name, first, status,
			  (unsigned long long)(m->index + 0x4c01), m->world->o.lte ? 7 : 0);
	else
		modem_say(m, "%s: %s%d", name, first, status);
}

void
modem_net_register(struct modem *m, enum modem_registration registration)
{
	if (m->registration == registration)
		return;
	m->registration = registration;
	if (m->creg)
		say_registration(m, "+CREG", m->creg, false);
	if (m->cgreg)
		say_registration(m, "+CGREG", m->cgreg, false);
	if (m->cereg)
		say_registration(m, "+CEREG", m->cereg, false);
	modem_mail_pump(m);
}

static int
ask_registration(struct modem *m, const struct modem_ask *ask)
{
	int *format = ask->name[2] == 'R' ? &m->creg : ask->name[2] == 'G' ? &m->cgreg : &m->cereg;
	if (ask->form == FORM_TEST) {
		modem_say(m, "%s: (0-2)", ask->name);
	} else if (ask->form == FORM_READ) {
		say_registration(m, ask->name, *format, true);
	} else {
		int n = modem_ask_number(ask, 0, 0);
		if (n < 0 || n > 2)
			return ASK_CME + 4;
		*format = n;
	}
	return ASK_OK;
}

static int
ask_signal(struct modem *m, const struct modem_ask *ask)
{
	uint64_t signal = m->signal, wander = modem_throw(m, CHANCE_SIGNAL, m->commands) % 5;
	if (ask->form == FORM_TEST) {
		modem_say(m, "+CSQ: (0-31,99),(0-7,99)");
		return ASK_OK;
	}
	if (status_of(m) != 1 && status_of(m) != 5)
		signal = 99;
	else if (signal >= 2 && signal <= 29)
		signal = signal + wander - 2;
	modem_say(m, "+CSQ: %llu,99", (unsigned long long)signal);
	return ASK_OK;
}

static int
ask_operator(struct modem *m, const struct modem_ask *ask)
{
	const char *name = m->cops_format == 2 ? "51502" : m->world->o.operator_name;
	int status = status_of(m);
	if (ask->form == FORM_SET) {
		int mode = modem_ask_number(ask, 0, 0), format = modem_ask_number(ask, 1, 0);
		if (mode < 0 || mode > 4 || format < 0 || format > 2)
			return ASK_CME + 4;
		if (mode == 3)
			m->cops_format = format;
		return ASK_OK;
	}
	if (ask->form == FORM_TEST)
		modem_say(m, "+COPS: (2,\"%s\",\"%s\",\"51502\",0),,(0-4),(0-2)", name, name);
	else if (status == 1 || status == 5)
		modem_say(m, "+COPS: 0,%d,\"%s\",%d", m->cops_format, name,
			  m->world->o.lte ? 7 : 0);
	else
		modem_say(m, "+COPS: 0");
	return ASK_OK;
}

static int
ask_centre(struct modem *m, const struct modem_ask *ask)
{
	const char *centre = m->world->o.centre;
	int error = modem_sim_error(m, true);
	if (!error && ask->form == FORM_READ)
		modem_say(m, "+CSCA: \"%s\",%d", centre, *centre == '+' ? 145 : 129);
	return error;
}

/* ---- USSD ---- */

static enum modem_ussd
form_of(const struct modem *m)
{
	enum modem_ussd form = (enum modem_ussd)m->world->o.ussd;
	if (m->world->o.lte)
		return USSD_NONE;
	return form == USSD_MAKER ? m->profile->ussd : form;
}

static void
put_hex(struct buffer *to, const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buffer_printf(to, "%02X", octets[i]);
}

/* What the client wrote, as the maker wants it: plain, or septets packed, in hex. */
static bool
read_code(const struct modem *m, const char *written, char *out, size_t room)
{
	uint8_t octets[TPDU_DATA], septets[160];
	size_t n = strlen(written);
	if (form_of(m) != USSD_PACKED) {
		snprintf(out, room, "%s", written);
		return strspn(written, "0123456789*#") == n;
	}
	if (n == 0 || n % 2 || n / 2 > sizeof octets ||
	    strspn(written, "0123456789ABCDEFabcdef") != n)
		return false;
	for (size_t i = 0; i < n; i += 2) {
		char pair[3] = {written[i], written[i + 1], 0};
		octets[i / 2] = (uint8_t)strtoul(pair, NULL, 16);
	}
	size_t count = tpdu_unpack(octets, n / 2, 0, septets, sizeof septets);
	/* Seven spare bits are filled with a carriage return (23.038 6.1.2.3.1). */
	if (count && (septets[count - 1] == '\r' || septets[count - 1] == 0))
		count--;
	snprintf(out, room, "%.*s", (int)count, (const char *)septets);
	return strspn(out, "0123456789*#") == strlen(out);
}

void
modem_net_ussd(struct modem *m, const char *words)
{
	struct buffer text = {0}, hex = {0};
	uint8_t packed[TPDU_DATA + 8];
	m->world->stats.ussd++;
	if (form_of(m) == USSD_PACKED && text_encode(&text, TEXT_GSM, words) && text.used <= 160) {
		if (text.used % 8 == 7)
			buffer_put8(&text, '\r');
		put_hex(&hex, packed, tpdu_pack(text.at, text.used, 0, packed));
		modem_say(m, "+CUSD: 0,\"%.*s\",15", (int)hex.used, (const char *)hex.at);
	} else if (form_of(m) == USSD_UCS2) {
		text.used = 0;
		text_encode_ucs2(&text, words);
		put_hex(&hex, text.at, text.used);
		modem_say(m, "+CUSD: 0,\"%.*s\",72", (int)hex.used, (const char *)hex.at);
	} else {
		modem_say(m, "+CUSD: 0,\"%s\",15", words);
	}
	buffer_fini(&text);
	buffer_fini(&hex);
}

static char *
answer_to(const struct modem *m, const char *code)
{
	char text[120];
	if (strcmp(code, "*100#") == 0 || strcmp(code, "*123#") == 0)
		snprintf(
		    text, sizeof text,
		    "Your balance is PHP %llu.%02llu, valid until 30 Sep. Dial *143# for more.",
		    (unsigned long long)(m->balance / 100), (unsigned long long)(m->balance % 100));
	else
		snprintf(text, sizeof text, "Invalid MMI code: %.40s", code);
	char *words = strdup(text);
	if (!words)
		abort();
	return words;
}

static int
ask_ussd(struct modem *m, const struct modem_ask *ask)
{
	char written[ASK_FIELD], code[160];
	int error = modem_sim_error(m, false);
	if (error || ask->form == FORM_READ || ask->form == FORM_TEST) {
		if (!error)
			modem_say(m, ask->form == FORM_READ ? "+CUSD: 1" : "+CUSD: (0-2)");
		return error;
	}
	if (!modem_ask_field(ask, 1, written))
		return ASK_OK;
	if (form_of(m) == USSD_NONE)
		return ASK_CME + 100;
	if (status_of(m) != 1 && status_of(m) != 5)
		return ASK_CME + 30;
	if (!read_code(m, written, code, sizeof code))
		return ASK_CME + 100;
	modem_due_network(m, m->world->o.ussd_delay, MODEM_DUE_USSD, 0, answer_to(m, code));
	return ASK_OK;
}

static const struct {
	const char *name;
	int (*run)(struct modem *m, const struct modem_ask *ask);
} commands[] = {
    {"+CREG", ask_registration}, {"+CGREG", ask_registration}, {"+CEREG", ask_registration},
    {"+CSQ", ask_signal},        {"+COPS", ask_operator},      {"+CSCA", ask_centre},
    {"+CUSD", ask_ussd},
};

int
modem_command_net(struct modem *m, const struct modem_ask *ask, bool *mine)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(commands[i].name, ask->name) == 0)
			return commands[i].run(m, ask);
	*mine = false;
	return ASK_ERROR;
}
