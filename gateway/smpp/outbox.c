#include "outbox.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"

#define SIZE_MIN 16384u

int
outbox_init(struct outbox *o)
{
	*o = (struct outbox){.octets = malloc(SIZE_MIN), .size = SIZE_MIN};
	return o->octets != NULL ? 0 : -ENOMEM;
}

void
outbox_fini(struct outbox *o)
{
	if (o->octets != NULL)
		explicit_bzero(o->octets, o->size);
	free(o->octets);
	o->octets = NULL;
}

static void
move_to_front(struct outbox *o)
{
	if (o->head > 0 && o->tail > o->head)
		memmove(o->octets, o->octets + o->head, o->tail - o->head);
	o->tail -= o->head;
	o->head = 0;
}

uint8_t *
outbox_reserve(struct outbox *o, size_t n)
{
	size_t size = o->size;
	uint8_t *grown;

	if (o->size - o->tail >= n)
		return o->octets + o->tail;
	move_to_front(o);
	while (size - o->tail < n)
		size *= 2;
	if (size == o->size)
		return o->octets + o->tail;
	if (size > OUTBOX_MAX || (grown = malloc(size)) == NULL)
		return NULL;
	memcpy(grown, o->octets, o->tail);
	explicit_bzero(o->octets, o->size); /* realloc would leave a bind behind */
	free(o->octets);
	o->octets = grown;
	o->size = size;
	return o->octets + o->tail;
}

void
outbox_commit(struct outbox *o, size_t n)
{
	assert(n <= o->size - o->tail);
	o->tail += n;
}

size_t
outbox_held(const struct outbox *o)
{
	return o->tail - o->head;
}

const uint8_t *
outbox_octets(const struct outbox *o)
{
	return o->octets + o->head;
}

void
outbox_advance(struct outbox *o, size_t n)
{
	assert(n <= outbox_held(o));
	o->at += n;
	while (n > 0) {
		size_t step;

		if (o->pdu_left == 0)
			o->pdu_left = smpp_header_read(o->octets + o->head).length;
		step = n < o->pdu_left ? n : o->pdu_left;
		o->head += step;
		o->pdu_left -= step;
		n -= step;
	}
	if (o->head < o->tail)
		return;
	if (o->secret)
		explicit_bzero(o->octets, o->tail);
	o->secret = false;
	o->head = o->tail = 0;
}

void
outbox_secret(struct outbox *o)
{
	o->secret = true;
}

uint64_t
outbox_recall(struct outbox *o, uint32_t command)
{
	size_t from = o->head + o->pdu_left, to = from;
	uint64_t position = o->at + o->pdu_left;

	while (from < o->tail) {
		struct smpp_header header = smpp_header_read(o->octets + from);

		if (header.command != command) {
			memmove(o->octets + to, o->octets + from, header.length);
			to += header.length;
		}
		from += header.length;
	}
	o->tail = to;
	return position;
}
