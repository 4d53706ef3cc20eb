/* A stick that telephones, behind modem_peer.h: each maker's words for a call, and what users found
 * these sticks to do. The test moves the call on; the stick says so as its maker does. */
#ifndef TESTS_MODEM_PHONE_H
#define TESTS_MODEM_PHONE_H

#include "modem_rig.h"

#include "modem/modem_call.h"

enum phone_words { WORDS_LIST, WORDS_HUAWEI, WORDS_QIND, WORDS_DSCI, WORDS_CLCC };

struct phone_maker {
	const char *maker, *model, *driver;
	enum phone_words words;
	bool wired; /* its audio is a card that the configuration tells of */
};

static const struct phone_maker phone_makers[] = {
    {"huawei", "E173", "huawei", WORDS_HUAWEI, false},
    {"Quectel", "EC25", "quectel", WORDS_QIND, false},
    {"Quectel", "UC20", "quectel", WORDS_DSCI, false},
    {"SIMCOM INCORPORATED", "SIMCOM_SIM7600E-H", "simcom7600", WORDS_CLCC, false},
    {"SIMCOM INCORPORATED", "A7670E-FASE", "simcom7670", WORDS_CLCC, false},
    {"SIMCOM_Ltd", "SIMCOM_SIM800L", "simcom", WORDS_CLCC, false},
    {"WAVECOM MODEM", "MULTIBAND", "wavecom", WORDS_LIST, true},
    {"Acme", "M1", "generic", WORDS_LIST, true},
};
#define PHONE_MAKERS (sizeof phone_makers / sizeof phone_makers[0])

#define EACH_MAKER(maker)                                                                          \
	for (const struct phone_maker *maker = phone_makers; maker < phone_makers + PHONE_MAKERS;  \
	     maker++)

static inline const struct phone_maker *
maker_of(const char *driver)
{
	EACH_MAKER(maker)
	if (strcmp(maker->driver, driver) == 0)
		return maker;
	fail();
	return NULL;
}

#define PHONE_EVENTS 32

static struct phone {
	struct rig *rig;
	const struct phone_maker *maker;
	int stat; /* 27.007 <stat>, -1: no call */
	bool incoming, data, waiting;
	bool rude; /* AT+CHLD=0 does not send away who waits */
	char number[40];
	int cause;        /* for AT+CEER */
	unsigned deaf;    /* ways of hanging up that do nothing */
	bool no_list;     /* AT+CLCC is refused */
	bool late_ok;     /* ATD is answered when somebody takes the call */
	bool dialling_ok; /* ... which is owed */
	const char *refuses_dial;
	unsigned dead_sound; /* times the audio does not read back */
	int pcm, mode;       /* AT+QPCMV, AT+CPCMREG */
	unsigned dialled, accepted, hung_up, refused;
	struct modem_call event[PHONE_EVENTS];
	unsigned events;
	char keys[32];
	void (*on_person)(void *ctx, const struct modem_person *person);
} phone;

/* ---- what it says ---- */

static inline void
phone_say_stat(int stat)
{
	struct peer *peer = &phone.rig->peer;
	static const int dsci[] = {3, 1, 2, 7, 4, 5};
	int dir = phone.incoming;

	switch (phone.maker->words) {
	case WORDS_LIST: break;
	case WORDS_HUAWEI:
		if (stat == 2)
			peer_say(peer, "^ORIG:1,0");
		if (stat == 3)
			peer_say(peer, "^CONF:1");
		if (stat == 0)
			peer_say(peer, "^CONN:1,0");
		break;
	case WORDS_QIND:
		peer_say(peer, "+QIND: \"ccinfo\",1,%d,%d,0,0,\"%s\",145", dir, stat, phone.number);
		break;
	case WORDS_DSCI:
		peer_say(peer, "^DSCI: 1,%d,%d,0,%s,145", dir, dsci[stat], phone.number);
		break;
	case WORDS_CLCC:
		peer_say(peer, "+CLCC: 1,%d,%d,0,0,\"%s\",145", dir, stat, phone.number);
		break;
	}
}

