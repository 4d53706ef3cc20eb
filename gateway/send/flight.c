#include "flight.h"

#include <stdlib.h>

static size_t
place(const struct flight_table *t, int64_t id)
{
	return (size_t)((uint64_t)id * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (t->size - 1);
}

static void
put(struct flight_table *t, struct flight *f)
{
	size_t i = place(t, f->text.id);

	while (t->slot[i] != NULL)
		i = (i + 1) & (t->size - 1);
	t->slot[i] = f;
}

static int
grow(struct flight_table *t)
{
	struct flight_table old = *t;

	t->size = old.size == 0 ? 256 : old.size * 2;
	if ((t->slot = calloc(t->size, sizeof *t->slot)) == NULL) {
		*t = old;
		return -1;
	}
	for (size_t i = 0; i < old.size; i++)
		if (old.slot[i] != NULL)
			put(t, old.slot[i]);
	free(old.slot);
	return 0;
}

struct flight *
flight_add(struct flight_table *t, struct handover_text *text)
{
	struct flight *f;

	if ((t->used + 1) * 2 > t->size && grow(t) != 0)
		return NULL;
	if ((f = calloc(1, sizeof *f)) == NULL)
		return NULL;
	f->text = *text;
	*text = (struct handover_text){0};
	put(t, f);
	t->used++;
	return f;
}

struct flight *
flight_find(const struct flight_table *t, int64_t id)
{
	if (t->size == 0)
		return NULL;
	for (size_t i = place(t, id); t->slot[i] != NULL; i = (i + 1) & (t->size - 1))
		if (t->slot[i]->text.id == id)
			return t->slot[i];
	return NULL;
}

void
flight_drop(struct flight_table *t, struct flight *f)
{
	size_t i = place(t, f->text.id);

	while (t->slot[i] != f)
		i = (i + 1) & (t->size - 1);
	t->slot[i] = NULL;
	t->used--;
	/* Those behind it in the same run are put again, so that a search never stops short. */
	for (i = (i + 1) & (t->size - 1); t->slot[i] != NULL; i = (i + 1) & (t->size - 1)) {
		struct flight *moved = t->slot[i];

		t->slot[i] = NULL;
		put(t, moved);
	}
	free(f->text.body);
	free(f->text.part);
	free(f->text.octets);
	free(f);
}

unsigned
flight_next(const struct flight *f)
{
	for (unsigned i = 0; i < f->next_part; i++)
		if ((f->again[i / 8] >> i % 8 & 1) != 0)
			return i;
	return f->next_part;
}

void
flight_took(struct flight *f, unsigned part)
{
	f->on_wire++;
	if (part == f->next_part)
		f->next_part++;
	else
		f->again[part / 8] &= (uint8_t) ~(1U << part % 8);
}

void
flight_again(struct flight *f, unsigned part)
{
	f->again[part / 8] |= (uint8_t)(1U << part % 8);
}

void
flight_fini(struct flight_table *t)
{
	for (size_t i = 0; i < t->size; i++)
		while (t->slot[i] != NULL)
			flight_drop(t, t->slot[i]);
	free(t->slot);
	*t = (struct flight_table){0};
}
