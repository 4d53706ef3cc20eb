#include "driver_tables.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

const char *const driver_common_unsolicited[] = {
    "RING",   "+CRING:",   "+CREG:",     "+CGREG:",   "+CEREG:", "+CMTI:", "+CDSI:", "+CMT:",
    "+CDS:",  "+CBM:",     "+CUSD:",     "+CLIP:",    "+CCWA:",  "+CSSI:", "+CSSU:", "+CIEV:",
    "+CGEV:", "+CTZV:",    "+CTZE:",     "+CPIN:",    "+CFUN:",  "+CSQN:", "RDY",    "NO CARRIER",
    "BUSY",   "NO ANSWER", "Call Ready", "SMS Ready", "+PACSP",  "*",      "^",      NULL,
};

/* Those of GSM modems by u-blox, SIMCom and others who follow the same old stack. */
#define ABORTED_512                                                                                \
	{512, DRIVER_ABORTED, "the text was not given to the modem whole"},                        \
	    {513, DRIVER_LATER, "the text could not be stored"},                                   \
	    {514, DRIVER_LATER, "the modem is in a state that does not allow it"},                 \
	    {515, DRIVER_LATER, "the modem is busy"},                                              \
	    {516, DRIVER_NUMBER, "the modem found the length invalid"},                            \
	    {517, DRIVER_NUMBER, "the modem found a digit of the text invalid"},                   \
	    {518, DRIVER_NUMBER, "the modem found the text invalid"},                              \
	    {519, DRIVER_NUMBER, "the modem found the number invalid"},                            \
	    {520, DRIVER_NUMBER, "the modem found a digit of the text invalid"},                   \
	    {521, DRIVER_UNKNOWN, "the network did not answer the modem"},                         \
	    {522, DRIVER_LATER, "the modem does not allow it now"},                                \
	    {532, DRIVER_SIM, "the SIM is not ready"},                                             \
	{                                                                                          \
		535, DRIVER_LATER, "the modem is busy"                                             \
	}

static const struct driver_error aborted_512[] = {ABORTED_512, {0, DRIVER_LATER, NULL}};

/* Wavecom's 512 is the radio's trouble: the text never left the modem. */
static const struct driver_error wavecom_errors[] = {
    {512, DRIVER_LATER, "no connection to the network could be made"},
    {513, DRIVER_UNKNOWN, "the connection to the network broke"},
    {514, DRIVER_UNKNOWN, "the network's answer was not understood"},
    {515, DRIVER_LATER, "the modem is starting: please wait"},
    {517, DRIVER_LATER, "the SIM's toolkit is busy"},
    {0, DRIVER_LATER, NULL},
};

static const struct driver_error quectel_errors[] = {
    {512, DRIVER_SIM, "the SIM is not ready"},
    {513, DRIVER_NUMBER, "the modem found the length invalid"},
    {514, DRIVER_LATER, "the modem is busy"},
    {515, DRIVER_LATER, "the modem is busy"},
    {0, DRIVER_LATER, NULL},
};

static const struct driver_error telit_errors[] = {
    {510, DRIVER_NUMBER, "the modem's own list bars this number"},
    {512, DRIVER_UNKNOWN, "the network gave no answer that was understood"},
    {513, DRIVER_LATER, "the service centre's number is not allowed"},
    {514, DRIVER_NUMBER, "the number is not among the SIM's fixed ones"},
    {0, DRIVER_LATER, NULL},
};

/* One spelling each of an order best to worst; the modem's own word (AT+CNMI?) decides. */
#define CNMI                                                                                       \
	LIST("2,1,0,1,0", "2,1,0,2,0", "1,1,0,1,0", "1,1,0,2,0", "3,1,0,1,0", "2,2,0,1,0",         \
	     "2,1,0,0,0", "1,1,0,0,0", "2,1", "1,1")
/* Sticks that keep reports to themselves unless they may store them. */
#define CNMI_STORED                                                                                \
	LIST("2,1,0,2,0", "2,1,0,1,0", "1,1,0,2,0", "1,1,0,1,0", "2,1,0,0,0", "1,1,0,0,0", "1,1")

