#include "modem_store.h"

#include <stdlib.h>
#include <string.h>

void
modem_store_init(struct modem_store *s, size_t size)
{
	*s = (struct modem_store){.places = calloc(size + 1, sizeof *s->places), .size = size};
	if (!s->places)
		abort();
}

void
modem_store_fini(struct modem_store *s)
{
	for (size_t i = 0; i < s->size; i++)
		free(s->places[i].hex);
	free(s->places);
	*s = (struct modem_store){0};
}

int
modem_store_put(struct modem_store *s, const char *hex, unsigned len, enum modem_stat stat)
{
	size_t i = 0;
	while (i < s->size && s->places[i].hex)
		i++;
	if (i == s->size)
		return -1;
	s->places[i] = (struct modem_place){strdup(hex), len, stat};
	if (!s->places[i].hex)
		abort();
	s->used++;
	return (int)i;
}

struct modem_place *
modem_store_at(struct modem_store *s, int i)
{
	return i >= 0 && (size_t)i < s->size && s->places[i].hex ? &s->places[i] : NULL;
}

void
modem_store_drop(struct modem_store *s, int i)
{
	struct modem_place *place = modem_store_at(s, i);
	if (!place)
		return;
	free(place->hex);
	*place = (struct modem_place){0};
	s->used--;
}