static inline void
phone_say_over(void)
{
	struct peer *peer = &phone.rig->peer;
	int dir = phone.incoming;

	switch (phone.maker->words) {
	case WORDS_LIST: peer_say(peer, phone.cause == 17 ? "BUSY" : "NO CARRIER"); break;
	case WORDS_HUAWEI: peer_say(peer, "^CEND:1,12,29,%d", phone.cause); break;
	case WORDS_QIND:
		peer_say(peer, "+QIND: \"ccinfo\",1,%d,-1,0,0,\"%s\",145", dir, phone.number);
		break;
	case WORDS_DSCI: peer_say(peer, "^DSCI: 1,%d,6,0,%s,145", dir, phone.number); break;
	case WORDS_CLCC: peer_say(peer, "+CLCC: 1,%d,6,0,0,\"%s\",145", dir, phone.number); break;
	}
}

/* ---- what the test does to the call ---- */

static inline void
phone_go(int stat)
{
	phone.stat = stat;
	phone_say_stat(stat);
	if (stat == 0 && phone.dialling_ok) {
		phone.dialling_ok = false;
		peer_ok(&phone.rig->peer);
	}
}

static inline void
phone_end(int cause)
{
	phone.cause = cause;
	phone.stat = -1;
	if (phone.dialling_ok) {
		phone.dialling_ok = false;
		peer_say(&phone.rig->peer, cause == 17 ? "BUSY" : "NO CARRIER");
		return;
	}
	phone_say_over();
}

static inline void
phone_ring(const char *number)
{
	snprintf(phone.number, sizeof phone.number, "%s", number);
	phone.incoming = true;
	peer_say(&phone.rig->peer, "RING");
	phone_go(4);
	if (phone.maker->words == WORDS_HUAWEI || phone.maker->words == WORDS_LIST)
		peer_say(&phone.rig->peer, "+CLIP: \"%s\",145,,,,0", number);
}

/* ---- commands ---- */

static inline void
phone_list(struct peer *peer)
{
	if (phone.no_list) {
		peer_say(peer, "ERROR");
		return;
	}
	if (phone.data)
		peer_say(peer, "+CLCC: 4,1,0,1,0,\"\",128");
	if (phone.stat >= 0)
		peer_say(peer, "+CLCC: 1,%d,%d,0,0,\"%s\",145", phone.incoming, phone.stat,
			 phone.number);
	if (phone.waiting)
		peer_say(peer, "+CLCC: 2,1,5,0,0,\"+639990000009\",145");
	peer_ok(peer);
}

static inline void
phone_dial(struct peer *peer, const char *line)
{
	phone.dialled++;
	assert_int_equal(phone.stat, -1);
	assert_false(peer->body);
	if (phone.refuses_dial != NULL) {
		peer_say(peer, "%s", phone.refuses_dial);
		return;
	}
	snprintf(phone.number, sizeof phone.number, "%.*s", (int)strcspn(line + 3, ";"), line + 3);
	phone.incoming = false;
	phone.dialling_ok = phone.late_ok;
	if (!phone.late_ok)
		peer_ok(peer);
	phone_go(2);
}

static inline void
phone_hang_up(struct peer *peer)
{
	phone.hung_up++;
	if (phone.deaf > 0) {
		phone.deaf--;
		peer_ok(peer);
		return;
	}
	if (strcmp(phone.maker->driver, "wavecom") == 0 && phone.hung_up % 2 == 1) {
		peer_say(peer, "ERROR"); /* it knows ATH only */
		return;
	}
	phone.cause = 16;
	peer_ok(peer);
	/* A call that was just begun gets no word of its end from some. */
	if (phone.stat >= 0 && phone.stat != 2)
		phone_say_over();
	phone.stat = -1;
}

