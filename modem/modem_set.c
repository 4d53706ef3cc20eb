#include "fields.h"
#include "modem_parts.h"

#include <stdio.h>
#include <string.h>

static bool
make_init(struct modem *m, char *out, size_t cap)
{
	const char *text = m->driver.init[m->variant];

	if (text == NULL)
		return false;
	m->variant++;
	snprintf(out, cap, "%s", text);
	return true;
}

static void
on_init(struct modem *m, const struct at_answer *answer)
{
	(void)answer;
	modem_repeat(m); /* until make_init has no more */
}

static void
on_pdu_mode(struct modem *m, const struct at_answer *answer)
{
	if (answer->final == AT_OK)
		return;
	if (m->tries < 4) { /* texts are not up yet behind a start */
		modem_repeat(m);
		modem_pause(m, m->config.settle_ms * 3);
		return;
	}
	m->script = NULL;
	modem_enter(m, MODEM_ASIDE, MODEM_NO_PDU);
}

/* 27.005 3.2.1: with phase 2+, what comes directly must be acknowledged, or comes again. */
static void
on_service(struct modem *m, const struct at_answer *answer)
{
	m->acknowledges = answer->final == AT_OK;
}

/* ---- storage ---- */

/* `+CPMS: ("ME","SM","SR"),("ME","SM"),("SM")`: the first list is where can be read. */
static void
on_stores(struct modem *m, const struct at_answer *answer)
{
	const char *at = answer->n > 0 ? strchr(answer->lines[0], '(') : NULL;

	m->stores_n = m->drain_at = 0;
	if (answer->final != AT_OK || at == NULL)
		return;
	for (at++; *at != '\0' && *at != ')' && m->stores_n < STORES; at++) {
		char *store = m->stores[m->stores_n];

		if (at[0] != '"' || at[1] < 'A' || at[1] > 'Z' || at[2] < 'A' || at[2] > 'Z' ||
		    at[3] != '"')
			continue;
		store[0] = at[1];
		store[1] = at[2];
		store[2] = '\0';
		/* MT is ME and SM together, BM is broadcasts, TA and the rest are nobody's. */
		if (strcmp(store, "SM") == 0 || strcmp(store, "ME") == 0 ||
		    strcmp(store, "SR") == 0)
			m->stores_n++;
		at += 3;
	}
}

static bool
has_store(const struct modem *m, const char *store)
{
	for (size_t i = 0; i < m->stores_n; i++)
		if (strcmp(m->stores[i], store) == 0)
			return true;
	return false;
}

/* The SIM: its texts survive the stick. Then all three, or one, as the modem takes it. */
static bool
make_store(struct modem *m, char *out, size_t cap)
{
	const char *store = has_store(m, "ME") && !has_store(m, "SM") ? "ME" : "SM";
	bool three = m->variant == 0 && !m->driver.one_store;

	if (m->variant > 1)
		return false;
	m->variant += three ? 1 : 2;
	snprintf(m->info.store, sizeof m->info.store, "%s", store);
	if (three)
		snprintf(out, cap, "AT+CPMS=\"%s\",\"%s\",\"%s\"", store, store, store);
	else
		snprintf(out, cap, "AT+CPMS=\"%s\"", store);
	return true;
}

static void
on_store(struct modem *m, const struct at_answer *answer)
{
	if (answer->final != AT_OK) {
		m->selected[0] = '\0';
		if (m->variant <= 1)
			modem_repeat(m);
		return;
	}
	snprintf(m->selected, sizeof m->selected, "%s", m->info.store);
	if (answer->n > 0) {
		fields_number(answer->lines[0], 0, &m->info.store_used);
		fields_number(answer->lines[0], 1, &m->info.store_size);
	}
}

static void
on_stores_now(struct modem *m, const struct at_answer *answer)
{
	m->selected[0] = '\0';
	if (answer->final == AT_OK && answer->n > 0)
		fields_text(answer->lines[0], 0, m->selected, sizeof m->selected);
	snprintf(m->info.store, sizeof m->info.store, "%s", m->selected);
	if (m->stores_n == 0) { /* it names none: what it looks at is looked through */
		snprintf(m->stores[0], sizeof m->stores[0], "%s", m->selected);
		m->stores_n = 1;
	}
	if (answer->final != AT_OK || answer->n == 0)
		return;
	fields_number(answer->lines[0], 1, &m->info.store_used);
	fields_number(answer->lines[0], 2, &m->info.store_size);
}

/* ---- notices ---- */

bool
modem_set_notices(struct modem *m, char *out, size_t cap)
{
	const char *wanted = m->driver.cnmi[m->variant];

	if (wanted == NULL)
		return false;
	m->variant++;
	snprintf(out, cap, "AT+CNMI=%s", wanted);
	return true;
}

