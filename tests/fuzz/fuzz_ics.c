/* Calendars from anybody: sorted days within the years asked for, and libical neither prints nor
 * aborts. */
#include "gateway/base/calendar.h"
#include "gateway/base/utf8.h"
#include "schedule/civil.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complaints list = {0};
	struct calendar_holidays h = {0};

	int r = calendar_holidays_parse(&h, (const char *)data, size, "h.ics", 2024, 2028, &list);
	assert((r == 0) == (list.errors == 0));
	for (size_t i = 0; i < h.n; i++) {
		const struct calendar_holiday *d = &h.days[i];
		assert(i == 0 || d->day > h.days[i - 1].day);
		assert(d->day >= civil_day(2024, 1, 1) && d->day <= civil_day(2028, 12, 31));
		assert(utf8_valid(d->name, strlen(d->name)) == strlen(d->name));
	}
	calendar_holidays_clear(&h);
	complaint_clear(&list);
	return 0;
}
