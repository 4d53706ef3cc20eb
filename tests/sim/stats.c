#include "stats.h"

uint64_t
stats_submit(struct stats *s, uint64_t now)
{
	s->submits++;
	if (now / 1000 != s->second) {
		s->second = now / 1000;
		s->in_second = 0;
	}
	if (++s->in_second > s->peak_per_second)
		s->peak_per_second = s->in_second;
	return s->in_second;
}

static void
put(struct buffer *to, const char *name, uint64_t value)
{
	buffer_puts(to, "\"");
	buffer_puts(to, name);
	buffer_puts(to, "\":");
	buffer_put_number(to, value);
	buffer_puts(to, ",");
}

void
stats_write(const struct stats *s, uint64_t sessions, uint64_t waiting, struct buffer *to)
{
	buffer_puts(to, "{");
	put(to, "sessions", sessions);
	put(to, "waiting", waiting);
#define X(name) put(to, #name, s->name);
	STATS_LIST(X)
#undef X
	to->at[to->used - 1] = '}';
	buffer_puts(to, "\n");
}
