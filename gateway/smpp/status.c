#include "status.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct row {
	uint32_t status;
	const char *name;
	const char *words;
};

/* SMPP 3.4 5.1.3 */
static const struct row rows[] = {
    {0x00, "ESME_ROK", "no error"},
    {0x01, "ESME_RINVMSGLEN", "the text's length is wrong"},
    {0x02, "ESME_RINVCMDLEN", "the PDU's length is wrong"},
    {0x03, "ESME_RINVCMDID", "the operator does not know this kind of PDU"},
    {0x04, "ESME_RINVBNDSTS", "not allowed in this kind of session"},
    {0x05, "ESME_RALYBND", "already bound: the last session is still counted"},
    {0x06, "ESME_RINVPRTFLG", "wrong priority"},
    {0x07, "ESME_RINVREGDLVFLG", "receipts cannot be asked for like this"},
    {0x08, "ESME_RSYSERR", "trouble at the operator"},
    {0x0a, "ESME_RINVSRCADR", "the sender is not allowed"},
    {0x0b, "ESME_RINVDSTADR", "the number is not valid"},
    {0x0c, "ESME_RINVMSGID", "the operator does not know this message id"},
    {0x0d, "ESME_RBINDFAIL", "the operator refused to bind: check system_id and password"},
    {0x0e, "ESME_RINVPASWD", "wrong password or system_id"},
    {0x0f, "ESME_RINVSYSID", "wrong system_id"},
    {0x11, "ESME_RCANCELFAIL", "could not be cancelled"},
    {0x13, "ESME_RREPLACEFAIL", "could not be replaced"},
    {0x14, "ESME_RMSGQFUL", "the operator's queue is full"},
    {0x15, "ESME_RINVSERTYP", "wrong service type"},
    {0x33, "ESME_RINVNUMDESTS", "wrong number of destinations"},
    {0x34, "ESME_RINVDLNAME", "wrong distribution list"},
    {0x40, "ESME_RINVDESTFLAG", "wrong destination flag"},
    {0x42, "ESME_RINVSUBREP", "cannot be submitted with replace"},
    {0x43, "ESME_RINVESMCLASS", "wrong esm_class"},
    {0x44, "ESME_RCNTSUBDL", "cannot submit to a distribution list"},
    {0x45, "ESME_RSUBMITFAIL", "the operator could not take the text"},
    {0x48, "ESME_RINVSRCTON", "wrong type of number for the sender: set source_ton"},
    {0x49, "ESME_RINVSRCNPI", "wrong numbering plan for the sender: set source_npi"},
    {0x50, "ESME_RINVDSTTON", "wrong type of number for the recipient"},
    {0x51, "ESME_RINVDSTNPI", "wrong numbering plan for the recipient"},
    {0x53, "ESME_RINVSYSTYP", "wrong system_type"},
    {0x54, "ESME_RINVREPFLAG", "wrong replace flag"},
    {0x55, "ESME_RINVNUMMSGS", "wrong number of messages"},
    {0x58, "ESME_RTHROTTLED", "too many texts a second"},
    {0x61, "ESME_RINVSCHED", "wrong delivery time"},
    {0x62, "ESME_RINVEXPIRY", "wrong validity period"},
    {0x63, "ESME_RINVDFTMSGID", "no such predefined message"},
    {0x64, "ESME_RX_T_APPN", "trouble at the receiver, try again"},
    {0x65, "ESME_RX_P_APPN", "trouble at the receiver, for good"},
    {0x66, "ESME_RX_R_APPN", "rejected by the receiver"},
    {0x67, "ESME_RQUERYFAIL", "the query failed"},
    {0xc0, "ESME_RINVOPTPARSTREAM", "the optional parameters cannot be read"},
    {0xc1, "ESME_ROPTPARNOTALLWD", "an optional parameter is not allowed"},
    {0xc2, "ESME_RINVPARLEN", "an optional parameter's length is wrong"},
    {0xc3, "ESME_RMISSINGOPTPARAM", "an optional parameter is missing"},
    {0xc4, "ESME_RINVOPTPARAMVAL", "an optional parameter's value is wrong"},
    {0xfe, "ESME_RDELIVERYFAILURE", "could not be delivered"},
    {0xff, "ESME_RUNKNOWNERR", "an error the operator does not explain"},
};

static const struct row *
find(uint32_t status)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].status == status)
			return &rows[i];
	return NULL;
}

enum smpp_verdict
smpp_status_verdict(uint32_t status)
{
	switch (status) {
	case SMPP_ROK: return SMPP_TAKEN;
	case SMPP_RTHROTTLED:
	case SMPP_RMSGQFUL: return SMPP_SLOW_DOWN;
	case SMPP_RINVBNDSTS: /* the session's fault, not the text's */
	case SMPP_RSYSERR:
	case SMPP_RX_T_APPN: return SMPP_TRY_LATER;
	default: return SMPP_NEVER;
	}
}

enum smpp_bind_verdict
smpp_status_bind_verdict(uint32_t status)
{
	switch (status) {
	case SMPP_ROK: return SMPP_BIND_OK;
	case SMPP_RBINDFAIL:
	case SMPP_RINVPASWD:
	case SMPP_RINVSYSID:
	case SMPP_RINVSYSTYP: return SMPP_BIND_CREDENTIALS;
	case SMPP_RALYBND: return SMPP_BIND_ALREADY;
	case SMPP_RINVCMDID:
	case SMPP_RINVBNDSTS: return SMPP_BIND_MODE;
	default: return SMPP_BIND_LATER;
	}
}

const char *
smpp_status_name(uint32_t status, char scratch[16])
{
	const struct row *row = find(status);

	if (row != NULL)
		return row->name;
	snprintf(scratch, 16, "0x%08x", (unsigned)status);
	return scratch;
}

const char *
smpp_status_words(uint32_t status)
{
	const struct row *row = find(status);

	return row != NULL ? row->words : "";
}

/* Finds word in text at a word's beginning, so that "nonstop" is not STOP. */
static bool
holds_word(const char *text, const char *word, bool whole)
{
	size_t len = strlen(word);

	for (const char *p = text; (p = strcasestr(p, word)) != NULL; p++) {
		if (p > text && isalnum((unsigned char)p[-1]))
			continue;
		if (!whole || !isalnum((unsigned char)p[len]))
			return true;
	}
	return false;
}

bool
smpp_info_says_blocked(const char *info)
{
	static const char *const beginnings[] = {"opted out", "opt-out",        "opt out",
						 "optout",    "unsubscrib",     "blacklist",
						 "blocklist", "do not disturb", "do-not-disturb"};
	static const char *const words[] = {"stop",
					    "dnd",
					    "blocked number",
					    "number blocked",
					    "recipient blocked",
					    "subscriber blocked"};

	for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
		if (holds_word(info, beginnings[i], false))
			return true;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (holds_word(info, words[i], true))
			return true;
	return false;
}
