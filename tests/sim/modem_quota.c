#include "modem_quota.h"

#include "dice.h"

#include <stdlib.h>
#include <string.h>

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static uint64_t
since(const struct modem_quota *q, uint64_t now, uint64_t span)
{
	uint64_t n = 0;
	while (n < q->used && q->times[q->used - 1 - n] + span > now)
		n++;
	return n;
}

bool
modem_quota_over(const struct modem_quota *q, const struct modem_quota_limits *l, uint64_t now,
		 const char *number)
{
	if ((l->minute && since(q, now, MINUTE) >= l->minute) ||
	    (l->hour && since(q, now, HOUR) >= l->hour) || (l->day && since(q, now, DAY) >= l->day))
		return true;
	return l->recipients && q->numbers.used >= l->recipients &&
	       !seen_has(&q->numbers, dice_hash(0, number, strlen(number)));
}

void
modem_quota_count(struct modem_quota *q, uint64_t now, const char *number)
{
	if (q->used == q->room) {
		q->room = q->room ? q->room * 2 : 256;
		q->times = realloc(q->times, q->room * sizeof *q->times);
		if (!q->times)
			abort();
	}
	q->times[q->used++] = now;
	seen_add(&q->numbers, dice_hash(0, number, strlen(number)));
}

void
modem_quota_fini(struct modem_quota *q)
{
	free(q->times);
	seen_fini(&q->numbers);
	*q = (struct modem_quota){0};
}
