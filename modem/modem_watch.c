#include "fields.h"
#include "modem_parts.h"

#include <stdio.h>
#include <string.h>

#define OPERATOR_MS 300000 /* its name seldom changes */

/* ---- registration ---- */

static bool
is_registered(int state)
{
	return state == MODEM_HOME || state == MODEM_ROAMING || state == MODEM_HOME_SMS ||
	       state == MODEM_ROAMING_SMS;
}

/* Only while nobody is in the middle of something. */
void
modem_follow_network(struct modem *m)
{
	bool registered = m->info.radio.registered;
	bool denied = m->info.radio.registration == MODEM_REGISTRATION_DENIED;

	if (modem_call_busy(m)) /* going from LTE to where calls are, it is in none for a while */
		return;

	if (registered && m->info.state == MODEM_SEARCHING) {
		m->chores |= CHORE_OPERATOR | CHORE_SIGNAL;
		modem_enter(m, MODEM_READY, MODEM_FINE);
	} else if (!registered && m->info.state == MODEM_READY) {
		modem_enter(m, MODEM_SEARCHING, denied ? MODEM_DENIED : MODEM_FINE);
	} else if (m->info.state == MODEM_SEARCHING && denied) {
		modem_enter(m, MODEM_SEARCHING, MODEM_DENIED);
	}
}

/* `+CREG: 2,1,"00A1","0B2C",7` answers; `+CREG: 1,"00A1","0B2C",7` and `+CREG: 1` come unasked. */
static void
read_registration(struct modem *m, const char *line, int which)
{
	struct modem_radio *radio = &m->info.radio, before = *radio;
	int state, technology = -1;
	char second[8];
	bool asked;

	if (!fields_number(line, 0, &state))
		return;
	asked = fields_text(line, 1, second, sizeof second) && strlen(second) == 1 &&
		fields_number(line, 1, &state);
	fields_number(line, asked ? 4 : 3, &technology);
	m->registrations[which] = state;
	radio->registered =
	    is_registered(m->registrations[0]) || is_registered(m->registrations[1]);
	if (!is_registered(m->registrations[0]) && m->registrations[1] >= 0 &&
	    (m->registrations[0] < 0 || is_registered(m->registrations[1])))
		state = m->registrations[1];
	else
		state = m->registrations[0];
	radio->registration = state < 0 || state > MODEM_ROAMING_SMS
				  ? MODEM_REGISTRATION_UNKNOWN
				  : (enum modem_registration)state;
	if (technology >= 0)
		radio->lte = technology >= 7;
	if (before.registered != radio->registered || before.registration != radio->registration)
		modem_changed(m);
	if (!m->closing)
		modem_follow_network(m);
}

static void
on_registration(struct modem *m, const struct at_answer *answer)
{
	for (size_t i = 0; answer->final == AT_OK && i < answer->n; i++)
		read_registration(m, answer->lines[i], 0);
}

static void
on_registration_lte(struct modem *m, const struct at_answer *answer)
{
	for (size_t i = 0; answer->final == AT_OK && i < answer->n; i++)
		read_registration(m, answer->lines[i], 1);
}

/* ---- signal and operator ---- */

static void
read_signal(struct modem *m, const char *line)
{
	int level, dbm;

	if (!fields_number(line, 0, &level))
		return;
	dbm = level >= 0 && level <= 31 ? 2 * level - 113 : 0;
	if (dbm == m->info.radio.dbm)
		return;
	m->info.radio.dbm = dbm;
	modem_changed(m);
}

static void
on_signal(struct modem *m, const struct at_answer *answer)
{
	if (answer->final == AT_OK && answer->n > 0)
		read_signal(m, answer->lines[answer->n - 1]);
}

static void
on_operator(struct modem *m, const struct at_answer *answer)
{
	char name[sizeof m->info.radio.operator_name];
	int technology;

	m->last_operator = uv_now(m->loop);
	if (answer->final != AT_OK || answer->n == 0 ||
	    !fields_text(answer->lines[0], 2, name, sizeof name))
		return;
	if (fields_number(answer->lines[0], 3, &technology))
		m->info.radio.lte = technology >= 7;
	if (strcmp(name, m->info.radio.operator_name) == 0)
		return;
	snprintf(m->info.radio.operator_name, sizeof m->info.radio.operator_name, "%s", name);
	modem_changed(m);
}

