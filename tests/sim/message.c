#include "message.h"

#include <stdlib.h>

enum { BLOCK = 1024 };

void
messages_init(struct messages *m, uint64_t first, uint64_t remember)
{
	*m = (struct messages){.next = first, .remember = remember ? remember : 1};
	m->ring = calloc(m->remember, sizeof *m->ring);
	if (!m->ring)
		abort();
}

void
messages_fini(struct messages *m)
{
	for (size_t i = 0; i < m->block_count; i++)
		free(m->blocks[i]);
	free(m->blocks);
	free(m->ring);
	*m = (struct messages){0};
}

static void
add_block(struct messages *m)
{
	struct message *block = calloc(BLOCK, sizeof *block);
	m->blocks = realloc(m->blocks, (m->block_count + 1) * sizeof *m->blocks);
	if (!block || !m->blocks)
		abort();
	m->blocks[m->block_count++] = block;
	for (size_t i = 0; i < BLOCK; i++) {
		block[i].next_free = m->free;
		m->free = &block[i];
	}
}

struct message *
message_new(struct messages *m)
{
	if (!m->free)
		add_block(m);
	struct message *message = m->free, **place = &m->ring[m->next % m->remember];
	m->free = message->next_free;
	*message = (struct message){.number = m->next++, .holds = 1, .state = PDU_ENROUTE};
	if (*place)
		message_release(m, *place);
	*place = message;
	return message;
}

struct message *
message_find(const struct messages *m, uint64_t number)
{
	struct message *message = m->ring[number % m->remember];
	return message && message->number == number ? message : NULL;
}

void
message_hold(struct message *message)
{
	message->holds++;
}

void
message_release(struct messages *m, struct message *message)
{
	if (--message->holds)
		return;
	message->next_free = m->free;
	m->free = message;
}
