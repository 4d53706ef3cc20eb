#include "reply_part.h"

#include <string.h>

#define SENSITIVE                                                                                  \
	"dead|died|death|dies|dying|deceased|funeral|burial|buried|bereaved|passed-away|cancer|"   \
	"hospital|hospitalised|hospitalized|icu|ambulance|surgery|stroke|accident|suicide|"        \
	"lawyer|lawyers|attorney|solicitor|police|court|sue|suing|lawsuit|bankrupt|bankruptcy|"    \
	"insolvency|abuse|raped|coma"
#define PAID_WORDS "paid|sent|transferred|deposited|cleared|settled|remitted|completed|done|made"
#define NEGATION                                                                                   \
	"not|havent|hasnt|didnt|dont|never|no|nt|isnt|wasnt|arent|yet|cant|wont|without|barely"
#define CONDITION "once|when|after|until|till|if|unless|before|as|whenever|soon"
#define PAY_VERBS                                                                                  \
	"pay|send|transfer|deposit|clear|settle|remit|complete|sort|make|drop|bring|give|do|"      \
	"finish|top|credit|wire|forward|return|repay|have"
#define PAY_NOUNS                                                                                  \
	"paying|payment|payments|paid|sending|clearing|settling|money|cash|amount|balance|"        \
	"instalment|installment|loan|debt|deposit|transfer|mpesa|gcash"

/* Lists are phrases of alternatives: "a|b c" is "a c" or "b c". */
static bool
any(const struct reply_tokens *t, const char *const *phrases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (reply_find(t, phrases[i]) >= 0)
			return true;
	}
	return false;
}

#define ANY(t, list) any(t, list, sizeof(list) / sizeof((list)[0]))

/* Whatever else is said: no machine answers these. */
static const char *const sensitive[] = {
    SENSITIVE,     "passed away|on", "kill myself|me",          "end my|it life|all",
    "want to die", "heart attack",   "legal action|advice|aid", "self harm",
    "my late",
};

static const char *const wrong_number[] = {
    "wrong number|no|num|person|phone|contact|guy|lady|recipient|#",
    "nobody|noone here by",
    "no one by that|this",
    "no longer|more his|her|their|the number|owner",
    "new owner|user",
    "not my|his|her name",
    "changed owner|owners",
    "number was|is reassigned",
    "dont know who this|that|he|she|they|you|it",
    "dont know him|her|them",
    "dont know this|that|any person|man|woman|guy|lady|name|customer|client",
    "who is this|that person|meant",
    "this number is|now belongs|mine",
    "doesnt|not belong to",
    "noone|nobody called|named|here",
    "no one called|named|here",
    "bought this line|number|sim",
};

static const char *const dispute[] = {
    "dont owe",
    "dont have a|any|this loan|debt|account",
    "used my name|identity|id",
    "do not owe",
    "owe you nothing",
    "owe nothing",
    "never took|borrowed|applied|received|got|had|asked|signed",
    "didnt take|borrow|apply|receive|get|ask|sign any|a|this|the|your|for",
    "did not take|borrow|apply|receive|sign",
    "not my loan|debt|account|bill",
    "isnt my|mine loan|debt|account|bill|.",
    "not mine",
    "amount|balance|figure|sum is|are|looks|seems wrong|incorrect|off|not",
    "wrong|incorrect amount|balance|figure",
    "fraud|scam|scammed|scammers|scammer|fraudulent|identity|stolen",
    "overcharged|overcharging",
    "dispute|disputing|disputed",
    "already closed|finished",
    "owe less",
    "that much|is not",
};

static const char *const hardship[] = {
    "laid off",
    "lost my|the job|work|business|income",
    "no job|work|income|money|cash|funds|salary",
    "unemployed|jobless|broke|retrenched|redundant",
    "cant pay|afford|manage|make",
    "can not pay|afford",
    "unable to pay|make|settle|clear",
    "not able to pay|make|settle|clear",
    "dont have money|cash|enough|it|funds|anything",
    "dont have any|the|that|enough money|cash|funds|amount",
    "do not have money|cash|enough|it|funds|any",
    "havent got|any money|the|cash|any",
    "struggling|hardship",
    "business is|has slow|bad|down|collapsed|failed|closed",
    "sick|ill|illness",
    "no way to pay",
    "havent been|received paid|salary|my",
    "not been paid",
    "out of work|money|job",
    "crops|crop|harvest failed",
    "salary is|was|has delayed|late|not|been",
};

/* A promise that leaves a way out is none. */
static const char *const unsure[] = {
    "maybe|perhaps|possibly|probably|might|hopefully|hope|try|trying|if|unless|depends",
    "will see",
    "see what",
    "not sure",
    "i think|thought",
    "think about",
    "let you know",
};

static const char *const refuses[] = {
    "will not|never pay|send|be",
    "wont pay|send|be",
    "not going to|gonna pay|send|be",
    "refuse to",
    "not paying",
    "never paying|pay",
    "will not",
    "wont",
};

