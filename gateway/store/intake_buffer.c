/* Numbers of new accounts, kept until there are many and then written in order of number.  One by
 * one they would each touch another page of person_key, which is most of what a big import costs.
 *
 * Only accounts with a single key come here: nobody can have become one person with such an account
 * by another key in the meantime, so when its number turns out to be somebody's it just joins. */
#include "intake_impl.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define BUFFER_KEYS 131072
#define BUFFER_KEY  20 /* octets of a key with its NUL; longer ones are not kept */

struct entry {
	int64_t account;
	char key[BUFFER_KEY];
};

struct intake_buffer {
	size_t n;
	struct entry entries[BUFFER_KEYS];
};

int
intake_buffer_new(struct intake_buffer **out)
{
	*out = malloc(sizeof **out);
	if (*out == NULL)
		return UV_ENOMEM;
	(*out)->n = 0;
	return 0;
}

void
intake_buffer_free(struct intake_buffer *b)
{
	free(b);
}

/* The oldest account of a number comes first and becomes its person. */
static int
entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order != 0 ? order : (x->account > y->account) - (x->account < y->account);
}

int
intake_buffer_flush(struct store *s, struct intake_buffer *b)
{
	int rc = 0;

	qsort(b->entries, b->n, sizeof b->entries[0], entry_order);
	for (size_t i = 0; rc == 0 && i < b->n; i++)
		rc = intake_keys(s, b->entries[i].account, b->entries[i].key + 1, NULL, true);
	b->n = 0;
	return rc;
}

int
intake_buffer_add(struct store *s, struct intake_buffer *b, int64_t account, const char *phones,
		  const char *person_id, bool *kept)
{
	size_t len = strlen(phones);
	struct entry *e = &b->entries[b->n];

	*kept = (person_id == NULL || person_id[0] == '\0') && len > 0 && len < BUFFER_KEY - 1 &&
		memchr(phones, ';', len) == NULL;
	if (!*kept)
		return 0;
	e->account = account;
	e->key[0] = 'n';
	memcpy(e->key + 1, phones, len + 1);
	return ++b->n == BUFFER_KEYS ? intake_buffer_flush(s, b) : 0;
}
