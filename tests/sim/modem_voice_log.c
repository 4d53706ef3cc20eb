/* --calls: one JSON object for each thing that happened in a call. */
#include "modem_voice.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/time.h>

void
modem_voice_log(struct modem_voice *v, const char *event, const char *more, ...)
{
	FILE *to = v->m->world->calls;
	struct timeval now;
	struct tm tm;
	char clock[24];
	va_list list;
	if (!to)
		return;
	gettimeofday(&now, NULL);
	gmtime_r(&now.tv_sec, &tm);
	strftime(clock, sizeof clock, "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(to,
		"{\"time\":\"%s.%03uZ\",\"modem\":%llu,\"imsi\":\"%s\",\"call\":%u,\"way\":\"%s\","
		"\"number\":\"%s\",\"event\":\"%s\",\"ms\":%lld",
		clock, (unsigned)(now.tv_usec / 1000), (unsigned long long)v->m->index, v->m->imsi,
		v->serial, v->incoming ? "in" : "out", v->number, event,
		(long long)(v->sound.at - v->sound.origin) / 8);
	va_start(list, more);
	vfprintf(to, more, list);
	va_end(list);
	fputs("}\n", to);
	fflush(to);
}
