#include "report_word.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64 /* a power of two */

struct report_words {
	char **slot;
	size_t n, slots;
	int failed;
};

struct report_words *
report_words_new(void)
{
	return calloc(1, sizeof(struct report_words));
}

void
report_words_free(struct report_words *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->slots; i++)
		free(w->slot[i]);
	free(w->slot);
	free(w);
}

int
report_words_failed(const struct report_words *w)
{
	return w->failed;
}

/* FNV-1a. */
static size_t
hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

/* Where a word stands, or the free slot it would take. */
static char **
find(const struct report_words *w, const char *text)
{
	size_t i = hash(text) & (w->slots - 1);

	while (w->slot[i] != NULL && strcmp(w->slot[i], text) != 0)
		i = (i + 1) & (w->slots - 1);
	return &w->slot[i];
}

/* Keeps a third of the slots free. */
static int
grow(struct report_words *w)
{
	struct report_words wider = {.slots = w->slots == 0 ? FIRST_SLOTS : w->slots * 2};

	if (w->slots > 0 && w->n * 3 < w->slots * 2)
		return 0;
	if ((wider.slot = calloc(wider.slots, sizeof *wider.slot)) == NULL)
		return -1;
	for (size_t i = 0; i < w->slots; i++)
		if (w->slot[i] != NULL)
			*find(&wider, w->slot[i]) = w->slot[i];
	free(w->slot);
	w->slot = wider.slot;
	w->slots = wider.slots;
	return 0;
}

const char *
report_word(struct report_words *w, const char *text)
{
	char **at;

	if (text == NULL)
		return NULL;
	if (grow(w) != 0) {
		w->failed = 1;
		return NULL;
	}
	at = find(w, text);
	if (*at == NULL && (*at = strdup(text)) != NULL)
		w->n++;
	if (*at == NULL)
		w->failed = 1;
	return *at;
}
