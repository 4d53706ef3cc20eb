/* What a stick says of a call by itself. */
#include "modem_voice.h"

#include <stdio.h>

/* One of the two calls there may be. */
struct one {
	int index, incoming, stat, cause;
	const char *number;
	unsigned seconds;
};

static void
say_stat(struct modem_voice *v, const struct one *o)
{
	static const int dsci[] = {3, 1, 2, 7, 4, 5};
	struct modem *m = v->m;
	int type = *o->number == '+' ? 145 : 129;
	switch (v->maker->words) {
	case VOICE_PLAIN: break;
	case VOICE_HUAWEI:
		if (o->stat == 2)
			modem_say(m, "^ORIG:%d,0", o->index);
		else if (o->stat == 3)
			modem_say(m, "^CONF:%d", o->index);
		else if (o->stat == 0)
			modem_say(m, "^CONN:%d,0", o->index);
		break;
	case VOICE_QUECTEL:
		if (v->dsci)
			modem_say(m, "^DSCI: %d,%d,%d,0,%s,%d", o->index, o->incoming,
				  dsci[o->stat], o->number, type);
		if (v->ccinfo)
			modem_say(m, "+QIND: \"ccinfo\",%d,%d,%d,0,0,\"%s\",%d", o->index,
				  o->incoming, o->stat, o->number, type);
		break;
	case VOICE_SIMCOM:
		if (v->clcc)
			modem_say(m, "+CLCC: %d,%d,%d,0,0,\"%s\",%d", o->index, o->incoming,
				  o->stat, o->number, type);
		break;
	}
}

static void
say_words(struct modem_voice *v, int cause)
{
	modem_say(v->m, cause == 17                  ? "BUSY"
			: cause == 18 || cause == 19 ? "NO ANSWER"
						     : "NO CARRIER");
}

static void
say_over(struct modem_voice *v, const struct one *o)
{
	struct modem *m = v->m;
	int type = *o->number == '+' ? 145 : 129;
	switch (v->maker->words) {
	case VOICE_PLAIN: say_words(v, o->cause); break;
	case VOICE_HUAWEI:
		modem_say(m, "^CEND:%d,%u,%d,%d", o->index, o->seconds, o->cause == 16 ? 29 : 104,
			  o->cause);
		break;
	case VOICE_QUECTEL:
		if (v->dsci)
			modem_say(m, "^DSCI: %d,%d,6,0,%s,%d", o->index, o->incoming, o->number,
				  type);
		if (v->ccinfo)
			modem_say(m, "+QIND: \"ccinfo\",%d,%d,-1,0,0,\"%s\",%d", o->index,
				  o->incoming, o->number, type);
		say_words(v, o->cause);
		break;
	case VOICE_SIMCOM:
		if (v->clcc)
			modem_say(m, "+CLCC: %d,%d,6,0,0,\"%s\",%d", o->index, o->incoming,
				  o->number, type);
		say_words(v, o->cause);
		break;
	}
}

static struct one
first(const struct modem_voice *v)
{
	return (struct one){.index = 1,
			    .incoming = v->incoming,
			    .stat = v->stat,
			    .cause = v->cause,
			    .number = v->number,
			    .seconds = (unsigned)(v->sound.at - v->sound.origin) / 8000};
}

static struct one
second(const struct modem_voice *v)
{
	return (struct one){
	    .index = 2, .stat = v->leg.stat, .cause = v->leg.cause, .number = v->leg.number};
}

void
modem_voice_say_stat(struct modem_voice *v)
{
	struct one o = first(v);
	say_stat(v, &o);
}

void
modem_voice_say_over(struct modem_voice *v)
{
	struct one o = first(v);
	say_over(v, &o);
}

void
modem_leg_say_stat(struct modem_voice *v)
{
	struct one o = second(v);
	say_stat(v, &o);
}

void
modem_leg_say_over(struct modem_voice *v)
{
	struct one o = second(v);
	say_over(v, &o);
}

void
modem_voice_say_ring(struct modem_voice *v)
{
	modem_say(v->m, v->crc ? "+CRING: VOICE" : "RING");
	if (v->m->clip)
		modem_say(v->m, "+CLIP: \"%s\",%d,,,,0", v->number,
			  *v->number == '+'    ? 145
			  : *v->number == '\0' ? 128
					       : 129);
}

void
modem_voice_say_key(struct modem_voice *v, char key)
{
	if (!v->heeds_keys || !v->maker->keys)
		return;
	if (v->maker->words == VOICE_QUECTEL)
		modem_say(v->m, "+QTONEDET: %d", key);
	else
		modem_say(v->m, v->maker->tty ? "+RXDTMF: %c" : "+DTMF: %c", key);
}
