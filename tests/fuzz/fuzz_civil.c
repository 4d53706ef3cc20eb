/* Any zone table, any time: conversions agree with each other, and a parsed date is written back as
 * it was.  Layout: 8 bytes instant, 4 day, 3 second, then a date text or transitions of 8 + 3. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "schedule/campaign.h"
#include "schedule/civil.h"

#define TRANSITIONS 16

static int64_t
take(const uint8_t **p, size_t *left, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i<n && * left> 0; i++, (*left)--)
		value = value << 8 | *(*p)++;
	return (int64_t)value;
}

static void
check_texts(const uint8_t *data, size_t size)
{
	enum campaign_channel channel;
	char out[CAMPAIGN_STEP_TEXT > 11 ? CAMPAIGN_STEP_TEXT : 11];
	int32_t day;
	int step;

	if (civil_parse_date((const char *)data, size, &day) == 0) {
		civil_format_date(day, out);
		assert(memcmp(out, data, size) == 0);
	}
	if (campaign_step_parse((const char *)data, size, &step, &channel) == 0) {
		campaign_step_format(step, channel, out);
		assert(strlen(out) == size && memcmp(out, data, size) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t at[TRANSITIONS], instant, last = INT64_MIN;
	int32_t offset[TRANSITIONS], day, second;
	struct civil_zone zone = {.at = at, .offset = offset};
	struct civil_time local;
	int y, m, d;

	check_texts(data, size);
	/* years 1 to 9999, where nothing is clamped */
	instant = take(&data, &size, 8) % 60000000000000LL;
	day = (int32_t)(take(&data, &size, 4) % 700000);
	second = (int32_t)(take(&data, &size, 3) % 86400);
	zone.first_offset = (int32_t)(take(&data, &size, 3) % 172800) - 86400;
	while (size > 0 && zone.n < TRANSITIONS) {
		int64_t t = take(&data, &size, 8) % 60000000000LL;
		if (t <= last)
			break;
		at[zone.n] = last = t;
		offset[zone.n++] = (int32_t)(take(&data, &size, 3) % 172800) - 86400;
	}
	local = civil_local(&zone, instant);
	assert(local.second >= 0 && local.second < 86400);
	assert(civil_instant(&zone, local.day, local.second) <= instant);
	instant = civil_instant(&zone, day, second);
	local = civil_local(&zone, instant);
	assert(local.day > day || (local.day == day && local.second >= second));
	local = civil_local(&zone, instant - 1000);
	assert(local.day < day || (local.day == day && local.second < second));
	civil_date(day, &y, &m, &d);
	assert(civil_day(y, m, d) == day && d <= civil_month_days(y, m));
	return 0;
}
