#include "dice.h"

/* The finaliser of splitmix64. */
static uint64_t
scramble(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t
dice_mix(uint64_t seed, enum dice_for what, uint64_t number)
{
	uint64_t salt = (uint64_t)what * UINT64_C(0x9e3779b97f4a7c15);
	return scramble(scramble(seed + salt) ^ scramble(number + UINT64_C(0x9e3779b97f4a7c15)));
}

bool
dice_hits(uint64_t seed, enum dice_for what, uint64_t number, double share)
{
	if (share <= 0)
		return false;
	/* 53 bits fill a double's fraction exactly: the throw is in [0, 1). */
	return (double)(dice_mix(seed, what, number) >> 11) * 0x1p-53 < share;
}

uint64_t
dice_around(uint64_t seed, enum dice_for what, uint64_t number, uint64_t mean)
{
	if (!mean)
		return 0;
	return mean - mean / 2 + dice_mix(seed, what, number) % (mean / 2 * 2 + 1);
}

uint64_t
dice_hash(uint64_t start, const void *octets, size_t n)
{
	const unsigned char *at = octets;
	uint64_t h = start ^ UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < n; i++)
		h = (h ^ at[i]) * UINT64_C(0x100000001b3);
	return scramble(h);
}
