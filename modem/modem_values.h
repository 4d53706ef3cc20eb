/* modem_values.h - what a modem is told and what it tells: plain values
 *
 * Strings are lent for as long as the call or callback they are handed to; arrays are copies.
 */
#ifndef MODEM_MODEM_VALUES_H
#define MODEM_MODEM_VALUES_H

#include "pdu.h"

/* See the drawing in modem.h. */
enum modem_state {
	MODEM_OPENING,     /* the port is being opened and the modem asked whether it is one */
	MODEM_IDENTIFYING, /* maker, model, IMEI, SIM */
	MODEM_LOCKED,      /* the SIM wants its PIN and the owner was asked for it */
	MODEM_UNLOCKING,   /* the PIN was written */
	MODEM_SETTING,     /* PDU mode, storage, notices */
	MODEM_SEARCHING,   /* no network (yet): not used */
	MODEM_READY,       /* takes texts */
	MODEM_SENDING,     /* READY with a text under way */
	MODEM_PINGING,     /* silent: asked with a plain AT */
	MODEM_RESETTING,   /* still silent, or told to start anew: ATZ, AT+CFUN */
	MODEM_ASIDE,       /* a person must act (modem_trouble); looked at again now and then */
	MODEM_LOST,        /* the port is gone or mute for good: close, and open what is there */
	MODEM_CLOSING,
	MODEM_STATES
};

/* Why it is not used. */
enum modem_trouble {
	MODEM_FINE,
	MODEM_PORT,       /* the port cannot be opened: modem_info.error */
	MODEM_DEAF,       /* the port is open and nothing answers AT: another port of the stick? */
	MODEM_SILENT,     /* it answered before, and stopped */
	MODEM_GONE,       /* unplugged, or reset by itself */
	MODEM_NO_SIM,     /* none, or not seated */
	MODEM_SIM_BROKEN, /* SIM failure, wrong SIM, another lock than PIN and PUK */
	MODEM_PIN_WANTED, /* and the owner gave none */
	MODEM_PIN_WRONG,  /* never tried again */
	MODEM_PUK,        /* too many wrong PINs: only a person with the letter of the SIM helps */
	MODEM_NO_PDU,     /* refuses PDU mode: cannot be used */
	MODEM_NO_NETWORK, /* searching for longer than usual */
	MODEM_DENIED,     /* the network refuses this SIM */
	MODEM_STARTING,   /* the SIM or the radio is not up yet */
	MODEM_TROUBLES
};

struct modem_identity {
	char maker[32], model[32], firmware[48];
	char imei[20];      /* "" when it does not say */
	char iccid[24];     /* of the SIM, digits; "" when it does not say */
	char imsi[20];      /* of the SIM; "" while locked */
	char number[24];    /* the SIM's own, where it knows it (few do) */
	const char *driver; /* which table is used, "generic" at least */
};

/* 3GPP TS 27.007 7.2, and what may be sent under it. */
enum modem_registration {
	MODEM_NOT_SEARCHING = 0,
	MODEM_HOME = 1,
	MODEM_SEARCHES = 2,
	MODEM_REGISTRATION_DENIED = 3,
	MODEM_REGISTRATION_UNKNOWN = 4,
	MODEM_ROAMING = 5,
	MODEM_HOME_SMS = 6, /* LTE, texts only */
	MODEM_ROAMING_SMS = 7,
};

struct modem_radio {
	enum modem_registration registration; /* the better of +CREG and +CEREG */
	bool registered;                      /* HOME, ROAMING and the two of LTE */
	bool lte;                             /* access technology 7 and up */
	int dbm;                              /* -113..-51; 0: not known */
	char operator_name[32];               /* or MCC and MNC in digits; "" when not known */
};

enum modem_reports {
	MODEM_REPORTS_UNKNOWN, /* not asked yet */
	MODEM_REPORTS_NONE,    /* refuses to: texts end as sent */
	MODEM_REPORTS_DIRECT,  /* +CDS */
	MODEM_REPORTS_STORED,  /* +CDSI, and read from storage */
};
enum modem_voice { MODEM_VOICE_UNKNOWN, MODEM_VOICE_NO, MODEM_VOICE_YES };

