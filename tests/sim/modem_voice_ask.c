/* Commands of calls and of their sound. */
#include "modem_voice.h"

#include <stdio.h>
#include <string.h>

/* ---- calls ---- */

static int
ask_dial(struct modem_voice *v, const struct modem_ask *ask)
{
	struct modem *m = v->m;
	size_t n = strspn(ask->args, "+0123456789");
	char number[32];
	int error = modem_sim_error(m, false);
	if (error)
		return error;
	bool beside = v->stat == 1 && v->leg.stat < 0;
	if (v->stat >= 0 && !beside) {
		m->world->stats.double_dials++;
		return m->cmee ? ASK_CME + 3 : ASK_ERROR;
	}
	if (n == 0 || n >= sizeof number || ask->args[n] != ';' ||
	    (m->registration != REG_HOME && m->registration != REG_ROAMING)) {
		modem_say(m, "NO CARRIER");
		return ASK_SILENT;
	}
	memcpy(number, ask->args, n);
	number[n] = 0;
	if (beside) {
		modem_leg_dial(v, number);
		return ASK_OK;
	}
	modem_voice_dial(v, number);
	return v->owes_ok ? ASK_LATER : ASK_OK;
}

static int
ask_accept(struct modem_voice *v, const struct modem_ask *ask)
{
	(void)ask;
	if (v->stat != 4) {
		modem_say(v->m, "NO CARRIER");
		return ASK_SILENT;
	}
	modem_voice_pick_up(v);
	return ASK_OK;
}

/* A Huawei that has not begun to dial yet says nothing of the end. */
static int
ask_hang_up(struct modem_voice *v, const struct modem_ask *ask)
{
	(void)ask;
	if (v->leg.stat >= 0)
		modem_leg_hang_up(v);
	else if (v->stat >= 0)
		modem_voice_end(v, "us", 16,
				v->maker->words == VOICE_HUAWEI && !v->originated && !v->incoming);
	return ASK_OK;
}

/* Old ones know ATH only. */
static int
ask_chup(struct modem_voice *v, const struct modem_ask *ask)
{
	if (strcmp(v->maker->name, "wavecom") == 0)
		return ASK_ERROR;
	return ask_hang_up(v, ask);
}

static int
ask_list(struct modem_voice *v, const struct modem_ask *ask)
{
	struct modem *m = v->m;
	if (ask->form == FORM_SET && v->maker->words == VOICE_SIMCOM) {
		v->clcc = modem_ask_number(ask, 0, 0) == 1;
		return ASK_OK;
	}
	if (ask->form != FORM_RUN)
		return ask->form == FORM_SET ? ASK_ERROR : ASK_OK;
	if (v->maker->data_session)
		modem_say(m, "+CLCC: 3,0,0,1,0,\"\",128");
	if (v->stat >= 0)
		modem_say(m, "+CLCC: 1,%d,%d,0,0,\"%s\",%d", v->incoming, v->stat, v->number,
			  *v->number == '+' ? 145 : 129);
	if (v->leg.stat >= 0)
		modem_say(m, "+CLCC: 2,0,%d,0,%d,\"%s\",%d", v->leg.stat, v->leg.joined,
			  v->leg.number, *v->leg.number == '+' ? 145 : 129);
	if (*v->waiting)
		modem_say(m, "+CLCC: %d,1,5,0,0,\"%s\",145", v->leg.stat >= 0 ? 3 : 2,
			  modem_voice_waiting(v));
	return ASK_OK;
}

/* 0 sends away who waits; 1x, before the other side rings, makes a Huawei deaf. */
static int
ask_hold(struct modem_voice *v, const struct modem_ask *ask)
{
	int what = modem_ask_number(ask, 0, -1);
	if (ask->form != FORM_SET)
		return ASK_OK;
	if (what == 0) {
		*v->waiting = 0;
		return ASK_OK;
	}
	if (v->maker->words == VOICE_HUAWEI && what >= 10 && what < 20 &&
	    (v->stat == 2 || v->leg.stat == 2))
		modem_hang(v->m, 0);
	else if (what == 2 || what == 3 || v->leg.stat >= 0)
		return modem_leg_hold(v, what) ? ASK_OK : ASK_ERROR;
	else if (what >= 1 && what < 20 && v->stat >= 0)
		modem_voice_end(v, "us", 16, false);
	return ASK_OK;
}

static int
ask_cause(struct modem_voice *v, const struct modem_ask *ask)
{
	static const struct {
		int cause;
		const char *words;
	} words[] = {{1, "Unassigned (unallocated) number"},
		     {16, "Normal call clearing"},
		     {17, "User busy"},
		     {19, "User alerting, no answer"},
		     {20, "Subscriber absent"},
		     {21, "Call rejected"},
		     {34, "No circuit/channel available"}};
	const char *text = "No cause information available";
	(void)ask;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (words[i].cause == v->cause)
			text = words[i].words;
	if (v->maker->words == VOICE_QUECTEL)
		modem_say(v->m, "+CEER: %s", text);
	else if (v->maker->words == VOICE_SIMCOM)
		modem_say(v->m, "+CEER: Cause:%d", v->cause);
	else
		modem_say(v->m, "+CEER: Error %d", v->cause);
	return ASK_OK;
}

/* ---- settings ---- */

