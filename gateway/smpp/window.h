/* window.h - requests that wait for their answer, by sequence number
 *
 * A fixed set of slots, made once: nothing is allocated for a request. Finding is one look into a
 * table indexed by the sequence number's low bits; a number whose place is taken by an older
 * request is left out when numbering (SMPP 3.4 3.2: numbers grow, they need not be dense). Requests
 * that were given up are remembered for a while, oldest forgotten first, to recognise a late
 * answer.
 *
 *   Ownership   the caller; slots belong to the window and are valid until removed.
 *   Thread      any one. No I/O, no clock.
 */
#ifndef DUNLIN_SMPP_WINDOW_H
#define DUNLIN_SMPP_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

enum window_kind { WINDOW_SUBMIT, WINDOW_QUERY };

struct window_slot {
	uint64_t cookie;
	uint64_t at;  /* when it was handed over, milliseconds */
	uint64_t end; /* the session's octets up to its last one */
	uint32_t sequence;
	enum window_kind kind;
	struct window_slot *older, *newer; /* by age; newer links the free ones, too */
};

struct window;

/* slots: how many requests may wait at once. NULL: no memory. */
struct window *window_new(unsigned slots);
void window_free(struct window *window);

/* Takes a slot and gives it the next number after *sequence (1..0x7fffffff), which it moves on.
 * NULL when all are taken. It is now the newest. */
struct window_slot *window_add(struct window *window, enum window_kind kind, uint32_t *sequence);
struct window_slot *window_find(const struct window *window, uint32_t sequence);
struct window_slot *window_oldest(const struct window *window);
void window_remove(struct window *window, struct window_slot *slot);
unsigned window_count(const struct window *window, enum window_kind kind);

/* Removes a slot and remembers it for a late answer. */
void window_give_up(struct window *window, struct window_slot *slot);

/* Finds and forgets one that was given up: true, and its cookie. */
bool window_take_late(struct window *window, uint32_t sequence, uint64_t *cookie);

/* Forgets all that were given up: their session is gone, and its numbers begin again. */
void window_forget_late(struct window *window);

/* The number after `sequence`: 1..0x7fffffff, then 1 again (SMPP 3.4 5.1.4). */
uint32_t window_sequence_after(uint32_t sequence);

#endif
