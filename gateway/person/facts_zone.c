/* Zones by name, and several of them as one: what stands in the `timezone` column. */
#include "facts_part.h"

#include "gateway/base/calendar.h"

#include <stdlib.h>
#include <string.h>

/* The zone called by the `len` characters at `name`; false: none is. */
static bool
read_zone(struct facts *f, const char *name, size_t len, struct civil_zone *out)
{
	const struct calendar_zone *zone;
	char text[64];

	while (len > 0 && *name == ' ') {
		name++;
		len--;
	}
	while (len > 0 && name[len - 1] == ' ')
		len--;
	if (len == 0 || len >= sizeof text)
		return false;
	memcpy(text, name, len);
	text[len] = '\0';
	if (calendar_zone(f->calendar, text, &zone) != 0)
		return false;
	*out = (struct civil_zone){.at = zone->at,
				   .offset = zone->offset,
				   .n = zone->n,
				   .first_offset = zone->first_offset};
	return true;
}

/* Reads "Asia/Manila", or several split by `;`: the first counts days, all must be open. */
static bool
read_zones(struct facts *f, struct zone_entry *e)
{
	const char *p = e->name;
	size_t len = strcspn(p, ";");

	if (!read_zone(f, p, len, &e->zone))
		return false;
	while (p[len] == ';' && e->n_others < FACTS_ZONES - 1) {
		p += len + 1;
		len = strcspn(p, ";");
		if (!read_zone(f, p, len, &e->other[e->n_others]))
			continue;
		e->others[e->n_others] = &e->other[e->n_others];
		e->n_others++;
	}
	return true;
}

/* Entries stay where they are: accounts point to them for as long as the facts live. */
const struct zone_entry *
facts_zones(struct facts *f, const char *name)
{
	struct zone_entry *e, **entry;

	for (size_t i = 0; i < f->zones.n; i++) {
		e = ((struct zone_entry **)f->zones.at)[i];
		if (strcmp(e->name, name) == 0)
			return e;
	}
	if (name[0] == '\0' || strlen(name) >= sizeof e->name || (e = calloc(1, sizeof *e)) == NULL)
		return NULL;
	memcpy(e->name, name, strlen(name) + 1);
	if (!read_zones(f, e) || (entry = facts_add(&f->zones, sizeof *entry, 1)) == NULL) {
		free(e);
		return NULL;
	}
	return *entry = e;
}

void
facts_drop_zones(struct facts *f)
{
	for (size_t i = 0; i < f->zones.n; i++)
		free(((struct zone_entry **)f->zones.at)[i]);
	free(f->zones.at);
}

const struct civil_zone *
facts_lender_zone(struct facts *f)
{
	static const struct civil_zone utc = {0};
	const struct zone_entry *e = facts_zones(f, f->config->lender.timezone);

	return e != NULL ? &e->zone : &utc;
}

const struct civil_zone *
facts_zone(struct facts *f, const char *name)
{
	const struct zone_entry *e = facts_zones(f, name);

	return e != NULL ? &e->zone : facts_lender_zone(f);
}