/* "i am not james": a name is a capital or nothing the dictionary of excuses knows. */
static bool
denies_name(const struct reply_tokens *t)
{
	for (int i = 0; i < t->n; i++) {
		int n = reply_phrase(t, i, "i|this|my am|is|name not");
		if (n == 0)
			n = reply_phrase(t, i, "i|this|my name is|am not");
		if (n == 0)
			n = reply_phrase(t, i, "this isnt");
		if (n == 0 && i == 0)
			n = reply_phrase(t, i, "not");
		if (n == 0 && reply_is(t, i, "no") && reply_is(t, i + 2, "here"))
			n = 1;
		if (n > 0 && reply_is(t, i + n, "mr|mrs|ms|miss"))
			return true;
		if (n > 0 && i + n < t->n && t->t[i + n].capital &&
		    t->t[i + n].kind == REPLY_WORD &&
		    !reply_is(t, i + n, "the|a|my|paying|able|working|yet|sure|now"))
			return true;
	}
	return false;
}

/* By its mark, or by how it begins: many leave the mark out. */
static bool
asks(const struct reply_tokens *t)
{
	if (reply_find(t, "?") >= 0)
		return true;
	return reply_phrase(t, 0, "what|why|how|when|where|who|which|whose") > 0 ||
	       reply_phrase(t, 0,
			    "can|could|may|do|does|did|is|are|would|will|should "
			    "i|you|we|it|this|there|they|the") > 0;
}

/* Is the word at i, which tells of a payment, about one that was made? */
static bool
was_paid(const struct reply_tokens *t, int i)
{
	if (reply_is(t, i, "made") &&
	    reply_near(t, i - 3, i + 4, "payment|payments|transfer|deposit") < 0)
		return false;
	if (reply_near(t, i - 4, i - 1, NEGATION) >= 0 || reply_is(t, i + 1, "yet"))
		return false;
	if (reply_near(t, i - 5, i - 1, CONDITION) >= 0)
		return false;
	/* wages: "i get paid on the 25th" */
	if (reply_is(t, i, "paid") && reply_is(t, i - 1, "get|gets|getting|got|be|am|being|im|are"))
		return false;
	return reply_near(t, i - 3, i - 1, "will|be|to|shall|cant|should|want|need|gets|get") < 0;
}

static void
find_paid(const struct reply_tokens *t, struct reply_signs *out)
{
	for (int i = 0; i < t->n; i++) {
		if (!reply_is(t, i, PAID_WORDS) || !was_paid(t, i))
			continue;
		out->paid = true;
		out->paid_clause = t->t[i].clause;
		return;
	}
}

/* A word of paying at i; not "send me the number", nor "will have news". */
static bool
pays_at(const struct reply_tokens *t, int i, const char *verbs)
{
	if (!reply_is(t, i, verbs) || reply_is(t, i + 1, "me|us"))
		return false;
	return !reply_is(t, i, "have") || reply_is(t, i + 1, "it|money|cash|your|the|funds");
}

static int
pay_near(const struct reply_tokens *t, int first, int last)
{
	for (int i = first; i <= last; i++) {
		i = reply_near(t, i, last, PAY_VERBS);
		if (i < 0 || pays_at(t, i, PAY_VERBS))
			return i;
	}
	return -1;
}

/* "will pay", "i'm going to send", "let me clear it", "paying tomorrow" */
static void
find_commitment(const struct reply_tokens *t, struct reply_signs *out)
{
	for (int i = 0; i < t->n; i++) {
		int n = reply_phrase(t, i,
				     "will|shall|gonna|can|ill|promise|plan|intend|expect|want|"
				     "ready|able|let|going");
		int verb = n ? pay_near(t, i + 1, i + 5) : -1;
		if (verb < 0 &&
		    reply_is(t, i, "paying|sending|clearing|settling|transferring|depositing"))
			verb = i;
		if (reply_phrase(t, i, "give me|us until|till|til|to") ||
		    reply_phrase(t, i, "need until|till|til"))
			verb = i;
		if (verb < 0 || reply_near(t, i - 1, verb, "not|never|cant|wont|dont|unable") >= 0)
			continue;
		/* "can i", "will you": asked, not said */
		if (reply_is(t, i, "can|will|shall") && reply_is(t, i + 1, "i|we|you|it"))
			continue;
		out->commits = true;
		out->commit_clause = t->t[i].clause;
		return;
	}
}

void
reply_sense(const struct reply_tokens *t, struct reply_signs *out)
{
	*out = (struct reply_signs){.paid_clause = -1, .commit_clause = -1};
	out->sensitive = ANY(t, sensitive);
	out->wrong_number = ANY(t, wrong_number) || denies_name(t);
	out->dispute = ANY(t, dispute);
	out->hardship = ANY(t, hardship);
	out->unsure = ANY(t, unsure);
	out->refuses = ANY(t, refuses);
	out->question = asks(t);
	find_paid(t, out);
	find_commitment(t, out);
	out->pays = out->commits || reply_find(t, PAY_NOUNS) >= 0;
	for (int i = 0; i < t->n && !out->pays; i++)
		out->pays = pays_at(t, i, "pay|send|transfer|clear|settle|remit|repay");
}
