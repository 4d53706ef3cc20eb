#include "reply_part.h"

#include <string.h>

/* Whole messages.  `only` names the language of a word that means something else in others. */
static const struct {
	const char *word;
	const char *only;
	enum reply_intent intent;
} whole[] = {
    {"stop", NULL, REPLY_STOP},
    {"stopall", NULL, REPLY_STOP},
    {"stop all", NULL, REPLY_STOP},
    {"end", NULL, REPLY_STOP},
    {"cancel", NULL, REPLY_STOP},
    {"unsubscribe", NULL, REPLY_STOP},
    {"unsub", NULL, REPLY_STOP},
    {"stop it", NULL, REPLY_STOP},
    {"stop this", NULL, REPLY_STOP},
    {"stop that", NULL, REPLY_STOP},
    {"cancel subscription", NULL, REPLY_STOP},
    {"quit", NULL, REPLY_STOP},
    {"revoke", NULL, REPLY_STOP},
    {"opt out", NULL, REPLY_STOP},
    {"optout", NULL, REPLY_STOP},
    {"td", "zh", REPLY_STOP},
    {"t", "zh", REPLY_STOP},
    {"退订", NULL, REPLY_STOP},
    {"退", "zh", REPLY_STOP},
    {"拒收", NULL, REPLY_STOP},
    {"baja", NULL, REPLY_STOP},
    {"alto", "es", REPLY_STOP},
    {"parar", NULL, REPLY_STOP},
    {"cancelar", NULL, REPLY_STOP},
    {"sair", NULL, REPLY_STOP},
    {"pare", NULL, REPLY_STOP},
    {"arret", NULL, REPLY_STOP},
    {"berhenti", NULL, REPLY_STOP},
    {"unreg", NULL, REPLY_STOP},
    {"itigil", NULL, REPLY_STOP},
    {"acha", "sw", REPLY_STOP},
    {"sitisha", NULL, REPLY_STOP},
    {"बंद", NULL, REPLY_STOP},
    {"स्टॉप", NULL, REPLY_STOP},
    {"roko", NULL, REPLY_STOP},
    {"band", "hi", REPLY_STOP},
    {"start", NULL, REPLY_START},
    {"unstop", NULL, REPLY_START},
    {"help", NULL, REPLY_HELP},
    {"info", NULL, REPLY_HELP},
    {"ayuda", NULL, REPLY_HELP},
    {"ajuda", NULL, REPLY_HELP},
    {"aide", NULL, REPLY_HELP},
    {"bantuan", NULL, REPLY_HELP},
    {"tulong", NULL, REPLY_HELP},
    {"msaada", NULL, REPLY_HELP},
    {"मदद", NULL, REPLY_HELP},
    {"帮助", NULL, REPLY_HELP},
    {"no", NULL, REPLY_NO},
    {"nope", NULL, REPLY_NO},
};

#define POLITE                                                                                      \
	"please|thanks|thank|you|po|ya|kak|pak|bu|bhai|ji|tafadhali|谢谢|请|favor|por|obrigado|" \
	"merci|svp|sir|madam|maam|mam|now|immediately|okay|hi|hello"

/* More words are a sentence, and read as one. */
#define WHOLE_MAX 3 /* words, politeness aside */

static bool
speaks(const char *language, const char *only)
{
	size_t n = strlen(only);

	return strncmp(language, only, n) == 0 && (language[n] == '\0' || language[n] == '-');
}

/* Also "stopp": a doubled last letter is a slip of the thumb. */
static bool
same_word(const char *typed, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(typed, word, n) != 0)
		return false;
	return typed[n] == '\0' || (n > 3 && typed[n] == word[n - 1] && typed[n + 1] == '\0');
}

static enum reply_intent
lookup(const char *text, const char *language)
{
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
		if (same_word(text, whole[i].word) &&
		    (!whole[i].only || speaks(language, whole[i].only)))
			return whole[i].intent;
	}
	return REPLY_OTHER;
}

/* The words of the message, politeness and repetitions ("stop stop") left out, with one space
 * between; false when there are too many to be one word. */
static bool
essence(const struct reply_tokens *t, char *out, size_t size)
{
	const char *last = "";
	size_t len = 0;
	int n = 0;

	out[0] = '\0';
	for (int i = 0; i < t->n; i++) {
		const char *word = t->t[i].text;
		size_t more = strlen(word);
		if (t->t[i].kind == REPLY_PUNCT || reply_is(t, i, POLITE) ||
		    strcmp(word, last) == 0)
			continue;
		if (++n > WHOLE_MAX || t->t[i].kind != REPLY_WORD || len + more + 2 > size)
			return false;
		if (len > 0)
			out[len++] = ' ';
		memcpy(out + len, word, more + 1);
		len += more;
		last = word;
	}
	return n > 0;
}

enum reply_intent
reply_word(const struct reply_tokens *t, const char *language)
{
	char text[96];

	return essence(t, text, sizeof text) ? lookup(text, language) : REPLY_OTHER;
}
