#include "reply_part.h"

#include <string.h>

#define CEASE "stop|quit|cease|discontinue|halt"
#define OBJECT                                                                                     \
	"text|texting|sms|message|messaging|contact|contacting|writing|spam|spamming|reminders|"   \
	"reminder|reminding|notifications|notification|alerts|bothering|harassing|disturbing|"     \
	"pestering|communication|communications|communicating"
#define SEND_TO "text|texting|message|sms|contact|write|bother|disturb|spam|harass|remind|pester"
#define ANOTHER                                                                                    \
	"wife|husband|mother|mum|mom|mama|father|dad|papa|boss|office|work|workplace|job|friend|"  \
	"friends|brother|sister|family|employer|parents|son|daughter|relatives|relative|"          \
	"neighbour|neighbor|neighbours|colleague|colleagues|guarantor|guarantors|references|"      \
	"reference|references|contacts|her|him|them|kids|children"

/* "stop ... texting": but not "stop by to text you" or "stop adding interest to my text". */
static bool
cease_at(const struct reply_tokens *t, int i)
{
	int object;

	if (!reply_is(t, i, CEASE))
		return false;
	if (reply_is(t, i + 1, "by|at|adding|charging|over|in"))
		return false;
	if (reply_is(t, i - 1, "didnt|cant|wont|never|dont|not|couldnt|wouldnt|i|we|non"))
		return false;
	if (reply_phrase(t, i + 1, "sending me|us|this|these|those|them|it|such|any") ||
	    reply_phrase(t, i + 1, "sending") == t->n - i - 1)
		return true;
	object = reply_near(t, i + 1, i + 5, OBJECT);
	return object > 0 &&
	       reply_near(t, i + 1, object, "adding|charging|charges|interest|to") < 0;
}

/* "do not text me", "no more messages", "don't want your texts" */
static bool
refuse_at(const struct reply_tokens *t, int i)
{
	int no = reply_phrase(t, i, "do not");
	int verb = i + no;

	if (no == 0 && reply_is(t, i, "dont|never|not")) {
		no = 1;
		verb = i + 1;
	}
	if (reply_phrase(t, i, "no longer want|wish|need"))
		return reply_near(t, i + 3, i + 7, OBJECT) > 0;
	if (no == 0)
		return reply_phrase(t, i, "no more|further") > 0 &&
		       reply_near(t, i + 2, i + 4, "text|sms|message|contact|reminders|texting") >
			   0;
	if (reply_is(t, verb, "ever"))
		verb++;
	if (reply_is(t, verb, "want|need|wish|like"))
		return reply_is(t, i - 1, "i|we|do") &&
		       reply_near(t, verb + 1, verb + 6, OBJECT) > 0;
	if (reply_is(t, i - 1, "i|we|they|he|she|it|you|who|why|did|does|have|am|is|are|was|will"))
		return false;
	if (reply_is(t, verb, "send"))
		return reply_near(t, verb + 1, verb + 5,
				  "text|sms|message|reminders|reminder|anything|notifications") > 0;
	return reply_is(t, verb, SEND_TO) && !reply_is(t, verb + 1, "and|or|you|is|are");
}

/* "take me off the list", "remove my number" */
static bool
remove_at(const struct reply_tokens *t, int i)
{
	if (!reply_is(t, i, "take|remove|delete|get|scratch|strike|drop|erase|lose"))
		return false;
	if (!reply_is(t, i + 1, "me|my|this|us|our"))
		return false;
	if (reply_is(t, i + 1, "me|us") && reply_is(t, i, "take|get|drop|strike|scratch"))
		return reply_is(t, i + 2, "off");
	if (reply_is(t, i, "remove|delete") && reply_is(t, i + 1, "me|us"))
		return i + 2 == t->n || reply_near(t, i + 2, i + 3, "from|off|please|.|!") > 0;
	return reply_near(t, i + 2, i + 4, "number|contact|phone|cell|details") > 0 &&
	       (!reply_is(t, i, "take|get|drop") || reply_near(t, i + 2, i + 6, "off") > 0);
}

static bool
phrase_at(const struct reply_tokens *t, int i)
{
	if (reply_phrase(t, i, "opt out|me") || reply_is(t, i, "optout|unsubscribe"))
		return !reply_is(t, i + 1, "me") || reply_is(t, i + 2, "out") ||
		       reply_is(t, i, "unsubscribe");
	return reply_phrase(t, i, "leave me|us alone") > 0 ||
	       reply_phrase(t, i, "revoke|withdraw my|the consent|permission") > 0 ||
	       reply_phrase(t, i, "cancel my|this|the subscription") > 0 ||
	       reply_phrase(t, i, "cancel|end these|this|the|your|all message|text|sms|reminders") >
		   0;
}

/* A clause that is nothing but the word: "Stop. I paid already." */
static bool
alone_at(const struct reply_tokens *t, int i)
{
	bool starts = i == 0 || t->t[i - 1].kind == REPLY_PUNCT;
	int next = i + 1 + (int)reply_is(t, i + 1, "please|now");

	return starts && reply_is(t, i, "stop|stopall|unsubscribe") &&
	       (next >= t->n || (t->t[next].kind == REPLY_PUNCT && !reply_is(t, next, "/|-")));
}

/* A wish about when, whom or how, which one switch cannot serve. */
static bool
changes(const struct reply_tokens *t, int i)
{
	int end = i + 10;

	if (reply_near(t, i, end, ANOTHER) >= 0)
		return true;
	if (reply_near(t, i, end,
		       "until|till|during|before|after|while|when|unless|except|instead|"
		       "often|late|early|twice|daily|weekends|sundays|night|morning") >= 0)
		return true;
	return reply_find(t, "only text|sms|message") >= 0 || reply_find(t, "call me") >= 0 ||
	       reply_find(t, "so many|much") >= 0 || reply_find(t, "every day|hour") >= 0 ||
	       reply_find(t, "whatsapp|email") >= 0;
}

/* Calls alone: the channel, not the person. */
static bool
calls_only(const struct reply_tokens *t, int i)
{
	return (reply_is(t, i, CEASE) &&
		reply_near(t, i + 1, i + 4, "calling|calls|phoning") > 0) ||
	       reply_phrase(t, i, "dont|never call|phone|ring") > 0 ||
	       reply_phrase(t, i, "do not call|phone|ring") > 0 ||
	       reply_phrase(t, i, "no more calls") > 0;
}

enum reply_asks
reply_stop(const struct reply_tokens *t)
{
	enum reply_asks asks = REPLY_ASKS_NOTHING;

	for (int i = 0; i < t->n; i++) {
		if (alone_at(t, i))
			return REPLY_ASKS_STOP;
		if (cease_at(t, i) || refuse_at(t, i) || remove_at(t, i) || phrase_at(t, i)) {
			if (!changes(t, i))
				return REPLY_ASKS_STOP;
			asks = REPLY_ASKS_CHANGE;
		} else if (calls_only(t, i)) {
			asks = REPLY_ASKS_CHANGE;
		}
	}
	return asks;
}
