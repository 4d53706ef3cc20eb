/*
 * The book of who does what when called: a file, one line each, and what a test adds.
 *
 *     +639171234567: answer 3 do wait 1 wait 1990#      the first call to this number
 *     +639171234567: busy                               the second, and all that follow
 *     25%: no-answer                                    a quarter of the other numbers
 *     *: answer 5 do wait 1                             the rest
 *
 * Which quarter is a hash of seed and number. See caller.h for the words.
 *
 * Ownership: callers_new allocates, callers_free frees.
 */
#ifndef SIM_CALLERS_H
#define SIM_CALLERS_H

#include "caller.h"

struct callers;

/* `file` and `otherwise` (of numbers in no line) may be NULL; without either nobody answers. NULL
 * after a report on standard error. */
struct callers *callers_new(uint64_t seed, const char *file, const char *otherwise);
void callers_free(struct callers *callers);

/* Adds a line. NULL, or what is wrong with it. */
const char *callers_add(struct callers *callers, const char *line);

/* What a number ("*": any other) does from now on, whatever stood there. */
const char *callers_set(struct callers *callers, const char *number, const char *words);

/* What a number does when called now, which counts as a call of it. */
void callers_called(struct callers *callers, const char *number, struct caller_plan *out);

#endif
