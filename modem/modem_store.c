#include "fields.h"
#include "modem_parts.h"

#include <stdio.h>
#include <string.h>

#define FAILURES 3

/* ---- which store is looked at ---- */

/* Reports said to be in "SR" by sticks that have none are where texts come in. */
static void
look_elsewhere(struct modem *m)
{
	for (size_t i = 0; i < m->reads_n; i++)
		if (strcmp(m->reads[i].store, m->absent) == 0)
			snprintf(m->reads[i].store, sizeof m->reads[i].store, "%s", m->info.store);
}

static void
on_selected(struct modem *m, const struct at_answer *answer)
{
	m->selecting = false;
	if (answer->final == AT_OK) {
		snprintf(m->selected, sizeof m->selected, "%s", m->place.store);
		return;
	}
	if (!m->three_stores) {
		m->three_stores = true; /* it wants all of them: tried at once by the same chore */
		return;
	}
	/* It has no such store: as if it were empty. */
	m->three_stores = false;
	if (strcmp(m->info.store, m->place.store) == 0)
		m->info.store[0] = '\0'; /* nor is it asked for again */
	snprintf(m->absent, sizeof m->absent, "%s", m->place.store);
	look_elsewhere(m);
	for (size_t i = 0; i < SLOTS; i++)
		if (m->slots[i].used && strcmp(m->slots[i].store, m->place.store) == 0)
			m->slots[i].failures = FAILURES;
	if (m->drain_at < m->stores_n && strcmp(m->stores[m->drain_at], m->place.store) == 0)
		m->drain_at++;
}

/* True when the store is looked at; else a command was written that makes it so. */
bool
modem_select(struct modem *m, const char *store)
{
	char text[64];

	if (store[0] == '\0' || strcmp(m->selected, store) == 0)
		return true;
	snprintf(m->place.store, sizeof m->place.store, "%s", store);
	if (m->three_stores)
		snprintf(text, sizeof text, "AT+CPMS=\"%s\",\"%s\",\"%s\"", store, m->info.store,
			 m->info.store);
	else
		snprintf(text, sizeof text, "AT+CPMS=\"%s\"", store);
	m->selecting = true;
	modem_run(m, text, "+CPMS:", m->config.slow_ms, on_selected);
	return false;
}

/* ---- one text: +CMGR ---- */

static const char *
pdu_behind(const struct at_answer *answer, size_t i)
{
	return i + 1 < answer->n && at_is_hex(answer->lines[i + 1]) ? answer->lines[i + 1] : NULL;
}

/* Whether stat is that of a text that came: 0 and 1 (27.005 3.1), or its words. */
static bool
came_in(const char *line, unsigned field)
{
	int stat;
	char word[16];

	if (fields_number(line, field, &stat))
		return stat == 0 || stat == 1;
	fields_text(line, field, word, sizeof word);
	return strncmp(word, "REC", 3) == 0;
}

static void
on_read(struct modem *m, const struct at_answer *answer)
{
	const char *hex = answer->n > 0 ? pdu_behind(answer, 0) : NULL;

	if (answer->final == AT_OK && hex != NULL) {
		if (came_in(answer->lines[0], 0))
			modem_give(m, &m->place, answer->lines[0], hex);
		return;
	}
	m->chores |= CHORE_DRAIN; /* counted from another number, or kept elsewhere */
	m->drain_at = 0;
}

static bool
read_next(struct modem *m)
{
	char text[32];

	if (m->reads_n == 0) {
		m->chores &= ~(unsigned)CHORE_READ;
		return false;
	}
	if (!modem_select(m, m->reads[0].store))
		return true;
	m->place = m->reads[0];
	m->reads_n--;
	memmove(m->reads, m->reads + 1, m->reads_n * sizeof m->reads[0]);
	snprintf(text, sizeof text, "AT+CMGR=%d", m->place.index);
	{
		struct at_command command = {.text = text,
					     .prefix = "+CMGR:",
					     .pdus = true,
					     .timeout_ms = m->config.slow_ms};

		modem_run_command(m, &command, on_read);
	}
	return true;
}

