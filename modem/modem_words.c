#include "modem.h"

#include <assert.h>

const char *
modem_state_name(enum modem_state state)
{
	static const char *const names[MODEM_STATES] = {
	    [MODEM_OPENING] = "opening", [MODEM_IDENTIFYING] = "identifying",
	    [MODEM_LOCKED] = "locked",   [MODEM_UNLOCKING] = "unlocking",
	    [MODEM_SETTING] = "setting", [MODEM_SEARCHING] = "searching",
	    [MODEM_READY] = "ready",     [MODEM_SENDING] = "sending",
	    [MODEM_PINGING] = "pinging", [MODEM_RESETTING] = "resetting",
	    [MODEM_ASIDE] = "aside",     [MODEM_LOST] = "lost",
	    [MODEM_CLOSING] = "closing",
	};

	assert(state < MODEM_STATES);
	return names[state];
}

const char *
modem_trouble_text(enum modem_trouble trouble)
{
	static const char *const texts[MODEM_TROUBLES] = {
	    [MODEM_FINE] = "",
	    [MODEM_PORT] = "the port cannot be opened",
	    [MODEM_DEAF] = "nothing answers on this port: the stick may speak on another one",
	    [MODEM_SILENT] = "the modem stopped answering: unplug it and plug it in again",
	    [MODEM_GONE] = "the modem was unplugged, or started itself anew",
	    [MODEM_NO_SIM] = "no SIM card: is it in, and the right way round?",
	    [MODEM_SIM_BROKEN] = "the SIM card cannot be read, or the stick is locked to another "
				 "operator's SIM",
	    [MODEM_PIN_WANTED] = "the SIM card wants a PIN, and none was given",
	    [MODEM_PIN_WRONG] =
		"the PIN was wrong; it is not tried again, since three wrong ones "
		"lock the SIM. Unlock it in a telephone, or switch its PIN off there",
	    [MODEM_PUK] = "the SIM card is locked after wrong PINs: put it into a telephone and "
			  "enter its PUK",
	    [MODEM_NO_PDU] = "the modem does not take texts the way programs send them (PDU mode)",
	    [MODEM_NO_NETWORK] = "no network: is there signal here, and is the SIM active?",
	    [MODEM_DENIED] = "the network refuses this SIM card: is it active and paid for?",
	    [MODEM_STARTING] = "the modem is still starting",
	};

	assert(trouble < MODEM_TROUBLES);
	return texts[trouble];
}

const char *
modem_port_text(int error)
{
	switch (error) {
	case UV_ENOENT:
	case UV_ENXIO:
	case UV_ENODEV: return "there is no such port: is the stick plugged in?";
	case UV_EACCES:
	case UV_EPERM:
		return "no permission to open the port: the user must be in the group dialout";
	case UV_EBUSY:
		return "another program uses the port; where that is ModemManager, Dunlin's udev "
		       "rule "
		       "keeps it away";
	case UV_ENOTTY: return "this is no serial port";
	default: return modem_trouble_text(MODEM_PORT);
	}
}
