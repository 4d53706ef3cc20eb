/*
 * Chance that repeats itself: every throw is a hash of the seed, of what is thrown for and of a
 * number (a submit's count, a phone number's hash). Two runs with one seed therefore agree, and
 * switching one misbehaviour on does not shift the throws of the others.
 */
#ifndef SIM_DICE_H
#define SIM_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dice_for {
	DICE_ANSWER_DELAY,
	DICE_BIND,
	DICE_DELAY_REPLY,
	DICE_DIALECT,
	DICE_DROP,
	DICE_DUPLICATE,
	DICE_FATE,
	DICE_GARBAGE,
	DICE_GARBAGE_KIND,
	DICE_ID,
	DICE_LIE,
	DICE_LIE_KIND,
	DICE_LOST,
	DICE_PART,
	DICE_PERSON,
	DICE_QUEUE,
	DICE_RECEIPT_DELAY,
	DICE_RECEIPT_EARLY,
	DICE_REFUSE,
	DICE_STALL,
	DICE_WORDS,
};

/* A well-mixed 64-bit number. */
uint64_t dice_mix(uint64_t seed, enum dice_for what, uint64_t number);

/* Whether something of the given share (0 to 1) happens. */
bool dice_hits(uint64_t seed, enum dice_for what, uint64_t number, double share);

/* `mean` give or take up to a half, evenly spread. */
uint64_t dice_around(uint64_t seed, enum dice_for what, uint64_t number, uint64_t mean);

/* A 64-bit hash of octets; `start` chains calls together (0 to begin). */
uint64_t dice_hash(uint64_t start, const void *octets, size_t n);

#endif
