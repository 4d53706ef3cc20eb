/* refusing.h - a calloc() that refuses when told to: included by one source of a program, where it
 * stands before everybody's own
 *
 * Under gcc's sanitizers the next definition is theirs, so both see every allocation. */
#ifndef TESTS_REFUSING_H
#define TESTS_REFUSING_H

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

/* The calloc of this thread that is refused is the one at which this reaches 0; 0: none. */
static _Thread_local int countdown;

/* dlsym() may itself allocate while it looks: a little memory of our own serves that. */
static void *
early_calloc(size_t n, size_t size)
{
	static char early[4096];
	static size_t used;
	void *memory = early + used;

	used += (n * size + 15) & ~(size_t)15;
	return used <= sizeof early ? memory : NULL;
}

void *
calloc(size_t n, size_t size)
{
	static void *(*next)(size_t, size_t);
	static bool looking;

	if (next == NULL && looking)
		return early_calloc(n, size);
	if (next == NULL) {
		looking = true;
		*(void **)&next = dlsym(RTLD_NEXT, "calloc");
	}
	if (countdown > 0 && --countdown == 0) {
		errno = ENOMEM;
		return NULL;
	}
	return next(n, size);
}

#endif