static int
setting(struct modem_voice *v, const struct modem_ask *ask, int *value)
{
	if (ask->form == FORM_SET)
		*value = modem_ask_number(ask, 0, 0);
	else if (ask->form == FORM_READ)
		modem_say(v->m, "%s: %d", ask->name, *value);
	return *value < 0 ? ASK_ERROR : ASK_OK;
}

static int
ask_ringing(struct modem_voice *v, const struct modem_ask *ask)
{
	return setting(v, ask, &v->crc);
}

static int
ask_waiting(struct modem_voice *v, const struct modem_ask *ask)
{
	return setting(v, ask, &v->ccwa);
}

static int
ask_dsci(struct modem_voice *v, const struct modem_ask *ask)
{
	return setting(v, ask, &v->dsci);
}

static int
ask_notices(struct modem_voice *v, const struct modem_ask *ask)
{
	char what[ASK_FIELD];
	if (ask->form == FORM_SET && modem_ask_field(ask, 0, what) && strcmp(what, "ccinfo") == 0)
		v->ccinfo = modem_ask_number(ask, 1, 0) == 1;
	return ASK_OK;
}

static int
ask_keys(struct modem_voice *v, const struct modem_ask *ask)
{
	if (!v->maker->keys || strcmp(ask->name, v->maker->keys) != 0)
		return ASK_ERROR;
	return setting(v, ask, &v->heeds_keys);
}

/* ---- sound ---- */

static int
ask_ddsetex(struct modem_voice *v, const struct modem_ask *ask)
{
	if (modem_ask_number(ask, 0, 0) != 2)
		return ASK_ERROR;
	v->switched = v->stat >= 0;
	return ASK_OK;
}

static int
ask_cvoice(struct modem_voice *v, const struct modem_ask *ask)
{
	if (ask->form == FORM_READ)
		modem_say(v->m, "^CVOICE:0,8000,16,20");
	return ASK_OK;
}

static int
ask_qpcmv(struct modem_voice *v, const struct modem_ask *ask)
{
	int on = modem_ask_number(ask, 0, -1), mode = modem_ask_number(ask, 1, 0);
	if (ask->form == FORM_READ) {
		if (v->pcm)
			modem_say(v->m, "+QPCMV: 1,%d", v->pcm_mode);
		else
			modem_say(v->m, "+QPCMV: 0");
		return ASK_OK;
	}
	if (ask->form != FORM_SET)
		return ASK_OK;
	/* Another one is taken behind a start only. */
	if (on == 1 && (v->pcm_cleared || (v->pcm && v->pcm_mode != mode) || v->stat >= 0))
		return ASK_ERROR;
	v->pcm_cleared = v->pcm_cleared || (v->pcm && on == 0);
	v->pcm = on == 1;
	v->pcm_mode = mode;
	return ASK_OK;
}

static int
ask_cpcmreg(struct modem_voice *v, const struct modem_ask *ask)
{
	if (ask->form == FORM_READ)
		modem_say(v->m, "+CPCMREG: %d", v->cpcmreg);
	if (ask->form != FORM_SET)
		return ASK_OK;
	if (modem_ask_number(ask, 0, 0) == 1) {
		if (v->stat != 0)
			return ASK_ERROR;
		v->cpcmreg = !v->dead;
	} else {
		v->cpcmreg = 0;
	}
	return ASK_OK;
}

static int
ask_chfa(struct modem_voice *v, const struct modem_ask *ask)
{
	return setting(v, ask, &v->chfa);
}

static const struct {
	const char *name;
	int (*run)(struct modem_voice *v, const struct modem_ask *ask);
	enum voice_switch of; /* only where the sound is switched so */
} commands[] = {
    {"D", ask_dial, SWITCH_NONE},
    {"A", ask_accept, SWITCH_NONE},
    {"H", ask_hang_up, SWITCH_NONE},
    {"+CHUP", ask_chup, SWITCH_NONE},
    {"+CLCC", ask_list, SWITCH_NONE},
    {"+CHLD", ask_hold, SWITCH_NONE},
    {"+CEER", ask_cause, SWITCH_NONE},
    {"+CRC", ask_ringing, SWITCH_NONE},
    {"+CCWA", ask_waiting, SWITCH_NONE},
    {"+DDET", ask_keys, SWITCH_NONE},
    {"+QTONEDET", ask_keys, SWITCH_NONE},
    {"^CVOICE", ask_cvoice, SWITCH_DDSETEX},
    {"^DDSETEX", ask_ddsetex, SWITCH_DDSETEX},
    {"+QPCMV", ask_qpcmv, SWITCH_QPCMV},
    {"+QHUP", ask_hang_up, SWITCH_QPCMV},
    {"^DSCI", ask_dsci, SWITCH_QPCMV},
    {"+QINDCFG", ask_notices, SWITCH_QPCMV},
    {"+CPCMREG", ask_cpcmreg, SWITCH_CPCMREG},
    {"+CHFA", ask_chfa, SWITCH_CHFA},
};

int
modem_command_voice(struct modem *m, const struct modem_ask *ask, bool *mine)
{
	struct modem_voice *v = m->voice;
	for (size_t i = 0; v && i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(commands[i].name, ask->name) == 0 &&
		    (commands[i].of == SWITCH_NONE || commands[i].of == v->maker->sound))
			return commands[i].run(v, ask);
	*mine = false;
	return ASK_ERROR;
}