/* Audio: what is said when it may not be said is a mistake of ours. */
static inline bool
phone_sound(struct peer *peer, const char *line)
{
	if (strcmp(line, "AT^DDSETEX=2") == 0)
		assert_true(phone.stat >= 0 || phone.cause != 0);
	else if (strcmp(line, "AT+QPCMV?") == 0)
		peer_say(peer, phone.pcm ? "+QPCMV: 1,%d" : "+QPCMV: 0", phone.mode);
	else if (strncmp(line, "AT+QPCMV=1,", 11) == 0)
		phone.pcm = 1, phone.mode = atoi(line + 11);
	else if (strcmp(line, "AT+QPCMV=0") == 0)
		phone.pcm = 0;
	else if (strcmp(line, "AT+CPCMREG=1") == 0)
		phone.pcm = phone.dead_sound > 0 ? (phone.dead_sound--, 0) : 1;
	else if (strcmp(line, "AT+CPCMREG=0") == 0)
		phone.pcm = 0;
	else if (strcmp(line, "AT+CPCMREG?") == 0)
		peer_say(peer, "+CPCMREG: %d", phone.pcm);
	else if (strcmp(line, "AT^CVOICE?") == 0)
		peer_say(peer, "^CVOICE:0,8000,16,20");
	else if (strcmp(line, "AT+CHFA?") == 0)
		peer_say(peer, "+CHFA: 0");
	else
		return false;
	peer_ok(peer);
	return true;
}

static inline bool
phone_hook(struct peer *peer, const char *line)
{
	if (peer->body)
		return false;
	if (phone.dialling_ok && strncmp(line, "ATD", 3) != 0)
		return true; /* busy with it */
	if (strncmp(line, "ATD", 3) == 0) {
		phone_dial(peer, line);
	} else if (strcmp(line, "ATA") == 0) {
		phone.accepted++;
		if (phone.stat != 4) {
			peer_say(peer, "NO CARRIER");
			return true;
		}
		peer_ok(peer);
		phone_go(0);
	} else if (strcmp(line, "AT+CLCC") == 0) {
		phone_list(peer);
	} else if (strcmp(line, "AT+CHUP") == 0 || strcmp(line, "ATH") == 0 ||
		   strncmp(line, "AT+QHUP", 7) == 0) {
		phone_hang_up(peer);
	} else if (strcmp(line, "AT+CHLD=0") == 0) {
		phone.refused++;
		phone.waiting = phone.waiting && phone.rude;
		peer_ok(peer);
	} else if (strcmp(line, "AT+CEER") == 0) {
		peer_say(peer, "+CEER: Release,%d,in words", phone.cause);
		peer_ok(peer);
	} else {
		return phone_sound(peer, line);
	}
	return true;
}

/* Any octet ends a dialling that was not answered yet: seen as an empty line. */
static inline void
phone_octet_watch(void)
{
	struct rig *rig = phone.rig;

	if (phone.dialling_ok && rig->said_n > 3 && strstr(rig->said, "ATD") != NULL &&
	    strstr(strstr(rig->said, "ATD"), "\n>\n") != NULL)
		phone_end(16);
}

/* ---- the rig ---- */

static inline void
phone_on_call(void *ctx, const struct modem_call *call)
{
	struct rig *rig = ctx;

	assert_false(rig->closed);
	assert_true(phone.events < PHONE_EVENTS);
	phone.event[phone.events++] = *call;
	rig_count(rig);
}

static inline void
phone_on_key(void *ctx, char key)
{
	char one[2] = {key, '\0'};

	(void)ctx;
	strcat(phone.keys, one);
}

static inline struct modem_config
phone_config(struct rig *rig)
{
	struct modem_config config = rig_config(rig);

	config.ring_ms = 5000;
	config.hangup_ms = 150;
	config.call_poll_ms = 20;
	config.audio = phone.maker->wired ? MODEM_AUDIO_CARD : MODEM_AUDIO_DRIVER;
	return config;
}

