/* From the network to the modem: texts and status reports, stored and announced, or direct. */
#include "modem.h"
#include "modem_tpdu.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARTS = 32 };

void
modem_mail_free(struct modem_mail *mail)
{
	if (mail)
		free(mail->hex);
	free(mail);
}

static struct modem_mail *
mail_new(struct buffer *hex, unsigned len, bool report)
{
	struct modem_mail *mail = calloc(1, sizeof *mail);
	if (!mail)
		abort();
	buffer_put8(hex, 0);
	*mail = (struct modem_mail){.hex = (char *)hex->at, .len = len, .report = report};
	return mail;
}

/* ---- written ---- */

static int
zone(const struct modem *m)
{
	return (int)m->world->o.zone * 4;
}

void
modem_mail_report(struct modem *m, uint64_t delay, const char *to, uint8_t reference,
		  uint8_t status)
{
	struct buffer hex = {0};
	time_t now = time(NULL);
	unsigned len = tpdu_report_write(
	    &(struct tpdu_report){m->world->o.centre, to, reference, status, now, now, zone(m)},
	    &hex);
	modem_due_network(m, delay, MODEM_DUE_MAIL, 0, mail_new(&hex, len, true));
}

/* A text being cut into parts. */
struct cut {
	struct modem *m;
	const char *from;
	bool ucs2;
	struct buffer octets;
	size_t starts[PARTS + 1];
	unsigned total;
	unsigned reference;
};

/* Neither an escape and its character nor the halves of a pair are parted. */
static void
find_parts(struct cut *c)
{
	size_t alone = c->ucs2 ? 140 : 160, joined = c->ucs2 ? 134 : 153;
	size_t room = c->octets.used <= alone ? alone : joined;
	if (c->m->world->o.wide && room == joined)
		room -= c->ucs2 ? 2 : 1;
	for (size_t at = 0; at < c->octets.used && c->total < PARTS;) {
		size_t n = c->octets.used - at;
		if (n > room) {
			const uint8_t *last = c->octets.at + at + room - (c->ucs2 ? 2 : 1);
			n = room;
			if (c->ucs2 && (*last & 0xfc) == 0xd8)
				n -= 2;
			else if (!c->ucs2 && *last == 0x1b)
				n -= 1;
		}
		c->starts[c->total++] = at;
		at += n;
		c->starts[c->total] = at;
	}
	c->total = c->total ? c->total : 1;
}

static size_t
put_header(const struct cut *c, unsigned n, uint8_t udh[7])
{
	if (c->total == 1)
		return 0;
	bool wide = c->m->world->o.wide;
	size_t len = 0;
	udh[len++] = wide ? 6 : 5;
	udh[len++] = wide ? 8 : 0;
	udh[len++] = wide ? 4 : 3;
	if (wide)
		udh[len++] = (uint8_t)(c->reference >> 8);
	udh[len++] = (uint8_t)c->reference;
	udh[len++] = (uint8_t)c->total;
	udh[len++] = (uint8_t)(n + 1);
	return len;
}

static struct modem_mail *
write_part(const struct cut *c, unsigned n)
{
	struct buffer hex = {0};
	uint8_t udh[7];
	struct tpdu_deliver d = {
	    .centre = c->m->world->o.centre,
	    .from = c->from,
	    .stamp = time(NULL),
	    .zone = zone(c->m),
	    .more = n + 1 < c->total,
	    .ucs2 = c->ucs2,
	    .udh = udh,
	    .udh_len = put_header(c, n, udh),
	    .octets = c->octets.at + c->starts[n],
	    .len = c->starts[n + 1] - c->starts[n],
	};
	unsigned len = tpdu_deliver_write(&d, &hex);
	return mail_new(&hex, len, false);
}

void
modem_mail_text(struct modem *m, uint64_t delay, const char *from, const char *utf8)
{
	struct cut c = {.m = m, .from = from, .reference = (unsigned)++m->letters & 0xffff};
	unsigned order[PARTS];
	c.ucs2 = !text_encode(&c.octets, TEXT_GSM, utf8);
	if (c.ucs2)
		text_encode_ucs2(&c.octets, utf8);
	buffer_reserve(&c.octets, 1);
	find_parts(&c);
	for (unsigned i = 0; i < c.total; i++)
		order[i] = i;
	for (unsigned i = c.total; m->world->o.shuffle && i > 1; i--) {
		unsigned j = (unsigned)(modem_throw(m, CHANCE_PART, m->letters * PARTS + i) % i);
		unsigned other = order[j];
		order[j] = order[i - 1];
		order[i - 1] = other;
	}
	for (unsigned i = 0; i < c.total; i++)
		modem_due_network(m, delay + i * m->world->o.part_gap, MODEM_DUE_MAIL, 0,
				  write_part(&c, order[i]));
	m->world->stats.incoming++;
	buffer_fini(&c.octets);
}

/* ---- handed over ---- */

static bool
reachable(const struct modem *m)
{
	return !m->off && !m->gone && !m->hung && !m->booting && m->sim == SIM_READY &&
	       (m->registration == REG_HOME || m->registration == REG_ROAMING);
}

