/* Words and their numbers: texts in one pool, found by hash. */
#include "reply_table.h"

#include <stdlib.h>
#include <string.h>

bool
reply_grow(void *list, size_t *room, size_t n, size_t size)
{
	void **items = list, *more;
	size_t want = *room > 0 ? *room * 2 : 64;

	if (n < *room)
		return true;
	more = realloc(*items, want * size);
	if (more == NULL)
		return false;
	*items = more;
	*room = want;
	return true;
}

/* FNV-1a: short keys, no adversary that could not as well send many texts. */
uint32_t
reply_hash(const char *text, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 16777619u;
	return h;
}

uint32_t
reply_dict_find(const struct reply_dict *d, const char *text, size_t len, uint32_t hash)
{
	if (d->n_slots == 0)
		return REPLY_NO_ID;
	for (size_t i = hash & (d->n_slots - 1); d->slots[i] != 0; i = (i + 1) & (d->n_slots - 1)) {
		uint32_t id = d->slots[i] - 1;
		const char *have = reply_dict_text(d, id);

		if (strncmp(have, text, len) == 0 && have[len] == '\0')
			return id;
	}
	return REPLY_NO_ID;
}

static void
place(struct reply_dict *d, uint32_t id)
{
	const char *text = reply_dict_text(d, id);
	size_t i = reply_hash(text, strlen(text)) & (d->n_slots - 1);

	while (d->slots[i] != 0)
		i = (i + 1) & (d->n_slots - 1);
	d->slots[i] = id + 1;
}

/* Half full at most, so that a word that is not there is known so at once. */
static bool
rehash(struct reply_dict *d)
{
	size_t want = d->n_slots > 0 ? d->n_slots * 2 : 256;
	uint32_t *slots = calloc(want, sizeof(*slots));

	if (slots == NULL)
		return false;
	free(d->slots);
	d->slots = slots;
	d->n_slots = want;
	for (size_t id = 0; id < d->n; id++)
		place(d, (uint32_t)id);
	return true;
}

uint32_t
reply_dict_add(struct reply_dict *d, const char *text, size_t len)
{
	uint32_t id = reply_dict_find(d, text, len, reply_hash(text, len));

	if (id != REPLY_NO_ID)
		return id;
	while (d->pool_n + len + 1 > d->pool_room)
		if (!reply_grow(&d->pool, &d->pool_room, d->pool_room, 1))
			return REPLY_NO_ID;
	if (!reply_grow(&d->at, &d->room, d->n, sizeof(*d->at)) ||
	    (d->n * 2 >= d->n_slots && !rehash(d)))
		return REPLY_NO_ID;
	id = (uint32_t)d->n++;
	d->at[id] = (uint32_t)d->pool_n;
	memcpy(d->pool + d->pool_n, text, len);
	d->pool[d->pool_n + len] = '\0';
	d->pool_n += len + 1;
	place(d, id);
	return id;
}

void
reply_dict_clear(struct reply_dict *d)
{
	free(d->pool);
	free(d->at);
	free(d->slots);
	*d = (struct reply_dict){.n = 0};
}
