#include "fields.h"
#include "modem_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* FNV-1a over the digits, either case alike. */
static uint64_t
digest_of(const char *hex)
{
	uint64_t digest = 14695981039346656037u;

	for (; *hex != '\0'; hex++)
		digest = (digest ^ (uint64_t)toupper((unsigned char)*hex)) * 1099511628211u;
	return digest;
}

static bool
is_known(const struct modem *m, uint64_t digest)
{
	for (size_t i = 0; i < KNOWN && i < m->known_n; i++)
		if (m->known[i] == digest)
			return true;
	return false;
}

static void
remember(struct modem *m, uint64_t digest)
{
	if (!is_known(m, digest))
		m->known[m->known_n++ % KNOWN] = digest;
}

void
modem_forget(struct modem *m, struct slot *slot)
{
	if (slot->confirmed)
		remember(m, slot->digest);
	slot->used = false;
}

static struct slot *
slot_at(struct modem *m, const struct place *place)
{
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &m->slots[i];

		if (slot->used && slot->index == place->index && place->index >= 0 &&
		    strcmp(slot->store, place->store) == 0)
			return slot;
	}
	return NULL;
}

static struct slot *
slot_with(struct modem *m, uint64_t digest)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (m->slots[i].used && m->slots[i].digest == digest)
			return &m->slots[i];
	return NULL;
}

static struct slot *
free_slot(struct modem *m)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (!m->slots[i].used)
			return &m->slots[i];
	return NULL;
}

/* The TPDU's octets are the last number of the line: `+CMT: "name",23`, `+CDS: 25`. */
static int
length_of(const char *line)
{
	int length = -1, number;

	for (unsigned field = 0; field < 12; field++)
		if (fields_number(line, field, &number))
			length = number;
	return length;
}

static void
tell(struct modem *m, const struct slot *slot, const char *line, const char *hex)
{
	struct pdu_incoming pdu;
	const char *why = NULL;
	struct modem_incoming incoming = {
	    .hex = hex, .digest = slot->digest, .token = {slot->token}};

	if (pdu_incoming(hex, strlen(hex), length_of(line), &pdu, &why) == 0)
		incoming.pdu = &pdu;
	else
		incoming.why = why;
	m->info.received += incoming.pdu == NULL || pdu.kind == PDU_DELIVER;
	m->info.reports_n += incoming.pdu != NULL && pdu.kind == PDU_REPORT;
	if (m->events.incoming != NULL)
		m->events.incoming(m->ctx, &incoming);
}

/* Gives a text to the owner, unless it was given. place->index is -1 for one that came directly.
 * When all slots are taken it stays where it is: a later drain finds it. */
void
modem_give(struct modem *m, const struct place *place, const char *line, const char *hex)
{
	uint64_t digest = digest_of(hex);
	struct slot *same = slot_with(m, digest), *slot = slot_at(m, place);

	if (slot != NULL && slot->digest == digest) {
		slot->seen = true;
		return;
	}
	if (slot != NULL)
		modem_forget(m, slot); /* another text stands there now */
	else
		slot = free_slot(m);
	if (slot == NULL)
		return;
	*slot = (struct slot){.used = true, .seen = true, .index = place->index, .digest = digest};
	snprintf(slot->store, sizeof slot->store, "%s", place->store);
	if (same != NULL && same != slot) { /* the network's second copy shares the first's fate */
		slot->token = same->token;
		slot->confirmed = same->confirmed;
	} else if (is_known(m, digest)) {
		slot->confirmed = true;
	} else {
		if (++m->last_token == 0)
			m->last_token = 1;
		slot->token = m->last_token;
		tell(m, slot, line, hex);
		return;
	}
	if (slot->confirmed && slot->token != 0)
		modem_confirm(m, (struct modem_token){slot->token});
	else if (slot->confirmed)
		m->chores |= CHORE_DELETE;
}

/* +CMT and +CDS: nobody keeps it but us, and the network until it is acknowledged. */
void
modem_direct(struct modem *m, const char *line, const char *pdu)
{
	struct place place = {.index = -1};

	if (pdu == NULL) {
		/* Cut to pieces by noise. Not acknowledged, it comes again. */
		m->chores |= CHORE_NOTICES;
		return;
	}
	if (is_known(m, digest_of(pdu))) {
		m->owed += m->acknowledges;
		return;
	}
	if (slot_with(m, digest_of(pdu)) != NULL)
		return; /* the copy of one that is not durable yet */
	modem_give(m, &place, line, pdu);
}

void
modem_confirm(struct modem *m, struct modem_token token)
{
	if (m->closing || token.n == 0)
		return;
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &m->slots[i];

		if (!slot->used || slot->token != token.n)
			continue;
		slot->confirmed = true;
		if (slot->index >= 0) {
			m->chores |= CHORE_DELETE;
			continue;
		}
		m->owed += m->acknowledges;
		modem_forget(m, slot);
	}
	modem_next(m);
}

static void
on_acknowledged(struct modem *m, const struct at_answer *answer)
{
	/* Too late for it, and the modem stopped giving texts directly: 27.005 3.4.1. */
	if (answer->final != AT_OK)
		m->chores |= CHORE_NOTICES;
}

bool
modem_acknowledge(struct modem *m)
{
	if (m->owed == 0)
		return false;
	m->owed--;
	modem_run(m, "AT+CNMA", NULL, m->config.command_ms, on_acknowledged);
	return true;
}

/* ---- announced: in storage ---- */

/* `+CMTI: "SM",3`. Indices that make no sense are looked for by a drain. */
void
modem_announced(struct modem *m, const char *line, const char *store)
{
	struct place place = {.index = -1};

	fields_number(line, 1, &place.index);
	fields_text(line, 0, place.store, sizeof place.store);
	if (strlen(place.store) != 2)
		snprintf(place.store, sizeof place.store, "%s", store);
	if (strcmp(place.store, m->absent) == 0)
		snprintf(place.store, sizeof place.store, "%s", m->info.store);
	if (place.index < 0 || m->reads_n == READS) {
		m->chores |= CHORE_DRAIN;
		m->drain_at = 0;
		return;
	}
	m->reads[m->reads_n++] = place;
	m->chores |= CHORE_READ;
}