static void
announce(struct modem *m, unsigned store, int place)
{
	enum modem_cmti how = (enum modem_cmti)m->world->o.cmti;
	const char *name = modem_store_name(store);
	int number = modem_store_number(m, place);
	if (how == CMTI_MAKER)
		how = m->profile->cmti;
	switch (how) {
	case CMTI_MAKER:
	case CMTI_REAL: modem_say(m, "+CMTI: \"%s\",%d", name, number); break;
	case CMTI_SHIFTED: modem_say(m, "+CMTI: \"%s\",%d", name, number + 1); break;
	case CMTI_MINUS: modem_say(m, "+CMTI: \"%s\",-1", name); break;
	case CMTI_BARE: modem_say(m, "+CMTI: \"%s\"", name); break;
	case CMTI_NO_STORE: modem_say(m, "+CMTI: ,%d", number); break;
	case CMTI_NEVER: break;
	}
}

static bool
store_text(struct modem *m, struct modem_mail *mail)
{
	unsigned store = m->memory[2];
	int place = modem_store_put(&m->stores[store], mail->hex, mail->len, STAT_UNREAD);
	if (place < 0) {
		m->world->stats.no_room++;
		if (m->profile->full)
			modem_say(m, "%s", m->profile->full);
		return false;
	}
	m->world->stats.stored++;
	if (m->cnmi[0] && m->cnmi[1])
		announce(m, store, place);
	modem_mail_free(mail);
	return true;
}

static void
store_report(struct modem *m, struct modem_mail *mail)
{
	unsigned store = m->stores[STORE_SR].size ? STORE_SR : m->memory[2];
	int place = modem_store_put(&m->stores[store], mail->hex, mail->len, STAT_UNREAD);
	if (place < 0)
		m->world->stats.reports_dropped++;
	else
		modem_say(m, "+CDSI: \"%s\",%d", m->world->o.cdsi_store,
			  modem_store_number(m, place));
	modem_mail_free(mail);
}

/* Without phase 2+ (AT+CSMS=1) nothing is owed, and what is not read is lost. */
static void
give(struct modem *m, struct modem_mail *mail)
{
	if (mail->report)
		modem_say_pdu(m, mail->hex, "+CDS: %u", mail->len);
	else
		modem_say_pdu(m, mail->hex, "+CMT: ,%u", mail->len);
	m->world->stats.direct++;
	if (!m->csms) {
		modem_mail_free(mail);
		return;
	}
	m->direct = mail;
	modem_due_add(m, m->world->o.ack_within, MODEM_DUE_DIRECT, ++m->directs, NULL);
}

/* False when it must wait in the network. */
static bool
deliver(struct modem *m, struct modem_mail *mail)
{
	bool listened_to = m->port.opens && m->cnmi[0];
	if (!mail->report) {
		if (m->cnmi[1] != 2 || !listened_to)
			return store_text(m, mail);
		give(m, mail);
		return true;
	}
	m->world->stats.reports++;
	if (m->cnmi[3] == 1 && listened_to) {
		give(m, mail);
	} else if (m->cnmi[3] == 2) {
		store_report(m, mail);
	} else {
		m->world->stats.reports_dropped++;
		modem_mail_free(mail);
	}
	return true;
}

void
modem_mail_pump(struct modem *m)
{
	while (m->waiting && !m->direct && reachable(m)) {
		struct modem_mail *mail = m->waiting;
		m->waiting = mail->next;
		mail->next = NULL;
		if (!deliver(m, mail)) {
			mail->next = m->waiting;
			m->waiting = mail;
			return;
		}
	}
}

void
modem_mail_arrive(struct modem *m, struct modem_mail *mail)
{
	struct modem_mail **at = &m->waiting;
	while (*at)
		at = &(*at)->next;
	*at = mail;
	modem_mail_pump(m);
}

/* ---- acknowledged, or not ---- */

static void
put_back(struct modem *m)
{
	if (!m->direct)
		return;
	m->direct->next = m->waiting;
	m->waiting = m->direct;
	m->direct = NULL;
}

int
modem_mail_acknowledged(struct modem *m, bool refused)
{
	if (!m->direct)
		return ASK_CMS + 340;
	if (refused) {
		modem_mail_unacknowledged(m, m->directs);
		return ASK_OK;
	}
	m->world->stats.acknowledged++;
	modem_mail_free(m->direct);
	m->direct = NULL;
	modem_due_network(m, 0, MODEM_DUE_PUMP, 0, NULL);
	return ASK_OK;
}

void
modem_mail_unacknowledged(struct modem *m, uint32_t serial)
{
	struct modem_mail *mail = m->direct;
	if (!mail || serial != m->directs)
		return;
	m->world->stats.redelivered++;
	if (m->world->o.ack_mutes)
		m->cnmi[1] = m->cnmi[3] = 0;
	if (mail->tries++ < m->world->o.redeliver) {
		put_back(m);
	} else if (mail->report) {
		m->direct = NULL;
		m->world->stats.reports_dropped++;
		modem_mail_free(mail);
	} else {
		m->direct = NULL;
		if (!store_text(m, mail)) {
			m->direct = mail;
			put_back(m);
			return; /* until there is room */
		}
	}
	modem_mail_pump(m);
}

void
modem_mail_lost(struct modem *m)
{
	put_back(m);
}

void
modem_mail_close(struct modem *m)
{
	put_back(m);
	for (struct modem_mail *mail = m->waiting, *next; mail; mail = next) {
		next = mail->next;
		modem_mail_free(mail);
	}
	m->waiting = NULL;
}
