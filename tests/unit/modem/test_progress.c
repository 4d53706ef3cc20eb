#include "modem/driver_voice.h"
#include "modem/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *line;
	enum progress_kind kind;
	int stat, index, incoming, cause;
	const char *number;
} lines[] = {
    {"+CLCC: 1,0,3,0,0,\"+639171234567\",145", PROGRESS_STAT, 3, 1, 0, -1, "+639171234567"},
    {"+CLCC: 2,1,4,0,0,\"639171234567\",145", PROGRESS_STAT, 4, 2, 1, -1, "+639171234567"},
    {"+CLCC: 1,0,0,0,0,\"09171234567\",129", PROGRESS_STAT, 0, 1, 0, -1, "09171234567"},
    {"+CLCC: 1,0,6,0,0,\"123\",129", PROGRESS_OVER, 0, 1, 0, -1, "123"},
    {"+CLCC: 3,0,0,1,0,\"\",128", PROGRESS_NONE, 0, 3, -1, -1, ""}, /* data */
    {"+CLCC: 1,0,7,0,0", PROGRESS_NONE, 0, 1, 0, -1, ""},
    {"+CLCC: ", PROGRESS_NONE, 0, -1, -1, -1, ""},
    {"+QIND: \"ccinfo\",2,0,3,0,0,\"123\",129", PROGRESS_STAT, 3, 2, 0, -1, "123"},
    {"+QIND: \"ccinfo\",2,0,-1,0,0,\"123\",129", PROGRESS_OVER, 0, 2, 0, -1, "123"},
    {"+QIND: \"csq\",20,99", PROGRESS_NONE, 0, -1, -1, -1, ""},
    {"^DSCI: 4,1,3,0,+639171234567,145", PROGRESS_STAT, 0, 4, 1, -1, "+639171234567"},
    {"^DSCI: 1,0,7,0,123,129", PROGRESS_STAT, 3, 1, 0, -1, "123"},
    {"^DSCI: 1,0,6,0,0,\"123\",129,,17,3", PROGRESS_OVER, 0, 1, 0, 17, "123"},
    {"^DSCI: 1,0,3,1,123,129", PROGRESS_NONE, 0, 1, -1, -1, ""},
    {"^ORIG:1,0", PROGRESS_STAT, 2, 1, -1, -1, ""},
    {"^CONF:1", PROGRESS_STAT, 3, 1, -1, -1, ""},
    {"^CONN:1,0", PROGRESS_STAT, 0, 1, -1, -1, ""},
    {"^CEND:1,0,104,21", PROGRESS_OVER, 0, 1, -1, 21, ""},
    {"^CEND:1,0,104", PROGRESS_OVER, 0, 1, -1, -1, ""},
    {"^CEND:1,0,104,65535", PROGRESS_OVER, 0, 1, -1, -1, ""},
    {"+UCALLSTAT: 1,3", PROGRESS_STAT, 3, 1, -1, -1, ""},
    {"+UCALLSTAT: 1,6", PROGRESS_OVER, 0, 1, -1, -1, ""},
    {"RING", PROGRESS_RING, 0, -1, -1, -1, ""},
    {"RINGING", PROGRESS_NONE, 0, -1, -1, -1, ""},
    {"+CRING: VOICE", PROGRESS_RING, 0, -1, -1, -1, ""},
    {"+CLIP: \"+639171234567\",145,,,,0", PROGRESS_CALLER, 0, -1, -1, -1, "+639171234567"},
    {"+CLIP: \"\",128", PROGRESS_CALLER, 0, -1, -1, -1, ""},
    {"+CLIP: 1,1", PROGRESS_NONE, 0, -1, -1, -1, ""},
    {"+CCWA: \"123\",129,1", PROGRESS_WAITING, 0, -1, -1, -1, "123"},
    {"BUSY", PROGRESS_OVER, 0, -1, -1, 17, ""},
    {"NO CARRIER", PROGRESS_OVER, 0, -1, -1, -1, ""},
    {"VOICE CALL: BEGIN", PROGRESS_ASK, 0, -1, -1, -1, ""},
    {"+CREG: 1", PROGRESS_NONE, 0, -1, -1, -1, ""},
    {"", PROGRESS_NONE, 0, -1, -1, -1, ""},
};

static void
lines_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct progress p;

		progress_parse(lines[i].line, &p);
		assert_int_equal(p.kind, lines[i].kind);
		if (p.kind == PROGRESS_STAT)
			assert_int_equal(p.stat, lines[i].stat);
		assert_int_equal(p.cause, lines[i].cause);
		if (p.kind == PROGRESS_NONE)
			continue;
		assert_int_equal(p.index, lines[i].index);
		assert_int_equal(p.incoming, lines[i].incoming);
		assert_string_equal(p.number, lines[i].number);
	}
}

static void
keys_are_read(void **state)
{
	static const struct {
		const char *line;
		char key;
	} keys[] = {{"+QTONEDET: 48", '0'}, {"+QTONEDET: 35", '#'}, {"+QTONEDET: 10", 0},
		    {"+RXDTMF: 5", '5'},    {"+DTMF: *", '*'},      {"+DTMF: a,120", 'A'},
		    {"+DTMF: 12", 0},       {"+DTMF: ", 0},         {"+UUDTMFD: 9", '9'}};

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct progress p;

		progress_parse(keys[i].line, &p);
		assert_int_equal(p.kind, keys[i].key != 0 ? PROGRESS_KEY : PROGRESS_NONE);
		assert_int_equal(p.key, keys[i].key);
	}
}

static void
causes_are_found_in_any_words(void **state)
{
	static const struct {
		const char *text;
		int cause;
	} causes[] = {{" Cause:17", 17},
		      {" Error 41", 41},
		      {" Release,21,Call rejected", 21},
		      {" Release,38,in words", 38},
		      {" 8,17,0", 17},
		      {" 0,0,0", -1},
		      {" User busy", 17},
		      {" User alerting, no answer", 19},
		      {" No cause information available", -1},
		      {" 65535", -1},
		      {" 99999999999999999999", -1},
		      {"", -1}};

	(void)state;
	for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
		assert_int_equal(progress_cause(causes[i].text), causes[i].cause);
}

/* Every row can hang up, and asks for its notices. */
static void
tables_are_whole(void **state)
{
	static const char *const names[] = {"huawei",     "quectel", "simcom",  "simcom7600",
					    "simcom7670", "ublox",   "wavecom", "generic"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct driver_voice *voice = driver_voice_of(names[i]);

		assert_non_null(voice->hangup[0]);
		assert_non_null(voice->init[0]);
		assert_true((voice->audio & DRIVER_AUDIO_TTY) == 0 || voice->frame_bytes > 0);
		assert_true((voice->audio_answered != NULL) == (voice->audio_read != NULL));
		assert_true((voice->audio_query != NULL) == (voice->audio_clear != NULL));
	}
	assert_string_equal(driver_voice_of("wavecom")->name, "generic");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_read),
	    cmocka_unit_test(keys_are_read),
	    cmocka_unit_test(causes_are_found_in_any_words),
	    cmocka_unit_test(tables_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