/* The order matters: the first that fits is taken, and generic fits everything. */
const struct driver driver_tables[] = {
    {
	.name = "huawei",
	.makers = LIST("huawei"),
	.vid = 0x12d1,
	.unsolicited = LIST("^", "+CSNR:"),
	.cnmi = CNMI_STORED,
	.iccid = LIST("AT^ICCID?", "AT+ICCID", "AT+CCID"),
	.pin_left = "AT^CPIN?", /* ^CPIN: code,[times],puk_times,pin_times,... */
	.pin_left_prefix = "^CPIN:",
	.pin_left_field = 3,
	.ussd = DRIVER_USSD_PACKED,
	/* AT+CFUN=1,1 and AT^RESET may bring these back as a CD drive. */
	.reset = LIST("ATZ", "AT+CFUN=1"),
	.voice_query = "AT^CVOICE?",
	.voice_yes = "^CVOICE:0",
    },
    {
	.name = "zte",
	.makers = LIST("zte"),
	.vid = 0x19d2,
	.unsolicited = LIST("+Z", "ZMSG"),
	.iccid = LIST("AT+ZGETICCID", "AT+CCID"),
	.reset = LIST("ATZ", "AT+CFUN=1"),
    },
    {
	.name = "quectel",
	.makers = LIST("quectel"),
	.vid = 0x2c7c,
	.unsolicited =
	    LIST("+QIND:", "+QUSIM:", "+QSIMSTAT:", "+QNTP", "POWERED DOWN", "NORMAL POWER DOWN"),
	/* Notices go to one of the stick's ports only, unless told otherwise. */
	.init = LIST("AT+QURCCFG=\"urcport\",\"all\""),
	.iccid = LIST("AT+QCCID", "AT+CCID"),
	.pin_left = "AT+QPINC=\"SC\"",
	.pin_left_prefix = "+QPINC:",
	.pin_left_field = 0,
	.errors = quectel_errors,
	.voice_query = "AT+QPCMV?",
	.voice_yes = "+QPCMV:",
    },
    {
	.name = "simcom7600",
	.makers = LIST("simcom"),
	.models = LIST("SIM7", "SIMCOM_SIM7", "A76", "SIM8200", "SIM8202"),
	.unsolicited =
	    LIST("SMS DONE", "PB DONE", "+SIMEI:", "+STIN:", "VOICE CALL", "MISSED_CALL"),
	.iccid = LIST("AT+CICCID", "AT+CCID"),
	.pin_left = "AT+SPIC",
	.pin_left_prefix = "+SPIC:",
	.pin_left_field = 0,
	.reset = LIST("ATZ", "AT+CRESET"),
	.voice_query = "AT+CPCMREG?",
	.voice_yes = "+CPCMREG:",
    },
    {
	.name = "simcom",
	.makers = LIST("simcom"),
	.unsolicited = LIST("NORMAL POWER DOWN", "UNDER-VOLTAGE", "OVER-VOLTAGE", "+STIN:"),
	.init = LIST("AT+CSCLK=0"), /* asleep, it loses the first letters of a command */
	.iccid = LIST("AT+CCID", "AT+CICCID"),
	.pin_left = "AT+SPIC",
	.pin_left_prefix = "+SPIC:",
	.pin_left_field = 0,
	.errors = aborted_512,
	.voice_query = "AT+CHFA?",
	.voice_yes = "+CHFA:",
    },
    {
	.name = "wavecom",
	.makers = LIST("wavecom", "sierra"),
	.unsolicited = LIST("+WIND:", "+WVMI", "+WDCI"),
	.iccid = LIST("AT+CCID", "AT+CCID?", "AT!ICCID?"),
	.pin_left = "AT+CPINC",
	.pin_left_prefix = "+CPINC:",
	.pin_left_field = 0,
	.errors = wavecom_errors,
	.one_store = true,
	.reset = LIST("ATZ", "AT+CFUN=1"),
    },
    {
	.name = "ublox",
	.makers = LIST("u-blox", "ublox"),
	.vid = 0x1546,
	.unsolicited = LIST("+UU", "+UMWI:", "+UCALLSTAT:"),
	.init = LIST("AT+UPSV=0"), /* as SIMCom's sleep */
	.iccid = LIST("AT+CCID"),
	.pin_left = "AT+UPINCNT",
	.pin_left_prefix = "+UPINCNT:",
	.pin_left_field = 0,
	.errors = aborted_512,
	.reset = LIST("ATZ", "AT+CFUN=16"),
    },
    {
	.name = "telit",
	.makers = LIST("telit"),
	.vid = 0x1bc7,
	.unsolicited = LIST("#", "@"),
	.iccid = LIST("AT#CCID", "AT+CCID", "AT+ICCID"),
	.pin_left = "AT#PCT",
	.pin_left_prefix = "#PCT:",
	.pin_left_field = 0,
	.errors = telit_errors,
    },
    {
	.name = "generic",
	.unsolicited = LIST("+CMTE:"),
	.init = (const char *const[]){NULL},
	.cnmi = CNMI,
	.iccid = LIST("AT+CCID", "AT+ICCID", "AT+CICCID", "AT^ICCID?", "AT+QCCID"),
	.cmms = "21",
	.ussd = DRIVER_USSD_PLAIN,
	.reset = LIST("ATZ", "AT+CFUN=1,1"),
	.radio_off = "AT+CFUN=4",
	.radio_on = "AT+CFUN=1",
    },
};
const size_t driver_tables_n = sizeof driver_tables / sizeof driver_tables[0];