/* ---- chores ---- */

static bool
make_notices(struct modem *m)
{
	char text[64];

	m->variant = m->notices;
	if (!modem_set_notices(m, text, sizeof text))
		return false;
	modem_run(m, text, NULL, m->config.command_ms, NULL);
	return true;
}

static bool
take_chore(struct modem *m, enum chore chore)
{
	if (!(m->chores & chore))
		return false;
	m->chores &= ~(unsigned)chore;
	return true;
}

bool
modem_watch_chore(struct modem *m)
{
	unsigned ms = m->config.command_ms, slow = m->config.slow_ms;

	if (take_chore(m, CHORE_RADIO_OFF))
		modem_run(m, m->driver.radio_off, NULL, slow, NULL);
	else if (take_chore(m, CHORE_RADIO_ON))
		modem_run(m, m->driver.radio_on, NULL, slow, NULL);
	else if (take_chore(m, CHORE_REGISTRATION))
		modem_run(m, "AT+CREG?", "+CREG:", ms, on_registration);
	else if (take_chore(m, CHORE_REGISTRATION_LTE))
		modem_run(m, "AT+CEREG?", "+CEREG:", ms, on_registration_lte);
	else if (take_chore(m, CHORE_SIGNAL))
		modem_run(m, "AT+CSQ", "+CSQ:", ms, on_signal);
	else if (take_chore(m, CHORE_OPERATOR))
		modem_run(m, "AT+COPS?", "+COPS:", slow, on_operator);
	else if (take_chore(m, CHORE_NOTICES))
		return make_notices(m);
	else
		return false;
	return true;
}

/* Every poll_ms. */
void
modem_poll(struct modem *m)
{
	uint64_t now = uv_now(m->loop);

	if (m->info.state != MODEM_SEARCHING && !modem_in_use(m))
		return;
	m->chores |= CHORE_REGISTRATION | CHORE_REGISTRATION_LTE | CHORE_SIGNAL;
	if (now - m->last_operator >= OPERATOR_MS || m->info.radio.operator_name[0] == '\0')
		m->chores |= CHORE_OPERATOR;
	if (now - m->last_drain >= m->config.drain_ms)
		m->chores |= CHORE_DRAIN;
}

/* ---- what it says unasked ---- */

/* A modem that started itself anew has forgotten its settings. */
static bool
is_start(const char *line)
{
	return strcmp(line, "RDY") == 0 || strcmp(line, "SMS DONE") == 0 ||
	       at_begins(line, "^SYSSTART") || at_begins(line, "+CPIN: NOT INSERTED") ||
	       at_begins(line, "+CPIN: NOT READY") || at_begins(line, "+SIM: REMOVED");
}

/* What it was sending it has forgotten, too. */
static void
start_anew(struct modem *m)
{
	m->anew = true;
	at_hurry(m->at, m->config.command_ms);
}

static bool
is_full(const char *line)
{
	return at_begins(line, "^SMMEMFULL") || at_begins(line, "+SMSFULL") ||
	       at_begins(line, "SMS FULL");
}

void
modem_notice(struct modem *m, const char *line, const char *pdu)
{
	if (modem_call_notice(m, line))
		return;
	if (at_begins(line, "+CMT:") || at_begins(line, "+CDS:"))
		modem_direct(m, line, pdu);
	else if (at_begins(line, "+CMTI:"))
		modem_announced(m, line, m->info.store);
	else if (at_begins(line, "+CDSI:"))
		modem_announced(m, line, "SR");
	else if (at_begins(line, "+CREG:"))
		read_registration(m, line, 0);
	else if (at_begins(line, "+CEREG:"))
		read_registration(m, line, 1);
	else if (at_begins(line, "^RSSI:") || at_begins(line, "+CSQ:"))
		read_signal(m, line);
	else if (at_begins(line, "+CUSD:"))
		modem_ussd_came(m, line);
	else if (is_full(line))
		m->chores |= CHORE_DRAIN;
	else if (is_start(line) && (modem_in_use(m) || m->info.state == MODEM_SEARCHING))
		start_anew(m);
	else
		modem_late(m, line);
}
