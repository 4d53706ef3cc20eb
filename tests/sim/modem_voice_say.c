/* What a stick says of a call by itself. */
#include "modem_voice.h"

#include <stdio.h>

void
modem_voice_say_stat(struct modem_voice *v)
{
	static const int dsci[] = {3, 1, 2, 7, 4, 5};
	struct modem *m = v->m;
	int type = *v->number == '+' ? 145 : 129;
	switch (v->maker->words) {
	case VOICE_PLAIN: break;
	case VOICE_HUAWEI:
		if (v->stat == 2)
			modem_say(m, "^ORIG:1,0");
		else if (v->stat == 3)
			modem_say(m, "^CONF:1");
		else if (v->stat == 0)
			modem_say(m, "^CONN:1,0");
		break;
	case VOICE_QUECTEL:
		if (v->dsci)
			modem_say(m, "^DSCI: 1,%d,%d,0,%s,%d", v->incoming, dsci[v->stat],
				  v->number, type);
		if (v->ccinfo)
			modem_say(m, "+QIND: \"ccinfo\",1,%d,%d,0,0,\"%s\",%d", v->incoming,
				  v->stat, v->number, type);
		break;
	case VOICE_SIMCOM:
		if (v->clcc)
			modem_say(m, "+CLCC: 1,%d,%d,0,0,\"%s\",%d", v->incoming, v->stat,
				  v->number, type);
		break;
	}
}

static void
say_words(struct modem_voice *v)
{
	modem_say(v->m, v->cause == 17                     ? "BUSY"
			: v->cause == 18 || v->cause == 19 ? "NO ANSWER"
							   : "NO CARRIER");
}

void
modem_voice_say_over(struct modem_voice *v)
{
	struct modem *m = v->m;
	int type = *v->number == '+' ? 145 : 129;
	switch (v->maker->words) {
	case VOICE_PLAIN: say_words(v); break;
	case VOICE_HUAWEI:
		modem_say(m, "^CEND:1,%u,%d,%d", (unsigned)(v->sound.at - v->sound.origin) / 8000,
			  v->cause == 16 ? 29 : 104, v->cause);
		break;
	case VOICE_QUECTEL:
		if (v->dsci)
			modem_say(m, "^DSCI: 1,%d,6,0,%s,%d", v->incoming, v->number, type);
		if (v->ccinfo)
			modem_say(m, "+QIND: \"ccinfo\",1,%d,-1,0,0,\"%s\",%d", v->incoming,
				  v->number, type);
		say_words(v);
		break;
	case VOICE_SIMCOM:
		if (v->clcc)
			modem_say(m, "+CLCC: 1,%d,6,0,0,\"%s\",%d", v->incoming, v->number, type);
		say_words(v);
		break;
	}
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