static inline void
phone_open(struct rig *rig, const struct modem_config *config)
{
	struct modem_events events = rig_events();

	events.call = phone_on_call;
	events.key = phone_on_key;
	events.person = phone.on_person;
	assert_int_equal(modem_open(&rig->modem, &rig->loop, config, &events, rig), 0);
}

static inline void
phone_start(struct rig *rig, const struct modem_config *config)
{
	phone_open(rig, config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
}

static inline struct rig *
phone_new(const struct phone_maker *maker)
{
	struct rig *rig = rig_new();

	memset(&phone, 0, sizeof phone);
	phone.rig = rig;
	phone.maker = maker;
	phone.stat = -1;
	rig->peer.maker = maker->maker;
	rig->peer.model = maker->model;
	rig->peer.hook = phone_hook;
	return rig;
}

static inline struct rig *
phone_ready(const struct phone_maker *maker)
{
	struct rig *rig = phone_new(maker);
	struct modem_config config = phone_config(rig);

	phone_start(rig, &config);
	return rig;
}

static inline const struct modem_call *
phone_last(void)
{
	return &phone.event[phone.events - 1];
}

static inline bool
phone_is(enum modem_call_state state)
{
	return phone.events > 0 && phone_last()->state == state;
}

static inline unsigned
phone_ends(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < phone.events; i++)
		n += phone.event[i].state == MODEM_CALL_ENDED;
	return n;
}

/* The call's one end is told, as this. */
static inline void
phone_ended(struct rig *rig, enum modem_call_end end)
{
	RUN_UNTIL(rig, phone_is(MODEM_CALL_ENDED));
	assert_int_equal(phone_last()->end, end);
}

/* ... and it is not on the air any more. */
static inline void
phone_gone(struct rig *rig, enum modem_call_end end)
{
	phone_ended(rig, end);
	assert_int_equal(phone.stat, -1);
}

static inline void
phone_hung_up_on(struct rig *rig)
{
	phone_end(16);
	phone_gone(rig, MODEM_CALL_HUNG_UP);
}

/* As far as ATD goes, whether it is answered or not. */
static inline void
phone_dials(struct rig *rig)
{
	assert_int_equal(modem_dial(rig->modem, "123"), 0);
	RUN_UNTIL(rig, phone.stat == 2);
}

static inline void
phone_rings(struct rig *rig, const char *number)
{
	phone_ring(number);
	RUN_UNTIL(rig, phone_is(MODEM_CALL_INCOMING));
	assert_string_equal(phone_last()->number, number);
}

/* Dials, and brings the call as far as a state; INCOMING: somebody calls. */
static inline void
phone_to(struct rig *rig, enum modem_call_state state)
{
	if (state == MODEM_CALL_INCOMING) {
		phone_rings(rig, "+639998887777");
		return;
	}
	assert_int_equal(modem_dial(rig->modem, "+639171234567"), 0);
	RUN_UNTIL(rig, phone_is(MODEM_CALL_DIALLING));
	if (state == MODEM_CALL_DIALLING)
		return;
	phone_go(3);
	RUN_UNTIL(rig, phone_is(MODEM_CALL_ALERTING));
	if (state == MODEM_CALL_ALERTING)
		return;
	phone_go(0);
	RUN_UNTIL(rig, phone_is(MODEM_CALL_ACTIVE));
}

/* Plays a scene with every maker's stick, in each state that a call can be in. */
static inline void
phone_in_every_state(void (*scene)(struct rig *rig))
{
	EACH_MAKER(maker)
	for (int state = MODEM_CALL_DIALLING; state <= MODEM_CALL_ACTIVE; state++) {
		struct rig *rig = phone_ready(maker);

		phone_to(rig, (enum modem_call_state)state);
		scene(rig);
		rig_end(rig);
	}
}

/* ... and with every maker's, from the beginning. */
static inline void
phone_by_every_maker(void (*scene)(struct rig *rig))
{
	EACH_MAKER(maker)
	{
		struct rig *rig = phone_ready(maker);

		scene(rig);
		rig_end(rig);
	}
}

#endif
