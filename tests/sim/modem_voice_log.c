/* --calls: one JSON object for each thing that happened in a call. */
#include "modem_voice.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/time.h>

static void __attribute__((format(printf, 6, 0)))
put(struct modem_voice *v, unsigned serial, const char *way, const char *number, const char *event,
    const char *more, va_list list)
{
	FILE *to = v->m->world->calls;
	struct timeval now;
	struct tm tm;
	char clock[24];
	if (!to)
		return;
	gettimeofday(&now, NULL);
	gmtime_r(&now.tv_sec, &tm);
	strftime(clock, sizeof clock, "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(to,
		"{\"time\":\"%s.%03uZ\",\"modem\":%llu,\"imsi\":\"%s\",\"call\":%u,\"way\":\"%s\","
		"\"number\":\"%s\",\"event\":\"%s\",\"ms\":%lld",
		clock, (unsigned)(now.tv_usec / 1000), (unsigned long long)v->m->index, v->m->imsi,
		serial, way, number, event, (long long)(v->sound.at - v->sound.origin) / 8);
	vfprintf(to, more, list);
	fputs("}\n", to);
	fflush(to);
}

void
modem_voice_log(struct modem_voice *v, const char *event, const char *more, ...)
{
	va_list list;
	va_start(list, more);
	put(v, v->serial, v->incoming ? "in" : "out", v->number, event, more, list);
	va_end(list);
}

void
modem_leg_log(struct modem_voice *v, const char *event, const char *more, ...)
{
	va_list list;
	va_start(list, more);
	put(v, v->leg.serial, "leg", v->leg.number, event, more, list);
	va_end(list);
}