static void
on_notices(struct modem *m, const struct at_answer *answer)
{
	if (answer->final == AT_OK)
		return; /* and is read back by the next step */
	if (m->driver.cnmi[m->variant] != NULL)
		modem_repeat(m);
}

/* What was set counts, not what was asked for: some say OK and do otherwise. */
static void
on_notices_now(struct modem *m, const struct at_answer *answer)
{
	const char *wanted = m->variant > 0 ? m->driver.cnmi[m->variant - 1] : "";
	int texts = -1, reports = -1, asked = 0;

	if (answer->final == AT_OK && answer->n > 0) {
		fields_number(answer->lines[0], 1, &texts);
		fields_number(answer->lines[0], 3, &reports);
	}
	m->info.reports = reports == 1   ? MODEM_REPORTS_DIRECT
			  : reports == 2 ? MODEM_REPORTS_STORED
					 : MODEM_REPORTS_NONE;
	fields_number(wanted, 3, &asked);
	if (answer->final == AT_OK && (texts < 1 || reports != asked) &&
	    m->driver.cnmi[m->variant] != NULL) {
		m->step -= 2; /* the next way of asking */
		m->again = true;
		return;
	}
	m->notices = m->variant > 0 ? m->variant - 1 : 0;
}

/* ---- the rest ---- */

static bool
make_keep_link(struct modem *m, char *out, size_t cap)
{
	if (m->driver.cmms[m->variant] == '\0' || m->info.cmms != 0)
		return false;
	snprintf(out, cap, "AT+CMMS=%c", m->driver.cmms[m->variant]);
	m->variant++;
	return true;
}

static void
on_keep_link(struct modem *m, const struct at_answer *answer)
{
	if (answer->final == AT_OK)
		m->info.cmms = (unsigned)(m->driver.cmms[m->variant - 1] - '0');
	else
		modem_repeat(m);
}

static void
on_centre(struct modem *m, const struct at_answer *answer)
{
	if (answer->final == AT_OK && answer->n > 0)
		fields_text(answer->lines[0], 0, m->info.centre, sizeof m->info.centre);
}

static bool
make_voice(struct modem *m, char *out, size_t cap)
{
	if (m->driver.voice_query == NULL)
		return false;
	snprintf(out, cap, "%s", m->driver.voice_query);
	return true;
}

static void
on_voice(struct modem *m, const struct at_answer *answer)
{
	m->info.voice = MODEM_VOICE_NO;
	for (size_t i = 0; answer->final == AT_OK && i < answer->n; i++) {
		char squeezed[AT_LINE + 1];
		size_t n = 0;

		for (const char *at = answer->lines[i]; *at != '\0'; at++)
			if (*at != ' ')
				squeezed[n++] = *at;
		squeezed[n] = '\0';
		if (strstr(squeezed, m->driver.voice_yes) != NULL)
			m->info.voice = MODEM_VOICE_YES;
	}
}

static bool
make_registration_simple(struct modem *m, char *out, size_t cap)
{
	if (m->variant == 0)
		return false; /* the fuller form was taken */
	snprintf(out, cap, "AT+CREG=1");
	return true;
}

static void
on_registration_full(struct modem *m, const struct at_answer *answer)
{
	m->variant = answer->final != AT_OK;
}

static void
on_set(struct modem *m, const struct at_answer *answer)
{
	(void)answer;
	m->chores |= CHORE_REGISTRATION | CHORE_REGISTRATION_LTE | CHORE_SIGNAL | CHORE_DRAIN;
	m->drain_at = 0;
	m->last_operator = 0;
	m->strikes = 0;
	m->resets_tried = 0;
	modem_enter(m, MODEM_SEARCHING, MODEM_FINE);
}

static const struct step settings[] = {
    {.make = make_init, .then = on_init},
    {.text = "AT+CMGF=0", .slow = true, .then = on_pdu_mode},
    {.text = "AT+CSMS=1", .slow = true, .then = on_service},
    {.text = "AT+CPMS=?", .prefix = "+CPMS:", .slow = true, .then = on_stores},
    {.make = make_store, .prefix = "+CPMS:", .slow = true, .then = on_store},
    {.text = "AT+CPMS?", .prefix = "+CPMS:", .slow = true, .then = on_stores_now},
    {.make = modem_set_notices, .slow = true, .then = on_notices},
    {.text = "AT+CNMI?", .follows = true, .prefix = "+CNMI:", .then = on_notices_now},
    {.make = make_keep_link, .then = on_keep_link},
    {.text = "AT+CREG=2", .then = on_registration_full},
    {.make = make_registration_simple, .follows = true},
    {.text = "AT+CEREG=2"},
    {.text = "AT+CSCA?", .prefix = "+CSCA:", .slow = true, .then = on_centre},
    {.make = make_voice, .then = on_voice},
    {.then = on_set},
};

void
modem_set(struct modem *m)
{
	modem_play(m, settings);
}
