#include "driver_voice.h"

#include <stddef.h>
#include <string.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct driver_voice tables[] = {
    {
	/* Its notices (^ORIG ^CONF ^CONN ^CEND) are on by themselves, and tell the cause. */
	.name = "huawei",
	.audio = DRIVER_AUDIO_TTY,
	.frame_bytes = 320,
	.init = LIST("AT+CLIP=1", "AT+CCWA=1", "AT+CRC=0"),
	.audio_dialled = "AT^DDSETEX=2",
	.hangup = LIST("AT+CHUP", "ATH"),
	.person_drop = "AT+CHUP", /* AT+CHLD=1x before ^CONF makes it deaf */
    },
    {
	/* ^DSCI is of older ones; those that have both say everything twice, which does no harm. */
	.name = "quectel",
	.audio = DRIVER_AUDIO_TTY | DRIVER_AUDIO_CARD,
	.frame_bytes = 320,
	.init = LIST("AT+CLIP=1", "AT+CCWA=1", "AT+CRC=0", "AT+QINDCFG=\"ccinfo\",1,0", "AT^DSCI=1",
		     "AT+QTONEDET=1"),
	.audio_query = "AT+QPCMV?",
	.audio_label = "+QPCMV:",
	.audio_clear = "AT+QPCMV=0",
	.audio_set_tty = "AT+QPCMV=1,0",
	.audio_set_card = "AT+QPCMV=1,2",
	.audio_is_card = 2,
	.hangup = LIST("AT+CHUP", "AT+QHUP=16", "ATH"),
	.person_drop = "AT+CHLD=1%d", /* its AT+CHUP ends all legs, as SIMCom's does */
	.asks_cause = true,
    },
    {
	.name = "simcom7670",
	.audio = DRIVER_AUDIO_CARD,
	.init = LIST("AT+CLIP=1", "AT+CCWA=1", "AT+CRC=0", "AT+CLCC=1", "AT+DDET=1"),
	.audio_set_card = "AT+CHFA=1",
	.hangup = LIST("AT+CHUP", "ATH"),
	.asks_cause = true,
    },
    {
	/* Where it does not read back as on, the audio is dead until AT+CRESET. */
	.name = "simcom7600",
	.audio = DRIVER_AUDIO_TTY,
	.frame_bytes = 640,
	.init = LIST("AT+CLIP=1", "AT+CCWA=1", "AT+CRC=0", "AT+CLCC=1", "AT+DDET=1"),
	.audio_answered = "AT+CPCMREG=1",
	.audio_read = "AT+CPCMREG?",
	.audio_yes = "+CPCMREG:1",
	.audio_over = "AT+CPCMREG=0",
	.hangup = LIST("AT+CHUP", "ATH"),
	.person_drop = "AT+CHLD=1%d",
	.asks_cause = true,
    },
    {
	.name = "simcom",
	.audio = DRIVER_AUDIO_CARD,
	.init = LIST("AT+CLIP=1", "AT+CCWA=1", "AT+CRC=0", "AT+CLCC=1", "AT+DDET=1"),
	.audio_set_card = "AT+CHFA=1",
	.hangup = LIST("AT+CHUP", "ATH"),
	.person_drop = "AT+CHLD=1%d",
	.asks_cause = true,
    },
    {
	.name = "ublox",
	.init = LIST("AT+CLIP=1", "AT+CCWA=1", "AT+CRC=0", "AT+UCALLSTAT=1", "AT+UDTMFD=1"),
	.hangup = LIST("AT+CHUP", "ATH"),
	.asks_cause = true,
    },
    {
	.name = "generic",
	.init = LIST("AT+CLIP=1", "AT+CCWA=1", "AT+CRC=0"),
	.hangup = LIST("AT+CHUP", "ATH"),
	.asks_cause = true,
    },
};

const struct driver_voice *
driver_voice_of(const char *driver)
{
	size_t n = sizeof tables / sizeof tables[0];

	for (size_t i = 0; i < n; i++)
		if (strcmp(tables[i].name, driver) == 0)
			return &tables[i];
	return &tables[n - 1];
}
