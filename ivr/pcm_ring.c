/* The counters run on for ever and are compared by their differences. Each is written by one thread
 * alone, with release, after the samples it speaks of; the other reads it with acquire. */
#include "pcm.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define RING_MAX ((size_t)1 << 24)

int
pcm_ring_init(struct pcm_ring *ring, size_t n)
{
	size_t size = 1;

	if (n == 0 || n > RING_MAX)
		return UV_EINVAL;
	while (size < n)
		size *= 2;
	ring->samples = calloc(size, sizeof *ring->samples);
	if (!ring->samples)
		return UV_ENOMEM;
	ring->size = size;
	atomic_init(&ring->written, 0);
	atomic_init(&ring->dropped, 0);
	atomic_init(&ring->taken, 0);
	return 0;
}

void
pcm_ring_fini(struct pcm_ring *ring)
{
	free(ring->samples);
	ring->samples = NULL;
	ring->size = 0;
}

/* Copies in two pieces where the ring's end lies between. */
static void
put(struct pcm_ring *ring, size_t at, const int16_t *samples, size_t n)
{
	size_t from = at & (ring->size - 1);
	size_t first = n < ring->size - from ? n : ring->size - from;

	memcpy(ring->samples + from, samples, first * sizeof *samples);
	memcpy(ring->samples, samples + first, (n - first) * sizeof *samples);
}

static void
get(const struct pcm_ring *ring, size_t at, int16_t *samples, size_t n)
{
	size_t from = at & (ring->size - 1);
	size_t first = n < ring->size - from ? n : ring->size - from;

	memcpy(samples, ring->samples + from, first * sizeof *samples);
	memcpy(samples + first, ring->samples, (n - first) * sizeof *samples);
}

size_t
pcm_ring_room(const struct pcm_ring *ring)
{
	size_t taken = atomic_load_explicit(&ring->taken, memory_order_acquire);

	return ring->size - (atomic_load_explicit(&ring->written, memory_order_relaxed) - taken);
}

size_t
pcm_ring_write(struct pcm_ring *ring, const int16_t *samples, size_t n)
{
	size_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
	size_t room = pcm_ring_room(ring);

	if (n > room)
		n = room;
	if (n == 0)
		return 0;
	put(ring, written, samples, n);
	atomic_store_explicit(&ring->written, written + n, memory_order_release);
	return n;
}

void
pcm_ring_drop(struct pcm_ring *ring)
{
	size_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);

	atomic_store_explicit(&ring->dropped, written, memory_order_release);
}

/* Where reading goes on: behind what was taken, and behind what was dropped. */
static size_t
next_read(const struct pcm_ring *ring)
{
	size_t taken = atomic_load_explicit(&ring->taken, memory_order_acquire);
	size_t dropped = atomic_load_explicit(&ring->dropped, memory_order_acquire);
	size_t ahead = dropped - taken;

	/* A drop of long ago lies behind `taken`: the difference is then huge. */
	return ahead <= ring->size ? dropped : taken;
}

size_t
pcm_ring_ready(const struct pcm_ring *ring)
{
	size_t from = next_read(ring);

	return atomic_load_explicit(&ring->written, memory_order_acquire) - from;
}

size_t
pcm_ring_read(struct pcm_ring *ring, int16_t *samples, size_t n)
{
	size_t from = next_read(ring);
	size_t ready = atomic_load_explicit(&ring->written, memory_order_acquire) - from;

	if (n > ready)
		n = ready;
	if (n > 0)
		get(ring, from, samples, n);
	atomic_store_explicit(&ring->taken, from + n, memory_order_release);
	return n;
}