struct modem_info {
	enum modem_state state;
	enum modem_trouble trouble;
	char reason[160]; /* of the state, a sentence for people; "" when ready */
	int error;        /* of MODEM_PORT and MODEM_GONE: UV_E* */
	struct modem_identity identity;
	struct modem_radio radio;
	enum modem_reports reports;
	enum modem_voice voice;
	char centre[PDU_NUMBER];    /* the SIM's service centre; "": texts will be refused */
	char store[4];              /* where texts come in: "SM", "ME"... */
	int store_used, store_size; /* -1: not known */
	int pin_left;               /* tries left, -1: not known */
	unsigned cmms;              /* the radio link is kept between texts: 0 no, 1, 2 */
	uint64_t sent, refused, unknown, late, received, reports_n, resets, silences;
};

/* A text, one part. */
struct modem_submit {
	uint64_t cookie;       /* the owner's own, comes back in the answer */
	struct pdu_submit pdu; /* copied */
	bool more;             /* another text follows closely: the radio link is kept */
	/* Not yet decided: AT+CMGS is written, and the text stays here behind the prompt until
	 * modem_release() or modem_withdraw(). What is durable by then has cost no time. */
	bool held;
};

enum modem_outcome {
	MODEM_ACCEPTED, /* by the network: modem_answer.reference */
	MODEM_NOW,      /* refused before the network took it, for the moment: later, or by
			     another SIM. Says nothing about other numbers */
	MODEM_NUMBER,   /* this number, or this text, only: others go on */
	MODEM_SIM,      /* the SIM's trouble: nothing goes until a person looks */
	MODEM_UNSENT,   /* no octet of the text left: as if it had not been submitted */
	MODEM_UNKNOWN,  /* Ctrl-Z was written and no answer came: never send again by yourself */
};

struct modem_answer {
	uint64_t cookie;
	enum modem_outcome outcome;
	int reference;   /* TP-MR, 0..255; -1 when none */
	int code;        /* of +CMS ERROR, -1 when none */
	const char *why; /* a sentence for people, "" when accepted */
};

/* Names one text that came in. */
struct modem_token {
	uint32_t n; /* 0: nothing is owed */
};

/* A text or a status report that came. */
struct modem_incoming {
	const struct pdu_incoming *pdu; /* NULL: it could not be read; `hex` is all there is */
	const char *hex;                /* as the modem gave it: the evidence */
	const char *why;                /* of the NULL */
	/* The same for the same octets, after restarts too. A stick that does not delete, or a
	 * network that did not hear us, may give a text to the next session again: whoever keeps
	 * digests knows it. Within one session nothing is given twice. */
	uint64_t digest;
	struct modem_token token;
};

/* Zeros mean the value in brackets. All milliseconds. */
struct modem_config {
	const char *path;
	int vid, pid;        /* of the USB device, where known: helps to name the maker */
	int baud;            /* [115200] */
	unsigned command_ms; /* an ordinary answer [5000] */
	unsigned slow_ms;    /* SIM and network: CPIN, CMGL, CPMS, COPS, CFUN [30000] */
	unsigned prompt_ms;  /* AT+CMGS to its `>` [10000] */
	unsigned held_ms;    /* a text nobody decides about goes back [5000] */
	unsigned sent_ms;    /* Ctrl-Z to the network's answer [120000] */
	unsigned ping_ms;    /* [3000] */
	unsigned reset_ms;   /* after a reset, until it answers again [30000] */
	unsigned poll_ms;    /* signal, registration [20000] */
	unsigned drain_ms;   /* storage looked through, notices or not [60000] */
	unsigned search_ms;  /* no network for this long: the radio is restarted [180000] */
	unsigned aside_ms;   /* between looks at a modem set aside [60000] */
	unsigned settle_ms;  /* quiet that ends a doubt about answers [300] */
};

#endif