/* ---- all of a store: +CMGL ---- */

static void
sweep(struct modem *m, const char *store)
{
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &m->slots[i];

		if (slot->used && !slot->seen && slot->index >= 0 &&
		    strcmp(slot->store, store) == 0)
			modem_forget(m, slot); /* somebody else deleted it */
	}
}

static void
count_stored(struct modem *m, const struct at_answer *answer)
{
	int used = 0;

	for (size_t i = 0; i < answer->n; i++)
		used += at_begins(answer->lines[i], "+CMGL:");
	if (strcmp(m->selected, m->info.store) != 0 || used == m->info.store_used)
		return;
	m->info.store_used = used;
	modem_changed(m);
}

static void
give_all(struct modem *m, const struct at_answer *answer)
{
	struct place place = {.index = -1};

	snprintf(place.store, sizeof place.store, "%s", m->selected);
	for (size_t i = 0; i < answer->n && !m->closing; i++) {
		const char *hex = pdu_behind(answer, i);

		if (!at_begins(answer->lines[i], "+CMGL:") || hex == NULL)
			continue;
		if (fields_number(answer->lines[i], 0, &place.index) && place.index >= 0 &&
		    came_in(answer->lines[i], 1))
			modem_give(m, &place, answer->lines[i], hex);
		i++;
	}
}

static void
on_listed(struct modem *m, const struct at_answer *answer)
{
	m->drain_at++;
	if (answer->final != AT_OK)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		m->slots[i].seen = false;
	give_all(m, answer);
	if (!answer->cut) {
		sweep(m, m->selected);
		count_stored(m, answer);
	}
	for (size_t i = 0; i < SLOTS; i++)
		if (m->slots[i].used && m->slots[i].confirmed) {
			m->slots[i].failures = 0;
			m->chores |= CHORE_DELETE;
		}
}

static bool
drain_next(struct modem *m)
{
	struct at_command command = {
	    .text = "AT+CMGL=4", .prefix = "+CMGL:", .pdus = true, .timeout_ms = m->config.slow_ms};

	if (m->drain_at >= m->stores_n) {
		/* What is announced next is looked for where it comes in. */
		if (!modem_select(m, m->info.store))
			return true;
		m->chores &= ~(unsigned)CHORE_DRAIN;
		m->drain_at = 0;
		m->last_drain = uv_now(m->loop);
		return false;
	}
	if (!modem_select(m, m->stores[m->drain_at]))
		return true;
	modem_run_command(m, &command, on_listed);
	return true;
}

/* ---- deleting ---- */

static void
on_deleted(struct modem *m, const struct at_answer *answer)
{
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &m->slots[i];

		if (!slot->used || !slot->confirmed || slot->index != m->place.index ||
		    strcmp(slot->store, m->place.store) != 0)
			continue;
		if (answer->final == AT_OK)
			modem_forget(m, slot);
		else
			slot->failures++; /* it stays known, and is not given again */
		return;
	}
}

static bool
delete_next(struct modem *m)
{
	char text[32];

	for (size_t i = 0; i < SLOTS; i++) {
		const struct slot *slot = &m->slots[i];

		if (!slot->used || !slot->confirmed || slot->index < 0 ||
		    slot->failures >= FAILURES)
			continue;
		if (!modem_select(m, slot->store))
			return true;
		snprintf(m->place.store, sizeof m->place.store, "%s", slot->store);
		m->place.index = slot->index;
		snprintf(text, sizeof text, "AT+CMGD=%d", slot->index);
		modem_run(m, text, "+CMGD!", m->config.slow_ms, on_deleted);
		return true;
	}
	m->chores &= ~(unsigned)CHORE_DELETE;
	return false;
}

bool
modem_store_chore(struct modem *m)
{
	if ((m->chores & CHORE_DELETE) && delete_next(m))
		return true;
	if ((m->chores & CHORE_READ) && read_next(m))
		return true;
	return (m->chores & CHORE_DRAIN) && drain_next(m);
}
