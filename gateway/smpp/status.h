/* status.h - command_status (SMPP 3.4 5.1.3): what an operator's number means and what to do about
 * it
 *
 * Pure. The words are for the people who run the gateway; the names are the standard's.
 */
#ifndef DUNLIN_SMPP_STATUS_H
#define DUNLIN_SMPP_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The values that this module sends or decides by; the standard has more, and vendors 0x400-0x4ff.
 */
enum smpp_status {
	SMPP_ROK = 0x00,
	SMPP_RINVMSGLEN = 0x01,
	SMPP_RINVCMDLEN = 0x02,
	SMPP_RINVCMDID = 0x03,
	SMPP_RINVBNDSTS = 0x04,
	SMPP_RALYBND = 0x05,
	SMPP_RSYSERR = 0x08,
	SMPP_RINVDSTADR = 0x0b,
	SMPP_RBINDFAIL = 0x0d,
	SMPP_RINVPASWD = 0x0e,
	SMPP_RINVSYSID = 0x0f,
	SMPP_RMSGQFUL = 0x14,
	SMPP_RINVSYSTYP = 0x53,
	SMPP_RTHROTTLED = 0x58,
	SMPP_RX_T_APPN = 0x64,
	SMPP_RX_P_APPN = 0x65,
	SMPP_RX_R_APPN = 0x66,
	SMPP_RINVOPTPARSTREAM = 0xc0
};

/* What a status in answer to a submit_sm asks of us. */
enum smpp_verdict {
	SMPP_TAKEN,     /* 0 */
	SMPP_SLOW_DOWN, /* throttled or queue full: the whole link pauses */
	SMPP_TRY_LATER, /* a trouble of the operator's own: this text may be tried again, and the
			   link pauses when there are several in a row */
	SMPP_NEVER      /* this text will not be taken, ever */
};

/* What a status in answer to a bind asks of us. */
enum smpp_bind_verdict {
	SMPP_BIND_OK,
	SMPP_BIND_CREDENTIALS, /* a person must act: retry in minutes, not seconds */
	SMPP_BIND_ALREADY,     /* the last session is still counted: normal for minutes */
	SMPP_BIND_MODE,        /* this kind of bind is not served here */
	SMPP_BIND_LATER        /* anything else: grow the delay */
};

enum smpp_verdict smpp_status_verdict(uint32_t status);
enum smpp_bind_verdict smpp_status_bind_verdict(uint32_t status);

/* "ESME_RTHROTTLED", or "0x0000040a" written into scratch where the standard names none. */
const char *smpp_status_name(uint32_t status, char scratch[16]);

/* A few words for people ("too many texts a second"); "" for numbers without a meaning of ours. */
const char *smpp_status_words(uint32_t status);

/* True if an operator's explanation (additional_status_info_text, or the text of a receipt) says
 * that the number asked for silence: opted out, unsubscribed, blacklisted, blocked, STOP, DND. */
bool smpp_info_says_blocked(const char *info);

#endif
