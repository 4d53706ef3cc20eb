/* reason.h - the stable words that say why
 *
 * Every row that did not simply go carries one of these.  The words are a contract: reports, lists
 * and other people's programs read them.  Add at the end; rename nothing.
 */
#ifndef SCHEDULE_REASON_H
#define SCHEDULE_REASON_H

/*	name              word                 what it tells a person */
#define REASON_LIST(X)                                                                             \
	X(NONE, "", "nothing held it")                                                             \
	X(DONE, "done", "this step was already served; it is never said twice")                    \
	X(PAID, "paid", "nothing is due any more, or what remains is below ignore_below")          \
	X(OPTED_OUT, "opted_out",                                                                  \
	  "the person asked for no more texts; lift it with optout --undo")                        \
	X(PROMISE_OPEN, "promise_open", "a promise to pay is open and not yet judged")             \
	X(HOLD, "hold", "a person put the account on hold")                                        \
	X(CLAIMS_PAID, "claims_paid",                                                              \
	  "the borrower says it is paid; three days to find the payment")                          \
	X(AWAITING_PERSON, "awaiting_person", "a reply waits for a person to read it")             \
	X(WRONG_NUMBER, "wrong_number",                                                            \
	  "the number belongs to somebody else and no other is known")                             \
	X(THIRD_PARTY, "third_party", "guarantors and other contacts are never written to")        \
	X(WINDOW, "window", "outside the hours in which one may write")                            \
	X(HOLIDAY, "holiday", "a public holiday")                                                  \
	X(CAP, "cap", "the person had as many contacts as the policy allows")                      \
	X(GAP, "gap", "too soon after the last contact")                                           \
	X(COOLOFF, "cooloff", "a conversation took place; the policy asks for rest")               \
	X(LATE, "late", "it goes after its own day")                                               \
	X(SUPERSEDED, "superseded", "a later step took its place, or its late days are over")      \
	X(QUOTA, "quota", "the SIM or route has used its allowance")                               \
	X(NO_ROUTE, "no_route", "no route takes this number or channel")                           \
	X(NO_PHONE, "no_phone", "the account has no usable phone number")                          \
	X(NO_LANGUAGE, "no_language",                                                              \
	  "the template has no text in the account's or the default language")                     \
	X(NO_CHECK, "no_check", "no check digits, so a call could not know whom it speaks to")     \
	X(TEMPLATE_ERROR, "template_error", "the template could not be filled in")                 \
	X(BARRED, "barred", "the operator refuses this number")                                    \
	X(STALE, "stale", "no payments or complete list came in for too long")                     \
	X(PAUSED, "paused", "sending is paused; dunlin resume starts it again")                    \
	X(CLOCK, "clock", "the system clock is behind the store; set it, or dunlin adopt")         \
	X(RESTORED, "restored", "the store is a copy or was restored; dunlin adopt takes it up")   \
	X(CAMPAIGN_CHANGED, "campaign_changed",                                                    \
	  "the campaign no longer has this step for this account")                                 \
	X(TEST, "test", "live is false and the number is not in test_numbers")                     \
	X(CONDITION, "condition", "the step's own condition (when:) is not met")                   \
	X(SKIPPED, "skipped", "a person skipped this step")                                        \
	X(OTHER_ACCOUNT, "other_account", "another account of the same person speaks first")       \
	X(CANCELLED, "cancelled", "a person cancelled it")                                         \
	X(REFUSED, "refused", "the operator refused it for good")                                  \
	X(NO_ANSWER, "no_answer",                                                                  \
	  "handed over, then the link was lost or silent: outcome unknown")                        \
	X(EXPIRED, "expired", "the operator could not deliver it in time")                         \
	X(FIRST_TOUCH, "first_touch", "no call comes before a first text was accepted")            \
	X(WORDING, "wording", "the text holds words the contact rules forbid, or lacks some")      \
	X(UNAPPROVED, "unapproved", "a warn or legal text that nobody has approved as it is now")  \
	X(NO_CAMPAIGN, "no_campaign", "no campaign selects the account")                           \
	X(ERASED, "erased", "the account's personal data were erased on request")                  \
	X(RETRY, "retry", "nobody was reached by the call before; it is tried again then")         \
	X(NO_VOICE, "no_voice", "what the call says could not be made ready; the log says why")    \
	X(NO_SCRIPT, "no_script", "there is no such script, or it does not go in this language")

enum reason {
#define X(name, word, what) REASON_##name,
	REASON_LIST(X)
#undef X
	    REASON_COUNT
};

const char *reason_word(enum reason reason);
const char *reason_what(enum reason reason);
/* The reason of a word, or REASON_COUNT. */
enum reason reason_parse(const char *word);

#endif
