#include "reason.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *word;
	const char *what;
} reasons[REASON_COUNT] = {
#define X(name, word, what) [REASON_##name] = {word, what},
    REASON_LIST(X)
#undef X
};

const char *
reason_word(enum reason reason)
{
	assert(reason >= 0 && reason < REASON_COUNT);
	return reasons[reason].word;
}

const char *
reason_what(enum reason reason)
{
	assert(reason >= 0 && reason < REASON_COUNT);
	return reasons[reason].what;
}

enum reason
reason_parse(const char *word)
{
	int i = 0;

	while (i < REASON_COUNT && strcmp(reasons[i].word, word) != 0)
		i++;
	return (enum reason)i;
}
